#include "mockserver/scenario_load_place.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

bool is_regular_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

const char *place_path(struct arena *arena, const char *folder, const char *name)
{
    if (name[0] == '/' || strcmp(folder, ".") == 0)
        return arena_string(arena, name);
    size_t size = strlen(folder) + 1 + strlen(name) + 1;
    char *path = arena_take(arena, size);
    if (path)
        snprintf(path, size, "%s/%s", folder, name);
    return path;
}

/* The folder that a path names a file in: "." where it names none. Cuts the path in place. */
static const char *cut_to_folder(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash)
        return ".";
    slash[slash == path] = '\0';
    return path;
}

/* The nearest folder, from the given one up, that holds requirements.json; the folder itself where
 * none does. */
static const char *find_root(struct arena *arena, const char *folder)
{
    char resolved[PATH_MAX];
    if (!realpath(folder, resolved))
        return folder;
    for (;;) {
        char file[PATH_MAX + sizeof "/requirements.json"];
        snprintf(file, sizeof file, "%s/requirements.json", resolved);
        if (is_regular_file(file))
            return arena_string(arena, resolved);
        if (strcmp(resolved, "/") == 0)
            return folder;
        cut_to_folder(resolved);
    }
}

/* What is left of `path` below `root`; its last part where it is not below it. */
static const char *below(const char *path, const char *root)
{
    size_t count = strlen(root);
    if (strncmp(path, root, count) == 0 && path[count] == '/')
        return path + count + 1;
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "rcpt/refused.json" is "rcpt/refused"; "rcpt/rcpt.json" is "rcpt". */
static char *make_id(struct arena *arena, const char *path)
{
    char *id = arena_string(arena, path);
    if (!id)
        return NULL;
    size_t count = strlen(id);
    if (count > 5 && strcmp(id + count - 5, ".json") == 0)
        id[count - 5] = '\0';
    char *name = strrchr(id, '/');
    if (!name)
        return id;
    size_t folder_count = (size_t)(name - id), name_count = strlen(name + 1);
    if (folder_count >= name_count && strncmp(name - name_count, name + 1, name_count) == 0 &&
        (folder_count == name_count || name[-(ptrdiff_t)name_count - 1] == '/'))
        *name = '\0';
    return id;
}

bool place_find(struct arena *arena, const char *file, const struct scenario_load_options *options,
                struct place *place)
{
    const char *root = options->root;
    char *folder_path = arena_string(arena, file);
    if (!folder_path)
        return false;
    place->folder = cut_to_folder(folder_path);
    place->library = options->library ? arena_string(arena, options->library) : NULL;
    place->root = root ? arena_string(arena, root) : find_root(arena, place->folder);
    if (!place->root)
        return false;
    char folder_resolved[PATH_MAX], root_resolved[PATH_MAX];
    const char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
    if (!realpath(place->folder, folder_resolved) || !realpath(place->root, root_resolved)) {
        place->id = make_id(arena, name);
        return place->id != NULL;
    }
    char path[PATH_MAX + NAME_MAX + 2];
    snprintf(path, sizeof path, "%s/%s", strcmp(folder_resolved, "/") == 0 ? "" : folder_resolved,
             name);
    place->id = make_id(arena, below(path, root_resolved));
    return place->id != NULL;
}

const char *message_path(struct arena *arena, const struct place *place, const char *name)
{
    static const char *const ways[][2] = {
        {"", ""}, {"", ".eml"}, {"messages/", ""}, {"messages/", ".eml"}};
    const char *const folders[] = {place->folder, place->root, place->library};
    for (size_t i = 0; i < 3 && folders[i]; i++) {
        for (size_t j = i > 0 ? 2 : 0; j < 4; j++) { /* beside the scenario: there alone */
            char file[PATH_MAX];
            if (snprintf(file, sizeof file, "%s%s%s", ways[j][0], name, ways[j][1]) >=
                (int)sizeof file)
                return NULL;
            const char *path = place_path(arena, folders[i], file);
            if (!path || is_regular_file(path))
                return path;
        }
    }
    return NULL;
}

void message_fault(struct faults *faults, const struct place *place, const struct value *name)
{
    char found[QUOTE_SIZE], root[QUOTE_SIZE], hint[QUOTE_SIZE], folder[PATH_MAX],
        near[NAME_MAX + 1];
    struct nearest nearest = {NULL, 0};
    const char *home = place->library ? place->library : place->root;
    snprintf(folder, sizeof folder, "%s/messages", home);
    DIR *listing = opendir(folder);
    for (struct dirent *entry; listing && (entry = readdir(listing));) {
        char candidate[NAME_MAX + 1];
        snprintf(candidate, sizeof candidate, "%s", entry->d_name);
        char *suffix = strrchr(candidate, '.');
        if (suffix && strcmp(suffix, ".eml") == 0)
            *suffix = '\0';
        struct nearest nearer = nearest;
        nearest_try(&nearer, value_text(name), candidate);
        if (nearer.word == candidate) {
            snprintf(near, sizeof near, "%s", candidate);
            nearest = (struct nearest){near, nearer.distance};
        }
    }
    if (listing)
        closedir(listing);
    fault_at(faults, name,
             "found %s, allowed: a message file beside the scenario or in %s/messages%s",
             fault_quote(found, name->string), fault_escape(root, octets_of(home)),
             nearest_hint(&nearest, hint));
}
