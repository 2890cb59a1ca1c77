/* Exploring: worlds by the hundred thousand (harness/world.h), the sender in each of them, and all
 * checks on what passed. What is found is made as small as it still shows, and written down as a
 * scenario that everything else understands.
 *
 * The reference client is explored in virtual time, by several processes; the same seed gives the
 * same octets, whatever their number. A command is explored in real time, a few worlds at once. */
#ifndef HARNESS_EXPLORE_H
#define HARNESS_EXPLORE_H

#include <stdio.h>

#include "harness/run.h"

struct explore_options {
    const struct run_options *run; /* the sender, and what it declares; its seed is the first */
    const struct suite *suite;     /* the requirements; its cases are not played */
    const char *program;           /* how the harness is called, for commands that repeat */
    uint64_t runs;                 /* at most */
    usec time;                     /* real time, at most; 0: no limit */
    bool one;                      /* only the world with this number */
    uint64_t number;
    const char *out;     /* folder for what is found; it must be there */
    unsigned workers;    /* processes, in virtual time */
    unsigned found_most; /* different findings that are made smaller and told */
    FILE *stream;        /* for what is told */
    const char *scratch; /* folder for the messages that a command is given; null in virtual time */
};

struct explore_results {
    uint64_t runs;
    uint64_t found; /* runs in which something was found */
    uint64_t hash;  /* over all transcripts; equal for equal seeds in virtual time */
    bool interrupted;
};

/* False where the harness itself could not do its work. What is found is told and written as it is
 * made smaller, behind the runs. */
bool explore(const struct explore_options *options, struct explore_results *results,
             struct problem *problem);

#endif
