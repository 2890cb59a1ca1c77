/* Which defects prove the suite: defects.txt beside requirements.json.
 *
 *     defect NAME REQUIREMENT[,REQUIREMENT]… CASES…
 *
 * A sender with this defect is failed (or warned of) for one of these requirements in one of these
 * cases, patterns as --only takes them, or "all"; `make defects` shows that it is so. Words with a
 * "=" say how it is run; lines that begin otherwise, and what follows a #, are not read. */
#ifndef HARNESS_SUITE_DEFECTS_H
#define HARNESS_SUITE_DEFECTS_H

#include "harness/suite.h"

struct suite_defect {
    const char *name;
    const char **requirements;
    size_t requirement_count;
    const char **cases;
    size_t case_count;
};

struct suite_defects {
    struct suite_defect *at;
    size_t count;
    char *text; /* what the strings point into */
};

/* No defects where the suite has no such file. False where it can't be read, or names a requirement
 * that the suite has not. */
bool suite_defects_load(const struct suite *suite, struct suite_defects *defects,
                        struct problem *problem);
void suite_defects_free(struct suite_defects *defects);

/* Does it prove this requirement, by a case of this suite? */
bool suite_defect_proves(const struct suite_defect *defect, const struct suite *suite,
                         const char *requirement);

#endif
