/* Endpoints as the system's calls have them. */
#ifndef WIRE_ADDRESS_H
#define WIRE_ADDRESS_H

#include <sys/socket.h>

#include "wire/endpoint.h"

/* False where the endpoint's address is not numeric IPv4 or IPv6. */
bool address_of(const struct endpoint *endpoint, struct sockaddr_storage *address,
                socklen_t *length);

/* All zeros for an address of another family. */
struct endpoint endpoint_of(const struct sockaddr_storage *address);

/* What a socket is bound to. */
struct endpoint local_endpoint(int fd);

#endif
