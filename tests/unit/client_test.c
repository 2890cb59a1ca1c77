#include "client/lookup.h"
#include "tests/unit/client_run.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the well-behaved centre --- */

static void test_dialogue(void)
{
    struct run run;
    run_prepare(&run);
    run_go(&run, NULL, 0);
    CU_ASSERT_STRING_EQUAL(scripted_centre_log(&run.centre),
                           "0.000 open\n"
                           "0.000 HELO GW01.USER.NACCS6\n"
                           "0.000 MAIL FROM:<USER01@GW01.USER.NACCS6>\n"
                           "0.000 RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n"
                           "0.000 DATA\n"
                           "0.000 end of data\n"
                           "0.000 MAIL FROM:<USER01@GW01.USER.NACCS6>\n"
                           "0.000 RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n"
                           "0.000 DATA\n"
                           "0.000 end of data\n"
                           "0.000 QUIT\n");
    run_expect(&run, 0, CLIENT_ACCEPTED, 250, LIMIT_END_OF_DATA);
    run_expect(&run, 1, CLIENT_ACCEPTED, 250, LIMIT_END_OF_DATA);
    run_expect_body(&run, 0, run_messages[0].octets);
    run_expect_body(&run, 1, run_messages[1].octets);
    CU_ASSERT_EQUAL(run.outcomes[0].attempts, 1);
    CU_ASSERT_STRING_EQUAL(run.outcomes[0].name, "one");
    CU_ASSERT_STRING_EQUAL(run.outcomes[0].text, "message accepted");
    CU_ASSERT_EQUAL(run.result.connections, 1);
    CU_ASSERT_EQUAL(run.status, 0);
    CU_ASSERT_EQUAL(run.ended, 0);
    run_clear(&run);
}

static void test_no_message(void)
{
    struct run run;
    run_prepare(&run);
    run.count = 0;
    run_go(&run, NULL, 0);
    CU_ASSERT_EQUAL(run.status, 0);
    CU_ASSERT_EQUAL(run.centre.connections, 0);
    run_clear(&run);
}

static void test_any_segmentation(void)
{
    for (size_t limit = 1; limit <= 40; limit++) {
        struct run run;
        run_prepare(&run);
        run.network = (struct loop_network){.seed = limit,
                                            .segment_limit = limit,
                                            .random_segments = limit % 2 == 0,
                                            .latency = 1000};
        run_go(&run, NULL, 0);
        CU_ASSERT_EQUAL(run.status, 0);
        run_expect_body(&run, 0, run_messages[0].octets);
        run_expect_body(&run, 1, run_messages[1].octets);
        CU_ASSERT_FALSE(run_logged(&run, "octets before the reply"));
        run_clear(&run);
    }
}

static void test_replies_of_several_lines(void)
{
    static const struct script_rule rules[] = {
        {.at = "greeting", .say = "220-550 no\r\n220-\r\n220 ready\r\n", .every = 1000},
        {.at = "HELO", .say = "250-221 bye\r\n250 OK\r\n", .every = 1000},
        {.at = "DATA", .say = "354-250 OK\r\n354\r\n", .every = 1000},
        {.at = "end-of-data", .say = "250-554 no\r\n250 yes\r\n", .every = 1000},
    };
    struct run run;
    run_prepare(&run);
    run_go(&run, rules, COUNT_OF(rules));
    CU_ASSERT_EQUAL(run.status, 0);
    CU_ASSERT_STRING_EQUAL(run.outcomes[1].text, "yes");
    run_clear(&run);
}

static void test_many_messages(void)
{
    enum { MANY = 1000 };
    struct client_message *messages = calloc(MANY, sizeof *messages);
    CU_ASSERT_PTR_NOT_NULL_FATAL(messages);
    for (size_t i = 0; i < MANY; i++)
        messages[i] = run_messages[i % 2];
    struct run run;
    run_prepare(&run);
    run.messages = messages;
    run.count = MANY;
    run_go(&run, NULL, 0);
    CU_ASSERT_EQUAL(run.status, 0);
    CU_ASSERT_EQUAL(run.centre.messages, MANY);
    CU_ASSERT_EQUAL(run.centre.connections, 1);
    run_clear(&run);
    free(messages);
}

