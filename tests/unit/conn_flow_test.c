/* What both kinds of streams must do when one side is faster than the other. */
#include <stdlib.h>

#include "tests/unit/ends.h"
#include "tests/unit/unit.h"

enum { LONG = 700000 };

static uint8_t octet_at(size_t at)
{
    return (uint8_t)(at * 31 + at / 251);
}

static uint8_t message[LONG];

static void make_message(void)
{
    for (size_t i = 0; i < LONG; i++)
        message[i] = octet_at(i);
}

static bool is_message(const struct side *side)
{
    return octets_equal(buf_octets(&side->got), (struct octets){message, LONG});
}

/* --- conn_offer: without copying, as much as goes --- */

static size_t offered;

/* In slices of all sizes, empty ones among them. */
static void offer_more(struct side *side)
{
    enum { SLICES = 100 };
    while (offered < LONG) {
        struct iovec slices[SLICES];
        size_t at = offered, total = 0;
        for (size_t i = 0; i < SLICES; i++) {
            size_t size = i * i % 4000 < LONG - at ? i * i % 4000 : LONG - at;
            slices[i] = (struct iovec){message + at, size};
            at += size;
            total += size;
        }
        size_t taken = conn_offer(side->conn, slices, SLICES);
        CU_ASSERT_TRUE(taken <= total);
        offered += taken;
        if (taken < total)
            return; /* drained follows */
    }
    side_close(side, CONN_CLOSE_FIN);
}

static void offering(struct ends *ends)
{
    offered = 0;
    ends->client.on_opened = ends->client.on_drained = offer_more;
    ends->server.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(is_message(&ends->server));
    CU_ASSERT_EQUAL(ends->server.fins, 1);
}

static void test_offering(void)
{
    make_message();
    ends_in_every_loop(offering);
}

static void corked_then_offered(struct side *side)
{
    struct iovec slices[] = {{message + 5, 5}, {message + 10, LONG - 10}};
    conn_send(side->conn, (struct octets){message, 5});
    offered = 5 + conn_offer(side->conn, slices, 2);
    CU_ASSERT_TRUE(offered > 5);
    conn_send(side->conn, (struct octets){message + offered, LONG - offered});
    side_close(side, CONN_CLOSE_FIN);
}

static void order(struct ends *ends)
{
    ends->client.on_opened = corked_then_offered;
    ends->server.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(is_message(&ends->server));
}

static void test_order(void)
{
    make_message();
    ends_in_every_loop(order);
}

static void offered_early(struct ends *ends)
{
    struct iovec slice = {message, LONG};
    offered = 0;
    ends->client.on_drained = offer_more;
    ends->server.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_EQUAL(conn_offer(ends->client.conn, &slice, 1), 0);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(is_message(&ends->server));
}

static void test_offered_early(void)
{
    make_message();
    ends_in_every_loop(offered_early);
}

/* --- a reader that does not read --- */

static void pause_reading(struct side *side)
{
    conn_pause(side->conn);
}

static void resume_reading(struct timer *timer)
{
    struct ends *ends = OWNER_OF(timer, struct ends, timer);
    CU_ASSERT_EQUAL(ends->server.got.count, 0);
    CU_ASSERT_EQUAL(ends->server.fins, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ends->server.conn);
    conn_resume(ends->server.conn);
}

/* Queues the whole message, which is more than a window, and FIN. */
static void send_all(struct side *side)
{
    CU_ASSERT_TRUE(conn_send(side->conn, (struct octets){message, LONG}));
    CU_ASSERT_EQUAL(conn_waiting(side->conn), LONG);
    conn_shutdown(side->conn);
    ends_after(side->ends, 30 * USEC_PER_MSEC, resume_reading);
}

/* FIN stands behind what was not read, and is not seen before it. */
static void pausing(struct ends *ends)
{
    offered = 0;
    ends->server.on_opened = pause_reading;
    ends->client.on_opened = send_all;
    ends->server.on_ended = side_close_at_end;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(is_message(&ends->server));
    CU_ASSERT_EQUAL(ends->server.fins, 1);
}

static void test_pausing(void)
{
    make_message();
    ends_in_every_loop(pausing);
}

/* Pauses after every piece; a timer resumes. */
static void resume_soon(struct timer *timer)
{
    struct ends *ends = OWNER_OF(timer, struct ends, timer);
    if (ends->server.conn)
        conn_resume(ends->server.conn);
}

static void pause_a_while(struct side *side)
{
    conn_pause(side->conn);
    ends_after(side->ends, 0, resume_soon);
}

static void stop_and_go(struct ends *ends)
{
    offered = LONG - 20000;
    ends->client.on_opened = ends->client.on_drained = offer_more;
    ends->server.on_received = pause_a_while;
    ends->server.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->server.got.count, 20000);
}

static void test_stop_and_go(void)
{
    make_message();
    ends_in_every_loop(stop_and_go);
}

