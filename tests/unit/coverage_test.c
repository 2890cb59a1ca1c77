#include "harness/coverage.h"

#include <stdlib.h>

#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

/* The page of a suite with this case and these defects; free it. */
static char *page(const char *test, const char *defects, bool *complete)
{
    struct fixture fixture = fixture_make();
    struct suite suite;
    struct suite_defects loaded;
    struct told told = {""};
    struct problem problem;
    char *text = NULL;
    size_t size = 0;
    fixture_suite(&fixture);
    fixture_write(&fixture, "one.json", test);
    fixture_write(&fixture, "defects.txt", defects);
    CU_ASSERT_FATAL(fixture_load(&fixture, &suite, &told));
    CU_ASSERT_FATAL(suite_defects_load(&suite, &loaded, &problem));
    FILE *stream = open_memstream(&text, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT(coverage_page(stream, &suite, &loaded, LANGUAGE_EN, complete));
    fclose(stream);
    suite_defects_free(&loaded);
    suite_free(&suite);
    fixture_remove(&fixture);
    return text;
}

static bool shows(const char *page, const char *text)
{
    return strstr(page, text) != NULL;
}

static void test_covered(void)
{
    bool complete;
    char *text = page("{\"version\": 1, \"requirements\": [\"CONN-1\"]}",
                      "defect hasty CONN-1 one\n", &complete);
    CU_ASSERT(complete);
    CU_ASSERT(shows(text, "CONN-1    must    1 case, 1 defect ("));
    CU_ASSERT(shows(text, "\n    one\n    proved by hasty\n"));
    CU_ASSERT(shows(text, "\nTIME-2    should  0 cases, 0 defects ("));
    CU_ASSERT(shows(text, "covered by no case: TIME-2 (should), HELO-2 (info)\n"));
    CU_ASSERT(shows(text, "proved by no defect: TIME-2 (should), HELO-2 (info)\n"));
    free(text);
}

static void test_must_without_case(void)
{
    bool complete = true;
    char *text = page("{\"version\": 1, \"requirements\": [\"TIME-2\"]}", "", &complete);
    CU_ASSERT_FALSE(complete);
    CU_ASSERT(shows(text, "covered by no case: CONN-1 (must), HELO-2 (info)\n"));
    CU_ASSERT_FALSE(shows(text, "proved by no defect"));
    free(text);
}

static void test_must_without_defect(void)
{
    bool complete = true;
    char *text = page("{\"version\": 1, \"requirements\": [\"CONN-1\", \"TIME-2\", \"HELO-2\"]}",
                      "defect late TIME-2 one\ndefect gone CONN-1 other\n", &complete);
    CU_ASSERT_FALSE(complete);
    CU_ASSERT(shows(text, "every requirement is covered\n"));
    CU_ASSERT(shows(text, "proved by no defect: CONN-1 (must), HELO-2 (info)\n"));
    free(text);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"covered", test_covered},
        {"a must without a case", test_must_without_case},
        {"a must without a defect", test_must_without_defect},
    };
    return unit_main("coverage", tests, sizeof tests / sizeof *tests, argc, argv);
}
