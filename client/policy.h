/* What the sender does about what the centre says, or fails to say: data, stage by kind.
 *
 * NACCS's own table of actions per reply code (table 4-3-3) is not in our hands; the standard
 * policy is derived from RFC 821 §4.2, RFC 5321 §4.2 and §4.5.4, and RFC 1047. Another table of the
 * same shape replaces it without a change to the state machine (client/sender.h): from a file
 * (client/policy_load.h), of which scenarios/profiles/actions-rfc.json says the same as the
 * standard policy. */
#ifndef CLIENT_POLICY_H
#define CLIENT_POLICY_H

#include <stddef.h>

#include "client/limits.h"

/* What came of a wait. The three digits alone decide (table 4-3-2, note 1). */
enum policy_kind {
    POLICY_SUCCESS,    /* a code that lets this stage go on */
    POLICY_UNEXPECTED, /* another 2yz or 3yz: no permission for anything */
    POLICY_TRANSIENT,  /* 4yz but 421 */
    POLICY_PERMANENT,  /* 5yz */
    POLICY_CLOSING,    /* 421: the centre closes the connection */
    POLICY_GARBAGE,    /* no reply at all, or one that nobody asked for */
    POLICY_SILENCE,    /* the limit is over */
    POLICY_CUT,        /* FIN or RST; at LIMIT_CONNECT: no connection came about */
};

enum { POLICY_KINDS = POLICY_CUT + 1 };

/* What becomes of the message; before MAIL, of every message that is left. */
enum policy_fate {
    POLICY_NO_FATE, /* nothing new is known */
    POLICY_KEPT,    /* not sent so far; may go over the next connection */
    POLICY_PUT_OFF, /* not accepted, as the centre said (421); may go over the next connection */
    POLICY_ACCEPTED,
    POLICY_DEFERRED, /* not in this run */
    POLICY_REFUSED,
    POLICY_UNKNOWN,
};

/* What comes next on the connection. */
enum policy_next {
    POLICY_GO_ON,       /* with the next command of the sequence */
    POLICY_RESET,       /* RSET and the next message; QUIT where none is left */
    POLICY_QUIT_AGAIN,  /* QUIT, and a new connection for what is left */
    POLICY_QUIT_STOP,   /* QUIT, and nothing more in this run */
    POLICY_CLOSE_AGAIN, /* as above, without QUIT */
    POLICY_CLOSE_STOP,
};

struct policy_rule {
    enum policy_fate fate;
    enum policy_next next;
    bool protocol_error; /* the centre broke the protocol */
};

enum { POLICY_CODES = 4, POLICY_EXCEPTIONS = 64 };

/* A single code that is not treated as its class is. */
struct policy_exception {
    enum limit_stage stage;
    int code;
    struct policy_rule rule;
};

struct policy {
    int success[LIMIT_STAGES][POLICY_CODES]; /* codes that let the stage go on; 0: none */
    /* What can't be gone on with (POLICY_GARBAGE, POLICY_SILENCE, POLICY_CUT) must be closed. */
    struct policy_rule rules[LIMIT_STAGES][POLICY_KINDS];
    struct policy_exception exceptions[POLICY_EXCEPTIONS];
    size_t exception_count;
};

const struct policy *policy_standard(void);

/* Which kind a code (200 to 599) is at a stage. */
enum policy_kind policy_kind(const struct policy *policy, enum limit_stage stage, int code);
/* What is to be done about a reply. */
const struct policy_rule *policy_reply(const struct policy *policy, enum limit_stage stage,
                                       int code);

#endif
