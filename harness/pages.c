#include "harness/pages.h"

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

static const char *words(const char *text)
{
    return text ? text : "";
}

bool page_cases(FILE *stream, const struct suite *suite, const struct selection *selection)
{
    int width = 0;
    for (size_t i = 0; i < selection->count; i++) {
        int count = (int)strlen(suite->cases[selection->at[i]].scenario->id);
        width = count > width ? count : width;
    }
    for (size_t i = 0; i < selection->count; i++) {
        const struct scenario *scenario = suite->cases[selection->at[i]].scenario;
        fprintf(stream, "%-*s  %s\n", width, scenario->id, words(scenario->title.en));
    }
    return !ferror(stream);
}

bool page_requirements(FILE *stream, const struct suite *suite)
{
    for (size_t i = 0; i < suite->requirement_count; i++) {
        const struct suite_requirement *requirement = &suite->requirements[i];
        fprintf(stream, "%-9s %-7s %zu cases (%s)\n", requirement->id,
                level_name(requirement->level), count_cases(suite, requirement->id),
                requirement->source);
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

static void explain_requirement(FILE *stream, const struct suite *suite,
                                const struct suite_requirement *requirement)
{
    fprintf(stream, "%s (%s; %s)\n\nThe sender %s.\n", requirement->id,
            level_name(requirement->level), requirement->source, words(requirement->text.en));
    if (requirement->text.ja)
        fprintf(stream, "%s\n", requirement->text.ja);
    fputs("\nCases that test it:\n", stream);
    for (size_t i = 0; i < suite->case_count; i++)
        if (covers(&suite->cases[i], requirement->id))
            fprintf(stream, "  %s  %s\n", suite->cases[i].scenario->id,
                    words(suite->cases[i].scenario->title.en));
}

static void explain_case(FILE *stream, const struct suite_case *test)
{
    const struct scenario *scenario = test->scenario;
    const char *lines[] = {scenario->title.en, scenario->title.ja, scenario->why.en,
                           scenario->why.ja};
    fprintf(stream, "%s\n", scenario->id);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (lines[i])
            fprintf(stream, "%s%s\n", i == 0 || i == 2 ? "\n" : "", lines[i]);
    fputs("\nrequirements:", stream);
    for (size_t i = 0; i < scenario->requirement_count; i++)
        fprintf(stream, " %s", scenario->requirements[i]);
    fputs("\nmessages:", stream);
    for (size_t i = 0; i < test->message_count; i++)
        fprintf(stream, " %s", test->messages[i].name);
    fprintf(stream, "\nfile: %s\n", words(scenario->file));
}

enum page_status page_explain(FILE *stream, const struct suite *suite, const char *id)
{
    bool found = false;
    for (size_t i = 0; !found && i < suite->requirement_count; i++) {
        if (strcmp(suite->requirements[i].id, id) != 0)
            continue;
        explain_requirement(stream, suite, &suite->requirements[i]);
        found = true;
    }
    for (size_t i = 0; !found && i < suite->case_count; i++) {
        if (strcmp(suite->cases[i].scenario->id, id) != 0)
            continue;
        explain_case(stream, &suite->cases[i]);
        found = true;
    }
    if (ferror(stream))
        return PAGE_FAILED;
    return found ? PAGE_OK : PAGE_UNKNOWN;
}
