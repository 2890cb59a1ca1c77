#include "harness/field_transcript_private.h"

#include <stdlib.h>
#include <strings.h>

void field_forget_envelope(struct field_transcript *state)
{
    free(state->sender);
    state->sender = NULL;
    for (size_t i = 0; i < state->recipient_count; i++)
        free(state->recipients[i]);
    state->recipient_count = 0;
}

static void tell_received(void *owner, const struct transcript_event *event)
{
    field_tell_event(owner, *event);
}

/* Commands. */

/* The stage of a command line; STAGE_UNKNOWN where it is none. */
static enum stage line_stage(struct octets line)
{
    static const struct {
        const char *verb;
        enum stage stage;
    } verbs[] = {
        {"HELO", STAGE_HELO}, {"EHLO", STAGE_EHLO}, {"MAIL", STAGE_MAIL}, {"RCPT", STAGE_RCPT},
        {"DATA", STAGE_DATA}, {"RSET", STAGE_RSET}, {"NOOP", STAGE_NOOP}, {"QUIT", STAGE_QUIT},
        {"VRFY", STAGE_VRFY}, {"EXPN", STAGE_EXPN}, {"HELP", STAGE_HELP},
    };
    bool word = line.count == 4 || (line.count > 4 && (line.at[4] == ' ' || line.at[4] == '\t' ||
                                                       line.at[4] == '\r' || line.at[4] == '\n'));
    for (size_t i = 0; word && i < sizeof verbs / sizeof *verbs; i++)
        if (strncasecmp((const char *)line.at, verbs[i].verb, 4) == 0)
            return verbs[i].stage;
    return STAGE_UNKNOWN;
}

/* "MAIL FROM:<a@b> SIZE=3" -> "a@b". To be freed. */
static char *line_mailbox(struct octets line)
{
    const uint8_t *colon = line.count > 0 ? memchr(line.at, ':', line.count) : NULL;
    if (!colon)
        return strdup("");
    struct octets rest = octets_from(line, (size_t)(colon - line.at) + 1);
    while (rest.count > 0 && (rest.at[0] == ' ' || rest.at[0] == '\t'))
        rest = octets_from(rest, 1);
    char end = ' ';
    if (rest.count > 0 && rest.at[0] == '<') {
        rest = octets_from(rest, 1);
        end = '>';
    }
    size_t count = 0;
    while (count < rest.count && rest.at[count] != end && rest.at[count] != '\r' &&
           rest.at[count] != '\0')
        count++;
    return strndup(count > 0 ? (const char *)rest.at : "", count);
}

void field_put_due(struct field_transcript *state, enum stage stage, char *mailbox)
{
    if (state->due_count == DUE_MOST) {
        free(mailbox);
        return;
    }
    state->due[(state->due_first + state->due_count++) % DUE_MOST] = (struct due){stage, mailbox};
}

static bool waits_for_data(const struct field_transcript *state)
{
    return state->due_count > 0 &&
           state->due[(state->due_first + state->due_count - 1) % DUE_MOST].stage == STAGE_DATA;
}

static void take_command(struct field_transcript *state, struct octets line)
{
    state->stage = line_stage(line);
    state->lost = state->lost && state->stage == STAGE_UNKNOWN;
    char *mailbox = NULL;
    if (state->stage == STAGE_MAIL) {
        state->transactions++;
        if (state->transaction == 0)
            state->transaction = state->transactions;
    }
    if (state->stage == STAGE_MAIL || state->stage == STAGE_RCPT) {
        mailbox = line_mailbox(line);
        state->no_memory |= !mailbox;
    }
    field_put_due(state, state->stage, mailbox);
}

/* Messages. */

static void begin_body(struct field_transcript *state, bool damaged)
{
    state->body = true;
    state->content_ends = false;
    state->damaged = damaged;
    state->looked = 0;
    state->stage = STAGE_BODY;
    buf_clear(&state->content);
}

