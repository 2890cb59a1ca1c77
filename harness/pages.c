#include "harness/pages.h"

#include <string.h>
#include <strings.h>

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

bool page_cases(FILE *stream, const struct suite *suite, const struct selection *selection,
                enum language language)
{
    int width = 0;
    for (size_t i = 0; i < selection->count; i++) {
        int count = (int)strlen(suite->cases[selection->at[i]].scenario->id);
        width = count > width ? count : width;
    }
    for (size_t i = 0; i < selection->count; i++) {
        const struct scenario *scenario = suite->cases[selection->at[i]].scenario;
        fprintf(stream, "%-*s  %s\n", width, scenario->id,
                language_text(scenario->title, language));
    }
    return !ferror(stream);
}

bool page_requirements(FILE *stream, const struct suite *suite, enum language language)
{
    for (size_t i = 0; i < suite->requirement_count; i++) {
        const struct suite_requirement *requirement = &suite->requirements[i];
        fprintf(stream, "%-9s %-7s %zu cases (%s)\n", requirement->id,
                level_name(requirement->level), count_cases(suite, requirement->id),
                language_text(requirement->source, language));
        for (size_t j = 0; j < suite->case_count; j++)
            if (covers(&suite->cases[j], requirement->id))
                fprintf(stream, "    %s\n", suite->cases[j].scenario->id);
    }
    bool all = true;
    for (size_t i = 0; i < suite->requirement_count; i++) {
        if (count_cases(suite, suite->requirements[i].id) > 0)
            continue;
        fprintf(stream, "%s%s", all ? "covered by no case: " : " ", suite->requirements[i].id);
        all = false;
    }
    fputs(all ? "every requirement is covered\n" : "\n", stream);
    return !ferror(stream);
}

enum page_status page_explain(FILE *stream, const struct suite *suite, const char *id,
                              enum language language)
{
    for (size_t i = 0; i < suite->requirement_count; i++)
        if (strcasecmp(suite->requirements[i].id, id) == 0)
            return explain_requirement(stream, suite, &suite->requirements[i], language)
                       ? PAGE_OK
                       : PAGE_FAILED;
    for (size_t i = 0; i < suite->case_count; i++)
        if (strcmp(suite->cases[i].scenario->id, id) == 0)
            return explain_case(stream, suite, &suite->cases[i], language) ? PAGE_OK : PAGE_FAILED;
    return PAGE_UNKNOWN;
}
