/* Hand-over in memory: who embeds a centre is given each message as it is kept.
 *
 * The other hand-over is a Maildir (mockserver/spool.h); both may be there at once. */
#ifndef MOCKSERVER_RECEIVER_H
#define MOCKSERVER_RECEIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/octets.h"

/* All octets are valid during the call. */
struct received_message {
    uint32_t connection;             /* from 1, over the centre's life */
    uint32_t transaction;            /* number of its MAIL, over all connections, from 1 */
    int64_t wall_clock;              /* microseconds since 1970-01-01T00:00Z */
    struct octets helo;              /* the domain that HELO or EHLO named last */
    bool extended;                   /* it was EHLO */
    struct octets sender;            /* mailbox of MAIL, without <>; empty for the null path */
    const struct octets *recipients; /* of each RCPT that was granted, in order */
    size_t recipient_count;
    struct octets content; /* un-stuffed: the message's exact octets */
};

struct receiver {
    /* False where it could not be kept: the centre answers 452. Null: nobody wants messages. */
    bool (*take)(void *owner, const struct received_message *message);
    void *owner;
    size_t limit; /* octets of a message at most, whatever the scenario says; above 0 */
};

#endif
