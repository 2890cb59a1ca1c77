#include "harness/run_job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "harness/accelerate.h"
#include "harness/real_case.h"

/* All cases in one live loop, so many at once. */

/* The kernel walks all of its sockets for each look, which takes milliseconds: no oftener than the
 * limit that is judged by it wants, a twentieth of it. */
#define LOOK_LEAST (20 * USEC_PER_MSEC)
#define LOOK_MOST  (100 * USEC_PER_MSEC)
enum { LOOKS_PER_LIMIT = 20 };
enum { TABLE_SIZE = 4 * 1024 * 1024 };

/* How often the harness looks whether it is late itself. */
#define PULSE (20 * USEC_PER_MSEC)

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
    int signals;
    struct loop_watch signal_watch;
    unsigned cores;
    struct timer pulse;
    usec pulse_due;
    struct timer look;
    char *table;    /* TABLE_SIZE */
    char *faketime; /* libfaketime; null: not accelerated */
    struct accelerate_environment environment;
};

static void fill(struct pool *pool);
static void wants_looks(void *owner);

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
                                              .wants_looks = wants_looks,
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

/* Was the harness late? Then so was everything that the cases under way timed. And is there room to
 * start more? */
static void pulse(struct timer *timer)
{
    struct pool *pool = OWNER_OF(timer, struct pool, pulse);
    usec now = loop_now(pool->shared.loop), late = now - pool->pulse_due;
    struct run_results *results = pool->shared.run->results;
    if (late > results->latest)
        results->latest = late;
    for (unsigned i = 0; i < pool->slot_count; i++)
        if (pool->slots[i] && late > pool->jobs[i]->late)
            pool->jobs[i]->late = late;
    pool->pulse_due = now + PULSE;
    loop_timer_set(pool->shared.loop, timer, pool->pulse_due);
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

static void interrupted(struct loop_watch *watch)
{
    struct pool *pool = OWNER_OF(watch, struct pool, signal_watch);
    struct signalfd_siginfo info;
    if (read(pool->signals, &info, sizeof info) != (ssize_t)sizeof info)
        return;
    pool->shared.run->results->interrupted = true;
    loop_stop(pool->shared.loop);
}

static void read_table(const char *name, char *at)
{
    size_t count = 0;
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && count < TABLE_SIZE - 1) {
        ssize_t more = read(fd, at + count, TABLE_SIZE - 1 - count);
        if (more <= 0)
            break;
        count += (size_t)more;
    }
    at[count] = '\0';
    if (fd >= 0)
        close(fd);
}

static void show(struct pool *pool, const char *name, bool *all_found)
{
    *all_found = true;
    read_table(name, pool->table);
    for (unsigned i = 0; i < pool->slot_count; i++)
        if (pool->slots[i] && real_case_blind(pool->slots[i]) &&
            !real_case_found(pool->slots[i], pool->table))
            *all_found = false;
}

/* Looks at the sockets for the cases whose centre is blind; stops where none is. */
static void look(struct timer *timer)
{
    struct pool *pool = OWNER_OF(timer, struct pool, look);
    bool wanted = false, all_found;
    for (unsigned i = 0; i < pool->slot_count; i++) {
        if (pool->slots[i] && real_case_blind(pool->slots[i])) {
            real_case_look(pool->slots[i]);
            wanted = true;
        }
    }
    if (!wanted)
        return;
    show(pool, "/proc/net/tcp", &all_found);
    if (!all_found)
        show(pool, "/proc/net/tcp6", &all_found);
    for (unsigned i = 0; i < pool->slot_count; i++)
        if (pool->slots[i] && real_case_blind(pool->slots[i]))
            real_case_looked(pool->slots[i]);
    usec every = run_limit(pool->shared.run->options) / LOOKS_PER_LIMIT;
    every = every < LOOK_LEAST ? LOOK_LEAST : every > LOOK_MOST ? LOOK_MOST : every;
    loop_timer_set(pool->shared.loop, timer, loop_now(pool->shared.loop) + every);
}

