#include "harness/report_read.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report_case.h"
#include "harness/report_secrets.h"
#include "mockserver/arena.h"

enum { MOST_CASES = 20000 };

/* Being read. */
struct reading {
    struct report_file *file;
    const json_t *root;
    bool no_memory;
    const char *wrong; /* what is; null: nothing */
};

static const char *keep(struct reading *reading, const char *text)
{
    const char *kept = text ? arena_string(reading->file->arena, text) : NULL;
    reading->no_memory = reading->no_memory || (text && !kept);
    return kept;
}

static void *take(struct reading *reading, size_t count, size_t size)
{
    void *piece = arena_take(reading->file->arena, (count + 1) * size);
    reading->no_memory = reading->no_memory || !piece;
    return piece;
}

static void damaged(struct reading *reading, const char *what)
{
    if (!reading->wrong)
        reading->wrong = what;
}

/* Ids are shown as they are. */
static const char *keep_id(struct reading *reading, const char *id)
{
    for (const char *at = id; at && *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f) {
            damaged(reading, "an id has control characters");
            return NULL;
        }
    return keep(reading, id);
}

static struct text_pair pair_of(struct reading *reading, const json_t *object)
{
    return (struct text_pair){keep(reading, report_string(object, "en")),
                              keep(reading, report_string(object, "ja"))};
}

static uint64_t hash_of(const char *text)
{
    return text ? strtoull(text, NULL, 16) : 0;
}

static enum level level_of(const char *name)
{
    for (enum level level = LEVEL_MUST; name && level < LEVEL_INFO; level++)
        if (strcmp(name, level_name(level)) == 0)
            return level;
    return LEVEL_INFO;
}

static void read_requirements(struct reading *reading)
{
    struct suite *suite = &reading->file->suite;
    const json_t *rows = json_object_get(reading->root, "requirements");
    size_t count = json_array_size(rows);
    suite->requirements = take(reading, count, sizeof *suite->requirements);
    for (size_t i = 0; suite->requirements && i < count; i++) {
        const json_t *row = json_array_get(rows, i);
        const char *id = keep_id(reading, report_string(row, "id"));
        if (!id) {
            damaged(reading, "a requirement has no id");
            return;
        }
        /* One that the suite did not list, but the oracle knows. */
        if (!json_object_get(row, "text") && check_requirement(id))
            continue;
        suite->requirements[suite->requirement_count++] = (struct suite_requirement){
            .id = id,
            .level = level_of(report_string(row, "level")),
            .text = pair_of(reading, json_object_get(row, "text")),
            .source = pair_of(reading, json_object_get(row, "source")),
            .defect = pair_of(reading, json_object_get(row, "defect")),
            .mend = pair_of(reading, json_object_get(row, "mend")),
        };
    }
}

static void read_lines(struct reading *reading, const json_t *array, struct text_pair **lines,
                       size_t *count)
{
    size_t total = json_array_size(array);
    *lines = take(reading, total, sizeof **lines);
    for (*count = 0; *lines && *count < total; *count += 1)
        (*lines)[*count] = pair_of(reading, json_array_get(array, *count));
}

static void read_hash(const char *text, uint8_t hash[8])
{
    uint64_t number = hash_of(text);
    for (size_t i = 0; i < 8; i++)
        hash[i] = (uint8_t)(number >> (56 - 8 * i));
}

static struct scenario *read_scenario(struct reading *reading, const json_t *object)
{
    struct scenario *scenario = take(reading, 1, sizeof *scenario);
    const json_t *ids = json_object_get(object, "requirements");
    size_t count = json_array_size(ids);
    const char **requirements = take(reading, count, sizeof *requirements);
    if (!scenario || !requirements)
        return NULL;
    const struct run_options *options = &reading->file->options;
    double faster = options->pace * (options->accelerate > 1 ? options->accelerate : 1);
    double idle = (double)report_duration(object, "idle_limit_s") * faster;
    for (size_t i = 0; i < count; i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        requirements[i] = keep_id(reading, id ? id : "");
    }
    *scenario = (struct scenario){
        .id = keep_id(reading, report_string(object, "id")),
        .file = keep(reading, report_string(object, "scenario")),
        .title = {keep(reading, report_string(object, "title")),
                  keep(reading, report_string(object, "title_ja"))},
        .why = pair_of(reading, json_object_get(object, "why")),
        .requirements = requirements,
        .requirement_count = count,
        .centre.idle_limit.duration = idle >= 0 && idle < 1e15 ? (usec)idle : 0,
    };
    read_hash(report_string(object, "scenario_hash"), scenario->hash);
    if (!scenario->id)
        damaged(reading, "a case has no id");
    return scenario;
}

