#include <dirent.h>

#include "tests/unit/loading.h"

static int is_scenario(const struct dirent *entry)
{
    const char *suffix = strrchr(entry->d_name, '.');
    return suffix && strcmp(suffix, ".json") == 0;
}

static void hash_of(const char *text, uint8_t hash[8])
{
    struct told told;
    struct scenario_set set = load_text(text, &told);
    CU_ASSERT_EQUAL_FATAL(set.count, 1);
    memcpy(hash, set.at[0]->hash, 8);
    scenario_set_free(&set);
}

static void test_golden_invalid(void)
{
    struct dirent **files;
    int count = scandir(DATA "/invalid", &files, is_scenario, alphasort);
    CU_ASSERT_FATAL(count > 110);
    for (int i = 0; i < count; i++) {
        char path[512], expected_path[512];
        int stem = (int)strlen(files[i]->d_name) - 5;
        snprintf(path, sizeof path, DATA "/invalid/%s", files[i]->d_name);
        snprintf(expected_path, sizeof expected_path, DATA "/invalid/%.*s.faults", stem,
                 files[i]->d_name);
        struct told told;
        struct scenario_load_options options = options_for(&told);
        struct scenario_set set = {NULL, 12345};
        CU_ASSERT_FALSE(scenario_load(path, &options, &set));
        CU_ASSERT_EQUAL(set.count, 12345);
        size_t size;
        char *expected = slurp(expected_path, &size);
        CU_ASSERT_STRING_EQUAL(told.text, expected);
        if (strcmp(told.text, expected) != 0)
            fprintf(stderr, "%s\n%s", path, told.text);
        free(expected);
        free(files[i]);
    }
    free(files);
}

static void test_golden_valid(void)
{
    struct dirent **files;
    int count = scandir(DATA "/valid", &files, is_scenario, alphasort);
    CU_ASSERT_FATAL(count > 2);
    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof path, DATA "/valid/%s", files[i]->d_name);
        struct scenario_set set = load_file(path);
        CU_ASSERT(set.count > 0);
        scenario_set_free(&set);
        free(files[i]);
    }
    free(files);
}

/* A file that was cut off anywhere is refused. */
static void test_cut_at_every_octet(void)
{
    size_t size;
    char *text = slurp(DATA "/valid/everything.json", &size);
    struct told told;
    struct scenario_load_options options = options_for(&told);
    struct scenario_set set = {NULL, 0};
    for (size_t i = 0; i + 2 < size; i++) { /* the last two are the bracket and a line's end */
        uint8_t *part = malloc(i + 1);      /* just so large that reading beyond it shows */
        CU_ASSERT_PTR_NOT_NULL_FATAL(part);
        memcpy(part, text, i);
        told.count = 0;
        CU_ASSERT_FALSE(scenario_load_text((struct octets){part, i}, "cut.json", &options, &set));
        CU_ASSERT_EQUAL(told.count, 1);
        free(part);
    }
    free(text);
}

/* One octet that is wrong: refused with words, or taken; never anything else. */
static void test_every_octet_spoilt(void)
{
    size_t size;
    char *text = slurp(DATA "/valid/family.json", &size);
    struct told told;
    struct scenario_load_options options = options_for(&told);
    for (size_t i = 0; i < size; i++) {
        static const char spoilers[] = {'"', '}', '$', '9'};
        char kept = text[i];
        text[i] = spoilers[i % 4];
        struct scenario_set set = {NULL, 0};
        told.text[0] = '\0';
        told.count = 0;
        bool loaded = scenario_load_text((struct octets){(uint8_t *)text, size}, "spoilt.json",
                                         &options, &set);
        CU_ASSERT_EQUAL(loaded, told.count == 0);
        if (loaded)
            scenario_set_free(&set);
        text[i] = kept;
    }
    free(text);
}

