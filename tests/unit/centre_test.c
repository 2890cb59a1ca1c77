#include "mockserver/centre.h"

#include <stdlib.h>

#include "tests/unit/scripted.h"
#include "tests/unit/unit.h"

#define GIVES(...) CU_ASSERT_TRUE(scripted_gives(__VA_ARGS__))

#define RULES(rules) "{\"version\":1,\"rules\":[" rules "]}"

static void test_many_connections(void)
{
    GIVES(&(struct scripted){.scenario =
                                 RULES("{\"at\":\"HELO\",\"connection\":2,\"reply\":\"250 two\"}"),
                             .script =
                                 "open\nopen\nuse 1\n> HELO a\nuse 2\n> HELO b\nopen\n> HELO c\n"
                                 "> QUIT\nclose\nuse 1\n> QUIT\nclose\nuse 2\n> QUIT\nclose\n"},
          "220 250 221 220 250 221 220 250 221", NULL);
}

static void test_connection_limit(void)
{
    struct scripted_result result;
    scripted_play(&(struct scripted){.script =
                                         "open\nopen\nopen\n> HELO c\n+10\nuse 1\n> QUIT\nclose\n"
                                         "+10\nuse 2\nclose\nuse 3\n> QUIT\nclose\n",
                                     .connection_limit = 2},
                  &result);
    /* The third waits in the backlog until the first has gone. */
    CU_ASSERT_PTR_NOT_NULL(
        strstr(result.events, "\n16.000 1: closed QUIT\n16.000 3: opened connect\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "\n16.000 3: received HELO: HELO c"));
    CU_ASSERT_EQUAL(result.still_open, 0);
    scripted_free(&result);
}

static void test_refused_for_good(void)
{
    struct scripted_result result;
    scripted_play(&(struct scripted){.scenario = RULES("{\"at\":\"connect\",\"refuse\":\"rst\"}"),
                                     .script = "open\n+1000000\nopen\n"},
                  &result);
    CU_ASSERT_STRING_EQUAL(result.events, "0.000 0: face connect r1: refuses\n");
    CU_ASSERT_STRING_EQUAL(result.ended, "1 refused 0.000\n2 refused 1000001.000\n");
    scripted_free(&result);
}

static void test_refused_for_a_time(void)
{
    static const char rules[] =
        RULES("{\"at\":\"connect\",\"connection\":2,\"refuse\":\"rst\",\"delay\":\"3s\"}");
    struct scripted_result result;
    scripted_play(&(struct scripted){.scenario = rules,
                                     .script =
                                         "open\n> QUIT\nclose\nopen\n+3000\nopen\n> QUIT\nclose\n"
                                         "open\n> QUIT\nclose\n"},
                  &result);
    CU_ASSERT_STRING_EQUAL(result.codes, "220 221 220 221 220 221");
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "0.000 0: face connect r1: refuses\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "\n3000.000 0: face connect: answers\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.ended, "2 refused 3.000\n"));
    scripted_free(&result);

    /* The pace passes for it too. */
    scripted_play(
        &(struct scripted){.scenario = rules, .script = "open\n> QUIT\nclose\n", .pace = 10},
        &result);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "\n300.000 0: face connect: answers\n"));
    scripted_free(&result);
}

static void test_refused_several_times(void)
{
    struct scripted_result result;
    scripted_play(
        &(struct scripted){.scenario = RULES("{\"at\":\"connect\",\"refuse\":\"rst\","
                                             "\"delay\":\"1s\",\"times\":2}"),
                           .script =
                               "+1000\nopen\n> QUIT\nclose\n+2000\nopen\nclose\nopen\nclose\n"},
        &result);
    CU_ASSERT_STRING_EQUAL(result.codes, "220 221 220 220");
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "0.000 0: face connect r1: refuses\n"
                                                 "1000.000 0: face connect: answers\n"
                                                 "1000.000 1: opened connect\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "1000.000 0: face connect r1: refuses\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "2000.000 0: face connect: answers\n"));
    scripted_free(&result);
}

static void test_silent(void)
{
    struct scripted_result result;
    scripted_play(&(struct scripted){.scenario = RULES("{\"at\":\"connect\",\"refuse\":\"silence\","
                                                       "\"delay\":\"10s\"}"),
                                     .script = "open\n+20000\nopen\n> QUIT\nclose\n"},
                  &result);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "0.000 0: face connect r1: silent\n"
                                                 "10000.000 0: face connect: answers\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.codes, "220"));
    scripted_free(&result);
}

