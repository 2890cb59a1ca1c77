#include "harness/explore_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct world_options explore_world_options(const struct explore_options *options)
{
    return (struct world_options){.slow = run_mode(options->run) != RUN_VIRTUAL};
}

usec explore_limit(const struct explore_options *options, uint64_t number)
{
    static const unsigned limits[] = {5, 2, 30, 12};
    if (run_mode(options->run) != RUN_VIRTUAL)
        return options->run->timeout;
    return limits[number / EXPLORE_BATCH % (sizeof limits / sizeof *limits)] * USEC_PER_SEC;
}

/* The worlds as cases of a suite. */
struct played {
    struct suite_case cases[EXPLORE_BATCH];
    struct scenario_set sets[EXPLORE_BATCH];
    struct check_message messages[EXPLORE_BATCH][WORLD_MESSAGES];
    char *paths[EXPLORE_BATCH][WORLD_MESSAGES]; /* of a command's messages; owned */
    const char *scratch;
    size_t selected[EXPLORE_BATCH];
    uint64_t seeds[EXPLORE_BATCH];
    struct run_network networks[EXPLORE_BATCH];
    struct forms *forms;
    struct problem fault; /* of the loader */
    void (*begun)(void *owner, uint64_t number);
    void *owner;
    uint64_t first;
};

static void loader_fault(void *owner, const char *text)
{
    struct played *played = owner;
    if (!played->fault.text[0])
        problem_set(&played->fault, "%s", text);
}

bool explore_write(const char *file, struct octets octets, struct problem *problem)
{
    FILE *stream = fopen(file, "w");
    bool good = stream && fwrite(octets.at, 1, octets.count, stream) == octets.count;
    good = stream && fclose(stream) == 0 && good;
    if (!good)
        problem_set(problem, "%s: %s", file, strerror(errno));
    return good;
}

/* A command reads its messages from files. */
static bool write_messages(struct played *played, const struct suite_case *test, size_t index,
                           struct problem *problem)
{
    for (size_t i = 0; i < test->message_count; i++) {
        char **path = &played->paths[index][i];
        if (asprintf(path, "%s/world-%zu-message-%zu.eml", played->scratch, index, i + 1) < 0) {
            *path = NULL;
            problem_set(problem, "no memory");
            return false;
        }
        if (!explore_write(*path, test->messages[i].octets, problem))
            return false;
    }
    return true;
}

static void remove_messages(struct played *played, size_t index)
{
    for (size_t i = 0; i < WORLD_MESSAGES; i++) {
        if (played->paths[index][i])
            unlink(played->paths[index][i]);
        free(played->paths[index][i]);
    }
}

static void played_free(struct played *played)
{
    for (size_t i = 0; i < EXPLORE_BATCH; i++) {
        scenario_set_free(&played->sets[i]);
        remove_messages(played, i);
    }
    scenario_forms_free(played->forms);
    free(played);
}

static bool load_world(struct played *played, const struct world *world, size_t index,
                       struct problem *problem)
{
    struct buf text = BUF_INIT(0);
    char name[40];
    const struct scenario_load_options options = {.root = "",
                                                  .without_messages = true,
                                                  .forms = played->forms,
                                                  .fault = loader_fault,
                                                  .owner = played};
    snprintf(name, sizeof name, "%06zu.json", index);
    played->fault.text[0] = '\0';
    bool good = world_write(world, "drawn", &text) &&
                scenario_load_text(buf_octets(&text), name, &options, &played->sets[index]);
    if (!good)
        problem_set(problem, "a drawn world is no scenario: %s in: %.*s",
                    played->fault.text[0] ? played->fault.text : "no memory", (int)text.count,
                    text.at ? (const char *)text.at : "");
    buf_free(&text);
    if (!good)
        return false;
    struct suite_case *test = &played->cases[index];
    test->scenario = played->sets[index].at[0];
    test->messages = played->messages[index];
    test->message_paths = (const char **)played->paths[index];
    test->message_count = world->message_count;
    for (size_t i = 0; i < world->message_count; i++) {
        played->messages[index][i] =
            (struct check_message){world->messages[i].name, world->messages[i].octets};
    }
    played->selected[index] = index;
    if (played->scratch && !write_messages(played, test, index, problem))
        return false;
    played->seeds[index] = world->seed;
    played->networks[index] = world->network;
    return true;
}

