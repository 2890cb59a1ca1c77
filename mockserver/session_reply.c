#include <inttypes.h>
#include <stdio.h>

#include "mockserver/session.h"

enum {
    OUTPUT_BURST = 64 * 1024,    /* more replies than that are not gathered */
    OUTPUT_WAITING = 256 * 1024, /* a sender that reads so much less than it asks for waits */
};

/* Pieces of a split reply shall arrive as segments of their own. */
static const usec split_gap = 2 * USEC_PER_MSEC;

/* Forming a reply. */

static bool put_variable(struct buf *buf, const struct centre_session *session, struct octets name)
{
    if (octets_equal(name, OCTETS("domain")))
        return buf_append_string(buf, session->program->scenario->centre.domain);
    if (octets_equal(name, OCTETS("helo")))
        return buf_append(buf, buf_octets(&session->helo));
    if (octets_equal(name, OCTETS("message")))
        return buf_format(buf, "%" PRIu32, session->cursor.message);
    if (octets_equal(name, OCTETS("connection")))
        return buf_format(buf, "%" PRIu32, session->cursor.connection);
    return buf_append(buf, OCTETS("${")) && buf_append(buf, name) && buf_append_octet(buf, '}');
}

/* "${name}" becomes what it stands for; anything else stays as it is. */
static bool put_filled_in(struct buf *buf, const struct centre_session *session,
                          struct octets octets)
{
    while (octets.count > 0) {
        const uint8_t *begin = memmem(octets.at, octets.count, "${", 2);
        size_t before = begin ? (size_t)(begin - octets.at) : octets.count;
        if (!buf_append(buf, (struct octets){octets.at, before}))
            return false;
        octets = octets_from(octets, before);
        if (octets.count == 0)
            break;
        const uint8_t *end = memchr(octets.at, '}', octets.count);
        if (!end)
            return buf_append(buf, octets);
        struct octets name = {octets.at + 2, (size_t)(end - octets.at) - 2};
        if (!put_variable(buf, session, name))
            return false;
        octets = octets_from(octets, name.count + 3);
    }
    return true;
}

static bool put_code(struct buf *buf, int code, char separator)
{
    uint8_t *at = buf_reserve(buf, 4);
    if (!at)
        return false;
    at[0] = (uint8_t)('0' + code / 100 % 10);
    at[1] = (uint8_t)('0' + code / 10 % 10);
    at[2] = (uint8_t)('0' + code % 10);
    at[3] = (uint8_t)separator;
    buf->count += 4;
    return true;
}

/* Lines without a code, '\n' between them. */
static bool put_lines(struct buf *buf, const struct centre_session *session, int code,
                      struct octets text)
{
    for (;;) {
        const uint8_t *end = text.count > 0 ? memchr(text.at, '\n', text.count) : NULL;
        struct octets line = {text.at, end ? (size_t)(end - text.at) : text.count};
        if (!put_code(buf, code, end ? '-' : ' ') || !put_filled_in(buf, session, line) ||
            !buf_append(buf, OCTETS("\r\n")))
            return false;
        if (!end)
            return true;
        text = octets_from(text, line.count + 1);
    }
}

static bool put_ehlo_line(struct buf *buf, bool last, const char *text, uint64_t size)
{
    return put_code(buf, 250, last ? ' ' : '-') && buf_append_string(buf, text) &&
           (size == 0 || buf_format(buf, " %" PRIu64, size)) && buf_append(buf, OCTETS("\r\n"));
}

static bool put_ehlo(struct buf *buf, const struct centre_session *session)
{
    static const enum ehlo_keyword keywords[] = {EHLO_SIZE, EHLO_8BITMIME, EHLO_DSN,
                                                 EHLO_PIPELINING, EHLO_CHUNKING};
    const struct centre_settings *settings = &session->program->scenario->centre;
    const struct ehlo_offer *offer = &session->program->offer;
    unsigned left = settings->ehlo_keywords;
    bool put = put_ehlo_line(buf, !left && settings->ehlo_other_count == 0, settings->domain, 0);
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (!(left & keywords[i]))
            continue;
        left &= ~(unsigned)keywords[i];
        put = put && put_ehlo_line(buf, !left && settings->ehlo_other_count == 0,
                                   ehlo_keyword_name(keywords[i]),
                                   keywords[i] == EHLO_SIZE ? offer->size_limit : 0);
    }
    for (size_t i = 0; i < settings->ehlo_other_count; i++)
        put = put &&
              put_ehlo_line(buf, i + 1 == settings->ehlo_other_count, settings->ehlo_others[i], 0);
    return put;
}

