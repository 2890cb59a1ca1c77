#include <stdlib.h>

#include "tests/unit/scripted.h"
#include "tests/unit/unit.h"

#define GIVES(...) CU_ASSERT_TRUE(scripted_gives(__VA_ARGS__))

#define ENVELOPE         "> MAIL FROM:<a@b>\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n"
#define OPENING          "open\n> HELO a\n"
#define RULES(rules)     "{\"version\":1,\"rules\":[" rules "]}"
#define CENTRE(settings) "{\"version\":1,\"centre\":{" settings "}}"

/* What passes after HELO was answered. */
static bool tells(const struct scripted *scripted, const char *part)
{
    struct scripted_result result;
    scripted_play(scripted, &result);
    const char *after = strstr(result.events, "250 MAIL.PROD.NACCS6\\r\\n\n");
    const char *events = after ? strchr(after, '\n') + 1 : result.events;
    bool told = strcmp(events, part) == 0;
    if (!told)
        fprintf(stderr, "\nexpected:\n%s\ngot:\n%s\n", part, events);
    scripted_free(&result);
    return told;
}

static void test_idle_limit(void)
{
    CU_ASSERT_TRUE(tells(&(struct scripted){.script = OPENING "+119000\n> NOOP\n+60000\n> NO\n"},
                         "119002.000 1: received NOOP: NOOP\\r\\n\n"
                         "119002.000 1: sent NOOP: 250 ok\\r\\n\n"
                         "179003.000 1: received unknown: NO\\r\\n\n"
                         "179003.000 1: sent unknown: 500 no such command\\r\\n\n"
                         "299003.000 1: centre-fin idle\n"
                         "300003.000 1: closed idle\n"));
}

static void test_idle_on_both_sides_of_the_limit(void)
{
    /* The last octet counts, in either direction, to the microsecond. */
    CU_ASSERT_TRUE(tells(&(struct scripted){.script = OPENING "+119998.999\n>> NOOP\n"},
                         "120000.999 1: received HELO: NOOP\n"
                         "240000.999 1: centre-fin idle\n"
                         "241000.999 1: closed idle\n"));
    CU_ASSERT_TRUE(tells(&(struct scripted){.script = OPENING "+119999.001\n> NOOP\n"},
                         "120001.000 1: centre-fin idle\n"
                         "120001.001 1: received idle: NOOP\\r\\n\n"
                         "121001.000 1: closed idle\n"));
}

static void test_idle_settings(void)
{
    CU_ASSERT_TRUE(
        tells(&(struct scripted){.scenario = CENTRE("\"idle_limit\":\"10s\",\"idle_margin\":\"2s\","
                                                    "\"idle_reply\":true,\"idle_close\":\"rst\""),
                                 .script = OPENING},
              "12001.000 1: sent idle: 421 MAIL.PROD.NACCS6 idle for too long\\r\\n\n"
              "12001.000 1: centre-rst idle\n"
              "12001.000 1: closed idle\n"));
    /* The pace divides it; what is left of the connection passes as it does. */
    CU_ASSERT_TRUE(tells(&(struct scripted){.script = OPENING, .pace = 20},
                         "6001.000 1: centre-fin idle\n"
                         "7001.000 1: closed idle\n"));
    CU_ASSERT_TRUE(tells(&(struct scripted){.scenario = CENTRE("\"idle_limit\":\"90%\""),
                                            .script = OPENING,
                                            .sender_limit = 2 * USEC_PER_SEC,
                                            .pace = 20},
                         "1801.000 1: centre-fin idle\n"
                         "2801.000 1: closed idle\n"));
}

