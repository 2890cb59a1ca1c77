/* What the scenario expects: accepted, outcome, gives_up, next, connections, same_actions_as,
 * quit_within. What is not met counts against the requirement that the scenario is about (the first
 * one that it names). */
#include "harness/check_judge.h"

#include <stdio.h>
#include <string.h>

/* The command said that it was done, and what it had started was not. */
static bool went_on_behind_command(const struct check_input *input)
{
    for (size_t i = 0; i < input->process_count; i++)
        if (input->processes[i].left_others)
            return true;
    return false;
}

static const char *not_reached(const struct judge *judge, enum lookup_result lookup)
{
    if (lookup == LOOKUP_TOLD)
        return "the sender asked the name server, was told where the centre is, and never got "
               "there";
    if (went_on_behind_command(judge->input))
        return "the command ended before anything had connected, and left a process behind that "
               "went on; a command that only hands the message to a service is named by submit in "
               "a profile";
    return "the sender never connected; the address stands in NACCS_HOST and NACCS_PORT, and in "
           "its arguments where they hold {host} and {port}";
}

static void expect_reached(struct judge *judge)
{
    bool refuses = false;
    for (size_t i = 0; i < judge->input->scenario->rule_count; i++)
        refuses |= judge->input->scenario->rules[i].action.refuse != SCENARIO_ANSWER;
    const struct scenario *scenario = judge->input->scenario;
    /* A name server that deviates may send the sender anywhere. */
    bool astray = scenario->dns_rule_count > 0 && !scenario->expect.has_accepted;
    enum lookup_result lookup = lookup_result_of(judge->input->transcript);
    if (judge->dialogue.count == 0 && !refuses && !astray && lookup != LOOKUP_FAILED)
        judge_against(judge, CONN_1, (struct place){0}, "a connection to the centre", "%s",
                      not_reached(judge, lookup));
    for (size_t i = 0; i < judge->input->process_count; i++) {
        const struct check_process *process = &judge->input->processes[i];
        if (process->crashed)
            judge_against(judge, judge_subject(judge), (struct place){0},
                          "the sender to end by itself", "it crashed: a signal ended it (%s)",
                          strsignal(process->status));
    }
    if (judge->input->gone)
        judge_against(judge, judge_subject(judge), (struct place){0}, "the sender to keep running",
                      "it did not outlive the case: %s", judge->input->gone);
}

/* How often the centre holds a message: it answered 250, or kept it though the reply was lost. */
static unsigned times_held(const struct judge *judge, uint32_t message, bool *surely)
{
    unsigned times = 0;
    *surely = false;
    for (size_t i = 0; i < judge->transaction_count; i++) {
        const struct transaction *transaction = &judge->transactions[i];
        bool stored = transaction->body && transaction->body->stored;
        if (transaction->message != message || (transaction->fate != FATE_ACCEPTED && !stored))
            continue;
        times++;
        *surely |= transaction->certain;
    }
    return times;
}

/* Whether a wait was given up after so long; a reply that came in time was not waited for, but not
 * understood. */
static bool gave_up_from(const struct judge *judge, usec least, usec most)
{
    for (size_t i = 0; i < judge->wait_count; i++) {
        const struct wait *wait = &judge->waits[i];
        const struct answer *answer = wait->step ? &wait->step->answer : NULL;
        bool in_time = answer && answer->complete && !wait->step->crossed &&
                       answer->last_at - wait->began < judge->early;
        usec waited = wait->ended - wait->began_not;
        if (wait->end == WAIT_GAVE_UP && wait->stage != STAGE_QUIT && !in_time && waited >= least &&
            waited < most)
            return true;
    }
    return false;
}

/* It left in the middle of the message, which the centre had not read for a while, its limit over
 * since it began with it. */
static bool gave_up_sending(const struct judge *judge, const struct link *link)
{
    const struct step *last = link_last(link);
    return last->kind == STEP_BODY && !last->complete && !last->retreat &&
           link->resumed_at != USEC_NEVER && link->centre_ended_at == USEC_NEVER &&
           may_have_given_up(judge, link, last);
}

