#include "wire/dot.h"

/* Octets compared side by side, with whatever vector instructions the machine has (an extension of
 * both GCC and Clang), and how many are looked at between two branches. */
enum { LANES = 16, BLOCK = 4 * LANES };
typedef uint8_t lanes __attribute__((vector_size(LANES)));

static lanes load(const uint8_t *at)
{
    lanes octets;
    memcpy(&octets, at, sizeof octets);
    return octets;
}

static bool any(lanes lanes_set)
{
    uint64_t halves[2];
    memcpy(halves, &lanes_set, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* Both look at the block and at one octet more. */

static bool block_has_lf_dot(const uint8_t *at)
{
    lanes found = {0};
    for (int i = 0; i < BLOCK; i += LANES)
        found |= (lanes)((load(at + i) == '\n') & (load(at + i + 1) == '.'));
    return any(found);
}

/* True where an octet is NUL, or is half of a CRLF whose other half is not beside it. */
static bool block_is_odd(const uint8_t *at)
{
    lanes odd = {0};
    for (int i = 0; i < BLOCK; i += LANES) {
        lanes octets = load(at + i);
        odd |= (lanes)((octets == '\0') | ((octets == '\r') ^ (load(at + i + 1) == '\n')));
    }
    return any(odd);
}

/* The first dot that follows an LF, both from `at` on; `end` where there is none. */
static const uint8_t *find_lf_dot(const uint8_t *at, const uint8_t *end)
{
    while (end - at > BLOCK && !block_has_lf_dot(at))
        at += BLOCK;
    for (; end - at > 1; at++)
        if (at[0] == '\n' && at[1] == '.')
            return at + 1;
    return end;
}

/* The first dot that follows a CRLF; `end` where there is none. `after_cr`: a CR came before. */
static const uint8_t *find_line_dot(struct octets octets, bool after_cr)
{
    const uint8_t *end = octets.at + octets.count;
    const uint8_t *dot = find_lf_dot(octets.at, end);
    while (dot != end) {
        const uint8_t *lf = dot - 1;
        if (lf > octets.at ? lf[-1] == '\r' : after_cr)
            break;
        dot = find_lf_dot(dot, end);
    }
    return dot;
}

static bool at_line_start(const struct dot_stuffer *stuffer)
{
    return !stuffer->began || (stuffer->before[0] == '\r' && stuffer->before[1] == '\n');
}

bool dot_stuff(struct dot_stuffer *stuffer, struct octets *message, struct octets *slice)
{
    if (message->count == 0)
        return false;
    if (message->at[0] == '.' && at_line_start(stuffer) && !stuffer->dot_given) {
        stuffer->dot_given = true;
        *slice = OCTETS(".");
        return true;
    }
    const uint8_t *dot = find_line_dot(*message, stuffer->before[1] == '\r');
    *slice = (struct octets){message->at, (size_t)(dot - message->at)};
    *message = octets_from(*message, slice->count);
    stuffer->before[0] = slice->count > 1 ? dot[-2] : stuffer->before[1];
    stuffer->before[1] = dot[-1];
    stuffer->began = true;
    stuffer->dot_given = false;
    return true;
}

struct octets dot_end(const struct dot_stuffer *stuffer)
{
    return at_line_start(stuffer) ? OCTETS(".\r\n") : OCTETS("\r\n.\r\n");
}

void dot_unstuffer_init(struct dot_unstuffer *unstuffer, size_t line_limit)
{
    *unstuffer = (struct dot_unstuffer){.state = DOT_LINE_START, .line_limit = line_limit};
}

static unsigned pair_flags(bool cr, bool lf)
{
    return cr == lf ? 0 : cr ? DOT_BARE_CR : DOT_BARE_LF;
}

/* A CR at the very end is left to the next slice, which is then `after_cr`. */
static unsigned text_flags(struct octets text, bool after_cr)
{
    const unsigned all = DOT_BARE_CR | DOT_BARE_LF | DOT_NUL;
    const uint8_t *at = text.at, *last = text.at + text.count - 1;
    unsigned flags = pair_flags(after_cr, *at == '\n');
    while (at < last && flags != all) {
        const uint8_t *stop = last - at > BLOCK ? at + BLOCK : last;
        if (stop == last || block_is_odd(at)) {
            for (; at < stop; at++)
                flags |= pair_flags(at[0] == '\r', at[1] == '\n') | (*at == '\0' ? DOT_NUL : 0);
        }
        at = stop;
    }
    return flags | (*last == '\0' ? DOT_NUL : 0);
}

static void check_line_limit(struct dot_unstuffer *unstuffer)
{
    if (unstuffer->line_limit > 0 && unstuffer->line_octets > unstuffer->line_limit)
        unstuffer->flags |= DOT_LONG_LINE;
}

/* Walks over the lines from `input` on, up to the first that begins with a dot, or all of it. The
 * result is never empty: its first octet is content already. */
static struct octets walk_lines(struct dot_unstuffer *unstuffer, struct octets input)
{
    const uint8_t *at = input.at, *end = input.at + input.count;
    bool after_cr = unstuffer->state == DOT_CR;
    unstuffer->state = DOT_TEXT;
    while (at < end && (unstuffer->state != DOT_LINE_START || *at != '.')) {
        const uint8_t *lf = memchr(at, '\n', (size_t)(end - at));
        const uint8_t *stop = lf ? lf + 1 : end;
        unstuffer->line_octets += (size_t)(stop - at);
        check_line_limit(unstuffer);
        at = stop;
        unstuffer->state = DOT_TEXT;
        if (!lf) {
            unstuffer->state = end[-1] == '\r' ? DOT_CR : DOT_TEXT;
        } else if (lf > input.at ? lf[-1] == '\r' : after_cr) {
            unstuffer->state = DOT_LINE_START;
            unstuffer->line_octets = 0;
            unstuffer->lines++;
        }
    }
    return (struct octets){input.at, (size_t)(at - input.at)};
}

static struct octets take_text(struct dot_unstuffer *unstuffer, struct octets *input)
{
    bool after_cr = unstuffer->state == DOT_CR;
    struct octets text = walk_lines(unstuffer, *input);
    unstuffer->flags |= text_flags(text, after_cr);
    unstuffer->octets += text.count;
    *input = octets_from(*input, text.count);
    return text;
}

/* The CR behind a dot, once it turns out to be no part of an end of data. */
static struct octets take_cr(struct dot_unstuffer *unstuffer)
{
    unstuffer->state = DOT_CR;
    unstuffer->line_octets++;
    check_line_limit(unstuffer);
    unstuffer->octets++;
    return OCTETS("\r");
}

bool dot_unstuff(struct dot_unstuffer *unstuffer, struct octets *input, struct octets *slice)
{
    while (input->count > 0) {
        uint8_t octet = input->at[0];
        enum dot_state next = DOT_TEXT; /* not text itself: where the state machine goes with it */
        switch (unstuffer->state) {
        case DOT_LINE_START:
            next = octet == '.' ? DOT_DOT : DOT_TEXT;
            break;
        case DOT_DOT:
            next = octet == '\r' ? DOT_DOT_CR : DOT_TEXT;
            break;
        case DOT_DOT_CR:
            if (octet != '\n') {
                *slice = take_cr(unstuffer);
                return true;
            }
            next = DOT_END;
            break;
        case DOT_TEXT:
        case DOT_CR:
            break;
        case DOT_END:
            return false;
        }
        if (next == DOT_TEXT) {
            *slice = take_text(unstuffer, input);
            return true;
        }
        unstuffer->state = next;
        *input = octets_from(*input, 1);
    }
    return false;
}
