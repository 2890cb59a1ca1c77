/* What stands between a sender and a centre: octets, ends and stalls pass as they come. */
#include "mockserver/record.h"

#include <string.h>

#include "tests/unit/ends.h"
#include "tests/unit/unit.h"

enum { MUCH = 400 * 1000, EVENTS_MOST = 4096 };

/* The relay, and what it told of its connection. */
static struct {
    struct record *record;
    unsigned told, stopped;
    struct field_connection connection; /* its strings and events are gone */
    char events[EVENTS_MOST];           /* "> 12  < 3  FIN> ": the first of them */
    size_t octets[2];                   /* by enum field_end */
    /* The window of the one that does not read: how often, the first and the last time. */
    unsigned closed, opened;
    usec closed_at, opened_at;
    usec first_reply_at, command_at;
} seen;

static void one_less(struct ends *ends)
{
    if (--ends->closes_left == 0)
        ends_over_now(ends);
}

static const char *word_of(const struct field_event *event)
{
    bool sender = event->end == FIELD_SENDER;
    switch (event->kind) {
    case FIELD_OCTETS:
        return sender ? ">" : "<";
    case FIELD_GAP:
        return "gap";
    case FIELD_FIN:
        return sender ? "fin>" : "<fin";
    case FIELD_RST:
        return sender ? "rst>" : "<rst";
    case FIELD_CLOSED_WINDOW:
        return sender ? "shut>" : "<shut";
    case FIELD_OPEN_WINDOW:
        return sender ? "open>" : "<open";
    }
    return "?";
}

static void keep_event(const struct field_event *event)
{
    const char *word = word_of(event);
    size_t length = strlen(seen.events), last = strlen(word);
    bool again = event->kind == FIELD_OCTETS && length > last &&
                 strcmp(seen.events + length - last, word) == 0 &&
                 seen.events[length - last - 1] == ' ';
    if (!again)
        snprintf(seen.events + length, EVENTS_MOST - length, " %s", word);
    if (event->kind == FIELD_OCTETS)
        seen.octets[event->end] += event->octets.count;
    if (event->kind == FIELD_OCTETS && event->end == FIELD_SENDER && seen.command_at == 0)
        seen.command_at = event->at;
    if (event->kind == FIELD_OCTETS && event->end == FIELD_CENTRE && seen.first_reply_at == 0)
        seen.first_reply_at = event->at;
    if (event->kind == FIELD_CLOSED_WINDOW && seen.closed++ == 0)
        seen.closed_at = event->at;
    if (event->kind == FIELD_OPEN_WINDOW) {
        seen.opened++;
        seen.opened_at = event->at;
    }
}

static void told(void *owner, const struct field_connection *connection)
{
    seen.told++;
    seen.connection = *connection;
    for (size_t i = 0; i < connection->event_count; i++)
        keep_event(&connection->events[i]);
    one_less(owner);
}

static void stopped(void *owner)
{
    seen.stopped++;
    one_less(owner);
}

