#include "harness/explore_private.h"
#include "harness/run_job.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/stopwatch.h"

/* Processes that explore: each takes every n-th batch, and writes what it found into a pipe. One
 * that crashes, or gets stuck in a world, costs that world alone: another goes on behind it. */

enum { WORKERS_MOST = 64, STUCK_SECONDS = 60, WARM_BATCHES = 5 };

/* What the C library keeps for later use comes and goes; beyond that it is a leak. */
static const size_t memory_slack = 256 * 1024;

/* What a worker says. */
enum saying { SAYING_FINDING, SAYING_BATCH, SAYING_FAULT };

struct message {
    enum saying saying;
    uint64_t count, hash; /* of a batch */
    uint64_t first;
    bool interrupted;
    struct explore_finding finding;
    struct problem problem;
};

/* Seen by both: how far a worker is. */
struct desk {
    uint64_t number; /* of the world that it plays */
    uint64_t batch;  /* first world of its batch */
};

struct worker {
    pid_t process;
    int pipe;
    uint64_t next; /* first world of its next batch, once it has to be started anew */
    uint64_t seen; /* of the world that it was at when it was looked at … */
    usec since;    /* … and since when */
    bool over;
};

struct crew {
    const struct explore_options *options;
    struct explore_results *results;
    struct worker workers[WORKERS_MOST];
    struct desk *desks; /* shared memory, one for each worker */
    unsigned count;
    struct stopwatch *stopwatch;
    struct explore_finding *found;
    size_t found_count, found_room;
    bool stopping;
    bool failed;
    struct problem problem;
};

static bool write_all(int fd, const struct message *message)
{
    const char *at = (const char *)message;
    size_t left = sizeof *message;
    while (left > 0) {
        ssize_t wrote = write(fd, at, left);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        at += wrote;
        left -= (size_t)wrote;
    }
    return true;
}

static void world_begun(void *owner, uint64_t number)
{
    __atomic_store_n(&((struct desk *)owner)->number, number, __ATOMIC_RELAXED);
}

/* Octets of memory that are in use. */
static size_t memory_in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static int descriptors_in_use(void)
{
    int first = dup(STDIN_FILENO);
    if (first >= 0)
        close(first);
    return first;
}

static bool say_batch(int fd, const struct explore_batch *batch)
{
    struct message message = {.saying = SAYING_BATCH,
                              .count = batch->count,
                              .first = batch->first,
                              .hash = batch->hash,
                              .interrupted = batch->interrupted};
    bool good = true;
    for (size_t i = 0; good && i < batch->found; i++) {
        const struct message finding = {.saying = SAYING_FINDING, .finding = batch->findings[i]};
        good = write_all(fd, &finding);
    }
    return good && write_all(fd, &message);
}

static bool say_leak(int fd, uint64_t number, const char *what, size_t before, size_t after)
{
    struct message message = {.saying = SAYING_FINDING, .finding = {.number = number}};
    struct explore_finding *finding = &message.finding;
    snprintf(finding->key, sizeof finding->key, "memory");
    snprintf(finding->expected, sizeof finding->expected, "all that a run takes is given back");
    snprintf(finding->actual, sizeof finding->actual, "%s: %zu before, %zu behind this batch", what,
             before, after);
    return write_all(fd, &message);
}

/* The first batches fill what is kept for good: buffers of the C library's own. */
static int work(const struct crew *crew, uint64_t first, struct desk *desk, int fd)
{
    const struct explore_options *options = crew->options;
    struct explore_batch *batch = malloc(sizeof *batch);
    struct problem problem = {"no memory"};
    size_t memory = 0;
    unsigned batches = 0;
    for (uint64_t at = first; batch && at < options->runs; at += EXPLORE_BATCH * crew->count) {
        uint64_t left = options->runs - at;
        int descriptors = descriptors_in_use();
        desk->batch = at;
        if (!explore_batch(options, at, left < EXPLORE_BATCH ? (size_t)left : EXPLORE_BATCH,
                           world_begun, desk, batch, &problem)) {
            struct message message = {.saying = SAYING_FAULT, .first = at, .problem = problem};
            return write_all(fd, &message) ? 0 : 1;
        }
        if (++batches == WARM_BATCHES)
            memory = memory_in_use();
        if (batches > WARM_BATCHES && memory_in_use() > memory + memory_slack) {
            say_leak(fd, at, "octets in use", memory, memory_in_use());
            memory = memory_in_use();
        }
        if (descriptors_in_use() != descriptors)
            say_leak(fd, at, "the first free descriptor", (size_t)descriptors,
                     (size_t)descriptors_in_use());
        if (!say_batch(fd, batch))
            return 1;
        if (batch->interrupted)
            break;
    }
    free(batch);
    return 0;
}

