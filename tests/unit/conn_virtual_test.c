/* Streams in virtual time: exact times, exact segments, the same for the same seed. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/ends.h"
#include "tests/unit/unit.h"

#define MS USEC_PER_MSEC

static const struct loop_network late = {.latency = 10 * MS};

/* --- times --- */

static void greet(struct side *side)
{
    CU_ASSERT_EQUAL(loop_now(side->ends->loop), 10 * MS);
    side_say(side, "220 hello\r\n");
}

static void opened_then(struct side *side)
{
    CU_ASSERT_EQUAL(loop_now(side->ends->loop), 20 * MS);
}

static void close_on_greeting(struct side *side)
{
    CU_ASSERT_EQUAL(loop_now(side->ends->loop), 20 * MS);
    side_close(side, CONN_CLOSE_FIN);
}

static void fin_at(struct side *side, enum conn_end end)
{
    CU_ASSERT_EQUAL(end, CONN_END_FIN);
    CU_ASSERT_EQUAL(loop_now(side->ends->loop), 30 * MS);
    side_close(side, CONN_CLOSE_FIN);
}

static void times(struct ends *ends)
{
    int64_t wall = loop_wall_clock(ends->loop);
    CU_ASSERT_EQUAL(loop_now(ends->loop), 0);
    CU_ASSERT_EQUAL(wall, (int64_t)1767225600 * USEC_PER_SEC);
    ends->server.on_opened = greet;
    ends->client.on_opened = opened_then;
    ends->client.on_received = close_on_greeting;
    ends->server.on_ended = fin_at;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(loop_now(ends->loop), 40 * MS); /* the server's FIN arrives, and nothing more */
    CU_ASSERT_EQUAL(loop_wall_clock(ends->loop), wall + 40 * MS);
}

static void test_times(void)
{
    ends_over(&late, times);
}

static void times_of_failures(struct ends *ends)
{
    ends->keep_listener = true;
    ends->server.on_opened = side_reset_now;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->client.end, CONN_END_RESET);
    CU_ASSERT_EQUAL(ends->client.last, 20 * MS);

    listener_set_face(ends->listener, LISTENER_REFUSES, NULL);
    ends_again(ends, 1);
    usec began = loop_now(ends->loop);
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->client.end, CONN_END_REFUSED);
    CU_ASSERT_EQUAL(ends->client.last, began + 20 * MS);

    listener_set_face(ends->listener, LISTENER_SILENT, NULL);
    ends_again(ends, 1);
    began = loop_now(ends->loop);
    ends_connect(ends);
    loop_run(ends->loop); /* nothing can happen once the SYN has been dropped */
    CU_ASSERT_EQUAL(loop_now(ends->loop), began + 10 * MS);
    CU_ASSERT_EQUAL(ends->client.opened, 0);
}

static void test_times_of_failures(void)
{
    ends_over(&late, times_of_failures);
}

/* Open but quiet connections and listeners keep no loop in virtual time running. */
static void quiet(struct ends *ends)
{
    ends_connect(ends);
    loop_run(ends->loop);
    CU_ASSERT_EQUAL(loop_now(ends->loop), 20 * MS);
    CU_ASSERT_EQUAL(ends->client.opened, 1);
    side_say(&ends->client, "from outside of any handler");
    CU_ASSERT_EQUAL(conn_waiting(ends->client.conn), 27);
    loop_run(ends->loop);
    CU_ASSERT_EQUAL(loop_now(ends->loop), 30 * MS);
    CU_ASSERT_TRUE(side_got(&ends->server, "from outside of any handler"));
}

static void test_quiet(void)
{
    ends_over(&late, quiet);
}

/* --- segments --- */

static void in_three_segments(struct side *side)
{
    side_say(side, "one");
    side_say(side, " one");
    conn_flush(side->conn);
    side_say(side, "two");
    char twos[] = "222";
    struct iovec slices[] = {{twos, 1}, {twos + 1, 2}};
    CU_ASSERT_EQUAL(conn_offer(side->conn, slices, 2), 3);
    side_say(side, "three");
    side_close(side, CONN_CLOSE_FIN);
}

static char pieces[64];

static void note_pieces(struct side *side)
{
    size_t before = strlen(pieces);
    snprintf(pieces + before, sizeof pieces - before, "%zu ", side->got.count);
}

static void segments(struct ends *ends)
{
    pieces[0] = '\0';
    ends->client.on_opened = in_three_segments;
    ends->server.on_received = note_pieces;
    ends->server.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(side_got(&ends->server, "one onetwo222three"));
}

