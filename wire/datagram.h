/* Datagrams: a UDP socket in a live loop. */
#ifndef WIRE_DATAGRAM_H
#define WIRE_DATAGRAM_H

#include "wire/endpoint.h"
#include "wire/loop.h"
#include "wire/octets.h"

struct datagram;

struct datagram_options {
    struct endpoint endpoint; /* port 0: a free one */
    /* Told of each datagram; the octets are valid during the call. It may close the socket. */
    void (*received)(void *owner, const struct endpoint *from, struct octets octets);
    void *owner;
};

struct datagram *datagram_open(struct loop *loop, const struct datagram_options *options,
                               struct problem *problem);
/* What was really bound. */
const struct endpoint *datagram_endpoint(const struct datagram *datagram);

/* Sends one datagram; what the system does not take at once is lost, as datagrams may be. */
void datagram_send(struct datagram *datagram, const struct endpoint *to, struct octets octets);

void datagram_close(struct datagram *datagram);

#endif
