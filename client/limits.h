/* How long the sender waits at each stage (table 4-3-2, note 2; defaults from RFC 5321 §4.5.3.2).
 */
#ifndef CLIENT_LIMITS_H
#define CLIENT_LIMITS_H

#include <stdbool.h>

#include "wire/time.h"

enum limit_stage {
    LIMIT_LOOKUP,      /* asking the name server: 30 s */
    LIMIT_CONNECT,     /* 30 s */
    LIMIT_GREETING,    /* 5 min */
    LIMIT_HELO,        /* 5 min */
    LIMIT_MAIL,        /* 5 min */
    LIMIT_RCPT,        /* 5 min */
    LIMIT_DATA,        /* the 354: 2 min */
    LIMIT_BODY,        /* for each 64 KiB that the centre takes: 3 min */
    LIMIT_END_OF_DATA, /* 10 min */
    LIMIT_RSET,        /* 5 min */
    LIMIT_QUIT,        /* the 221, and then the centre's FIN: 5 min */
};

enum { LIMIT_STAGES = LIMIT_QUIT + 1 };

struct limits {
    usec at[LIMIT_STAGES];
};

/* "greeting", "end-of-data": as in --timeout-STAGE. */
const char *limit_stage_name(enum limit_stage stage);
bool limit_stage_of(const char *name, enum limit_stage *stage);

struct limits limits_default(void);
/* No limit above `most`. */
void limits_shorten(struct limits *limits, usec most);

#endif
