/* Reports: one result, many forms. Pure writers; everything from the peer is escaped. */
#ifndef HARNESS_REPORT_H
#define HARNESS_REPORT_H

#include <stdio.h>

#include "harness/run.h"

struct report_context {
    const struct run_options *options;
    const struct run_results *results;
    const char *version;
    const char *client_name;  /* the command, or "naccs-client (reference, in process)" */
    int64_t wall_clock;       /* when the run began, microseconds since 1970 */
    bool colour;
    bool verbose;
    bool unmasked;
};

/* Each writes to a stream and returns false where that failed. */
bool report_text(FILE *stream, const struct report_context *context);
bool report_json(FILE *stream, const struct report_context *context);
bool report_junit(FILE *stream, const struct report_context *context);
bool report_tap(FILE *stream, const struct report_context *context);

/* Opens FORMAT:FILE, writes to a temporary file beside it and renames; "-" is standard output. */
bool report_to_file(const char *format_and_file, const struct report_context *context,
                    struct problem *problem);

#endif