/* Takes the stuffed dots away, in place. */
static struct octets unstuffed(struct buf *content)
{
    bool begins = true;
    size_t count = 0;
    for (size_t i = 0; i < content->count; i++) {
        uint8_t octet = content->at[i];
        if (!begins || octet != '.')
            content->at[count++] = octet;
        begins = octet == '\n' && i > 0 && content->at[i - 1] == '\r' && !begins;
    }
    content->count = count;
    return buf_octets(content);
}

/* The message at hand is decided: `code` to its end, or 0. */
void field_tell_message(struct field_transcript *state, int code)
{
    struct octets octets = unstuffed(&state->content);
    if (state->options.message && (octets.count > 0 || state->content_ends)) {
        struct field_message message = {.connection = state->connection->number,
                                        .transaction = state->transaction,
                                        .sender = state->sender ? state->sender : "",
                                        .recipients = (const char *const *)state->recipients,
                                        .recipient_count = state->recipient_count,
                                        .octets = octets,
                                        .whole = state->content_ends && !state->damaged,
                                        .code = code};
        state->options.message(state->options.owner, &message);
    }
    buf_free(&state->content);
    state->body = state->content_ends = false;
    field_forget_envelope(state);
}

/* How many of the octets belong to the message: all, or those up to its end. */
static size_t take_content(struct field_transcript *state, struct octets octets)
{
    struct buf *content = &state->content;
    size_t before = content->count;
    content->limit = CONTENT_MOST;
    if (!buf_append(content, octets)) {
        state->no_memory |= before + octets.count < CONTENT_MOST;
        state->damaged = true;
        /* The end is looked for in what is left. */
        buf_drop(content, before > 4 ? before - 4 : 0);
        before = content->count;
        state->looked = 0;
        if (!buf_append(content, octets))
            return octets.count;
    }
    size_t end = 0;
    if (content->count >= 3 && !state->damaged && memcmp(content->at, ".\r\n", 3) == 0) {
        end = 3;
        content->count = 0;
    } else {
        size_t from = state->looked > 4 ? state->looked - 4 : 0;
        const uint8_t *found = content->count > from ? memmem(content->at + from,
                                                              content->count - from, "\r\n.\r\n", 5)
                                                     : NULL;
        if (!found) {
            state->looked = content->count;
            return octets.count;
        }
        end = (size_t)(found - content->at) + 5;
        content->count = end - 3;
    }
    state->body = false;
    state->content_ends = true;
    state->stage = STAGE_END_OF_DATA;
    field_put_due(state, STAGE_END_OF_DATA, NULL);
    return end > before ? end - before : 0;
}

/* The sender's octets. */

/* Reads whole lines of `input` as commands, as far as they can be read now. */
static void read_commands(struct field_transcript *state)
{
    size_t taken = 0;
    while (!waits_for_data(state)) {
        struct octets rest = octets_from(buf_octets(&state->input), taken);
        const uint8_t *end = rest.count > 0 ? memchr(rest.at, '\n', rest.count) : NULL;
        if (!end)
            break;
        struct octets line = {rest.at, (size_t)(end - rest.at) + 1};
        take_command(state, line);
        taken += line.count;
    }
    if (taken > 0)
        buf_drop(&state->input, taken);
}

/* Whether a segment that comes where nothing is known about what came before it is message, and not
 * commands. */
static bool looks_like_content(struct octets octets)
{
    const uint8_t *end = octets.count > 0 ? memchr(octets.at, '\n', octets.count) : NULL;
    return line_stage((struct octets){octets.at, end ? (size_t)(end - octets.at) : octets.count}) ==
           STAGE_UNKNOWN;
}

/* Octets that are no message; told by the first command that ends in them. */
static void take_lines(struct field_transcript *state, struct octets octets,
                       struct transcript_event *form)
{
    form->stage = state->stage;
    form->message = state->transaction;
    if (state->centre_ended)
        return; /* nobody reads them */
    bool waits = waits_for_data(state), long_line = state->input.count > LINE_MOST;
    state->input.limit = LINE_MOST + CONTENT_MOST;
    if (!buf_append(&state->input, octets)) {
        state->no_memory = true;
    } else if (!waits && memchr(octets.at, '\n', octets.count)) {
        form->stage = line_stage(buf_octets(&state->input));
        read_commands(state);
        if (form->message == 0 && form->stage == STAGE_MAIL)
            form->message = state->transaction;
    } else if (!waits && long_line) {
        buf_clear(&state->input);
    }
}

