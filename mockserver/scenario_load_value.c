/* JSON text to values with places. Jansson parses, and tells no places: they come from a walk over
 * the text, which by then is known to be well-formed, in step with what Jansson made of it. */
#include "mockserver/scenario_load_value.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "mockserver/scenario_load_fault.h"

struct reading {
    struct arena *arena;
    const struct source *source;
    struct faults *faults;
    size_t at; /* in the text */
    size_t values;
};

static void skip_blanks(struct reading *reading)
{
    struct octets text = reading->source->text;
    while (reading->at < text.count && strchr(" \t\r\n", text.at[reading->at]))
        reading->at++;
}

static void skip_string(struct reading *reading)
{
    struct octets text = reading->source->text;
    reading->at++;
    while (reading->at < text.count && text.at[reading->at] != '"')
        reading->at += text.at[reading->at] == '\\' ? 2 : 1;
    reading->at++;
}

/* A number, true, false, null. */
static void skip_scalar(struct reading *reading)
{
    struct octets text = reading->source->text;
    while (reading->at < text.count && !strchr(" \t\r\n,]}", text.at[reading->at]))
        reading->at++;
}

/* Over blanks and the one octet behind them: a bracket, a comma, a colon. */
static void skip_mark(struct reading *reading)
{
    skip_blanks(reading);
    reading->at++;
}

static bool read_value(struct reading *reading, json_t *json, struct value *value, size_t depth);

static bool read_scalar(struct reading *reading, const json_t *json, struct value *value)
{
    switch (json_typeof(json)) {
    case JSON_STRING: {
        value->kind = VALUE_STRING;
        size_t count = json_string_length(json);
        uint8_t *copy = arena_take(reading->arena, count + 1);
        if (!copy)
            return false;
        memcpy(copy, json_string_value(json), count);
        value->string = (struct octets){copy, count};
        skip_string(reading);
        return true;
    }
    case JSON_INTEGER:
        value->kind = VALUE_INTEGER;
        value->integer = json_integer_value(json);
        value->real = (double)value->integer;
        break;
    case JSON_REAL:
        value->kind = VALUE_REAL;
        value->real = json_real_value(json);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        value->kind = VALUE_BOOLEAN;
        value->truth = json_is_true(json);
        break;
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        value->kind = VALUE_NULL;
        break;
    }
    skip_scalar(reading);
    return true;
}

/* Room for the members of an array or object; their places are filled in by the caller. */
static struct value *take_members(struct reading *reading, struct value *value, size_t count)
{
    struct value *values = arena_take(reading->arena, count * sizeof *values);
    struct member *members = arena_take(reading->arena, count * sizeof *members);
    if (!values || !members)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        members[i].value = &values[i];
        values[i].parent = value;
        values[i].index = i;
    }
    value->members = members;
    value->count = count;
    return values;
}

static bool read_array(struct reading *reading, json_t *json, struct value *value, size_t depth)
{
    value->kind = VALUE_ARRAY;
    struct value *values = take_members(reading, value, json_array_size(json));
    if (!values)
        return false;
    reading->at++;
    for (size_t i = 0; i < value->count; i++) {
        if (!read_value(reading, json_array_get(json, i), &values[i], depth + 1))
            return false;
        value->weight += values[i].weight;
        if (i + 1 < value->count)
            skip_mark(reading);
    }
    skip_mark(reading);
    return true;
}

static bool read_object(struct reading *reading, json_t *json, struct value *value, size_t depth)
{
    value->kind = VALUE_OBJECT;
    struct value *values = take_members(reading, value, json_object_size(json));
    if (!values)
        return false;
    struct member *members = (struct member *)value->members;
    reading->at++;
    size_t i = 0;
    const char *key;
    json_t *child;
    json_object_foreach(json, key, child)
    {
        members[i].key = values[i].key = arena_string(reading->arena, key);
        if (!members[i].key)
            return false;
        skip_blanks(reading);
        skip_string(reading);
        skip_mark(reading);
        if (!read_value(reading, child, &values[i], depth + 1))
            return false;
        value->weight += values[i].weight;
        if (++i < value->count)
            skip_mark(reading);
    }
    skip_mark(reading);
    return true;
}

