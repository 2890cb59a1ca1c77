/* Running a suite: many cases at once, each with a centre and a sender of its own.
 *
 * With the reference client everything happens in virtual time, one case behind the other, and two
 * runs with the same seed are the same octet for octet. With a command, one live loop holds all the
 * cases that are under way, each with a listener on a port of its own on 127.0.0.1. */
#ifndef HARNESS_RUN_H
#define HARNESS_RUN_H

#include "harness/invocation.h"
#include "harness/known.h"
#include "harness/sender_trace.h"
#include "harness/suite.h"
#include "wire/endpoint.h"
#include "wire/loop.h"

struct run_case;
struct run_results;

/* The sender under test, and what it declares. */
struct run_profile {
    const char *name;
    const char *version; /* of the sender, for reports; null: nobody said */
    bool each;           /* one message per run of the command */
    bool one_per_connection;
    bool sends_ehlo;
    bool adds_headers;       /* it puts header lines of its own (Received) before the message's */
    bool retries;            /* it reconnects by itself for what is left */
    bool several_recipients; /* it takes more than one recipient for a message */
    bool standard_input;     /* it reads the message there */
    bool resolver;           /* it asks the name server that it is told of for the centre's address;
                                also assumed of naccs-client, and where {resolver} is handed over */
    /* Exit status -> outcomes (bits); 0: not mapped. Status 0 is always "accepted". */
    unsigned exit_outcomes[256];
    const struct invocation_pair *environment; /* on top of the NACCS_* names */
    size_t environment_count;
};

/* A sender that can do everything. */
struct run_profile run_profile_default(void);

/* A sender that is no command: the harness listens, somebody makes it send, and the wire shows when
 * it is done. */
struct run_attach {
    bool on;
    struct endpoint listen; /* one case after the other there; port 0: a free one */
    /* Each null, or a null-terminated argument vector with placeholders. A service on this machine
     * is started before the first case (and again where it came to an end), given each case's
     * messages by `submit`, and stopped at the end. */
    char *const *start, *const *submit, *const *stop;
    const char *hook;     /* a program run for each case in place of `submit`; null: none */
    bool exit_is_outcome; /* the exit status of submit or hook says what became of it */
    const char *sent;     /* folder of outcome files, one per case; null: none */
    usec settle;          /* without a connection, with nothing happening: it is done */
    usec wait;            /* for what does not come */
    int keys;             /* a terminal where Enter ends the case; -1: none */
    /* A line for the operator. May be null. */
    void (*tell)(void *owner, const char *text);
};

/* The network of virtual time, where it is not the usual one. All zeros: it is. */
struct run_network {
    usec latency;         /* one way; 0: 1 ms */
    size_t segment_limit; /* as in struct loop_network (wire/loop.h) … */
    bool random_segments;
    size_t window;
    struct loop_clocks clocks;
};

struct run_options {
    const struct suite *suite;
    const size_t *selected; /* indices of cases */
    size_t selected_count;
    const struct known_failure *const *known; /* one per selected case, null where it is not known
                                                 to fail; null: none is */
    char *const *command; /* argument vector, null-terminated; null: the reference client, in
                             virtual time */
    struct run_profile profile;
    usec timeout;      /* the limit that the sender declares for each wait, in its own time */
    double accelerate; /* the command's clocks pass so many times as fast; 1, or 0: as they do */
    double tolerance;  /* 0.25 */
    double tolerance_scale;
    double pace;
    unsigned jobs;
    uint64_t seed;
    struct run_network network; /* of virtual time */
    /* In virtual time, one per selected case in place of the above; null: none. */
    const uint64_t *seeds;
    const struct run_network *networks;
    bool strict;
    struct run_attach attach; /* `on`: there is no command */
    const char *helo, *from;
    bool field; /* nothing is run: what was seen elsewhere is judged (harness/field_check.h) */
    /* Results of an earlier run, one per selected case, or null. Those that have a test are taken
     * over with all that they own, and not played again. */
    struct run_case *earlier;
    /* Told after each case that has got its verdict. May be null. */
    void (*save)(void *owner, const struct run_results *results);
    /* Told as cases begin and end, in the order in which they do. Either may be null. A case that
     * is skipped ends without having begun. */
    void (*begun)(void *owner, const struct suite_case *test);
    void (*progress)(void *owner, const struct run_case *result, size_t done, size_t total);
    void *owner;
};

/* One case's result: everything a report needs. */
struct run_case {
    const struct suite_case *test;
    enum verdict verdict;
    const struct known_failure *known; /* how it is listed; null: it is not */
    bool known_failing;                /* it fails, as it is listed */
    bool unexpected; /* it passes though it is listed, or one of what it is listed for does */
    /* The requirement that fails without being listed, or passes though it is; null: none. */
    const char *surprise;
    bool open;    /* it has no verdict yet: it was not played, or nobody came */
    char *reason; /* of skip and error; null otherwise */
    struct findings findings;
    struct transcript *transcript; /* null where the case was not played */
    usec duration;
    struct check_claim *claims; /* per message */
    char *output;               /* the command's stdout and stderr, the last 4 KiB; null: none */
    size_t output_count;
    struct sender_trace *trace; /* against what was seen in the field; null: not asked, or there is
                                   nothing to compare with */
};

struct run_results {
    struct run_case *cases; /* in the order of `selected` */
    size_t count;
    size_t passed, failed, warned, skipped, errors;
    size_t known;      /* failed as listed; not counted in `failed` */
    size_t open;       /* without a verdict: interrupted, or nobody came; counted in `skipped` */
    size_t unexpected; /* passed though listed as failing; counted in `passed` or `known` too */
    usec wall;         /* how long the run took */
    usec latest; /* by how much the harness was late at most, on a machine too busy: so much of what
                    was timed may be its own */
    int64_t wall_clock;       /* when it began, microseconds since 1970 */
    uint64_t transcript_hash; /* over all transcripts: equal for equal seeds in virtual time */
    bool interrupted;         /* by SIGINT or SIGTERM: the rest was not run */
};

enum run_mode { RUN_VIRTUAL, RUN_REAL, RUN_ATTACHED, RUN_FIELD };
enum run_mode run_mode(const struct run_options *options);
/* "virtual", "real", "attached", "field" */
const char *run_mode_name(const struct run_options *options);

/* False where the harness itself could not begin (no loop, command not found). SIGINT and SIGTERM
 * end the run early, with what there is. */
bool run_suite(const struct run_options *options, struct run_results *results,
               struct problem *problem);
/* Adds one case, which is told, to the numbers. */
void run_results_count(struct run_results *results, const struct run_case *result);
void run_results_free(struct run_results *results);

/* Why this sender can't be asked to do this case; null where it can. */
const char *run_skip_reason(const struct run_profile *profile, const struct suite_case *test);

#endif
