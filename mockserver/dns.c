#include "mockserver/dns_private.h"

#include <stdio.h>
#include <stdlib.h>

enum { ADDRESS_SIZE = 64 };

struct dns {
    struct dns_zone zone;
    const struct scenario *scenario;
    struct play_clock clock;
    char addresses[DNS_PLACE_LITERAL][ADDRESS_SIZE]; /* empty: none */
    uint32_t connections;
    uint32_t queries, queries_of[DNS_TYPES];
    unsigned places;
    const struct dns_rule *standing; /* that rules by the number of connections; null: none */
    void (*moved)(void *owner);
    void *owner;
};

static unsigned places_of(const struct dns_rule *rule)
{
    unsigned places = 0;
    for (size_t i = 0; i < rule->address_count; i++)
        places |= 1u << rule->addresses[i].place;
    return places & (1u << DNS_PLACE_CENTRE | 1u << DNS_PLACE_BACKUP);
}

/* The rule that holds whatever is asked, where it says where the centre is. */
static const struct dns_rule *standing_rule(const struct dns *dns)
{
    for (size_t i = 0; i < dns->scenario->dns_rule_count; i++) {
        const struct dns_rule *rule = &dns->scenario->dns_rules[i];
        if (rule->queries.count == 0 && !rule->has_type &&
            rule->after_connections <= dns->connections && places_of(rule) != 0)
            return rule;
    }
    return NULL;
}

static void move(struct dns *dns, const struct dns_rule *rule)
{
    unsigned places = places_of(rule);
    if (places == 0 || places == dns->places)
        return;
    dns->places = places;
    if (dns->moved)
        dns->moved(dns->owner);
}

static void stand(struct dns *dns)
{
    const struct dns_rule *rule = standing_rule(dns);
    if (rule == dns->standing)
        return;
    dns->standing = rule;
    if (rule)
        move(dns, rule);
}

static void begin(struct dns *dns, const struct scenario *scenario)
{
    dns->scenario = scenario;
    dns->connections = dns->queries = 0;
    memset(dns->queries_of, 0, sizeof dns->queries_of);
    dns->places = 1u << DNS_PLACE_CENTRE;
    dns->standing = NULL;
    stand(dns);
}

struct dns *dns_new(const struct dns_options *options, struct problem *problem)
{
    const char *const addresses[] = {options->centre, options->backup, options->dead};
    struct dns *dns = calloc(1, sizeof *dns);
    if (!dns) {
        problem_set(problem, "no memory for the name server");
        return NULL;
    }
    if (!dns_zone_init(&dns->zone, options->scenario->centre.domain, problem)) {
        free(dns);
        return NULL;
    }
    for (size_t i = 0; i < DNS_PLACE_LITERAL; i++)
        if (addresses[i])
            snprintf(dns->addresses[i], ADDRESS_SIZE, "%s", addresses[i]);
    dns->clock = options->clock;
    begin(dns, options->scenario);
    return dns;
}

void dns_free(struct dns *dns)
{
    if (!dns)
        return;
    dns_zone_free(&dns->zone);
    free(dns);
}

bool dns_change(struct dns *dns, const struct scenario *scenario, struct problem *problem)
{
    struct dns_zone zone;
    if (!dns_zone_init(&zone, scenario->centre.domain, problem))
        return false;
    dns_zone_free(&dns->zone);
    dns->zone = zone;
    unsigned places = dns->places;
    void (*moved)(void *owner) = dns->moved;
    dns->moved = NULL; /* once is enough */
    begin(dns, scenario);
    dns->moved = moved;
    if (moved && dns->places != places)
        moved(dns->owner);
    return true;
}

unsigned dns_places(const struct dns *dns)
{
    return dns->places;
}

void dns_watch(struct dns *dns, void (*moved)(void *owner), void *owner)
{
    dns->moved = moved;
    dns->owner = owner;
}

void dns_connection_accepted(struct dns *dns)
{
    dns->connections++;
    stand(dns);
}

static bool type_of(ldns_rr_type asked, enum dns_type *type)
{
    static const ldns_rr_type types[DNS_TYPES] = {
        [DNS_TYPE_A] = LDNS_RR_TYPE_A,
        [DNS_TYPE_AAAA] = LDNS_RR_TYPE_AAAA,
        [DNS_TYPE_MX] = LDNS_RR_TYPE_MX,
    };
    for (int i = 0; i < DNS_TYPES; i++) {
        if (types[i] == asked) {
            *type = (enum dns_type)i;
            return true;
        }
    }
    return false;
}

