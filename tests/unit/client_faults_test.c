#include "tests/unit/client_run.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- every stage, every way in which it can go wrong --- */

enum fault { F_4YZ, F_5YZ, F_421, F_OTHER, F_GARBAGE, F_SILENCE, F_FIN, F_RST, FAULTS };

static struct script_rule fault_rule(const char *at, enum fault fault)
{
    static const struct script_rule faults[FAULTS] = {
        [F_4YZ] = {.say = "450 not now\r\n"},
        [F_5YZ] = {.say = "554 never\r\n"},
        [F_421] = {.say = "421 closing\r\n", .then = SCRIPT_FIN},
        [F_OTHER] = {.say = "299 what\r\n"},
        [F_GARBAGE] = {.say = "What do you want?\r\n"},
        [F_SILENCE] = {.then = SCRIPT_DEAF},
        [F_FIN] = {.then = SCRIPT_FIN},
        [F_RST] = {.then = SCRIPT_RST},
    };
    struct script_rule rule = faults[fault];
    rule.at = at;
    rule.after = 1000;
    return rule;
}

struct expected {
    const char *outcomes; /* of both messages, a letter each */
    unsigned connections;
    int status;
    int seconds; /* until it was over */
};

static char letter(enum outcome outcome)
{
    return client_outcome_name(
        outcome)[outcome == CLIENT_UNSENT || outcome == CLIENT_UNKNOWN ? 2 : 0];
}

/* Letters: accepted, refused, deferred, un's'ent, un'k'nown. */
static void one_fault(const char *at, enum fault fault, unsigned last,
                      const struct expected *expected)
{
    static uint8_t long_text[20000];
    run_fill_lines(long_text, sizeof long_text);
    const struct client_message long_ones[] = {{"one", {long_text, sizeof long_text - 8}},
                                               {"two", {long_text, sizeof long_text - 8}}};
    struct script_rule rules[] = {
        fault_rule(at, fault),
        {.at = "RCPT", .first = 1, .last = 1, .say = "450 busy\r\n"},
    };
    rules[0].last = last;
    struct run run;
    run_prepare(&run);
    if (strcmp(at, "body") == 0) {
        run.messages = long_ones;
        run.network.window = 2048;
    }
    run_go(&run, rules, strcmp(at, "RSET") == 0 ? 2 : 1);
    char outcomes[] = {letter(run.outcomes[0].outcome), letter(run.outcomes[1].outcome), 0};
    bool right = strcmp(outcomes, expected->outcomes) == 0 &&
                 run.centre.connections == expected->connections &&
                 run.result.connections == expected->connections &&
                 run.status == expected->status && run.ended == SECONDS(expected->seconds);
    if (!right)
        printf("\n%s, fault %d: %s, %u connections, status %d, %lld us\n%s", at, fault, outcomes,
               run.centre.connections, run.status, (long long)run.ended,
               scripted_centre_log(&run.centre));
    CU_ASSERT_TRUE(right);
    CU_ASSERT_FALSE(run_logged(&run, "octets before the reply"));
    CU_ASSERT_EQUAL(run.outcomes[0].timed_out,
                    fault == F_SILENCE && strcmp(at, "RSET") != 0 && strcmp(at, "QUIT") != 0);
    run_clear(&run);
}

static void every_fault(const char *at, unsigned last, const struct expected expected[FAULTS])
{
    for (int fault = 0; fault < FAULTS; fault++)
        if (expected[fault].outcomes)
            one_fault(at, (enum fault)fault, last, &expected[fault]);
}

/* The centre does it each time. Where the client comes again, it waits 1, 2 and 4 s; where a reply
 * to QUIT is not followed by a FIN, it waits 1 s for that. */
static void test_greeting_fails(void)
{
    static const struct expected expected[FAULTS] = {
        {"dd", 1, 75, 0}, {"rr", 1, 69, 0}, {"dd", 4, 75, 7}, {"ss", 1, 76, 0},
        {"ss", 1, 76, 0}, {"ss", 1, 75, 3}, {"ss", 4, 75, 7}, {"ss", 4, 75, 7},
    };
    every_fault("greeting", 0, expected);
}

