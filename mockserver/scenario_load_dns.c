/* Rules of the name server. */
#include <arpa/inet.h>

#include "mockserver/scenario_load_build.h"

static bool is_word(const struct value *value, const char *word)
{
    return strcmp(value_text(value), word) == 0;
}

static void build_address(struct builder *builder, const struct value *value,
                          struct dns_address *address)
{
    uint8_t binary[sizeof(struct in6_addr)];
    char found[QUOTE_SIZE];
    if (is_word(value, "centre")) {
        address->place = DNS_PLACE_CENTRE;
    } else if (is_word(value, "backup")) {
        address->place = DNS_PLACE_BACKUP;
    } else if (is_word(value, "dead")) {
        address->place = DNS_PLACE_DEAD;
    } else if (inet_pton(AF_INET, value_text(value), binary) == 1 ||
               inet_pton(AF_INET6, value_text(value), binary) == 1) {
        address->place = DNS_PLACE_LITERAL;
        address->literal = build_string(builder, value);
    } else {
        fault_at(builder->faults, value,
                 "found %s, allowed: centre, backup, dead, or a numeric address",
                 fault_quote(found, value->string));
    }
}

static void build_addresses(struct builder *builder, const struct value *list,
                            struct dns_rule *rule)
{
    struct dns_address *addresses = build_take(builder, list->count, sizeof *addresses);
    for (size_t i = 0; addresses && i < list->count; i++)
        build_address(builder, list->members[i].value, &addresses[i]);
    rule->addresses = addresses;
    rule->address_count = addresses ? list->count : 0;
}

static void build_one_address(struct builder *builder, enum dns_place place, struct dns_rule *rule)
{
    struct dns_address *address = build_take(builder, 1, sizeof *address);
    if (address)
        address->place = place;
    rule->addresses = address;
    rule->address_count = address ? 1 : 0;
}

static void build_answer(struct builder *builder, const struct value *answer, struct dns_rule *rule)
{
    static const struct {
        const char *word;
        enum dns_answer answer;
    } words[] = {
        {"nxdomain", DNS_ANSWER_NXDOMAIN},   {"servfail", DNS_ANSWER_SERVFAIL},
        {"refused", DNS_ANSWER_REFUSED},     {"silence", DNS_ANSWER_SILENCE},
        {"truncated", DNS_ANSWER_TRUNCATED},
    };
    if (!answer)
        return; /* where the centre is now */
    if (answer->kind == VALUE_OBJECT) {
        build_addresses(builder, value_member(answer, "addresses"), rule);
        return;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(answer, words[i].word))
            rule->answer = words[i].answer;
    if (is_word(answer, "centre") || is_word(answer, "backup"))
        build_one_address(builder, is_word(answer, "centre") ? DNS_PLACE_CENTRE : DNS_PLACE_BACKUP,
                          rule);
}

void build_dns(struct builder *builder, const struct value *rules)
{
    if (!rules || rules->count == 0)
        return;
    struct dns_rule *list = build_take(builder, rules->count, sizeof *list);
    for (size_t i = 0; list && i < rules->count; i++) {
        const struct value *value = rules->members[i].value;
        const struct value *type = value_member(value, "type");
        const struct value *after = value_member(value, "after_connections");
        const struct value *answer = value_member(value, "answer");
        const struct value *delay = value_member(value, "delay");
        struct dns_rule *rule = &list[i];
        rule->number = (uint32_t)(i + 1);
        build_ranges(builder, value_member(value, "query"), &rule->queries);
        rule->has_type = type != NULL;
        for (int t = 0; type && t < DNS_TYPES; t++)
            if (is_word(type, dns_type_name((enum dns_type)t)))
                rule->type = (enum dns_type)t;
        rule->after_connections = after ? (uint32_t)after->integer : 0;
        build_answer(builder, answer, rule);
        build_span(builder, delay, &rule->delay);
        if (!answer && !delay)
            fault_at(builder->faults, value, "the rule does nothing, allowed: answer, delay");
        if (delay && rule->answer == DNS_ANSWER_SILENCE)
            fault_at(builder->faults, delay, "\"delay\" contradicts \"answer\": nothing is sent");
    }
    builder->scenario->dns_rules = list;
    builder->scenario->dns_rule_count = list ? rules->count : 0;
}
