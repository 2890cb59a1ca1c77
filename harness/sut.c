#include "harness/sut.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire/timer.h"

enum {
    READ_SIZE = 65536,
    DEATH_WAIT_MS = 1000, /* for a process that was killed; only a broken disk makes it longer */
    EXEC_WAIT_MS = 20,    /* for a process to come out of execve */
    SWEEP_ROUNDS = 100,
    CHILDREN_SIZE = 65536,
    CHILDREN_AT_ONCE = 8192,
    ENVIRONMENT_SIZE = 262144,
};

struct sut_host {
    struct loop *loop;
    struct sut *first;
    int children; /* a signalfd: one of our children has ended */
    struct loop_watch children_watch;
    sigset_t mask;             /* as it was when we began */
    struct rlimit descriptors; /* so were these */
    char *scratch;             /* ENVIRONMENT_SIZE octets */
};

struct sut {
    struct sut_host *host;
    struct sut *next;
    pid_t pid; /* also its group's */
    int output_fd;
    int report_fd; /* where the child says why it could not become the command */
    struct loop_watch output_watch;
    struct sut_output *output;
    struct sut_end end;
    bool has_ended;
    bool killed;
    void (*ended)(void *owner);
    void *owner;
};

void sut_output_append(struct sut_output *output, const char *octets, size_t count)
{
    if (count >= SUT_OUTPUT_SIZE) {
        output->cut = output->cut || output->count > 0 || count > SUT_OUTPUT_SIZE;
        memcpy(output->at, octets + (count - SUT_OUTPUT_SIZE), SUT_OUTPUT_SIZE);
        output->count = SUT_OUTPUT_SIZE;
        return;
    }
    size_t room = SUT_OUTPUT_SIZE - output->count;
    if (count > room) {
        size_t gone = count - room;
        memmove(output->at, output->at + gone, output->count - gone);
        output->count -= gone;
        output->cut = true;
    }
    if (count > 0)
        memcpy(output->at + output->count, octets, count);
    output->count += count;
}

static void children_ready(struct loop_watch *watch);

static bool watch_children(struct sut_host *host, struct problem *problem)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &host->mask);
    host->children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    host->children_watch.ready = children_ready;
    if (host->children >= 0 &&
        loop_watch_start(host->loop, &host->children_watch, host->children, problem))
        return true;
    problem_set(problem, "cannot watch for the commands' ends: %s", strerror(errno));
    if (host->children >= 0)
        close(host->children);
    sigprocmask(SIG_SETMASK, &host->mask, NULL);
    return false;
}

struct sut_host *sut_host_new(struct loop *loop, struct problem *problem)
{
    struct sut_host *host = calloc(1, sizeof *host);
    char *scratch = malloc(ENVIRONMENT_SIZE);
    if (!host || !scratch || getrlimit(RLIMIT_NOFILE, &host->descriptors) != 0 ||
        prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L) != 0) {
        problem_set(problem, "cannot become the reaper of the commands: %s", strerror(errno));
    } else {
        host->loop = loop;
        host->scratch = scratch;
        if (watch_children(host, problem))
            return host;
    }
    free(scratch);
    free(host);
    return NULL;
}

void sut_raise_descriptors(struct sut_host *host)
{
    struct rlimit most = {host->descriptors.rlim_max, host->descriptors.rlim_max};
    /* Where it can't be raised, the harness lives with what there is. */
    (void)setrlimit(RLIMIT_NOFILE, &most);
}

char *sut_find_program(const char *name, struct problem *problem)
{
    const char *path = getenv("PATH");
    if (strchr(name, '/'))
        path = "";
    else if (!path || !*path)
        path = "/usr/bin:/bin";
    int reason = ENOENT;
    for (const char *at = path;; at++) {
        size_t count = strcspn(at, ":");
        char *file = NULL;
        int made = count > 0 ? asprintf(&file, "%.*s/%s", (int)count, at, name)
                             : asprintf(&file, "%s", name);
        if (made < 0) {
            problem_set(problem, "no memory");
            return NULL;
        }
        struct stat status;
        bool there = stat(file, &status) == 0;
        if (there && S_ISREG(status.st_mode) && access(file, X_OK) == 0)
            return file;
        if (there)
            reason = S_ISDIR(status.st_mode) ? EISDIR : EACCES;
        free(file);
        at += count;
        if (!*at)
            break;
    }
    problem_set(problem, "%s: the command cannot be executed: %s", name, strerror(reason));
    return NULL;
}

/* What runs in the child; comes back never. */
static void become(const struct sut_options *options, const struct sut_host *host, int input,
                   int output, int report)
{
    setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0L, 0L, 0L);
    for (int number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_NOFILE, &host->descriptors);
    if (dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
        dup2(output, STDERR_FILENO) >= 0)
        execve(options->program, options->invocation->arguments, options->invocation->environment);
    int reason = errno;
    ssize_t written = write(report, &reason, sizeof reason);
    _exit(written == (ssize_t)sizeof reason ? 127 : 126);
}

