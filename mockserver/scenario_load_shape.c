/* Checks values against shapes. */
#include "mockserver/scenario_load_shape.h"

#include <stdio.h>
#include <stdlib.h>

bool forms_init(struct forms *forms)
{
    for (forms->count = 0; forms->count < FORM_COUNT; forms->count++) {
        if (regcomp(&forms->compiled[forms->count], form_patterns[forms->count],
                    REG_EXTENDED | REG_NOSUB) != 0) {
            forms_free(forms);
            return false;
        }
    }
    return true;
}

void forms_free(struct forms *forms)
{
    while (forms->count > 0)
        regfree(&forms->compiled[--forms->count]);
}

struct forms *scenario_forms_new(void)
{
    struct forms *forms = calloc(1, sizeof *forms);
    if (forms && !forms_init(forms)) {
        free(forms);
        return NULL;
    }
    return forms;
}

void scenario_forms_free(struct forms *forms)
{
    if (forms)
        forms_free(forms);
    free(forms);
}

bool form_fits(const struct forms *forms, enum form form, const char *text)
{
    return regexec(&forms->compiled[form], text, 0, NULL, 0) == 0;
}

static bool has_nul(const struct value *value)
{
    return memchr(value->string.at, '\0', value->string.count) != NULL;
}

/* Whether all characters are below 256: in UTF-8 those begin with an octet up to 0xc3. */
static bool stands_for_octets(struct octets string)
{
    for (size_t i = 0; i < string.count; i++)
        if (string.at[i] > 0xc3)
            return false;
    return true;
}

static bool is_word(const struct shape *shape, const char *text)
{
    const char *word;
    for (unsigned i = 0; (word = shape->word(i)); i++)
        if (strcmp(word, text) == 0)
            return true;
    return false;
}

/* Whether the value is of the kind of JSON that the shape is about. */
static bool kind_fits(const struct shape *shape, const struct value *value)
{
    switch (shape->kind) {
    case SHAPE_TEXT:
    case SHAPE_OCTETS:
    case SHAPE_FORM:
    case SHAPE_WORD:
        return value->kind == VALUE_STRING;
    case SHAPE_INTEGER:
        return value->kind == VALUE_INTEGER;
    case SHAPE_NUMBER:
        return value->kind == VALUE_INTEGER || value->kind == VALUE_REAL;
    case SHAPE_BOOLEAN:
        return value->kind == VALUE_BOOLEAN;
    case SHAPE_TRUE:
        return value->kind == VALUE_BOOLEAN && value->truth;
    case SHAPE_NULL:
        return value->kind == VALUE_NULL;
    case SHAPE_LIST:
        return value->kind == VALUE_ARRAY;
    case SHAPE_RECORD:
    case SHAPE_MAP:
        return value->kind == VALUE_OBJECT;
    case SHAPE_ANYTHING:
        return true;
    case SHAPE_EITHER:
        for (size_t i = 0; i < shape->choice_count; i++)
            if (kind_fits(shape->choices[i], value))
                return true;
        return false;
    }
    return false;
}

/* The same for values without members, and whether it is what the shape allows. */
static bool scalar_fits(const struct forms *forms, const struct shape *shape,
                        const struct value *value)
{
    if (!kind_fits(shape, value))
        return false;
    switch (shape->kind) {
    case SHAPE_TEXT:
        return !has_nul(value) && value->string.count >= (size_t)shape->least;
    case SHAPE_OCTETS:
        return stands_for_octets(value->string);
    case SHAPE_FORM:
        return !has_nul(value) && form_fits(forms, shape->form, value_text(value));
    case SHAPE_WORD:
        return !has_nul(value) && is_word(shape, value_text(value));
    case SHAPE_INTEGER:
        return value->integer >= shape->least && value->integer <= shape->most;
    case SHAPE_NUMBER:
        return value->real >= (double)shape->least && value->real <= (double)shape->most;
    case SHAPE_BOOLEAN:
    case SHAPE_TRUE:
    case SHAPE_NULL:
    case SHAPE_LIST:
    case SHAPE_RECORD:
    case SHAPE_MAP:
    case SHAPE_ANYTHING:
    case SHAPE_EITHER:
        return true;
    }
    return false;
}

enum { ALLOWED_SIZE = 1024 };

static void add_allowed(char *text, const char *before, const char *more)
{
    size_t used = strlen(text);
    snprintf(text + used, ALLOWED_SIZE - used, "%s%s", used > 0 ? before : "", more);
}

/* In words, everything that the shape allows; the words that are near to what was found. */
static void gather_allowed(const struct shape *shape, const struct value *found, char *text,
                           struct nearest *nearest)
{
    if (shape->kind == SHAPE_EITHER) {
        for (size_t i = 0; i < shape->choice_count; i++)
            gather_allowed(shape->choices[i], found, text, nearest);
        return;
    }
    if (shape->kind == SHAPE_RECORD && found->kind == VALUE_OBJECT)
        for (size_t i = 0; i < found->count; i++)
            nearest_try(nearest, found->members[i].key, shape->fields[0].key);
    if (shape->kind != SHAPE_WORD) {
        add_allowed(text, ", or ", shape->what);
        return;
    }
    char words[ALLOWED_SIZE] = "";
    const char *word;
    for (unsigned i = 0; (word = shape->word(i)); i++) {
        add_allowed(words, ", ", word);
        if (found->kind == VALUE_STRING && !has_nul(found))
            nearest_try(nearest, value_text(found), word);
    }
    add_allowed(text, ", or ", words);
}

