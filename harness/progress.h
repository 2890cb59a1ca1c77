/* Progress: on a terminal, one line that tells how far the run is; elsewhere nothing. */
#ifndef HARNESS_PROGRESS_H
#define HARNESS_PROGRESS_H

#include <stdio.h>

#include "harness/language.h"
#include "harness/run.h"

struct progress {
    FILE *stream; /* null: say nothing */
    enum language language;
    size_t done, total, failed;
    const struct suite_case **running;
    size_t running_count, running_room;
};

/* `total` cases are to come. */
void progress_begin(struct progress *progress, FILE *stream, size_t total, enum language language);
/* For run_options; the owner is the progress. */
void progress_begun(void *owner, const struct suite_case *test);
void progress_ended(void *owner, const struct run_case *result, size_t done, size_t total);
/* Takes the line away. */
void progress_end(struct progress *progress);

#endif
