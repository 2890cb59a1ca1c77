/* The mock server's command line. */
#ifndef MOCKSERVER_SERVER_OPTIONS_H
#define MOCKSERVER_SERVER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "wire/endpoint.h"
#include "wire/problem.h"
#include "wire/time.h"

struct server_options {
    struct endpoint listen;
    bool has_dns;
    struct endpoint dns;  /* where the name server listens */
    const char *backup;   /* numeric address of the backup site; null: 127.0.0.2 for a centre on
                             127.0.0.0/8, none otherwise */
    const char *scenario; /* file; null: the well-behaved centre */
    const char
        *scenario_text;     /* the scenario itself, in place of a file; of embedded centres alone */
    const char *variant;    /* of a family file; null: the only one */
    const char *centre;     /* centre profile, by file or name; null: none */
    const char *domain;     /* null: the scenario's */
    const char *spool;      /* null: messages are counted and dropped */
    const char *journal;    /* "-": standard output; null: none */
    const char *ready_file; /* null: none */
    double pace;
    usec timeout; /* what percentages in scenarios refer to */
    uint64_t seed;
    uint32_t connection_limit; /* 0: as many as the system allows */
    uint32_t workers;          /* processes */
    const char *user;          /* who to become once the ports are bound; null: nobody else */
    const char *record;        /* "HOST:PORT" of a real centre to stand before; null: be one */
    struct endpoint record_to; /* … where that is */
    const char *scenario_out;  /* what was recorded, as a scenario; null: none */
    bool unmasked, quiet, keeps_addresses;
    bool probe; /* ask a centre that listens there, be none */
};

enum server_options_status {
    SERVER_OPTIONS_RUN,
    SERVER_OPTIONS_HELP,    /* --help */
    SERVER_OPTIONS_VERSION, /* --version */
    SERVER_OPTIONS_WRONG,   /* the problem says what, and what was expected */
};

/* Strings point into argv. The last of several equal options holds. */
enum server_options_status server_options_read(int argc, char **argv,
                                               struct server_options *options,
                                               struct problem *problem);

void server_options_help(FILE *stream);

/* A name as it can stand in a reply and behind an @. */
bool server_domain_valid(const char *text);

#endif
