/* NACCS's name server, asked in memory with octets that were written down by hand. */
#include "mockserver/dns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mockserver/scenario_load.h"
#include "tests/unit/unit.h"

#define NAME  "\x04MAIL\x04PROD\x06NACCS6"
#define APEX  "\x04pRod\x06nACCS6"
#define A     "\0\1\0\1"
#define AAAA  "\0\34\0\1"
#define MX    "\0\17\0\1"
#define QUERY "\x12\x34\x01\0\0\1\0\0\0\0\0\0"
/* The header's first words of a reply: QR AA RD. */
#define REPLY           "\x12\x34\x85\0\0\1"
#define ASK(name, type) OCTETS(QUERY name "\0" type)

struct server {
    struct scenario_set set;
    struct dns *dns;
    struct dns_reply reply;
    unsigned moves;
};

static void moved(void *owner)
{
    ((struct server *)owner)->moves++;
}

static void begin(struct server *server, const char *rules)
{
    char text[1024];
    snprintf(text, sizeof text, "{\"version\":1,\"dns\":[%s]}", rules);
    *server = (struct server){.moves = 0};
    const struct scenario_load_options load = {.root = "scenarios"};
    CU_ASSERT_FATAL(scenario_load_text(octets_of(text), "x.json", &load, &server->set));
    const struct dns_options options = {.scenario = server->set.at[0],
                                        .clock = {1, 5 * USEC_PER_SEC},
                                        .centre = "127.0.0.1",
                                        .backup = "127.0.0.2",
                                        .dead = "127.0.0.3"};
    server->dns = dns_new(&options, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(server->dns);
    dns_watch(server->dns, moved, server);
}

static void end(struct server *server)
{
    dns_reply_free(&server->reply);
    dns_free(server->dns);
    scenario_set_free(&server->set);
}

static const char *ask_over(struct server *server, struct octets query,
                            enum dns_transport transport)
{
    dns_reply_free(&server->reply);
    server->reply = (struct dns_reply){.octets = NULL};
    return dns_ask(server->dns, query, transport, &server->reply) ? server->reply.answer
                                                                  : "dropped";
}

static const char *ask(struct server *server, struct octets query)
{
    return ask_over(server, query, DNS_UDP);
}

static bool replied(const struct server *server, struct octets octets)
{
    return octets_equal((struct octets){server->reply.octets, server->reply.count}, octets);
}

static unsigned code(const struct server *server)
{
    return server->reply.octets[3] & 15;
}

static void test_golden(void)
{
    struct server server;
    begin(&server, "");
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, A)), "127.0.0.1");
    CU_ASSERT_STRING_EQUAL(server.reply.question, "A MAIL.PROD.NACCS6");
    CU_ASSERT(replied(&server, OCTETS(REPLY "\0\1\0\0\0\0" NAME "\0" A
                                            "\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1")));
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, AAAA)), "no data");
    CU_ASSERT_EQUAL(memcmp(server.reply.octets, REPLY "\0\0\0\1\0\0", 12), 0);
    /* As it was asked, in whatever case; the exchange's address comes along. */
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(APEX, MX)), "10 MAIL.PROD.NACCS6");
    CU_ASSERT_EQUAL(memcmp(server.reply.octets, REPLY "\0\1\0\0\0\1" APEX "\0" MX, 29), 0);
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, MX)), "10 MAIL.PROD.NACCS6");
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(APEX, A)), "no data");
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK("\3www" NAME, A)), "NXDOMAIN");
    CU_ASSERT_EQUAL(code(&server), 3);
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK("", A)), "NXDOMAIN");
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(APEX, "\0\6\0\1")), "SOA");
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, "\0\xff\0\1")), "127.0.0.1, 10 MAIL.PROD.NACCS6");
    end(&server);
}

