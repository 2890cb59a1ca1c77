#include "harness/explore_command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/argument_value.h"
#include "harness/stopwatch.h"

enum { RUNS_VIRTUAL = 100000, RUNS_REAL = 200, FOUND_MOST = 10, WORKERS_MOST = 64 };

struct reading {
    struct explore_command *command;
    void (*fault)(void *owner, const char *text);
    void *owner;
};

static bool wrong(const struct reading *reading, const char *option, const char *found,
                  const char *expected)
{
    struct problem problem;
    problem_set(&problem, "%s: found \"%.200s\", expected %s", option, found, expected);
    reading->fault(reading->owner, problem.text);
    return false;
}

static bool take_number(const struct reading *reading, const char *option, const char *text,
                        uint64_t *to)
{
    return argument_whole_number(text, 0, INT64_MAX, to) ||
           wrong(reading, option, text, "a whole number");
}

static bool take_folder(const struct reading *reading, const char *text)
{
    struct stat status;
    if (stat(text, &status) != 0 || !S_ISDIR(status.st_mode) || access(text, W_OK) != 0)
        return wrong(reading, "--out", text, "a folder that can be written to");
    reading->command->explore.out = text;
    return true;
}

static bool take_world(const struct reading *reading, const char *text)
{
    reading->command->explore.one = true;
    return take_number(reading, "--world", text, &reading->command->explore.number);
}

static bool take_time(const struct reading *reading, const char *text)
{
    usec time;
    if (!duration_read(text, &time) || time <= 0)
        return wrong(reading, "--time", text, "a duration above 0, such as 60s or 1h");
    reading->command->explore.time = time;
    return true;
}

/* Is this word that option? Then `value` is what it is given. */
static bool is_option(char **argv, int *index, const char *option, const char **value)
{
    size_t count = strlen(option);
    if (strncmp(argv[*index], option, count) != 0)
        return false;
    if (argv[*index][count] == '=') {
        *value = argv[*index] + count + 1;
        return true;
    }
    if (argv[*index][count] != '\0')
        return false;
    *value = argv[*index + 1] ? argv[++*index] : "";
    return true;
}

/* Takes the options of its own out of argv; the rest is what `run` takes too. */
static bool read_own(const struct reading *reading, int argc, char **argv, int *kept)
{
    struct explore_options *explore = &reading->command->explore;
    bool good = true, over = false;
    for (int i = 0; i < argc; i++) {
        const char *value = NULL;
        over |= strcmp(argv[i], "--") == 0;
        if (over || i == 0)
            reading->command->others[(*kept)++] = argv[i];
        else if (is_option(argv, &i, "--runs", &value))
            good &= take_number(reading, "--runs", value, &explore->runs);
        else if (is_option(argv, &i, "--time", &value))
            good &= take_time(reading, value);
        else if (is_option(argv, &i, "--world", &value))
            good &= take_world(reading, value);
        else if (is_option(argv, &i, "--out", &value))
            good &= take_folder(reading, value);
        else
            reading->command->others[(*kept)++] = argv[i];
    }
    return good;
}

bool explore_command_read(int argc, char **argv, struct explore_command *command,
                          void (*fault)(void *owner, const char *text), void *owner)
{
    const struct reading reading = {command, fault, owner};
    int kept = 0;
    *command = (struct explore_command){.others = calloc((size_t)argc + 1, sizeof *argv),
                                        .explore = {.out = ".", .found_most = FOUND_MOST}};
    if (!command->others) {
        fault(owner, "no memory");
        return false;
    }
    bool good = read_own(&reading, argc, argv, &kept);
    good =
        arguments_read(kept, command->others, &command->arguments, fault, owner) == ARGUMENTS_OK &&
        good;
    const struct arguments *arguments = &command->arguments;
    if (good && (arguments->path_count > 0 || arguments->only_count > 0 || arguments->list ||
                 arguments->report_count > 0 || arguments->run.attach.on))
        good = wrong(&reading, "explore", "scenarios, a selection, reports or --attach",
                     "none of them: the worlds are drawn, and what is found is told");
    bool real = arguments->run.command != NULL;
    if (command->explore.runs == 0)
        command->explore.runs = real ? RUNS_REAL : RUNS_VIRTUAL;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    command->explore.workers = processors < 1              ? 1
                               : processors > WORKERS_MOST ? WORKERS_MOST
                                                           : (unsigned)processors;
    return good;
}

void explore_command_free(struct explore_command *command)
{
    arguments_free(&command->arguments);
    free(command->others);
}

int explore_command_run(struct explore_command *command, const char *program,
                        const struct suite *suite, void (*fault)(void *owner, const char *text),
                        void *owner)
{
    struct explore_results results = {0};
    struct problem problem;
    struct explore_options *explore_options = &command->explore;
    struct stopwatch *stopwatch = stopwatch_new(&problem);
    command->arguments.run.suite = suite;
    explore_options->run = &command->arguments.run;
    explore_options->suite = suite;
    explore_options->program = program;
    explore_options->stream = stdout;
    bool good = stopwatch && explore(explore_options, &results, &problem);
    if (!good)
        fault(owner, problem.text);
    usec took = stopwatch ? stopwatch_now(stopwatch) : 0;
    stopwatch_free(stopwatch);
    if (!good)
        return 3;
    double seconds = (double)took / (double)USEC_PER_SEC;
    bool real = run_mode(explore_options->run) != RUN_VIRTUAL;
    printf("\n%llu worlds of seed %llu, something found in %llu%s (%.1f s, %.0f a second)\n",
           (unsigned long long)results.runs, (unsigned long long)explore_options->run->seed,
           (unsigned long long)results.found, results.interrupted ? "; interrupted" : "", seconds,
           (double)results.runs / (seconds > 0.001 ? seconds : 0.001));
    if (!real)
        printf("transcripts %016llx\n", (unsigned long long)results.hash);
    if (fflush(stdout) != 0) {
        fault(owner, "standard output cannot be written");
        return 3;
    }
    return results.interrupted ? 3 : results.found > 0 ? 1 : 0;
}
