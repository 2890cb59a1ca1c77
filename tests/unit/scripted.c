#include "tests/unit/scripted.h"

#include <stdio.h>
#include <stdlib.h>

#include "mockserver/scenario_load.h"
#include "tests/unit/unit.h"
#include "wire/buf.h"

enum { SENDERS_MOST = 8, TEXT_MOST = 4096 };

struct sender {
    struct stage_hands *hands;
    struct conn *conn;
    unsigned number;
};

struct stage_hands {
    const struct scripted *scripted;
    struct loop *loop;
    struct centre *centre;
    struct scenario *other;
    struct timer timer;
    const char *line; /* the next step */
    struct sender senders[SENDERS_MOST];
    unsigned sender_count, used;
    struct buf ended;
    bool stopped;
    unsigned released;
};

static void sender_ended(struct sender *sender, const char *how)
{
    usec now = loop_now(sender->hands->loop);
    buf_format(&sender->hands->ended, "%u %s %lld.%03lld\n", sender->number, how,
               (long long)(now / 1000), (long long)(now % 1000));
}

static void on_opened(void *owner, struct conn *conn)
{
    (void)owner;
    (void)conn;
}

static void on_received(void *owner, struct conn *conn, struct octets octets)
{
    (void)owner;
    (void)conn;
    (void)octets;
}

static void on_ended(void *owner, struct conn *conn, enum conn_end end)
{
    struct sender *sender = owner;
    sender_ended(sender, conn_end_name(end));
    if (end != CONN_END_FIN) {
        conn_close(conn, CONN_CLOSE_RESET);
        sender->conn = NULL;
    }
}

static const struct conn_handler sender_handler = {
    .opened = on_opened, .received = on_received, .ended = on_ended};

/* Undoes the escapes; returns how many octets that gave. */
static size_t unescape(const char *text, size_t length, uint8_t *octets)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned value = (uint8_t)text[i];
        if (value == '\\' && i + 1 < length) {
            i++;
            value = text[i] == 'r' ? '\r' : text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : '\\';
            if (text[i] == 'x' && sscanf(text + i + 1, "%2x", &value) == 1)
                i += 2;
        }
        octets[count++] = (uint8_t)value;
    }
    return count;
}

static void step_send(struct sender *sender, const char *text, size_t length, const char *end)
{
    uint8_t octets[TEXT_MOST + 2];
    CU_ASSERT_TRUE_FATAL(length <= TEXT_MOST);
    size_t count = unescape(text, length, octets);
    memcpy(octets + count, end, strlen(end));
    count += strlen(end);
    if (sender->conn) {
        conn_send(sender->conn, (struct octets){octets, count});
        conn_flush(sender->conn);
    }
}

static void step_open(struct stage_hands *hands)
{
    CU_ASSERT_TRUE_FATAL(hands->sender_count < SENDERS_MOST);
    struct sender *sender = &hands->senders[hands->sender_count++];
    *sender = (struct sender){.hands = hands, .number = hands->sender_count};
    hands->used = hands->sender_count;
    sender->conn =
        conn_connect(hands->loop, centre_endpoint(hands->centre), &sender_handler, sender, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sender->conn);
}

static void step_close(struct sender *sender, enum conn_close how)
{
    if (sender->conn)
        conn_close(sender->conn, how);
    sender->conn = NULL;
}

static void released(void *owner, const struct scenario *old)
{
    (void)old;
    ((struct stage_hands *)owner)->released++;
}

static bool begins(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0;
}

static void step_of_sender(struct sender *sender, const char *line, size_t length)
{
    if (begins(line, "> "))
        step_send(sender, line + 2, length - 2, "\r\n");
    else if (begins(line, ">> "))
        step_send(sender, line + 3, length - 3, "");
    else if (begins(line, "fin"))
        conn_shutdown(sender->conn);
    else if (begins(line, "rst"))
        step_close(sender, CONN_CLOSE_RESET);
    else if (begins(line, "close"))
        step_close(sender, CONN_CLOSE_FIN);
    else if (begins(line, "deaf"))
        conn_pause(sender->conn);
    else if (begins(line, "hear"))
        conn_resume(sender->conn);
    else
        CU_FAIL_FATAL("no such step");
}

