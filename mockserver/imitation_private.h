/* Private to mockserver/imitation*.c. */
#ifndef MOCKSERVER_IMITATION_PRIVATE_H
#define MOCKSERVER_IMITATION_PRIVATE_H

#include "mockserver/imitation.h"
#include "mockserver/scenario.h"
#include "wire/buf.h"

enum {
    RULES_MOST = 9000, /* the vocabulary has 10000 */
    MESSAGES_MOST = 1000,
    MAILBOXES_MOST = 100,
    PIECES_MOST = 1000,
};

/* A part of a reply that went out by itself. */
struct imitation_piece {
    size_t end; /* behind its last octet */
    usec at;
};

/* Something that the centre did, at one point of one connection. */
struct imitation_moment {
    enum stage stage;
    uint32_t connection, occurrence;
    uint64_t after;      /* of STAGE_BODY */
    struct octets usual; /* what the well-behaved centre says here */
    struct octets reply; /* what was said; nothing: count 0 */
    const struct imitation_piece *pieces;
    size_t piece_count;
    usec asked; /* since when the sender waited for it */
    usec delay; /* of what has no reply */
    usec limit; /* of STAGE_IDLE */
    enum scenario_close close;
    enum scenario_refuse refuse;
    bool stall, stops_reading, reads_again;
    usec stopped_for;
};

/* Connections of which something holds: a run of numbers, at the n-th time. */
struct imitation_run {
    uint32_t occurrence, first, last;
};

struct imitation_runs {
    struct imitation_run *at;
    size_t count, room;
};

/* One thing that the centre did, after much the same time. */
struct imitation_cluster {
    usec least, most;
    bool drawn;     /* anything in between, and not one time */
    uint64_t count; /* how often */
    struct imitation_runs runs;
};

/* One thing that the centre did, whenever. */
struct imitation_deed {
    uint64_t hash;
    enum stage stage;
    uint64_t after;
    struct octets reply; /* nothing: the usual one, or none */
    bool says_usual;
    int code, usual_code; /* 0: none */
    size_t *split;
    usec *pauses;
    size_t split_count;
    size_t dribble_octets;
    usec dribble_every;
    usec limit, stopped_for;
    enum scenario_close close;
    enum scenario_refuse refuse;
    bool stall, stops_reading, reads_again;
    struct imitation_cluster *clusters;
    size_t cluster_count, cluster_room;
};

enum imitation_result {
    RESULT_NONE,
    RESULT_UNSENT,
    RESULT_UNKNOWN,
    RESULT_DEFERRED,
    RESULT_REFUSED,
    RESULT_ACCEPTED,
    RESULT_DOUBTFUL, /* the reply was one to some, and none to others */
};

/* A message that was sent. */
struct imitation_message {
    char *beside; /* where its octets are until the scenario is written */
    uint64_t hash;
    size_t count;
    bool whole;
    uint32_t connection, occurrence; /* where it came first */
    enum imitation_result result;    /* the best that became of it */
    bool again;                      /* something else became of it before, or behind */
};

struct imitation {
    struct imitation_options options;
    struct arena *arena;
    struct scenario *scenario; /* the well-behaved centre, with the domain that was seen */
    bool domain_known;
    bool no_memory;
    struct problem problem;
    usec delay_least; /* for the connection at hand, by what its times are good for */

    struct imitation_deed *deeds;
    size_t deed_count, deed_room;
    uint32_t *table; /* of deeds, by hash: index + 1; a power of two */
    size_t table_size;
    uint64_t usual[STAGE_COUNT];       /* how often the centre did the usual thing */
    uint32_t occurrences[STAGE_COUNT]; /* the most on one connection */

    struct imitation_begun { /* connections: answered, and not */
        uint32_t number;
        int64_t began;
    } * answered, *refused;
    size_t answered_count, answered_room, refused_count, refused_room;
    struct imitation_message *messages;
    size_t message_count, message_room;
    size_t messages_left_out;
    size_t broken;       /* connections with a transaction that came to no end, or with none */
    size_t content_most; /* octets of the longest message */
    usec quiet_most;     /* the longest time that the centre waited for the sender */
    const char *recipients[MAILBOXES_MOST]; /* that were accepted */
    size_t recipient_count;
    const char *named[MAILBOXES_MOST]; /* that were named at all */
    size_t named_count;
    const char **secrets; /* passwords that were seen */
    size_t secret_count, secret_room;
    const char **addresses, **pseudonyms;
    size_t address_count, address_room;

    int trace; /* file, or -1 */
    char *trace_beside;
    size_t trace_octets;
    bool trace_cut;

    int64_t began; /* the first connection, wall clock */
    size_t inexact, untimed;
    bool coarse;
};

/* imitation.c */
bool imitation_fail(struct imitation *imitation);
void imitation_note(const struct imitation *imitation, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool imitation_grow(struct imitation *imitation, void **at, size_t *room, size_t count,
                    size_t size);

/* imitation_follow.c */
void imitation_follow(struct imitation *imitation, const struct field_connection *connection);

/* imitation_gather.c: keeps a moment, where it is no usual one. */
void imitation_gather(struct imitation *imitation, const struct imitation_moment *moment);
void imitation_gather_free(struct imitation *imitation);
/* In order, and joined where they touch. */
void imitation_runs_settle(struct imitation_runs *runs);

/* imitation_message.c: keeps a message; its number, or SIZE_MAX where it was not kept. */
size_t imitation_keep_message(struct imitation *imitation, uint32_t connection, uint32_t occurrence,
                              struct buf *content, bool whole);
bool imitation_write_file(struct imitation *imitation, const char *path, struct octets octets);
/* In the order in which they were sent, without those that are only the beginning of another one.
 */
void imitation_order_messages(struct imitation *imitation);
void imitation_messages_free(struct imitation *imitation);

/* imitation_mask.c: same-length replacements, in place. */
void imitation_mask_message(struct imitation *imitation, struct buf *content);
void imitation_mask_text(struct imitation *imitation, uint8_t *at, size_t count);
/* Passwords that came to be known elsewhere. */
void imitation_mask_secrets(const struct imitation *imitation, uint8_t *at, size_t count);

/* imitation_trace.c: what passed on a connection, beside the scenario. */
void imitation_trace(struct imitation *imitation, const struct field_connection *connection);
void imitation_trace_free(struct imitation *imitation);

/* imitation_rules.c: what was gathered as rules, in the order in which they must stand. Null, with
 * count 0, where there are none. */
struct imitation_rule {
    const struct imitation_deed *deed;
    usec delay, delay_most; /* delay_most above delay: anything between them */
    bool everywhere;
    struct imitation_run *connections; /* by rank: the n-th that was answered */
    size_t connection_count;
    uint32_t *occurrences; /* none: at every one */
    size_t occurrence_count;
};
struct imitation_rule *imitation_rules(struct imitation *imitation, size_t *count);
void imitation_rules_free(struct imitation_rule *rules, size_t count);

#endif
