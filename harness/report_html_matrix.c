#include <stdlib.h>
#include <string.h>

#include "harness/report_groups.h"
#include "harness/report_html.h"

/* What is to be mended, the filters, and the table of requirements. */

enum {
    CASES_NAMED = 12, /* of a requirement that failed */
};

static const struct suite_requirement *requirement_of(struct dossier *dossier, const char *id)
{
    return report_requirement(dossier->context, id);
}

static void paragraph(struct html *html, const char *class, const char *en, const char *ja,
                      struct text_pair text)
{
    if (!text.en && !text.ja)
        return;
    html_open(html, "div", "class", class, (char *)NULL);
    html_open(html, "h3", "class", "small", (char *)NULL);
    html_either(html, en, ja);
    html_close(html);
    html_open(html, "p", (char *)NULL);
    html_pair(html, text);
    html_close(html);
    html_close(html);
}

static void group_cases(struct dossier *dossier, const struct report_group *group)
{
    struct html *html = &dossier->html;
    size_t named = 0;
    html_open(html, "p", "class", "cases", (char *)NULL);
    for (size_t i = 0; i < group->row->case_count && named < CASES_NAMED; i++) {
        const struct run_case *result = &dossier->context->results->cases[group->row->cases[i]];
        if (!report_finding_of(result, group->row->id, group->verdict))
            continue;
        if (named++ > 0)
            html_text(html, " ");
        html_case_link(html, result->test->scenario->id, NULL);
    }
    if (group->count > named) {
        html_open(html, "span", "lang", "en", (char *)NULL);
        html_format(html, " and %zu more", group->count - named);
        html_close(html);
        html_open(html, "span", "lang", "ja", (char *)NULL);
        html_format(html, " ほか%zu件", group->count - named);
        html_close(html);
    }
    html_close(html);
}

static void group_heading(struct dossier *dossier, const struct report_group *group)
{
    struct html *html = &dossier->html;
    html_open(html, "summary", (char *)NULL);
    html_verdict(html, group->verdict);
    html_element(html, "code", group->row->id, (char *)NULL);
    html_open(html, "span", "class", "what", (char *)NULL);
    html_pair(html, group->requirement ? group->requirement->text : (struct text_pair){0});
    html_close(html);
    html_open(html, "span", "class", "count", (char *)NULL);
    html_open(html, "span", "lang", "en", (char *)NULL);
    html_format(html, "%zu case%s", group->count, group->count == 1 ? "" : "s");
    if (group->known > 0)
        html_format(html, ", %zu known", group->known);
    html_close(html);
    html_open(html, "span", "lang", "ja", (char *)NULL);
    html_format(html, "%zu件", group->count);
    if (group->known > 0)
        html_format(html, "(うち既知%zu件)", group->known);
    html_close(html);
    html_close(html);
    html_close(html);
}

static void write_group(struct dossier *dossier, const struct report_group *group, bool open)
{
    struct html *html = &dossier->html;
    const struct suite_requirement *requirement = group->requirement;
    const struct finding *finding =
        report_finding_of(group->example, group->row->id, group->verdict);
    html_open(html, "details", "class", verdict_name(group->verdict), "open", open ? "" : NULL,
              (char *)NULL);
    group_heading(dossier, group);
    html_open(html, "div", "class", "inside", (char *)NULL);
    dossier_finding_words(dossier, finding);
    html_open(html, "p", "class", "example", (char *)NULL);
    html_either(html, "seen in ", "確認したケース: ");
    html_case_link(html, group->example->test->scenario->id, NULL);
    html_close(html);
    if (requirement) {
        paragraph(html, "mend", "How to mend it", "修正方法", requirement->mend);
        paragraph(html, "why", "The usual defect", "よくある不具合", requirement->defect);
    }
    html_open(html, "h3", "class", "small", (char *)NULL);
    html_either(html, "Cases", "該当ケース");
    html_close(html);
    group_cases(dossier, group);
    html_close(html);
    html_close(html);
}

