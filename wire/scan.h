/* Looking at 64 octets at once: for what walks over whole messages.
 *
 * A block is 64 octets; what is asked of it comes back as a mask, bit n for octet n. With SSE2 that
 * is two instructions for 16 octets, elsewhere a few more of portable C. */
#ifndef WIRE_SCAN_H
#define WIRE_SCAN_H

#include <endian.h>

#include "wire/octets.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { SCAN_BLOCK = 64 };

/* Octets side by side, an extension of both GCC and Clang. */
enum { SCAN_LANES = 16 };
typedef uint8_t scan_lanes __attribute__((vector_size(SCAN_LANES)));

static inline scan_lanes scan_load(const uint8_t *at)
{
    scan_lanes lanes;
    memcpy(&lanes, at, sizeof lanes);
    return lanes;
}

/* One bit of each lane, all of whose bits are equal. */
static inline uint64_t scan_bits_portable(scan_lanes lanes)
{
    uint64_t halves[2], bits = 0;
    memcpy(halves, &lanes, sizeof halves);
    for (int i = 1; i >= 0; i--)
        bits = bits << 8 | (le64toh(halves[i]) & 0x8040201008040201) * 0x0101010101010101 >> 56;
    return bits;
}

static inline uint64_t scan_bits(scan_lanes lanes)
{
#ifdef __SSE2__
    __m128i whole;
    memcpy(&whole, &lanes, sizeof whole);
    return (uint64_t)(uint32_t)_mm_movemask_epi8(whole);
#else
    return scan_bits_portable(lanes);
#endif
}

static inline uint64_t scan_below_lanes(const uint8_t *at, uint8_t limit)
{
    return scan_bits((scan_lanes)(scan_load(at) < limit));
}

/* Which octets of the block are below this one. Written out, for compilers that unroll nothing. */
static inline uint64_t scan_below(const uint8_t *at, uint8_t limit)
{
    return scan_below_lanes(at, limit) | scan_below_lanes(at + SCAN_LANES, limit) << SCAN_LANES |
           scan_below_lanes(at + 2 * SCAN_LANES, limit) << 2 * SCAN_LANES |
           scan_below_lanes(at + 3 * SCAN_LANES, limit) << 3 * SCAN_LANES;
}

/* The number of the lowest bit of a mask that is not 0. */
static inline unsigned scan_first(uint64_t mask)
{
    return (unsigned)__builtin_ctzll(mask);
}

static inline scan_lanes scan_pair_lanes(const uint8_t *at, uint8_t first, uint8_t second)
{
    return (scan_lanes)((scan_load(at) == first) & (scan_load(at + 1) == second));
}

/* The first place from `at` on where these two octets stand; `end` where there is none. */
static inline const uint8_t *scan_pair(const uint8_t *at, const uint8_t *end, uint8_t first,
                                       uint8_t second)
{
    /* A block and one octet more are looked at. */
    for (; end - at > SCAN_BLOCK; at += SCAN_BLOCK)
        if (scan_bits(scan_pair_lanes(at, first, second) |
                      scan_pair_lanes(at + SCAN_LANES, first, second) |
                      scan_pair_lanes(at + 2 * SCAN_LANES, first, second) |
                      scan_pair_lanes(at + 3 * SCAN_LANES, first, second)))
            break;
    for (; end - at > 1; at++)
        if (at[0] == first && at[1] == second)
            return at;
    return end;
}

#endif
