#include "harness/compare.h"
#include "harness/report_markdown.h"

enum { ROWS_SHOWN = 50 }; /* of one kind of change */

static const enum compare_change order[] = {COMPARE_WORSE, COMPARE_OTHER, COMPARE_BETTER,
                                            COMPARE_NEW, COMPARE_GONE};

static void print_runs(FILE *stream, const struct comparison *comparison, bool grid,
                       enum language language)
{
    bool japanese = language == LANGUAGE_JA;
    fputs(japanese ? "| | 送信側 | 合格 | 不合格 | 警告 | 対象外 | 判定不能 |\n"
                   : "| | sender | pass | fail | warn | skip | error |\n",
          stream);
    fputs("|---|---|--:|--:|--:|--:|--:|\n", stream);
    for (size_t i = 0; i < comparison->file_count; i++) {
        const struct report_file *file = &comparison->files[i];
        const struct run_results *results = &file->results;
        if (grid)
            fprintf(stream, "| %zu | ", i + 1);
        else
            fprintf(stream, "| %s | ",
                    i == 0 ? (japanese ? "前回" : "old") : (japanese ? "今回" : "new"));
        markdown_text(stream, file->context.client_name);
        if (file->context.client_version) {
            fputc(' ', stream);
            markdown_text(stream, file->context.client_version);
        }
        fprintf(stream, " | %zu | %zu | %zu | %zu | %zu |\n", results->passed,
                results->failed + results->known, results->warned, results->skipped,
                results->errors);
    }
    if (!comparison->same_suite)
        fputs(japanese ? "\nスイートが異なります。\n" : "\nThe suites are not the same.\n", stream);
}

static void print_cell(FILE *stream, const struct compare_cell *cell)
{
    const char *name = cell->there ? verdict_name(cell->verdict) : "–";
    bool against = cell->there && (cell->verdict == VERDICT_FAIL || cell->verdict == VERDICT_WARN);
    fprintf(stream, against ? "**%s**" : "%s", name);
    if (cell->against > 0)
        fprintf(stream, " (%zu)", cell->against);
}

static void print_row(FILE *stream, const struct comparison *comparison,
                      const struct compare_row *row)
{
    fputs("| ", stream);
    markdown_code(stream, row->id);
    for (size_t i = 0; i < comparison->file_count; i++) {
        fputs(" | ", stream);
        print_cell(stream, &row->cells[i]);
    }
    fputs(" |\n", stream);
}

static void print_heading(FILE *stream, const struct comparison *comparison, bool grid,
                          enum language language)
{
    bool japanese = language == LANGUAGE_JA;
    fputs("| ", stream);
    for (size_t i = 0; i < comparison->file_count; i++) {
        if (grid)
            fprintf(stream, " | %zu", i + 1);
        else
            fprintf(stream, " | %s",
                    i == 0 ? (japanese ? "前回" : "old") : (japanese ? "今回" : "new"));
    }
    fputs(" |\n|---", stream);
    for (size_t i = 0; i < comparison->file_count; i++)
        fputs("|---", stream);
    fputs("|\n", stream);
}

static void print_changes(FILE *stream, const struct comparison *comparison,
                          const struct compare_rows *rows, enum compare_change change,
                          struct text_pair what, enum language language)
{
    size_t told = 0, count = rows->changes[change];
    if (count == 0)
        return;
    fprintf(stream, "<details%s><summary>%s: %s (%zu)</summary>\n\n",
            change == COMPARE_WORSE ? " open" : "", language_text(what, language),
            language_text(compare_words(change), language), count);
    print_heading(stream, comparison, false, language);
    for (size_t i = 0; i < rows->count && told < ROWS_SHOWN; i++) {
        if (rows->at[i].change != change)
            continue;
        print_row(stream, comparison, &rows->at[i]);
        told++;
    }
    if (count > told)
        fprintf(stream, language == LANGUAGE_JA ? "\nほか%zu件\n" : "\nand %zu more\n",
                count - told);
    fputs("\n</details>\n\n", stream);
}

static void print_grid(FILE *stream, const struct comparison *comparison, enum language language)
{
    fputc('\n', stream);
    print_heading(stream, comparison, true, language);
    for (size_t i = 0; i < comparison->requirements.count; i++)
        print_row(stream, comparison, &comparison->requirements.at[i]);
    fprintf(stream, "\n<details><summary>%s (%zu)</summary>\n\n",
            language == LANGUAGE_JA ? "判定が異なるケース" : "Cases in which they differ",
            comparison->cases.count - comparison->cases.changes[COMPARE_SAME]);
    print_heading(stream, comparison, true, language);
    size_t told = 0;
    for (size_t i = 0; i < comparison->cases.count && told < 4 * ROWS_SHOWN; i++) {
        if (comparison->cases.at[i].change == COMPARE_SAME)
            continue;
        print_row(stream, comparison, &comparison->cases.at[i]);
        told++;
    }
    fputs("\n</details>\n", stream);
}

bool compare_markdown(FILE *stream, const struct comparison *comparison, bool grid,
                      enum language language)
{
    const struct compare_rows *cases = &comparison->cases;
    bool worse = cases->changes[COMPARE_WORSE] > 0;
    if (grid)
        fputs(language == LANGUAGE_JA ? "## 送信側の比較\n\n" : "## Senders side by side\n\n",
              stream);
    else
        fprintf(stream,
                language == LANGUAGE_JA ? "## %s 改善 %zu、悪化 %zu、新規 %zu、消滅 %zu\n\n"
                                        : "## %s %zu better, %zu worse, %zu new, %zu gone\n\n",
                worse ? "❌" : "✅", cases->changes[COMPARE_BETTER], cases->changes[COMPARE_WORSE],
                cases->changes[COMPARE_NEW], cases->changes[COMPARE_GONE]);
    print_runs(stream, comparison, grid, language);
    fputc('\n', stream);
    if (grid) {
        print_grid(stream, comparison, language);
        return !ferror(stream);
    }
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        print_changes(stream, comparison, &comparison->requirements, order[i],
                      (struct text_pair){"Requirements", "要件"}, language);
        print_changes(stream, comparison, cases, order[i], (struct text_pair){"Cases", "ケース"},
                      language);
    }
    return !ferror(stream);
}
