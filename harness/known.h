/* What is known to fail: a list kept beside a sender that is being mended, so that its runs fail
 * for what is new alone, and for what has been mended without being struck off.
 *
 * A line is "CASE [REQUIREMENT…] [WORDS]": the id of a case, or a glob that fits several, the
 * requirements that it is expected to fail at (commas or blanks between), and why, for people.
 * Without requirements any failure will do; with them the case must fail at all of these and at no
 * other. The first line that fits a case counts, but its whole id goes before all globs. Empty
 * lines, and those that begin with '#', say nothing. */
#ifndef HARNESS_KNOWN_H
#define HARNESS_KNOWN_H

#include "harness/check.h"
#include "wire/problem.h"

struct known_failure {
    char *pattern;
    const struct requirement **requirements;
    size_t requirement_count;
    unsigned line; /* of the file */
};

struct known_list {
    struct known_failure *at;
    size_t count;
};

/* False where the file can't be read, or names a requirement that there is none. */
bool known_read(const char *file, struct known_list *list, struct problem *problem);
void known_free(struct known_list *list);

/* How the case is known to fail; null where it is not listed. Valid as long as the list. */
const struct known_failure *known_find(const struct known_list *list, const char *case_id);

/* What became of a case that is listed. */
enum known_result {
    KNOWN_FAILS,     /* as listed */
    KNOWN_PASSES,    /* though it is listed, or no longer fails at one of the requirements */
    KNOWN_OTHERWISE, /* it fails at something that is not listed */
    KNOWN_NOTHING,   /* it was skipped, or the harness could not judge it */
};

/* `verdict` of the case, and what was found. `which` is set to the first requirement that is too
 * much, or that is missing; null where none is to be named. */
enum known_result known_compare(const struct known_failure *known, enum verdict verdict,
                                const struct findings *findings, const char **which);

#endif