static void write_groups(struct dossier *dossier, enum verdict verdict, const char *id,
                         struct text_pair title)
{
    struct html *html = &dossier->html;
    struct report_group *groups;
    size_t count;
    if (!report_groups_make(dossier->context, dossier->matrix, verdict, &groups, &count)) {
        html->failed = true;
        return;
    }
    if (count > 0) {
        html_open(html, "section", "class", "groups", "aria-labelledby", id, (char *)NULL);
        html_open(html, "h2", "id", id, (char *)NULL);
        html_pair(html, title);
        html_close(html);
        for (size_t i = 0; i < count; i++)
            write_group(dossier, &groups[i], verdict == VERDICT_FAIL && i == 0);
        html_close(html);
    }
    free(groups);
}

static void filter_verdicts(struct html *html)
{
    static const enum verdict order[] = {VERDICT_FAIL, VERDICT_WARN, VERDICT_PASS, VERDICT_SKIP,
                                         VERDICT_ERROR};
    html_open(html, "fieldset", (char *)NULL);
    html_open(html, "legend", "class", "unseen", (char *)NULL);
    html_either(html, "Verdict", "判定");
    html_close(html);
    html_empty(html, "input", "type", "radio", "name", "verdict", "id", "show-all", "checked", "",
               (char *)NULL);
    html_open(html, "label", "for", "show-all", (char *)NULL);
    html_either(html, "all", "すべて");
    html_close(html);
    for (size_t i = 0; i < 5; i++) {
        char id[16];
        snprintf(id, sizeof id, "show-%s", verdict_name(order[i]));
        html_empty(html, "input", "type", "radio", "name", "verdict", "id", id, (char *)NULL);
        html_open(html, "label", "for", id, (char *)NULL);
        html_pair(html, verdict_words(order[i]));
        html_close(html);
    }
    html_close(html);
}

static void filter_families(struct dossier *dossier)
{
    struct html *html = &dossier->html;
    const struct run_results *results = dossier->context->results;
    html_open(html, "label", "class", "script", (char *)NULL);
    html_open(html, "span", "class", "unseen", (char *)NULL);
    html_either(html, "Family", "分類");
    html_close(html);
    html_open(html, "select", "id", "family", (char *)NULL);
    html_open(html, "option", "value", "", (char *)NULL);
    html_text(html, "all families / 全分類");
    html_close(html);
    const char *last = "";
    for (size_t i = 0; i < results->count; i++) {
        const char *id = results->cases[i].test->scenario->id;
        size_t size = family_size(id);
        if (i > 0 && family_size(last) == size && strncmp(last, id, size) == 0)
            continue;
        last = id;
        html_open(html, "option", (char *)NULL);
        html_text_of(html, id, size);
        html_close(html);
    }
    html_close(html);
    html_close(html);
}

static void write_filters(struct dossier *dossier)
{
    struct html *html = &dossier->html;
    html_open(html, "form", "class", "filters", "role", "search", (char *)NULL);
    filter_verdicts(html);
    filter_families(dossier);
    html_open(html, "label", "class", "script", (char *)NULL);
    html_open(html, "span", "class", "unseen", (char *)NULL);
    html_either(html, "Text", "文字");
    html_close(html);
    html_empty(html, "input", "type", "search", "id", "text", "placeholder",
               "BODY-3, 450, rcpt/\xe2\x80\xa6", "autocomplete", "off", (char *)NULL);
    html_close(html);
    html_element(html, "output", "", "id", "shown", "class", "script", (char *)NULL);
    html_close(html);
}

/* Links to the cases of a row: those against the sender, and those that are there to test it. What
 * else it was seen in is a number. */