/* The descriptors of a start; -1: not open. */
struct start {
    int input;
    int output[2];
    int report[2];
};

static void close_all(struct start *start)
{
    int *all[] = {&start->input, &start->output[0], &start->output[1], &start->report[0],
                  &start->report[1]};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (*all[i] >= 0)
            close(*all[i]);
        *all[i] = -1;
    }
}

static bool open_all(struct start *start, const char *input, struct problem *problem)
{
    *start = (struct start){-1, {-1, -1}, {-1, -1}};
    const char *file = input ? input : "/dev/null";
    start->input = open(file, O_RDONLY | O_CLOEXEC);
    if (start->input < 0) {
        problem_set(problem, "%s: %s", file, strerror(errno));
        return false;
    }
    if (pipe2(start->output, O_CLOEXEC) != 0 || pipe2(start->report, O_CLOEXEC) != 0 ||
        fcntl(start->output[0], F_SETFL, O_NONBLOCK) != 0 ||
        fcntl(start->report[0], F_SETFL, O_NONBLOCK) != 0) {
        problem_set(problem, "cannot make a pipe: %s", strerror(errno));
        close_all(start);
        return false;
    }
    return true;
}

/* Forks. The pid, or -1. The child becomes the command in its own time: to wait for that would hold
 * up all other cases while the machine is busy. */
static pid_t spawn(struct sut_host *host, const struct sut_options *options, struct start *start,
                   struct problem *problem)
{
    pid_t pid = fork();
    if (pid == 0)
        become(options, host, start->input, start->output[1], start->report[1]);
    if (pid < 0) {
        problem_set(problem, "cannot fork: %s", strerror(errno));
        return -1;
    }
    setpgid(pid, pid);
    return pid;
}

static void take_output(struct sut *sut)
{
    if (sut->output_fd < 0)
        return;
    char octets[READ_SIZE];
    ssize_t count = read(sut->output_fd, octets, sizeof octets);
    if (count > 0) {
        sut_output_append(sut->output, octets, (size_t)count);
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        loop_watch_stop(sut->host->loop, &sut->output_watch);
        close(sut->output_fd);
        sut->output_fd = -1;
    }
}

static void output_ready(struct loop_watch *watch)
{
    take_output(OWNER_OF(watch, struct sut, output_watch));
}

/* Is the command gone? It stays a zombie until sut_free, so that its group's number can't become
 * somebody else's before the group is killed. */
static void look_after(struct sut *sut)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)sut->pid, &info, WEXITED | WNOWAIT | WNOHANG) != 0 || info.si_pid == 0)
        return;
    take_output(sut);
    sut->has_ended = true;
    sut->end = (struct sut_end){.crashed = info.si_code != CLD_EXITED && !sut->killed,
                                .status = info.si_status};
    int reason;
    if (read(sut->report_fd, &reason, sizeof reason) == (ssize_t)sizeof reason)
        sut->end.not_begun = strerror(reason);
}

/* Some child has ended; one signal may stand for several. What is told may free its own command,
 * and no other. */
static void children_ready(struct loop_watch *watch)
{
    struct sut_host *host = OWNER_OF(watch, struct sut_host, children_watch);
    struct signalfd_siginfo info;
    while (read(host->children, &info, sizeof info) == (ssize_t)sizeof info)
        continue;
    for (struct sut *sut = host->first, *next; sut; sut = next) {
        next = sut->next;
        if (sut->has_ended)
            continue;
        look_after(sut);
        if (sut->has_ended)
            sut->ended(sut->owner);
    }
}

/* Kills and reaps a child, waiting for its death, bounded. */
static void end_child(pid_t pid)
{
    kill(pid, SIGKILL);
    for (int i = 0; i < DEATH_WAIT_MS && waitpid(pid, NULL, WNOHANG) == 0; i++)
        (void)poll(NULL, 0, 1);
}

struct sut *sut_start(struct sut_host *host, const struct sut_options *options,
                      struct problem *problem)
{
    struct start start;
    if (!open_all(&start, options->input, problem))
        return NULL;
    pid_t pid = spawn(host, options, &start, problem);
    struct sut *sut = pid > 0 ? calloc(1, sizeof *sut) : NULL;
    if (!sut) {
        if (pid > 0) {
            problem_set(problem, "no memory");
            end_child(pid);
        }
        close_all(&start);
        return NULL;
    }
    *sut = (struct sut){.host = host,
                        .next = host->first,
                        .pid = pid,
                        .output_fd = start.output[0],
                        .report_fd = start.report[0],
                        .output_watch = {.ready = output_ready},
                        .output = options->output,
                        .ended = options->ended,
                        .owner = options->owner};
    start.output[0] = start.report[0] = -1;
    close_all(&start);
    host->first = sut;
    if (!loop_watch_start(host->loop, &sut->output_watch, sut->output_fd, problem)) {
        sut_free(sut);
        return NULL;
    }
    return sut;
}

struct sut_end sut_end(const struct sut *sut)
{
    return sut->end;
}

