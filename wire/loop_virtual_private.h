/* The virtual loop's insides: events, segments, streams. For wire/loop_virtual.c and
 * wire/conn_virtual*.c alone.
 *
 * Everything that happens is either a timer or an event; the one with the smallest (time, order) is
 * next, and both draw their order from the same counter. An event is a member of what it happens
 * to, so that nothing need be allocated for it and nothing can fail; only octets cost memory. */
#ifndef WIRE_LOOP_VIRTUAL_PRIVATE_H
#define WIRE_LOOP_VIRTUAL_PRIVATE_H

#include "wire/loop_private.h"
#include "wire/random.h"

/* The address sanitizer sees a stale pointer only into memory that was given back: under it,
 * nothing is kept for its next use. */
#if defined(__SANITIZE_ADDRESS__)
#define VIRTUAL_KEEPS_SPARES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define VIRTUAL_KEEPS_SPARES 0
#endif
#endif
#ifndef VIRTUAL_KEEPS_SPARES
#define VIRTUAL_KEEPS_SPARES 1
#endif

struct event {
    void (*happen)(struct event *event);
    struct event *next;
    usec time;
    uint64_t order;
    bool posted;
};

struct event_queue {
    struct event *first, *last;
};

/* Octets on their way from one end to the other, or waiting at either. */
struct segment {
    struct event arrival; /* its `next` links the queues of an end, too */
    struct stream_end *to;
    unsigned size_class;
    size_t room, start, end; /* the octets are at[start … end-1] */
    uint8_t at[];
};

struct segment_queue {
    struct segment *first, *last;
};

enum { SEGMENT_CLASSES = 4, LISTENER_BUCKETS = 64 };

struct virtual_listener {
    struct listener listener;
    struct virtual_listener *next; /* in its bucket */
    enum listener_face face;
    bool paused, closed, reuse_port;
    unsigned uses;     /* of its memory: a handler that runs, an event that is posted */
    struct event wake; /* to take from the backlog */
    struct stream *backlog, *backlog_last;
};

/* One side of a stream. What is named after a direction is what this end sends. */
struct stream_end {
    struct conn conn;
    struct stream *stream;
    struct segment *corked;       /* sent, not flushed */
    struct segment_queue waiting; /* flushed, but the peer's window is closed */
    size_t waiting_octets;
    struct segment_queue held; /* arrived, not read */
    size_t unread;             /* octets on their way to this end, or held */
    struct event fin, reset;   /* from this end to the other */
    struct event room;         /* the other end has read: this one may send */
    struct event wake;         /* this end has something to tell its owner */
    struct timer bound;        /* of the output that waits behind conn_close */
    usec lingers_until;        /* closed: octets that come later are answered with RST */
    struct random random;
    struct stream_end *next_dirty;
    enum conn_end end; /* how it died */
    bool opened, paused, closed, dirty;
    bool shut, fin_sent, reset_sent;
    bool fin_arrived, fin_told;
    bool broken; /* RST has arrived, behind octets that are still to be read */
    bool dead, dead_told;
    bool drain_due; /* `drained` is owed */
};

struct stream {
    struct stream_end ends[2]; /* the one that connected, the one that was accepted */
    struct event handshake;
    struct endpoint to;
    uint16_t port; /* of the end that connected */
    unsigned uses; /* of its memory: events posted, lists it stands in, handlers that run */
    struct stream *previous, *next;
    struct stream *next_in_backlog;
};

struct virtual_loop {
    struct loop loop;
    struct loop_network network;
    struct event_queue soon;  /* at the time they were posted at */
    struct event_queue later; /* one latency after it */
    struct stream_end *dirty; /* ends with octets to flush when the handler has returned */
    struct stream *streams;   /* all of them */
    struct stream *spare_streams;
    struct segment *spare_segments[SEGMENT_CLASSES];
    unsigned spare_counts[SEGMENT_CLASSES];
    uint64_t stream_count; /* made so far */
    usec sleeps_at;        /* USEC_NEVER: it does not, or has */
    usec woke;             /* when it did; what was due before that is late */
    struct random wall;    /* of the wall clock's steps */
    struct virtual_listener *listeners[LISTENER_BUCKETS];
    uint16_t next_port;
};

static inline struct virtual_loop *virtual_of(const struct loop *loop)
{
    return (struct virtual_loop *)(void *)(uintptr_t)loop;
}

/* Lets an event happen now, behind what is due now already; or one latency from now. It must not be
 * posted already. */