void field_take_sender(struct field_transcript *state, struct octets octets)
{
    if (state->lost && !state->body && state->input.count == 0 && looks_like_content(octets))
        begin_body(state, true);
    state->quiet_since = state->event->at;
    while (octets.count > 0) {
        struct transcript_event form = {
            .kind = TRANSCRIPT_RECEIVED, .stage = STAGE_BODY, .message = state->transaction};
        size_t count = octets.count;
        form.body = state->body;
        if (state->body)
            count = take_content(state, octets);
        else
            take_lines(state, octets, &form);
        form.octets = (struct octets){octets.at, count};
        if (count > 0)
            mask_tell(&state->mask, MASK_WIRE, form,
                      (struct transcript_sink){tell_received, state});
        octets = octets_from(octets, count);
    }
}

/* The centre's octets. */

static bool keep_recipient(struct field_transcript *state, char *mailbox)
{
    if (state->recipient_count == state->recipient_room) {
        size_t room = state->recipient_room ? state->recipient_room * 2 : 4;
        char **grown =
            room <= RECIPIENTS_MOST ? realloc(state->recipients, room * sizeof *grown) : NULL;
        if (!grown)
            return false;
        state->recipients = grown;
        state->recipient_room = room;
    }
    state->recipients[state->recipient_count++] = mailbox;
    return true;
}

static void forget_transaction(struct field_transcript *state)
{
    state->transaction = 0;
    field_forget_envelope(state);
}

/* What was waiting behind DATA is read now that its reply is known. */
static void read_waiting(struct field_transcript *state)
{
    if (!state->body) {
        read_commands(state);
        return;
    }
    struct buf waiting = state->input;
    state->input = (struct buf){0};
    size_t taken = waiting.count > 0 ? take_content(state, buf_octets(&waiting)) : 0;
    if (taken < waiting.count)
        state->no_memory |= !buf_append(&state->input, octets_from(buf_octets(&waiting), taken));
    buf_free(&waiting);
    if (!state->body)
        read_commands(state);
}

static void apply_reply(struct field_transcript *state, struct due *due, int code)
{
    bool positive = code / 100 == 2;
    switch (due->stage) {
    case STAGE_MAIL:
        if (positive && !state->sender) {
            state->sender = due->mailbox;
            due->mailbox = NULL;
        } else if (!positive && !state->sender) {
            state->transaction = 0;
        }
        return;
    case STAGE_RCPT:
        if (positive && due->mailbox && keep_recipient(state, due->mailbox))
            due->mailbox = NULL;
        return;
    case STAGE_DATA:
        if (code == 354 && state->due_count == 0)
            begin_body(state, false);
        read_waiting(state);
        return;
    case STAGE_END_OF_DATA:
        field_tell_message(state, state->doubtful ? 0 : code);
        forget_transaction(state);
        return;
    case STAGE_HELO:
    case STAGE_EHLO:
    case STAGE_RSET:
        if (positive)
            forget_transaction(state);
        return;
    case STAGE_CONNECT:
    case STAGE_BANNER:
    case STAGE_BODY:
    case STAGE_NOOP:
    case STAGE_QUIT:
    case STAGE_VRFY:
    case STAGE_EXPN:
    case STAGE_HELP:
    case STAGE_UNKNOWN:
    case STAGE_IDLE:
        return;
    }
}