static void test_odd_queries(void)
{
    struct server server;
    begin(&server, "{\"answer\":\"servfail\"}");
    CU_ASSERT_STRING_EQUAL(ask(&server, OCTETS("\x12\x34\x28\0\0\1\0\0\0\0\0\0" NAME "\0" A)),
                           "NOTIMPL");
    CU_ASSERT_EQUAL(code(&server), 4);
    CU_ASSERT_STRING_EQUAL(ask(&server, OCTETS(QUERY)), "FORMERR");
    CU_ASSERT_STRING_EQUAL(
        ask(&server, OCTETS("\x12\x34\1\0\0\2\0\0\0\0\0\0" NAME "\0" A NAME "\0" A)), "FORMERR");
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, "\0\1\0\3")), "REFUSED");
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, "\0\xfc\0\1")), "REFUSED");
    CU_ASSERT_EQUAL(code(&server), 5);
    /* A pointer to itself. */
    CU_ASSERT_STRING_EQUAL(ask(&server, OCTETS(QUERY "\xc0\x0c" A)), "FORMERR");
    CU_ASSERT_EQUAL(server.reply.count, 12);
    /* A reply, and what is no message. */
    CU_ASSERT_STRING_EQUAL(ask(&server, OCTETS("\x12\x34\x81\0\0\1\0\0\0\0\0\0" NAME "\0" A)),
                           "dropped");
    CU_ASSERT_STRING_EQUAL(ask(&server, OCTETS("\x12\x34\1\0\0\1\0\0\0\0\0")), "dropped");
    end(&server);
}

static void test_extension(void)
{
    struct server server;
    begin(&server, "");
#define EXTENDED           "\x12\x34\x01\0\0\1\0\0\0\0\0\1" NAME "\0" A
#define OPT(size, version) "\0\0\x29" size "\0" version "\0\0\0\0"
    CU_ASSERT_STRING_EQUAL(ask(&server, OCTETS(EXTENDED OPT("\x10\0", "\0"))), "127.0.0.1");
    CU_ASSERT_EQUAL(memcmp(server.reply.octets, REPLY "\0\1\0\0\0\1", 12), 0);
    CU_ASSERT_STRING_EQUAL(ask(&server, OCTETS(EXTENDED OPT("\x10\0", "\1"))), "BADVERS");
    CU_ASSERT_EQUAL(code(&server), 0);
    end(&server);
}

/* Whatever is cut off anywhere is answered with FORMERR, or not at all. */
static void test_cut_at_every_octet(void)
{
    static const struct octets whole = OCTETS_INIT(QUERY NAME "\0" A);
    struct server server;
    begin(&server, "");
    for (size_t count = 0; count < whole.count; count++) {
        uint8_t *copy = malloc(count + 1);
        memcpy(copy, whole.at, count);
        CU_ASSERT_STRING_EQUAL(ask(&server, (struct octets){copy, count}),
                               count < 12 ? "dropped" : "FORMERR");
        free(copy);
    }
    end(&server);
}

static void test_rules(void)
{
    struct server server;
    begin(&server, "{\"query\":1,\"answer\":\"silence\"},"
                   "{\"type\":\"AAAA\",\"query\":\"2-\",\"answer\":\"refused\"},"
                   "{\"query\":2,\"answer\":\"nxdomain\",\"delay\":\"80%\"},"
                   "{\"query\":3,\"answer\":{\"addresses\":[\"dead\",\"10.1.2.3\",\"::1\"]}},"
                   "{\"query\":4,\"answer\":\"truncated\"}");
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, AAAA)), "nothing");
    CU_ASSERT_PTR_NULL(server.reply.octets);
    CU_ASSERT_EQUAL(server.reply.rule, 1);
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, A)), "NXDOMAIN");
    CU_ASSERT_EQUAL(server.reply.delay, 4 * USEC_PER_SEC);
    /* Of a name that is not the centre's nothing is counted. */
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK("\1x" APEX, A)), "NXDOMAIN");
    CU_ASSERT_EQUAL(server.reply.rule, 0);
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, A)), "127.0.0.3, 10.1.2.3");
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, A)), "truncated");
    CU_ASSERT_EQUAL(server.reply.octets[2], 0x87);
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, AAAA)), "REFUSED");
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, A)), "127.0.0.1");
    end(&server);
    begin(&server, "{\"answer\":\"truncated\"}");
    CU_ASSERT_STRING_EQUAL(ask_over(&server, ASK(NAME, A), DNS_UDP), "truncated");
    CU_ASSERT_STRING_EQUAL(ask_over(&server, ASK(NAME, A), DNS_TCP), "127.0.0.1");
    end(&server);
}

