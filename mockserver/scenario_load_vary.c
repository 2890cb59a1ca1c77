#include "mockserver/scenario_load_vary.h"

#include <stdio.h>

/* The text of a plain value, as the id has it. */
static const char *scalar_part(struct arena *arena, const struct value *value)
{
    char quote[QUOTE_SIZE];
    if (value->kind == VALUE_STRING)
        return value_text(value);
    return arena_string(arena, fault_describe(quote, value));
}

static bool check_parts(const struct forms *forms, const struct parameter *parameter,
                        struct faults *faults)
{
    bool ok = true;
    char found[QUOTE_SIZE];
    for (size_t i = 0; i < parameter->count; i++) {
        const struct choice *choice = &parameter->choices[i];
        if (!form_fits(forms, FORM_PART, choice->part)) {
            fault_at(faults, choice->value,
                     "%s becomes a part of ids, allowed: printable ASCII without \"/\"; name the "
                     "values in an object",
                     fault_quote(found, octets_of(choice->part)));
            ok = false;
        }
        for (size_t j = 0; j < i; j++) {
            if (strcmp(parameter->choices[j].part, choice->part) == 0) {
                fault_at(faults, choice->value, "%s is there twice: ids would be equal",
                         fault_quote(found, octets_of(choice->part)));
                return false;
            }
        }
    }
    return ok;
}

static bool read_choices(struct arena *arena, const struct forms *forms, const struct value *values,
                         struct faults *faults, struct parameter *parameter)
{
    if (values->count > VARIANT_LIMIT) {
        fault_at(faults, values, "found %zu values, allowed: up to %d", values->count,
                 VARIANT_LIMIT);
        return false;
    }
    struct choice *choices = arena_take(arena, values->count * sizeof *choices);
    for (size_t i = 0; choices && i < values->count; i++) {
        const struct member *member = &values->members[i];
        choices[i].value = member->value;
        choices[i].part = member->key ? member->key : scalar_part(arena, member->value);
        if (!choices[i].part)
            choices = NULL;
    }
    if (!choices) {
        fault_memory(faults, values->source->name);
        return false;
    }
    parameter->choices = choices;
    parameter->count = values->count;
    return check_parts(forms, parameter, faults);
}

/* The values that stand in a file of their own. */
static const struct value *read_values_file(struct arena *arena, const struct forms *forms,
                                            const struct place *place, const struct value *name,
                                            struct faults *faults)
{
    const char *path = place_path(arena, place->folder, value_text(name));
    if (path && !is_regular_file(path))
        path = place_path(arena, place->root, value_text(name));
    if (path && !is_regular_file(path) && place->library)
        path = place_path(arena, place->library, value_text(name));
    if (path && !is_regular_file(path)) {
        char found[QUOTE_SIZE];
        fault_at(faults, name,
                 "found %s, allowed: a JSON file beside the scenario or below the suite's root",
                 fault_quote(found, name->string));
        return NULL;
    }
    struct source *source = arena_take(arena, sizeof *source);
    if (!path || !source) {
        fault_memory(faults, name->source->name);
        return NULL;
    }
    source->name = path;
    source->text = file_read(arena, path, faults);
    const struct value *values = source->text.at ? value_read(arena, source, faults) : NULL;
    return values && shape_check(forms, &shape_values, values, faults) ? values : NULL;
}

bool family_read(struct arena *arena, const struct forms *forms, const struct place *place,
                 const struct value *vary, struct faults *faults, struct family *family)
{
    *family = (struct family){.variants = 1};
    if (!vary)
        return true;
    if (!shape_check(forms, &shape_vary, vary, faults))
        return false;
    if (vary->count > PARAMETER_LIMIT) {
        fault_at(faults, vary, "found %zu parameters, allowed: up to %d", vary->count,
                 PARAMETER_LIMIT);
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < vary->count; i++) {
        const struct value *values = vary->members[i].value;
        if (values->kind == VALUE_STRING)
            values = read_values_file(arena, forms, place, values, faults);
        struct parameter *parameter = &family->parameters[family->count++];
        parameter->name = vary->members[i].key;
        if (!values || !read_choices(arena, forms, values, faults, parameter)) {
            ok = false;
            continue;
        }
        family->variants *= parameter->count;
        if (family->variants > VARIANT_LIMIT) {
            fault_at(faults, vary, "more than %d combinations", VARIANT_LIMIT);
            return false;
        }
    }
    return ok;
}

const char *family_choose(struct arena *arena, struct family *family, size_t variant)
{
    size_t size = 1;
    for (size_t i = family->count; i-- > 0;) {
        struct parameter *parameter = &family->parameters[i];
        parameter->chosen = variant % parameter->count;
        variant /= parameter->count;
        size += 1 + strlen(parameter->choices[parameter->chosen].part);
    }
    char *parts = arena_take(arena, size);
    size_t used = 0;
    for (size_t i = 0; parts && i < family->count; i++) {
        const struct parameter *parameter = &family->parameters[i];
        used += (size_t)snprintf(parts + used, size - used, "/%s",
                                 parameter->choices[parameter->chosen].part);
    }
    return parts;
}

