/* RST, and closing from wherever one stands: what both kinds of streams must do. */
#include "wire/conn.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/ends.h"
#include "tests/unit/unit.h"

static void say_hello(struct side *side)
{
    side_say(side, "hello");
}

/* --- RST --- */

static void reset(struct ends *ends)
{
    ends->client.on_opened = side_reset_now;
    ends->server.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(ends->server.dead);
    CU_ASSERT_EQUAL(ends->server.end, CONN_END_RESET);
    CU_ASSERT_EQUAL(ends->server.pieces, 0);
}

static void test_reset(void)
{
    ends_in_every_loop(reset);
}

/* What was sent before the RST is read first, in whatever pieces. */
static void last_words(struct side *side)
{
    side_say(side, "421 closing\r\n");
    conn_flush(side->conn);
    side_say(side, "dropped");
    side_close(side, CONN_CLOSE_RESET);
}

static void talk_on(struct side *side)
{
    CU_ASSERT_TRUE(side_say(side, "still there?")); /* the end comes behind what is to be read */
}

static void words_then_reset(struct ends *ends)
{
    ends->client.on_opened = say_hello;
    ends->server.on_received = last_words;
    ends->client.on_received = talk_on;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(side_got(&ends->client, "421 closing\r\n"));
    CU_ASSERT_TRUE(ends->client.dead);
    CU_ASSERT_EQUAL(ends->client.end, CONN_END_RESET);
}

static void close_after_word(struct ends *ends)
{
    ends->client.on_opened = say_hello;
    ends->server.on_received = last_words;
    ends->client.on_received = side_close_now;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->client.pieces, 1);
}

static void pause_after_word(struct side *side)
{
    conn_pause(side->conn);
}

static void pause_then_reset(struct ends *ends)
{
    ends->client.on_opened = say_hello;
    ends->server.on_received = last_words;
    ends->client.on_received = pause_after_word;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->client.pieces, 1);
    CU_ASSERT_EQUAL(ends->client.end, CONN_END_RESET);
}

static void test_words_then_reset(void)
{
    ends_in_every_loop(words_then_reset);
    ends_in_every_loop(close_after_word);
    ends_in_every_loop(pause_then_reset);
}

static void pause_reading(struct side *side)
{
    conn_pause(side->conn);
}

/* Fills the window and what lies behind it. */
static void fill_and_reset(struct timer *timer)
{
    struct ends *ends = OWNER_OF(timer, struct ends, timer);
    side_close(&ends->client, CONN_CLOSE_RESET);
}

static void fill(struct side *side)
{
    static const uint8_t zeros[CONN_OUTPUT_LIMIT / 2];
    CU_ASSERT_TRUE(conn_send(side->conn, (struct octets){zeros, sizeof zeros}));
    CU_ASSERT_TRUE(conn_send(side->conn, (struct octets){zeros, sizeof zeros}));
    ends_after(side->ends, 30 * USEC_PER_MSEC, fill_and_reset);
}

/* RST drops what waits on its way, and is seen by a side that does not read. */
static void reset_while_paused(struct ends *ends)
{
    ends->server.on_opened = pause_reading;
    ends->client.on_opened = fill;
    ends->server.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(ends->server.dead);
    CU_ASSERT_EQUAL(ends->server.end, CONN_END_RESET);
    CU_ASSERT_EQUAL(ends->server.got.count, 0);
    CU_ASSERT_EQUAL(ends->client.drains, 0);
}

static void test_reset_while_paused(void)
{
    ends_in_every_loop(reset_while_paused);
}

/* … and by one that has seen FIN and sends nothing. */
static void shut_only(struct side *side)
{
    conn_shutdown(side->conn);
}

static void ping_after_fin(struct side *side, enum conn_end end)
{
    if (end == CONN_END_FIN)
        side_say(side, "ping");
    else
        side_close(side, CONN_CLOSE_FIN);
}

static void reset_after_fin(struct ends *ends)
{
    ends->client.on_opened = shut_only;
    ends->server.on_ended = ping_after_fin;
    ends->client.on_received = side_reset_now;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->server.fins, 1);
    CU_ASSERT_TRUE(ends->server.dead);
    CU_ASSERT_EQUAL(ends->server.end, CONN_END_RESET);
}

static void test_reset_after_fin(void)
{
    ends_in_every_loop(reset_after_fin);
}

/* --- behind the peer's FIN: is it still there? --- */

static void answer_and_stay(struct side *side, enum conn_end end)
{
    CU_ASSERT_EQUAL(end, CONN_END_FIN);
    side_say(side, "221 bye\r\n");
    CU_ASSERT_FALSE(conn_abandoned(side->conn));
    side_close(side, CONN_CLOSE_FIN);
}

static void half_closed(struct ends *ends)
{
    ends->client.on_opened = shut_only;
    ends->server.on_ended = answer_and_stay;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(side_got(&ends->client, "221 bye\r\n"));
}

static void answer_nobody(struct side *side, enum conn_end end)
{
    CU_ASSERT_EQUAL(end, CONN_END_FIN);
    CU_ASSERT_FALSE(conn_abandoned(side->conn)); /* nothing was sent that could tell */
    side_say(side, "221 bye\r\n");
    CU_ASSERT_TRUE(conn_abandoned(side->conn));
    side_close(side, CONN_CLOSE_FIN);
}

