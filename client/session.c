#include "client/session.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/body.h"
#include "client/trace.h"
#include "wire/reply.h"

enum {
    COMMAND_ROOM = 1024, /* more than any command that is valid */
    RENEWAL = 65536,     /* octets taken of the body that begin LIMIT_BODY anew */
};

/* How long the centre's FIN is waited for behind its 221. */
#define LEAVING_LIMIT USEC_PER_SEC

struct client_session {
    struct loop *loop;
    struct client_session_options options;
    struct conn *conn;
    struct sender sender;
    struct timer limit;
    struct reply_reader replies;
    struct buf command;
    struct client_body body;
    size_t taken;        /* octets of the body since its limit last began anew */
    bool early;          /* the reply being read began before the message had ended */
    bool command_waits;  /* the network has not taken all of the last command */
    enum conn_close how; /* to close */
    struct client_session_end end;
    struct client_trace trace;
};

static const struct client_options *client_options(const struct client_session *session)
{
    return session->options.client;
}

/* Takes an event, and writes down what it means for messages. */
static struct sender_step note(struct client_session *session, enum sender_event event, int code,
                               const char *text)
{
    struct sender *sender = &session->sender;
    enum sender_state state = sender->state;
    enum limit_stage stage = sender_stage(sender);
    if (state < SENDER_QUIT)
        session->end.stage = stage;
    struct sender_step step = sender_take(sender, event, code);
    session->end.protocol_error = session->end.protocol_error || step.protocol_error;
    const struct client_verdict verdict = {
        .fate = step.fate,
        .code = code,
        .stage = stage,
        .protocol_error = step.protocol_error,
        .timed_out = event == SENDER_SILENCE,
        .text = text,
    };
    size_t last = step.all_left ? session->options.count : step.message + 1;
    for (size_t i = step.message; i < last && i < session->options.count; i++)
        client_task_decide(session->options.tasks[i], &verdict);
    return step;
}

/* The following functions return false where the session is over: it may be gone by then. */

static bool over(struct client_session *session)
{
    loop_timer_cancel(session->loop, &session->limit);
    client_trace_note(&session->trace, "connection closed");
    if (session->conn)
        conn_close(session->conn, session->how);
    session->conn = NULL;
    session->end.end = session->sender.end;
    struct client_session_end end = session->end;
    session->options.over(session->options.owner, &end);
    return false;
}

static bool perform(struct client_session *session, const struct sender_step *step);

/* We are out of memory or the like: as good as a lost connection. */
static bool failed(struct client_session *session, const char *what)
{
    struct sender_step step = note(session, SENDER_LOST, 0, what);
    return perform(session, &step);
}

static bool set_limit(struct client_session *session)
{
    const struct limits *limits = &client_options(session)->limits;
    usec limit = limits->at[sender_stage(&session->sender)];
    if (session->sender.state == SENDER_LEAVING && limit > LEAVING_LIMIT)
        limit = LEAVING_LIMIT;
    usec now = loop_now(session->loop);
    usec deadline = limit < USEC_NEVER - now ? now + limit : USEC_NEVER;
    if (loop_timer_set(session->loop, &session->limit, deadline))
        return true;
    return failed(session, "no memory for a timer");
}

static struct octets argument_of(const struct client_session *session, enum command_verb verb)
{
    const struct client_options *options = client_options(session);
    if (verb == COMMAND_HELO)
        return octets_of(options->helo);
    if (verb == COMMAND_MAIL)
        return octets_of(options->from);
    if (verb == COMMAND_RCPT)
        return octets_of(options->to[session->sender.recipient]);
    return (struct octets){NULL, 0};
}

static bool send_command(struct client_session *session, enum command_verb verb)
{
    buf_clear(&session->command);
    if (!command_format(&session->command, verb, argument_of(session, verb)))
        return failed(session, "no memory for a command");
    struct octets command = buf_octets(&session->command);
    client_trace_sent(&session->trace, command);
    if (verb == COMMAND_MAIL)
        session->options.tasks[session->sender.message]->outcome->attempts++;
    if (!conn_send(session->conn, command))
        return failed(session, "the connection takes nothing more");
    conn_flush(session->conn);
    session->command_waits = conn_waiting(session->conn) > 0;
    return set_limit(session);
}

/* Hands the network as much of the message as it takes. */
static bool pump(struct client_session *session)
{
    const struct iovec *slices;
    int count;
    size_t octets;
    while (client_body_next(&session->body, &slices, &count, &octets)) {
        size_t taken = conn_offer(session->conn, slices, count);
        client_body_took(&session->body, taken);
        if (session->body.end_begun && session->sender.state == SENDER_BODY)
            sender_take(&session->sender, SENDER_DOT_BEGUN, 0);
        session->taken += taken;
        if (session->taken >= RENEWAL) {
            session->taken %= RENEWAL;
            if (!set_limit(session))
                return false;
        }
        if (taken < octets)
            return true;
    }
    struct sender_step step = note(session, SENDER_BODY_GONE, 0, "");
    return perform(session, &step);
}

static bool send_body(struct client_session *session)
{
    struct octets message = session->options.tasks[session->sender.message]->message->octets;
    client_body_begin(&session->body, message);
    client_trace_message(&session->trace, message.count);
    session->taken = 0;
    return set_limit(session) && pump(session);
}

static bool perform(struct client_session *session, const struct sender_step *step)
{
    switch (step->act) {
    case SENDER_WAIT:
        return set_limit(session);
    case SENDER_COMMAND:
        return send_command(session, step->verb);
    case SENDER_SEND_BODY:
        return send_body(session);
    case SENDER_CLOSE:
        return over(session);
    }
    return true;
}

