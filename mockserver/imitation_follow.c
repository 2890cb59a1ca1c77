#include <stdlib.h>

#include "mockserver/imitation_follow.h"
#include "wire/reply.h"

/* A connection is followed with a session that listens and never speaks: it is told what the centre
 * said, and knows what the well-behaved one would have said. The centre obeys one command after the
 * other: what came behind a command that has no reply yet waits. */

void follow_tell(struct follow *follow, struct imitation_moment *moment)
{
    uint32_t *most = &follow->imitation->occurrences[moment->stage];
    moment->connection = follow->connection->number;
    if (moment->stage == STAGE_BODY) /* bodies are counted by their ends */
        moment->occurrence = follow->occurrences[STAGE_END_OF_DATA] + 1;
    *most = moment->occurrence > *most ? moment->occurrence : *most;
    if (!follow->in_the_middle)
        imitation_gather(follow->imitation, moment);
}

static bool is_whole(struct octets octets)
{
    return reply_meant(octets).code != 0;
}

/* The centre is asked. */

void follow_owe(struct follow *follow, enum stage stage, const struct session_answer *answer)
{
    follow->due = true;
    follow->stage = stage;
    follow->asked_at = follow->now;
    follow->usual_code = answer->silent ? 0 : answer->code;
    buf_clear(&follow->usual);
    follow->imitation->no_memory |=
        !answer->silent && !session_put_answer(&follow->usual, &follow->session, answer);
    follow->occurrences[stage]++;
}

static void keep_mailbox(struct follow *follow, const struct command *command)
{
    struct command_path path;
    free(follow->mailbox);
    follow->mailbox = NULL;
    if (command->verb != COMMAND_RCPT || command_path(command, &path) != COMMAND_PATH_OK)
        return;
    follow->mailbox = strndup((const char *)path.mailbox.at, path.mailbox.count);
    follow->imitation->no_memory |= !follow->mailbox;
}

/* What the centre takes is known only by its replies: so whom it is asked for is one whom it knows.
 */
static void take_line(struct follow *follow, const struct line *line)
{
    struct command command;
    unsigned departures = 0;
    struct centre_settings *settings = &follow->imitation->scenario->centre;
    const char *const *recipients = settings->recipients;
    size_t count = settings->recipient_count;
    command_parse(line->text, &command);
    keep_mailbox(follow, &command);
    const char *mailbox = follow->mailbox;
    if (mailbox) {
        settings->recipients = &mailbox;
        settings->recipient_count = 1;
    }
    if (follow->in_the_middle && (command.verb == COMMAND_MAIL || command.verb == COMMAND_HELO ||
                                  command.verb == COMMAND_EHLO)) {
        follow->in_the_middle = false;
        follow->session.state = SESSION_READY;
    }
    struct session_answer answer = session_judge(&follow->session, line, &command, &departures);
    settings->recipients = recipients;
    settings->recipient_count = count;
    follow->verb = command.verb;
    follow->chunk = false;
    /* Whoever says BDAT was offered it, before the file began. */
    follow->session.chunking |= follow->in_the_middle;
    if (session_announces_chunk(&follow->session, &command)) {
        follow->imitation->no_memory |= !session_begin_chunk(&follow->session, &command, &answer);
        return;
    }
    if (command.verb == COMMAND_MAIL && follow->session.state < SESSION_MAIL)
        follow->session.message = ++follow->session.cursor.message;
    follow_owe(follow, stage_of_command(command.verb), &answer);
}

static void message_ended(struct follow *follow, bool whole)
{
    follow->message = SIZE_MAX;
    if (follow->content.count > 0 || whole)
        follow->message = imitation_keep_message(
            follow->imitation, follow->connection->number, follow->occurrences[STAGE_END_OF_DATA],
            &follow->content, whole && !follow->damaged && follow->connection->exact);
    buf_free(&follow->content);
    follow->damaged = false;
}

