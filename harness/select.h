/* Which cases of a suite are run. */
#ifndef HARNESS_SELECT_H
#define HARNESS_SELECT_H

#include "harness/known.h"
#include "harness/suite.h"

/* A pattern fits a case where it fits its id (a glob where it holds *, ? or [; otherwise any part
 * of it), or the id of a requirement that the case tests (a glob, or the whole of it). To
 * select_cases, the whole id of a case is that case alone. */
bool select_fits(const struct suite_case *test, const char *pattern);

struct select_options {
    const char *const *only; /* none: all */
    size_t only_count;
    const char *const *skip;
    size_t skip_count;
    unsigned shard, shards;    /* the I-th of N parts, from 1; 0 of 0: everything */
    const char *known_failing; /* a file; null: none */
};

struct selection {
    size_t *at;                         /* indices of the suite's cases, in their order */
    const struct known_failure **known; /* how each is known to fail; null: it is not */
    size_t count;
    struct known_list list;
    size_t whole; /* how many all parts have */
};

/* False where the file can't be read, says something wrong, or memory is out. Nothing selected is a
 * selection too. */
bool select_cases(const struct suite *suite, const struct select_options *options,
                  struct selection *selection, struct problem *problem);
void selection_free(struct selection *selection);

#endif
