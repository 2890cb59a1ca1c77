#include "mockserver/scenario_load_words.h"

#include "tests/unit/unit.h"

static void test_spans(void)
{
    struct span span = {7, 7};
    CU_ASSERT_TRUE(span_read("90%", &span));
    CU_ASSERT_EQUAL(span.percent, 90);
    CU_ASSERT_TRUE(span_read("1.5s", &span));
    CU_ASSERT_EQUAL(span.percent, 0);
    CU_ASSERT_EQUAL(span.duration, 1500000);
    static const char *const bad[] = {"0%", "%", "10000%", "-1%", "1.5%", "5 %", "90%%", "", "+1%"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_FALSE(span_read(bad[i], &span));
    CU_ASSERT_EQUAL(span.duration, 1500000);
}

static void test_ranges(void)
{
    struct range range = {0, 0};
    CU_ASSERT_TRUE(range_read("2-5", &range));
    CU_ASSERT_TRUE(range.first == 2 && range.last == 5);
    CU_ASSERT_TRUE(range_read("3-", &range));
    CU_ASSERT_TRUE(range.first == 3 && range.last == UINT32_MAX);
    CU_ASSERT_TRUE(range_read("4", &range));
    CU_ASSERT_TRUE(range.first == 4 && range.last == 4);
    static const char *const bad[] = {"5-2", "0-3", "-3", "", "-", "2-5-7", "2--5", "a", "2-x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_FALSE(range_read(bad[i], &range));
    CU_ASSERT_TRUE(range.first == 4 && range.last == 4);
}

static void test_octets(void)
{
    struct arena *arena = arena_new();
    struct octets octets = {NULL, 99};
    uint8_t all[512], expected[256];
    size_t count = 0;
    for (unsigned i = 0; i < 256; i++) {
        expected[i] = (uint8_t)i;
        if (i >= 0x80)
            all[count++] = (uint8_t)(0xc0 | i >> 6);
        all[count++] = (uint8_t)(i < 0x80 ? i : 0x80 | (i & 0x3f));
    }
    CU_ASSERT_TRUE(octets_read(arena, (struct octets){all, count}, &octets));
    CU_ASSERT_TRUE(octets_equal(octets, (struct octets){expected, 256}));
    CU_ASSERT_FALSE(octets_read(arena, octets_of("\xc4\x80"), &octets));
    CU_ASSERT_FALSE(octets_read(arena, octets_of("電"), &octets));
    CU_ASSERT_EQUAL(octets.count, 256);
    arena_free(arena);
}

/* The vectors of RFC 4648, section 10. */
static void test_base64(void)
{
    static const char *const vectors[][2] = {
        {"", ""},
        {"Zg==", "f"},
        {"Zm8=", "fo"},
        {"Zm9v", "foo"},
        {"Zm9vYg==", "foob"},
        {"Zm9vYmE=", "fooba"},
        {"Zm9vYmFy", "foobar"},
    };
    struct arena *arena = arena_new();
    struct octets octets;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        CU_ASSERT_TRUE(base64_read(arena, octets_of(vectors[i][0]), &octets));
        CU_ASSERT_TRUE(octets_equal(octets, octets_of(vectors[i][1])));
    }
    CU_ASSERT_TRUE(base64_read(arena, octets_of("+/+/"), &octets));
    CU_ASSERT_TRUE(octets_equal(octets, octets_of("\xfb\xff\xbf")));
    static const char *const bad[] = {
        "Z", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Z-8=", "Zm 9v"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_FALSE(base64_read(arena, octets_of(bad[i]), &octets));
    arena_free(arena);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"spans", test_spans},
        {"ranges", test_ranges},
        {"octets", test_octets},
        {"base64", test_base64},
    };
    return unit_main("scenario_load_words", tests, sizeof tests / sizeof *tests, argc, argv);
}
