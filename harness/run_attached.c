#include "harness/run_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/attached_case.h"
#include "harness/errand.h"

/* Cases one after the other on one address, for a sender that is no command. */

/* A service that has neither ended nor said anything by then is taken to be up. */
#define START_QUIET USEC_PER_SEC
/* So long `stop` may take. */
#define STOP_LIMIT (10 * USEC_PER_SEC)

enum service { SERVICE_NONE, SERVICE_STARTING, SERVICE_UP, SERVICE_DOWN };

struct attached_run {
    struct real_shared shared;
    struct listener *holder; /* keeps the port while no centre listens there, and refuses */
    struct endpoint listen;
    struct attached_case *playing; /* null: between two */
    struct run_job *job;           /* … its job */
    size_t number, total;
    struct timer step;  /* the next case, or a service that says nothing is up */
    struct timer limit; /* of stop */
    struct loop_watch keys;
    enum service service;
    bool was_up;
    struct errand start, stop;
    struct sut_output output; /* of the service */
    struct problem problem;
    bool failed; /* … to start the service before any case */
};

static void step_in(struct attached_run *attached, usec pause)
{
    loop_timer_set(attached->shared.loop, &attached->step, loop_now(attached->shared.loop) + pause);
}

static void pulsed(void *owner, usec late)
{
    struct attached_run *attached = owner;
    if (attached->playing && late > attached->job->late)
        attached->job->late = late;
    if (attached->service == SERVICE_STARTING && attached->output.count > 0) {
        attached->service = SERVICE_UP;
        step_in(attached, 0);
    }
}

/* Without its service nothing more can be played. */
static void service_failed(struct attached_run *attached, const char *why)
{
    struct run *run = attached->shared.run;
    attached->service = SERVICE_DOWN;
    problem_set(&attached->problem, "%s%s%.*s", why,
                attached->output.count > 0 ? "; it wrote: " : "", (int)attached->output.count,
                attached->output.at);
    attached->failed = !attached->was_up;
    for (size_t i = 0; i < run->job_count && !attached->failed; i++) {
        if (!run_job_open(&run->jobs[i]))
            continue;
        run_job_fault(&run->jobs[i], "%s", attached->problem.text);
        run_job_played(run, &run->jobs[i]);
    }
    loop_stop(attached->shared.loop);
}

static void service_ended(void *owner)
{
    struct attached_run *attached = owner;
    char words[ERRAND_WORDS_SIZE];
    bool good = errand_succeeded(&attached->start);
    errand_words(&attached->start, words);
    if (attached->service == SERVICE_STARTING && !good) {
        service_failed(attached, words);
    } else if (attached->service == SERVICE_STARTING) {
        attached->service = SERVICE_UP; /* it has left something behind that runs on */
        step_in(attached, 0);
    } else if (!good && attached->service == SERVICE_UP) {
        attached->service = SERVICE_DOWN;
        attached_tell(&attached->shared, "      %s", words);
        if (attached->playing)
            attached_case_gone(attached->playing, words);
    }
}

static void start_service(struct attached_run *attached)
{
    const struct run_attach *attach = &attached->shared.run->options->attach;
    struct problem problem;
    const struct invocation_values values = attached_values(&attached->shared, &attached->listen);
    const struct errand_options options = {.shared = &attached->shared,
                                           .name = "start",
                                           .command = attach->start,
                                           .values = &values,
                                           .output = &attached->output,
                                           .ended = service_ended,
                                           .owner = attached};
    errand_stop(&attached->start);
    attached->output = (struct sut_output){0};
    attached->service = SERVICE_STARTING;
    if (errand_start(&attached->start, &options, &problem))
        step_in(attached, START_QUIET);
    else
        service_failed(attached, problem.text);
}

static struct run_job *next_job(const struct attached_run *attached)
{
    struct run *run = attached->shared.run;
    for (size_t i = 0; i < run->job_count; i++)
        if (run_job_open(&run->jobs[i]))
            return &run->jobs[i];
    return NULL;
}

static void tell_verdict(struct attached_run *attached, const struct run_job *job)
{
    const struct run_case *result = job->result;
    if (!job->played)
        attached_tell(&attached->shared, "      the machine was too busy: once more, later");
    else if (result && result->reason)
        attached_tell(&attached->shared, "      %s: %s", verdict_name(result->verdict),
                      result->reason);
    else if (result)
        attached_tell(&attached->shared, "      %s", verdict_name(result->verdict));
    for (size_t i = 0; result && i < result->findings.count; i++) {
        const struct finding *finding = &result->findings.at[i];
        if (finding->verdict == VERDICT_FAIL || finding->verdict == VERDICT_WARN)
            attached_tell(&attached->shared, "        %s: %s", finding->requirement,
                          finding->actual ? finding->actual : "");
    }
}

/* A sender whose connection was cut may try again at once: for a while it is refused, so that the
 * next case does not take it for its own. */
static void case_over(void *owner, struct run_job *job, bool cut)
{
    struct attached_run *attached = owner;
    attached->playing = NULL;
    run_job_played(attached->shared.run, job);
    tell_verdict(attached, job);
    step_in(attached, cut ? attached->shared.run->options->attach.settle : 0);
}

