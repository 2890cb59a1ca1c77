/* naccs-client's command line and environment. */
#ifndef CLIENT_OPTIONS_H
#define CLIENT_OPTIONS_H

#include "client/client.h"

enum { CLIENT_RECIPIENT_LIMIT = 100, CLIENT_STRING_LIMIT = CLIENT_RECIPIENT_LIMIT + 8 };

struct client_settings {
    struct client_options client; /* without trace, done and owner */
    struct endpoint resolver;     /* the name server to ask; port 0: none was given */
    const char *outcome;          /* file; null: none */
    const char *actions;          /* file with the action table; null: the standard one */
    bool verbose, help, version;
    char *const *messages; /* the MESSAGE arguments */
    size_t message_count;
    /* What the options point into. */
    const char *recipients[CLIENT_RECIPIENT_LIMIT];
    char *strings[CLIENT_STRING_LIMIT];
    size_t string_count;
};

/* Reads the environment, then the arguments, which win. Returns 0, or the exit status that tells
 * what kind of mistake it was: EX_USAGE for a command line that can't be understood, EX_CONFIG for
 * values that make no sense. To be freed in either case. The order of `argv` changes (see
 * getopt_long). */
int client_settings_read(struct client_settings *settings, int argc, char **argv,
                         struct problem *problem);
void client_settings_free(struct client_settings *settings);

/* The text of --help. */
extern const char client_help[];

#endif