/* A socket of one's own: conn_close would stay for the other's FIN. */
static void wholly_closed(struct ends *ends)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(ends->at.port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ends->closes_left = 1;
    ends->server.on_ended = answer_nobody;
    CU_ASSERT_EQUAL(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    CU_ASSERT_EQUAL(close(fd), 0);
    CU_ASSERT_TRUE(ends_run(ends));
}

static void test_abandoned(void)
{
    ends_in_every_loop(half_closed);
    ends_in(ENDS_LIVE, wholly_closed);
}

/* --- closing from wherever one stands --- */

static void close_in_opened(struct ends *ends)
{
    ends->client.on_opened = side_close_now;
    ends->server.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->server.fins, 1);
    CU_ASSERT_FALSE(ends->server.dead);
}

static void close_in_received(struct ends *ends)
{
    ends->client.on_opened = say_hello;
    ends->server.on_received = side_close_now;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->server.pieces, 1);
    CU_ASSERT_EQUAL(ends->server.fins, 0);
}

static void reset_in_received(struct ends *ends)
{
    ends->client.on_opened = say_hello;
    ends->server.on_received = side_reset_now;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->client.end, CONN_END_RESET);
}

static void close_both(struct side *side)
{
    struct ends *ends = side->ends;
    if (ends->client.conn)
        side_close(&ends->client, CONN_CLOSE_FIN);
    if (ends->server.conn)
        side_close(&ends->server, CONN_CLOSE_FIN);
}

static void close_the_other_in_received(struct ends *ends)
{
    ends->client.on_opened = say_hello;
    ends->server.on_received = close_both;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->client.fins, 0);
}

static void close_in_accepted_and_opened(struct ends *ends)
{
    ends->server.on_opened = side_close_now;
    ends->client.on_opened = side_close_now;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
}

static void fill_window(struct side *side)
{
    static const uint8_t zeros[CONN_OUTPUT_LIMIT / 2];
    struct iovec slice = {(void *)(uintptr_t)zeros, sizeof zeros};
    while (conn_offer(side->conn, &slice, 1) == sizeof zeros)
        ;
}

static void close_in_drained(struct ends *ends)
{
    ends->client.on_opened = fill_window;
    ends->client.on_drained = side_close_now;
    ends->server.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->client.drains, 1);
    CU_ASSERT_EQUAL(ends->server.fins, 1);
}

static void close_before_opened(struct ends *ends)
{
    ends->keep_listener = true;
    ends->closes_left = 1;
    ends_connect(ends);
    side_close(&ends->client, CONN_CLOSE_FIN);
    CU_ASSERT_EQUAL(ends->client.opened, 0);
    if (ends->kind == ENDS_LIVE)
        return;
    loop_run(ends->loop);
    CU_ASSERT_EQUAL(ends->accepted, 1);
    CU_ASSERT_TRUE(ends->server.dead);
    CU_ASSERT_EQUAL(ends->client.opened, 0);
}

static void reset_by_timer(struct timer *timer)
{
    struct ends *ends = OWNER_OF(timer, struct ends, timer);
    side_close(&ends->server, CONN_CLOSE_RESET);
    side_close(&ends->client, CONN_CLOSE_RESET);
}

static void set_timer(struct side *side)
{
    ends_after(side->ends, 0, reset_by_timer);
}

static void close_by_timer(struct ends *ends)
{
    ends->client.on_opened = say_hello;
    ends->server.on_received = set_timer;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
}

static void test_close_in_opened(void)
{
    ends_in_every_loop(close_in_opened);
}

static void test_close_in_received(void)
{
    ends_in_every_loop(close_in_received);
}

static void test_reset_in_received(void)
{
    ends_in_every_loop(reset_in_received);
}

static void test_close_the_other_in_received(void)
{
    ends_in_every_loop(close_the_other_in_received);
}

static void test_close_in_accepted_and_opened(void)
{
    ends_in_every_loop(close_in_accepted_and_opened);
}

static void test_close_in_drained(void)
{
    ends_in_every_loop(close_in_drained);
}

static void test_close_before_opened(void)
{
    ends_in_every_loop(close_before_opened);
}

static void test_close_by_timer(void)
{
    ends_in_every_loop(close_by_timer);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"reset", test_reset},
        {"words then reset", test_words_then_reset},
        {"reset while paused", test_reset_while_paused},
        {"reset after fin", test_reset_after_fin},
        {"abandoned", test_abandoned},
        {"close in opened", test_close_in_opened},
        {"close in received", test_close_in_received},
        {"reset in received", test_reset_in_received},
        {"close the other in received", test_close_the_other_in_received},
        {"close in accepted and opened", test_close_in_accepted_and_opened},
        {"close in drained", test_close_in_drained},
        {"close before opened", test_close_before_opened},
        {"close by timer", test_close_by_timer},
    };
    return unit_main("conn close", tests, sizeof tests / sizeof *tests, argc, argv);
}
