/* Looking at 64 octets at once: for what walks over whole messages.
 *
 * A block is 64 octets; what is asked of it comes back as a mask, bit n for octet n. With SSE2 that
 * is two instructions for 16 octets, elsewhere a few more of portable C.
 *
 * Where most of a walk is such questions it may be compiled a second time, as a SCAN_WIDE function
 * that has 32 octets side by side; scan_has_wide() tells whether the machine can run it. */
#ifndef WIRE_SCAN_H
#define WIRE_SCAN_H

#include <endian.h>

#include "wire/octets.h"

#ifdef __SSE2__
#include <immintrin.h>
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

#if defined __SSE2__ && defined __x86_64__

#define SCAN_WIDE __attribute__((target("avx2")))

static inline bool scan_has_wide(void)
{
    return __builtin_cpu_supports("avx2");
}

#else

#define SCAN_WIDE

static inline bool scan_has_wide(void)
{
    return false;
}

#endif

enum { SCAN_WIDE_LANES = 2 * SCAN_LANES };
typedef uint8_t scan_wide_lanes __attribute__((vector_size(SCAN_WIDE_LANES)));

/* No function takes or returns lanes this wide: without AVX2 there is no agreed way to pass them.
 */
SCAN_WIDE static inline uint64_t scan_wide_bits(const scan_wide_lanes *lanes)
{
#if defined __SSE2__ && defined __x86_64__
    __m256i whole;
    memcpy(&whole, lanes, sizeof whole);
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(whole);
#else
    scan_lanes halves[2];
    memcpy(halves, lanes, sizeof halves);
    return scan_bits(halves[0]) | scan_bits(halves[1]) << SCAN_LANES;
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

/* To the first block where these two octets stand, or to where less than one and an octet more is
 * left. */
static inline const uint8_t *scan_pair_blocks(const uint8_t *at, const uint8_t *end, uint8_t first,
                                              uint8_t second)
{
    for (; end - at > SCAN_BLOCK; at += SCAN_BLOCK)
        if (scan_bits(scan_pair_lanes(at, first, second) |
                      scan_pair_lanes(at + SCAN_LANES, first, second) |
                      scan_pair_lanes(at + 2 * SCAN_LANES, first, second) |
                      scan_pair_lanes(at + 3 * SCAN_LANES, first, second)))
            break;
    return at;
}

SCAN_WIDE static inline uint64_t scan_wide_pair_lanes(const uint8_t *at, uint8_t first,
                                                      uint8_t second)
{
    scan_wide_lanes lanes, next;
    memcpy(&lanes, at, sizeof lanes);
    memcpy(&next, at + 1, sizeof next);
    lanes = (scan_wide_lanes)((lanes == first) & (next == second));
    return scan_wide_bits(&lanes);
}

SCAN_WIDE static inline const uint8_t *scan_pair_blocks_wide(const uint8_t *at, const uint8_t *end,
                                                             uint8_t first, uint8_t second)
{
    for (; end - at > SCAN_BLOCK; at += SCAN_BLOCK)
        if (scan_wide_pair_lanes(at, first, second) |
            scan_wide_pair_lanes(at + SCAN_WIDE_LANES, first, second))
            break;
    return at;
}

/* The first place from `at` on where these two octets stand; `end` where there is none. */
static inline const uint8_t *scan_pair(const uint8_t *at, const uint8_t *end, uint8_t first,
                                       uint8_t second)
{
    at = scan_has_wide() ? scan_pair_blocks_wide(at, end, first, second)
                         : scan_pair_blocks(at, end, first, second);
    for (; end - at > 1; at++)
        if (at[0] == first && at[1] == second)
            return at;
    return end;
}

#endif
