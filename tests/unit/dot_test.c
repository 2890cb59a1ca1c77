#include "tests/unit/unit.h"
#include "wire/buf.h"
#include "wire/dot.h"
#include "wire/random.h"

#include <stdlib.h>

/* The models: what stuffing and unstuffing mean, an octet at a time. */

static bool behind_crlf(struct octets octets, size_t i)
{
    return i == 0 || (i > 1 && octets.at[i - 2] == '\r' && octets.at[i - 1] == '\n');
}

static void model_stuff(struct octets message, struct buf *wire)
{
    for (size_t i = 0; i < message.count; i++) {
        if (message.at[i] == '.' && behind_crlf(message, i))
            buf_append_octet(wire, '.');
        buf_append_octet(wire, message.at[i]);
    }
    if (!behind_crlf(message, message.count))
        buf_append_string(wire, "\r\n");
    buf_append_string(wire, ".\r\n");
}

struct model {
    struct buf content;
    size_t taken; /* octets of the wire, the end of data included */
    uint64_t lines;
    unsigned flags;
    bool ended;
};

static unsigned model_flags(struct octets content, bool ended)
{
    unsigned flags = 0;
    for (size_t i = 0; i < content.count; i++) {
        bool more = i + 1 < content.count;
        if (content.at[i] == '\0')
            flags |= DOT_NUL;
        if (content.at[i] == '\r' && (more ? content.at[i + 1] != '\n' : ended))
            flags |= DOT_BARE_CR;
        if (content.at[i] == '\n' && (i == 0 || content.at[i - 1] != '\r'))
            flags |= DOT_BARE_LF;
    }
    return flags;
}

static void model_unstuff(struct octets wire, size_t line_limit, struct model *model)
{
    *model = (struct model){.content = BUF_INIT(0)};
    size_t line = 0;
    for (size_t i = 0; i < wire.count; i++) {
        struct octets rest = octets_from(wire, i);
        model->taken = i + 1;
        if (rest.at[0] == '.' && behind_crlf(wire, i)) {
            if (rest.count > 2 && rest.at[1] == '\r' && rest.at[2] == '\n') {
                model->taken = i + 3;
                model->ended = true;
                break;
            }
            /* A CR behind the dot may yet become the end of data: it is no content so far. */
            if (rest.count == 2 && rest.at[1] == '\r') {
                model->taken = i + 2;
                break;
            }
            continue;
        }
        buf_append_octet(&model->content, rest.at[0]);
        if (++line > line_limit && line_limit > 0)
            model->flags |= DOT_LONG_LINE;
        if (i > 0 && wire.at[i - 1] == '\r' && wire.at[i] == '\n') {
            model->lines++;
            line = 0;
        }
    }
    model->flags |= model_flags(buf_octets(&model->content), model->ended);
}

/* Where an input is cut: the sizes of its pieces, one after another. */
struct cuts {
    size_t first, then; /* 0 for `then`: drawn */
    struct random random;
};

static struct octets next_piece(struct cuts *cuts, struct octets *input)
{
    size_t size = cuts->first;
    cuts->first = cuts->then > 0 ? cuts->then : random_below(&cuts->random, 200);
    if (size > input->count)
        size = input->count;
    /* A copy of its own, so that the address sanitizer sees a step over its edges. */
    uint8_t *copy = malloc(size + !size);
    if (size > 0)
        memcpy(copy, input->at, size);
    *input = octets_from(*input, size);
    return (struct octets){copy, size};
}

static void stuff(struct octets message, struct cuts cuts, struct buf *wire)
{
    struct dot_stuffer stuffer = {.began = false};
    do {
        struct octets piece = next_piece(&cuts, &message), rest = piece, slice;
        while (dot_stuff(&stuffer, &rest, &slice))
            buf_append(wire, slice);
        free((void *)piece.at);
    } while (message.count > 0);
    buf_append(wire, dot_end(&stuffer));
}