/* Behind a part of the message that is not its last. */
static void end_chunk(struct follow *follow)
{
    const struct session_chunk *chunk = follow->session.chunk;
    struct session_answer answer = session_judge_chunk(&follow->session);
    session_set_state(&follow->session, chunk->refused ? chunk->before : SESSION_CHUNKS);
    follow_owe(follow, STAGE_UNKNOWN, &answer);
    follow->chunk = true;
}

static void take_content(struct follow *follow, struct octets *input)
{
    struct octets slice;
    struct centre_session *session = &follow->session;
    while (session_next_content(session, input, &slice)) {
        session_keep_content(session, slice);
        if (!session_content_unwanted(session) && !buf_append(&follow->content, slice)) {
            follow->damaged = true;
            follow->imitation->no_memory |= follow->content.count + slice.count < CONTENT_MOST;
        }
    }
    if (!session_content_ended(session))
        return;
    if (session->body.chunked && (session->chunk->refused || !session->chunk->last)) {
        end_chunk(follow);
        return;
    }
    struct session_answer answer = session_judge_end(&follow->session);
    session_set_state(&follow->session, SESSION_AFTER_BODY);
    follow_owe(follow, STAGE_END_OF_DATA, &answer);
    message_ended(follow, true);
}

/* "BDAT 0 LAST" is a whole message's end. */
static bool is_empty_chunk(const struct follow *follow)
{
    return follow->session.state == SESSION_BODY && session_content_ended(&follow->session);
}

void follow_process(struct follow *follow)
{
    struct line_reader *lines = &follow->session.lines;
    struct octets input = buf_octets(&follow->input);
    while (!follow->due && (input.count > 0 || is_empty_chunk(follow))) {
        if (follow->session.state == SESSION_BODY) {
            take_content(follow, &input);
            continue;
        }
        struct line line;
        bool found;
        size_t taken = line_read(lines, input, &line, &found);
        if (found)
            take_line(follow, &line);
        input = octets_from(input, taken);
    }
    buf_drop(&follow->input, follow->input.count - input.count);
    if (follow->input.count == 0)
        buf_free(&follow->input);
}

/* The centre has answered. */

static void remember(struct imitation *imitation, const char **list, size_t *count,
                     const char *mailbox)
{
    for (const char *at = mailbox; *at; at++)
        if (*at <= ' ' || (unsigned char)*at >= 0x7f)
            return; /* no scenario can name it */
    for (size_t i = 0; i < *count; i++)
        if (strcmp(list[i], mailbox) == 0)
            return;
    if (*count == MAILBOXES_MOST || !*mailbox || strlen(mailbox) > 256)
        return;
    list[*count] = arena_string(imitation->arena, mailbox);
    imitation->no_memory |= !list[*count];
    *count += list[*count] != NULL;
}

void follow_obey(struct follow *follow, int code, bool doubtful)
{
    struct imitation *imitation = follow->imitation;
    struct centre_session *session = &follow->session;
    if (follow->in_the_middle && code == 354) {
        session->state = SESSION_RCPT;
        follow->damaged = false;
    }
    switch (follow->stage) {
    case STAGE_BANNER:
        session_follow_greeting(session, code);
        return;
    case STAGE_END_OF_DATA:
        session_follow_end(session, code);
        if (follow->message != SIZE_MAX) {
            enum imitation_result *result = &imitation->messages[follow->message].result;
            enum imitation_result now = doubtful          ? RESULT_DOUBTFUL
                                        : code / 100 == 2 ? RESULT_ACCEPTED
                                        : code / 100 == 5 ? RESULT_REFUSED
                                        : code / 100 == 4 ? RESULT_DEFERRED
                                                          : RESULT_UNKNOWN;
            if (*result != RESULT_NONE && *result != now)
                imitation->messages[follow->message].again = true;
            *result = now > *result ? now : *result;
        }
        follow->message = SIZE_MAX;
        return;
    case STAGE_CONNECT:
    case STAGE_BODY:
    case STAGE_IDLE:
        return;
    case STAGE_RCPT:
        if (follow->mailbox)
            remember(imitation, imitation->named, &imitation->named_count, follow->mailbox);
        if (follow->mailbox && code / 100 == 2)
            remember(imitation, imitation->recipients, &imitation->recipient_count,
                     follow->mailbox);
        break;
    case STAGE_HELO:
    case STAGE_EHLO:
    case STAGE_MAIL:
    case STAGE_DATA:
    case STAGE_RSET:
    case STAGE_NOOP:
    case STAGE_QUIT:
    case STAGE_VRFY:
    case STAGE_EXPN:
    case STAGE_HELP:
    case STAGE_UNKNOWN:
        break;
    }
    session->close = SCENARIO_KEEP_OPEN;
    if (follow->chunk)
        session_follow_chunk(session, code);
    else
        session_follow(session, follow->verb, code);
}

