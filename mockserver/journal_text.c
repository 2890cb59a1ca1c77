#include "mockserver/journal_text.h"

#include "wire/scan.h"

/* The masks are written out, for compilers that unroll nothing. */
#define BLOCK_MASK(lanes_mask, at)                                                                 \
    (lanes_mask(at) | lanes_mask((at) + SCAN_LANES) << SCAN_LANES |                                \
     lanes_mask((at) + 2 * SCAN_LANES) << 2 * SCAN_LANES |                                         \
     lanes_mask((at) + 3 * SCAN_LANES) << 3 * SCAN_LANES)

/* Not printable ASCII: as signed numbers, octets above 127 are below the blank too. */
static inline uint64_t unprintable_lanes(const uint8_t *at)
{
    typedef int8_t signed_lanes __attribute__((vector_size(SCAN_LANES)));
    scan_lanes lanes = scan_load(at);
    return scan_bits((scan_lanes)(((signed_lanes)lanes < ' ') | (signed_lanes)(lanes == 0x7f)));
}

static bool is_plain(uint8_t octet)
{
    return (octet >= ' ' && octet <= '~') || octet == '\r' || octet == '\n' || octet == '\t';
}

bool journal_text_plain(struct octets octets)
{
    const uint8_t *at = octets.at;
    size_t left = octets.count;
    for (; left >= SCAN_BLOCK; at += SCAN_BLOCK, left -= SCAN_BLOCK)
        for (uint64_t mask = BLOCK_MASK(unprintable_lanes, at); mask; mask &= mask - 1)
            if (!is_plain(at[scan_first(mask)]))
                return false;
    for (; left > 0; at++, left--)
        if (!is_plain(*at))
            return false;
    return true;
}

/* Of octets that are plain, those that can't stand in a JSON string as they are. */
static inline uint64_t escaped_lanes(const uint8_t *at)
{
    scan_lanes lanes = scan_load(at);
    return scan_bits((scan_lanes)((lanes < ' ') | (lanes == '"') | (lanes == '\\')));
}

/* What stands behind the backslash; 0: nothing needs one. */
static const char escapes[256] = {
    ['"'] = '"', ['\\'] = '\\', ['\r'] = 'r', ['\n'] = 'n', ['\t'] = 't'};

static char *put_escape(char *to, uint8_t octet)
{
    to[0] = '\\';
    to[1] = escapes[octet];
    return to + 2;
}

size_t journal_text_escape(struct octets *octets, char *at, size_t room)
{
    size_t most = octets->count < room / 2 ? octets->count : room / 2; /* all may be escaped */
    const uint8_t *from = octets->at, *end = from + most;
    char *to = at;
    /* As many octets as a block has are copied before each that is escaped, and behind the last:
     * that is quicker than to copy just those that count. */
    while (end - from >= 2 * SCAN_BLOCK) {
        const uint8_t *run = from;
        for (uint64_t mask = BLOCK_MASK(escaped_lanes, from); mask; mask &= mask - 1) {
            const uint8_t *escaped = from + scan_first(mask);
            memcpy(to, run, SCAN_BLOCK);
            to = put_escape(to + (escaped - run), *escaped);
            run = escaped + 1;
        }
        from += SCAN_BLOCK;
        memcpy(to, run, SCAN_BLOCK);
        to += from - run;
    }
    for (; from < end; from++) {
        if (escapes[*from])
            to = put_escape(to, *from);
        else
            *to++ = (char)*from;
    }
    *octets = octets_from(*octets, most);
    return (size_t)(to - at);
}

size_t journal_text_base64(struct octets *octets, char *at, size_t room)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *from = octets->at;
    size_t whole = octets->count / 3 < room / 4 ? octets->count / 3 : room / 4;
    char *to = at;
    for (size_t i = 0; i < whole; i++, from += 3, to += 4) {
        uint32_t three = (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
        to[0] = digits[three >> 18];
        to[1] = digits[three >> 12 & 63];
        to[2] = digits[three >> 6 & 63];
        to[3] = digits[three & 63];
    }
    *octets = octets_from(*octets, 3 * whole);
    if (octets->count == 0 || octets->count > 2 || room - 4 * whole < 4)
        return (size_t)(to - at);
    uint32_t three = (uint32_t)from[0] << 16 | (octets->count > 1 ? (uint32_t)from[1] << 8 : 0);
    to[0] = digits[three >> 18];
    to[1] = digits[three >> 12 & 63];
    to[2] = octets->count > 1 ? digits[three >> 6 & 63] : '=';
    to[3] = '=';
    *octets = octets_from(*octets, octets->count);
    return (size_t)(to + 4 - at);
}
