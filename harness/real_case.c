#include "harness/real_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/profile_claims.h"
#include "harness/watch.h"

/* Once a command has ended: how long nothing may come before its run is over, and how long its
 * sessions may take to end. Where it has connected and all its connections are closed, what it may
 * have left is in the kernel already, and comes within a few turns of the loop. */
#define SETTLE_QUIET (10 * USEC_PER_MSEC)
#define SETTLE_LIMIT USEC_PER_SEC
enum { SETTLE_LIMITS = 3, SETTLE_TURNS = 3 };
/* A command that has not connected by then is not starting any more, but doing something else. */
#define START_LIMIT (500 * USEC_PER_MSEC)

enum { TOKEN_SIZE = 48, PATH_SIZE = 512 };

extern char **environ;

struct real_case {
    struct real_shared *shared;
    struct run_job *job;
    void (*ended)(void *owner, struct real_case *ended, struct run_job *job);
    void *owner;
    char token[TOKEN_SIZE];
    char outcome_file[PATH_SIZE];

    struct watch watch;

    struct sut *sut;
    bool running; /* the command has not ended */
    bool killed;
    size_t run_index; /* which run of the command; with --each, also which message */
    size_t run_count;
    struct sut_output output;

    usec exited;
    unsigned quiet_turns; /* of the loop, since it has ended and was quiet */
    struct timer assess;
    uint32_t connected; /* connections before this run of the command */
};

/* What the current run of the command is given. */
static size_t first_message(const struct real_case *playing)
{
    return playing->shared->run->each ? playing->run_index : 0;
}

static size_t given_messages(const struct real_case *playing)
{
    return playing->shared->run->each ? 1 : playing->job->test->message_count;
}

static void assess_at(struct real_case *playing, usec due)
{
    loop_timer_set(playing->shared->loop, &playing->assess, due);
}

static void assess_soon(struct real_case *playing)
{
    assess_at(playing, loop_now(playing->shared->loop));
}

static void changed(void *owner, const struct transcript_event *event)
{
    struct real_case *playing = owner;
    (void)event;
    playing->quiet_turns = 0;
    assess_soon(playing);
}

static void claim(struct real_case *playing, const struct check_process *process)
{
    struct run_job *job = playing->job;
    struct check_claim *claims = job->claims + first_message(playing);
    size_t count = given_messages(playing);
    bool single = count == 1;
    if (process->killed || process->crashed) {
        job->per_message_claims = job->per_message_claims || single;
        return;
    }
    if (claims_of_file(playing->outcome_file, claims, count)) {
        job->per_message_claims = true;
        return;
    }
    job->per_message_claims = job->per_message_claims || single;
    claims_of_end(&playing->shared->run->options->profile, process->status, claims, count);
}

/* The command has ended: by itself, or because we killed it. */
static void command_ended(void *owner)
{
    struct real_case *playing = owner;
    struct check_process *process = &playing->job->processes[playing->run_index];
    struct sut_end end = sut_end(playing->sut);
    usec now = loop_now(playing->shared->loop);
    playing->running = playing->watch.present = false;
    playing->exited = playing->watch.quiet_since = now;
    process->ended = now;
    process->crashed = end.crashed;
    process->status = end.status;
    process->left_others = !process->killed && sut_left_others(playing->sut, playing->token);
    if (end.not_begun)
        run_job_fault(playing->job, "%s: %s", playing->shared->program, end.not_begun);
    /* What is killed keeps the sockets that it was seen with. */
    if (!process->killed)
        watch_forget_sockets(&playing->watch);
    claim(playing, process);
    assess_soon(playing);
}

static bool start_command(struct real_case *playing, struct problem *problem)
{
    struct real_shared *shared = playing->shared;
    const struct run_options *options = shared->run->options;
    const struct suite_case *test = playing->job->test;
    const struct endpoint *centre = centre_endpoint(playing->watch.centre);
    const struct invocation_template template = {options->command, shared->environment,
                                                 shared->environment_count,
                                                 options->profile.standard_input};
    bool looks_up = run_needs_dns(playing->job->scenario);
    char resolver[ENDPOINT_TEXT_SIZE];
    struct invocation_values values = {
        .host = looks_up ? playing->job->scenario->centre.domain : centre->address,
        .port = centre->port,
        .helo = options->helo,
        .from = options->from,
        .timeout = options->timeout,
        .messages = (const char *const *)test->message_paths + first_message(playing),
        .message_count = given_messages(playing),
        .case_id = test->scenario->id,
        .token = playing->token,
        .outcome_file = playing->outcome_file,
    };
    if (playing->watch.dns_server)
        values.resolver = endpoint_format(dns_server_endpoint(playing->watch.dns_server), resolver);
    values.to = run_job_recipients(playing->job, &values.to_count);
    struct invocation invocation;
    if (!invocation_make(&template, environ, &values, &invocation)) {
        problem_set(problem, "no memory");
        return false;
    }
    const struct sut_options start = {
        .program = shared->program,
        .invocation = &invocation,
        .input = template.standard_input && values.message_count > 0 ? values.messages[0] : NULL,
        .output = &playing->output,
        .ended = command_ended,
        .owner = playing,
    };
    unlink(playing->outcome_file);
    playing->sut = sut_start(shared->host, &start, problem);
    invocation_free(&invocation);
    if (!playing->sut)
        return false;
    playing->running = playing->watch.present = true;
    playing->connected = playing->watch.connections;
    playing->watch.quiet_since = playing->watch.busy_since = loop_now(shared->loop);
    playing->job->processes[playing->run_index].started = playing->watch.quiet_since;
    playing->job->process_count = playing->run_index + 1;
    assess_soon(playing);
    return true;
}

