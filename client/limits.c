#include "client/limits.h"

#include <string.h>

#define MINUTES(count) ((count)*60 * USEC_PER_SEC)

static const char *const names[LIMIT_STAGES] = {
    [LIMIT_LOOKUP] = "lookup", [LIMIT_CONNECT] = "connect", [LIMIT_GREETING] = "greeting",
    [LIMIT_HELO] = "helo",     [LIMIT_MAIL] = "mail",       [LIMIT_RCPT] = "rcpt",
    [LIMIT_DATA] = "data",     [LIMIT_BODY] = "body",       [LIMIT_END_OF_DATA] = "end-of-data",
    [LIMIT_RSET] = "rset",     [LIMIT_QUIT] = "quit",
};

const char *limit_stage_name(enum limit_stage stage)
{
    return names[stage];
}

bool limit_stage_of(const char *name, enum limit_stage *stage)
{
    for (int i = 0; i < LIMIT_STAGES; i++) {
        if (strcmp(names[i], name) == 0) {
            *stage = (enum limit_stage)i;
            return true;
        }
    }
    return false;
}

struct limits limits_default(void)
{
    return (struct limits){{
        [LIMIT_LOOKUP] = 30 * USEC_PER_SEC,
        [LIMIT_CONNECT] = 30 * USEC_PER_SEC,
        [LIMIT_GREETING] = MINUTES(5),
        [LIMIT_HELO] = MINUTES(5),
        [LIMIT_MAIL] = MINUTES(5),
        [LIMIT_RCPT] = MINUTES(5),
        [LIMIT_DATA] = MINUTES(2),
        [LIMIT_BODY] = MINUTES(3),
        [LIMIT_END_OF_DATA] = MINUTES(10),
        [LIMIT_RSET] = MINUTES(5),
        [LIMIT_QUIT] = MINUTES(5),
    }};
}

void limits_shorten(struct limits *limits, usec most)
{
    for (int i = 0; i < LIMIT_STAGES; i++)
        if (limits->at[i] > most)
            limits->at[i] = most;
}