bool session_put_answer(struct buf *buf, const struct centre_session *session,
                        const struct session_answer *answer)
{
    if (!answer->text)
        return put_ehlo(buf, session);
    return put_code(buf, answer->code, ' ') &&
           (!answer->domain || buf_append_string(buf, session->program->scenario->centre.domain)) &&
           buf_append_string(buf, answer->text) && buf_append(buf, OCTETS("\r\n"));
}

static bool has_own_reply(const struct rule *rule, const struct session_answer *answer)
{
    return rule && rule->action.has_reply && !answer->insists;
}

/* Nothing is said by a centre that stalls, or that closes instead; a reply that closes by itself (a
 * 421) is said all the same. */
static bool is_mute(const struct rule *rule, const struct session_answer *answer)
{
    if (rule && rule->action.stall)
        return true;
    if (has_own_reply(rule, answer) || answer->insists)
        return false;
    return answer->silent || (rule && rule->action.close != SCENARIO_KEEP_OPEN &&
                              answer->close == SCENARIO_KEEP_OPEN);
}

int session_code(const struct rule *rule, const struct session_answer *answer)
{
    if (is_mute(rule, answer))
        return 0;
    if (!has_own_reply(rule, answer) || rule->action.reply.default_code)
        return answer->code;
    return rule->action.reply.code;
}

static bool put_reply(struct buf *buf, const struct centre_session *session,
                      const struct rule *rule, const struct session_answer *answer)
{
    if (is_mute(rule, answer))
        return true;
    if (!has_own_reply(rule, answer))
        return session_put_answer(buf, session, answer);
    const struct scenario_reply *reply = &rule->action.reply;
    if (reply->default_code)
        return put_lines(buf, session, answer->code, reply->octets);
    if (reply->has_variables)
        return put_filled_in(buf, session, reply->octets);
    return buf_append(buf, reply->octets);
}

/* Sending it. */

/* A segment of its own, or one that what follows at once may join. */
enum joining { ALONE, JOINED };

static void send_segment(struct centre_session *session, const struct session_sent *sent,
                         struct octets octets, enum joining joining)
{
    session_tell_received(session);
    if (session->lost || session->over)
        return;
    if (!conn_send(session->conn, octets)) {
        session_end(session, true);
        return;
    }
    if (joining == ALONE)
        conn_flush(session->conn);
    session_tell_sent(session, sent, octets);
    session->quiet_since = loop_now(session->host->loop);
    if (conn_waiting(session->conn) > OUTPUT_WAITING)
        session_hold(session, SESSION_PAUSE_OUTPUT);
}

static void flush(struct centre_session *session, enum joining joining)
{
    struct buf *output = &session->host->output;
    if (output->count == 0)
        return;
    send_segment(session, &session->queued, buf_octets(output), joining);
    buf_clear(output);
}

void session_flush(struct centre_session *session)
{
    flush(session, ALONE);
}

void session_flush_before_fin(struct centre_session *session)
{
    flush(session, JOINED);
}

/* The effect may begin the next event, and so be here again before it returns. */
static void said(struct centre_session *session)
{
    session->activity = SESSION_LISTENS;
    session->quiet_since = loop_now(session->host->loop);
    session->action = NULL;
    if (session->effect)
        session->effect(session, session->code);
    if (session->activity == SESSION_LISTENS && session->close != SCENARIO_KEEP_OPEN) {
        enum scenario_close close = session->close;
        session->close = SCENARIO_KEEP_OPEN;
        session_leave(session, close);
    }
}