/* Of a message only its password is in the file, where passwords were asked for. */
static struct octets read_password(struct reading *reading, const json_t *claim)
{
    uint8_t at[REPORT_PASSWORD_SIZE];
    const char *password = report_string(claim, "password");
    if (!password)
        return (struct octets){NULL, 0};
    size_t count = report_password_place(octets_of(password), at);
    struct octets kept = arena_octets(reading->file->arena, (struct octets){at, count});
    reading->no_memory = reading->no_memory || !kept.at;
    return kept.at ? kept : (struct octets){NULL, 0};
}

static void read_test(struct reading *reading, const json_t *object, struct suite_case *test)
{
    const json_t *claims = json_object_get(object, "claims");
    size_t count = json_array_size(claims);
    struct suite_story *story = take(reading, 1, sizeof *story);
    test->scenario = read_scenario(reading, object);
    test->messages = take(reading, count, sizeof *test->messages);
    if (!story || !test->scenario || !test->messages)
        return;
    read_lines(reading, json_object_get(object, "does"), &story->does, &story->does_count);
    read_lines(reading, json_object_get(object, "expects"), &story->wants, &story->wants_count);
    test->story = story;
    for (; test->message_count < count; test->message_count++) {
        const json_t *claim = json_array_get(claims, test->message_count);
        struct check_message *message = &test->messages[test->message_count];
        const char *name = report_string(claim, "message");
        message->name = keep(reading, name ? name : "");
        message->octets = read_password(reading, claim);
    }
}

static void read_cases(struct reading *reading)
{
    struct report_file *file = reading->file;
    struct suite *suite = &file->suite;
    const json_t *cases = json_object_get(reading->root, "cases");
    size_t count = json_array_size(cases);
    if (count > MOST_CASES) {
        damaged(reading, "it has too many cases");
        return;
    }
    suite->cases = take(reading, count, sizeof *suite->cases);
    file->results.cases = calloc(count + 1, sizeof *file->results.cases);
    reading->no_memory = reading->no_memory || !file->results.cases;
    for (size_t i = 0; !reading->no_memory && !reading->wrong && i < count; i++) {
        const json_t *object = json_array_get(cases, i);
        struct suite_case *test = &suite->cases[suite->case_count++];
        read_test(reading, object, test);
        if (reading->no_memory || reading->wrong)
            return;
        struct run_case *result = &file->results.cases[file->results.count++];
        if (!report_case_read(object, suite, test, result))
            damaged(reading, "a case is damaged");
    }
}

/* The words of an array, null-terminated; null where it is none, or empty. */
static char **read_words(struct reading *reading, const json_t *array)
{
    size_t count = json_array_size(array);
    char **words = count > 0 ? take(reading, count, sizeof *words) : NULL;
    for (size_t i = 0; words && i < count; i++) {
        const char *word = json_string_value(json_array_get(array, i));
        words[i] = (char *)keep(reading, word ? word : "");
        if (!words[i])
            return NULL;
    }
    return words;
}

static double number_of(const json_t *object, const char *key, double otherwise)
{
    const json_t *value = json_object_get(object, key);
    double number = json_number_value(value);
    return json_is_number(value) && number > 0 && number < 1e9 ? number : otherwise;
}

static void read_options(struct reading *reading)
{
    struct run_options *options = &reading->file->options;
    const json_t *root = reading->root, *client = json_object_get(root, "client");
    const char *mode = report_string(root, "mode");
    char **command = read_words(reading, json_object_get(client, "command"));
    char **nobody = take(reading, 1, sizeof *nobody);
    *options = (struct run_options){
        .suite = &reading->file->suite,
        .profile = {.name = "",
                    .each = json_is_true(json_object_get(client, "each")),
                    .one_per_connection =
                        json_is_true(json_object_get(client, "one_per_connection")),
                    .sends_ehlo = json_is_true(json_object_get(client, "ehlo")),
                    .adds_headers = json_is_true(json_object_get(client, "adds_headers")),
                    .retries = json_is_true(json_object_get(client, "retries")),
                    .resolver = json_is_true(json_object_get(client, "resolver"))},
        .timeout = report_duration(client, "timeout_s"),
        .tolerance = number_of(client, "tolerance", 0.25),
        .tolerance_scale = 1,
        .pace = number_of(root, "pace", 1),
        .accelerate = number_of(root, "accelerate", 1),
        .seed = (uint64_t)json_integer_value(json_object_get(root, "seed")),
        .strict = json_is_true(json_object_get(root, "strict")),
        .helo = keep(reading, report_string(client, "helo")),
        .from = keep(reading, report_string(client, "from")),
    };
    if (mode && strcmp(mode, "attached") == 0)
        options->attach.on = true;
    else if (mode && strcmp(mode, "real") == 0)
        options->command = command ? command : nobody;
    else if (mode && strcmp(mode, "field") == 0)
        options->field = true;
    else if (!mode || strcmp(mode, "virtual") != 0)
        damaged(reading, "its mode is none that there is");
    if (!json_is_number(json_object_get(client, "timeout_s")) || options->timeout < 0)
        damaged(reading, "it does not tell the sender's limit");
}

