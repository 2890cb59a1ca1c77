/* The name server: whatever is asked, the reply is one that ldns can read, is about the same query,
 * and fits where it goes; its words can be printed. The first octet chooses rules and transport. */
#include <ldns/ldns.h>
#include <stdlib.h>

#include "mockserver/dns.h"
#include "tests/fuzz/fuzz.h"

static void require_printable(const char *words)
{
    for (; *words; words++)
        FUZZ_REQUIRE(*words >= ' ' && *words <= '~');
}

static void require_reply(struct octets query, const struct dns_reply *reply, size_t most)
{
    ldns_pkt *packet = NULL;
    FUZZ_REQUIRE(reply->count >= 12 && reply->count <= most);
    FUZZ_REQUIRE(memcmp(reply->octets, query.at, 2) == 0);
    FUZZ_REQUIRE(reply->octets[2] & 0x80);
    FUZZ_REQUIRE(ldns_wire2pkt(&packet, reply->octets, reply->count) == LDNS_STATUS_OK);
    ldns_pkt_free(packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct dns_address places[] = {
        {DNS_PLACE_BACKUP, NULL}, {DNS_PLACE_DEAD, NULL}, {DNS_PLACE_LITERAL, "2001:db8::1"}};
    static const struct range second[] = {{2, 2}};
    static const struct dns_rule rules[] = {
        {.queries = {second, 1}, .answer = DNS_ANSWER_TRUNCATED, .number = 1},
        {.has_type = true, .type = DNS_TYPE_AAAA, .answer = DNS_ANSWER_SILENCE, .number = 2},
        {.addresses = places, .address_count = 3, .number = 3}};
    if (size == 0)
        return 0;
    struct scenario *scenario = scenario_new(NULL);
    if (!scenario)
        return 0;
    scenario->dns_rules = rules;
    scenario->dns_rule_count = data[0] & 3;
    const struct dns_options options = {.scenario = scenario,
                                        .clock = {1, 5 * USEC_PER_SEC},
                                        .centre = "127.0.0.1",
                                        .backup = "127.0.0.2"};
    struct dns *dns = dns_new(&options, NULL);
    /* In memory of its own size: looking past its end is seen. */
    struct octets query = {malloc(size), size - 1};
    memcpy((uint8_t *)(uintptr_t)query.at, data + 1, size - 1);
    enum dns_transport transport = data[0] & 4 ? DNS_TCP : DNS_UDP;
    for (int i = 0; i < 2 && dns; i++) {
        struct dns_reply reply;
        if (!dns_ask(dns, query, transport, &reply))
            break;
        require_printable(reply.question);
        require_printable(reply.answer);
        if (reply.octets)
            require_reply(query, &reply, transport == DNS_UDP ? 1232 : DNS_MESSAGE_LIMIT);
        dns_reply_free(&reply);
        dns_connection_accepted(dns);
    }
    free((uint8_t *)(uintptr_t)query.at);
    dns_free(dns);
    scenario_free(scenario);
    return 0;
}