static void step(struct stage_hands *hands, const char *line, size_t length)
{
    if (begins(line, "open"))
        step_open(hands);
    else if (begins(line, "use "))
        hands->used = (unsigned)strtoul(line + 4, NULL, 10);
    else if (begins(line, "stop "))
        centre_stop(hands->centre, strtol(line + 5, NULL, 10) * USEC_PER_MSEC);
    else if (begins(line, "change"))
        CU_ASSERT_TRUE(centre_change(hands->centre, hands->other, released, hands))
    else
        step_of_sender(&hands->senders[hands->used - 1], line, length);
}

static void next_step(struct timer *timer)
{
    struct stage_hands *hands = OWNER_OF(timer, struct stage_hands, timer);
    const char *line = hands->line;
    if (!*line)
        return;
    size_t length = strcspn(line, "\n");
    hands->line = line + length + (line[length] == '\n');
    usec wait = USEC_PER_MSEC;
    if (*line == '+')
        wait = (usec)(strtod(line + 1, NULL) * 1000 + 0.5);
    else
        step(hands, line, length);
    loop_timer_set(hands->loop, &hands->timer, loop_now(hands->loop) + wait);
}

static void on_stopped(void *owner)
{
    ((struct stage_hands *)owner)->stopped = true;
}

/* What passed, as text. */

static void write_octets(struct buf *text, const struct transcript_event *event)
{
    for (size_t i = 0; i < event->octets.count; i++) {
        uint8_t octet = event->octets.at[i];
        if (i - event->secret_at < event->secret_count)
            buf_append_octet(text, '*');
        else if (octet == '\r')
            buf_append_string(text, "\\r");
        else if (octet == '\n')
            buf_append_string(text, "\\n");
        else if (octet < ' ' || octet >= 0x7f)
            buf_format(text, "\\x%02x", octet);
        else
            buf_append_octet(text, octet);
    }
}

static void write_event(struct buf *text, const struct transcript_event *event)
{
    buf_format(text, "%lld.%03lld %u: %s %s", (long long)(event->at / 1000),
               (long long)(event->at % 1000), event->connection, transcript_kind_name(event->kind),
               stage_name(event->stage));
    if (event->rule)
        buf_format(text, " r%u", event->rule);
    if (event->message)
        buf_format(text, " m%u", event->message);
    if (event->body)
        buf_append_string(text, " body");
    if (event->octets.count > 0 && event->kind != TRANSCRIPT_OPENED) {
        buf_append_string(text, ": ");
        write_octets(text, event);
    }
    buf_append_octet(text, '\n');
}

static char *write_events(const struct transcript *transcript)
{
    struct buf text = {0};
    for (size_t i = 0; i < transcript->count; i++)
        write_event(&text, &transcript->events[i]);
    CU_ASSERT_TRUE_FATAL(buf_append_octet(&text, '\0'));
    return (char *)text.at;
}

/* The code of each line that ends a reply: what was sent may come in any pieces. */
static char *write_codes(const struct transcript *transcript)
{
    struct buf codes = {0};
    for (uint32_t connection = 1; connection <= SENDERS_MOST; connection++) {
        struct buf line = {0};
        for (size_t i = 0; i < transcript->count; i++) {
            const struct transcript_event *event = &transcript->events[i];
            if (event->kind != TRANSCRIPT_SENT || event->connection != connection)
                continue;
            for (size_t j = 0; j < event->octets.count; j++) {
                buf_append_octet(&line, event->octets.at[j]);
                if (event->octets.at[j] != '\n')
                    continue;
                if (line.count < 4 || line.at[3] != '-')
                    buf_format(&codes, "%s%.3s", codes.count ? " " : "", (const char *)line.at);
                buf_clear(&line);
            }
        }
        buf_free(&line);
    }
    CU_ASSERT_TRUE_FATAL(buf_append_octet(&codes, '\0'));
    return (char *)codes.at;
}

