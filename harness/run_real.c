#include "harness/run_job.h"

#include <stdlib.h>
#include <unistd.h>

#include "harness/accelerate.h"
#include "harness/real_case.h"

/* All cases in one live loop, so many at once. */

/* Starting a command costs more than anything else in a case: no more at a time than the machine
 * can start without making the others late. */
enum { STARTS_PER_CORE = 3 };

struct pool {
    struct real_shared shared;
    struct run_job **order;   /* the jobs, the longest first */
    size_t next;              /* the next of them to look at */
    struct real_case **slots; /* those that are under way; null: free */
    struct run_job **jobs;    /* … and their jobs */
    unsigned slot_count, used;
    unsigned cores;
    char *faketime; /* libfaketime; null: not accelerated */
    struct accelerate_environment environment;
};

static void fill(struct pool *pool);

static void case_over(void *owner, struct real_case *ended, struct run_job *job)
{
    struct pool *pool = owner;
    for (unsigned i = 0; i < pool->slot_count; i++) {
        if (pool->slots[i] == ended) {
            pool->slots[i] = NULL;
            pool->used--;
        }
    }
    run_job_played(pool->shared.run, job);
    fill(pool);
}

static void start(struct pool *pool, struct run_job *job)
{
    const struct real_case_options options = {.shared = &pool->shared,
                                              .job = job,
                                              .number = pool->next,
                                              .over = case_over,
                                              .owner = pool};
    run_job_begun(pool->shared.run, job);
    struct real_case *playing = real_case_start(&options);
    if (!playing) {
        run_job_played(pool->shared.run, job);
        return;
    }
    for (unsigned i = 0; i < pool->slot_count; i++) {
        if (!pool->slots[i]) {
            pool->slots[i] = playing;
            pool->jobs[i] = job;
            pool->used++;
            break;
        }
    }
}

static unsigned starting(const struct pool *pool)
{
    unsigned count = 0;
    for (unsigned i = 0; i < pool->slot_count; i++)
        count += pool->slots[i] && real_case_starting(pool->slots[i]);
    return count;
}

/* What is to be played again is played when all else is done, and few at a time. */
static bool begin_another_round(struct pool *pool)
{
    struct run *run = pool->shared.run;
    for (size_t i = 0; i < run->job_count; i++) {
        if (!run_job_open(&run->jobs[i]))
            continue;
        pool->next = 0;
        if (pool->slot_count > pool->cores)
            pool->slot_count = pool->cores;
        return true;
    }
    return false;
}

static void fill(struct pool *pool)
{
    struct run *run = pool->shared.run;
    do {
        while (pool->next < run->job_count && pool->used < pool->slot_count &&
               starting(pool) < STARTS_PER_CORE * pool->cores) {
            struct run_job *job = pool->order[pool->next++];
            if (run_job_open(job))
                start(pool, job);
        }
    } while (pool->used == 0 && pool->next >= run->job_count && begin_another_round(pool));
    if (pool->used == 0)
        loop_stop(pool->shared.loop);
}

/* What the cases under way timed is as late as the harness. And is there room to start more? */
static void pulsed(void *owner, usec late)
{
    struct pool *pool = owner;
    for (unsigned i = 0; i < pool->slot_count; i++)
        if (pool->slots[i] && late > pool->jobs[i]->late)
            pool->jobs[i]->late = late;
    fill(pool);
}

/* How long a case may take, roughly, in limits: what waits for a limit, and what makes a sender
 * connect again and again, is best begun early. */
static unsigned length_of(const struct run_job *job)
{
    const struct scenario *scenario = job->scenario;
    unsigned length = scenario->expect.has_gives_up ? 2 : 0;
    for (size_t i = 0; i < scenario->rule_count; i++) {
        const struct rule *rule = &scenario->rules[i];
        const struct action *action = &rule->action;
        bool again = action->close != SCENARIO_KEEP_OPEN || action->refuse != SCENARIO_ANSWER ||
                     (action->has_reply && action->reply.code == 421);
        if (again)
            length += rule->times == 0 && rule->connections.count == 0 ? 4 : 1;
        length += action->delay.kind != DELAY_NONE || action->dribble_octets > 0 ||
                  rule->stages == 1u << STAGE_IDLE;
    }
    return length;
}

static int by_length(const void *a, const void *b)
{
    const struct run_job *one = *(struct run_job *const *)a, *other = *(struct run_job *const *)b;
    unsigned long_one = length_of(one), long_other = length_of(other);
    if (long_one != long_other)
        return long_one < long_other ? 1 : -1;
    return one < other ? -1 : one > other;
}

static bool put_in_order(struct pool *pool)
{
    struct run *run = pool->shared.run;
    pool->order = calloc(run->job_count + 1, sizeof(struct run_job *));
    if (!pool->order)
        return false;
    for (size_t i = 0; i < run->job_count; i++)
        pool->order[i] = &run->jobs[i];
    qsort(pool->order, run->job_count, sizeof(struct run_job *), by_length);
    return true;
}

extern char **environ;

/* Adds what accelerates to the commands' environment. */
static bool prepare_environment(struct pool *pool, struct problem *problem)
{
    const struct run_options *options = pool->shared.run->options;
    const struct run_profile *profile = &options->profile;
    if (options->accelerate <= 0 || options->accelerate == 1)
        return true;
    pool->faketime = accelerate_library(problem);
    if (!pool->faketime || !accelerate_reaches(pool->shared.program, pool->faketime, problem))
        return false;
    if (!accelerate_environment_make(&pool->environment, pool->faketime, options->accelerate,
                                     profile->environment, profile->environment_count, environ)) {
        problem_set(problem, "no memory");
        return false;
    }
    pool->shared.environment = pool->environment.at;
    pool->shared.environment_count = pool->environment.count;
    return true;
}

static bool prepare(struct pool *pool, struct problem *problem)
{
    const struct run_options *options = pool->shared.run->options;
    if (!real_shared_open(&pool->shared, pool->shared.run, pulsed, pool, problem))
        return false;
    pool->shared.program = sut_find_program(options->command[0], problem);
    if (!pool->shared.program || !prepare_environment(pool, problem))
        return false;
    pool->slot_count = options->jobs > 0 ? options->jobs : 1;
    pool->slots = calloc(pool->slot_count, sizeof(struct real_case *));
    pool->jobs = calloc(pool->slot_count, sizeof(struct run_job *));
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    pool->cores = cores > 0 ? (unsigned)cores : 1;
    if (!pool->slots || !pool->jobs || !put_in_order(pool)) {
        problem_set(problem, "no memory for %u cases at once", pool->slot_count);
        return false;
    }
    return true;
}

/* What is still under way after an interruption ends as it stands. */
static void abort_all(struct pool *pool)
{
    for (unsigned i = 0; pool->slots && i < pool->slot_count; i++) {
        if (!pool->slots[i])
            continue;
        real_case_abort(pool->slots[i], "interrupted");
        pool->slots[i] = NULL;
        run_job_played(pool->shared.run, pool->jobs[i]);
    }
}

static void clear(struct pool *pool)
{
    real_shared_close(&pool->shared);
    free(pool->slots);
    free(pool->jobs);
    free(pool->order);
    free(pool->faketime);
    accelerate_environment_free(&pool->environment);
}

bool run_real(struct run *run, struct problem *problem)
{
    struct pool pool = {.shared = {.run = run}};
    bool could = prepare(&pool, problem);
    if (could) {
        fill(&pool);
        if (pool.used > 0)
            loop_run(pool.shared.loop);
        abort_all(&pool);
    }
    clear(&pool);
    return could;
}
