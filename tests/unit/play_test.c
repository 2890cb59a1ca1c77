#include "mockserver/play.h"

#include <stdio.h>

#include "mockserver/scenario_load.h"
#include "tests/unit/unit.h"

/* A centre that plays rules written in JSON. */
struct stage_play {
    struct scenario_set set;
    struct play_book book;
};

static void tell(void *owner, const char *text)
{
    (void)owner;
    fprintf(stderr, "%s\n", text);
}

static void play_open(struct stage_play *play, const char *rules)
{
    char text[4096];
    const struct scenario_load_options options = {.root = "/nonexistent", .fault = tell};
    snprintf(text, sizeof text, "{\"version\": 1, \"rules\": [%s]}", rules);
    CU_ASSERT_TRUE_FATAL(scenario_load_text(octets_of(text), "play.json", &options, &play->set));
    CU_ASSERT_TRUE_FATAL(play_book_init(&play->book, play->set.at[0]));
}

static void play_close(struct stage_play *play)
{
    play_book_free(&play->book);
    scenario_set_free(&play->set);
}

/* The number of the rule that acts; 0: none. */
static uint32_t event(struct play_cursor *cursor, enum stage stage, const char *argument)
{
    const struct rule *rule = play_event(cursor, stage, octets_of(argument));
    return rule ? rule->number : 0;
}

static void test_no_rules(void)
{
    struct stage_play play;
    struct play_cursor cursor;
    play_open(&play, "");
    play_begin(&cursor, &play.book, 1);
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        CU_ASSERT_EQUAL(event(&cursor, (enum stage)stage, "x"), 0);
    struct play_point point;
    CU_ASSERT_FALSE(play_body_next(&cursor, 0, 0, &point));
    CU_ASSERT_PTR_NULL(play_idle(&cursor));
    play_close(&play);
}

static void test_first_fit(void)
{
    struct stage_play play;
    struct play_cursor cursor;
    play_open(&play, "{\"at\": \"MAIL\", \"stall\": true}, {\"at\": \"any\", \"close\": \"fin\"},"
                     "{\"at\": [\"MAIL\", \"RCPT\"], \"close\": \"rst\"}");
    play_begin(&cursor, &play.book, 1);
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        uint32_t expected = stage == STAGE_MAIL ? 1 : STAGES_ANY & 1u << stage ? 2 : 0;
        CU_ASSERT_EQUAL(event(&cursor, (enum stage)stage, ""), expected);
    }
    CU_ASSERT_EQUAL(play.book.acted[1], (uint32_t)STAGE_COUNT - 4);
    play_close(&play);
}

static void test_connection(void)
{
    struct stage_play play;
    play_open(&play, "{\"at\": \"banner\", \"connection\": [1, 4], \"close\": \"fin\"},"
                     "{\"at\": \"banner\", \"connection\": \"3-\", \"close\": \"rst\"}");
    static const uint32_t expected[] = {1, 0, 2, 1, 2, 2};
    for (size_t i = 0; i < 6; i++) {
        struct play_cursor cursor;
        play_begin(&cursor, &play.book, 1);
        CU_ASSERT_EQUAL(cursor.connection, i + 1);
        CU_ASSERT_EQUAL(event(&cursor, STAGE_BANNER, ""), expected[i]);
    }
    play_close(&play);
}

static void test_message_over_connections(void)
{
    struct stage_play play;
    struct play_cursor one, two;
    play_open(&play, "{\"at\": [\"MAIL\", \"RCPT\"], \"message\": 2, \"reply\": \"450 x\"}");
    play_begin(&one, &play.book, 1);
    play_begin(&two, &play.book, 1);
    CU_ASSERT_EQUAL(one.message, 0);
    CU_ASSERT_EQUAL(event(&one, STAGE_MAIL, ""), 0);
    CU_ASSERT_EQUAL(event(&two, STAGE_MAIL, ""), 1);
    CU_ASSERT_EQUAL(one.message, 1);
    CU_ASSERT_EQUAL(two.message, 2);
    CU_ASSERT_EQUAL(event(&one, STAGE_RCPT, ""), 0);
    CU_ASSERT_EQUAL(event(&two, STAGE_RCPT, ""), 1);
    CU_ASSERT_EQUAL(event(&one, STAGE_MAIL, ""), 0);
    CU_ASSERT_EQUAL(one.message, 3);
    play_close(&play);
}

