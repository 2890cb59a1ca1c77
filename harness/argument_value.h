/* The values of options, as people write them. Each reader takes the whole text, and leaves what it
 * would write to as it is where the text is none. Pure. */
#ifndef HARNESS_ARGUMENT_VALUE_H
#define HARNESS_ARGUMENT_VALUE_H

#include <stdbool.h>
#include <stdint.h>

/* Digits alone: from `least` to `most`, which is INT64_MAX at the most. */
bool argument_whole_number(const char *text, uint64_t least, uint64_t most, uint64_t *number);

/* A number above 0, up to 1000000; `suffix` may follow it, where it is not null. */
bool argument_number(const char *text, const char *suffix, double *number);

/* "I/N", with I from 1 to N. */
bool argument_shard(const char *text, unsigned *shard, unsigned *shards);

#endif
