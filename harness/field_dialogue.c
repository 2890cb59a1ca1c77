#include <stdio.h>
#include <stdlib.h>

#include "harness/field_dialogue_private.h"

static const int64_t day = (int64_t)86400 * USEC_PER_SEC;

struct reading {
    const char *file;
    const struct field_choice *choice;
    const struct field_sink *sink;
    struct problem *problem;
    const struct dialogue_family *family;
    unsigned quoted;
    size_t line_number;
    uint32_t begun;
    bool stopped;
    char centre[80]; /* where the program said that it connects to */
    struct dialogue_trace trace;

    /* Time: of the line at hand, since the connection's first stamp. */
    const struct dialogue_stamp *stamp; /* of that line; null: it has none */
    bool stamped, dated;
    int64_t first, now, last;
    usec grain;

    /* The connection at hand. */
    bool open;
    struct field_gathering gathering;
    bool due;           /* a command, or the greeting, has no reply yet */
    bool data;          /* and it is DATA */
    bool body;          /* what the sender says is message */
    bool marked_body;   /* … and its lines have marks */
    bool quit, goodbye; /* QUIT was said, and answered; or 421 was said */
    bool sender_ended, centre_ended;
    bool leaves; /* the sender was said to close */
    usec left_at;
    struct buf reply;    /* lines of a reply whose last one has not come */
    struct buf said;     /* of the sender, in one piece */
    struct octets aside; /* the line before, which nobody was known to have said */
    usec said_at;        /* when the sender spoke last */
};

static bool fail(struct reading *reading, const char *what)
{
    problem_set(reading->problem, "%s:%zu: %s", reading->file, reading->line_number, what);
    return false;
}

static void note(const struct reading *reading, const char *text)
{
    char whole[300];
    snprintf(whole, sizeof whole, "%.100s:%zu: %s", reading->file, reading->line_number, text);
    if (reading->sink->note)
        reading->sink->note(reading->sink->owner, whole);
}

static usec elapsed(const struct reading *reading)
{
    return reading->stamped ? reading->now - reading->first : 0;
}

/* Past midnight the clock begins anew. */
static void take_stamp(struct reading *reading, const struct dialogue_stamp *stamp)
{
    int64_t at = stamp->at;
    while (!stamp->dated && reading->stamped && at < reading->last - day / 2)
        at += day;
    if (!reading->stamped) {
        reading->first = at;
        reading->grain = stamp->grain;
    }
    if (stamp->grain < reading->grain)
        reading->grain = stamp->grain;
    reading->dated = stamp->dated;
    reading->stamped = true;
    reading->last = reading->now = at > reading->first ? at : reading->first;
}

/* Connections. */

static bool add_at(struct reading *reading, usec at, enum field_kind kind, enum field_end end,
                   struct octets octets)
{
    const struct field_event event = {.at = at, .kind = kind, .end = end, .octets = octets};
    return field_gathering_add(&reading->gathering, &event) || fail(reading, "no memory");
}

static bool add(struct reading *reading, enum field_kind kind, enum field_end end,
                struct octets octets)
{
    return add_at(reading, elapsed(reading), kind, end, octets);
}

static bool begin(struct reading *reading)
{
    const struct field_connection connection = {
        .number = ++reading->begun, .sender = "", .centre = reading->centre};
    reading->open = true;
    reading->due = true;
    reading->data = reading->body = reading->quit = reading->goodbye = false;
    reading->sender_ended = reading->centre_ended = reading->leaves = false;
    reading->left_at = 0;
    reading->said_at = 0;
    reading->stamped = false;
    reading->grain = 0;
    if (reading->stamp)
        take_stamp(reading, reading->stamp);
    return field_gathering_begin(&reading->gathering, &connection) || fail(reading, "no memory");
}

static bool flush_reply(struct reading *reading)
{
    if (reading->reply.count == 0)
        return true;
    bool good = add(reading, FIELD_OCTETS, FIELD_CENTRE, buf_octets(&reading->reply));
    buf_clear(&reading->reply);
    return good;
}

static bool flush_said(struct reading *reading)
{
    if (reading->said.count == 0)
        return true;
    bool good = add(reading, FIELD_OCTETS, FIELD_SENDER, buf_octets(&reading->said));
    buf_clear(&reading->said);
    reading->said_at = elapsed(reading);
    return good;
}

