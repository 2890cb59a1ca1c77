#include "harness/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/suite_data.h"
#include "mockserver/arena.h"

/* A message file in memory, shared by the cases that use it. */
struct message_file {
    struct message_file *next;
    const char *named; /* as the scenario has it */
    const char *path;  /* absolute */
    const char *name;
    uint8_t *at;
    size_t count;
};

/* What struct suite's `storage` is. */
struct storage {
    struct arena *arena;
    struct message_file *messages;
    struct scenario_set *sets;
    size_t set_count, set_room;
    struct scenario_centre *centre; /* null: none */
    struct forms *forms;
};

enum { MESSAGE_LIMIT = 64 * 1024 * 1024 };

void suite_fault(const struct suite_options *options, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (options->fault)
        options->fault(options->owner, text);
}

/* Reads a whole file; the octets are the caller's. Null: a fault was told. */
static uint8_t *read_message(const struct suite_options *options, const char *file, size_t *count)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        suite_fault(options, "%s: %s", file, strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    size_t size = S_ISREG(status.st_mode) ? (size_t)status.st_size : 0;
    uint8_t *at = size <= MESSAGE_LIMIT ? malloc(size + 1) : NULL;
    size_t have = 0;
    while (at && have < size) {
        ssize_t more = read(fd, at + have, size - have);
        if (more <= 0)
            break;
        have += (size_t)more;
    }
    close(fd);
    if (!at || have < size) {
        suite_fault(options, "%s: could not be read as a message of at most %d octets", file,
                    MESSAGE_LIMIT);
        free(at);
        return NULL;
    }
    *count = size;
    return at;
}

static const struct message_file *message_file(const struct suite_options *options,
                                               struct storage *storage, const char *file)
{
    for (const struct message_file *known = storage->messages; known; known = known->next)
        if (strcmp(known->named, file) == 0)
            return known;
    char *path = realpath(file, NULL);
    if (!path) {
        suite_fault(options, "%s: %s", file, strerror(errno));
        return NULL;
    }
    struct message_file *fresh = arena_take(storage->arena, sizeof *fresh);
    const char *kept = fresh ? arena_string(storage->arena, path) : NULL;
    const char *named = fresh ? arena_string(storage->arena, file) : NULL;
    free(path);
    if (!kept || !named) {
        suite_fault(options, "%s: no memory", file);
        return NULL;
    }
    const char *slash = strrchr(kept, '/');
    fresh->named = named;
    fresh->path = kept;
    fresh->name = slash ? slash + 1 : kept;
    fresh->at = read_message(options, file, &fresh->count);
    if (!fresh->at)
        return NULL;
    fresh->next = storage->messages;
    storage->messages = fresh;
    return fresh;
}

static bool fill_case(const struct suite_options *options, struct storage *storage,
                      const struct scenario *scenario, struct suite_case *test)
{
    size_t count = scenario->message_count;
    test->scenario = scenario;
    test->message_count = count;
    test->messages = arena_take(storage->arena, (count + 1) * sizeof *test->messages);
    test->message_paths = arena_take(storage->arena, (count + 1) * sizeof *test->message_paths);
    if (!test->messages || !test->message_paths) {
        suite_fault(options, "%s: no memory", scenario->id);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct message_file *file = message_file(options, storage, scenario->messages[i]);
        if (!file)
            return false;
        test->messages[i] = (struct check_message){file->name, {file->at, file->count}};
        test->message_paths[i] = file->path;
    }
    return true;
}

static int by_id(const void *a, const void *b)
{
    const struct suite_case *left = a, *right = b;
    return strcmp(left->scenario->id, right->scenario->id);
}

/* A file that was named twice, by itself and by its folder, is one; two files with one id are a
 * fault. */
static bool drop_doubles(const struct suite_options *options, struct suite *suite)
{
    bool good = true;
    size_t kept = 0;
    for (size_t i = 0; i < suite->case_count; i++) {
        const struct scenario *this = suite->cases[i].scenario;
        const struct scenario *last = kept > 0 ? suite->cases[kept - 1].scenario : NULL;
        if (!last || strcmp(last->id, this->id) != 0) {
            suite->cases[kept++] = suite->cases[i];
            continue;
        }
        suite_fault(options, "%s: its id \"%s\" is also that of %s", this->file, this->id,
                    last->file);
        good = false;
    }
    suite->case_count = kept;
    return good;
}

static uint64_t hash_octets(uint64_t hash, const uint8_t *at, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ at[i]) * 1099511628211u;
    return hash;
}

