#include "tests/unit/ends.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define GUARD (20 * USEC_PER_SEC)

static void note(struct side *side, const struct conn *conn)
{
    CU_ASSERT_PTR_EQUAL_FATAL(side->conn, conn); /* no handler runs after conn_close */
    CU_ASSERT_FALSE(side->dead);                 /* nor after the end */
    side->last = loop_now(side->ends->loop);
}

static void opened(void *owner, struct conn *conn)
{
    struct side *side = owner;
    note(side, conn);
    CU_ASSERT_EQUAL(side->opened, 0);
    side->opened++;
    if (side->on_opened)
        side->on_opened(side);
}

static void received(void *owner, struct conn *conn, struct octets octets)
{
    struct side *side = owner;
    note(side, conn);
    CU_ASSERT_EQUAL(side->opened, 1);
    CU_ASSERT_EQUAL(side->fins, 0);
    CU_ASSERT_TRUE(octets.count > 0);
    side->pieces++;
    CU_ASSERT_TRUE(buf_append(&side->got, octets));
    if (side->on_received)
        side->on_received(side);
}

static void ended(void *owner, struct conn *conn, enum conn_end end)
{
    struct side *side = owner;
    note(side, conn);
    if (end == CONN_END_FIN) {
        side->fins++;
        CU_ASSERT_EQUAL(side->fins, 1);
    } else {
        side->dead = true;
        side->end = end;
    }
    if (side->on_ended)
        side->on_ended(side, end);
}

static void drained(void *owner, struct conn *conn)
{
    struct side *side = owner;
    note(side, conn);
    side->drains++;
    if (side->on_drained)
        side->on_drained(side);
}

static const struct conn_handler handler = {opened, received, ended, drained};

void ends_again(struct ends *ends, int closes)
{
    struct side *sides[] = {&ends->client, &ends->server};
    for (int i = 0; i < 2; i++) {
        struct side *side = sides[i];
        CU_ASSERT_PTR_NULL(side->conn);
        buf_clear(&side->got);
        side->opened = side->pieces = side->fins = side->drains = 0;
        side->dead = false;
    }
    ends->accepted = 0;
    ends->closes_left = closes;
}

void ends_adopt(struct side *side, struct conn *conn)
{
    side->conn = conn;
    conn_adopt(conn, &handler, side);
    opened(side, conn);
}

static void accepted(void *owner, struct conn *conn, const struct endpoint *peer)
{
    struct ends *ends = owner;
    ends->accepted++;
    CU_ASSERT_STRING_EQUAL(peer->address, "127.0.0.1");
    CU_ASSERT_NOT_EQUAL(peer->port, 0);
    CU_ASSERT_PTR_EQUAL(conn_loop(conn), ends->loop);
    if (ends->on_accepted)
        ends->on_accepted(ends, conn);
    else
        ends_adopt(&ends->server, conn);
}

static void guard_expired(struct timer *timer)
{
    struct ends *ends = OWNER_OF(timer, struct ends, guard);
    ends->stuck = true;
    loop_stop(ends->loop);
}

void ends_over_now(struct ends *ends)
{
    loop_timer_cancel(ends->loop, &ends->guard);
    loop_stop(ends->loop);
}

bool ends_run(struct ends *ends)
{
    ends->stuck = false;
    CU_ASSERT_TRUE(loop_timer_set(ends->loop, &ends->guard, loop_now(ends->loop) + GUARD));
    loop_run(ends->loop);
    CU_ASSERT_FALSE(ends->stuck);
    return !ends->stuck;
}

void ends_after(struct ends *ends, usec delay, void (*expired)(struct timer *timer))
{
    ends->timer.expired = expired;
    CU_ASSERT_TRUE(loop_timer_set(ends->loop, &ends->timer, loop_now(ends->loop) + delay));
}

void ends_connect(struct ends *ends)
{
    ends->client.conn = conn_connect(ends->loop, &ends->at, &handler, &ends->client, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ends->client.conn);
}

bool side_say(struct side *side, const char *text)
{
    return conn_send(side->conn, octets_of(text));
}

void side_close(struct side *side, enum conn_close how)
{
    struct ends *ends = side->ends;
    struct conn *conn = side->conn;
    CU_ASSERT_PTR_NOT_NULL_FATAL(conn);
    side->conn = NULL;
    conn_close(conn, how);
    if (--ends->closes_left != 0)
        return;
    loop_timer_cancel(ends->loop, &ends->guard);
    if (ends->keep_listener) {
        loop_stop(ends->loop);
    } else if (ends->listener) {
        listener_close(ends->listener);
        ends->listener = NULL;
    }
}

void side_close_at_end(struct side *side, enum conn_end end)
{
    (void)end;
    side_close(side, CONN_CLOSE_FIN);
}

void side_close_now(struct side *side)
{
    side_close(side, CONN_CLOSE_FIN);
}

void side_reset_now(struct side *side)
{
    side_close(side, CONN_CLOSE_RESET);
}

bool side_got(const struct side *side, const char *text)
{
    return octets_equal(buf_octets(&side->got), octets_of(text));
}

bool side_heard(const struct side *side, const char *text)
{
    size_t count = strlen(text);
    return side->got.count >= count &&
           memcmp(side->got.at + side->got.count - count, text, count) == 0;
}

static void run_scenario(struct loop *loop, enum ends_loop kind,
                         void (*scenario)(struct ends *ends))
{
    struct ends ends = {.loop = loop, .kind = kind, .closes_left = 2};
    struct problem problem = {""};
    CU_ASSERT_PTR_NOT_NULL_FATAL(loop);
    struct listener_options options = {
        .endpoint = {"127.0.0.1", 0}, .accepted = accepted, .owner = &ends};
    ends.listener = listener_open(loop, &options, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ends.listener);
    ends.at = *listener_endpoint(ends.listener);
    CU_ASSERT_NOT_EQUAL(ends.at.port, 0);
    ends.server.ends = ends.client.ends = &ends;
    timer_init(&ends.guard, guard_expired);
    scenario(&ends);
    loop_timer_cancel(loop, &ends.guard);
    loop_timer_cancel(loop, &ends.timer);
    conn_close(ends.client.conn, CONN_CLOSE_RESET);
    conn_close(ends.server.conn, CONN_CLOSE_RESET);
    listener_close(ends.listener);
    buf_free(&ends.client.got);
    buf_free(&ends.server.got);
    loop_free(loop);
}

void ends_over(const struct loop_network *network, void (*scenario)(struct ends *ends))
{
    run_scenario(loop_virtual_new(network, NULL), ENDS_VIRTUAL, scenario);
}

void ends_in(enum ends_loop kind, void (*scenario)(struct ends *ends))
{
    struct loop_network network = {.seed = 7};
    switch (kind) {
    case ENDS_VIRTUAL:
        break;
    case ENDS_LATE:
        network.latency = 5 * USEC_PER_MSEC;
        break;
    case ENDS_SHREDDED:
        network.segment_limit = 3;
        network.random_segments = true;
        break;
    case ENDS_LIVE:
        run_scenario(loop_live_new(NULL), kind, scenario);
        return;
    }
    run_scenario(loop_virtual_new(&network, NULL), kind, scenario);
}

void ends_in_every_loop(void (*scenario)(struct ends *ends))
{
    for (int kind = 0; kind < ENDS_LOOPS; kind++)
        ends_in((enum ends_loop)kind, scenario);
}
