/* How the sender cleans up and leaves: RSET-1, QUIT-1, QUIT-2, QUIT-4, QUIT-5. */
#include "harness/check_judge.h"

/* NACCS's limit; a scenario with a shorter one tests something else. */
static const usec idle_limit = 120 * USEC_PER_SEC;

/* After a transaction that failed on the way, something must clear it before the next MAIL. */
static void check_reset(struct judge *judge, const struct transaction *failed)
{
    const struct link *link = failed->link;
    if (!answered(failed->mail, 250) || failed->fate == FATE_ACCEPTED ||
        failed->fate == FATE_CLOSING || !failed->decided->answer.complete)
        return;
    for (const struct step *step = step_next(link, failed->mail); step;
         step = step_next(link, step)) {
        if (step->kind != STEP_COMMAND)
            continue;
        if (step->verb == VERB_RSET || step->verb == VERB_QUIT || step->verb == VERB_HELO ||
            step->verb == VERB_EHLO) {
            if (step > failed->decided)
                judge_saw(judge, RSET_1);
            return;
        }
        if (step->verb != VERB_MAIL)
            continue;
        struct place place = {.link = link, .step = step};
        bool at_end = failed->body && failed->body->complete;
        if (at_end)
            judge_warn(
                judge, RSET_1, place, "RSET or QUIT after a failed transaction",
                "MAIL came at once after the message was refused at its end (RFC 5321 allows "
                "that; the sequence of table 4-3-2 has RSET for it)");
        else
            judge_against(judge, RSET_1, place, "RSET or QUIT after a failed transaction",
                          "MAIL came at once, though the transaction before it had failed");
        return;
    }
}

static bool said_quit(const struct link *link)
{
    for (size_t i = 0; i < link->step_count && i < link->derailed; i++)
        if (link->steps[i].retreat ||
            (link->steps[i].kind == STEP_COMMAND && link->steps[i].verb == VERB_QUIT))
            return true;
    return false;
}

/* Answered while the sender was still there. */
static bool was_answered(const struct link *link, const struct step *step)
{
    return step->answer.complete && (link->sender_ended_at == USEC_NEVER || step->crossed ||
                                     step->answer.last_event < link->sender_ended_event);
}

/* The last step that was answered, NOOP and RSET left aside; null where the greeting is not. */
static const struct step *last_answered(const struct link *link)
{
    const struct step *found = NULL;
    for (size_t i = 0; i < link->step_count && i < link->derailed; i++) {
        const struct step *step = &link->steps[i];
        if (step->kind == STEP_COMMAND && (step->verb == VERB_NOOP || step->verb == VERB_RSET))
            continue;
        if (was_answered(link, step))
            found = step;
    }
    return found;
}

/* The centre said nothing of why it left: a silence of nearly two minutes says it. */
static bool was_long_silent(const struct judge *judge, const struct link *link)
{
    const struct step *last = link_last(link);
    usec since = last->answer.present && !last->crossed ? last->answer.last_at : last->last_at;
    return (double)(link->centre_ended_at - since) * judge->input->clock.pace >=
           (double)idle_limit * 0.98;
}

/* Who can't speak, because the centre does not read, is not idle. */
static bool was_kept_from_speaking(const struct link *link)
{
    return link->paused_at != USEC_NEVER && link->resumed_at == USEC_NEVER;
}

/* Cut because it was silent for as long as NACCS allows, and not by the scenario's doing. */
static bool cut_for_idleness(const struct judge *judge, const struct link *link)
{
    const struct span *limit = &judge->input->scenario->centre.idle_limit;
    return link->cut_idle && !link->idle_rule &&
           !at_waking(judge, link->opened_at, link->centre_ended_at) &&
           !was_kept_from_speaking(link) && limit->percent == 0 && limit->duration >= idle_limit &&
           (!judge->input->field || was_long_silent(judge, link));
}

/* Its command has ended, and the connection has not: somebody else has got hold of it (a child that
 * inherited the socket). */
static bool left_open(const struct judge *judge, const struct link *link)
{
    const struct check_process *process = judge_process(judge, link);
    return link->sender_ended_at == USEC_NEVER && !link->tailless && process && !process->killed;
}

/* Did the sender leave of its own will, with the centre there and willing? */
static bool left_by_itself(const struct judge *judge, const struct link *link)
{
    if (cut_for_idleness(judge, link))
        return true;
    return link->centre_ended_at == USEC_NEVER && link->stalled_at == USEC_NEVER &&
           link->paused_at == USEC_NEVER &&
           (link->sender_ended_at != USEC_NEVER || left_open(judge, link)) &&
           link->derailed == link->step_count;
}

