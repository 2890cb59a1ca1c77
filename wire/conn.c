#include "wire/conn.h"

#include "wire/loop_private.h"

const char *conn_end_name(enum conn_end end)
{
    switch (end) {
    case CONN_END_FIN:
        return "fin";
    case CONN_END_RESET:
        return "reset";
    case CONN_END_REFUSED:
        return "refused";
    case CONN_END_UNREACHABLE:
        return "unreachable";
    case CONN_END_FAILED:
        return "failed";
    }
    return "unknown";
}

struct listener *listener_open(struct loop *loop, const struct listener_options *options,
                               struct problem *problem)
{
    return loop->kind->listener_open(loop, options, problem);
}

const struct endpoint *listener_endpoint(const struct listener *listener)
{
    return &listener->endpoint;
}

void listener_pause(struct listener *listener)
{
    listener->loop->kind->listener_pause(listener);
}

void listener_resume(struct listener *listener)
{
    listener->loop->kind->listener_resume(listener);
}

void listener_narrow(struct listener *listener)
{
    if (listener->loop->kind->listener_narrow)
        listener->loop->kind->listener_narrow(listener);
}

bool listener_set_face(struct listener *listener, enum listener_face face, struct problem *problem)
{
    return listener->loop->kind->listener_set_face(listener, face, problem);
}

void listener_close(struct listener *listener)
{
    if (listener)
        listener->loop->kind->listener_close(listener);
}

void conn_adopt(struct conn *conn, const struct conn_handler *handler, void *owner)
{
    conn->handler = handler;
    conn->owner = owner;
}

struct conn *conn_connect(struct loop *loop, const struct endpoint *to,
                          const struct conn_handler *handler, void *owner, struct problem *problem)
{
    return loop->kind->connect(loop, to, handler, owner, problem);
}

struct loop *conn_loop(const struct conn *conn)
{
    return conn->loop;
}

bool conn_send(struct conn *conn, struct octets octets)
{
    return octets.count == 0 || conn->loop->kind->send(conn, octets);
}

void conn_flush(struct conn *conn)
{
    conn->loop->kind->flush(conn);
}

size_t conn_offer(struct conn *conn, const struct iovec *slices, int count)
{
    return conn->loop->kind->offer(conn, slices, count);
}

size_t conn_waiting(const struct conn *conn)
{
    return conn->loop->kind->waiting(conn);
}

void conn_pause(struct conn *conn)
{
    conn->loop->kind->pause(conn);
}

void conn_resume(struct conn *conn)
{
    conn->loop->kind->resume(conn);
}

void conn_acknowledge(struct conn *conn)
{
    if (conn->loop->kind->acknowledge)
        conn->loop->kind->acknowledge(conn);
}

bool conn_abandoned(struct conn *conn)
{
    return conn->loop->kind->abandoned && conn->loop->kind->abandoned(conn);
}

void conn_shutdown(struct conn *conn)
{
    conn->loop->kind->shutdown(conn);
}

void conn_close(struct conn *conn, enum conn_close how)
{
    if (conn)
        conn->loop->kind->close(conn, how);
}
