#include <stdlib.h>
#include <string.h>

#include "harness/report_common.h"

/* For a terminal, or a file like one. */

enum {
    WORDS_WIDTH = 58,   /* of a requirement, in the table */
    FINDINGS_SHOWN = 3, /* of a failing case */
    LINES_AROUND = 3,   /* transcript lines before and behind the marked one */
    LINE_OCTETS = 160,  /* of an event, in a transcript line */
    OUTPUT_SHOWN = 400, /* octets of the command's output, the last ones */
};

#define LATE_WORTH_SAYING (200 * USEC_PER_MSEC)

static const char *colour(const struct report_context *context, enum verdict verdict)
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

static const char *plain(const struct report_context *context)
{
    return context->colour ? "\033[0m" : "";
}

/* Prints text of ours or the oracle's, made safe; at most `width` octets where that is not 0. */
static void print_words(FILE *stream, const char *text, size_t width)
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
    fprintf(stream, "%-9s %-7s %-8s %5s  %s\n", "id", "level", "verdict", "cases", "the sender");
    for (size_t i = 0; i < matrix->count; i++) {
        const struct report_row *row = &matrix->rows[i];
        bool tested = row->case_count > 0;
        fprintf(stream, "%-9s %-7s %s%-8s%s %5zu  ", row->id, level_name(row->level),
                colour(context, row->verdict), verdict_name(row->verdict), plain(context),
                row->case_count);
        print_words(stream, tested ? row->text : "not tested", WORDS_WIDTH);
        fputc('\n', stream);
    }
}

static void print_around(FILE *stream, const struct report_context *context,
                         const struct run_case *result, const struct finding *finding)
{
    const struct transcript *transcript = result->transcript;
    if (!finding->has_event || !transcript || finding->event >= transcript->count)
        return;
    size_t first = finding->event > LINES_AROUND ? finding->event - LINES_AROUND : 0;
    size_t last = finding->event + LINES_AROUND;
    for (size_t i = first; i <= last && i < transcript->count; i++) {
        struct buf buf = BUF_INIT(0);
        if (report_event_line(&buf, transcript, i, context->unmasked, LINE_OCTETS))
            fprintf(stream, "    %s %.*s\n", i == finding->event ? "=>" : "  ", (int)buf.count,
                    (const char *)buf.at);
        buf_free(&buf);
    }
}

static void print_finding(FILE *stream, const struct report_context *context,
                          const struct run_case *result, const struct finding *finding)
{
    const struct requirement *requirement = check_requirement(finding->requirement);
    fprintf(stream, "  %s%s%s", colour(context, finding->verdict), finding->requirement,
            plain(context));
    if (requirement)
        fprintf(stream, " (%s)", level_name(requirement->level));
    if (finding->connection > 0)
        fprintf(stream, ", connection %u", finding->connection);
    if (finding->has_offset)
        fprintf(stream, ", octet %llu", (unsigned long long)finding->offset);
    fputs("\n    expected: ", stream);
    print_words(stream, finding->expected ? finding->expected : "", 0);
    fputs("\n    actual:   ", stream);
    print_words(stream, finding->actual ? finding->actual : "", 0);
    fputc('\n', stream);
    print_around(stream, context, result, finding);
}

static void print_output(FILE *stream, const struct run_case *result)
{
    size_t count = result->output_count < OUTPUT_SHOWN ? result->output_count : OUTPUT_SHOWN;
    if (count == 0)
        return;
    struct buf buf = BUF_INIT(0);
    const uint8_t *at = (const uint8_t *)result->output + (result->output_count - count);
    if (report_octets(&buf, (struct octets){at, count}, 0))
        fprintf(stream, "  the command wrote: %s%.*s\n", count < result->output_count ? "..." : "",
                (int)buf.count, (const char *)buf.at);
    buf_free(&buf);
}

static bool shown_before(const struct findings *findings, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (findings->at[i].verdict == VERDICT_FAIL &&
            strcmp(findings->at[i].requirement, findings->at[index].requirement) == 0)
            return true;
    return false;
}

