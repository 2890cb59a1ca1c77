/* One case of a JSON report, as a result again. */
#ifndef HARNESS_REPORT_CASE_H
#define HARNESS_REPORT_CASE_H

#include <jansson.h>

#include "harness/run.h"

/* Members of an object: null where there is no such string; 0 where there is no such number. A
 * duration is 0 to a hundred years, whatever stands there. */
const char *report_string(const json_t *object, const char *key);
usec report_duration(const json_t *object, const char *key);
/* Its "verdict"; false where that is none. */
bool report_verdict(const json_t *object, enum verdict *verdict);

/* Fills in what is all zeros; what was filled in is to be freed whatever is returned. False where
 * the object is damaged, or memory is out. */
bool report_case_read(const json_t *object, const struct suite *suite,
                      const struct suite_case *test, struct run_case *result);
void report_case_free(struct run_case *result);

#endif
