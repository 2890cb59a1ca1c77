/* A centre for the client's tests: a few rules, and a log of what came, with the time.
 *
 * It shares with the client only wire/'s streams: what it reads it takes apart in the plainest way
 * there is. It goes in the virtual loop. */
#ifndef TESTS_UNIT_SCRIPTED_CENTRE_H
#define TESTS_UNIT_SCRIPTED_CENTRE_H

#include "wire/buf.h"
#include "wire/conn.h"

enum script_then {
    SCRIPT_GO_ON,
    SCRIPT_FIN,
    SCRIPT_RST,
    SCRIPT_HALF, /* FIN, and reading on */
    SCRIPT_DEAF, /* reads no more */
};

/* What is done in place of the good reply. */
struct script_rule {
    const char *at;       /* "greeting", "HELO", "MAIL", …, "body", "end-of-data", "QUIT" */
    unsigned first, last; /* only these times over all connections, from 1; 0: always */
    const char *say;      /* octets; null: nothing */
    enum script_then then;
    usec delay;
    usec every;   /* not 0: one octet at a time, at this distance */
    bool good;    /* says what is usual there, later or in pieces */
    size_t after; /* of "body": octets of the message that have come */
};

enum { SCRIPT_STAGES = 10, SCRIPT_BODIES = 8 };

struct scripted_session;

struct scripted_centre {
    struct loop *loop;
    struct listener *listener;
    const struct script_rule *rules;
    size_t rule_count;
    unsigned times[SCRIPT_STAGES];
    unsigned connections, messages;
    struct buf bodies[SCRIPT_BODIES]; /* of the first messages, as they stood on the wire, the CRLF
                                         before the final dot included */
    struct buf log;                   /* "1.250 MAIL FROM:<…>\n", a line each */
    struct scripted_session *sessions;
};

void scripted_centre_open(struct scripted_centre *centre, struct loop *loop,
                          const struct script_rule *rules, size_t rule_count);
void scripted_centre_close(struct scripted_centre *centre);

/* The log as a string. */
const char *scripted_centre_log(struct scripted_centre *centre);

#endif
