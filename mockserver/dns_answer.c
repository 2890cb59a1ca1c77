#include "mockserver/dns_private.h"

#include <stdio.h>
#include <stdlib.h>

/* What goes into a datagram where the query says nothing of its own (RFC 1035 §4.2.1), what we say
 * we take, and what we send at most: no larger one is sure to arrive in one piece. */
enum { PLAIN_LIMIT = 512, EDNS_LIMIT = 1232, MX_PREFERENCE = 10 };

static ldns_rdf *centre_name(const char *name)
{
    return name[0] != '\0' && name[0] != '.' ? ldns_dname_new_frm_str(name) : NULL;
}

bool dns_zone_init(struct dns_zone *zone, const char *name, struct problem *problem)
{
    ldns_rdf *centre = centre_name(name);
    ldns_rdf *apex = NULL;
    if (centre)
        apex = ldns_dname_label_count(centre) > 1 ? ldns_dname_left_chop(centre)
                                                  : ldns_rdf_clone(centre);
    if (!apex) {
        problem_set(problem, "\"%s\" is no name that a name server could know", name);
        ldns_rdf_deep_free(centre);
        return false;
    }
    *zone = (struct dns_zone){centre, apex};
    return true;
}

void dns_zone_free(struct dns_zone *zone)
{
    ldns_rdf_deep_free(zone->centre);
    ldns_rdf_deep_free(zone->apex);
}

static size_t reply_limit(const ldns_pkt *packet, enum dns_transport transport)
{
    if (transport == DNS_TCP)
        return DNS_MESSAGE_LIMIT;
    if (!packet || !ldns_pkt_edns(packet) || ldns_pkt_edns_udp_size(packet) < PLAIN_LIMIT)
        return PLAIN_LIMIT;
    size_t offered = ldns_pkt_edns_udp_size(packet);
    return offered < EDNS_LIMIT ? offered : EDNS_LIMIT;
}

bool dns_query_read(const struct dns_zone *zone, struct octets octets, enum dns_transport transport,
                    struct dns_query *query)
{
    if (octets.count < LDNS_HEADER_SIZE || octets.count > DNS_MESSAGE_LIMIT ||
        LDNS_QR_WIRE(octets.at))
        return false;
    *query = (struct dns_query){.packet = NULL};
    ldns_pkt *packet = NULL;
    if (ldns_wire2pkt(&packet, octets.at, octets.count) == LDNS_STATUS_OK)
        query->packet = packet;
    query->limit = reply_limit(query->packet, transport);
    if (!query->packet || ldns_pkt_qdcount(packet) != 1 ||
        ldns_rr_list_rr_count(ldns_pkt_question(packet)) != 1)
        return true;
    query->question = ldns_rr_list_rr(ldns_pkt_question(packet), 0);
    query->type = ldns_rr_get_type(query->question);
    query->of_centre = ldns_dname_compare(ldns_rr_owner(query->question), zone->centre) == 0;
    query->of_apex = ldns_dname_compare(ldns_rr_owner(query->question), zone->apex) == 0;
    return true;
}

void dns_query_free(struct dns_query *query)
{
    ldns_pkt_free(query->packet);
    query->packet = NULL;
}

bool dns_query_odd(const struct dns_query *query, struct octets octets, struct dns_content *content)
{
    struct dns_content found = {.code = LDNS_RCODE_NOERROR};
    const ldns_rr *question = query->question;
    if (LDNS_OPCODE_WIRE(octets.at) != LDNS_PACKET_QUERY)
        found.code = LDNS_RCODE_NOTIMPL;
    else if (!question)
        found.code = LDNS_RCODE_FORMERR;
    else if (ldns_pkt_edns(query->packet) && ldns_pkt_edns_version(query->packet) > 0)
        found.bad_version = true;
    else if (ldns_rr_get_class(question) != LDNS_RR_CLASS_IN || query->type == LDNS_RR_TYPE_AXFR ||
             query->type == LDNS_RR_TYPE_IXFR)
        found.code = LDNS_RCODE_REFUSED;
    else if (!query->of_centre && !query->of_apex) {
        found.code = LDNS_RCODE_NXDOMAIN;
        found.authoritative = true;
    } else {
        return false;
    }
    *content = found;
    return true;
}

static void take_words(char *words, char *text)
{
    snprintf(words, DNS_WORDS_SIZE, "%s", text ? text : "?");
    free(text);
}

