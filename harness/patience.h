/* Patience: how long the harness waits for a sender that does not end. Pure.
 *
 * A sound sender bounds its waits by the limit that it declares. The harness grants it that, with
 * the tolerance, and a second more; then it ends the sender, and says what it waited for. */
#ifndef HARNESS_PATIENCE_H
#define HARNESS_PATIENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/time.h"

struct patience {
    usec limit;       /* that the sender declares for each wait */
    double tolerance; /* scaled: 0.25 grants a quarter more */
    double scale;     /* of slow machines; also of the slack */
    usec idle_limit;  /* after which this centre cuts, as it passes */
};

/* How many waits of the sender look like one while the centre does not read: to write, for the
 * final reply, and behind QUIT. */
enum { PATIENCE_UNREAD_WAITS = 3 };

/* What a case looks like from outside. */
struct patience_view {
    usec began;            /* of the case */
    usec quiet_since;      /* the last event on the wire, or the command's start */
    unsigned open;         /* sessions of the centre */
    usec busy_since;       /* the same, NOOP and its reply left aside */
    unsigned connections;  /* so far */
    unsigned transactions; /* begun so far */
    size_t messages;       /* that the case has */
    bool centre_acts;      /* the centre waits for a timer of its own, and will do something */
    bool owes;             /* the centre owes something that it will never give */
    bool unread;           /* it does not read what the sender wrote */
    usec connecting_since; /* a connect goes unanswered; USEC_NEVER: none does */
    usec asking_since;     /* it asks the name server, and has not connected; USEC_NEVER: no */
    usec late; /* by how much the harness itself was late at most: what it saw may be as late */
};

struct patience_end {
    usec at; /* when the sender is to be ended, if nothing happens before */
    const char *why;
};

/* A sender that is no command never ends: its case does. */
struct patience_attached {
    struct patience limits;
    usec settle; /* so long nothing happens, and no connection is open: it is done */
    usec wait;   /* so long for what should come, and does not */
};

struct patience_attached_view {
    struct patience_view wire;
    unsigned connections; /* so far */
    bool submitting;      /* a program that makes it send is running */
    bool told;            /* the sender has said what became of everything: it has ended its work */
    bool complete;        /* all has come that a sound sender would bring */
};

enum patience_attached_why {
    PATIENCE_SETTLED, /* everything came, and then it was quiet */
    PATIENCE_PARTIAL, /* something came, not everything */
    PATIENCE_NOBODY,
    PATIENCE_STUCK, /* a connection, or the program, would have to be ended */
};

struct patience_attached_end {
    usec at;
    enum patience_attached_why why;
    const char *words;
};

struct patience_attached_end patience_attached_end(const struct patience_attached *patience,
                                                   const struct patience_attached_view *view);

/* 500 ms on top of each limit, scaled: start-up and scheduling. */
usec patience_slack(double scale);
struct patience_end patience_end(const struct patience *patience, const struct patience_view *view);

#endif
