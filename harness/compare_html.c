#include "harness/compare.h"
#include "harness/report_html.h"

static const enum compare_change order[] = {COMPARE_WORSE, COMPARE_OTHER, COMPARE_BETTER,
                                            COMPARE_NEW, COMPARE_GONE};

static void write_name(struct html *html, size_t index, bool grid)
{
    if (grid)
        html_format(html, "%zu", index + 1);
    else if (index == 0)
        html_either(html, "before", "前回");
    else
        html_either(html, "now", "今回");
}

static void count_cell(struct html *html, size_t count)
{
    html_open(html, "td", (char *)NULL);
    html_format(html, "%zu", count);
    html_close(html);
}

static void write_run(struct html *html, const struct report_file *file, size_t index, bool grid)
{
    const struct run_results *results = &file->results;
    html_open(html, "tr", (char *)NULL);
    html_open(html, "th", "scope", "row", (char *)NULL);
    write_name(html, index, grid);
    html_close(html);
    html_open(html, "td", (char *)NULL);
    html_text(html, file->context.client_name);
    if (file->context.client_version && *file->context.client_version)
        html_format(html, " %s", file->context.client_version);
    html_close(html);
    count_cell(html, results->passed);
    count_cell(html, results->failed + results->known);
    count_cell(html, results->warned);
    count_cell(html, results->skipped);
    count_cell(html, results->errors);
    html_open(html, "td", (char *)NULL);
    html_format(html, "%016llx", (unsigned long long)file->suite.hash);
    html_close(html);
    html_close(html);
}

static void heading(struct html *html, struct text_pair text)
{
    html_open(html, "th", "scope", "col", (char *)NULL);
    html_pair(html, text);
    html_close(html);
}

static void write_runs(struct html *html, const struct comparison *comparison, bool grid)
{
    html_open(html, "div", "class", "scroll", "tabindex", "0", (char *)NULL);
    html_open(html, "table", "class", "grid", (char *)NULL);
    html_open(html, "thead", (char *)NULL);
    html_open(html, "tr", (char *)NULL);
    heading(html, (struct text_pair){"run", "実行"});
    heading(html, (struct text_pair){"sender", "送信側"});
    for (enum verdict verdict = VERDICT_PASS; verdict <= VERDICT_ERROR; verdict++)
        heading(html, verdict_words(verdict));
    heading(html, (struct text_pair){"suite", "スイート"});
    html_close(html);
    html_close(html);
    html_open(html, "tbody", (char *)NULL);
    for (size_t i = 0; i < comparison->file_count; i++)
        write_run(html, &comparison->files[i], i, grid);
    html_close(html);
    html_close(html);
    html_close(html);
    if (comparison->same_suite)
        return;
    html_open(html, "p", "class", "reason", (char *)NULL);
    html_either(html, "The suites are not the same: what is new or gone may be so for that.",
                "スイートが異なるため、新規・消滅にはその違いも含まれます。");
    html_close(html);
}

static void write_cell(struct html *html, const struct compare_cell *cell)
{
    html_open(html, "td", (char *)NULL);
    if (!cell->there)
        html_text(html, "\xe2\x80\x93");
    else
        html_verdict(html, cell->verdict);
    if (cell->against > 0)
        html_format(html, " %zu", cell->against);
    html_close(html);
}

static void write_row(struct html *html, const struct comparison *comparison,
                      const struct compare_row *row)
{
    struct buf against = BUF_INIT(0);
    const struct compare_cell *last = &row->cells[comparison->file_count - 1];
    html_open(html, "tr", (char *)NULL);
    html_open(html, "th", "scope", "row", "class", "name", (char *)NULL);
    html_element(html, "code", row->id, (char *)NULL);
    html_close(html);
    for (size_t i = 0; i < comparison->file_count; i++)
        write_cell(html, &row->cells[i]);
    html_open(html, "td", "class", "what", (char *)NULL);
    html_pair(html, row->text);
    if (compare_against(&against, last->result) && against.count > 0) {
        html_text(html, " ");
        html_open(html, "b", (char *)NULL);
        html_text_of(html, (const char *)against.at, against.count);
        html_close(html);
    }
    buf_free(&against);
    html_close(html);
    html_close(html);
}

static void begin_table(struct html *html, const struct comparison *comparison, bool grid)
{
    html_open(html, "div", "class", "scroll", "tabindex", "0", (char *)NULL);
    html_open(html, "table", "class", "changes", (char *)NULL);
    html_open(html, "thead", (char *)NULL);
    html_open(html, "tr", (char *)NULL);
    heading(html, (struct text_pair){"id", "番号"});
    for (size_t i = 0; i < comparison->file_count; i++) {
        html_open(html, "th", "scope", "col", (char *)NULL);
        write_name(html, i, grid);
        html_close(html);
    }
    heading(html, (struct text_pair){"what it is about", "内容"});
    html_close(html);
    html_close(html);
    html_open(html, "tbody", (char *)NULL);
}