static bool finish(struct reading *reading)
{
    if (!reading->open)
        return true;
    bool good = flush_said(reading) && flush_reply(reading);
    struct field_connection *connection = &reading->gathering.connection;
    /* Whoever says good-bye goes, also where nobody wrote it down. */
    usec last = connection->event_count ? connection->events[connection->event_count - 1].at : 0;
    if (good && reading->goodbye && !reading->centre_ended)
        good = add_at(reading, last, FIELD_FIN, FIELD_CENTRE, (struct octets){0});
    bool leaves = reading->leaves || reading->goodbye || reading->centre_ended;
    if (good && leaves && !reading->sender_ended)
        good = add_at(reading, reading->left_at > last ? reading->left_at : last, FIELD_FIN,
                      FIELD_SENDER, (struct octets){0});
    connection->timed = reading->stamped || connection->timed;
    connection->grain = reading->grain;
    connection->began = reading->dated && reading->stamped ? reading->first : 0;
    connection->ended = leaves || reading->sender_ended || connection->beginning != FIELD_ANSWERED;
    connection->exact = reading->family->literal;
    if (good && field_chosen(reading->choice, connection))
        reading->stopped = !reading->sink->connection(reading->sink->owner, connection);
    field_gathering_free(&reading->gathering);
    buf_clear(&reading->said);
    buf_clear(&reading->reply);
    reading->open = reading->body = reading->data = false;
    return good;
}

/* Time. */

/* swaks --show-time-lapse: "=== response in 0.0021s", before the reply. */
static bool is_lapse(struct octets text, double *lapse)
{
    static const char begins[] = "response in ";
    if (text.count < sizeof begins || memcmp(text.at, begins, sizeof begins - 1) != 0)
        return false;
    char number[32];
    size_t count = text.count - (sizeof begins - 1);
    snprintf(number, sizeof number, "%.*s", (int)(count < 31 ? count : 31),
             (const char *)text.at + sizeof begins - 1);
    *lapse = strtod(number, NULL);
    return *lapse >= 0 && *lapse < 1e7;
}

static bool take_lapse(struct reading *reading, double lapse)
{
    if ((!reading->open && !begin(reading)) || !flush_said(reading) || !flush_reply(reading))
        return false;
    if (!reading->stamped) {
        reading->stamped = true;
        reading->first = 0;
        reading->grain = USEC_PER_MSEC;
    }
    usec at = reading->said_at + (usec)(lapse * 1e6 + 0.5);
    reading->now = reading->last = reading->first + at;
    return true;
}

/* What the centre says. */

static bool take_reply_line(struct reading *reading, struct octets text)
{
    bool last = !dialogue_is_reply(text) || text.count == 3 || text.at[3] != '-';
    bool greets = text.count >= 3 && memcmp(text.at, "220", 3) == 0;
    bool again = reading->open && greets && reading->reply.count == 0 && !reading->due &&
                 reading->said.count == 0 && reading->gathering.connection.event_count > 0;
    if (again && !finish(reading))
        return false;
    if (!reading->open && !begin(reading))
        return false;
    if (reading->body) {
        /* The reply is there, and the end was left out by whoever pasted it. */
        note(reading, "the end of the message is not shown; it is taken to have been sent");
        if (!buf_append(&reading->said, OCTETS(".\r\n")))
            return fail(reading, "no memory");
        reading->body = false;
    }
    if (!flush_said(reading))
        return false;
    if (!buf_append(&reading->reply, text) || !buf_append(&reading->reply, OCTETS("\r\n")))
        return fail(reading, "no memory");
    if (!last)
        return true;
    reading->goodbye |= reading->quit || (text.count >= 3 && memcmp(text.at, "421", 3) == 0);
    reading->body = reading->data && text.count >= 3 && memcmp(text.at, "354", 3) == 0;
    reading->marked_body = false;
    reading->due = reading->data = false;
    return flush_reply(reading);
}

/* What the sender says. */

static bool take_command(struct reading *reading, struct octets text)
{
    if (!reading->open && !begin(reading))
        return false;
    if (!flush_reply(reading))
        return false;
    reading->leaves = false;
    reading->data = text.count == 4 && dialogue_holds(text, "DATA");
    reading->quit = text.count == 4 && dialogue_holds(text, "QUIT");
    reading->due = true;
    return (buf_append(&reading->said, text) && buf_append(&reading->said, OCTETS("\r\n"))) ||
           fail(reading, "no memory");
}

static bool take_body_line(struct reading *reading, struct octets text)
{
    if (!buf_append(&reading->said, text) || !buf_append(&reading->said, OCTETS("\r\n")))
        return fail(reading, "no memory");
    if (text.count == 1 && text.at[0] == '.') {
        reading->body = false;
        reading->due = true;
    }
    return true;
}

/* Words of the program. */

