#include "mockserver/session.h"

/* How a line of the mail header began: enough to tell an empty one. */
enum line_began { BEGAN_NOT, BEGAN_CR, BEGAN_OTHERWISE };

static const struct centre_settings *settings_of(const struct centre_session *session)
{
    return &session->program->scenario->centre;
}

void session_drop_body(struct centre_session *session)
{
    spool_abort(session->body.file);
    session->body.file = NULL;
    buf_free(&session->body.content);
}

void session_begin_body(struct centre_session *session)
{
    session_drop_body(session);
    session->body = (struct session_body){.content = BUF_INIT(session->host->receiver.limit)};
    dot_unstuffer_init(&session->body.unstuffer, settings_of(session)->line_limit);
    play_body_begin(&session->cursor);
    if (session->host->spool) {
        session->body.file = spool_begin(session->host->spool);
        session->body.not_kept = !session->body.file;
    }
    session_set_state(session, SESSION_BODY);
    session->stage = STAGE_BODY;
}

/* How many octets of a slice belong to the mail header, its empty line included. */
static size_t header_part(struct session_body *body, struct octets slice)
{
    size_t at = 0;
    while (at < slice.count && !body->header_over) {
        if (body->line_began == BEGAN_NOT && slice.at[at] == '\r') {
            body->line_began = BEGAN_CR;
            at++;
        } else if (slice.at[at] == '\n') {
            body->header_over = body->line_began != BEGAN_OTHERWISE;
            body->line_began = BEGAN_NOT;
            at++;
        } else {
            const uint8_t *end = memchr(slice.at + at, '\n', slice.count - at);
            body->line_began = BEGAN_OTHERWISE;
            at = end ? (size_t)(end - slice.at) : slice.count;
        }
    }
    return at;
}

void session_keep_content(struct centre_session *session, struct octets slice)
{
    const struct centre_settings *settings = settings_of(session);
    struct session_body *body = &session->body;
    if (session_content_unwanted(session))
        return;
    size_t header = header_part(body, slice);
    body->header_octets += header;
    body->octets += slice.count - header;
    if ((settings->message_limit && body->octets > settings->message_limit) ||
        (settings->header_limit && body->header_octets > settings->header_limit)) {
        body->too_large = true;
        session_drop_body(session);
    }
    bool wanted = session->host->receiver.take && !body->too_large && !body->not_kept;
    if ((wanted && !buf_append(&body->content, slice)) ||
        (body->file && !spool_write(body->file, slice))) {
        body->not_kept = true;
        session_drop_body(session);
    }
}

/* Lets the rules act that are due where the message stands. False where one did: the session may do
 * something else now. */
static bool points_passed(struct centre_session *session, struct play_point *next, bool *has_next)
{
    const struct dot_unstuffer *unstuffer = &session->body.unstuffer;
    static const struct session_answer nothing = {.code = 250, .text = "", .silent = true};
    *has_next = false;
    if (!session->program->has_body_rules || session_content_unwanted(session))
        return true;
    while (play_body_next(&session->cursor, unstuffer->octets, unstuffer->lines, next)) {
        if (next->at > 0) {
            *has_next = true;
            return true;
        }
        if (play_body_acts(&session->cursor, next)) {
            session_act(session, STAGE_BODY, next->rule, &nothing, NULL);
            return false;
        }
    }
    return true;
}

/* So many octets of the input can be taken without passing the point by. */
static size_t octets_up_to(const struct play_point *point, const struct dot_unstuffer *unstuffer,
                           struct octets input)
{
    if (point->in_lines) {
        const uint8_t *end = memchr(input.at, '\n', input.count);
        return end ? (size_t)(end - input.at) + 1 : input.count;
    }
    /* A CR that is held back becomes content with the next octet. */
    uint64_t held = unstuffer->state == DOT_DOT_CR ? 1 : 0;
    uint64_t most = point->at > held ? point->at - held : 1;
    return most < input.count ? (size_t)most : input.count;
}

struct session_answer session_judge_end(const struct centre_session *session)
{
    const struct session_body *body = &session->body;
    unsigned flags = body->unstuffer.flags;
    if (body->too_large)
        return (struct session_answer){.code = 552, .text = "the message is too large"};
    if (flags & (DOT_BARE_CR | DOT_BARE_LF | DOT_NUL) && settings_of(session)->bare == BARE_REFUSE)
        return (struct session_answer){.code = 554, .text = "a bare CR, bare LF or NUL"};
    if (flags & DOT_LONG_LINE)
        return (struct session_answer){.code = 500, .text = "a line is too long"};
    if (body->not_kept)
        return (struct session_answer){.code = 452, .text = "no room for the message"};
    return (struct session_answer){.code = 250, .text = "accepted"};
}

