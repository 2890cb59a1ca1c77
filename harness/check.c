#include "harness/check_judge.h"

#include <stdlib.h>

static uint64_t bits(const enum requirement_number *numbers, size_t count)
{
    uint64_t set = 0;
    for (size_t i = 0; i < count; i++)
        set |= (uint64_t)1 << numbers[i];
    return set;
}

/* What can't be judged by such a file at all. */
static void set_blind(struct judge *judge)
{
    static const enum requirement_number by_time[] = {TIME_1, TIME_2, STORM_1, QUIT_2};
    static const enum requirement_number by_octets[] = {BODY_1, BODY_2, BODY_3, BODY_4, BODY_5};
    static const usec coarse = 100 * USEC_PER_MSEC;
    const struct check_input *input = judge->input;
    if (input->untimed)
        judge->untimed = bits(by_time, sizeof by_time / sizeof *by_time);
    else if (input->grain > coarse)
        judge->untimed = bits(&by_time[2], 1);
    if (input->inexact)
        judge->inexact = bits(by_octets, sizeof by_octets / sizeof *by_octets);
    judge->voided |= judge->untimed | judge->inexact;
}

/* Bounds for a sender that declares `limit`: what it does by its own clock may be off by the
 * tolerance, and starting and scheduling cost the slack on top. */
static void set_bounds(struct judge *judge)
{
    static const usec shortest_limit = USEC_PER_SEC; /* of anyone; where none is declared */
    const struct check_input *input = judge->input;
    usec part = (usec)((double)input->sender_limit * input->tolerance);
    judge->late = input->sender_limit + part + input->slack + input->grain;
    judge->early = input->sender_limit - part - input->slack - input->grain;
    if (judge->early < 0)
        judge->early = 0;
    if (input->field && input->sender_limit == 0) {
        judge->early = shortest_limit;
        judge->late = USEC_NEVER;
    }
    if (input->untimed)
        judge->early = 0;
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
        if (input->processes[i].killed && !judge->stopped_for)
            judge->stopped_for = input->processes[i].killed_for;
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

/* The half of a command, or of a reply, that missing octets begin behind says nothing. */
static void forget_halves(struct link *link)
{
    struct step *last = &link->steps[link->step_count - 1];
    if (last->kind == STEP_COMMAND && !last->complete)
        link->step_count--;
    if (link->derailed > link->step_count)
        link->derailed = link->step_count;
    for (size_t i = 0; i < link->step_count; i++)
        if (!link->steps[i].answer.complete)
            link->steps[i].answer = (struct answer){0};
}

/* What was still open when the file ended may have gone on in any way. */
static bool is_open_in_file(const struct judge *judge, const struct link *link)
{
    return judge->input->field && link->sender_ended_at == USEC_NEVER &&
           link->centre_ended_at == USEC_NEVER && link->closed_at == USEC_NEVER;
}

static void mark_tails(struct judge *judge)
{
    for (size_t i = 0; i < judge->dialogue.count; i++) {
        struct link *link = &judge->dialogue.links[i];
        link->tailless |= is_open_in_file(judge, link) || hidden_by_sleep(judge, link);
        if (link->tailless)
            forget_halves(link);
    }
}

/* Messages that came in chunks are not read; so nothing is known of what became of any. */
static bool has_chunks(struct judge *judge)
{
    static const int unknown[] = {SEQ_3, QUIT_3, LOSS_1, LOSS_2, LOSS_3};
    bool found = false;
    for (size_t i = 0; i < judge->dialogue.count; i++)
        found |= judge->dialogue.links[i].chunking &&
                 judge->dialogue.links[i].derailed < judge->dialogue.links[i].step_count;
    for (size_t i = 0; found && i < sizeof unknown / sizeof *unknown; i++)
        judge_skip(judge, unknown[i],
                   "the centre offered CHUNKING and the sender took it: from BDAT on (RFC 3030) "
                   "the connection is not judged");
    return found;
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
    set_blind(&judge);
    if (dialogue_read(input->transcript, &judge.dialogue)) {
        mark_tails(&judge);
        check_bodies(&judge);
        check_permission(&judge);
        if (judge_transactions(&judge) && judge_waits(&judge)) {
            check_lookup(&judge);
            check_order(&judge);
            check_leaving(&judge);
            check_times(&judge);
            check_storm(&judge);
            if (!has_chunks(&judge)) {
                check_ledger(&judge);
                check_expectations(&judge);
            }
            check_end(&judge);
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