static void wants_looks(void *owner)
{
    struct pool *pool = owner;
    if (!timer_is_set(&pool->look))
        loop_timer_set(pool->shared.loop, &pool->look, loop_now(pool->shared.loop));
}

static bool watch_signals(struct pool *pool, struct problem *problem)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    pool->signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    pool->signal_watch.ready = interrupted;
    if (pool->signals < 0) {
        problem_set(problem, "cannot watch for signals: %s", strerror(errno));
        return false;
    }
    return loop_watch_start(pool->shared.loop, &pool->signal_watch, pool->signals, problem);
}

static bool make_folder(struct pool *pool, struct problem *problem)
{
    const char *parent = getenv("TMPDIR");
    char *folder = NULL;
    if (asprintf(&folder, "%s/naccs-harness.XXXXXX", parent && *parent ? parent : "/tmp") < 0) {
        problem_set(problem, "no memory");
        return false;
    }
    if (!mkdtemp(folder)) {
        problem_set(problem, "%s: cannot make a temporary folder: %s", folder, strerror(errno));
        free(folder);
        return false;
    }
    pool->shared.folder = folder;
    return true;
}

extern char **environ;

/* What the commands' environment holds beyond the NACCS_* names. */
static bool prepare_environment(struct pool *pool, struct problem *problem)
{
    const struct run_options *options = pool->shared.run->options;
    const struct run_profile *profile = &options->profile;
    pool->shared.environment = profile->environment;
    pool->shared.environment_count = profile->environment_count;
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
    pool->shared.program = sut_find_program(options->command[0], problem);
    if (!pool->shared.program || !prepare_environment(pool, problem) || !make_folder(pool, problem))
        return false;
    pool->slot_count = options->jobs > 0 ? options->jobs : 1;
    pool->slots = calloc(pool->slot_count, sizeof(struct real_case *));
    pool->jobs = calloc(pool->slot_count, sizeof(struct run_job *));
    pool->table = malloc(TABLE_SIZE);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    pool->cores = cores > 0 ? (unsigned)cores : 1;
    if (!pool->slots || !pool->jobs || !pool->table || !put_in_order(pool)) {
        problem_set(problem, "no memory for %u cases at once", pool->slot_count);
        return false;
    }
    pool->shared.loop = loop_live_new(problem);
    if (!pool->shared.loop)
        return false;
    pool->shared.host = sut_host_new(pool->shared.loop, problem);
    if (!pool->shared.host)
        return false;
    sut_raise_descriptors(pool->shared.host);
    return watch_signals(pool, problem);
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
    if (pool->shared.loop) {
        loop_timer_cancel(pool->shared.loop, &pool->look);
        loop_timer_cancel(pool->shared.loop, &pool->pulse);
        loop_watch_stop(pool->shared.loop, &pool->signal_watch);
    }
    if (pool->signals >= 0)
        close(pool->signals);
    sut_host_free(pool->shared.host);
    if (pool->shared.loop)
        loop_free(pool->shared.loop);
    if (pool->shared.folder)
        rmdir(pool->shared.folder);
    free(pool->shared.folder);
    free(pool->shared.program);
    free(pool->slots);
    free(pool->jobs);
    free(pool->table);
    free(pool->order);
    free(pool->faketime);
    accelerate_environment_free(&pool->environment);
}

bool run_real(struct run *run, struct problem *problem)
{
    struct pool pool = {.shared = {.run = run}, .signals = -1};
    timer_init(&pool.look, look);
    timer_init(&pool.pulse, pulse);
    bool could = prepare(&pool, problem);
    if (could) {
        pool.pulse_due = loop_now(pool.shared.loop) + PULSE;
        could = loop_timer_set(pool.shared.loop, &pool.pulse, pool.pulse_due);
        fill(&pool);
        if (pool.used > 0)
            loop_run(pool.shared.loop);
        abort_all(&pool);
    }
    clear(&pool);
    return could;
}