static void test_helo_fails(void)
{
    static const struct expected expected[FAULTS] = {
        {"dd", 1, 75, 0}, {"rr", 1, 69, 0}, {"dd", 4, 75, 7}, {"ss", 1, 76, 0},
        {"ss", 1, 76, 0}, {"ss", 1, 75, 4}, {"ss", 4, 75, 7}, {"ss", 4, 75, 7},
    };
    every_fault("HELO", 0, expected);
}

static void test_envelope_fails(void)
{
    static const char *const at[] = {"MAIL", "RCPT", "DATA"};
    for (int i = 0; i < 3; i++) {
        const struct expected expected[FAULTS] = {
            {"dd", 1, 75, 0}, {"rr", 1, 69, 0},     {"ds", 4, 75, 7}, {"ss", 1, 76, 0},
            {"ss", 1, 76, 0}, {"ss", 1, 75, 5 + i}, {"ss", 4, 75, 7}, {"ss", 4, 75, 7},
        };
        every_fault(at[i], 0, expected);
    }
}

static void test_body_fails(void)
{
    static const struct expected expected[FAULTS] = {
        {"dd", 2, 75, 1}, {"rr", 2, 69, 1}, {"ds", 4, 75, 7}, {"ss", 1, 76, 0},
        {"ss", 1, 76, 0}, {"ss", 1, 75, 8}, {"ss", 4, 75, 7}, {"ss", 4, 75, 7},
    };
    every_fault("body", 0, expected);
}

static void test_end_of_data_fails(void)
{
    static const struct expected expected[FAULTS] = {
        {"dd", 1, 75, 0}, {"rr", 1, 69, 0}, {"ds", 4, 75, 7}, {"ks", 1, 76, 0},
        {"ks", 1, 76, 0}, {"ks", 1, 75, 9}, {"kk", 2, 75, 1}, {"kk", 2, 75, 1},
    };
    every_fault("end-of-data", 0, expected);
}

static void test_rset_fails(void)
{
    static const struct expected expected[FAULTS] = {
        {"da", 2, 75, 1}, {"da", 2, 75, 1},  {"da", 2, 75, 1}, {"ds", 1, 76, 0},
        {"ds", 1, 76, 0}, {"ds", 1, 75, 10}, {"da", 2, 75, 1}, {"da", 2, 75, 1},
    };
    every_fault("RSET", 0, expected);
}

static void test_quit_fails(void)
{
    static const struct expected expected[FAULTS] = {
        {"aa", 1, 0, 1}, {"aa", 1, 0, 1},  {"aa", 1, 0, 0}, {"aa", 1, 0, 1},
        {"aa", 1, 0, 0}, {"aa", 1, 0, 11}, {"aa", 1, 0, 0}, {"aa", 1, 0, 0},
    };
    every_fault("QUIT", 0, expected);
}

/* The centre does it once, and is well then. */
static void test_once_and_again(void)
{
    static const char *const at[] = {"greeting", "HELO", "MAIL", "RCPT", "DATA", "body"};
    static const struct expected expected[FAULTS] = {
        [F_421] = {"aa", 2, 0, 1}, [F_FIN] = {"aa", 2, 0, 1}, [F_RST] = {"aa", 2, 0, 1}};
    for (size_t i = 0; i < COUNT_OF(at); i++)
        if (strcmp(at[i], "body") != 0) /* its rule has no count */
            every_fault(at[i], 1, expected);
    static const struct expected at_end[FAULTS] = {
        {"da", 1, 75, 0}, {"ra", 1, 69, 0}, {"aa", 2, 0, 1},  {NULL, 0, 0, 0},
        {NULL, 0, 0, 0},  {NULL, 0, 0, 0},  {"ka", 2, 75, 1}, {"ka", 2, 75, 1},
    };
    every_fault("end-of-data", 1, at_end);
}

/* --- waiting --- */

static void test_a_reply_just_in_time(void)
{
    static const struct {
        const char *at;
        int limit;
    } stages[] = {{"greeting", 3}, {"HELO", 4},        {"MAIL", 5}, {"RCPT", 6},
                  {"DATA", 7},     {"end-of-data", 9}, {"QUIT", 11}};
    for (size_t i = 0; i < COUNT_OF(stages); i++) {
        struct script_rule rule = {
            .at = stages[i].at, .last = 1, .good = true, .delay = SECONDS(stages[i].limit) - 1};
        if (strcmp(rule.at, "QUIT") == 0)
            rule.then = SCRIPT_FIN;
        struct run run;
        run_prepare(&run);
        run_go(&run, &rule, 1);
        CU_ASSERT_EQUAL(run.status, 0);
        CU_ASSERT_EQUAL(run.ended, SECONDS(stages[i].limit) - 1);
        run_clear(&run);
    }
}

