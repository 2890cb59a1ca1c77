#include "tests/unit/loading.h"
#include "wire/ehlo.h"

static void test_centre(void)
{
    struct scenario_set set = load_file(DATA "/valid/everything.json");
    const struct scenario *scenario = set.at[0];
    const struct centre_settings *centre = &scenario->centre;
    CU_ASSERT_STRING_EQUAL(scenario->id, "everything");
    CU_ASSERT_STRING_EQUAL(scenario->file, DATA "/valid/everything.json");
    CU_ASSERT_STRING_EQUAL(scenario->title.en, "t");
    CU_ASSERT_STRING_EQUAL(scenario->title.ja, "題");
    CU_ASSERT_STRING_EQUAL(scenario->why.en, "because");
    CU_ASSERT_PTR_NULL(scenario->why.ja);
    CU_ASSERT_EQUAL(scenario->requirement_count, 1);
    CU_ASSERT_EQUAL_FATAL(scenario->message_count, 2);
    CU_ASSERT_STRING_EQUAL(scenario->messages[0], DATA "/suite/messages/plain.eml");
    CU_ASSERT_STRING_EQUAL(scenario->messages[1], DATA "/suite/messages/other.eml");
    CU_ASSERT_EQUAL(scenario->recipient_given_count, 2);
    CU_ASSERT_STRING_EQUAL(centre->domain, "MAIL.TEST.NACCS6");
    CU_ASSERT_EQUAL(centre->recipient_count, 1);
    CU_ASSERT_STRING_EQUAL(centre->recipients[0], "NACCS@A");
    CU_ASSERT_EQUAL(centre->idle_limit.duration, 90 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(centre->idle_margin.duration, 500 * USEC_PER_MSEC);
    CU_ASSERT_EQUAL(centre->idle_close, SCENARIO_CLOSE_RST);
    CU_ASSERT_TRUE(centre->idle_reply);
    CU_ASSERT_TRUE(centre->ehlo);
    CU_ASSERT_EQUAL(centre->ehlo_keywords, EHLO_SIZE | EHLO_DSN | EHLO_PIPELINING);
    CU_ASSERT_EQUAL_FATAL(centre->ehlo_other_count, 1);
    CU_ASSERT_STRING_EQUAL(centre->ehlo_others[0], "XFOO bar");
    CU_ASSERT_EQUAL(centre->command_limit, 1024);
    CU_ASSERT_EQUAL(centre->line_limit, 0);
    CU_ASSERT_EQUAL(centre->message_limit, 100);
    CU_ASSERT_EQUAL(centre->header_limit, 200);
    CU_ASSERT_EQUAL(centre->recipient_limit, 3);
    CU_ASSERT_EQUAL(centre->error_limit, 0);
    CU_ASSERT_EQUAL(centre->bare, BARE_REFUSE);
    scenario_set_free(&set);
}

/* Messages that are made are called by all that makes them what they are. */
static void test_recipes(void)
{
    static const char text[] = "{\"version\": 1, \"messages\": [{\"generate\": \"octets\", "
                               "\"octets\": 4000, \"number\": 7}, "
                               "\"$m\"], \"vary\": {\"m\": {\"a\": {\"generate\": \"dots\", "
                               "\"octets\": 5000, \"block\": 512}}}}";
    struct told told;
    struct scenario_set set = load_text(text, &told);
    CU_ASSERT_EQUAL_FATAL(set.count, 1);
    const struct scenario *scenario = set.at[0];
    CU_ASSERT_EQUAL_FATAL(scenario->message_count, 2);
    CU_ASSERT_STRING_EQUAL(scenario->messages[0], "generated-octets-4000-7");
    CU_ASSERT_STRING_EQUAL(scenario->messages[1], "generated-dots-5000-512-1");
    CU_ASSERT_EQUAL(scenario->recipes[0].kind, MESSAGE_OCTETS);
    CU_ASSERT_EQUAL(scenario->recipes[0].octets, 4000);
    CU_ASSERT_EQUAL(scenario->recipes[0].number, 7);
    CU_ASSERT_EQUAL(scenario->recipes[1].kind, MESSAGE_DOTS);
    CU_ASSERT_EQUAL(scenario->recipes[1].block, 512);
    scenario_set_free(&set);
}

/* What is wrong with a recipe, and what is told of it. */
static void test_wrong_recipes(void)
{
    static const struct {
        const char *recipe, *told;
    } cases[] = {
        {"{\"generate\": \"dots\"}", "octets"},
        {"{\"octets\": 4000}", "generate"},
        {"{\"generate\": \"dot\", \"octets\": 4000}", "dots"},
        {"{\"generate\": \"dots\", \"octets\": 999}", "1000"},
        {"{\"generate\": \"dots\", \"octets\": 700001}", "700000"},
        {"{\"generate\": \"dots\", \"octets\": 4000, \"block\": 8}", "16"},
        {"{\"generate\": \"octets\", \"octets\": 4000, \"block\": 512}", "block"},
        {"{\"generate\": \"dots\", \"octets\": 4000, \"seed\": 1}", "seed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        struct told told;
        snprintf(text, sizeof text, "{\"version\": 1, \"messages\": [%s]}", cases[i].recipe);
        struct scenario_set set = load_text(text, &told);
        CU_ASSERT_EQUAL(set.count, 0);
        CU_ASSERT_EQUAL(told.count, 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(told.text, cases[i].told));
    }
}

static void test_ehlo(void)
{
    static const struct {
        const char *given;
        bool on;
        unsigned keywords;
        size_t others;
    } cases[] = {
        {"false", false, 0, 0},
        {"true", true, EHLO_SIZE | EHLO_8BITMIME | EHLO_DSN, 0},
        {"{}", true, 0, 0},
        {"{\"8bitmime\": true}", true, EHLO_8BITMIME, 0},
        {"[]", true, 0, 0},
        {"[\"SIZE\", \"XFOO\", \"pipelining\", \"HELP\"]", true, EHLO_SIZE | EHLO_PIPELINING, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        struct told told;
        snprintf(text, sizeof text, "{\"version\": 1, \"centre\": {\"ehlo\": %s}}", cases[i].given);
        struct scenario_set set = load_text(text, &told);
        CU_ASSERT_EQUAL_FATAL(set.count, 1);
        const struct centre_settings *centre = &set.at[0]->centre;
        CU_ASSERT_EQUAL(centre->ehlo, cases[i].on);
        CU_ASSERT_EQUAL(centre->ehlo_keywords, cases[i].keywords);
        CU_ASSERT_EQUAL(centre->ehlo_other_count, cases[i].others);
        scenario_set_free(&set);
    }
}

static void test_selectors(void)
{
    struct scenario_set set = load_file(DATA "/valid/everything.json");
    const struct rule *rules = set.at[0]->rules;
    CU_ASSERT_EQUAL(rules[0].stages, 1u << STAGE_RCPT);
    CU_ASSERT_EQUAL(rules[0].number, 1);
    CU_ASSERT_EQUAL(rules[0].times, 2);
    CU_ASSERT_EQUAL(rules[0].probability, 0.25);
    CU_ASSERT_STRING_EQUAL(rules[0].argument, "TO:*");
    CU_ASSERT_TRUE(ranges_hold(&rules[0].connections, 1));
    CU_ASSERT_FALSE(ranges_hold(&rules[0].connections, 2));
    CU_ASSERT_TRUE(ranges_hold(&rules[0].messages, 4));
    CU_ASSERT_FALSE(ranges_hold(&rules[0].messages, 3));
    CU_ASSERT_TRUE(ranges_hold(&rules[0].occurrences, 4000000000));
    CU_ASSERT_FALSE(ranges_hold(&rules[0].occurrences, 2));
    CU_ASSERT_EQUAL(rules[1].stages, 1u << STAGE_HELO | 1u << STAGE_EHLO);
    CU_ASSERT_EQUAL(rules[1].probability, 1);
    CU_ASSERT_TRUE(ranges_hold(&rules[1].connections, 5));
    CU_ASSERT_FALSE(ranges_hold(&rules[1].connections, 6));
    CU_ASSERT_TRUE(ranges_hold(&rules[1].messages, 8));
    CU_ASSERT_EQUAL(rules[2].stages, STAGES_ANY);
    CU_ASSERT_TRUE(rules[6].after_lines && rules[6].after == 3);
    CU_ASSERT_TRUE(!rules[7].after_lines && rules[7].after == 9);
    CU_ASSERT_TRUE(!rules[8].after_lines && rules[8].after == 7);
    scenario_set_free(&set);
}

static void test_replies(void)
{
    struct scenario_set set = load_file(DATA "/valid/everything.json");
    const struct rule *rules = set.at[0]->rules;
    const struct scenario_reply *reply = &rules[0].action.reply;
    CU_ASSERT_EQUAL(reply->code, 450);
    CU_ASSERT_FALSE(reply->default_code || reply->has_variables || reply->code_alone);
    check_octets(reply->octets, "450 busy\r\n", 10);
    check_octets(rules[1].action.reply.octets, "250-a\r\n250 b\r\n", 14);
    reply = &rules[2].action.reply;
    CU_ASSERT_TRUE(reply->default_code);
    check_octets(reply->octets, "hello", 5);
    reply = &rules[3].action.reply;
    CU_ASSERT_EQUAL(reply->code, 354);
    check_octets(reply->octets, "354 \0\xff\r\n", 8);
    CU_ASSERT_EQUAL(rules[4].action.reply.code, 354);
    check_octets(rules[4].action.reply.octets, "354 go\r\n", 8);
    check_octets(rules[5].action.reply.octets, "250 \xa4\xa2\r\n", 8);
    reply = &rules[15].action.reply;
    CU_ASSERT_TRUE(reply->has_variables);
    CU_ASSERT_EQUAL(reply->code, 221);
    reply = &rules[16].action.reply;
    CU_ASSERT_TRUE(reply->code_alone && !reply->default_code);
    check_octets(reply->octets, "250\r\n", 5);
    reply = &rules[17].action.reply;
    CU_ASSERT_TRUE(reply->code_alone && reply->default_code);
    CU_ASSERT_EQUAL(reply->octets.count, 0);
    scenario_set_free(&set);
}

/* What octets permit: only a whole, well-formed reply has a code; lines may end with LF alone. */
static void test_codes_of_octets(void)
{
    static const struct {
        const char *octets;
        int code;
    } cases[] = {
        {"250 ok\\r\\n", 250},
        {"250\\r\\n", 250},
        {"250-a\\r\\n250 b\\r\\n", 250},
        {"250-a\\r\\n", 0},
        {"354 go", 0},
        {"354 go\\n", 354},
        {"354\\n", 354},
        {"250-a\\n", 0},
        {"250-a\\n250 b\\n", 250},
        {"250-a\\r\\n250 b\\n", 250},
        {"OK\\n", 0},
        {"\\n", 0},
        {"250-a\\r\\n354 b\\r\\n", 354},
        {"OK\\r\\n", 0},
        {"\\r\\n", 0},
        {"2500 ok\\r\\n", 250},
        {"354go\\r\\n", 354},
        {"250-a\\r\\n250b\\r\\n", 250},
        {"250-a\\r\\n25\\r\\n", 0},
        {"199 x\\r\\n", 0},
        {"450 a\\r\\n354 b\\r\\n", 450},
        {"\\u0000", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        struct told told;
        snprintf(text, sizeof text,
                 "{\"version\": 1, \"rules\": [{\"at\": \"DATA\", \"reply\": {\"octets\": "
                 "\"%s\"}}]}",
                 cases[i].octets);
        struct scenario_set set = load_text(text, &told);
        CU_ASSERT_EQUAL_FATAL(set.count, 1);
        CU_ASSERT_EQUAL(set.at[0]->rules[0].action.reply.code, cases[i].code);
        scenario_set_free(&set);
    }
}

static void test_actions(void)
{
    struct scenario_set set = load_file(DATA "/valid/everything.json");
    const struct rule *rules = set.at[0]->rules;
    CU_ASSERT_EQUAL(rules[0].action.delay.kind, DELAY_FIXED);
    CU_ASSERT_EQUAL(rules[0].action.delay.first.duration, 3 * USEC_PER_SEC);
    CU_ASSERT_EQUAL_FATAL(rules[1].action.split_count, 2);
    CU_ASSERT_EQUAL(rules[1].action.split[1], 3);
    CU_ASSERT_EQUAL_FATAL(rules[1].action.pause_count, 2);
    CU_ASSERT_EQUAL(rules[1].action.pauses[0].duration, 250 * USEC_PER_MSEC);
    CU_ASSERT_EQUAL(rules[1].action.pauses[1].percent, 10);
    CU_ASSERT_EQUAL(rules[2].action.dribble_octets, 2);
    CU_ASSERT_EQUAL(rules[2].action.dribble_every.duration, 500 * USEC_PER_MSEC);
    CU_ASSERT_EQUAL(rules[3].action.delay.kind, DELAY_UNIFORM);
    CU_ASSERT_EQUAL(rules[3].action.delay.second.percent, 90);
    CU_ASSERT_EQUAL(rules[4].action.delay.kind, DELAY_EXPONENTIAL);
    CU_ASSERT_EQUAL(rules[5].action.delay.kind, DELAY_NORMAL);
    CU_ASSERT_EQUAL(rules[5].action.delay.second.duration, 300 * USEC_PER_MSEC);
    CU_ASSERT_TRUE(rules[6].action.stall && !rules[6].action.has_reply);
    CU_ASSERT_TRUE(rules[7].action.stop_reading && rules[7].action.reads_again);
    CU_ASSERT_EQUAL(rules[7].action.stopped_for.duration, 2 * USEC_PER_SEC);
    CU_ASSERT_TRUE(rules[8].action.stop_reading && !rules[8].action.reads_again);
    CU_ASSERT_EQUAL(rules[9].action.store, SCENARIO_STORE_YES);
    CU_ASSERT_EQUAL(rules[9].action.close, SCENARIO_CLOSE_RST);
    CU_ASSERT_EQUAL(rules[10].action.store, SCENARIO_STORE_NO);
    CU_ASSERT_TRUE(rules[11].action.has_idle_limit && rules[11].action.has_idle_margin);
    CU_ASSERT_EQUAL(rules[11].action.idle_margin.duration, 2 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(rules[11].action.close, SCENARIO_CLOSE_HALF);
    CU_ASSERT_EQUAL(rules[12].action.refuse, SCENARIO_REFUSE_SILENCE);
    CU_ASSERT_EQUAL(rules[12].action.delay.first.percent, 50);
    CU_ASSERT_EQUAL(rules[13].action.refuse, SCENARIO_REFUSE_RST);
    scenario_set_free(&set);
}

static void test_expectations(void)
{
    struct scenario_set set = load_file(DATA "/valid/everything.json");
    const struct expectation *expect = &set.at[0]->expect;
    CU_ASSERT_TRUE(expect->has_accepted);
    CU_ASSERT_EQUAL_FATAL(expect->accepted_count, 1);
    CU_ASSERT_EQUAL(expect->accepted[0], 2);
    CU_ASSERT_EQUAL_FATAL(expect->outcome_count, 2);
    CU_ASSERT_EQUAL(expect->outcomes[0].message, 1);
    CU_ASSERT_EQUAL(expect->outcomes[0].outcomes, OUTCOME_DEFERRED | OUTCOME_UNSENT);
    CU_ASSERT_EQUAL(expect->outcomes[1].outcomes, OUTCOME_ACCEPTED);
    CU_ASSERT_TRUE(expect->has_gives_up);
    CU_ASSERT_EQUAL(expect->gives_up_at, STAGE_RCPT);
    CU_ASSERT_EQUAL_FATAL(expect->next_count, 1);
    CU_ASSERT_EQUAL(expect->next[0].after, STAGE_RCPT);
    CU_ASSERT_EQUAL(expect->next[0].allowed, 1u << COMMAND_RSET | 1u << COMMAND_QUIT);
    CU_ASSERT_TRUE(expect->next[0].close_allowed);
    CU_ASSERT_TRUE(expect->has_connections);
    CU_ASSERT_EQUAL(expect->connections.first, 0);
    CU_ASSERT_EQUAL(expect->connections.last, 2);
    CU_ASSERT_STRING_EQUAL(expect->same_actions_as, "plain");
    CU_ASSERT_TRUE(expect->has_quit_within);
    CU_ASSERT_EQUAL(expect->quit_within.duration, 5 * USEC_PER_SEC);
    CU_ASSERT_EQUAL_FATAL(expect->void_count, 1);
    CU_ASSERT_STRING_EQUAL(expect->void_checks[0], "QUIT-1");
    scenario_set_free(&set);
}

static void test_nothing_expected(void)
{
    struct scenario_set set = load_file(DATA "/valid/empty.json");
    const struct expectation *expect = &set.at[0]->expect;
    CU_ASSERT_FALSE(expect->has_accepted || expect->has_gives_up || expect->has_connections ||
                    expect->has_quit_within);
    CU_ASSERT_EQUAL(expect->outcome_count + expect->next_count + expect->void_count, 0);
    CU_ASSERT_EQUAL_FATAL(set.at[0]->message_count, 1);
    CU_ASSERT_STRING_EQUAL(set.at[0]->messages[0], DATA "/suite/messages/plain.eml");
    scenario_set_free(&set);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"centre", test_centre},
        {"ehlo", test_ehlo},
        {"recipes", test_recipes},
        {"wrong_recipes", test_wrong_recipes},
        {"selectors", test_selectors},
        {"replies", test_replies},
        {"codes of octets", test_codes_of_octets},
        {"actions", test_actions},
        {"expectations", test_expectations},
        {"nothing expected", test_nothing_expected},
    };
    return unit_main("scenario_load_build", tests, sizeof tests / sizeof *tests, argc, argv);
}
