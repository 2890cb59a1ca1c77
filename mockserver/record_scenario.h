/* What is recorded, as scenarios: one at each call of record_scenario_write, which begins a new
 * one. The first is the file that was named, CASE.json; the others are CASE-r2.json, CASE-r3.json,
 * … */
#ifndef MOCKSERVER_RECORD_SCENARIO_H
#define MOCKSERVER_RECORD_SCENARIO_H

#include "mockserver/imitation.h"

struct record_scenario;

struct record_scenario_options {
    const char *file; /* outlives it, as the others do */
    const char *centre;
    bool unmasked, keeps_addresses;
    void (*say)(void *owner, const char *text); /* notes, and what was written */
    void *owner;
};

/* Null where there is no memory. */
struct record_scenario *record_scenario_new(const struct record_scenario_options *options,
                                            struct problem *problem);
/* What can't be kept is said once. */
void record_scenario_take(struct record_scenario *recording,
                          const struct field_connection *connection);
/* False, and said, where it can't be written, or something could not be kept before. Nothing was
 * seen since the last call: nothing is written. */
bool record_scenario_write(struct record_scenario *recording);
void record_scenario_free(struct record_scenario *recording);

#endif
