#include <string.h>

#include "harness/report_groups.h"
#include "harness/report_html.h"
#include "harness/report_japanese.h"
#include "harness/report_story.h"

/* The cases, family by family: one line each, and behind it what was found, the octets and the
 * diagram. */

enum {
    OUTPUT_SHOWN = 1500, /* octets of what the command wrote, the last ones */
    WORDS_LIKELY = 4096, /* of the oracle at once, at most */
};

/* A text of the oracle's, in both languages. */
static void oracle_words(struct html *html, const char *text)
{
    struct buf japanese = BUF_INIT(0);
    /* With the room at hand, what has no translation is unknown, and not short of memory. */
    if (!buf_reserve(&japanese, WORDS_LIKELY))
        html->failed = true;
    else if (report_japanese(&japanese, text))
        html_either(html, text, (const char *)japanese.at);
    else
        html_text(html, text);
    buf_free(&japanese);
}

void dossier_finding_words(struct dossier *dossier, const struct finding *finding)
{
    struct html *html = &dossier->html;
    html_open(html, "dl", "class", "finding", (char *)NULL);
    html_open(html, "dt", (char *)NULL);
    html_either(html, "expected", "期待");
    html_close(html);
    html_open(html, "dd", (char *)NULL);
    oracle_words(html, finding->expected ? finding->expected : "");
    html_close(html);
    html_open(html, "dt", (char *)NULL);
    html_either(html, "seen", "実際");
    html_close(html);
    html_open(html, "dd", (char *)NULL);
    oracle_words(html, finding->actual ? finding->actual : "");
    html_close(html);
    html_close(html);
}

static bool is_against(const struct finding *finding)
{
    return finding->verdict == VERDICT_FAIL || finding->verdict == VERDICT_WARN;
}

/* Has the requirement been told of in this case already? */
static bool told_before(const struct run_case *result, const struct finding *finding)
{
    for (const struct finding *other = result->findings.at; other < finding; other++)
        if (is_against(other) && strcmp(other->requirement, finding->requirement) == 0)
            return true;
    return false;
}

static void write_advice(struct dossier *dossier, const struct suite_requirement *requirement)
{
    struct html *html = &dossier->html;
    if (!requirement->mend.en && !requirement->mend.ja)
        return;
    html_open(html, "details", "class", "advice", (char *)NULL);
    html_open(html, "summary", (char *)NULL);
    html_either(html, "How to mend it", "修正方法");
    html_close(html);
    html_open(html, "p", (char *)NULL);
    html_pair(html, requirement->mend);
    html_close(html);
    html_close(html);
}

static void write_place(struct html *html, const struct finding *finding)
{
    if (finding->connection == 0)
        return;
    html_open(html, "span", "class", "place", "lang", "en", (char *)NULL);
    html_format(html, "connection %u", finding->connection);
    if (finding->has_offset)
        html_format(html, ", octet %llu", (unsigned long long)finding->offset);
    html_close(html);
    html_open(html, "span", "class", "place", "lang", "ja", (char *)NULL);
    html_format(html, "接続%u", finding->connection);
    if (finding->has_offset)
        html_format(html, "、%lluバイト目", (unsigned long long)finding->offset);
    html_close(html);
}

/* The octets; folded away where it is one more place of the same kind. */
static void write_octets(struct dossier *dossier, const struct run_case *result,
                         const struct finding *finding)
{
    struct html *html = &dossier->html;
    bool further = told_before(result, finding);
    if (further) {
        html_open(html, "details", "class", "advice", (char *)NULL);
        html_open(html, "summary", (char *)NULL);
        html_either(html, "Octets", "バイト列");
        html_close(html);
    }
    dossier_octets(dossier, result, finding);
    if (further)
        html_close(html);
}

static void write_finding(struct dossier *dossier, const struct run_case *result,
                          const struct finding *finding)
{
    struct html *html = &dossier->html;
    const struct suite_requirement *requirement =
        report_requirement(dossier->context, finding->requirement);
    char class[24], target[64];
    snprintf(class, sizeof class, "found %s", verdict_name(finding->verdict));
    snprintf(target, sizeof target, "#requirement-%.40s", finding->requirement);
    html_open(html, "div", "class", class, (char *)NULL);
    html_open(html, "p", "class", "head", (char *)NULL);
    html_verdict(html, finding->verdict);
    html_element(html, "a", finding->requirement, "href", target, (char *)NULL);
    if (requirement) {
        html_open(html, "span", "class", "source", (char *)NULL);
        html_pair(html, level_words(requirement->level));
        if (requirement->source.en || requirement->source.ja)
            html_text(html, " \xc2\xb7 ");
        html_pair(html, requirement->source);
        html_close(html);
    }
    write_place(html, finding);
    html_close(html);
    dossier_finding_words(dossier, finding);
    write_octets(dossier, result, finding);
    bool has_text = requirement && (requirement->text.en || requirement->text.ja);
    if (has_text && !told_before(result, finding)) {
        html_open(html, "p", "class", "rule", (char *)NULL);
        html_either(html, "The sender ", "送信側: ");
        html_pair(html, requirement->text);
        html_close(html);
        write_advice(dossier, requirement);
    }
    html_close(html);
}

