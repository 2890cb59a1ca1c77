#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/address.h"
#include "wire/loop_live_private.h"

#define REST (100 * USEC_PER_MSEC)

enum {
    ACCEPTED_AT_ONCE = 64,
    NARROW_SEGMENT = 1460,
    NARROW_ROOM = 32768,
};

static struct live_listener *own_of(struct listener *listener)
{
    return OWNER_OF(listener, struct live_listener, listener);
}

int live_socket(const struct endpoint *endpoint, struct sockaddr_storage *address,
                socklen_t *length, struct problem *problem)
{
    char text[ENDPOINT_TEXT_SIZE];
    if (!address_of(endpoint, address, length)) {
        problem_set(problem, "\"%s\" is no numeric address", endpoint->address);
        return -1;
    }
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        problem_set(problem, "%s: no socket: %s", endpoint_format(endpoint, text), strerror(errno));
    return fd;
}

/* --- fillers of the backlog --- */

static void filler_drop(struct live_filler *filler)
{
    if (filler->fd < 0)
        return;
    struct linger none = {.l_onoff = 1, .l_linger = 0};
    setsockopt(filler->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(filler->fd);
    filler->fd = -1;
}

static void fillers_drop(struct live_listener *listener)
{
    for (int i = 0; i < LIVE_FILLERS; i++)
        filler_drop(&listener->fillers[i]);
}

/* A backlog of 0 still holds one connection. */
static bool fillers_connect(struct live_listener *listener, struct problem *problem)
{
    char text[ENDPOINT_TEXT_SIZE];
    const struct endpoint *to = &listener->listener.endpoint;
    for (int i = 0; i < LIVE_FILLERS; i++) {
        struct live_filler *filler = &listener->fillers[i];
        struct sockaddr_storage address;
        socklen_t length;
        if (filler->fd >= 0)
            continue;
        filler->fd = live_socket(to, &address, &length, problem);
        if (filler->fd < 0)
            return false;
        if (connect(filler->fd, (struct sockaddr *)&address, length) != 0 && errno != EINPROGRESS) {
            problem_set(problem, "%s: cannot fill the backlog: %s", endpoint_format(to, text),
                        strerror(errno));
            filler_drop(filler);
            return false;
        }
        filler->from = local_endpoint(filler->fd);
    }
    return true;
}

/* Those that stand in the backlog are met when it is taken from. */
static void fillers_give_up(struct live_listener *listener)
{
    for (int i = 0; i < LIVE_FILLERS; i++) {
        struct live_filler *filler = &listener->fillers[i];
        struct sockaddr_storage peer;
        socklen_t length = sizeof peer;
        if (filler->fd >= 0 && getpeername(filler->fd, (struct sockaddr *)&peer, &length) != 0)
            filler_drop(filler);
    }
}

static bool is_filler(struct live_listener *listener, const struct endpoint *peer)
{
    for (int i = 0; i < LIVE_FILLERS; i++) {
        struct live_filler *filler = &listener->fillers[i];
        if (filler->fd >= 0 && filler->from.port == peer->port &&
            strcmp(filler->from.address, peer->address) == 0) {
            filler_drop(filler);
            return true;
        }
    }
    return false;
}

/* --- accepting --- */

static bool accepts(const struct live_listener *listener)
{
    return !listener->closed && !listener->paused && !listener->resting &&
           listener->face == LISTENER_ANSWERS;
}

static void watch(struct live_listener *listener)
{
    struct ev_loop *ev = live_of(listener->listener.loop)->ev;
    if (accepts(listener))
        ev_io_start(ev, &listener->io);
    else
        ev_io_stop(ev, &listener->io);
}

static void rested(struct timer *timer)
{
    struct live_listener *listener = OWNER_OF(timer, struct live_listener, rest);
    listener->resting = false;
    watch(listener);
}

/* Descriptors or memory are short: others must be closed first, and trying again at once would only
 * burn time. */
static void take_rest(struct live_listener *listener)
{
    struct loop *loop = listener->listener.loop;
    listener->resting = loop_timer_set(loop, &listener->rest, loop->now + REST);
    watch(listener);
}

static void hand_over(struct live_listener *listener, int fd, const struct endpoint *peer)
{
    struct live_loop *live = live_of(listener->listener.loop);
    struct live_conn *conn = live_conn_new(live, fd);
    if (!conn) {
        close(fd);
        take_rest(listener);
        return;
    }
    listener->listener.accepted(listener->listener.owner, &conn->conn, peer);
    if (!conn->closed && !conn->conn.handler)
        conn_live_close(&conn->conn, CONN_CLOSE_RESET); /* nobody wanted it */
    live_flush_dirty(live);
    live_conn_watch(conn);
}

/* Takes one connection from the backlog; false where there is none, or none can be taken. */
static bool accept_one(struct live_listener *listener)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    int fd =
        accept4(listener->fd, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        struct endpoint peer = endpoint_of(&address);
        if (is_filler(listener, &peer))
            close(fd);
        else
            hand_over(listener, fd, &peer);
        return true;
    }
    switch (errno) {
    case EAGAIN:
        return false;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        take_rest(listener);
        return false;
    }
    return true; /* that one connection's own trouble: accept(2) */
}

