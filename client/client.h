/* The reference sender: takes messages to the centre, in a loop, live or virtual.
 *
 * It does what a sound sender does and nothing else: HELO, one command at a time, the three digits
 * alone, every wait bounded, RSET after a failed transaction, QUIT at the end; after a cut or a 421
 * it reconnects, spaced and bounded, for what is left, and never sends again what was accepted or
 * may have been. */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include "client/outcome.h"
#include "wire/conn.h"
#include "wire/octets.h"

struct client;
struct client_lookup;
struct policy;

struct client_message {
    const char *name;
    struct octets octets; /* header, empty line, body; not dot-stuffed. Must outlive the client. */
};

struct client_options {
    const char *host; /* a numeric address, or a name to be looked up for each connection */
    uint16_t port;
    const char *helo;
    const char *from;
    const char *const *to;
    size_t to_count;
    struct limits limits;
    unsigned connection_limit; /* connections at most, the first included: 4 */
    usec retry_wait;           /* before the second one: 1 s, doubled for each further */
    /* Told of each line sent and received, for --verbose: '>' or '<', and the text without CRLF.
     * May be null. */
    void (*trace)(void *owner, char direction, struct octets line);
    /* Told once, when nothing is left to do. `result` stands until client_free. */
    void (*done)(void *owner, const struct client_result *result);
    void *owner;
    /* How names become addresses; null: the system's resolver, once per connection. */
    struct client_lookup *lookup;
    const struct policy *policy; /* what to do about replies; null: the standard one */
};

/* Begins; `done` follows from the loop, never from within this call. Null where there is no memory
 * or an option makes no sense. Options are copied, but for the strings and messages they point to.
 */
struct client *client_start(struct loop *loop, const struct client_options *options,
                            const struct client_message *messages, size_t count,
                            struct problem *problem);

/* Closes what is open; `done` is not called any more. */
void client_free(struct client *client);

/* The outcome file: JSON, one object. False where it could not be written; nothing half-written
 * stays behind. "-" is standard output. */
bool client_outcome_write(const struct client_result *result, const char *file,
                          struct problem *problem);

#endif
