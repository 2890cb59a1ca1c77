#include "client/message.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static bool check(struct octets octets, struct problem *problem)
{
    const struct client_message message = {"it", octets};
    problem->text[0] = '\0';
    return client_message_check(&message, problem);
}

static void test_good(void)
{
    const struct octets good[] = {
        OCTETS(""),
        OCTETS("\r\n"),
        OCTETS("a"),
        OCTETS("a\r\nb"),
        OCTETS(".\r\n..\r\n"),
        OCTETS("\x80\xff\t \r\n"),
        OCTETS("\r\n\r\n\r\n"),
    };
    struct problem problem;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CU_ASSERT_TRUE(check(good[i], &problem));
}

static void test_bad(void)
{
    const struct {
        struct octets octets;
        const char *problem;
    } bad[] = {
        {OCTETS("a\r\nb\nc\r\n"), "it: line 2: an LF without CR at offset 4"},
        {OCTETS("\n"), "it: line 1: an LF without CR at offset 0"},
        {OCTETS("\r\n\n"), "it: line 2: an LF without CR at offset 2"},
        {OCTETS("a\rb\r\n"), "it: line 1: a CR without LF at offset 1"},
        {OCTETS("a\r\nb\r"), "it: line 2: a CR without LF at offset 4"},
        {OCTETS("a\r\r\n"), "it: line 1: a CR without LF at offset 1"},
        {OCTETS("a\r\n\0\r\n"), "it: line 2: a NUL octet at offset 3"},
    };
    struct problem problem;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_FALSE(check(bad[i].octets, &problem));
        CU_ASSERT_STRING_EQUAL(problem.text, bad[i].problem);
    }
}

/* 998 octets and CRLF; a dot that will be stuffed does not count. */
static void test_line_limit(void)
{
    static uint8_t line[1002];
    struct problem problem;
    for (size_t length = 997; length <= 1000; length++) {
        for (size_t ending = 0; ending <= 2; ending += 2) {
            memset(line, '.', sizeof line);
            memcpy(line + length, "\r\n", ending);
            CU_ASSERT_EQUAL(check((struct octets){line, length + ending}, &problem), length <= 998);
        }
    }
    CU_ASSERT_STRING_EQUAL(problem.text, "it: line 1: more than 998 octets before the CRLF, at "
                                         "offset 998");
}

/* The same behind other lines and before others, however they lie in what is looked at at once. */
static void test_line_limit_anywhere(void)
{
    static uint8_t octets[2000];
    struct problem problem;
    for (size_t before = 2; before <= 130; before++) {
        for (size_t length = 998; length <= 999; length++) {
            memset(octets, 'x', sizeof octets);
            memcpy(octets + before - 2, "\r\n", 2);
            memcpy(octets + before + length, "\r\n", 2);
            for (size_t after = 0; after <= 130; after += 65)
                CU_ASSERT_EQUAL(
                    check((struct octets){octets, before + length + 2 + after}, &problem),
                    length == 998);
        }
        char expected[80];
        snprintf(expected, sizeof expected,
                 "it: line 2: more than 998 octets before the CRLF, at offset %zu", before + 998);
        CU_ASSERT_STRING_EQUAL(problem.text, expected);
    }
}

/* Wherever it stands in a message that is longer than what is looked at at once. */
static void test_bad_anywhere(void)
{
    uint8_t octets[300];
    struct problem problem;
    for (size_t at = 0; at < sizeof octets; at++) {
        for (size_t i = 0; i < sizeof octets; i++)
            octets[i] = (uint8_t) "seven x\r\n"[i % 9];
        const size_t line = at / 9 + 1, column = at % 9;
        CU_ASSERT_TRUE(check((struct octets){octets, sizeof octets}, &problem));
        char expected[64];
        const size_t offset = column == 8 ? at - 1 : at; /* there it leaves a CR alone */
        snprintf(expected, sizeof expected, "it: line %zu: a CR without LF at offset %zu", line,
                 offset);
        octets[at] = column == 8 ? 'x' : '\r';
        if (column != 7) {
            CU_ASSERT_FALSE(check((struct octets){octets, sizeof octets}, &problem));
            CU_ASSERT_STRING_EQUAL(problem.text, expected);
        }
        snprintf(expected, sizeof expected, "it: line %zu: ", line);
        octets[at] = '\0';
        CU_ASSERT_FALSE(check((struct octets){octets, sizeof octets}, &problem));
        CU_ASSERT_EQUAL(strncmp(problem.text, expected, strlen(expected)), 0);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"good messages", test_good},
        {"bad messages", test_bad},
        {"bad at every place", test_bad_anywhere},
        {"line limit", test_line_limit},
        {"line limit at every place", test_line_limit_anywhere},
    };
    return unit_main("message", tests, sizeof tests / sizeof *tests, argc, argv);
}
