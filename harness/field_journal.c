#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/field.h"
#include "mockserver/transcript.h"
#include "wire/buf.h"

/* The longest line that a journal has: a segment in base64. */
enum { LINE_MOST = 16 * 1024 * 1024 };

/* A connection that has not ended yet. */
struct open_connection {
    struct open_connection *next;
    uint32_t number; /* in the journal, which may hold several runs of the server */
    double opened;   /* "at" of its first event */
    bool wanted;
    struct field_gathering gathering;
};

struct journal_reading {
    const char *file;
    const struct field_choice *choice;
    const struct field_sink *sink;
    struct problem *problem;
    size_t line;
    uint32_t begun; /* connections so far, refused ones counted */
    size_t understood, masked, damaged;
    char centre[80];
    struct open_connection *open;
    bool stopped; /* the sink can take no more */
};

static bool no_memory(struct journal_reading *reading)
{
    problem_set(reading->problem, "%s:%zu: no memory", reading->file, reading->line);
    return false;
}

static void note(const struct journal_reading *reading, const char *text)
{
    if (reading->sink->note)
        reading->sink->note(reading->sink->owner, text);
}

/* Numbers and texts of an event. */

static double number_of(const json_t *event, const char *key)
{
    const json_t *value = json_object_get(event, key);
    double number = json_is_number(value) ? json_number_value(value) : 0;
    return number >= 0 && number < 1e15 ? number : 0;
}

static const char *text_of(const json_t *event, const char *key)
{
    const char *text = json_string_value(json_object_get(event, key));
    return text ? text : "";
}

/* "2026-01-01T00:00:00.001250Z"; 0 where it is none. */
static int64_t wall_clock_of(const json_t *event)
{
    int year, month, day, hour, minute, second, micros;
    if (sscanf(text_of(event, "time"), "%4d-%2d-%2dT%2d:%2d:%2d.%6dZ", &year, &month, &day, &hour,
               &minute, &second, &micros) != 7 ||
        month < 1 || month > 12)
        return 0;
    return field_wall_clock(year, month, day) +
           ((int64_t)hour * 3600 + minute * 60 + second) * USEC_PER_SEC + micros;
}

/* RFC 4648 §4. */
static bool put_base64(struct buf *buf, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    unsigned count = 0;
    for (; *text && *text != '='; text++) {
        const char *digit = strchr(digits, *text);
        if (!digit)
            return false;
        bits = bits << 6 | (uint32_t)(digit - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            if (!buf_append_octet(buf, (uint8_t)(bits >> count)))
                return false;
        }
    }
    return true;
}

static bool octets_of_event(const json_t *event, struct buf *buf)
{
    const json_t *plain = json_object_get(event, "octets");
    if (json_is_string(plain))
        return buf_append(buf, (struct octets){(const uint8_t *)json_string_value(plain),
                                               json_string_length(plain)});
    return put_base64(buf, text_of(event, "base64"));
}

/* Connections. */

static struct open_connection **find_open(struct journal_reading *reading, uint32_t number)
{
    struct open_connection **at = &reading->open;
    while (*at && (*at)->number != number)
        at = &(*at)->next;
    return at;
}

/* Hands it to the sink, and forgets it. */
static void finish(struct journal_reading *reading, struct open_connection **at, bool ended)
{
    struct open_connection *open = *at;
    *at = open->next;
    open->gathering.connection.ended = ended;
    if (open->wanted && !reading->stopped)
        reading->stopped =
            !reading->sink->connection(reading->sink->owner, &open->gathering.connection);
    field_gathering_free(&open->gathering);
    free(open);
}

static bool begin(struct journal_reading *reading, const json_t *event, uint32_t number,
                  enum field_beginning beginning)
{
    struct open_connection *open = calloc(1, sizeof *open);
    if (!open)
        return no_memory(reading);
    char sender[80];
    bool opened = strcmp(text_of(event, "event"), "opened") == 0;
    snprintf(sender, sizeof sender, "%s", opened ? text_of(event, "octets") : "");
    const struct field_connection connection = {.number = ++reading->begun,
                                                .sender = sender,
                                                .centre = reading->centre,
                                                .began = wall_clock_of(event),
                                                .beginning = beginning,
                                                .timed = true,
                                                .exact = true};
    *open = (struct open_connection){.number = number,
                                     .opened = number_of(event, "at"),
                                     .wanted = field_chosen(reading->choice, &connection)};
    if (!field_gathering_begin(&open->gathering, &connection)) {
        free(open);
        return no_memory(reading);
    }
    /* The newest comes first: it is the likeliest to go on. */
    open->next = reading->open;
    reading->open = open;
    return true;
}

