#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/suite_data.h"

enum { DEPTH_LIMIT = 16 };

static char *join(const char *folder, const char *name)
{
    char *path = NULL;
    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

static bool is_root(const char *folder)
{
    char *file = join(folder, "requirements.json");
    bool there = file && access(file, R_OK) == 0;
    free(file);
    return there;
}

/* Looks in `path` and in every folder above it. */
static char *root_above(const char *path)
{
    char *at = realpath(path, NULL);
    while (at && *at && !is_root(at)) {
        char *slash = strrchr(at, '/');
        if (!slash)
            break;
        *slash = '\0';
    }
    if (at && *at && is_root(at))
        return at;
    free(at);
    return NULL;
}

char *suite_find_root(const char *program)
{
    return scenario_find_root(program);
}

bool suite_root(const struct suite_options *options, char **root)
{
    char *found = NULL;
    for (size_t i = 0; !found && i < options->path_count; i++)
        found = root_above(options->paths[i]);
    if (!found)
        found = suite_find_root(options->program);
    if (!found && options->path_count == 0) {
        suite_fault(options, "no suite found: neither beside the program nor where it is installed "
                             "stands a folder with requirements.json (NACCS_SCENARIOS names one)");
        return false;
    }
    *root = found;
    return true;
}

static bool add(const struct suite_options *options, struct suite_files *files, const char *path)
{
    char *whole = realpath(path, NULL);
    if (!whole) {
        suite_fault(options, "%s: %s", path, strerror(errno));
        return false;
    }
    for (size_t i = 0; i < files->count; i++) {
        if (strcmp(files->at[i], whole) == 0) {
            free(whole);
            return true;
        }
    }
    if (files->count == files->room) {
        size_t room = files->room ? 2 * files->room : 64;
        char **at = realloc(files->at, room * sizeof *at);
        if (!at) {
            suite_fault(options, "%s: no memory", path);
            free(whole);
            return false;
        }
        files->at = at;
        files->room = room;
    }
    files->at[files->count++] = whole;
    return true;
}

/* What stands in a suite's folders and is no scenario. */
static bool is_other(const char *name, bool folder)
{
    static const char *const folders[] = {"messages", "texts", "profiles"};
    size_t count = strlen(name);
    if (name[0] == '.')
        return true;
    if (!folder)
        return count < 6 || strcmp(name + count - 5, ".json") != 0 ||
               strcmp(name, "requirements.json") == 0 || strstr(name, ".schema.json") != NULL;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (strcmp(name, folders[i]) == 0)
            return true;
    return false;
}

static bool walk(const struct suite_options *options, struct suite_files *files, const char *folder,
                 unsigned depth);

static bool take_entry(const struct suite_options *options, struct suite_files *files,
                       const char *folder, const char *name, unsigned depth)
{
    char *path = join(folder, name);
    struct stat status;
    bool good = path != NULL;
    if (good && stat(path, &status) != 0) {
        suite_fault(options, "%s: %s", path, strerror(errno));
        good = false;
    } else if (good && !is_other(name, S_ISDIR(status.st_mode))) {
        good = S_ISDIR(status.st_mode) ? walk(options, files, path, depth + 1)
                                       : add(options, files, path);
    }
    free(path);
    return good;
}

static bool walk(const struct suite_options *options, struct suite_files *files, const char *folder,
                 unsigned depth)
{
    struct dirent **entries = NULL;
    int count = depth < DEPTH_LIMIT ? scandir(folder, &entries, NULL, alphasort) : -1;
    if (count < 0) {
        suite_fault(options, "%s: %s", folder,
                    depth < DEPTH_LIMIT ? strerror(errno) : "too many folders in folders");
        return false;
    }
    bool good = true;
    for (int i = 0; i < count; i++) {
        good = take_entry(options, files, folder, entries[i]->d_name, depth) && good;
        free(entries[i]);
    }
    free(entries);
    return good;
}

/* A path as it was given, or else what stands under the root by that name. To be freed. */
static char *resolve(const char *root, const char *path)
{
    if (access(path, F_OK) == 0 || !root || path[0] == '/')
        return strdup(path);
    char *under = join(root, path);
    if (under && access(under, F_OK) == 0)
        return under;
    char *file = NULL;
    if (under && asprintf(&file, "%s.json", under) >= 0 && access(file, F_OK) == 0) {
        free(under);
        return file;
    }
    free(file);
    free(under);
    return strdup(path);
}

static bool take_path(const struct suite_options *options, const char *root, const char *path,
                      struct suite_files *files)
{
    char *found = resolve(root, path);
    struct stat status;
    bool good = false;
    if (!found)
        suite_fault(options, "%s: no memory", path);
    else if (stat(found, &status) != 0)
        suite_fault(options, "%s: %s", path, strerror(errno));
    else
        good =
            S_ISDIR(status.st_mode) ? walk(options, files, found, 0) : add(options, files, found);
    free(found);
    return good;
}

bool suite_files(const struct suite_options *options, const char *root, struct suite_files *files)
{
    bool good = true;
    if (options->path_count == 0)
        return walk(options, files, root, 0);
    for (size_t i = 0; i < options->path_count; i++)
        good = take_path(options, root, options->paths[i], files) && good;
    return good;
}

void suite_files_free(struct suite_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->at[i]);
    free(files->at);
    *files = (struct suite_files){0};
}
