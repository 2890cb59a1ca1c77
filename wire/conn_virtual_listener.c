#include <assert.h>
#include <stdlib.h>

#include "wire/loop_virtual_private.h"

enum { FIRST_FREE_PORT = 40000, LAST_FREE_PORT = 65535 };

static struct virtual_listener *virtual_listener_of(struct listener *listener)
{
    return OWNER_OF(listener, struct virtual_listener, listener);
}

static struct virtual_listener **bucket_of(struct virtual_loop *virtual, uint16_t port)
{
    return &virtual->listeners[port % LISTENER_BUCKETS];
}

static bool is_any(const char *address)
{
    return *address == '\0' || strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

static bool same_place(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port &&
           (is_any(a->address) || is_any(b->address) || strcmp(a->address, b->address) == 0);
}

static struct virtual_listener *find(struct virtual_loop *virtual, const struct endpoint *endpoint)
{
    struct virtual_listener *found = *bucket_of(virtual, endpoint->port);
    while (found && !same_place(&found->listener.endpoint, endpoint))
        found = found->next;
    return found;
}

/* --- the backlog --- */

static void backlog_push(struct virtual_listener *listener, struct stream *stream)
{
    stream->uses++;
    stream->next_in_backlog = NULL;
    if (listener->backlog_last)
        listener->backlog_last->next_in_backlog = stream;
    else
        listener->backlog = stream;
    listener->backlog_last = stream;
}

static struct stream *backlog_pop(struct virtual_listener *listener)
{
    struct stream *stream = listener->backlog;
    listener->backlog = stream->next_in_backlog;
    if (!listener->backlog)
        listener->backlog_last = NULL;
    return stream;
}

static void backlog_reset(struct virtual_listener *listener)
{
    while (listener->backlog) {
        struct stream *stream = backlog_pop(listener);
        stream_end_reset(&stream->ends[1]);
        stream->ends[1].closed = true;
        stream_release(stream);
    }
}

static void release(struct virtual_listener *listener)
{
    if (--listener->uses == 0 && listener->closed)
        free(listener);
}

static bool accepts(const struct virtual_listener *listener)
{
    return !listener->closed && !listener->paused && listener->face == LISTENER_ANSWERS;
}

static void wake(struct virtual_listener *listener)
{
    if (!listener->backlog || !accepts(listener) || listener->wake.posted)
        return;
    listener->uses++;
    event_post_soon(virtual_of(listener->listener.loop), &listener->wake);
}

static void hand_over(struct virtual_listener *listener, struct stream *stream)
{
    struct stream_end *end = &stream->ends[1];
    struct endpoint peer = {"127.0.0.1", stream->port};
    listener->uses++;
    stream->uses++;
    listener->listener.accepted(listener->listener.owner, &end->conn, &peer);
    if (!end->closed && !end->conn.handler)
        conn_virtual_close(&end->conn, CONN_CLOSE_RESET); /* nobody wanted it */
    stream_end_wake(end);
    stream_release(stream);
    release(listener);
}

static void backlog_wakes(struct event *event)
{
    struct virtual_listener *listener = OWNER_OF(event, struct virtual_listener, wake);
    if (listener->backlog && accepts(listener)) {
        struct stream *stream = backlog_pop(listener);
        hand_over(listener, stream);
        stream_release(stream);
        wake(listener);
    }
    release(listener);
}

/* --- the handshake --- */

static void answer(struct stream *stream, void (*happen)(struct event *event))
{
    stream->handshake.happen = happen;
    stream->uses++;
    event_post_later(virtual_of(stream->ends[0].conn.loop), &stream->handshake);
}

static void is_refused(struct event *event)
{
    struct stream *stream = OWNER_OF(event, struct stream, handshake);
    struct stream_end *end = &stream->ends[0];
    stream_end_die(end, CONN_END_REFUSED);
    stream_end_attend(end);
    stream_release(stream);
}

static void is_answered(struct event *event)
{
    struct stream *stream = OWNER_OF(event, struct stream, handshake);
    struct stream_end *end = &stream->ends[0];
    if (end->dead) {
        stream_end_reset(end); /* it did not wait for the answer */
    } else {
        stream_end_opened(end);
        if (end->conn.handler->opened)
            end->conn.handler->opened(end->conn.owner, &end->conn);
    }
    stream_release(stream);
}

static void arrives_at_listener(struct event *event)
{
    struct stream *stream = OWNER_OF(event, struct stream, handshake);
    struct virtual_loop *virtual = virtual_of(stream->ends[0].conn.loop);
    struct virtual_listener *listener = find(virtual, &stream->to);
    enum listener_face face = listener ? listener->face : LISTENER_REFUSES;
    switch (face) {
    case LISTENER_REFUSES:
        answer(stream, is_refused);
        break;
    case LISTENER_SILENT:
        break;
    case LISTENER_ANSWERS:
        stream->ends[1].closed = false;
        stream_end_opened(&stream->ends[1]);
        answer(stream, is_answered);
        if (listener->backlog || !accepts(listener))
            backlog_push(listener, stream);
        else
            hand_over(listener, stream);
        break;
    }
    stream_release(stream);
}

struct conn *conn_virtual_connect(struct loop *loop, const struct endpoint *to,
                                  const struct conn_handler *handler, void *owner,
                                  struct problem *problem)
{
    struct stream *stream = stream_new(virtual_of(loop), to);
    if (!stream) {
        problem_set(problem, "no memory for a connection");
        return NULL;
    }
    struct conn *conn = &stream->ends[0].conn;
    conn_adopt(conn, handler, owner);
    answer(stream, arrives_at_listener);
    return conn;
}

/* --- listeners --- */

/* The next number at which nobody listens, whatever the address; 0 where all are taken. */
static uint16_t free_port(struct virtual_loop *virtual)
{
    for (int tries = FIRST_FREE_PORT; tries <= LAST_FREE_PORT; tries++) {
        struct endpoint any = {"", virtual->next_port};
        virtual->next_port = any.port < LAST_FREE_PORT ? (uint16_t)(any.port + 1) : FIRST_FREE_PORT;
        if (!find(virtual, &any))
            return any.port;
    }
    return 0;
}

struct listener *listener_virtual_open(struct loop *loop, const struct listener_options *options,
                                       struct problem *problem)
{
    struct virtual_loop *virtual = virtual_of(loop);
    struct endpoint endpoint = options->endpoint;
    char text[ENDPOINT_TEXT_SIZE];
    if (endpoint.port == 0)
        endpoint.port = free_port(virtual);
    struct virtual_listener *other = find(virtual, &endpoint);
    if (endpoint.port == 0 || (other && !(other->reuse_port && options->reuse_port))) {
        problem_set(problem, "%s: the port is taken", endpoint_format(&endpoint, text));
        return NULL;
    }
    struct virtual_listener *listener = calloc(1, sizeof *listener);
    if (!listener) {
        problem_set(problem, "%s: no memory for a listener", endpoint_format(&endpoint, text));
        return NULL;
    }
    listener->listener = (struct listener){loop, options->accepted, options->owner, endpoint};
    listener->reuse_port = options->reuse_port;
    listener->face = LISTENER_ANSWERS;
    listener->wake.happen = backlog_wakes;
    listener->uses = 1;
    struct virtual_listener **bucket = bucket_of(virtual, endpoint.port);
    listener->next = *bucket;
    *bucket = listener;
    return &listener->listener;
}

void listener_virtual_pause(struct listener *listener)
{
    virtual_listener_of(listener)->paused = true;
}

void listener_virtual_resume(struct listener *listener)
{
    struct virtual_listener *own = virtual_listener_of(listener);
    own->paused = false;
    wake(own);
}

bool listener_virtual_set_face(struct listener *listener, enum listener_face face,
                               struct problem *problem)
{
    (void)problem;
    struct virtual_listener *own = virtual_listener_of(listener);
    own->face = face;
    if (face == LISTENER_REFUSES)
        backlog_reset(own);
    wake(own);
    return true;
}

void listener_virtual_close(struct listener *listener)
{
    struct virtual_listener *own = virtual_listener_of(listener);
    assert(!own->closed);
    struct virtual_listener **link = bucket_of(virtual_of(listener->loop), listener->endpoint.port);
    while (*link != own)
        link = &(*link)->next;
    *link = own->next;
    own->closed = true;
    backlog_reset(own);
    if (own->wake.posted) {
        event_cancel(&virtual_of(listener->loop)->soon, &own->wake);
        own->uses--;
    }
    release(own);
}
