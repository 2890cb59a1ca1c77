#include "client/duration.h"
#include "tests/unit/unit.h"

static void test_good(void)
{
    static const struct {
        const char *text;
        usec duration;
    } good[] = {
        {"2s", 2000000},   {"250ms", 250000},        {"1.5", 1500000},
        {"1", 1000000},    {"0.25s", 250000},        {".5", 500000},
        {"2m", 120000000}, {"1.5m", 90000000},       {"1h", 3600000000},
        {"0.000001", 1},   {"1.2345ms", 1234},       {"1.", 1000000},
        {"007", 7000000},  {"1000h", 3600000000000}, {"5.0000000000001", 5000000},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        usec duration = 0;
        CU_ASSERT_TRUE(client_duration_parse(good[i].text, &duration));
        CU_ASSERT_EQUAL(duration, good[i].duration);
    }
}

static void test_bad(void)
{
    static const char *const bad[] = {
        "",  ".",   "s",   "ms",   "-1", "+1",  " 1",  "1 s", "1S",    "1.5.5",
        "0", "0ms", "1e3", "0x10", "2d", "1,5", "nan", "inf", "1001h", "99999999999999999999999999",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        usec duration = 42;
        CU_ASSERT_FALSE(client_duration_parse(bad[i], &duration));
        CU_ASSERT_EQUAL(duration, 42);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"good durations", test_good},
        {"bad durations", test_bad},
    };
    return unit_main("duration", tests, sizeof tests / sizeof *tests, argc, argv);
}
