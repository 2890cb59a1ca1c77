#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/loop_live_private.h"

enum conn_end live_end_of(int error)
{
    switch (error) {
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
        return CONN_END_RESET;
    case ECONNREFUSED:
        return CONN_END_REFUSED;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
    case ETIMEDOUT:
        return CONN_END_UNREACHABLE;
    }
    return CONN_END_FAILED;
}

/* --- life and death --- */

static void ready(struct ev_loop *ev, ev_io *io, int events);

/* Nobody waits any longer: for the output to go, or for the peer's FIN. */
static void bound_expired(struct timer *timer)
{
    struct live_conn *conn = OWNER_OF(timer, struct live_conn, bound);
    if (live_conn_pending(conn) > 0)
        live_conn_abort(conn);
    else
        live_conn_discard(conn);
}

struct live_conn *live_conn_new(struct live_loop *live, int fd)
{
    struct live_conn *conn = calloc(1, sizeof *conn);
    if (!conn) {
        loop_lack_memory(&live->loop);
        return NULL;
    }
    conn->conn.loop = &live->loop;
    conn->fd = fd;
    conn->output = BUF_INIT(0);
    timer_init(&conn->bound, bound_expired);
    ev_io_init(&conn->io, ready, fd, 0);
    conn->next = live->conns;
    if (conn->next)
        conn->next->previous = conn;
    live->conns = conn;
    live->open++;
    return conn;
}

/* Events that libev watches already are not asked for again: that would cost a system call. */
void live_conn_watch(struct live_conn *conn)
{
    struct live_loop *live = live_conn_loop(conn);
    int wanted = 0;
    if (conn->fd < 0)
        return;
    if (!conn->dead && !conn->in_news) {
        wanted |= live_conn_reads(conn) ? EV_READ : 0;
        wanted |= conn->blocked || conn->connecting ? EV_WRITE : 0;
    }
    if (wanted != conn->watched) {
        ev_io_stop(live->ev, &conn->io);
        conn->io.events = (conn->io.events & EV__IOFDSET) | wanted;
        if (wanted)
            ev_io_start(live->ev, &conn->io);
        conn->watched = (unsigned char)wanted;
    }
    if (wanted == 0 && !conn->dead && !conn->closed && !conn->in_news)
        live_quiet_add(conn);
    else
        live_quiet_remove(conn);
}

static void add_to_news(struct live_conn *conn)
{
    struct live_loop *live = live_conn_loop(conn);
    conn->in_news = true;
    conn->next_news = live->news;
    live->news = conn;
}

void live_conn_die(struct live_conn *conn, enum conn_end end)
{
    if (conn->dead || conn->fd < 0)
        return;
    conn->dead = true;
    conn->end = (unsigned char)end;
    live_conn_drop_output(conn);
    if (conn->closed) {
        live_conn_discard(conn);
        return;
    }
    if (!conn->in_news)
        add_to_news(conn);
    live_conn_watch(conn);
}

void live_conn_break(struct live_conn *conn, enum conn_end end)
{
    if (conn->closed || !live_conn_reads(conn)) {
        live_conn_die(conn, end);
        return;
    }
    conn->broken = true;
    conn->end = (unsigned char)end;
    live_conn_drop_output(conn);
    live_conn_watch(conn);
}

void live_conn_discard(struct live_conn *conn)
{
    struct live_loop *live = live_conn_loop(conn);
    live_conn_drop_output(conn);
    loop_timer_cancel(&live->loop, &conn->bound);
    ev_io_stop(live->ev, &conn->io);
    live_quiet_remove(conn); /* a child that was forked meanwhile may hold the descriptor open */
    close(conn->fd);
    conn->fd = -1;
    live->open--;
    *(conn->previous ? &conn->previous->next : &live->conns) = conn->next;
    if (conn->next)
        conn->next->previous = conn->previous;
    conn->next = live->dead_conns;
    live->dead_conns = conn;
}

void live_conn_abort(struct live_conn *conn)
{
    struct linger none = {.l_onoff = 1, .l_linger = 0};
    setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    live_conn_discard(conn);
}

void live_conn_linger(struct live_conn *conn)
{
    struct loop *loop = conn->conn.loop;
    if (conn->fin_seen || !loop_timer_set(loop, &conn->bound, loop->now + CONN_LINGER_BOUND))
        live_conn_discard(conn);
    else
        live_conn_watch(conn);
}

void live_bury(struct live_loop *live)
{
    struct live_conn **link = &live->dead_conns;
    while (*link) {
        struct live_conn *conn = *link;
        if (conn->in_news) {
            link = &conn->next;
            continue;
        }
        *link = conn->next;
        free(conn);
    }
    while (live->dead_listeners) {
        struct live_listener *listener = live->dead_listeners;
        live->dead_listeners = listener->next;
        free(listener);
    }
}

/* --- what is ready --- */

static void connected(struct live_conn *conn)
{
    conn->connecting = false;
    live_conn_watch(conn);
    live_conn_mark_dirty(conn); /* what was sent before */
    if (conn->conn.handler->opened)
        conn->conn.handler->opened(conn->conn.owner, &conn->conn);
    live_flush_dirty(live_conn_loop(conn));
    if (conn->fd >= 0 && conn->drain_due && !conn->blocked)
        live_conn_writable(conn);
}

static void connect_answered(struct live_conn *conn)
{
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        error = errno;
    if (error == 0)
        connected(conn);
    else
        live_conn_die(conn, live_end_of(error));
}

