/* How the reference client looks the centre up in virtual time: its questions, as DNS messages, go
 * straight to the name server in memory. What comes back, and when, is what the live name server
 * would send. Questions that are not answered are not put again. */
#ifndef HARNESS_LOOKUP_VIRTUAL_H
#define HARNESS_LOOKUP_VIRTUAL_H

#include "client/lookup.h"
#include "mockserver/dns.h"

struct lookup_virtual_options {
    struct transcript_sink sink; /* of queries and answers */
    usec latency;                /* one way */
};

/* The name server must outlive the look-up. Null where there is no memory. */
struct client_lookup *lookup_virtual_new(struct loop *loop, struct dns *dns,
                                         const struct lookup_virtual_options *options);

#endif
