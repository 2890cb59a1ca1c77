/* The name server on the network: what its transports do with those who ask. */
#include "mockserver/dns.h"

#include <stdlib.h>

#include "mockserver/scenario_load.h"
#include "tests/unit/unit.h"
#include "wire/conn.h"
#include "wire/datagram.h"

enum { LINKS_AT_ONCE = 64, LINKS = LINKS_AT_ONCE + 6, WAITING_MOST = 1024 };

#define QUERY "\x12\x34\x01\0\0\1\0\0\0\0\0\0\x04MAIL\x04PROD\x06NACCS6\0\0\1\0\1"
/* With its length before it. */
#define FRAMED "\0\x22" QUERY

struct asker {
    struct world *world;
    struct conn *conn; /* null: over */
    size_t octets;     /* that came */
    bool ended;
};

struct world {
    struct scenario_set set;
    struct loop *loop;
    struct dns *dns;
    struct dns_server *server;
    struct datagram *datagram;
    unsigned datagrams, queries, answers;
    struct asker askers[LINKS];
    unsigned served, wanted; /* the loop stops when so many were answered */
    struct timer guard;
    bool late;
};

static void too_late(struct timer *timer)
{
    struct world *world = OWNER_OF(timer, struct world, guard);
    world->late = true;
    loop_stop(world->loop);
}

static void event(void *owner, const struct transcript_event *event)
{
    struct world *world = owner;
    world->queries += event->kind == TRANSCRIPT_QUERY;
    world->answers += event->kind == TRANSCRIPT_ANSWER;
}

