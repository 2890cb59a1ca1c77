#include "mockserver/mask.h"

#include "wire/scan.h"

enum {
    ITEMS_LENGTH = 398,
    SECRET_FIRST = 37, /* columns counted from 0 */
    SECRET_END = 45,
};

/* How a line began: enough to tell an empty one, a lone dot and BDAT from all others. */
enum line_beginning {
    BEGAN_NOT,
    BEGAN_CR,
    BEGAN_DOT,
    BEGAN_DOT_CR,
    BEGAN_OTHERWISE,
    BEGAN_WITH_B, /* and so on, to … */
    BEGAN_WITH_BDAT = BEGAN_WITH_B + 4,
};

static const char chunk_command[] = "BDAT ";

static uint8_t begin_further(uint8_t line, struct octets octets)
{
    for (size_t i = 0; i < octets.count && line != BEGAN_OTHERWISE; i++) {
        uint8_t octet = octets.at[i];
        if (line == BEGAN_NOT && octet == '.')
            line = BEGAN_DOT;
        else if (line == BEGAN_NOT && octet == '\r')
            line = BEGAN_CR;
        else if (line == BEGAN_DOT && octet == '\r')
            line = BEGAN_DOT_CR;
        else if (line == BEGAN_NOT && octet == (uint8_t)chunk_command[0])
            line = BEGAN_WITH_B;
        else if (line >= BEGAN_WITH_B && line < BEGAN_WITH_BDAT &&
                 octet == (uint8_t)chunk_command[line - BEGAN_WITH_B + 1])
            line++;
        else if (line == BEGAN_WITH_BDAT)
            break;
        else
            line = BEGAN_OTHERWISE;
    }
    return line;
}

static void line_ended(struct mask *mask, enum mask_form form)
{
    uint8_t line = mask->line;
    mask->line = BEGAN_NOT;
    if ((form != MASK_CONTENT && line == BEGAN_DOT_CR) ||
        (form == MASK_WIRE && line == BEGAN_WITH_BDAT && mask->place == MASK_REST)) {
        *mask = (struct mask){0};
    } else if (mask->place == MASK_HEADER && (line == BEGAN_NOT || line == BEGAN_CR)) {
        mask->place = MASK_ITEMS;
        mask->column = 0;
        mask->stuffed = false;
    } else if (mask->place == MASK_ITEMS) {
        mask->place = MASK_REST;
    }
}

/* A piece of the first line; `ends`: its LF stands behind the piece. Tells the secret part of it.
 */
static void items_piece(struct mask *mask, enum mask_form form, struct octets piece, bool ends,
                        size_t *at, size_t *count)
{
    size_t skip = 0;
    if (form != MASK_CONTENT && !mask->stuffed && mask->column == 0 && piece.count > 0 &&
        piece.at[0] == '.') {
        mask->stuffed = true;
        skip = 1;
    }
    size_t first = mask->column;
    size_t end = first + (piece.count - skip);
    mask->column = end > UINT32_MAX ? UINT32_MAX : (uint32_t)end;
    size_t length = end;
    if (ends && piece.count > 0 && piece.at[piece.count - 1] == '\r')
        length--;
    /* Without its end it may still have its CR before it, or be the very line. */
    if (ends ? length != ITEMS_LENGTH : end > ITEMS_LENGTH + 1) {
        mask->place = MASK_REST;
        return;
    }
    size_t from = first > SECRET_FIRST ? first : SECRET_FIRST;
    size_t to = end < SECRET_END ? end : SECRET_END;
    if (from < to) {
        *at = skip + (from - first);
        *count = to - from;
    }
    if (end >= SECRET_END)
        mask->place = MASK_REST;
}

/* The line that goes on with this octet may still be one that begins anew. */
static bool may_begin_anew(const struct mask *mask, enum mask_form form, uint8_t next)
{
    if (mask->line == BEGAN_NOT)
        return next == '.' || (form == MASK_WIRE && next == (uint8_t)chunk_command[0]);
    return mask->line == BEGAN_DOT || mask->line == BEGAN_DOT_CR || mask->line >= BEGAN_WITH_B;
}

/* Where nothing but what begins anew matters any more, lines that can't do that need no look of
 * their own: walks to behind the last octet, or before a line that may. */
static size_t skip_lines(struct mask *mask, enum mask_form form, struct octets octets)
{
    const uint8_t *end = octets.at + octets.count;
    const uint8_t *found = scan_pair(octets.at, end, '\n', '.');
    if (form == MASK_WIRE)
        found = scan_pair(octets.at, found, '\n', (uint8_t)chunk_command[0]);
    mask->line = BEGAN_OTHERWISE;
    if (found != end) {
        mask->line = BEGAN_NOT;
        return (size_t)(found + 1 - octets.at);
    }
    const uint8_t *lf = memrchr(octets.at, '\n', octets.count);
    if (lf)
        mask->line = begin_further(BEGAN_NOT, (struct octets){lf + 1, (size_t)(end - lf) - 1});
    return octets.count;
}

size_t mask_find(struct mask *mask, enum mask_form form, struct octets octets, size_t *at,
                 size_t *count)
{
    *at = 0;
    *count = 0;
    size_t looked_at = 0;
    while (looked_at < octets.count) {
        struct octets rest = octets_from(octets, looked_at);
        if (mask->place == MASK_REST && !may_begin_anew(mask, form, *rest.at)) {
            looked_at += skip_lines(mask, form, rest);
            continue;
        }
        const uint8_t *lf = memchr(rest.at, '\n', rest.count);
        struct octets piece = {rest.at, lf ? (size_t)(lf - rest.at) : rest.count};
        size_t secret_at = 0, secret_count = 0;
        if (mask->place == MASK_ITEMS)
            items_piece(mask, form, piece, lf != NULL, &secret_at, &secret_count);
        if (mask->line != BEGAN_OTHERWISE)
            mask->line = begin_further(mask->line, piece);
        if (lf)
            line_ended(mask, form);
        if (secret_count > 0) {
            *at = looked_at + secret_at;
            *count = secret_count;
        }
        looked_at += piece.count + (lf ? 1 : 0);
        if (*count > 0)
            break;
    }
    return looked_at;
}

void mask_tell(struct mask *mask, enum mask_form form, struct transcript_event event,
               struct transcript_sink sink)
{
    const struct octets octets = event.octets;
    size_t from = 0;
    for (size_t at = 0; at < octets.count;) {
        size_t secret_at, secret_count;
        size_t looked_at =
            mask_find(mask, form, octets_from(octets, at), &secret_at, &secret_count);
        if (secret_count > 0 && event.secret_count > 0) {
            event.octets = (struct octets){octets.at + from, at - from};
            sink.event(sink.owner, &event);
            event.secret_count = 0;
            from = at;
        }
        if (secret_count > 0) {
            event.secret_at = at + secret_at - from;
            event.secret_count = secret_count;
        }
        at += looked_at;
    }
    event.octets = octets_from(octets, from);
    sink.event(sink.owner, &event);
}
