/* Parts of the text report. Private to report_text.c, report_failures.c, report_trace.c and
 * report_unjudged.c. */
#ifndef HARNESS_REPORT_PARTS_H
#define HARNESS_REPORT_PARTS_H

#include "harness/report_groups.h"

static inline bool text_japanese(const struct report_context *context)
{
    return context->language == LANGUAGE_JA;
}

/* Terminal codes; "" where colours are not wanted. */
const char *text_colour(const struct report_context *context, enum verdict verdict);
const char *text_plain(const struct report_context *context);

/* Prints text of ours or the oracle's, made safe; at most `width` octets where that is not 0. */
void text_words(FILE *stream, const char *text, size_t width);

/* Each requirement that is warned of, or failed, once: in how many cases, and one of them as the
 * example, so that hundreds of failures take a screen or two. Behind the failures come the cases
 * that the harness could not judge, and those that pass though they are listed as failing. */
void report_warnings(FILE *stream, const struct report_context *context,
                     const struct report_matrix *matrix);
void report_failures(FILE *stream, const struct report_context *context,
                     const struct report_matrix *matrix);

/* Of what was seen in the field: which requirements could not be judged at all, and why. */
void report_unjudged(FILE *stream, const struct report_context *context,
                     const struct report_matrix *matrix);

/* Where what was seen in the field was compared with this run: the first difference, side by side.
 */
void report_traces(FILE *stream, const struct report_context *context);

/* Every failing case by itself, with all that was found. */
void report_failing_cases(FILE *stream, const struct report_context *context);

#endif