static void keep_address(struct reading *reading, struct octets text)
{
    /* "Trying 192.0.2.1:25...", "Connected to 192.0.2.1." */
    static const char *const before[] = {"Trying ", "Connected to "};
    for (size_t i = 0; i < 2; i++) {
        const uint8_t *at =
            text.count > 0 ? memmem(text.at, text.count, before[i], strlen(before[i])) : NULL;
        if (!at)
            continue;
        struct octets rest = octets_from(text, (size_t)(at - text.at) + strlen(before[i]));
        size_t count = 0;
        while (count < rest.count && count < 70 && rest.at[count] > ' ' && rest.at[count] < 0x7f)
            count++;
        while (count > 0 && rest.at[count - 1] == '.')
            count--;
        snprintf(reading->centre, sizeof reading->centre, "%.*s", (int)count,
                 (const char *)rest.at);
    }
}

static bool holds_any(struct octets text, const char *const *words)
{
    for (; *words; words++)
        if (dialogue_holds(text, *words))
            return true;
    return false;
}

static bool take_failed_connect(struct reading *reading, enum field_beginning beginning)
{
    if (!reading->open && !begin(reading))
        return false;
    reading->gathering.connection.beginning = beginning;
    return finish(reading);
}

static bool take_words(struct reading *reading, struct octets text)
{
    static const char *const refused[] = {"connection refused", NULL};
    static const char *const unanswered[] = {"timed out", "timeout", NULL};
    static const char *const reset[] = {"reset by peer", "connection reset", NULL};
    static const char *const centre_left[] = {
        "closed by foreign host", "remote host closed",      "closed by remote",
        "server closed",          "closed unexpectedly",     "closed connection unexpected",
        "unexpectedly closed",    "connection unexpectedly", NULL};
    static const char *const sender_left[] = {"connection closed", "closing connection",
                                              "shutting down connection", NULL};
    double lapse;
    if (is_lapse(text, &lapse))
        return take_lapse(reading, lapse);
    keep_address(reading, text);
    bool under_way = reading->open && (reading->gathering.connection.event_count > 0 ||
                                       reading->said.count > 0 || reading->reply.count > 0);
    if (dialogue_holds(text, "trying ") && under_way)
        return finish(reading);
    if (!under_way && holds_any(text, refused))
        return take_failed_connect(reading, FIELD_REFUSED);
    if (!under_way)
        return !holds_any(text, unanswered) || take_failed_connect(reading, FIELD_UNANSWERED);
    if (!flush_said(reading) || !flush_reply(reading))
        return false;
    if (holds_any(text, reset)) {
        reading->centre_ended = reading->sender_ended = true;
        return add(reading, FIELD_RST, FIELD_CENTRE, (struct octets){0}) && finish(reading);
    }
    if (holds_any(text, centre_left)) {
        if (!reading->centre_ended && !add(reading, FIELD_FIN, FIELD_CENTRE, (struct octets){0}))
            return false;
        reading->centre_ended = true;
        return true;
    }
    if (holds_any(text, sender_left) && !reading->leaves) {
        reading->leaves = true; /* unless it goes on */
        reading->left_at = elapsed(reading);
    }
    return true;
}

/* Lines. */

/* Nobody is known to have said it: a comment, unless the next line shows otherwise. */
static bool take_aside(struct reading *reading, const struct dialogue_line *line)
{
    if (reading->body && !reading->marked_body)
        return take_body_line(reading, line->text);
    if (line->text.count > 0 && !take_words(reading, line->text))
        return false;
    /* A reply's further lines may have lost their marks. */
    if (reading->reply.count > 0 && line->text.count > 3 && dialogue_is_reply(line->text) &&
        memcmp(line->text.at, reading->reply.at, 3) == 0)
        return take_reply_line(reading, line->text);
    bool ascii = line->text.count > 0 && line->text.count <= 512;
    for (size_t i = 0; ascii && i < line->text.count; i++)
        ascii = line->text.at[i] >= 0x20 && line->text.at[i] < 0x7f;
    reading->aside = ascii ? line->text : (struct octets){NULL, 0};
    return true;
}

/* In a family without marks a line that is no command of SMTP was said all the same, where the
 * centre's answer stands right behind it. */
static bool take_unknown_command(struct reading *reading)
{
    struct octets aside = reading->aside;
    bool said = reading->family->bare && !reading->family->sender[0] && reading->open &&
                !reading->due && reading->reply.count == 0 && aside.count > 0;
    return !said || take_command(reading, aside);
}

static bool take_trace_piece(struct reading *reading)
{
    struct dialogue_trace *trace = &reading->trace;
    while (trace->octets.count < trace->announced && trace->octets.count + 2 >= trace->announced)
        if (!buf_append(&trace->octets, trace->announced - trace->octets.count == 1
                                            ? OCTETS("\n")
                                            : OCTETS("\r\n")))
            return fail(reading, "no memory");
    struct octets rest = buf_octets(&trace->octets), line;
    bool good = true;
    while (good && trace->side != DIALOGUE_NOTHING && dialogue_next(&rest, &line)) {
        if (trace->side == DIALOGUE_CENTRE)
            good = take_reply_line(reading, line);
        else
            good = reading->body ? take_body_line(reading, line) : take_command(reading, line);
    }
    buf_clear(&trace->octets);
    trace->side = DIALOGUE_NOTHING;
    trace->announced = 0;
    return good;
}

