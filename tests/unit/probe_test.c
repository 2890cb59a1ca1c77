#include "mockserver/probe.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mockserver/naccsmock.h"
#include "tests/unit/unit.h"

static const usec soon = 20 * USEC_PER_SEC;

static bool probes(const char *scenario, usec limit, struct problem *problem)
{
    naccsmock *centre = naccsmock_new();
    naccsmock_set_scenario(centre, scenario);
    CU_ASSERT_TRUE_FATAL(naccsmock_start(centre));
    struct endpoint endpoint = {.address = "127.0.0.1", .port = naccsmock_port(centre)};
    bool good = probe_centre(&endpoint, limit, problem);
    CU_ASSERT_TRUE(naccsmock_connection_count(centre) <= 1);
    if (good) {
        CU_ASSERT_TRUE(naccsmock_wait_closed(centre, 1, 20000));
        char *dialogue = naccsmock_dialogue(centre);
        CU_ASSERT_PTR_NOT_NULL_FATAL(dialogue);
        CU_ASSERT_PTR_NOT_NULL(strstr(dialogue, "\n1 >> QUIT\n"));
        naccsmock_free_text(dialogue);
    }
    naccsmock_free(centre);
    return good;
}

static void test_a_centre_that_runs(void)
{
    struct problem problem;
    CU_ASSERT_TRUE(probes(NULL, soon, &problem));
    CU_ASSERT_TRUE(
        probes("{\"version\":1,\"rules\":[{\"at\":\"banner\",\"reply\":\"421 not now\"}]}", soon,
               &problem));
    CU_ASSERT_TRUE(probes("{\"version\":1,\"rules\":[{\"at\":\"banner\",\"dribble\":{\"octets\":1,"
                          "\"every\":\"1ms\"}}]}",
                          soon, &problem));
}

static void test_one_that_says_nothing(void)
{
    struct problem problem;
    CU_ASSERT_FALSE(probes("{\"version\":1,\"rules\":[{\"at\":\"banner\",\"stall\":true}]}",
                           50 * USEC_PER_MSEC, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "no greeting: nothing came in time"));
    CU_ASSERT_FALSE(probes("{\"version\":1,\"rules\":[{\"at\":\"banner\",\"close\":\"fin\"}]}",
                           soon, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "no greeting: fin"));
    CU_ASSERT_FALSE(probes("{\"version\":1,\"rules\":[{\"at\":\"banner\",\"close\":\"rst\"}]}",
                           soon, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "no greeting: "));
}

/* A port that is bound, and where nobody listens. */
static void test_nobody_there(void)
{
    struct problem problem;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_EQUAL_FATAL(bind(file, (struct sockaddr *)&address, size), 0);
    CU_ASSERT_EQUAL(getsockname(file, (struct sockaddr *)&address, &size), 0);
    const struct endpoint endpoint = {"127.0.0.1", ntohs(address.sin_port)};
    CU_ASSERT_FALSE(probe_centre(&endpoint, soon, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "no greeting: refused"));
    close(file);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"a centre that runs", test_a_centre_that_runs},
        {"one that says nothing", test_one_that_says_nothing},
        {"nobody there", test_nobody_there},
    };
    return unit_main("probe", tests, sizeof tests / sizeof *tests, argc, argv);
}