static struct dot_unstuffer unstuff(struct octets wire, size_t line_limit, struct cuts cuts,
                                    struct buf *content, size_t *taken)
{
    struct dot_unstuffer unstuffer;
    dot_unstuffer_init(&unstuffer, line_limit);
    *taken = 0;
    do {
        struct octets piece = next_piece(&cuts, &wire), rest = piece, slice;
        while (dot_unstuff(&unstuffer, &rest, &slice))
            buf_append(content, slice);
        *taken += piece.count - rest.count;
        free((void *)piece.at);
    } while (wire.count > 0 && unstuffer.state != DOT_END);
    return unstuffer;
}

static bool stuffs_as_the_model(struct octets message, struct cuts cuts)
{
    struct buf wire = BUF_INIT(0), expected = BUF_INIT(0);
    stuff(message, cuts, &wire);
    model_stuff(message, &expected);
    bool same = octets_equal(buf_octets(&wire), buf_octets(&expected));
    buf_free(&wire);
    buf_free(&expected);
    return same;
}

static bool unstuffs_as_the_model(struct octets wire, size_t line_limit, struct cuts cuts)
{
    struct buf content = BUF_INIT(0);
    struct model model;
    size_t taken;
    struct dot_unstuffer unstuffer = unstuff(wire, line_limit, cuts, &content, &taken);
    model_unstuff(wire, line_limit, &model);
    bool same = octets_equal(buf_octets(&content), buf_octets(&model.content)) &&
                unstuffer.octets == content.count && unstuffer.lines == model.lines &&
                unstuffer.flags == model.flags && taken == model.taken &&
                (unstuffer.state == DOT_END) == model.ended;
    buf_free(&content);
    buf_free(&model.content);
    return same;
}

/* What went in comes out, with a CRLF where it lacked one; and nothing is left over. */
static bool comes_back(struct octets message, struct cuts there, struct cuts back)
{
    struct buf wire = BUF_INIT(0), content = BUF_INIT(0), expected = BUF_INIT(0);
    size_t taken;
    stuff(message, there, &wire);
    buf_append(&expected, message);
    if (!behind_crlf(message, message.count))
        buf_append_string(&expected, "\r\n");
    struct dot_unstuffer unstuffer = unstuff(buf_octets(&wire), 0, back, &content, &taken);
    bool same = octets_equal(buf_octets(&content), buf_octets(&expected)) &&
                unstuffer.state == DOT_END && taken == wire.count;
    buf_free(&wire);
    buf_free(&content);
    buf_free(&expected);
    return same;
}

static const struct octets goldens[] = {
    OCTETS_INIT(""),
    OCTETS_INIT("."),
    OCTETS_INIT(".."),
    OCTETS_INIT("\r"),
    OCTETS_INIT("\n"),
    OCTETS_INIT("\r\n"),
    OCTETS_INIT(".\r\n"),
    OCTETS_INIT("..\r\n"),
    OCTETS_INIT("\r\n."),
    OCTETS_INIT("\r\n.\r\n"),
    OCTETS_INIT("\r\n.\r\n.\r\n..\r\n...\r\n"),
    OCTETS_INIT("text"),
    OCTETS_INIT("text\r\n"),
    OCTETS_INIT("text\r"),
    OCTETS_INIT("text\r\r\n"),
    OCTETS_INIT("a\n.\nb\r\n"),
    OCTETS_INIT("a\n.\r\nb\r\n"),
    OCTETS_INIT("a\r\n.\nb\r\n"),
    OCTETS_INIT("a\r.\r\nb\r\n"),
    OCTETS_INIT("a\r\n.\rb\r\n"),
    OCTETS_INIT("a\r\n.\r\rb\r\n"),
    OCTETS_INIT("a\r\n.\r.\r\nb\r\n"),
    OCTETS_INIT("a\r\r\n.b\r\n"),
    OCTETS_INIT("a\n\r\n.b\r\n"),
    OCTETS_INIT("a.\r\nb.\r\n"),
    OCTETS_INIT(".a\r\n.b\r\n.c"),
    OCTETS_INIT("nul\0.\0\r\n\0\r\n.\0\r\n"),
    OCTETS_INIT("\xa4\xa2\r\n.\xa4\xa4\r\n"),
    OCTETS_INIT(
        "a line with a dot. And more than sixty-four octets before it. So that blocks count\r\n"
        ".another line, which begins with a dot, and is no shorter than the first one was\r\n"
        "..\r\n\r\n.\r\n the last line of them: a bare \n.LF and a dot in it, and then no CRLF"),
};
enum { GOLDENS = sizeof goldens / sizeof *goldens };

