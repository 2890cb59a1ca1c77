#include <stdlib.h>
#include <string.h>

#include "harness/report_groups.h"
#include "harness/report_japanese.h"
#include "harness/report_parts.h"
#include "harness/words.h"

enum {
    FULL_GROUPS = 2,      /* requirements that are shown with transcript and advice */
    LINES_AROUND = 2,     /* transcript lines before and behind the marked one */
    LINE_OCTETS = 100,    /* of an event, in a transcript line */
    OCTETS_BEFORE = 40,   /* the place that it is about */
    FURTHER_FINDINGS = 2, /* of another kind, in the example */
    CASES_NAMED = 4,      /* further cases of a requirement */
    OUTPUT_SHOWN = 400,   /* octets of the command's output, the last ones */
};

/* One line, however long: people and scripts look for what stands in it. */
static void print_line(FILE *stream, const char *lead, const char *text)
{
    fputs(lead, stream);
    text_words(stream, text ? text : "", 0);
    fputc('\n', stream);
}

/* A paragraph. */
static void labelled(FILE *stream, const char *lead, const char *text)
{
    if (!words_print_text(stream, lead, text ? text : ""))
        report_spoil(stream);
}

/* Which octet of this event the finding is about; 0 where none is named or it is another one's. */
static size_t place_in_event(const struct transcript *transcript, const struct finding *finding)
{
    uint64_t before = 0;
    if (!finding->has_offset)
        return 0;
    for (size_t i = 0; i < finding->event; i++)
        if (transcript->events[i].kind == TRANSCRIPT_RECEIVED &&
            transcript->events[i].connection == finding->connection)
            before += transcript->events[i].octets.count;
    const struct transcript_event *event = &transcript->events[finding->event];
    bool inside = event->kind == TRANSCRIPT_RECEIVED && event->connection == finding->connection &&
                  finding->offset >= before && finding->offset - before < event->octets.count;
    return inside ? (size_t)(finding->offset - before) : 0;
}

static void print_around(FILE *stream, const struct report_context *context,
                         const struct run_case *result, const struct finding *finding,
                         size_t around)
{
    const struct transcript *transcript = result->transcript;
    if (!finding->has_event || !transcript || finding->event >= transcript->count)
        return;
    size_t place = place_in_event(transcript, finding);
    size_t from = place > LINE_OCTETS / 2 ? place - OCTETS_BEFORE : 0;
    size_t first = finding->event > around ? finding->event - around : 0;
    size_t last = finding->event + around;
    for (size_t i = first; i <= last && i < transcript->count; i++) {
        struct buf buf = BUF_INIT(0);
        bool marked = i == finding->event;
        if (report_event_part(&buf, transcript, i, context->unmasked, marked ? from : 0,
                              LINE_OCTETS))
            fprintf(stream, "    %s %.*s\n", marked ? "=>" : "  ", (int)buf.count,
                    (const char *)buf.at);
        else
            report_spoil(stream);
        buf_free(&buf);
    }
}

/* ", connection 1, octet 44 of what it sent:" */
static void print_place(FILE *stream, const struct report_context *context,
                        const struct finding *finding)
{
    bool japanese = text_japanese(context);
    if (finding->connection > 0)
        fprintf(stream, japanese ? "、接続%u" : ", connection %u", finding->connection);
    if (finding->has_offset)
        fprintf(stream, japanese ? "、送信側の%lluバイト目" : ", octet %llu of what it sent",
                (unsigned long long)finding->offset);
    fputs(":\n", stream);
}

static void print_oracle(FILE *stream, const struct report_context *context, const char *lead,
                         const char *text)
{
    struct buf japanese = BUF_INIT(0);
    if (text && text_japanese(context) && report_japanese(&japanese, text))
        text = (const char *)japanese.at;
    print_line(stream, lead, text);
    buf_free(&japanese);
}

static void print_words(FILE *stream, const struct report_context *context,
                        const struct finding *finding)
{
    bool japanese = text_japanese(context);
    print_oracle(stream, context, japanese ? "    期待: " : "    expected: ", finding->expected);
    print_oracle(stream, context, japanese ? "    実際: " : "    actual:   ", finding->actual);
}

static void print_finding(FILE *stream, const struct report_context *context,
                          const struct run_case *result, const struct finding *finding,
                          size_t around)
{
    print_words(stream, context, finding);
    print_around(stream, context, result, finding, around);
}