static void read_fin(struct live_conn *conn)
{
    conn->fin_seen = true;
    if (!conn->closed)
        conn->conn.handler->ended(conn->conn.owner, &conn->conn, CONN_END_FIN);
    else if (conn->fin_sent)
        live_conn_discard(conn);
    live_conn_watch(conn);
}

static void readable(struct live_conn *conn)
{
    struct live_loop *live = live_conn_loop(conn);
    ssize_t count = recv(conn->fd, live->input, LIVE_INPUT_SIZE, MSG_DONTWAIT);
    if (count > 0) {
        if (!conn->closed)
            conn->conn.handler->received(conn->conn.owner, &conn->conn,
                                         (struct octets){live->input, (size_t)count});
    } else if (conn->broken && (count == 0 || (errno != EAGAIN && errno != EINTR))) {
        live_conn_die(conn, conn->end);
    } else if (count == 0) {
        read_fin(conn);
    } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        live_conn_die(conn, live_end_of(errno));
    }
    live_flush_dirty(live);
}

static void ready(struct ev_loop *ev, ev_io *io, int events)
{
    (void)ev;
    struct live_conn *conn = OWNER_OF(io, struct live_conn, io);
    if (conn->conn.loop->stopped)
        return;
    if (conn->connecting) {
        connect_answered(conn);
        return;
    }
    if ((events & EV_WRITE) && conn->blocked)
        live_conn_writable(conn);
    if ((events & EV_READ) && conn->fd >= 0 && !conn->dead && live_conn_reads(conn))
        readable(conn);
}

void live_tell_news(struct live_loop *live)
{
    struct live_conn *news = live->news;
    live->news = NULL;
    while (news) {
        struct live_conn *conn = news;
        if (live->loop.stopped) {
            news = conn->next_news;
            conn->next_news = live->news;
            live->news = conn;
            continue;
        }
        news = conn->next_news;
        conn->in_news = false;
        if (conn->fd < 0 || conn->closed)
            continue;
        if (conn->dead)
            conn->conn.handler->ended(conn->conn.owner, &conn->conn, conn->end);
        else
            connected(conn);
        live_flush_dirty(live);
    }
}

/* --- what owners ask for --- */

struct conn *conn_live_connect(struct loop *loop, const struct endpoint *to,
                               const struct conn_handler *handler, void *owner,
                               struct problem *problem)
{
    struct sockaddr_storage address;
    socklen_t length;
    char text[ENDPOINT_TEXT_SIZE];
    int one = 1, fd = live_socket(to, &address, &length, problem);
    if (fd < 0)
        return NULL;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    int error = connect(fd, (struct sockaddr *)&address, length) == 0 ? 0 : errno;
    bool under_way = error == EINPROGRESS || error == EINTR;
    if (error != 0 && !under_way && live_end_of(error) == CONN_END_FAILED) {
        problem_set(problem, "%s: cannot connect: %s", endpoint_format(to, text), strerror(error));
        close(fd);
        return NULL;
    }
    struct live_conn *conn = live_conn_new(live_of(loop), fd);
    if (!conn) {
        problem_set(problem, "%s: no memory for a connection", endpoint_format(to, text));
        close(fd);
        return NULL;
    }
    conn_adopt(&conn->conn, handler, owner);
    conn->connecting = true;
    if (error == 0)
        add_to_news(conn);
    else if (!under_way)
        live_conn_die(conn, live_end_of(error));
    live_conn_watch(conn);
    return &conn->conn;
}

void conn_live_pause(struct conn *base)
{
    struct live_conn *conn = live_conn_of(base);
    conn->paused = true;
    if (conn->broken)
        live_conn_die(conn, conn->end);
    else
        live_conn_watch(conn);
}

void conn_live_resume(struct conn *base)
{
    struct live_conn *conn = live_conn_of(base);
    conn->paused = false;
    live_conn_watch(conn);
}

/* The system forgets this option by itself, as soon as something is sent. */
void conn_live_acknowledge(struct conn *base)
{
    struct live_conn *conn = live_conn_of(base);
    int one = 1;
    if (conn->fd >= 0 && !conn->dead && !conn->fin_seen)
        setsockopt(conn->fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
}

/* To a peer on this machine the octets have gone, and its RST has come back, when send returns. */
bool conn_live_abandoned(struct conn *base)
{
    struct live_conn *conn = live_conn_of(base);
    int error = 0;
    socklen_t size = sizeof error;
    live_conn_flush(conn);
    return conn->fd >= 0 && !conn->dead && conn->fin_seen &&
           getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0;
}

void conn_live_close(struct conn *base, enum conn_close how)
{
    struct live_conn *conn = live_conn_of(base);
    assert(!conn->closed);
    bool failed = conn->dead && conn->end == CONN_END_FAILED;
    bool gone = conn->dead && conn->end == CONN_END_RESET; /* nobody is there to be told */
    conn->closed = true;
    base->handler = NULL;
    base->owner = NULL;
    if (failed || (how == CONN_CLOSE_RESET && !gone)) {
        live_conn_abort(conn);
        return;
    }
    if (conn->dead || conn->broken || conn->connecting) {
        live_conn_discard(conn);
        return;
    }
    bool fin_sent = conn->fin_sent;
    conn->shut = true;
    conn->paused = false;
    live_conn_flush(conn); /* which lingers where all is out */
    if (conn->fd < 0)
        return;
    if (fin_sent)
        live_conn_linger(conn);
    else if (conn->fin_sent)
        live_conn_watch(conn);
    else if (loop_timer_set(base->loop, &conn->bound, base->loop->now + CONN_OUTPUT_BOUND))
        live_conn_watch(conn);
    else
        live_conn_abort(conn);
}
