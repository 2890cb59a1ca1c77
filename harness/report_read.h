/* A JSON report of `run`, as results again: for other formats, for merging the parts of a run, and
 * for comparing runs. It needs no suite: what the reports say of scenarios and requirements stands
 * in the file. */
#ifndef HARNESS_REPORT_READ_H
#define HARNESS_REPORT_READ_H

#include "harness/report.h"

struct report_file {
    const char *path; /* as it was named */
    struct suite suite;
    struct run_options options;
    struct run_results results;
    struct report_context context; /* of the three above */
    struct arena *arena;           /* owns all but what single results own */
};

/* False where the file can't be read, is no such report or is damaged. `path` must outlive it; so
 * must the place of `file`, which its context points into. */
bool report_read(const char *path, struct report_file *file, struct problem *problem);
/* The same of a text. */
bool report_read_text(const char *text, size_t count, const char *path, struct report_file *file,
                      struct problem *problem);
void report_file_free(struct report_file *file);

/* Counts the verdicts of `cases` anew. */
void report_count(struct run_results *results);

/* Are they parts of a run, with --shard? */
bool report_is_part(const struct report_file *file);

/* Puts the results of the parts of one run together in the first of them; the others must live as
 * long as it does. Refused where they are not of one run, where one is missing, or where a case
 * stands in two. */
bool report_merge(struct report_file *files, size_t count, struct problem *problem);

#endif
