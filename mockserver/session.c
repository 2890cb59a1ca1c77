#include "mockserver/session.h"

#include <stdlib.h>

enum {
    PENDING_MOST = 256 * 1024,   /* octets that wait to be processed before reading stops */
    PENDING_LIMIT = 1024 * 1024, /* … and one read more */
};

/* After its FIN the centre reads on so long, in real time, for the sender's. */
static const usec leaves_after = USEC_PER_SEC;

static bool in_transaction(const struct centre_session *session)
{
    return session->state > SESSION_READY;
}

/* The one place where the state changes: what came before was read in the old one's way. */
void session_set_state(struct centre_session *session, enum session_state state)
{
    if ((session->state == SESSION_BODY) != (state == SESSION_BODY))
        session_tell_processed(session);
    session->state = state;
}

void session_end(struct centre_session *session, bool reset)
{
    session->over = true;
    session->reset = session->reset || reset;
}

void session_starve(struct centre_session *session)
{
    loop_lack_memory(session->host->loop);
    session_end(session, true);
}

bool session_may_go_on(const struct centre_session *session)
{
    return !session->over && session->activity == SESSION_LISTENS &&
           !(session->pauses & (SESSION_PAUSE_RULE | SESSION_PAUSE_OUTPUT));
}

bool centre_session_waits(const struct centre_session *session)
{
    return session->activity == SESSION_DELAYS || session->activity == SESSION_SPEAKS ||
           timer_is_set(&session->pause);
}

/* Reading, or not. */

void session_hold(struct centre_session *session, enum session_pause why)
{
    if (session->over || session->lost)
        return;
    if (!session->pauses) {
        conn_pause(session->conn);
        session_tell(session, TRANSCRIPT_PAUSED, (struct octets){0});
    }
    session->pauses |= why;
}

static void release(struct centre_session *session, enum session_pause why)
{
    if (!(session->pauses & why))
        return;
    session->pauses &= ~(unsigned)why;
    if (!session->pauses && !session->lost) {
        session_tell(session, TRANSCRIPT_RESUMED, (struct octets){0});
        conn_resume(session->conn);
    }
}

void session_stop_reading(struct centre_session *session, const struct action *action)
{
    struct loop *loop = session->host->loop;
    session_tell_received(session);
    session_hold(session, SESSION_PAUSE_RULE);
    if (action->reads_again &&
        !loop_timer_set(loop, &session->pause,
                        loop_now(loop) + play_span(&session->host->clock, action->stopped_for)))
        session_end(session, true);
}

/* The idle limit: it holds while the centre waits for the sender, not while the sender waits for
 * the centre. */

static usec idle_limit(const struct centre_session *session)
{
    const struct centre_program *program = session->program;
    const struct rule *rule = program->has_idle_rules ? play_idle(&session->cursor) : NULL;
    if (!rule || (!rule->action.has_idle_limit && !rule->action.has_idle_margin))
        return program->idle_limit;
    const struct centre_settings *settings = &program->scenario->centre;
    const struct action *action = &rule->action;
    const struct play_clock *clock = &session->host->clock;
    return play_span(clock, action->has_idle_limit ? action->idle_limit : settings->idle_limit) +
           play_span(clock, action->has_idle_margin ? action->idle_margin : settings->idle_margin);
}

void session_renew_idle(struct centre_session *session)
{
    struct loop *loop = session->host->loop;
    bool waits_for_sender =
        (session->activity == SESSION_LISTENS && !(session->pauses & SESSION_PAUSE_RULE)) ||
        session->activity == SESSION_HALF;
    usec limit = waits_for_sender ? idle_limit(session) : 0;
    if (limit == 0)
        loop_timer_cancel(loop, &session->idle);
    else if (!loop_timer_set(loop, &session->idle, session->quiet_since + limit))
        session_end(session, true);
}

/* Leaving. */

void session_leave(struct centre_session *session, enum scenario_close how)
{
    struct loop *loop = session->host->loop;
    if (how == SCENARIO_CLOSE_FIN || how == SCENARIO_CLOSE_HALF)
        session_flush_before_fin(session);
    else
        session_flush(session);
    session_tell_received(session);
    if (session->over)
        return;
    switch (how) {
    case SCENARIO_KEEP_OPEN:
        return;
    case SCENARIO_CLOSE_RST:
        session_end(session, true);
        return;
    case SCENARIO_CLOSE_FIN:
        session->activity = SESSION_LEAVES;
        session_tell(session, TRANSCRIPT_CENTRE_FIN, (struct octets){0});
        if (!loop_timer_set(loop, &session->act, loop_now(loop) + leaves_after))
            session_end(session, false);
        break;
    case SCENARIO_CLOSE_HALF:
        session->activity = SESSION_HALF;
        session_tell(session, TRANSCRIPT_CENTRE_HALF, (struct octets){0});
        break;
    }
    conn_shutdown(session->conn);
    /* What still comes is told and forgotten. */
    buf_free(&session->pending);
    release(session, SESSION_PAUSE_INPUT);
    release(session, SESSION_PAUSE_OUTPUT);
}

