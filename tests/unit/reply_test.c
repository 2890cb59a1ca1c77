#include "tests/unit/unit.h"
#include "wire/random.h"
#include "wire/reply.h"

#include <stdio.h>
#include <stdlib.h>

/* What a stream of replies came to: every reply, keyword line and fault, written down. */
struct story {
    struct reply_reader reader;
    struct buf told;
    bool over; /* malformed: nothing more is read */
};

static void tell_keyword(void *owner, struct octets text)
{
    struct story *story = owner;
    buf_format(&story->told, "[%.*s]", (int)text.count,
               text.count > 0 ? (const char *)text.at : "");
}

static void story_begin(struct story *story)
{
    *story = (struct story){.told = BUF_INIT(0)};
    reply_reader_init(&story->reader);
}

static void story_feed(struct story *story, struct octets input)
{
    /* A copy of its own, so that nothing can be kept of it and its edges are guarded. */
    uint8_t *copy = malloc(input.count + !input.count);
    if (input.count > 0)
        memcpy(copy, input.at, input.count);
    struct octets rest = {copy, input.count};
    enum reply_status status = REPLY_COMPLETE;
    while (status == REPLY_COMPLETE && !story->over) {
        struct reply reply;
        size_t consumed;
        status = reply_read(&story->reader, rest, &consumed, &reply, tell_keyword, story);
        rest = octets_from(rest, consumed);
        if (status == REPLY_COMPLETE)
            buf_format(&story->told, "%d/%u(%s) ", reply.code, reply.line_count, reply.text);
        if (status == REPLY_MALFORMED) {
            buf_format(&story->told, "fault %d", story->reader.fault);
            story->over = true;
        }
        if (status == REPLY_MORE)
            CU_ASSERT_EQUAL(rest.count, 0);
    }
    free(copy);
}

static bool story_is(struct story *story, const char *expected)
{
    bool same = octets_equal(buf_octets(&story->told), octets_of(expected));
    if (!same)
        printf("\nexpected: %s\n  actual: %.*s\n", expected, (int)story->told.count,
               story->told.at ? (const char *)story->told.at : "");
    return same;
}

static void story_end(struct story *story)
{
    buf_free(&story->told);
    reply_reader_free(&story->reader);
}

static void check(struct octets input, const char *expected, bool partial)
{
    for (size_t at = 0; at <= input.count; at++) {
        struct story story;
        story_begin(&story);
        story_feed(&story, (struct octets){input.at, at});
        story_feed(&story, octets_from(input, at));
        CU_ASSERT_TRUE(story_is(&story, expected));
        CU_ASSERT_EQUAL(story.over || reply_reader_partial(&story.reader), partial);
        story_end(&story);
    }
    struct story story;
    story_begin(&story);
    for (size_t i = 0; i < input.count; i++)
        story_feed(&story, (struct octets){input.at + i, 1});
    CU_ASSERT_TRUE(story_is(&story, expected));
    story_end(&story);
}

static void test_replies(void)
{
    static const struct {
        struct octets input;
        const char *expected;
        bool partial;
    } cases[] = {
        {OCTETS_INIT(""), "", false},
        {OCTETS_INIT("220 ready\r\n"), "220/1(ready) ", false},
        {OCTETS_INIT("250\r\n"), "250/1() ", false},
        {OCTETS_INIT("250 \r\n"), "250/1() ", false},
        {OCTETS_INIT("250  two blanks\r\n"), "250/1( two blanks) ", false},
        {OCTETS_INIT("200 a\r\n599 b\r\n"), "200/1(a) 599/1(b) ", false},
        {OCTETS_INIT("250-a\r\n250 b\r\n"), "[b]250/2(b) ", false},
        {OCTETS_INIT("250-a\r\n250-\r\n250\r\n"), "[][]250/3() ", false},
        {OCTETS_INIT("250-MAIL.PROD.NACCS6\r\n250-SIZE 700000\r\n250 8BITMIME\r\n354 go\r\n"),
         "[SIZE 700000][8BITMIME]250/3(8BITMIME) 354/1(go) ", false},
        {OCTETS_INIT("250-550 no\r\n250 421\r\n"), "[421]250/2(421) ", false},
        {OCTETS_INIT("250 ok"), "", true},
        {OCTETS_INIT("250 ok\r"), "", true},
        {OCTETS_INIT("2"), "", true},
        {OCTETS_INIT("250-more\r\n"), "", true},
        {OCTETS_INIT("250 ok\r\n25"), "250/1(ok) ", true},
        {OCTETS_INIT("250 a\rb\x01\x7f\x80\xff\tc\x1b[2J\r\n"), "250/1(a?b?????c?[2J) ", false},
        {OCTETS_INIT("250 a\0b\r\n"), "250/1(a?b) ", false},
        {OCTETS_INIT("250 ~!\x1f~\x7f!\r\n"), "250/1(~!?~?!) ", false},
        {OCTETS_INIT("250 ok\r\r\n"), "250/1(ok?) ", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i].input, cases[i].expected, cases[i].partial);
}