static void test_segments(void)
{
    ends_over(NULL, segments);
    CU_ASSERT_STRING_EQUAL(pieces, "7 13 18 ");
    ends_over(&late, segments);
    CU_ASSERT_STRING_EQUAL(pieces, "7 13 18 ");
    struct loop_network cut = {.segment_limit = 4};
    ends_over(&cut, segments);
    CU_ASSERT_STRING_EQUAL(pieces, "4 7 11 13 17 18 ");
    cut.segment_limit = 1;
    ends_over(&cut, segments);
    CU_ASSERT_STRING_EQUAL(pieces, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 ");
}

static void test_random_segments(void)
{
    struct loop_network network = {.seed = 1, .segment_limit = 4, .random_segments = true};
    char first[64], again[64];
    ends_over(&network, segments);
    strcpy(first, pieces);
    ends_over(&network, segments);
    strcpy(again, pieces);
    CU_ASSERT_STRING_EQUAL(first, again);
    unsigned other = 0;
    for (network.seed = 2; network.seed < 12; network.seed++) {
        ends_over(&network, segments);
        other += strcmp(first, pieces) != 0;
    }
    CU_ASSERT_TRUE(other > 5);
}

/* A segment of which a part was read when the owner closes or pauses. */
static void close_after_first_piece(struct side *side)
{
    CU_ASSERT_EQUAL(side->pieces, 1);
    side_close(side, CONN_CLOSE_FIN);
}

static void closing_between_pieces(struct ends *ends)
{
    ends->client.on_opened = in_three_segments;
    ends->server.on_received = close_after_first_piece;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->server.got.count, 2);
    CU_ASSERT_EQUAL(ends->server.fins, 0);
}

static void go_on(struct timer *timer)
{
    struct ends *ends = OWNER_OF(timer, struct ends, timer);
    conn_resume(ends->server.conn);
}

static void pause_for_a_second(struct side *side)
{
    conn_pause(side->conn);
    ends_after(side->ends, USEC_PER_SEC, go_on);
}

static void pausing_between_pieces(struct ends *ends)
{
    ends->client.on_opened = in_three_segments;
    ends->server.on_received = pause_for_a_second;
    ends->server.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(side_got(&ends->server, "one onetwo222three"));
    CU_ASSERT_EQUAL(ends->server.pieces, 10);
    CU_ASSERT_EQUAL(loop_now(ends->loop), 10 * USEC_PER_SEC);
}

static void test_between_pieces(void)
{
    const struct loop_network cut = {.segment_limit = 2};
    ends_over(&cut, closing_between_pieces);
    ends_over(&cut, pausing_between_pieces);
}

/* --- the window --- */

static uint8_t octets[1000];
static size_t taken;

static void offer(struct side *side)
{
    struct iovec slices[] = {{octets, 60}, {octets, 40}};
    taken = conn_offer(side->conn, slices, 2);
}

static void pause_for_a_second_at_once(struct side *side)
{
    conn_pause(side->conn);
    ends_after(side->ends, USEC_PER_SEC, go_on);
}

static void drained_at(struct side *side)
{
    CU_ASSERT_EQUAL(loop_now(side->ends->loop), 10 * MS + USEC_PER_SEC + 10 * MS);
    side_close(side, CONN_CLOSE_FIN);
}

static void window(struct ends *ends)
{
    ends->server.on_opened = pause_for_a_second_at_once;
    ends->server.on_ended = side_close_at_end;
    ends->client.on_opened = offer;
    ends->client.on_drained = drained_at;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(taken, 70);
    CU_ASSERT_EQUAL(ends->server.got.count, 70);
    CU_ASSERT_EQUAL(ends->client.drains, 1);
}

static void corked_and_offered(struct side *side)
{
    side_say(side, "0123456789");
    offer(side);
}

static void window_and_cork(struct ends *ends)
{
    ends->server.on_opened = pause_for_a_second_at_once;
    ends->server.on_ended = side_close_at_end;
    ends->client.on_opened = corked_and_offered;
    ends->client.on_drained = side_close_now;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(taken, 60);
    CU_ASSERT_EQUAL(ends->server.pieces, 1);
    CU_ASSERT_EQUAL(ends->server.got.count, 70);
}

static void send_two_windows(struct side *side)
{
    conn_send(side->conn, (struct octets){octets, 150});
    side_close(side, CONN_CLOSE_FIN);
}

static void window_and_close(struct ends *ends)
{
    ends->server.on_ended = side_close_at_end;
    ends->client.on_opened = send_two_windows;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->server.got.count, 150);
    CU_ASSERT_EQUAL(ends->server.pieces, 3); /* 70, 70 and 10, a round trip each */
    CU_ASSERT_EQUAL(ends->server.last, 20 * MS + 10 * MS + 2 * 20 * MS);
}

static void window_of_one(struct ends *ends)
{
    ends->server.on_ended = side_close_at_end;
    ends->client.on_opened = send_two_windows;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->server.pieces, 150);
}

static void test_window(void)
{
    const struct loop_network narrow = {.latency = 10 * MS, .window = 70};
    ends_over(&narrow, window);
    ends_over(&narrow, window_and_cork);
    ends_over(&narrow, window_and_close);
    const struct loop_network tiny = {.window = 1};
    ends_over(&tiny, window_of_one);
}

/* --- the bounds of conn_close --- */

static void pause_forever(struct side *side)
{
    conn_pause(side->conn);
}

