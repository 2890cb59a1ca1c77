/* What passed on the wire, and what the centre did, stamped.
 *
 * The centre tells a sink of every event as it happens. Three sinks exist: the journal (JSON
 * Lines), the recording (in memory, for the harness's judging), and none. A recording holds
 * everything that is needed to rebuild both octet streams of every connection. */
#ifndef MOCKSERVER_TRANSCRIPT_H
#define MOCKSERVER_TRANSCRIPT_H

#include "mockserver/scenario.h"

enum transcript_kind {
    TRANSCRIPT_OPENED,      /* a connection was accepted; octets: the peer's "ADDR:PORT" */
    TRANSCRIPT_RECEIVED,    /* octets from the sender, one event a segment as it was read */
    TRANSCRIPT_SENT,        /* octets from the centre, one event a segment as it was written */
    TRANSCRIPT_SENDER_FIN,  /* the sender sends no more */
    TRANSCRIPT_SENDER_RST,  /* the sender reset, or the network failed */
    TRANSCRIPT_CENTRE_FIN,  /* the centre closed with FIN */
    TRANSCRIPT_CENTRE_HALF, /* the centre closed its own direction, and goes on reading */
    TRANSCRIPT_CENTRE_RST,  /* the centre reset */
    TRANSCRIPT_STALLED,     /* by a rule, the centre says nothing more at this stage */
    TRANSCRIPT_PAUSED,      /* the centre reads no more … */
    TRANSCRIPT_RESUMED,     /* … and again */
    TRANSCRIPT_STORED,      /* a message was kept; octets: its spool name where there is one */
    TRANSCRIPT_FLAW, /* something let pass or refused that a journal should show; octets: words */
    TRANSCRIPT_MISSING, /* of what was seen from outside, from the field: octets that passed here
                           are not known; octets: words */
    TRANSCRIPT_FACE,    /* of the listener, connection 0; octets: "refuses", "silent", "answers"; or
                         where the centre is now: "at its own site", "at its backup site" */
    TRANSCRIPT_QUERY,   /* NACCS's name server was asked; octets: "A mail.prod.naccs6" */
    TRANSCRIPT_ANSWER,  /* and answered; octets in words */
    TRANSCRIPT_CLOSED,  /* the connection is gone in both directions; its last event */
};

enum { TRANSCRIPT_KINDS = TRANSCRIPT_CLOSED + 1 };

/* "opened", "received", "sent", "sender-fin", …: as journals and reports name it. */
const char *transcript_kind_name(enum transcript_kind kind);

struct transcript_event {
    usec at;             /* on the centre's loop */
    int64_t wall_clock;  /* microseconds since 1970-01-01T00:00Z */
    uint32_t connection; /* from 1 */
    uint32_t message;    /* number of the transaction; 0: none */
    enum transcript_kind kind;
    enum stage stage;     /* what the session was at */
    bool body;            /* RECEIVED: read as message, not as commands (the octets of one segment
                             may be told in several events where its parts differ in this) */
    uint32_t rule;        /* number of the rule that acted; 0: the centre's own behaviour */
    struct octets octets; /* valid during the call */
    /* Octets of a RECEIVED body segment that stand where a password stands (bytes 37-44 of the
     * common items): offset into `octets`, and how many; 0: none. */
    size_t secret_at, secret_count;
};

struct transcript_sink {
    void (*event)(void *owner, const struct transcript_event *event);
    void *owner;
};

/* The recording. Events are in the order in which they happened. */
struct transcript {
    struct transcript_event *events; /* their octets point into the recording */
    size_t count;
    bool incomplete; /* memory ran out, or the limit was reached: later events are missing */
    bool no_memory;  /* … it was memory */
    struct transcript_recording *recording;
};

/* `limit`: octets that it may hold at most, the events' own memory counted (a flooding sender costs
 * no more). Null where there is no memory. */
struct transcript *transcript_new(size_t limit);
struct transcript_sink transcript_sink(struct transcript *transcript);
void transcript_free(struct transcript *transcript);

#endif
