/* The command under test, with a case's values filled in: pure, from templates to vectors.
 *
 * Arguments may hold {host} {port} {helo} {from} {to} {timeout} {message} {messages} {case}
 * {resolver}; other words in braces stay as they are. An argument that holds {messages} is
 * repeated, once per message file. Where neither {message} nor {messages} occurs, the message files
 * are appended, unless the message is given on standard input. Several recipients stand in {to}
 * with commas between. */
#ifndef HARNESS_INVOCATION_H
#define HARNESS_INVOCATION_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/problem.h"
#include "wire/time.h"

/* A name and a value for the command's environment; the value may hold placeholders, but not
 * {messages}. */
struct invocation_pair {
    const char *name, *value;
};

struct invocation_values {
    const char *host;
    unsigned port;
    const char *helo, *from;
    const char *const *to;
    size_t to_count;
    usec timeout;                /* handed over in seconds: "5", "0.25" */
    const char *const *messages; /* paths; the first of them is {message}; NACCS_MESSAGES holds all,
                                    one per line */
    size_t message_count;
    const char *case_id;
    const char *resolver;     /* "127.0.0.1:40053"; null: none, and no NACCS_RESOLVER */
    const char *token;        /* NACCS_RUN: finds processes that have left their group */
    const char *outcome_file; /* NACCS_OUTCOME: where the command may tell what became of each */
};

struct invocation_template {
    char *const *command;                      /* null-terminated */
    const struct invocation_pair *environment; /* on top of the inherited one and NACCS_* */
    size_t environment_count;
    bool standard_input; /* the message is given there: no file is appended */
};

/* Both null-terminated; they and their strings are the invocation's. */
struct invocation {
    char **arguments;
    char **environment;
};

/* `inherited` is the environment to start from: its NACCS_* variables are left out. False where
 * there is no memory. */
bool invocation_make(const struct invocation_template *template, char *const *inherited,
                     const struct invocation_values *values, struct invocation *invocation);
void invocation_free(struct invocation *invocation);

/* True where the command takes one message per run: {message} occurs and {messages} does not. */
bool invocation_takes_one(char *const *command);

/* True where {resolver} occurs: it must then have a value. */
bool invocation_takes_resolver(char *const *command);

/* True where the command is sure to be told of the name server: {resolver} occurs, or it is
 * naccs-client, which reads NACCS_RESOLVER. */
bool invocation_tells_resolver(char *const *command);

#endif
