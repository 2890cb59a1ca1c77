/* Running a suite: many cases at once in one loop, each with a centre and a sender of its own. */
#ifndef HARNESS_RUN_H
#define HARNESS_RUN_H

#include "harness/suite.h"

struct run_case;

/* The sender under test, and what it declares. */
struct run_profile {
    const char *name;
    bool each;               /* one message per run of the command */
    bool one_per_connection;
    bool sends_ehlo;
    /* Exit status -> outcomes (bits); 0: not mapped. Status 0 is always "accepted". */
    unsigned exit_outcomes[256];
};

struct run_options {
    const struct suite *suite;
    const size_t *selected;  /* indices of cases */
    size_t selected_count;
    char *const *command;    /* argument vector, null-terminated; null: the reference client, in
                                virtual time */
    struct run_profile profile;
    usec timeout;            /* the limit that the sender declares for each wait */
    double tolerance;        /* 0.25 */
    double tolerance_scale;
    double pace;
    unsigned jobs;
    uint64_t seed;
    bool strict;
    const char *helo, *from;
    /* Told as cases end, in the order in which they do. */
    void (*progress)(void *owner, const struct run_case *result, size_t done, size_t total);
    void *owner;
};

/* One case's result: everything a report needs. */
struct run_case {
    const struct suite_case *test;
    enum verdict verdict;
    char *reason;                   /* of skip and error; null otherwise */
    struct findings findings;
    struct transcript *transcript;
    usec duration;
    struct check_claim *claims;     /* per message */
    char *output;                   /* the command's stdout and stderr, the last 4 KiB; null: none */
    size_t output_count;
};

struct run_results {
    struct run_case *cases;         /* in the order of `selected` */
    size_t count;
    size_t passed, failed, warned, skipped, errors;
    usec wall;                      /* how long the run took */
    uint64_t transcript_hash;       /* over all transcripts: equal for equal seeds in virtual time */
    bool interrupted;
};

/* False where the harness itself could not begin (no port, command not found). */
bool run_suite(const struct run_options *options, struct run_results *results,
               struct problem *problem);
void run_results_free(struct run_results *results);

#endif