static void test_recipients(void)
{
    static const char *const three[] = {"A@MAIL.PROD.NACCS6", "b@MAIL.PROD.NACCS6",
                                        "C@MAIL.PROD.NACCS6"};
    static const struct script_rule rules[] = {
        {.at = "RCPT", .first = 2, .last = 2, .say = "550 not here\r\n"},
        {.at = "RCPT", .first = 3, .last = 3, .say = "450 busy\r\n"},
    };
    struct run run;
    run_prepare(&run);
    run.options.to = three;
    run.options.to_count = 3;
    run_go(&run, rules, COUNT_OF(rules));
    run_expect(&run, 0, CLIENT_REFUSED, 550, LIMIT_RCPT);
    CU_ASSERT_STRING_EQUAL(run.outcomes[0].text, "not here");
    run_expect(&run, 1, CLIENT_ACCEPTED, 250, LIMIT_END_OF_DATA);
    CU_ASSERT_TRUE(run_logged(&run, "0.000 RCPT TO:<A@MAIL.PROD.NACCS6>\n"
                                    "0.000 RCPT TO:<b@MAIL.PROD.NACCS6>\n"
                                    "0.000 RCPT TO:<C@MAIL.PROD.NACCS6>\n"
                                    "0.000 RSET\n"
                                    "0.000 MAIL"));
    CU_ASSERT_EQUAL(run.status, 69);
    run_clear(&run);
}

/* --- coming again --- */

static void test_refused_connects_are_spaced(void)
{
    struct run run;
    run_prepare(&run);
    run_begin(&run, NULL, 0);
    listener_set_face(run.centre.listener, LISTENER_REFUSES, NULL);
    loop_run(run.loop);
    CU_ASSERT_EQUAL(run.done, 1);
    CU_ASSERT_EQUAL(run.ended, SECONDS(1 + 2 + 4));
    run_expect(&run, 0, CLIENT_UNSENT, 0, LIMIT_CONNECT);
    CU_ASSERT_STRING_EQUAL(run.outcomes[0].text, "connection refused");
    CU_ASSERT_EQUAL(run.status, 75);
    run_clear(&run);
}

static void test_retries_are_spaced(void)
{
    static const struct script_rule rule = {
        .at = "MAIL", .say = "421 busy\r\n", .then = SCRIPT_FIN};
    struct run run;
    run_prepare(&run);
    run.options.connection_limit = 5;
    run.options.retry_wait = SECONDS(10);
    run_go(&run, &rule, 1);
    CU_ASSERT_TRUE(run_logged(&run, "0.000 open\n"));
    CU_ASSERT_TRUE(run_logged(&run, "10.000 open\n"));
    CU_ASSERT_TRUE(run_logged(&run, "30.000 open\n"));
    CU_ASSERT_TRUE(run_logged(&run, "70.000 open\n"));
    CU_ASSERT_TRUE(run_logged(&run, "150.000 open\n"));
    CU_ASSERT_EQUAL(run.centre.connections, 5);
    run_expect(&run, 0, CLIENT_DEFERRED, 421, LIMIT_MAIL);
    CU_ASSERT_EQUAL(run.outcomes[0].attempts, 5);
    run_expect(&run, 1, CLIENT_UNSENT, 0, LIMIT_MAIL);
    CU_ASSERT_EQUAL(run.outcomes[1].attempts, 0);
    CU_ASSERT_STRING_EQUAL(run.outcomes[1].text, "not tried: the run ended before it");
    run_clear(&run);
}

/* A connection that came to nothing takes nothing from what the centre said before. */
static void test_a_421_outlives_later_cuts(void)
{
    static const struct script_rule rules[] = {
        {.at = "MAIL", .say = "421 busy\r\n", .then = SCRIPT_FIN},
        {.at = "greeting", .first = 2, .then = SCRIPT_FIN},
    };
    struct run run;
    run_prepare(&run);
    run_go(&run, rules, COUNT_OF(rules));
    run_expect(&run, 0, CLIENT_DEFERRED, 421, LIMIT_MAIL);
    run_expect(&run, 1, CLIENT_UNSENT, 0, LIMIT_GREETING);
    CU_ASSERT_EQUAL(run.centre.connections, 4);
    run_clear(&run);
}

