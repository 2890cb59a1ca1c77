#include "harness/field_arguments.h"

#include <stdlib.h>

#include "tests/unit/unit.h"

static void test_connections(void)
{
    static const char *const wrong[] = {"",   "0", "1,",       ",1",  "3-1",
                                        "1-", "x", "1-999999", "1;2", "99999999999"};
    uint32_t *numbers = NULL;
    size_t count = 0;
    CU_ASSERT_TRUE(field_connections_read("7,1-3", &numbers, &count));
    CU_ASSERT_EQUAL_FATAL(count, 4);
    CU_ASSERT(numbers[0] == 7 && numbers[1] == 1 && numbers[2] == 2 && numbers[3] == 3);
    free(numbers);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CU_ASSERT_FALSE(field_connections_read(wrong[i], &numbers, &count));
}

static void test_times(void)
{
    static const struct {
        const char *text;
        int64_t at; /* milliseconds; 0: wrong */
    } cases[] = {
        {"@1700000000", 1700000000000},
        {"@1700000000.25", 1700000000250},
        {"2023-11-14T22:13:20Z", 1700000000000},
        {"2023-11-15T07:13:20.5+09:00", 1700000000500},
        {"2023-11-15 07:13:20+0900", 1700000000000},
        {"2023-11-14T22:13Z", 1699999980000},
        {"2023-11-14T22:13:20+9", 0},
        {"2023-11-14T22:13:20X", 0},
        {"2023-14-14T22:13:20Z", 0},
        {"yesterday", 0},
        {"@", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t at = 0;
        bool good = field_time_read(cases[i].text, strlen(cases[i].text), &at);
        CU_ASSERT_EQUAL(good, cases[i].at != 0);
        CU_ASSERT(!good || at == cases[i].at * USEC_PER_MSEC);
    }
    int64_t from = 0, until = 0;
    CU_ASSERT_TRUE(field_times_read("@5..@7", &from, &until));
    CU_ASSERT(from == 5 * USEC_PER_SEC && until == 7 * USEC_PER_SEC);
    CU_ASSERT_TRUE(field_times_read("..@7", &from, &until) && from == 0);
    CU_ASSERT_TRUE(field_times_read("@5..", &from, &until) && until == 0);
    CU_ASSERT_FALSE(field_times_read("..", &from, &until));
    CU_ASSERT_FALSE(field_times_read("@7..@5", &from, &until));
    CU_ASSERT_FALSE(field_times_read("@5", &from, &until));
}

static void count_fault(void *owner, const char *text)
{
    CU_ASSERT(text[0] != '\0');
    ++*(int *)owner;
}

static int faults_of(const char *option, const char *value, struct field_arguments *options)
{
    char name[] = "check", file[] = "x.pcap";
    char *argv[] = {name, (char *)(uintptr_t)option, (char *)(uintptr_t)value, file, NULL};
    int faults = 0;
    bool good = field_arguments_read(4, argv, options, count_fault, &faults) == ARGUMENTS_OK;
    CU_ASSERT_EQUAL(good, faults == 0);
    return faults;
}

static void test_options(void)
{
    static const char *const right[][2] = {{"--host", "192.0.2.1"}, {"--host", "2001:db8::1"},
                                           {"--port", "25"},        {"--connection", "1"},
                                           {"--time", "@5.."},      {"--timeout", "5s"},
                                           {"--report", "json:-"},  {"--message", "a.eml"}};
    static const char *const wrong[][2] = {
        {"--host", "localhost"}, {"--host", "192.0.2.1:25"}, {"--port", "0"},
        {"--port", "70000"},     {"--connection", "0"},      {"--time", "now"},
        {"--timeout", "x"},      {"--report", "html"},       {"--tolerance", "-1"}};
    struct field_arguments options;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        CU_ASSERT_EQUAL(faults_of(right[i][0], right[i][1], &options), 0);
        CU_ASSERT_EQUAL(options.common.path_count, 1);
        CU_ASSERT_TRUE(options.common.run.field);
        field_arguments_free(&options);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CU_ASSERT(faults_of(wrong[i][0], wrong[i][1], &options) > 0);
        field_arguments_free(&options);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"connections", test_connections}, {"times", test_times}, {"options", test_options}};
    return unit_main("field_arguments", tests, sizeof tests / sizeof *tests, argc, argv);
}
