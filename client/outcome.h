/* What became of each message. */
#ifndef CLIENT_OUTCOME_H
#define CLIENT_OUTCOME_H

#include <stddef.h>

#include "client/limits.h"

enum outcome {
    CLIENT_UNSENT,   /* nothing that could have been accepted was sent */
    CLIENT_ACCEPTED, /* 250 came to its end */
    CLIENT_REFUSED,  /* 5yz: for good */
    CLIENT_DEFERRED, /* 4yz: may be tried later */
    CLIENT_UNKNOWN,  /* the connection died, or nothing readable came, between the final dot and its
                        reply: the centre may hold it or not (RFC 1047) */
};

const char *client_outcome_name(enum outcome outcome);

struct message_outcome {
    const char *name; /* the message's, as it was given */
    enum outcome outcome;
    int code;               /* the reply that decided; 0: none */
    enum limit_stage stage; /* where it was decided */
    bool protocol_error;    /* the centre broke the protocol there */
    bool timed_out;
    unsigned attempts; /* transactions begun for it */
    char text[128];    /* the reply's text or the cause, printable ASCII */
};

struct client_result {
    struct message_outcome *messages;
    size_t count;
    bool centre_not_found; /* the look-up failed */
    bool protocol_error;   /* anywhere */
    unsigned connections;
};

/* The exit status that sysexits has for it: 0, 69, 75, 76, 68. */
int client_exit_status(const struct client_result *result);

#endif
