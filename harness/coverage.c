#include "harness/coverage.h"

#include <string.h>

static bool covers(const struct suite_case *test, const char *id)
{
    for (size_t i = 0; i < test->scenario->requirement_count; i++)
        if (strcmp(test->scenario->requirements[i], id) == 0)
            return true;
    return false;
}

static size_t count_cases(const struct suite *suite, const char *id)
{
    size_t count = 0;
    for (size_t i = 0; i < suite->case_count; i++)
        count += covers(&suite->cases[i], id);
    return count;
}

static size_t count_defects(const struct suite *suite, const struct suite_defects *defects,
                            const char *id)
{
    size_t count = 0;
    for (size_t i = 0; i < defects->count; i++)
        count += suite_defect_proves(&defects->at[i], suite, id);
    return count;
}

static void print_requirement(FILE *stream, const struct suite *suite,
                              const struct suite_defects *defects,
                              const struct suite_requirement *requirement, enum language language)
{
    size_t cases = count_cases(suite, requirement->id);
    size_t proofs = count_defects(suite, defects, requirement->id);
    fprintf(stream, "%-9s %-7s %zu case%s, %zu defect%s (%s)\n", requirement->id,
            level_name(requirement->level), cases, cases == 1 ? "" : "s", proofs,
            proofs == 1 ? "" : "s", language_text(requirement->source, language));
    for (size_t i = 0; i < suite->case_count; i++)
        if (covers(&suite->cases[i], requirement->id))
            fprintf(stream, "    %s\n", suite->cases[i].scenario->id);
    for (size_t i = 0; i < defects->count; i++)
        if (suite_defect_proves(&defects->at[i], suite, requirement->id))
            fprintf(stream, "    proved by %s\n", defects->at[i].name);
}

/* Names those that have no case, or, where `defects` are given, no defect; true where a must is
 * among them. */
static bool print_missing(FILE *stream, const struct suite *suite,
                          const struct suite_defects *defects, const char *words)
{
    bool none = true, must = false;
    for (size_t i = 0; i < suite->requirement_count; i++) {
        const struct suite_requirement *requirement = &suite->requirements[i];
        size_t count = defects ? count_defects(suite, defects, requirement->id)
                               : count_cases(suite, requirement->id);
        if (count > 0)
            continue;
        fprintf(stream, "%s %s (%s)", none ? words : ",", requirement->id,
                level_name(requirement->level));
        must = must || requirement->level == LEVEL_MUST;
        none = false;
    }
    if (!none)
        fputc('\n', stream);
    else if (!defects)
        fputs("every requirement is covered\n", stream);
    return must;
}

bool coverage_page(FILE *stream, const struct suite *suite, const struct suite_defects *defects,
                   enum language language, bool *complete)
{
    for (size_t i = 0; i < suite->requirement_count; i++)
        print_requirement(stream, suite, defects, &suite->requirements[i], language);
    *complete = !print_missing(stream, suite, NULL, "covered by no case:");
    if (defects->count > 0 && print_missing(stream, suite, defects, "proved by no defect:"))
        *complete = false;
    return !ferror(stream);
}
