#include "mockserver/record_scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct record_scenario {
    struct record_scenario_options options;
    struct imitation *imitation;
    char *file; /* of the scenario at hand */
    unsigned number;
    bool failed;
};

/* "CASE.json", 2 -> "CASE-r2.json" */
static char *numbered(const char *file, unsigned number)
{
    size_t count = strlen(file);
    char *name;
    if (number == 1)
        return strdup(file);
    if (count > 5 && strcmp(file + count - 5, ".json") == 0)
        count -= 5;
    return asprintf(&name, "%.*s-r%u.json", (int)count, file, number) < 0 ? NULL : name;
}

static bool begin(struct record_scenario *recording, struct problem *problem)
{
    free(recording->file);
    recording->file = numbered(recording->options.file, ++recording->number);
    if (!recording->file) {
        problem_set(problem, "no memory");
        return false;
    }
    const struct imitation_options options = {.file = recording->file,
                                              .from = recording->options.centre,
                                              .delay_least = 5 * USEC_PER_MSEC,
                                              .unmasked = recording->options.unmasked,
                                              .keeps_addresses = recording->options.keeps_addresses,
                                              .note = recording->options.say,
                                              .owner = recording->options.owner};
    recording->imitation = imitation_new(&options, problem);
    return recording->imitation != NULL;
}

struct record_scenario *record_scenario_new(const struct record_scenario_options *options,
                                            struct problem *problem)
{
    struct record_scenario *recording = calloc(1, sizeof *recording);
    if (!recording) {
        problem_set(problem, "no memory");
        return NULL;
    }
    recording->options = *options;
    if (begin(recording, problem))
        return recording;
    record_scenario_free(recording);
    return NULL;
}

static void fail(struct record_scenario *recording, const struct problem *problem)
{
    if (!recording->failed)
        recording->options.say(recording->options.owner, problem->text);
    recording->failed = true;
}

void record_scenario_take(struct record_scenario *recording,
                          const struct field_connection *connection)
{
    struct problem problem;
    if (recording->imitation && !imitation_take(recording->imitation, connection, &problem))
        fail(recording, &problem);
}

bool record_scenario_write(struct record_scenario *recording)
{
    struct imitation_numbers numbers;
    struct problem problem;
    char text[400];
    if (!recording->imitation)
        return false;
    if (imitation_is_empty(recording->imitation)) {
        recording->options.say(recording->options.owner,
                               "no connection has come to its end: nothing is written");
        return !recording->failed;
    }
    if (imitation_write(recording->imitation, &numbers, &problem)) {
        snprintf(text, sizeof text, "%.200s: %u connections, %u messages, %u rules",
                 recording->file, numbers.connections + numbers.refused, numbers.messages,
                 numbers.rules);
        recording->options.say(recording->options.owner, text);
    } else {
        fail(recording, &problem);
    }
    imitation_free(recording->imitation);
    recording->imitation = NULL;
    if (!begin(recording, &problem))
        fail(recording, &problem);
    return !recording->failed;
}

void record_scenario_free(struct record_scenario *recording)
{
    if (!recording)
        return;
    imitation_free(recording->imitation);
    free(recording->file);
    free(recording);
}
