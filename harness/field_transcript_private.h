/* Private to harness/field_transcript*.c. */
#ifndef HARNESS_FIELD_TRANSCRIPT_PRIVATE_H
#define HARNESS_FIELD_TRANSCRIPT_PRIVATE_H

#include "harness/field_transcript.h"
#include "mockserver/mask.h"
#include "wire/buf.h"

enum {
    LINE_MOST = 64 * 1024,           /* octets of a line that are kept */
    CONTENT_MOST = 64 * 1024 * 1024, /* octets of a message that are kept */
    DUE_MOST = 4096,                 /* commands without a reply */
    RECIPIENTS_MOST = 10000,
};

/* A command whose reply has not come. */
struct due {
    enum stage stage;
    char *mailbox; /* of MAIL and RCPT */
};

struct field_transcript {
    struct field_transcript_options options;
    uint32_t transactions;
    int64_t first_began; /* wall clock of the first connection; 0: not known */
    usec end;            /* of what was told so far */
    bool any, no_memory;
    const char *face; /* how the centre met connects so far */

    /* The connection at hand. */
    const struct field_connection *connection;
    const struct field_event *event;
    usec base;
    enum stage stage;     /* what it is at */
    uint32_t transaction; /* 0: none */
    bool lost;            /* octets of the sender's are missing: what follows may be anything */
    struct buf input;     /* of the sender: the beginning of a line, or what waits behind DATA */
    struct due due[DUE_MOST];
    size_t due_first, due_count;
    struct buf reply; /* of the centre: the line that has no end yet */
    int code;         /* of the reply's lines so far; 0: none */
    bool doubtful;    /* LF alone ends a line of them, or nothing parts code and text */
    usec quiet_since;
    bool sender_ended, centre_ended;
    bool cut; /* the centre said an unasked reply while it waited for the sender */

    /* The message at hand. */
    bool body;         /* what comes is message */
    bool content_ends; /* its end has come */
    bool damaged;      /* something of it is missing */
    struct buf content;
    size_t looked; /* how far its end was looked for */
    struct mask mask;
    char *sender;
    char **recipients;
    size_t recipient_count, recipient_room;
};

/* field_transcript.c */
void field_tell_event(struct field_transcript *state, struct transcript_event event);
void field_tell(struct field_transcript *state, enum transcript_kind kind, struct octets octets);
/* The centre speaks, or leaves, while it waits for the sender: its patience is at an end. */
bool field_is_cut(const struct field_transcript *state);

/* field_transcript_read.c: octets of the event at hand. */
void field_take_sender(struct field_transcript *state, struct octets octets);
void field_take_centre(struct field_transcript *state, struct octets octets);
/* Octets of an end's are missing. */
void field_lose_sender(struct field_transcript *state);
void field_lose_centre(struct field_transcript *state);
void field_put_due(struct field_transcript *state, enum stage stage, char *mailbox);
void field_forget_due(struct field_transcript *state);
/* The message at hand is decided: `code` to its end, or 0. */
void field_tell_message(struct field_transcript *state, int code);
void field_forget_envelope(struct field_transcript *state);

#endif