/* False where memory ran out, or a limit was reached (told). */
static bool read_value(struct reading *reading, json_t *json, struct value *value, size_t depth)
{
    skip_blanks(reading);
    value->source = reading->source;
    value->offset = reading->at;
    value->weight = 1;
    if (depth >= NESTING_LIMIT || ++reading->values > VALUE_LIMIT) {
        if (depth >= NESTING_LIMIT)
            fault_at(reading->faults, value, "nested deeper than %d levels", NESTING_LIMIT);
        else
            fault_at(reading->faults, value, "more than %d values in one file", VALUE_LIMIT);
        return false;
    }
    if (json_is_array(json))
        return read_array(reading, json, value, depth);
    if (json_is_object(json))
        return read_object(reading, json, value, depth);
    return read_scalar(reading, json, value);
}

static json_t *parse(const struct source *source, struct faults *faults)
{
    json_error_t error;
    json_t *json = json_loadb((const char *)source->text.at, source->text.count,
                              JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (json)
        return json;
    if (json_error_code(&error) == json_error_out_of_memory) {
        fault_memory(faults, source->name);
        return NULL;
    }
    char text[QUOTE_SIZE];
    fault_in(faults, source->name, error.line > 0 ? (unsigned)error.line : 1,
             error.column > 0 ? (unsigned)error.column : 1, "no JSON: %s",
             fault_escape(text, octets_of(error.text)));
    return NULL;
}

const struct value *value_read(struct arena *arena, const struct source *source,
                               struct faults *faults)
{
    if (source->text.count > TEXT_LIMIT) {
        fault_in(faults, source->name, 0, 0, "larger than %d octets", TEXT_LIMIT);
        return NULL;
    }
    json_t *json = parse(source, faults);
    if (!json)
        return NULL;
    struct reading reading = {.arena = arena, .source = source, .faults = faults};
    struct value *value = arena_take(arena, sizeof *value);
    size_t before = faults->count;
    bool ok = value && read_value(&reading, json, value, 0);
    json_decref(json);
    if (ok)
        return value;
    if (faults->count == before)
        fault_memory(faults, source->name);
    return NULL;
}

const struct value *value_member(const struct value *value, const char *key)
{
    if (!value || value->kind != VALUE_OBJECT)
        return NULL;
    for (size_t i = 0; i < value->count; i++)
        if (strcmp(value->members[i].key, key) == 0)
            return value->members[i].value;
    return NULL;
}

void source_place(const struct source *source, size_t offset, unsigned *line, unsigned *column)
{
    *line = *column = 1;
    for (size_t i = 0; i < offset && i < source->text.count; i++) {
        if (source->text.at[i] == '\n') {
            ++*line;
            *column = 1;
        } else if ((source->text.at[i] & 0xc0) != 0x80) { /* no continuation of a character */
            ++*column;
        }
    }
}

/* How many octets were read; SIZE_MAX: errno says why it failed. */
static size_t read_all(int descriptor, uint8_t *octets, size_t room)
{
    size_t count = 0;
    while (count < room) {
        ssize_t got = read(descriptor, octets + count, room - count);
        if (got == 0)
            break;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return SIZE_MAX;
        count += (size_t)got;
    }
    return count;
}

struct octets file_read(struct arena *arena, const char *file, struct faults *faults)
{
    struct octets text = {NULL, 0};
    int descriptor = open(file, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        fault_in(faults, file, 0, 0, "can't be opened: %s", strerror(errno));
        return text;
    }
    size_t room = TEXT_LIMIT + 1; /* pages that are not read into cost nothing */
    uint8_t *octets = malloc(room);
    size_t count = octets ? read_all(descriptor, octets, room) : 0;
    int cause = errno;
    close(descriptor);
    if (count == SIZE_MAX)
        fault_in(faults, file, 0, 0, "can't be read: %s", strerror(cause));
    else if (count > TEXT_LIMIT)
        fault_in(faults, file, 0, 0, "larger than %d octets", TEXT_LIMIT);
    else if (!octets || !(text = arena_octets(arena, (struct octets){octets, count})).at)
        fault_memory(faults, file);
    free(octets);
    return text;
}