/* Ten seconds for what waits; then RST, so that nobody takes the beginning for the whole. */
static void output_bound(struct ends *ends)
{
    ends->server.on_opened = pause_forever;
    ends->server.on_ended = side_close_at_end;
    ends->client.on_opened = send_two_windows;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(ends->server.dead);
    CU_ASSERT_EQUAL(ends->server.end, CONN_END_RESET);
    CU_ASSERT_EQUAL(ends->server.last, 20 * MS + 10 * USEC_PER_SEC + 10 * MS);
}

static void test_output_bound(void)
{
    const struct loop_network narrow = {.latency = 10 * MS, .window = 70};
    ends_over(&narrow, output_bound);
}

static void say_late(struct timer *timer)
{
    struct ends *ends = OWNER_OF(timer, struct ends, timer);
    side_say(&ends->server, "anybody there?");
}

static void wait_and_speak(struct side *side, enum conn_end end)
{
    if (end == CONN_END_FIN)
        ends_after(side->ends, USEC_PER_SEC - 20 * MS, say_late);
    else
        side_close(side, CONN_CLOSE_FIN);
}

/* One second for the peer's FIN; octets that come later find nobody. */
static void linger_bound(struct ends *ends)
{
    ends->client.on_opened = side_close_now;
    ends->server.on_ended = wait_and_speak;
    ends->keep_listener = true;
    ends->closes_left = 1;
    ends_connect(ends);
    loop_run(ends->loop); /* stops at the close */
    loop_run(ends->loop);
    CU_ASSERT_EQUAL(ends->server.fins, 1);
    CU_ASSERT_FALSE(ends->server.dead); /* they came in the last microsecond */
    ends->closes_left = 1;
    say_late(&ends->timer);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(ends->server.dead);
    CU_ASSERT_EQUAL(ends->server.end, CONN_END_RESET);
}

static void test_linger_bound(void)
{
    ends_over(&late, linger_bound);
}

/* --- places --- */

static void nobody(void *owner, struct conn *conn, const struct endpoint *peer)
{
    (void)owner, (void)conn, (void)peer;
}

static void places(struct ends *ends)
{
    struct problem problem = {""};
    struct listener_options options = {.endpoint = {"127.0.0.1", 0}, .accepted = nobody};
    CU_ASSERT_EQUAL(ends->at.port, 40000);
    struct listener *second = listener_open(ends->loop, &options, &problem);
    CU_ASSERT_EQUAL_FATAL(listener_endpoint(second)->port, 40001);
    options.endpoint.port = 40000;
    CU_ASSERT_PTR_NULL(listener_open(ends->loop, &options, &problem));
    CU_ASSERT_STRING_EQUAL(problem.text, "127.0.0.1:40000: the port is taken");
    strcpy(options.endpoint.address, "0.0.0.0");
    CU_ASSERT_PTR_NULL(listener_open(ends->loop, &options, &problem));
    strcpy(options.endpoint.address, "127.0.0.2");
    struct listener *other_address = listener_open(ends->loop, &options, &problem);
    CU_ASSERT_PTR_NOT_NULL(other_address);
    listener_close(second);
    options.endpoint.port = 40001;
    second = listener_open(ends->loop, &options, &problem);
    CU_ASSERT_PTR_NOT_NULL(second);
    ends->client.on_opened = side_close_now;
    ends->server.on_ended = side_close_at_end;
    ends_connect(ends); /* finds the one at its own address */
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->accepted, 1);
    listener_close(other_address);
    listener_close(second);
}

static void test_places(void)
{
    ends_over(NULL, places);
}

/* --- what is left when the loop goes --- */

static void leftovers(struct ends *ends)
{
    listener_pause(ends->listener);
    ends_connect(ends);
    side_say(&ends->client, "in the backlog");
    loop_run(ends->loop);
    listener_resume(ends->listener); /* its event is posted */
    side_say(&ends->client, "on its way");
}

static void closed_with_backlog(struct ends *ends)
{
    listener_pause(ends->listener);
    ends->client.on_ended = side_close_at_end;
    ends->keep_listener = true;
    ends->closes_left = 1;
    ends_connect(ends);
    loop_run(ends->loop);
    CU_ASSERT_EQUAL(ends->client.opened, 1);
    listener_resume(ends->listener);
    listener_close(ends->listener);
    ends->listener = NULL;
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->client.end, CONN_END_RESET);
}

static void test_leftovers(void)
{
    ends_over(&late, leftovers);
    ends_over(&late, closed_with_backlog);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"times", test_times},
        {"times of failures", test_times_of_failures},
        {"quiet", test_quiet},
        {"segments", test_segments},
        {"random segments", test_random_segments},
        {"between pieces", test_between_pieces},
        {"window", test_window},
        {"output bound", test_output_bound},
        {"linger bound", test_linger_bound},
        {"places", test_places},
        {"leftovers", test_leftovers},
    };
    return unit_main("conn virtual", tests, sizeof tests / sizeof *tests, argc, argv);
}