/* Counts the query; the rule that acts, or null. */
static const struct dns_rule *play_query(struct dns *dns, ldns_rr_type asked)
{
    enum dns_type type = DNS_TYPE_A;
    bool typed = type_of(asked, &type);
    dns->queries++;
    if (typed)
        dns->queries_of[type]++;
    for (size_t i = 0; i < dns->scenario->dns_rule_count; i++) {
        const struct dns_rule *rule = &dns->scenario->dns_rules[i];
        if (rule->has_type && (!typed || rule->type != type))
            continue;
        uint32_t number = rule->has_type ? dns->queries_of[type] : dns->queries;
        if (ranges_hold(&rule->queries, number) && rule->after_connections <= dns->connections)
            return rule;
    }
    return NULL;
}

static void add_address(struct dns_content *content, const char *address)
{
    if (address && *address && content->count < sizeof content->addresses / sizeof(char *))
        content->addresses[content->count++] = address;
}

static void add_addresses(const struct dns *dns, const struct dns_rule *rule,
                          struct dns_content *content)
{
    if (rule && rule->address_count > 0) {
        for (size_t i = 0; i < rule->address_count; i++) {
            const struct dns_address *address = &rule->addresses[i];
            add_address(content, address->place == DNS_PLACE_LITERAL
                                     ? address->literal
                                     : dns->addresses[address->place]);
        }
        return;
    }
    for (int place = DNS_PLACE_CENTRE; place <= DNS_PLACE_BACKUP; place++)
        if (dns->places & 1u << place)
            add_address(content, dns->addresses[place]);
}

/* What a query about the centre gets; false: nothing at all. */
static bool answer_by_rule(struct dns *dns, const struct dns_rule *rule,
                           enum dns_transport transport, struct dns_content *content)
{
    *content = (struct dns_content){.code = LDNS_RCODE_NOERROR, .authoritative = true};
    switch (rule ? rule->answer : DNS_ANSWER_ADDRESSES) {
    case DNS_ANSWER_ADDRESSES:
        if (rule)
            move(dns, rule);
        break;
    case DNS_ANSWER_NXDOMAIN:
        content->code = LDNS_RCODE_NXDOMAIN;
        return true;
    case DNS_ANSWER_SERVFAIL:
        content->code = LDNS_RCODE_SERVFAIL;
        content->authoritative = false;
        return true;
    case DNS_ANSWER_REFUSED:
        content->code = LDNS_RCODE_REFUSED;
        content->authoritative = false;
        return true;
    case DNS_ANSWER_SILENCE:
        return false;
    case DNS_ANSWER_TRUNCATED:
        content->truncated = transport == DNS_UDP;
        break;
    }
    add_addresses(dns, rule, content);
    return true;
}

/* A rule is about the centre's name, and about who takes mail for its domain. */
static bool about_centre(const struct dns_query *query)
{
    return query->of_centre || (query->of_apex && query->type == LDNS_RR_TYPE_MX);
}

bool dns_ask(struct dns *dns, struct octets octets, enum dns_transport transport,
             struct dns_reply *reply)
{
    struct dns_query query;
    struct dns_reply made = {.octets = NULL};
    struct dns_content content;
    if (!dns_query_read(&dns->zone, octets, transport, &query))
        return false;
    dns_query_words(&query, made.question);
    bool answers = true;
    if (!dns_query_odd(&query, octets, &content)) {
        const struct dns_rule *rule = about_centre(&query) ? play_query(dns, query.type) : NULL;
        answers = answer_by_rule(dns, rule, transport, &content);
        made.rule = rule ? rule->number : 0;
        made.delay = rule ? play_span(&dns->clock, rule->delay) : 0;
    }
    bool done = true;
    if (answers)
        done = dns_answer_make(&dns->zone, &query, octets, &content, &made);
    else
        snprintf(made.answer, sizeof made.answer, "nothing");
    dns_query_free(&query);
    if (done)
        *reply = made;
    return done;
}

void dns_reply_free(struct dns_reply *reply)
{
    free(reply->octets);
    reply->octets = NULL;
}

static void tell(const struct transcript_sink *sink, const struct loop *loop,
                 enum transcript_kind kind, uint32_t rule, const char *words)
{
    if (!sink->event)
        return;
    const struct transcript_event event = {.at = loop_now(loop),
                                           .wall_clock = loop_wall_clock(loop),
                                           .kind = kind,
                                           .stage = STAGE_CONNECT,
                                           .rule = rule,
                                           .octets = octets_of(words)};
    sink->event(sink->owner, &event);
}

void dns_tell_query(const struct transcript_sink *sink, const struct loop *loop,
                    const struct dns_reply *reply)
{
    tell(sink, loop, TRANSCRIPT_QUERY, 0, reply->question);
}

void dns_tell_answer(const struct transcript_sink *sink, const struct loop *loop,
                     const struct dns_reply *reply)
{
    tell(sink, loop, TRANSCRIPT_ANSWER, reply->rule, reply->answer);
}
