#include "harness/run.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/patience.h"
#include "harness/run_job.h"

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

static double acceleration(const struct run_options *options)
{
    return options->command && options->accelerate > 0 ? options->accelerate : 1;
}

usec run_limit(const struct run_options *options)
{
    usec limit = (usec)((double)options->timeout / acceleration(options));
    return limit > 0 ? limit : 1;
}

struct play_clock run_clock(const struct run_options *options)
{
    return (struct play_clock){options->pace * acceleration(options), run_limit(options)};
}

enum run_mode run_mode(const struct run_options *options)
{
    if (options->attach.on)
        return RUN_ATTACHED;
    return options->command ? RUN_REAL : RUN_VIRTUAL;
}

const char *run_mode_name(const struct run_options *options)
{
    static const char *const names[] = {
        [RUN_VIRTUAL] = "virtual", [RUN_REAL] = "real", [RUN_ATTACHED] = "attached"};
    return names[run_mode(options)];
}

static struct check_input judged_input(const struct run *run, const struct run_job *job)
{
    const struct run_options *options = run->options;
    struct play_clock clock = run_clock(options);
    struct check_input input = {
        .transcript = job->transcript,
        .scenario = job->scenario,
        .messages = job->test->messages,
        .message_count = job->test->message_count,
        .claims = job->claims,
        .processes = job->processes,
        .process_count = job->process_count,
        .each = run->each,
        .per_message_claims = job->per_message_claims,
        .helo = options->helo,
        .from = options->from,
        .sender_limit = clock.sender_limit,
        .acceleration = acceleration(options),
        .tolerance = options->tolerance * options->tolerance_scale,
        .slack = run_mode(options) == RUN_VIRTUAL
                     ? 0
                     : patience_slack(options->tolerance_scale) + 2 * job->late,
        .clock = {clock.pace},
        .idle_limit = play_span(&clock, job->scenario->centre.idle_limit),
        .strict = options->strict,
        .one_per_connection = options->profile.one_per_connection || run->each,
        .sends_ehlo = options->profile.sends_ehlo,
        .adds_headers = options->profile.adds_headers,
        .baseline = job->baseline && !job->baseline->faulty ? job->baseline->transcript : NULL,
        .sightings = job->sightings,
        .sighting_count = job->sighting_count,
        .attached = options->attach.on,
        .cut = job->cut,
        .gone = job->gone,
    };
    input.to = run_job_recipients(job, &input.to_count);
    return input;
}

static void count_verdict(struct run_results *results, struct run_case *result)
{
    switch (result->verdict) {
    case VERDICT_PASS:
        results->passed++;
        break;
    case VERDICT_WARN:
        results->warned++;
        break;
    case VERDICT_FAIL:
        if (result->known_failing)
            results->known++;
        else
            results->failed++;
        return;
    case VERDICT_SKIP:
        results->skipped++;
        return;
    case VERDICT_ERROR:
        results->errors++;
        return;
    }
    if (result->known_failing)
        results->unexpected++;
}

static void tell(struct run *run, struct run_case *result)
{
    const struct run_options *options = run->options;
    count_verdict(run->results, result);
    run->results->open += result->open;
    run->told++;
    if (options->progress)
        options->progress(options->owner, result, run->told, run->results->count);
}

/* What playing gave goes over to the result; the job keeps looking at the transcript. */
static void hand_over(struct run_job *job)
{
    struct run_case *result = job->result;
    result->transcript = job->transcript;
    result->claims = job->claims;
    result->output = job->output;
    result->output_count = job->output_count;
    result->duration = job->duration;
    job->claims = NULL;
    job->output = NULL;
}

/* On a machine that is too busy a sound sender misses limits that it keeps elsewhere. What was seen
 * there is no reason to blame it: the case is played again when the others are done. */
enum { TRIES_MOST = 2, CONFIRMED_ENOUGH = 8 };
static const usec late_too_much = 50 * USEC_PER_MSEC;
static const usec again_most = 60 * USEC_PER_SEC;

/* As if it had never been played. */
static void forget(struct run_job *job)
{
    transcript_free(job->transcript);
    free(job->claims);
    free(job->processes);
    free(job->sightings);
    free(job->output);
    job->transcript = NULL;
    job->claims = NULL;
    job->processes = NULL;
    job->process_count = 0;
    job->sightings = NULL;
    job->sighting_count = 0;
    job->output = NULL;
    job->output_count = 0;
    free(job->gone);
    free(job->absent);
    job->gone = job->absent = NULL;
    job->cut = 0;
    job->per_message_claims = false;
    job->late = 0;
    job->played = job->judged = false;
    job->tries++;
}

