#include "harness/run.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/run_job.h"
#include "harness/stopwatch.h"

struct run_profile run_profile_default(void)
{
    return (struct run_profile){.name = "", .retries = true, .several_recipients = true};
}

static bool names_requirement(const struct scenario *scenario, const char *id)
{
    for (size_t i = 0; i < scenario->requirement_count; i++)
        if (strcmp(scenario->requirements[i], id) == 0)
            return true;
    return false;
}

bool run_needs_dns(const struct scenario *scenario)
{
    return scenario->dns_rule_count > 0 || names_requirement(scenario, "CONN-2");
}

struct dns *run_dns_new(const struct run *run, const struct scenario *scenario,
                        struct problem *problem)
{
    const struct dns_options options = {.scenario = scenario,
                                        .clock = run_clock(run->options),
                                        .centre = RUN_CENTRE_ADDRESS,
                                        .backup = RUN_BACKUP_ADDRESS,
                                        .dead = RUN_DEAD_ADDRESS};
    return dns_new(&options, problem);
}

/* Is EHLO all that this scenario is about? */
static bool about_ehlo(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->rule_count; i++)
        if (scenario->rules[i].stages != 1u << STAGE_EHLO)
            return false;
    return scenario->rule_count > 0 ||
           (scenario->requirement_count == 1 && names_requirement(scenario, "HELO-2"));
}

const char *run_skip_reason(const struct run_profile *profile, const struct suite_case *test)
{
    const struct scenario *scenario = test->scenario;
    const struct expectation *expect = &scenario->expect;
    bool shares = names_requirement(scenario, "SEQ-1") ||
                  (expect->has_connections && expect->connections.last < test->message_count);
    if ((profile->one_per_connection || profile->each) && test->message_count > 1 && shares)
        return profile->each ? "needs several messages on one connection; the command sends one "
                               "message per run"
                             : "needs several messages on one connection; the sender declares that "
                               "it sends one";
    if (scenario->recipient_given_count > 1 && !profile->several_recipients)
        return "has several recipients; the sender declares that it takes one";
    if (run_needs_dns(scenario) && !profile->resolver)
        return "the sender was not told of a name server ({resolver})";
    if (about_ehlo(scenario) && !profile->sends_ehlo)
        return "is about EHLO; the sender declares that it opens with HELO";
    if (expect->has_connections && expect->connections.first > 1 && !profile->retries &&
        !(profile->each && expect->connections.first <= test->message_count))
        return "needs another connection for what is left; the sender declares that it does not "
               "try again";
    return NULL;
}

const char *const *run_job_recipients(const struct run_job *job, size_t *count)
{
    const struct scenario *scenario = job->scenario;
    if (scenario->recipient_given_count > 0) {
        *count = scenario->recipient_given_count;
        return scenario->recipients_given;
    }
    *count = scenario->centre.recipient_count > 0 ? 1 : 0;
    return scenario->centre.recipients;
}

void run_job_fault(struct run_job *job, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = NULL;
    if (!job->faulty && vasprintf(&text, format, arguments) >= 0)
        job->fault = text;
    job->faulty = true;
    va_end(arguments);
}

bool run_job_open(const struct run_job *job)
{
    return !job->played;
}

bool run_interrupted(void)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    return sigtimedwait(&wanted, NULL, &(struct timespec){0, 0}) > 0;
}

void run_job_begun(struct run *run, struct run_job *job)
{
    if (job->result && run->options->begun)
        run->options->begun(run->options->owner, job->test);
}

double run_acceleration(const struct run_options *options)
{
    return options->command && options->accelerate > 0 ? options->accelerate : 1;
}

usec run_limit(const struct run_options *options)
{
    usec limit = (usec)((double)options->timeout / run_acceleration(options));
    return limit > 0 ? limit : 1;
}

struct play_clock run_clock(const struct run_options *options)
{
    return (struct play_clock){options->pace * run_acceleration(options), run_limit(options)};
}

enum run_mode run_mode(const struct run_options *options)
{
    if (options->field)
        return RUN_FIELD;
    if (options->attach.on)
        return RUN_ATTACHED;
    return options->command ? RUN_REAL : RUN_VIRTUAL;
}

const char *run_mode_name(const struct run_options *options)
{
    static const char *const names[] = {[RUN_VIRTUAL] = "virtual",
                                        [RUN_REAL] = "real",
                                        [RUN_ATTACHED] = "attached",
                                        [RUN_FIELD] = "field"};
    return names[run_mode(options)];
}

static void job_free(struct run_job *job)
{
    if (!job->result)
        transcript_free(job->transcript);
    free(job->claims);
    free(job->processes);
    free(job->sightings);
    free(job->output);
    free(job->fault);
    free(job->gone);
    free(job->absent);
    baseline_free(job->plain);
}

