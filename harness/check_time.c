/* Waits: how long the sender waited for each reply, and what ended the wait. TIME-1, TIME-2. */
#include "harness/check_judge.h"
#include "harness/patience.h"

#include <stdio.h>
#include <stdlib.h>

/* The end of a connection is seen a little before the end of the process that was killed. */
static const usec kill_notice = 100 * USEC_PER_MSEC;

/* Sockets are looked at from time to time (harness/watch.c): one has come to its end this long, at
 * most, behind the last look that saw it. */
static const usec look_most = 100 * USEC_PER_MSEC;

static bool is_retreat(const struct step *step)
{
    return step->kind == STEP_COMMAND &&
           (step->verb == VERB_QUIT || step->verb == VERB_RSET || step->verb == VERB_NOOP);
}

const struct check_process *judge_process(const struct judge *judge, const struct link *link)
{
    const struct check_input *input = judge->input;
    for (size_t i = 0; i < input->process_count; i++)
        if (input->processes[i].started <= link->opened_at &&
            input->processes[i].ended >= link->opened_at)
            return &input->processes[i];
    return NULL;
}

static usec process_end(const struct judge *judge, const struct link *link)
{
    const struct check_process *process = judge_process(judge, link);
    return process ? process->ended : judge->over;
}

/* The socket at the other end, seen when the centre could not see it; null: it was not. */
static const struct check_sighting *sighting_of(const struct judge *judge, const struct link *link)
{
    const struct check_input *input = judge->input;
    for (size_t i = 0; i < input->sighting_count; i++) {
        const struct check_sighting *sighting = &input->sightings[i];
        bool same = link->port == 0 || sighting->port == 0 || sighting->port == link->port;
        if (!sighting->connecting && same && sighting->ended >= link->paused_at)
            return sighting;
    }
    return NULL;
}

/* When that socket had come to its end at the latest. An RST that the centre sends ends it as
 * well. */
static usec sighted_end(const struct judge *judge, const struct link *link)
{
    const struct check_sighting *sighting = sighting_of(judge, link);
    if (!sighting || sighting->still)
        return USEC_NEVER;
    usec ended = sighting->ended + look_most;
    bool with_centre =
        link->centre_ended_at != USEC_NEVER && ended + judge->input->slack >= link->centre_ended_at;
    return with_centre ? USEC_NEVER : ended;
}

static usec earlier(usec a, usec b)
{
    return a < b ? a : b;
}

/* The window was closed for longer than the sender's limit. */
static bool window_stayed_closed(const struct judge *judge, const struct link *link)
{
    return link->paused_at != USEC_NEVER &&
           (link->resumed_at == USEC_NEVER ||
            link->resumed_at - link->paused_at > judge->input->sender_limit);
}

static usec later(usec a, usec b)
{
    return a > b ? a : b;
}

/* Behind a window that the centre closed nothing is seen of a sender on another machine: the end of
 * its stream waits behind octets that nobody takes. Of one here it is only seen that it has ended,
 * which says nothing of this connection where it had more of them. */
static bool out_of_sight(const struct judge *judge, const struct link *link)
{
    bool more = link != &judge->dialogue.links[judge->dialogue.count - 1] ||
                link->centre_ended_at != USEC_NEVER;
    return (judge->input->attached || more) && link->paused_at != USEC_NEVER &&
           link->resumed_at == USEC_NEVER && link->sender_ended_at == USEC_NEVER &&
           !sighting_of(judge, link);
}

/* When the sender did something else than wait, after this step; USEC_NEVER: it did not. */
static usec reaction(const struct judge *judge, const struct link *link, const struct step *step,
                     const struct step *next)
{
    usec at = link->sender_ended_at;
    if (link->centre_reset)
        at = earlier(at, link->centre_ended_at); /* an RST leaves nothing to wait on */
    if (judge->input->attached && (at == USEC_NEVER || judge->input->field) && !link->centre_half)
        at = earlier(at,
                     link->centre_ended_at); /* whatever came later, it was no wait for a reply */
    if (link->centre_ended_at != USEC_NEVER)
        at = earlier(at, link->closed_at); /* nor does a connection that the centre has given up */
    if (window_stayed_closed(judge, link))
        at = earlier(at, sighted_end(judge, link));
    if (window_stayed_closed(judge, link) && link->resumed_at != USEC_NEVER)
        at = earlier(at, process_end(judge, link)); /* its end was seen late */
    if (next && next->first_at >= step->last_at)
        at = earlier(at, next->first_at);
    usec ended = process_end(judge, link);
    if (at == USEC_NEVER && ended < judge->over)
        at = ended;
    if (at == USEC_NEVER && judge->input->process_count > 0 && !judge->stopped)
        at = ended;
    return at;
}

