/* The table as JSON Schema, draft 2020-12, kept to the keywords that editors understand.
 *
 * Wherever a value may stand a placeholder ("$name", see "vary") may stand too. */
#include <jansson.h>

#include "mockserver/scenario_load_shape.h"

struct schema {
    json_t *definitions;
    bool failed; /* memory ran out: what was made is thrown away */
};

static json_t *schema_of(struct schema *schema, const struct shape *shape);

/* Takes the value over; null counts as failure. */
static void set(struct schema *schema, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        schema->failed = true;
}

static void add(struct schema *schema, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        schema->failed = true;
}

static json_t *of_type(struct schema *schema, const char *type)
{
    json_t *object = json_object();
    set(schema, object, "type", json_string(type));
    return object;
}

static json_t *reference(struct schema *schema, const char *name)
{
    json_t *object = json_object();
    set(schema, object, "$ref", json_sprintf("#/$defs/%s", name));
    return object;
}

/* A shape that has a name is written once, and named from then on. */
static json_t *reference_to(struct schema *schema, const struct shape *shape)
{
    if (!shape->name)
        return schema_of(schema, shape);
    if (!json_object_get(schema->definitions, shape->name)) {
        set(schema, schema->definitions, shape->name, json_object()); /* keeps its place */
        set(schema, schema->definitions, shape->name, schema_of(schema, shape));
    }
    return reference(schema, shape->name);
}

static void add_choices(struct schema *schema, const struct shape *shape, json_t *choices)
{
    if (shape->kind != SHAPE_EITHER || shape->name) {
        add(schema, choices, reference_to(schema, shape));
        return;
    }
    for (size_t i = 0; i < shape->choice_count; i++)
        add_choices(schema, shape->choices[i], choices);
}

/* What may stand where the shape is asked for. */
static json_t *value_schema(struct schema *schema, const struct shape *shape)
{
    if (shape->kind == SHAPE_TEXT || shape->kind == SHAPE_ANYTHING)
        return reference_to(schema, shape);
    json_t *choices = json_array();
    add_choices(schema, shape, choices);
    add(schema, choices, reference(schema, "placeholder"));
    json_t *object = json_object();
    set(schema, object, "anyOf", choices);
    return object;
}

static json_t *pattern_schema(struct schema *schema, const char *pattern)
{
    json_t *object = of_type(schema, "string");
    set(schema, object, "pattern", json_string(pattern));
    return object;
}

static json_t *text_schema(struct schema *schema, const struct shape *shape)
{
    json_t *object = of_type(schema, "string");
    if (shape->least > 0)
        set(schema, object, "minLength", json_integer(shape->least));
    return object;
}

static json_t *word_schema(struct schema *schema, const struct shape *shape)
{
    json_t *words = json_array(), *object = json_object();
    const char *word;
    for (unsigned i = 0; (word = shape->word(i)); i++)
        add(schema, words, json_string(word));
    set(schema, object, "enum", words);
    return object;
}

static json_t *number_schema(struct schema *schema, const struct shape *shape, const char *type)
{
    json_t *object = of_type(schema, type);
    if (shape->least > INT64_MIN)
        set(schema, object, "minimum", json_integer(shape->least));
    if (shape->most < INT64_MAX)
        set(schema, object, "maximum", json_integer(shape->most));
    return object;
}

static json_t *list_schema(struct schema *schema, const struct shape *shape)
{
    json_t *object = of_type(schema, "array");
    set(schema, object, "items", value_schema(schema, shape->item));
    if (shape->least > 0)
        set(schema, object, "minItems", json_integer(shape->least));
    set(schema, object, "maxItems", json_integer(shape->most));
    return object;
}

static json_t *record_schema(struct schema *schema, const struct shape *shape)
{
    json_t *object = of_type(schema, "object"), *properties = json_object();
    json_t *required = json_array();
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct field *field = &shape->fields[i];
        json_t *value = value_schema(schema, field->shape);
        set(schema, value, "description", json_string(field->text));
        set(schema, properties, field->key, value);
        if (field->required)
            add(schema, required, json_string(field->key));
    }
    set(schema, object, "properties", properties);
    if (json_array_size(required) > 0)
        set(schema, object, "required", required);
    else
        json_decref(required);
    if (shape->least > 0)
        set(schema, object, "minProperties", json_integer(shape->least));
    set(schema, object, "additionalProperties", json_false());
    return object;
}

static json_t *map_schema(struct schema *schema, const struct shape *shape)
{
    json_t *object = of_type(schema, "object"), *names = json_object();
    set(schema, names, "pattern", json_string(form_patterns[shape->form]));
    set(schema, object, "propertyNames", names);
    set(schema, object, "additionalProperties", value_schema(schema, shape->item));
    if (shape->least > 0)
        set(schema, object, "minProperties", json_integer(shape->least));
    return object;
}

static json_t *either_schema(struct schema *schema, const struct shape *shape)
{
    json_t *choices = json_array(), *object = json_object();
    for (size_t i = 0; i < shape->choice_count; i++)
        add_choices(schema, shape->choices[i], choices);
    set(schema, object, "anyOf", choices);
    return object;
}

static json_t *bare_schema(struct schema *schema, const struct shape *shape)
{
    json_t *object;
    switch (shape->kind) {
    case SHAPE_TEXT:
        return text_schema(schema, shape);
    case SHAPE_OCTETS:
        return pattern_schema(schema, "^[\\u0000-\\u00ff]*$");
    case SHAPE_FORM:
        return pattern_schema(schema, form_patterns[shape->form]);
    case SHAPE_WORD:
        return word_schema(schema, shape);
    case SHAPE_INTEGER:
        return number_schema(schema, shape, "integer");
    case SHAPE_NUMBER:
        return number_schema(schema, shape, "number");
    case SHAPE_BOOLEAN:
        return of_type(schema, "boolean");
    case SHAPE_TRUE:
        object = json_object();
        set(schema, object, "const", json_true());
        return object;
    case SHAPE_NULL:
        return of_type(schema, "null");
    case SHAPE_LIST:
        return list_schema(schema, shape);
    case SHAPE_RECORD:
        return record_schema(schema, shape);
    case SHAPE_MAP:
        return map_schema(schema, shape);
    case SHAPE_ANYTHING:
        return json_object();
    case SHAPE_EITHER:
        return either_schema(schema, shape);
    }
    return NULL;
}

static json_t *schema_of(struct schema *schema, const struct shape *shape)
{
    json_t *object = bare_schema(schema, shape);
    if (shape->text)
        set(schema, object, "description", json_string(shape->text));
    return object;
}

bool scenario_schema_write(FILE *stream)
{
    struct schema schema = {.definitions = json_object()};
    json_t *top = json_object();
    set(&schema, top, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
    set(&schema, top, "title", json_string("Scenario"));
    json_t *placeholder = pattern_schema(&schema, form_patterns[FORM_PLACEHOLDER]);
    set(&schema, placeholder, "description",
        json_string("Stands for the value of a parameter of \"vary\"."));
    set(&schema, schema.definitions, "placeholder", placeholder);
    json_t *scenario = schema_of(&schema, &shape_scenario);
    if (!scenario || json_object_update(top, scenario) != 0)
        schema.failed = true;
    json_decref(scenario);
    set(&schema, top, "$defs", schema.definitions);
    bool ok = !schema.failed && json_dumpf(top, stream, JSON_INDENT(2)) == 0 &&
              fputc('\n', stream) != EOF && fflush(stream) == 0;
    json_decref(top);
    return ok;
}
