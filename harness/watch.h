/* One case's centre over real TCP, and what is seen of the sender there: what passes is recorded;
 * what the wire can't show is looked for in the kernel's socket tables. Live loops only. */
#ifndef HARNESS_WATCH_H
#define HARNESS_WATCH_H

#include "harness/patience.h"
#include "harness/run_job.h"
#include "harness/sighting.h"
#include "mockserver/centre.h"

/* Shows the socket tables to the watches whose centre is blind. */
struct looks {
    struct loop *loop;
    usec every;
    struct timer timer;
    char *table;
    struct watch *first;
};

/* `limit`: of the sender; the looks are as frequent as judging it wants. False: no memory. */
bool looks_init(struct looks *looks, struct loop *loop, usec limit);
/* Every watch must be closed. Harmless on zeros. */
void looks_free(struct looks *looks);

struct watch_options {
    const struct run *run;
    struct run_job *job;
    struct looks *looks;
    struct endpoint listen; /* port 0: a free one */
    bool named;             /* with a name server, and a backup site */
    /* Something passed (null: a connect that went unanswered began or ended). May be null. */
    void (*changed)(void *owner, const struct transcript_event *event);
    void *owner;
};

/* A member of its owner's. What is not marked is for watch.c alone. */
struct watch {
    struct watch_options options;
    struct watch *next;
    struct centre *centre;         /* to be read by all; null: not open */
    struct dns *dns;               /* null: the sender is given the centre's address */
    struct dns_server *dns_server; /* to be read by all */
    struct transcript_sink sink;
    usec began,
        quiet_since;       /* for all: of the case; the last event. The owner may set the latter */
    usec busy_since;       /* the last event but for NOOP and its reply */
    unsigned transactions; /* begun so far */
    uint32_t connections;  /* for all: accepted so far */
    usec asking_since;     /* the first query behind the last connect; USEC_NEVER: none */
    bool present;          /* set by the owner: there is a sender whose sockets can be looked for */
    uint32_t *owing;       /* connections to which the centre owes what it will never give */
    size_t owing_count, owing_room;
    unsigned hidden; /* for all: from the centre, of enum sighting_blindness */
    usec connecting_since;
    struct sighting_log sightings;
};

/* Opens the centre; the job gets a transcript and records. */
bool watch_open(struct watch *watch, const struct watch_options *options, struct problem *problem);

/* The sender's sockets have come to their end, as far as they were seen. */
void watch_forget_sockets(struct watch *watch);

/* Begins to look at the tables, where the centre is blind now. True where it is. */
bool watch_look(struct watch *watch);

/* Has the sender a socket to the centre now? */
bool watch_sender_holds(struct watch *watch);

/* What patience with this sender goes by. */
struct patience_view watch_view(const struct watch *watch);
struct patience watch_limits(const struct watch *watch);

/* Hands what was seen over to the job. Nothing is recorded from now on. */
void watch_conclude(struct watch *watch);

/* Cuts what is open (RST), and closes. Harmless on zeros. */
void watch_close(struct watch *watch);

#endif