static void begin(struct world *world, const char *rules)
{
    char text[256];
    struct problem problem = {""};
    *world = (struct world){.wanted = 1};
    snprintf(text, sizeof text, "{\"version\":1,\"dns\":[%s]}", rules);
    const struct scenario_load_options load = {.root = "scenarios"};
    CU_ASSERT_FATAL(scenario_load_text(octets_of(text), "x.json", &load, &world->set));
    world->loop = loop_live_new(&problem);
    world->dns = dns_new(&(struct dns_options){.scenario = world->set.at[0],
                                               .clock = {1, 5 * USEC_PER_SEC},
                                               .centre = "127.0.0.1"},
                         &problem);
    const struct dns_server_options options = {
        .listen = {"127.0.0.1", 0}, .dns = world->dns, .sink = {event, world}};
    world->server = dns_server_open(world->loop, &options, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(world->server);
    timer_init(&world->guard, too_late);
}

static void end(struct world *world)
{
    for (size_t i = 0; i < LINKS; i++)
        if (world->askers[i].conn)
            conn_close(world->askers[i].conn, CONN_CLOSE_RESET);
    if (world->datagram)
        datagram_close(world->datagram);
    dns_server_close(world->server);
    dns_free(world->dns);
    scenario_set_free(&world->set);
    loop_free(world->loop);
}

/* For so long at most; false where it took all of it. */
static bool run(struct world *world, usec most)
{
    world->late = false;
    loop_timer_set(world->loop, &world->guard, loop_now(world->loop) + most);
    loop_run(world->loop);
    loop_timer_cancel(world->loop, &world->guard);
    return !world->late;
}

static void asker_received(void *owner, struct conn *conn, struct octets octets)
{
    struct asker *asker = owner;
    (void)conn;
    asker->octets += octets.count;
    if (++asker->world->served == asker->world->wanted)
        loop_stop(asker->world->loop);
}

static void asker_ended(void *owner, struct conn *conn, enum conn_end end)
{
    struct asker *asker = owner;
    (void)end;
    asker->ended = true;
    asker->conn = NULL;
    conn_close(conn, CONN_CLOSE_RESET);
    loop_stop(asker->world->loop);
}

static const struct conn_handler handler = {.received = asker_received, .ended = asker_ended};

static void ask(struct world *world, size_t index, struct octets octets)
{
    struct asker *asker = &world->askers[index];
    struct problem problem = {""};
    asker->world = world;
    asker->conn =
        conn_connect(world->loop, dns_server_endpoint(world->server), &handler, asker, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(asker->conn);
    CU_ASSERT_TRUE(conn_send(asker->conn, octets));
}

/* The framed query, the second half of it late; several on one connection. */
static void test_in_pieces(void)
{
    struct world world;
    begin(&world, "");
    ask(&world, 0, OCTETS(FRAMED FRAMED "\0"));
    CU_ASSERT_TRUE(run(&world, 5 * USEC_PER_SEC));
    while (world.served < 2 && run(&world, USEC_PER_SEC)) /* both answers may be one segment */
        world.wanted = 2;
    size_t once = world.askers[0].octets / 2;
    CU_ASSERT(once > 45 && world.answers == 2);
    CU_ASSERT_TRUE(conn_send(world.askers[0].conn, OCTETS("\x22" QUERY)));
    world.served = 0;
    CU_ASSERT_TRUE(run(&world, 5 * USEC_PER_SEC));
    CU_ASSERT_EQUAL(world.askers[0].octets, 3 * once);
    end(&world);
}

/* Connections beyond what it takes at once wait until one of them goes. */
static void test_crowd(void)
{
    struct world world;
    begin(&world, "");
    world.wanted = LINKS_AT_ONCE;
    for (size_t i = 0; i < LINKS; i++)
        ask(&world, i, OCTETS(FRAMED));
    CU_ASSERT_TRUE(run(&world, 20 * USEC_PER_SEC));
    world.wanted = LINKS;
    CU_ASSERT_FALSE(run(&world, 100 * USEC_PER_MSEC));
    CU_ASSERT_EQUAL(world.served, LINKS_AT_ONCE);
    for (size_t i = 0; i < LINKS; i++) {
        if (world.askers[i].octets == 0)
            continue;
        conn_close(world.askers[i].conn, CONN_CLOSE_FIN);
        world.askers[i].conn = NULL;
    }
    CU_ASSERT_TRUE(run(&world, 5 * USEC_PER_SEC));
    CU_ASSERT_EQUAL(world.served, LINKS);
    end(&world);
}

/* Who has gone gets no answer; who has only ended its own direction does, and the connection is
 * closed behind it. */
static void test_gone_before_the_answer(void)
{
    struct world world;
    begin(&world, "{\"answer\":\"nxdomain\",\"delay\":\"200ms\"}");
    ask(&world, 0, OCTETS(FRAMED));
    ask(&world, 1, OCTETS(FRAMED));
    ask(&world, 2, OCTETS(FRAMED));
    run(&world, 50 * USEC_PER_MSEC);
    CU_ASSERT_EQUAL(world.queries, 3);
    conn_close(world.askers[1].conn, CONN_CLOSE_RESET);
    world.askers[1].conn = NULL;
    conn_shutdown(world.askers[2].conn);
    world.wanted = 100;
    CU_ASSERT_TRUE(run(&world, 5 * USEC_PER_SEC)); /* until one is closed */
    CU_ASSERT_EQUAL(world.answers, 2);
    CU_ASSERT(world.askers[0].octets > 0 && !world.askers[0].ended);
    CU_ASSERT(world.askers[2].octets == world.askers[0].octets && world.askers[2].ended);
    end(&world);
}

/* What waits when it is closed is dropped. */
static void test_closed_while_answers_wait(void)
{
    struct world world;
    begin(&world, "{\"answer\":\"nxdomain\",\"delay\":\"10s\"}");
    ask(&world, 0, OCTETS(FRAMED));
    ask(&world, 1, OCTETS(FRAMED));
    run(&world, 50 * USEC_PER_MSEC);
    CU_ASSERT_EQUAL(world.queries, 2);
    dns_server_close(world.server);
    world.server = NULL;
    CU_ASSERT_TRUE(run(&world, 5 * USEC_PER_SEC));
    CU_ASSERT_TRUE(world.askers[0].ended || world.askers[1].ended);
    CU_ASSERT_EQUAL(world.answers, 0);
    end(&world);
}

static void datagram_received(void *owner, const struct endpoint *from, struct octets octets)
{
    struct world *world = owner;
    (void)from;
    world->datagrams += octets.count > 12;
}

/* So many answers wait, and no more: further queries are dropped. */
static void test_flood(void)
{
    struct world world;
    struct problem problem = {""};
    begin(&world, "{\"answer\":\"nxdomain\",\"delay\":\"100s\"}");
    const struct datagram_options options = {
        .endpoint = {"127.0.0.1", 0}, .received = datagram_received, .owner = &world};
    world.datagram = datagram_open(world.loop, &options, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(world.datagram);
    /* The system may drop some of them. */
    for (unsigned i = 0; i < 20 * WAITING_MOST && world.queries < WAITING_MOST; i++) {
        datagram_send(world.datagram, dns_server_endpoint(world.server), OCTETS(QUERY));
        if (i % 32 == 31)
            run(&world, 2 * USEC_PER_MSEC);
    }
    for (unsigned i = 0; i < 10; i++)
        datagram_send(world.datagram, dns_server_endpoint(world.server), OCTETS(QUERY));
    run(&world, 50 * USEC_PER_MSEC);
    CU_ASSERT_EQUAL(world.queries, WAITING_MOST);
    CU_ASSERT_EQUAL(world.answers, 0);
    CU_ASSERT_EQUAL(world.datagrams, 0);
    end(&world);
}

static void test_not_opened(void)
{
    struct world world;
    struct problem problem = {""};
    begin(&world, "");
    const struct dns_server_options options = {.listen = *dns_server_endpoint(world.server),
                                               .dns = world.dns};
    CU_ASSERT_PTR_NULL(dns_server_open(world.loop, &options, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "Address already in use"));
    dns_server_close(NULL);
    end(&world);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"in pieces", test_in_pieces},
        {"crowd", test_crowd},
        {"gone before the answer", test_gone_before_the_answer},
        {"closed while answers wait", test_closed_while_answers_wait},
        {"flood", test_flood},
        {"not opened", test_not_opened},
    };
    return unit_main("dns_server", tests, sizeof tests / sizeof *tests, argc, argv);
}
