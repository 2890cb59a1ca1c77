/* One case over real TCP: a centre, and the command, run once or once per message. */
#ifndef HARNESS_REAL_CASE_H
#define HARNESS_REAL_CASE_H

#include "harness/run_job.h"
#include "harness/sut.h"

/* What all cases of a run share. */
struct real_shared {
    struct run *run;
    struct loop *loop;
    struct sut_host *host;
    char *program;                             /* what the command's first word stands for */
    char *folder;                              /* for what the commands leave; ours */
    const struct invocation_pair *environment; /* the profile's, and what accelerates */
    size_t environment_count;
};

struct real_case;

struct real_case_options {
    struct real_shared *shared;
    struct run_job *job;
    size_t number; /* of the case in this run */
    /* The case is over, its job holds what came of it, and the case itself is gone. */
    void (*over)(void *owner, struct real_case *ended, struct run_job *job);
    /* From now on, for a while, it wants to be shown the kernel's socket tables. */
    void (*wants_looks)(void *owner);
    void *owner;
};

/* Null where it could not begin: the job has the fault. */
struct real_case *real_case_start(const struct real_case_options *options);

/* Ends it as it stands, with nothing claimed; `over` is not called. */
void real_case_abort(struct real_case *playing, const char *why);

/* Its command was started, and has not connected yet. */
bool real_case_starting(const struct real_case *playing);

/* Does the centre not see now what this case's sender does? Then it is to be shown the socket
 * tables of the kernel: a look is begun, and given the tables one after the other; it tells whether
 * the sender's socket was found. */
bool real_case_blind(const struct real_case *playing);
void real_case_look(struct real_case *playing);
bool real_case_found(struct real_case *playing, const char *table);
/* All tables of this look were shown. */
void real_case_looked(struct real_case *playing);

#endif
