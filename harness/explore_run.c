#include "harness/explore_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/stopwatch.h"

/* All of an exploration: the worlds, then what was found in them. */

enum { WORLDS_OF_KEY = 5 };

/* A requirement, or another trouble, and what was found of it. */
struct told {
    struct explore_finding first;
    unsigned worlds; /* that were tried, in none of which it was seen again … */
    bool told;       /* … or in the last of which it was */
};

struct telling {
    const struct explore_options *options;
    struct told *keys;
    unsigned key_count;
    bool interrupted; /* nothing is tried any more */
    bool failed;
    struct problem problem;
};

static struct told *told_of(struct telling *telling, const struct explore_finding *finding)
{
    for (unsigned i = 0; i < telling->key_count; i++)
        if (strcmp(telling->keys[i].first.key, finding->key) == 0)
            return &telling->keys[i];
    if (telling->key_count == telling->options->found_most)
        return NULL;
    struct told *told = &telling->keys[telling->key_count++];
    *told = (struct told){.first = *finding};
    return told;
}

static void tell(struct telling *telling, struct told *told, const struct explore_finding *finding,
                 enum explore_how how)
{
    enum explore_told came_of_it = explore_tell(telling->options, finding, how, &telling->problem);
    told->worlds++;
    told->told = came_of_it == EXPLORE_TOLD || came_of_it == EXPLORE_TOLD_INTERRUPTED;
    telling->failed = came_of_it == EXPLORE_FAILED;
    telling->interrupted |=
        came_of_it == EXPLORE_INTERRUPTED || came_of_it == EXPLORE_TOLD_INTERRUPTED;
}

/* Of findings with one key one is told, the others are like it: the first whose world shows it
 * again. */
static void found(void *owner, const struct explore_finding *finding)
{
    struct telling *telling = owner;
    struct told *told = told_of(telling, finding);
    if (told && !told->told && told->worlds < WORLDS_OF_KEY && !telling->failed &&
        !telling->interrupted)
        tell(telling, told, finding, EXPLORE_TRY);
}

/* What no world showed again, or could before the interruption, is told behind the rest. */
static void tell_seen_once(struct telling *telling)
{
    for (unsigned i = 0; i < telling->key_count && !telling->failed; i++)
        if (!telling->keys[i].told)
            tell(telling, &telling->keys[i], &telling->keys[i].first,
                 telling->interrupted ? EXPLORE_AS_DRAWN : EXPLORE_NOT_SEEN_AGAIN);
}

/* A command's worlds, in real time, as many at once as jobs are allowed. */
static bool explore_real(const struct explore_options *options, struct explore_results *results,
                         struct telling *telling, struct problem *problem)
{
    struct explore_batch *batch = malloc(sizeof *batch);
    struct stopwatch *stopwatch = stopwatch_new(problem);
    bool good = batch && stopwatch;
    for (uint64_t at = 0; good && at < options->runs && !results->interrupted;
         at += EXPLORE_BATCH) {
        uint64_t left = options->runs - at;
        if (options->time > 0 && stopwatch_now(stopwatch) > options->time)
            break;
        good = explore_batch(options, at, left < EXPLORE_BATCH ? (size_t)left : EXPLORE_BATCH, NULL,
                             NULL, batch, problem);
        if (!good)
            break;
        results->runs += batch->count;
        results->found += batch->found;
        results->interrupted = batch->interrupted;
        telling->interrupted |= batch->interrupted;
        for (size_t i = 0; i < batch->found; i++)
            found(telling, &batch->findings[i]);
        results->interrupted |= telling->interrupted;
    }
    if (!batch)
        problem_set(problem, "no memory");
    stopwatch_free(stopwatch);
    free(batch);
    return good;
}

/* One world, here: a debugger can follow. */
static bool explore_one(const struct explore_options *options, struct explore_results *results,
                        struct telling *telling, struct problem *problem)
{
    struct explore_batch *batch = malloc(sizeof *batch);
    if (!batch) {
        problem_set(problem, "no memory");
        return false;
    }
    bool good = explore_batch(options, options->number, 1, NULL, NULL, batch, problem);
    if (good) {
        results->runs = 1;
        results->found = batch->found;
        results->hash = batch->hash;
        results->interrupted = batch->interrupted;
        telling->interrupted = batch->interrupted;
        if (batch->found > 0)
            found(telling, &batch->findings[0]);
    }
    free(batch);
    return good;
}

bool explore(const struct explore_options *options, struct explore_results *results,
             struct problem *problem)
{
    struct telling telling = {.options = options,
                              .keys = calloc(options->found_most + 1, sizeof *telling.keys)};
    *results = (struct explore_results){0};
    if (!telling.keys) {
        problem_set(problem, "no memory");
        return false;
    }
    struct explore_options placed = *options;
    char scratch[] = "/tmp/naccs-explore-XXXXXX";
    bool real = run_mode(options->run) != RUN_VIRTUAL, good;
    if (real && !mkdtemp(scratch)) {
        problem_set(problem, "%s: %s", scratch, strerror(errno));
        free(telling.keys);
        return false;
    }
    placed.scratch = real ? scratch : NULL;
    options = telling.options = &placed;
    if (options->one)
        good = explore_one(options, results, &telling, problem);
    else if (!real)
        good = explore_by_workers(options, results, found, &telling, problem);
    else
        good = explore_real(options, results, &telling, problem);
    if (good)
        tell_seen_once(&telling);
    results->interrupted |= telling.interrupted;
    if (good && telling.failed) {
        *problem = telling.problem;
        good = false;
    }
    if (real)
        rmdir(scratch);
    free(telling.keys);
    return good;
}
