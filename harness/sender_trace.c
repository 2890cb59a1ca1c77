#include "harness/sender_trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "harness/field.h"
#include "harness/field_transcript.h"
#include "wire/buf.h"
#include "wire/command.h"

enum {
    SHOWN = 60,      /* octets of a step, in a row */
    ROWS_BEFORE = 4, /* … of the difference */
    ROWS_BEHIND = 2,
    TRACE_MOST = 512 * 1024 * 1024,
};

/* One line, message or end; of the centre's for the eye alone. */
struct step {
    uint32_t connection; /* in the order in which they were opened, from 1 */
    bool sender;
    usec at, waited;
    char *key; /* what is compared */
    char *shown;
};

struct steps {
    struct step *at;
    size_t count, room;
    bool no_memory;
};

/* A connection while it is read. */
struct reading {
    uint32_t number;
    usec last;
    struct buf line; /* its beginning came */
    size_t body;     /* octets of the message so far */
    bool chunked;    /* it is one that BDAT announced (RFC 3030), … */
    uint64_t left;   /* … and so much of it has still to come */
    uint8_t tail[5]; /* the last ones */
    usec body_at;
    bool quit; /* QUIT was said, … */
    bool gone; /* … and it has closed */
};

static char *printable(const char *lead, struct octets octets)
{
    struct buf buf = BUF_INIT(0);
    bool good = buf_append_string(&buf, lead);
    size_t count = octets.count < SHOWN ? octets.count : SHOWN;
    while (count > 0 && (octets.at[count - 1] == '\r' || octets.at[count - 1] == '\n'))
        count--;
    for (size_t i = 0; i < count; i++) {
        uint8_t octet = octets.at[i];
        if (octet >= ' ' && octet < 0x7f)
            good = good && buf_append_octet(&buf, octet);
        else
            good = good && buf_format(&buf,
                                      octet == '\r'   ? "\\r"
                                      : octet == '\n' ? "\\n"
                                                      : "\\x%02x",
                                      octet);
    }
    good = good && (octets.count <= SHOWN || buf_append_string(&buf, "...")) &&
           buf_append_octet(&buf, '\0');
    if (good)
        return (char *)buf.at;
    buf_free(&buf);
    return NULL;
}

static void add_step(struct steps *steps, struct reading *reading, bool sender, usec at, char *key,
                     char *shown)
{
    if (steps->count == steps->room) {
        size_t room = steps->room ? steps->room * 2 : 64;
        struct step *grown = realloc(steps->at, room * sizeof *grown);
        if (grown) {
            steps->at = grown;
            steps->room = room;
        }
    }
    if (steps->count == steps->room || !shown || (sender && !key)) {
        steps->no_memory = true;
        free(key);
        free(shown);
        return;
    }
    steps->at[steps->count++] =
        (struct step){reading->number, sender, at, at - reading->last, key, shown};
    reading->last = at;
}

/* What is compared of a command: domains and mailboxes are others each time. */
static char *command_key(struct octets line)
{
    static const char *const of_domain[] = {"HELO", "EHLO"};
    static const char *const of_mailbox[] = {"MAIL FROM:", "RCPT TO:"};
    for (size_t i = 0; i < 2; i++)
        if (line.count > 4 && strncasecmp((const char *)line.at, of_domain[i], 4) == 0 &&
            line.at[4] == ' ')
            return printable(of_domain[i], (struct octets){NULL, 0});
    for (size_t i = 0; i < 2; i++) {
        size_t count = strlen(of_mailbox[i]);
        if (line.count < count || strncasecmp((const char *)line.at, of_mailbox[i], count) != 0)
            continue;
        const uint8_t *end = memchr(line.at, '>', line.count);
        struct octets rest = {NULL, 0};
        if (end)
            rest = octets_from(line, (size_t)(end - line.at) + 1);
        char lead[32];
        snprintf(lead, sizeof lead, "%s%s%s", of_mailbox[i], line.at[count] == ' ' ? " " : "",
                 end ? "<>" : "");
        return printable(lead, rest);
    }
    return printable("", line);
}