static void prepare_jobs(struct run *run)
{
    for (size_t i = 0; i < run->job_count; i++) {
        struct run_job *job = &run->jobs[i];
        const char *reason = run_skip_reason(&run->options->profile, job->test);
        if (job->played) {
            job->judged = true;
            run_job_told(run, job->result);
        } else if (reason)
            run_job_leave_out(run, job, VERDICT_SKIP, reason);
        else if (job->faulty)
            run_job_played(run, job);
    }
}

static uint64_t hash_octets(uint64_t hash, const void *at, size_t count)
{
    const uint8_t *octets = at;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ octets[i]) * 1099511628211u;
    return hash;
}

static uint64_t hash_results(const struct run_results *results)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < results->count; i++) {
        const struct transcript *transcript = results->cases[i].transcript;
        for (size_t j = 0; transcript && j < transcript->count; j++) {
            const struct transcript_event *event = &transcript->events[j];
            uint64_t words[4] = {event->kind, (uint64_t)event->at, event->connection,
                                 event->octets.count};
            hash = hash_octets(hash, words, sizeof words);
            if (event->octets.count > 0)
                hash = hash_octets(hash, event->octets.at, event->octets.count);
        }
    }
    return hash;
}

static void leave_out_rest(struct run *run)
{
    for (size_t i = 0; i < run->job_count; i++)
        if (!run->jobs[i].judged)
            run_job_leave_out(run, &run->jobs[i], VERDICT_SKIP,
                              "interrupted before it had been played");
}

static bool play_all(struct run *run, struct problem *problem)
{
    switch (run_mode(run->options)) {
    case RUN_VIRTUAL:
        return run_virtual(run, problem);
    case RUN_REAL:
        return run_real(run, problem);
    case RUN_ATTACHED:
        return run_attached(run, problem);
    case RUN_FIELD:
        break;
    }
    problem_set(problem, "nothing is to be run");
    return false;
}

static bool play(struct run *run, struct problem *problem)
{
    struct stopwatch *stopwatch = stopwatch_new(problem);
    if (!stopwatch)
        return false;
    run->results->wall_clock = stopwatch_wall_clock(stopwatch);
    sigset_t wanted, kept;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    sigprocmask(SIG_BLOCK, &wanted, &kept);
    prepare_jobs(run);
    bool could = play_all(run, problem);
    /* What came more than once must not end us before the reports are written. */
    while (run_interrupted())
        run->results->interrupted = true;
    sigprocmask(SIG_SETMASK, &kept, NULL);
    leave_out_rest(run);
    run->results->wall = stopwatch_now(stopwatch);
    run->results->transcript_hash = hash_results(run->results);
    stopwatch_free(stopwatch);
    return could;
}

/* Will this sender ask the name server that it is told of? */
static bool asks_name_server(const struct run_options *options)
{
    if (run_mode(options) == RUN_ATTACHED)
        return false;
    return options->profile.resolver || run_mode(options) == RUN_VIRTUAL ||
           (options->command && invocation_tells_resolver(options->command));
}

bool run_suite(const struct run_options *given, struct run_results *results,
               struct problem *problem)
{
    struct run_results made = {0};
    struct run_options with_resolver = *given;
    with_resolver.profile.resolver = asks_name_server(given);
    const struct run_options *options = &with_resolver;
    struct run run = {.options = options,
                      .results = &made,
                      .each = run_mode(options) != RUN_VIRTUAL && options->profile.each};
    bool could = run_jobs_make(&run);
    if (!could)
        problem_set(problem, "no memory for %zu cases", options->selected_count);
    else
        could = play(&run, problem);
    for (size_t i = 0; i < run.job_count; i++)
        job_free(&run.jobs[i]);
    free(run.block);
    if (could)
        *results = made;
    else
        run_results_free(&made);
    return could;
}

void run_results_count(struct run_results *results, const struct run_case *result)
{
    results->unexpected += result->unexpected;
    results->open += result->open;
    switch (result->verdict) {
    case VERDICT_PASS:
        results->passed++;
        return;
    case VERDICT_WARN:
        results->warned++;
        return;
    case VERDICT_FAIL:
        results->known += result->known_failing;
        results->failed += !result->known_failing;
        return;
    case VERDICT_SKIP:
        results->skipped++;
        return;
    case VERDICT_ERROR:
        results->errors++;
        return;
    }
}

void run_results_free(struct run_results *results)
{
    for (size_t i = 0; i < results->count; i++) {
        struct run_case *result = &results->cases[i];
        free(result->reason);
        findings_free(&result->findings);
        transcript_free(result->transcript);
        free(result->claims);
        free(result->output);
        sender_trace_free(result->trace);
    }
    free(results->cases);
    *results = (struct run_results){0};
}