/* The message, where it did not come to its end: the sender waits for the window to open. */
static bool is_part_of_message(const struct step *step)
{
    return step->kind == STEP_BODY && !step->complete;
}

/* The reply came, and it may have been too late for the sender, of which no more is seen. */
static bool may_be_unread(const struct judge *judge, const struct link *link,
                          const struct step *step, const struct step *next)
{
    return !next && may_have_given_up(judge, link, step) && step->verb != VERB_QUIT &&
           link->centre_ended_at == USEC_NEVER;
}

static bool has_own_answer(const struct step *step)
{
    return step->answer.complete && !step->crossed;
}

/* There was no wait behind this step, or what the sender did then, and when, is not known. */
static bool nothing_to_judge(const struct judge *judge, const struct link *link,
                             const struct step *step, const struct step *next)
{
    const struct answer *answer = &step->answer;
    if (is_part_of_message(step)) {
        /* Who took the reply to DATA for none sends nothing either. */
        if (!window_stayed_closed(judge, link) || step[-1].answer.doubtful || judge->input->field)
            return true;
    } else if (!step->complete) {
        return true;
    }
    if (next)
        return false;
    bool unread = may_be_unread(judge, link, step, next);
    if (out_of_sight(judge, link) && (unread || !answer->complete))
        return true;
    if (ended_unseen(link) && !sighting_of(judge, link) && link->paused_at <= step->last_at &&
        (answer->complete || link->resumed_at != USEC_NEVER))
        return true;
    return link->tailless && !has_own_answer(step);
}

/* The window may have closed before there was a message to send. */
static usec wait_began(const struct link *link, const struct step *step)
{
    return is_part_of_message(step) ? later(link->paused_at, step[-1].answer.last_at)
                                    : step->last_at;
}

/* Did the answer end the wait, before whatever the sender did at `acted`? */
static bool was_ended_by_answer(const struct judge *judge, const struct link *link,
                                const struct step *step, const struct step *next, usec acted)
{
    const struct answer *answer = &step->answer;
    if (!has_own_answer(step) || may_be_unread(judge, link, step, next))
        return false;
    bool before_reply =
        next ? next->first_event < answer->last_event
             : link->sender_ended_at != USEC_NEVER && link->sender_ended_event < answer->last_event;
    return acted == USEC_NEVER || acted > answer->last_at ||
           (acted == answer->last_at && !before_reply);
}

/* What ended a wait that no answer ended. */
static enum wait_end end_without_answer(const struct judge *judge, const struct wait *wait,
                                        const struct step *next, usec acted)
{
    const struct link *link = wait->link;
    if (acted == USEC_NEVER || (judge->stopped && acted + kill_notice >= process_end(judge, link)))
        return WAIT_STILL;
    if (wait->step->crossed ||
        (link->centre_ended_at != USEC_NEVER && link->centre_ended_at <= acted))
        return WAIT_CUT;
    bool went_on = next && next->first_at == acted &&
                   (!is_retreat(next) || acted - wait->began_not < judge->early);
    return went_on ? WAIT_PASSED : WAIT_GAVE_UP;
}

/* The wait behind one step; false where there was none to judge. */
static bool wait_of(const struct judge *judge, const struct link *link, const struct step *step,
                    struct wait *wait)
{
    const struct step *next = step_next(link, step);
    if (nothing_to_judge(judge, link, step, next))
        return false;
    usec began = wait_began(link, step);
    usec acted = reaction(judge, link, step, next);
    if (is_part_of_message(step) && (acted < began || may_have_missed(judge, step - 1, acted)))
        return false; /* it had gone before there was a message to send */
    *wait = (struct wait){.stage = step_stage(step),
                          .link = link,
                          .step = step,
                          .began = began,
                          .began_not = step_began_not(step),
                          .some_octets = step->answer.present && !step->crossed};
    if (next && judge_farewell_in_body(judge, link, next)) {
        wait->ended = next->first_at;
        wait->end = WAIT_GAVE_UP;
    } else if (was_ended_by_answer(judge, link, step, next, acted)) {
        wait->ended = step->answer.last_at;
        wait->end = WAIT_ANSWERED;
    } else {
        wait->ended = acted == USEC_NEVER ? judge->over : acted;
        wait->end = end_without_answer(judge, wait, next, acted);
    }
    return true;
}

