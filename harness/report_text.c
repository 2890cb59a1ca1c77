#include <stdlib.h>
#include <string.h>

#include "harness/report_parts.h"

/* For a terminal, or a file like one. */

enum {
    WORDS_WIDTH = 58,    /* of a requirement, in the table */
    WORDS_WIDTH_JA = 75, /* in octets: three make two columns */
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
    } else {
        report_spoil(stream);
    }
    buf_free(&buf);
}

static void print_row(FILE *stream, const struct report_context *context,
                      const struct report_row *row)
{
    bool japanese = text_japanese(context);
    const struct suite_requirement *requirement = report_requirement(context, row->id);
    const char *words = row->text;
    if (row->case_count == 0)
        words = japanese ? "未確認" : "not tested";
    else if (requirement)
        words = language_text(requirement->text, context->language);
    fprintf(stream, "%-9s %-7s %s%-8s%s %5zu  ", row->id, level_name(row->level),
            text_colour(context, row->verdict), verdict_name(row->verdict), text_plain(context),
            row->case_count);
    text_words(stream, words, japanese ? WORDS_WIDTH_JA : WORDS_WIDTH);
    fputc('\n', stream);
}

static bool is_against(enum verdict verdict)
{
    return verdict == VERDICT_FAIL || verdict == VERDICT_WARN || verdict == VERDICT_ERROR;
}

/* Where something is wrong, it should not be looked for among what is right. */
static void print_table(FILE *stream, const struct report_context *context,
                        const struct report_matrix *matrix)
{
    bool japanese = text_japanese(context);
    size_t against = 0;
    for (size_t i = 0; i < matrix->count; i++)
        against += is_against(matrix->rows[i].verdict);
    bool all = context->verbose || against == 0;
    if (!japanese)
        fprintf(stream, "%-9s %-7s %-8s %5s  %s\n", "id", "level", "verdict", "cases",
                "the sender");
    else
        fputs("番号      区分    判定     ｹｰｽ数  送信側に求められること\n", stream);
    for (size_t i = 0; i < matrix->count; i++)
        if (all || is_against(matrix->rows[i].verdict))
            print_row(stream, context, &matrix->rows[i]);
    if (!all)
        fprintf(stream,
                japanese ? "ほかの%zu要件に問題なし(--verboseですべて表示)\n"
                         : "nothing against the other %zu requirements (--verbose shows them)\n",
                matrix->count - against);
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

static void print_counts(FILE *stream, const struct report_context *context)
{
    const struct run_results *results = context->results;
    bool japanese = text_japanese(context);
    fprintf(stream,
            japanese ? "\n%zuケース%s: 合格%zu、不合格%zu、警告%zu、対象外%zu、判定不能%zu"
                     : "\n%zu case%s: %zu pass, %zu fail, %zu warn, %zu skip, %zu error",
            results->count, japanese || results->count == 1 ? "" : "s", results->passed,
            results->failed, results->warned, results->skipped, results->errors);
    if (results->known > 0)
        fprintf(stream, japanese ? "、既知の不合格%zu" : ", %zu known to fail", results->known);
    if (results->open > 0)
        fprintf(stream, japanese ? "、未実施%zu" : ", %zu still to be done", results->open);
}

static void print_summary(FILE *stream, const struct report_context *context)
{
    const struct run_results *results = context->results;
    bool japanese = text_japanese(context);
    print_counts(stream, context);
    fprintf(stream, japanese ? " (%.2f秒、%s、乱数の種%llu)\n" : " (%.2f s, %s, seed %llu)\n",
            (double)results->wall / (double)USEC_PER_SEC,
            language_text(report_mode_words(context->options), context->language),
            (unsigned long long)context->options->seed);
    if (run_mode(context->options) == RUN_VIRTUAL)
        fprintf(stream, japanese ? "交信記録 %016llx\n" : "transcripts %016llx\n",
                (unsigned long long)results->transcript_hash);
    if (results->latest > LATE_WORTH_SAYING)
        fprintf(stream,
                japanese ? "試験側の処理が最大%.2f秒遅れました。同時実行数(-j)を減らすか、"
                           "--tolerance-scaleを指定してください。\n"
                         : "The machine was busy: the harness itself was up to %.2f s late. Fewer "
                           "cases at once (-j) or --tolerance-scale help.\n",
                (double)results->latest / (double)USEC_PER_SEC);
    fputs(text_colour(context, report_conforms(results) ? VERDICT_PASS : VERDICT_FAIL), stream);
    fprintf(stream, "%s%s\n", language_text(report_overall(results), context->language),
            text_plain(context));
}

static void print_acceleration(FILE *stream, const struct report_context *context)
{
    const struct run_options *options = context->options;
    if (!report_is_accelerated(options))
        return;
    fprintf(
        stream,
        text_japanese(context)
            ? "送信側の時計を%g倍の速さにした(libfaketime)。監視時間%g秒は%.3g秒に見える。"
              "libfaketimeの効かない待ちは監視時間がないように見えるため、--"
              "accelerateなしでも確認すること。\n"
            : "Its clocks passed %g times as fast (libfaketime): its limit of %g s shows as %.3g "
              "s. A "
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
    fputs(text_japanese(context) ? "送信側: " : "sender: ", stream);
    text_words(stream, context->client_name, 0);
    if (context->client_version && run_mode(context->options) != RUN_VIRTUAL) {
        fputc(' ', stream);
        text_words(stream, context->client_version, 0);
    }
    fputc('\n', stream);
    print_acceleration(stream, context);
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