/* The reply that the sequence wants here; after any other, a sender may be at its wits' end. */
static bool went_well(const struct step *step)
{
    if (step->kind == STEP_GREETING)
        return answered(step, 220);
    if (step->kind == STEP_COMMAND && step->verb == VERB_DATA)
        return answered(step, 354);
    if (step->kind == STEP_COMMAND && step->verb == VERB_RCPT)
        return answered(step, 250) || answered(step, 251);
    return answered(step, 250);
}

/* It had its reply, and all it did was to wait, and to close: it wanted more of the reply than
 * there is. The step that was replied to; null where it did not. */
static const struct step *waited_in_vain(const struct judge *judge, const struct link *link)
{
    const struct step *step = link_last(link);
    if (step->kind == STEP_BODY && !step->complete && step->wire_end == step->begin)
        step--; /* the 354 */
    bool its_turn = step->kind != STEP_BODY && step->verb != VERB_QUIT && went_well(step) &&
                    !step->answer.doubtful; /* no reply at all to some */
    if (!its_turn || !left_by_itself(judge, link) || link->sender_ended_at == USEC_NEVER ||
        judge->stopped || step->crossed || link->cut_idle)
        return NULL;
    usec waited = link->sender_ended_at - step->answer.last_at;
    bool in_vain = waited >= judge->early && waited >= judge->input->sender_limit / 2;
    return in_vain && !out_of_step(link) && !may_have_given_up(judge, link, step) ? step : NULL;
}

/* A 421 that nothing had asked for says that the centre leaves, whoever closes first then. */
static bool was_told_to_leave(const struct link *link)
{
    for (size_t i = 0; i < link->unasked_count; i++)
        if (link->unasked[i].complete && link->unasked[i].code == 421)
            return true;
    return false;
}

static void check_quit(struct judge *judge, const struct link *link)
{
    const struct step *last = last_answered(link);
    if (!last || (link->step_count < 2 && !link->headless))
        return;
    if (said_quit(link)) {
        judge_saw(judge, QUIT_1);
        return;
    }
    bool told = was_told_to_leave(link) && !cut_for_idleness(judge, link);
    const struct answer *answer = &last->answer;
    /* Many just close behind garbage, and behind a line that answers nothing. */
    bool strange = answer->code == 0 || answer->doubtful || link->unasked_count > 0;
    if (told || !left_by_itself(judge, link) || answer->code == 421 || strange)
        return;
    const struct step *end = link_last(link);
    if ((end->kind == STEP_BODY && !end->complete) || out_of_step(link))
        return; /* inside a message there is no saying QUIT */
    if (!was_answered(link, end) || end->answer.code == 421 || end->answer.code == 0 ||
        end->answer.doubtful ||
        (may_have_given_up(judge, link, end) && !cut_for_idleness(judge, link) && !judge->stopped))
        return; /* left while a reply was due: a matter of time-limits */
    if (waited_in_vain(judge, link))
        return; /* it never knew that it was its turn */
    /* Behind a RSET that was not granted, too, a sender may be at its wits' end. */
    bool reset = end->kind == STEP_COMMAND && end->verb == VERB_RSET && !went_well(end);
    char text[ESCAPED_SIZE], reply[ESCAPED_SIZE], stop[STOP_WORDS_SIZE];
    struct place place = {.link = link, .step = reset ? end : last};
    last = place.step;
    enum requirement_number requirement = went_well(last) ? QUIT_1 : QUIT_4;
    if (requirement == QUIT_1)
        judge_against(judge, QUIT_1, place, "QUIT when the last message is done",
                      left_open(judge, link) && !cut_for_idleness(judge, link)
                          ? "the sender ended without QUIT, and left the connection open%s"
                          : "it closed the connection without QUIT%s",
                      judge_stop_words(judge, stop));
    else
        judge_against(judge, QUIT_4, place, "QUIT after a refusal too",
                      "it closed the connection without QUIT after %s was answered %s",
                      step_words(link, last, text), answer_words(link, last, reply));
}

static void check_waiting_in_vain(struct judge *judge, const struct link *link)
{
    const struct step *step = waited_in_vain(judge, link);
    if (!step)
        return;
    char text[32], reply[ESCAPED_SIZE];
    judge_against(judge, CODE_2, (struct place){.link = link, .step = step},
                  "to go on once the last line of a reply has come",
                  "it sent nothing for %s after %s, and closed the connection",
                  seconds(link->sender_ended_at - step->answer.last_at, text),
                  answer_words(link, step, reply));
}

