#include "mockserver/scenario.h"

#include "tests/unit/unit.h"

static void test_stage_names(void)
{
    for (int i = 0; i < STAGE_COUNT; i++) {
        enum stage stage = STAGE_IDLE;
        CU_ASSERT_TRUE(stage_of(stage_name((enum stage)i), &stage));
        CU_ASSERT_EQUAL(stage, (enum stage)i);
    }
    enum stage stage = STAGE_QUIT;
    CU_ASSERT_FALSE(stage_of("any", &stage));
    CU_ASSERT_FALSE(stage_of("rcpt", &stage));
    CU_ASSERT_FALSE(stage_of("", &stage));
    CU_ASSERT_EQUAL(stage, STAGE_QUIT);
    CU_ASSERT_STRING_EQUAL(stage_name(STAGE_END_OF_DATA), "end-of-data");
    CU_ASSERT_STRING_EQUAL(stage_name(STAGE_RSET), "RSET");
}

static void test_stages_of_commands(void)
{
    for (int verb = 0; verb < COMMAND_VERBS; verb++) {
        const char *name = command_name((enum command_verb)verb);
        enum stage stage;
        if (!stage_of(name, &stage))
            stage = STAGE_UNKNOWN;
        CU_ASSERT_EQUAL(stage_of_command((enum command_verb)verb), stage);
    }
}

static void test_any_stage(void)
{
    CU_ASSERT_EQUAL(STAGES_ANY & (1u << STAGE_CONNECT | 1u << STAGE_BODY | 1u << STAGE_IDLE), 0);
    CU_ASSERT_EQUAL(__builtin_popcount(STAGES_ANY), STAGE_COUNT - 3);
}

static void test_ranges(void)
{
    struct ranges none = {NULL, 0};
    CU_ASSERT_TRUE(ranges_hold(&none, 0));
    CU_ASSERT_TRUE(ranges_hold(&none, UINT32_MAX));
    static const struct range some[] = {{2, 2}, {4, 5}, {9, UINT32_MAX}};
    struct ranges ranges = {some, 3};
    static const bool expected[] = {0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1};
    for (uint32_t i = 0; i < sizeof expected; i++)
        CU_ASSERT_EQUAL(ranges_hold(&ranges, i), expected[i]);
    CU_ASSERT_TRUE(ranges_hold(&ranges, UINT32_MAX));
}

static void test_outcome_names(void)
{
    CU_ASSERT_STRING_EQUAL(outcome_name(OUTCOME_ACCEPTED), "accepted");
    CU_ASSERT_STRING_EQUAL(outcome_name(OUTCOME_UNSENT), "unsent");
    CU_ASSERT_PTR_NULL(outcome_name((enum outcome_bit)(OUTCOME_ACCEPTED | OUTCOME_UNSENT)));
    CU_ASSERT_PTR_NULL(outcome_name((enum outcome_bit)0));
}

static void test_empty_scenario(void)
{
    struct scenario *scenario = scenario_new(NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    CU_ASSERT_STRING_EQUAL(scenario->centre.domain, "MAIL.PROD.NACCS6");
    CU_ASSERT_EQUAL(scenario->centre.recipient_count, 1);
    CU_ASSERT_STRING_EQUAL(scenario->centre.recipients[0], "NACCS@MAIL.PROD.NACCS6");
    CU_ASSERT_EQUAL(scenario->centre.idle_limit.duration, 120 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(scenario->centre.idle_margin.duration, 0);
    CU_ASSERT_EQUAL(scenario->centre.idle_close, SCENARIO_CLOSE_FIN);
    CU_ASSERT_FALSE(scenario->centre.ehlo);
    CU_ASSERT_EQUAL(scenario->centre.line_limit, 1000);
    CU_ASSERT_EQUAL(scenario->centre.message_limit, 700000);
    CU_ASSERT_EQUAL(scenario->rule_count, 0);
    CU_ASSERT_PTR_NULL(scenario->file);
    scenario_free(scenario);

    scenario = scenario_new("MAIL.TEST.NACCS7");
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    CU_ASSERT_STRING_EQUAL(scenario->centre.recipients[0], "NACCS@MAIL.TEST.NACCS7");
    scenario_free(scenario);
    scenario_free(NULL);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"stage names", test_stage_names},     {"stages of commands", test_stages_of_commands},
        {"any stage", test_any_stage},         {"ranges", test_ranges},
        {"outcome names", test_outcome_names}, {"empty scenario", test_empty_scenario},
    };
    return unit_main("scenario", tests, sizeof tests / sizeof *tests, argc, argv);
}
