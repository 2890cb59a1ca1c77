#include "mockserver/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    RULES_MOST = 4096,
    GENERATIONS =
        16, /* scenarios whose counts are kept: sessions may be under way that began long ago */
    EXIT_BROKEN = 3,
};

/* What all processes see. */
struct memory {
    _Atomic uint32_t generation; /* how often a scenario was read again */
    _Atomic uint32_t connections;
    _Atomic uint64_t kept;
    _Alignas(struct play_counts) unsigned char counts[];
};

struct workers {
    struct memory *memory;
    struct centre_shared shared;
    uint32_t count, running;
    pid_t first;  /* process */
    int ready[2]; /* a pipe; -1: closed */
    struct loop *loop;
    struct loop_watch signals;
    const struct workers_options *options;
    bool stopping;
    int status;
    pid_t pids[]; /* 0: it has ended */
};

static size_t memory_size(void)
{
    return sizeof(struct memory) + GENERATIONS * play_counts_size(RULES_MOST);
}

static struct play_counts *counts_of(struct memory *memory, uint32_t generation)
{
    size_t place = generation % GENERATIONS * play_counts_size(RULES_MOST);
    return (struct play_counts *)(void *)(memory->counts + place);
}

static struct play_counts *counts_now(void *owner)
{
    struct workers *workers = owner;
    return counts_of(workers->memory, workers->memory->generation);
}

struct workers *workers_new(uint32_t count, struct problem *problem)
{
    struct workers *workers = calloc(1, sizeof *workers + count * sizeof *workers->pids);
    void *memory = mmap(NULL, memory_size(), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (!workers || memory == MAP_FAILED) {
        problem_set(problem, "no memory for the workers");
        if (memory != MAP_FAILED)
            munmap(memory, memory_size());
        free(workers);
        return NULL;
    }
    workers->memory = memory;
    workers->shared = (struct centre_shared){&workers->memory->connections, counts_now, workers};
    workers->count = count;
    workers->ready[0] = workers->ready[1] = -1;
    return workers;
}

static void kill_all(const struct workers *workers, int number)
{
    for (uint32_t i = 0; i < workers->count; i++)
        if (workers->pids[i] > 0)
            kill(workers->pids[i], number);
}

static void close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

void workers_free(struct workers *workers)
{
    if (!workers)
        return;
    kill_all(workers, SIGKILL);
    for (uint32_t i = 0; i < workers->count; i++)
        while (workers->pids[i] > 0 && waitpid(workers->pids[i], NULL, 0) < 0 && errno == EINTR)
            ;
    close_end(&workers->ready[0]);
    close_end(&workers->ready[1]);
    munmap(workers->memory, memory_size());
    free(workers);
}

bool workers_can_play(const struct scenario *scenario, struct problem *problem)
{
    for (size_t i = 0; i < scenario->rule_count; i++) {
        if (scenario->rules[i].action.refuse != SCENARIO_ANSWER) {
            problem_set(problem,
                        "--workers: rule %zu refuses connects, which one process alone can", i + 1);
            return false;
        }
    }
    if (scenario->rule_count <= RULES_MOST)
        return true;
    problem_set(problem, "--workers: %zu rules, expected %d at most", scenario->rule_count,
                RULES_MOST);
    return false;
}

static void nobody_accepts(void *owner, struct conn *conn, const struct endpoint *peer)
{
    (void)owner, (void)peer;
    conn_close(conn, CONN_CLOSE_RESET);
}

/* Processes that may share a port would not notice another server that has it: so it is bound once
 * without sharing. */
bool workers_find_port(struct endpoint *endpoint, struct problem *problem)
{
    struct loop *loop = loop_live_new(problem);
    const struct listener_options options = {.endpoint = *endpoint, .accepted = nobody_accepts};
    struct listener *listener = loop ? listener_open(loop, &options, problem) : NULL;
    if (listener) {
        *endpoint = *listener_endpoint(listener);
        listener_close(listener);
    }
    loop_free(loop);
    return listener != NULL;
}

static void signals_of(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGCHLD);
}

bool workers_follow(const struct workers *workers)
{
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
        return false;
    if (getppid() != workers->first)
        kill(getpid(), SIGTERM); /* it is gone already */
    return true;
}

/* Its siblings are none of its business; and what a terminal sends, the first process passes on. */
static void become_worker(struct workers *workers)
{
    setpgid(0, 0);
    workers_follow(workers);
    for (uint32_t i = 0; i < workers->count; i++)
        workers->pids[i] = 0;
    close_end(&workers->ready[0]);
}

