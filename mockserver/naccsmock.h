/* libnaccsmock: a NACCS mail centre inside a test's own process.
 *
 *     naccsmock *centre = naccsmock_new();
 *     if (!naccsmock_start(centre))
 *         return fail(naccsmock_error(centre));
 *     send_with_your_sender("127.0.0.1", naccsmock_port(centre));
 *     if (naccsmock_wait_messages(centre, 1, 5000))
 *         compare(naccsmock_message_at(centre, 0)->content, …);
 *     naccsmock_free(centre);
 *
 * The centre is well-behaved until a scenario says otherwise (naccs-scenario(5)): codes, texts,
 * delays, stalls, cuts, refused connects. It listens on a free port of 127.0.0.1 unless told
 * otherwise.
 *
 * Each centre has a thread and an event loop of its own; many may run at once, and every function
 * may be called from any thread, but for naccsmock_free, behind which nobody may use the centre any
 * more. The library installs no signal handler (its threads block all signals), never ends the
 * process, and writes nothing to standard output or standard error. It is not to be used in a child
 * between fork and exec.
 *
 * Strings that are handed in are copied. A function that returns bool returns false where it could
 * not do its work, and naccsmock_error then says why.
 *
 * Only names that begin with naccsmock_ or NACCSMOCK_ are the library's. Structs that it hands out
 * may grow at their end within one soname. */
#ifndef NACCSMOCK_H
#define NACCSMOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct naccsmock naccsmock;

/* Null where there is no memory; every other function may be given that null, and fails. */
naccsmock *naccsmock_new(void);
/* Stops the centre, and frees it with all that it handed out. Null is allowed. */
void naccsmock_free(naccsmock *centre);

/* What went wrong last, in words, with the file or JSON pointer where there is one; several faults
 * of a scenario stand on lines of their own. Empty where nothing did. The text stays until the next
 * call for this centre that fails, in whatever thread, or naccsmock_free. */
const char *naccsmock_error(const naccsmock *centre);

/* --- settings, before naccsmock_start: what is wrong with one is told there --- */

/* A scenario as JSON text, in UTF-8; or in a file. The last one holds; null: the well-behaved
 * centre. */
void naccsmock_set_scenario(naccsmock *centre, const char *json);
void naccsmock_set_scenario_file(naccsmock *centre, const char *file);
/* Which case of a scenario that stands for a family ("HELO/error-word"). */
void naccsmock_set_variant(naccsmock *centre, const char *variant);
/* The centre's name (MAIL.PROD.NACCS6). */
void naccsmock_set_domain(naccsmock *centre, const char *domain);
/* A numeric address (127.0.0.1), and a port (0: a free one). */
void naccsmock_set_listen(naccsmock *centre, const char *address, uint16_t port);
/* The centre's own durations (delays, the idle limit) pass so many times as fast (1). */
void naccsmock_set_pace(naccsmock *centre, double pace);
/* What percentages in a scenario refer to: the limit that the sender declares for each wait, in
 * milliseconds (5000). */
void naccsmock_set_sender_limit(naccsmock *centre, unsigned milliseconds);
/* Of everything random (1). */
void naccsmock_set_seed(naccsmock *centre, uint64_t seed);
/* Also keep messages in this Maildir; also write what passes as JSON Lines (naccs-journal(5)). */
void naccsmock_set_spool(naccsmock *centre, const char *folder);
void naccsmock_set_journal(naccsmock *centre, const char *file);

/* --- running --- */

/* Listens. When it returns true, a sender may connect. A centre runs once: for another run, make
 * another. */
bool naccsmock_start(naccsmock *centre);
/* The port that was bound; 0 before the start. It stays when the centre has stopped. */
uint16_t naccsmock_port(const naccsmock *centre);
/* Ends what is under way (with RST) and listens no more. What was received stays. Waits for the
 * centre's thread; whoever waits for something is woken. */
void naccsmock_stop(naccsmock *centre);

/* --- what was received --- */

typedef struct naccsmock_message {
    unsigned connection;           /* from 1 */
    const char *helo;              /* the domain that HELO or EHLO named */
    bool extended;                 /* it was EHLO */
    const char *sender;            /* the mailbox of MAIL, without <>; "" for the null path */
    const char *const *recipients; /* those that were granted, in order; a null at the end */
    size_t recipient_count;
    const char *content; /* the message's exact octets: un-stuffed, without the final dot */
    size_t size;         /* of them; a NUL follows, which does not count */
} naccsmock_message;

/* Messages that were kept so far: those that the centre answered 250 (or was told by a scenario to
 * keep). */
size_t naccsmock_message_count(const naccsmock *centre);
/* By number from 0, in order; null where there is none. Good until naccsmock_free. */
const naccsmock_message *naccsmock_message_at(const naccsmock *centre, size_t index);

/* Connections that were accepted so far, and those of them that have not ended. */
unsigned naccsmock_connection_count(const naccsmock *centre);
unsigned naccsmock_open_count(const naccsmock *centre);

/* What was said, for a person to read, one line each: "1 << 220 …", "1 >> MAIL FROM:<…>", with the
 * connection's number; escaped, message bodies as a count of octets. To be freed by
 * naccsmock_free_text. Null where there is no memory. */
char *naccsmock_dialogue(const naccsmock *centre);
void naccsmock_free_text(char *text);

/* Waiting, without sleeping: until so many messages were kept; until so many connections were
 * accepted, and all have ended. False where that was not so within the time, or the centre has
 * stopped. A time of 0 only looks. */
bool naccsmock_wait_messages(naccsmock *centre, size_t count, unsigned milliseconds);
bool naccsmock_wait_closed(naccsmock *centre, unsigned connections, unsigned milliseconds);

/* "0.1.0": of the library that runs. */
const char *naccsmock_version(void);

#ifdef __cplusplus
}
#endif

#endif
