#include "harness/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

static const char plain_case[] =
    "{\"version\": 1, \"title\": {\"en\": \"Plain\"}, \"requirements\": [\"CONN-1\"], "
    "\"messages\": [\"plain\"]}";

static void test_load(void)
{
    struct fixture fixture = fixture_make();
    struct suite suite;
    struct told told;
    fixture_suite(&fixture);
    fixture_write(&fixture, "rcpt/second.json", plain_case);
    fixture_write(&fixture, "connect/first.json", plain_case);
    fixture_write(&fixture, "texts/hostile.json", "{\"a\": \"b\"}");
    fixture_write(&fixture, "profiles/other.json", "{}");
    fixture_write(&fixture, "rcpt/notes.txt", "no scenario");
    CU_ASSERT_FATAL(fixture_load(&fixture, &suite, &told));
    CU_ASSERT_STRING_EQUAL(told.text, "");
    CU_ASSERT_EQUAL_FATAL(suite.case_count, 2);
    CU_ASSERT_STRING_EQUAL(suite.cases[0].scenario->id, "connect/first");
    CU_ASSERT_STRING_EQUAL(suite.cases[1].scenario->id, "rcpt/second");
    CU_ASSERT_EQUAL(suite.requirement_count, 3);
    CU_ASSERT_EQUAL(suite.requirements[1].level, LEVEL_SHOULD);
    CU_ASSERT_STRING_EQUAL(suite.requirements[0].text.ja, "接続する");
    const struct suite_case *test = &suite.cases[0];
    CU_ASSERT_EQUAL_FATAL(test->message_count, 1);
    CU_ASSERT_STRING_EQUAL(test->messages[0].name, "plain.eml");
    CU_ASSERT(octets_equal(test->messages[0].octets, OCTETS("Subject: x\r\n\r\nbody\r\n")));
    CU_ASSERT_EQUAL(test->message_paths[0][0], '/');
    /* One file in memory, however many cases use it. */
    CU_ASSERT_PTR_EQUAL(test->messages[0].octets.at, suite.cases[1].messages[0].octets.at);
    suite_free(&suite);
    fixture_remove(&fixture);
}

static void test_hash(void)
{
    struct fixture fixture = fixture_make();
    struct suite suite;
    struct told told;
    fixture_suite(&fixture);
    fixture_write(&fixture, "connect/first.json", plain_case);
    CU_ASSERT_FATAL(fixture_load(&fixture, &suite, &told));
    uint64_t hash = suite.hash;
    suite_free(&suite);
    CU_ASSERT_FATAL(fixture_load(&fixture, &suite, &told));
    CU_ASSERT_EQUAL(suite.hash, hash);
    suite_free(&suite);
    fixture_write(&fixture, "messages/plain.eml", "Subject: y\r\n\r\nbody\r\n");
    CU_ASSERT_FATAL(fixture_load(&fixture, &suite, &told));
    CU_ASSERT_NOT_EQUAL(suite.hash, hash);
    suite_free(&suite);
    fixture_remove(&fixture);
}

/* A path may name what stands under the root of the program's suite. */
static void test_names(void)
{
    struct fixture fixture = fixture_make();
    struct suite suite;
    struct told told = {""};
    fixture_suite(&fixture);
    fixture_write(&fixture, "rcpt/second.json", plain_case);
    fixture_write(&fixture, "connect/first.json", plain_case);
    CU_ASSERT_EQUAL(setenv("NACCS_SCENARIOS", fixture.folder, 1), 0);
    const char *paths[] = {"rcpt/second", "rcpt"};
    const struct suite_options options = {
        .paths = paths, .path_count = 2, .fault = fixture_told, .owner = &told};
    CU_ASSERT_FATAL(suite_load(&options, &suite));
    CU_ASSERT_EQUAL(suite.case_count, 1);
    suite_free(&suite);
    const struct suite_options all = {.fault = fixture_told, .owner = &told};
    CU_ASSERT_FATAL(suite_load(&all, &suite));
    CU_ASSERT_EQUAL(suite.case_count, 2);
    suite_free(&suite);
    const char *missing = "nowhere/at-all";
    const struct suite_options wrong = {
        .paths = &missing, .path_count = 1, .fault = fixture_told, .owner = &told};
    CU_ASSERT_FALSE(suite_load(&wrong, &suite));
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, "nowhere/at-all: No such file"));
    unsetenv("NACCS_SCENARIOS");
    fixture_remove(&fixture);
}

static void refused(const char *name, const char *text, const char *expected)
{
    struct fixture fixture = fixture_make();
    struct suite suite = {.case_count = 77};
    struct told told;
    fixture_suite(&fixture);
    fixture_write(&fixture, "connect/first.json", plain_case);
    fixture_write(&fixture, name, text);
    CU_ASSERT_FALSE(fixture_load(&fixture, &suite, &told));
    CU_ASSERT_EQUAL(suite.case_count, 77);
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, name));
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, expected));
    fixture_remove(&fixture);
}

#define GOOD_BEGIN                                                                                 \
    "{\"id\": \"A\", \"level\": \"must\", \"source\": \"S\", \"text\": {\"en\": \"x\"}"

