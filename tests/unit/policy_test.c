#include "client/policy.h"
#include "tests/unit/unit.h"

static void test_success_codes(void)
{
    static const struct {
        enum limit_stage stage;
        int first, second;
    } expected[] = {
        {LIMIT_GREETING, 220, 0},    {LIMIT_HELO, 250, 0}, {LIMIT_MAIL, 250, 0},
        {LIMIT_RCPT, 250, 251},      {LIMIT_DATA, 354, 0}, {LIMIT_BODY, 0, 0},
        {LIMIT_END_OF_DATA, 250, 0}, {LIMIT_RSET, 250, 0}, {LIMIT_QUIT, 221, 0},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        for (int code = 200; code <= 599; code++) {
            bool success = code == expected[i].first || code == expected[i].second;
            enum policy_kind kind = policy_kind(policy_standard(), expected[i].stage, code);
            CU_ASSERT_EQUAL(kind == POLICY_SUCCESS, success);
        }
    }
}

static void test_kinds(void)
{
    static const struct {
        int code;
        enum policy_kind kind;
    } expected[] = {
        {200, POLICY_UNEXPECTED}, {251, POLICY_UNEXPECTED}, {354, POLICY_UNEXPECTED},
        {399, POLICY_UNEXPECTED}, {400, POLICY_TRANSIENT},  {420, POLICY_TRANSIENT},
        {421, POLICY_CLOSING},    {422, POLICY_TRANSIENT},  {499, POLICY_TRANSIENT},
        {500, POLICY_PERMANENT},  {521, POLICY_PERMANENT},  {599, POLICY_PERMANENT},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        CU_ASSERT_EQUAL(policy_kind(policy_standard(), LIMIT_MAIL, expected[i].code),
                        expected[i].kind);
}

/* Only a 250 to the end of data makes a message accepted. */
static void test_accepted_by_one_rule_alone(void)
{
    for (int stage = 0; stage < LIMIT_STAGES; stage++) {
        for (int kind = 0; kind < POLICY_KINDS; kind++) {
            bool accepts = policy_standard()->rules[stage][kind].fate == POLICY_ACCEPTED;
            CU_ASSERT_EQUAL(accepts, stage == LIMIT_END_OF_DATA && kind == POLICY_SUCCESS);
        }
    }
}

/* Behind the final dot, whatever is no plain yes or no, and no 421, is unknown; before it nothing
 * is. */
static void test_unknown_behind_the_dot_alone(void)
{
    for (int stage = 0; stage < LIMIT_STAGES; stage++) {
        for (int kind = 0; kind < POLICY_KINDS; kind++) {
            bool unclear = kind == POLICY_UNEXPECTED || kind == POLICY_GARBAGE ||
                           kind == POLICY_SILENCE || kind == POLICY_CUT;
            bool unknown = policy_standard()->rules[stage][kind].fate == POLICY_UNKNOWN;
            CU_ASSERT_EQUAL(unknown, stage == LIMIT_END_OF_DATA && unclear);
        }
    }
}

/* What can't be gone on with is closed, or the state machine would run in circles. */
static void test_dead_ends_close(void)
{
    static const enum policy_kind dead[] = {POLICY_GARBAGE, POLICY_SILENCE, POLICY_CUT};
    for (int stage = 0; stage < LIMIT_STAGES; stage++) {
        for (size_t i = 0; i < sizeof dead / sizeof *dead; i++) {
            enum policy_next next = policy_standard()->rules[stage][dead[i]].next;
            CU_ASSERT_TRUE(next == POLICY_CLOSE_AGAIN || next == POLICY_CLOSE_STOP);
        }
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"codes of success", test_success_codes},
        {"kinds of codes", test_kinds},
        {"accepted by one rule alone", test_accepted_by_one_rule_alone},
        {"unknown behind the dot alone", test_unknown_behind_the_dot_alone},
        {"dead ends close", test_dead_ends_close},
    };
    return unit_main("policy", tests, sizeof tests / sizeof *tests, argc, argv);
}
