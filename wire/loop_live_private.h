/* The live loop's insides: libev, sockets. For wire/loop_live.c and wire/conn_live*.c alone.
 *
 * A turn is one ev_run: the clocks are read, what is ready is handled, then the timers that are
 * due, then the news that calls from outside of a handler left behind; then the memory of what was
 * closed is given back. */
#ifndef WIRE_LOOP_LIVE_PRIVATE_H
#define WIRE_LOOP_LIVE_PRIVATE_H

#include <ev.h>
#include <sys/socket.h>

#include "wire/buf.h"
#include "wire/loop_private.h"

enum {
    LIVE_INPUT_SIZE = 256 * 1024,
    LIVE_CORK_SIZE = 64 * 1024,
    LIVE_FILLERS = 2, /* a backlog of 0 holds one; the other one waits for its SYN's answer */
};

struct live_conn {
    struct conn conn;
    ev_io io;
    struct timer bound;                /* of conn_close */
    struct buf output;                 /* left over by the network; no memory while empty */
    size_t sent;                       /* how many of its octets are gone already */
    struct live_conn *previous, *next; /* among all that are open, or in the graveyard */
    struct live_conn *next_dirty, *next_news;
    int fd;                /* -1: closed, and waiting to be freed */
    unsigned char watched; /* the events that `io` is started for; 0: none */
    unsigned char end;     /* enum conn_end: how it died or broke */
    bool dirty : 1;        /* has octets to flush when the handler has returned */
    bool in_news : 1;      /* something is to be told that came up within a call */
    bool connecting : 1;
    bool paused : 1;
    bool blocked : 1;   /* the network took less than it was given */
    bool drain_due : 1; /* `drained` is owed */
    bool shut : 1;      /* FIN is to follow what is queued */
    bool fin_sent : 1;
    bool fin_seen : 1;
    bool broken : 1; /* writing failed; the end is told once all has been read */
    bool dead : 1;
    bool closed : 1;  /* by its owner */
    bool quiet : 1;   /* watched for its RST alone */
    bool unquiet : 1; /* that watch has nothing more to tell */
};

/* One of our own connections in the backlog. */
struct live_filler {
    int fd; /* -1: none */
    struct endpoint from;
};

struct live_listener {
    struct listener listener;
    ev_io io;
    struct timer rest;          /* after a lack of descriptors or memory */
    struct live_listener *next; /* in the graveyard */
    int fd;
    int backlog;
    enum listener_face face;
    bool paused, resting, closed;
    struct live_filler fillers[LIVE_FILLERS];
};

struct live_loop {
    struct loop loop;
    struct ev_loop *ev;
    ev_check check;      /* reads the clocks before anything is handled */
    ev_timer alarm;      /* for the earliest deadline */
    usec alarm_deadline; /* USEC_NEVER: not set */
    int64_t began;       /* on the monotonic clock, microseconds */
    size_t open;         /* connections, listeners and watches */
    uint8_t *input;      /* LIVE_INPUT_SIZE octets: what is being read, by whatever connection */
    uint8_t *cork;       /* LIVE_CORK_SIZE octets: what the handler that runs has sent */
    size_t corked;
    struct live_conn *cork_owner; /* the one connection that uses `cork`; null: none */
    struct live_conn *dirty, *news, *conns, *dead_conns;
    struct live_listener *dead_listeners;
    ev_io quiet_io;
    int quiet; /* an epoll of connections that nobody reads or writes; -1: not made yet */
};

static inline struct live_loop *live_of(const struct loop *loop)
{
    return (struct live_loop *)(void *)(uintptr_t)loop;
}

static inline struct live_loop *live_conn_loop(const struct live_conn *conn)
{
    return live_of(conn->conn.loop);
}

static inline struct live_conn *live_conn_of(const struct conn *conn)
{
    return (struct live_conn *)(void *)(uintptr_t)conn;
}

/* Reads are wanted: by the owner, or to see the peer's FIN behind conn_close. */
static inline bool live_conn_reads(const struct live_conn *conn)
{
    return !conn->paused && !conn->fin_seen && !conn->connecting;
}

/* conn_live.c */

/* Takes the descriptor over; null, and the descriptor untouched, where there is no memory. */
struct live_conn *live_conn_new(struct live_loop *live, int fd);
/* Has the events watched that the connection's state asks for. */
void live_conn_watch(struct live_conn *conn);
/* Nothing more in either direction; the owner is told by live_tell_news. */
void live_conn_die(struct live_conn *conn, enum conn_end end);
/* Writing failed. What the peer sent before it went is read first. */
void live_conn_break(struct live_conn *conn, enum conn_end end);
/* Closes the descriptor; the memory goes at the end of the turn. */
void live_conn_discard(struct live_conn *conn);
/* The same, with an RST. */
void live_conn_abort(struct live_conn *conn);
/* FIN is out: waits for the peer's. */
void live_conn_linger(struct live_conn *conn);
void live_tell_news(struct live_loop *live);
void live_bury(struct live_loop *live);
/* What to call an error of the system. */
enum conn_end live_end_of(int error);

struct conn *conn_live_connect(struct loop *loop, const struct endpoint *to,
                               const struct conn_handler *handler, void *owner,
                               struct problem *problem);
void conn_live_pause(struct conn *conn);
void conn_live_resume(struct conn *conn);
void conn_live_acknowledge(struct conn *conn);
bool conn_live_abandoned(struct conn *conn);
void conn_live_close(struct conn *conn, enum conn_close how);

/* conn_live_output.c */

/* Writes what is queued, as far as the network takes it, and FIN behind it where that is due. */
void live_conn_flush(struct live_conn *conn);
void live_conn_drop_output(struct live_conn *conn);
/* The descriptor can be written again. */
void live_conn_writable(struct live_conn *conn);
void live_conn_mark_dirty(struct live_conn *conn);
/* Flushes what the handler that has just returned has sent. To be called after every handler. */
void live_flush_dirty(struct live_loop *live);
size_t live_conn_pending(const struct live_conn *conn);

bool conn_live_send(struct conn *conn, struct octets octets);
void conn_live_flush(struct conn *conn);
size_t conn_live_offer(struct conn *conn, const struct iovec *slices, int count);
size_t conn_live_waiting(const struct conn *conn);
void conn_live_shutdown(struct conn *conn);

/* conn_live_quiet.c */

/* A connection that is neither read nor written is not watched by libev; its RST is looked for by
 * an epoll of its own, where no event is asked for and errors are told all the same. */
void live_quiet_add(struct live_conn *conn);
void live_quiet_remove(struct live_conn *conn);
void live_quiet_free(struct live_loop *live);

/* conn_live_listener.c */

struct listener *listener_live_open(struct loop *loop, const struct listener_options *options,
                                    struct problem *problem);
void listener_live_pause(struct listener *listener);
void listener_live_resume(struct listener *listener);
void listener_live_narrow(struct listener *listener);
bool listener_live_set_face(struct listener *listener, enum listener_face face,
                            struct problem *problem);
void listener_live_close(struct listener *listener);
/* Makes a socket that doesn't block, and says which address the endpoint is; -1 with a problem. */
int live_socket(const struct endpoint *endpoint, struct sockaddr_storage *address,
                socklen_t *length, struct problem *problem);

#endif
