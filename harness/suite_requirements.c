#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/suite_data.h"

/* requirements.json: an array of {"id", "level", "source", "text": {"en", "ja"}}. */

static bool level_of(const char *name, enum level *level)
{
    static const enum level levels[] = {LEVEL_MUST, LEVEL_SHOULD, LEVEL_INFO};
    for (size_t i = 0; name && i < sizeof levels / sizeof *levels; i++) {
        if (strcmp(name, level_name(levels[i])) == 0) {
            *level = levels[i];
            return true;
        }
    }
    return false;
}

static bool take(const json_t *entry, struct arena *arena, struct suite_requirement *requirement,
                 const char **wrong)
{
    const char *id = json_string_value(json_object_get(entry, "id"));
    const char *level = json_string_value(json_object_get(entry, "level"));
    const char *source = json_string_value(json_object_get(entry, "source"));
    const json_t *text = json_object_get(entry, "text");
    const char *en = json_string_value(json_object_get(text, "en"));
    const char *ja = json_string_value(json_object_get(text, "ja"));
    if (!id || !*id)
        *wrong = "id: expected a string";
    else if (!level_of(level, &requirement->level))
        *wrong = "level: expected \"must\", \"should\" or \"info\"";
    else if (!source)
        *wrong = "source: expected a string";
    else if (!en)
        *wrong = "text/en: expected a string";
    else
        *wrong = NULL;
    if (*wrong)
        return false;
    requirement->id = arena_string(arena, id);
    requirement->source = arena_string(arena, source);
    requirement->text.en = arena_string(arena, en);
    requirement->text.ja = ja ? arena_string(arena, ja) : NULL;
    if (!requirement->id || !requirement->source || !requirement->text.en)
        *wrong = "no memory";
    return !*wrong;
}

static bool is_double(const struct suite *suite, const char *id)
{
    for (size_t i = 0; i < suite->requirement_count; i++)
        if (strcmp(suite->requirements[i].id, id) == 0)
            return true;
    return false;
}

static bool take_all(const struct suite_options *options, const char *file, const json_t *root,
                     struct arena *arena, struct suite *suite)
{
    size_t count = json_array_size(root);
    suite->requirements = arena_take(arena, (count + 1) * sizeof *suite->requirements);
    if (!suite->requirements) {
        suite_fault(options, "%s: no memory", file);
        return false;
    }
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        struct suite_requirement *requirement = &suite->requirements[suite->requirement_count];
        const char *wrong = NULL;
        if (!take(json_array_get(root, i), arena, requirement, &wrong)) {
            suite_fault(options, "%s: /%zu/%s", file, i, wrong);
            good = false;
        } else if (is_double(suite, requirement->id)) {
            suite_fault(options, "%s: /%zu/id: \"%s\" stands there twice", file, i,
                        requirement->id);
            good = false;
        } else {
            suite->requirement_count++;
        }
    }
    return good;
}

bool suite_requirements(const struct suite_options *options, const char *root, struct arena *arena,
                        struct suite *suite)
{
    char *file = NULL;
    if (asprintf(&file, "%s/requirements.json", root) < 0) {
        suite_fault(options, "no memory");
        return false;
    }
    json_error_t error;
    json_t *json = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
    bool good = false;
    if (!json)
        suite_fault(options, "%s:%d:%d: %s", file, error.line, error.column, error.text);
    else if (!json_is_array(json))
        suite_fault(options, "%s: expected an array of requirements", file);
    else
        good = take_all(options, file, json, arena, suite);
    json_decref(json);
    free(file);
    return good;
}
