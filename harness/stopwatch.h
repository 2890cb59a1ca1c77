/* A stop-watch: real time for those who have no loop of their own to ask. */
#ifndef HARNESS_STOPWATCH_H
#define HARNESS_STOPWATCH_H

#include "wire/problem.h"
#include "wire/time.h"

struct stopwatch;

/* Runs from now on. Null where there is no memory or no descriptor. */
struct stopwatch *stopwatch_new(struct problem *problem);
usec stopwatch_now(struct stopwatch *stopwatch);
/* The wall clock now: microseconds since 1970-01-01T00:00Z. */
int64_t stopwatch_wall_clock(struct stopwatch *stopwatch);
void stopwatch_free(struct stopwatch *stopwatch);

#endif
