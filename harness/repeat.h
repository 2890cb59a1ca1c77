/* The command that plays a run again. */
#ifndef HARNESS_REPEAT_H
#define HARNESS_REPEAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct repeat {
    char **words;  /* null-terminated: "naccs-harness", "run", …; the words stay argv's */
    char seed[24]; /* one of them, where argv names none */
};

/* From the arguments of `run` (argv[0] is that word), as getopt found them good: without what only
 * concerns reports and parts, and with the seed. `repeat` must stay where it is. False: no memory.
 */
bool repeat_make(int argc, char *const *argv, uint64_t seed, struct repeat *repeat);
void repeat_free(struct repeat *repeat);

#endif
