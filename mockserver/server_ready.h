/* The ready line: one line of JSON, for whoever started the server, once it listens. */
#ifndef MOCKSERVER_SERVER_READY_H
#define MOCKSERVER_SERVER_READY_H

#include "wire/endpoint.h"
#include "wire/problem.h"

struct server_ready {
    const struct endpoint *listens;
    uint16_t dns_port; /* 0: no name server */
    const char *scenario;
};

/* Writes the line to `file`, where that is not null, and then to standard output: whoever reads it
 * there can rely on the file, and whoever sees the file sees all of it. Where standard output can't
 * be written, the file is removed. False: a problem was set. */
bool server_ready_tell(const struct server_ready *ready, const char *file, struct problem *problem);

#endif