static void test_idle_rules(void)
{
    CU_ASSERT_TRUE(tells(
        &(struct scripted){.scenario = RULES("{\"at\":\"idle\",\"message\":2,\"limit\":\"1s\","
                                             "\"reply\":\"421 go\",\"close\":\"rst\"}"),
                           .script = OPENING "> MAIL FROM:<a@b>\n> RSET\n+5000\n"
                                             "> MAIL FROM:<a@b>\n"},
        "2.000 1: received MAIL m1: MAIL FROM:<a@b>\\r\\n\n"
        "2.000 1: sent MAIL m1: 250 sender ok\\r\\n\n"
        "3.000 1: received RSET m1: RSET\\r\\n\n"
        "3.000 1: sent RSET m1: 250 reset\\r\\n\n"
        "5004.000 1: received MAIL m2: MAIL FROM:<a@b>\\r\\n\n"
        "5004.000 1: sent MAIL m2: 250 sender ok\\r\\n\n"
        "6004.000 1: sent idle r1 m2: 421 go\\r\\n\n"
        "6004.000 1: centre-rst idle r1 m2\n"
        "6004.000 1: closed idle m2\n"));
    CU_ASSERT_TRUE(
        tells(&(struct scripted){.scenario = RULES("{\"at\":\"idle\",\"margin\":\"5s\"}"),
                                 .script = OPENING},
              "125001.000 1: centre-fin idle r1\n"
              "126001.000 1: closed idle\n"));
}

static void test_idle_in_the_message(void)
{
    CU_ASSERT_TRUE(tells(&(struct scripted){.script = OPENING ENVELOPE "> DATA\n> x\n"},
                         "2.000 1: received MAIL m1: MAIL FROM:<a@b>\\r\\n\n"
                         "2.000 1: sent MAIL m1: 250 sender ok\\r\\n\n"
                         "3.000 1: received RCPT m1: RCPT TO:<NACCS@MAIL.PROD.NACCS6>\\r\\n\n"
                         "3.000 1: sent RCPT m1: 250 recipient ok\\r\\n\n"
                         "4.000 1: received DATA m1: DATA\\r\\n\n"
                         "4.000 1: sent DATA m1: 354 send the message, a lone dot ends it\\r\\n\n"
                         "5.000 1: received body m1 body: x\\r\\n\n"
                         "120005.000 1: centre-fin idle m1\n"
                         "121005.000 1: closed idle m1\n"));
}

static void test_no_idle_cut_while_the_centre_owes_an_answer(void)
{
    CU_ASSERT_TRUE(
        tells(&(struct scripted){.scenario = RULES("{\"at\":\"NOOP\",\"delay\":\"300s\"}"),
                                 .script = OPENING "> NOOP\n"},
              "2.000 1: received NOOP: NOOP\\r\\n\n"
              "300002.000 1: sent NOOP r1: 250 ok\\r\\n\n"
              "420002.000 1: centre-fin idle\n"
              "421002.000 1: closed idle\n"));
    CU_ASSERT_TRUE(
        tells(&(struct scripted){.scenario =
                                     RULES("{\"at\":\"NOOP\",\"stop_reading\":{\"for\":\"300s\"}}"),
                                 .script = OPENING "> NOOP\n> NOOP\n"},
              "2.000 1: received NOOP: NOOP\\r\\n\n"
              "2.000 1: paused NOOP r1\n"
              "2.000 1: sent NOOP r1: 250 ok\\r\\n\n"
              "300002.000 1: resumed NOOP r1\n"
              "300002.000 1: received NOOP: NOOP\\r\\n\n"
              "300002.000 1: paused NOOP r1\n"
              "300002.000 1: sent NOOP r1: 250 ok\\r\\n\n"
              "600002.000 1: resumed NOOP r1\n"
              "720002.000 1: centre-fin idle\n"
              "721002.000 1: closed idle\n"));
}

static void test_sender_leaves(void)
{
    CU_ASSERT_TRUE(tells(&(struct scripted){.script = OPENING "> NOOP\nfin\n"},
                         "2.000 1: received NOOP: NOOP\\r\\n\n"
                         "2.000 1: sent NOOP: 250 ok\\r\\n\n"
                         "3.000 1: sender-fin NOOP\n"
                         "3.000 1: centre-fin NOOP\n"
                         "3.000 1: closed NOOP\n"));
    CU_ASSERT_TRUE(tells(&(struct scripted){.script = OPENING "rst\n"}, "2.000 1: sender-rst HELO\n"
                                                                        "2.000 1: closed HELO\n"));
    /* What it asked for before its FIN is answered. */
    CU_ASSERT_TRUE(tells(
        &(struct scripted){.scenario = RULES("{\"at\":\"NOOP\",\"times\":1,\"delay\":\"1s\"}"),
                           .script = OPENING "> NOOP\n> NOOP\nfin\n"},
        "2.000 1: received NOOP: NOOP\\r\\n\n"
        "3.000 1: received NOOP: NOOP\\r\\n\n"
        "4.000 1: sender-fin NOOP\n"
        "1002.000 1: sent NOOP r1: 250 ok\\r\\n\n"
        "1002.000 1: sent NOOP: 250 ok\\r\\n\n"
        "1002.000 1: centre-fin NOOP\n"
        "1002.000 1: closed NOOP\n"));
}

