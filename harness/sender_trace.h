/* What a sender did then, and what it does now: the first difference.
 *
 * Beside a scenario that was imported stands what passed in the field (CASE.trace.jsonl, in the
 * journal's form). The sender's steps there are compared with those of a run of that scenario:
 * commands in their order, messages by their length and whether they were brought to their end, FIN
 * and RST, and at last how long it waited. Domains and mailboxes don't count: they are masked
 * there, and handed to the sender here. */
#ifndef HARNESS_SENDER_TRACE_H
#define HARNESS_SENDER_TRACE_H

#include "mockserver/transcript.h"
#include "wire/problem.h"

/* A line of each; null where there is none. Printable, cut where it is long. */
struct sender_trace_row {
    char *then, *now;
    bool differs;
};

struct sender_trace {
    char *file;           /* what was seen then */
    uint32_t connections; /* that were compared */
    size_t steps;         /* of the sender's, that are the same */
    bool same;
    uint32_t connection;           /* where it differs, from 1 */
    bool in_time;                  /* it is the same path, but another wait */
    struct sender_trace_row *rows; /* around the difference */
    size_t row_count;
};

/* The file beside this scenario; null where there is no memory. To be freed. */
char *sender_trace_file(const char *scenario);

/* Null where the file can't be read, or there is no memory. */
struct sender_trace *sender_trace_compare(const char *file, const struct transcript *now,
                                          struct problem *problem);
void sender_trace_free(struct sender_trace *trace);

#endif