static void test_stuff_golden(void)
{
    static const struct {
        struct octets message, wire;
    } cases[] = {
        {OCTETS_INIT(""), OCTETS_INIT(".\r\n")},
        {OCTETS_INIT("\r\n"), OCTETS_INIT("\r\n.\r\n")},
        {OCTETS_INIT("a"), OCTETS_INIT("a\r\n.\r\n")},
        {OCTETS_INIT("a\r\n"), OCTETS_INIT("a\r\n.\r\n")},
        {OCTETS_INIT("a\r"), OCTETS_INIT("a\r\r\n.\r\n")},
        {OCTETS_INIT("a\n"), OCTETS_INIT("a\n\r\n.\r\n")},
        {OCTETS_INIT("."), OCTETS_INIT("..\r\n.\r\n")},
        {OCTETS_INIT(".\r\n"), OCTETS_INIT("..\r\n.\r\n")},
        {OCTETS_INIT("..\r\n"), OCTETS_INIT("...\r\n.\r\n")},
        {OCTETS_INIT("a\r\n.b\r\n.\r\n"), OCTETS_INIT("a\r\n..b\r\n..\r\n.\r\n")},
        {OCTETS_INIT("a\n.b\r.c"), OCTETS_INIT("a\n.b\r.c\r\n.\r\n")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t at = 0; at <= cases[i].message.count; at++) {
            struct buf wire = BUF_INIT(0);
            stuff(cases[i].message, (struct cuts){at, SIZE_MAX, {0}}, &wire);
            CU_ASSERT_TRUE(octets_equal(buf_octets(&wire), cases[i].wire));
            buf_free(&wire);
        }
    }
}

static void test_unstuff_golden(void)
{
    static const struct {
        struct octets wire, content;
        unsigned flags, lines;
    } cases[] = {
        {OCTETS_INIT(".\r\n"), OCTETS_INIT(""), 0, 0},
        {OCTETS_INIT("\r\n.\r\n"), OCTETS_INIT("\r\n"), 0, 1},
        {OCTETS_INIT("a\r\n.\r\n"), OCTETS_INIT("a\r\n"), 0, 1},
        {OCTETS_INIT("..\r\n.\r\n"), OCTETS_INIT(".\r\n"), 0, 1},
        {OCTETS_INIT(".a\r\n.\r\n"), OCTETS_INIT("a\r\n"), 0, 1},
        {OCTETS_INIT("a\n.\nb\r\n.\r\n"), OCTETS_INIT("a\n.\nb\r\n"), DOT_BARE_LF, 1},
        {OCTETS_INIT("a\n.\r\nb\r\n.\r\n"), OCTETS_INIT("a\n.\r\nb\r\n"), DOT_BARE_LF, 2},
        {OCTETS_INIT("a\r\n.\nb\r\n.\r\n"), OCTETS_INIT("a\r\n\nb\r\n"), DOT_BARE_LF, 2},
        {OCTETS_INIT("a\r.\r\nb\r\n.\r\n"), OCTETS_INIT("a\r.\r\nb\r\n"), DOT_BARE_CR, 2},
        {OCTETS_INIT("a\r.\rb\r\n.\r\n"), OCTETS_INIT("a\r.\rb\r\n"), DOT_BARE_CR, 1},
        {OCTETS_INIT("\r\n.\r\r\n.\r\n"), OCTETS_INIT("\r\n\r\r\n"), DOT_BARE_CR, 2},
        {OCTETS_INIT(".\rx\r\n.\r\n"), OCTETS_INIT("\rx\r\n"), DOT_BARE_CR, 1},
        {OCTETS_INIT(".\n.\r\n.\r\n"), OCTETS_INIT("\n.\r\n"), DOT_BARE_LF, 1},
        {OCTETS_INIT(".\0\r\n.\r\n"), OCTETS_INIT("\0\r\n"), DOT_NUL, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t at = 0; at <= cases[i].wire.count; at++) {
            struct buf content = BUF_INIT(0);
            size_t taken;
            struct dot_unstuffer unstuffer =
                unstuff(cases[i].wire, 1000, (struct cuts){at, SIZE_MAX, {0}}, &content, &taken);
            CU_ASSERT_TRUE(octets_equal(buf_octets(&content), cases[i].content));
            CU_ASSERT_EQUAL(unstuffer.state, DOT_END);
            CU_ASSERT_EQUAL(unstuffer.flags, cases[i].flags);
            CU_ASSERT_EQUAL(unstuffer.lines, cases[i].lines);
            CU_ASSERT_EQUAL(unstuffer.octets, cases[i].content.count);
            CU_ASSERT_EQUAL(taken, cases[i].wire.count);
            buf_free(&content);
        }
    }
}