static bool closes_by_itself(const struct follow *follow, int code)
{
    return follow->stage == STAGE_QUIT && code / 100 == 2;
}

/* What else was offered changes nothing of what the centre does by itself. */
static void take_offer(struct follow *follow, struct octets reply)
{
    struct ehlo_offer offer = {0};
    ehlo_take_lines(&offer, reply, 4);
    follow->program.offer.keywords = offer.keywords & EHLO_CHUNKING;
}

void follow_settle(struct follow *follow, size_t count, enum scenario_close close)
{
    struct octets reply = {follow->reply.at, count};
    const struct reply_meant meant = reply_meant(reply);
    struct imitation_moment moment = {.stage = follow->stage,
                                      .occurrence = follow->occurrences[follow->stage],
                                      .after = follow->after,
                                      .usual = buf_octets(&follow->usual),
                                      .reply = reply,
                                      .pieces = follow->pieces,
                                      .asked = follow->asked_at,
                                      .delay = follow->now - follow->asked_at,
                                      .close = close};
    if (close == SCENARIO_CLOSE_FIN && count > 0 && closes_by_itself(follow, meant.code))
        moment.close = SCENARIO_KEEP_OPEN;
    size_t pieces = 0;
    while (pieces < follow->piece_count && follow->pieces[pieces].end < count)
        pieces++;
    struct imitation_piece last = {0, 0};
    if (pieces < follow->piece_count) {
        last = follow->pieces[pieces];
        follow->pieces[pieces++].end = count;
    }
    moment.piece_count = pieces;
    follow_tell(follow, &moment);
    /* What is left belongs to what is asked next. */
    usec said = pieces > 0 ? follow->pieces[pieces - 1].at : follow->now;
    size_t kept = 0;
    if (last.end > count)
        follow->pieces[kept++] = (struct imitation_piece){last.end - count, last.at};
    for (size_t i = pieces; i < follow->piece_count; i++)
        follow->pieces[kept++] =
            (struct imitation_piece){follow->pieces[i].end - count, follow->pieces[i].at};
    follow->piece_count = kept;
    if (follow->stage == STAGE_EHLO)
        take_offer(follow, reply);
    buf_drop(&follow->reply, count);
    follow->due = false;
    follow_obey(follow, meant.code, meant.doubtful);
    if (follow->stop_pending && follow->session.state == SESSION_BODY) {
        follow->stopped_after = follow->session.body.unstuffer.octets;
        follow->stop_pending = false;
        follow->stopped = true;
    }
    usec now = follow->now;
    follow->now = said > follow->asked_at ? said : follow->asked_at;
    follow_process(follow);
    follow->now = now;
}

/* Where more commands wait, one reply is one reply; otherwise all that came is. */
static void settle_gathered(struct follow *follow)
{
    size_t length;
    while (follow->due && follow->input.count > 0 &&
           (length = reply_meant(buf_octets(&follow->reply)).length) > 0)
        follow_settle(follow, length, SCENARIO_KEEP_OPEN);
}