/* Between `client` and `server`; over when both are closed, and the relay has told. */
static void stand_between(struct ends *ends)
{
    const struct record_options options = {.listen = {"127.0.0.1", 0},
                                           .to = ends->at,
                                           .connection = told,
                                           .stopped = stopped,
                                           .owner = ends};
    memset(&seen, 0, sizeof seen);
    seen.record = record_open(ends->loop, &options, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(seen.record);
    ends->at = *record_endpoint(seen.record);
    ends->keep_listener = true;
    ends->closes_left = 3;
}

static void run_and_close(struct ends *ends)
{
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    record_close(seen.record);
    CU_ASSERT_EQUAL(seen.told, 1);
}

/* --- a dialogue; the client closes its direction first --- */

static void greet(struct side *side)
{
    side_say(side, "220 hello\r\n");
}

static void quit(struct side *side)
{
    if (!side_got(side, "220 hello\r\n"))
        return;
    side_say(side, "QUIT\r\n");
    conn_shutdown(side->conn);
}

static void farewell_and_close(struct side *side, enum conn_end end)
{
    CU_ASSERT_EQUAL(end, CONN_END_FIN);
    side_say(side, "221 bye\r\n");
    side_close(side, CONN_CLOSE_FIN);
}

static void dialogue(struct ends *ends)
{
    stand_between(ends);
    ends->server.on_opened = greet;
    ends->server.on_ended = farewell_and_close;
    ends->client.on_received = quit;
    ends->client.on_ended = side_close_at_end;
    run_and_close(ends);
    CU_ASSERT_TRUE(side_got(&ends->server, "QUIT\r\n"));
    CU_ASSERT_TRUE(side_got(&ends->client, "220 hello\r\n221 bye\r\n"));
    CU_ASSERT_FALSE(ends->client.dead);
    CU_ASSERT_STRING_EQUAL(seen.events, " < > fin> < <fin");
    CU_ASSERT_EQUAL(seen.octets[FIELD_SENDER], 6);
    CU_ASSERT_EQUAL(seen.octets[FIELD_CENTRE], 20);
    CU_ASSERT_EQUAL(seen.connection.beginning, FIELD_ANSWERED);
    CU_ASSERT_TRUE(seen.connection.ended);
}

static void test_dialogue(void)
{
    ends_in_every_loop(dialogue);
}

/* --- a stall stays one --- */

static void greet_now(struct timer *timer)
{
    greet(&OWNER_OF(timer, struct ends, timer)->server);
}

static void greet_later(struct side *side)
{
    ends_after(side->ends, 300 * USEC_PER_MSEC, greet_now);
}

static void stall(struct ends *ends)
{
    stand_between(ends);
    ends->server.on_opened = greet_later;
    ends->server.on_ended = farewell_and_close;
    ends->client.on_received = quit;
    ends->client.on_ended = side_close_at_end;
    run_and_close(ends);
    CU_ASSERT_TRUE(seen.first_reply_at >= 300 * USEC_PER_MSEC);
    CU_ASSERT_TRUE(seen.command_at >= seen.first_reply_at);
    if (ends->kind == ENDS_VIRTUAL)
        CU_ASSERT_EQUAL(seen.first_reply_at, 300 * USEC_PER_MSEC);
}

static void test_stall(void)
{
    ends_in_every_loop(stall);
}

/* --- who does not read makes the other one wait --- */

static struct side *quiet, *loud;
static size_t queued_then;

static void say_much(struct side *side)
{
    static uint8_t octets[MUCH];
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)(i % 251);
    loud = side;
    CU_ASSERT_TRUE(conn_send(side->conn, (struct octets){octets, sizeof octets}));
    conn_shutdown(side->conn);
}

static void read_on(struct timer *timer)
{
    (void)timer;
    queued_then = conn_waiting(loud->conn);
    CU_ASSERT_EQUAL(quiet->got.count, 0);
    conn_resume(quiet->conn);
}

static void read_later(struct side *side)
{
    quiet = side;
    conn_pause(side->conn);
    ends_after(side->ends, 2 * USEC_PER_SEC, read_on);
}

static bool begins_and_ends(const char *with, const char *and_with)
{
    size_t length = strlen(seen.events), last = strlen(and_with);
    return strncmp(seen.events, with, strlen(with)) == 0 && length >= last &&
           strcmp(seen.events + length - last, and_with) == 0;
}

static void check_much(void)
{
    CU_ASSERT_EQUAL(quiet->got.count, MUCH);
    bool same = true;
    for (size_t i = 0; i < quiet->got.count; i++)
        same &= quiet->got.at[i] == (uint8_t)(i % 251);
    CU_ASSERT_TRUE(same);
    /* Two windows, and what may wait in between, are all that was taken from it. */
    CU_ASSERT_TRUE(queued_then > MUCH / 4);
    CU_ASSERT_TRUE(seen.closed > 0);
    CU_ASSERT_EQUAL(seen.opened, seen.closed);
    CU_ASSERT_TRUE(seen.closed_at < USEC_PER_SEC);
    CU_ASSERT_TRUE(seen.opened_at >= 2 * USEC_PER_SEC);
    CU_ASSERT_TRUE(seen.opened_at < 3 * USEC_PER_SEC);
}

static void close_back(struct side *side, enum conn_end end)
{
    CU_ASSERT_EQUAL(end, CONN_END_FIN);
    side_close(side, CONN_CLOSE_FIN);
}

static void centre_does_not_read(struct ends *ends)
{
    stand_between(ends);
    ends->server.on_opened = read_later;
    ends->server.on_ended = close_back;
    ends->client.on_opened = say_much;
    ends->client.on_ended = side_close_at_end;
    run_and_close(ends);
    check_much();
    CU_ASSERT_TRUE(begins_and_ends(" > <shut <open", " > fin> <fin"));
    CU_ASSERT_EQUAL(seen.octets[FIELD_SENDER], MUCH);
}

static void sender_does_not_read(struct ends *ends)
{
    stand_between(ends);
    ends->server.on_opened = say_much;
    ends->server.on_ended = side_close_at_end;
    ends->client.on_opened = read_later;
    ends->client.on_ended = close_back;
    run_and_close(ends);
    check_much();
    CU_ASSERT_TRUE(begins_and_ends(" < shut> open>", " < <fin fin>"));
    CU_ASSERT_EQUAL(seen.octets[FIELD_CENTRE], MUCH);
}

