#include "tests/unit/scripted_centre.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const stages[SCRIPT_STAGES] = {
    "greeting", "HELO", "MAIL", "RCPT", "DATA", "body", "end-of-data", "RSET", "QUIT", "other"};
static const char *const replies[SCRIPT_STAGES] = {
    "220 MAIL.PROD.NACCS6\r\n", "250 MAIL.PROD.NACCS6\r\n",
    "250 sender OK\r\n",        "250 recipient OK\r\n",
    "354 go ahead\r\n",         "",
    "250 message accepted\r\n", "250 reset\r\n",
    "221 MAIL.PROD.NACCS6\r\n", "500 what\r\n",
};

enum { GREETING, HELO, MAIL, RCPT, DATA, BODY, END_OF_DATA, RSET, QUIT, OTHER };

struct scripted_session {
    struct scripted_centre *centre;
    struct scripted_session *next;
    struct conn *conn;
    struct buf input;
    size_t scanned;
    bool in_body, body_ruled;
    struct timer timer;
    const char *saying; /* what is still to be said, when the timer comes */
    usec every;
    enum script_then then;
    int stage;
    bool permits; /* what is being said lets the message come */
};

static void note(struct scripted_centre *centre, const char *text, size_t count)
{
    usec now = loop_now(centre->loop);
    buf_format(&centre->log, "%lld.%03lld %.*s\n", (long long)(now / USEC_PER_SEC),
               (long long)(now % USEC_PER_SEC / USEC_PER_MSEC), (int)count, text);
}

static void note_string(struct scripted_centre *centre, const char *text)
{
    note(centre, text, strlen(text));
}

static void hang_up(struct scripted_session *session, enum conn_close how)
{
    loop_timer_cancel(session->centre->loop, &session->timer);
    if (session->conn)
        conn_close(session->conn, how);
    session->conn = NULL;
}

static void after_reply(struct scripted_session *session)
{
    switch (session->then) {
    case SCRIPT_GO_ON:
        break;
    case SCRIPT_FIN:
        hang_up(session, CONN_CLOSE_FIN);
        break;
    case SCRIPT_RST:
        conn_flush(session->conn);
        hang_up(session, CONN_CLOSE_RESET);
        break;
    case SCRIPT_HALF:
        conn_shutdown(session->conn);
        break;
    case SCRIPT_DEAF:
        conn_pause(session->conn);
        break;
    }
}

static void speak(struct timer *timer)
{
    struct scripted_session *session = OWNER_OF(timer, struct scripted_session, timer);
    size_t count = strlen(session->saying);
    if (session->every > 0 && count > 1) {
        conn_send(session->conn, (struct octets){(const uint8_t *)session->saying++, 1});
        loop_timer_set(session->centre->loop, timer,
                       loop_now(session->centre->loop) + session->every);
        return;
    }
    conn_send(session->conn, octets_of(session->saying));
    session->saying = NULL;
    session->in_body = session->in_body || session->permits;
    after_reply(session);
}

static const struct script_rule *rule_at(struct scripted_centre *centre, int stage)
{
    unsigned time = ++centre->times[stage];
    for (size_t i = 0; i < centre->rule_count; i++) {
        const struct script_rule *rule = &centre->rules[i];
        if (strcmp(rule->at, stages[stage]) == 0 && (!rule->first || time >= rule->first) &&
            (!rule->last || time <= rule->last))
            return rule;
    }
    return NULL;
}

static void act(struct scripted_session *session, int stage)
{
    struct scripted_centre *centre = session->centre;
    const struct script_rule *rule = rule_at(centre, stage);
    session->stage = stage;
    session->saying = rule && !rule->good ? rule->say : replies[stage];
    session->every = rule ? rule->every : 0;
    session->then = rule ? rule->then : stage == QUIT ? SCRIPT_FIN : SCRIPT_GO_ON;
    usec delay = rule ? rule->delay : 0;
    session->permits = stage == DATA && session->saying && strncmp(session->saying, "354", 3) == 0;
    if (!session->saying)
        after_reply(session);
    else if (delay > 0)
        loop_timer_set(centre->loop, &session->timer, loop_now(centre->loop) + delay);
    else
        speak(&session->timer);
}

