/* A transcript laid out as a sequence diagram, in the manner of figure 4-3-2: the sender on the
 * left, the centre on the right, time downwards. Pure: numbers, no drawing.
 *
 * What belongs together is one item: the segments of a message body, the pieces of a reply, the
 * octets of a command that came one by one. Time is to scale as long as nothing happens: the
 * sender's declared limit takes LIMIT_HEIGHT; where a silence is longer than half as much again, it
 * is cut short and says so. */
#ifndef HARNESS_DIAGRAM_H
#define HARNESS_DIAGRAM_H

#include "harness/check.h"

enum diagram_kind {
    DIAGRAM_OPENED,     /* the sender connects */
    DIAGRAM_COMMAND,    /* from the sender */
    DIAGRAM_BODY,       /* the message, as one */
    DIAGRAM_REPLY,      /* from the centre */
    DIAGRAM_SENDER_END, /* it closes or resets */
    DIAGRAM_CENTRE_END,
    DIAGRAM_NOTE, /* something that the centre does, or that is to be known of it */
    DIAGRAM_QUERY,
    DIAGRAM_ANSWER, /* of the name server */
};

struct diagram_item {
    enum diagram_kind kind;
    size_t first;  /* its first event */
    size_t events; /* how many are joined in it */
    size_t last;
    size_t octets;
    usec at, until;       /* since the transcript's first event */
    unsigned y, y_end;    /* of `at` and `until` */
    bool reset;           /* of an end: RST */
    enum verdict verdict; /* the worst that was found about it; PASS: nothing */
};

struct diagram_silence {
    usec at, length;
    unsigned y, y_end;
    bool shortened;
};

/* Where a time-limit is over. */
struct diagram_limit {
    unsigned y;
    usec length;
    bool idle; /* the centre's, on an idle connection; otherwise the sender's, for a reply */
};

struct diagram {
    struct diagram_item *items;
    size_t item_count;
    struct diagram_silence *silences; /* those worth a mark */
    size_t silence_count;
    struct diagram_limit *limits;
    size_t limit_count;
    unsigned height;
    bool several_connections;
};

struct diagram_options {
    usec sender_limit; /* as it shows on the wire */
    usec idle_limit;   /* the centre's, as it passed; 0: none */
};

/* False where there is no memory. A null transcript has a diagram without items. */
bool diagram_make(const struct transcript *transcript, const struct findings *findings,
                  const struct diagram_options *options, struct diagram *diagram);
void diagram_free(struct diagram *diagram);

#endif
