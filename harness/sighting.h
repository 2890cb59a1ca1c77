/* Sightings: what the sender's sockets did while the centre could not see it.
 *
 * A connect that nobody answers, and a close behind a full window, never reach the centre. On Linux
 * both show in /proc/net/tcp: SYN_SENT while the sender still tries to connect, ESTABLISHED while
 * it still holds the connection, and neither once it has given up. */
#ifndef HARNESS_SIGHTING_H
#define HARNESS_SIGHTING_H

#include "harness/check.h"

/* Everything seen of the sockets whose other end is one port. All zeros with the port set: nothing
 * yet. */
struct sighting_log {
    uint16_t centre_port;
    /* Is that socket (its inode) one of this process? Those are the centre's own means of keeping
     * the sender waiting, and no sender's. Null: none is. */
    bool (*is_ours)(unsigned long inode);
    unsigned long *ours; /* those that were */
    size_t ours_count;
    struct check_sighting *at; /* `port` is the sender's own */
    size_t count, room;
    usec look, look_before; /* when the last two looks were */
};

/* One look at the socket tables: sighting_begin, then sighting_take for each table (the text of
 * /proc/net/tcp, of /proc/net/tcp6). What was there at the look before and is not now has come to
 * its end. False where there is no memory. */
void sighting_begin(struct sighting_log *log, usec now);
bool sighting_take(struct sighting_log *log, const char *table);

/* Does the table show a connection to the centre that the sender has not closed? (It may be one
 * that the centre has ended: CLOSE_WAIT.) */
bool sighting_holds(struct sighting_log *log, const char *table);

/* A connection was accepted from the sender's `port`: its connect was answered after all, and is no
 * sighting any more. */
void sighting_answered(struct sighting_log *log, uint16_t port);

/* Since when a socket has been trying to connect that was still trying at the last look;
 * USEC_NEVER: none was. */
usec sighting_connecting_since(const struct sighting_log *log);

void sighting_free(struct sighting_log *log);

/* Asks /proc/self/fd; for is_ours. */
bool sighting_of_this_process(unsigned long inode);

/* What the scenario hides from its centre. */
enum sighting_blindness {
    SIGHTING_CONNECT = 1 << 0, /* connects are not answered */
    SIGHTING_WINDOW = 1 << 1,  /* it reads no more */
};

/* Of enum sighting_blindness; 0: nothing. */
unsigned sighting_wanted(const struct scenario *scenario);

#endif
