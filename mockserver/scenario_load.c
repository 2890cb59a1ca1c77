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
    struct forms forms;
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
    else if (value && shape_check(&load->forms, &shape_scenario, value, &load->faults))
        scenario = scenario_build(value, id, &load->place, load->options, &load->faults);
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
    for (size_t i = 0; i < load->family.variants && load->faults.count < ENOUGH_FAULTS; i++) {
        struct arena *scratch = arena_new();
        struct scenario *scenario = scratch ? load_variant(load, scratch, i) : NULL;
        if (!scratch)
            fault_memory(&load->faults, load->file->source->name);
        arena_free(scratch);
        if (!scenario && load->weight > FAMILY_WEIGHT_LIMIT)
            break;
        if (scenario)
            set->at[set->count++] = scenario;
    }
    return load->faults.count == 0;
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
    if (!place_find(load->arena, source->name, load->options->root, &load->place)) {
        fault_memory(&load->faults, source->name);
        return false;
    }
    if (!family_read(load->arena, &load->forms, &load->place, value_member(load->file, "vary"),
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
    bool ok = load.arena && forms_init(&load.forms);
    if (!ok) {
        fault_memory(&load.faults, name);
        arena_free(load.arena);
        return false;
    }
    struct source source = {name, text.at ? text : file_read(load.arena, name, &load.faults)};
    ok = source.text.at && load_file(&load, &source, set);
    forms_free(&load.forms);
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