static void test_unreadable(void)
{
    struct told told;
    struct scenario_load_options options = options_for(&told);
    struct scenario_set set;
    CU_ASSERT_FALSE(scenario_load(DATA "/none.json", &options, &set));
    CU_ASSERT_STRING_EQUAL(told.text,
                           DATA "/none.json: can't be opened: No such file or directory\n");
    options = options_for(&told);
    CU_ASSERT_FALSE(scenario_load(DATA, &options, &set));
    CU_ASSERT_STRING_EQUAL(told.text, DATA ": can't be read: Is a directory\n");
    options = options_for(&told);
    options.fault = NULL;
    CU_ASSERT_FALSE(scenario_load("/dev/zero", &options, &set));
    CU_ASSERT_FALSE(scenario_load("evil\033[2J.json", &options, &set));
    options.fault = tell;
    CU_ASSERT_FALSE(scenario_load("evil\033[2J.json", &options, &set));
    CU_ASSERT_PTR_NULL(strchr(told.text, '\033'));
}

static void test_too_many_values(void)
{
    enum { COUNT = 250000 };
    char *text = malloc(2 * COUNT + 64);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    size_t used = (size_t)sprintf(text, "{\"version\": 1, \"rules\": [1");
    for (size_t i = 0; i < COUNT; i++, used += 2)
        memcpy(text + used, ",1", 2);
    strcpy(text + used, "]}");
    struct told told;
    struct scenario_set set = load_text(text, &told);
    CU_ASSERT_EQUAL(set.count, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, "more than 200000 values in one file"));
    free(text);
}

static void test_many_rules(void)
{
    char *text = malloc(1 << 20);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    size_t used = (size_t)sprintf(text, "{\"version\": 1, \"rules\": [");
    for (unsigned i = 1; i <= 5000; i++)
        used += (size_t)sprintf(text + used,
                                "%s{\"at\": \"RCPT\", \"occurrence\": %u, \"reply\": "
                                "\"450 %u\"}",
                                i > 1 ? "," : "", i, i);
    strcpy(text + used, "]}");
    struct told told;
    struct scenario_set set = load_text(text, &told);
    CU_ASSERT_EQUAL_FATAL(set.count, 1);
    CU_ASSERT_EQUAL_FATAL(set.at[0]->rule_count, 5000);
    check_octets(set.at[0]->rules[4999].action.reply.octets, "450 5000\r\n", 10);
    scenario_set_free(&set);
    free(text);
}

/* A scenario that stands outside of every suite may use the messages and texts of one. */
static void test_library(void)
{
    static const char text[] = "{\"version\": 1, \"messages\": [\"long-lines\"], "
                               "\"rules\": [{\"at\": \"HELO\", \"reply\": {\"text\": \"$t\"}}], "
                               "\"vary\": {\"t\": \"texts/friendly.json\"}}";
    struct told told;
    struct scenario_load_options options = options_for(&told);
    struct scenario_set set = {NULL, 0};
    CU_ASSERT_FALSE(scenario_load_text(octets_of(text), "/tmp/none.json", &options, &set));
    told.count = 0;
    options.library = "scenarios";
    CU_ASSERT_TRUE_FATAL(scenario_load_text(octets_of(text), "/tmp/none.json", &options, &set));
    CU_ASSERT_STRING_EQUAL(set.at[0]->messages[0], "scenarios/messages/long-lines.eml");
    CU_ASSERT(set.count > 1);
    scenario_set_free(&set);
}

static void test_without_messages(void)
{
    static const char text[] = "{\"version\": 1, \"messages\": [\"nowhere\"]}";
    struct told told;
    struct scenario_load_options options = options_for(&told);
    struct scenario_set set = {NULL, 0};
    CU_ASSERT_FALSE(scenario_load_text(octets_of(text), "/tmp/none.json", &options, &set));
    options.without_messages = true;
    CU_ASSERT_TRUE_FATAL(scenario_load_text(octets_of(text), "/tmp/none.json", &options, &set));
    CU_ASSERT_STRING_EQUAL(set.at[0]->messages[0], "nowhere");
    scenario_set_free(&set);
}

