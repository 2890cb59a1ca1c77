/* Memory that runs out. For the tests memory_*_test.c, which alone are linked with it.
 *
 * Every allocation of the process goes by here: ours, and those of libc, Jansson, libev and
 * libxml2. They are counted, and can be made to fail. With a sanitizer they are not counted: it
 * finds what was not given back by itself. */
#ifndef TESTS_UNIT_MEMORY_H
#define TESTS_UNIT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

struct memory_held {
    size_t blocks, octets;
};

/* What was taken and not given back so far. All zeros with a sanitizer. */
struct memory_held memory_held(void);

/* The most octets that were held at once since it was last asked; then it begins anew. */
size_t memory_most(void);

/* From now on the n-th allocation (from 1) fails; `for_good`: and all that follow it. */
void memory_fail(unsigned long nth, bool for_good);
/* There is memory again. True where any allocation failed since. */
bool memory_restore(void);

struct memory_trial {
    const char *name;
    /* Does all of it once, from beginning to end. `memory_fail` has been called; it may call
     * memory_restore itself, once what may fail is over. */
    void (*run)(void *owner);
    void *owner;
    unsigned long step;          /* every so many-th allocation fails in turn, by itself; 0: each */
    unsigned long step_for_good; /* … with all that follow; 0: each */
};

/* Runs it once with enough memory; then with the first allocation failing, the second, and so on,
 * until none fails, by itself and with all that follow. Asserts that it leaves no memory behind,
 * and returns in how many runs an allocation failed. */
unsigned long memory_try(const struct memory_trial *trial);

#endif
