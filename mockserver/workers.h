/* Several processes that are one centre on one port (--workers).
 *
 * The first process listens nowhere: it starts the workers, passes signals on, and ends with them.
 * Each worker has a loop, a centre and a listener of its own, on a port that the system shares out
 * among them (SO_REUSEPORT). What a centre counts over its life stands in memory that all share:
 * connections, messages and how often each rule has acted are counted over all workers, and the
 * random numbers of a connection depend on the seed and its number alone, whichever worker has it.
 */
#ifndef MOCKSERVER_WORKERS_H
#define MOCKSERVER_WORKERS_H

#include "mockserver/centre.h"

struct workers;

enum { WORKERS_MOST = 256 };

/* Null where there is no memory. */
struct workers *workers_new(uint32_t count, struct problem *problem);
/* Sends what is left of them SIGKILL, and forgets them. */
void workers_free(struct workers *workers);

/* May these share this scenario? Not one that refuses connects: who listens next to it would not
 * know of the connection after which that begins. */
bool workers_can_play(const struct scenario *scenario, struct problem *problem);

/* A port that nobody has, or the very one that was asked for. */
bool workers_find_port(struct endpoint *endpoint, struct problem *problem);

/* Starts them, with the signals of workers_serve blocked. Returns true in each of them as well,
 * with *is_worker set. */
bool workers_start(struct workers *workers, bool *is_worker, struct problem *problem);

/* In a worker: it ends with the first process, or at once where that has ended. To be called again
 * where the worker has become another user. False where that can't be. */
bool workers_follow(const struct workers *workers);
/* What its centre shares, … */
const struct centre_shared *workers_shared(struct workers *workers);
/* … that it is ready, … */
bool workers_tell_ready(struct workers *workers);
/* … and what it has kept in the end. */
void workers_add_kept(struct workers *workers, uint64_t messages);

/* In the first process. True once all of them are ready; false where one ended instead. */
bool workers_wait_until_ready(struct workers *workers);

struct workers_options {
    /* SIGHUP: may the scenario be read again? Then the workers do it, and count anew. */
    bool (*reload)(void *owner);
    void *owner;
};

/* Passes SIGTERM, SIGINT and SIGHUP on, until the last worker has ended; a worker that ends by
 * itself takes the others with it. Returns their exit status, the highest. */
int workers_serve(struct workers *workers, const struct workers_options *options,
                  struct problem *problem);

struct workers_numbers {
    uint32_t connections;
    uint64_t kept;
};
struct workers_numbers workers_numbers(const struct workers *workers);

#endif
