#include <assert.h>
#include <errno.h>

#include "wire/loop_live_private.h"

/* What is sent while a handler runs is corked in a buffer of the loop's, and written when the
 * handler has returned; a connection has memory of its own only for what the network left over, or
 * while another one is corked. So what is queued stands in one place: in the cork or in `output`.
 */

enum { SLICES_AT_ONCE = 64 };

static struct octets pending(const struct live_conn *conn)
{
    const struct live_loop *live = live_conn_loop(conn);
    if (live->cork_owner == conn)
        return (struct octets){live->cork, live->corked};
    return (struct octets){conn->output.at ? conn->output.at + conn->sent : NULL,
                           conn->output.count - conn->sent};
}

size_t live_conn_pending(const struct live_conn *conn)
{
    return pending(conn).count;
}

static void release_cork(struct live_conn *conn)
{
    struct live_loop *live = live_conn_loop(conn);
    if (live->cork_owner == conn) {
        live->cork_owner = NULL;
        live->corked = 0;
    }
}

void live_conn_drop_output(struct live_conn *conn)
{
    release_cork(conn);
    buf_free(&conn->output);
    conn->sent = 0;
    conn->blocked = false;
}

/* Appends to the connection's own memory; false, and the connection is dead, where there is none.
 */
static bool keep(struct live_conn *conn, struct octets octets)
{
    if (conn->sent > conn->output.count / 2) {
        buf_drop(&conn->output, conn->sent);
        conn->sent = 0;
    }
    if (buf_append(&conn->output, octets))
        return true;
    loop_lack_memory(conn->conn.loop);
    live_conn_die(conn, CONN_END_FAILED);
    return false;
}

/* Moves what is corked to the connection's own memory. */
static bool uncork(struct live_conn *conn)
{
    struct live_loop *live = live_conn_loop(conn);
    if (live->cork_owner != conn)
        return true;
    size_t corked = live->corked;
    live->cork_owner = NULL;
    live->corked = 0;
    return keep(conn, (struct octets){live->cork, corked});
}

void live_conn_mark_dirty(struct live_conn *conn)
{
    if (conn->dirty)
        return;
    struct live_loop *live = live_conn_loop(conn);
    conn->dirty = true;
    conn->next_dirty = live->dirty;
    live->dirty = conn;
}

void live_flush_dirty(struct live_loop *live)
{
    while (live->dirty) {
        struct live_conn *conn = live->dirty;
        live->dirty = conn->next_dirty;
        conn->dirty = false;
        live_conn_flush(conn);
    }
}

static void write_failed(struct live_conn *conn, enum conn_end end)
{
    if (end == CONN_END_RESET)
        live_conn_break(conn, end);
    else
        live_conn_die(conn, end);
}

/* One system call; false where the connection can't be written any more. What a FIN follows at once
 * waits for it, so that both go as one segment. */
static bool write_slices(struct live_conn *conn, struct iovec *slices, int count, size_t *taken)
{
    const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (conn->shut ? MSG_MORE : 0);
    struct msghdr message = {.msg_iov = slices, .msg_iovlen = (size_t)count};
    ssize_t written;
    do
        written = count == 1 ? send(conn->fd, slices->iov_base, slices->iov_len, flags)
                             : sendmsg(conn->fd, &message, flags);
    while (written < 0 && errno == EINTR);
    if (written < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
        write_failed(conn, live_end_of(errno));
        return false;
    }
    *taken = written < 0 ? 0 : (size_t)written;
    return true;
}

static void block(struct live_conn *conn)
{
    conn->blocked = conn->drain_due = true;
    live_conn_watch(conn);
}

/* The network has taken so many of the octets that were queued. */
static void settle(struct live_conn *conn, size_t taken)
{
    struct octets left = octets_from(pending(conn), taken);
    if (live_conn_loop(conn)->cork_owner == conn) {
        release_cork(conn);
        if (left.count > 0 && !keep(conn, left))
            return;
    } else {
        conn->sent += taken;
        if (left.count == 0) {
            buf_free(&conn->output);
            conn->sent = 0;
        }
    }
    if (left.count > 0)
        block(conn);
}