static bool was_too_busy(const struct run_job *job)
{
    return job->late > late_too_much && job->tries < TRIES_MOST;
}

/* Is this verdict worth another try? Where tries do not change verdicts, the sender is what it is.
 */
static bool tries_again(struct run *run, struct run_job *job)
{
    struct run_case *result = job->result;
    bool bad = result->verdict == VERDICT_FAIL || result->verdict == VERDICT_WARN;
    if (job->tries > 0)
        run->confirmed = bad ? run->confirmed + 1 : 0;
    bool baseline_too = job->baseline && !job->baseline->result && was_too_busy(job->baseline);
    if (!bad || run->results->interrupted || run->again + job->duration > again_most ||
        run->confirmed >= CONFIRMED_ENOUGH || (!was_too_busy(job) && !baseline_too) ||
        job->tries >= TRIES_MOST)
        return false;
    findings_free(&result->findings);
    run->again += job->duration;
    forget(job);
    if (baseline_too)
        forget(job->baseline);
    return true;
}

/* What is skipped as a whole says why as a whole. */
static void give_reason(struct run_case *result)
{
    for (size_t i = 0; i < result->findings.count && !result->reason; i++)
        if (result->verdict == VERDICT_SKIP && result->findings.at[i].actual)
            result->reason = strdup(result->findings.at[i].actual);
}

static void judge(struct run *run, struct run_job *job)
{
    struct run_case *result = job->result;
    job->judged = true;
    if (!result)
        return;
    result->open = job->absent && !job->faulty;
    if (job->faulty) {
        result->verdict = VERDICT_ERROR;
        result->reason = job->fault;
        job->fault = NULL;
    } else if (job->absent) {
        result->verdict = VERDICT_SKIP;
        result->reason = job->absent;
        job->absent = NULL;
    } else {
        struct check_input input = judged_input(run, job);
        check_all(&input, &result->findings);
        result->verdict = result->findings.verdict;
        if (result->findings.no_memory) {
            result->verdict = VERDICT_ERROR;
            result->reason = strdup("no memory for judging");
        }
        if (tries_again(run, job))
            return;
        give_reason(result);
    }
    hand_over(job);
    tell(run, result);
    if (run->options->save)
        run->options->save(run->options->owner, run->results);
}

void run_job_played(struct run *run, struct run_job *job)
{
    job->played = true;
    if (!job->baseline || job->baseline->played)
        judge(run, job);
    for (size_t i = 0; i < run->job_count; i++) {
        struct run_job *other = &run->jobs[i];
        if (other->baseline == job && other->played && !other->judged)
            judge(run, other);
    }
}

/* A case that is not played, and why. */
static void leave_out(struct run *run, struct run_job *job, enum verdict verdict,
                      const char *reason)
{
    job->played = job->judged = true;
    if (!job->result)
        return;
    job->result->verdict = verdict;
    job->result->open = run->results->interrupted;
    job->result->reason = strdup(reason);
    tell(run, job->result);
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
            tell(run, job->result);
        } else if (reason)
            leave_out(run, job, VERDICT_SKIP, reason);
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
            leave_out(run, &run->jobs[i], VERDICT_SKIP, "interrupted before it had been played");
}

/* A stop-watch: a live loop of its own, whose time moves on when it runs. */
static void expired(struct timer *timer)
{
    (void)timer;
}

static usec time_of(struct loop *loop)
{
    struct timer timer;
    timer_init(&timer, expired);
    if (loop_timer_set(loop, &timer, 0))
        loop_run(loop);
    return loop_now(loop);
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
    }
    return false;
}

static bool play(struct run *run, struct problem *problem)
{
    struct loop *watch = loop_live_new(problem);
    if (!watch)
        return false;
    usec began = time_of(watch);
    run->results->wall_clock = loop_wall_clock(watch);
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
    run->results->wall = time_of(watch) - began;
    run->results->transcript_hash = hash_results(run->results);
    loop_free(watch);
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

void run_results_free(struct run_results *results)
{
    for (size_t i = 0; i < results->count; i++) {
        struct run_case *result = &results->cases[i];
        free(result->reason);
        findings_free(&result->findings);
        transcript_free(result->transcript);
        free(result->claims);
        free(result->output);
    }
    free(results->cases);
    *results = (struct run_results){0};
}