/* It waited for as long as it says it does, and the centre's late reply came later still by the
 * sender's own clock: within the tolerance, nobody is to blame. */
static bool ran_out_of_time(const struct judge *judge)
{
    bool left = false;
    for (size_t i = 0; i < judge->dialogue.count; i++) {
        const struct link *link = &judge->dialogue.links[i];
        left |= gave_up_sending(judge, link) ||
                at_waking(judge, link->opened_at, link->sender_ended_at) ||
                hidden_by_sleep(judge, link);
    }
    return !judge->input->scenario->expect.has_gives_up &&
           (left || gave_up_from(judge, judge->early, USEC_NEVER));
}

/* TIME-2 tells that; what it did not do then is the consequence. */
static bool gave_up_too_early(const struct judge *judge)
{
    return gave_up_from(judge, 0, judge->early);
}

static const char out_of_time[] =
    "the sender gave up within the tolerance of its limit, before the centre's late reply";

static bool gave_up_too_soon(const struct judge *judge)
{
    for (size_t i = 0; i < judge->findings->count; i++)
        if (judge->findings->at[i].verdict == VERDICT_WARN &&
            strcmp(judge->findings->at[i].requirement, "TIME-2") == 0)
            return true;
    return false;
}

/* Something else failed in this case that can be why a message is missing, or why the sender never
 * came to what the scenario is about: the scenario's requirement is not to blame for it as well. */
static bool explained(const struct judge *judge)
{
    if (gave_up_too_early(judge))
        return true;
    for (size_t i = 0; i < judge->findings->count; i++)
        if (judge->findings->at[i].verdict == VERDICT_FAIL)
            return true;
    return gave_up_too_soon(judge);
}

/* The scenario is about the next connection, and there was none: a sender may leave what a cut left
 * to a later run. */
static bool never_came_back(const struct judge *judge)
{
    const struct expectation *expect = &judge->input->scenario->expect;
    return expect->has_connections && judge->dialogue.count > 0 &&
           judge->dialogue.count < expect->connections.first;
}

static void expect_message(struct judge *judge, uint32_t message)
{
    const struct check_input *input = judge->input;
    bool surely;
    char stop[STOP_WORDS_SIZE];
    if (message > input->message_count)
        return;
    unsigned times = times_held(judge, message, &surely);
    judge_saw(judge, judge_subject(judge));
    if (times == 0 && ran_out_of_time(judge))
        judge_skip(judge, judge_subject(judge), out_of_time);
    else if (times == 0 && judge->dialogue.count > 0 && !never_came_back(judge) &&
             !explained(judge))
        judge_against(judge, judge_subject(judge), (struct place){0},
                      "every message delivered that this centre accepts",
                      "in the end the centre does not hold message %u (%s)%s", message,
                      input->messages[message - 1].name, judge_stop_words(judge, stop));
    size_t copies = input->to_count > 1 ? input->to_count : 1;
    if (times > copies && surely && !(judge->found >> LOSS_2 & 1) && !(judge->found >> LOSS_3 & 1))
        judge_against(judge, LOSS_2, (struct place){0}, "every message accepted once",
                      "the centre holds message %u (%s) %u times", message,
                      input->messages[message - 1].name, times);
}

/* A well-behaved centre accepts everything: where the scenario says nothing else, so it must be. */
static void expect_accepted(struct judge *judge)
{
    const struct expectation *expect = &judge->input->scenario->expect;
    if (expect->has_accepted) {
        for (size_t i = 0; i < expect->accepted_count; i++)
            expect_message(judge, judge_file(judge, expect->accepted[i]));
        return;
    }
    if (judge->input->scenario->rule_count > 0 || judge->input->scenario->dns_rule_count > 0)
        return;
    for (uint32_t message = 1; message <= judge->input->message_count; message++)
        expect_message(judge, message);
}