static void print_failure(FILE *stream, const struct report_context *context,
                          const struct run_case *result)
{
    fprintf(stream, "\n%s%s%s %s%s  ", colour(context, result->verdict),
            result->verdict == VERDICT_ERROR ? "ERROR" : "FAIL", plain(context),
            result->test->scenario->id, result->known_failing ? " (known)" : "");
    print_words(stream, report_title(result), 0);
    fputc('\n', stream);
    if (result->reason) {
        fputs("  ", stream);
        print_words(stream, result->reason, 0);
        fputc('\n', stream);
    }
    size_t shown = 0, more = 0;
    for (size_t i = 0; i < result->findings.count; i++) {
        const struct finding *finding = &result->findings.at[i];
        if (finding->verdict != VERDICT_FAIL)
            continue;
        if (shown < FINDINGS_SHOWN && !shown_before(&result->findings, i)) {
            print_finding(stream, context, result, finding);
            shown++;
        } else {
            more++;
        }
    }
    if (more > 0)
        fprintf(stream, "  ... and %zu more (--report json:FILE has all)\n", more);
    print_output(stream, result);
}

/* One line for each requirement that warns, with its first case as the example. */
static void print_warnings(FILE *stream, const struct report_context *context,
                           const struct report_matrix *matrix)
{
    for (size_t i = 0; i < matrix->count; i++) {
        const struct report_row *row = &matrix->rows[i];
        bool told = row->warned == 0;
        for (size_t j = 0; !told && j < row->case_count; j++) {
            const struct run_case *result = &context->results->cases[row->cases[j]];
            for (size_t k = 0; !told && k < result->findings.count; k++) {
                const struct finding *finding = &result->findings.at[k];
                if (finding->verdict != VERDICT_WARN || strcmp(finding->requirement, row->id) != 0)
                    continue;
                fprintf(stream, "\n%sWARN%s %s  in %zu case%s, as in %s\n",
                        colour(context, VERDICT_WARN), plain(context), row->id, row->warned,
                        row->warned == 1 ? "" : "s", result->test->scenario->id);
                print_finding(stream, context, result, finding);
                told = true;
            }
        }
    }
}

static void print_cases(FILE *stream, const struct report_context *context)
{
    fputc('\n', stream);
    for (size_t i = 0; i < context->results->count; i++) {
        const struct run_case *result = &context->results->cases[i];
        fprintf(stream, "%s%-6s%s %s (%.3f s)%s", colour(context, result->verdict),
                verdict_name(result->verdict), plain(context), result->test->scenario->id,
                (double)result->duration / (double)USEC_PER_SEC, result->reason ? ": " : "");
        print_words(stream, result->reason ? result->reason : "", 0);
        fputc('\n', stream);
    }
}

static void print_failures(FILE *stream, const struct report_context *context)
{
    for (size_t i = 0; i < context->results->count; i++) {
        const struct run_case *result = &context->results->cases[i];
        if (result->verdict == VERDICT_FAIL || result->verdict == VERDICT_ERROR)
            print_failure(stream, context, result);
        if (result->known_failing &&
            (result->verdict == VERDICT_PASS || result->verdict == VERDICT_WARN))
            fprintf(stream, "\n%sPASS%s %s though it is listed as known to fail\n",
                    colour(context, VERDICT_FAIL), plain(context), result->test->scenario->id);
    }
}

static void print_summary(FILE *stream, const struct report_context *context)
{
    static const char *const time_words[] = {[RUN_VIRTUAL] = "virtual time",
                                             [RUN_REAL] = "real time",
                                             [RUN_ATTACHED] = "attached, real time"};
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
    fputs(colour(context, conforms ? VERDICT_PASS : VERDICT_FAIL), stream);
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
    fprintf(stream, "%s\n", plain(context));
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
    print_words(stream, context->client_name, 0);
    fputc('\n', stream);
    print_acceleration(stream, context->options);
    fputc('\n', stream);
    print_table(stream, context, &matrix);
    if (context->verbose)
        print_cases(stream, context);
    print_warnings(stream, context, &matrix);
    print_failures(stream, context);
    print_summary(stream, context);
    report_matrix_free(&matrix);
    return !ferror(stream);
}
