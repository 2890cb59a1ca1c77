/* One case with a sender that is no command: a centre, somebody who makes the sender send (the
 * operator, a hook, a profile's submit), and the wire, which shows when it is over. */
#ifndef HARNESS_ATTACHED_CASE_H
#define HARNESS_ATTACHED_CASE_H

#include "harness/real_shared.h"

struct attached_case;

struct attached_case_options {
    struct real_shared *shared;
    struct run_job *job;
    size_t number, total;   /* of the case in this run, for the operator */
    struct endpoint listen; /* with its port */
    /* The case is over, its job holds what came of it, and the case itself is gone. `cut`: it had
     * to end connections that were still open. */
    void (*over)(void *owner, struct run_job *job, bool cut);
    void *owner;
};

/* Null where it could not begin: the job has the fault. */
struct attached_case *attached_case_start(const struct attached_case_options *options);

/* The operator says that it is over. */
void attached_case_end(struct attached_case *playing);

/* The sender's service has come to its end. `words` are copied. */
void attached_case_gone(struct attached_case *playing, const char *words);

/* Ends it as if it had never begun; `over` is not called. */
void attached_case_abort(struct attached_case *playing);

/* A line for the operator. */
void attached_tell(const struct real_shared *shared, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The name of a case's outcome file: its id, "/" replaced by "_", and ".json"; in `folder`. To be
 * freed; null: no memory. */
char *attached_outcome_name(const char *folder, const char *case_id);

/* What an errand for this run is given, but for a case and its messages. */
struct invocation_values attached_values(const struct real_shared *shared,
                                         const struct endpoint *listen);

#endif