static void expect_outcome_of(struct judge *judge, uint32_t message, unsigned allowed)
{
    unsigned claim = judge->input->claims[message - 1].outcomes;
    unsigned later = OUTCOME_DEFERRED | OUTCOME_UNSENT; /* both: may be tried later */
    if (allowed & later)
        allowed |= later;
    if (claim == 0)
        return;
    judge_saw(judge, judge_subject(judge));
    bool surely;
    bool gave_up = ran_out_of_time(judge) || gave_up_too_early(judge) || never_came_back(judge);
    if (gave_up && !(claim & OUTCOME_ACCEPTED))
        return; /* as told of the message itself */
    if (claim & allowed || (claim == OUTCOME_ACCEPTED && times_held(judge, message, &surely)))
        return;
    /* Of what else the scenario is about, a false claim says nothing. */
    bool told = claim & OUTCOME_ACCEPTED ? judge->found >> LOSS_1 & 1 : judge->found >> LOSS_3 & 1;
    if (told && judge_subject(judge) != CODE_3)
        return;
    if (allowed == OUTCOME_ACCEPTED && !(claim & OUTCOME_ACCEPTED) && explained(judge))
        return; /* not accepted, and said so */
    char expected[96], actual[96], words[128], how[CLAIM_SOURCE_SIZE];
    outcome_words(allowed, expected, sizeof expected);
    outcome_words(claim, actual, sizeof actual);
    snprintf(words, sizeof words, "the message reported as %s", expected);
    judge_against(judge, judge_subject(judge), (struct place){0}, words,
                  "message %u (%s) was reported as %s%s", message,
                  judge->input->messages[message - 1].name, actual,
                  claim_source(judge, message, how));
}

static void expect_outcomes(struct judge *judge)
{
    const struct expectation *expect = &judge->input->scenario->expect;
    for (size_t i = 0; i < expect->outcome_count; i++) {
        const struct expected_outcome *outcome = &expect->outcomes[i];
        if (outcome->message > judge->input->message_count)
            continue;
        if (outcome->message != 0) {
            expect_outcome_of(judge, judge_file(judge, outcome->message), outcome->outcomes);
            continue;
        }
        for (uint32_t message = 1; message <= judge->input->message_count; message++)
            if (!expectation_names(expect, message))
                expect_outcome_of(judge, judge_file(judge, message), outcome->outcomes);
    }
}

/* The body and its end are one wait to a sender whose octets the network still takes. */
static bool same_stage(enum stage wanted, enum stage seen)
{
    bool body = wanted == STAGE_BODY || wanted == STAGE_END_OF_DATA;
    return wanted == seen || (body && (seen == STAGE_BODY || seen == STAGE_END_OF_DATA));
}

static void expect_giving_up(struct judge *judge)
{
    const struct expectation *expect = &judge->input->scenario->expect;
    if (!expect->has_gives_up)
        return;
    const struct wait *answered_wait = NULL;
    for (size_t i = 0; i < judge->wait_count; i++) {
        const struct wait *wait = &judge->waits[i];
        if (!same_stage(expect->gives_up_at, wait->stage))
            continue;
        if (wait->end == WAIT_GAVE_UP || wait->end == WAIT_STILL || wait->end == WAIT_PASSED) {
            judge_saw(judge, TIME_1); /* its length is judged with every other wait's */
            return;
        }
        answered_wait = wait;
    }
    bool out_of_sight = expect->gives_up_at == STAGE_CONNECT || expect->gives_up_at == STAGE_BODY;
    if (judge->input->attached && out_of_sight && judge->input->sighting_count == 0) {
        judge_skip(judge, TIME_1,
                   "how long it waits here does not show on the wire, only to one who runs on the "
                   "sender's own machine");
        return;
    }
    if (answered_wait)
        return; /* it heard the reply out: TIME-2 tells that where it took longer than the limit */
    bool quit_was_skipped = expect->gives_up_at == STAGE_QUIT || expect->gives_up_at == STAGE_RSET;
    if (quit_was_skipped) {
        judge_skip(judge, TIME_1, "the sender never came to that command");
        return;
    }
    if (expect->gives_up_at == STAGE_HELO && judge->input->scenario->centre.ehlo &&
        judge->input->sends_ehlo) {
        judge_skip(judge, TIME_1, "this centre takes EHLO, and the sender had no need to say HELO");
        return;
    }
    if (gave_up_from(judge, 0, USEC_NEVER)) {
        judge_skip(judge, TIME_1, "it gave up at another stage before it came to that");
        return;
    }
    if (explained(judge)) {
        judge_skip(judge, TIME_1, "the sender failed before it came to what is timed here");
        return;
    }
    judge_against(judge, TIME_1, (struct place){0}, "to give up after its limit",
                  "it never came to %s", stage_name(expect->gives_up_at));
}