static void kill_command(struct real_case *playing, const char *why)
{
    struct check_process *process = &playing->job->processes[playing->run_index];
    if (playing->killed)
        return;
    playing->killed = true;
    playing->watch.present = false;
    process->killed = true;
    process->killed_for = why;
    process->holds = watch_sender_holds(&playing->watch);
    sut_kill(playing->sut);
}

static void tidy_up(struct real_case *playing)
{
    loop_timer_cancel(playing->shared->loop, &playing->assess);
    sut_free(playing->sut);
    sut_host_sweep(playing->shared->host, playing->token);
    watch_close(&playing->watch);
    unlink(playing->outcome_file);
    free(playing);
}

/* What was seen goes over to the job. */
static void conclude(struct real_case *playing)
{
    struct run_job *job = playing->job;
    watch_conclude(&playing->watch);
    real_keep_output(job, &playing->output);
}

/* A run of the command is over: the next one, or the end of the case. */
static void run_over(struct real_case *playing)
{
    struct problem problem;
    sut_free(playing->sut);
    playing->sut = NULL;
    sut_host_sweep(playing->shared->host, playing->token);
    if (playing->run_index + 1 < playing->run_count) {
        playing->run_index++;
        playing->killed = false;
        playing->quiet_turns = 0;
        if (start_command(playing, &problem))
            return;
        run_job_fault(playing->job, "%s", problem.text);
    }
    struct run_job *job = playing->job;
    void (*ended)(void *, struct real_case *, struct run_job *) = playing->ended;
    void *owner = playing->owner;
    conclude(playing);
    struct real_case *gone = playing;
    tidy_up(playing);
    ended(owner, gone, job);
}

/* When the command has ended: is there anything left to see? */
static void settle(struct real_case *playing, usec now)
{
    const struct patience_view view = watch_view(&playing->watch);
    usec until = playing->exited + SETTLE_LIMIT;
    /* What it had written when the window closed still comes once that opens again. */
    if (view.owes && view.centre_acts)
        until += SETTLE_LIMITS * run_limit(playing->shared->run->options);
    if (view.open == 0 && view.quiet_since + SETTLE_QUIET < until)
        until = view.quiet_since + SETTLE_QUIET;
    bool done = view.open == 0 && playing->connected < playing->watch.connections;
    if (now >= until || (done && ++playing->quiet_turns > SETTLE_TURNS))
        run_over(playing);
    else if (done)
        assess_at(playing, 0); /* long past: at the next turn */
    else
        assess_at(playing, until);
}

static void assess(struct timer *timer)
{
    struct real_case *playing = OWNER_OF(timer, struct real_case, assess);
    usec now = loop_now(playing->shared->loop);
    if (!watch_look(&playing->watch) && playing->running && !playing->killed)
        watch_forget_sockets(&playing->watch);
    if (!playing->running) {
        settle(playing, now);
        return;
    }
    if (playing->killed)
        return;
    const struct patience limits = watch_limits(&playing->watch);
    const struct patience_view view = watch_view(&playing->watch);
    struct patience_end end = patience_end(&limits, &view);
    if (playing->job->transcript->incomplete)
        kill_command(playing, "it sent more than a case may hold");
    else if (now >= end.at)
        kill_command(playing, end.why);
    else
        assess_at(playing, end.at);
}

/* Where the command line has a place for the name server, it must be there in every case. */
static bool wants_dns(const struct real_case *playing)
{
    return run_needs_dns(playing->job->scenario) ||
           invocation_takes_resolver(playing->shared->run->options->command);
}

static bool begin(struct real_case *playing, struct problem *problem)
{
    struct run_job *job = playing->job;
    job->claims = calloc(job->test->message_count + 1, sizeof *job->claims);
    job->processes = calloc(playing->run_count, sizeof *job->processes);
    if (!job->claims || !job->processes) {
        problem_set(problem, "no memory");
        return false;
    }
    const struct watch_options watch = {.run = playing->shared->run,
                                        .job = job,
                                        .looks = &playing->shared->looks,
                                        .listen = {.address = RUN_CENTRE_ADDRESS},
                                        .named = wants_dns(playing),
                                        .changed = changed,
                                        .owner = playing};
    if (!watch_open(&playing->watch, &watch, problem))
        return false;
    return start_command(playing, problem);
}

struct real_case *real_case_start(const struct real_case_options *options)
{
    struct problem problem;
    struct real_shared *shared = options->shared;
    struct real_case *playing = calloc(1, sizeof *playing);
    if (!playing) {
        run_job_fault(options->job, "no memory");
        return NULL;
    }
    *playing = (struct real_case){
        .shared = shared, .job = options->job, .ended = options->over, .owner = options->owner};
    timer_init(&playing->assess, assess);
    size_t count = options->job->test->message_count;
    playing->run_count = shared->run->each && count > 0 ? count : 1;
    snprintf(playing->token, sizeof playing->token, "%d-%zu", (int)getpid(), options->number);
    snprintf(playing->outcome_file, sizeof playing->outcome_file, "%s/%zu.json", shared->folder,
             options->number);
    if (begin(playing, &problem))
        return playing;
    run_job_fault(options->job, "%s", problem.text);
    tidy_up(playing);
    return NULL;
}

void real_case_abort(struct real_case *playing, const char *why)
{
    run_job_fault(playing->job, "%s", why);
    conclude(playing);
    tidy_up(playing);
}

bool real_case_starting(const struct real_case *playing)
{
    return playing->running && playing->connected == playing->watch.connections &&
           loop_now(playing->shared->loop) <
               playing->job->processes[playing->run_index].started + START_LIMIT;
}
