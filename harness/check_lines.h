/* A message, on the wire or in its file, line by line; and which file a message on the wire is. */
#ifndef HARNESS_CHECK_LINES_H
#define HARNESS_CHECK_LINES_H

#include <string.h>

#include "harness/check_judge.h"

/* A line without its ending. */
struct text_line {
    struct octets text;
    size_t begin;     /* offset of its first octet */
    bool ended, crlf; /* by LF; by CRLF */
};

struct text {
    struct octets octets;
    size_t at;
};

/* False behind the last line. */
static inline bool next_line(struct text *text, struct text_line *line)
{
    if (text->at >= text->octets.count)
        return false;
    const uint8_t *from = text->octets.at + text->at;
    size_t left = text->octets.count - text->at;
    const uint8_t *feed = memchr(from, '\n', left);
    size_t count = feed ? (size_t)(feed - from) : left;
    bool crlf = feed && count > 0 && from[count - 1] == '\r';
    *line = (struct text_line){{from, count - crlf}, text->at, feed != NULL, crlf};
    text->at += count + (feed != NULL);
    return true;
}

static inline bool is_blank(uint8_t octet)
{
    return octet == ' ' || octet == '\t';
}

static inline bool begins_with_dot(struct octets line)
{
    return line.count > 0 && line.at[0] == '.';
}

/* `sent` is one dot and `line`. */
static inline bool is_dotted(struct octets sent, struct octets line)
{
    return begins_with_dot(sent) && octets_equal(octets_from(sent, 1), line);
}

/* The line as it must stand on the wire. */
static inline bool sent_rightly(struct octets sent, struct octets line)
{
    return begins_with_dot(line) ? is_dotted(sent, line) : octets_equal(sent, line);
}

/* Octets of header lines that the sender declared to add, and added before the message. */
size_t lines_added(const struct judge *judge, struct octets sent, struct octets file);

/* Nothing of a message, in a body that did not come to its end. */
bool lines_are_none(const struct judge *judge, struct octets sent);

/* Which message file this is, from 1, or is most like; 0: none of them. *exact: it stands on the
 * wire exactly as it must. */
uint32_t lines_recognise(const struct judge *judge, const struct step *body, struct octets sent,
                         bool *exact);

#endif