/* What came while nothing was asked: in the message, or out of nothing. */
static void owe_unasked(struct follow *follow)
{
    static const struct session_answer nothing = {.code = 250, .text = "", .silent = true};
    if (follow->session.state == SESSION_BODY) {
        follow->after = follow->session.body.unstuffer.octets;
        usec spoke = follow->spoke_at, now = follow->now;
        follow->now = spoke;
        follow_owe(follow, STAGE_BODY, &nothing);
        follow->now = now;
    }
}

/* Events. */

/* From the very greeting and HELO's reply: the well-behaved centre says its domain there. */
static void learn_domain(struct follow *follow)
{
    struct imitation *imitation = follow->imitation;
    struct octets text = buf_octets(&follow->reply);
    static const char behind[] = " SMTP ready\r\n";
    size_t ending = follow->stage == STAGE_BANNER ? sizeof behind - 1 : 2;
    bool place = follow->stage == STAGE_BANNER || follow->stage == STAGE_HELO;
    if (imitation->domain_known || !place || text.count < 5 + ending || text.count > 250 ||
        memcmp(text.at, follow->stage == STAGE_BANNER ? "220 " : "250 ", 4) != 0 ||
        memcmp(text.at + text.count - ending, behind + sizeof behind - 1 - ending, ending) != 0)
        return;
    char domain[256];
    size_t count = text.count - 4 - ending;
    for (size_t i = 0; i < count; i++) {
        if (text.at[4 + i] <= ' ' || text.at[4 + i] >= 0x7f)
            return;
        domain[i] = (char)text.at[4 + i];
    }
    domain[count] = '\0';
    if (!strchr(domain, '.'))
        return; /* "250 ok" */
    const struct scenario *old = imitation->scenario;
    struct scenario *scenario = scenario_new(domain);
    if (!scenario) {
        imitation->no_memory = true;
        return;
    }
    imitation->domain_known = true;
    imitation->scenario = scenario;
    follow->program.scenario = scenario;
    scenario_free((struct scenario *)(uintptr_t)old);
    /* What it says here is the usual thing after all. */
    struct session_answer answer = session_greeting();
    if (follow->stage == STAGE_HELO)
        answer = (struct session_answer){.code = 250, .text = "", .domain = true};
    buf_clear(&follow->usual);
    imitation->no_memory |= !session_put_answer(&follow->usual, &follow->session, &answer);
}

static void take_sender(struct follow *follow, struct octets octets)
{
    bool waits = !follow->due || follow->reply.count > 0;
    if (waits && follow->now - follow->spoke_at > follow->imitation->quiet_most)
        follow->imitation->quiet_most = follow->now - follow->spoke_at;
    if (follow->due && follow->reply.count > 0)
        follow_settle(follow, follow->reply.count, SCENARIO_KEEP_OPEN);
    follow->spoke_at = follow->now;
    if (!buf_append(&follow->input, octets)) {
        follow->imitation->no_memory |= follow->input.count + octets.count < INPUT_MOST;
        return;
    }
    follow_process(follow);
}

static void take_centre(struct follow *follow, struct octets octets)
{
    if (!follow->due && follow->in_the_middle)
        return; /* of something that came before the file did */
    if (!follow->due)
        owe_unasked(follow);
    if (!buf_append(&follow->reply, octets)) {
        follow->imitation->no_memory |= follow->reply.count + octets.count < REPLY_MOST;
        return;
    }
    if (follow->piece_count < PIECES_MOST)
        follow->pieces[follow->piece_count++].at = follow->now;
    follow->pieces[follow->piece_count - 1].end = follow->reply.count;
    follow->spoke_at = follow->now;
    if (follow->due && is_whole(buf_octets(&follow->reply)))
        learn_domain(follow);
    settle_gathered(follow);
}

