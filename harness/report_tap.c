#include <string.h>

#include "harness/report_common.h"

/* TAP 14: a test point for each case, with what failed as a YAML block. */

/* A description: '#' and '\' would mean something. */
static void print_description(FILE *stream, const char *text)
{
    struct buf buf = BUF_INIT(0);
    if (report_words(&buf, text, strlen(text), false)) {
        for (size_t i = 0; i < buf.count; i++) {
            if (buf.at[i] == '#' || buf.at[i] == '\\')
                fputc('\\', stream);
            fputc(buf.at[i], stream);
        }
    } else {
        report_spoil(stream);
    }
    buf_free(&buf);
}

/* A YAML string in double quotes; report_words has escaped all but '"', and what it escaped needs
 * its
 * '\' doubled. */
static void print_quoted(FILE *stream, const char *text)
{
    struct buf buf = BUF_INIT(0);
    fputc('"', stream);
    if (report_words(&buf, text, strlen(text), false)) {
        for (size_t i = 0; i < buf.count; i++) {
            if (buf.at[i] == '"' || buf.at[i] == '\\')
                fputc('\\', stream);
            fputc(buf.at[i], stream);
        }
    } else {
        report_spoil(stream);
    }
    fputc('"', stream);
    buf_free(&buf);
}

/* Of what was seen in the field, what could not be judged, too. */
static void print_findings(FILE *stream, const struct run_case *result, bool field)
{
    bool begun = false;
    for (size_t i = 0; i < result->findings.count; i++) {
        const struct finding *finding = &result->findings.at[i];
        if (finding->verdict != VERDICT_FAIL && finding->verdict != VERDICT_WARN &&
            !(field && finding->verdict == VERDICT_SKIP))
            continue;
        if (!begun)
            fputs("  ---\n  findings:\n", stream);
        begun = true;
        fprintf(stream, "    - requirement: \"%s\"\n      verdict: %s\n      expected: ",
                finding->requirement, verdict_name(finding->verdict));
        print_quoted(stream, finding->expected ? finding->expected : "");
        fputs("\n      actual: ", stream);
        print_quoted(stream, finding->actual ? finding->actual : "");
        fputc('\n', stream);
    }
    if (begun)
        fputs("  ...\n", stream);
}

static bool is_ok(const struct run_case *result)
{
    switch (result->verdict) {
    case VERDICT_PASS:
    case VERDICT_WARN:
        return !result->unexpected;
    case VERDICT_SKIP:
        return true;
    case VERDICT_FAIL:
    case VERDICT_ERROR:
        break;
    }
    return false;
}

static void print_case(FILE *stream, const struct run_case *result, size_t number, bool field)
{
    fprintf(stream, "%s %zu - ", is_ok(result) ? "ok" : "not ok", number);
    print_description(stream, result->test->scenario->id);
    if (result->verdict == VERDICT_SKIP) {
        fputs(" # SKIP ", stream);
        print_description(stream, result->reason ? result->reason : "");
    } else if (result->known_failing && !result->unexpected) {
        fputs(" # TODO known to fail", stream);
    }
    fputc('\n', stream);
    if (result->verdict == VERDICT_ERROR) {
        fputs("  ---\n  error: ", stream);
        print_quoted(stream, result->reason ? result->reason : "");
        fputs("\n  ...\n", stream);
        return;
    }
    print_findings(stream, result, field);
    struct report_surprise surprise;
    if (report_surprise(result, false, &surprise))
        fprintf(stream, "# %s\n", surprise.text);
}

bool report_tap(FILE *stream, const struct report_context *context)
{
    const struct run_results *results = context->results;
    fprintf(stream, "TAP version 14\n1..%zu\n", results->count);
    if (report_is_accelerated(context->options))
        fprintf(stream, "# the sender's clocks passed %g times as fast\n",
                context->options->accelerate);
    for (size_t i = 0; i < results->count; i++)
        print_case(stream, &results->cases[i], i + 1, run_mode(context->options) == RUN_FIELD);
    if (results->interrupted)
        fputs("Bail out! interrupted\n", stream);
    return !ferror(stream);
}
