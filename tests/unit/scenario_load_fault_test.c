#include "mockserver/scenario_load_fault.h"

#include <stdio.h>

#include "tests/unit/unit.h"

static void check_escaped(const char *text, size_t count, const char *expected)
{
    char quote[QUOTE_SIZE];
    struct octets octets = {(const uint8_t *)text, count};
    CU_ASSERT_STRING_EQUAL(fault_quote(quote, octets), expected);
}

#define CHECK_ESCAPED(text, expected) check_escaped(text, sizeof(text) - 1, expected)

static void test_escaping(void)
{
    CHECK_ESCAPED("plain text", "\"plain text\"");
    CHECK_ESCAPED("", "\"\"");
    CHECK_ESCAPED("a\"b\\c", "\"a\\\"b\\\\c\"");
    CHECK_ESCAPED("\033[2J\r\n\0x", "\"\\u001b[2J\\u000d\\u000a\\u0000x\"");
    CHECK_ESCAPED("電文 é \xf0\x9f\x93\xa7", "\"電文 é \xf0\x9f\x93\xa7\"");
    CHECK_ESCAPED("\x7f\xc2\x9b\xe2\x80\xae\xef\xbb\xbf", "\"\\u007f\\u009b\\u202e\\ufeff\"");
    CHECK_ESCAPED("\xff\xc3", "\"\\xff\\xc3\""); /* no UTF-8 */
    CHECK_ESCAPED("\xc0\xaf\xe3\x81", "\"\\xc0\\xaf\\xe3\\x81\"");
}

static void test_long_text_is_cut(void)
{
    char text[1000], quote[QUOTE_SIZE];
    memset(text, 'x', sizeof text);
    for (size_t count = 0; count < sizeof text; count++) {
        const char *quoted = fault_quote(quote, (struct octets){(uint8_t *)text, count});
        size_t length = strlen(quoted);
        CU_ASSERT(length < QUOTE_SIZE);
        CU_ASSERT_EQUAL(quoted[length - 1], '"');
        bool cut = strstr(quoted, "...") != NULL;
        CU_ASSERT(cut ? count >= length - 5 : count == length - 2);
    }
    memset(text, '\1', sizeof text);
    CU_ASSERT(strlen(fault_quote(quote, (struct octets){(uint8_t *)text, 1000})) < QUOTE_SIZE);
}

static const char *near(const char *found, const char *const *words)
{
    struct nearest nearest = {NULL, 0};
    for (; *words; words++)
        nearest_try(&nearest, found, *words);
    return nearest.word ? nearest.word : "";
}

static void test_nearest_word(void)
{
    static const char *const words[] = {"reply", "delay", "RCPT", "RSET", "end-of-data", NULL};
    CU_ASSERT_STRING_EQUAL(near("replly", words), "reply");
    CU_ASSERT_STRING_EQUAL(near("rpely", words), "reply"); /* neighbours that changed places */
    CU_ASSERT_STRING_EQUAL(near("rcpt", words), "RCPT");
    CU_ASSERT_STRING_EQUAL(near("endofdata", words), "end-of-data");
    CU_ASSERT_STRING_EQUAL(near("banana", words), "");
    CU_ASSERT_STRING_EQUAL(near("", words), "");
    CU_ASSERT_STRING_EQUAL(near("a word that is far too long to be one of them", words), "");
}

struct told {
    size_t count;
    char last[FAULT_TEXT_SIZE];
};

static void tell(void *owner, const char *text)
{
    struct told *told = owner;
    told->count++;
    snprintf(told->last, sizeof told->last, "%s", text);
}

static void test_limit(void)
{
    struct told told = {.count = 0};
    struct faults faults = {.tell = tell, .owner = &told};
    for (unsigned i = 0; i < 200; i++)
        for (int twice = 0; twice < 2; twice++)
            fault_in(&faults, "f", i + 1, 1, "wrong");
    CU_ASSERT_EQUAL(told.count, FAULT_LIMIT + 1);
    CU_ASSERT_STRING_EQUAL(told.last, "more faults than these; the rest is not shown");
    CU_ASSERT_EQUAL(faults.count, 400);
}

static void test_place(void)
{
    static const char text[] = "{\"a\": 1,\n \"é~/\": [true, 3]}";
    struct told told = {.count = 0};
    struct faults faults = {.tell = tell, .owner = &told, .variant = "family/x"};
    struct source source = {"some\nfile", octets_of(text)};
    struct arena *arena = arena_new();
    const struct value *value = value_read(arena, &source, &faults);
    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    CU_ASSERT_EQUAL(value->weight, 5);
    fault_at(&faults, value_member(value, "é~/")->members[1].value, "odd");
    CU_ASSERT_STRING_EQUAL(told.last, "some\\u000afile:2:16: /é~0~1/1: (in family/x) odd");
    fault_at(&faults, value, "empty");
    CU_ASSERT_STRING_EQUAL(told.last, "some\\u000afile:1:1: (in family/x) empty");
    arena_free(arena);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"escaping", test_escaping},
        {"long text is cut", test_long_text_is_cut},
        {"nearest word", test_nearest_word},
        {"limit", test_limit},
        {"place", test_place},
    };
    return unit_main("scenario_load_fault", tests, sizeof tests / sizeof *tests, argc, argv);
}