static void print_output(FILE *stream, const struct report_context *context,
                         const struct run_case *result)
{
    size_t count = result->output_count < OUTPUT_SHOWN ? result->output_count : OUTPUT_SHOWN;
    if (count == 0)
        return;
    struct buf buf = BUF_INIT(0);
    const uint8_t *at = (const uint8_t *)result->output + (result->output_count - count);
    if (report_octets(&buf, (struct octets){at, count}, 0))
        fprintf(stream,
                text_japanese(context) ? "    コマンドの出力: %s%.*s\n"
                                       : "    the command wrote: %s%.*s\n",
                count < result->output_count ? "..." : "", (int)buf.count, (const char *)buf.at);
    else
        report_spoil(stream);
    buf_free(&buf);
}

static void print_other_cases(FILE *stream, const struct report_context *context,
                              const struct report_group *group)
{
    struct words words;
    size_t named = 0;
    words_begin(&words, context->language);
    for (size_t i = 0; i < group->row->case_count && named < CASES_NAMED; i++) {
        const struct run_case *result = &context->results->cases[group->row->cases[i]];
        if (result == group->example || !report_finding_of(result, group->row->id, group->verdict))
            continue;
        words_add(&words, "%s%s", "%s%s", named++ > 0 ? ", " : "", result->test->scenario->id);
    }
    if (group->count > named + 1)
        words_add(&words, " and %zu more", " ほか%zu件", group->count - named - 1);
    if (named > 0)
        words_print(stream, text_japanese(context) ? "  ほかのケース: " : "  also in ", &words);
    words_free(&words);
}

/* What else was found about the requirement in the same case, where that is something else. */
static void print_further_findings(FILE *stream, const struct report_context *context,
                                   const struct report_group *group, const struct finding *shown)
{
    const struct findings *findings = &group->example->findings;
    for (size_t i = 0, told = 0; i < findings->count && told < FURTHER_FINDINGS; i++) {
        const struct finding *finding = &findings->at[i];
        if (finding == shown || finding->verdict != group->verdict ||
            strcmp(finding->requirement, group->row->id) != 0 || !finding->expected ||
            !shown->expected || strcmp(finding->expected, shown->expected) == 0)
            continue;
        print_words(stream, context, finding);
        told++;
    }
}

/* "FAIL BODY-3 (must; NACCS EDI table 4-3-2 item 6, note 2) in 29 cases" */
static void print_group_head(FILE *stream, const struct report_context *context,
                             const struct report_group *group)
{
    bool japanese = text_japanese(context);
    fprintf(stream, "\n%s%s%s %s (%s", text_colour(context, group->verdict),
            group->verdict == VERDICT_FAIL ? "FAIL" : "WARN", text_plain(context), group->row->id,
            level_name(group->row->level));
    if (group->requirement) {
        fputs(japanese ? "、" : "; ", stream);
        text_words(stream, language_text(group->requirement->source, context->language), 0);
    }
    fprintf(stream, japanese ? ") %zu件%s" : ") in %zu case%s", group->count,
            japanese || group->count == 1 ? "" : "s");
    if (group->known > 0)
        fprintf(stream, japanese ? "、うち既知%zu件" : ", %zu known to fail", group->known);
}

static void print_group(FILE *stream, const struct report_context *context,
                        const struct report_group *group, bool full)
{
    const struct suite_requirement *requirement = group->requirement;
    const struct finding *finding =
        report_finding_of(group->example, group->row->id, group->verdict);
    bool japanese = text_japanese(context);
    print_group_head(stream, context, group);
    fputs(full ? "\n" : japanese ? "、例:" : ", as", stream);
    if (full && requirement)
        labelled(stream, japanese ? "  要件: " : "  the sender: ",
                 language_text(requirement->text, context->language));
    fprintf(stream, japanese ? "%s %s" : "%s in %s", full ? " " : "",
            group->example->test->scenario->id);
    print_place(stream, context, finding);
    print_finding(stream, context, group->example, finding, full ? LINES_AROUND : 0);
    if (full) {
        print_further_findings(stream, context, group, finding);
        print_output(stream, context, group->example);
        print_other_cases(stream, context, group);
        if (requirement && (requirement->mend.en || requirement->mend.ja))
            labelled(stream, japanese ? "  修正方法: " : "  mend: ",
                     language_text(requirement->mend, context->language));
    }
    fprintf(stream,
            japanese ? "  詳細: naccs-harness explain %s\n" : "  more: naccs-harness explain %s\n",
            group->row->id);
}

