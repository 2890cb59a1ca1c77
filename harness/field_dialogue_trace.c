#include <stdlib.h>

#include "harness/field_dialogue_private.h"

/* Octets that programs write in a form of their own. */

static int hex_digit(uint8_t octet)
{
    if (octet >= '0' && octet <= '9')
        return octet - '0';
    if (octet >= 'a' && octet <= 'f')
        return octet - 'a' + 10;
    return octet >= 'A' && octet <= 'F' ? octet - 'A' + 10 : -1;
}

/* What stands behind a backslash; how many octets of the text that were, 0 where it is none. */
static size_t escape_at(struct octets text, uint8_t *octet)
{
    static const char names[] = "rnt0abfv\\'\"", values[] = "\r\n\t\0\a\b\f\v\\'\"";
    if (text.count >= 3 && text.at[0] == 'x' && hex_digit(text.at[1]) >= 0 &&
        hex_digit(text.at[2]) >= 0) {
        *octet = (uint8_t)(hex_digit(text.at[1]) * 16 + hex_digit(text.at[2]));
        return 3;
    }
    const char *name = text.count > 0 && text.at[0] ? strchr(names, text.at[0]) : NULL;
    if (!name)
        return 0;
    *octet = (uint8_t)values[name - names];
    return 1;
}

bool dialogue_literal(struct octets text, struct buf *buf)
{
    size_t at = 0;
    while (at < text.count && text.at[at] == ' ')
        at++;
    if (at < text.count && text.at[at] == 'b')
        at++;
    if (at >= text.count || (text.at[at] != '\'' && text.at[at] != '"'))
        return false;
    uint8_t quote = text.at[at++];
    while (at < text.count && text.at[at] != quote) {
        uint8_t octet = text.at[at++];
        if (octet == '\\') {
            size_t taken = escape_at(octets_from(text, at), &octet);
            at += taken;
            if (taken == 0)
                octet = '\\';
        }
        if (!buf_append_octet(buf, octet))
            return false;
    }
    return at < text.count;
}

/* "=> Send header, 17 bytes (0x11)", "<= Recv header, …", "== Info: …" */
bool dialogue_trace_heading(struct octets text, enum dialogue_side *side, size_t *announced)
{
    static const struct {
        const char *begins;
        enum dialogue_side side;
    } headings[] = {
        {"=> Send header, ", DIALOGUE_SENDER},  {"=> Send data, ", DIALOGUE_SENDER},
        {"<= Recv header, ", DIALOGUE_CENTRE},  {"<= Recv data, ", DIALOGUE_CENTRE},
        {"== Info: ", DIALOGUE_WORDS},          {"=> Send SSL data", DIALOGUE_NOTHING},
        {"<= Recv SSL data", DIALOGUE_NOTHING},
    };
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        size_t count = strlen(headings[i].begins);
        if (text.count < count || memcmp(text.at, headings[i].begins, count) != 0)
            continue;
        *side = headings[i].side;
        *announced = 0;
        for (size_t j = count; j < text.count && text.at[j] >= '0' && text.at[j] <= '9' &&
                               *announced < (size_t)1 << 30;
             j++)
            *announced = *announced * 10 + (size_t)(text.at[j] - '0');
        return true;
    }
    return false;
}

/* "0040: text": where two octets are missing before it, they were CRLF. */
bool dialogue_trace_row(struct dialogue_trace *trace, struct octets text)
{
    size_t offset = 0, at = 0;
    for (; at < text.count && at < 8 && hex_digit(text.at[at]) >= 0; at++)
        offset = offset * 16 + (size_t)hex_digit(text.at[at]);
    if (at < 4 || at + 1 >= text.count + 1 || text.at[at] != ':')
        return false;
    if (offset < trace->octets.count || offset > trace->announced)
        return false;
    while (trace->octets.count < offset) {
        size_t missing = offset - trace->octets.count;
        if (!buf_append(&trace->octets, missing == 1 ? OCTETS("\n") : OCTETS("\r\n")))
            return false;
    }
    struct octets row = octets_from(text, at + 1);
    if (row.count > 0 && row.at[0] == ' ')
        row = octets_from(row, 1);
    size_t room = trace->announced - trace->octets.count;
    if (row.count > room)
        row.count = room;
    return buf_append(&trace->octets, row);
}