static void test_split_everywhere(void)
{
    for (size_t i = 0; i < GOLDENS; i++) {
        struct octets golden = goldens[i];
        const struct cuts whole = {SIZE_MAX, SIZE_MAX, {0}}, single = {1, 1, {0}};
        for (size_t at = 0; at <= golden.count; at++) {
            const struct cuts cuts = {at, SIZE_MAX, {0}};
            CU_ASSERT_TRUE(stuffs_as_the_model(golden, cuts));
            CU_ASSERT_TRUE(unstuffs_as_the_model(golden, 4, cuts));
            CU_ASSERT_TRUE(comes_back(golden, cuts, whole));
            CU_ASSERT_TRUE(comes_back(golden, whole, cuts));
        }
        CU_ASSERT_TRUE(comes_back(golden, single, single));
        /* Cut short anywhere, no end is seen that has not come. */
        for (size_t count = 0; count <= golden.count; count++) {
            struct octets begun = {golden.at, count};
            CU_ASSERT_TRUE(unstuffs_as_the_model(begun, 4, whole));
            CU_ASSERT_TRUE(unstuffs_as_the_model(begun, 4, single));
        }
    }
}

/* Text of all lengths between much of what matters, so that blocks are met at every offset. */
static size_t generate(struct random *random, uint8_t *octets, size_t most)
{
    static const struct octets parts[] = {
        OCTETS_INIT("\r\n"),   OCTETS_INIT("\r\n."), OCTETS_INIT(".\r\n"), OCTETS_INIT("\r\n.\r\n"),
        OCTETS_INIT("\r\n.."), OCTETS_INIT("\n."),   OCTETS_INIT("\r."),   OCTETS_INIT("\r"),
        OCTETS_INIT("\n"),     OCTETS_INIT("."),     OCTETS_INIT("\0"),    OCTETS_INIT("\r\r\n"),
    };
    /* Some inputs have none of the oddities, which would hide each other. */
    uint64_t kinds = random_below(random, 2) ? 5 : sizeof parts / sizeof *parts;
    size_t count = 0;
    while (count + 100 < most && random_below(random, 12) > 0) {
        size_t text = random_below(random, 4) ? random_below(random, 90) : 0;
        memset(octets + count, 'x', text);
        count += text;
        struct octets part = parts[random_below(random, kinds)];
        memcpy(octets + count, part.at, part.count);
        count += part.count;
    }
    return count;
}

static void test_generated(void)
{
    struct random random = random_seeded(2, 0);
    static uint8_t octets[4096];
    for (int i = 0; i < 4000; i++) {
        struct octets input = {octets, generate(&random, octets, sizeof octets)};
        struct cuts cuts = {random_below(&random, 200), 0, random_seeded(3, (uint64_t)i)};
        struct cuts others = {random_below(&random, 200), 0, random_seeded(4, (uint64_t)i)};
        CU_ASSERT_TRUE_FATAL(stuffs_as_the_model(input, cuts));
        CU_ASSERT_TRUE_FATAL(unstuffs_as_the_model(input, random_below(&random, 120), cuts));
        CU_ASSERT_TRUE_FATAL(comes_back(input, cuts, others));
    }
}