static void take_event(struct follow *follow, size_t index)
{
    const struct field_event *event = &follow->connection->events[index];
    follow->now = event->at > follow->now ? event->at : follow->now;
    switch (event->kind) {
    case FIELD_OCTETS:
        if (event->octets.count == 0)
            return;
        if (event->end == FIELD_CENTRE)
            take_centre(follow, event->octets);
        else if (!follow->centre_ended || follow->session.state == SESSION_BODY)
            take_sender(follow, event->octets);
        return;
    case FIELD_GAP:
        follow_gap(follow, event);
        return;
    case FIELD_FIN:
    case FIELD_RST:
        if (event->end == FIELD_CENTRE)
            follow_centre_ends(follow, index, event->kind == FIELD_RST);
        else
            follow_sender_ends(follow);
        return;
    case FIELD_CLOSED_WINDOW:
    case FIELD_OPEN_WINDOW:
        if (event->end == FIELD_CENTRE)
            follow_window(follow, event->kind == FIELD_CLOSED_WINDOW);
        return;
    }
}

static void finish(struct follow *follow)
{
    if (follow->due && follow->reply.count > 0)
        follow_settle(follow, follow->reply.count, SCENARIO_KEEP_OPEN);
    else if (follow->due && follow->sender_ended)
        follow_settle_abandoned(follow);
    if (follow->stopped) {
        struct imitation_moment moment = {
            .stage = STAGE_BODY, .after = follow->stopped_after, .stops_reading = true};
        follow_tell(follow, &moment);
    }
    if (follow->session.state == SESSION_BODY) {
        follow->damaged = true;
        message_ended(follow, false);
    }
    uint32_t ends = follow->occurrences[STAGE_END_OF_DATA];
    if (follow->due && follow->stage == STAGE_END_OF_DATA)
        ends--;
    follow->imitation->broken += follow->occurrences[STAGE_MAIL] != ends || ends == 0;
    if (!follow->connection->ended && follow->due)
        imitation_note(follow->imitation,
                       "connection %u: the file ends while the reply to %s is awaited",
                       follow->connection->number, stage_name(follow->stage));
}

static void begin(struct follow *follow)
{
    struct centre_session *session = &follow->session;
    follow->program.scenario = follow->imitation->scenario;
    session->host = &follow->host;
    session->program = &follow->program;
    session->number = follow->connection->number;
    follow->input.limit = INPUT_MOST;
    follow->reply.limit = REPLY_MOST;
    follow->content.limit = CONTENT_MOST;
    follow->message = SIZE_MAX;
    line_reader_init(&session->lines, follow->imitation->scenario->centre.command_limit - 2);
    follow->in_the_middle = follow->connection->beginning == FIELD_UNDER_WAY;
    if (follow->in_the_middle) {
        session->state = SESSION_READY;
        imitation_note(follow->imitation,
                       "connection %u began before the file: what came before its first HELO or "
                       "MAIL is not reproduced",
                       follow->connection->number);
        return;
    }
    follow->now = follow->connection->answered;
    struct session_answer greeting = session_greeting();
    follow_owe(follow, STAGE_BANNER, &greeting);
}

void imitation_follow(struct imitation *imitation, const struct field_connection *connection)
{
    struct follow *follow = calloc(1, sizeof *follow);
    if (!follow) {
        imitation->no_memory = true;
        return;
    }
    follow->imitation = imitation;
    follow->connection = connection;
    begin(follow);
    for (size_t i = 0; i < connection->event_count; i++)
        take_event(follow, i);
    finish(follow);
    line_reader_free(&follow->session.lines);
    buf_free(&follow->session.helo);
    free(follow->session.chunk);
    buf_free(&follow->input);
    buf_free(&follow->usual);
    buf_free(&follow->reply);
    buf_free(&follow->content);
    free(follow->mailbox);
    free(follow);
}
