#include "harness/suite.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/suite_data.h"
#include "mockserver/arena.h"

/* What struct suite's `storage` is. */
struct storage {
    struct arena *arena;
    struct suite_message *messages;
    struct scenario_set *sets;
    size_t set_count, set_room;
    struct scenario_centre *centre; /* null: none */
    struct forms *forms;
};

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
        const struct message_recipe *recipe = scenario->recipes ? &scenario->recipes[i] : NULL;
        const struct suite_message *message = suite_message(
            options, storage->arena, &storage->messages, scenario->messages[i], recipe);
        if (!message)
            return false;
        test->messages[i] = (struct check_message){message->name, message->octets};
        test->message_paths[i] = message->path;
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
    for (const struct suite_message *message = storage->messages; message; message = message->next)
        hash = hash_octets(hash, message->octets.at, message->octets.count);
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
    if (storage)
        suite_messages_free(storage->messages);
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

/* The cases' paths after those of the messages. */
static void take_paths(const struct suite *suite)
{
    const struct storage *storage = suite->storage;
    for (size_t i = 0; i < suite->case_count; i++) {
        const struct suite_case *test = &suite->cases[i];
        for (size_t j = 0; j < test->message_count; j++)
            for (const struct suite_message *message = storage->messages; message;
                 message = message->next)
                if (message->name == test->messages[j].name)
                    test->message_paths[j] = message->path;
    }
}

bool suite_write_made(const struct suite *suite, const char *folder, bool keep,
                      struct problem *problem)
{
    struct storage *storage = suite->storage;
    bool good = suite_messages_write(storage->messages, storage->arena, folder, keep, problem);
    take_paths(suite);
    return good;
}

void suite_remove_made(const struct suite *suite)
{
    suite_messages_remove(((struct storage *)suite->storage)->messages);
    take_paths(suite);
}