static void end_body(struct steps *steps, struct reading *reading)
{
    if (reading->body == 0)
        return;
    bool whole = reading->chunked
                     ? reading->left == 0
                     : memcmp(reading->tail, "\r\n.\r\n", 5) == 0 ||
                           (reading->body == 3 && memcmp(reading->tail + 2, ".\r\n", 3) == 0);
    char words[80];
    snprintf(words, sizeof words, "(%s %s, %zu octets)", whole ? "a whole" : "part of a",
             reading->chunked ? "chunk" : "message", reading->body);
    char *shown = printable(">> ", octets_of(words)), *key = printable("", octets_of(words));
    add_step(steps, reading, true, reading->body_at, key, shown);
    reading->body = 0;
    reading->chunked = false;
    reading->left = 0;
    memset(reading->tail, 0, sizeof reading->tail);
}

static void take_body(struct reading *reading, usec at, struct octets octets)
{
    for (size_t i = octets.count > 5 ? octets.count - 5 : 0; i < octets.count; i++) {
        memmove(reading->tail, reading->tail + 1, 4);
        reading->tail[4] = octets.at[i];
    }
    reading->body_at = reading->body == 0 ? at : reading->body_at;
    reading->body += octets.count;
}

static void take_line(struct steps *steps, struct reading *reading, usec at)
{
    struct octets line = buf_octets(&reading->line);
    struct command command;
    add_step(steps, reading, true, at, command_key(line), printable(">> ", line));
    while (line.count > 0 && (line.at[line.count - 1] == '\n' || line.at[line.count - 1] == '\r'))
        line.count--;
    command_parse(line, &command);
    bool last;
    reading->chunked =
        command.verb == COMMAND_BDAT && command_chunk(&command, &reading->left, &last);
    if (!reading->chunked)
        reading->left = 0;
    reading->quit = command.verb == COMMAND_QUIT;
    buf_clear(&reading->line);
}

/* The octets of a chunk are no commands, whoever read them. */
static void take_received(struct steps *steps, struct reading *reading,
                          const struct transcript_event *event)
{
    struct octets octets = event->octets;
    while (octets.count > 0) {
        size_t count = octets.count;
        if (reading->left > 0) {
            count = reading->left < count ? (size_t)reading->left : count;
            take_body(reading, event->at, (struct octets){octets.at, count});
            reading->left -= count;
            if (reading->left == 0)
                end_body(steps, reading);
        } else if (event->body) {
            take_body(reading, event->at, octets);
        } else {
            end_body(steps, reading);
            const uint8_t *end = memchr(octets.at, '\n', octets.count);
            count = end ? (size_t)(end - octets.at) + 1 : octets.count;
            steps->no_memory |= !buf_append(&reading->line, (struct octets){octets.at, count});
            if (end)
                take_line(steps, reading, event->at);
        }
        octets = octets_from(octets, count);
    }
}

static void take_end(struct steps *steps, struct reading *reading,
                     const struct transcript_event *event, const char *words, bool sender)
{
    end_body(steps, reading);
    /* Whether a FIN or an RST comes of it that a sender closes behind QUIT, or both, is a matter of
     * when the 221 arrives. */
    bool leaves = sender && reading->quit;
    if (leaves && reading->gone)
        return;
    reading->gone = leaves;
    add_step(steps, reading, sender, event->at,
             sender ? printable("", octets_of(leaves ? "(closes)" : words)) : NULL,
             printable(sender ? ">> " : "<< ", octets_of(words)));
}