static void test_occurrence(void)
{
    struct stage_play play;
    struct play_cursor one, two;
    play_open(&play, "{\"at\": \"RCPT\", \"occurrence\": \"2-3\", \"reply\": \"450 x\"}");
    play_begin(&one, &play.book, 1);
    play_begin(&two, &play.book, 1);
    static const uint32_t expected[] = {0, 1, 1, 0};
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(event(&one, STAGE_RCPT, ""), expected[i]);
        CU_ASSERT_EQUAL(event(&one, STAGE_MAIL, ""), 0); /* another stage does not count */
    }
    CU_ASSERT_EQUAL(event(&two, STAGE_RCPT, ""), 0);
    CU_ASSERT_EQUAL(event(&two, STAGE_RCPT, ""), 1);
    play_close(&play);
}

static void test_times_over_connections(void)
{
    struct stage_play play;
    struct play_cursor one, two;
    play_open(&play, "{\"at\": \"RCPT\", \"times\": 2, \"reply\": \"450 x\"},"
                     "{\"at\": \"RCPT\", \"times\": 1, \"reply\": \"550 x\"}");
    play_begin(&one, &play.book, 1);
    play_begin(&two, &play.book, 1);
    CU_ASSERT_EQUAL(event(&one, STAGE_RCPT, ""), 1);
    CU_ASSERT_EQUAL(event(&two, STAGE_RCPT, ""), 1);
    CU_ASSERT_EQUAL(event(&one, STAGE_RCPT, ""), 2);
    CU_ASSERT_EQUAL(event(&two, STAGE_RCPT, ""), 0);
    CU_ASSERT_EQUAL(play.book.acted[0], 2);
    CU_ASSERT_EQUAL(play.book.acted[1], 1);
    play_close(&play);
}

static void test_argument(void)
{
    struct stage_play play;
    struct play_cursor cursor;
    play_open(&play, "{\"at\": \"RCPT\", \"argument\": \"TO:<[Nn]ACCS@*>\", \"reply\": \"450 x\"},"
                     "{\"at\": \"RCPT\", \"argument\": \"?\", \"reply\": \"451 x\"}");
    play_begin(&cursor, &play.book, 1);
    CU_ASSERT_EQUAL(event(&cursor, STAGE_RCPT, "TO:<NACCS@a/b>"), 1);
    CU_ASSERT_EQUAL(event(&cursor, STAGE_RCPT, "TO:<naccs@A>"), 0);
    CU_ASSERT_EQUAL(event(&cursor, STAGE_RCPT, "TO:<nACCS@A>"), 1);
    CU_ASSERT_EQUAL(event(&cursor, STAGE_RCPT, ""), 0);
    const struct rule *rule = play_event(&cursor, STAGE_RCPT, (struct octets){(uint8_t *)"\0", 1});
    CU_ASSERT_PTR_NOT_NULL_FATAL(rule);
    CU_ASSERT_EQUAL(rule->number, 2);
    rule = play_event(&cursor, STAGE_RCPT, (struct octets){(uint8_t *)"x\0", 2});
    CU_ASSERT_PTR_NULL(rule);

    /* Longer than any command may be. */
    static uint8_t large[70000];
    memset(large, 'x', sizeof large);
    memcpy(large, "TO:<NACCS@", 10);
    CU_ASSERT_PTR_NULL(play_event(&cursor, STAGE_RCPT, (struct octets){large, sizeof large}));
    play_close(&play);
}

/* Which of 1000 events at HELO a rule acts on, on the connection that `others` other ones precede.
 */
static unsigned drawn(uint64_t seed, unsigned others, bool busy, bool acts[1000])
{
    struct stage_play play;
    struct play_cursor other = {.book = NULL}, cursor;
    unsigned count = 0;
    play_open(&play, "{\"at\": \"HELO\", \"probability\": 0.3, \"reply\": \"450 x\"}");
    for (unsigned i = 0; i < others; i++)
        play_begin(&other, &play.book, seed);
    play_begin(&cursor, &play.book, seed);
    for (size_t i = 0; i < 1000; i++) {
        if (busy)
            event(&other, STAGE_HELO, "");
        count += acts[i] = event(&cursor, STAGE_HELO, "") == 1;
    }
    play_close(&play);
    return count;
}