static void case_begun(void *owner, const struct suite_case *test)
{
    struct played *played = owner;
    if (played->begun)
        played->begun(played->owner, played->first + (uint64_t)(test - played->cases));
}

static void keep_text(char to[EXPLORE_TEXT_SIZE], const char *text)
{
    snprintf(to, EXPLORE_TEXT_SIZE, "%s", text ? text : "");
}

static unsigned weight(const struct finding *finding, const char *wanted)
{
    if (finding->verdict != VERDICT_FAIL && finding->verdict != VERDICT_WARN)
        return 0;
    if (wanted && strcmp(finding->requirement, wanted) == 0)
        return 3;
    return finding->verdict == VERDICT_FAIL ? 2 : 1;
}

/* What is wanted before anything else, failures before warnings; the first of them. */
static const struct finding *worst(const struct run_case *result, const char *wanted)
{
    const struct finding *found = NULL;
    for (size_t i = 0; i < result->findings.count; i++) {
        const struct finding *finding = &result->findings.at[i];
        if (weight(finding, wanted) > (found ? weight(found, wanted) : 0))
            found = finding;
    }
    return found;
}

/* A case that an interruption ended has no verdict. */
static void take_finding(struct explore_batch *batch, const struct run_case *result,
                         uint64_t number, const char *wanted)
{
    if (batch->interrupted && result->verdict == VERDICT_ERROR)
        return;
    const struct finding *finding = worst(result, wanted);
    bool bad = finding || result->verdict == VERDICT_ERROR || result->verdict == VERDICT_FAIL;
    if (!bad)
        return;
    struct explore_finding *found = &batch->findings[batch->found++];
    *found = (struct explore_finding){.number = number};
    snprintf(found->key, sizeof found->key, "%s", finding ? finding->requirement : "harness");
    keep_text(found->expected, finding ? finding->expected : "the case can be played");
    keep_text(found->actual, finding ? finding->actual : result->reason);
}

bool explore_play(const struct explore_options *options, const struct world *worlds, size_t count,
                  uint64_t first, const char *wanted, void (*begun)(void *owner, uint64_t number),
                  void *owner, struct explore_batch *batch, struct problem *problem)
{
    struct played *played = calloc(1, sizeof *played);
    struct run_options run = *options->run;
    struct suite suite = *options->suite;
    struct run_results results;
    bool good = played && (played->forms = scenario_forms_new());
    if (!good)
        problem_set(problem, "no memory");
    for (size_t i = 0; good && i < count; i++) {
        played->scratch = options->scratch;
        good = load_world(played, &worlds[i], i, problem);
    }
    if (good) {
        played->begun = begun;
        played->owner = owner;
        played->first = first;
        suite.cases = played->cases;
        suite.case_count = count;
        run.suite = &suite;
        run.selected = played->selected;
        run.selected_count = count;
        run.seeds = played->seeds;
        run.networks = played->networks;
        run.timeout = explore_limit(options, first);
        run.begun = case_begun;
        run.owner = played;
        good = run_suite(&run, &results, problem);
    }
    *batch = (struct explore_batch){.first = first, .count = count};
    if (good) {
        batch->hash = results.transcript_hash;
        batch->interrupted = results.interrupted;
        for (size_t i = 0; i < results.count; i++)
            take_finding(batch, &results.cases[i], first + i, wanted);
        run_results_free(&results);
    }
    if (played)
        played_free(played);
    return good;
}

bool explore_batch(const struct explore_options *options, uint64_t first, size_t count,
                   void (*begun)(void *owner, uint64_t number), void *owner,
                   struct explore_batch *batch, struct problem *problem)
{
    struct world *worlds = calloc(EXPLORE_BATCH, sizeof *worlds);
    struct arena *arena = arena_new();
    const struct world_options draw = explore_world_options(options);
    bool good = worlds && arena;
    for (size_t i = 0; good && i < count; i++)
        good = world_draw(options->run->seed, first + i, &draw, arena, &worlds[i]);
    if (!good)
        problem_set(problem, "no memory");
    good = good && explore_play(options, worlds, count, first, NULL, begun, owner, batch, problem);
    arena_free(arena);
    free(worlds);
    return good;
}
