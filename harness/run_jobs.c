#include <stdlib.h>
#include <string.h>

#include "harness/run_job.h"

/* The jobs while they are being made: the selected ones stand in the second half of `block`, and
 * baselines grow towards the front before them. */
struct job_block {
    struct run_job *block;
    size_t selected; /* how many; also where they begin */
    size_t first;    /* of the baselines */
};

static struct run_job *find_job(const struct job_block *jobs, const struct suite_case *test)
{
    for (size_t i = jobs->selected; i < 2 * jobs->selected; i++)
        if (jobs->block[i].test == test && !jobs->block[i].played)
            return &jobs->block[i];
    for (size_t i = jobs->first; i < jobs->selected; i++)
        if (jobs->block[i].test == test && !jobs->block[i].plain)
            return &jobs->block[i];
    return NULL;
}

static struct run_job *other_case(const struct suite *suite, struct job_block *jobs, const char *id)
{
    for (size_t i = 0; i < suite->case_count; i++) {
        const struct suite_case *test = &suite->cases[i];
        if (strcmp(test->scenario->id, id) != 0)
            continue;
        struct run_job *job = find_job(jobs, test);
        if (job)
            return job;
        job = &jobs->block[--jobs->first];
        *job = (struct run_job){.test = test, .scenario = test->scenario};
        return job;
    }
    return NULL;
}

static struct run_job *plain_case(struct job_block *jobs, const struct suite_case *test)
{
    struct scenario *plain = baseline_plain(test->scenario);
    if (!plain)
        return NULL;
    uint64_t key = baseline_key(plain);
    for (size_t i = jobs->first; i < jobs->selected; i++) {
        if (jobs->block[i].plain && jobs->block[i].baseline_key == key) {
            baseline_free(plain);
            return &jobs->block[i];
        }
    }
    struct run_job *job = &jobs->block[--jobs->first];
    *job = (struct run_job){.test = test, .scenario = plain, .plain = plain, .baseline_key = key};
    return job;
}

static void find_baseline(const struct suite *suite, struct job_block *jobs, struct run_job *job)
{
    const char *asked = job->scenario->expect.same_actions_as;
    if (!asked)
        return;
    struct run_job *baseline =
        strcmp(asked, "plain") == 0 ? plain_case(jobs, job->test) : other_case(suite, jobs, asked);
    if (baseline == job)
        return;
    job->baseline = baseline;
    if (baseline)
        baseline->awaited = true;
    if (!baseline)
        run_job_fault(job, "no case \"%s\" to compare with", asked);
}

/* A case that has its verdict from an earlier run is not played; nor is another compared with it,
 * for its record may not be whole. */
static void take_earlier(struct run *run, size_t index, struct run_job *job)
{
    struct run_case *earlier = run->options->earlier ? &run->options->earlier[index] : NULL;
    struct run_case *result = job->result;
    const struct known_failure *known = result->known;
    result->verdict = VERDICT_SKIP;
    result->open = true;
    if (!earlier || !earlier->test)
        return;
    *result = *earlier;
    result->known_failing = result->unexpected = false;
    result->surprise = NULL;
    result->known = known;
    *earlier = (struct run_case){0};
    job->played = true;
}

bool run_jobs_make(struct run *run)
{
    const struct run_options *options = run->options;
    size_t count = options->selected_count;
    struct job_block jobs = {
        .block = calloc(2 * count + 1, sizeof *jobs.block), .selected = count, .first = count};
    run->block = jobs.block;
    run->results->cases = calloc(count + 1, sizeof *run->results->cases);
    if (!jobs.block || !run->results->cases)
        return false;
    run->results->count = count;
    for (size_t i = 0; i < count; i++) {
        const struct suite_case *test = &options->suite->cases[options->selected[i]];
        struct run_case *result = &run->results->cases[i];
        result->test = test;
        result->known = options->known ? options->known[i] : NULL;
        jobs.block[count + i] =
            (struct run_job){.test = test, .scenario = test->scenario, .result = result};
        take_earlier(run, i, &jobs.block[count + i]);
    }
    /* Those that are skipped need no baseline, and must not become one. */
    for (size_t i = count; i < 2 * count; i++)
        if (!jobs.block[i].played && !run_skip_reason(&options->profile, jobs.block[i].test))
            find_baseline(options->suite, &jobs, &jobs.block[i]);
    run->jobs = jobs.block + jobs.first;
    run->job_count = 2 * count - jobs.first;
    return true;
}
