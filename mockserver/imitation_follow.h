/* Private to mockserver/imitation_follow*.c. */
#ifndef MOCKSERVER_IMITATION_FOLLOW_H
#define MOCKSERVER_IMITATION_FOLLOW_H

#include "mockserver/imitation_private.h"
#include "mockserver/session.h"

enum {
    INPUT_MOST = 4 * 1024 * 1024,
    REPLY_MOST = 4 * 1024 * 1024,
    CONTENT_MOST = 64 * 1024 * 1024,
};

struct follow {
    struct imitation *imitation;
    const struct field_connection *connection;
    usec now, asked_at; /* the event at hand; when the centre was asked last */
    struct centre_host host;
    struct centre_program program;
    struct centre_session session;
    struct buf input; /* of the sender, not processed */
    uint32_t occurrences[STAGE_COUNT];
    bool in_the_middle; /* it began before the file did, and nothing is known yet */

    /* What the centre owes. */
    bool due;
    enum stage stage;
    enum command_verb verb;
    bool chunk; /* it is the reply to a part of a message (BDAT) */
    uint64_t after;
    struct buf usual;
    int usual_code;
    char *mailbox; /* of RCPT */
    /* … and what came of it. */
    struct buf reply;
    struct imitation_piece pieces[PIECES_MOST];
    size_t piece_count;

    struct buf content;
    size_t message; /* number of the message at hand; SIZE_MAX: none */
    bool damaged;
    usec spoke_at; /* either end */
    bool sender_ended, centre_ended;
    usec sender_ended_at;
    bool stop_pending;
    usec stopped_at;
    bool stopped;
    uint64_t stopped_after;
};

static inline bool follow_is_timed(const struct follow *follow)
{
    return follow->connection->timed;
}

/* imitation_follow.c */
void follow_tell(struct follow *follow, struct imitation_moment *moment);
/* From `follow->now` on the centre owes an answer at this stage. */
void follow_owe(struct follow *follow, enum stage stage, const struct session_answer *answer);
/* What was due is decided: the first `count` octets of what came are the reply. */
void follow_settle(struct follow *follow, size_t count, enum scenario_close close);
/* What follows from a reply with this code. */
void follow_obey(struct follow *follow, int code, bool doubtful);
/* Processes what has come, up to what the centre must answer. */
void follow_process(struct follow *follow);

/* imitation_follow_ends.c */
void follow_centre_ends(struct follow *follow, size_t index, bool reset);
void follow_sender_ends(struct follow *follow);
void follow_settle_abandoned(struct follow *follow);
void follow_gap(struct follow *follow, const struct field_event *event);
void follow_window(struct follow *follow, bool closed);

#endif
