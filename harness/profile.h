/* A profile: what a sender is started with, what it declares, and what it can't do, as JSON.
 *
 *     {"name": "swaks", "command": ["swaks", "--server", "{host}:{port}", "--data", "@{message}"],
 *      "each": true, "timeout": "5s", "exit": {"24": "refused"}, "retries": false}
 *
 * Keys, all optional: "name", "version" (of the sender, for reports); "command" (array of strings);
 * "each", "one_per_connection", "ehlo", "adds_headers" (it puts header lines such as Received
 * before those of the message), "retries", "recipients" (false: one per message only), "stdin",
 * "resolver" (it asks the name server of NACCS_RESOLVER for the centre), "strict" (booleans);
 * "timeout" (duration); "tolerance" (per cent); "tolerance_scale", "pace" (numbers above 0),
 * "accelerate" (a number from 1); "jobs", "seed" (integers); "helo", "from" (strings); "exit" (exit
 * status -> accepted, refused, deferred, unknown or unsent, or an array of these); "environment"
 * (name -> value).
 *
 * Of a sender that is a service (run --attach): "start", "submit", "stop" (arrays of strings);
 * "submit_exit_is_outcome" (boolean): submit, or what --on-case names, ends when the sender is
 * done, and its exit status says what became of the messages. */
#ifndef HARNESS_PROFILE_H
#define HARNESS_PROFILE_H

#include "harness/run.h"

struct profile {
    struct run_profile sender;
    char **command;                 /* null-terminated; null: none */
    char **start, **submit, **stop; /* of a service on this machine; the same */
    bool exit_is_outcome;           /* of submit, or of the program of --on-case */
    bool has_timeout, has_tolerance, has_scale, has_pace, has_accelerate, has_jobs, has_seed,
        strict;
    usec timeout;
    double tolerance; /* 0.25 */
    double scale, pace, accelerate;
    unsigned jobs;
    uint64_t seed;
    const char *helo, *from; /* null: not said */
    struct arena *arena;     /* owns all of it */
};

/* False where the file is unreadable or says what it can't; every fault was told, one line each,
 * with the file and line and column or JSON pointer. */
bool profile_load(const char *file, struct profile *profile,
                  void (*fault)(void *owner, const char *text), void *owner);
void profile_free(struct profile *profile);

#endif
