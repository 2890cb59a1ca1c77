/* `naccs-harness explore`: its options, and what it says at the end. */
#ifndef HARNESS_EXPLORE_COMMAND_H
#define HARNESS_EXPLORE_COMMAND_H

#include "harness/arguments.h"
#include "harness/explore.h"

struct explore_command {
    struct arguments arguments; /* what it shares with `run` */
    struct explore_options explore;
    char **others; /* argv without its own options; owned */
};

/* Reads argv (argv[0] is the subcommand's name). False: faults were told. */
bool explore_command_read(int argc, char **argv, struct explore_command *command,
                          void (*fault)(void *owner, const char *text), void *owner);
/* The exit status: 0 nothing was found, 1 something was, 3 the harness could not do its work. */
int explore_command_run(struct explore_command *command, const char *program,
                        const struct suite *suite, void (*fault)(void *owner, const char *text),
                        void *owner);
void explore_command_free(struct explore_command *command);

#endif