static void session_free(struct centre_session *session)
{
    struct loop *loop = session->host->loop;
    loop_timer_cancel(loop, &session->act);
    loop_timer_cancel(loop, &session->idle);
    loop_timer_cancel(loop, &session->pause);
    session_drop_body(session);
    line_reader_free(&session->lines);
    buf_free(&session->reply);
    buf_free(&session->pending);
    buf_free(&session->helo);
    free(session->chunk);
    session_envelope_free(session);
    free(session);
}

static void close_and_free(struct centre_session *session)
{
    struct centre_host *host = session->host;
    bool shut_down = session->activity == SESSION_LEAVES || session->activity == SESSION_HALF;
    if (session->sender_ended && !session->lost && !session->reset &&
        conn_abandoned(session->conn)) {
        session->lost = true;
        session_tell(session, TRANSCRIPT_SENDER_RST, (struct octets){0});
    }
    if (!session->lost && session->reset)
        session_tell(session, TRANSCRIPT_CENTRE_RST, (struct octets){0});
    else if (!session->lost && !shut_down)
        session_tell(session, TRANSCRIPT_CENTRE_FIN, (struct octets){0});
    conn_close(session->conn, session->lost || session->reset ? CONN_CLOSE_RESET : CONN_CLOSE_FIN);
    session->conn = NULL;
    session_tell(session, TRANSCRIPT_CLOSED, (struct octets){0});
    host->session_ended(host, session);
    session_free(session);
}

/* The sender is gone, and nothing that it asked for is owed any more. */
static bool is_deserted(const struct centre_session *session)
{
    if (!session->sender_ended)
        return false;
    switch (session->activity) {
    case SESSION_LISTENS:
        return session->pending.count == 0 ||
               (session->pauses & SESSION_PAUSE_RULE && !timer_is_set(&session->pause));
    case SESSION_DELAYS:
    case SESSION_SPEAKS:
        return false;
    case SESSION_STALLS:
    case SESSION_LEAVES:
    case SESSION_HALF:
        return true;
    }
    return false;
}

/* What every event ends with. */
static void session_settle(struct centre_session *session)
{
    session_flush(session);
    session_tell_received(session);
    bool stops = session->host->stopping && session->activity == SESSION_LISTENS &&
                 !in_transaction(session) && !session->over && !session->sender_ended;
    if (stops) {
        static const struct session_answer stopping = {
            .code = 421, .text = " closing", .domain = true, .close = SCENARIO_CLOSE_FIN};
        session_act(session, session->stage, NULL, &stopping, NULL);
    }
    if (!session->over && is_deserted(session)) {
        session->rule = 0;
        session_end(session, false);
    }
    if (!session->over)
        session_renew_idle(session);
    if (session->over)
        close_and_free(session);
}

/* Processing what came. */

/* Returns how many octets were processed. */
static size_t take(struct centre_session *session, struct octets input)
{
    size_t count = input.count;
    while (session_may_go_on(session)) {
        if (session->state == SESSION_BODY) {
            size_t before = input.count;
            session_take_body(session, &input);
            /* A rule that acts where the message stands takes nothing. */
            if (before == 0 && session->state == SESSION_BODY && session_may_go_on(session))
                break;
        } else if (input.count > 0) {
            session_take_command(session, &input);
        } else {
            break;
        }
    }
    return count - input.count;
}

static void go_on(struct centre_session *session)
{
    size_t taken = take(session, buf_octets(&session->pending));
    /* Leaving has emptied it. */
    if (session->pending.count > 0)
        buf_drop(&session->pending, taken);
    if (session->pending.count == 0)
        buf_free(&session->pending);
    if (session->pending.count < PENDING_MOST)
        release(session, SESSION_PAUSE_INPUT);
}

static void keep_pending(struct centre_session *session, struct octets octets)
{
    if (!buf_append(&session->pending, octets))
        session_starve(session);
    else if (session->pending.count >= PENDING_MOST)
        session_hold(session, SESSION_PAUSE_INPUT);
}

static void conn_received(void *owner, struct conn *conn, struct octets octets)
{
    (void)conn;
    struct centre_session *session = owner;
    session->quiet_since = loop_now(session->host->loop);
    session->untold = octets;
    session->position = octets.at;
    bool in_message = session->state == SESSION_BODY;
    size_t taken = 0;
    if (session->pending.count == 0)
        taken = take(session, octets);
    session_tell_received(session);
    bool wanted = session->activity == SESSION_LISTENS || session->activity == SESSION_DELAYS ||
                  session->activity == SESSION_SPEAKS;
    if (taken < octets.count && wanted && !session->over)
        keep_pending(session, octets_from(octets, taken));
    /* Many a sender writes the final dot by itself, and its system waits with it for this. */
    if (in_message && session->state == SESSION_BODY && !session->over)
        conn_acknowledge(conn);
    session_settle(session);
}

