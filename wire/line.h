/* Incremental line reader: segments of a stream in, lines out.
 *
 * A line ends with CRLF (RFC 821 §4.1.1; RFC 5321 §2.3.8), in whatever segments it arrives. A bare
 * LF ends a line too, and is flagged: what to make of it is the caller's decision. A bare CR and a
 * NUL stand in the line as they came, flagged. A line whose text is over the limit is handed out
 * with its first `limit` octets and LINE_OVERLONG once its end has come; memory never exceeds the
 * limit, however long the line. Scanning is by memchr, and a line that lies whole in one segment is
 * not copied. */
#ifndef WIRE_LINE_H
#define WIRE_LINE_H

#include "wire/buf.h"

enum line_flag {
    LINE_BARE_CR = 1 << 0,   /* a CR that no LF follows */
    LINE_BARE_LF = 1 << 1,   /* ended by an LF without a CR */
    LINE_NUL = 1 << 2,       /* holds an octet 0 */
    LINE_EIGHT_BIT = 1 << 3, /* holds an octet above 127 */
    LINE_OVERLONG = 1 << 4,  /* longer than the limit; the text is cut */
    LINE_NO_MEMORY = 1 << 5, /* could not be kept between segments; the text is empty */
};

struct line {
    struct octets text; /* without its ending; valid until the next call with this reader */
    unsigned flags;     /* of enum line_flag */
    size_t wire_octets; /* length as it came, ending and cut part included */
};

struct line_reader {
    struct buf kept;    /* the beginning of a line whose end has not come; no memory while empty */
    size_t limit;       /* octets of text, ending excluded */
    size_t wire_octets; /* of the line so far */
    unsigned flags;
    bool after_cr;   /* the last octet was a CR */
    bool handed_out; /* `kept` is lent to the last line, to be forgotten at the next call */
};

/* `limit` is above 0. */
void line_reader_init(struct line_reader *reader, size_t limit);
void line_reader_free(struct line_reader *reader);

/* Takes octets up to the end of the next line and returns how many it took. Where *found comes back
 * true, *line is that line; where it is false, everything was taken and more is needed. */
size_t line_read(struct line_reader *reader, struct octets input, struct line *line, bool *found);

/* True while the beginning of a line is held. */
bool line_reader_partial(const struct line_reader *reader);

#endif
