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
    char *program; /* what the command's first word stands for */
    char *folder;  /* for what the commands leave; ours */
};

struct real_case;

struct real_case_options {
    struct real_shared *shared;
    struct run_job *job;
    size_t number; /* of the case in this run */
    /* The case is over, its job holds what came of it, and the case itself is gone. */
    void (*over)(void *owner, struct real_case *ended, struct run_job *job);
    void *owner;
};

/* Null where it could not begin: the job has the fault. */
struct real_case *real_case_start(const struct real_case_options *options);

/* Ends it as it stands, with nothing claimed; `over` is not called. */
void real_case_abort(struct real_case *playing, const char *why);

/* Does it want the kernel's socket tables from time to time? And a look at them. */
bool real_case_watches(const struct real_case *playing);
void real_case_look(struct real_case *playing, const char *tcp, const char *tcp6);

#endif