static bool sending_body(const struct client_session *session)
{
    return session->sender.state == SENDER_BODY || session->sender.state == SENDER_DOT;
}

/* Something came behind a reply, before anything was sent that it could answer. A 421 may come
 * unasked (RFC 5321 §3.8); anything else means that replies and commands have lost each other. */
static struct sender_step unasked(struct client_session *session, struct octets rest)
{
    static const char closing[] = "421";
    size_t compared = rest.count < 3 ? rest.count : 3;
    if (memcmp(rest.at, closing, compared) == 0)
        return note(session, SENDER_REPLY, 421, "the centre closes the connection");
    return note(session, SENDER_GARBAGE, 0, "a reply came that nothing was asked for");
}

static bool reply_came(struct client_session *session, const struct reply *reply,
                       struct octets rest)
{
    struct sender_step step;
    bool early = session->early;
    session->early = false;
    if (early && session->sender.state == SENDER_END_OF_DATA && reply->code < 400)
        step = note(session, SENDER_GARBAGE, reply->code, "the reply began before the end of data");
    else
        step = note(session, SENDER_REPLY, reply->code, reply->text);
    if (rest.count > 0 && (step.act == SENDER_COMMAND || step.act == SENDER_SEND_BODY))
        step = unasked(session, rest);
    return perform(session, &step);
}

static void session_opened(void *owner, struct conn *conn)
{
    struct client_session *session = owner;
    (void)conn;
    session->end.opened = true;
    client_trace_note(&session->trace, "connected");
    struct sender_step step = note(session, SENDER_OPENED, 0, "");
    perform(session, &step);
}

static void session_received(void *owner, struct conn *conn, struct octets octets)
{
    struct client_session *session = owner;
    (void)conn;
    client_trace_received(&session->trace, octets);
    while (octets.count > 0 && session->sender.state != SENDER_LEAVING) {
        if (sending_body(session))
            session->early = true;
        struct reply reply;
        size_t consumed;
        enum reply_status status =
            reply_read(&session->replies, octets, &consumed, &reply, NULL, NULL);
        octets = octets_from(octets, consumed);
        if (status == REPLY_MORE)
            return;
        if (status == REPLY_MALFORMED) {
            struct sender_step step =
                note(session, SENDER_GARBAGE, 0, reply_fault_text(session->replies.fault));
            perform(session, &step);
            return;
        }
        if (!reply_came(session, &reply, octets))
            return;
    }
}

static const char *end_text(enum conn_end end)
{
    switch (end) {
    case CONN_END_FIN:
        return "the centre closed the connection";
    case CONN_END_RESET:
        return "the connection was reset";
    case CONN_END_REFUSED:
        return "connection refused";
    case CONN_END_UNREACHABLE:
        return "the centre can't be reached";
    case CONN_END_FAILED:
        return "the connection failed";
    }
    return "";
}

static void session_ended(void *owner, struct conn *conn, enum conn_end end)
{
    struct client_session *session = owner;
    (void)conn;
    client_trace_note(&session->trace, end_text(end));
    struct sender_step step = note(session, SENDER_LOST, 0, end_text(end));
    perform(session, &step);
}

static void session_drained(void *owner, struct conn *conn)
{
    struct client_session *session = owner;
    (void)conn;
    if (sending_body(session)) {
        pump(session);
    } else if (session->command_waits) {
        /* The wait for the reply begins when the command has gone. */
        session->command_waits = false;
        set_limit(session);
    }
}

static void limit_over(struct timer *timer)
{
    struct client_session *session = OWNER_OF(timer, struct client_session, limit);
    usec limit = client_options(session)->limits.at[sender_stage(&session->sender)];
    char text[64];
    snprintf(text, sizeof text, "no answer within %lld.%03lld s", (long long)(limit / USEC_PER_SEC),
             (long long)(limit % USEC_PER_SEC / USEC_PER_MSEC));
    if (session->sender.state != SENDER_LEAVING)
        client_trace_note(&session->trace, text);
    /* A message that was broken off: drop what the network still holds of it. A centre that has
     * stopped reading would not see the FIN behind it. */
    if (sending_body(session))
        session->how = CONN_CLOSE_RESET;
    struct sender_step step = note(session, SENDER_SILENCE, 0, text);
    perform(session, &step);
}

static const struct conn_handler handler = {session_opened, session_received, session_ended,
                                            session_drained};

struct client_session *client_session_start(struct loop *loop,
                                            const struct client_session_options *options,
                                            struct problem *problem)
{
    struct client_session *session = calloc(1, sizeof *session);
    if (!session) {
        problem_set(problem, "no memory for a connection");
        return NULL;
    }
    session->loop = loop;
    session->options = *options;
    session->command = BUF_INIT(COMMAND_ROOM);
    session->how = CONN_CLOSE_FIN;
    session->end.stage = LIMIT_CONNECT;
    timer_init(&session->limit, limit_over);
    reply_reader_init(&session->replies);
    client_trace_init(&session->trace, options->client);
    sender_init(&session->sender, options->policy, options->count, options->client->to_count);
    session->conn = conn_connect(loop, &options->to, &handler, session, problem);
    usec limit = options->client->limits.at[LIMIT_CONNECT];
    if (session->conn && loop_timer_set(loop, &session->limit, loop_now(loop) + limit))
        return session;
    if (session->conn)
        problem_set(problem, "no memory for a timer");
    client_session_free(session);
    return NULL;
}

void client_session_free(struct client_session *session)
{
    if (!session)
        return;
    loop_timer_cancel(session->loop, &session->limit);
    if (session->conn)
        conn_close(session->conn, CONN_CLOSE_RESET);
    reply_reader_free(&session->replies);
    buf_free(&session->command);
    client_trace_free(&session->trace);
    free(session);
}
