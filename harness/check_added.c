/* Header lines that a sender adds of its own: Received, Date. RFC 5322 §2.2. */
#include "harness/check_judge.h"

#include <string.h>

enum { ADDED_MOST = 64 };

/* "Name: …", or the continuation of such a line. */
static bool is_header(struct octets line, bool continues)
{
    if (continues && line.count > 1 && (line.at[0] == ' ' || line.at[0] == '\t'))
        return true;
    size_t name = 0;
    while (name < line.count && line.at[name] > ' ' && line.at[name] < 127 && line.at[name] != ':')
        name++;
    return name > 0 && name < line.count && line.at[name] == ':';
}

/* The first line, without its CRLF; `size` is its length with it. False where there is none. */
static bool first_line(struct octets text, struct octets *line, size_t *size)
{
    const uint8_t *feed = text.count > 0 ? memchr(text.at, '\n', text.count) : NULL;
    if (!feed || feed == text.at || feed[-1] != '\r')
        return false;
    *size = (size_t)(feed - text.at) + 1;
    *line = (struct octets){text.at, *size - 2};
    return true;
}

size_t added_headers(struct octets sent, struct octets file)
{
    struct octets wanted, line;
    size_t at = 0, size, unused;
    bool has_header = first_line(file, &wanted, &unused) && is_header(wanted, false);
    for (int i = 0; i <= ADDED_MOST; i++) {
        if (!first_line(octets_from(sent, at), &line, &size))
            return 0;
        if (has_header && octets_equal(line, wanted))
            return at;
        if (!has_header && i > 0 && line.count == 0)
            return at + size;
        if (!is_header(line, i > 0))
            return 0;
        at += size;
    }
    return 0;
}

bool only_added_headers(struct octets sent, struct octets file)
{
    struct octets wanted, line;
    size_t at = 0, size, unused;
    bool has_header = first_line(file, &wanted, &unused) && is_header(wanted, false);
    for (int i = 0; i <= ADDED_MOST && first_line(octets_from(sent, at), &line, &size); i++) {
        if (!is_header(line, i > 0) || (has_header && octets_equal(line, wanted)))
            return false;
        at += size;
    }
    struct octets rest = octets_from(sent, at);
    return at < sent.count ? !memchr(rest.at, '\n', rest.count) : sent.count > 0;
}
