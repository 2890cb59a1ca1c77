#include "wire/datagram.h"

#include "tests/unit/unit.h"

struct heard {
    struct loop *loop;
    struct datagram *datagram;
    char text[32];
    size_t count;
    struct endpoint from;
};

static void received(void *owner, const struct endpoint *from, struct octets octets)
{
    struct heard *heard = owner;
    heard->from = *from;
    heard->count = octets.count < sizeof heard->text ? octets.count : sizeof heard->text;
    memcpy(heard->text, octets.at, heard->count);
    loop_stop(heard->loop);
}

static struct datagram *open_at(struct heard *heard, const char *address, uint16_t port,
                                struct problem *problem)
{
    struct datagram_options options = {.received = received, .owner = heard};
    options.endpoint.port = port;
    strcpy(options.endpoint.address, address);
    return datagram_open(heard->loop, &options, problem);
}

static void test_there_and_back(void)
{
    struct problem problem = {""};
    struct heard left = {.loop = loop_live_new(&problem)}, right = left;
    left.datagram = open_at(&left, "127.0.0.1", 0, &problem);
    right.datagram = open_at(&right, "127.0.0.1", 0, &problem);
    CU_ASSERT_FATAL(left.datagram && right.datagram);
    datagram_send(left.datagram, datagram_endpoint(right.datagram), OCTETS("question"));
    loop_run(left.loop);
    CU_ASSERT_EQUAL(right.count, 8);
    CU_ASSERT_EQUAL(memcmp(right.text, "question", 8), 0);
    CU_ASSERT_EQUAL(right.from.port, datagram_endpoint(left.datagram)->port);
    datagram_send(right.datagram, &right.from, OCTETS("answer"));
    loop_run(left.loop);
    CU_ASSERT_EQUAL(left.count, 6);
    datagram_close(left.datagram);
    datagram_close(right.datagram);
    loop_free(left.loop);
}

/* Nobody is there: the next datagram comes all the same. */
static void test_nobody_there(void)
{
    struct problem problem = {""};
    struct heard heard = {.loop = loop_live_new(&problem)}, gone = heard;
    heard.datagram = open_at(&heard, "127.0.0.1", 0, &problem);
    gone.datagram = open_at(&gone, "127.0.0.1", 0, &problem);
    CU_ASSERT_FATAL(heard.datagram && gone.datagram);
    const struct endpoint was = *datagram_endpoint(gone.datagram);
    datagram_close(gone.datagram);
    datagram_send(heard.datagram, &was, OCTETS("lost"));
    datagram_send(heard.datagram, datagram_endpoint(heard.datagram), OCTETS("to itself"));
    loop_run(heard.loop);
    CU_ASSERT_EQUAL(heard.count, 9);
    datagram_close(heard.datagram);
    loop_free(heard.loop);
}

static void test_not_opened(void)
{
    struct problem problem = {""};
    struct heard heard = {.loop = loop_live_new(&problem)};
    heard.datagram = open_at(&heard, "127.0.0.1", 0, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(heard.datagram);
    CU_ASSERT_PTR_NULL(
        open_at(&heard, "127.0.0.1", datagram_endpoint(heard.datagram)->port, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "cannot take datagrams: Address already in use"));
    CU_ASSERT_PTR_NULL(open_at(&heard, "192.0.2.1", 0, &problem)); /* nobody's (RFC 5737) */
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "Cannot assign requested address"));
    CU_ASSERT_PTR_NULL(open_at(&heard, "mail.example.jp", 0, &problem));
    CU_ASSERT_STRING_EQUAL(problem.text, "\"mail.example.jp\" is no numeric address");
    datagram_close(heard.datagram);
    struct heard never = {.loop = loop_virtual_new(NULL, &problem)};
    CU_ASSERT_PTR_NULL(open_at(&never, "127.0.0.1", 0, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "virtual time"));
    loop_free(never.loop);
    loop_free(heard.loop);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"there and back", test_there_and_back},
        {"nobody there", test_nobody_there},
        {"not opened", test_not_opened},
    };
    return unit_main("datagram", tests, sizeof tests / sizeof *tests, argc, argv);
}