static bool start(struct crew *crew, unsigned index)
{
    struct worker *worker = &crew->workers[index];
    int ends[2];
    if (pipe(ends) != 0) {
        problem_set(&crew->problem, "no pipe: %s", strerror(errno));
        return false;
    }
    fflush(NULL);
    crew->desks[index] = (struct desk){worker->next, worker->next};
    worker->process = fork();
    if (worker->process == 0) {
        close(ends[0]);
        _exit(work(crew, worker->next, &crew->desks[index], ends[1]));
    }
    close(ends[1]);
    if (worker->process < 0) {
        problem_set(&crew->problem, "no process: %s", strerror(errno));
        close(ends[0]);
        return false;
    }
    worker->pipe = ends[0];
    worker->since = stopwatch_now(crew->stopwatch);
    worker->over = false;
    return true;
}

static void keep_finding(struct crew *crew, const struct explore_finding *finding)
{
    crew->results->found++;
    if (crew->found_count == crew->found_room) {
        size_t room = crew->found_room ? 2 * crew->found_room : 16;
        struct explore_finding *more = realloc(crew->found, room * sizeof *more);
        if (!more)
            return;
        crew->found = more;
        crew->found_room = room;
    }
    crew->found[crew->found_count++] = *finding;
}

/* What a world does to the process that plays it. */
static void keep_end(struct crew *crew, unsigned index, const char *key, const char *actual)
{
    struct explore_finding finding = {.number = crew->desks[index].number};
    snprintf(finding.key, sizeof finding.key, "%s", key);
    snprintf(finding.expected, sizeof finding.expected, "the run comes to its end");
    snprintf(finding.actual, sizeof finding.actual, "%s", actual);
    keep_finding(crew, &finding);
    crew->workers[index].next = crew->desks[index].batch + EXPLORE_BATCH * crew->count;
}

/* The worker's process has ended, or was stuck and is killed. True where another has to go on. */
static bool ended(struct crew *crew, unsigned index, bool stuck)
{
    struct worker *worker = &crew->workers[index];
    int status = 0;
    char words[80];
    if (stuck)
        kill(worker->process, SIGKILL);
    close(worker->pipe);
    while (waitpid(worker->process, &status, 0) < 0 && errno == EINTR)
        continue;
    worker->over = true;
    if (stuck) {
        snprintf(words, sizeof words, "it was still going on after %d s", STUCK_SECONDS);
        keep_end(crew, index, "hang", words);
    } else if (WIFSIGNALED(status) && !crew->stopping) {
        snprintf(words, sizeof words, "the process was ended by signal %d", WTERMSIG(status));
        keep_end(crew, index, "crash", words);
    } else {
        return false;
    }
    return worker->next < crew->options->runs && !crew->stopping;
}

static uint64_t mixed(uint64_t hash, uint64_t number)
{
    uint64_t z = hash ^ (number + 1) * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    return z ^ (z >> 31);
}

static void take(struct crew *crew, const struct message *message)
{
    switch (message->saying) {
    case SAYING_FINDING:
        keep_finding(crew, &message->finding);
        break;
    case SAYING_BATCH:
        crew->results->runs += message->count;
        /* Added up, so that the order in which batches end says nothing. */
        crew->results->hash += mixed(message->hash, message->first);
        crew->results->interrupted |= message->interrupted;
        crew->stopping |= message->interrupted;
        break;
    case SAYING_FAULT:
        crew->failed = true;
        crew->problem = message->problem;
        break;
    }
}

