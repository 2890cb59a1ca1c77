/* Going on with a run that was interrupted: what a JSON report says of cases, as results again. */
#ifndef HARNESS_REPORT_RESUME_H
#define HARNESS_REPORT_RESUME_H

#include "harness/run.h"

/* Reads the JSON report of an earlier run of the same suite, of an attached sender, with the same
 * limit and pace. `earlier` has one place for each selected case, all zeros; those that have a
 * verdict in the report (no error, and none that was interrupted) are filled in, and are the
 * caller's. `*count` is how many. A file that is not there is a run that begins. */
bool report_resume(const char *file, const struct run_options *options, struct run_case *earlier,
                   size_t *count, struct problem *problem);

/* What one result owns. */
void report_resume_free(struct run_case *earlier, size_t count);

#endif
