#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/suite_data.h"

/* requirements.json: an array of {"id", "level", "source", "text": {"en", "ja"}}, each with
 * "sound", "defect" and "mend" in both languages where there is something to say. */

/* One requirement while it is read: what is wrong with it, by its place in it. */
struct reading {
    struct arena *arena;
    char wrong[200]; /* "" so far */
};

static void fault(struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void fault(struct reading *reading, const char *format, ...)
{
    if (reading->wrong[0])
        return; /* the first one tells enough */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reading->wrong, sizeof reading->wrong, format, arguments);
    va_end(arguments);
}

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

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static const char *take_string(struct reading *reading, const char *where, const json_t *value)
{
    const char *string = json_string_value(value);
    if (!string || !*string) {
        fault(reading, "%s: found %s, expected a string that says something", where,
              !value   ? "nothing"
              : string ? "an empty one"
                       : "another type");
        return NULL;
    }
    const char *kept = arena_string(reading->arena, string);
    if (!kept)
        fault(reading, "no memory");
    return kept;
}

/* In English at least; in both languages where `both`. */
static struct text_pair take_pair(struct reading *reading, const char *where, const json_t *value,
                                  bool both)
{
    static const char *const languages[] = {"en", "ja"};
    struct text_pair pair = {NULL, NULL};
    const char *name;
    json_t *member;
    char place[64];
    if (!json_is_object(value)) {
        fault(reading, "%s: expected an object with \"en\" and \"ja\"", where);
        return pair;
    }
    json_object_foreach((json_t *)value, name, member)
    {
        if (!is_among(name, languages, sizeof languages / sizeof *languages))
            fault(reading, "%s/%.40s: found a language that is not known, allowed: en, ja", where,
                  name);
    }
    snprintf(place, sizeof place, "%s/en", where);
    pair.en = take_string(reading, place, json_object_get(value, "en"));
    snprintf(place, sizeof place, "%s/ja", where);
    if (both || json_object_get(value, "ja"))
        pair.ja = take_string(reading, place, json_object_get(value, "ja"));
    return pair;
}

static struct text_pair take_advice(struct reading *reading, const json_t *entry, const char *name)
{
    const json_t *value = json_object_get(entry, name);
    return value ? take_pair(reading, name, value, true) : (struct text_pair){NULL, NULL};
}

static void take(struct reading *reading, const json_t *entry,
                 struct suite_requirement *requirement)
{
    static const char *const names[] = {"id", "level", "source", "text", "sound", "defect", "mend"};
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)entry, name, member)
    {
        if (!is_among(name, names, sizeof names / sizeof *names))
            fault(reading,
                  "%.40s: found a member that is not known, allowed: id, level, source, text, "
                  "sound, defect, mend",
                  name);
    }
    requirement->id = take_string(reading, "id", json_object_get(entry, "id"));
    if (!level_of(json_string_value(json_object_get(entry, "level")), &requirement->level))
        fault(reading, "level: expected \"must\", \"should\" or \"info\"");
    const json_t *source = json_object_get(entry, "source");
    if (json_is_object(source))
        requirement->source = take_pair(reading, "source", source, true);
    else
        requirement->source.en = take_string(reading, "source", source);
    requirement->text = take_pair(reading, "text", json_object_get(entry, "text"), false);
    requirement->sound = take_advice(reading, entry, "sound");
    requirement->defect = take_advice(reading, entry, "defect");
    requirement->mend = take_advice(reading, entry, "mend");
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
        const json_t *entry = json_array_get(root, i);
        struct reading reading = {.arena = arena};
        if (json_is_object(entry))
            take(&reading, entry, requirement);
        if (!json_is_object(entry)) {
            suite_fault(options, "%s: /%zu: expected an object", file, i);
            good = false;
        } else if (reading.wrong[0]) {
            suite_fault(options, "%s: /%zu/%s", file, i, reading.wrong);
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