void report_warnings(FILE *stream, const struct report_context *context,
                     const struct report_matrix *matrix)
{
    for (size_t i = 0; i < matrix->count; i++) {
        struct report_group group = report_group_of(context, &matrix->rows[i], VERDICT_WARN);
        if (group.count > 0)
            print_group(stream, context, &group, false);
    }
}

static bool same_reason(const struct run_case *a, const struct run_case *b)
{
    return strcmp(a->reason ? a->reason : "", b->reason ? b->reason : "") == 0;
}

/* Failed or not judged, and no requirement's group tells it. */
static bool is_apart(const struct run_case *result)
{
    bool told = false;
    for (size_t i = 0; i < result->findings.count; i++)
        told |= result->findings.at[i].verdict == VERDICT_FAIL;
    return result->verdict == VERDICT_ERROR || (result->verdict == VERDICT_FAIL && !told);
}

/* Those with the same reason are told together, at the first of them. */
static void print_apart(FILE *stream, const struct report_context *context, size_t index)
{
    const struct run_results *results = context->results;
    const struct run_case *result = &results->cases[index];
    size_t more = 0;
    for (size_t i = 0; i < results->count; i++) {
        const struct run_case *other = &results->cases[i];
        bool same = i != index && is_apart(other) && other->verdict == result->verdict &&
                    same_reason(other, result);
        if (same && i < index)
            return;
        more += same;
    }
    fprintf(stream, "\n%s%s%s %s", text_colour(context, result->verdict),
            result->verdict == VERDICT_ERROR ? "ERROR" : "FAIL", text_plain(context),
            result->test->scenario->id);
    if (more > 0)
        fprintf(stream, text_japanese(context) ? " ほか%zu件" : " and %zu more", more);
    fputc('\n', stream);
    labelled(stream, "  ", result->reason);
    print_output(stream, context, result);
}

static size_t print_failed_groups(FILE *stream, const struct report_context *context,
                                  const struct report_matrix *matrix)
{
    struct report_group *groups;
    size_t count;
    if (!report_groups_make(context, matrix, VERDICT_FAIL, &groups, &count)) {
        report_spoil(stream);
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        print_group(stream, context, &groups[i], i < FULL_GROUPS);
    free(groups);
    return count;
}

void report_failures(FILE *stream, const struct report_context *context,
                     const struct report_matrix *matrix)
{
    const struct run_results *results = context->results;
    size_t shown = print_failed_groups(stream, context, matrix);
    for (size_t i = 0; i < results->count; i++)
        if (is_apart(&results->cases[i]))
            print_apart(stream, context, i);
    for (size_t i = 0; i < results->count; i++) {
        const struct run_case *result = &results->cases[i];
        struct report_surprise surprise;
        if (report_surprise(result, text_japanese(context), &surprise))
            fprintf(stream, "\n%s%s%s %s %s\n", text_colour(context, VERDICT_FAIL),
                    result->unexpected ? "PASS" : "FAIL", text_plain(context),
                    result->test->scenario->id, surprise.text);
    }
    if (shown > 0)
        fputs(
            text_japanese(context)
                ? "\n--verboseで全ケースを表示します。ケースの内容は naccs-harness explain ケース\n"
                : "\n--verbose tells of every case; naccs-harness explain CASE what a case does.\n",
            stream);
}

void report_failing_cases(FILE *stream, const struct report_context *context)
{
    for (size_t i = 0; i < context->results->count; i++) {
        const struct run_case *result = &context->results->cases[i];
        if (result->verdict != VERDICT_FAIL && result->verdict != VERDICT_ERROR)
            continue;
        fprintf(stream, "\n%s%s%s %s%s  ", text_colour(context, result->verdict),
                result->verdict == VERDICT_ERROR ? "ERROR" : "FAIL", text_plain(context),
                result->test->scenario->id, result->known_failing ? " (known)" : "");
        text_words(stream, language_text(result->test->scenario->title, context->language), 0);
        fputc('\n', stream);
        labelled(stream, "  ", result->reason);
        for (size_t j = 0; j < result->findings.count; j++) {
            const struct finding *finding = &result->findings.at[j];
            const struct requirement *requirement = check_requirement(finding->requirement);
            if (finding->verdict != VERDICT_FAIL)
                continue;
            fprintf(stream, "  %s (%s)", finding->requirement,
                    requirement ? level_name(requirement->level) : "");
            print_place(stream, context, finding);
            print_finding(stream, context, result, finding, LINES_AROUND);
        }
        print_output(stream, context, result);
    }
}