/* A connect that was answered in the end, late. */
static bool came_through(const struct judge *judge, const struct check_sighting *sighting)
{
    for (size_t i = 0; i < judge->dialogue.count; i++)
        if (judge->dialogue.links[i].port == sighting->port &&
            judge->dialogue.links[i].opened_at >= sighting->began)
            return true;
    return false;
}

static enum wait_end sighted_wait_end(const struct judge *judge,
                                      const struct check_sighting *sighting)
{
    if (sighting->still)
        return WAIT_STILL;
    return came_through(judge, sighting) ? WAIT_ANSWERED : WAIT_GAVE_UP;
}

static bool refuses_by_silence(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->rule_count; i++)
        if (scenario->rules[i].action.refuse == SCENARIO_REFUSE_SILENCE)
            return true;
    return false;
}

/* Was every connect met with silence, from the beginning to the end? */
static bool silent_throughout(const struct check_input *input)
{
    const struct transcript *transcript = input->transcript;
    static const char silent[] = "silent";
    const struct octets wanted = {(const uint8_t *)silent, sizeof silent - 1};
    size_t faces = 0, silences = 0;
    for (size_t i = 0; i < transcript->count; i++) {
        const struct transcript_event *event = &transcript->events[i];
        faces += event->kind == TRANSCRIPT_FACE;
        silences += event->kind == TRANSCRIPT_FACE && octets_equal(event->octets, wanted);
    }
    return silences == faces && refuses_by_silence(input->scenario);
}

static size_t connect_waits(const struct judge *judge, struct wait *waits)
{
    const struct check_input *input = judge->input;
    size_t count = 0;
    for (size_t i = 0; i < input->sighting_count; i++) {
        const struct check_sighting *sighting = &input->sightings[i];
        if (sighting->connecting)
            waits[count++] = (struct wait){.stage = STAGE_CONNECT,
                                           .began = sighting->began,
                                           .began_not = sighting->began,
                                           .ended = sighting->ended,
                                           .end = sighted_wait_end(judge, sighting)};
    }
    if (count > 0 || judge->dialogue.count > 0 || !silent_throughout(input) ||
        input->scenario->dns_rule_count > 0)
        return count;
    for (size_t i = 0; i < input->process_count; i++) {
        const struct check_process *process = &input->processes[i];
        waits[count++] = (struct wait){.stage = STAGE_CONNECT,
                                       .began = process->started,
                                       .began_not = process->started,
                                       .ended = process->ended,
                                       .end = process->killed ? WAIT_STILL : WAIT_GAVE_UP};
    }
    return count;
}

bool judge_waits(struct judge *judge)
{
    size_t most = judge->input->sighting_count + judge->input->process_count + 1;
    for (size_t i = 0; i < judge->dialogue.count; i++)
        most += judge->dialogue.links[i].step_count;
    judge->waits = calloc(most, sizeof *judge->waits);
    if (!judge->waits)
        return false;
    judge->wait_count = connect_waits(judge, judge->waits);
    for (size_t i = 0; i < judge->dialogue.count; i++) {
        const struct link *link = &judge->dialogue.links[i];
        for (size_t j = 0; j < link->step_count && j < link->derailed; j++)
            if (wait_of(judge, link, &link->steps[j], &judge->waits[judge->wait_count]))
                judge->wait_count++;
    }
    return true;
}

static const char *wait_words(const struct wait *wait, char text[ESCAPED_SIZE])
{
    if (!wait->link)
        return "the connection";
    if (wait->stage == STAGE_BODY)
        return "the centre to take more of the message";
    if (wait->stage == STAGE_BANNER)
        return "the greeting";
    if (wait->stage == STAGE_END_OF_DATA)
        return "the reply to the end of data";
    char line[ESCAPED_SIZE];
    snprintf(text, ESCAPED_SIZE, "the reply to %.280s", step_words(wait->link, wait->step, line));
    return text;
}

/* The sender's limit, and what it is by its own clock where that is another one. */
static const char *limit_words(const struct judge *judge, char text[96])
{
    const struct check_input *input = judge->input;
    char limit[32], own[32];
    seconds(input->sender_limit, limit);
    if (input->acceleration <= 0 || input->acceleration == 1)
        snprintf(text, 96, "%s", limit);
    else
        snprintf(text, 96, "%s (%s of its own, accelerated)", limit,
                 seconds((usec)((double)input->sender_limit * input->acceleration), own));
    return text;
}

/* The centre was not reading when it ended. */
static bool ended_unread(const struct wait *wait)
{
    const struct link *link = wait->link;
    return link->paused_at <= wait->ended &&
           (link->resumed_at == USEC_NEVER || link->resumed_at >= wait->ended);
}