static void conn_ended(void *owner, struct conn *conn, enum conn_end end)
{
    (void)conn;
    struct centre_session *session = owner;
    switch (end) {
    case CONN_END_FIN:
        session->sender_ended = true;
        session_tell(session, TRANSCRIPT_SENDER_FIN, (struct octets){0});
        break;
    case CONN_END_RESET:
    case CONN_END_REFUSED:
    case CONN_END_UNREACHABLE:
    case CONN_END_FAILED:
        session->lost = true;
        session_tell(session, TRANSCRIPT_SENDER_RST, (struct octets){0});
        session_end(session, true);
        break;
    }
    session_settle(session);
}

static void conn_drained(void *owner, struct conn *conn)
{
    (void)conn;
    struct centre_session *session = owner;
    release(session, SESSION_PAUSE_OUTPUT);
    go_on(session);
    session_settle(session);
}

static void act_expired(struct timer *timer)
{
    struct centre_session *session = OWNER_OF(timer, struct centre_session, act);
    switch (session->activity) {
    case SESSION_DELAYS:
    case SESSION_SPEAKS:
        session_speak(session);
        go_on(session);
        break;
    case SESSION_LEAVES:
        session_end(session, false);
        break;
    case SESSION_LISTENS:
    case SESSION_STALLS:
    case SESSION_HALF:
        break;
    }
    session_settle(session);
}

static void pause_expired(struct timer *timer)
{
    struct centre_session *session = OWNER_OF(timer, struct centre_session, pause);
    session->quiet_since = loop_now(session->host->loop);
    release(session, SESSION_PAUSE_RULE);
    go_on(session);
    session_settle(session);
}

static void idle_expired(struct timer *timer)
{
    struct centre_session *session = OWNER_OF(timer, struct centre_session, idle);
    const struct centre_settings *settings = &session->program->scenario->centre;
    struct session_answer cut = {.code = 421,
                                 .text = " idle for too long",
                                 .domain = true,
                                 .silent = !settings->idle_reply,
                                 .close = settings->idle_close};
    if (session->activity == SESSION_HALF)
        session_end(session, false);
    else
        session_event(session, STAGE_IDLE, (struct octets){0}, &cut, NULL);
    session_settle(session);
}

/* Beginning and ending. */

static void connect_effect(struct centre_session *session, int code)
{
    (void)code;
    if (session->close == SCENARIO_KEEP_OPEN)
        session_greet(session);
}

bool centre_session_open(struct centre_host *host, struct centre_program *program,
                         struct conn *conn, const struct endpoint *peer, uint32_t number,
                         void (*begun)(struct centre_host *host, struct centre_session *session))
{
    static const struct conn_handler handler = {
        .received = conn_received, .ended = conn_ended, .drained = conn_drained};
    struct centre_session *session = calloc(1, sizeof *session);
    if (!session) {
        loop_lack_memory(host->loop);
        conn_close(conn, CONN_CLOSE_RESET);
        return false;
    }
    session->host = host;
    session->program = program;
    session->conn = conn;
    session->number = number;
    session->stage = STAGE_CONNECT;
    session->reply.limit = CONN_OUTPUT_LIMIT;
    session->pending.limit = PENDING_LIMIT;
    session->helo.limit = program->scenario->centre.command_limit;
    session->quiet_since = loop_now(host->loop);
    timer_init(&session->act, act_expired);
    timer_init(&session->idle, idle_expired);
    timer_init(&session->pause, pause_expired);
    size_t command_limit = program->scenario->centre.command_limit;
    line_reader_init(&session->lines, command_limit > 2 ? command_limit - 2 : 1);
    play_begin(&session->cursor, &program->book, host->seed);
    conn_adopt(conn, &handler, session);

    char text[ENDPOINT_TEXT_SIZE];
    session_tell(session, TRANSCRIPT_OPENED, octets_of(endpoint_format(peer, text)));
    /* A refusal is the listener's business (centre.c): what was accepted was not refused. */
    static const struct session_answer nothing = {.code = 220, .text = "", .silent = true};
    const struct rule *rule = play_event(&session->cursor, STAGE_CONNECT, (struct octets){0});
    if (rule && rule->action.refuse != SCENARIO_ANSWER)
        rule = NULL;
    begun(host, session);
    session_act(session, STAGE_CONNECT, rule, &nothing, connect_effect);
    session_settle(session);
    return true;
}

void centre_session_stop(struct centre_session *session)
{
    session_settle(session);
}

void centre_session_abort(struct centre_session *session)
{
    session->rule = 0;
    session_end(session, true);
    session_settle(session);
}
