#include "harness/known.h"

#include <stdio.h>

#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

/* Reads a list from a text; what was wrong with it, "" where nothing. */
static const char *read_text(const char *text, struct known_list *list, struct problem *problem)
{
    struct fixture fixture = fixture_make();
    fixture_write(&fixture, "known.txt", text);
    struct fixture_path path = fixture_path(&fixture, "known.txt");
    bool good = known_read(path.text, list, problem);
    fixture_remove(&fixture);
    return good ? "" : problem->text;
}

static void test_reading(void)
{
    struct known_list list;
    struct problem problem;
    CU_ASSERT_STRING_EQUAL(read_text("# a comment\n\n"
                                     "  a/one LOSS-1,CODE-3 RSET-1  we know, since CODE-1\r\n"
                                     "a/two why it fails\n"
                                     "b/*\tCODE-1\n"
                                     "b/three",
                                     &list, &problem),
                           "");
    CU_ASSERT_EQUAL_FATAL(list.count, 4);
    CU_ASSERT_EQUAL_FATAL(list.at[0].requirement_count, 3);
    CU_ASSERT_STRING_EQUAL(list.at[0].requirements[1]->id, "CODE-3");
    CU_ASSERT_EQUAL(list.at[0].line, 3);
    CU_ASSERT_EQUAL(list.at[1].requirement_count, 0);
    CU_ASSERT_PTR_EQUAL(known_find(&list, "a/one"), &list.at[0]);
    CU_ASSERT_PTR_EQUAL(known_find(&list, "b/two"), &list.at[2]);
    CU_ASSERT_PTR_EQUAL(known_find(&list, "b/three"), &list.at[3]);
    CU_ASSERT_PTR_NULL(known_find(&list, "a/three"));
    known_free(&list);
}

static void test_refusals(void)
{
    struct known_list list = {.count = 7};
    struct problem problem;
    CU_ASSERT_PTR_NOT_NULL(
        strstr(read_text("a/one\n\na/two CODE-11 typed wrong\n", &list, &problem),
               "known.txt:3: no requirement has the id \"CODE-11\""));
    CU_ASSERT_EQUAL(list.count, 7);
    CU_ASSERT_FALSE(known_read("/nowhere/known.txt", &list, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/nowhere/known.txt"));
}

static void test_comparing(void)
{
    static const struct {
        const char *label, *list, *fails, *warns;
        enum verdict verdict;
        enum known_result result;
        const char *which;
    } table[] = {
        {"any failure", "a", "CODE-1", "", VERDICT_FAIL, KNOWN_FAILS, NULL},
        {"any failure, and none", "a", "", "", VERDICT_PASS, KNOWN_PASSES, NULL},
        {"a warning is a pass", "a", "", "TIME-2", VERDICT_WARN, KNOWN_PASSES, NULL},
        {"as listed", "a CODE-1 LOSS-1", "LOSS-1 CODE-1", "", VERDICT_FAIL, KNOWN_FAILS, NULL},
        {"too much", "a CODE-1", "CODE-1 LOSS-1", "", VERDICT_FAIL, KNOWN_OTHERWISE, "LOSS-1"},
        {"another", "a CODE-1", "LOSS-1", "", VERDICT_FAIL, KNOWN_OTHERWISE, "LOSS-1"},
        {"one was mended", "a CODE-1 LOSS-1", "CODE-1", "", VERDICT_FAIL, KNOWN_PASSES, "LOSS-1"},
        {"all were mended", "a CODE-1", "", "", VERDICT_PASS, KNOWN_PASSES, NULL},
        {"listed for a warning", "a TIME-2", "", "TIME-2", VERDICT_WARN, KNOWN_FAILS, NULL},
        {"a warning besides", "a CODE-1", "CODE-1", "TIME-2", VERDICT_FAIL, KNOWN_FAILS, NULL},
        {"skipped", "a CODE-1", "", "", VERDICT_SKIP, KNOWN_NOTHING, NULL},
        {"not judged", "a", "", "", VERDICT_ERROR, KNOWN_NOTHING, NULL},
    };
    static const char *const ids[] = {"CODE-1", "LOSS-1", "TIME-2"};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct known_list list;
        struct problem problem;
        struct finding at[4];
        struct findings findings = {.at = at};
        const char *which = "not set";
        CU_ASSERT_STRING_EQUAL_FATAL(read_text(table[i].list, &list, &problem), "");
        for (size_t j = 0; j < sizeof ids / sizeof *ids; j++) {
            bool fails = strstr(table[i].fails, ids[j]), warns = strstr(table[i].warns, ids[j]);
            if (fails || warns)
                at[findings.count++] = (struct finding){
                    .requirement = ids[j], .verdict = fails ? VERDICT_FAIL : VERDICT_WARN};
        }
        enum known_result result = known_compare(&list.at[0], table[i].verdict, &findings, &which);
        bool same = result == table[i].result && (which == NULL) == (table[i].which == NULL) &&
                    (!which || strcmp(which, table[i].which) == 0);
        CU_ASSERT(same);
        if (!same)
            printf("    %s\n", table[i].label);
        known_free(&list);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"reading", test_reading},
        {"refusals", test_refusals},
        {"comparing", test_comparing},
    };
    return unit_main("known", tests, sizeof tests / sizeof *tests, argc, argv);
}