/* A live system's own buffers take megabytes before anything waits. */
static void test_back_pressure(void)
{
    for (int kind = ENDS_VIRTUAL; kind < ENDS_LIVE; kind++) {
        ends_in((enum ends_loop)kind, centre_does_not_read);
        ends_in((enum ends_loop)kind, sender_does_not_read);
    }
}

/* --- an RST passes as one, in either direction --- */

static void dies(struct side *side, enum conn_end end)
{
    CU_ASSERT_EQUAL(end, CONN_END_RESET);
    side_close(side, CONN_CLOSE_RESET);
}

static void sender_resets(struct ends *ends)
{
    stand_between(ends);
    ends->server.on_opened = greet;
    ends->server.on_ended = dies;
    ends->client.on_received = side_reset_now;
    run_and_close(ends);
    CU_ASSERT_STRING_EQUAL(seen.events, " < rst>");
    CU_ASSERT_TRUE(seen.connection.ended);
}

static void say_helo(struct side *side)
{
    if (side_got(side, "220 hello\r\n"))
        side_say(side, "HELO gw\r\n");
}

static void centre_resets(struct ends *ends)
{
    stand_between(ends);
    ends->server.on_opened = greet;
    ends->server.on_received = side_reset_now;
    ends->client.on_received = say_helo;
    ends->client.on_ended = dies;
    run_and_close(ends);
    CU_ASSERT_STRING_EQUAL(seen.events, " < > <rst");
}

static void test_resets(void)
{
    ends_in(ENDS_VIRTUAL, sender_resets);
    ends_in(ENDS_LATE, sender_resets);
    ends_in(ENDS_LIVE, sender_resets);
    ends_in(ENDS_VIRTUAL, centre_resets);
    ends_in(ENDS_LATE, centre_resets);
    ends_in(ENDS_LIVE, centre_resets);
}

/* --- nobody listens behind it --- */

static void refused(struct ends *ends)
{
    stand_between(ends);
    ends->closes_left = 2;
    listener_close(ends->listener);
    ends->listener = NULL;
    ends->client.on_ended = dies;
    run_and_close(ends);
    CU_ASSERT_EQUAL(seen.connection.beginning, FIELD_REFUSED);
    CU_ASSERT_EQUAL(seen.connection.event_count, 0);
}

static void test_refused(void)
{
    ends_in_every_loop(refused);
}

/* --- stopping --- */

static void stop_now(struct side *side)
{
    (void)side;
    record_stop(seen.record, 10 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(seen.stopped, 0);
}

static void stop_and_quit(struct side *side)
{
    if (side_got(side, "220 hello\r\n"))
        stop_now(side);
    quit(side);
}

/* What is open goes on to its end, and then it has stopped. */
static void stops_behind_the_last(struct ends *ends)
{
    stand_between(ends);
    ends->closes_left = 4;
    ends->server.on_opened = greet;
    ends->server.on_ended = farewell_and_close;
    ends->client.on_received = stop_and_quit;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(seen.told, 1);
    CU_ASSERT_EQUAL(seen.stopped, 1);
    CU_ASSERT_TRUE(seen.connection.ended);
    record_close(seen.record);
}

/* What is still open at the end of all patience is told of as not ended. */
static void stops_before_the_last(struct ends *ends)
{
    stand_between(ends);
    ends->closes_left = 1;
    ends->server.on_opened = greet;
    ends->client.on_received = stop_now;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(seen.stopped, 1);
    CU_ASSERT_EQUAL(seen.told, 0);
    ends->closes_left = 0;
    record_close(seen.record);
    CU_ASSERT_EQUAL(seen.told, 1);
    CU_ASSERT_FALSE(seen.connection.ended);
    CU_ASSERT_STRING_EQUAL(seen.events, " <");
}

static void test_stop(void)
{
    ends_in(ENDS_VIRTUAL, stops_behind_the_last);
    ends_in(ENDS_LIVE, stops_behind_the_last);
    ends_in(ENDS_VIRTUAL, stops_before_the_last);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"a dialogue passes through", test_dialogue},
        {"a stall stays a stall", test_stall},
        {"who does not read makes the other wait", test_back_pressure},
        {"an RST passes as one", test_resets},
        {"a centre that refuses", test_refused},
        {"stopping", test_stop},
    };
    return unit_main("record", tests, sizeof tests / sizeof *tests, argc, argv);
}