static uint64_t hash_suite(const struct suite *suite)
{
    uint64_t hash = 14695981039346656037u;
    const struct storage *storage = suite->storage;
    for (size_t i = 0; i < suite->case_count; i++) {
        const struct scenario *scenario = suite->cases[i].scenario;
        hash = hash_octets(hash, scenario->hash, sizeof scenario->hash);
        hash = hash_octets(hash, (const uint8_t *)scenario->id, strlen(scenario->id));
    }
    for (const struct message_file *file = storage->messages; file; file = file->next)
        hash = hash_octets(hash, file->at, file->count);
    return hash;
}

static bool make_cases(const struct suite_options *options, struct suite *suite)
{
    struct storage *storage = suite->storage;
    size_t count = 0;
    for (size_t i = 0; i < storage->set_count; i++)
        count += storage->sets[i].count;
    suite->cases = calloc(count + 1, sizeof *suite->cases);
    if (!suite->cases) {
        suite_fault(options, "no memory for %zu cases", count);
        return false;
    }
    bool good = true;
    for (size_t i = 0; i < storage->set_count; i++) {
        for (size_t j = 0; j < storage->sets[i].count; j++) {
            struct suite_case *test = &suite->cases[suite->case_count];
            if (fill_case(options, storage, storage->sets[i].at[j], test))
                suite->case_count++;
            else
                good = false;
        }
    }
    qsort(suite->cases, suite->case_count, sizeof *suite->cases, by_id);
    return drop_doubles(options, suite) && good;
}

/* Loads one file into the next set; the same file twice is loaded once. */
static bool load_file(const struct suite_options *options, const struct suite *suite,
                      struct storage *storage, const char *file)
{
    const char **ids = calloc(suite->requirement_count + 1, sizeof *ids);
    if (storage->set_count == storage->set_room) {
        size_t room = storage->set_room ? 2 * storage->set_room : 32;
        struct scenario_set *sets = realloc(storage->sets, room * sizeof *sets);
        if (sets) {
            storage->sets = sets;
            storage->set_room = room;
        }
    }
    if (!ids || storage->set_count == storage->set_room) {
        suite_fault(options, "%s: no memory", file);
        free(ids);
        return false;
    }
    for (size_t i = 0; i < suite->requirement_count; i++)
        ids[i] = suite->requirements[i].id;
    struct scenario_load_options load = {
        .library = suite->root,
        .requirements = suite->requirement_count > 0 ? ids : NULL,
        .requirement_count = suite->requirement_count,
        .centre = storage->centre,
        .forms = storage->forms,
        .fault = options->fault,
        .owner = options->owner,
    };
    struct scenario_set *set = &storage->sets[storage->set_count];
    *set = (struct scenario_set){0};
    bool good = scenario_load(file, &load, set);
    storage->set_count += good;
    free(ids);
    return good;
}

static bool load_files(const struct suite_options *options, struct suite *suite,
                       const struct suite_files *files)
{
    bool good = true;
    for (size_t i = 0; i < files->count; i++)
        good = load_file(options, suite, suite->storage, files->at[i]) && good;
    return good;
}

static struct storage *storage_new(void)
{
    struct storage *storage = calloc(1, sizeof *storage);
    if (!storage)
        return NULL;
    storage->arena = arena_new();
    storage->forms = scenario_forms_new();
    if (storage->arena && storage->forms)
        return storage;
    arena_free(storage->arena);
    scenario_forms_free(storage->forms);
    free(storage);
    return NULL;
}

bool suite_load(const struct suite_options *options, struct suite *suite)
{
    struct suite made = {0};
    struct suite_files files = {0};
    struct storage *storage = storage_new();
    made.storage = storage;
    if (!storage) {
        suite_fault(options, "no memory");
        return false;
    }
    bool good = suite_root(options, &made.root);
    if (good && made.root)
        good = suite_requirements(options, made.root, storage->arena, &made);
    if (good && options->centre) {
        storage->centre =
            scenario_centre_load(options->centre, options->program, options->fault, options->owner);
        good = storage->centre != NULL;
    }
    good = good && suite_files(options, made.root, &files);
    good = good && load_files(options, &made, &files);
    good = good && make_cases(options, &made);
    suite_files_free(&files);
    if (!good) {
        suite_free(&made);
        return false;
    }
    made.hash = hash_suite(&made);
    *suite = made;
    return true;
}

void suite_free(struct suite *suite)
{
    struct storage *storage = suite->storage;
    for (size_t i = 0; storage && i < storage->set_count; i++)
        scenario_set_free(&storage->sets[i]);
    for (struct message_file *file = storage ? storage->messages : NULL; file; file = file->next)
        free(file->at);
    if (storage) {
        free(storage->sets);
        scenario_centre_free(storage->centre);
        scenario_forms_free(storage->forms);
        arena_free(storage->arena);
    }
    free(storage);
    free(suite->cases);
    free(suite->root);
    *suite = (struct suite){0};
}
