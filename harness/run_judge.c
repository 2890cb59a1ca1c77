#include "harness/run_job.h"

#include <stdlib.h>
#include <string.h>

#include "harness/patience.h"

/* What playing a job gave, judged; and whether that verdict is worth another try. */

/* Of the ways between the ends that an act of one takes to show, and to be answered. */
enum { SLACK_WAYS = 4 };

/* In virtual time nobody is late but for the way, and for a sleep: whoever slept may have waited
 * for as much longer than its limit, and may have found its limit past as much sooner than it was
 * awake for. */
static usec slack(const struct run *run, const struct run_job *job,
                  const struct loop_network *network)
{
    const struct run_options *options = run->options;
    if (run_mode(options) != RUN_VIRTUAL)
        return patience_slack(options->tolerance_scale) + 2 * job->late;
    return SLACK_WAYS * network->latency + network->clocks.sleep;
}

static struct check_sleep sleep_of(const struct run *run, const struct loop_network *network)
{
    if (run_mode(run->options) != RUN_VIRTUAL || network->clocks.sleep == 0)
        return (struct check_sleep){0};
    usec woke = network->clocks.sleep_at + network->clocks.sleep;
    return (struct check_sleep){woke, woke + 2 * network->latency};
}

static struct check_input judged_input(const struct run *run, const struct run_job *job)
{
    const struct run_options *options = run->options;
    struct play_clock clock = run_clock(options);
    const struct loop_network network = run_job_network(run, job);
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
        .acceleration = run_acceleration(options),
        .tolerance = options->tolerance * options->tolerance_scale,
        .slack = slack(run, job, &network),
        .sleep = sleep_of(run, &network),
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

/* Holds it against the list of what is known to fail. */
static void compare_with_list(struct run_case *result)
{
    if (!result->known)
        return;
    switch (known_compare(result->known, result->verdict, &result->findings, &result->surprise)) {
    case KNOWN_FAILS:
        break;
    case KNOWN_PASSES:
        result->unexpected = true;
        break;
    case KNOWN_OTHERWISE:
    case KNOWN_NOTHING:
        return;
    }
    result->known_failing = result->verdict == VERDICT_FAIL;
}

void run_job_told(struct run *run, struct run_case *result)
{
    const struct run_options *options = run->options;
    compare_with_list(result);
    run_results_count(run->results, result);
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
    run_job_told(run, result);
    if (run->options->save)
        run->options->save(run->options->owner, run->results);
}

void run_job_played(struct run *run, struct run_job *job)
{
    job->played = true;
    /* What is missing would be taken for what the sender did not do. */
    if (job->transcript && job->transcript->no_memory)
        run_job_fault(job, "no memory for what passed");
    if (!job->baseline || job->baseline->played)
        judge(run, job);
    for (size_t i = 0; job->awaited && i < run->job_count; i++) {
        struct run_job *other = &run->jobs[i];
        if (other->baseline == job && other->played && !other->judged)
            judge(run, other);
    }
}

void run_job_leave_out(struct run *run, struct run_job *job, enum verdict verdict,
                       const char *reason)
{
    job->played = job->judged = true;
    if (!job->result)
        return;
    job->result->verdict = verdict;
    job->result->open = run->results->interrupted;
    job->result->reason = strdup(reason);
    run_job_told(run, job->result);
}
