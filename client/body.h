/* A message on its way: slices for conn_offer, straight from its octets, dot-stuffed and ended. */
#ifndef CLIENT_BODY_H
#define CLIENT_BODY_H

#include <sys/uio.h>

#include "wire/dot.h"

enum { CLIENT_BODY_SLICES = 128 };

struct client_body {
    struct octets rest; /* of the message, not yet in `slices` */
    struct dot_stuffer stuffer;
    struct iovec slices[CLIENT_BODY_SLICES]; /* first … count-1 wait for the network */
    int first, count;
    bool ending;    /* the last slice is what ends the message */
    bool end_begun; /* an octet of that has been taken */
};

/* `message` must stand until the last octet has gone. */
void client_body_begin(struct client_body *body, struct octets message);

/* The slices to be offered next, and how many octets that is; false where everything has gone. */
bool client_body_next(struct client_body *body, const struct iovec **slices, int *count,
                      size_t *octets);

/* The network took so many octets of what client_body_next gave last. */
void client_body_took(struct client_body *body, size_t octets);

#endif
