/* Private to the scenario loader: strings that stand for something else. Each returns false, and
 * leaves its output untouched, where the string is none of its kind or does not fit. */
#ifndef MOCKSERVER_SCENARIO_LOAD_WORDS_H
#define MOCKSERVER_SCENARIO_LOAD_WORDS_H

#include "mockserver/arena.h"
#include "mockserver/scenario_load.h"

/* "3s", "90%" */
bool span_read(const char *text, struct span *span);
/* "2-5", "3-", "4" */
bool range_read(const char *text, struct range *range);
/* Octets that stand as characters up to U+00FF, in UTF-8; as base64. They go into the arena; what
 * fails for want of memory leaves *octets at null and returns true. */
bool octets_read(struct arena *arena, struct octets text, struct octets *octets);
bool base64_read(struct arena *arena, struct octets text, struct octets *octets);

#endif
