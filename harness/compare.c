#include "harness/compare.h"

#include <stdlib.h>
#include <string.h>

struct text_pair compare_words(enum compare_change change)
{
    switch (change) {
    case COMPARE_SAME:
        return (struct text_pair){"unchanged", "変化なし"};
    case COMPARE_BETTER:
        return (struct text_pair){"better", "改善"};
    case COMPARE_WORSE:
        return (struct text_pair){"worse", "悪化"};
    case COMPARE_OTHER:
        return (struct text_pair){"fails otherwise", "別の不合格"};
    case COMPARE_NEW:
        return (struct text_pair){"new", "新規"};
    case COMPARE_GONE:
        break;
    }
    return (struct text_pair){"gone", "消滅"};
}

/* How much speaks against the sender; below 0: it was not judged. */
static int rank(const struct compare_cell *cell)
{
    if (!cell->there)
        return -1;
    switch (cell->verdict) {
    case VERDICT_PASS:
        return 0;
    case VERDICT_WARN:
        return 1;
    case VERDICT_FAIL:
        return 2;
    case VERDICT_SKIP:
    case VERDICT_ERROR:
        break;
    }
    return -1;
}

bool compare_against(struct buf *buf, const struct run_case *result)
{
    const char *last = "";
    for (size_t i = 0; result && i < result->findings.count; i++) {
        const struct finding *finding = &result->findings.at[i];
        if ((finding->verdict != VERDICT_FAIL && finding->verdict != VERDICT_WARN) ||
            strcmp(last, finding->requirement) == 0)
            continue;
        if ((buf->count > 0 && !buf_append_octet(buf, ' ')) ||
            !buf_append_string(buf, finding->requirement))
            return false;
        last = finding->requirement;
    }
    return true;
}

/* Is the same found against the sender? */
static bool same_against(const struct run_case *a, const struct run_case *b, bool *same)
{
    struct buf left = BUF_INIT(0), right = BUF_INIT(0);
    bool good = compare_against(&left, a) && compare_against(&right, b);
    *same = octets_equal(buf_octets(&left), buf_octets(&right));
    buf_free(&left);
    buf_free(&right);
    return good;
}

static enum compare_change change_of_two(const struct compare_cell *cells, bool *good)
{
    int before = rank(&cells[0]), after = rank(&cells[1]);
    if (before < 0 || after < 0)
        return before == after ? COMPARE_SAME : before < 0 ? COMPARE_NEW : COMPARE_GONE;
    if (before != after)
        return after < before ? COMPARE_BETTER : COMPARE_WORSE;
    if (cells[0].against != cells[1].against)
        return cells[1].against < cells[0].against ? COMPARE_BETTER : COMPARE_WORSE;
    bool same = true;
    if (after > 0 && cells[0].result && cells[1].result)
        *good = same_against(cells[0].result, cells[1].result, &same) && *good;
    return same ? COMPARE_SAME : COMPARE_OTHER;
}

static enum compare_change change_of(const struct comparison *comparison,
                                     const struct compare_row *row, bool *good)
{
    if (comparison->file_count == 2)
        return change_of_two(row->cells, good);
    /* Who was not asked does not differ. */
    const struct compare_cell *first = NULL;
    for (size_t i = 0; i < comparison->file_count; i++) {
        const struct compare_cell *cell = &row->cells[i];
        if (!cell->there)
            continue;
        if (first && cell->verdict != first->verdict)
            return COMPARE_OTHER;
        first = cell;
    }
    return COMPARE_SAME;
}

static struct compare_row *row_of(struct compare_rows *rows, const char *id)
{
    for (size_t i = 0; i < rows->count; i++)
        if (strcmp(rows->at[i].id, id) == 0)
            return &rows->at[i];
    return NULL;
}

/* The row of that id, a new one where there is none. Null: no memory. */
static struct compare_row *add_row(const struct comparison *comparison, struct compare_rows *rows,
                                   const char *id, struct text_pair text)
{
    struct compare_row *row = row_of(rows, id);
    if (row)
        return row;
    row = &rows->at[rows->count];
    *row = (struct compare_row){
        .id = id, .text = text, .cells = calloc(comparison->file_count, sizeof *row->cells)};
    rows->count += row->cells != NULL;
    return row->cells ? row : NULL;
}