static void accept_ready(struct ev_loop *ev, ev_io *io, int events)
{
    (void)ev, (void)events;
    struct live_listener *listener = OWNER_OF(io, struct live_listener, io);
    struct loop *loop = listener->listener.loop;
    for (int i = 0; i < ACCEPTED_AT_ONCE && accepts(listener) && !loop->stopped; i++)
        if (!accept_one(listener))
            break;
}

/* --- listeners --- */

static int bound_socket(const struct endpoint *endpoint, bool reuse_port, struct problem *problem)
{
    struct sockaddr_storage address;
    socklen_t length;
    char text[ENDPOINT_TEXT_SIZE];
    int one = 1;
    int fd = live_socket(endpoint, &address, &length, problem);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* connections inherit it */
    if ((reuse_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) != 0) ||
        bind(fd, (struct sockaddr *)&address, length) != 0) {
        problem_set(problem, "%s: cannot bind: %s", endpoint_format(endpoint, text),
                    strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

/* Linux keeps a port for a socket that stops listening only where the port was asked for by number;
 * so a free one is found first and bound by its number then, while it is still held. */
static int listening_socket(const struct listener_options *options, struct endpoint *endpoint,
                            int backlog, struct problem *problem)
{
    char text[ENDPOINT_TEXT_SIZE];
    int fd = bound_socket(endpoint, options->reuse_port, problem);
    if (fd >= 0 && endpoint->port == 0) {
        int finder = fd;
        *endpoint = local_endpoint(finder);
        fd = bound_socket(endpoint, options->reuse_port, problem);
        close(finder);
    }
    if (fd >= 0 && listen(fd, backlog) != 0) {
        problem_set(problem, "%s: cannot listen: %s", endpoint_format(endpoint, text),
                    strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

struct listener *listener_live_open(struct loop *loop, const struct listener_options *options,
                                    struct problem *problem)
{
    struct live_loop *live = live_of(loop);
    struct endpoint endpoint = options->endpoint;
    struct live_listener *listener = calloc(1, sizeof *listener);
    if (!listener) {
        problem_set(problem, "no memory for a listener");
        return NULL;
    }
    listener->backlog = options->backlog > 0 ? options->backlog : SOMAXCONN;
    listener->fd = listening_socket(options, &endpoint, listener->backlog, problem);
    if (listener->fd < 0) {
        free(listener);
        return NULL;
    }
    listener->listener = (struct listener){loop, options->accepted, options->owner, endpoint};
    listener->face = LISTENER_ANSWERS;
    for (int i = 0; i < LIVE_FILLERS; i++)
        listener->fillers[i].fd = -1;
    timer_init(&listener->rest, rested);
    ev_io_init(&listener->io, accept_ready, listener->fd, EV_READ);
    live->open++;
    watch(listener);
    return &listener->listener;
}

void listener_live_pause(struct listener *listener)
{
    own_of(listener)->paused = true;
    watch(own_of(listener));
}

void listener_live_resume(struct listener *listener)
{
    own_of(listener)->paused = false;
    watch(own_of(listener));
}

static bool listen_again(struct live_listener *listener, int backlog, struct problem *problem)
{
    char text[ENDPOINT_TEXT_SIZE];
    if (listen(listener->fd, backlog) == 0)
        return true;
    problem_set(problem, "%s: cannot listen: %s",
                endpoint_format(&listener->listener.endpoint, text), strerror(errno));
    return false;
}

/* A socket that stops listening by shutdown keeps its port, answers with RST, and can listen again
 * (Linux; tests/unit/conn_test.c holds it to that). */
static bool change_face(struct live_listener *listener, enum listener_face face,
                        struct problem *problem)
{
    char text[ENDPOINT_TEXT_SIZE];
    switch (face) {
    case LISTENER_ANSWERS:
        if (!listen_again(listener, listener->backlog, problem))
            return false;
        fillers_give_up(listener);
        return true;
    case LISTENER_REFUSES:
        fillers_drop(listener);
        if (shutdown(listener->fd, SHUT_RD) == 0)
            return true;
        problem_set(problem, "%s: cannot stop listening: %s",
                    endpoint_format(&listener->listener.endpoint, text), strerror(errno));
        return false;
    case LISTENER_SILENT:
        if (!listen_again(listener, 0, problem))
            return false;
        if (fillers_connect(listener, problem))
            return true;
        change_face(listener, listener->face, NULL);
        return false;
    }
    return false;
}

void listener_live_narrow(struct listener *listener)
{
    struct live_listener *own = own_of(listener);
    int segment = NARROW_SEGMENT, room = NARROW_ROOM;
    /* Connections inherit both. */
    setsockopt(own->fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
    setsockopt(own->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
}

bool listener_live_set_face(struct listener *listener, enum listener_face face,
                            struct problem *problem)
{
    struct live_listener *own = own_of(listener);
    if (face == own->face)
        return true;
    if (!change_face(own, face, problem))
        return false;
    own->face = face;
    watch(own);
    return true;
}

void listener_live_close(struct listener *listener)
{
    struct live_listener *own = own_of(listener);
    struct live_loop *live = live_of(listener->loop);
    assert(!own->closed);
    own->closed = true;
    ev_io_stop(live->ev, &own->io);
    loop_timer_cancel(listener->loop, &own->rest);
    close(own->fd);
    fillers_drop(own);
    live->open--;
    own->next = live->dead_listeners;
    live->dead_listeners = own;
}