static void test_probability(void)
{
    static bool first[1000], again[1000];
    unsigned count = drawn(7, 3, false, first);
    CU_ASSERT(count > 240 && count < 360);
    drawn(7, 3, true, again); /* what other connections do changes nothing */
    CU_ASSERT_EQUAL(memcmp(first, again, sizeof first), 0);
    drawn(8, 3, false, again);
    CU_ASSERT_NOT_EQUAL(memcmp(first, again, sizeof first), 0);
    drawn(7, 2, false, again);
    CU_ASSERT_NOT_EQUAL(memcmp(first, again, sizeof first), 0);
}

static void test_probability_of_0_and_1(void)
{
    struct stage_play play;
    struct play_cursor cursor;
    play_open(&play, "{\"at\": \"HELO\", \"probability\": 0, \"reply\": \"450 x\"},"
                     "{\"at\": \"HELO\", \"probability\": 1, \"reply\": \"451 x\"}");
    play_begin(&cursor, &play.book, 1);
    for (int i = 0; i < 100; i++)
        CU_ASSERT_EQUAL(event(&cursor, STAGE_HELO, ""), 2);
    play_close(&play);
}

static void check_point(const struct play_cursor *cursor, uint64_t octets, uint64_t lines,
                        bool in_lines, uint64_t at, uint32_t number)
{
    struct play_point point;
    CU_ASSERT_TRUE_FATAL(play_body_next(cursor, octets, lines, &point));
    CU_ASSERT_EQUAL(point.in_lines, in_lines);
    CU_ASSERT_EQUAL(point.at, at);
    CU_ASSERT_EQUAL(point.rule ? point.rule->number : 0, number);
}

static bool act(struct play_cursor *cursor, uint64_t octets, uint64_t lines)
{
    struct play_point point;
    return play_body_next(cursor, octets, lines, &point) && play_body_acts(cursor, &point);
}

static void test_body_octets(void)
{
    struct stage_play play;
    struct play_cursor cursor;
    struct play_point point;
    play_open(&play, "{\"at\": \"body\", \"after\": 500, \"stop_reading\": {\"for\": \"1s\"}},"
                     "{\"at\": \"body\", \"after\": {\"octets\": 100}, \"delay\": \"1s\"},"
                     "{\"at\": \"body\", \"after\": 500, \"stall\": true}");
    play_begin(&cursor, &play.book, 1);
    for (int message = 0; message < 2; message++) {
        event(&cursor, STAGE_MAIL, "");
        play_body_begin(&cursor);
        check_point(&cursor, 0, 0, false, 100, 2);
        check_point(&cursor, 40, 1, false, 60, 2);
        check_point(&cursor, 100, 1, false, 0, 2);
        CU_ASSERT_TRUE(act(&cursor, 100, 1));
        check_point(&cursor, 100, 1, false, 400, 1);
        check_point(&cursor, 600, 1, false, 0, 1); /* late is better than never */
        CU_ASSERT_TRUE(act(&cursor, 500, 1));
        CU_ASSERT_FALSE(play_body_next(&cursor, 500, 1, &point)); /* the third is shadowed */
        event(&cursor, STAGE_END_OF_DATA, "");
    }
    CU_ASSERT_EQUAL(play.book.acted[0], 2);
    CU_ASSERT_EQUAL(play.book.acted[2], 0);
    play_close(&play);
}

static void test_body_at_its_beginning(void)
{
    struct stage_play play;
    struct play_cursor cursor;
    struct play_point point;
    play_open(&play, "{\"at\": \"body\", \"times\": 1, \"stall\": true}");
    play_begin(&cursor, &play.book, 1);
    play_body_begin(&cursor);
    check_point(&cursor, 0, 0, false, 0, 1);
    CU_ASSERT_TRUE(act(&cursor, 0, 0));
    play_body_begin(&cursor);
    CU_ASSERT_FALSE(play_body_next(&cursor, 0, 0, &point));
    play_close(&play);
}

