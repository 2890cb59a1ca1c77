#include "harness/profile.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/accelerate.h"
#include "harness/profile_claims.h"
#include "mockserver/arena.h"

/* Loading: where we are, and what is wrong so far. */
struct load {
    const char *file;
    struct profile *profile;
    void (*fault)(void *owner, const char *text);
    void *owner;
    bool good;
};

static void wrong(struct load *load, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void wrong(struct load *load, const char *format, ...)
{
    char text[1024];
    int count = snprintf(text, sizeof text, "%s: ", load->file);
    if (count < 0 || (size_t)count >= sizeof text)
        count = 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + count, sizeof text - (size_t)count, format, arguments);
    va_end(arguments);
    load->good = false;
    if (load->fault)
        load->fault(load->owner, text);
}

static const char *kind_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
        return "an integer";
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a boolean";
    case JSON_NULL:
        return "null";
    }
    return "something else";
}

static void take_boolean(struct load *load, const char *key, const json_t *value, bool *to)
{
    if (json_is_boolean(value))
        *to = json_is_true(value);
    else
        wrong(load, "/%s: found %s, expected true or false", key, kind_name(value));
}

static const char *keep(struct load *load, const json_t *value, const char *key)
{
    if (!json_is_string(value)) {
        wrong(load, "/%s: found %s, expected a string", key, kind_name(value));
        return NULL;
    }
    const char *kept = arena_string(load->profile->arena, json_string_value(value));
    if (!kept)
        wrong(load, "/%s: no memory", key);
    return kept;
}

static void take_string(struct load *load, const char *key, const json_t *value, const char **to)
{
    const char *kept = keep(load, value, key);
    if (kept)
        *to = kept;
}

static void take_positive(struct load *load, const char *key, const json_t *value, bool *has,
                          double *to)
{
    double number = json_number_value(value);
    if (json_is_number(value) && number > 0 && number <= 1e6) {
        *has = true;
        *to = number;
        return;
    }
    wrong(load, "/%s: expected a number above 0, up to 1000000", key);
}

static void take_integer(struct load *load, const char *key, const json_t *value, long long least,
                         long long most, bool *has, long long *to)
{
    long long number = json_integer_value(value);
    if (json_is_integer(value) && number >= least && number <= most) {
        *has = true;
        *to = number;
        return;
    }
    wrong(load, "/%s: expected an integer from %lld to %lld", key, least, most);
}

static void take_command(struct load *load, const char *key, const json_t *value, char ***to)
{
    size_t count = json_array_size(value);
    if (count == 0) {
        wrong(load, "/%s: expected an array of at least one string", key);
        return;
    }
    char **command = arena_take(load->profile->arena, (count + 1) * sizeof *command);
    for (size_t i = 0; command && i < count; i++) {
        const char *word = json_string_value(json_array_get(value, i));
        if (!word) {
            wrong(load, "/%s/%zu: found %s, expected a string", key, i,
                  kind_name(json_array_get(value, i)));
            return;
        }
        command[i] = arena_string(load->profile->arena, word);
        if (!command[i])
            command = NULL;
    }
    if (!command)
        wrong(load, "/%s: no memory", key);
    *to = command;
}

static void take_duration(struct load *load, const json_t *value)
{
    usec duration = 0;
    if (json_is_string(value) && duration_read(json_string_value(value), &duration) &&
        duration > 0) {
        load->profile->has_timeout = true;
        load->profile->timeout = duration;
        return;
    }
    wrong(load, "/timeout: expected a duration above 0, such as \"5s\" or \"250ms\"");
}

static unsigned outcomes_of(const json_t *value)
{
    if (json_is_string(value))
        return claims_outcome(json_string_value(value));
    unsigned outcomes = 0;
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *name = json_string_value(json_array_get(value, i));
        unsigned bit = name ? claims_outcome(name) : 0;
        if (!bit)
            return 0;
        outcomes |= bit;
    }
    return outcomes;
}

