/* Two ends of a connection in one loop, and what each of them was told: for the tests of loops and
 * connections.
 *
 * A scenario connects, says in its hooks what each side does, runs, and looks. It runs in every
 * kind of loop by ends_in_every_loop. It is over when both sides (or as many as `closes_left` says)
 * have been closed by side_close; a guard ends what hangs, and says so. */
#ifndef TESTS_UNIT_ENDS_H
#define TESTS_UNIT_ENDS_H

#include "wire/buf.h"
#include "wire/conn.h"

struct ends;

struct side {
    struct ends *ends;
    struct conn *conn; /* null: not yet, or closed */
    struct buf got;
    unsigned opened, pieces, fins, drains;
    bool dead;
    enum conn_end end; /* how it died */
    usec last;         /* when it was told something last */
    /* What it does. Null: nothing. */
    void (*on_opened)(struct side *side); /* or accepted */
    void (*on_received)(struct side *side);
    void (*on_ended)(struct side *side, enum conn_end end);
    void (*on_drained)(struct side *side);
};

enum ends_loop {
    ENDS_VIRTUAL,
    ENDS_LATE,     /* 5 ms one way */
    ENDS_SHREDDED, /* 1 to 3 octets at a time */
    ENDS_LIVE,
};

enum { ENDS_LOOPS = ENDS_LIVE + 1 };

struct ends {
    struct loop *loop;
    enum ends_loop kind;
    struct listener *listener;
    struct endpoint at; /* where it listens */
    struct side server, client;
    unsigned accepted;
    int closes_left;
    bool stuck;         /* the guard had to end it */
    bool keep_listener; /* for ends_again */
    /* Instead of adopting the connection as `server`. */
    void (*on_accepted)(struct ends *ends, struct conn *conn);
    struct timer guard, timer; /* the second one is the scenario's */
};

void ends_in_every_loop(void (*scenario)(struct ends *ends));
void ends_in(enum ends_loop kind, void (*scenario)(struct ends *ends));
/* With this network, in virtual time. */
void ends_over(const struct loop_network *network, void (*scenario)(struct ends *ends));

void ends_connect(struct ends *ends);
void ends_adopt(struct side *side, struct conn *conn);
/* Runs until the scenario is over; false where the guard ended it. */
bool ends_run(struct ends *ends);
/* Ends the run where the sides stay open. */
void ends_over_now(struct ends *ends);
/* Forgets what was told; so many closes end the next run. */
void ends_again(struct ends *ends, int closes);
/* `expired` after so long; the timer is ends->timer. */
void ends_after(struct ends *ends, usec delay, void (*expired)(struct timer *timer));

bool side_say(struct side *side, const char *text);
void side_close(struct side *side, enum conn_close how);
/* Ready-made hooks: for on_ended; for on_opened, on_received, on_drained. */
void side_close_at_end(struct side *side, enum conn_end end);
void side_close_now(struct side *side);
void side_reset_now(struct side *side);
/* All that came is this. */
bool side_got(const struct side *side, const char *text);
/* What came ends with this. */
bool side_heard(const struct side *side, const char *text);

#endif
