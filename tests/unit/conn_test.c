/* What both kinds of streams must do. */
#include "wire/conn.h"

#include <stdlib.h>

#include "tests/unit/ends.h"
#include "tests/unit/unit.h"

/* --- a whole dialogue; the last reply is corked when its sender closes --- */

static void greet(struct side *side)
{
    side_say(side, "220 ");
    side_say(side, "hello\r\n");
}

static void quit_after_greeting(struct side *side)
{
    if (side_got(side, "220 hello\r\n"))
        side_say(side, "QUIT\r\n");
}

static void reply_and_close(struct side *side)
{
    if (!side_heard(side, "QUIT\r\n"))
        return;
    side_say(side, "221 ");
    side_say(side, "bye\r\n");
    CU_ASSERT_EQUAL(conn_waiting(side->conn), 9);
    side_close(side, CONN_CLOSE_FIN);
}

static void dialogue(struct ends *ends)
{
    ends->server.on_opened = greet;
    ends->server.on_received = reply_and_close;
    ends->client.on_received = quit_after_greeting;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_EQUAL(ends->client.opened, 0); /* never from within the call */
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(side_got(&ends->client, "220 hello\r\n221 bye\r\n"));
    CU_ASSERT_TRUE(side_got(&ends->server, "QUIT\r\n"));
    CU_ASSERT_EQUAL(ends->client.fins, 1);
    CU_ASSERT_FALSE(ends->client.dead);
    if (ends->kind == ENDS_VIRTUAL)
        CU_ASSERT_EQUAL(ends->client.pieces, 2); /* one segment a handler */
}

static void test_dialogue(void)
{
    ends_in_every_loop(dialogue);
}

/* --- connects that fail --- */

static void refused(struct ends *ends)
{
    listener_close(ends->listener);
    ends->listener = NULL;
    ends->closes_left = 1;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_FALSE(ends->client.dead);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(ends->client.dead);
    CU_ASSERT_EQUAL(ends->client.end, CONN_END_REFUSED);
    CU_ASSERT_EQUAL(ends->client.opened, 0);
}

static void test_refused(void)
{
    ends_in_every_loop(refused);
}

static void still_nothing(struct timer *timer)
{
    struct ends *ends = OWNER_OF(timer, struct ends, timer);
    CU_ASSERT_EQUAL(ends->client.opened, 0);
    CU_ASSERT_FALSE(ends->client.dead);
    side_close(&ends->client, CONN_CLOSE_FIN);
}

static void face(struct ends *ends, enum listener_face face)
{
    struct problem problem = {""};
    CU_ASSERT_TRUE(listener_set_face(ends->listener, face, &problem));
    CU_ASSERT_STRING_EQUAL(problem.text, "");
    ends_again(ends, face == LISTENER_ANSWERS ? 2 : 1);
    ends_connect(ends);
    if (face == LISTENER_SILENT)
        ends_after(ends, 20 * USEC_PER_MSEC, still_nothing);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->accepted, face == LISTENER_ANSWERS);
    CU_ASSERT_EQUAL(ends->client.opened, face == LISTENER_ANSWERS);
    CU_ASSERT_EQUAL(ends->client.dead, face == LISTENER_REFUSES);
    if (face == LISTENER_REFUSES)
        CU_ASSERT_EQUAL(ends->client.end, CONN_END_REFUSED);
}

/* Every change from one to another. */
static void faces(struct ends *ends)
{
    ends->keep_listener = true;
    ends->server.on_opened = side_close_now;
    ends->client.on_ended = side_close_at_end;
    const enum listener_face order[] = {
        LISTENER_ANSWERS, LISTENER_REFUSES, LISTENER_ANSWERS, LISTENER_SILENT, LISTENER_REFUSES,
        LISTENER_SILENT,  LISTENER_ANSWERS, LISTENER_ANSWERS, LISTENER_SILENT, LISTENER_ANSWERS,
    };
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        face(ends, order[i]);
}

static void test_faces(void)
{
    ends_in_every_loop(faces);
}

static void come_late(struct timer *timer)
{
    struct ends *ends = OWNER_OF(timer, struct ends, timer);
    CU_ASSERT_EQUAL(ends->accepted, 0);
    CU_ASSERT_EQUAL(ends->client.opened, 1); /* the backlog answers */
    listener_resume(ends->listener);
}

static void say_hello(struct side *side)
{
    side_say(side, "hello");
}