static void take_exit(struct load *load, json_t *value)
{
    const char *key;
    json_t *entry;
    if (!json_is_object(value)) {
        wrong(load, "/exit: found %s, expected an object", kind_name(value));
        return;
    }
    json_object_foreach(value, key, entry)
    {
        char *end = NULL;
        long status = strtol(key, &end, 10);
        unsigned outcomes = outcomes_of(entry);
        if (!*key || *end || status < 1 || status > 255)
            wrong(load, "/exit/%s: expected an exit status from 1 to 255", key);
        else if (!outcomes)
            wrong(load,
                  "/exit/%s: expected accepted, refused, deferred, unknown or unsent, or an "
                  "array of these",
                  key);
        else
            load->profile->sender.exit_outcomes[status] = outcomes;
    }
}

static void take_environment(struct load *load, json_t *value)
{
    const char *key;
    json_t *entry;
    size_t count = json_object_size(value), at = 0;
    if (!json_is_object(value)) {
        wrong(load, "/environment: found %s, expected an object", kind_name(value));
        return;
    }
    struct invocation_pair *pairs = arena_take(load->profile->arena, (count + 1) * sizeof *pairs);
    if (!pairs) {
        wrong(load, "/environment: no memory");
        return;
    }
    json_object_foreach(value, key, entry)
    {
        const char *name = arena_string(load->profile->arena, key);
        const char *text = keep(load, entry, "environment");
        if (!*key || strchr(key, '='))
            wrong(load, "/environment/%s: no name of a variable", key);
        else if (name && text)
            pairs[at++] = (struct invocation_pair){name, text};
    }
    load->profile->sender.environment = pairs;
    load->profile->sender.environment_count = at;
}

enum key {
    KEY_NAME,
    KEY_COMMAND,
    KEY_START,
    KEY_SUBMIT,
    KEY_STOP,
    KEY_EXIT_IS_OUTCOME,
    KEY_EACH,
    KEY_ONE_PER_CONNECTION,
    KEY_EHLO,
    KEY_ADDS_HEADERS,
    KEY_RETRIES,
    KEY_RECIPIENTS,
    KEY_STDIN,
    KEY_RESOLVER,
    KEY_STRICT,
    KEY_TIMEOUT,
    KEY_TOLERANCE,
    KEY_TOLERANCE_SCALE,
    KEY_PACE,
    KEY_ACCELERATE,
    KEY_JOBS,
    KEY_SEED,
    KEY_HELO,
    KEY_FROM,
    KEY_EXIT,
    KEY_ENVIRONMENT,
    KEY_VERSION,
    KEYS,
};

static const char *const key_names[KEYS] = {
    "name",      "command",
    "start",     "submit",
    "stop",      "submit_exit_is_outcome",
    "each",      "one_per_connection",
    "ehlo",      "adds_headers",
    "retries",   "recipients",
    "stdin",     "resolver",
    "strict",    "timeout",
    "tolerance", "tolerance_scale",
    "pace",      "accelerate",
    "jobs",      "seed",
    "helo",      "from",
    "exit",      "environment",
    "version",
};

static void take_number(struct load *load, enum key key, const json_t *value)
{
    struct profile *profile = load->profile;
    const char *name = key_names[key];
    long long number = 0;
    if (key == KEY_JOBS) {
        take_integer(load, name, value, 1, 10000, &profile->has_jobs, &number);
        profile->jobs = (unsigned)number;
    } else if (key == KEY_SEED) {
        take_integer(load, name, value, 0, INT64_MAX, &profile->has_seed, &number);
        profile->seed = (uint64_t)number;
    } else if (key == KEY_TOLERANCE) {
        take_positive(load, name, value, &profile->has_tolerance, &profile->tolerance);
        profile->tolerance /= 100;
    } else if (key == KEY_TOLERANCE_SCALE) {
        take_positive(load, name, value, &profile->has_scale, &profile->scale);
    } else if (key == KEY_ACCELERATE) {
        take_positive(load, name, value, &profile->has_accelerate, &profile->accelerate);
        if (profile->has_accelerate &&
            (profile->accelerate < 1 || profile->accelerate > ACCELERATE_MOST))
            wrong(load, "/accelerate: expected a number from 1 to %d", ACCELERATE_MOST);
    } else {
        take_positive(load, name, value, &profile->has_pace, &profile->pace);
    }
}

static char ***command_of(struct profile *profile, enum key key)
{
    if (key == KEY_COMMAND)
        return &profile->command;
    if (key == KEY_START)
        return &profile->start;
    return key == KEY_SUBMIT ? &profile->submit : &profile->stop;
}