static bool shall_be_kept(const struct rule *rule, int code)
{
    switch (rule ? rule->action.store : SCENARIO_STORE_BY_REPLY) {
    case SCENARIO_STORE_BY_REPLY:
        return code / 100 == 2;
    case SCENARIO_STORE_YES:
        return true;
    case SCENARIO_STORE_NO:
        return false;
    }
    return false;
}

static bool keep(struct centre_session *session)
{
    struct centre_host *host = session->host;
    char name[SPOOL_NAME_SIZE] = "";
    if (session->body.too_large || session->body.not_kept)
        return false;
    if (host->spool) {
        struct spool_message *file = session->body.file;
        session->body.file = NULL;
        if (!spool_commit(file, loop_wall_clock(host->loop), name, NULL)) {
            session->body.not_kept = true;
            return false;
        }
    }
    if (!session_hand_over(session)) {
        session->body.not_kept = true;
        return false;
    }
    host->stored++;
    session_tell(session, TRANSCRIPT_STORED, octets_of(name));
    return true;
}

void session_follow_end(struct centre_session *session, int code)
{
    (void)code;
    session->message = 0;
    session->recipients = 0;
    session_set_state(session, SESSION_READY);
}

/* The message is kept before anything is said, also where the reply is late. */
void session_end_of_data(struct centre_session *session)
{
    struct session_body *body = &session->body;
    struct session_answer answer = session_judge_end(session);
    session->flaws |= body->unstuffer.flags << SESSION_FLAW_BODY;
    session->flaws |= body->too_large ? SESSION_FLAW_TOO_LARGE : 0;
    session_set_state(session, SESSION_AFTER_BODY);

    const struct rule *rule = play_event(&session->cursor, STAGE_END_OF_DATA, (struct octets){0});
    session->stage = STAGE_END_OF_DATA;
    session->rule = rule ? rule->number : 0;
    int code = session_code(rule, &answer);
    if (shall_be_kept(rule, code) && !keep(session)) {
        /* Nothing is acknowledged that was not kept. */
        answer = session_judge_end(session);
        answer.insists = code / 100 == 2;
    }
    session->flaws |= body->not_kept ? SESSION_FLAW_NOT_KEPT : 0;
    session_tell_processed(session);
    session_drop_body(session);
    session_act(session, STAGE_END_OF_DATA, rule, &answer, session_follow_end);
}

bool session_next_content(struct centre_session *session, struct octets *input,
                          struct octets *slice)
{
    struct dot_unstuffer *unstuffer = &session->body.unstuffer;
    if (!session->body.chunked)
        return dot_unstuff(unstuffer, input, slice);
    uint64_t left = session->chunk->left;
    struct octets part = {input->at, left < input->count ? (size_t)left : input->count};
    bool some = dot_pass(unstuffer, &part, slice);
    if (some) {
        session->chunk->left -= slice->count;
        *input = octets_from(*input, slice->count);
    }
    return some;
}

bool session_content_ended(const struct centre_session *session)
{
    return session->body.chunked ? session->chunk->left == 0
                                 : session->body.unstuffer.state == DOT_END;
}

bool session_content_unwanted(const struct centre_session *session)
{
    return session->body.chunked && session->chunk->refused;
}

void session_take_body(struct centre_session *session, struct octets *input)
{
    struct session_body *body = &session->body;
    struct dot_unstuffer *unstuffer = &body->unstuffer;
    struct play_point point;
    bool has_point;
    if (!points_passed(session, &point, &has_point))
        return;
    if (body->chunked && session_content_ended(session)) {
        session_end_chunk(session);
        return;
    }
    if (input->count == 0)
        return;
    size_t count = has_point ? octets_up_to(&point, unstuffer, *input) : input->count;
    uint64_t target = has_point && !point.in_lines ? unstuffer->octets + point.at : UINT64_MAX;
    struct octets piece = {input->at, count};
    struct octets slice;
    while (unstuffer->octets < target && session_next_content(session, &piece, &slice))
        session_keep_content(session, slice);
    size_t taken = count - piece.count;
    *input = octets_from(*input, taken);
    session->position = session->position ? session->position + taken : NULL;
    if (!body->chunked && session_content_ended(session))
        session_end_of_data(session);
}
