/* A borrowed run of octets: what parsers take and give.
 *
 * It owns nothing. Whoever hands one out says how long it stays valid. The octets are no string:
 * there may be NULs in them, and there is none behind them. */
#ifndef WIRE_OCTETS_H
#define WIRE_OCTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct octets {
    const uint8_t *at;
    size_t count;
};

/* A string literal's octets, without its terminating NUL. */
#define OCTETS(literal) ((struct octets){(const uint8_t *)(literal), sizeof(literal) - 1})
/* The same as an initializer, for tables with static storage. */
#define OCTETS_INIT(literal)                                                                       \
    {                                                                                              \
        (const uint8_t *)(literal), sizeof(literal) - 1                                            \
    }

static inline struct octets octets_of(const char *string)
{
    return (struct octets){(const uint8_t *)string, strlen(string)};
}

/* What is left of `octets` behind its first `skip` ones; `skip` is at most octets.count. */
static inline struct octets octets_from(struct octets octets, size_t skip)
{
    /* Adding even 0 to a null pointer is undefined. */
    return (struct octets){skip > 0 ? octets.at + skip : octets.at, octets.count - skip};
}

static inline bool octets_equal(struct octets a, struct octets b)
{
    return a.count == b.count && (a.count == 0 || memcmp(a.at, b.at, a.count) == 0);
}

#endif
