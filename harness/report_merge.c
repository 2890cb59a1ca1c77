#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report_case.h"
#include "harness/report_read.h"

bool report_is_part(const struct report_file *file)
{
    return file->context.shards > 1;
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_words(char *const *a, char *const *b)
{
    for (; a && b && *a && *b; a++, b++)
        if (strcmp(*a, *b) != 0)
            return false;
    return (!a || !*a) && (!b || !*b);
}

static bool same_number(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fabs(a);
}

static bool same_profile(const struct run_profile *a, const struct run_profile *b)
{
    return a->each == b->each && a->one_per_connection == b->one_per_connection &&
           a->sends_ehlo == b->sends_ehlo && a->adds_headers == b->adds_headers &&
           a->retries == b->retries && a->resolver == b->resolver;
}

/* In what two parts differ that must be the same; null: in nothing. */
static const char *difference(const struct report_file *a, const struct report_file *b)
{
    const struct run_options *left = &a->options, *right = &b->options;
    if (!report_is_part(a) || !report_is_part(b))
        return "one of them is no part of a run (--shard)";
    if (a->context.shards != b->context.shards)
        return "the number of parts";
    if (left->seed != right->seed)
        return "the seed";
    /* The messages that are made are part of it, and follow from the seed. */
    if (a->suite.hash != b->suite.hash)
        return "the suite";
    if (run_mode(left) != run_mode(right))
        return "the mode";
    if (!same_text(a->context.client_name, b->context.client_name) ||
        !same_text(a->context.client_version, b->context.client_version) ||
        !same_words(left->command, right->command))
        return "the sender";
    if (!same_profile(&left->profile, &right->profile))
        return "what the sender declares";
    if (left->timeout != right->timeout)
        return "--timeout";
    if (!same_number(left->tolerance, right->tolerance))
        return "--tolerance";
    if (!same_number(left->pace, right->pace))
        return "--pace";
    if (!same_number(left->accelerate, right->accelerate))
        return "--accelerate";
    if (left->strict != right->strict)
        return "--strict";
    if (!same_text(left->helo, right->helo) || !same_text(left->from, right->from))
        return "--helo or --from";
    if (!same_text(a->context.version, b->context.version))
        return "the harness's version";
    return a->context.whole != b->context.whole ? "what was selected" : NULL;
}

/* Each part once. */
static bool are_all(const struct report_file *files, size_t count, struct problem *problem)
{
    unsigned shards = files[0].context.shards;
    for (unsigned shard = 1; shard <= shards; shard++) {
        const struct report_file *found = NULL;
        for (size_t i = 0; i < count; i++) {
            if (files[i].context.shard != shard)
                continue;
            if (found) {
                problem_set(problem, "%s and %s: both are part %u/%u", found->path, files[i].path,
                            shard, shards);
                return false;
            }
            found = &files[i];
        }
        if (!found) {
            problem_set(problem, "part %u/%u is missing", shard, shards);
            return false;
        }
    }
    return true;
}

static int by_id(const void *a, const void *b)
{
    const struct run_case *left = a, *right = b;
    return strcmp(left->test->scenario->id, right->test->scenario->id);
}

/* No case in two parts, and as many as there should be. */
static bool are_whole(const struct run_results *results, size_t whole, struct problem *problem)
{
    for (size_t i = 1; i < results->count; i++) {
        const char *id = results->cases[i].test->scenario->id;
        if (strcmp(results->cases[i - 1].test->scenario->id, id) != 0)
            continue;
        problem_set(problem, "the parts overlap: %.200s stands in two", id);
        return false;
    }
    if (results->count == whole)
        return true;
    problem_set(problem, "the parts hold %zu cases, and the run has %zu", results->count, whole);
    return false;
}

/* All results in one list, of which the first part is the owner from now on. What they refer to
 * (scenarios, requirements) stays the others'. */
static void take_over(struct report_file *first, struct report_file *other, struct run_case *all,
                      size_t *count)
{
    struct run_results *to = &first->results, *from = &other->results;
    if (from->count > 0)
        memcpy(all + *count, from->cases, from->count * sizeof *all);
    *count += from->count;
    if (other == first)
        return;
    to->wall += from->wall;
    to->latest = from->latest > to->latest ? from->latest : to->latest;
    to->wall_clock = from->wall_clock < to->wall_clock ? from->wall_clock : to->wall_clock;
    to->interrupted = to->interrupted || from->interrupted;
    /* Not what one run's would be, which goes over all transcripts in their order; equal for equal
     * parts all the same. */
    to->transcript_hash ^= from->transcript_hash;
    from->count = 0;
}

bool report_merge(struct report_file *files, size_t count, struct problem *problem)
{
    size_t total = 0, taken = 0;
    for (size_t i = 0; i < count; i++) {
        const char *what = difference(&files[0], &files[i]);
        total += files[i].results.count;
        if (!what)
            continue;
        problem_set(problem, "%s and %s are not parts of one run: they differ in %s", files[0].path,
                    files[i].path, what);
        return false;
    }
    if (!are_all(files, count, problem))
        return false;
    struct run_case *all = calloc(total + 1, sizeof *all);
    if (!all) {
        problem_set(problem, "no memory");
        return false;
    }
    for (size_t i = 0; i < count; i++)
        take_over(&files[0], &files[i], all, &taken);
    free(files[0].results.cases);
    files[0].results.cases = all;
    files[0].results.count = total;
    qsort(all, total, sizeof *all, by_id);
    report_count(&files[0].results);
    if (!are_whole(&files[0].results, files[0].context.whole, problem))
        return false;
    files[0].context.shard = files[0].context.shards = 0;
    return true;
}
