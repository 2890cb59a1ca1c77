/* Where a connection can be read again behind octets that are missing. */
#include "harness/check_dialogue.h"

#include <strings.h>

bool resumes_with_command(struct octets segment)
{
    static const char *const verbs[] = {"HELO ", "EHLO ", "MAIL FROM:", "RSET", "QUIT"};
    if (segment.count < 5 || segment.at[segment.count - 1] != '\n' ||
        memchr(segment.at, '\n', segment.count - 1))
        return false;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        size_t count = strlen(verbs[i]);
        if (segment.count > count && strncasecmp((const char *)segment.at, verbs[i], count) == 0 &&
            (verbs[i][count - 1] == ' ' || verbs[i][count - 1] == ':' ||
             memchr(" \r\n", segment.at[count], 3)))
            return true;
    }
    return false;
}

bool resumes_with_reply(struct octets segment)
{
    const uint8_t *at = segment.at;
    return segment.count >= 4 && at[0] >= '2' && at[0] <= '5' && at[1] >= '0' && at[1] <= '9' &&
           at[2] >= '0' && at[2] <= '9' && memchr(" -\r\n", at[3], 4);
}
