#include "mockserver/probe.h"

#include "wire/conn.h"

struct probe {
    struct loop *loop;
    struct conn *conn;
    struct timer limit;
    bool greeted;    /* a whole line has come */
    const char *why; /* it has not; null: the time is over */
};

static void opened(void *owner, struct conn *conn)
{
    (void)owner;
    (void)conn;
}

static void received(void *owner, struct conn *conn, struct octets octets)
{
    struct probe *probe = owner;
    if (!memchr(octets.at, '\n', octets.count))
        return;
    if (probe->greeted) {
        loop_stop(probe->loop); /* its answer to QUIT */
        return;
    }
    probe->greeted = true;
    conn_send(conn, OCTETS("QUIT\r\n"));
}

static void ended(void *owner, struct conn *conn, enum conn_end end)
{
    (void)conn;
    struct probe *probe = owner;
    probe->why = conn_end_name(end);
    loop_stop(probe->loop);
}

static void limit_over(struct timer *timer)
{
    loop_stop(OWNER_OF(timer, struct probe, limit)->loop);
}

bool probe_centre(const struct endpoint *endpoint, usec limit, struct problem *problem)
{
    static const struct conn_handler handler = {
        .opened = opened, .received = received, .ended = ended};
    struct probe probe = {.loop = loop_live_new(problem)};
    char text[ENDPOINT_TEXT_SIZE];
    if (!probe.loop)
        return false;
    timer_init(&probe.limit, limit_over);
    probe.conn = conn_connect(probe.loop, endpoint, &handler, &probe, problem);
    if (probe.conn && loop_timer_set(probe.loop, &probe.limit, loop_now(probe.loop) + limit)) {
        loop_run(probe.loop);
        if (!probe.greeted)
            problem_set(problem, "%s: no greeting: %s", endpoint_format(endpoint, text),
                        probe.why ? probe.why : "nothing came in time");
    } else if (probe.conn) {
        problem_set(problem, "no memory for a timer");
    }
    loop_timer_cancel(probe.loop, &probe.limit);
    if (probe.conn)
        conn_close(probe.conn, probe.greeted ? CONN_CLOSE_FIN : CONN_CLOSE_RESET);
    loop_free(probe.loop);
    return probe.greeted;
}