/* A listener that refuses, or does not answer, says so once. */
static bool take_face(struct journal_reading *reading, const json_t *event)
{
    const char *face = text_of(event, "octets");
    bool refuses = strcmp(face, "refuses") == 0, silent = strcmp(face, "silent") == 0;
    if (!refuses && !silent)
        return true;
    if (!begin(reading, event, 0, refuses ? FIELD_REFUSED : FIELD_UNANSWERED))
        return false;
    finish(reading, &reading->open, true);
    return true;
}

/* What of the journal's events passed on the wire. */
static bool wire_event(const char *name, struct field_event *event)
{
    static const struct {
        enum transcript_kind of;
        enum field_kind kind;
        enum field_end end;
        bool reads_on;
    } kinds[] = {
        {TRANSCRIPT_RECEIVED, FIELD_OCTETS, FIELD_SENDER, false},
        {TRANSCRIPT_SENT, FIELD_OCTETS, FIELD_CENTRE, false},
        {TRANSCRIPT_SENDER_FIN, FIELD_FIN, FIELD_SENDER, false},
        {TRANSCRIPT_SENDER_RST, FIELD_RST, FIELD_SENDER, false},
        {TRANSCRIPT_CENTRE_FIN, FIELD_FIN, FIELD_CENTRE, false},
        {TRANSCRIPT_CENTRE_HALF, FIELD_FIN, FIELD_CENTRE, true},
        {TRANSCRIPT_CENTRE_RST, FIELD_RST, FIELD_CENTRE, false},
        {TRANSCRIPT_PAUSED, FIELD_CLOSED_WINDOW, FIELD_CENTRE, false},
        {TRANSCRIPT_RESUMED, FIELD_OPEN_WINDOW, FIELD_CENTRE, false},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(name, transcript_kind_name(kinds[i].of)) == 0) {
            event->kind = kinds[i].kind;
            event->end = kinds[i].end;
            event->reads_on = kinds[i].reads_on;
            return true;
        }
    return false;
}

static bool add(struct journal_reading *reading, struct open_connection *open, const json_t *event,
                struct field_event told)
{
    struct buf octets = BUF_INIT(0);
    bool good = true;
    told.at = (usec)llround((number_of(event, "at") - open->opened) * 1e6);
    if (told.at < 0)
        told.at = 0;
    if (told.kind == FIELD_OCTETS) {
        reading->masked += json_object_get(event, "masked") != NULL;
        if (octets_of_event(event, &octets)) {
            told.octets = buf_octets(&octets);
        } else { /* they were there, and can't be read */
            reading->damaged++;
            told.kind = FIELD_GAP;
        }
    }
    if (open->wanted)
        good = field_gathering_add(&open->gathering, &told);
    buf_free(&octets);
    return good || no_memory(reading);
}

static bool take_event(struct journal_reading *reading, const json_t *event)
{
    const char *name = text_of(event, "event");
    double number = number_of(event, "connection");
    bool opened = strcmp(name, transcript_kind_name(TRANSCRIPT_OPENED)) == 0;
    bool closed = strcmp(name, transcript_kind_name(TRANSCRIPT_CLOSED)) == 0;
    struct field_event told = {.at = 0};
    if (strcmp(name, "ready") == 0) {
        snprintf(reading->centre, sizeof reading->centre,
                 strchr(text_of(event, "address"), ':') ? "[%.60s]:%.0f" : "%.60s:%.0f",
                 text_of(event, "address"), number_of(event, "port"));
        reading->understood++;
        return true;
    }
    if (strcmp(name, transcript_kind_name(TRANSCRIPT_FACE)) == 0) {
        reading->understood++;
        return take_face(reading, event);
    }
    bool wire = wire_event(name, &told);
    if ((!wire && !opened && !closed) || number < 1 || number > UINT32_MAX)
        return true;
    reading->understood++;
    struct open_connection **at = find_open(reading, (uint32_t)number);
    if (*at && opened) { /* the server was started again */
        finish(reading, at, false);
        at = find_open(reading, (uint32_t)number);
    }
    if (!*at) {
        if (closed)
            return true;
        if (!begin(reading, event, (uint32_t)number, opened ? FIELD_ANSWERED : FIELD_UNDER_WAY))
            return false;
        at = find_open(reading, (uint32_t)number);
    }
    if (wire && !add(reading, *at, event, told))
        return false;
    if (closed)
        finish(reading, at, true);
    return true;
}

