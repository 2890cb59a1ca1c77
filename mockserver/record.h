/* Between a sender and a real centre: what the one sends reaches the other at once and unchanged,
 * and all of it is kept.
 *
 * Nothing is understood and nothing is gathered: a segment is handed on as it was read, a FIN as a
 * FIN in its direction alone, an RST as an RST, and who takes no octets makes the other wait. A
 * connect that the centre refuses can only be reset, since the sender has been answered by then. */
#ifndef MOCKSERVER_RECORD_H
#define MOCKSERVER_RECORD_H

#include "mockserver/field.h"
#include "mockserver/transcript.h"
#include "wire/conn.h"

struct record;

struct record_options {
    struct endpoint listen; /* port 0: a free one */
    struct endpoint to;
    struct transcript_sink sink; /* event null: none */
    /* Told of each connection once it has ended (or is cut off by record_close), whole. */
    void (*connection)(void *owner, const struct field_connection *connection);
    /* Told when the last connection has ended, after record_stop. May be null. */
    void (*stopped)(void *owner);
    void *owner;
};

struct record *record_open(struct loop *loop, const struct record_options *options,
                           struct problem *problem);
const struct endpoint *record_endpoint(const struct record *record);
/* Accepts no more; `stopped` follows, when all has ended or `grace` is over, never from within this
 * call. */
void record_stop(struct record *record, usec grace);
/* Resets what is still open, and tells of it as not ended. Null is allowed. */
void record_close(struct record *record);

#endif