/* --- losses --- */

static void test_never_sent_twice(void)
{
    static const struct script_rule rules[] = {
        {.at = "end-of-data", .first = 1, .last = 1, .then = SCRIPT_RST},
        {.at = "MAIL", .first = 3, .last = 3, .then = SCRIPT_FIN},
    };
    const struct client_message three[] = {run_messages[0], run_messages[1], run_messages[0]};
    struct run run;
    run_prepare(&run);
    run.messages = three;
    run.count = 3;
    run_go(&run, rules, COUNT_OF(rules));
    run_expect(&run, 0, CLIENT_UNKNOWN, 0, LIMIT_END_OF_DATA);
    run_expect(&run, 1, CLIENT_ACCEPTED, 250, LIMIT_END_OF_DATA);
    run_expect(&run, 2, CLIENT_ACCEPTED, 250, LIMIT_END_OF_DATA);
    CU_ASSERT_EQUAL(run.outcomes[2].attempts, 2);
    CU_ASSERT_EQUAL(run.centre.connections, 3);
    CU_ASSERT_EQUAL(run.centre.messages, 3);
    run_expect_body(&run, 0, three[0].octets);
    run_expect_body(&run, 1, three[1].octets);
    run_expect_body(&run, 2, three[2].octets);
    CU_ASSERT_EQUAL(run.status, 75);
    run_clear(&run);
}

static void test_refusals_are_not_repeated(void)
{
    static const struct script_rule rules[] = {
        {.at = "RCPT", .first = 1, .last = 1, .say = "550 no\r\n"},
        {.at = "RSET", .then = SCRIPT_FIN},
    };
    struct run run;
    run_prepare(&run);
    run_go(&run, rules, COUNT_OF(rules));
    run_expect(&run, 0, CLIENT_REFUSED, 550, LIMIT_RCPT);
    CU_ASSERT_EQUAL(run.outcomes[0].attempts, 1);
    run_expect(&run, 1, CLIENT_ACCEPTED, 250, LIMIT_END_OF_DATA);
    CU_ASSERT_EQUAL(run.centre.messages, 1);
    CU_ASSERT_EQUAL(run.status, 69);
    run_clear(&run);
}

/* --- look-ups --- */

struct fake_lookup {
    struct client_lookup lookup;
    const struct client_lookup_answer *answers; /* one a time; the last one for ever */
    size_t count, asked, cancelled;
    struct loop *loop;
    struct timer timer;
    client_lookup_answered *answered;
    void *owner;
};

static void fake_answers(struct timer *timer)
{
    struct fake_lookup *fake = OWNER_OF(timer, struct fake_lookup, timer);
    size_t i = fake->asked - 1 < fake->count ? fake->asked - 1 : fake->count - 1;
    fake->answered(fake->owner, &fake->answers[i]);
}

static bool fake_begin(struct client_lookup *lookup, const char *name,
                       client_lookup_answered *answered, void *owner, struct problem *problem)
{
    struct fake_lookup *fake = OWNER_OF(lookup, struct fake_lookup, lookup);
    (void)problem;
    CU_ASSERT_STRING_EQUAL(name, "mail.prod.naccs6");
    fake->answered = answered;
    fake->owner = owner;
    fake->asked++;
    if (fake->count > 0)
        loop_timer_set(fake->loop, &fake->timer, loop_now(fake->loop) + SECONDS(1) / 2);
    return true;
}

static void fake_cancel(struct client_lookup *lookup)
{
    struct fake_lookup *fake = OWNER_OF(lookup, struct fake_lookup, lookup);
    fake->cancelled++;
    loop_timer_cancel(fake->loop, &fake->timer);
}