static void read_context(struct reading *reading)
{
    struct report_file *file = reading->file;
    const json_t *root = reading->root, *client = json_object_get(root, "client");
    const json_t *shard = json_object_get(root, "shard");
    json_int_t index = json_integer_value(json_object_get(shard, "index"));
    json_int_t of = json_integer_value(json_object_get(shard, "of"));
    json_int_t whole = json_integer_value(json_object_get(shard, "cases"));
    const char *name = keep(reading, report_string(client, "name"));
    const char *version = keep(reading, report_string(root, "version"));
    bool part = of > 1 && of <= 100000 && index >= 1 && index <= of;
    file->context = (struct report_context){
        .options = &file->options,
        .results = &file->results,
        .version = version ? version : "",
        .client_name = name ? name : "",
        .client_version = keep(reading, report_string(client, "version")),
        .repeat = read_words(reading, json_object_get(root, "repeat")),
        .shard = part ? (unsigned)index : 0,
        .shards = part ? (unsigned)of : 0,
        .whole = whole > 0 && whole <= MOST_CASES ? (size_t)whole : 0,
    };
}

static void read_results(struct reading *reading)
{
    struct run_results *results = &reading->file->results;
    const json_t *root = reading->root;
    results->wall = report_duration(root, "wall_s");
    results->latest = report_duration(root, "harness_late_s");
    results->wall_clock = json_integer_value(json_object_get(root, "wall_clock_us"));
    results->transcript_hash = hash_of(report_string(root, "transcript_hash"));
    results->interrupted = json_is_true(json_object_get(root, "interrupted"));
    reading->file->suite.hash = hash_of(report_string(json_object_get(root, "suite"), "hash"));
    report_count(results);
}

void report_count(struct run_results *results)
{
    results->passed = results->failed = results->warned = results->skipped = results->errors = 0;
    results->known = results->open = results->unexpected = 0;
    for (size_t i = 0; i < results->count; i++)
        run_results_count(results, &results->cases[i]);
}

/* False where something is wrong; `file` then owns nothing. */
static bool read_all(const json_t *root, const char *path, struct report_file *file,
                     struct problem *problem)
{
    struct reading reading = {.file = file, .root = root};
    *file = (struct report_file){.path = path, .arena = arena_new()};
    reading.no_memory = !file->arena;
    if (!json_is_array(json_object_get(root, "cases")) ||
        !json_is_array(json_object_get(root, "requirements")))
        damaged(&reading, "it has no cases and requirements");
    static void (*const steps[])(struct reading * reading) = {
        read_options, read_requirements, read_cases, read_context, read_results};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (!reading.no_memory && !reading.wrong)
            steps[i](&reading);
    if (!reading.no_memory && !reading.wrong)
        return true;
    problem_set(problem, "%s: %s%s", path, reading.wrong ? "it is no report of this harness: " : "",
                reading.wrong ? reading.wrong : "no memory");
    report_file_free(file);
    return false;
}

bool report_read(const char *path, struct report_file *file, struct problem *problem)
{
    json_error_t error;
    *file = (struct report_file){0};
    errno = 0;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        if (error.line <= 0)
            problem_set(problem, "%s: %s", path, errno != 0 ? strerror(errno) : error.text);
        else
            problem_set(problem, "%s:%d:%d: %s", path, error.line, error.column, error.text);
        return false;
    }
    bool good = read_all(root, path, file, problem);
    json_decref(root);
    return good;
}

bool report_read_text(const char *text, size_t count, const char *path, struct report_file *file,
                      struct problem *problem)
{
    json_error_t error;
    *file = (struct report_file){0};
    json_t *root = json_loadb(text, count, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        problem_set(problem, "%s:%d:%d: %s", path, error.line, error.column, error.text);
        return false;
    }
    bool good = read_all(root, path, file, problem);
    json_decref(root);
    return good;
}

void report_file_free(struct report_file *file)
{
    for (size_t i = 0; i < file->results.count; i++)
        report_case_free(&file->results.cases[i]);
    free(file->results.cases);
    arena_free(file->arena);
    *file = (struct report_file){0};
}