/* One line. What is no event is passed over, unless nothing else was there before it: then the file
 * is no journal. */
static bool take_line(struct journal_reading *reading, const char *line, size_t count)
{
    json_error_t error;
    while (count > 0 && (line[count - 1] == '\n' || line[count - 1] == '\r'))
        count--;
    if (count == 0)
        return true;
    json_t *event = json_loadb(line, count, JSON_ALLOW_NUL, &error);
    bool good = true;
    if (json_is_object(event) && json_is_string(json_object_get(event, "event"))) {
        good = take_event(reading, event);
    } else if (reading->understood == 0) {
        problem_set(reading->problem,
                    "%s:%zu: expected a line of the mock server's journal, a JSON object with "
                    "\"event\"%s%s",
                    reading->file, reading->line, event ? "" : ": ", event ? "" : error.text);
        good = false;
    } else {
        reading->damaged++;
    }
    json_decref(event);
    return good;
}

static bool take_lines(struct journal_reading *reading, FILE *stream)
{
    struct buf line = BUF_INIT(LINE_MOST);
    char part[64 * 1024];
    bool good = true, too_long = false;
    reading->line = 1;
    while (good && !reading->stopped && fgets(part, sizeof part, stream)) {
        size_t count = strlen(part);
        too_long = too_long || !buf_append(&line, (struct octets){(const uint8_t *)part, count});
        if (count > 0 && part[count - 1] != '\n' && !feof(stream))
            continue;
        if (!too_long)
            good = take_line(reading, (const char *)line.at, line.count);
        else
            reading->damaged++;
        too_long = false;
        buf_clear(&line);
        reading->line++;
    }
    if (good && ferror(stream)) {
        problem_set(reading->problem, "%s: can't be read: %s", reading->file, strerror(errno));
        good = false;
    }
    buf_free(&line);
    return good;
}

static void tell_notes(const struct journal_reading *reading)
{
    char text[160];
    if (reading->masked > 0) {
        snprintf(text, sizeof text,
                 "passwords are masked in the journal, in %zu segment%s (--unmasked keeps them)",
                 reading->masked, reading->masked == 1 ? "" : "s");
        note(reading, text);
    }
    if (reading->damaged > 0) {
        snprintf(text, sizeof text, "%zu line%s of the journal can't be read (cut off?)",
                 reading->damaged, reading->damaged == 1 ? "" : "s");
        note(reading, text);
    }
}

bool field_read_journal(const char *file, const struct field_choice *choice,
                        const struct field_sink *sink, struct problem *problem)
{
    struct journal_reading reading = {
        .file = file, .choice = choice, .sink = sink, .problem = problem};
    FILE *stream = fopen(file, "re");
    if (!stream) {
        problem_set(problem, "%s: can't be opened: %s", file, strerror(errno));
        return false;
    }
    bool good = take_lines(&reading, stream);
    fclose(stream);
    if (good && reading.understood == 0) {
        problem_set(problem, "%s:1: found no event, expected the mock server's journal", file);
        good = false;
    }
    /* In the order in which they began. */
    while (reading.open) {
        struct open_connection **first = &reading.open;
        for (struct open_connection **at = &reading.open; *at; at = &(*at)->next)
            if ((*at)->gathering.connection.number < (*first)->gathering.connection.number)
                first = at;
        reading.stopped |= !good;
        finish(&reading, first, false);
    }
    if (good)
        tell_notes(&reading);
    return good;
}