static void row_cases(struct dossier *dossier, const struct report_row *row)
{
    struct html *html = &dossier->html;
    size_t about = 0, told = 0;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < row->case_count; i++) {
            const struct run_case *result = &dossier->context->results->cases[row->cases[i]];
            const struct finding *fail = report_finding_of(result, row->id, VERDICT_FAIL);
            const struct finding *warn = report_finding_of(result, row->id, VERDICT_WARN);
            bool against = fail || warn;
            if (against != (pass == 0) || (!against && !report_is_about(result, row->id)))
                continue;
            about++;
            html_case_link(html, result->test->scenario->id, fail ? "fail" : warn ? "warn" : NULL);
            html_text(html, " ");
        }
    }
    told = row->case_count - about;
    if (told == 0)
        return;
    html_open(html, "span", "class", "rest", "lang", "en", (char *)NULL);
    html_format(html, about > 0 ? "and held in %zu more" : "held in %zu cases", told);
    html_close(html);
    html_open(html, "span", "class", "rest", "lang", "ja", (char *)NULL);
    html_format(html, about > 0 ? "ほか%zu件でも確認" : "%zu件で確認", told);
    html_close(html);
}

static void write_row(struct dossier *dossier, const struct report_row *row)
{
    struct html *html = &dossier->html;
    const struct suite_requirement *requirement = requirement_of(dossier, row->id);
    char class[24], id[64];
    snprintf(class, sizeof class, "item %s", verdict_name(row->verdict));
    snprintf(id, sizeof id, "requirement-%.40s", row->id);
    html_open(html, "tr", "class", class, "id", id, (char *)NULL);
    html_open(html, "th", "scope", "row", (char *)NULL);
    html_element(html, "code", row->id, (char *)NULL);
    html_close(html);
    html_open(html, "td", "class", "what", (char *)NULL);
    if (requirement) {
        html_open(html, "p", (char *)NULL);
        html_pair(html, requirement->text);
        html_close(html);
        html_open(html, "p", "class", "source", (char *)NULL);
        html_pair(html, requirement->source);
        html_close(html);
    }
    if (row->case_count > 0) {
        html_open(html, "details", (char *)NULL);
        html_open(html, "summary", (char *)NULL);
        html_open(html, "span", "lang", "en", (char *)NULL);
        html_format(html, "%zu case%s", row->case_count, row->case_count == 1 ? "" : "s");
        html_close(html);
        html_open(html, "span", "lang", "ja", (char *)NULL);
        html_format(html, "%zuケース", row->case_count);
        html_close(html);
        html_close(html);
        html_open(html, "p", "class", "cases", (char *)NULL);
        row_cases(dossier, row);
        html_close(html);
        html_close(html);
    } else {
        html_open(html, "p", "class", "rest", (char *)NULL);
        html_either(html, "no case tested it", "確認したケースなし");
        html_close(html);
    }
    html_close(html);
    html_open(html, "td", "class", "level", (char *)NULL);
    html_pair(html, level_words(row->level));
    html_close(html);
    html_open(html, "td", (char *)NULL);
    html_verdict(html, row->verdict);
    html_close(html);
    html_close(html);
}

static void heading_cell(struct html *html, const char *en, const char *ja)
{
    html_open(html, "th", "scope", "col", (char *)NULL);
    html_either(html, en, ja);
    html_close(html);
}

static void write_table(struct dossier *dossier)
{
    struct html *html = &dossier->html;
    html_open(html, "section", "aria-labelledby", "requirements", (char *)NULL);
    html_open(html, "h2", "id", "requirements", (char *)NULL);
    html_either(html, "Requirements", "要件");
    html_close(html);
    html_open(html, "table", "class", "matrix", (char *)NULL);
    html_open(html, "thead", (char *)NULL);
    html_open(html, "tr", (char *)NULL);
    heading_cell(html, "id", "番号");
    heading_cell(html, "the sender", "送信側に求められること");
    heading_cell(html, "level", "区分");
    heading_cell(html, "verdict", "判定");
    html_close(html);
    html_close(html);
    html_open(html, "tbody", (char *)NULL);
    for (size_t i = 0; i < dossier->matrix->count; i++)
        write_row(dossier, &dossier->matrix->rows[i]);
    html_close(html);
    html_close(html);
    html_close(html);
}

void dossier_matrix(struct dossier *dossier)
{
    write_groups(dossier, VERDICT_FAIL, "failures",
                 (struct text_pair){"To be mended", "修正が必要な点"});
    write_groups(dossier, VERDICT_WARN, "warnings", (struct text_pair){"Warnings", "警告"});
    write_filters(dossier);
    write_table(dossier);
}
