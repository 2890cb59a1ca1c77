/* How every command of the harness ends: what it says on standard error, its reports, its status.
 */
#ifndef HARNESS_FINISH_H
#define HARNESS_FINISH_H

#include "harness/arguments.h"
#include "harness/report.h"

enum { EXIT_CONFORMS = 0, EXIT_FAILS = 1, EXIT_USAGE = 2, EXIT_HARNESS = 3 };

/* One line on standard error, with nothing in it that a terminal would obey. Owners are not
 * looked at. */
void say(void *owner, const char *text);
/* The same, of faults. */
void tell(void *owner, const char *text);

/* Says that standard output can't be written; EXIT_HARNESS. */
int finish_no_output(void);

/* Masks in the results what has to be masked, and writes them: the report for the terminal, unless
 * another one goes to standard output, and the others. False where one could not be written, which
 * was told. */
bool finish_reports(const struct arguments *options, struct report_context *context,
                    struct run_results *results);

/* `written`: the reports were. */
int finish_status(const struct run_results *results, bool written);

#endif
