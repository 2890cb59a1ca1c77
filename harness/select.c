#include "harness/select.h"

#include <fnmatch.h>
#include <stdlib.h>

static bool is_glob(const char *pattern)
{
    return strpbrk(pattern, "*?[") != NULL;
}

bool select_fits(const struct suite_case *test, const char *pattern)
{
    const struct scenario *scenario = test->scenario;
    bool glob = is_glob(pattern);
    if (glob ? fnmatch(pattern, scenario->id, 0) == 0 : strstr(scenario->id, pattern) != NULL)
        return true;
    for (size_t i = 0; i < scenario->requirement_count; i++) {
        const char *id = scenario->requirements[i];
        if (glob ? fnmatch(pattern, id, 0) == 0 : strcmp(pattern, id) == 0)
            return true;
    }
    return false;
}

static bool is_id(const struct suite *suite, const char *pattern)
{
    for (size_t i = 0; i < suite->case_count; i++)
        if (strcmp(suite->cases[i].scenario->id, pattern) == 0)
            return true;
    return false;
}

/* The whole id of a case names that case alone, though others may begin with it. */
static bool fits_any(const struct suite *suite, const struct suite_case *test,
                     const char *const *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(test->scenario->id, patterns[i]) == 0 ||
            (select_fits(test, patterns[i]) && !is_id(suite, patterns[i])))
            return true;
    return false;
}

/* An id that is not selected changes nothing: one list serves many selections. */
static bool read_known(const struct suite *suite, struct selection *selection, const char *file,
                       struct problem *problem)
{
    if (!known_read(file, &selection->list, problem))
        return false;
    for (size_t i = 0; i < selection->count; i++)
        selection->known[i] =
            known_find(&selection->list, suite->cases[selection->at[i]].scenario->id);
    return true;
}

bool select_cases(const struct suite *suite, const struct select_options *options,
                  struct selection *selection, struct problem *problem)
{
    struct selection made = {.at = calloc(suite->case_count + 1, sizeof *made.at),
                             .known = calloc(suite->case_count + 1, sizeof *made.known)};
    if (!made.at || !made.known) {
        problem_set(problem, "no memory");
        selection_free(&made);
        return false;
    }
    size_t fitting = 0;
    for (size_t i = 0; i < suite->case_count; i++) {
        const struct suite_case *test = &suite->cases[i];
        if ((options->only_count > 0 &&
             !fits_any(suite, test, options->only, options->only_count)) ||
            fits_any(suite, test, options->skip, options->skip_count))
            continue;
        if (options->shards == 0 || fitting % options->shards == options->shard - 1)
            made.at[made.count++] = i;
        fitting++;
    }
    made.whole = fitting;
    if (options->known_failing && !read_known(suite, &made, options->known_failing, problem)) {
        selection_free(&made);
        return false;
    }
    *selection = made;
    return true;
}

void selection_free(struct selection *selection)
{
    free(selection->at);
    free(selection->known);
    known_free(&selection->list);
    *selection = (struct selection){0};
}
