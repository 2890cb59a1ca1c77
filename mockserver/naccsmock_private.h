/* What the files of libnaccsmock share. */
#ifndef MOCKSERVER_NACCSMOCK_PRIVATE_H
#define MOCKSERVER_NACCSMOCK_PRIVATE_H

#include <pthread.h>

#include "mockserver/centre.h"
#include "mockserver/journal.h"
#include "mockserver/naccsmock.h"
#include "mockserver/server_options.h"
#include "wire/buf.h"

enum naccsmock_state { NACCSMOCK_NEW, NACCSMOCK_RUNS, NACCSMOCK_STOPS, NACCSMOCK_STOPPED };

/* What was said, as text; for the lock's holder. */
struct dialogue {
    struct buf text;
    uint32_t body_of;     /* the connection whose body is the last line; 0: it is another line */
    size_t body_at;       /* where that line begins */
    uint64_t body_octets; /* that it tells of */
    bool full;
};

void dialogue_event(struct dialogue *dialogue, const struct transcript_event *event);

/* Messages; for the lock's holder. */
struct inbox {
    struct naccsmock_message **at;
    size_t count, room;
    uint64_t octets;
};

/* Keeps a copy; false where there is no memory, or too much has come. */
bool inbox_put(struct inbox *inbox, const struct received_message *message);
void inbox_free(struct inbox *inbox);

/* A thread that waits for something to be so. */
struct waiting {
    struct waiting *next;
    usec span;     /* how long; */
    usec deadline; /* … until when, on the loop; 0: the loop has not seen it yet */
    bool expired;
};

struct naccsmock {
    /* Settings; before the start alone. */
    struct server_options options;
    char *address, *scenario, *scenario_file, *variant, *domain, *spool_folder, *journal_file;
    bool no_memory; /* for one of them */

    /* The centre's own thread. Its parts are made before it begins and freed when it ends. */
    pthread_t thread;
    struct loop *loop;
    struct scenario *program;
    struct spool *spool;
    struct journal *journal;
    struct centre *centre;
    struct loop_watch wake;
    int wake_file; /* an eventfd */
    struct timer alarm;

    pthread_mutex_t lock; /* holds for what follows */
    pthread_cond_t changed;
    enum naccsmock_state state;
    uint16_t port;
    char error[4096];
    struct waiting *waiting;
    struct inbox inbox;
    struct dialogue dialogue;
    unsigned connections, open;
};

#endif