static void end_table(struct html *html)
{
    html_close(html);
    html_close(html);
    html_close(html);
}

static const char *class_of(enum compare_change change)
{
    return change == COMPARE_BETTER                             ? "better"
           : change == COMPARE_WORSE || change == COMPARE_OTHER ? "worse"
                                                                : NULL;
}

static void write_changes(struct html *html, const struct comparison *comparison,
                          const struct compare_rows *rows, struct text_pair title)
{
    bool any = false;
    html_open(html, "section", (char *)NULL);
    html_open(html, "h2", (char *)NULL);
    html_pair(html, title);
    html_close(html);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (rows->changes[order[i]] == 0)
            continue;
        any = true;
        html_open(html, "h3", "class", class_of(order[i]), (char *)NULL);
        html_pair(html, compare_words(order[i]));
        html_format(html, " %zu", rows->changes[order[i]]);
        html_close(html);
        begin_table(html, comparison, false);
        for (size_t j = 0; j < rows->count; j++)
            if (rows->at[j].change == order[i])
                write_row(html, comparison, &rows->at[j]);
        end_table(html);
    }
    html_open(html, "p", "class", "held", (char *)NULL);
    html_either(
        html, any ? "unchanged: " : "nothing changed: ", any ? "変化なし: " : "変化はありません: ");
    html_format(html, "%zu", rows->changes[COMPARE_SAME]);
    html_close(html);
    html_close(html);
}

static void write_grid(struct html *html, const struct comparison *comparison,
                       const struct compare_rows *rows, struct text_pair title, bool differing)
{
    html_open(html, "section", (char *)NULL);
    html_open(html, "h2", (char *)NULL);
    html_pair(html, title);
    html_close(html);
    begin_table(html, comparison, true);
    for (size_t i = 0; i < rows->count; i++)
        if (!differing || rows->at[i].change != COMPARE_SAME)
            write_row(html, comparison, &rows->at[i]);
    end_table(html);
    html_close(html);
}

static void write_numbers(struct html *html, const struct compare_rows *cases)
{
    html_open(html, "div", "class", "numbers", (char *)NULL);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        size_t count = cases->changes[order[i]];
        const char *class = class_of(order[i]);
        html_open(html, "p", "class",
                  count == 0 || !class         ? "none"
                  : order[i] == COMPARE_BETTER ? "pass"
                                               : "fail",
                  (char *)NULL);
        html_open(html, "b", (char *)NULL);
        html_format(html, "%zu", count);
        html_close(html);
        html_pair(html, compare_words(order[i]));
        html_close(html);
    }
    html_close(html);
}

static void write_head(struct html *html, const struct comparison *comparison, bool grid)
{
    html_open(html, "header", (char *)NULL);
    html_open(html, "p", "class", "over", (char *)NULL);
    html_either(html, "NACCS mail centre: conformance of an SMTP sender",
                "NACCSメールセンター SMTP送信側の適合試験");
    html_close(html);
    html_open(html, "h1", (char *)NULL);
    if (grid)
        html_either(html, "Senders side by side", "送信側の比較");
    else
        html_either(html, "Compared with an earlier run", "前回との比較");
    html_close(html);
    if (!grid)
        write_numbers(html, &comparison->cases);
    write_runs(html, comparison, grid);
    html_close(html);
}

bool compare_html(FILE *stream, const struct comparison *comparison, bool grid,
                  enum language language)
{
    struct html html;
    if (!html_page_begin(&html, stream, grid ? "Senders side by side" : "Compared", language))
        return false;
    write_head(&html, comparison, grid);
    html_open(&html, "main", (char *)NULL);
    if (grid) {
        write_grid(&html, comparison, &comparison->requirements,
                   (struct text_pair){"Requirements", "要件"}, false);
        write_grid(&html, comparison, &comparison->cases,
                   (struct text_pair){"Cases in which they differ", "判定が異なるケース"}, true);
    } else {
        write_changes(&html, comparison, &comparison->requirements,
                      (struct text_pair){"Requirements", "要件"});
        write_changes(&html, comparison, &comparison->cases, (struct text_pair){"Cases", "ケース"});
    }
    html_close(&html);
    return html_page_end(&html, comparison->files[comparison->file_count - 1].context.version);
}
