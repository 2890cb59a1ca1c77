#include "wire/dot.h"

#include "wire/scan.h"

/* The first dot that follows an LF, both from `at` on; `end` where there is none. */
static const uint8_t *find_lf_dot(const uint8_t *at, const uint8_t *end)
{
    const uint8_t *pair = scan_pair(at, end, '\n', '.');
    return pair == end ? end : pair + 1;
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

static void check_line_limit(struct dot_unstuffer *unstuffer)
{
    if (unstuffer->line_limit > 0 && unstuffer->line_octets > unstuffer->line_limit)
        unstuffer->flags |= DOT_LONG_LINE;
}

/* A walk over a slice of content. Of 64 octets at once it is asked which are controls at all: but
 * for the line ends there are hardly any. */
struct walk {
    const uint8_t *begin, *end; /* of the slice; `end` moves to where the walk stops */
    bool after_cr;              /* a CR came before `begin` */
    const uint8_t *line;        /* where the last line begins, or `begin` */
    size_t before;              /* octets of that line that came before `begin` */
    size_t line_limit;          /* none: SIZE_MAX */
    uint64_t lines;
    unsigned flags;
};

enum { CONTROLS_END = '\r' + 1 }; /* NUL, LF and CR are below */

static void end_line(struct walk *walk, const uint8_t *next)
{
    if ((size_t)(next - walk->line) + walk->before > walk->line_limit)
        walk->flags |= DOT_LONG_LINE;
    walk->before = 0;
    walk->line = next;
    walk->lines++;
    if (next < walk->end && *next == '.')
        walk->end = next;
}

/* A CRLF is handled at its CR, but where that one came before. */
static inline void take_control(struct walk *walk, const uint8_t *at)
{
    if (*at == '\r') {
        if (at + 1 == walk->end)
            return; /* judged with the next slice */
        if (at[1] == '\n')
            end_line(walk, at + 2);
        else
            walk->flags |= DOT_BARE_CR;
    } else if (*at == '\n') {
        if (at > walk->begin ? at[-1] != '\r' : !walk->after_cr)
            walk->flags |= DOT_BARE_LF;
        else if (at == walk->begin)
            end_line(walk, at + 1);
    } else if (*at == '\0') {
        walk->flags |= DOT_NUL;
    }
}

static inline void take_controls(struct walk *walk, const uint8_t *at, uint64_t controls)
{
    for (; controls; controls &= controls - 1) {
        const uint8_t *control = at + scan_first(controls);
        if (control >= walk->end)
            break;
        take_control(walk, control);
    }
}

static void walk_over(struct walk *walk)
{
    const uint8_t *at = walk->begin;
    if (walk->after_cr && *at != '\n')
        walk->flags |= DOT_BARE_CR;
    for (; walk->end - at >= SCAN_BLOCK; at += SCAN_BLOCK)
        take_controls(walk, at, scan_below(at, CONTROLS_END));
    if (at < walk->end) {
        uint8_t rest[SCAN_BLOCK];
        memset(rest, 'x', sizeof rest);
        memcpy(rest, at, (size_t)(walk->end - at));
        take_controls(walk, at, scan_below(rest, CONTROLS_END));
    }
}

/* Walks over the lines from `input` on, up to the first that begins with a dot, or all of it. The
 * result is never empty: its first octet is content already. */
static struct octets walk_lines(struct dot_unstuffer *unstuffer, struct octets input)
{
    struct walk walk = {.begin = input.at,
                        .end = input.at + input.count,
                        .after_cr = unstuffer->state == DOT_CR,
                        .line = input.at,
                        .before = unstuffer->line_octets,
                        .line_limit = unstuffer->line_limit ? unstuffer->line_limit : SIZE_MAX};
    walk_over(&walk);
    unstuffer->line_octets = (size_t)(walk.end - walk.line) + walk.before;
    unstuffer->lines += walk.lines;
    unstuffer->flags |= walk.flags;
    check_line_limit(unstuffer);
    if (walk.lines > 0 && walk.line == walk.end)
        unstuffer->state = DOT_LINE_START;
    else
        unstuffer->state = walk.end[-1] == '\r' ? DOT_CR : DOT_TEXT;
    return (struct octets){input.at, (size_t)(walk.end - input.at)};
}

static struct octets take_text(struct dot_unstuffer *unstuffer, struct octets *input)
{
    struct octets text = walk_lines(unstuffer, *input);
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

bool dot_pass(struct dot_unstuffer *unstuffer, struct octets *input, struct octets *slice)
{
    if (input->count == 0)
        return false;
    *slice = take_text(unstuffer, input);
    return true;
}
