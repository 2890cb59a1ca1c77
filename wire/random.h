/* Seeded random numbers: the same seed gives the same numbers on every machine.
 *
 * SplitMix64 (Steele, Lea, Flood 2014): one word of state, any seed is good. Not for secrets. The
 * floating-point draws use only operations that IEEE 754 fixes, and log/cos/sqrt where named. */
#ifndef WIRE_RANDOM_H
#define WIRE_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state;
};

/* A generator for one of many users of the same seed (a connection's number, say). */
struct random random_seeded(uint64_t seed, uint64_t user);

uint64_t random_next(struct random *random);
/* 0 … below-1, without bias; 0 for `below` 0. */
uint64_t random_below(struct random *random, uint64_t below);
/* 0 <= x < 1 */
double random_unit(struct random *random);
/* mean > 0; uses log */
double random_exponential(struct random *random, double mean);
/* uses log, sqrt and cos */
double random_normal(struct random *random, double mean, double deviation);

#endif
