#include "harness/check_judge.h"

#include <stdlib.h>

/* Bounds for a sender that declares `limit`: what it does by its own clock may be off by the
 * tolerance, and starting and scheduling cost the slack on top. */
static void set_bounds(struct judge *judge)
{
    static const usec shortest_limit =
        USEC_PER_SEC; /* that anyone may have; where none is declared */

    const struct check_input *input = judge->input;
    usec part = (usec)((double)input->sender_limit * input->tolerance);
    judge->late = input->sender_limit + part + input->slack;
    judge->early = input->sender_limit - part - input->slack;
    if (judge->early < 0)
        judge->early = 0;
    if (input->field && input->sender_limit == 0) {
        judge->early = shortest_limit;
        judge->late = USEC_NEVER;
    }
    const struct transcript *transcript = input->transcript;
    if (transcript->count > 0)
        judge->over = transcript->events[transcript->count - 1].at;
    if (input->cut > judge->over)
        judge->over = input->cut;
    judge->stopped = input->cut > 0;
    for (size_t i = 0; i < input->process_count; i++) {
        if (input->processes[i].ended > judge->over)
            judge->over = input->processes[i].ended;
        judge->stopped |= input->processes[i].killed;
    }
}

static enum verdict worst(enum verdict a, enum verdict b)
{
    static const int rank[] = {
        [VERDICT_SKIP] = 0, [VERDICT_PASS] = 1,  [VERDICT_WARN] = 2,
        [VERDICT_FAIL] = 3, [VERDICT_ERROR] = 4,
    };
    return rank[b] > rank[a] ? b : a;
}

static void conclude(struct judge *judge)
{
    struct findings *findings = judge->findings;
    uint64_t passed = judge->touched & ~judge->found & ~judge->voided;
    for (int i = 0; i < REQUIREMENTS; i++)
        if (passed >> i & 1)
            judge_add(judge, i, VERDICT_PASS);
    findings->verdict = VERDICT_SKIP;
    for (size_t i = 0; i < findings->count; i++)
        findings->verdict = worst(findings->verdict, findings->at[i].verdict);
    if (findings->no_memory || judge->dialogue.no_memory)
        findings->verdict = VERDICT_ERROR;
}

/* What was still open when the file ended may have gone on in any way. */
static void mark_open_links(struct dialogue *dialogue)
{
    for (size_t i = 0; i < dialogue->count; i++) {
        struct link *link = &dialogue->links[i];
        link->tailless |= link->sender_ended_at == USEC_NEVER &&
                          link->centre_ended_at == USEC_NEVER && link->closed_at == USEC_NEVER;
    }
}

void check_all(const struct check_input *input, struct findings *findings)
{
    *findings = (struct findings){0};
    struct judge judge = {.input = input, .findings = findings};
    const struct expectation *expect = &input->scenario->expect;
    for (size_t i = 0; i < expect->void_count; i++) {
        int number = requirement_number_of(expect->void_checks[i]);
        if (number >= 0)
            judge.voided |= (uint64_t)1 << number;
    }
    set_bounds(&judge);
    if (dialogue_read(input->transcript, &judge.dialogue)) {
        if (input->field)
            mark_open_links(&judge.dialogue);
        check_bodies(&judge);
        check_permission(&judge);
        if (judge_transactions(&judge) && judge_waits(&judge)) {
            check_lookup(&judge);
            check_order(&judge);
            check_leaving(&judge);
            check_times(&judge);
            check_ledger(&judge);
            check_expectations(&judge);
            check_untold(&judge);
            if (input->field)
                check_unseen(&judge);
        } else {
            findings->no_memory = true;
        }
    }
    conclude(&judge);
    free(judge.transactions);
    free(judge.waits);
    dialogue_free(&judge.dialogue);
}

void findings_free(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->at[i].expected);
        free(findings->at[i].actual);
    }
    free(findings->at);
    *findings = (struct findings){0};
}
