/* From a file to its scenarios: read, vary, check, build. */
#include "mockserver/scenario_load.h"

#include <stdio.h>
#include <stdlib.h>

#include "mockserver/scenario_load_build.h"
#include "mockserver/scenario_load_vary.h"

/* Variants of a family are looked at until so many faults were found, the same ones counted again.
 */
enum { ENOUGH_FAULTS = 4 * FAULT_LIMIT };

struct load {
    struct arena *arena; /* of everything that is needed while loading */
    const struct scenario_load_options *options;
    struct forms *own; /* where the caller has none */
    const struct forms *forms;
    struct faults faults;
    struct place place;
    struct family family;
    const struct value *file;
    size_t weight; /* of the variants so far */
};

void scenario_set_free(struct scenario_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        scenario_free(set->at[i]);
    free(set->at);
    *set = (struct scenario_set){NULL, 0};
}

static const struct value *sound_part(struct load *load, struct arena *scratch,
                                      const struct shape *shape, const struct value *value,
                                      bool *whole);

/* Whether a member of a record, or an entry of a list, has its shape; what of it has where not
 * (null: nothing). Only the file's own keys, and lists, are taken apart: half a rule is no rule. */
static const struct value *sound_member(struct load *load, struct arena *scratch,
                                        const struct shape *shape, const struct value *value,
                                        bool top, bool *whole)
{
    struct faults quiet = {.count = 0};
    if (shape && shape_check(load->forms, shape, value, &quiet))
        return value;
    *whole = false;
    bool apart = shape && top &&
                 ((shape->kind == SHAPE_RECORD && value->kind == VALUE_OBJECT) ||
                  (shape->kind == SHAPE_LIST && value->kind == VALUE_ARRAY));
    return apart ? sound_part(load, scratch, shape, value, whole) : NULL;
}

/* The value without the members that don't have their shape: what remains can be built, and so be
 * looked at further. *whole is set to false where something is left out. Null where there is no
 * memory. */
static const struct value *sound_part(struct load *load, struct arena *scratch,
                                      const struct shape *shape, const struct value *value,
                                      bool *whole)
{
    struct value *part = arena_take(scratch, sizeof *part);
    struct member *members = arena_take(scratch, value->count * sizeof *members);
    if (!part || !members)
        return NULL;
    *part = *value;
    part->members = members;
    part->count = 0;
    bool about_messages = true;
    for (size_t i = 0; i < value->count; i++) {
        const char *key = value->members[i].key;
        const struct field *field = key ? shape_field(shape, key) : NULL;
        bool member_whole = true;
        const struct value *member =
            sound_member(load, scratch, key ? (field ? field->shape : NULL) : shape->item,
                         value->members[i].value, shape == &shape_scenario, &member_whole);
        *whole &= member_whole;
        if (!member_whole && key && (strcmp(key, "messages") == 0 || strcmp(key, "rules") == 0))
            about_messages = false;
        if (member)
            members[part->count++] = (struct member){key, member};
    }
    /* What is expected can't be judged without all rules and messages. */
    for (size_t i = 0; !about_messages && i < part->count; i++)
        if (strcmp(members[i].key, "expect") == 0)
            members[i] = members[--part->count];
    return part;
}

/* Checks and builds; null where anything is wrong. */
static struct scenario *build_variant(struct load *load, struct arena *scratch, const char *id,
                                      const struct value *value)
{
    bool whole = shape_check(load->forms, &shape_scenario, value, &load->faults);
    if (!whole)
        value = sound_part(load, scratch, &shape_scenario, value, &whole);
    struct scenario *scenario =
        value ? scenario_build(value, id, &load->place, load->options, &load->faults) : NULL;
    if (whole)
        return scenario;
    scenario_free(scenario);
    return NULL;
}

/* One variant; null where anything is wrong with it. `scratch` holds what it is made of. */
static struct scenario *load_variant(struct load *load, struct arena *scratch, size_t variant)
{
    const char *parts = family_choose(scratch, &load->family, variant);
    size_t size = parts ? strlen(load->place.id) + strlen(parts) + 1 : 0;
    char *id = parts ? arena_take(scratch, size) : NULL;
    if (!id) {
        fault_memory(&load->faults, load->file->source->name);
        return NULL;
    }
    snprintf(id, size, "%s%s", load->place.id, parts);
    load->faults.variant = load->family.count > 0 ? id : NULL;