static void run_lookup(struct run *run, struct fake_lookup *fake,
                       const struct client_lookup_answer *answers, size_t count,
                       const struct script_rule *rules, size_t rule_count)
{
    run_prepare(run);
    *fake = (struct fake_lookup){
        .lookup = {fake_begin, fake_cancel, NULL}, .answers = answers, .count = count};
    timer_init(&fake->timer, fake_answers);
    run->options.host = "mail.prod.naccs6";
    run->options.lookup = &fake->lookup;
    run_begin(run, rules, rule_count);
    fake->loop = run->loop;
    loop_run(run->loop);
    CU_ASSERT_EQUAL(run->done, 1);
}

static const struct client_lookup_answer found = {
    CLIENT_LOOKUP_FOUND, {{"127.0.0.9", 0}, {"127.0.0.1", 0}}, 2, ""};
static const struct client_lookup_answer failed = {CLIENT_LOOKUP_FAILED, {{"", 0}}, 0, "SERVFAIL"};
static const struct client_lookup_answer no_such = {
    CLIENT_LOOKUP_NO_SUCH_NAME, {{"", 0}}, 0, "NXDOMAIN"};

static void test_lookup_for_each_connection(void)
{
    static const struct script_rule rule = {.at = "MAIL", .last = 1, .then = SCRIPT_FIN};
    struct run run;
    struct fake_lookup fake;
    run_lookup(&run, &fake, &found, 1, &rule, 1);
    CU_ASSERT_EQUAL(run.status, 0);
    CU_ASSERT_EQUAL(fake.asked, 2);
    CU_ASSERT_EQUAL(run.centre.connections, 2);
    CU_ASSERT_EQUAL(run.result.connections, 2);
    CU_ASSERT_EQUAL(run.ended, SECONDS(2)); /* twice half a second, and one between */
    run_clear(&run);
}

static void test_lookup_fails_then_works(void)
{
    const struct client_lookup_answer answers[] = {failed, found};
    struct run run;
    struct fake_lookup fake;
    run_lookup(&run, &fake, answers, 2, NULL, 0);
    CU_ASSERT_EQUAL(run.status, 0);
    CU_ASSERT_EQUAL(fake.asked, 2);
    CU_ASSERT_FALSE(run.result.centre_not_found);
    run_clear(&run);
}

static void test_lookup_fails_for_ever(void)
{
    struct run run;
    struct fake_lookup fake;
    run_lookup(&run, &fake, &failed, 1, NULL, 0);
    CU_ASSERT_EQUAL(run.status, 68);
    CU_ASSERT_EQUAL(fake.asked, 4);
    CU_ASSERT_EQUAL(run.ended, SECONDS(9)); /* four halves, and 1 + 2 + 4 between */
    run_expect(&run, 0, CLIENT_UNSENT, 0, LIMIT_LOOKUP);
    CU_ASSERT_STRING_EQUAL(run.outcomes[1].text, "SERVFAIL");
    run_clear(&run);
}

static void test_no_such_name(void)
{
    struct run run;
    struct fake_lookup fake;
    run_lookup(&run, &fake, &no_such, 1, NULL, 0);
    CU_ASSERT_EQUAL(run.status, 68);
    CU_ASSERT_EQUAL(fake.asked, 1);
    CU_ASSERT_TRUE(run.result.centre_not_found);
    run_clear(&run);
}

static void test_silent_name_server(void)
{
    struct run run;
    struct fake_lookup fake;
    run_lookup(&run, &fake, NULL, 0, NULL, 0);
    CU_ASSERT_EQUAL(run.status, 68);
    CU_ASSERT_EQUAL(run.ended, SECONDS(1));
    CU_ASSERT_TRUE(fake.cancelled > 0);
    CU_ASSERT_TRUE(run.outcomes[0].timed_out);
    run_clear(&run);
}

/* --- the interface --- */

