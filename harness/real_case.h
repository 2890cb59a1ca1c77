/* One case over real TCP: a centre, and the command, run once or once per message. */
#ifndef HARNESS_REAL_CASE_H
#define HARNESS_REAL_CASE_H

#include "harness/real_shared.h"

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

/* Its command was started, and has not connected yet. */
bool real_case_starting(const struct real_case *playing);

#endif
