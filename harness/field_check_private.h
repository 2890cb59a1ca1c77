/* Private to harness/field_check*.c. */
#ifndef HARNESS_FIELD_CHECK_PRIVATE_H
#define HARNESS_FIELD_CHECK_PRIVATE_H

#include "harness/field_check.h"
#include "harness/field_transcript.h"
#include "wire/endpoint.h"

/* The connections of one sender to one port of the centre's. */
struct field_group {
    char sender[ENDPOINT_ADDRESS_SIZE]; /* "" where the file does not say */
    uint16_t port;
    unsigned part; /* from 1: it was too much for one case */
    size_t connections;
    size_t octets;
    struct transcript *transcript;
    struct field_transcript *telling;
    int64_t first_began; /* of the first one told; 0: not known */
    bool untimed, inexact;
    usec grain;
    struct check_sighting *sightings;
    size_t sighting_count, sighting_room;
};

/* A judged one, and what its result points into. */
struct field_case {
    struct scenario scenario; /* a copy of the plain one, with names of its own */
    char *id, *title;
    struct suite_case test;
    struct run_case result;
};

struct field_check {
    const struct field_check_options *options;
    struct scenario *plain; /* the well-behaved centre, of which nothing is expected */
    const char *file;
    struct field_group *groups; /* of the file being read */
    size_t group_count, group_room;
    struct field_case **cases;
    size_t case_count, case_room;
    size_t connections, others; /* judged; no SMTP */
    size_t kept;                /* octets of transcripts */
    bool no_memory;
    struct run_results results;
    struct suite_case *tests;
};

/* field_check_group.c */
bool field_group_take(struct field_group *group, const struct field_connection *connection);
void field_group_free(struct field_group *group);

/* field_check_case.c: judges a group and keeps the case. False: no memory. */
bool field_check_judge(struct field_check *check, struct field_group *group, bool alone);
void field_case_free(struct field_case *field_case);

#endif
