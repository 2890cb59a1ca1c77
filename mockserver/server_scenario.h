/* The scenario that the mock server plays, as its options say. */
#ifndef MOCKSERVER_SERVER_SCENARIO_H
#define MOCKSERVER_SERVER_SCENARIO_H

#include "mockserver/scenario.h"
#include "mockserver/server_options.h"

/* Null where the file is unreadable or invalid, or where it is a family and no variant, or none of
 * its own, was chosen: `fault` is told why, line by line. */
struct scenario *server_scenario(const struct server_options *options,
                                 void (*fault)(void *owner, const char *text), void *owner);

#endif
