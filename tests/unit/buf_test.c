#include "tests/unit/unit.h"
#include "wire/buf.h"

/* Lets an allocation that is too large fail under the address sanitizer, as it does without it. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static bool holds(const struct buf *buf, const char *text)
{
    return octets_equal(buf_octets(buf), octets_of(text));
}

static void test_append(void)
{
    struct buf buf = BUF_INIT(0);
    CU_ASSERT_PTR_NULL(buf.at);
    CU_ASSERT_TRUE(buf_append(&buf, (struct octets){NULL, 0}));
    CU_ASSERT_PTR_NULL(buf.at);
    CU_ASSERT_TRUE(buf_append(&buf, OCTETS("250")));
    CU_ASSERT_TRUE(buf_append_octet(&buf, ' '));
    CU_ASSERT_TRUE(buf_append_string(&buf, "ok"));
    CU_ASSERT_TRUE(holds(&buf, "250 ok"));
    buf_free(&buf);
    CU_ASSERT_PTR_NULL(buf.at);
    CU_ASSERT_EQUAL(buf.count, 0);
    CU_ASSERT_TRUE(buf_append_string(&buf, "again"));
    CU_ASSERT_TRUE(holds(&buf, "again"));
    buf_free(&buf);
}

static void test_growth_doubles(void)
{
    struct buf buf = BUF_INIT(0);
    unsigned moves = 0;
    size_t room = 0;
    for (unsigned i = 0; i < 100000; i++) {
        CU_ASSERT_TRUE_FATAL(buf_append_octet(&buf, (uint8_t)(i * 7)));
        moves += buf.room != room;
        room = buf.room;
    }
    CU_ASSERT_TRUE(moves <= 12);
    bool whole = buf.count == 100000;
    for (unsigned i = 0; whole && i < 100000; i++)
        whole = buf.at[i] == (uint8_t)(i * 7);
    CU_ASSERT_TRUE(whole);
    buf_free(&buf);
}

static void test_limit(void)
{
    struct buf buf = BUF_INIT(5);
    CU_ASSERT_TRUE(buf_append_string(&buf, "abc"));
    CU_ASSERT_FALSE(buf_append_string(&buf, "def"));
    CU_ASSERT_TRUE(holds(&buf, "abc"));
    CU_ASSERT_FALSE(buf_format(&buf, "%s", "def"));
    CU_ASSERT_TRUE(holds(&buf, "abc"));
    CU_ASSERT_TRUE(buf_format(&buf, "%d", 12));
    CU_ASSERT_TRUE(holds(&buf, "abc12"));
    CU_ASSERT_FALSE(buf_append_octet(&buf, 'x'));
    CU_ASSERT_TRUE(buf_append_string(&buf, ""));
    CU_ASSERT_PTR_NULL(buf_reserve(&buf, 1));
    CU_ASSERT_PTR_NULL(buf_reserve(&buf, SIZE_MAX));
    CU_ASSERT_PTR_NOT_NULL(buf_reserve(&buf, 0));
    CU_ASSERT_TRUE(buf.room <= 5);
    buf_free(&buf);
    CU_ASSERT_EQUAL(buf.limit, 5);
    CU_ASSERT_FALSE(buf_append_string(&buf, "abcdef"));
    CU_ASSERT_PTR_NULL(buf.at);
}

static void test_limit_beyond_first_room(void)
{
    struct buf buf = BUF_INIT(1000);
    for (int i = 0; i < 1000; i++)
        CU_ASSERT_TRUE_FATAL(buf_append_octet(&buf, 'x'));
    CU_ASSERT_FALSE(buf_append_octet(&buf, 'x'));
    CU_ASSERT_EQUAL(buf.count, 1000);
    CU_ASSERT_EQUAL(buf.room, 1000);
    buf_free(&buf);
}

static void test_no_memory(void)
{
    struct buf buf = BUF_INIT(0);
    CU_ASSERT_TRUE(buf_append_string(&buf, "kept"));
    CU_ASSERT_PTR_NULL(buf_reserve(&buf, SIZE_MAX - 1));
    CU_ASSERT_PTR_NULL(buf_reserve(&buf, ((size_t)1 << 62) - buf.count));
    CU_ASSERT_TRUE(holds(&buf, "kept"));
    buf_free(&buf);
}

static void test_reserve(void)
{
    struct buf buf = BUF_INIT(0);
    uint8_t *at = buf_reserve(&buf, 200);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    CU_ASSERT_EQUAL(buf.count, 0);
    memset(at, 'y', 200);
    buf.count += 200;
    CU_ASSERT_TRUE(buf_append_string(&buf, "z"));
    CU_ASSERT_EQUAL(buf.count, 201);
    CU_ASSERT_EQUAL(buf.at[199], 'y');
    CU_ASSERT_EQUAL(buf.at[200], 'z');
    buf_free(&buf);
}

static void test_drop_and_clear(void)
{
    struct buf buf = BUF_INIT(0);
    buf_drop(&buf, 0);
    CU_ASSERT_TRUE(buf_append_string(&buf, "abcdef"));
    buf_drop(&buf, 2);
    CU_ASSERT_TRUE(holds(&buf, "cdef"));
    buf_drop(&buf, 0);
    CU_ASSERT_TRUE(holds(&buf, "cdef"));
    buf_drop(&buf, 4);
    CU_ASSERT_EQUAL(buf.count, 0);
    CU_ASSERT_TRUE(buf_append_string(&buf, "gh"));
    size_t room = buf.room;
    buf_clear(&buf);
    CU_ASSERT_EQUAL(buf.count, 0);
    CU_ASSERT_EQUAL(buf.room, room);
    buf_free(&buf);
}

static void test_format(void)
{
    struct buf buf = BUF_INIT(0);
    CU_ASSERT_TRUE(buf_format(&buf, "%03d-%s", 7, "x"));
    CU_ASSERT_TRUE(holds(&buf, "007-x"));
    CU_ASSERT_TRUE(buf_format(&buf, "%500d", 1));
    CU_ASSERT_EQUAL(buf.count, 505);
    CU_ASSERT_EQUAL(buf.at[504], '1');
    CU_ASSERT_TRUE(buf_format(&buf, "%c", 0));
    CU_ASSERT_EQUAL(buf.count, 506);
    buf_free(&buf);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"append", test_append},
        {"growth doubles", test_growth_doubles},
        {"limit", test_limit},
        {"limit beyond the first room", test_limit_beyond_first_room},
        {"no memory", test_no_memory},
        {"reserve", test_reserve},
        {"drop and clear", test_drop_and_clear},
        {"format", test_format},
    };
    return unit_main("buf", tests, sizeof tests / sizeof *tests, argc, argv);
}