static void check_fault(struct octets input, const char *before, enum reply_fault fault)
{
    char expected[200];
    snprintf(expected, sizeof expected, "%sfault %d", before, fault);
    check(input, expected, true);
}

static void test_malformed(void)
{
    static const struct {
        struct octets input;
        const char *before;
        enum reply_fault fault;
    } cases[] = {
        {OCTETS_INIT("\r\n"), "", REPLY_FAULT_NO_CODE},
        {OCTETS_INIT("25\r\n"), "", REPLY_FAULT_NO_CODE},
        {OCTETS_INIT("25 ok\r\n"), "", REPLY_FAULT_NO_CODE},
        {OCTETS_INIT("25O ok\r\n"), "", REPLY_FAULT_NO_CODE},
        {OCTETS_INIT(" 250 ok\r\n"), "", REPLY_FAULT_NO_CODE},
        {OCTETS_INIT("-250 ok\r\n"), "", REPLY_FAULT_NO_CODE},
        {OCTETS_INIT("199 low\r\n"), "", REPLY_FAULT_NO_CODE},
        {OCTETS_INIT("600 high\r\n"), "", REPLY_FAULT_NO_CODE},
        {OCTETS_INIT("000\r\n"), "", REPLY_FAULT_NO_CODE},
        {OCTETS_INIT("999\r\n"), "", REPLY_FAULT_NO_CODE},
        {OCTETS_INIT("ok\r\n"), "", REPLY_FAULT_NO_CODE},
        {OCTETS_INIT("\xb2\xb5\xb0 ok\r\n"), "", REPLY_FAULT_NO_CODE},
        {OCTETS_INIT("2\0"
                     "50 ok\r\n"),
         "", REPLY_FAULT_NO_CODE},
        {OCTETS_INIT("250ok\r\n"), "", REPLY_FAULT_SEPARATOR},
        {OCTETS_INIT("2500 ok\r\n"), "", REPLY_FAULT_SEPARATOR},
        {OCTETS_INIT("250\tok\r\n"), "", REPLY_FAULT_SEPARATOR},
        {OCTETS_INIT("250.1 ok\r\n"), "", REPLY_FAULT_SEPARATOR},
        {OCTETS_INIT("250\r\r\n"), "", REPLY_FAULT_SEPARATOR},
        {OCTETS_INIT("250-a\r\n251 b\r\n"), "", REPLY_FAULT_CODE_CHANGED},
        {OCTETS_INIT("250-a\r\n250-b\r\n550-c\r\n"), "[b]", REPLY_FAULT_CODE_CHANGED},
        {OCTETS_INIT("250-a\r\nb\r\n"), "", REPLY_FAULT_NO_CODE},
        {OCTETS_INIT("250-a\r\n250b\r\n"), "", REPLY_FAULT_SEPARATOR},
        {OCTETS_INIT("250 ok\n"), "", REPLY_FAULT_BARE_LF},
        {OCTETS_INIT("250-a\n250 b\r\n"), "", REPLY_FAULT_BARE_LF},
        {OCTETS_INIT("\n"), "", REPLY_FAULT_BARE_LF},
        {OCTETS_INIT("220 ready\r\n25x\r\n"), "220/1(ready) ", REPLY_FAULT_NO_CODE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_fault(cases[i].input, cases[i].before, cases[i].fault);
}

static void test_malformed_is_final(void)
{
    struct reply_reader reader;
    struct reply reply = {.code = 7};
    size_t consumed;
    reply_reader_init(&reader);
    struct octets input = OCTETS("oops\r\n250 ok\r\n");
    CU_ASSERT_EQUAL(reply_read(&reader, input, &consumed, &reply, NULL, NULL), REPLY_MALFORMED);
    CU_ASSERT_EQUAL(consumed, 6);
    input = octets_from(input, consumed);
    CU_ASSERT_EQUAL(reply_read(&reader, input, &consumed, &reply, NULL, NULL), REPLY_MALFORMED);
    CU_ASSERT_EQUAL(consumed, 0);
    CU_ASSERT_EQUAL(reply.code, 7);
    CU_ASSERT_EQUAL(reader.fault, REPLY_FAULT_NO_CODE);
    reply_reader_free(&reader);
    CU_ASSERT_EQUAL(reader.fault, REPLY_FAULT_NONE);
    CU_ASSERT_EQUAL(reply_read(&reader, input, &consumed, &reply, NULL, NULL), REPLY_COMPLETE);
    CU_ASSERT_EQUAL(reply.code, 250);
    reply_reader_free(&reader);
}

static void test_consumed_is_one_reply(void)
{
    struct reply_reader reader;
    struct reply reply;
    size_t consumed;
    reply_reader_init(&reader);
    struct octets input = OCTETS("250-a\r\n250 b\r\n354 go\r\n");
    CU_ASSERT_EQUAL(reply_read(&reader, input, &consumed, &reply, NULL, NULL), REPLY_COMPLETE);
    CU_ASSERT_EQUAL(consumed, 14);
    CU_ASSERT_FALSE(reply_reader_partial(&reader));
    reply_reader_free(&reader);
}

static void test_long_lines(void)
{
    enum { LONG = 3 * REPLY_LINE_LIMIT };
    static char line[LONG];
    memset(line, 'x', sizeof line);
    memcpy(line, "250-", 4);
    for (size_t piece = 1; piece <= LONG; piece = piece * 7 + 1) {
        struct reply_reader reader;
        struct reply reply = {.code = 0};
        size_t consumed;
        reply_reader_init(&reader);
        for (int lines = 0; lines < 2; lines++) {
            line[3] = lines == 1 ? ' ' : '-';
            for (size_t at = 0; at < sizeof line; at += piece) {
                size_t size = sizeof line - at < piece ? sizeof line - at : piece;
                struct octets part = {(const uint8_t *)line + at, size};
                CU_ASSERT_EQUAL(reply_read(&reader, part, &consumed, &reply, NULL, NULL),
                                REPLY_MORE);
                CU_ASSERT_TRUE(reader.lines.kept.room <= REPLY_LINE_LIMIT);
            }
            CU_ASSERT_EQUAL(reply_read(&reader, OCTETS("\r\n"), &consumed, &reply, NULL, NULL),
                            lines == 1 ? REPLY_COMPLETE : REPLY_MORE);
        }
        CU_ASSERT_EQUAL(reply.code, 250);
        CU_ASSERT_EQUAL(reply.line_count, 2);
        CU_ASSERT_EQUAL(strlen(reply.text), REPLY_TEXT_LIMIT);
        reply_reader_free(&reader);
    }
}

static void test_too_many_lines(void)
{
    for (int lines = REPLY_LINES_LIMIT - 1; lines <= REPLY_LINES_LIMIT + 1; lines++) {
        struct reply_reader reader;
        struct reply reply = {.line_count = 0};
        size_t consumed;
        reply_reader_init(&reader);
        enum reply_status status = REPLY_MORE;
        for (int i = 1; i <= lines && status == REPLY_MORE; i++)
            status = reply_read(&reader, i == lines ? OCTETS("250 \r\n") : OCTETS("250-\r\n"),
                                &consumed, &reply, NULL, NULL);
        if (lines <= REPLY_LINES_LIMIT) {
            CU_ASSERT_EQUAL(status, REPLY_COMPLETE);
            CU_ASSERT_EQUAL(reply.line_count, (unsigned)lines);
        } else {
            CU_ASSERT_EQUAL(status, REPLY_MALFORMED);
            CU_ASSERT_EQUAL(reader.fault, REPLY_FAULT_TOO_MANY_LINES);
        }
        reply_reader_free(&reader);
    }
}

static void test_no_memory(void)
{
    struct reply_reader reader;
    struct reply reply;
    size_t consumed;
    reply_reader_init(&reader);
    reader.lines.kept.limit = 1;
    CU_ASSERT_EQUAL(reply_read(&reader, OCTETS("250 o"), &consumed, &reply, NULL, NULL),
                    REPLY_MORE);
    CU_ASSERT_EQUAL(reply_read(&reader, OCTETS("k\r\n"), &consumed, &reply, NULL, NULL),
                    REPLY_MALFORMED);
    CU_ASSERT_EQUAL(reader.fault, REPLY_FAULT_NO_MEMORY);
    reply_reader_free(&reader);
}

static void test_fault_texts(void)
{
    for (int i = REPLY_FAULT_NONE; i <= REPLY_FAULT_NO_MEMORY; i++)
        for (int j = REPLY_FAULT_NONE; j < i; j++)
            CU_ASSERT_STRING_NOT_EQUAL(reply_fault_text((enum reply_fault)i),
                                       reply_fault_text((enum reply_fault)j));
}

static void test_code_of(void)
{
    static const struct {
        struct octets reply;
        int code;
    } cases[] = {
        {OCTETS_INIT("250"), 250},   {OCTETS_INIT("250 ok\r\n"), 250},
        {OCTETS_INIT("599-"), 599},  {OCTETS_INIT("200\r\n"), 200},
        {OCTETS_INIT("250\r"), 250}, {OCTETS_INIT(""), 0},
        {OCTETS_INIT("25"), 0},      {OCTETS_INIT("250x"), 250},
        {OCTETS_INIT("2500"), 250},  {OCTETS_INIT("250\n"), 250},
        {OCTETS_INIT("199 "), 0},    {OCTETS_INIT("600 "), 0},
        {OCTETS_INIT("25O "), 0},    {OCTETS_INIT(" 250"), 0},
        {OCTETS_INIT("250\t"), 250},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CU_ASSERT_EQUAL(reply_code_of(cases[i].reply), cases[i].code);
}

static void test_meant(void)
{
    static const struct {
        struct octets octets;
        struct reply_meant meant;
    } cases[] = {
        {OCTETS_INIT("250 ok\r\n"), {250, 8, false}},
        {OCTETS_INIT("250\r\n221 bye\r\n"), {250, 5, false}},
        {OCTETS_INIT("250-\r\n250 b\r\n"), {250, 13, false}},
        {OCTETS_INIT("250 ok\n"), {250, 7, true}},
        {OCTETS_INIT("250\n"), {250, 4, true}},
        {OCTETS_INIT("354go\r\n"), {354, 7, true}},
        {OCTETS_INIT("250\rok\r\n"), {250, 8, true}},
        {OCTETS_INIT("2500\r\n"), {250, 6, true}},
        {OCTETS_INIT("250-a\n250b\r\n221 c\r\n"), {250, 12, true}},
        {OCTETS_INIT("250-a\n250 b\r\n"), {250, 13, true}},
        {OCTETS_INIT(""), {0, 0, false}},
        {OCTETS_INIT("250 ok"), {0, 0, false}},
        {OCTETS_INIT("250-a\r\n"), {0, 0, false}},
        {OCTETS_INIT("251-a\r\n250 b\r\n"), {250, 14, true}},
        {OCTETS_INIT("250-a\r\n\r\n"), {0, 0, false}},
        {OCTETS_INIT("\n"), {0, 0, false}},
        {OCTETS_INIT("ok\r\n"), {0, 0, false}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reply_meant meant = reply_meant(cases[i].octets);
        CU_ASSERT_EQUAL(meant.code, cases[i].meant.code);
        CU_ASSERT_EQUAL(meant.length, cases[i].meant.length);
        CU_ASSERT_EQUAL(meant.doubtful, cases[i].meant.doubtful);
    }
}

static void test_format(void)
{
    static const struct octets lines[] = {OCTETS_INIT("one"), OCTETS_INIT(""),
                                          OCTETS_INIT("three")};
    struct buf buf = BUF_INIT(0);
    CU_ASSERT_TRUE(reply_format(&buf, 250, NULL, 0));
    CU_ASSERT_TRUE(octets_equal(buf_octets(&buf), OCTETS("250 \r\n")));
    buf_clear(&buf);
    CU_ASSERT_TRUE(reply_format(&buf, 354, lines, 1));
    CU_ASSERT_TRUE(reply_format(&buf, 250, lines, 3));
    CU_ASSERT_TRUE(
        octets_equal(buf_octets(&buf), OCTETS("354 one\r\n250-one\r\n250-\r\n250 three\r\n")));
    buf_free(&buf);
    /* What does not fit whole is not begun. */
    for (size_t limit = 1; limit <= 26; limit++) {
        buf = BUF_INIT(limit);
        buf_append_octet(&buf, '!');
        CU_ASSERT_FALSE(reply_format(&buf, 250, lines, 3));
        CU_ASSERT_TRUE(octets_equal(buf_octets(&buf), OCTETS("!")));
        buf_free(&buf);
    }
    buf = BUF_INIT(27);
    buf_append_octet(&buf, '!');
    CU_ASSERT_TRUE(reply_format(&buf, 250, lines, 3));
    buf_free(&buf);
}

/* What is formatted is read again, in any segments. */
static void test_there_and_back(void)
{
    struct random random = random_seeded(5, 0);
    for (int i = 0; i < 2000; i++) {
        static const struct octets texts[] = {OCTETS_INIT(""), OCTETS_INIT("ok"),
                                              OCTETS_INIT("550 no"), OCTETS_INIT("- -")};
        struct octets lines[5];
        size_t count = 1 + random_below(&random, 5);
        int code = 200 + (int)random_below(&random, 400);
        struct buf wire = BUF_INIT(0), expected = BUF_INIT(0);
        for (size_t j = 0; j < count; j++) {
            lines[j] = texts[random_below(&random, 4)];
            if (j > 0)
                buf_format(&expected, "[%.*s]", (int)lines[j].count, (const char *)lines[j].at);
        }
        struct octets last = lines[count - 1];
        buf_format(&expected, "%d/%zu(%.*s) ", code, count, (int)last.count, (const char *)last.at);
        buf_append_octet(&expected, '\0');
        reply_format(&wire, code, lines, count);
        struct story story;
        story_begin(&story);
        for (struct octets rest = buf_octets(&wire); rest.count > 0;) {
            size_t size = 1 + random_below(&random, rest.count);
            story_feed(&story, (struct octets){rest.at, size});
            rest = octets_from(rest, size);
        }
        CU_ASSERT_TRUE(story_is(&story, (const char *)expected.at));
        story_end(&story);
        buf_free(&wire);
        buf_free(&expected);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"replies split everywhere", test_replies},
        {"malformed replies split everywhere", test_malformed},
        {"malformed is final", test_malformed_is_final},
        {"consumed is one reply", test_consumed_is_one_reply},
        {"long lines", test_long_lines},
        {"too many lines", test_too_many_lines},
        {"no memory", test_no_memory},
        {"fault texts", test_fault_texts},
        {"code of", test_code_of},
        {"meant", test_meant},
        {"format", test_format},
        {"there and back", test_there_and_back},
    };
    return unit_main("reply", tests, sizeof tests / sizeof *tests, argc, argv);
}
