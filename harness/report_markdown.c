#include "harness/report_markdown.h"

#include <stdlib.h>
#include <string.h>

#include "harness/report_groups.h"
#include "harness/report_japanese.h"

/* A summary for a pull request or a job: short, the failures first, what is long folded away. */

enum {
    CASES_NAMED = 8, /* of a requirement */
    WORDS_SHOWN = 300,
    GROUPS_OPEN = 10, /* behind that many, the rest is folded away */
};

/* Everything that could be markup is a character reference: that holds in text, in tables and
 * inside of HTML. */
static void print_safe(FILE *stream, const uint8_t *at, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (at[i] < 0x80 && strchr("&<>|`*_[]~\\#!():@\"'$=-+.", at[i]))
            fprintf(stream, "&#%u;", at[i]);
        else
            fputc(at[i], stream);
    }
}

void markdown_start(FILE *stream, const char *text, size_t most)
{
    struct buf buf = BUF_INIT(0);
    if (report_words(&buf, text, strlen(text), false)) {
        size_t count = buf.count <= most ? buf.count : most;
        while (count < buf.count && count > 0 && (buf.at[count] & 0xc0) == 0x80)
            count--;
        print_safe(stream, buf.at, count);
        if (count < buf.count)
            fputs("\xe2\x80\xa6", stream);
    } else {
        report_spoil(stream);
    }
    buf_free(&buf);
}

void markdown_text(FILE *stream, const char *text)
{
    markdown_start(stream, text, SIZE_MAX);
}

void markdown_code(FILE *stream, const char *text)
{
    fputs("<code>", stream);
    markdown_text(stream, text);
    fputs("</code>", stream);
}

static bool is_japanese(const struct report_context *context)
{
    return context->language == LANGUAGE_JA;
}

static const char *mark(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        return "\xe2\x9c\x85";
    case VERDICT_FAIL:
        return "\xe2\x9d\x8c";
    case VERDICT_WARN:
        return "\xe2\x9a\xa0\xef\xb8\x8f";
    case VERDICT_SKIP:
        return "\xe2\x9e\x96";
    case VERDICT_ERROR:
        break;
    }
    return "\xf0\x9f\x9a\xab";
}

static void print_head(FILE *stream, const struct report_context *context)
{
    const struct run_results *results = context->results;
    bool japanese = is_japanese(context), conforms = report_conforms(results);
    struct text_pair verdict = report_overall(results);
    fprintf(stream, "## %s %s: ", mark(conforms ? VERDICT_PASS : VERDICT_FAIL),
            language_text(verdict, context->language));
    markdown_text(stream, context->client_name);
    if (context->client_version) {
        fputc(' ', stream);
        markdown_text(stream, context->client_version);
    }
    fputs(japanese ? "\n\n| ケース | 合格 | 不合格 | 警告 | 対象外 | 判定不能 |\n"
                   : "\n\n| cases | pass | fail | warn | skip | error |\n",
          stream);
    fprintf(stream, "|--:|--:|--:|--:|--:|--:|\n| %zu | %zu | %zu | %zu | %zu | %zu |\n\n",
            results->count, results->passed, results->failed + results->known, results->warned,
            results->skipped, results->errors);
}

static void print_oracle(FILE *stream, const struct report_context *context, const char *text)
{
    struct buf japanese = BUF_INIT(0);
    bool translated = text && is_japanese(context) && report_japanese(&japanese, text);
    markdown_start(stream, translated ? (const char *)japanese.at : text ? text : "", WORDS_SHOWN);
    buf_free(&japanese);
}

static void print_finding(FILE *stream, const struct report_context *context,
                          const struct report_group *group)
{
    const struct finding *finding =
        report_finding_of(group->example, group->row->id, group->verdict);
    bool japanese = is_japanese(context);
    fputs(japanese ? "- 期待: " : "- expected: ", stream);
    print_oracle(stream, context, finding->expected);
    fputs(japanese ? "\n- 実際: " : "\n- seen: ", stream);
    print_oracle(stream, context, finding->actual);
    fputs(japanese ? "(" : " (in ", stream);
    markdown_code(stream, group->example->test->scenario->id);
    if (finding->connection > 0)
        fprintf(stream, japanese ? "、接続%u" : ", connection %u", finding->connection);
    if (finding->has_offset)
        fprintf(stream, japanese ? "、%lluバイト目" : ", octet %llu",
                (unsigned long long)finding->offset);
    fputs(japanese ? ")\n" : ")\n", stream);
}

static void print_cases(FILE *stream, const struct report_context *context,
                        const struct report_group *group)
{
    size_t named = 0;
    fputs(is_japanese(context) ? "\n該当ケース: " : "\nCases: ", stream);
    for (size_t i = 0; i < group->row->case_count && named < CASES_NAMED; i++) {
        const struct run_case *result = &context->results->cases[group->row->cases[i]];
        if (!report_finding_of(result, group->row->id, group->verdict))
            continue;
        fputs(named++ > 0 ? ", " : "", stream);
        markdown_code(stream, result->test->scenario->id);
    }
    if (group->count > named)
        fprintf(stream, is_japanese(context) ? " ほか%zu件" : " and %zu more",
                group->count - named);
    fputc('\n', stream);
}