static bool take_trace_line(struct reading *reading, const struct dialogue_line *line)
{
    enum dialogue_side side;
    size_t announced;
    if (!dialogue_trace_heading(line->text, &side, &announced)) {
        dialogue_trace_row(&reading->trace, line->text);
        return true;
    }
    if (!take_trace_piece(reading))
        return false;
    if (side != DIALOGUE_SENDER && !flush_said(reading))
        return false;
    if (line->stamped)
        take_stamp(reading, &line->stamp);
    if (side == DIALOGUE_WORDS)
        return take_words(reading, line->text);
    reading->trace.side = side;
    reading->trace.announced = announced;
    return true;
}

/* Octets as Python writes them. */
static bool take_literal(struct reading *reading, const struct dialogue_line *line)
{
    struct buf octets = BUF_INIT(DIALOGUE_MOST);
    bool good = true;
    if (dialogue_literal(line->text, &octets)) {
        struct octets rest = buf_octets(&octets), part;
        while (good && dialogue_next(&rest, &part)) {
            if (line->side == DIALOGUE_CENTRE)
                good = take_reply_line(reading, part);
            else
                good = reading->body ? take_body_line(reading, part) : take_command(reading, part);
        }
    }
    buf_free(&octets);
    return good;
}

static bool take_line(struct reading *reading, struct octets octets)
{
    struct dialogue_line line = dialogue_read_line(reading->family, reading->quoted, octets);
    if (reading->family->traced)
        return take_trace_line(reading, &line);
    bool bare_body = reading->body && reading->family->bare;
    if (bare_body && !(reading->family->sender[0] && line.side != DIALOGUE_NOTHING))
        line.side = DIALOGUE_NOTHING;
    /* A stamp's time is of what was said then: what is gathered was said before. */
    if (line.stamped && line.side != DIALOGUE_NOTHING) {
        if (line.side != DIALOGUE_SENDER && !flush_said(reading))
            return false;
        take_stamp(reading, &line.stamp);
        reading->stamp = &line.stamp;
    }
    bool good = true;
    switch (line.side) {
    case DIALOGUE_NOTHING:
        return take_aside(reading, &line);
    case DIALOGUE_WORDS:
        good = take_words(reading, line.text);
        break;
    case DIALOGUE_SENDER:
        reading->marked_body |= reading->body;
        if (reading->family->literal)
            good = take_literal(reading, &line);
        else if (reading->body)
            good = take_body_line(reading, line.text);
        else
            good = take_command(reading, line.text);
        break;
    case DIALOGUE_CENTRE:
        good = take_unknown_command(reading) &&
               (reading->family->literal ? take_literal(reading, &line)
                                         : take_reply_line(reading, line.text));
        break;
    }
    reading->aside = (struct octets){NULL, 0};
    reading->stamp = NULL;
    return good;
}

/* The file. */

static bool read_lines(struct reading *reading, struct octets text)
{
    struct octets line;
    bool good = true;
    while (good && !reading->stopped && dialogue_next(&text, &line)) {
        reading->line_number++;
        good = take_line(reading, line);
    }
    if (good && reading->family->traced)
        good = take_trace_piece(reading);
    if (good && reading->body)
        note(reading, "the dialogue ends inside of a message");
    if (reading->stopped || !good)
        field_gathering_free(&reading->gathering);
    else
        good = finish(reading);
    return good;
}

bool field_read_dialogue(const char *file, const struct field_choice *choice,
                         const struct field_sink *sink, struct problem *problem)
{
    struct reading reading = {.file = file, .choice = choice, .sink = sink, .problem = problem};
    struct buf text = BUF_INIT(DIALOGUE_MOST);
    bool good = dialogue_read_file(file, &text, problem);
    if (good) {
        reading.family = dialogue_family_of(buf_octets(&text), &reading.quoted);
        good = reading.family != NULL;
        if (!good)
            problem_set(problem,
                        "%s:1: found no SMTP dialogue; expected replies such as \"250 ok\" and "
                        "commands such as \"MAIL FROM:<...>\", each behind a mark (swaks; C: and "
                        "S:; >>> and <<<; -> and <-; > and <) or without one",
                        file);
    }
    if (good)
        good = read_lines(&reading, buf_octets(&text));
    if (good && reading.begun == 0) {
        problem_set(problem, "%s:1: found no SMTP dialogue, and no connect that failed", file);
        good = false;
    }
    buf_free(&reading.said);
    buf_free(&reading.reply);
    buf_free(&reading.trace.octets);
    buf_free(&text);
    return good;
}