    struct scenario *scenario = NULL;
    const struct value *value = family_apply(scratch, &load->family, load->file, &load->faults);
    if (value)
        load->weight += value->weight;
    if (value && load->weight > FAMILY_WEIGHT_LIMIT)
        fault_at(&load->faults, load->file, "more than %d values in all variants together",
                 FAMILY_WEIGHT_LIMIT);
    else if (value)
        scenario = build_variant(load, scratch, id, value);
    load->faults.variant = NULL;
    return scenario;
}

/* All variants: as many faults as can be told are, before giving up. */
static bool load_variants(struct load *load, struct scenario_set *set)
{
    set->at = calloc(load->family.variants, sizeof *set->at);
    if (!set->at) {
        fault_memory(&load->faults, load->file->source->name);
        return false;
    }
    for (size_t i = 0; i < load->family.variants && load->faults.count < FAULTS_ENOUGH; i++) {
        struct arena *scratch = arena_new();
        struct scenario *scenario = scratch ? load_variant(load, scratch, i) : NULL;
        if (!scratch)
            fault_memory(&load->faults, load->file->source->name);
        arena_free(scratch);
        if (!scenario && (load->weight > FAMILY_WEIGHT_LIMIT || load->family.overgrown))
            break;
        if (scenario)
            set->at[set->count++] = scenario;
    }
    return load->faults.count == 0;
}

/* Ids are shown as they are: on terminals, too. */
static bool has_controls(const char *id)
{
    for (; *id; id++)
        if ((unsigned char)*id < ' ' || *id == 0x7f)
            return true;
    return false;
}

static bool load_file(struct load *load, const struct source *source, struct scenario_set *set)
{
    load->file = value_read(load->arena, source, &load->faults);
    if (!load->file)
        return false;
    if (load->file->kind != VALUE_OBJECT) {
        char found[QUOTE_SIZE];
        const char *described = fault_describe(found, load->file);
        fault_at(&load->faults, load->file, "found %s, allowed: an object", described);
        return false;
    }
    load->forms = load->options->forms;
    if (!load->forms)
        load->forms = load->own = scenario_forms_new();
    if (!load->forms || !place_find(load->arena, source->name, load->options, &load->place)) {
        fault_memory(&load->faults, source->name);
        return false;
    }
    if (has_controls(load->place.id)) {
        fault_in(&load->faults, source->name, 0, 0,
                 "the file's name has control characters, and would be a case's id");
        return false;
    }
    if (!family_read(load->arena, load->forms, &load->place, value_member(load->file, "vary"),
                     &load->faults, &load->family))
        return false;
    struct scenario_set loaded = {NULL, 0};
    if (!load_variants(load, &loaded)) {
        scenario_set_free(&loaded);
        return false;
    }
    *set = loaded;
    return true;
}

/* Text that is null is to be read from the file `name`. */
static bool load_source(struct octets text, const char *name,
                        const struct scenario_load_options *options, struct scenario_set *set)
{
    static const struct scenario_load_options no_options = {.root = NULL};
    struct load load = {.options = options ? options : &no_options};
    load.faults.tell = load.options->fault;
    load.faults.owner = load.options->owner;
    load.arena = arena_new();
    if (!load.arena) {
        fault_memory(&load.faults, name);
        return false;
    }
    struct source source = {name, text.at ? text : file_read(load.arena, name, &load.faults)};
    bool ok = source.text.at && load_file(&load, &source, set);
    scenario_forms_free(load.own);
    arena_free(load.arena);
    return ok;
}

bool scenario_load(const char *file, const struct scenario_load_options *options,
                   struct scenario_set *set)
{
    return load_source((struct octets){NULL, 0}, file, options, set);
}

bool scenario_load_text(struct octets text, const char *name,
                        const struct scenario_load_options *options, struct scenario_set *set)
{
    return load_source(text.at ? text : OCTETS(""), name, options, set);
}
