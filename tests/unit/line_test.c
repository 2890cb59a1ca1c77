#include "tests/unit/unit.h"
#include "wire/line.h"
#include "wire/random.h"

#include <stdlib.h>

/* What the reader should say of one line, found an octet at a time. */
struct model_line {
    char text[64];
    size_t count, wire_octets;
    unsigned flags;
};

/* Reads the first line; false where the input holds none. */
static bool model_read(struct octets input, size_t limit, struct model_line *line)
{
    *line = (struct model_line){.count = 0};
    for (size_t i = 0; i < input.count; i++) {
        uint8_t octet = input.at[i];
        bool lf_next = i + 1 < input.count && input.at[i + 1] == '\n';
        line->wire_octets++;
        if (octet == '\n') {
            if (i == 0 || input.at[i - 1] != '\r')
                line->flags |= LINE_BARE_LF;
            return true;
        }
        if (octet == '\r' && lf_next)
            continue;
        if (octet == '\r')
            line->flags |= LINE_BARE_CR;
        if (octet == 0)
            line->flags |= LINE_NUL;
        if (octet > 127)
            line->flags |= LINE_EIGHT_BIT;
        if (line->count < limit)
            line->text[line->count++] = (char)octet;
        else
            line->flags |= LINE_OVERLONG;
    }
    return false;
}

static bool line_is(const struct line *line, const struct model_line *expected)
{
    struct octets text = {(const uint8_t *)expected->text, expected->count};
    return octets_equal(line->text, text) && line->flags == expected->flags &&
           line->wire_octets == expected->wire_octets;
}

/* Feeds the input in pieces (which are copies that vanish, so that nothing may be kept of them) and
 * compares every line with the model's. `next_size` tells the sizes of the pieces. */
static bool agrees(struct octets input, size_t limit, size_t (*next_size)(void *), void *sizes)
{
    struct line_reader reader;
    line_reader_init(&reader, limit);
    bool same = true;
    struct octets modelled = input;
    while (same && input.count > 0) {
        size_t size = next_size(sizes);
        if (size > input.count)
            size = input.count;
        uint8_t *copy = size > 0 ? malloc(size) : NULL;
        if (copy)
            memcpy(copy, input.at, size);
        struct octets piece = {copy, size};
        bool found = true;
        while (same && found) {
            struct line line;
            struct model_line expected;
            piece = octets_from(piece, line_read(&reader, piece, &line, &found));
            if (!found)
                same = piece.count == 0 && reader.kept.count <= limit;
            else if ((same = model_read(modelled, limit, &expected) && line_is(&line, &expected)))
                modelled = octets_from(modelled, expected.wire_octets);
        }
        free(copy);
        input = octets_from(input, size);
    }
    struct model_line none;
    same = same && !model_read(modelled, limit, &none) &&
           line_reader_partial(&reader) == (modelled.count > 0);
    line_reader_free(&reader);
    return same;
}

/* Two pieces: the first one's size, then all the rest. */
static size_t split_at(void *state)
{
    size_t *first = state, size = *first;
    *first = SIZE_MAX;
    return size;
}

static size_t always(void *state)
{
    return *(size_t *)state;
}

static size_t drawn(void *state)
{
    return random_below(state, 9);
}

static bool agrees_however_split(struct octets input, size_t limit)
{
    bool same = true;
    for (size_t at = 0; at <= input.count; at++) {
        size_t first = at;
        same &= agrees(input, limit, split_at, &first);
    }
    for (size_t size = 1; size < 4; size++)
        same &= agrees(input, limit, always, &size);
    return same;
}

static void test_golden(void)
{
    static const struct octets inputs[] = {
        {(const uint8_t *)"", 0},
        OCTETS_INIT("\r\n"),
        OCTETS_INIT("\n"),
        OCTETS_INIT("\r"),
        OCTETS_INIT("\r\r\n"),
        OCTETS_INIT("\r\r\r\n\r\n"),
        OCTETS_INIT("\n\r\n\r"),
        OCTETS_INIT("HELO example\r\nMAIL FROM:<a@b>\r\n"),
        OCTETS_INIT("one\ntwo\r\nthree\rfour\r\nfive\r\r\nsix\r"),
        OCTETS_INIT("a\0b\r\n\0\r\n\0\n\r\0\r\n"),
        OCTETS_INIT("\xa4\xa2 EUC\r\nASCII\r\n1234567\x80\r\n"),
        OCTETS_INIT("1234567890\r\n12345678901\r\n1234567890\n12345678901\n"),
        OCTETS_INIT("1234567890\r\r\n123456789\r\r\n12345678901234567890\0\xff\r\n"),
        OCTETS_INIT("no end"),
    };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        for (size_t limit = 1; limit <= 12; limit++)
            CU_ASSERT_TRUE(agrees_however_split(inputs[i], limit));
}

