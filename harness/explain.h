/* Scenarios and requirements in words: what `naccs-harness explain` prints. */
#ifndef HARNESS_EXPLAIN_H
#define HARNESS_EXPLAIN_H

#include "harness/suite.h"
#include "harness/words.h"

/* One rule of the centre's: "RCPT, message 1, the first time only: answers "450 busy"". */
void explain_rule(struct words *words, const struct rule *rule);

/* One rule of its name server's. */
void explain_dns_rule(struct words *words, const struct dns_rule *rule);

/* Calls `line` with each way in which the centre's settings differ from the well-behaved one's.
 * False where there is no memory. */
bool explain_settings(const struct centre_settings *centre, enum language language,
                      void (*line)(void *owner, const struct words *words), void *owner);

/* Calls `line` with each thing that is expected of the sender, and of what the centre holds. */
bool explain_expectations(const struct suite_case *test, enum language language,
                          void (*line)(void *owner, const struct words *words), void *owner);

/* "greeting", "end of data": for people, where stage_name is for files. */
const char *explain_stage(enum stage stage, enum language language);

/* A page about one requirement, or one case. False where writing or memory failed. */
bool explain_requirement(FILE *stream, const struct suite *suite,
                         const struct suite_requirement *requirement, enum language language);
bool explain_case(FILE *stream, const struct suite *suite, const struct suite_case *test,
                  enum language language);

/* Known ids that are like this one, the likest first; at most `room`. Returns how many. */
size_t explain_nearest(const struct suite *suite, const char *id, const char **nearest,
                       size_t room);

#endif
