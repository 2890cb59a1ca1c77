/* Who the server is once its ports are bound: --user.
 *
 * Ports below 1024 want root, and nothing else does. Files are opened with the rights of the one
 * whom the server becomes: privileges_lend and privileges_take_back stand around that, and after
 * the ports are bound privileges_drop gives root away for good. Each is false with a problem where
 * the system refuses, and the server goes on no further then. Where nobody is wanted, all do
 * nothing. */
#ifndef MOCKSERVER_PRIVILEGES_H
#define MOCKSERVER_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

#include "wire/problem.h"

struct privileges {
    const char *name; /* null: the server stays who it is */
    uid_t user;
    gid_t group;
};

/* By name. False where there is no such user, or it is root. */
bool privileges_find(const char *name, struct privileges *privileges, struct problem *problem);

/* The effective ids are the user's, until they are taken back. */
bool privileges_lend(const struct privileges *privileges, struct problem *problem);
bool privileges_take_back(const struct privileges *privileges, struct problem *problem);

/* All ids are the user's, its own group is the only one, and there is no way back: that is tried.
 * PR_SET_PDEATHSIG is lost by it. */
bool privileges_drop(const struct privileges *privileges, struct problem *problem);

#endif
