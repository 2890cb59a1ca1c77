#include "mockserver/imitation_follow.h"
#include "wire/reply.h"

/* The centre ends a connection for the sender's silence, and a sender gives up a reply, when so
 * much time has passed; sooner, it is another story. */
static const usec idle_least = USEC_PER_SEC;
static const usec stall_least = 100 * USEC_PER_MSEC;

static bool is_whole(struct octets octets)
{
    return reply_meant(octets).code != 0;
}

static void tell_idle(struct follow *follow, usec limit, struct octets reply,
                      enum scenario_close close)
{
    struct imitation_piece piece = {reply.count, 0};
    struct imitation_moment moment = {.stage = STAGE_IDLE,
                                      .occurrence = 1,
                                      .reply = reply,
                                      .pieces = &piece,
                                      .piece_count = reply.count > 0,
                                      .limit = limit,
                                      .close = close};
    follow_tell(follow, &moment);
}

/* Behind a reply that was whole, and much later, it said something more and went: that was for
 * idleness. Where that begins; 0: it did not. */
static size_t idle_words(const struct follow *follow, usec *limit)
{
    for (size_t i = 1; i < follow->piece_count; i++) {
        struct octets before = {follow->reply.at, follow->pieces[i - 1].end};
        usec gap = follow->pieces[i].at - follow->pieces[i - 1].at;
        if (gap < idle_least || !is_whole(before))
            continue;
        *limit = gap;
        return before.count;
    }
    return 0;
}

static bool goes_on_reading(const struct follow *follow, size_t index)
{
    const struct field_connection *connection = follow->connection;
    bool later = connection->events[index].reads_on;
    for (size_t i = index + 1; i < connection->event_count; i++) {
        const struct field_event *event = &connection->events[i];
        if (event->kind == FIELD_RST && event->end == FIELD_CENTRE)
            return false;
        later |= event->kind == FIELD_OCTETS && event->end == FIELD_SENDER &&
                 event->at - follow->now > USEC_PER_SEC;
    }
    return later;
}

/* While nothing is owed: of what was said so far nothing is left but silence. */
static void end_unasked(struct follow *follow, enum scenario_close close)
{
    usec quiet = follow->now - follow->spoke_at;
    static const struct session_answer nothing = {.code = 250, .text = "", .silent = true};
    struct octets unasked = buf_octets(&follow->reply);
    if (unasked.count > 0) {
        tell_idle(follow, quiet > 0 ? quiet : USEC_PER_MSEC, unasked, close);
    } else if (follow_is_timed(follow) && quiet >= idle_least) {
        tell_idle(follow, quiet, (struct octets){0}, close);
    } else if (follow->session.state == SESSION_BODY) {
        follow->after = follow->session.body.unstuffer.octets;
        usec now = follow->now;
        follow->now = follow->spoke_at;
        follow_owe(follow, STAGE_BODY, &nothing);
        follow->now = now;
        follow_settle(follow, 0, close);
    } else {
        tell_idle(follow, quiet > USEC_PER_MSEC ? quiet : USEC_PER_MSEC, (struct octets){0}, close);
    }
}

void follow_centre_ends(struct follow *follow, size_t index, bool reset)
{
    enum scenario_close close = reset                            ? SCENARIO_CLOSE_RST
                                : goes_on_reading(follow, index) ? SCENARIO_CLOSE_HALF
                                                                 : SCENARIO_CLOSE_FIN;
    bool answers = follow->centre_ended || follow->sender_ended;
    follow->centre_ended = true;
    if (answers)
        return; /* how it answers the sender's end */
    usec limit = 0;
    size_t words = follow->due ? idle_words(follow, &limit) : 0;
    usec quiet = follow->now - follow->spoke_at;
    if (words > 0) {
        struct octets said = octets_from(buf_octets(&follow->reply), words);
        tell_idle(follow, limit, said, close);
        follow_settle(follow, words, SCENARIO_KEEP_OPEN);
    } else if (follow->due && follow->reply.count > 0 && follow_is_timed(follow) &&
               quiet >= idle_least && is_whole(buf_octets(&follow->reply)) &&
               follow->stage != STAGE_QUIT) {
        follow_settle(follow, follow->reply.count, SCENARIO_KEEP_OPEN);
        tell_idle(follow, quiet, (struct octets){0}, close);
    } else if (follow->due) {
        follow_settle(follow, follow->reply.count, close);
    } else {
        end_unasked(follow, close);
    }
    follow->due = false;
}

/* Whether what is owed still comes is seen at the end. */
void follow_sender_ends(struct follow *follow)
{
    if (!follow->sender_ended)
        follow->sender_ended_at = follow->now;
    follow->sender_ended = true;
}

/* The sender gave it up, and it never came. */
void follow_settle_abandoned(struct follow *follow)
{
    usec waited = follow->sender_ended_at - follow->asked_at;
    struct imitation_moment moment = {.stage = follow->stage,
                                      .occurrence = follow->occurrences[follow->stage],
                                      .after = follow->after,
                                      .stall = true};
    if (!follow_is_timed(follow) || waited >= stall_least)
        follow_tell(follow, &moment);
    follow->due = false;
}

void follow_gap(struct follow *follow, const struct field_event *event)
{
    bool sender = event->end == FIELD_SENDER;
    imitation_note(
        follow->imitation,
        "connection %u: %llu octets of the %s's are missing at %s, %.3f s in; what stood "
        "there can't be reproduced",
        follow->connection->number, (unsigned long long)event->missing,
        sender ? "sender" : "centre",
        stage_name(follow->due ? follow->stage : follow->session.stage), (double)follow->now / 1e6);
    if (sender) {
        follow->damaged = true;
        line_reader_free(&follow->session.lines);
        line_reader_init(&follow->session.lines, 510);
        return;
    }
    buf_clear(&follow->reply);
    follow->piece_count = 0;
    if (follow->due) { /* taken for the usual one */
        follow->due = false;
        follow_obey(follow, follow->usual_code, false);
        follow_process(follow);
    }
}

void follow_window(struct follow *follow, bool closed)
{
    struct imitation_moment moment = {
        .stage = STAGE_BODY, .stops_reading = true, .reads_again = true};
    if (closed) {
        if (follow->due && follow->reply.count > 0)
            follow_settle(follow, follow->reply.count, SCENARIO_KEEP_OPEN);
        follow->stopped_at = follow->now;
        follow->stop_pending = follow->due;
        follow->stopped = !follow->due && follow->session.state == SESSION_BODY;
        follow->stopped_after = follow->session.body.unstuffer.octets;
        return;
    }
    if (follow->stopped) {
        moment.after = follow->stopped_after;
        moment.stopped_for = follow->now - follow->stopped_at;
        follow_tell(follow, &moment);
    } else {
        imitation_note(follow->imitation,
                       "connection %u: the centre took no octets for a while outside of a message; "
                       "that is not reproduced",
                       follow->connection->number);
    }
    follow->stopped = follow->stop_pending = false;
}
