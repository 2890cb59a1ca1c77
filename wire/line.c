#include "wire/line.h"

#include <assert.h>

void line_reader_init(struct line_reader *reader, size_t limit)
{
    assert(limit > 0);
    *reader = (struct line_reader){.kept = BUF_INIT(limit), .limit = limit};
}

void line_reader_free(struct line_reader *reader)
{
    buf_free(&reader->kept);
    line_reader_init(reader, reader->limit);
}

bool line_reader_partial(const struct line_reader *reader)
{
    return reader->wire_octets > 0;
}

static bool holds_eight_bit(struct octets text)
{
    const uint64_t high_bits = 0x8080808080808080;
    uint64_t seen = 0;
    for (; text.count >= sizeof seen; text = octets_from(text, sizeof seen)) {
        uint64_t word;
        memcpy(&word, text.at, sizeof word);
        seen |= word;
    }
    for (; text.count > 0; text = octets_from(text, 1))
        seen |= text.at[0];
    return (seen & high_bits) != 0;
}

/* What the octets of a text (no CR of an ending among them) add to its line's flags. */
static unsigned text_flags(struct octets text)
{
    if (text.count == 0)
        return 0;
    unsigned flags = 0;
    if (memchr(text.at, '\r', text.count))
        flags |= LINE_BARE_CR;
    if (memchr(text.at, '\0', text.count))
        flags |= LINE_NUL;
    if (holds_eight_bit(text))
        flags |= LINE_EIGHT_BIT;
    return flags;
}

/* Keeps what the limit allows of it; flags what it does not. */
static void keep(struct line_reader *reader, struct octets text)
{
    size_t room = reader->limit - reader->kept.count;
    if (text.count > room) {
        reader->flags |= LINE_OVERLONG;
        text.count = room;
    }
    if (reader->flags & LINE_NO_MEMORY)
        return;
    if (!buf_append(&reader->kept, text)) {
        reader->flags |= LINE_NO_MEMORY;
        buf_free(&reader->kept);
    }
}

/* A CR is kept back until it is known whether an LF follows it. */
static void keep_cr(struct line_reader *reader)
{
    reader->flags |= LINE_BARE_CR;
    keep(reader, OCTETS("\r"));
    reader->after_cr = false;
}

/* Takes a segment without any LF. */
static void take_part(struct line_reader *reader, struct octets part)
{
    if (part.count == 0)
        return;
    reader->wire_octets += part.count;
    if (reader->after_cr)
        keep_cr(reader);
    if (part.at[part.count - 1] == '\r') {
        reader->after_cr = true;
        part.count--;
    }
    reader->flags |= text_flags(part);
    keep(reader, part);
}

/* Takes the rest of a line, its LF included. */
static void take_end(struct line_reader *reader, struct octets rest, struct line *line)
{
    bool whole = !line_reader_partial(reader);
    struct octets text = {rest.at, rest.count - 1};
    reader->wire_octets += rest.count;
    if (text.count > 0 && text.at[text.count - 1] == '\r') {
        text.count--;
        if (reader->after_cr)
            keep_cr(reader);
    } else if (text.count > 0 || !reader->after_cr) {
        reader->flags |= LINE_BARE_LF;
        if (reader->after_cr)
            keep_cr(reader);
    }
    reader->flags |= text_flags(text);
    if (whole) {
        if (text.count > reader->limit) {
            reader->flags |= LINE_OVERLONG;
            text.count = reader->limit;
        }
    } else {
        keep(reader, text);
        text = buf_octets(&reader->kept);
        reader->handed_out = true;
    }
    *line = (struct line){text, reader->flags, reader->wire_octets};
    reader->wire_octets = 0;
    reader->flags = 0;
    reader->after_cr = false;
}

size_t line_read(struct line_reader *reader, struct octets input, struct line *line, bool *found)
{
    if (reader->handed_out) {
        buf_free(&reader->kept);
        reader->handed_out = false;
    }
    const uint8_t *end = input.count > 0 ? memchr(input.at, '\n', input.count) : NULL;
    *found = end != NULL;
    if (!end) {
        take_part(reader, input);
        return input.count;
    }
    struct octets rest = {input.at, (size_t)(end - input.at) + 1};
    take_end(reader, rest, line);
    return rest.count;
}