static void take_key(struct load *load, enum key key, json_t *value)
{
    struct profile *profile = load->profile;
    struct run_profile *sender = &profile->sender;
    const char *name = key_names[key];
    switch (key) {
    case KEY_NAME:
        take_string(load, name, value, &sender->name);
        break;
    case KEY_VERSION:
        take_string(load, name, value, &sender->version);
        break;
    case KEY_COMMAND:
    case KEY_START:
    case KEY_SUBMIT:
    case KEY_STOP:
        take_command(load, name, value, command_of(profile, key));
        break;
    case KEY_EXIT_IS_OUTCOME:
        take_boolean(load, name, value, &profile->exit_is_outcome);
        break;
    case KEY_EACH:
        take_boolean(load, name, value, &sender->each);
        break;
    case KEY_ONE_PER_CONNECTION:
        take_boolean(load, name, value, &sender->one_per_connection);
        break;
    case KEY_EHLO:
        take_boolean(load, name, value, &sender->sends_ehlo);
        break;
    case KEY_ADDS_HEADERS:
        take_boolean(load, name, value, &sender->adds_headers);
        break;
    case KEY_RETRIES:
        take_boolean(load, name, value, &sender->retries);
        break;
    case KEY_RECIPIENTS:
        take_boolean(load, name, value, &sender->several_recipients);
        break;
    case KEY_STDIN:
        take_boolean(load, name, value, &sender->standard_input);
        break;
    case KEY_RESOLVER:
        take_boolean(load, name, value, &sender->resolver);
        break;
    case KEY_STRICT:
        take_boolean(load, name, value, &profile->strict);
        break;
    case KEY_TIMEOUT:
        take_duration(load, value);
        break;
    case KEY_TOLERANCE:
    case KEY_TOLERANCE_SCALE:
    case KEY_PACE:
    case KEY_ACCELERATE:
    case KEY_JOBS:
    case KEY_SEED:
        take_number(load, key, value);
        break;
    case KEY_HELO:
        take_string(load, name, value, &profile->helo);
        break;
    case KEY_FROM:
        take_string(load, name, value, &profile->from);
        break;
    case KEY_EXIT:
        take_exit(load, value);
        break;
    case KEY_ENVIRONMENT:
        take_environment(load, value);
        break;
    case KEYS:
        break;
    }
}

static enum key key_of(const char *name)
{
    enum key key = KEY_NAME;
    while (key < KEYS && strcmp(name, key_names[key]) != 0)
        key++;
    return key;
}

static void take_all(struct load *load, json_t *root)
{
    const char *name;
    json_t *value;
    if (!json_is_object(root)) {
        wrong(load, "found %s, expected an object", kind_name(root));
        return;
    }
    json_object_foreach(root, name, value)
    {
        enum key key = key_of(name);
        if (strcmp(name, "$schema") == 0)
            continue;
        if (key == KEYS)
            wrong(load,
                  "/%s: unknown key; known are name, command, start, submit, stop, "
                  "submit_exit_is_outcome, each, one_per_connection, ehlo, "
                  "adds_headers, "
                  "retries, recipients, stdin, resolver, strict, timeout, tolerance, "
                  "tolerance_scale, pace, accelerate, jobs, seed, helo, from, exit, "
                  "environment",
                  name);
        else
            take_key(load, key, value);
    }
}

bool profile_load(const char *file, struct profile *profile,
                  void (*fault)(void *owner, const char *text), void *owner)
{
    struct profile made = {.sender = run_profile_default()};
    struct load load = {file, &made, fault, owner, true};
    made.arena = arena_new();
    if (!made.arena) {
        wrong(&load, "no memory");
        return false;
    }
    json_error_t error;
    json_t *root = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
    if (!root && error.line > 0)
        wrong(&load, "line %d, column %d: %s", error.line, error.column, error.text);
    else if (!root)
        wrong(&load, "%s", error.text);
    else
        take_all(&load, root);
    json_decref(root);
    if (!load.good) {
        arena_free(made.arena);
        return false;
    }
    *profile = made;
    return true;
}

void profile_free(struct profile *profile)
{
    arena_free(profile->arena);
    *profile = (struct profile){0};
}