static void test_body_probability(void)
{
    struct stage_play play;
    struct play_cursor cursor;
    struct play_point point;
    play_open(&play, "{\"at\": \"body\", \"after\": 3, \"probability\": 0, \"stall\": true},"
                     "{\"at\": \"body\", \"after\": 3, \"stall\": true}");
    play_begin(&cursor, &play.book, 1);
    play_body_begin(&cursor);
    check_point(&cursor, 3, 0, false, 0, 1);
    CU_ASSERT_FALSE(act(&cursor, 3, 0)); /* had its turn; the next rule has its own */
    check_point(&cursor, 3, 0, false, 0, 2);
    CU_ASSERT_TRUE(act(&cursor, 3, 0));
    CU_ASSERT_FALSE(play_body_next(&cursor, 3, 0, &point));
    play_close(&play);
}

static void test_body_selectors(void)
{
    struct stage_play play;
    struct play_cursor cursor;
    struct play_point point;
    play_open(&play, "{\"at\": \"body\", \"message\": 2, \"after\": 1, \"stall\": true},"
                     "{\"at\": \"body\", \"occurrence\": 3, \"after\": 2, \"stall\": true}");
    play_begin(&cursor, &play.book, 1);
    for (uint32_t message = 1; message <= 3; message++) {
        event(&cursor, STAGE_MAIL, "");
        play_body_begin(&cursor);
        if (message == 1)
            CU_ASSERT_FALSE(play_body_next(&cursor, 0, 0, &point));
        if (message > 1)
            check_point(&cursor, 0, 0, false, message - 1, message - 1);
        event(&cursor, STAGE_END_OF_DATA, "");
    }
    play_close(&play);
}

/* Octets and lines: whichever comes first, in a message of lines of a given length. */
static void follow(const char *rules, uint64_t line, uint64_t most, const uint32_t *expected)
{
    struct stage_play play;
    struct play_cursor cursor;
    uint64_t octets = 0;
    play_open(&play, rules);
    play_begin(&cursor, &play.book, 1);
    play_body_begin(&cursor);
    struct play_point point;
    unsigned steps = 0;
    while (play_body_next(&cursor, octets, octets / line, &point) && ++steps < 1000) {
        octets += point.in_lines ? point.at * line - (point.at ? octets % line : 0) : point.at;
        if (octets > most || !play_body_acts(&cursor, &point))
            continue;
        CU_ASSERT_EQUAL(point.rule->number, *expected);
        CU_ASSERT_EQUAL(point.in_lines ? octets / line : octets, point.rule->after);
        expected++;
    }
    CU_ASSERT_EQUAL(*expected, 0);
    CU_ASSERT(steps < 1000);
    play_close(&play);
}

static void test_body_octets_and_lines(void)
{
    static const char rules[] = "{\"at\": \"body\", \"after\": 150, \"delay\": \"1s\"},"
                                "{\"at\": \"body\", \"after\": {\"lines\": 5}, \"delay\": \"1s\"},"
                                "{\"at\": \"body\", \"after\": {\"lines\": 6}, \"delay\": \"1s\"}";
    follow(rules, 2, 10000, (const uint32_t[]){2, 3, 1, 0});
    follow(rules, 80, 10000, (const uint32_t[]){1, 2, 3, 0});
    follow(rules, 27, 10000, (const uint32_t[]){2, 1, 3, 0});
    follow(rules, 30, 10000, (const uint32_t[]){1, 2, 3, 0}); /* both at 150: the first rule */
}

static void test_idle(void)
{
    struct stage_play play;
    struct play_cursor one, two;
    play_open(&play, "{\"at\": \"idle\", \"connection\": 1, \"times\": 1, \"limit\": \"1s\"},"
                     "{\"at\": \"idle\", \"message\": 1, \"limit\": \"2s\", \"close\": \"rst\"}");
    play_begin(&one, &play.book, 1);
    play_begin(&two, &play.book, 1);
    const struct rule *rule = play_idle(&one);
    CU_ASSERT_PTR_NOT_NULL_FATAL(rule);
    CU_ASSERT_EQUAL(rule->number, 1);
    CU_ASSERT_EQUAL(rule->action.close, SCENARIO_KEEP_OPEN);
    CU_ASSERT_EQUAL(play.book.acted[0], 0);
    CU_ASSERT_PTR_NULL(play_idle(&two));
    event(&two, STAGE_MAIL, "");
    rule = play_idle(&two);
    CU_ASSERT_PTR_NOT_NULL_FATAL(rule);
    CU_ASSERT_EQUAL(rule->number, 2);
    CU_ASSERT_EQUAL(event(&one, STAGE_IDLE, ""), 1);
    CU_ASSERT_PTR_NULL(play_idle(&one));
    play_close(&play);
}

