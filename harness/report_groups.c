#include "harness/report_groups.h"

#include <stdlib.h>
#include <string.h>

const struct finding *report_finding_of(const struct run_case *result, const char *id,
                                        enum verdict verdict)
{
    for (size_t i = 0; i < result->findings.count; i++)
        if (result->findings.at[i].verdict == verdict &&
            strcmp(result->findings.at[i].requirement, id) == 0)
            return &result->findings.at[i];
    return NULL;
}

bool report_is_about(const struct run_case *result, const char *id)
{
    const struct scenario *scenario = result->test->scenario;
    for (size_t i = 0; i < scenario->requirement_count; i++)
        if (strcmp(scenario->requirements[i], id) == 0)
            return true;
    return false;
}

/* How many things beside this one went wrong in the case: the fewer, the better an example. A case
 * that is known to fail is none while there is another, and one that is about something else is a
 * worse one. */
static size_t confusion(const struct run_case *result, const char *id)
{
    size_t count = report_is_about(result, id) ? 0 : 2;
    for (size_t i = 0; i < result->findings.count; i++)
        count += result->findings.at[i].verdict == VERDICT_FAIL &&
                 strcmp(result->findings.at[i].requirement, id) != 0;
    return count + (result->known_failing ? 1000 : 0);
}

/* How much there is to look at besides: what the centre does, and how many messages are sent. */
static size_t intricacy(const struct run_case *result)
{
    const struct scenario *scenario = result->test->scenario;
    return scenario->rule_count + scenario->dns_rule_count + scenario->recipient_given_count +
           result->test->message_count;
}

static size_t octets_to_send(const struct run_case *result)
{
    size_t count = 0;
    for (size_t i = 0; i < result->test->message_count; i++)
        count += result->test->messages[i].octets.count;
    return count;
}

static bool is_better_example(const struct run_case *result, const struct run_case *than,
                              const char *id)
{
    const size_t of[][2] = {{confusion(result, id), confusion(than, id)},
                            {intricacy(result), intricacy(than)},
                            {octets_to_send(result), octets_to_send(than)}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        if (of[i][0] != of[i][1])
            return of[i][0] < of[i][1];
    return false;
}

const struct suite_requirement *report_requirement(const struct report_context *context,
                                                   const char *id)
{
    const struct suite *suite = context->options->suite;
    for (size_t i = 0; i < suite->requirement_count; i++)
        if (strcmp(suite->requirements[i].id, id) == 0)
            return &suite->requirements[i];
    return NULL;
}

struct report_group report_group_of(const struct report_context *context,
                                    const struct report_row *row, enum verdict verdict)
{
    struct report_group group = {
        .row = row, .requirement = report_requirement(context, row->id), .verdict = verdict};
    for (size_t i = 0; i < row->case_count; i++) {
        const struct run_case *result = &context->results->cases[row->cases[i]];
        if (!report_finding_of(result, row->id, verdict))
            continue;
        group.count++;
        group.known += result->known_failing;
        group.about += report_is_about(result, row->id);
        if (!group.example || is_better_example(result, group.example, row->id))
            group.example = result;
    }
    return group;
}

static int by_count(const void *a, const void *b)
{
    const struct report_group *left = a, *right = b;
    if (left->about != right->about)
        return left->about > right->about ? -1 : 1;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return left->row < right->row ? -1 : left->row > right->row;
}

bool report_groups_make(const struct report_context *context, const struct report_matrix *matrix,
                        enum verdict verdict, struct report_group **groups, size_t *count)
{
    struct report_group *made = calloc(matrix->count + 1, sizeof *made);
    *count = 0;
    *groups = made;
    if (!made)
        return false;
    for (size_t i = 0; i < matrix->count; i++) {
        made[*count] = report_group_of(context, &matrix->rows[i], verdict);
        *count += made[*count].count > 0;
    }
    qsort(made, *count, sizeof *made, by_count);
    return true;
}
