#include "client/message.h"

#include "wire/scan.h"

static bool fault(const struct client_message *message, size_t line, size_t offset,
                  const char *what, struct problem *problem)
{
    problem_set(problem, "%s: line %zu: %s at offset %zu", message->name, line, what, offset);
    return false;
}

/* One line, its ending not counted; `ended` where there is one. */
static const char *line_fault(struct octets line, size_t *at)
{
    const uint8_t *found = memchr(line.at, '\r', line.count);
    if (found) {
        *at = (size_t)(found - line.at);
        return "a CR without LF";
    }
    found = memchr(line.at, '\0', line.count);
    if (found) {
        *at = (size_t)(found - line.at);
        return "a NUL octet";
    }
    if (line.count + 2 > CLIENT_MESSAGE_LINE_LIMIT) {
        *at = CLIENT_MESSAGE_LINE_LIMIT - 2;
        return "more than 998 octets before the CRLF,";
    }
    return NULL;
}

/* Where the lines end that are clean beyond doubt, and their number: nearly all of nearly every
 * message, seen many octets at a time. */
static size_t skip_clean(struct octets octets, size_t *lines)
{
    const uint8_t *at = octets.at, *end = octets.at + octets.count, *line = at;
    for (; end - at > SCAN_BLOCK; at += SCAN_BLOCK) {
        for (uint64_t mask = scan_below(at, '\r' + 1); mask; mask &= mask - 1) {
            const uint8_t *control = at + scan_first(mask);
            if (*control == '\r' && control[1] == '\n') {
                if (control + 2 - line > CLIENT_MESSAGE_LINE_LIMIT)
                    return (size_t)(line - octets.at);
                line = control + 2;
                ++*lines;
            } else if (*control == '\r' || *control == '\0' ||
                       (*control == '\n' && control + 1 != line)) {
                return (size_t)(line - octets.at);
            }
        }
    }
    return (size_t)(line - octets.at);
}

bool client_message_check(const struct client_message *message, struct problem *problem)
{
    size_t number = 1, begin = skip_clean(message->octets, &number);
    while (begin < message->octets.count) {
        struct octets line = octets_from(message->octets, begin);
        const uint8_t *lf = memchr(line.at, '\n', line.count);
        if (lf) {
            line.count = (size_t)(lf - line.at);
            if (line.count == 0 || line.at[line.count - 1] != '\r')
                return fault(message, number, begin + line.count, "an LF without CR", problem);
            line.count--;
        }
        size_t at;
        const char *what = line.count > 0 ? line_fault(line, &at) : NULL;
        if (what)
            return fault(message, number, begin + at, what, problem);
        begin += line.count + 2;
        number++;
    }
    return true;
}
