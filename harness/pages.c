#include "harness/pages.h"

#include <string.h>
#include <strings.h>

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