static void take_event(struct steps *steps, struct reading *reading,
                       const struct transcript_event *event)
{
    switch (event->kind) {
    case TRANSCRIPT_RECEIVED:
        take_received(steps, reading, event);
        return;
    case TRANSCRIPT_SENT:
        end_body(steps, reading);
        add_step(steps, reading, false, event->at, NULL, printable("<< ", event->octets));
        return;
    case TRANSCRIPT_SENDER_FIN:
        take_end(steps, reading, event, "(closes with FIN)", true);
        return;
    case TRANSCRIPT_SENDER_RST:
        take_end(steps, reading, event, "(resets)", true);
        return;
    case TRANSCRIPT_CENTRE_FIN:
    case TRANSCRIPT_CENTRE_HALF:
        take_end(steps, reading, event, "(closes with FIN)", false);
        return;
    case TRANSCRIPT_CENTRE_RST:
        take_end(steps, reading, event, "(resets)", false);
        return;
    case TRANSCRIPT_OPENED:
    case TRANSCRIPT_STALLED:
    case TRANSCRIPT_PAUSED:
    case TRANSCRIPT_RESUMED:
    case TRANSCRIPT_STORED:
    case TRANSCRIPT_FLAW:
    case TRANSCRIPT_MISSING:
    case TRANSCRIPT_FACE:
    case TRANSCRIPT_QUERY:
    case TRANSCRIPT_ANSWER:
    case TRANSCRIPT_CLOSED:
        return;
    }
}

/* Connection by connection, in the order in which they were opened. */
static void read_steps(const struct transcript *transcript, struct steps *steps,
                       uint32_t *connections)
{
    *connections = 0;
    for (size_t i = 0; i < transcript->count; i++) {
        uint32_t connection = transcript->events[i].connection;
        if (transcript->events[i].kind != TRANSCRIPT_OPENED)
            continue;
        struct reading reading = {.number = ++*connections, .last = transcript->events[i].at};
        for (size_t j = i; j < transcript->count; j++) {
            const struct transcript_event *event = &transcript->events[j];
            if (event->connection != connection)
                continue;
            take_event(steps, &reading, event);
            if (event->kind == TRANSCRIPT_CLOSED)
                break;
        }
        end_body(steps, &reading);
        buf_free(&reading.line);
    }
}

static void free_steps(struct steps *steps)
{
    for (size_t i = 0; i < steps->count; i++) {
        free(steps->at[i].key);
        free(steps->at[i].shown);
    }
    free(steps->at);
}

/* Comparing. */

static size_t next_of_sender(const struct steps *steps, size_t from)
{
    while (from < steps->count && !steps->at[from].sender)
        from++;
    return from;
}

/* A second, or a quarter. */
static bool waits_differ(usec then, usec now)
{
    usec longer = then > now ? then : now, difference = then > now ? then - now : now - then;
    return difference > USEC_PER_SEC && difference > longer / 4;
}

static bool steps_equal(const struct step *then, const struct step *now, bool by_time)
{
    return then->connection == now->connection && strcmp(then->key, now->key) == 0 &&
           !(by_time && waits_differ(then->waited, now->waited));
}

/* The first step of the sender's in which they differ; false: there is none. */
static bool find_difference(const struct steps *then, const struct steps *now, bool by_time,
                            size_t *then_at, size_t *now_at, size_t *same)
{
    *same = 0;
    *then_at = next_of_sender(then, 0);
    *now_at = next_of_sender(now, 0);
    while (*then_at < then->count && *now_at < now->count) {
        if (!steps_equal(&then->at[*then_at], &now->at[*now_at], by_time))
            return true;
        ++*same;
        *then_at = next_of_sender(then, *then_at + 1);
        *now_at = next_of_sender(now, *now_at + 1);
    }
    return *then_at < then->count || *now_at < now->count;
}

/* "12.345 s  >> QUIT": since the connection was opened. Null where that step is none of it. */
static char *row_of(const struct steps *steps, size_t at, size_t offset, bool behind,
                    uint32_t connection)
{
    if ((!behind && offset > at) || (behind && steps->count - at <= offset))
        return NULL;
    const struct step *step = &steps->at[behind ? at + offset : at - offset];
    char *row;
    if (step->connection != connection ||
        asprintf(&row, "%8.3f s  %s", (double)step->waited / 1e6, step->shown) < 0)
        return NULL;
    return row;
}