static void name_words(const ldns_rdf *name, char words[DNS_WORDS_SIZE])
{
    take_words(words, ldns_rdf2str(name));
    size_t length = strlen(words);
    if (length > 1 && words[length - 1] == '.')
        words[length - 1] = '\0';
}

void dns_query_words(const struct dns_query *query, char words[DNS_WORDS_SIZE])
{
    char type[DNS_WORDS_SIZE], class[DNS_WORDS_SIZE], name[DNS_WORDS_SIZE];
    if (!query->question) {
        snprintf(words, DNS_WORDS_SIZE, "%s",
                 query->packet ? "not one question" : "what can't be read");
        return;
    }
    take_words(type, ldns_rr_type2str(query->type));
    take_words(class, ldns_rr_class2str(ldns_rr_get_class(query->question)));
    name_words(ldns_rr_owner(query->question), name);
    bool internet = ldns_rr_get_class(query->question) == LDNS_RR_CLASS_IN;
    /* A name of 255 octets, each escaped, may not fit: what is cut is told of in no other way. */
    if (snprintf(words, DNS_WORDS_SIZE, "%.40s%s%.40s %.400s", type, internet ? "" : " ",
                 internet ? "" : class, name) < 0)
        words[0] = '\0';
}

/* Replies are put together of records that the packet takes over; `failed` is sticky. */
struct making {
    const struct dns_zone *zone;
    ldns_pkt *packet;
    char *words;
    size_t length;
    bool failed;
};

static void say(struct making *making, const char *word)
{
    int more = snprintf(making->words + making->length, DNS_WORDS_SIZE - making->length, "%s%s",
                        making->length ? ", " : "", word);
    if (more > 0 && making->length + (size_t)more < DNS_WORDS_SIZE)
        making->length += (size_t)more;
}

/* Takes the data over. */
static void add(struct making *making, ldns_pkt_section section, const ldns_rdf *owner,
                ldns_rr_type type, ldns_rdf *const *data, size_t count)
{
    ldns_rr *record = ldns_rr_new();
    bool whole = record != NULL;
    if (record) {
        ldns_rr_set_owner(record, ldns_rdf_clone(owner));
        ldns_rr_set_type(record, type);
        ldns_rr_set_class(record, LDNS_RR_CLASS_IN);
        ldns_rr_set_ttl(record, 0);
        whole = ldns_rr_owner(record) != NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (record && data[i] && ldns_rr_push_rdf(record, data[i]))
            continue;
        ldns_rdf_deep_free(data[i]);
        whole = false;
    }
    if (whole && ldns_pkt_push_rr(making->packet, section, record))
        return;
    ldns_rr_free(record);
    making->failed = true;
}

static bool is_ipv6(const char *address)
{
    return strchr(address, ':') != NULL;
}

static void add_addresses(struct making *making, ldns_pkt_section section, const ldns_rdf *owner,
                          const struct dns_content *content, bool ipv6)
{
    for (size_t i = 0; i < content->count; i++) {
        if (is_ipv6(content->addresses[i]) != ipv6)
            continue;
        ldns_rdf *data = ldns_rdf_new_frm_str(ipv6 ? LDNS_RDF_TYPE_AAAA : LDNS_RDF_TYPE_A,
                                              content->addresses[i]);
        add(making, section, owner, ipv6 ? LDNS_RR_TYPE_AAAA : LDNS_RR_TYPE_A, &data, 1);
        if (section == LDNS_SECTION_ANSWER)
            say(making, content->addresses[i]);
    }
}

static void add_exchange(struct making *making, const ldns_rdf *owner,
                         const struct dns_content *content)
{
    char name[DNS_WORDS_SIZE], words[DNS_WORDS_SIZE];
    ldns_rdf *const data[] = {ldns_native2rdf_int16(LDNS_RDF_TYPE_INT16, MX_PREFERENCE),
                              ldns_rdf_clone(making->zone->centre)};
    add(making, LDNS_SECTION_ANSWER, owner, LDNS_RR_TYPE_MX, data, 2);
    name_words(making->zone->centre, name);
    snprintf(words, sizeof words, "%d %.400s", MX_PREFERENCE, name);
    say(making, words);
    add_addresses(making, LDNS_SECTION_ADDITIONAL, making->zone->centre, content, false);
    add_addresses(making, LDNS_SECTION_ADDITIONAL, making->zone->centre, content, true);
}