static void test_bad_messages_are_not_begun(void)
{
    const struct client_message messages[] = {run_messages[0], {"it", OCTETS("a\r\nb\nc\r\n")}};
    struct run run;
    run_prepare(&run);
    struct problem problem;
    run.loop = loop_virtual_new(&run.network, &problem);
    CU_ASSERT_PTR_NULL(client_start(run.loop, &run.options, messages, 2, &problem));
    CU_ASSERT_STRING_EQUAL(problem.text, "it: line 2: an LF without CR at offset 4");
    loop_free(run.loop);
}

static void test_senseless_options(void)
{
    struct run run;
    run_prepare(&run);
    struct problem problem;
    run.loop = loop_virtual_new(&run.network, &problem);
    struct client_options options = run.options;
    options.port = 0;
    CU_ASSERT_PTR_NULL(client_start(run.loop, &options, run_messages, 2, &problem));
    options = run.options;
    options.to_count = 0;
    CU_ASSERT_PTR_NULL(client_start(run.loop, &options, run_messages, 2, &problem));
    options = run.options;
    options.connection_limit = 0;
    CU_ASSERT_PTR_NULL(client_start(run.loop, &options, run_messages, 2, &problem));
    options = run.options;
    options.limits.at[LIMIT_RSET] = 0;
    CU_ASSERT_PTR_NULL(client_start(run.loop, &options, run_messages, 2, &problem));
    loop_free(run.loop);
}

static void stop(struct timer *timer);

struct stopper {
    struct timer timer;
    struct run *run;
};

static void stop(struct timer *timer)
{
    struct stopper *stopper = OWNER_OF(timer, struct stopper, timer);
    client_free(stopper->run->client);
    stopper->run->client = NULL;
}

static void test_freed_in_the_middle(void)
{
    static const char *const at[] = {"greeting", "HELO",        "MAIL", "RCPT",
                                     "DATA",     "end-of-data", "QUIT"};
    for (size_t i = 0; i < COUNT_OF(at); i++) {
        struct script_rule rule = {.at = at[i]};
        struct run run;
        run_prepare(&run);
        run_begin(&run, &rule, 1);
        struct stopper stopper = {.run = &run};
        timer_init(&stopper.timer, stop);
        loop_timer_set(run.loop, &stopper.timer, SECONDS(1));
        loop_run(run.loop);
        CU_ASSERT_EQUAL(run.done, 0);
        CU_ASSERT_TRUE(run_logged(&run, "1.000 RST"));
        run_clear(&run);
    }
}

static void keep_trace(void *owner, char direction, struct octets line)
{
    struct run *run = owner;
    buf_format(&run->centre.log, "%c %.*s\n", direction, (int)line.count, (const char *)line.at);
}

static void test_trace(void)
{
    struct run run;
    run_prepare(&run);
    run.count = 1;
    run.options.trace = keep_trace;
    run_go(&run, NULL, 0);
    const char *log = scripted_centre_log(&run.centre);
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "* connected\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "< 220 MAIL.PROD.NACCS6\n> HELO GW01.USER.NACCS6\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "< 354 go ahead\n> (message of 21 octets)\n"));
    run_clear(&run);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"dialogue", test_dialogue},
        {"no message", test_no_message},
        {"any segmentation", test_any_segmentation},
        {"replies of several lines", test_replies_of_several_lines},
        {"many messages", test_many_messages},
        {"recipients", test_recipients},
        {"refused connects are spaced", test_refused_connects_are_spaced},
        {"retries are spaced", test_retries_are_spaced},
        {"a 421 outlives later cuts", test_a_421_outlives_later_cuts},
        {"never sent twice", test_never_sent_twice},
        {"refusals are not repeated", test_refusals_are_not_repeated},
        {"look-up for each connection", test_lookup_for_each_connection},
        {"look-up fails, then works", test_lookup_fails_then_works},
        {"look-up fails for ever", test_lookup_fails_for_ever},
        {"no such name", test_no_such_name},
        {"silent name server", test_silent_name_server},
        {"bad messages are not begun", test_bad_messages_are_not_begun},
        {"senseless options", test_senseless_options},
        {"freed in the middle", test_freed_in_the_middle},
        {"trace", test_trace},
    };
    return unit_main("client", tests, COUNT_OF(tests), argc, argv);
}
