#include <stdlib.h>
#include <string.h>

#include "harness/report_parts.h"

/* For a terminal, or a file like one. */

enum {
    WORDS_WIDTH = 58, /* of a requirement, in the table */
};

#define LATE_WORTH_SAYING (200 * USEC_PER_MSEC)

const char *text_colour(const struct report_context *context, enum verdict verdict)
{
    if (!context->colour)
        return "";
    switch (verdict) {
    case VERDICT_PASS:
        return "\033[32m";
    case VERDICT_FAIL:
    case VERDICT_ERROR:
        return "\033[1;31m";
    case VERDICT_WARN:
        return "\033[33m";
    case VERDICT_SKIP:
        return "\033[2m";
    }
    return "";
}

const char *text_plain(const struct report_context *context)
{
    return context->colour ? "\033[0m" : "";
}

/* Prints text of ours or the oracle's, made safe; at most `width` octets where that is not 0. */
void text_words(FILE *stream, const char *text, size_t width)
{
    struct buf buf = BUF_INIT(0);
    if (report_words(&buf, text, strlen(text), false)) {
        size_t count = buf.count;
        if (width > 0 && count > width) {
            count = width - 3;
            while (count > 0 && (buf.at[count] & 0xc0) == 0x80)
                count--;
        }
        if (count > 0)
            fwrite(buf.at, 1, count, stream);
        if (count < buf.count)
            fputs("...", stream);
    }
    buf_free(&buf);
}

static void print_table(FILE *stream, const struct report_context *context,
                        const struct report_matrix *matrix)
{
    const char *untested = run_mode(context->options) == RUN_FIELD ? "not judged" : "not tested";
    fprintf(stream, "%-9s %-7s %-8s %5s  %s\n", "id", "level", "verdict", "cases", "the sender");
    for (size_t i = 0; i < matrix->count; i++) {
        const struct report_row *row = &matrix->rows[i];
        bool tested = row->case_count > 0;
        fprintf(stream, "%-9s %-7s %s%-8s%s %5zu  ", row->id, level_name(row->level),
                text_colour(context, row->verdict), verdict_name(row->verdict), text_plain(context),
                row->case_count);
        text_words(stream, tested ? row->text : untested, WORDS_WIDTH);
        fputc('\n', stream);
    }
}

static void print_cases(FILE *stream, const struct report_context *context)
{
    fputc('\n', stream);
    for (size_t i = 0; i < context->results->count; i++) {
        const struct run_case *result = &context->results->cases[i];
        fprintf(stream, "%s%-6s%s %s (%.3f s)%s", text_colour(context, result->verdict),
                verdict_name(result->verdict), text_plain(context), result->test->scenario->id,
                (double)result->duration / (double)USEC_PER_SEC, result->reason ? ": " : "");
        text_words(stream, result->reason ? result->reason : "", 0);
        fputc('\n', stream);
    }
}

static void print_summary(FILE *stream, const struct report_context *context)
{
    static const char *const time_words[] = {[RUN_VIRTUAL] = "virtual time",
                                             [RUN_REAL] = "real time",
                                             [RUN_ATTACHED] = "attached, real time",
                                             [RUN_FIELD] = "as seen in the field"};
    const struct run_results *results = context->results;
    fprintf(stream, "\n%zu case%s: %zu pass, %zu fail, %zu warn, %zu skip, %zu error",
            results->count, results->count == 1 ? "" : "s", results->passed, results->failed,
            results->warned, results->skipped, results->errors);
    if (results->known > 0)
        fprintf(stream, ", %zu known to fail", results->known);
    if (results->open > 0)
        fprintf(stream, ", %zu still to be done", results->open);
    fprintf(stream, " (%.2f s, %s, seed %llu)\n", (double)results->wall / (double)USEC_PER_SEC,
            time_words[run_mode(context->options)], (unsigned long long)context->options->seed);
    if (run_mode(context->options) == RUN_VIRTUAL)
        fprintf(stream, "transcripts %016llx\n", (unsigned long long)results->transcript_hash);
    if (results->latest > LATE_WORTH_SAYING)
        fprintf(
            stream,
            "The machine was busy: the harness itself was up to %.2f s late. Fewer cases at once "
            "(-j) or --tolerance-scale help.\n",
            (double)results->latest / (double)USEC_PER_SEC);
    bool conforms = report_conforms(results);
    fputs(text_colour(context, conforms ? VERDICT_PASS : VERDICT_FAIL), stream);
    if (results->interrupted)
        fputs("interrupted: no verdict", stream);
    else if (results->failed > 0)
        fputs("does not conform", stream);
    else if (results->unexpected > 0)
        fputs("conforms, but passes what is listed as known to fail", stream);
    else if (results->open > 0)
        fputs("no verdict: some cases are still to be done (--resume)", stream);
    else if (results->errors > 0)
        fputs("no verdict: the harness could not do all of its work", stream);
    else if (results->count == results->skipped)
        fputs("no verdict: everything was skipped", stream);
    else
        fputs("conforms", stream);
    fprintf(stream, "%s\n", text_plain(context));
}

static void print_acceleration(FILE *stream, const struct run_options *options)
{
    if (!report_is_accelerated(options))
        return;
    fprintf(
        stream,
        "Its clocks passed %g times as fast (libfaketime): its limit of %g s shows as %.3g s. A "
        "wait that libfaketime cannot speed up looks like one without a limit; a run without "
        "--accelerate tells them apart.\n",
        options->accelerate, (double)options->timeout / (double)USEC_PER_SEC,
        (double)options->timeout / options->accelerate / (double)USEC_PER_SEC);
}

bool report_text(FILE *stream, const struct report_context *context)
{
    struct report_matrix matrix;
    if (!report_matrix_make(context, &matrix))
        return false;
    fputs("sender: ", stream);
    text_words(stream, context->client_name, 0);
    fputc('\n', stream);
    print_acceleration(stream, context->options);
    fputc('\n', stream);
    print_table(stream, context, &matrix);
    if (context->verbose)
        print_cases(stream, context);
    report_warnings(stream, context, &matrix);
    if (context->verbose)
        report_failing_cases(stream, context);
    report_failures(stream, context, &matrix);
    if (run_mode(context->options) == RUN_FIELD)
        report_unjudged(stream, context, &matrix);
    report_traces(stream, context);
    print_summary(stream, context);
    report_matrix_free(&matrix);
    return !ferror(stream);
}
