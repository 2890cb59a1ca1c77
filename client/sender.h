/* One connection as the sender goes through it: a state machine, pure.
 *
 * Events in, steps out: no octets, no clock, no memory. The sequence is that of table 4-3-2:
 * greeting, HELO, then for each message MAIL, RCPT (each recipient), DATA, the body, the final
 * reply; RSET behind a transaction that failed; QUIT at the end. One command at a time. What to do
 * about a reply stands in the policy (client/policy.h); this is only the order of things. */
#ifndef CLIENT_SENDER_H
#define CLIENT_SENDER_H

#include <stddef.h>

#include "client/policy.h"
#include "wire/command.h"

enum sender_state {
    SENDER_CONNECTING,
    SENDER_GREETING,
    SENDER_HELO,
    SENDER_MAIL,
    SENDER_RCPT,
    SENDER_DATA,
    SENDER_BODY, /* the message goes out */
    SENDER_DOT,  /* a part of what ends it has gone out, but not all */
    SENDER_END_OF_DATA,
    SENDER_RSET,
    SENDER_QUIT,
    SENDER_LEAVING, /* QUIT was answered: the centre's FIN is due */
    SENDER_CLOSED,
};

enum { SENDER_STATES = SENDER_CLOSED + 1 };

const char *sender_state_name(enum sender_state state);

enum sender_event {
    SENDER_OPENED,    /* the connection stands */
    SENDER_REPLY,     /* a whole reply came; with its code */
    SENDER_GARBAGE,   /* something came that is no reply, or that nothing was asked for */
    SENDER_SILENCE,   /* the limit of the wait is over */
    SENDER_LOST,      /* FIN, RST, or no connection came about */
    SENDER_DOT_BEGUN, /* the network took the first octet of what ends the message */
    SENDER_BODY_GONE, /* and the last one */
};

enum sender_act {
    SENDER_WAIT,      /* nothing to be sent; a new wait begins where the stage is a new one */
    SENDER_COMMAND,   /* send `verb`, wait for its reply */
    SENDER_SEND_BODY, /* send the message and what ends it */
    SENDER_CLOSE,     /* it is over */
};

struct sender_step {
    enum sender_act act;
    enum command_verb verb; /* of SENDER_COMMAND */
    /* What has become known about `message`; where `all_left`, about those behind it too. */
    enum policy_fate fate;
    size_t message; /* its place, from 0 */
    bool all_left;
    bool protocol_error;
};

/* What is to be done about messages that are left. */
enum sender_end {
    SENDER_DONE,  /* all of them were gone through */
    SENDER_AGAIN, /* a new connection */
    SENDER_STOP,  /* nothing more in this run */
};

struct sender {
    const struct policy *policy;
    enum sender_state state;
    size_t messages, message;     /* how many there are; the current one */
    size_t recipients, recipient; /* likewise, of each message */
    enum policy_fate fate;        /* of the current message, once it is decided */
    enum sender_end end;
};

/* At least one message and one recipient. */
void sender_init(struct sender *sender, const struct policy *policy, size_t messages,
                 size_t recipients);

/* Takes an event (`code` counts with SENDER_REPLY alone) and says what comes next. */
struct sender_step sender_take(struct sender *sender, enum sender_event event, int code);

/* The limit that the current state waits under. */
enum limit_stage sender_stage(const struct sender *sender);

#endif