static void take_command(struct scripted_session *session, size_t length)
{
    const char *line = (const char *)session->input.at;
    int stage = HELO;
    while (stage < OTHER && strncmp(line, stages[stage], strlen(stages[stage])) != 0)
        stage++;
    note(session->centre, line, length);
    buf_drop(&session->input, length + 2);
    act(session, stage);
}

static void end_body(struct scripted_session *session, size_t length, size_t ending)
{
    struct scripted_centre *centre = session->centre;
    if (centre->messages < SCRIPT_BODIES)
        buf_append(&centre->bodies[centre->messages], (struct octets){session->input.at, length});
    centre->messages++;
    note_string(centre, "end of data");
    session->in_body = session->body_ruled = false;
    session->scanned = 0;
    buf_drop(&session->input, length + ending);
    act(session, END_OF_DATA);
}

static bool take_body(struct scripted_session *session)
{
    const struct buf *input = &session->input;
    if (!session->body_ruled) {
        for (size_t i = 0; i < session->centre->rule_count; i++) {
            const struct script_rule *rule = &session->centre->rules[i];
            if (strcmp(rule->at, "body") == 0 && input->count >= rule->after) {
                session->body_ruled = true;
                act(session, BODY);
                return session->conn;
            }
        }
    }
    if (input->count >= 3 && memcmp(input->at, ".\r\n", 3) == 0) {
        end_body(session, 0, 3);
        return true;
    }
    const uint8_t *from = input->at + session->scanned;
    const uint8_t *found = memmem(from, input->count - session->scanned, "\r\n.\r\n", 5);
    if (found) {
        end_body(session, (size_t)(found - input->at) + 2, 3);
        return true;
    }
    session->scanned = input->count > 4 ? input->count - 4 : 0;
    return false;
}

static void session_received(void *owner, struct conn *conn, struct octets octets)
{
    struct scripted_session *session = owner;
    (void)conn;
    if (session->saying)
        note_string(session->centre, "octets before the reply");
    buf_append(&session->input, octets);
    bool more = true;
    while (more && session->conn && session->input.count > 0 && !session->saying) {
        if (session->in_body) {
            more = take_body(session);
            continue;
        }
        const uint8_t *end = memmem(session->input.at, session->input.count, "\r\n", 2);
        more = end;
        if (end)
            take_command(session, (size_t)(end - session->input.at));
    }
}

static void session_ended(void *owner, struct conn *conn, enum conn_end end)
{
    struct scripted_session *session = owner;
    (void)conn;
    note_string(session->centre, end == CONN_END_FIN ? "FIN" : "RST");
    hang_up(session, CONN_CLOSE_FIN);
}

static void accepted(void *owner, struct conn *conn, const struct endpoint *peer)
{
    static const struct conn_handler handler = {NULL, session_received, session_ended, NULL};
    struct scripted_centre *centre = owner;
    (void)peer;
    struct scripted_session *session = calloc(1, sizeof *session);
    if (!session)
        abort();
    *session = (struct scripted_session){.centre = centre, .conn = conn, .next = centre->sessions};
    centre->sessions = session;
    centre->connections++;
    timer_init(&session->timer, speak);
    conn_adopt(conn, &handler, session);
    note_string(centre, "open");
    act(session, GREETING);
}

void scripted_centre_open(struct scripted_centre *centre, struct loop *loop,
                          const struct script_rule *rules, size_t rule_count)
{
    *centre = (struct scripted_centre){.loop = loop, .rules = rules, .rule_count = rule_count};
    const struct listener_options options = {
        .endpoint = {"127.0.0.1", 2525}, .accepted = accepted, .owner = centre};
    struct problem problem;
    centre->listener = listener_open(loop, &options, &problem);
    if (!centre->listener) {
        fprintf(stderr, "%s\n", problem.text);
        abort();
    }
}

void scripted_centre_close(struct scripted_centre *centre)
{
    while (centre->sessions) {
        struct scripted_session *session = centre->sessions;
        centre->sessions = session->next;
        hang_up(session, CONN_CLOSE_RESET);
        buf_free(&session->input);
        free(session);
    }
    for (int i = 0; i < SCRIPT_BODIES; i++)
        buf_free(&centre->bodies[i]);
    buf_free(&centre->log);
    listener_close(centre->listener);
}

const char *scripted_centre_log(struct scripted_centre *centre)
{
    if (!buf_append_octet(&centre->log, 0))
        return "";
    centre->log.count--;
    return (const char *)centre->log.at;
}