void event_post_soon(struct virtual_loop *virtual, struct event *event);
void event_post_later(struct virtual_loop *virtual, struct event *event);
/* Takes the next one of a queue out; null where it is empty. */
struct event *event_take(struct event_queue *queue);
/* Takes this one out. */
void event_cancel(struct event_queue *queue, struct event *event);

/* A segment with at least that much room, empty; null where there is no memory. */
struct segment *segment_new(struct virtual_loop *virtual, size_t room);
void segment_free(struct virtual_loop *virtual, struct segment *segment);

static inline size_t segment_count(const struct segment *segment)
{
    return segment->end - segment->start;
}

/* The next one in the queue; null behind the last. */
static inline struct segment *segment_behind(const struct segment *segment)
{
    struct event *next = segment->arrival.next;
    return next ? OWNER_OF(next, struct segment, arrival) : NULL;
}

static inline void segment_push_back(struct segment_queue *queue, struct segment *segment)
{
    segment->arrival.next = NULL;
    if (queue->last)
        queue->last->arrival.next = &segment->arrival;
    else
        queue->first = segment;
    queue->last = segment;
}

static inline void segment_push_front(struct segment_queue *queue, struct segment *segment)
{
    segment->arrival.next = queue->first ? &queue->first->arrival : NULL;
    queue->first = segment;
    if (!queue->last)
        queue->last = segment;
}

static inline struct segment *segment_pop(struct segment_queue *queue)
{
    struct segment *segment = queue->first;
    queue->first = segment_behind(segment);
    if (!queue->first)
        queue->last = NULL;
    return segment;
}

/* conn_virtual_stream.c */

static inline struct virtual_loop *stream_end_loop(const struct stream_end *end)
{
    return virtual_of(end->conn.loop);
}

static inline struct stream_end *stream_end_peer(const struct stream_end *end)
{
    struct stream *stream = end->stream;
    return &stream->ends[end == &stream->ends[0]];
}

/* The event uses the stream until it has happened, and whoever it happens to releases it. */
static inline void stream_post_soon(struct stream_end *end, struct event *event)
{
    end->stream->uses++;
    event_post_soon(stream_end_loop(end), event);
}

static inline void stream_post_later(struct stream_end *end, struct event *event)
{
    end->stream->uses++;
    event_post_later(stream_end_loop(end), event);
}

struct stream *stream_new(struct virtual_loop *virtual, const struct endpoint *to);
/* Says that one use of the stream is over, and frees it where that was the last. */
void stream_release(struct stream *stream);
/* Frees it where nothing uses it and both ends are closed. */
void stream_free_if_unused(struct stream *stream);
void streams_free(struct virtual_loop *virtual);

/* Tells the owner one thing that is due, and posts `wake` where there is more. */
void stream_end_attend(struct stream_end *end);
/* Posts `wake` where there is something to tell. */
void stream_end_wake(struct stream_end *end);
void stream_end_opened(struct stream_end *end);
/* Nothing more in either direction; the owner is told by stream_end_attend. */
void stream_end_die(struct stream_end *end, enum conn_end how);
void stream_end_reset(struct stream_end *end);
void stream_end_drop_input(struct stream_end *end);
/* For a reason of our own; the owner hears of it soon. */
void stream_end_fail(struct stream_end *end);
/* The segment, which has octets, goes to the other end. */
void stream_end_transmit(struct stream_end *end, struct segment *segment);

/* conn_virtual.c */

void stream_end_room_opens(struct event *event);
void stream_end_bound_expired(struct timer *timer);
/* What is to be done when the handler that runs has returned: flush what was sent. */
void stream_end_mark_dirty(struct stream_end *end);
void streams_flush(struct virtual_loop *virtual);

bool conn_virtual_send(struct conn *conn, struct octets octets);
void conn_virtual_flush(struct conn *conn);
size_t conn_virtual_offer(struct conn *conn, const struct iovec *slices, int count);
size_t conn_virtual_waiting(const struct conn *conn);
void conn_virtual_pause(struct conn *conn);
void conn_virtual_resume(struct conn *conn);
void conn_virtual_shutdown(struct conn *conn);
void conn_virtual_close(struct conn *conn, enum conn_close how);

/* conn_virtual_listener.c */

struct listener *listener_virtual_open(struct loop *loop, const struct listener_options *options,
                                       struct problem *problem);
void listener_virtual_pause(struct listener *listener);
void listener_virtual_resume(struct listener *listener);
bool listener_virtual_set_face(struct listener *listener, enum listener_face face,
                               struct problem *problem);
void listener_virtual_close(struct listener *listener);
struct conn *conn_virtual_connect(struct loop *loop, const struct endpoint *to,
                                  const struct conn_handler *handler, void *owner,
                                  struct problem *problem);

#endif