void sut_kill(struct sut *sut)
{
    sut->killed = sut->killed || !sut->has_ended;
    kill(-sut->pid, SIGKILL);
}

static bool is_command(const struct sut_host *host, pid_t pid)
{
    for (const struct sut *sut = host->first; sut; sut = sut->next)
        if (sut->pid == pid)
            return true;
    return false;
}

static size_t read_file(const char *name, char *at, size_t room)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    size_t count = 0;
    if (fd < 0)
        return 0;
    while (count < room) {
        ssize_t more = read(fd, at + count, room - count);
        if (more <= 0)
            break;
        count += (size_t)more;
    }
    close(fd);
    return count;
}

/* Does the process carry NACCS_RUN=token in its environment? */
static bool carries(const struct sut_host *host, pid_t pid, const char *token)
{
    char name[64];
    snprintf(name, sizeof name, "/proc/%d/environ", (int)pid);
    size_t count = read_file(name, host->scratch, ENVIRONMENT_SIZE - 1);
    /* A process has no environment for a moment while it becomes another program. */
    for (int i = 0; count == 0 && i < EXEC_WAIT_MS; i++) {
        (void)poll(NULL, 0, 1);
        count = read_file(name, host->scratch, ENVIRONMENT_SIZE - 1);
    }
    host->scratch[count] = '\0';
    for (size_t at = 0; at < count; at += strlen(host->scratch + at) + 1)
        if (strncmp(host->scratch + at, "NACCS_RUN=", 10) == 0)
            return strcmp(host->scratch + at + 10, token) == 0;
    return false;
}

/* Our children: commands, and what they left behind when they ended. As many as there is room for;
 * who ends them looks again. */
struct children {
    pid_t pids[CHILDREN_AT_ONCE];
    size_t count;
};

static void list_children(struct children *children)
{
    char name[64], text[CHILDREN_SIZE];
    snprintf(name, sizeof name, "/proc/self/task/%d/children", (int)getpid());
    size_t count = read_file(name, text, sizeof text - 1);
    text[count] = '\0';
    children->count = 0;
    char *end;
    for (char *at = text; children->count < CHILDREN_AT_ONCE; at = end) {
        pid_t pid = (pid_t)strtol(at, &end, 10);
        if (end == at)
            break;
        if (pid > 0)
            children->pids[children->count++] = pid;
    }
}

/* To the group, or to whoever has the token. Neither is given: to any command that there was, for
 * what we adopted is not of our own group. */
static bool belongs(const struct sut_host *host, pid_t pid, pid_t group, const char *token)
{
    if (group == 0 && !token)
        return getpgid(pid) != getpgrp();
    return (group > 0 && getpgid(pid) == group) || (token && carries(host, pid, token));
}

/* One look at our children: ends those that belong, reaps all that are dead and no command's. False
 * where there was nothing to end. */
static bool sweep_once(struct sut_host *host, pid_t group, const char *token)
{
    struct children children;
    bool found = false;
    list_children(&children);
    for (size_t i = 0; i < children.count; i++) {
        pid_t pid = children.pids[i];
        if (is_command(host, pid) || waitpid(pid, NULL, WNOHANG) == pid)
            continue;
        if (belongs(host, pid, group, token)) {
            end_child(pid);
            found = true;
        }
    }
    return found;
}

static bool lives(pid_t pid)
{
    siginfo_t end = {0};
    return waitid(P_PID, (id_t)pid, &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid == 0;
}

bool sut_left_others(const struct sut *sut, const char *token)
{
    struct children children;
    list_children(&children);
    for (size_t i = 0; i < children.count; i++) {
        pid_t pid = children.pids[i];
        if (!is_command(sut->host, pid) && lives(pid) && belongs(sut->host, pid, sut->pid, token))
            return true;
    }
    return false;
}

/* Ending a child may hand its own children to us: look again until there are none. */
static void sweep(struct sut_host *host, pid_t group, const char *token)
{
    for (int round = 0; round < SWEEP_ROUNDS && sweep_once(host, group, token); round++)
        continue;
}

void sut_host_sweep(struct sut_host *host, const char *token)
{
    sweep(host, 0, token);
}

void sut_host_free(struct sut_host *host)
{
    if (!host)
        return;
    sweep(host, 0, NULL);
    loop_watch_stop(host->loop, &host->children_watch);
    close(host->children);
    sigprocmask(SIG_SETMASK, &host->mask, NULL);
    setrlimit(RLIMIT_NOFILE, &host->descriptors);
    free(host->scratch);
    free(host);
}

void sut_free(struct sut *sut)
{
    if (!sut)
        return;
    struct sut_host *host = sut->host;
    loop_watch_stop(host->loop, &sut->output_watch);
    kill(-sut->pid, SIGKILL);
    end_child(sut->pid);
    struct sut **link = &host->first;
    while (*link && *link != sut)
        link = &(*link)->next;
    if (*link)
        *link = sut->next;
    sweep(host, sut->pid, NULL);
    close(sut->report_fd);
    if (sut->output_fd >= 0)
        close(sut->output_fd);
    free(sut);
}
