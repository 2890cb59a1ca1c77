#include "tests/unit/client_run.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the body --- */

static void send_one(struct octets message, size_t window)
{
    const struct client_message messages[] = {{"it", message}};
    struct run run;
    run_prepare(&run);
    run.network = (struct loop_network){
        .window = window, .segment_limit = 1024, .random_segments = true, .seed = window};
    run.messages = messages;
    run.count = 1;
    run_go(&run, NULL, 0);
    CU_ASSERT_EQUAL(run.status, 0);
    run_expect_body(&run, 0, message);
    run_clear(&run);
}

static void test_dots_and_endings(void)
{
    static const char *const messages[] = {
        "",
        "\r\n",
        ".",
        ".\r\n",
        "..\r\n.\r\n...\r\n",
        "a",
        "a\r\n.",
        "a\r\n\r\n.b\r\n",
        "a.\r\n.b",
        "\r\n.\r\n\r\n.",
        "a\r\n..b\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(messages); i++)
        for (size_t window = 1; window <= 16; window++)
            send_one(octets_of(messages[i]), window);
}

static void test_large_message_with_dots(void)
{
    enum { SIZE = 700000 };
    uint8_t *message = malloc(SIZE);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    for (size_t i = 0; i < SIZE; i++)
        message[i] = (uint8_t)(i % 70 == 68   ? '\r'
                               : i % 70 == 69 ? '\n'
                               : i % 140 == 0 ? '.'
                                              : 128 + i % 100);
    send_one((struct octets){message, SIZE}, 5000);
    send_one((struct octets){message, SIZE}, 65536);
    free(message);
}

/* Two dots on the wire for each one: counted in the raw octets. */
static void test_stuffing_on_the_wire(void)
{
    const struct client_message message = {"dots", OCTETS(".a\r\n..\r\nb.\r\n.")};
    struct run run;
    run_prepare(&run);
    run.messages = &message;
    run.count = 1;
    run_go(&run, NULL, 0);
    CU_ASSERT_TRUE(
        octets_equal(buf_octets(&run.centre.bodies[0]), OCTETS("..a\r\n...\r\nb.\r\n..\r\n")));
    run_clear(&run);
}

static void test_body_limit_is_renewed(void)
{
    /* 300,000 octets through a window of 65,536 that opens every 6 s, with a limit of 8 s. */
    enum { SIZE = 300000 };
    static uint8_t message[SIZE];
    run_fill_lines(message, SIZE);
    const struct client_message messages[] = {{"slow", {message, SIZE}}};
    struct run run;
    run_prepare(&run);
    run.messages = messages;
    run.count = 1;
    run.network = (struct loop_network){.latency = SECONDS(3), .window = 65536};
    for (int i = 0; i < LIMIT_STAGES; i++)
        run.options.limits.at[i] = SECONDS(i == LIMIT_BODY ? 8 : 60);
    run_go(&run, NULL, 0);
    CU_ASSERT_EQUAL(run.status, 0);
    CU_ASSERT_TRUE(run.ended > SECONDS(8 + 24));
    run_clear(&run);
}

static void test_closed_window(void)
{
    struct client_message message = {"max", {NULL, 0}};
    static uint8_t text[20000];
    run_fill_lines(text, sizeof text);
    message.octets = (struct octets){text, sizeof text};
    static const struct script_rule rule = {.at = "body", .after = 4000, .then = SCRIPT_DEAF};
    struct run run;
    run_prepare(&run);
    run.messages = &message;
    run.count = 1;
    run.network.window = 4096;
    run_go(&run, &rule, 1);
    CU_ASSERT_EQUAL(run.ended, SECONDS(8));
    run_expect(&run, 0, CLIENT_UNSENT, 0, LIMIT_BODY);
    CU_ASSERT_TRUE(run.outcomes[0].timed_out);
    CU_ASSERT_EQUAL(run.centre.connections, 1);
    CU_ASSERT_EQUAL(run.centre.messages, 0);
    run_clear(&run);
}

/* The network takes the message and a part of what ends it, and then nothing more: once an octet of
 * that has gone, nobody knows what the centre will make of it. */
static void test_window_closes_at_the_dot(void)
{
    static const struct script_rule rule = {
        .at = "DATA", .say = "354 go ahead\r\n", .then = SCRIPT_DEAF};
    const struct client_message message = {"it", OCTETS("ab\r\ncd\r\n")};
    for (size_t window = 7; window <= 11; window++) {
        struct run run;
        run_prepare(&run);
        run.messages = &message;
        run.count = 1;
        run.network.window = window;
        run_go(&run, &rule, 1);
        CU_ASSERT_EQUAL(run.outcomes[0].outcome, window > 8 ? CLIENT_UNKNOWN : CLIENT_UNSENT);
        CU_ASSERT_EQUAL(run.ended, SECONDS(window < 11 ? 8 : 9));
        run_clear(&run);
    }
}

/* A centre that takes a little now and then is no reason to wait for ever. */
static void test_a_trickle_does_not_renew_the_limit(void)
{
    static uint8_t text[60000];
    run_fill_lines(text, sizeof text);
    const struct client_message message = {"it", {text, sizeof text}};
    struct run run;
    run_prepare(&run);
    run.messages = &message;
    run.count = 1;
    run.network = (struct loop_network){.latency = SECONDS(1) / 2, .window = 1024};
    run_go(&run, NULL, 0);
    run_expect(&run, 0, CLIENT_UNSENT, 0, LIMIT_BODY);
    /* To connect and for each of four commands a second; then the limit. */
    CU_ASSERT_EQUAL(run.ended, SECONDS(1 + 4 + 8));
    run_clear(&run);
}

/* --- replies that nobody asked for --- */

static void test_a_reply_too_many(void)
{
    static const struct {
        struct script_rule rule;
        enum outcome first, second;
        unsigned connections;
        int status;
    } cases[] = {
        {{.at = "greeting", .say = "220 a\r\n250 b\r\n"}, CLIENT_UNSENT, CLIENT_UNSENT, 1, 76},
        {{.at = "MAIL", .say = "250 a\r\n250 b\r\n"}, CLIENT_UNSENT, CLIENT_UNSENT, 1, 76},
        {{.at = "DATA", .say = "354 a\r\n250 b\r\n"}, CLIENT_UNSENT, CLIENT_UNSENT, 1, 76},
        {{.at = "DATA", .say = "354 a\r\n2"}, CLIENT_UNSENT, CLIENT_UNSENT, 1, 76},
        {{.at = "end-of-data", .say = "250 a\r\n250 b\r\n"}, CLIENT_ACCEPTED, CLIENT_UNSENT, 1, 76},
        {{.at = "end-of-data", .last = 1, .say = "250 a\r\n421 b\r\n"},
         CLIENT_ACCEPTED,
         CLIENT_ACCEPTED,
         2,
         0},
        {{.at = "end-of-data", .last = 1, .say = "250 a\r\n42"},
         CLIENT_ACCEPTED,
         CLIENT_ACCEPTED,
         2,
         0},
        {{.at = "end-of-data", .first = 2, .say = "250 a\r\n250 b\r\n"},
         CLIENT_ACCEPTED,
         CLIENT_ACCEPTED,
         1,
         0},
        {{.at = "QUIT", .say = "221 a\r\n250 b\r\n"}, CLIENT_ACCEPTED, CLIENT_ACCEPTED, 1, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct run run;
        run_prepare(&run);
        run_go(&run, &cases[i].rule, 1);
        CU_ASSERT_EQUAL(run.outcomes[0].outcome, cases[i].first);
        CU_ASSERT_EQUAL(run.outcomes[1].outcome, cases[i].second);
        CU_ASSERT_EQUAL(run.centre.connections, cases[i].connections);
        CU_ASSERT_EQUAL(run.status, cases[i].status);
        run_clear(&run);
    }
}

/* A yes that began before the message had ended is no yes to the message. */
static void test_a_reply_begun_too_early(void)
{
    static uint8_t text[20000];
    run_fill_lines(text, sizeof text);
    const struct client_message message = {"max", {text, sizeof text}};
    static const struct script_rule rules[] = {
        {.at = "body", .after = 1000, .say = "2"},
        {.at = "end-of-data", .say = "50 accepted\r\n"},
    };
    struct run run;
    run_prepare(&run);
    run.messages = &message;
    run.count = 1;
    run.network.window = 2048;
    run_go(&run, rules, COUNT_OF(rules));
    CU_ASSERT_EQUAL(run.outcomes[0].outcome, CLIENT_UNKNOWN);
    CU_ASSERT_TRUE(run.outcomes[0].protocol_error);
    CU_ASSERT_EQUAL(run.status, 76);
    run_clear(&run);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"dots and endings", test_dots_and_endings},
        {"large message with dots", test_large_message_with_dots},
        {"stuffing on the wire", test_stuffing_on_the_wire},
        {"body limit is renewed", test_body_limit_is_renewed},
        {"closed window", test_closed_window},
        {"window closes at the dot", test_window_closes_at_the_dot},
        {"a trickle does not renew the limit", test_a_trickle_does_not_renew_the_limit},
        {"a reply too many", test_a_reply_too_many},
        {"a reply begun too early", test_a_reply_begun_too_early},
    };
    return unit_main("client_body", tests, COUNT_OF(tests), argc, argv);
}
