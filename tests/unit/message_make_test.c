/* Messages that are made: their form, and that a seed gives the same ones everywhere. */
#include "harness/message_make.h"
#include "tests/unit/unit.h"

#include <string.h>

static struct octets make(const struct message_recipe *recipe, uint64_t seed, struct buf *buf)
{
    CU_ASSERT_TRUE_FATAL(message_make(recipe, "generated", seed, buf));
    return buf_octets(buf);
}

/* Lines of at most 998 octets, all but perhaps the last ended by CRLF; no CR, LF or NUL besides. */
static void expect_lines(struct octets octets)
{
    size_t length = 0;
    for (size_t i = 0; i < octets.count; i++) {
        uint8_t octet = octets.at[i];
        CU_ASSERT_FATAL(octet != 0 && octet != '\n');
        length++;
        if (octet != '\r')
            continue;
        CU_ASSERT_FATAL(length - 1 <= 998 && i + 1 < octets.count && octets.at[i + 1] == '\n');
        length = 0;
        i++;
    }
    CU_ASSERT_EQUAL(length, 0);
}

static size_t dot_lines(struct octets octets)
{
    size_t count = 0;
    for (size_t i = 1; i < octets.count; i++)
        count += octets.at[i] == '.' && octets.at[i - 1] == '\n';
    return count;
}

static void test_form(void)
{
    for (uint32_t seed = 1; seed <= 20; seed++) {
        for (uint32_t octets = 1000; octets < 40000; octets += 1237 + seed) {
            struct message_recipe recipes[] = {
                {MESSAGE_DOTS, octets, 0, seed},
                {MESSAGE_DOTS, octets, 16 + octets % 3000, 1},
                {MESSAGE_OCTETS, octets, 0, 1},
            };
            for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++) {
                struct buf buf = BUF_INIT(0);
                struct octets message = make(&recipes[i], seed, &buf);
                CU_ASSERT_EQUAL(message.count, octets);
                expect_lines(message);
                buf_free(&buf);
            }
        }
    }
}

/* The digits at 392 of the common items say how long all behind the header is. */
static void test_length(void)
{
    struct message_recipe recipe = {MESSAGE_DOTS, 5000, 0, 1};
    struct buf buf = BUF_INIT(0);
    struct octets message = make(&recipe, 1, &buf);
    const uint8_t *body = memmem(message.at, message.count, "\r\n\r\n", 4);
    CU_ASSERT_PTR_NOT_NULL_FATAL(body);
    char wanted[16];
    snprintf(wanted, sizeof wanted, "%06zu\r\n", message.count - (size_t)(body - message.at) - 4);
    CU_ASSERT_EQUAL(memcmp(body + 4 + 392, wanted, 8), 0);
    buf_free(&buf);
}

static void test_dots(void)
{
    struct message_recipe recipe = {MESSAGE_DOTS, 20000, 0, 1};
    struct buf buf = BUF_INIT(0);
    CU_ASSERT(dot_lines(make(&recipe, 1, &buf)) > 50);
    buf_free(&buf);
}

/* A dot line begins within two octets of each boundary of the file, or of what is sent. */
static void test_blocks(void)
{
    struct message_recipe recipe = {MESSAGE_DOTS, 60000, 1460, 1};
    struct buf buf = BUF_INIT(0);
    struct octets message = make(&recipe, 7, &buf);
    size_t dots = 0, near = 0;
    for (size_t i = 1; i < message.count; i++) {
        if (message.at[i] != '.' || message.at[i - 1] != '\n')
            continue;
        size_t in_file = (i + 2) % 1460, as_sent = (i + dots + 2) % 1460;
        near += in_file <= 4 || as_sent <= 4;
        dots++;
    }
    CU_ASSERT(dots >= 35);
    CU_ASSERT_EQUAL(near, dots);
    buf_free(&buf);
}

static void test_seed(void)
{
    struct message_recipe recipe = {MESSAGE_OCTETS, 4000, 0, 1},
                          other = {MESSAGE_OCTETS, 4000, 0, 2};
    struct buf one = BUF_INIT(0), same = BUF_INIT(0), seeded = BUF_INIT(0), numbered = BUF_INIT(0);
    struct octets first = make(&recipe, 1, &one);
    CU_ASSERT_TRUE(octets_equal(first, make(&recipe, 1, &same)));
    CU_ASSERT_FALSE(octets_equal(first, make(&recipe, 2, &seeded)));
    CU_ASSERT_FALSE(octets_equal(first, make(&other, 1, &numbered)));
    buf_free(&one);
    buf_free(&same);
    buf_free(&seeded);
    buf_free(&numbered);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"form", test_form},     {"length", test_length}, {"dots", test_dots},
        {"blocks", test_blocks}, {"seed", test_seed},
    };
    return unit_main("message make", tests, sizeof tests / sizeof *tests, argc, argv);
}
