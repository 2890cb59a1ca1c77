#include "harness/real_shared.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* How often the harness looks whether it is late itself. */
#define PULSE (20 * USEC_PER_MSEC)

static void interrupted(struct loop_watch *watch)
{
    struct real_shared *shared = OWNER_OF(watch, struct real_shared, signal_watch);
    struct signalfd_siginfo info;
    if (read(shared->signals, &info, sizeof info) != (ssize_t)sizeof info)
        return;
    shared->run->results->interrupted = true;
    loop_stop(shared->loop);
}

static bool watch_signals(struct real_shared *shared, struct problem *problem)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    shared->signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    shared->signal_watch.ready = interrupted;
    if (shared->signals < 0) {
        problem_set(problem, "cannot watch for signals: %s", strerror(errno));
        return false;
    }
    return loop_watch_start(shared->loop, &shared->signal_watch, shared->signals, problem);
}

/* Was the harness late? Then so was everything that the cases under way timed. */
static void pulse(struct timer *timer)
{
    struct real_shared *shared = OWNER_OF(timer, struct real_shared, pulse);
    usec now = loop_now(shared->loop), late = now - shared->pulse_due;
    if (late > shared->run->results->latest)
        shared->run->results->latest = late;
    shared->pulse_due = now + PULSE;
    loop_timer_set(shared->loop, timer, shared->pulse_due);
    shared->pulsed(shared->owner, late);
}

static bool make_folder(struct real_shared *shared, struct problem *problem)
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
    shared->folder = folder;
    return true;
}

bool real_shared_open(struct real_shared *shared, struct run *run,
                      void (*pulsed)(void *owner, usec late), void *owner, struct problem *problem)
{
    const struct run_profile *profile = &run->options->profile;
    *shared = (struct real_shared){.run = run,
                                   .environment = profile->environment,
                                   .environment_count = profile->environment_count,
                                   .signals = -1,
                                   .pulsed = pulsed,
                                   .owner = owner};
    timer_init(&shared->pulse, pulse);
    if (!make_folder(shared, problem) ||
        !suite_write_made(run->options->suite, shared->folder, false, problem))
        return false;
    shared->loop = loop_live_new(problem);
    if (!shared->loop)
        return false;
    shared->host = sut_host_new(shared->loop, problem);
    if (!shared->host)
        return false;
    sut_raise_descriptors(shared->host);
    if (!watch_signals(shared, problem))
        return false;
    shared->pulse_due = loop_now(shared->loop) + PULSE;
    if (looks_init(&shared->looks, shared->loop, run_limit(run->options)) &&
        loop_timer_set(shared->loop, &shared->pulse, shared->pulse_due))
        return true;
    problem_set(problem, "no memory");
    return false;
}

void real_shared_close(struct real_shared *shared)
{
    looks_free(&shared->looks);
    if (shared->loop) {
        loop_timer_cancel(shared->loop, &shared->pulse);
        loop_watch_stop(shared->loop, &shared->signal_watch);
    }
    if (shared->signals >= 0)
        close(shared->signals);
    sut_host_free(shared->host);
    if (shared->loop)
        loop_free(shared->loop);
    suite_remove_made(shared->run->options->suite);
    if (shared->folder)
        rmdir(shared->folder);
    free(shared->folder);
    free(shared->program);
}

void real_keep_output(struct run_job *job, const struct sut_output *output)
{
    if (output->count == 0)
        return;
    job->output = malloc(output->count);
    if (!job->output)
        return;
    memcpy(job->output, output->at, output->count);
    job->output_count = output->count;
}
