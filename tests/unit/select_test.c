#include "harness/select.h"

#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

static const char *const loss[] = {"LOSS-1"};
static const char *const code[] = {"CODE-1", "LOSS-1"};
static const struct scenario scenarios[] = {
    {.id = "code/HELO/empty", .requirements = code, .requirement_count = 2},
    {.id = "code/RCPT/empty", .requirements = code, .requirement_count = 2},
    {.id = "rcpt/refused", .requirements = loss, .requirement_count = 1},
};
static struct suite_case cases[] = {
    {.scenario = &scenarios[0]}, {.scenario = &scenarios[1]}, {.scenario = &scenarios[2]}};
static const struct suite suite = {.cases = cases, .case_count = 3};

static void test_fits(void)
{
    CU_ASSERT(select_fits(&cases[2], "rcpt"));
    CU_ASSERT(select_fits(&cases[2], "refus"));
    CU_ASSERT(select_fits(&cases[2], "rcpt/*"));
    CU_ASSERT_FALSE(select_fits(&cases[2], "rcpt?"));
    CU_ASSERT(select_fits(&cases[0], "code/*/empty"));
    CU_ASSERT(select_fits(&cases[0], "CODE-1"));
    CU_ASSERT(select_fits(&cases[0], "CODE-*"));
    CU_ASSERT_FALSE(select_fits(&cases[0], "CODE-"));
    CU_ASSERT_FALSE(select_fits(&cases[2], "CODE-1"));
}

/* The indices selected, as digits. */
static const char *selected(const struct select_options *options, char text[8])
{
    struct selection selection;
    struct problem problem;
    CU_ASSERT_FATAL(select_cases(&suite, options, &selection, &problem));
    for (size_t i = 0; i < selection.count; i++)
        text[i] = (char)('0' + selection.at[i]);
    text[selection.count] = '\0';
    selection_free(&selection);
    return text;
}

static void test_select(void)
{
    char text[8];
    const char *const only[] = {"HELO", "rcpt/"};
    const char *const skip[] = {"empty"};
    struct select_options options = {0};
    CU_ASSERT_STRING_EQUAL(selected(&options, text), "012");
    options.only = only;
    options.only_count = 2;
    CU_ASSERT_STRING_EQUAL(selected(&options, text), "02");
    options.skip = skip;
    options.skip_count = 1;
    CU_ASSERT_STRING_EQUAL(selected(&options, text), "2");
    options.only_count = 1;
    CU_ASSERT_STRING_EQUAL(selected(&options, text), "");
}

/* Every case is in exactly one part. */
static void test_shards(void)
{
    char text[8];
    struct select_options options = {.shard = 1, .shards = 2};
    CU_ASSERT_STRING_EQUAL(selected(&options, text), "02");
    options.shard = 2;
    CU_ASSERT_STRING_EQUAL(selected(&options, text), "1");
    options = (struct select_options){.shard = 5, .shards = 5};
    CU_ASSERT_STRING_EQUAL(selected(&options, text), "");
}

static void test_known(void)
{
    struct fixture fixture = fixture_make();
    fixture_write(&fixture, "known.txt",
                  "# a comment\n\n  rcpt/refused  we know\r\nno/such\ncode/HELO/empty");
    struct fixture_path path = fixture_path(&fixture, "known.txt");
    struct select_options options = {.known_failing = path.text};
    struct selection selection;
    struct problem problem;
    CU_ASSERT_FATAL(select_cases(&suite, &options, &selection, &problem));
    CU_ASSERT_PTR_NOT_NULL(selection.known[0]);
    CU_ASSERT_PTR_NULL(selection.known[1]);
    CU_ASSERT_PTR_NOT_NULL(selection.known[2]);
    selection_free(&selection);
    options.known_failing = "/nowhere/known.txt";
    CU_ASSERT_FALSE(select_cases(&suite, &options, &selection, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/nowhere/known.txt"));
    fixture_remove(&fixture);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"patterns", test_fits},
        {"only and skip", test_select},
        {"shards", test_shards},
        {"known to fail", test_known},
    };
    return unit_main("select", tests, sizeof tests / sizeof *tests, argc, argv);
}
