/* How the centre's name becomes addresses: an interface, and the look-up by the system's resolver.
 *
 * A look-up object serves one client, one name at a time. It is asked anew for each connection: the
 * centre may have moved to its backup site. Numeric addresses never come here. */
#ifndef CLIENT_LOOKUP_H
#define CLIENT_LOOKUP_H

#include "wire/endpoint.h"
#include "wire/loop.h"

enum client_lookup_status {
    CLIENT_LOOKUP_FOUND,
    CLIENT_LOOKUP_NO_SUCH_NAME, /* the answer is no, and will be */
    CLIENT_LOOKUP_FAILED,       /* no answer, or one that may be another later */
};

enum { CLIENT_LOOKUP_ADDRESSES = 8 }; /* further ones are left out */

struct client_lookup_answer {
    enum client_lookup_status status;
    struct endpoint addresses[CLIENT_LOOKUP_ADDRESSES]; /* to be tried in this order; ports are 0 */
    size_t count;                                       /* at least 1 where found */
    char text[128];                                     /* where not found: why */
};

/* `answer` is valid during the call. */
typedef void client_lookup_answered(void *owner, const struct client_lookup_answer *answer);

struct client_lookup {
    /* Asks. `answered` follows, never from within this call; false where it could not even begin.
     */
    bool (*begin)(struct client_lookup *lookup, const char *name, client_lookup_answered *answered,
                  void *owner, struct problem *problem);
    /* The answer is not wanted any more. Harmless where none is due. */
    void (*cancel)(struct client_lookup *lookup);
    /* Cancels, and gives the memory back. */
    void (*free)(struct client_lookup *lookup);
};

/* By getaddrinfo: /etc/hosts and the name servers of /etc/resolv.conf. It blocks the loop while it
 * asks, which is bounded by resolv.conf (5 s for each of 2 tries of each server by default): good
 * enough for a program that has nothing else to do. Null where there is no memory. */
struct client_lookup *client_lookup_system_new(struct loop *loop);

/* By one name server (c-ares), in a live loop, without blocking it: A and AAAA, A first; over TCP
 * where the answer is cut short; search lists and /etc/hosts left aside. `limit` is how long whoever
 * asks will wait: a question that goes unanswered is put again twice within it. Null where there is
 * no memory. */
struct client_lookup *client_lookup_cares_new(struct loop *loop, const struct endpoint *server,
                                              usec limit, struct problem *problem);

#endif
