/* The client's look-up by c-ares against the live name server, over UDP and TCP. */
#include <stdio.h>
#include <string.h>

#include "client/lookup.h"
#include "mockserver/dns.h"
#include "mockserver/scenario_load.h"
#include "tests/unit/unit.h"

struct asking {
    struct loop *loop;
    struct scenario_set set;
    struct dns *dns;
    struct dns_server *server;
    struct client_lookup *lookup;
    struct client_lookup_answer answer;
    unsigned answered, queries;
    struct timer limit;
};

static void answered(void *owner, const struct client_lookup_answer *answer)
{
    struct asking *asking = owner;
    asking->answer = *answer;
    asking->answered++;
    loop_stop(asking->loop);
}

static void limit_over(struct timer *timer)
{
    loop_stop(OWNER_OF(timer, struct asking, limit)->loop);
}

static void event(void *owner, const struct transcript_event *event)
{
    ((struct asking *)owner)->queries += event->kind == TRANSCRIPT_QUERY;
}

static void begin(struct asking *asking, const char *rules)
{
    char text[1024];
    snprintf(text, sizeof text, "{\"version\":1,\"dns\":[%s]}", rules);
    *asking = (struct asking){.loop = loop_live_new(NULL)};
    const struct scenario_load_options load = {.root = "scenarios"};
    CU_ASSERT_FATAL(scenario_load_text(octets_of(text), "x.json", &load, &asking->set));
    const struct dns_options dns = {.scenario = asking->set.at[0],
                                    .clock = {1, 5 * USEC_PER_SEC},
                                    .centre = "127.0.0.1",
                                    .backup = "127.0.0.2",
                                    .dead = "127.0.0.3"};
    asking->dns = dns_new(&dns, NULL);
    const struct dns_server_options server = {
        .listen = {.address = "127.0.0.1"}, .dns = asking->dns, .sink = {event, asking}};
    asking->server = dns_server_open(asking->loop, &server, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(asking->server);
    asking->lookup = client_lookup_cares_new(asking->loop, dns_server_endpoint(asking->server),
                                             30 * USEC_PER_SEC, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(asking->lookup);
    timer_init(&asking->limit, limit_over);
}

/* Asks; a minute is for what should never happen. */
static void look_up(struct asking *asking, const char *name)
{
    unsigned before = asking->answered;
    CU_ASSERT(asking->lookup->begin(asking->lookup, name, answered, asking, NULL));
    CU_ASSERT_EQUAL(asking->answered, before);
    loop_timer_set(asking->loop, &asking->limit, loop_now(asking->loop) + 60 * USEC_PER_SEC);
    loop_run(asking->loop);
    loop_timer_cancel(asking->loop, &asking->limit);
    CU_ASSERT_EQUAL(asking->answered, before + 1);
}

static void end(struct asking *asking)
{
    asking->lookup->free(asking->lookup);
    dns_server_close(asking->server);
    dns_free(asking->dns);
    scenario_set_free(&asking->set);
    loop_free(asking->loop);
}

static void expect_addresses(const struct asking *asking, const char *first, const char *second,
                             const char *third)
{
    const char *const expected[] = {first, second, third};
    size_t count = third ? 3 : second ? 2 : 1;
    CU_ASSERT_EQUAL(asking->answer.status, CLIENT_LOOKUP_FOUND);
    CU_ASSERT_EQUAL_FATAL(asking->answer.count, count);
    for (size_t i = 0; i < count; i++)
        CU_ASSERT_STRING_EQUAL(asking->answer.addresses[i].address, expected[i]);
}

static void test_found(void)
{
    struct asking asking;
    begin(&asking, "");
    look_up(&asking, "mail.prod.naccs6");
    expect_addresses(&asking, "127.0.0.1", NULL, NULL);
    CU_ASSERT_EQUAL(asking.queries, 2);
    /* Anew each time. */
    dns_connection_accepted(asking.dns);
    look_up(&asking, "mail.prod.naccs6.");
    CU_ASSERT_EQUAL(asking.queries, 4);
    end(&asking);
}

static void test_order(void)
{
    struct asking asking;
    begin(&asking, "{\"answer\":{\"addresses\":[\"::1\",\"dead\",\"centre\"]}}");
    look_up(&asking, "mail.prod.naccs6");
    expect_addresses(&asking, "127.0.0.3", "127.0.0.1", "::1");
    end(&asking);
}

static void test_moved(void)
{
    struct asking asking;
    begin(&asking, "{\"after_connections\":1,\"answer\":\"backup\"}");
    look_up(&asking, "mail.prod.naccs6");
    expect_addresses(&asking, "127.0.0.1", NULL, NULL);
    dns_connection_accepted(asking.dns);
    look_up(&asking, "mail.prod.naccs6");
    expect_addresses(&asking, "127.0.0.2", NULL, NULL);
    end(&asking);
}

static void test_truncated(void)
{
    struct asking asking;
    begin(&asking, "{\"answer\":\"truncated\"}");
    look_up(&asking, "mail.prod.naccs6");
    expect_addresses(&asking, "127.0.0.1", NULL, NULL);
    CU_ASSERT_EQUAL(asking.queries, 4);
    end(&asking);
}

static void test_no_such_name(void)
{
    struct asking asking;
    begin(&asking, "");
    look_up(&asking, "www.prod.naccs6");
    CU_ASSERT_EQUAL(asking.answer.status, CLIENT_LOOKUP_NO_SUCH_NAME);
    CU_ASSERT_NOT_EQUAL(asking.answer.text[0], '\0');
    look_up(&asking, "prod.naccs6"); /* there is one, but without an address */
    CU_ASSERT_EQUAL(asking.answer.status, CLIENT_LOOKUP_NO_SUCH_NAME);
    end(&asking);
}

static void test_failures(void)
{
    static const char *const rules[] = {"{\"answer\":\"servfail\"}", "{\"answer\":\"refused\"}"};
    for (size_t i = 0; i < 2; i++) {
        struct asking asking;
        begin(&asking, rules[i]);
        look_up(&asking, "mail.prod.naccs6");
        CU_ASSERT_EQUAL(asking.answer.status, CLIENT_LOOKUP_FAILED);
        end(&asking);
    }
    struct asking asking;
    begin(&asking, "");
    dns_server_close(asking.server); /* nobody listens there any more */
    asking.server = NULL;
    look_up(&asking, "mail.prod.naccs6");
    CU_ASSERT_EQUAL(asking.answer.status, CLIENT_LOOKUP_FAILED);
    end(&asking);
}

/* One family goes unanswered: the other one's answer does. */
static void test_half_silent(void)
{
    struct asking asking;
    begin(&asking, "{\"type\":\"AAAA\",\"answer\":\"silence\"}");
    look_up(&asking, "mail.prod.naccs6");
    expect_addresses(&asking, "127.0.0.1", NULL, NULL);
    end(&asking);
}

static void test_cancel(void)
{
    struct asking asking;
    begin(&asking, "{\"answer\":\"silence\"}");
    CU_ASSERT(asking.lookup->begin(asking.lookup, "mail.prod.naccs6", answered, &asking, NULL));
    asking.lookup->cancel(asking.lookup);
    asking.lookup->cancel(asking.lookup);
    CU_ASSERT_EQUAL(asking.answered, 0);
    end(&asking);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"found", test_found},
        {"order of addresses", test_order},
        {"moved", test_moved},
        {"truncated", test_truncated},
        {"no such name", test_no_such_name},
        {"failures", test_failures},
        {"half silent", test_half_silent},
        {"cancel", test_cancel},
    };
    return unit_main("lookup_cares", tests, sizeof tests / sizeof *tests, argc, argv);
}