/* Content that is counted is what its stuffed form would have been, dots and all. */
static void test_counted(void)
{
    struct random random = random_seeded(5, 0);
    static uint8_t octets[4096];
    for (int i = 0; i < 4000; i++) {
        struct octets input = {octets, generate(&random, octets, sizeof octets - 2)};
        memcpy(octets + input.count, "\r\n", 2);
        input.count += 2;
        size_t line_limit = random_below(&random, 120), taken;
        struct cuts cuts = {random_below(&random, 200), 0, random_seeded(6, (uint64_t)i)};
        struct buf wire = BUF_INIT(0), stuffed = BUF_INIT(0), passed = BUF_INIT(0);
        stuff(input, cuts, &wire);
        struct dot_unstuffer expected =
            unstuff(buf_octets(&wire), line_limit, cuts, &stuffed, &taken);
        struct dot_unstuffer counted;
        dot_unstuffer_init(&counted, line_limit);
        while (input.count > 0) {
            struct octets piece = next_piece(&cuts, &input), rest = piece, slice;
            while (dot_pass(&counted, &rest, &slice))
                buf_append(&passed, slice);
            CU_ASSERT_EQUAL(rest.count, 0);
            free((void *)piece.at);
        }
        CU_ASSERT_TRUE(octets_equal(buf_octets(&passed), buf_octets(&stuffed)));
        CU_ASSERT_EQUAL(counted.octets, expected.octets);
        CU_ASSERT_EQUAL(counted.lines, expected.lines);
        CU_ASSERT_EQUAL(counted.flags, expected.flags);
        buf_free(&wire);
        buf_free(&stuffed);
        buf_free(&passed);
    }
}

static void test_slices_are_few(void)
{
    static uint8_t octets[80000];
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = i % 80 == 78 ? '\r' : i % 80 == 79 ? '\n' : i % 80 == 40 ? '.' : 'x';
    struct octets message = {octets, sizeof octets}, slice;
    struct dot_stuffer stuffer = {.began = false};
    CU_ASSERT_TRUE(dot_stuff(&stuffer, &message, &slice));
    CU_ASSERT_PTR_EQUAL(slice.at, octets);
    CU_ASSERT_EQUAL(slice.count, sizeof octets);
    CU_ASSERT_FALSE(dot_stuff(&stuffer, &message, &slice));

    struct dot_unstuffer unstuffer;
    dot_unstuffer_init(&unstuffer, 80);
    message = (struct octets){octets, sizeof octets};
    CU_ASSERT_TRUE(dot_unstuff(&unstuffer, &message, &slice));
    CU_ASSERT_PTR_EQUAL(slice.at, octets);
    CU_ASSERT_EQUAL(slice.count, sizeof octets);
    CU_ASSERT_FALSE(dot_unstuff(&unstuffer, &message, &slice));
    CU_ASSERT_EQUAL(unstuffer.lines, 1000);
    CU_ASSERT_EQUAL(unstuffer.flags, 0);

    stuffer = (struct dot_stuffer){.began = false};
    message = OCTETS("a\r\nb\r\n\n.c\r.d\r\n e.\r\n");
    CU_ASSERT_TRUE(dot_stuff(&stuffer, &message, &slice));
    CU_ASSERT_EQUAL(slice.count, 19);
    CU_ASSERT_FALSE(dot_stuff(&stuffer, &message, &slice));

    /* One line with a dot: before it, the dot, and the rest. */
    octets[800] = '.';
    stuffer = (struct dot_stuffer){.began = false};
    message = (struct octets){octets, sizeof octets};
    unsigned slices = 0;
    while (dot_stuff(&stuffer, &message, &slice))
        slices++;
    CU_ASSERT_EQUAL(slices, 3);
}