enum { WORK_LIMIT = 2 * VALUE_LIMIT };

struct applying {
    struct arena *arena;
    struct family *family;
    struct faults *faults;
    unsigned depth;
    size_t work;  /* values looked at: what names itself twice over grows out of all bounds */
    bool stopped; /* by a limit that was told, or … */
    bool no_memory;
};

/* "$name.member.member..." taken apart. */
struct placeholder {
    char name[128]; /* the parts, a NUL behind each */
    size_t part_count;
    bool splice;
};

static bool name_octet(char c, bool first)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           (!first && ((c >= '0' && c <= '9') || c == '-'));
}

/* False for a string that is no placeholder, and so stands for itself. */
static bool placeholder_read(const struct value *value, struct placeholder *placeholder)
{
    const char *text = value_text(value);
    size_t count = value->string.count;
    if (count < 2 || count >= sizeof placeholder->name || text[0] != '$' ||
        !name_octet(text[1], true))
        return false;
    *placeholder = (struct placeholder){.part_count = 1};
    if (count > 4 && strcmp(text + count - 3, "...") == 0) {
        placeholder->splice = true;
        count -= 3;
    }
    for (size_t i = 1; i < count; i++) {
        char c = text[i];
        if (c == '.' && text[i - 1] != '.' && i + 1 < count) {
            placeholder->part_count++;
            placeholder->name[i - 1] = '\0';
        } else if (name_octet(c, false)) {
            placeholder->name[i - 1] = c;
        } else {
            return false;
        }
    }
    placeholder->name[count - 1] = '\0';
    return true;
}

static struct parameter *find_parameter(struct family *family, const char *name)
{
    for (size_t i = 0; i < family->count; i++)
        if (strcmp(family->parameters[i].name, name) == 0)
            return &family->parameters[i];
    return NULL;
}

static void tell_unknown_parameter(const struct applying *applying, const struct value *value,
                                   const char *name)
{
    char hint[QUOTE_SIZE];
    struct nearest nearest = {NULL, 0};
    for (size_t i = 0; i < applying->family->count; i++)
        nearest_try(&nearest, name, applying->family->parameters[i].name);
    fault_at(applying->faults, value,
             "\"$%s\" names no parameter of \"vary\"%s; a \"$\" of its own is written \"$$\"", name,
             nearest_hint(&nearest, hint));
}

/* The member that the placeholder's further parts name; null (told) where there is none. */
static const struct value *find_member(const struct applying *applying, const struct value *place,
                                       const struct placeholder *placeholder,
                                       const struct value *value)
{
    const char *part = placeholder->name;
    for (size_t i = 1; i < placeholder->part_count; i++) {
        part += strlen(part) + 1;
        const struct value *member = value_member(value, part);
        if (!member) {
            char hint[QUOTE_SIZE];
            struct nearest nearest = {NULL, 0};
            for (size_t j = 0; value->kind == VALUE_OBJECT && j < value->count; j++)
                nearest_try(&nearest, part, value->members[j].key);
            fault_at(applying->faults, place, "the value of \"$%s\" has no member \"%s\"%s",
                     placeholder->name, part, nearest_hint(&nearest, hint));
            return NULL;
        }
        value = member;
    }
    return value;
}

static const struct value *apply(struct applying *applying, const struct value *value);

/* What a placeholder stands for; null where anything is wrong with it. */
static const struct value *resolve(struct applying *applying, const struct value *place,
                                   const struct placeholder *placeholder)
{
    struct parameter *parameter = find_parameter(applying->family, placeholder->name);
    if (!parameter) {
        tell_unknown_parameter(applying, place, placeholder->name);
        return NULL;
    }
    if (parameter->resolving) {
        fault_at(applying->faults, place, "the value of \"$%s\" contains itself",
                 placeholder->name);
        return NULL;
    }
    parameter->resolving = true;
    const struct value *value =
        find_member(applying, place, placeholder, parameter->choices[parameter->chosen].value);
    if (value)
        value = apply(applying, value);
    parameter->resolving = false;
    return value;
}

/* A copy that keeps its place; null where there is no memory. */
static struct value *copy_of(struct applying *applying, const struct value *value)
{
    struct value *copy = arena_take(applying->arena, sizeof *copy);
    if (copy)
        *copy = *value;
    else
        applying->no_memory = applying->stopped = true;
    return copy;
}

static const struct value *apply_string(struct applying *applying, const struct value *value)
{
    struct placeholder placeholder;
    if (value->string.count >= 2 && memcmp(value->string.at, "$$", 2) == 0) {
        struct value *copy = copy_of(applying, value);
        if (copy)
            copy->string = octets_from(value->string, 1);
        return copy;
    }
    if (!placeholder_read(value, &placeholder))
        return value;
    if (placeholder.splice) {
        fault_at(applying->faults, value, "\"...\" is allowed in an array alone");
        return NULL;
    }
    return resolve(applying, value, &placeholder);
}