static bool can_write(const struct live_conn *conn)
{
    return conn->fd >= 0 && !conn->dead && !conn->broken;
}

void live_conn_flush(struct live_conn *conn)
{
    if (!can_write(conn))
        return;
    if (conn->connecting || conn->blocked) {
        conn->drain_due |= live_conn_pending(conn) > 0;
        uncork(conn);
        return;
    }
    struct octets octets = pending(conn);
    if (octets.count > 0) {
        struct iovec slice = {(void *)(uintptr_t)octets.at, octets.count};
        size_t taken;
        if (!write_slices(conn, &slice, 1, &taken))
            return;
        settle(conn, taken);
    }
    if (conn->dead || conn->blocked || !conn->shut || conn->fin_sent)
        return;
    conn->fin_sent = true;
    if (!conn->closed || !conn->fin_seen)
        shutdown(conn->fd, SHUT_WR);
    if (conn->closed)
        live_conn_linger(conn);
}

void live_conn_writable(struct live_conn *conn)
{
    conn->blocked = false;
    live_conn_flush(conn);
    if (conn->fd < 0 || conn->dead || conn->blocked)
        return;
    if (conn->drain_due && !conn->closed && !conn->broken) {
        conn->drain_due = false;
        if (conn->conn.handler->drained)
            conn->conn.handler->drained(conn->conn.owner, &conn->conn);
        live_flush_dirty(live_conn_loop(conn));
    }
    live_conn_watch(conn);
}

bool conn_live_send(struct conn *base, struct octets octets)
{
    struct live_conn *conn = live_conn_of(base);
    struct live_loop *live = live_conn_loop(conn);
    if (conn->dead || conn->shut)
        return false;
    if (conn->broken)
        return true; /* the owner hears of it once the rest has been read */
    if (octets.count > CONN_OUTPUT_LIMIT - live_conn_pending(conn)) {
        live_conn_die(conn, CONN_END_FAILED);
        return false;
    }
    live_conn_mark_dirty(conn);
    if (live->cork_owner && live->cork_owner != conn)
        uncork(live->cork_owner);
    if (conn->output.count == 0 && octets.count <= LIVE_CORK_SIZE - live->corked) {
        memcpy(live->cork + live->corked, octets.at, octets.count);
        live->corked += octets.count;
        live->cork_owner = conn;
        return true;
    }
    return uncork(conn) && keep(conn, octets);
}

void conn_live_flush(struct conn *conn)
{
    live_conn_flush(live_conn_of(conn));
}

/* What is queued, then the slices, as many at once as the system takes. */
size_t conn_live_offer(struct conn *base, const struct iovec *slices, int count)
{
    struct live_conn *conn = live_conn_of(base);
    if (!can_write(conn) || conn->shut)
        return 0;
    if (conn->connecting || conn->blocked) {
        conn->drain_due = true;
        return 0;
    }
    size_t offered = 0;
    for (int next = 0; next < count;) {
        struct iovec batch[SLICES_AT_ONCE];
        struct octets queued = pending(conn);
        size_t wanted = queued.count, taken;
        int slots = 0;
        if (queued.count > 0)
            batch[slots++] = (struct iovec){(void *)(uintptr_t)queued.at, queued.count};
        while (slots < SLICES_AT_ONCE && next < count) {
            wanted += slices[next].iov_len;
            batch[slots++] = slices[next++];
        }
        if (wanted == 0)
            continue;
        if (!write_slices(conn, batch, slots, &taken))
            break;
        size_t of_queue = taken < queued.count ? taken : queued.count;
        if (queued.count > 0)
            settle(conn, of_queue);
        offered += taken - of_queue;
        if (taken < wanted) {
            if (!conn->dead)
                block(conn);
            break;
        }
    }
    return offered;
}

size_t conn_live_waiting(const struct conn *conn)
{
    return live_conn_pending(live_conn_of(conn));
}

void conn_live_shutdown(struct conn *base)
{
    struct live_conn *conn = live_conn_of(base);
    conn->shut = true;
    live_conn_flush(conn);
}
