/* NACCS's name server (requirement C-9): where the centre is, and what a scenario makes of that.
 *
 * The name server itself is pure: it takes a query's octets and gives a reply's octets, how long to
 * wait before they go out, and words for the transcript (RFC 1035; EDNS as in RFC 6891; negative
 * answers as in RFC 2308). Messages are read and built with ldns. It is authoritative for the
 * domain of the centre: for a centre named MAIL.PROD.NACCS6 that is PROD.NACCS6. It knows A and
 * AAAA of the centre's name, and MX of both names; every other name does not exist. Times to live
 * are 0, so that nobody has a reason to keep an address.
 *
 * The centre has one place or two: its own, and the backup site. The scenario's rules say when it
 * moves; the name server knows where it is, and tells the centre (`moved`), which then refuses
 * connects at the other place. */
#ifndef MOCKSERVER_DNS_H
#define MOCKSERVER_DNS_H

#include "mockserver/play.h"
#include "mockserver/transcript.h"
#include "wire/endpoint.h"
#include "wire/loop.h"

struct dns;

struct dns_options {
    const struct scenario *scenario; /* must outlive the name server */
    struct play_clock clock;
    /* Numeric addresses, copied. The backup site and the dead address may be null: then a rule that
     * names them gives no address. */
    const char *centre, *backup, *dead;
};

/* Null where there is no memory, or the centre's name can stand in no DNS message. */
struct dns *dns_new(const struct dns_options *options, struct problem *problem);
void dns_free(struct dns *dns);

/* From now on by this scenario; counters begin anew, the centre is at its own place. False, and
 * nothing changed, as with dns_new. */
bool dns_change(struct dns *dns, const struct scenario *scenario, struct problem *problem);

/* Where the centre answers connects now: bits 1 << DNS_PLACE_CENTRE, 1 << DNS_PLACE_BACKUP. A rule
 * with `after_connections`, or with no condition at all, has its effect when that many connections
 * were accepted; any other that names places has it by answering. */
unsigned dns_places(const struct dns *dns);
/* `moved` is told whenever that changes. */
void dns_watch(struct dns *dns, void (*moved)(void *owner), void *owner);
/* The centre has accepted one more connection. */
void dns_connection_accepted(struct dns *dns);

enum dns_transport { DNS_UDP, DNS_TCP };
enum { DNS_WORDS_SIZE = 512, DNS_MESSAGE_LIMIT = 65535 };

struct dns_reply {
    uint8_t *octets; /* null: none is sent; otherwise the caller's, who frees the reply */
    size_t count;
    usec delay;
    uint32_t rule;                 /* number of the rule that acted; 0: none */
    char question[DNS_WORDS_SIZE]; /* "A mail.prod.naccs6"; printable */
    char answer[DNS_WORDS_SIZE];   /* "127.0.0.1", "NXDOMAIN", "nothing" */
};

/* Answers one query. False where it is dropped without a trace: too short for a header, or itself a
 * reply; or where there is no memory. */
bool dns_ask(struct dns *dns, struct octets query, enum dns_transport transport,
             struct dns_reply *reply);
void dns_reply_free(struct dns_reply *reply);

/* The QUERY and ANSWER events, at this loop's time. */
void dns_tell_query(const struct transcript_sink *sink, const struct loop *loop,
                    const struct dns_reply *reply);
void dns_tell_answer(const struct transcript_sink *sink, const struct loop *loop,
                     const struct dns_reply *reply);

/* The name server on the network: UDP and TCP on one port, in a live loop. */
struct dns_server;

struct dns_server_options {
    struct endpoint listen; /* port 0: a free one */
    struct dns *dns;        /* must outlive the server */
    struct transcript_sink sink;
};

struct dns_server *dns_server_open(struct loop *loop, const struct dns_server_options *options,
                                   struct problem *problem);
const struct endpoint *dns_server_endpoint(const struct dns_server *server);
/* Answers that wait are dropped. */
void dns_server_close(struct dns_server *server);

#endif
