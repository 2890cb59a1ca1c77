/* Acceleration: the clocks of the command under test pass several times as fast, under libfaketime.
 *
 * A sender's limit of 300 s is then over in three seconds. libfaketime is loaded into the command
 * by the dynamic linker (LD_PRELOAD): what is linked statically, or gains privileges as it starts,
 * is out of its reach, and so are waits that the kernel times (docs/accelerate.md). */
#ifndef HARNESS_ACCELERATE_H
#define HARNESS_ACCELERATE_H

#include "harness/invocation.h"

enum { ACCELERATE_MOST = 10000 };

/* The libfaketime of this machine: the file that NACCS_FAKETIME names, or the one where Debian and
 * others install it. To be freed. Null where there is none. */
char *accelerate_library(struct problem *problem);

/* Does the dynamic linker load `library` into `program` (as sut_find_program found it)? Of a
 * script, its interpreter is asked. What a program starts in its turn can't be foreseen. */
bool accelerate_reaches(const char *program, const char *library, struct problem *problem);

/* The variables of a command's environment. */
struct accelerate_environment {
    struct invocation_pair *at; /* the names stay the caller's; the values of ours do not */
    size_t count;
    char *preload, *factor; /* ours */
};

/* `given`, without what libfaketime would listen to, and what makes it pass time `factor` times as
 * fast. What `given`, or else `inherited` (an environment), preloads is loaded behind it. False
 * where there is no memory. */
bool accelerate_environment_make(struct accelerate_environment *environment, const char *library,
                                 double factor, const struct invocation_pair *given, size_t count,
                                 char *const *inherited);
void accelerate_environment_free(struct accelerate_environment *environment);

#endif
