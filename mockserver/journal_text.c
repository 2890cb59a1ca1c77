#include "mockserver/journal_text.h"

#include "wire/scan.h"

/* What stands behind the backslash; 0: nothing needs one. */
static const char escapes[256] = {
    ['"'] = '"', ['\\'] = '\\', ['\r'] = 'r', ['\n'] = 'n', ['\t'] = 't'};

static char *put_escape(char *to, uint8_t octet)
{
    to[0] = '\\';
    to[1] = escapes[octet];
    return to + 2;
}

static bool is_plain(uint8_t octet)
{
    return (octet >= ' ' && octet <= '~') || octet == '\r' || octet == '\n' || octet == '\t';
}

bool journal_text_plain(struct octets octets)
{
    for (size_t i = 0; i < octets.count; i++)
        if (!is_plain(octets.at[i]))
            return false;
    return true;
}

/* Copies a block, and tells which of its octets can't stand in a JSON string as they are, or are
 * not plain. Where only the copy is wanted, the rest is not compiled. */
typedef uint64_t block_copier(const uint8_t *from, char *to);

/* As signed numbers, those that are not printable ASCII are below the blank once they have been
 * counted one up: octets above 127 and DEL too. */
static inline uint64_t copy_lanes(const uint8_t *from, char *to)
{
    typedef int8_t signed_lanes __attribute__((vector_size(SCAN_LANES)));
    scan_lanes lanes = scan_load(from);
    memcpy(to, &lanes, sizeof lanes);
    return scan_bits((scan_lanes)((signed_lanes)(lanes + 1) > ' ') &
                     ~(scan_lanes)((lanes == '"') | (lanes == '\\')));
}

static inline uint64_t copy_block(const uint8_t *from, char *to)
{
    return ~(copy_lanes(from, to) | copy_lanes(from + SCAN_LANES, to + SCAN_LANES) << SCAN_LANES |
             copy_lanes(from + 2 * SCAN_LANES, to + 2 * SCAN_LANES) << 2 * SCAN_LANES |
             copy_lanes(from + 3 * SCAN_LANES, to + 3 * SCAN_LANES) << 3 * SCAN_LANES);
}

SCAN_WIDE static inline uint64_t copy_wide_lanes(const uint8_t *from, char *to)
{
    typedef int8_t signed_lanes __attribute__((vector_size(SCAN_WIDE_LANES)));
    scan_wide_lanes lanes;
    memcpy(&lanes, from, sizeof lanes);
    memcpy(to, &lanes, sizeof lanes);
    scan_wide_lanes as_they_are = (scan_wide_lanes)((signed_lanes)(lanes + 1) > ' ') &
                                  ~(scan_wide_lanes)((lanes == '"') | (lanes == '\\'));
    return scan_wide_bits(&as_they_are);
}

SCAN_WIDE static inline uint64_t copy_block_wide(const uint8_t *from, char *to)
{
    return ~(copy_wide_lanes(from, to) |
             copy_wide_lanes(from + SCAN_WIDE_LANES, to + SCAN_WIDE_LANES) << SCAN_WIDE_LANES);
}

/* How far it has come. */
struct escaped {
    const uint8_t *from;
    char *to;
};

#define COMPILED_INTO_EACH static inline __attribute__((always_inline))

/* As many octets as a block has are copied before each that is escaped, and behind the last: that
 * is quicker than to copy just those that count. False before one that is not plain. */
COMPILED_INTO_EACH bool escape_block(struct escaped *escaped, block_copier *copy)
{
    const uint8_t *block = escaped->from, *run = block;
    char *to = escaped->to;
    for (uint64_t mask = copy(block, to); mask; mask &= mask - 1) {
        const uint8_t *special = block + scan_first(mask);
        to += special - run;
        if (!escapes[*special]) {
            *escaped = (struct escaped){special, to};
            return false;
        }
        if (special[0] == '\r' && special[1] == '\n' && special - block < SCAN_BLOCK - 1) {
            memcpy(to, "\\r\\n", 4);
            to += 4;
            run = special + 2;
            mask &= mask - 1;
        } else {
            to = put_escape(to, *special);
            run = special + 1;
        }
        copy(run, to);
    }
    *escaped = (struct escaped){block + SCAN_BLOCK, to + (block + SCAN_BLOCK - run)};
    return true;
}

/* What is copied is a block more than what is looked at. */
COMPILED_INTO_EACH bool escape_blocks(struct escaped *escaped, const uint8_t *end,
                                      block_copier *copy)
{
    while (end - escaped->from >= 2 * SCAN_BLOCK)
        if (!escape_block(escaped, copy))
            return false;
    return true;
}

static bool escape_narrow(struct escaped *escaped, const uint8_t *end)
{
    return escape_blocks(escaped, end, copy_block);
}

SCAN_WIDE static bool escape_wide(struct escaped *escaped, const uint8_t *end)
{
    return escape_blocks(escaped, end, copy_block_wide);
}

static void escape_rest(struct escaped *escaped, const uint8_t *end)
{
    for (; escaped->from < end && is_plain(*escaped->from); escaped->from++) {
        if (escapes[*escaped->from])
            escaped->to = put_escape(escaped->to, *escaped->from);
        else
            *escaped->to++ = (char)*escaped->from;
    }
}

typedef bool blocks_escaper(struct escaped *escaped, const uint8_t *end);

static size_t escape_by(blocks_escaper *blocks, struct octets *octets, char *at, size_t room)
{
    size_t most = octets->count < room / 2 ? octets->count : room / 2; /* all may be escaped */
    const uint8_t *end = octets->at + most;
    struct escaped escaped = {octets->at, at};
    if (blocks(&escaped, end))
        escape_rest(&escaped, end);
    *octets = octets_from(*octets, (size_t)(escaped.from - octets->at));
    return (size_t)(escaped.to - at);
}

size_t journal_text_escape_narrow(struct octets *octets, char *at, size_t room)
{
    return escape_by(escape_narrow, octets, at, room);
}

size_t journal_text_escape(struct octets *octets, char *at, size_t room)
{
    return escape_by(scan_has_wide() ? escape_wide : escape_narrow, octets, at, room);
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