static size_t piece_length(const struct centre_session *session)
{
    const struct action *action = session->action;
    size_t left = session->reply.count - session->reply_sent;
    size_t length = left;
    if (action && action->dribble_octets > 0)
        length = action->dribble_octets;
    else if (action && session->reply_pieces < action->split_count)
        length = action->split[session->reply_pieces];
    return length < left ? length : left;
}

static usec piece_gap(const struct centre_session *session)
{
    if (session->action->dribble_octets > 0)
        return play_span(&session->host->clock, session->action->dribble_every);
    if (session->reply_pieces <= session->action->pause_count)
        return play_span(&session->host->clock, session->action->pauses[session->reply_pieces - 1]);
    return loop_is_virtual(session->host->loop) ? 0 : split_gap;
}

static void wait_for(struct centre_session *session, enum session_activity activity, usec wait)
{
    struct loop *loop = session->host->loop;
    session->activity = activity;
    if (!loop_timer_set(loop, &session->act, loop_now(loop) + wait))
        session_end(session, true);
}

void session_speak(struct centre_session *session)
{
    struct session_sent sent = {session->stage, session->rule, session->message};
    session_flush(session);
    while (session->reply_sent < session->reply.count && !session->over) {
        size_t length = piece_length(session);
        send_segment(session, &sent,
                     (struct octets){session->reply.at + session->reply_sent, length}, ALONE);
        session->reply_sent += length;
        session->reply_pieces++;
        if (session->reply_sent == session->reply.count)
            break;
        usec gap = piece_gap(session);
        if (gap > 0) {
            wait_for(session, SESSION_SPEAKS, gap);
            return;
        }
    }
    buf_free(&session->reply);
    session->reply_sent = 0;
    session->reply_pieces = 0;
    if (!session->over)
        said(session);
}

/* All at once, gathered with the replies before it; a rule's reply is a segment of its own. */
static void say_at_once(struct centre_session *session, const struct rule *rule,
                        const struct session_answer *answer)
{
    struct buf *output = &session->host->output;
    if (rule)
        session_flush(session);
    if (!put_reply(output, session, rule, answer)) {
        session_starve(session);
        return;
    }
    if (!is_mute(rule, answer))
        session->queued = (struct session_sent){session->stage, session->rule, session->message};
    if (rule || output->count > OUTPUT_BURST)
        session_flush(session);
    said(session);
}

static void say_in_its_time(struct centre_session *session, const struct rule *rule,
                            const struct session_answer *answer)
{
    if (!put_reply(&session->reply, session, rule, answer)) {
        session_starve(session);
        return;
    }
    usec wait = play_delay(&session->host->clock, &session->cursor, &rule->action.delay);
    if (wait > 0)
        wait_for(session, SESSION_DELAYS, wait);
    else
        session_speak(session);
}

void session_act(struct centre_session *session, enum stage stage, const struct rule *rule,
                 const struct session_answer *answer,
                 void (*effect)(struct centre_session *session, int code))
{
    const struct action *action = rule ? &rule->action : NULL;
    session->stage = stage;
    session->rule = rule ? rule->number : 0;
    session->action = action;
    session->code = session_code(rule, answer);
    session->close = action && action->close != SCENARIO_KEEP_OPEN ? action->close : answer->close;
    session->effect = effect;
    if (action && action->stop_reading)
        session_stop_reading(session, action);
    if (action && action->stall) {
        session_flush(session);
        session_tell_received(session);
        session->activity = SESSION_STALLS;
        session_tell(session, TRANSCRIPT_STALLED, (struct octets){0});
    } else if (action && (action->delay.kind != DELAY_NONE || action->dribble_octets > 0 ||
                          action->split_count > 0)) {
        say_in_its_time(session, rule, answer);
    } else {
        say_at_once(session, rule, answer);
    }
}

void session_event(struct centre_session *session, enum stage stage, struct octets argument,
                   const struct session_answer *answer,
                   void (*effect)(struct centre_session *session, int code))
{
    session_act(session, stage, play_event(&session->cursor, stage, argument), answer, effect);
}
