#include <sys/epoll.h>
#include <unistd.h>

#include "wire/loop_live_private.h"

enum { QUIET_EVENTS = 64 };

static void quiet_ended(struct live_conn *conn)
{
    int error = 0;
    socklen_t length = sizeof error;
    if (conn->fd < 0 || !conn->quiet)
        return;
    live_quiet_remove(conn);
    conn->unquiet = true;
    if (getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error != 0)
        live_conn_die(conn, live_end_of(error));
}

static void quiet_ready(struct ev_loop *ev, ev_io *io, int revents)
{
    (void)ev, (void)revents;
    struct live_loop *live = OWNER_OF(io, struct live_loop, quiet_io);
    struct epoll_event events[QUIET_EVENTS];
    if (live->loop.stopped)
        return;
    int count = epoll_wait(live->quiet, events, QUIET_EVENTS, 0);
    for (int i = 0; i < count; i++)
        quiet_ended(events[i].data.ptr);
}

static bool have_epoll(struct live_loop *live)
{
    if (live->quiet >= 0)
        return true;
    live->quiet = epoll_create1(EPOLL_CLOEXEC);
    if (live->quiet < 0)
        return false;
    ev_io_init(&live->quiet_io, quiet_ready, live->quiet, EV_READ);
    ev_io_start(live->ev, &live->quiet_io);
    return true;
}

void live_quiet_add(struct live_conn *conn)
{
    struct live_loop *live = live_conn_loop(conn);
    struct epoll_event event = {.data.ptr = conn};
    if (conn->quiet || conn->unquiet || !have_epoll(live))
        return;
    conn->quiet = epoll_ctl(live->quiet, EPOLL_CTL_ADD, conn->fd, &event) == 0;
}

void live_quiet_remove(struct live_conn *conn)
{
    if (!conn->quiet)
        return;
    conn->quiet = false;
    epoll_ctl(live_conn_loop(conn)->quiet, EPOLL_CTL_DEL, conn->fd, NULL);
}

void live_quiet_free(struct live_loop *live)
{
    if (live->quiet < 0)
        return;
    ev_io_stop(live->ev, &live->quiet_io);
    close(live->quiet);
}