/* A reply has come to its end. */
static void take_reply(struct field_transcript *state, int code)
{
    if (state->due_count == 0) {
        if (code == 354 && !state->body) /* the DATA was not seen */
            begin_body(state, false);
        return;
    }
    struct due due = state->due[state->due_first];
    state->due_first = (state->due_first + 1) % DUE_MOST;
    state->due_count--;
    if (due.stage == STAGE_END_OF_DATA && code / 100 == 2)
        field_tell(state, TRANSCRIPT_STORED, (struct octets){0});
    apply_reply(state, &due, code);
    free(due.mailbox);
}

/* One whole line: the code of the reply that it ends (0: it is no reply), or -1 where the reply
 * goes on. */
static int line_code(struct field_transcript *state, struct octets line)
{
    size_t count = line.count - 1;
    bool crlf = count > 0 && line.at[count - 1] == '\r';
    count -= crlf;
    bool parted = count == 3 || (count > 3 && (line.at[3] == ' ' || line.at[3] == '-'));
    bool begun = state->code != 0;
    bool digits = count >= 3 && line.at[0] >= '2' && line.at[0] <= '5';
    int code = 0;
    for (size_t i = 0; digits && i < 3; i++) {
        digits = line.at[i] >= '0' && line.at[i] <= '9';
        code = code * 10 + (line.at[i] - '0');
    }
    code = digits ? code : 0;
    state->doubtful = (begun && (state->doubtful || state->code != code)) || !crlf || !parted;
    bool goes_on = code && count > 3 && line.at[3] == '-';
    state->code = goes_on ? code : 0;
    return goes_on ? -1 : code;
}

void field_take_centre(struct field_transcript *state, struct octets octets)
{
    struct transcript_event form = {
        .kind = TRANSCRIPT_SENT,
        .message = state->transaction,
        .stage = state->due_count > 0 ? state->due[state->due_first].stage : state->stage,
        .octets = octets};
    if (field_is_cut(state)) {
        form.stage = STAGE_IDLE;
        state->cut = true;
    }
    state->reply.limit = LINE_MOST;
    struct octets rest = octets;
    while (rest.count > 0) {
        const uint8_t *end = memchr(rest.at, '\n', rest.count);
        struct octets piece = {rest.at, end ? (size_t)(end - rest.at) + 1 : rest.count};
        if (state->due_count > 0)
            form.stage = state->due[state->due_first].stage;
        /* Of a line that is too long the beginning is kept, where its digits are. */
        struct octets kept = piece;
        if (kept.count > LINE_MOST - 2 - state->reply.count)
            kept.count =
                state->reply.count < LINE_MOST - 2 ? LINE_MOST - 2 - state->reply.count : 0;
        if (!buf_append(&state->reply, kept) ||
            (end && kept.count < piece.count && !buf_append(&state->reply, OCTETS("\r\n"))))
            state->no_memory = true;
        rest = octets_from(rest, piece.count);
        if (!end || state->reply.count == 0)
            continue;
        int code = line_code(state, buf_octets(&state->reply));
        buf_clear(&state->reply);
        enum stage before = state->stage;
        if (code >= 0)
            take_reply(state, code);
        if (state->stage == before && form.stage != STAGE_IDLE)
            state->stage = form.stage;
    }
    state->quiet_since = state->event->at;
    field_tell_event(state, form);
}

/* What is missing. */

void field_forget_due(struct field_transcript *state)
{
    for (; state->due_count > 0; state->due_count--) {
        free(state->due[state->due_first].mailbox);
        state->due_first = (state->due_first + 1) % DUE_MOST;
    }
}

void field_lose_sender(struct field_transcript *state)
{
    state->damaged = true;
    buf_clear(&state->input);
    state->lost = !state->body;
}

void field_lose_centre(struct field_transcript *state)
{
    /* What was due may have been answered there. */
    bool data = waits_for_data(state), content = state->content_ends;
    buf_clear(&state->reply);
    state->code = 0;
    field_forget_due(state);
    if (content)
        field_tell_message(state, 0);
    if (data && state->input.count == 0)
        state->lost = true; /* what comes next shows what the reply was */
    else if (data && looks_like_content(buf_octets(&state->input)))
        begin_body(state, true);
    read_waiting(state);
}