static void test_stopped(void)
{
    /* The first is between transactions, the second ends its own, the third does not. */
    struct scripted_result result;
    scripted_play(&(struct scripted){.script =
                                         "open\n> HELO a\nopen\n> HELO b\n> MAIL FROM:<a@b>\n"
                                         "open\n> HELO c\n> MAIL FROM:<a@b>\nstop 5000\n"
                                         "use 2\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n> DATA\n> .\n"
                                         "open\n"},
                  &result);
    CU_ASSERT_STRING_EQUAL(result.codes, "220 250 421 220 250 250 250 354 250 421 220 250 250");
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events,
                                  "8.000 1: sent HELO: 421 MAIL.PROD.NACCS6 closing\\r\\n\n"
                                  "8.000 1: centre-fin HELO\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events,
                                  "12.000 2: stored end-of-data m1\n"
                                  "12.000 2: sent end-of-data m1: 250 accepted\\r\\n\n"
                                  "12.000 2: sent end-of-data: 421 MAIL.PROD.NACCS6 closing\\r\\n\n"
                                  "12.000 2: centre-fin end-of-data\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(result.events, "5008.000 3: centre-rst MAIL m2\n5008.000 3: closed MAIL m2\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.ended, "4 refused 13.000\n"));
    CU_ASSERT_TRUE(result.stopped);
    CU_ASSERT_EQUAL(result.stored, 1);
    scripted_free(&result);

    scripted_play(&(struct scripted){.script = "stop 1000\n"}, &result);
    CU_ASSERT_TRUE(result.stopped);
    scripted_free(&result);
}

static void test_changed(void)
{
    static const char rules[] = RULES("{\"at\":\"NOOP\",\"reply\":\"250 old\"}");
    struct scripted_result result;
    scripted_play(&(struct scripted){.scenario = rules,
                                     .script = "open\nchange\n> NOOP\nopen\n> NOOP\n> QUIT\nclose\n"
                                               "use 1\n> NOOP\n> QUIT\nclose\n"},
                  &result);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "1: sent NOOP r1: 250 old\\r\\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "2: sent NOOP: 250 ok\\r\\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "\n8.000 1: sent NOOP r1: 250 old\\r\\n"));
    CU_ASSERT_EQUAL(result.released, 1);
    scripted_free(&result);

    /* Nobody plays it: it is given back at once. And a refusal ends with its scenario. */
    scripted_play(&(struct scripted){.scenario = RULES("{\"at\":\"connect\",\"refuse\":\"rst\"}"),
                                     .script = "open\nchange\nopen\n"},
                  &result);
    CU_ASSERT_STRING_EQUAL(result.codes, "220");
    CU_ASSERT_EQUAL(result.released, 1);
    scripted_free(&result);
}

/* A thousand senders, one of them after another in the middle of things when the centre is closed.
 */
static void test_stopped_in_the_middle(void)
{
    static const char *const scripts[] = {
        "open\n",
        "open\n> HELO a\n> MAIL FROM:<a@b>\n",
        "open\n> HELO a\n> MAIL FROM:<a@b>\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n> DATA\n> x\n",
        "open\n> HELO a\n> HELP\n> NOOP\n",
        "open\n> HELO a\n> VRFY\n",
        "open\n> HELO a\n> EXPN\n"};
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        char script[512];
        snprintf(script, sizeof script, "%sstop 0\n", scripts[i]);
        struct scripted_result result;
        scripted_play(
            &(struct scripted){.scenario = RULES("{\"at\":\"HELP\",\"delay\":\"1h\"},"
                                                 "{\"at\":\"VRFY\",\"stall\":true},"
                                                 "{\"at\":\"EXPN\",\"stop_reading\":true}"),
                               .script = script},
            &result);
        CU_ASSERT_TRUE(result.stopped);
        CU_ASSERT_EQUAL(result.still_open, 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(result.events, ": closed "));
        scripted_free(&result);
    }
}

static void test_address_in_use(void)
{
    struct loop_network network = {0};
    struct loop *loop = loop_virtual_new(&network, NULL);
    struct scenario *scenario = scenario_new(NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(loop);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    struct centre_options options = {
        .listen = {.address = "127.0.0.1"}, .scenario = scenario, .clock = {.pace = 1}};
    struct problem problem = {""};
    struct centre *centre = centre_open(loop, &options, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(centre);
    options.listen = *centre_endpoint(centre);
    CU_ASSERT_NOT_EQUAL(options.listen.port, 0);
    CU_ASSERT_PTR_NULL(centre_open(loop, &options, &problem));
    CU_ASSERT_STRING_NOT_EQUAL(problem.text, "");
    centre_close(centre);
    scenario_free(scenario);
    loop_free(loop);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"many connections", test_many_connections},
        {"connection limit", test_connection_limit},
        {"refused for good", test_refused_for_good},
        {"refused for a time", test_refused_for_a_time},
        {"refused several times", test_refused_several_times},
        {"silent", test_silent},
        {"stopped", test_stopped},
        {"changed", test_changed},
        {"stopped in the middle", test_stopped_in_the_middle},
        {"address in use", test_address_in_use},
    };
    return unit_main("centre", tests, sizeof tests / sizeof *tests, argc, argv);
}