static void test_spans(void)
{
    struct play_clock real = {.pace = 1, .sender_limit = 5 * USEC_PER_SEC};
    struct play_clock fast = {.pace = 20, .sender_limit = 5 * USEC_PER_SEC};
    struct span two_minutes = {.duration = 120 * USEC_PER_SEC}, share = {.percent = 90};
    CU_ASSERT_EQUAL(play_span(&real, two_minutes), 120 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(play_span(&fast, two_minutes), 6 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(play_span(&real, share), 4500 * USEC_PER_MSEC);
    CU_ASSERT_EQUAL(play_span(&fast, share), 4500 * USEC_PER_MSEC);
    struct play_clock slow = {.pace = 1e-12, .sender_limit = 1};
    CU_ASSERT(play_span(&slow, two_minutes) < INT64_MAX / 2);
    CU_ASSERT_EQUAL(play_span(&slow, (struct span){.duration = 0}), 0);
}

static void test_delays(void)
{
    struct stage_play play;
    struct play_cursor cursor, twin;
    struct play_clock clock = {.pace = 2, .sender_limit = USEC_PER_SEC};
    play_open(&play, "");
    play_begin(&cursor, &play.book, 1);
    twin = cursor;
    struct span first = {.duration = 2 * USEC_PER_SEC}, second = {.duration = 4 * USEC_PER_SEC};
    double sums[5] = {0};
    for (int i = 0; i < 2000; i++) {
        for (int kind = DELAY_NONE; kind <= DELAY_NORMAL; kind++) {
            struct delay delay = {(enum delay_kind)kind, first, second};
            usec drawn_delay = play_delay(&clock, &cursor, &delay);
            CU_ASSERT_EQUAL(drawn_delay, play_delay(&clock, &twin, &delay));
            CU_ASSERT(drawn_delay >= 0);
            if (kind == DELAY_UNIFORM)
                CU_ASSERT(drawn_delay >= USEC_PER_SEC && drawn_delay <= 2 * USEC_PER_SEC);
            sums[kind] += (double)drawn_delay / 2000;
        }
    }
    CU_ASSERT_EQUAL(sums[DELAY_NONE], 0);
    CU_ASSERT(sums[DELAY_FIXED] > 999999 && sums[DELAY_FIXED] < 1000001);
    CU_ASSERT(sums[DELAY_UNIFORM] > 1.45e6 && sums[DELAY_UNIFORM] < 1.55e6);
    CU_ASSERT(sums[DELAY_EXPONENTIAL] > 0.9e6 && sums[DELAY_EXPONENTIAL] < 1.1e6);
    struct delay crossed = {DELAY_UNIFORM, first, {.percent = 10}};
    CU_ASSERT_EQUAL(play_delay(&clock, &cursor, &crossed), USEC_PER_SEC);
    play_close(&play);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"no rules", test_no_rules},
        {"first fit", test_first_fit},
        {"connection", test_connection},
        {"message over connections", test_message_over_connections},
        {"occurrence", test_occurrence},
        {"times over connections", test_times_over_connections},
        {"argument", test_argument},
        {"probability", test_probability},
        {"probability of 0 and 1", test_probability_of_0_and_1},
        {"body octets", test_body_octets},
        {"body at its beginning", test_body_at_its_beginning},
        {"body probability", test_body_probability},
        {"body selectors", test_body_selectors},
        {"body octets and lines", test_body_octets_and_lines},
        {"idle", test_idle},
        {"spans", test_spans},
        {"delays", test_delays},
    };
    return unit_main("play", tests, sizeof tests / sizeof *tests, argc, argv);
}
