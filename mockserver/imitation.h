/* From connections that were seen in the field, the scenario that makes the centre behave as that
 * one did.
 *
 * Each connection is followed with the centre's own understanding of SMTP: at every point it is
 * known what the well-behaved centre would have said, and only what differs is kept. What is equal
 * in many connections is one rule with their numbers; a text or a delay that was seen wherever it
 * could be seen holds everywhere, a fault holds where it was seen. Memory is bounded by how many
 * different things the centre did, not by how many connections there were.
 *
 * The scenario's octets are the field's. Times are, to within 10 ms or 2.5 % (so that what is equal
 * but for noise is one rule); what was sooner than `delay_least` came at once. Beside the scenario
 * stand the messages that were sent, un-stuffed, each once. */
#ifndef MOCKSERVER_IMITATION_H
#define MOCKSERVER_IMITATION_H

#include "mockserver/field.h"
#include "wire/problem.h"

struct imitation_options {
    const char *file;     /* the scenario that will be written: "CASE.json"; messages are
                             "CASE-1.eml", … */
    const char *from;     /* what was looked at, in words, for the scenario's "why" */
    usec delay_least;     /* what comes sooner came at once */
    bool unmasked;        /* passwords (bytes 37-44 of the common items) and addresses stay */
    bool keeps_addresses; /* addresses stay, passwords do not */
    /* Told what can't be reproduced, and what else a person should know: one line, escaped. */
    void (*note)(void *owner, const char *text);
    void *owner;
};

struct imitation;

/* Null where there is no memory. `options` and its strings must outlive it. */
struct imitation *imitation_new(const struct imitation_options *options, struct problem *problem);
/* Follows a connection. False where there is no memory, or no room for its messages. */
bool imitation_take(struct imitation *imitation, const struct field_connection *connection,
                    struct problem *problem);
/* Nothing was taken so far. */
bool imitation_is_empty(const struct imitation *imitation);
struct imitation_numbers {
    uint32_t connections; /* that were answered */
    uint32_t refused;     /* connects that were not */
    uint32_t messages;    /* files */
    uint32_t rules;       /* known once it is written */
};
/* Writes the scenario and its messages, readable for their owner alone unless they are masked.
 * False, and nothing of it is there, where that can't be. */
bool imitation_write(struct imitation *imitation, struct imitation_numbers *numbers,
                     struct problem *problem);
/* What was not written is gone. Null is allowed. */
void imitation_free(struct imitation *imitation);

#endif