static uint32_t verb_bit(enum verb verb)
{
    static const enum command_verb verbs[VERBS] = {
        [VERB_HELO] = COMMAND_HELO, [VERB_EHLO] = COMMAND_EHLO, [VERB_MAIL] = COMMAND_MAIL,
        [VERB_RCPT] = COMMAND_RCPT, [VERB_DATA] = COMMAND_DATA, [VERB_RSET] = COMMAND_RSET,
        [VERB_NOOP] = COMMAND_NOOP, [VERB_QUIT] = COMMAND_QUIT, [VERB_OTHER] = COMMAND_UNKNOWN,
    };
    return 1u << verbs[verb];
}

/* "QUIT, RSET or the end of the connection" */
static void next_words(const struct expected_next *expect, char *text, size_t size)
{
    static const enum verb verbs[] = {VERB_QUIT, VERB_RSET, VERB_NOOP, VERB_MAIL,
                                      VERB_RCPT, VERB_DATA, VERB_HELO, VERB_EHLO};
    size_t length = (size_t)snprintf(text, size, "after this reply only");
    const char *comma = " ";
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs && length < size; i++) {
        if (!(expect->allowed & verb_bit(verbs[i])))
            continue;
        length +=
            (size_t)snprintf(text + length, size - length, "%s%s", comma, verb_name(verbs[i]));
        comma = ", ";
    }
    if (expect->close_allowed && length < size)
        snprintf(text + length, size - length, "%sthe end of the connection",
                 expect->allowed ? " or " : " ");
}

static void expect_next_of(struct judge *judge, const struct link *link, const struct step *step,
                           const struct expected_next *expect)
{
    const struct step *next = step_next(link, step);
    char text[ESCAPED_SIZE], reply[ESCAPED_SIZE];
    judge_saw(judge, judge_subject(judge));
    if (!next) {
        if (!expect->close_allowed && link->sender_ended_at != USEC_NEVER &&
            link->centre_ended_at == USEC_NEVER)
            judge_against(judge, judge_subject(judge), (struct place){.link = link, .step = step},
                          "a command behind this reply", "it closed the connection after %s",
                          answer_words(link, step, reply));
        return;
    }
    if (next->kind == STEP_COMMAND && (expect->allowed & verb_bit(next->verb)))
        return;
    char expected[160];
    next_words(expect, expected, sizeof expected);
    judge_against(judge, judge_subject(judge), (struct place){.link = link, .step = next}, expected,
                  "after %s it went on with %s", answer_words(link, step, reply),
                  step_words(link, next, text));
}

static void expect_nexts(struct judge *judge)
{
    const struct expectation *expect = &judge->input->scenario->expect;
    for (size_t i = 0; i < expect->next_count; i++)
        for (size_t j = 0; j < judge->dialogue.count; j++) {
            const struct link *link = &judge->dialogue.links[j];
            for (size_t k = 0; k < link->step_count && k < link->derailed; k++)
                if (link->steps[k].answer.rule != 0 && link->steps[k].answer.complete &&
                    same_stage(expect->next[i].after, step_stage(&link->steps[k])))
                    expect_next_of(judge, link, &link->steps[k], &expect->next[i]);
        }
}

