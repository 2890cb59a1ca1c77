/* Inside the name server: its state, and the making of replies. For mockserver/dns*.c alone. */
#ifndef MOCKSERVER_DNS_PRIVATE_H
#define MOCKSERVER_DNS_PRIVATE_H

#include <ldns/ldns.h>

#include "mockserver/dns.h"

/* The names that it knows; the same one twice where the centre's name has one label. */
struct dns_zone {
    ldns_rdf *centre, *apex;
};

/* What a query asks, as far as it could be read. */
struct dns_query {
    ldns_pkt *packet; /* null: unreadable */
    const ldns_rr *question;
    ldns_rr_type type;
    bool of_centre, of_apex;
    size_t limit; /* octets that a reply may have */
};

/* What to answer: a code, and with NOERROR the addresses of the centre. */
struct dns_content {
    ldns_pkt_rcode code;
    bool bad_version; /* BADVERS (RFC 6891 §6.1.3), whatever `code` says */
    bool authoritative;
    bool truncated;
    const char *addresses[16];
    size_t count;
};

bool dns_zone_init(struct dns_zone *zone, const char *name, struct problem *problem);
void dns_zone_free(struct dns_zone *zone);

/* False where the octets deserve no reply. */
bool dns_query_read(const struct dns_zone *zone, struct octets octets, enum dns_transport transport,
                    struct dns_query *query);
void dns_query_free(struct dns_query *query);
/* What a query gets that asks for nothing about the centre; false where it does ask for that. */
bool dns_query_odd(const struct dns_query *query, struct octets octets,
                   struct dns_content *content);
/* The question in words. */
void dns_query_words(const struct dns_query *query, char words[DNS_WORDS_SIZE]);

/* Makes the reply's octets and words; false where there is no memory. */
bool dns_answer_make(const struct dns_zone *zone, const struct dns_query *query,
                     struct octets octets, const struct dns_content *content,
                     struct dns_reply *reply);

#endif
