#include "harness/report_resume.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/report_case.h"

static const json_t *find_case(const json_t *cases, const char *id)
{
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *object = json_array_get(cases, i);
        const char *found = report_string(object, "id");
        if (found && strcmp(found, id) == 0)
            return object;
    }
    return NULL;
}

static bool has_verdict(const json_t *object)
{
    enum verdict verdict;
    return object && report_verdict(object, &verdict) && verdict != VERDICT_ERROR &&
           !json_is_true(json_object_get(object, "open"));
}

/* Is it the report of a run like this one? */
static bool fits(const json_t *root, const struct run_options *options, const char **why)
{
    char hash[17];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)options->suite->hash);
    const char *mode = report_string(root, "mode");
    const char *suite = report_string(json_object_get(root, "suite"), "hash");
    *why = NULL;
    if (!mode || !suite || !json_is_array(json_object_get(root, "cases")))
        *why = "it is no report";
    else if (strcmp(mode, run_mode_name(options)) != 0)
        *why = "it is the report of another kind of run";
    else if (strcmp(suite, hash) != 0)
        *why = "the suite is another by now (or other cases were named)";
    else if (report_duration(json_object_get(root, "client"), "timeout_s") != options->timeout)
        *why = "it was with another --timeout";
    else if (fabs(json_number_value(json_object_get(root, "pace")) - options->pace) > 1e-9)
        *why = "it was with another --pace";
    else if (json_is_true(json_object_get(root, "strict")) != options->strict)
        *why = "one of the two is with --strict";
    return *why == NULL;
}

static bool take_all(const json_t *root, const struct run_options *options,
                     struct run_case *earlier, size_t *count)
{
    const json_t *cases = json_object_get(root, "cases");
    for (size_t i = 0; i < options->selected_count; i++) {
        const struct suite_case *test = &options->suite->cases[options->selected[i]];
        const json_t *object = find_case(cases, test->scenario->id);
        if (!has_verdict(object))
            continue;
        if (!report_case_read(object, options->suite, test, &earlier[i]))
            return false;
        *count += 1;
    }
    return true;
}

bool report_resume(const char *file, const struct run_options *options, struct run_case *earlier,
                   size_t *count, struct problem *problem)
{
    json_error_t error;
    const char *why;
    *count = 0;
    if (access(file, F_OK) != 0 && errno == ENOENT)
        return true;
    json_t *root = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
    bool good = false;
    if (!root)
        problem_set(problem, "--resume %s: line %d: %s", file, error.line, error.text);
    else if (!fits(root, options, &why))
        problem_set(problem, "--resume %s: cannot go on with it: %s", file, why);
    else if (!take_all(root, options, earlier, count))
        problem_set(problem, "--resume %s: cannot go on with it: it is damaged", file);
    else
        good = true;
    json_decref(root);
    if (!good)
        report_resume_free(earlier, options->selected_count);
    return good;
}

void report_resume_free(struct run_case *earlier, size_t count)
{
    for (size_t i = 0; i < count; i++)
        report_case_free(&earlier[i]);
}