static void test_generated(void)
{
    static const char alphabet[] = "\r\n\r\n\0ab.\xff";
    struct random random = random_seeded(1, 0);
    bool same = true;
    for (int i = 0; i < 20000 && same; i++) {
        uint8_t octets[48];
        size_t count = random_below(&random, sizeof octets);
        for (size_t j = 0; j < count; j++)
            octets[j] = (uint8_t)alphabet[random_below(&random, sizeof alphabet - 1)];
        same =
            agrees((struct octets){octets, count}, 1 + random_below(&random, 20), drawn, &random);
    }
    CU_ASSERT_TRUE(same);
}

static void test_flags(void)
{
    static const struct {
        struct octets input;
        const char *text;
        unsigned flags;
    } cases[] = {
        {OCTETS_INIT("text\r\n"), "text", 0},
        {OCTETS_INIT("text\n"), "text", LINE_BARE_LF},
        {OCTETS_INIT("te\rxt\r\n"), "te\rxt", LINE_BARE_CR},
        {OCTETS_INIT("text\r\r\n"), "text\r", LINE_BARE_CR},
        {OCTETS_INIT("\r\r\n"), "\r", LINE_BARE_CR},
        {OCTETS_INIT("te\rxt\n"), "te\rxt", LINE_BARE_CR | LINE_BARE_LF},
        {OCTETS_INIT("t\xe9xt\r\n"), "t\xe9xt", LINE_EIGHT_BIT},
        {OCTETS_INIT("12345678\r\n"), "12345678", 0},
        {OCTETS_INIT("123456789\r\n"), "12345678", LINE_OVERLONG},
        {OCTETS_INIT("12345678\xe9\r\n"), "12345678", LINE_OVERLONG | LINE_EIGHT_BIT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct line_reader reader;
        struct line line;
        bool found;
        line_reader_init(&reader, 8);
        CU_ASSERT_EQUAL(line_read(&reader, cases[i].input, &line, &found), cases[i].input.count);
        CU_ASSERT_TRUE_FATAL(found);
        CU_ASSERT_TRUE(octets_equal(line.text, octets_of(cases[i].text)));
        CU_ASSERT_EQUAL(line.flags, cases[i].flags);
        CU_ASSERT_EQUAL(line.wire_octets, cases[i].input.count);
        line_reader_free(&reader);
    }
}

/* One such octet anywhere in a line of any length is seen. */
static void test_flags_at_every_offset(void)
{
    static const struct {
        uint8_t octet;
        unsigned flag;
    } cases[] = {{'\r', LINE_BARE_CR}, {'\0', LINE_NUL}, {0x80, LINE_EIGHT_BIT}, {0x7f, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t count = 1; count < 40; count++) {
            for (size_t at = 0; at < count; at++) {
                uint8_t octets[42];
                struct line_reader reader;
                struct line line;
                bool found;
                memset(octets, 'x', count);
                octets[at] = cases[i].octet;
                memcpy(octets + count, "\r\n", 2);
                line_reader_init(&reader, 100);
                line_read(&reader, (struct octets){octets, count + 2}, &line, &found);
                CU_ASSERT_TRUE(found);
                CU_ASSERT_EQUAL(line.flags, cases[i].flag);
                line_reader_free(&reader);
            }
        }
    }
}

static void test_nothing_is_copied(void)
{
    struct line_reader reader;
    struct line line;
    bool found;
    struct octets input = OCTETS("first\r\nsecond\r\npart");
    line_reader_init(&reader, 1000);
    size_t taken = line_read(&reader, input, &line, &found);
    CU_ASSERT_PTR_EQUAL(line.text.at, input.at);
    input = octets_from(input, taken);
    taken = line_read(&reader, input, &line, &found);
    CU_ASSERT_PTR_EQUAL(line.text.at, input.at);
    CU_ASSERT_PTR_NULL(reader.kept.at);
    input = octets_from(input, taken);
    CU_ASSERT_FALSE(line_reader_partial(&reader));
    CU_ASSERT_EQUAL(line_read(&reader, input, &line, &found), 4);
    CU_ASSERT_FALSE(found);
    CU_ASSERT_TRUE(line_reader_partial(&reader));
    CU_ASSERT_EQUAL(line_read(&reader, OCTETS("\r\nnext\r\n"), &line, &found), 2);
    CU_ASSERT_TRUE(found && octets_equal(line.text, OCTETS("part")));
    CU_ASSERT_EQUAL(line.wire_octets, 6);
    CU_ASSERT_FALSE(line_reader_partial(&reader));
    /* The memory goes with the next call. */
    CU_ASSERT_EQUAL(line_read(&reader, OCTETS("next\r\n"), &line, &found), 6);
    CU_ASSERT_PTR_NULL(reader.kept.at);
    line_reader_free(&reader);
}

static void test_memory_is_bounded(void)
{
    enum { LIMIT = 512, SEGMENT = 1000, SEGMENTS = 1000 };
    static uint8_t segment[SEGMENT];
    memset(segment, 'x', sizeof segment);
    struct line_reader reader;
    struct line line;
    bool found;
    line_reader_init(&reader, LIMIT);
    for (int i = 0; i < SEGMENTS; i++) {
        line_read(&reader, (struct octets){segment, SEGMENT}, &line, &found);
        CU_ASSERT_FALSE(found);
        CU_ASSERT_TRUE(reader.kept.room <= LIMIT);
    }
    line_read(&reader, OCTETS("\r\n"), &line, &found);
    CU_ASSERT_TRUE(found);
    CU_ASSERT_EQUAL(line.flags, LINE_OVERLONG);
    CU_ASSERT_EQUAL(line.text.count, LIMIT);
    CU_ASSERT_EQUAL(line.wire_octets, SEGMENT * SEGMENTS + 2);
    line_reader_free(&reader);
}

/* A buffer that may hold nothing stands for memory that can't be had. */
static void test_no_memory(void)
{
    struct line_reader reader;
    struct line line;
    bool found;
    line_reader_init(&reader, 100);
    reader.kept.limit = 1;
    line_read(&reader, OCTETS("part\0of"), &line, &found);
    CU_ASSERT_FALSE(found);
    CU_ASSERT_TRUE(line_reader_partial(&reader));
    line_read(&reader, OCTETS(" a line\r\n"), &line, &found);
    CU_ASSERT_TRUE(found);
    CU_ASSERT_EQUAL(line.flags, LINE_NO_MEMORY | LINE_NUL);
    CU_ASSERT_EQUAL(line.text.count, 0);
    CU_ASSERT_EQUAL(line.wire_octets, 16);
    line_read(&reader, OCTETS("whole\r\n"), &line, &found);
    CU_ASSERT_TRUE(found && octets_equal(line.text, OCTETS("whole")));
    CU_ASSERT_EQUAL(line.flags, 0);
    line_reader_free(&reader);
}

static void test_free_forgets(void)
{
    struct line_reader reader;
    struct line line;
    bool found;
    line_reader_init(&reader, 100);
    line_read(&reader, OCTETS("a\0b\r"), &line, &found);
    line_reader_free(&reader);
    CU_ASSERT_FALSE(line_reader_partial(&reader));
    line_read(&reader, OCTETS("\r\n"), &line, &found);
    CU_ASSERT_TRUE(found);
    CU_ASSERT_EQUAL(line.flags, 0);
    CU_ASSERT_EQUAL(line.text.count, 0);
    line_reader_free(&reader);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"golden inputs split everywhere", test_golden},
        {"generated inputs against the model", test_generated},
        {"flags", test_flags},
        {"flags at every offset", test_flags_at_every_offset},
        {"nothing is copied", test_nothing_is_copied},
        {"memory is bounded", test_memory_is_bounded},
        {"no memory", test_no_memory},
        {"free forgets", test_free_forgets},
    };
    return unit_main("line", tests, sizeof tests / sizeof *tests, argc, argv);
}
