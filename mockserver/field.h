/* What was seen in the field: connections between a sender and a centre, as somebody between them
 * saw them.
 *
 * Who looks (the readers of harness/field.h, the relay of mockserver/record.h) knows nothing of
 * SMTP: it tells a sink of one connection after the other, each whole, as soon as it has ended. So
 * memory is bounded by what is open at once, and everything behind the sink (the scenario that
 * behaves like it, the transcript that is judged) is the same whatever was looked at. */
#ifndef MOCKSERVER_FIELD_H
#define MOCKSERVER_FIELD_H

#include "mockserver/arena.h"
#include "wire/octets.h"
#include "wire/time.h"

enum field_end { FIELD_SENDER, FIELD_CENTRE };

enum field_kind {
    FIELD_OCTETS, /* of `end`, in the order of the stream; one event a segment */
    FIELD_GAP, /* octets of `end` that were on the wire and are not in the file: `missing` of them,
                  0 where nobody knows how many */
    FIELD_FIN, /* `end` sends no more */
    FIELD_RST, /* `end` reset */
    FIELD_CLOSED_WINDOW, /* `end` takes no more octets … */
    FIELD_OPEN_WINDOW,   /* … and again */
};

struct field_event {
    usec at; /* since the connection's first event in the file */
    enum field_kind kind;
    enum field_end end;
    struct octets octets;
    uint64_t missing;
    bool reads_on; /* of FIELD_FIN: the file says that `end` closed its own direction alone; false
                      where it does not say */
};

/* How a connection began. */
enum field_beginning {
    FIELD_ANSWERED,   /* its handshake is in the file, or the file is no capture */
    FIELD_UNDER_WAY,  /* it was there before the file began: what came before is not known */
    FIELD_REFUSED,    /* the connect was answered with RST */
    FIELD_UNANSWERED, /* the connect was answered by nobody */
};

struct field_connection {
    uint32_t number;             /* in the file, in the order in which they began, from 1 */
    const char *sender, *centre; /* "ADDR:PORT", "[ADDR]:PORT"; "" where the file does not say */
    int64_t began;               /* wall clock, microseconds since 1970; 0: the file does not say */
    enum field_beginning beginning;
    usec answered;   /* from the first connect to its answer; 0 where not known */
    unsigned asks;   /* how often the connect was seen; 0: not known */
    usec asked_last; /* … the last time, since the first */
    bool timed;      /* `at` says something; false: a dialogue without time stamps */
    usec grain;      /* `at` is not finer than this; 0: microseconds */
    bool exact;      /* octets are those of the wire; false: line ends were assumed, or
                        the body is not all there */
    const struct field_event *events;
    size_t event_count;
    bool ended; /* the file holds its end; false: still open when the file ended */
};

/* `connection` is valid during the call. False: the sink can take no more (it has told its
 * owner why), and the reader stops. */
struct field_sink {
    bool (*connection)(void *owner, const struct field_connection *connection);
    /* Something that a person should know of what was read ("12 packets were cut at the snap
     * length"): one line, escaped. May be null. */
    void (*note)(void *owner, const char *text);
    void *owner;
};

/* A connection that is being gathered, event by event. All zeros: none. */
struct field_gathering {
    struct field_connection connection; /* as far as it came; valid until the next event is added */
    struct arena *arena;
    struct field_event *events;
    size_t room;
};

/* Copies the strings of `connection`; its events are not looked at. False where there is no memory
 * (there is nothing to be freed then). */
bool field_gathering_begin(struct field_gathering *gathering,
                           const struct field_connection *connection);
/* Copies the octets. False, and nothing changed, where there is no memory. */
bool field_gathering_add(struct field_gathering *gathering, const struct field_event *event);
/* Harmless on one that is all zeros. */
void field_gathering_free(struct field_gathering *gathering);

#endif