/* Its minimum, 0, is for how long a "no" may be kept. */
static void add_authority(struct making *making, ldns_pkt_section section)
{
    static const uint32_t numbers[] = {1, 3600, 600, 86400, 0};
    ldns_rdf *data[7] = {ldns_rdf_clone(making->zone->centre),
                         ldns_dname_new_frm_str("hostmaster")};
    if (data[1] && ldns_dname_cat(data[1], making->zone->apex) != LDNS_STATUS_OK)
        making->failed = true;
    for (size_t i = 0; i < 5; i++)
        data[2 + i] =
            ldns_native2rdf_int32(i == 0 ? LDNS_RDF_TYPE_INT32 : LDNS_RDF_TYPE_PERIOD, numbers[i]);
    add(making, section, making->zone->apex, LDNS_RR_TYPE_SOA, data, 7);
    if (section == LDNS_SECTION_ANSWER)
        say(making, "SOA");
}

static void add_records(struct making *making, const struct dns_query *query,
                        const struct dns_content *content)
{
    const ldns_rdf *owner = ldns_rr_owner(query->question);
    bool any = query->type == LDNS_RR_TYPE_ANY;
    if (query->of_centre && (any || query->type == LDNS_RR_TYPE_A))
        add_addresses(making, LDNS_SECTION_ANSWER, owner, content, false);
    if (query->of_centre && (any || query->type == LDNS_RR_TYPE_AAAA))
        add_addresses(making, LDNS_SECTION_ANSWER, owner, content, true);
    if (any || query->type == LDNS_RR_TYPE_MX)
        add_exchange(making, owner, content);
    if (query->of_apex && (any || query->type == LDNS_RR_TYPE_SOA))
        add_authority(making, LDNS_SECTION_ANSWER);
}

static bool fill_header(struct making *making, const struct dns_query *query, struct octets octets,
                        const struct dns_content *content)
{
    ldns_pkt *packet = making->packet;
    ldns_pkt_set_id(packet, LDNS_ID_WIRE(octets.at));
    ldns_pkt_set_opcode(packet, (ldns_pkt_opcode)LDNS_OPCODE_WIRE(octets.at));
    ldns_pkt_set_qr(packet, true);
    ldns_pkt_set_rd(packet, LDNS_RD_WIRE(octets.at));
    ldns_pkt_set_aa(packet, content->authoritative);
    ldns_pkt_set_tc(packet, content->truncated);
    ldns_pkt_set_rcode(packet, (uint8_t)(content->bad_version ? 0 : content->code));
    if (query->packet && ldns_pkt_edns(query->packet)) {
        ldns_pkt_set_edns_udp_size(packet, EDNS_LIMIT);
        ldns_pkt_set_edns_extended_rcode(packet, content->bad_version ? 1 : 0);
    }
    if (!query->question)
        return true;
    ldns_rr *question = ldns_rr_clone(query->question);
    if (question && ldns_pkt_push_rr(packet, LDNS_SECTION_QUESTION, question))
        return true;
    ldns_rr_free(question);
    return false;
}

static void fill(struct making *making, const struct dns_query *query,
                 const struct dns_content *content)
{
    if (content->bad_version) {
        say(making, "BADVERS");
    } else if (content->truncated) {
        say(making, "truncated");
    } else if (content->code != LDNS_RCODE_NOERROR) {
        char name[DNS_WORDS_SIZE];
        take_words(name, ldns_pkt_rcode2str(content->code));
        say(making, name);
        if (content->code == LDNS_RCODE_NXDOMAIN)
            add_authority(making, LDNS_SECTION_AUTHORITY);
    } else {
        add_records(making, query, content);
        if (making->length > 0)
            return;
        say(making, "no data");
        add_authority(making, LDNS_SECTION_AUTHORITY);
    }
}

bool dns_answer_make(const struct dns_zone *zone, const struct dns_query *query,
                     struct octets octets, const struct dns_content *content,
                     struct dns_reply *reply)
{
    struct making making = {.zone = zone, .packet = ldns_pkt_new(), .words = reply->answer};
    uint8_t *at = NULL;
    size_t count = 0;
    bool done = making.packet && fill_header(&making, query, octets, content);
    if (done) {
        fill(&making, query, content);
        done = !making.failed && ldns_pkt2wire(&at, making.packet, &count) == LDNS_STATUS_OK;
    }
    ldns_pkt_free(making.packet);
    if (done && count > query->limit && !content->truncated) {
        struct dns_content shorter = *content;
        shorter.truncated = true;
        free(at);
        return dns_answer_make(zone, query, octets, &shorter, reply);
    }
    if (!done) {
        free(at);
        return false;
    }
    reply->octets = at;
    reply->count = count;
    return true;
}