static void test_line_limit(void)
{
    /* A line of n octets, CRLF included, with or without a stuffed dot before it. */
    for (size_t n = 2; n < 200; n++) {
        for (int dot = 0; dot < 2; dot++) {
            for (size_t cut = 1; cut < 200; cut += 13) {
                struct buf wire = BUF_INIT(0), content = BUF_INIT(0);
                buf_append_string(&wire, "x\r\n");
                if (dot)
                    buf_append_octet(&wire, '.');
                for (size_t i = 0; i < n - 2; i++)
                    buf_append_octet(&wire, '.' + (dot && i > 0));
                if (!dot && n > 2)
                    wire.at[3] = 'x';
                buf_append_string(&wire, "\r\nx\r\n.\r\n");
                size_t taken;
                struct cuts cuts = {cut, cut, {0}};
                unsigned flags = unstuff(buf_octets(&wire), 100, cuts, &content, &taken).flags;
                bool lone_dot = dot && n == 2; /* that is the end of data */
                CU_ASSERT_EQUAL(flags, n > 100 && !lone_dot ? DOT_LONG_LINE : 0);
                buf_free(&content);
                flags = unstuff(buf_octets(&wire), 0, cuts, &content, &taken).flags;
                CU_ASSERT_EQUAL(flags, 0);
                buf_free(&wire);
                buf_free(&content);
            }
        }
    }
}

/* What comes behind the end of data is left alone. */
static void test_behind_the_end(void)
{
    struct dot_unstuffer unstuffer;
    struct octets input = OCTETS("a\r\n.\r\nQUIT\r\n"), slice;
    dot_unstuffer_init(&unstuffer, 1000);
    CU_ASSERT_TRUE(dot_unstuff(&unstuffer, &input, &slice));
    CU_ASSERT_TRUE(octets_equal(slice, OCTETS("a\r\n")));
    CU_ASSERT_FALSE(dot_unstuff(&unstuffer, &input, &slice));
    CU_ASSERT_EQUAL(unstuffer.state, DOT_END);
    CU_ASSERT_TRUE(octets_equal(input, OCTETS("QUIT\r\n")));
    CU_ASSERT_FALSE(dot_unstuff(&unstuffer, &input, &slice));
    CU_ASSERT_TRUE(octets_equal(input, OCTETS("QUIT\r\n")));
}

/* Each flag alone, at every offset of a long text: none is missed between blocks, none imagined. */
static void test_flags_at_every_offset(void)
{
    static const struct {
        struct octets odd;
        unsigned flags;
    } cases[] = {
        {OCTETS_INIT("\r"), DOT_BARE_CR},
        {OCTETS_INIT("\n"), DOT_BARE_LF},
        {OCTETS_INIT("\0"), DOT_NUL},
        {OCTETS_INIT("\r\n"), 0},
        {OCTETS_INIT("\n\r"), DOT_BARE_CR | DOT_BARE_LF},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t at = 0; at < 200; at++) {
            uint8_t octets[208];
            memset(octets, 'x', sizeof octets);
            memcpy(octets + at, cases[i].odd.at, cases[i].odd.count);
            memcpy(octets + 203, "\r\n.\r\n", 5);
            struct buf content = BUF_INIT(0);
            size_t taken;
            struct dot_unstuffer unstuffer =
                unstuff((struct octets){octets, sizeof octets}, 0,
                        (struct cuts){SIZE_MAX, SIZE_MAX, {0}}, &content, &taken);
            CU_ASSERT_EQUAL(unstuffer.flags, cases[i].flags);
            CU_ASSERT_EQUAL(content.count, 205);
            buf_free(&content);
        }
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"stuffing", test_stuff_golden},
        {"unstuffing", test_unstuff_golden},
        {"golden inputs split everywhere", test_split_everywhere},
        {"generated messages against the model", test_generated},
        {"counted content", test_counted},
        {"slices are few", test_slices_are_few},
        {"line limit", test_line_limit},
        {"behind the end", test_behind_the_end},
        {"flags at every offset", test_flags_at_every_offset},
    };
    return unit_main("dot", tests, sizeof tests / sizeof *tests, argc, argv);
}
