/* Runs side by side: an earlier one and a later one of one sender, or several senders. */
#ifndef HARNESS_COMPARE_H
#define HARNESS_COMPARE_H

#include "harness/report_common.h"
#include "harness/report_read.h"

/* From the first of two runs to the second. */
enum compare_change {
    COMPARE_SAME,
    COMPARE_BETTER, /* a lesser verdict against the sender, or none any more; or in fewer cases */
    COMPARE_WORSE,
    COMPARE_OTHER, /* fails as before, for something else */
    COMPARE_NEW,   /* was not there, or not judged (skip, error) */
    COMPARE_GONE,  /* is not there, or not judged, any more */
};
enum { COMPARE_CHANGES = COMPARE_GONE + 1 };

struct text_pair compare_words(enum compare_change change);

/* What one run says. */
struct compare_cell {
    bool there;
    enum verdict verdict;
    size_t cases, against;         /* of a requirement: tested in, failed or warned of in */
    const struct run_case *result; /* of a case */
};

/* One requirement, or one case, in all runs. */
struct compare_row {
    const char *id;
    struct text_pair text;
    struct compare_cell *cells; /* one a run */
    enum compare_change change; /* of two runs; otherwise SAME where all say the same, or OTHER */
};

struct compare_rows {
    struct compare_row *at;
    size_t count;
    size_t changes[COMPARE_CHANGES];
};

struct comparison {
    const struct report_file *files;
    size_t file_count;
    bool same_suite; /* all runs are of the same scenarios and messages */
    struct compare_rows requirements, cases;
    struct report_matrix *matrices; /* one a run */
};

/* False: no memory. The files must outlive it. */
bool compare_make(const struct report_file *files, size_t count, struct comparison *comparison);
void compare_free(struct comparison *comparison);

/* The requirements against which something was found in a case, separated by blanks; "" for none.
 * False: no memory. */
bool compare_against(struct buf *buf, const struct run_case *result);

/* The forms; `grid`: every run a column, though they are only two. */
bool compare_text(FILE *stream, const struct comparison *comparison, bool grid,
                  enum language language);
bool compare_markdown(FILE *stream, const struct comparison *comparison, bool grid,
                      enum language language);
bool compare_html(FILE *stream, const struct comparison *comparison, bool grid,
                  enum language language);

#endif
