/* The same actions, octet for octet, as where the replies have their plain text (CODE-1). */
#include "harness/check_judge.h"

#include <stdio.h>

/* The same action? Commands octet for octet; bodies by the message they are, of whose octets the
 * BODY checks say what is to be said. */
static bool same_step(const struct link *a, const struct step *step, const struct link *b,
                      const struct step *other)
{
    if (step->kind != other->kind || step->complete != other->complete)
        return false;
    if (step->kind == STEP_BODY)
        return step->message == other->message;
    return octets_equal(link_octets(a, step->begin, step->end),
                        link_octets(b, other->begin, other->end));
}

static void tell_other_action(struct judge *judge, const struct link *link, const struct step *step,
                              const struct link *plain, const struct step *plain_step)
{
    char text[ESCAPED_SIZE], wanted[ESCAPED_SIZE], reply[ESCAPED_SIZE], expected[ESCAPED_SIZE + 64];
    snprintf(expected, sizeof expected,
             "what it does where the replies have their usual text: %.300s",
             plain_step ? step_words(plain, plain_step, wanted) : "nothing more");
    const struct step *before = step ? step - 1 : link_last(link);
    judge_against(judge, CODE_1, (struct place){.link = link, .step = step ? step : before},
                  expected, "after %s there came %s", answer_words(link, before, reply),
                  step ? step_words(link, step, text) : "nothing more");
}

static bool compare_links(struct judge *judge, const struct link *link, const struct link *plain)
{
    size_t count = link->step_count > plain->step_count ? link->step_count : plain->step_count;
    for (size_t i = 1; i < count; i++) {
        const struct step *step = i < link->step_count ? &link->steps[i] : NULL;
        const struct step *wanted = i < plain->step_count ? &plain->steps[i] : NULL;
        if (step && wanted && same_step(link, step, plain, wanted))
            continue;
        tell_other_action(judge, link, step, plain, wanted);
        return false;
    }
    return true;
}

static bool are_abreast(const struct dialogue *dialogue)
{
    for (size_t i = 1; i < dialogue->count; i++) {
        const struct link *before = &dialogue->links[i - 1];
        if (before->sender_ended_at > dialogue->links[i].opened_at &&
            before->centre_ended_at > dialogue->links[i].opened_at)
            return true;
    }
    return false;
}

/* Several connections at once: which of them met the rule, and when, differs from run to run.
 * Whoever connects more often than with the plain text, and only then at once, is not excused by
 * it: where the connections are as many, that they did not overlap in one of the runs is chance. */
static bool works_abreast(const struct dialogue *dialogue, const struct dialogue *plain)
{
    bool now = are_abreast(dialogue), then = are_abreast(plain);
    return (now && then) || ((now || then) && dialogue->count == plain->count);
}

static void compare_dialogues(struct judge *judge, struct judge *plain)
{
    if (works_abreast(&judge->dialogue, &plain->dialogue)) {
        judge_skip(judge, CODE_1,
                   "the sender has several connections at once: what it did first there is chance");
        return;
    }
    check_bodies(plain);
    judge_saw(judge, CODE_1);
    size_t count = judge->dialogue.count, wanted = plain->dialogue.count;
    bool same = true;
    for (size_t i = 0; same && i < count && i < wanted; i++)
        same = compare_links(judge, &judge->dialogue.links[i], &plain->dialogue.links[i]);
    if (same && count != wanted)
        judge_against(judge, CODE_1, (struct place){0},
                      "what it does where the replies have their usual text",
                      "%zu connection%s instead of %zu", count, count == 1 ? "" : "s", wanted);
}

void check_baseline(struct judge *judge)
{
    struct check_input input = *judge->input;
    input.transcript = input.baseline;
    struct findings unused = {0};
    struct judge plain = {.input = &input, .findings = &unused, .voided = UINT64_MAX};
    if (dialogue_read(input.transcript, &plain.dialogue))
        compare_dialogues(judge, &plain);
    else
        judge->findings->no_memory = true;
    dialogue_free(&plain.dialogue);
    findings_free(&unused);
}