static void test_a_dribbled_reply_does_not_hold(void)
{
    static const struct {
        const char *at;
        int limit;
        enum outcome outcome;
    } stages[] = {{"greeting", 3, CLIENT_UNSENT}, {"HELO", 4, CLIENT_UNSENT},
                  {"MAIL", 5, CLIENT_UNSENT},     {"RCPT", 6, CLIENT_UNSENT},
                  {"DATA", 7, CLIENT_UNSENT},     {"end-of-data", 9, CLIENT_UNKNOWN},
                  {"QUIT", 11, CLIENT_ACCEPTED}};
    for (size_t i = 0; i < COUNT_OF(stages); i++) {
        struct script_rule rule = {.at = stages[i].at, .good = true, .every = SECONDS(1)};
        struct run run;
        run_prepare(&run);
        run_go(&run, &rule, 1);
        CU_ASSERT_EQUAL(run.outcomes[0].outcome, stages[i].outcome);
        CU_ASSERT_EQUAL(run.ended, SECONDS(stages[i].limit));
        run_clear(&run);
    }
}

static void test_waiting_for_fin_is_short(void)
{
    static const struct script_rule rule = {.at = "QUIT", .good = true};
    struct run run;
    run_prepare(&run);
    run_go(&run, &rule, 1);
    CU_ASSERT_EQUAL(run.ended, SECONDS(1));
    CU_ASSERT_TRUE(run_logged(&run, "0.000 QUIT\n1.000 FIN\n"));
    CU_ASSERT_EQUAL(run.status, 0);
    run_clear(&run);
    run_prepare(&run);
    run.options.limits.at[LIMIT_QUIT] = SECONDS(1) / 4;
    run_go(&run, &rule, 1);
    CU_ASSERT_EQUAL(run.ended, SECONDS(1) / 4);
    run_clear(&run);
}

static void test_silent_listener(void)
{
    struct run run;
    run_prepare(&run);
    run_begin(&run, NULL, 0);
    listener_set_face(run.centre.listener, LISTENER_SILENT, NULL);
    loop_run(run.loop);
    CU_ASSERT_EQUAL(run.done, 1);
    CU_ASSERT_EQUAL(run.ended, SECONDS(2));
    run_expect(&run, 0, CLIENT_UNSENT, 0, LIMIT_CONNECT);
    run_expect(&run, 1, CLIENT_UNSENT, 0, LIMIT_CONNECT);
    CU_ASSERT_TRUE(run.outcomes[0].timed_out);
    CU_ASSERT_STRING_EQUAL(run.outcomes[0].text, "no answer within 2.000 s");
    CU_ASSERT_EQUAL(run.outcomes[0].attempts, 0);
    CU_ASSERT_EQUAL(run.result.connections, 0);
    CU_ASSERT_EQUAL(run.status, 75);
    run_clear(&run);
}

static void test_freed_within_done(void)
{
    static const char *const at[] = {"greeting", "end-of-data", "QUIT"};
    for (size_t i = 0; i < COUNT_OF(at); i++) {
        for (int fault = 0; fault < FAULTS; fault++) {
            struct script_rule rule = fault_rule(at[i], (enum fault)fault);
            struct run run;
            run_prepare(&run);
            run.free_within = true;
            run_go(&run, &rule, 1);
            run_clear(&run);
        }
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"greeting fails", test_greeting_fails},
        {"HELO fails", test_helo_fails},
        {"envelope fails", test_envelope_fails},
        {"body fails", test_body_fails},
        {"end of data fails", test_end_of_data_fails},
        {"RSET fails", test_rset_fails},
        {"QUIT fails", test_quit_fails},
        {"once and again", test_once_and_again},
        {"a reply just in time", test_a_reply_just_in_time},
        {"a dribbled reply does not hold", test_a_dribbled_reply_does_not_hold},
        {"waiting for FIN is short", test_waiting_for_fin_is_short},
        {"silent listener", test_silent_listener},
        {"freed within done", test_freed_within_done},
    };
    return unit_main("client_faults", tests, COUNT_OF(tests), argc, argv);
}