static void add_rows(struct sender_trace *trace, const struct steps *then, size_t then_at,
                     const struct steps *now, size_t now_at)
{
    trace->rows = calloc(ROWS_BEFORE + 1 + ROWS_BEHIND, sizeof *trace->rows);
    for (size_t i = 0; trace->rows && i <= ROWS_BEFORE + ROWS_BEHIND; i++) {
        bool behind = i > ROWS_BEFORE;
        size_t offset = behind ? i - ROWS_BEFORE : ROWS_BEFORE - i;
        struct sender_trace_row row = {.differs = offset == 0};
        row.then = row_of(then, then_at, offset, behind || offset == 0, trace->connection);
        row.now = row_of(now, now_at, offset, behind || offset == 0, trace->connection);
        if (row.then || row.now)
            trace->rows[trace->row_count++] = row;
    }
}

static void compare(struct sender_trace *trace, const struct steps *then, const struct steps *now)
{
    size_t then_at, now_at;
    trace->in_time = false;
    bool differs = find_difference(then, now, false, &then_at, &now_at, &trace->steps);
    if (!differs) {
        differs = find_difference(then, now, true, &then_at, &now_at, &trace->steps);
        trace->in_time = differs;
    }
    trace->same = !differs;
    if (!differs)
        return;
    uint32_t of_then = then_at < then->count ? then->at[then_at].connection : UINT32_MAX;
    uint32_t of_now = now_at < now->count ? now->at[now_at].connection : UINT32_MAX;
    trace->connection = of_then < of_now ? of_then : of_now;
    add_rows(trace, then, then_at, now, now_at);
}

static bool take_connection(void *owner, const struct field_connection *connection)
{
    return field_transcript_take(owner, connection);
}

/* What was seen then, as a transcript; null where it can't be read. To be freed. */
static struct transcript *read_then(const char *file, struct problem *problem)
{
    struct transcript *then = transcript_new(TRACE_MOST);
    const struct field_transcript_options options = {
        .sink = then ? transcript_sink(then) : (struct transcript_sink){NULL, NULL}};
    struct field_transcript *state = then ? field_transcript_new(&options) : NULL;
    const struct field_sink sink = {take_connection, NULL, state};
    bool good = state != NULL;
    if (!good)
        problem_set(problem, "no memory");
    good = good && field_read_journal(file, &(struct field_choice){0}, &sink, problem);
    if (good && !field_transcript_order(then, NULL)) {
        problem_set(problem, "no memory");
        good = false;
    }
    field_transcript_free(state);
    if (good)
        return then;
    transcript_free(then);
    return NULL;
}

char *sender_trace_file(const char *scenario)
{
    char *file;
    size_t count = strlen(scenario);
    if (count > 5 && strcmp(scenario + count - 5, ".json") == 0)
        count -= 5;
    return asprintf(&file, "%.*s.trace.jsonl", (int)count, scenario) < 0 ? NULL : file;
}

struct sender_trace *sender_trace_compare(const char *file, const struct transcript *now,
                                          struct problem *problem)
{
    struct transcript *then = read_then(file, problem);
    if (!then)
        return NULL;
    struct sender_trace *trace = calloc(1, sizeof *trace);
    struct steps of_then = {0}, of_now = {0};
    uint32_t connections;
    read_steps(then, &of_then, &connections);
    read_steps(now, &of_now, &connections);
    bool good = trace && !of_then.no_memory && !of_now.no_memory;
    if (trace) {
        trace->file = strdup(file);
        trace->connections = connections;
        compare(trace, &of_then, &of_now);
        good = good && trace->file && (trace->same || trace->rows);
    }
    if (!good) {
        problem_set(problem, "no memory");
        sender_trace_free(trace);
        trace = NULL;
    }
    free_steps(&of_then);
    free_steps(&of_now);
    transcript_free(then);
    return trace;
}

void sender_trace_free(struct sender_trace *trace)
{
    if (!trace)
        return;
    for (size_t i = 0; i < trace->row_count; i++) {
        free(trace->rows[i].then);
        free(trace->rows[i].now);
    }
    free(trace->rows);
    free(trace->file);
    free(trace);
}