bool workers_start(struct workers *workers, bool *is_worker, struct problem *problem)
{
    sigset_t set;
    signals_of(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    *is_worker = false;
    if (pipe2(workers->ready, O_CLOEXEC) != 0) {
        problem_set(problem, "no pipe for the workers: %s", strerror(errno));
        return false;
    }
    workers->first = getpid();
    for (uint32_t i = 0; i < workers->count; i++) {
        pid_t pid = fork();
        if (pid < 0) {
            problem_set(problem, "no process for a worker: %s", strerror(errno));
            return false;
        }
        if (pid == 0) {
            become_worker(workers);
            *is_worker = true;
            return true;
        }
        workers->pids[i] = pid;
        workers->running++;
    }
    close_end(&workers->ready[1]);
    return true;
}

const struct centre_shared *workers_shared(struct workers *workers)
{
    return &workers->shared;
}

bool workers_tell_ready(struct workers *workers)
{
    ssize_t written;
    do
        written = write(workers->ready[1], "+", 1);
    while (written < 0 && errno == EINTR);
    close_end(&workers->ready[1]);
    return written == 1;
}

void workers_add_kept(struct workers *workers, uint64_t messages)
{
    workers->memory->kept += messages;
}

bool workers_wait_until_ready(struct workers *workers)
{
    uint32_t ready = 0;
    while (ready < workers->count) {
        char octet;
        ssize_t count = read(workers->ready[0], &octet, 1);
        if (count == 0 || (count < 0 && errno != EINTR))
            return false;
        ready += count == 1;
    }
    return true;
}

/* Serving. */

static void one_ended(struct workers *workers, pid_t pid, int how)
{
    int status = WIFEXITED(how) ? WEXITSTATUS(how) : EXIT_BROKEN;
    for (uint32_t i = 0; i < workers->count; i++) {
        if (workers->pids[i] != pid)
            continue;
        workers->pids[i] = 0;
        workers->running--;
        /* A worker does not end by itself with 0. */
        if (!workers->stopping && status == EXIT_SUCCESS)
            status = EXIT_BROKEN;
        workers->status = status > workers->status ? status : workers->status;
    }
}

static void reap(struct workers *workers)
{
    int how;
    pid_t pid;
    while ((pid = waitpid(-1, &how, WNOHANG)) > 0)
        one_ended(workers, pid, how);
    if (workers->running == 0) {
        loop_stop(workers->loop);
    } else if (workers->running < workers->count && !workers->stopping) {
        workers->stopping = true;
        kill_all(workers, SIGTERM);
    }
}

/* The counts begin anew before anyone plays the new scenario. */
static void reload(struct workers *workers)
{
    struct memory *memory = workers->memory;
    if (workers->stopping || !workers->options->reload(workers->options->owner))
        return;
    memset(counts_of(memory, memory->generation + 1), 0, play_counts_size(RULES_MOST));
    memory->generation++;
    kill_all(workers, SIGHUP);
}

static void signal_came(struct loop_watch *watch)
{
    struct workers *workers = OWNER_OF(watch, struct workers, signals);
    struct signalfd_siginfo information;
    if (read(watch->fd, &information, sizeof information) != sizeof information)
        return;
    if (information.ssi_signo == SIGCHLD) {
        reap(workers);
    } else if (information.ssi_signo == SIGHUP) {
        reload(workers);
    } else {
        workers->stopping = true;
        kill_all(workers, SIGTERM);
    }
}

int workers_serve(struct workers *workers, const struct workers_options *options,
                  struct problem *problem)
{
    sigset_t set;
    signals_of(&set);
    workers->options = options;
    workers->loop = loop_live_new(problem);
    workers->signals.ready = signal_came;
    int file = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (file < 0)
        problem_set(problem, "signals can't be watched: %s", strerror(errno));
    bool watched = workers->loop && file >= 0 &&
                   loop_watch_start(workers->loop, &workers->signals, file, problem);
    if (watched)
        loop_run(workers->loop);
    loop_watch_stop(workers->loop, &workers->signals);
    if (file >= 0)
        close(file);
    loop_free(workers->loop);
    return watched ? workers->status : EXIT_BROKEN;
}

struct workers_numbers workers_numbers(const struct workers *workers)
{
    return (struct workers_numbers){workers->memory->connections, workers->memory->kept};
}