static void test_hash(void)
{
    uint8_t one[8], other[8];
    hash_of("{\"version\": 1, \"title\": \"a\", \"centre\": {\"ehlo\": true, \"bare\": \"keep\"}}",
            one);
    hash_of("{ \"centre\": {\"bare\": \"keep\", \"ehlo\": true}, \"title\": \"\\u0061\","
            "\"version\": 1, \"$schema\": \"x\"}",
            other);
    CU_ASSERT_EQUAL(memcmp(one, other, 8), 0);
    hash_of("{\"version\": 1, \"title\": \"$t\", \"centre\": {\"ehlo\": true, \"bare\": \"keep\"},"
            "\"vary\": {\"t\": [\"a\"]}}",
            other);
    CU_ASSERT_EQUAL(memcmp(one, other, 8), 0);
    hash_of(
        "{\"version\": 1, \"title\": \"a\", \"centre\": {\"ehlo\": true, \"bare\": \"refuse\"}}",
        other);
    CU_ASSERT_NOT_EQUAL(memcmp(one, other, 8), 0);
    hash_of("{\"version\": 1, \"title\": \"ab\", \"why\": \"c\"}", one);
    hash_of("{\"version\": 1, \"title\": \"a\", \"why\": \"bc\"}", other);
    CU_ASSERT_NOT_EQUAL(memcmp(one, other, 8), 0);
}

static void test_durations(void)
{
    static const struct {
        const char *text;
        usec duration;
    } good[] = {
        {"0s", 0},
        {"250ms", 250000},
        {"2s", 2000000},
        {"1.5s", 1500000},
        {"2m", 120000000},
        {"1h", 3600000000},
        {"100us", 100},
        {"0.000001s", 1},
        {"0.5m", 30000000},
        {"00012s", 12000000},
        {"1.0us", 1},
        {"0.25h", 900000000},
        {"876000h", 3153600000000000},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        usec duration = -1;
        CU_ASSERT_TRUE(duration_read(good[i].text, &duration));
        CU_ASSERT_EQUAL(duration, good[i].duration);
    }
    static const char *const bad[] = {
        "",
        "s",
        "5",
        "5 s",
        "-5s",
        "+5s",
        "5S",
        "1.s",
        ".5s",
        "1.2.3s",
        "5ss",
        "5min",
        "5s ",
        " 5s",
        "0x5s",
        "1e3s",
        "0.5us",
        "1.5555555s",
        "999999999h",
        "999999999999h",
        "9999999999999s",
        "5d",
        "1,5s",
        "\xef\xbc\x95s",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        usec duration = -1;
        CU_ASSERT_FALSE(duration_read(bad[i], &duration));
        CU_ASSERT_EQUAL(duration, -1);
    }
}

static void test_schema_is_current(void)
{
    char *written = NULL;
    size_t written_count = 0, size;
    FILE *stream = open_memstream(&written, &written_count);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_TRUE(scenario_schema_write(stream));
    fclose(stream);
    char *committed = slurp("scenarios/scenario.schema.json", &size);
    CU_ASSERT_STRING_EQUAL(written, committed);
    free(committed);
    free(written);
    stream = fopen("/dev/full", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_FALSE(scenario_schema_write(stream));
    fclose(stream);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"golden invalid", test_golden_invalid},
        {"golden valid", test_golden_valid},
        {"cut at every octet", test_cut_at_every_octet},
        {"every octet spoilt", test_every_octet_spoilt},
        {"unreadable", test_unreadable},
        {"too many values", test_too_many_values},
        {"many rules", test_many_rules},
        {"library", test_library},
        {"without messages", test_without_messages},
        {"hash", test_hash},
        {"durations", test_durations},
        {"schema is current", test_schema_is_current},
    };
    return unit_main("scenario_load", tests, sizeof tests / sizeof *tests, argc, argv);
}
