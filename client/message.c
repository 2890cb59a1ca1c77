#include "client/message.h"

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

bool client_message_check(const struct client_message *message, struct problem *problem)
{
    size_t begin = 0, number = 1;
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