/* The array that an entry of an array is to be replaced by; null where the entry is no such
 * placeholder, or (*ok is false) where anything is wrong. */
static const struct value *splice_of(struct applying *applying, const struct value *entry, bool *ok)
{
    struct placeholder placeholder;
    if (entry->kind != VALUE_STRING || !placeholder_read(entry, &placeholder) ||
        !placeholder.splice)
        return NULL;
    const struct value *value = resolve(applying, entry, &placeholder);
    if (value && value->kind != VALUE_ARRAY) {
        char found[QUOTE_SIZE];
        const char *described = fault_describe(found, value);
        fault_at(applying->faults, entry,
                 "the value of \"$%s\" is %s, allowed before \"...\": an array", placeholder.name,
                 described);
        value = NULL;
    }
    *ok &= value != NULL;
    return value;
}

/* The members once everything is replaced; how many are changed. Room for `count` of them. */
struct members {
    struct member *at;
    size_t count, room;
};

static bool add_member(struct applying *applying, struct members *members, struct member member)
{
    if (members->count == members->room) {
        size_t room = members->room * 2 + 8;
        struct member *at = arena_take(applying->arena, room * sizeof *at);
        if (!at) {
            applying->no_memory = applying->stopped = true;
            return false;
        }
        if (members->count > 0)
            memcpy(at, members->at, members->count * sizeof *at);
        members->at = at;
        members->room = room;
    }
    members->at[members->count++] = member;
    return true;
}

/* Left out of what a variant says: its own machinery. */
static bool is_left_out(const struct value *value, const char *key)
{
    return !value->parent && key && (strcmp(key, "vary") == 0 || strcmp(key, "$schema") == 0);
}

static bool apply_members(struct applying *applying, const struct value *value,
                          struct members *members, bool *changed)
{
    bool ok = true;
    for (size_t i = 0; i < value->count && !applying->stopped; i++) {
        const struct member *member = &value->members[i];
        if (is_left_out(value, member->key)) {
            *changed = true;
            continue;
        }
        bool spliced_well = true;
        const struct value *splice =
            value->kind == VALUE_ARRAY ? splice_of(applying, member->value, &spliced_well) : NULL;
        ok &= spliced_well;
        if (splice || !spliced_well) {
            *changed = true;
            for (size_t j = 0; splice && j < splice->count; j++)
                add_member(applying, members, splice->members[j]);
            continue;
        }
        const struct value *applied = apply(applying, member->value);
        ok &= applied != NULL;
        *changed |= applied != member->value;
        if (applied)
            add_member(applying, members, (struct member){member->key, applied});
    }
    return ok && !applying->stopped;
}

/* The value with its placeholders replaced: itself where there are none. Null where anything is
 * wrong. */
static const struct value *apply(struct applying *applying, const struct value *value)
{
    if (applying->stopped || applying->faults->count >= FAULTS_ENOUGH)
        return NULL;
    if (++applying->work > WORK_LIMIT) {
        fault_at(applying->faults, value, "more than %d values to be put in place", WORK_LIMIT);
        applying->stopped = true;
        return NULL;
    }
    if (value->kind == VALUE_STRING)
        return apply_string(applying, value);
    if (value->kind != VALUE_ARRAY && value->kind != VALUE_OBJECT)
        return value;
    if (applying->depth >= NESTING_LIMIT) {
        fault_at(applying->faults, value,
                 "nested deeper than %d levels once everything is in place", NESTING_LIMIT);
        applying->stopped = true;
        return NULL;
    }
    struct members members = {NULL, 0, 0};
    bool changed = false;
    applying->depth++;
    bool ok = apply_members(applying, value, &members, &changed);
    applying->depth--;
    if (!ok)
        return NULL;
    if (!changed)
        return value;
    struct value *copy = copy_of(applying, value);
    if (!copy)
        return NULL;
    copy->members = members.at;
    copy->count = members.count;
    copy->weight = 1;
    for (size_t i = 0; i < members.count; i++)
        copy->weight += members.at[i].value->weight;
    if (copy->weight > VALUE_LIMIT) {
        fault_at(applying->faults, value, "more than %d values once everything is in place",
                 VALUE_LIMIT);
        applying->stopped = true;
        return NULL;
    }
    return copy;
}

const struct value *family_apply(struct arena *arena, struct family *family,
                                 const struct value *file, struct faults *faults)
{
    struct applying applying = {.arena = arena, .family = family, .faults = faults};
    const struct value *applied = apply(&applying, file);
    family->overgrown = applying.stopped;
    if (applying.no_memory)
        fault_memory(faults, file->source->name);
    return applying.no_memory ? NULL : applied;
}
