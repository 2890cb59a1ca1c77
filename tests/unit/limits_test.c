#include "client/limits.h"
#include "tests/unit/unit.h"

static void test_defaults(void)
{
    struct limits limits = limits_default();
    CU_ASSERT_EQUAL(limits.at[LIMIT_LOOKUP], 30 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(limits.at[LIMIT_CONNECT], 30 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(limits.at[LIMIT_GREETING], 300 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(limits.at[LIMIT_HELO], 300 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(limits.at[LIMIT_MAIL], 300 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(limits.at[LIMIT_RCPT], 300 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(limits.at[LIMIT_DATA], 120 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(limits.at[LIMIT_BODY], 180 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(limits.at[LIMIT_END_OF_DATA], 600 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(limits.at[LIMIT_RSET], 300 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(limits.at[LIMIT_QUIT], 300 * USEC_PER_SEC);
}

static void test_shorten(void)
{
    struct limits limits = limits_default();
    limits_shorten(&limits, 120 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(limits.at[LIMIT_CONNECT], 30 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(limits.at[LIMIT_DATA], 120 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(limits.at[LIMIT_GREETING], 120 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(limits.at[LIMIT_END_OF_DATA], 120 * USEC_PER_SEC);
    limits_shorten(&limits, 1);
    for (int i = 0; i < LIMIT_STAGES; i++)
        CU_ASSERT_EQUAL(limits.at[i], 1);
}

static void test_names(void)
{
    CU_ASSERT_STRING_EQUAL(limit_stage_name(LIMIT_GREETING), "greeting");
    CU_ASSERT_STRING_EQUAL(limit_stage_name(LIMIT_END_OF_DATA), "end-of-data");
    for (int i = 0; i < LIMIT_STAGES; i++) {
        enum limit_stage stage = LIMIT_RSET;
        CU_ASSERT_TRUE(limit_stage_of(limit_stage_name((enum limit_stage)i), &stage));
        CU_ASSERT_TRUE(stage == (enum limit_stage)i);
    }
}

static void test_unknown_names(void)
{
    static const char *const names[] = {"", "GREETING", "end", "end-of-data ", "banner"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        enum limit_stage stage = LIMIT_RSET;
        CU_ASSERT_FALSE(limit_stage_of(names[i], &stage));
        CU_ASSERT_EQUAL(stage, LIMIT_RSET);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"defaults of RFC 5321", test_defaults},
        {"shortened, never lengthened", test_shorten},
        {"names", test_names},
        {"unknown names", test_unknown_names},
    };
    return unit_main("limits", tests, sizeof tests / sizeof *tests, argc, argv);
}
