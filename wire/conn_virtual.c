#include <assert.h>

#include "wire/loop_virtual_private.h"

static struct stream_end *end_of(const struct conn *conn)
{
    return (struct stream_end *)(void *)(uintptr_t)conn;
}

/* --- sending --- */

void stream_end_mark_dirty(struct stream_end *end)
{
    if (end->dirty)
        return;
    struct virtual_loop *virtual = stream_end_loop(end);
    end->dirty = true;
    end->stream->uses++;
    end->next_dirty = virtual->dirty;
    virtual->dirty = end;
}

/* Makes sure that `corked` has room for `count` more. */
static bool cork_room(struct stream_end *end, size_t count)
{
    struct segment *old = end->corked;
    if (old && old->room - old->end >= count)
        return true;
    size_t used = old ? old->end : 0;
    struct segment *segment =
        segment_new(stream_end_loop(end), used + (count > used ? count : used));
    if (!segment)
        return false;
    if (old) {
        memcpy(segment->at, old->at, used);
        segment->end = used;
        segment_free(stream_end_loop(end), old);
    }
    end->corked = segment;
    return true;
}

static bool cork(struct stream_end *end, struct octets octets)
{
    if (!cork_room(end, octets.count))
        return false;
    memcpy(end->corked->at + end->corked->end, octets.at, octets.count);
    end->corked->end += octets.count;
    return true;
}

static size_t window_room(const struct stream_end *end)
{
    size_t window = stream_end_loop(end)->network.window, unread = stream_end_peer(end)->unread;
    return unread < window ? window - unread : 0;
}

/* Sends the first `room` octets of the first waiting segment. */
static bool send_part(struct stream_end *end, size_t room)
{
    struct segment *whole = end->waiting.first, *part = segment_new(stream_end_loop(end), room);
    if (!part)
        return false;
    memcpy(part->at, whole->at + whole->start, room);
    part->end = room;
    whole->start += room;
    end->waiting_octets -= room;
    stream_end_transmit(end, part);
    return true;
}

/* As much of what waits as the peer's window takes, and FIN behind it. */
static void send_waiting(struct stream_end *end)
{
    size_t room;
    while (end->waiting.first && (room = window_room(end)) > 0) {
        if (segment_count(end->waiting.first) > room) {
            if (!send_part(end, room)) {
                stream_end_fail(end);
                return;
            }
            continue;
        }
        struct segment *segment = segment_pop(&end->waiting);
        end->waiting_octets -= segment_count(segment);
        stream_end_transmit(end, segment);
    }
    if (end->waiting.first) {
        end->drain_due = true;
    } else if (end->shut && !end->fin_sent) {
        end->fin_sent = true;
        end->lingers_until = end->conn.loop->now + CONN_LINGER_BOUND;
        loop_timer_cancel(end->conn.loop, &end->bound);
        stream_post_later(end, &end->fin);
    }
}

static void flush(struct stream_end *end)
{
    if (end->dead || end->broken)
        return;
    if (!end->opened) {
        end->drain_due |= end->corked != NULL;
        return;
    }
    struct segment *segment = end->corked;
    if (segment) {
        end->corked = NULL;
        end->waiting_octets += segment_count(segment);
        segment_push_back(&end->waiting, segment);
    }
    send_waiting(end);
}

void stream_end_room_opens(struct event *event)
{
    struct stream_end *end = OWNER_OF(event, struct stream_end, room);
    if (end->opened && !end->dead && !end->broken)
        send_waiting(end);
    const struct conn_handler *handler = end->conn.handler;
    if (handler && !end->dead && !end->broken && end->drain_due && !end->waiting.first) {
        end->drain_due = false;
        if (handler->drained)
            handler->drained(end->conn.owner, &end->conn);
    }
    stream_release(end->stream);
}

/* Nobody read the last octets of a connection that its owner has closed. */
void stream_end_bound_expired(struct timer *timer)
{
    struct stream_end *end = OWNER_OF(timer, struct stream_end, bound);
    stream_end_reset(end);
}

void streams_flush(struct virtual_loop *virtual)
{
    while (virtual->dirty) {
        struct stream_end *end = virtual->dirty;
        virtual->dirty = end->next_dirty;
        end->dirty = false;
        flush(end);
        stream_release(end->stream);
    }
}

/* --- what owners ask for --- */

bool conn_virtual_send(struct conn *conn, struct octets octets)
{
    struct stream_end *end = end_of(conn);
    if (end->dead || end->shut)
        return false;
    if (end->broken)
        return true; /* the owner hears of it once the rest has been read */
    size_t waiting = conn_virtual_waiting(conn);
    if (octets.count > CONN_OUTPUT_LIMIT - waiting || !cork(end, octets)) {
        stream_end_fail(end);
        return false;
    }
    stream_end_mark_dirty(end);
    return true;
}

void conn_virtual_flush(struct conn *conn)
{
    flush(end_of(conn));
}

size_t conn_virtual_offer(struct conn *conn, const struct iovec *slices, int count)
{
    struct stream_end *end = end_of(conn);
    size_t total = 0, corked = end->corked ? segment_count(end->corked) : 0;
    for (int i = 0; i < count; i++)
        total += slices[i].iov_len;
    if (end->dead || end->broken || end->shut || total == 0)
        return 0;
    size_t room = end->opened && !end->waiting.first ? window_room(end) : 0;
    size_t taken = room > corked ? room - corked : 0;
    if (taken > total)
        taken = total;
    if (taken < total)
        end->drain_due = true;
    if (taken > 0 && !cork_room(end, taken)) {
        stream_end_fail(end);
        return 0;
    }
    size_t left = taken;
    for (int i = 0; left > 0; i++) {
        size_t part = slices[i].iov_len < left ? slices[i].iov_len : left;
        cork(end, (struct octets){slices[i].iov_base, part});
        left -= part;
    }
    flush(end);
    return end->dead ? 0 : taken;
}

size_t conn_virtual_waiting(const struct conn *conn)
{
    const struct stream_end *end = end_of(conn);
    return end->waiting_octets + (end->corked ? segment_count(end->corked) : 0);
}

void conn_virtual_pause(struct conn *conn)
{
    struct stream_end *end = end_of(conn);
    end->paused = true;
    if (end->broken)
        stream_end_die(end, CONN_END_RESET);
    stream_end_wake(end);
}

void conn_virtual_resume(struct conn *conn)
{
    struct stream_end *end = end_of(conn);
    end->paused = false;
    stream_end_wake(end);
}

void conn_virtual_shutdown(struct conn *conn)
{
    struct stream_end *end = end_of(conn);
    end->shut = true;
    flush(end);
}

void conn_virtual_close(struct conn *conn, enum conn_close how)
{
    struct stream_end *end = end_of(conn);
    assert(!end->closed);
    bool failed = end->dead && end->end == CONN_END_FAILED;
    end->closed = true;
    conn->handler = NULL;
    conn->owner = NULL;
    stream_end_drop_input(end);
    if (end->broken)
        stream_end_die(end, CONN_END_RESET);
    if (!end->opened) {
        stream_end_die(end, CONN_END_FAILED);
    } else if (failed || (how == CONN_CLOSE_RESET && !end->dead)) {
        stream_end_reset(end);
    } else if (!end->dead) {
        end->shut = true;
        flush(end);
        end->lingers_until = conn->loop->now + CONN_LINGER_BOUND;
        if (end->dead || (!end->fin_sent && !loop_timer_set(conn->loop, &end->bound,
                                                            conn->loop->now + CONN_OUTPUT_BOUND)))
            stream_end_reset(end);
    }
    stream_free_if_unused(end->stream);
}
