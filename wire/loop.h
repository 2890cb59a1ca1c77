/* The loop: time, timers, and whatever can become ready.
 *
 * Two kinds, one interface. The live loop is libev; its time is the monotonic clock. The virtual
 * one is a deterministic scheduler with in-memory streams (wire/conn.h): when nothing is ready, its
 * clock jumps to the next deadline, so two silent minutes cost microseconds, and the same seed
 * gives the same events at the same times. Code that runs in a loop can't tell which it is, but for
 * loop_is_virtual().
 *
 * One loop belongs to one thread. Everything that was opened in a loop is closed by its owner
 * before loop_free. */
#ifndef WIRE_LOOP_H
#define WIRE_LOOP_H

#include "wire/problem.h"
#include "wire/timer.h"

struct loop;

/* What befalls the clocks of virtual time. All zeros: nothing. */
struct loop_clocks {
    /* Both ends and the network between them sleep once, for so long, from this time on. What falls
     * due meanwhile, octets that arrive and timers alike, happens at the instant in which they
     * wake: the earliest first, or all timers first, as with an end that looks at its clock before
     * it reads. */
    usec sleep_at, sleep;
    bool timers_first;
    /* The wall clock steps with each event, to as much as this before or behind the right time, by
     * the seed. */
    usec wall_steps;
};

/* What the virtual network does to the octets between two endpoints. A connect is with the listener
 * after one latency, and its answer is back after another. Octets that are cut stay in order. */
struct loop_network {
    uint64_t seed; /* of the random segment sizes */
    usec latency;  /* one way, for octets, FIN, RST and connects alike; windows open as late */
    size_t segment_limit; /* octets delivered at once at most; 0: as they were written */
    bool random_segments; /* each delivery 1 … segment_limit octets, by the seed */
    size_t window;        /* octets on their way to a reader or unread by it, at most; 0: 65536 */
    struct loop_clocks clocks;
};

/* Null where there is no memory or (live) no epoll descriptor. libev itself ends the process where
 * it can't have the few kilobytes of its own tables; everything else has an answer. */
struct loop *loop_live_new(struct problem *problem);
struct loop *loop_virtual_new(const struct loop_network *network, struct problem *problem);
void loop_free(struct loop *loop);

bool loop_is_virtual(const struct loop *loop);

/* The time of the events now being handled; it stands still between them. Microseconds since the
 * loop began. */
usec loop_now(const struct loop *loop);

/* The wall clock at loop_now, as microseconds since 1970-01-01T00:00Z. The virtual loop's day
 * begins at 2026-01-01T00:00Z. It may step, either way: for stamps in journals and reports alone.
 */
int64_t loop_wall_clock(const struct loop *loop);

/* Handles events until loop_stop is called, or nothing is left that could happen (no timer set, no
 * connection, listener or watch open; in the virtual loop: no timer set and nothing under way,
 * however many quiet connections and listeners are open). May be called again, never from within
 * itself. */
void loop_run(struct loop *loop);

/* Lets loop_run return once the event being handled is done. Outside of loop_run it does nothing.
 */
void loop_stop(struct loop *loop);

/* Did anything that was asked of it, or that its users had to do in it, fail for want of memory?
 * What passed is then not what they made of it. Its users tell of their own part. */
bool loop_lacked_memory(const struct loop *loop);
void loop_lack_memory(struct loop *loop);

/* Timers; see wire/timer.h. A deadline in the past runs at the next turn, USEC_NEVER cancels. False
 * where there is no memory for one more timer. In the live loop a timer is never early, and at most
 * two milliseconds late where nothing else is to be done. */
bool loop_timer_set(struct loop *loop, struct timer *timer, usec deadline);
void loop_timer_cancel(struct loop *loop, struct timer *timer);

/* Watches a descriptor for reading: pipes, signalfd, pidfd, datagram sockets. Live loops only. The
 * struct is a member of its owner's; `ready` runs whenever the descriptor can be read, or written
 * where `writing` was set before the start. One descriptor may have a watch of each kind. */
struct loop_watch {
    void (*ready)(struct loop_watch *watch);
    bool writing;
    int fd;
    void *state; /* the loop's own */
};

bool loop_watch_start(struct loop *loop, struct loop_watch *watch, int fd, struct problem *problem);
/* Harmless on a watch that was zeroed and never started, or is stopped already. */
void loop_watch_stop(struct loop *loop, struct loop_watch *watch);

#endif