static void write_list(struct html *html, const char *en, const char *ja,
                       const struct text_pair *lines, size_t count)
{
    if (count == 0)
        return;
    html_open(html, "div", (char *)NULL);
    html_open(html, "h4", (char *)NULL);
    html_either(html, en, ja);
    html_close(html);
    html_open(html, "ul", (char *)NULL);
    for (size_t i = 0; i < count; i++) {
        html_open(html, "li", (char *)NULL);
        html_pair(html, lines[i]);
        html_close(html);
    }
    html_close(html);
    html_close(html);
}

static void write_story(struct dossier *dossier, const struct run_case *result)
{
    struct html *html = &dossier->html;
    const struct scenario *scenario = result->test->scenario;
    struct suite_story story;
    if (!report_story_make(result->test, &story)) {
        html->failed = true;
        return;
    }
    if (scenario->why.en || scenario->why.ja) {
        html_open(html, "p", "class", "purpose", (char *)NULL);
        html_pair(html, scenario->why);
        html_close(html);
    }
    html_open(html, "div", "class", "story", (char *)NULL);
    write_list(html, "What this centre does", "センターの動作", story.does, story.does_count);
    write_list(html, "What is expected", "期待すること", story.wants, story.wants_count);
    html_close(html);
    report_story_free(&story);
}

static void write_output(struct html *html, const struct run_case *result)
{
    size_t count = result->output_count < OUTPUT_SHOWN ? result->output_count : OUTPUT_SHOWN;
    if (count == 0)
        return;
    html_open(html, "details", "class", "output", (char *)NULL);
    html_open(html, "summary", (char *)NULL);
    html_either(html, "What the command wrote", "コマンドの出力");
    html_close(html);
    html_open(html, "pre", "tabindex", "0", (char *)NULL);
    html_text_of(html, result->output + (result->output_count - count), count);
    html_close(html);
    html_close(html);
}

/* Requirements that the case held, in one line. */
static void write_held(struct html *html, const struct run_case *result)
{
    const char *last = "";
    html_open(html, "p", "class", "held", (char *)NULL);
    html_either(html, "held:", "満たした要件:");
    for (size_t i = 0; i < result->findings.count; i++) {
        const struct finding *finding = &result->findings.at[i];
        if (finding->verdict != VERDICT_PASS || strcmp(finding->requirement, last) == 0)
            continue;
        last = finding->requirement;
        html_text(html, " ");
        html_text(html, last);
    }
    html_close(html);
}

static void write_skips(struct html *html, const struct run_case *result)
{
    for (size_t i = 0; i < result->findings.count; i++) {
        const struct finding *finding = &result->findings.at[i];
        if (finding->verdict != VERDICT_SKIP)
            continue;
        html_open(html, "p", "class", "held", (char *)NULL);
        html_either(html, "not judged: ", "判定の対象外: ");
        html_text(html, finding->requirement);
        html_text(html, ": ");
        oracle_words(html, finding->actual ? finding->actual : "");
        html_close(html);
    }
}

static void write_meta(struct html *html, const struct run_case *result)
{
    const struct scenario *scenario = result->test->scenario;
    html_open(html, "p", "class", "meta", (char *)NULL);
    html_format(html, "%.3f s \xc2\xb7 ", (double)result->duration / (double)USEC_PER_SEC);
    html_open(html, "span", (char *)NULL);
    html_either(html, "scenario ", "シナリオ ");
    for (size_t i = 0; i < sizeof scenario->hash; i++)
        html_format(html, "%02x", scenario->hash[i]);
    html_close(html);
    html_text(html, " \xc2\xb7 ");
    char target[CASE_ANCHOR_SIZE + 1] = "#";
    case_anchor(scenario->id, target + 1);
    html_open(html, "a", "class", "self", "href", target, (char *)NULL);
    html_either(html, "link to this case", "このケースへのリンク");
    html_close(html);
    html_close(html);
}

