/* The centre: a listener, its sessions, and the scenario they play. What main and the harness use.
 *
 * It lives in a loop, live or virtual, and behaves the same in both. */
#ifndef MOCKSERVER_CENTRE_H
#define MOCKSERVER_CENTRE_H

#include "mockserver/dns.h"
#include "mockserver/play.h"
#include "mockserver/receiver.h"
#include "mockserver/spool.h"
#include "mockserver/transcript.h"
#include "wire/conn.h"

struct centre;

/* What the centres of several processes that listen on one port have in common, so that they are
 * one centre to whoever counts. In such a scenario no rule refuses connects: a centre would not
 * hear of the connection before its own. */
struct centre_shared {
    _Atomic uint32_t *connections; /* opened so far, at all of them */
    /* Where a scenario that begins to be played counts. */
    struct play_counts *(*counts)(void *owner);
    void *owner;
};

struct centre_options {
    struct endpoint listen; /* port 0: a free one */
    bool reuse_port;
    const struct scenario *scenario; /* must outlive the centre, and its sessions */
    struct play_clock clock;
    uint64_t seed;
    uint32_t connection_limit;   /* at once; 0: 20000. Further ones wait in the backlog */
    struct transcript_sink sink; /* event null: none */
    struct spool *spool;         /* null: messages are counted and dropped */
    struct receiver receiver;    /* take null: nobody is given them */
    /* NACCS's name server, which says where the centre is; null: at its own place, for good. It is
     * told of connections, and must outlive the centre. */
    struct dns *dns;
    const struct centre_shared *shared; /* must outlive the centre; null: it is alone */
    const char *backup; /* numeric address of the backup site, with the same port; null: none */
    /* Told when the last session has ended, after centre_stop. May be null. */
    void (*stopped)(void *owner);
    void *owner;
};

/* A rule that refuses connects (`refuse`) can't see those that it refuses: nothing of them is
 * counted. It holds for the next connection that its selectors let through, from the moment in
 * which that is the next one, for as long as its `delay` says; then one connection is answered, and
 * unless `times` allows it more it has acted. Without a delay it holds for good. Its `probability`
 * is not drawn. */
struct centre *centre_open(struct loop *loop, const struct centre_options *options,
                           struct problem *problem);
const struct endpoint *centre_endpoint(const struct centre *centre);

/* Sessions that begin from now on play this one; counters begin anew. Sessions that are under way
 * end with the scenario they began with, which must live until then: `released` is called when the
 * last of them has ended (at once where there is none). False, and nothing changed, where there is
 * no memory, or the name server can't go by that scenario. */
bool centre_change(struct centre *centre, const struct scenario *scenario,
                   void (*released)(void *owner, const struct scenario *old), void *owner);

/* Accepts no more. Sessions between transactions are told 421 and cut; the others may end theirs,
 * until `grace` is over. `stopped` follows, never from within this call. */
void centre_stop(struct centre *centre, usec grace);

struct centre_numbers {
    uint32_t open;        /* sessions now */
    uint32_t connections; /* so far */
    uint64_t stored;      /* messages kept so far */
    bool waiting;         /* a session waits for a timer of its own (a delay, a dribble) */
};
struct centre_numbers centre_numbers(const struct centre *centre);

/* Ends every session at once (RST) and frees everything. */
void centre_close(struct centre *centre);

#endif