static size_t against(const struct report_row *row, const struct run_results *results)
{
    size_t count = 0;
    for (size_t i = 0; i < row->case_count; i++) {
        const struct findings *findings = &results->cases[row->cases[i]].findings;
        bool found = false;
        for (size_t j = 0; j < findings->count; j++)
            found |= strcmp(findings->at[j].requirement, row->id) == 0 &&
                     (findings->at[j].verdict == VERDICT_FAIL ||
                      findings->at[j].verdict == VERDICT_WARN);
        count += found;
    }
    return count;
}

static bool take_requirements(struct comparison *comparison, size_t index)
{
    const struct report_file *file = &comparison->files[index];
    struct report_matrix *matrix = &comparison->matrices[index];
    if (!report_matrix_make(&file->context, matrix))
        return false;
    for (size_t i = 0; i < matrix->count; i++) {
        const struct report_row *from = &matrix->rows[i];
        struct text_pair text = {from->text, NULL};
        if (i < file->suite.requirement_count)
            text = file->suite.requirements[i].text;
        struct compare_row *row = add_row(comparison, &comparison->requirements, from->id, text);
        if (!row)
            return false;
        row->cells[index] = (struct compare_cell){.there = true,
                                                  .verdict = from->verdict,
                                                  .cases = from->case_count,
                                                  .against = against(from, &file->results)};
    }
    return true;
}

static bool take_cases(struct comparison *comparison, size_t index)
{
    const struct run_results *results = &comparison->files[index].results;
    for (size_t i = 0; i < results->count; i++) {
        const struct run_case *result = &results->cases[i];
        const struct scenario *scenario = result->test->scenario;
        struct compare_row *row =
            add_row(comparison, &comparison->cases, scenario->id, scenario->title);
        if (!row)
            return false;
        row->cells[index] =
            (struct compare_cell){.there = true, .verdict = result->verdict, .result = result};
    }
    return true;
}

static bool judge_rows(const struct comparison *comparison, struct compare_rows *rows)
{
    bool good = true;
    for (size_t i = 0; i < rows->count; i++) {
        rows->at[i].change = change_of(comparison, &rows->at[i], &good);
        rows->changes[rows->at[i].change]++;
    }
    return good;
}

static bool make_room(struct comparison *comparison)
{
    size_t known = 0, cases = 0, requirements = 0;
    check_requirements(&known);
    for (size_t i = 0; i < comparison->file_count; i++) {
        cases += comparison->files[i].results.count;
        requirements += comparison->files[i].suite.requirement_count + known;
    }
    comparison->requirements.at = calloc(requirements + 1, sizeof *comparison->requirements.at);
    comparison->cases.at = calloc(cases + 1, sizeof *comparison->cases.at);
    comparison->matrices = calloc(comparison->file_count + 1, sizeof *comparison->matrices);
    return comparison->requirements.at && comparison->cases.at && comparison->matrices;
}

bool compare_make(const struct report_file *files, size_t count, struct comparison *comparison)
{
    struct comparison made = {.files = files, .file_count = count, .same_suite = true};
    bool good = make_room(&made);
    for (size_t i = 0; good && i < count; i++) {
        made.same_suite = made.same_suite && files[i].suite.hash == files[0].suite.hash;
        good = take_requirements(&made, i) && take_cases(&made, i);
    }
    good = good && judge_rows(&made, &made.requirements) && judge_rows(&made, &made.cases);
    if (good)
        *comparison = made;
    else
        compare_free(&made);
    return good;
}

static void free_rows(struct compare_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        free(rows->at[i].cells);
    free(rows->at);
}

void compare_free(struct comparison *comparison)
{
    for (size_t i = 0; comparison->matrices && i < comparison->file_count; i++)
        report_matrix_free(&comparison->matrices[i]);
    free(comparison->matrices);
    free_rows(&comparison->requirements);
    free_rows(&comparison->cases);
    *comparison = (struct comparison){0};
}