static void close_when_heard(struct side *side)
{
    if (side_heard(side, "hello"))
        side_close(side, CONN_CLOSE_FIN);
}

static void backlog(struct ends *ends)
{
    ends->client.on_opened = say_hello;
    ends->server.on_received = close_when_heard;
    ends->client.on_ended = side_close_at_end;
    listener_pause(ends->listener);
    ends_after(ends, 30 * USEC_PER_MSEC, come_late);
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->accepted, 1);
    CU_ASSERT_TRUE(side_got(&ends->server, "hello"));
}

static void test_backlog(void)
{
    ends_in_every_loop(backlog);
}

static void leave_alone(struct ends *ends, struct conn *conn)
{
    (void)ends, (void)conn;
}

static void refuse_by_close(struct ends *ends, struct conn *conn)
{
    (void)ends;
    conn_close(conn, CONN_CLOSE_RESET);
}

static void unwanted(struct ends *ends)
{
    ends->keep_listener = true;
    ends->client.on_ended = side_close_at_end;
    void (*const ways[])(struct ends *, struct conn *) = {leave_alone, refuse_by_close};
    for (int i = 0; i < 2; i++) {
        ends_again(ends, 1);
        ends->on_accepted = ways[i];
        ends_connect(ends);
        CU_ASSERT_TRUE(ends_run(ends));
        CU_ASSERT_EQUAL(ends->accepted, 1);
        CU_ASSERT_TRUE(ends->client.dead);
        CU_ASSERT_EQUAL(ends->client.end, CONN_END_RESET);
    }
}

static void test_unwanted(void)
{
    ends_in_every_loop(unwanted);
}

/* --- FIN --- */

static void ask_and_shut(struct side *side)
{
    side_say(side, "question");
    conn_shutdown(side->conn);
    CU_ASSERT_FALSE(side_say(side, "more"));
}

static void answer_and_close(struct side *side, enum conn_end end)
{
    CU_ASSERT_EQUAL(end, CONN_END_FIN);
    CU_ASSERT_TRUE(side_got(side, "question"));
    side_say(side, "answer");
    side_close(side, CONN_CLOSE_FIN);
}

static void half_close(struct ends *ends)
{
    ends->client.on_opened = ask_and_shut;
    ends->server.on_ended = answer_and_close;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(side_got(&ends->client, "answer"));
    CU_ASSERT_EQUAL(ends->client.fins, 1);
    CU_ASSERT_FALSE(ends->client.dead);
}

static void test_half_close(void)
{
    ends_in_every_loop(half_close);
}

/* Before the connect is answered, sending and FIN are queued. */
static void early(struct ends *ends)
{
    ends->server.on_ended = answer_and_close;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    side_say(&ends->client, "ques");
    conn_flush(ends->client.conn);
    side_say(&ends->client, "tion");
    CU_ASSERT_EQUAL(conn_waiting(ends->client.conn), 8);
    conn_shutdown(ends->client.conn);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_TRUE(side_got(&ends->client, "answer"));
}

static void test_early(void)
{
    ends_in_every_loop(early);
}

/* The last reply arrives although the peer's octets come in after the close. */
static void send_much(struct side *side)
{
    char much[1000];
    memset(much, 'x', sizeof much);
    for (int i = 0; i < 200; i++)
        conn_send(side->conn, (struct octets){(const uint8_t *)much, sizeof much});
}

static void refuse_and_close(struct side *side)
{
    side_say(side, "552 too much\r\n");
    side_close(side, CONN_CLOSE_FIN);
}

static void last_reply(struct ends *ends)
{
    ends->client.on_opened = send_much;
    ends->server.on_received = refuse_and_close;
    ends->client.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->server.pieces, 1);
    CU_ASSERT_TRUE(side_got(&ends->client, "552 too much\r\n"));
    CU_ASSERT_EQUAL(ends->client.fins, 1);
    CU_ASSERT_FALSE(ends->client.dead);
}

static void test_last_reply(void)
{
    ends_in_every_loop(last_reply);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"dialogue", test_dialogue}, {"refused", test_refused},
        {"faces", test_faces},       {"backlog", test_backlog},
        {"unwanted", test_unwanted}, {"half close", test_half_close},
        {"early", test_early},       {"last reply", test_last_reply},
    };
    return unit_main("conn", tests, sizeof tests / sizeof *tests, argc, argv);
}
