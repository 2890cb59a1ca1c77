#include <string.h>

#include "harness/report_parts.h"
#include "harness/words.h"

/* The first reason, over all cases, why a requirement could not be judged; null where it was. */
static const char *reason_of(const struct run_results *results, const struct report_row *row)
{
    if (row->case_count > 0)
        return NULL;
    for (size_t i = 0; i < results->count; i++) {
        const struct findings *findings = &results->cases[i].findings;
        for (size_t j = 0; j < findings->count; j++)
            if (findings->at[j].verdict == VERDICT_SKIP && findings->at[j].actual &&
                strcmp(findings->at[j].requirement, row->id) == 0)
                return findings->at[j].actual;
    }
    return NULL;
}

/* Those with the same reason are told together, at the first of them. */
static void print_reason(FILE *stream, const struct run_results *results,
                         const struct report_matrix *matrix, size_t index)
{
    const char *reason = reason_of(results, &matrix->rows[index]);
    struct words words;
    if (!reason)
        return;
    for (size_t i = 0; i < index; i++) {
        const char *earlier = reason_of(results, &matrix->rows[i]);
        if (earlier && strcmp(earlier, reason) == 0)
            return;
    }
    words_begin(&words, LANGUAGE_EN);
    for (size_t i = index; i < matrix->count; i++) {
        const char *other = reason_of(results, &matrix->rows[i]);
        if (other && strcmp(other, reason) == 0)
            words_add(&words, "%s%s", "%s%s", i > index ? ", " : "", matrix->rows[i].id);
    }
    words_add(&words, ": %s", ": %s", reason);
    words_print(stream, "  ", &words);
    words_free(&words);
}

void report_unjudged(FILE *stream, const struct report_context *context,
                     const struct report_matrix *matrix)
{
    bool any = false;
    for (size_t i = 0; i < matrix->count; i++)
        any |= reason_of(context->results, &matrix->rows[i]) != NULL;
    if (!any)
        return;
    fputs("\nNot judged, since it does not show:\n", stream);
    for (size_t i = 0; i < matrix->count; i++)
        print_reason(stream, context->results, matrix, i);
}