static void write_inside(struct dossier *dossier, const struct run_case *result,
                         const char *labelled_by)
{
    struct html *html = &dossier->html;
    if (result->reason) {
        html_open(html, "p", "class", "reason", (char *)NULL);
        oracle_words(html, result->reason);
        html_close(html);
    }
    bool told = false;
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < result->findings.count; i++) {
            const struct finding *finding = &result->findings.at[i];
            if (finding->verdict != (pass == 0 ? VERDICT_FAIL : VERDICT_WARN))
                continue;
            write_finding(dossier, result, finding);
            told = true;
        }
    if (told || result->verdict != VERDICT_PASS)
        write_story(dossier, result);
    dossier_diagram(dossier, result, labelled_by);
    write_output(html, result);
    write_skips(html, result);
    if (result->findings.count > 0)
        write_held(html, result);
    write_meta(html, result);
}

static void write_summary(struct dossier *dossier, const struct run_case *result, const char *name)
{
    struct html *html = &dossier->html;
    const struct scenario *scenario = result->test->scenario;
    const char *last = "";
    html_open(html, "summary", (char *)NULL);
    html_verdict(html, result->verdict);
    html_element(html, "code", scenario->id, "id", name, (char *)NULL);
    html_open(html, "span", "class", "what", (char *)NULL);
    html_pair(html, scenario->title);
    html_close(html);
    html_open(html, "span", "class", "ids", (char *)NULL);
    for (size_t i = 0; i < result->findings.count; i++) {
        const struct finding *finding = &result->findings.at[i];
        if (!is_against(finding) || strcmp(last, finding->requirement) == 0)
            continue;
        last = finding->requirement;
        html_element(html, "b", last, (char *)NULL);
        html_text(html, " ");
    }
    for (size_t i = 0; i < scenario->requirement_count; i++) {
        html_text(html, scenario->requirements[i]);
        html_text(html, " ");
    }
    html_close(html);
    html_close(html);
}

static void write_case(struct dossier *dossier, size_t index)
{
    struct html *html = &dossier->html;
    const struct run_case *result = &dossier->context->results->cases[index];
    char class[48], name[32], anchor[CASE_ANCHOR_SIZE];
    snprintf(class, sizeof class, "case item %s%s", verdict_name(result->verdict),
             result->known_failing ? " known" : "");
    snprintf(name, sizeof name, "n%zu", index);
    html_open(html, "details", "class", class, (char *)NULL);
    write_summary(dossier, result, name);
    /* The anchor is inside: a browser without the script opens what it is led into. */
    html_open(html, "div", "class", "inside", "id", case_anchor(result->test->scenario->id, anchor),
              (char *)NULL);
    write_inside(dossier, result, name);
    html_close(html);
    html_close(html);
    html_text(html, "\n");
}

static void family_heading(struct html *html, const struct run_results *results, size_t first,
                           size_t count)
{
    size_t counts[5] = {0};
    for (size_t i = first; i < first + count; i++)
        counts[results->cases[i].verdict]++;
    html_open(html, "h3", (char *)NULL);
    html_text_of(html, results->cases[first].test->scenario->id,
                 family_size(results->cases[first].test->scenario->id));
    html_open(html, "small", (char *)NULL);
    for (size_t i = 0; i < 5; i++) {
        if (counts[i] == 0)
            continue;
        html_open(html, "span", "class", verdict_name((enum verdict)i), (char *)NULL);
        html_format(html, "%zu ", counts[i]);
        html_pair(html, verdict_words((enum verdict)i));
        html_close(html);
    }
    html_close(html);
    html_close(html);
}

static size_t family_count(const struct run_results *results, size_t first)
{
    const char *id = results->cases[first].test->scenario->id;
    size_t size = family_size(id), count = 1;
    while (first + count < results->count) {
        const char *next = results->cases[first + count].test->scenario->id;
        if (family_size(next) != size || strncmp(next, id, size) != 0)
            break;
        count++;
    }
    return count;
}

void dossier_cases(struct dossier *dossier)
{
    struct html *html = &dossier->html;
    const struct run_results *results = dossier->context->results;
    html_open(html, "section", "class", "all", "aria-labelledby", "cases", (char *)NULL);
    html_open(html, "h2", "id", "cases", (char *)NULL);
    html_either(html, "Cases", "ケース");
    html_close(html);
    for (size_t first = 0; first < results->count;) {
        size_t count = family_count(results, first);
        const char *id = results->cases[first].test->scenario->id;
        struct buf family = BUF_INIT(0);
        if (!buf_append(&family, (struct octets){(const uint8_t *)id, family_size(id)}) ||
            !buf_append_octet(&family, '\0'))
            html->failed = true;
        else
            html_open(html, "section", "class", "family", "data-family", (const char *)family.at,
                      (char *)NULL);
        buf_free(&family);
        family_heading(html, results, first, count);
        for (size_t i = first; i < first + count; i++)
            write_case(dossier, i);
        html_close(html);
        first += count;
    }
    html_close(html);
}
