/* A centre profile: settings that hold where a scenario says nothing. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mockserver/scenario_load_centre.h"
#include "mockserver/scenario_load_place.h"

struct scenario_centre {
    struct arena *arena;
    struct source source;
    const struct value *value;
};

const struct value *scenario_centre_value(const struct scenario_centre *centre)
{
    return centre ? centre->value : NULL;
}

static bool is_path(const char *name)
{
    size_t count = strlen(name);
    return strchr(name, '/') || (count > 5 && strcmp(name + count - 5, ".json") == 0);
}

/* Tells that there is none, and which name is near. */
static void tell_unknown(struct faults *faults, const char *folder, const char *name)
{
    char quote[QUOTE_SIZE], hint[QUOTE_SIZE];
    struct nearest nearest = {NULL, 0};
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char *end = strstr(entries[i]->d_name, ".json");
        if (end)
            *end = '\0';
        if (end)
            nearest_try(&nearest, name, entries[i]->d_name);
    }
    fault_in(faults, folder, 0, 0,
             "found no centre profile %s%s; allowed: a name in this folder, or "
             "a file",
             fault_quote(quote, octets_of(name)), nearest_hint(&nearest, hint));
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
}

/* The file that a name stands for; null where there is none: it was told. */
static const char *profile_file(struct arena *arena, const char *name, const char *program,
                                struct faults *faults)
{
    if (is_path(name))
        return arena_string(arena, name);
    char *root = scenario_find_root(program), *folder = NULL, *path = NULL;
    const char *file = NULL;
    if (!root)
        fault_in(faults, name, 0, 0, "no suite found whose profiles/centre could hold it");
    else if (asprintf(&folder, "%s/profiles/centre", root) < 0 ||
             asprintf(&path, "%s/%s.json", folder, name) < 0)
        fault_memory(faults, name);
    else if (!is_regular_file(path))
        tell_unknown(faults, folder, name);
    else if (!(file = arena_string(arena, path)))
        fault_memory(faults, name);
    free(path);
    free(folder);
    free(root);
    return file;
}

static bool load(struct scenario_centre *centre, const char *name, const char *program,
                 struct faults *faults)
{
    struct forms forms = {.count = 0};
    centre->source.name = profile_file(centre->arena, name, program, faults);
    if (!centre->source.name)
        return false;
    centre->source.text = file_read(centre->arena, centre->source.name, faults);
    if (centre->source.text.at)
        centre->value = value_read(centre->arena, &centre->source, faults);
    if (!centre->value)
        return false;
    bool good = forms_init(&forms);
    if (!good)
        fault_memory(faults, centre->source.name);
    good = good && shape_check(&forms, &shape_centre, centre->value, faults);
    forms_free(&forms);
    return good;
}

struct scenario_centre *scenario_centre_load(const char *name, const char *program,
                                             void (*fault)(void *owner, const char *text),
                                             void *owner)
{
    struct faults faults = {.tell = fault, .owner = owner};
    struct arena *arena = arena_new();
    struct scenario_centre *centre = arena ? arena_take(arena, sizeof *centre) : NULL;
    if (!centre) {
        fault_memory(&faults, name);
        arena_free(arena);
        return NULL;
    }
    *centre = (struct scenario_centre){.arena = arena};
    if (load(centre, name, program, &faults))
        return centre;
    arena_free(arena);
    return NULL;
}

void scenario_centre_free(struct scenario_centre *centre)
{
    if (centre)
        arena_free(centre->arena);
}