static void expect_connections(struct judge *judge)
{
    const struct check_input *input = judge->input;
    const struct expectation *expect = &input->scenario->expect;
    if (!expect->has_connections)
        return;
    uint64_t most = expect->connections.last, least = expect->connections.first;
    if ((input->each || input->one_per_connection) && input->message_count > 0)
        most += input->message_count - 1;
    size_t count = judge->dialogue.count;
    char expected[96];
    if (expect->connections.last == UINT32_MAX)
        snprintf(expected, sizeof expected, "at least %llu connections", (unsigned long long)least);
    else if (least == 0 || least == most)
        snprintf(expected, sizeof expected, "%s%llu connection%s", least == most ? "" : "at most ",
                 (unsigned long long)most, most == 1 ? "" : "s");
    else
        snprintf(expected, sizeof expected, "%llu to %llu connections", (unsigned long long)least,
                 (unsigned long long)most);
    if (never_came_back(judge) && !explained(judge)) {
        judge_skip(judge, judge_subject(judge),
                   "the sender did not connect again for what the cut had left");
        return;
    }
    judge_saw(judge, judge_subject(judge));
    if ((count < least && !explained(judge)) || count > most)
        judge_against(judge, judge_subject(judge), (struct place){0}, expected, "%zu connection%s",
                      count, count == 1 ? "" : "s");
}

static void expect_quit(struct judge *judge)
{
    const struct expectation *expect = &judge->input->scenario->expect;
    const struct span *span = &expect->quit_within;
    if (!expect->has_quit_within)
        return;
    usec within = span->percent != 0 ? judge->input->sender_limit * (usec)span->percent / 100
                                     : (usec)((double)span->duration / judge->input->clock.pace);
    within += judge->input->slack;
    for (size_t i = 0; i < judge->dialogue.count; i++) {
        const struct link *link = &judge->dialogue.links[i];
        for (size_t j = 1; j < link->step_count && j < link->derailed; j++) {
            const struct step *quit = &link->steps[j], *before = quit - 1;
            char took[32];
            if (quit->kind != STEP_COMMAND || quit->verb != VERB_QUIT || !before->answer.complete)
                continue;
            judge_saw(judge, QUIT_1);
            if (quit->first_at - before->answer.last_at > within)
                judge_against(judge, QUIT_1, (struct place){.link = link, .step = quit},
                              "QUIT soon after the last reply", "QUIT came %s after it",
                              seconds(quit->first_at - before->answer.last_at, took));
        }
    }
}

static void expect_same_actions(struct judge *judge)
{
    const struct check_input *input = judge->input;
    if (!input->scenario->expect.same_actions_as)
        return;
    if (!input->baseline || ran_out_of_time(judge) || gave_up_too_soon(judge)) {
        judge_skip(judge, CODE_1,
                   !input->baseline         ? "the run with the plain text is missing"
                   : ran_out_of_time(judge) ? out_of_time
                                            : "the sender gave up, which TIME-2 tells");
        return;
    }
    check_baseline(judge);
}

/* A sender that the harness had to stop, though nothing else that it did was wrong: it did not
 * notice that the connection was gone, or had another way to hang. */
static void expect_end(struct judge *judge)
{
    bool cut = false, blamed = false;
    for (size_t i = 0; i < judge->dialogue.count; i++) {
        const struct link *link = &judge->dialogue.links[i];
        const struct step *last = link_last(link);
        cut |= link->centre_ended_at != USEC_NEVER &&
               !(last->verb == VERB_QUIT && answered(last, 221));
    }
    for (size_t i = 0; i < judge->findings->count; i++)
        blamed |= judge->findings->at[i].verdict == VERDICT_FAIL ||
                  judge->findings->at[i].verdict == VERDICT_WARN;
    for (size_t i = 0; i < judge->input->process_count && !blamed; i++) {
        const struct check_process *process = &judge->input->processes[i];
        if (process->killed && process->killed_for)
            judge_against(judge, cut ? QUIT_3 : TIME_1, (struct place){0},
                          cut ? "to notice that the connection was cut, and to end"
                              : "the sender to end by itself",
                          "the harness had to stop it: %s", process->killed_for);
    }
}

void check_expectations(struct judge *judge)
{
    if (judge->input->field)
        return;
    expect_reached(judge);
    expect_accepted(judge);
    expect_outcomes(judge);
    expect_giving_up(judge);
    expect_nexts(judge);
    expect_connections(judge);
    expect_quit(judge);
    expect_same_actions(judge);
    expect_end(judge);
}