static void print_group(FILE *stream, const struct report_context *context,
                        const struct report_group *group)
{
    const struct suite_requirement *requirement = group->requirement;
    bool japanese = is_japanese(context);
    fprintf(stream, "<details><summary>%s <b>", mark(group->verdict));
    markdown_text(stream, group->row->id);
    fprintf(stream, japanese ? "</b> %zu件" : "</b> in %zu case%s", group->count,
            group->count == 1 ? "" : "s");
    if (group->known > 0)
        fprintf(stream, japanese ? "(うち既知%zu件)" : ", %zu known to fail", group->known);
    if (requirement) {
        fputs(": ", stream);
        markdown_text(stream, language_text(requirement->text, context->language));
    }
    fputs("</summary>\n\n", stream);
    if (requirement) {
        fprintf(stream, "%s; ", level_name(group->row->level));
        markdown_text(stream, language_text(requirement->source, context->language));
        fputs("\n\n", stream);
    }
    print_finding(stream, context, group);
    print_cases(stream, context, group);
    if (requirement && (requirement->mend.en || requirement->mend.ja)) {
        fputs(japanese ? "\n**修正方法** " : "\n**How to mend it** ", stream);
        markdown_text(stream, language_text(requirement->mend, context->language));
        fputc('\n', stream);
    }
    fputs("\n</details>\n", stream);
}

static bool print_groups(FILE *stream, const struct report_context *context,
                         const struct report_matrix *matrix, enum verdict verdict)
{
    struct report_group *groups;
    size_t count;
    if (!report_groups_make(context, matrix, verdict, &groups, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (i == GROUPS_OPEN)
            fprintf(stream,
                    is_japanese(context) ? "<details><summary>ほか%zu要件</summary>\n\n"
                                         : "<details><summary>%zu more requirements</summary>\n\n",
                    count - i);
        print_group(stream, context, &groups[i]);
    }
    if (count > GROUPS_OPEN)
        fputs("\n</details>\n", stream);
    if (count > 0)
        fputc('\n', stream);
    free(groups);
    return true;
}

/* What could not be judged, and why. */
static void print_errors(FILE *stream, const struct report_context *context)
{
    const struct run_results *results = context->results;
    size_t told = 0;
    for (size_t i = 0; i < results->count && told < GROUPS_OPEN; i++) {
        const struct run_case *result = &results->cases[i];
        if (result->verdict != VERDICT_ERROR)
            continue;
        fprintf(stream, "- %s ", mark(VERDICT_ERROR));
        markdown_code(stream, result->test->scenario->id);
        fputs(": ", stream);
        print_oracle(stream, context, result->reason);
        fputc('\n', stream);
        told++;
    }
    if (told > 0)
        fputc('\n', stream);
}

static void print_matrix(FILE *stream, const struct report_context *context,
                         const struct report_matrix *matrix)
{
    bool japanese = is_japanese(context);
    fputs(japanese ? "<details><summary>要件の一覧</summary>\n\n| 番号 | 区分 | 判定 | ケース |\n"
                   : "<details><summary>All requirements</summary>\n\n"
                     "| id | level | verdict | cases |\n",
          stream);
    fputs("|---|---|---|--:|\n", stream);
    for (size_t i = 0; i < matrix->count; i++) {
        const struct report_row *row = &matrix->rows[i];
        fputs("| ", stream);
        markdown_text(stream, row->id);
        fprintf(stream, " | %s | %s %s | %zu |\n", level_name(row->level), mark(row->verdict),
                verdict_name(row->verdict), row->case_count);
    }
    fputs("\n</details>\n\n", stream);
}

static void print_run(FILE *stream, const struct report_context *context)
{
    const struct run_options *options = context->options;
    fprintf(stream, "<sub>%s, seed %llu, pace %g, limit %g s, suite <code>%016llx</code>, ",
            run_mode_name(options), (unsigned long long)options->seed, options->pace,
            (double)options->timeout / (double)USEC_PER_SEC,
            (unsigned long long)options->suite->hash);
    fputs("naccs-harness ", stream);
    markdown_text(stream, context->version);
    fputs("</sub>\n", stream);
}

bool report_markdown(FILE *stream, const struct report_context *context)
{
    struct report_matrix matrix;
    if (!report_matrix_make(context, &matrix))
        return false;
    print_head(stream, context);
    bool good = print_groups(stream, context, &matrix, VERDICT_FAIL);
    print_errors(stream, context);
    good = good && print_groups(stream, context, &matrix, VERDICT_WARN);
    print_matrix(stream, context, &matrix);
    print_run(stream, context);
    report_matrix_free(&matrix);
    return good && !ferror(stream);
}
