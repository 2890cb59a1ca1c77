/* What the two kinds of loop have in common. For wire/loop*.c and wire/conn*.c alone.
 *
 * Each kind embeds these structs as the first member of its own. What the world calls is in loop.c
 * and conn.c; they keep what is common and pass the rest on to the kind. */
#ifndef WIRE_LOOP_PRIVATE_H
#define WIRE_LOOP_PRIVATE_H

#include "wire/conn.h"

struct loop_kind {
    void (*run)(struct loop *loop);
    void (*free)(struct loop *loop);
    bool (*watch_start)(struct loop *loop, struct loop_watch *watch, int fd,
                        struct problem *problem);
    void (*watch_stop)(struct loop *loop, struct loop_watch *watch);

    struct listener *(*listener_open)(struct loop *loop, const struct listener_options *options,
                                      struct problem *problem);
    void (*listener_pause)(struct listener *listener);
    void (*listener_resume)(struct listener *listener);
    void (*listener_narrow)(struct listener *listener); /* null: nothing to do */
    bool (*listener_set_face)(struct listener *listener, enum listener_face face,
                              struct problem *problem);
    void (*listener_close)(struct listener *listener);

    struct conn *(*connect)(struct loop *loop, const struct endpoint *to,
                            const struct conn_handler *handler, void *owner,
                            struct problem *problem);
    bool (*send)(struct conn *conn, struct octets octets);
    void (*flush)(struct conn *conn);
    size_t (*offer)(struct conn *conn, const struct iovec *slices, int count);
    size_t (*waiting)(const struct conn *conn);
    void (*pause)(struct conn *conn);
    void (*resume)(struct conn *conn);
    void (*acknowledge)(struct conn *conn); /* null: nothing to do */
    bool (*abandoned)(struct conn *conn);   /* null: never known at once */
    void (*shutdown)(struct conn *conn);
    void (*close)(struct conn *conn, enum conn_close how);
};

struct loop {
    const struct loop_kind *kind;
    bool is_virtual;
    bool running;
    bool stopped; /* loop_stop was called */
    bool lacked_memory;
    usec now;
    int64_t wall_clock;  /* at `now` */
    usec timer_earliest; /* no deadline is set before this: now, or the next turn */
    struct timer_heap timers;
};

struct listener {
    struct loop *loop;
    listener_accepted *accepted;
    void *owner;
    struct endpoint endpoint; /* what is bound */
};

struct conn {
    struct loop *loop;
    const struct conn_handler *handler; /* null before conn_adopt, and again after conn_close */
    void *owner;
};

/* Bounds of conn_close with CONN_CLOSE_FIN. */
#define CONN_OUTPUT_BOUND (10 * USEC_PER_SEC) /* for the output that waits */
#define CONN_LINGER_BOUND USEC_PER_SEC        /* for the peer's FIN */

#endif