static void test_faults(void)
{
    refused("requirements.json", "[\n{]", "requirements.json:2:2: ");
    refused("requirements.json", "{}", "expected an array");
    refused("requirements.json", "[{\"level\": \"must\"}]",
            "/0/id: found nothing, expected a string");
    refused("requirements.json",
            "[{\"id\": \"A\", \"level\": \"often\", \"source\": \"\", \"text\": {\"en\": \"\"}}]",
            "/0/level: expected \"must\"");
    refused("requirements.json", "[" GOOD_BEGIN "}," GOOD_BEGIN "}]",
            "/1/id: \"A\" stands there twice");
    refused("requirements.json", "[" GOOD_BEGIN ", \"mended\": 1}]",
            "/0/mended: found a member that is not known, allowed: id, level, source, text, sound, "
            "defect, mend");
    refused("requirements.json", "[" GOOD_BEGIN ", \"mend\": \"x\"}]",
            "/0/mend: expected an object with \"en\" and \"ja\"");
    refused("requirements.json", "[" GOOD_BEGIN ", \"mend\": {\"en\": \"x\"}}]",
            "/0/mend/ja: found nothing, expected a string");
    refused("requirements.json", "[" GOOD_BEGIN ", \"defect\": {\"en\": \"\", \"ja\": \"x\"}}]",
            "/0/defect/en: found an empty one, expected a string");
    refused("requirements.json",
            "[" GOOD_BEGIN ", \"sound\": {\"en\": \"x\", \"ja\": 1, \"fr\": \"y\"}}]",
            "/0/sound/fr: found a language that is not known, allowed: en, ja");
    refused("requirements.json", "[1]", "/0: expected an object");
    refused("rcpt/wrong.json", "{\"version\": 1, \"tittle\": {\"en\": \"x\"}}", "tittle");
    refused("rcpt/wrong.json",
            "{\"version\": 1, \"title\": {\"en\": \"x\"}, \"messages\": [\"nothing\"]}", "nothing");
}

/* A message that is made: the same for one seed, shared by the cases that use it, and in a file
 * only while a sender needs one. */
static void test_made(void)
{
    static const char made_case[] =
        "{\"version\": 1, \"title\": {\"en\": \"Made\"}, \"requirements\": [\"CONN-1\"], "
        "\"messages\": [{\"generate\": \"dots\", \"octets\": 2000}, \"plain\"]}";
    struct fixture fixture = fixture_make();
    struct suite suite, other;
    struct told told = {""};
    fixture_suite(&fixture);
    fixture_write(&fixture, "rcpt/first.json", made_case);
    fixture_write(&fixture, "rcpt/second.json", made_case);
    const char *path = fixture.folder;
    struct suite_options options = {
        .paths = &path, .path_count = 1, .seed = 1, .fault = fixture_told, .owner = &told};
    CU_ASSERT_FATAL(suite_load(&options, &suite));
    CU_ASSERT_EQUAL_FATAL(suite.case_count, 2);
    const struct suite_case *test = &suite.cases[0];
    CU_ASSERT_STRING_EQUAL(test->messages[0].name, "generated-dots-2000-1.eml");
    CU_ASSERT_EQUAL(test->messages[0].octets.count, 2000);
    CU_ASSERT_PTR_EQUAL(test->messages[0].octets.at, suite.cases[1].messages[0].octets.at);
    CU_ASSERT_PTR_NULL(test->message_paths[0]);
    CU_ASSERT_PTR_NOT_NULL(test->message_paths[1]);
    options.seed = 2;
    CU_ASSERT_FATAL(suite_load(&options, &other));
    CU_ASSERT_FALSE(octets_equal(test->messages[0].octets, other.cases[0].messages[0].octets));
    CU_ASSERT_NOT_EQUAL(suite.hash, other.hash);
    suite_free(&other);

    struct problem problem;
    char octets[2001];
    CU_ASSERT_FALSE(suite_write_made(&suite, "/nowhere/at/all", false, &problem));
    CU_ASSERT_TRUE_FATAL(suite_write_made(&suite, fixture.folder, false, &problem));
    CU_ASSERT_PTR_NOT_NULL_FATAL(test->message_paths[0]);
    CU_ASSERT_STRING_EQUAL(test->message_paths[0], suite.cases[1].message_paths[0]);
    FILE *file = fopen(test->message_paths[0], "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fread(octets, 1, sizeof octets, file), 2000);
    fclose(file);
    CU_ASSERT_EQUAL(memcmp(octets, test->messages[0].octets.at, 2000), 0);
    char *kept = strdup(test->message_paths[0]);
    suite_remove_made(&suite);
    CU_ASSERT_PTR_NULL(test->message_paths[0]);
    CU_ASSERT_PTR_NULL(fopen(kept, "rb"));
    CU_ASSERT_TRUE(suite_write_made(&suite, fixture.folder, true, &problem));
    suite_remove_made(&suite);
    CU_ASSERT_STRING_EQUAL(test->message_paths[0], kept);
    CU_ASSERT_EQUAL(unlink(kept), 0);
    free(kept);
    suite_free(&suite);
    fixture_remove(&fixture);
}

static void test_own_suite(void)
{
    char *root = suite_find_root("build/naccs-harness");
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    CU_ASSERT_PTR_NOT_NULL(strstr(root, "/scenarios"));
    struct told told = {""};
    struct suite suite;
    const char *path = root;
    const struct suite_options options = {
        .paths = &path, .path_count = 1, .fault = fixture_told, .owner = &told};
    CU_ASSERT_FATAL(suite_load(&options, &suite));
    CU_ASSERT(suite.case_count >= 80);
    /* What the suite says of a requirement is what the oracle judges by. */
    for (size_t i = 0; i < suite.requirement_count; i++) {
        const struct requirement *known = check_requirement(suite.requirements[i].id);
        CU_ASSERT_PTR_NOT_NULL_FATAL(known);
        CU_ASSERT_EQUAL(known->level, suite.requirements[i].level);
    }
    suite_free(&suite);
    free(root);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"a folder of scenarios", test_load},  {"the hash", test_hash},
        {"names under the root", test_names},  {"faults", test_faults},
        {"messages that are made", test_made}, {"the suite itself", test_own_suite},
    };
    return unit_main("suite", tests, sizeof tests / sizeof *tests, argc, argv);
}
