/* Streams: TCP in the live loop, in-memory pairs in the virtual one.
 *
 * One owner per connection, told of events through a `conn_handler`. Inside a handler everything
 * may be called, conn_close included: the connection's memory goes when the handler has returned,
 * and no handler of it runs after conn_close. Nothing here blocks, and SIGPIPE never comes.
 *
 * Reading: each readable event is one read into a buffer that the loop owns and shares between its
 * connections; the handler is given all of it and keeps what it needs. Writing: conn_send queues,
 * and what one handler queued goes out in one write when it returns; conn_flush ends a segment
 * earlier. An idle connection holds no buffers. */
#ifndef WIRE_CONN_H
#define WIRE_CONN_H

#include <sys/uio.h>

#include "wire/endpoint.h"
#include "wire/loop.h"
#include "wire/octets.h"

struct conn;
struct listener;

/* How the other side, or the network, ended a connection or an attempt at one. */
enum conn_end {
    CONN_END_FIN,         /* the peer sends no more; we still can */
    CONN_END_RESET,       /* RST: nothing more in either direction */
    CONN_END_REFUSED,     /* nobody listens there */
    CONN_END_UNREACHABLE, /* no route, or the network gave up */
    CONN_END_FAILED,      /* no memory, a broken descriptor, output beyond the limit */
};

const char *conn_end_name(enum conn_end end);

struct conn_handler {
    /* The connection that conn_connect asked for stands. Null where the owner accepts only. */
    void (*opened)(void *owner, struct conn *conn);
    /* Octets came. They are valid during the call only. */
    void (*received)(void *owner, struct conn *conn, struct octets octets);
    /* After CONN_END_FIN nothing more is received, and writing still works; after every other end
     * the connection is dead and wants only conn_close. */
    void (*ended)(void *owner, struct conn *conn, enum conn_end end);
    /* All that was queued has been handed to the network, after conn_send or conn_offer had to
     * leave something behind, be it because the connection did not stand yet. May be null. */
    void (*drained)(void *owner, struct conn *conn);
};

/* Accepting. `accepted` becomes the owner of the connection by conn_adopt, within the call, or
 * closes it; a connection that nobody adopts is reset. */
typedef void listener_accepted(void *owner, struct conn *conn, const struct endpoint *peer);

struct listener_options {
    struct endpoint endpoint; /* port 0: a free one */
    int backlog;              /* 0: SOMAXCONN. Without bound in virtual time */
    bool reuse_port;          /* SO_REUSEPORT, for several processes on one port */
    listener_accepted *accepted;
    void *owner;
};

struct listener *listener_open(struct loop *loop, const struct listener_options *options,
                               struct problem *problem);
/* What was really bound. */
const struct endpoint *listener_endpoint(const struct listener *listener);
/* Stops taking connections from the backlog, without closing; and takes them again. */
void listener_pause(struct listener *listener);
void listener_resume(struct listener *listener);
/* From now on connects are refused (nobody listens; the port stays reserved; what stands in the
 * backlog is reset) or not answered at all (a full backlog), until LISTENER_ANSWERS. A connect that
 * was not answered is asked again by a live peer's system, after a second and more, and may then be
 * answered; in virtual time it never is. */
enum listener_face { LISTENER_ANSWERS, LISTENER_REFUSES, LISTENER_SILENT };
bool listener_set_face(struct listener *listener, enum listener_face face, struct problem *problem);
/* From now on connections that are accepted take octets as over Ethernet: segments of 1460 octets,
 * and room for 32 KiB. With the loopback's own 64 KiB segments the system takes megabytes from a
 * peer that writes into a closed window, and no message is long enough to meet it. For a scenario
 * that stops reading; it costs system calls. The virtual loop has loop_network.window instead. */
void listener_narrow(struct listener *listener);
void listener_close(struct listener *listener);

/* Makes `owner` the one who is told. */
void conn_adopt(struct conn *conn, const struct conn_handler *handler, void *owner);

/* Begins a connection; `opened` or `ended` follows, never from within this call. Null where it
 * could not even begin. No time-limit: that is the owner's (a timer and conn_close). */
struct conn *conn_connect(struct loop *loop, const struct endpoint *to,
                          const struct conn_handler *handler, void *owner, struct problem *problem);

struct loop *conn_loop(const struct conn *conn);

/* Queues octets (they are copied); before `opened` too. False where more than CONN_OUTPUT_LIMIT
 * octets would wait, or memory is out: the connection can't go on, and `ended` with CONN_END_FAILED
 * follows. False as well after conn_shutdown, and on a connection that is dead. */
enum { CONN_OUTPUT_LIMIT = 4 * 1024 * 1024 };
bool conn_send(struct conn *conn, struct octets octets);

/* Hands what is queued to the network now, as a segment of its own. */
void conn_flush(struct conn *conn);

/* Hands over as much of the slices as the network takes now, behind what is queued, without
 * copying; returns how many octets that was, all in one segment. Where it is less than all,
 * `drained` follows, unless the connection ends. */
size_t conn_offer(struct conn *conn, const struct iovec *slices, int count);

/* Octets queued that the network has not taken. */
size_t conn_waiting(const struct conn *conn);

/* Reads no more: the peer's window fills and closes. And reads again. While paused, a FIN is not
 * seen. An RST is, and what was not read is lost then. */
void conn_pause(struct conn *conn);
void conn_resume(struct conn *conn);

/* Acknowledges now what was received, which the system would put off for 40 ms in the hope of an
 * answer to send along. For where no answer follows: a peer whose system keeps small segments back
 * until the one before is acknowledged (Nagle) waits for this. It costs a system call. */
void conn_acknowledge(struct conn *conn);

/* Behind the peer's FIN: writes out what is queued, and tells whether the peer has answered it with
 * RST. It has closed both directions then, and not its own alone. Seen at once only of a peer on
 * the same machine; of any other, and in virtual time, it shows later, as its end or not at all:
 * false. */
bool conn_abandoned(struct conn *conn);

/* Sends FIN once what is queued has gone; receiving goes on. */
void conn_shutdown(struct conn *conn);

enum conn_close { CONN_CLOSE_FIN, CONN_CLOSE_RESET };

/* Ends the connection for its owner. FIN: what is queued still goes out (bounded: ten seconds),
 * then FIN; the peer's octets are read and dropped until its FIN (bounded: one second), so that no
 * RST overtakes the last reply. What could not go out in time is not taken for the whole: the peer
 * gets an RST then. A connect that was not answered yet is given up, and its octets with it. RESET:
 * everything queued is dropped and an RST goes out at once. */
void conn_close(struct conn *conn, enum conn_close how);

#endif