/* What does not fit into a datagram is cut short, and whole over TCP. */
static void test_too_large(void)
{
    char rule[512] = "{\"answer\":{\"addresses\":[";
    for (int i = 1; i <= 16; i++)
        snprintf(rule + strlen(rule), sizeof rule - strlen(rule), "%s\"2001:db8::%d\"",
                 i > 1 ? "," : "", i);
    snprintf(rule + strlen(rule), sizeof rule - strlen(rule), "]}}");
    struct server server;
    begin(&server, rule);
    ask(&server, ASK(NAME, AAAA));
    CU_ASSERT_EQUAL(server.reply.octets[2], 0x85);
    CU_ASSERT_EQUAL(server.reply.octets[7], 16);
    const struct octets any = ASK(NAME, "\0\xff\0\1");
    ask(&server, any);
    CU_ASSERT_EQUAL(server.reply.octets[2], 0x87);
    CU_ASSERT_EQUAL(server.reply.octets[7], 0);
    ask_over(&server, any, DNS_TCP);
    CU_ASSERT_EQUAL(server.reply.octets[2], 0x85);
    CU_ASSERT_EQUAL(server.reply.octets[7], 17);
    CU_ASSERT(server.reply.count > 512);
    end(&server);
}

static void test_moves(void)
{
    struct server server;
    enum { OWN = 1 << DNS_PLACE_CENTRE, BACKUP = 1 << DNS_PLACE_BACKUP };
    begin(&server, "{\"after_connections\":2,\"answer\":\"backup\"}");
    CU_ASSERT_EQUAL(dns_places(server.dns), OWN);
    dns_connection_accepted(server.dns);
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, A)), "127.0.0.1");
    CU_ASSERT_EQUAL(server.moves, 0);
    dns_connection_accepted(server.dns);
    /* At once, whether anybody asks or not. */
    CU_ASSERT_EQUAL(server.moves, 1);
    CU_ASSERT_EQUAL(dns_places(server.dns), BACKUP);
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, A)), "127.0.0.2");
    CU_ASSERT(dns_change(server.dns, server.set.at[0], NULL));
    CU_ASSERT_EQUAL(dns_places(server.dns), OWN);
    CU_ASSERT_EQUAL(server.moves, 2);
    end(&server);
    begin(&server,
          "{\"type\":\"A\",\"query\":2,\"answer\":{\"addresses\":[\"centre\",\"backup\"]}}");
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, A)), "127.0.0.1");
    CU_ASSERT_EQUAL(dns_places(server.dns), OWN);
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK(NAME, A)), "127.0.0.1, 127.0.0.2");
    CU_ASSERT_EQUAL(dns_places(server.dns), OWN | BACKUP);
    end(&server);
    begin(&server, "{\"answer\":\"backup\"}");
    CU_ASSERT_EQUAL(dns_places(server.dns), BACKUP);
    end(&server);
}

static void test_names(void)
{
    static const char a_label_of_64[] =
        "a234567890123456789012345678901234567890123456789012345678901234";
    static const char *const bad[] = {"", ".", "a..b", a_label_of_64};
    struct problem problem;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct scenario *scenario = scenario_new(bad[i]);
        const struct dns_options options = {.scenario = scenario, .centre = "127.0.0.1"};
        CU_ASSERT_PTR_NULL(dns_new(&options, &problem));
        scenario_free(scenario);
    }
    struct scenario *scenario = scenario_new("NACCS6");
    const struct dns_options options = {.scenario = scenario, .centre = "::1", .clock.pace = 1};
    struct server server = {.dns = dns_new(&options, &problem)};
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK("\6naccs6", AAAA)), "::1");
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK("\6naccs6", A)), "no data");
    CU_ASSERT_STRING_EQUAL(ask(&server, ASK("\6naccs6", "\0\6\0\1")), "SOA");
    dns_reply_free(&server.reply);
    dns_free(server.dns);
    scenario_free(scenario);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"golden", test_golden},       {"odd queries", test_odd_queries},
        {"extension", test_extension}, {"cut at every octet", test_cut_at_every_octet},
        {"rules", test_rules},         {"too large", test_too_large},
        {"moves", test_moves},         {"names", test_names},
    };
    return unit_main("dns", tests, sizeof tests / sizeof *tests, argc, argv);
}