static void start_case(struct attached_run *attached, struct run_job *job)
{
    if (++attached->number > attached->total)
        attached->total = attached->number;
    const struct attached_case_options options = {.shared = &attached->shared,
                                                  .job = job,
                                                  .number = attached->number,
                                                  .total = attached->total,
                                                  .listen = attached->listen,
                                                  .over = case_over,
                                                  .owner = attached};
    attached->job = job;
    run_job_begun(attached->shared.run, job);
    attached->playing = attached_case_start(&options);
    if (attached->playing)
        return;
    run_job_played(attached->shared.run, job);
    tell_verdict(attached, job);
    step_in(attached, 0);
}

static void step(struct timer *timer)
{
    struct attached_run *attached = OWNER_OF(timer, struct attached_run, step);
    struct run_job *job = next_job(attached);
    if (attached->service == SERVICE_STARTING)
        attached->service = SERVICE_UP;
    attached->was_up |= attached->service == SERVICE_UP;
    if (!job)
        loop_stop(attached->shared.loop);
    else if (attached->shared.run->options->attach.start && attached->service != SERVICE_UP)
        start_service(attached);
    else
        start_case(attached, job);
}

static void key_pressed(struct loop_watch *watch)
{
    struct attached_run *attached = OWNER_OF(watch, struct attached_run, keys);
    char keys[256];
    ssize_t count = read(watch->fd, keys, sizeof keys);
    if (count <= 0)
        loop_watch_stop(attached->shared.loop, watch);
    else if (memchr(keys, '\n', (size_t)count) && attached->playing)
        attached_case_end(attached->playing);
}

/* Nobody adopts it: it is reset. */
static void turn_away(void *owner, struct conn *conn, const struct endpoint *peer)
{
    (void)owner;
    (void)conn;
    (void)peer;
}

static bool prepare(struct attached_run *attached, struct run *run, struct problem *problem)
{
    const struct run_attach *attach = &run->options->attach;
    char where[ENDPOINT_TEXT_SIZE];
    if (!real_shared_open(&attached->shared, run, pulsed, attached, problem))
        return false;
    const struct listener_options holding = {.endpoint = attach->listen, .accepted = turn_away};
    attached->holder = listener_open(attached->shared.loop, &holding, problem);
    if (!attached->holder || !listener_set_face(attached->holder, LISTENER_REFUSES, problem))
        return false;
    attached->listen = *listener_endpoint(attached->holder);
    attached->keys.ready = key_pressed;
    if (attach->keys >= 0 &&
        !loop_watch_start(attached->shared.loop, &attached->keys, attach->keys, problem))
        return false;
    for (size_t i = 0; i < run->job_count; i++)
        attached->total += run_job_open(&run->jobs[i]);
    attached_tell(&attached->shared, "%zu case%s to do, one after the other, at %s",
                  attached->total, attached->total == 1 ? "" : "s",
                  endpoint_format(&attached->listen, where));
    return true;
}

static void stop_too_slow(struct timer *timer)
{
    loop_stop(OWNER_OF(timer, struct attached_run, limit)->shared.loop);
}

static void stop_ended(void *owner)
{
    struct attached_run *attached = owner;
    loop_stop(attached->shared.loop);
}

static void stop_service(struct attached_run *attached)
{
    const struct run_attach *attach = &attached->shared.run->options->attach;
    struct problem problem;
    const struct invocation_values values = attached_values(&attached->shared, &attached->listen);
    struct sut_output output = {0};
    char words[ERRAND_WORDS_SIZE];
    const struct errand_options options = {.shared = &attached->shared,
                                           .name = "stop",
                                           .command = attach->stop,
                                           .values = &values,
                                           .output = &output,
                                           .ended = stop_ended,
                                           .owner = attached};
    loop_timer_cancel(attached->shared.loop, &attached->step);
    attached->service = SERVICE_NONE; /* whatever it does now, it was told to */
    if (attach->stop && !errand_start(&attached->stop, &options, &problem)) {
        attached_tell(&attached->shared, "%s", problem.text);
    } else if (attach->stop) {
        loop_timer_set(attached->shared.loop, &attached->limit,
                       loop_now(attached->shared.loop) + STOP_LIMIT);
        loop_run(attached->shared.loop);
        if (!errand_succeeded(&attached->stop))
            attached_tell(&attached->shared, "%s", errand_words(&attached->stop, words));
    }
    errand_stop(&attached->stop);
    errand_stop(&attached->start);
}

static void clear(struct attached_run *attached)
{
    if (attached->shared.loop) {
        loop_timer_cancel(attached->shared.loop, &attached->step);
        loop_timer_cancel(attached->shared.loop, &attached->limit);
        loop_watch_stop(attached->shared.loop, &attached->keys);
    }
    if (attached->holder)
        listener_close(attached->holder);
    real_shared_close(&attached->shared);
}

bool run_attached(struct run *run, struct problem *problem)
{
    struct attached_run attached = {0};
    timer_init(&attached.step, step);
    timer_init(&attached.limit, stop_too_slow);
    bool could = prepare(&attached, run, problem);
    if (could) {
        step_in(&attached, 0);
        loop_run(attached.shared.loop);
        if (attached.playing)
            attached_case_abort(attached.playing);
        stop_service(&attached);
        if (attached.failed)
            problem_set(problem, "%s", attached.problem.text);
        could = !attached.failed;
    }
    clear(&attached);
    return could;
}