/* One message, whole. False at the end. */
static bool read_message(int fd, struct message *message)
{
    char *at = (char *)message;
    size_t have = 0;
    while (have < sizeof *message) {
        ssize_t got = read(fd, at + have, sizeof *message - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        have += (size_t)got;
    }
    return true;
}

static void stop_all(struct crew *crew)
{
    for (unsigned i = 0; i < crew->count; i++)
        if (!crew->workers[i].over)
            kill(crew->workers[i].process, SIGTERM);
    crew->stopping = true;
}

static bool is_stuck(struct crew *crew, unsigned index)
{
    struct worker *worker = &crew->workers[index];
    uint64_t number = __atomic_load_n(&crew->desks[index].number, __ATOMIC_RELAXED);
    usec now = stopwatch_now(crew->stopwatch);
    if (number != worker->seen) {
        worker->seen = number;
        worker->since = now;
    }
    return now - worker->since > STUCK_SECONDS * USEC_PER_SEC;
}

/* What one worker has to say, or that it has nothing to say any more. */
static void attend(struct crew *crew, unsigned index, bool ready)
{
    struct message message;
    bool stuck = !ready && is_stuck(crew, index);
    if (ready && read_message(crew->workers[index].pipe, &message))
        take(crew, &message);
    else if ((ready || stuck) && ended(crew, index, stuck) && !start(crew, index))
        crew->failed = true;
}

static bool has_to_stop(struct crew *crew)
{
    const struct explore_options *options = crew->options;
    crew->results->interrupted |= run_interrupted();
    return crew->failed || crew->results->interrupted ||
           (options->time > 0 && stopwatch_now(crew->stopwatch) > options->time);
}

static void supervise(struct crew *crew)
{
    struct pollfd polled[WORKERS_MOST];
    for (;;) {
        bool any = false;
        for (unsigned i = 0; i < crew->count; i++) {
            bool over = crew->workers[i].over;
            polled[i] = (struct pollfd){over ? -1 : crew->workers[i].pipe, POLLIN, 0};
            any |= !over;
        }
        if (!any)
            return;
        if (poll(polled, crew->count, 200) < 0)
            continue;
        if (!crew->stopping && has_to_stop(crew))
            stop_all(crew);
        for (unsigned i = 0; i < crew->count; i++)
            if (!crew->workers[i].over)
                attend(crew, i, polled[i].revents != 0);
    }
}

static int by_number(const void *a, const void *b)
{
    const struct explore_finding *left = a, *right = b;
    return left->number < right->number ? -1 : left->number > right->number;
}

bool explore_by_workers(const struct explore_options *options, struct explore_results *results,
                        void (*found)(void *owner, const struct explore_finding *finding),
                        void *owner, struct problem *problem)
{
    struct crew crew = {.options = options, .results = results, .problem = {"no memory"}};
    uint64_t batches = (options->runs + EXPLORE_BATCH - 1) / EXPLORE_BATCH;
    crew.count = options->workers < WORKERS_MOST ? options->workers : WORKERS_MOST;
    if (crew.count > batches)
        crew.count = (unsigned)batches;
    crew.desks = mmap(NULL, WORKERS_MOST * sizeof *crew.desks, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    crew.stopwatch = stopwatch_new(&crew.problem);
    crew.failed = crew.desks == MAP_FAILED || !crew.stopwatch;
    sigset_t wanted, kept;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    sigprocmask(SIG_BLOCK, &wanted, &kept);
    for (unsigned i = 0; i < crew.count; i++)
        crew.workers[i] = (struct worker){.next = (uint64_t)i * EXPLORE_BATCH, .over = true};
    for (unsigned i = 0; !crew.failed && i < crew.count; i++)
        crew.failed = !start(&crew, i);
    supervise(&crew);
    sigprocmask(SIG_SETMASK, &kept, NULL);
    if (crew.found_count > 0)
        qsort(crew.found, crew.found_count, sizeof *crew.found, by_number);
    for (size_t i = 0; i < crew.found_count; i++)
        found(owner, &crew.found[i]);
    if (crew.failed)
        *problem = crew.problem;
    free(crew.found);
    if (crew.desks != MAP_FAILED)
        munmap(crew.desks, WORKERS_MOST * sizeof *crew.desks);
    stopwatch_free(crew.stopwatch);
    return !crew.failed;
}

/* In the child: plays, says what was found, and is gone. */
static void play_apart(const struct explore_options *options, const struct world *world,
                       uint64_t number, const char *wanted, int fd)
{
    struct problem problem;
    struct explore_batch *batch = malloc(sizeof *batch);
    if (!batch || !explore_play(options, world, 1, number, wanted, NULL, NULL, batch, &problem))
        _exit(1);
    if (batch->found > 0) {
        const struct message message = {.saying = SAYING_FINDING, .finding = batch->findings[0]};
        _exit(write_all(fd, &message) ? 0 : 1);
    }
    _exit(0);
}

bool explore_apart(const struct explore_options *options, const struct world *world,
                   uint64_t number, const char *wanted, struct explore_finding *finding)
{
    struct message message;
    int ends[2], status = 0;
    if (pipe(ends) != 0)
        return false;
    fflush(NULL);
    pid_t process = fork();
    if (process == 0)
        play_apart(options, world, number, wanted, ends[1]);
    close(ends[1]);
    struct pollfd polled = {ends[0], POLLIN, 0};
    bool stuck = process > 0 && poll(&polled, 1, STUCK_SECONDS * 1000) == 0;
    if (stuck)
        kill(process, SIGKILL);
    bool found = process > 0 && !stuck && read_message(ends[0], &message);
    close(ends[0]);
    while (process > 0 && waitpid(process, &status, 0) < 0 && errno == EINTR)
        continue;
    bool crashed = !stuck && process > 0 && WIFSIGNALED(status);
    if (found)
        *finding = message.finding;
    else if (stuck || crashed)
        *finding = (struct explore_finding){.number = number};
    if (stuck || crashed) {
        snprintf(finding->key, sizeof finding->key, "%s", stuck ? "hang" : "crash");
        snprintf(finding->expected, sizeof finding->expected, "the run comes to its end");
        snprintf(finding->actual, sizeof finding->actual,
                 stuck ? "it was still going on" : "the process was ended by a signal");
    }
    return found || stuck || crashed;
}