static void send_until_full(struct side *side)
{
    static const uint8_t zeros[65536];
    size_t waiting = 0;
    while (conn_send(side->conn, (struct octets){zeros, sizeof zeros})) {
        waiting += sizeof zeros;
        CU_ASSERT_TRUE_FATAL(waiting <= CONN_OUTPUT_LIMIT);
        CU_ASSERT_EQUAL(conn_waiting(side->conn), waiting);
    }
    CU_ASSERT_EQUAL(waiting, CONN_OUTPUT_LIMIT);
    CU_ASSERT_FALSE(side->dead); /* told later, never from within a call */
    CU_ASSERT_FALSE(side_say(side, "x"));
}

static void limit(struct ends *ends)
{
    ends->client.on_opened = send_until_full;
    ends->client.on_ended = ends->server.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(ends->client.dead);
    CU_ASSERT_EQUAL(ends->client.end, CONN_END_FAILED);
    CU_ASSERT_TRUE(ends->server.dead); /* what was dropped must not look like an end */
    CU_ASSERT_EQUAL(ends->server.end, CONN_END_RESET);
}

static void test_limit(void)
{
    ends_in_every_loop(limit);
}

/* drained comes once for what conn_send had to leave behind. */
static void close_when_whole(struct side *side)
{
    if (side->got.count == LONG)
        side_close(side, CONN_CLOSE_FIN);
}

static void send_long(struct side *side)
{
    CU_ASSERT_TRUE(conn_send(side->conn, (struct octets){message, LONG}));
    ends_after(side->ends, 30 * USEC_PER_MSEC, resume_reading);
}

static void nothing_waits(struct side *side)
{
    CU_ASSERT_EQUAL(conn_waiting(side->conn), 0);
}

static void draining(struct ends *ends)
{
    offered = 0;
    ends->server.on_opened = pause_reading;
    ends->server.on_received = close_when_whole;
    ends->client.on_opened = send_long;
    ends->client.on_drained = nothing_waits;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(is_message(&ends->server));
    CU_ASSERT_TRUE(ends->client.drains <= 1); /* a live network may have taken all at once */
    if (ends->kind != ENDS_LIVE)
        CU_ASSERT_EQUAL(ends->client.drains, 1);
}

/* What is sent before the connection stands has to be left behind. */
static void close_when_drained(struct side *side)
{
    CU_ASSERT_EQUAL(side->opened, 1);
    nothing_waits(side);
    side_close(side, CONN_CLOSE_FIN);
}

static void draining_behind_opened(struct ends *ends)
{
    ends->server.on_ended = side_close_at_end;
    ends->client.on_drained = close_when_drained;
    ends_connect(ends);
    CU_ASSERT_TRUE(side_say(&ends->client, "too early"));
    conn_flush(ends->client.conn);
    CU_ASSERT_EQUAL(conn_waiting(ends->client.conn), 9);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(side_got(&ends->server, "too early"));
    CU_ASSERT_EQUAL(ends->client.drains, 1);
}

static void test_draining(void)
{
    make_message();
    ends_in_every_loop(draining);
    ends_in_every_loop(draining_behind_opened);
}

/* What waits when the owner closes still arrives, whole, and FIN behind it. */
static void send_and_close(struct side *side)
{
    CU_ASSERT_TRUE(conn_send(side->conn, (struct octets){message, LONG}));
    side_close(side, CONN_CLOSE_FIN);
}

static void resume_closed(struct timer *timer)
{
    struct ends *ends = OWNER_OF(timer, struct ends, timer);
    conn_resume(ends->server.conn);
}

static void pause_and_set_timer(struct side *side)
{
    conn_pause(side->conn);
    ends_after(side->ends, 50 * USEC_PER_MSEC, resume_closed);
}

static void closing(struct ends *ends)
{
    ends->server.on_opened = pause_and_set_timer;
    ends->server.on_ended = side_close_at_end;
    ends->client.on_opened = send_and_close;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(is_message(&ends->server));
    CU_ASSERT_EQUAL(ends->server.fins, 1);
    CU_ASSERT_FALSE(ends->server.dead);
}

static void test_closing(void)
{
    make_message();
    ends_in_every_loop(closing);
}

/* --- two connections sending from one handler --- */

static void two_at_once(struct side *side)
{
    struct ends *ends = side->ends;
    if (!side_heard(side, "go"))
        return;
    for (int i = 0; i < 3; i++) {
        side_say(&ends->server, "to the client ");
        side_say(&ends->client, "to the server ");
    }
    side_close(&ends->server, CONN_CLOSE_FIN);
}

static void say_go(struct side *side)
{
    side_say(side, "go");
}

static void interleaved(struct ends *ends)
{
    ends->client.on_opened = say_go;
    ends->server.on_received = two_at_once;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(side_got(&ends->client, "to the client to the client to the client "));
    if (ends->kind == ENDS_VIRTUAL)
        CU_ASSERT_EQUAL(ends->client.pieces, 1);
    CU_ASSERT_FALSE(ends->client.dead);
}

static void test_interleaved(void)
{
    ends_in_every_loop(interleaved);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"offering", test_offering},       {"order", test_order},
        {"early", test_offered_early},     {"pausing", test_pausing},
        {"stop and go", test_stop_and_go}, {"limit", test_limit},
        {"draining", test_draining},       {"closing", test_closing},
        {"interleaved", test_interleaved},
    };
    return unit_main("conn flow", tests, sizeof tests / sizeof *tests, argc, argv);
}