static bool tell_not_allowed(const struct shape *shape, const struct value *value,
                             struct faults *faults)
{
    char found[QUOTE_SIZE], allowed[ALLOWED_SIZE] = "", hint[QUOTE_SIZE];
    struct nearest nearest = {NULL, 0};
    gather_allowed(shape, value, allowed, &nearest);
    const char *described = fault_describe(found, value);
    fault_at(faults, value, "found %s, allowed: %s%s", described, allowed,
             nearest_hint(&nearest, hint));
    return false;
}

static bool check_list(const struct forms *forms, const struct shape *shape,
                       const struct value *value, struct faults *faults)
{
    if (value->count != (size_t)shape->least && shape->least == shape->most) {
        fault_at(faults, value, "found %zu entries, allowed: %lld", value->count,
                 (long long)shape->least);
        return false;
    }
    if (value->count < (size_t)shape->least || value->count > (size_t)shape->most) {
        fault_at(faults, value, "found %zu entries, allowed: %lld to %lld", value->count,
                 (long long)shape->least, (long long)shape->most);
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < value->count; i++)
        ok &= shape_check(forms, shape->item, value->members[i].value, faults);
    return ok;
}

static void tell_unknown_key(const struct shape *shape, const struct member *member,
                             struct faults *faults)
{
    char found[QUOTE_SIZE], allowed[ALLOWED_SIZE] = "", hint[QUOTE_SIZE];
    struct nearest nearest = {NULL, 0};
    for (size_t i = 0; i < shape->field_count; i++) {
        add_allowed(allowed, ", ", shape->fields[i].key);
        nearest_try(&nearest, member->key, shape->fields[i].key);
    }
    fault_at(faults, member->value, "unknown key %s, allowed: %s%s",
             fault_quote(found, octets_of(member->key)), allowed, nearest_hint(&nearest, hint));
}

const struct field *shape_field(const struct shape *shape, const char *key)
{
    for (size_t i = 0; i < shape->field_count; i++)
        if (strcmp(shape->fields[i].key, key) == 0)
            return &shape->fields[i];
    return NULL;
}

static bool check_record(const struct forms *forms, const struct shape *shape,
                         const struct value *value, struct faults *faults)
{
    bool ok = true;
    for (size_t i = 0; i < value->count; i++) {
        const struct field *field = shape_field(shape, value->members[i].key);
        if (field)
            ok &= shape_check(forms, field->shape, value->members[i].value, faults);
        else
            tell_unknown_key(shape, &value->members[i], faults);
        ok &= field != NULL;
    }
    for (size_t i = 0; i < shape->field_count; i++) {
        if (shape->fields[i].required && !value_member(value, shape->fields[i].key)) {
            fault_at(faults, value, "the key \"%s\" is missing: %s", shape->fields[i].key,
                     shape->fields[i].text);
            ok = false;
        }
    }
    if (value->count < (size_t)shape->least) {
        fault_at(faults, value, "found %zu keys, allowed: at least %lld (%s)", value->count,
                 (long long)shape->least, shape->what);
        ok = false;
    }
    return ok;
}

static bool check_map(const struct forms *forms, const struct shape *shape,
                      const struct value *value, struct faults *faults)
{
    bool ok = true;
    if (value->count < (size_t)shape->least)
        return tell_not_allowed(shape, value, faults);
    for (size_t i = 0; i < value->count; i++) {
        const struct member *member = &value->members[i];
        if (!form_fits(forms, shape->form, member->key)) {
            char found[QUOTE_SIZE];
            fault_at(faults, member->value, "found the key %s, allowed: %s",
                     fault_quote(found, octets_of(member->key)), shape->what);
            ok = false;
        }
        ok &= shape_check(forms, shape->item, member->value, faults);
    }
    return ok;
}

static bool is_container(const struct shape *shape)
{
    return shape->kind == SHAPE_LIST || shape->kind == SHAPE_RECORD || shape->kind == SHAPE_MAP;
}

/* Whether a record is meant: it has the key that tells it from the other choices. */
static bool record_is_meant(const struct shape *shape, const struct value *value)
{
    return shape->kind == SHAPE_MAP ||
           (shape->kind == SHAPE_RECORD && value_member(value, shape->fields[0].key));
}

static bool check_either(const struct forms *forms, const struct shape *shape,
                         const struct value *value, struct faults *faults)
{
    const struct shape *container = NULL;
    unsigned containers = 0;
    for (size_t i = 0; i < shape->choice_count; i++) {
        const struct shape *choice = shape->choices[i];
        if (!kind_fits(choice, value))
            continue;
        if (choice->kind == SHAPE_EITHER ||
            (value->kind == VALUE_OBJECT && is_container(choice) && record_is_meant(choice, value)))
            return shape_check(forms, choice, value, faults);
        if (is_container(choice)) {
            container = choice;
            containers++;
        } else if (scalar_fits(forms, choice, value)) {
            return true;
        }
    }
    if (containers == 1) /* it can mean nothing else: say what is wrong inside */
        return shape_check(forms, container, value, faults);
    return tell_not_allowed(shape, value, faults);
}

bool shape_check(const struct forms *forms, const struct shape *shape, const struct value *value,
                 struct faults *faults)
{
    if (shape->kind == SHAPE_EITHER)
        return check_either(forms, shape, value, faults);
    if (!scalar_fits(forms, shape, value))
        return tell_not_allowed(shape, value, faults);
    if (shape->kind == SHAPE_LIST)
        return check_list(forms, shape, value, faults);
    if (shape->kind == SHAPE_RECORD)
        return check_record(forms, shape, value, faults);
    if (shape->kind == SHAPE_MAP)
        return check_map(forms, shape, value, faults);
    return true;
}