/* Where the centre does not read, the end of the sender's stream is not seen; that it has gone
 * shows by the RST that answers the centre's next octets. */
static bool shown_by_reset(const struct wait *wait)
{
    const struct link *link = wait->link;
    return link && ended_unread(wait) && wait->ended == link->sender_reset_at &&
           link->centre.segment_count > 0;
}

/* How many waits of the sender this one may be. Where the centre does not read, nothing shows of
 * what the network takes: the end of the message, for whose reply it waits, and the QUIT behind
 * that, or behind any other command, and the wait for the 221; nor whether it has ended its stream,
 * and waits for the centre to end its own. */
static unsigned waits_in_one(const struct wait *wait)
{
    const struct link *link = wait->link;
    if (!wait->step)
        return 1;
    if (is_part_of_message(wait->step))
        return PATIENCE_UNREAD_WAITS;
    bool farewell = wait->step->kind == STEP_COMMAND && wait->step->verb == VERB_QUIT;
    bool last = wait->step->wire_end == link->sender.count;
    bool more = ended_unread(wait) && !farewell && last;
    return (more ? PATIENCE_UNREAD_WAITS - 1 : 1) + shown_by_reset(wait);
}

/* Until when the sender has surely waited: where octets of the centre's were answered by RST, until
 * it took the ones before those. */
static usec waited_until(const struct wait *wait)
{
    if (!shown_by_reset(wait))
        return wait->ended;
    const struct stream *centre = &wait->link->centre;
    size_t before = centre->segment_count - 1;
    while (before > 0 && centre->segments[before].at > wait->ended)
        before--;
    /* An RST that comes so long behind them answers nothing: the sender has sent it by itself. */
    if (wait->ended - centre->segments[before].at > USEC_PER_SEC)
        return wait->ended;
    return before > 0 ? later(centre->segments[before - 1].at, wait->began) : wait->began;
}

static void check_too_long(struct judge *judge, const struct wait *wait)
{
    usec waited = waited_until(wait) - wait->began;
    bool silent = !wait->some_octets || wait->step->answer.first_at - wait->began > judge->late;
    char text[ESCAPED_SIZE], how_long[32], limit[96], expected[160];
    snprintf(expected, sizeof expected, "to give up after its limit of %s",
             limit_words(judge, limit));
    struct place place = {.link = wait->link, .step = wait->step};
    judge_against(judge, silent ? TIME_1 : TIME_2, place, expected, "it waited %s for %s%s%s",
                  seconds(waited, how_long), wait_words(wait, text),
                  silent ? "" : ", which came in small pieces",
                  wait->end == WAIT_STILL && judge->stopped ? ", until the harness stopped it"
                                                            : "");
}

static void check_too_short(struct judge *judge, const struct wait *wait)
{
    usec waited = wait->ended - wait->began_not;
    char text[ESCAPED_SIZE], how_long[32], limit[96], expected[160];
    if (wait->stage == STAGE_QUIT)
        return; /* QUIT-5 */
    if (wait->link && (wait->step->held_back || waited < 0))
        return; /* it had waited, or left, before the centre read again */
    snprintf(expected, sizeof expected, "to wait for its limit of %s", limit_words(judge, limit));
    judge_against(judge, TIME_2, (struct place){.link = wait->link, .step = wait->step}, expected,
                  "it gave up after %s, waiting for %s", seconds(waited, how_long),
                  wait_words(wait, text));
}

static void check_wait(struct judge *judge, const struct wait *wait)
{
    usec waited = waited_until(wait) - wait->began;
    usec late = waits_in_one(wait) * judge->late;
    switch (wait->end) {
    case WAIT_ANSWERED:
    case WAIT_CUT:
    case WAIT_STILL:
        if (waited > late)
            check_too_long(judge, wait);
        return;
    case WAIT_GAVE_UP:
        if (wait->link && judge_probe(judge, wait->link))
            return;
        judge_saw(judge, TIME_1);
        if (waited > late)
            check_too_long(judge, wait);
        else if (wait->ended - wait->began_not < judge->early &&
                 !at_waking(judge, wait->began, wait->ended))
            check_too_short(judge, wait);
        else
            judge_saw(judge, TIME_2);
        return;
    case WAIT_PASSED:
        return;
    }
}

void check_times(struct judge *judge)
{
    bool declared = !judge->input->field || judge->input->sender_limit > 0;
    for (size_t i = 0; declared && i < judge->wait_count; i++)
        check_wait(judge, &judge->waits[i]);
}
