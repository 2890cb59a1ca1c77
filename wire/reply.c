#include "wire/reply.h"

#include <string.h>

enum { CODE_DIGITS = 3, CODE_LOWEST = 200, CODE_HIGHEST = 599 };

void reply_reader_init(struct reply_reader *reader)
{
    *reader = (struct reply_reader){.code = 0};
    line_reader_init(&reader->lines, REPLY_LINE_LIMIT);
}

void reply_reader_free(struct reply_reader *reader)
{
    line_reader_free(&reader->lines);
    reply_reader_init(reader);
}

bool reply_reader_partial(const struct reply_reader *reader)
{
    return reader->line_count > 0 || line_reader_partial(&reader->lines);
}

int reply_code_of(struct octets text)
{
    if (text.count < CODE_DIGITS)
        return 0;
    int code = 0;
    for (int i = 0; i < CODE_DIGITS; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return 0;
        code = code * 10 + (text.at[i] - '0');
    }
    return code >= CODE_LOWEST && code <= CODE_HIGHEST ? code : 0;
}

/* Is the line in order but for its code? It is without its LF. */
static bool is_formed(struct octets line)
{
    uint8_t behind = line.count > CODE_DIGITS ? line.at[CODE_DIGITS] : 0;
    bool parted =
        behind == ' ' || behind == '-' || (behind == '\r' && line.count == CODE_DIGITS + 1);
    return parted && line.at[line.count - 1] == '\r';
}

struct reply_meant reply_meant(struct octets octets)
{
    const struct reply_meant none = {.code = 0};
    struct reply_meant meant = none;
    for (size_t at = 0; at < octets.count;) {
        const uint8_t *feed = memchr(octets.at + at, '\n', octets.count - at);
        if (!feed)
            return none;
        struct octets line = {octets.at + at, (size_t)(feed - octets.at) - at};
        int code = reply_code_of(line);
        if (code == 0)
            return none;
        meant.doubtful |= meant.code != 0 && meant.code != code;
        meant.code = code;
        meant.doubtful |= !is_formed(line);
        at += line.count + 1;
        if (line.count == CODE_DIGITS || line.at[CODE_DIGITS] != '-') {
            meant.length = at;
            return meant;
        }
    }
    return none;
}

/* Looks at one line's code and what stands behind it. */
static enum reply_fault judge_line(const struct reply_reader *reader, const struct line *line,
                                   int *code)
{
    if (line->flags & LINE_NO_MEMORY)
        return REPLY_FAULT_NO_MEMORY;
    if (line->flags & LINE_BARE_LF)
        return REPLY_FAULT_BARE_LF;
    *code = reply_code_of(line->text);
    if (*code == 0)
        return REPLY_FAULT_NO_CODE;
    uint8_t behind = line->text.count > CODE_DIGITS ? line->text.at[CODE_DIGITS] : ' ';
    if (behind != ' ' && behind != '-')
        return REPLY_FAULT_SEPARATOR;
    if (reader->line_count > 0 && *code != reader->code)
        return REPLY_FAULT_CODE_CHANGED;
    if (reader->line_count == REPLY_LINES_LIMIT)
        return REPLY_FAULT_TOO_MANY_LINES;
    return REPLY_FAULT_NONE;
}

/* What stands behind the code and its blank or hyphen. */
static struct octets text_of(struct octets line)
{
    return octets_from(line, line.count > CODE_DIGITS ? CODE_DIGITS + 1 : line.count);
}

static void complete(struct reply_reader *reader, struct octets text, struct reply *reply)
{
    size_t count = text.count < REPLY_TEXT_LIMIT ? text.count : REPLY_TEXT_LIMIT;
    for (size_t i = 0; i < count; i++)
        reply->text[i] = text.at[i] >= ' ' && text.at[i] <= '~' ? (char)text.at[i] : '?';
    reply->text[count] = '\0';
    reply->code = reader->code;
    reply->line_count = reader->line_count;
    reader->code = 0;
    reader->line_count = 0;
}

enum reply_status reply_read(struct reply_reader *reader, struct octets input, size_t *consumed,
                             struct reply *reply,
                             void (*keyword_line)(void *owner, struct octets text), void *owner)
{
    *consumed = 0;
    while (reader->fault == REPLY_FAULT_NONE) {
        struct line line;
        bool found;
        *consumed += line_read(&reader->lines, octets_from(input, *consumed), &line, &found);
        if (!found)
            return REPLY_MORE;
        int code = 0;
        reader->fault = judge_line(reader, &line, &code);
        if (reader->fault != REPLY_FAULT_NONE)
            break;
        struct octets text = text_of(line.text);
        reader->code = code;
        reader->line_count++;
        if (reader->line_count > 1 && keyword_line)
            keyword_line(owner, text);
        if (line.text.count == CODE_DIGITS || line.text.at[CODE_DIGITS] == ' ') {
            complete(reader, text, reply);
            return REPLY_COMPLETE;
        }
    }
    return REPLY_MALFORMED;
}

const char *reply_fault_text(enum reply_fault fault)
{
    switch (fault) {
    case REPLY_FAULT_NONE:
        return "no fault";
    case REPLY_FAULT_NO_CODE:
        return "a line that does not begin with a code from 200 to 599";
    case REPLY_FAULT_SEPARATOR:
        return "neither a blank nor a hyphen behind the code";
    case REPLY_FAULT_CODE_CHANGED:
        return "lines of one reply with different codes";
    case REPLY_FAULT_BARE_LF:
        return "a line ended by an LF without a CR";
    case REPLY_FAULT_TOO_MANY_LINES:
        return "too many lines in one reply";
    case REPLY_FAULT_NO_MEMORY:
        return "no memory for the reply";
    }
    return "unknown fault";
}

static bool append_line(struct buf *buf, int code, bool last, struct octets text)
{
    return buf_format(buf, "%d%c", code, last ? ' ' : '-') && buf_append(buf, text) &&
           buf_append_string(buf, "\r\n");
}

bool reply_format(struct buf *buf, int code, const struct octets *lines, size_t line_count)
{
    static const struct octets no_text = {NULL, 0};
    if (line_count == 0) {
        lines = &no_text;
        line_count = 1;
    }
    size_t count = buf->count;
    for (size_t i = 0; i < line_count; i++) {
        if (!append_line(buf, code, i + 1 == line_count, lines[i])) {
            buf->count = count;
            return false;
        }
    }
    return true;
}
