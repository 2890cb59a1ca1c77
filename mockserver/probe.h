/* Asks a centre that runs whether it does: for whoever watches over it (a container's health
 * check). */
#ifndef MOCKSERVER_PROBE_H
#define MOCKSERVER_PROBE_H

#include "wire/endpoint.h"
#include "wire/problem.h"
#include "wire/time.h"

/* Connects, waits for the greeting, says QUIT and waits for what comes. True where a greeting came,
 * whatever its code: a scenario may want another one than 220. The centre counts the connection
 * like any other. `limit`: for all of it. */
bool probe_centre(const struct endpoint *endpoint, usec limit, struct problem *problem);

#endif