static void test_sender_ends_while_the_centre_leaves(void)
{
    struct scripted_result result;
    scripted_play(&(struct scripted){.script = OPENING "> QUIT\n+500\nclose\n"}, &result);
    CU_ASSERT_STRING_EQUAL(result.ended, "1 fin 2.000\n");
    CU_ASSERT_PTR_NOT_NULL(
        strstr(result.events, "503.000 1: sender-fin QUIT\n503.000 1: closed QUIT\n"));
    scripted_free(&result);
}

static void test_flood_while_the_centre_is_busy(void)
{
    /* More than the centre will hold: it stops reading until its reply is out. */
    char *script = malloc(1 << 20);
    CU_ASSERT_PTR_NOT_NULL_FATAL(script);
    strcpy(script, OPENING "> HELP\n");
    size_t count = strlen(script);
    for (int i = 0; i < 100; i++) {
        memcpy(script + count, "> NOOP ", 7);
        memset(script + count + 7, 'x', 4000);
        script[count + 4007] = '\n';
        count += 4008;
    }
    script[count] = '\0';
    struct scripted_result result;
    scripted_play(&(struct scripted){.scenario =
                                         "{\"version\":1,\"centre\":{\"command_limit\":65536},"
                                         "\"rules\":[{\"at\":\"HELP\",\"delay\":\"10s\"}]}",
                                     .script = script},
                  &result);
    const char *paused = strstr(result.events, "1: paused HELP");
    CU_ASSERT_PTR_NOT_NULL(paused);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "\n10002.000 1: resumed NOOP"));
    CU_ASSERT_EQUAL(strlen(result.codes), 4 * 103 - 1);
    CU_ASSERT_EQUAL(result.still_open, 0);
    scripted_free(&result);
    free(script);
}

static void test_same_in_any_segments_and_at_any_distance(void)
{
    static const char scenario[] = RULES(
        "{\"at\":\"RCPT\",\"times\":1,\"reply\":\"450 "
        "a\",\"dribble\":{\"octets\":2,\"every\":\"10ms\"}},"
        "{\"at\":\"DATA\",\"delay\":\"50ms\"},"
        "{\"at\":\"end-of-data\",\"reply\":{\"code\":250,\"text\":[\"a\",\"b\"]},\"split\":[1,5]}");
    for (size_t limit = 0; limit < 20; limit++) {
        for (usec latency = 0; latency < 50000; latency += 20000)
            GIVES(&(struct scripted){.scenario = scenario,
                                     .script = OPENING ENVELOPE ENVELOPE
                                     "> DATA\n> x\\r\\n..\n> .\n> QUIT\nfin\n",
                                     .segment_limit = limit,
                                     .latency = latency},
                  "220 250 250 450 503 250 354 250 221", NULL);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"idle limit", test_idle_limit},
        {"idle on both sides of the limit", test_idle_on_both_sides_of_the_limit},
        {"idle settings", test_idle_settings},
        {"idle rules", test_idle_rules},
        {"idle in the message", test_idle_in_the_message},
        {"no idle cut while the centre owes an answer",
         test_no_idle_cut_while_the_centre_owes_an_answer},
        {"sender leaves", test_sender_leaves},
        {"sender ends while the centre leaves", test_sender_ends_while_the_centre_leaves},
        {"flood while the centre is busy", test_flood_while_the_centre_is_busy},
        {"same in any segments and at any distance", test_same_in_any_segments_and_at_any_distance},
    };
    return unit_main("session", tests, sizeof tests / sizeof *tests, argc, argv);
}
