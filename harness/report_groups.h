/* What went wrong, by requirement: each that is failed or warned of once, with its best example. */
#ifndef HARNESS_REPORT_GROUPS_H
#define HARNESS_REPORT_GROUPS_H

#include "harness/report_common.h"

/* One requirement over all cases that fail it, or are warned. */
struct report_group {
    const struct report_row *row;
    const struct suite_requirement *requirement; /* null where the suite does not list it */
    enum verdict verdict;
    size_t count, known, about; /* cases; known to fail; that test this very requirement */
    const struct run_case *example;
};

/* Of one requirement; its count is 0 where nothing is of that verdict. */
struct report_group report_group_of(const struct report_context *context,
                                    const struct report_row *row, enum verdict verdict);

/* All that have that verdict. What fails most in the cases that test it comes first: the others may
 * fail in its wake. `*groups` is to be freed. False: no memory. */
bool report_groups_make(const struct report_context *context, const struct report_matrix *matrix,
                        enum verdict verdict, struct report_group **groups, size_t *count);

/* The first finding of that verdict about the requirement; null where there is none. */
const struct finding *report_finding_of(const struct run_case *result, const char *id,
                                        enum verdict verdict);

/* Is the case there to test it? */
bool report_is_about(const struct run_case *result, const char *id);

const struct suite_requirement *report_requirement(const struct report_context *context,
                                                   const char *id);

#endif
