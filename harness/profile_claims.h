/* What a command says became of the messages: its exit status, or the outcome file that it wrote.
 */
#ifndef HARNESS_PROFILE_CLAIMS_H
#define HARNESS_PROFILE_CLAIMS_H

#include "harness/run.h"

/* "accepted", "refused", … as one bit of enum outcome_bit; 0 for what is none. */
unsigned claims_outcome(const char *name);

/* What the exit status of a run with one message says about it. A status that the profile does not
 * map says that the message was not accepted, and no more. */
unsigned claims_of_status(const struct run_profile *profile, int status);

/* The same for a run with `count` messages: of several, no more is known than that all of them were
 * accepted. */
void claims_of_end(const struct run_profile *profile, int status, struct check_claim *claims,
                   size_t count);

/* Reads the outcome file of a run with `count` messages: a JSON object with "messages", one object
 * with an "outcome" for each, in order. False (and nothing changed) where there is no such file, or
 * it is not that. */
bool claims_of_file(const char *file, struct check_claim *claims, size_t count);

#endif
