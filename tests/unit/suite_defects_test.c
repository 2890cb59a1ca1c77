#include "harness/suite_defects.h"

#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

#define CASE(requirement) "{\"version\": 1, \"requirements\": [\"" requirement "\"]}"

/* A suite with two cases, and this defects.txt (null: none). */
struct setting {
    struct fixture fixture;
    struct suite suite;
    struct suite_defects defects;
    struct problem problem;
    bool loaded;
};

static struct setting load(const char *text)
{
    struct setting setting = {.fixture = fixture_make()};
    struct told told = {""};
    fixture_suite(&setting.fixture);
    fixture_write(&setting.fixture, "connect/plain.json", CASE("CONN-1"));
    fixture_write(&setting.fixture, "wait/slow.json", CASE("TIME-2"));
    if (text)
        fixture_write(&setting.fixture, "defects.txt", text);
    CU_ASSERT_FATAL(fixture_load(&setting.fixture, &setting.suite, &told));
    setting.loaded = suite_defects_load(&setting.suite, &setting.defects, &setting.problem);
    return setting;
}

static void unload(struct setting *setting)
{
    suite_defects_free(&setting->defects);
    suite_free(&setting->suite);
    fixture_remove(&setting->fixture);
}

static void test_read(void)
{
    struct setting setting =
        load("# nothing\n\ndefect hasty CONN-1,TIME-2 connect/* timeout=4s # so\n"
             "variant slow - all\ndefect late TIME-2 all");
    CU_ASSERT_FATAL(setting.loaded);
    CU_ASSERT_EQUAL_FATAL(setting.defects.count, 2);
    const struct suite_defect *hasty = &setting.defects.at[0];
    CU_ASSERT_STRING_EQUAL(hasty->name, "hasty");
    CU_ASSERT_EQUAL(hasty->requirement_count, 2);
    CU_ASSERT_EQUAL_FATAL(hasty->case_count, 1);
    CU_ASSERT_STRING_EQUAL(hasty->cases[0], "connect/*");
    unload(&setting);
}

static void test_proves(void)
{
    struct setting setting = load("defect one CONN-1 connect/*\ndefect other TIME-2 gone/*\n"
                                  "defect third TIME-2 all\n");
    CU_ASSERT_FATAL(setting.loaded && setting.defects.count == 3);
    const struct suite_defect *defects = setting.defects.at;
    CU_ASSERT(suite_defect_proves(&defects[0], &setting.suite, "CONN-1"));
    CU_ASSERT_FALSE(suite_defect_proves(&defects[0], &setting.suite, "TIME-2"));
    CU_ASSERT_FALSE(suite_defect_proves(&defects[1], &setting.suite, "TIME-2")); /* no such case */
    CU_ASSERT(suite_defect_proves(&defects[2], &setting.suite, "TIME-2"));
    unload(&setting);
}

static void test_none(void)
{
    struct setting setting = load(NULL);
    CU_ASSERT(setting.loaded && setting.defects.count == 0);
    unload(&setting);
    setting = load("");
    CU_ASSERT(setting.loaded && setting.defects.count == 0);
    unload(&setting);
}

static void refused(const char *text, const char *expected)
{
    struct setting setting = load(text);
    CU_ASSERT_FALSE(setting.loaded);
    CU_ASSERT_EQUAL(setting.defects.count, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(setting.problem.text, expected));
    unload(&setting);
}

static void test_faults(void)
{
    refused("defect a CONN-1 all\ndefect b CONN-9 all\n", "defects.txt:2: it names a requirement");
    refused("defect a\n", "defects.txt:1: expected: defect NAME");
    refused("\ndefect a CONN-1\n", "defects.txt:2: expected: defect NAME");
    refused("defect a CONN-1 timeout=4s\n", "defects.txt:1: expected: defect NAME");
    refused("defect a CONN-1, all\n", "it names a requirement");
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"read", test_read},
        {"proves", test_proves},
        {"none", test_none},
        {"faults", test_faults},
    };
    return unit_main("suite_defects", tests, sizeof tests / sizeof *tests, argc, argv);
}
