/* What all cases over real TCP share: the loop, the reaper of the commands, a folder, the looks at
 * the socket tables, and who is told of signals and of being late. */
#ifndef HARNESS_REAL_SHARED_H
#define HARNESS_REAL_SHARED_H

#include "harness/sut.h"
#include "harness/watch.h"

struct real_shared {
    struct run *run;
    struct loop *loop;
    struct sut_host *host;
    char *program; /* what the command's first word stands for; null: there is no command */
    char *folder;  /* for what the commands leave; ours */
    /* The profile's, and what accelerates. */
    const struct invocation_pair *environment;
    size_t environment_count;
    struct looks looks;
    size_t errands; /* begun so far (harness/errand.h) */
    int signals;    /* SIGINT and SIGTERM, which must be blocked */
    struct loop_watch signal_watch;
    struct timer pulse;
    usec pulse_due;
    /* Now and then; the harness itself was so late. */
    void (*pulsed)(void *owner, usec late);
    void *owner;
};

/* False: it can't begin; to be closed nevertheless. A signal stops the loop, and the results are
 * marked as interrupted. */
bool real_shared_open(struct real_shared *shared, struct run *run,
                      void (*pulsed)(void *owner, usec late), void *owner, struct problem *problem);
/* Every case must be over. */
void real_shared_close(struct real_shared *shared);

/* What a command wrote becomes the job's. */
void real_keep_output(struct run_job *job, const struct sut_output *output);

#endif