static void print_fault(void *owner, const char *text)
{
    (void)owner;
    fprintf(stderr, "%s\n", text);
}

static void close_all(struct stage_hands *hands, struct transcript *transcript,
                      struct scripted_result *result)
{
    struct centre_numbers numbers = centre_numbers(hands->centre);
    result->stored = numbers.stored;
    result->still_open = numbers.open;
    result->events = write_events(transcript);
    result->codes = write_codes(transcript);
    CU_ASSERT_FALSE(transcript->incomplete);
    for (unsigned i = 0; i < hands->sender_count; i++)
        step_close(&hands->senders[i], CONN_CLOSE_RESET);
    centre_close(hands->centre);
    loop_run(hands->loop);
    result->stopped = hands->stopped;
    result->released = hands->released;
    buf_append_octet(&hands->ended, '\0');
    result->ended = (char *)hands->ended.at;
}

void scripted_play(const struct scripted *scripted, struct scripted_result *result)
{
    struct scenario_set set = {0};
    struct scenario_load_options loading = {.fault = print_fault};
    struct octets text = octets_of(scripted->scenario ? scripted->scenario : "{\"version\":1}");
    CU_ASSERT_TRUE_FATAL(scenario_load_text(text, "scripted.json", &loading, &set));
    CU_ASSERT_EQUAL_FATAL(set.count, 1);

    struct loop_network network = {.latency = scripted->latency,
                                   .segment_limit = scripted->segment_limit};
    struct stage_hands hands = {.scripted = scripted, .line = scripted->script};
    hands.loop = loop_virtual_new(&network, NULL);
    hands.other = scenario_new(NULL);
    struct transcript *transcript = transcript_new(64 << 20);
    CU_ASSERT_PTR_NOT_NULL_FATAL(hands.loop);
    CU_ASSERT_PTR_NOT_NULL_FATAL(hands.other);
    CU_ASSERT_PTR_NOT_NULL_FATAL(transcript);
    struct centre_options options = {
        .listen = {.address = "127.0.0.1"},
        .scenario = set.at[0],
        .clock = {.pace = scripted->pace > 0 ? scripted->pace : 1,
                  .sender_limit =
                      scripted->sender_limit ? scripted->sender_limit : 5 * USEC_PER_SEC},
        .seed = 1,
        .connection_limit = scripted->connection_limit,
        .sink = transcript_sink(transcript),
        .spool = scripted->spool,
        .receiver = scripted->receiver,
        .stopped = on_stopped,
        .owner = &hands,
    };
    hands.centre = centre_open(hands.loop, &options, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(hands.centre);
    timer_init(&hands.timer, next_step);
    loop_timer_set(hands.loop, &hands.timer, 0);
    loop_run(hands.loop);

    close_all(&hands, transcript, result);
    transcript_free(transcript);
    loop_free(hands.loop);
    scenario_free(hands.other);
    scenario_set_free(&set);
}

void scripted_free(struct scripted_result *result)
{
    free(result->events);
    free(result->codes);
    free(result->ended);
}

static bool same(const char *what, const char *expected, const char *got)
{
    if (!expected || strcmp(expected, got) == 0)
        return true;
    size_t at = 0;
    while (expected[at] && expected[at] == got[at])
        at++;
    fprintf(stderr, "\n%s, expected:\n%s\ngot:\n%s\nwhich differs from: %.60s\n", what, expected,
            got, got + at);
    return false;
}

bool scripted_gives(const struct scripted *scripted, const char *codes, const char *events)
{
    struct scripted_result result;
    scripted_play(scripted, &result);
    bool codes_same = same("codes", codes, result.codes);
    bool events_same = same("events", events, result.events);
    scripted_free(&result);
    return codes_same && events_same;
}