/* A refusal that the sender left after, in order. */
static void check_polite(struct judge *judge, const struct link *link)
{
    bool refused = false;
    for (size_t i = 0; i < link->step_count && i < link->derailed; i++) {
        const struct step *step = &link->steps[i];
        refused |= step->answer.complete && step->answer.code >= 400 && step->answer.code != 421;
        if (refused && step->kind == STEP_COMMAND && step->verb == VERB_QUIT)
            judge_saw(judge, QUIT_4);
    }
}

/* Until when a sender that has closed its own direction (a half close behind QUIT) may have waited
 * on the other one: until it did something else. */
static usec stayed_until(const struct judge *judge, const struct link *link)
{
    const struct check_process *process = judge_process(judge, link);
    if (!process)
        return link->sender_ended_at;
    usec until = process->ended < link->sender_reset_at ? process->ended : link->sender_reset_at;
    for (const struct link *next = link + 1;
         next < judge->dialogue.links + judge->dialogue.count && next->opened_at < until; next++)
        if (next->opened_at >= link->sender_ended_at && judge_process(judge, next) == process)
            until = next->opened_at;
    return until > link->sender_ended_at ? until : link->sender_ended_at;
}

/* So soon behind QUIT closes who sends both in one go. */
static const usec half_close_most = 100 * USEC_PER_MSEC;

static void check_farewell(struct judge *judge, const struct link *link)
{
    const struct step *quit = link_last(link);
    if (quit->kind != STEP_COMMAND || quit->verb != VERB_QUIT || !quit->complete)
        return;
    bool cut = link->centre_ended_at != USEC_NEVER &&
               (!quit->answer.complete || link->centre_ended_event < quit->last_event);
    /* It had given up a reply, the end of which came now: it may have taken that for the 221. */
    const struct answer *before = quit > link->steps ? &quit[-1].answer : NULL;
    bool behind = before && before->present && before->last_event > quit->first_event;
    if (cut || link->sender_ended_at == USEC_NEVER || out_of_step(link) || behind)
        return;
    usec stayed = stayed_until(judge, link);
    bool refused = link->sender_reset_at != USEC_NEVER; /* the 221, where it came behind its FIN */
    if (quit->answer.complete && (link->sender_ended_event > quit->answer.last_event ||
                                  (!refused && stayed > quit->answer.last_at))) {
        judge_saw(judge, QUIT_5);
        return;
    }
    if (stayed - quit->last_at >= judge->early || quit->held_back)
        return; /* it waited as long as it says it does, or from when it did is not known */
    if (!quit->answer.complete && !refused && stayed >= link->closed_at &&
        link->sender_ended_at - quit->last_at < half_close_most)
        return; /* a centre with no more to say closes behind half a close: nothing to wait for */
    char waited[32];
    judge_against(judge, QUIT_5, (struct place){.link = link, .step = quit},
                  "to wait for the 221 before closing", "it closed %s after QUIT, before the reply",
                  seconds(link->sender_ended_at - quit->last_at, waited));
}

/* The last octet of a stream that passed before the centre ended the connection; the sender may not
 * have noticed, and sent more. */
static usec last_before_end(const struct link *link, const struct stream *stream, usec otherwise)
{
    for (size_t i = stream->segment_count; i-- > 0;)
        if (stream->segments[i].event < link->centre_ended_event)
            return stream->segments[i].at > otherwise ? stream->segments[i].at : otherwise;
    return otherwise;
}

static void check_idle(struct judge *judge, const struct link *link)
{
    const struct span *limit = &judge->input->scenario->centre.idle_limit;
    if (link->step_count < 2 || limit->percent != 0 || limit->duration < idle_limit)
        return;
    judge_saw(judge, QUIT_2);
    if (!cut_for_idleness(judge, link))
        return;
    char silent[32];
    usec last = last_before_end(link, &link->sender, link->opened_at);
    last = last_before_end(link, &link->centre, last);
    judge_against(
        judge, QUIT_2, (struct place){.link = link, .step = link_last(link)},
        "to leave before the centre cuts the connection",
        "nothing was sent for %s by the centre's clock, and the centre cut the connection",
        seconds((usec)((double)(link->centre_ended_at - last) * judge->input->clock.pace), silent));
}

void check_leaving(struct judge *judge)
{
    for (size_t i = 0; i < judge->transaction_count; i++)
        check_reset(judge, &judge->transactions[i]);
    for (size_t i = 0; i < judge->dialogue.count; i++) {
        const struct link *link = &judge->dialogue.links[i];
        check_quit(judge, link);
        check_waiting_in_vain(judge, link);
        check_polite(judge, link);
        check_farewell(judge, link);
        check_idle(judge, link);
    }
}
