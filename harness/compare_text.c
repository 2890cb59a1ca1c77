#include <stdlib.h>
#include <string.h>

#include "harness/compare.h"
#include "harness/report_parts.h"

enum {
    ROWS_SHOWN = 30, /* of one kind of change; html has them all */
    GRID_ROWS = 100,
};

/* For a terminal: what got worse stands last, where one looks first. */

static const enum compare_change order[] = {COMPARE_GONE, COMPARE_NEW, COMPARE_BETTER,
                                            COMPARE_OTHER, COMPARE_WORSE};

static void print_run(FILE *stream, const struct report_file *file, const char *name)
{
    const struct run_results *results = &file->results;
    fprintf(stream, "%s ", name);
    text_words(stream, file->context.client_name, 0);
    if (file->context.client_version) {
        fputc(' ', stream);
        text_words(stream, file->context.client_version, 0);
    }
    fputs(" (", stream);
    text_words(stream, file->path, 0);
    fprintf(stream, "): %zu pass, %zu fail, %zu warn, %zu skip, %zu error\n", results->passed,
            results->failed + results->known, results->warned, results->skipped, results->errors);
}

static void print_runs(FILE *stream, const struct comparison *comparison, bool grid,
                       enum language language)
{
    bool japanese = language == LANGUAGE_JA;
    for (size_t i = 0; i < comparison->file_count; i++) {
        char name[24];
        snprintf(name, sizeof name, "[%zu]", i + 1);
        if (!grid)
            snprintf(name, sizeof name, "%s",
                     i == 0 ? (japanese ? "前回:" : "old:") : (japanese ? "今回:" : "new:"));
        print_run(stream, &comparison->files[i], name);
    }
    if (!comparison->same_suite)
        fputs(japanese ? "スイートが異なります。\n" : "The suites are not the same.\n", stream);
}

static const char *cell_name(const struct compare_cell *cell)
{
    return cell->there ? verdict_name(cell->verdict) : "-";
}

static void print_change(FILE *stream, const struct compare_row *row, int width)
{
    struct buf against = BUF_INIT(0);
    fputs("  ", stream);
    text_words(stream, row->id, 0);
    int left = width - (int)strlen(row->id);
    fprintf(stream, "%*s  %s -> %s", left > 0 ? left : 0, "", cell_name(&row->cells[0]),
            cell_name(&row->cells[1]));
    if (row->cells[0].against + row->cells[1].against > 0)
        fprintf(stream, " (%zu -> %zu)", row->cells[0].against, row->cells[1].against);
    if (compare_against(&against, row->cells[1].result) && against.count > 0)
        fprintf(stream, "  %.*s", (int)against.count, (const char *)against.at);
    buf_free(&against);
    fputc('\n', stream);
}

static int width_of(const struct compare_rows *rows, enum compare_change change)
{
    int width = 0;
    for (size_t i = 0; i < rows->count; i++) {
        int count = (int)strnlen(rows->at[i].id, 60);
        if (rows->at[i].change == change && count > width)
            width = count;
    }
    return width;
}

static void print_changes(FILE *stream, const struct compare_rows *rows, struct text_pair title,
                          enum language language)
{
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (rows->changes[order[i]] == 0)
            continue;
        int width = width_of(rows, order[i]);
        fprintf(stream, "\n%s, %s: %zu\n", language_text(title, language),
                language_text(compare_words(order[i]), language), rows->changes[order[i]]);
        size_t told = 0;
        for (size_t j = 0; j < rows->count && told < ROWS_SHOWN; j++) {
            if (rows->at[j].change != order[i])
                continue;
            print_change(stream, &rows->at[j], width);
            told++;
        }
        if (rows->changes[order[i]] > told)
            fprintf(stream, language == LANGUAGE_JA ? "  ほか%zu件\n" : "  and %zu more\n",
                    rows->changes[order[i]] - told);
    }
}

static void print_grid(FILE *stream, const struct comparison *comparison,
                       const struct compare_rows *rows, bool differing)
{
    int width = 10;
    for (size_t i = 0; i < rows->count; i++) {
        int count = (int)strnlen(rows->at[i].id, 60);
        if ((!differing || rows->at[i].change != COMPARE_SAME) && count > width)
            width = count;
    }
    fprintf(stream, "\n%-*s", width, "");
    for (size_t i = 0; i < comparison->file_count; i++)
        fprintf(stream, "  [%-3zu]", i + 1);
    fputc('\n', stream);
    for (size_t i = 0, told = 0; i < rows->count && told < GRID_ROWS; i++) {
        const struct compare_row *row = &rows->at[i];
        if (differing && row->change == COMPARE_SAME)
            continue;
        told++;
        text_words(stream, row->id, 0);
        int left = width - (int)strlen(row->id);
        fprintf(stream, "%*s", left > 0 ? left : 0, "");
        for (size_t j = 0; j < comparison->file_count; j++)
            fprintf(stream, "  %-5s", cell_name(&row->cells[j]));
        fputc('\n', stream);
    }
}

static void print_sum(FILE *stream, const struct compare_rows *rows, enum language language)
{
    if (language == LANGUAGE_JA)
        fprintf(stream,
                "\nケース: 改善 %zu、悪化 %zu、別の不合格 %zu、新規 %zu、消滅 %zu、変化なし %zu\n",
                rows->changes[COMPARE_BETTER], rows->changes[COMPARE_WORSE],
                rows->changes[COMPARE_OTHER], rows->changes[COMPARE_NEW],
                rows->changes[COMPARE_GONE], rows->changes[COMPARE_SAME]);
    else
        fprintf(stream,
                "\ncases: %zu better, %zu worse, %zu fail otherwise, %zu new, %zu gone, %zu "
                "unchanged\n",
                rows->changes[COMPARE_BETTER], rows->changes[COMPARE_WORSE],
                rows->changes[COMPARE_OTHER], rows->changes[COMPARE_NEW],
                rows->changes[COMPARE_GONE], rows->changes[COMPARE_SAME]);
}

bool compare_text(FILE *stream, const struct comparison *comparison, bool grid,
                  enum language language)
{
    print_runs(stream, comparison, grid, language);
    if (grid) {
        print_grid(stream, comparison, &comparison->requirements, false);
        print_grid(stream, comparison, &comparison->cases, true);
        return !ferror(stream);
    }
    print_changes(stream, &comparison->requirements, (struct text_pair){"requirements", "要件"},
                  language);
    print_changes(stream, &comparison->cases, (struct text_pair){"cases", "ケース"}, language);
    print_sum(stream, &comparison->cases, language);
    return !ferror(stream);
}
