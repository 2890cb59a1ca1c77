#include "mockserver/mask.h"

#include <stdlib.h>

#include "tests/unit/unit.h"
#include "wire/random.h"

static const char header[] = "From: a@b\r\nSubject: x\r\n\r\n";

/* Puts text at `at`; returns its length. */
static size_t put(char *at, const char *text)
{
    size_t count = strlen(text);
    memcpy(at, text, count + 1);
    return count;
}

/* Header, and a first line of `length` octets with the password "PASSWORD" at octets 37 to 44,
 * counted from 0. */
static size_t message_make(char *at, const char *begin, size_t length, const char *end)
{
    size_t count = 0;
    count += put(at, header);
    count += put(at + count, begin);
    for (size_t i = 0; i < length; i++)
        at[count++] = i >= 37 && i < 45 ? "PASSWORD"[i - 37] : 'a';
    count += put(at + count, end);
    return count;
}

/* Puts '*' where mask_find tells; pieces end at `cut`. */
static void masked(char *at, size_t count, size_t cut, enum mask_form form)
{
    struct mask mask = {0};
    for (size_t from = 0; from < count;) {
        size_t end = from < cut ? cut : count;
        struct octets octets = {(const uint8_t *)at + from, end - from};
        size_t secret_at = 0, secret_count = 0;
        from += mask_find(&mask, form, octets, &secret_at, &secret_count);
        memset((char *)(uintptr_t)octets.at + secret_at, '*', secret_count);
    }
}

static void test_every_split(void)
{
    char plain[2048], expected[2048], got[2048];
    for (int stuffed = 0; stuffed < 2; stuffed++) {
        size_t count = message_make(plain, stuffed ? "." : "", 398,
                                    "\r\nPASSWORD stands here too\r\n\r\nPASSWORD\r\n");
        if (stuffed) /* the line begins with a dot of its own */
            plain[sizeof header] = '.';
        memcpy(expected, plain, count);
        memset(expected + sizeof header - 1 + (stuffed ? 1 : 0) + 37, '*', 8);
        for (size_t cut = 0; cut <= count; cut++) {
            memcpy(got, plain, count);
            masked(got, count, cut, stuffed ? MASK_STUFFED : MASK_CONTENT);
            CU_ASSERT_EQUAL(memcmp(got, expected, count), 0);
        }
    }
}

static void test_octet_by_octet(void)
{
    char plain[2048];
    size_t count = message_make(plain, "", 398, "\r\nrest\r\n.\r\n");
    struct mask mask = {0};
    size_t secrets = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = 0, found = 0;
        CU_ASSERT_EQUAL(
            mask_find(&mask, MASK_STUFFED, (struct octets){(uint8_t *)plain + i, 1}, &at, &found),
            1);
        if (found > 0) {
            CU_ASSERT_TRUE(i >= sizeof header - 1 + 37 && i < sizeof header - 1 + 45);
            secrets += found;
        }
    }
    CU_ASSERT_EQUAL(secrets, 8);
}

static void test_other_lengths(void)
{
    char plain[2048], got[2048];
    static const size_t lengths[] = {0, 10, 40, 44, 100, 397, 399, 900};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t count = message_make(plain, "", lengths[i], "\r\n");
        memcpy(got, plain, count);
        masked(got, count, count, MASK_STUFFED);
        CU_ASSERT_EQUAL(memcmp(got, plain, count), 0);
    }
}

static void test_end_unknown(void)
{
    char got[2048];
    size_t count = message_make(got, "", 60, "");
    masked(got, count, count, MASK_STUFFED);
    CU_ASSERT_EQUAL(memcmp(got + sizeof header - 1 + 37, "********aaaa", 12), 0);
}

static void test_no_header(void)
{
    char got[2048];
    size_t count = put(got, "\r\n");
    for (size_t i = 0; i < 398; i++)
        got[count++] = 'a';
    count += put(got + count, "\r\n");
    masked(got, count, count, MASK_STUFFED);
    CU_ASSERT_EQUAL(memcmp(got + 2 + 36, "a********a", 10), 0);
}

static void test_bare_line_feeds(void)
{
    char got[2048];
    size_t count = put(got, "From: a\n\n");
    size_t begin = count;
    for (size_t i = 0; i < 398; i++)
        got[count++] = 'a';
    count += put(got + count, "\n");
    masked(got, count, count, MASK_STUFFED);
    CU_ASSERT_EQUAL(memcmp(got + begin + 36, "a********a", 10), 0);
}

static void test_two_messages_in_one_stream(void)
{
    char plain[4096], got[4096];
    size_t first = put(plain, "HELO a\r\nDATA\r\n");
    size_t one = first;
    first += message_make(plain + first, "", 398, "\r\nx\r\n.\r\nMAIL FROM:<a@b>\r\nDATA\r\n");
    size_t two = first;
    size_t count = first + message_make(plain + first, "", 398, "\r\n.\r\nQUIT\r\n");
    for (size_t cut = 0; cut <= count; cut++) {
        memcpy(got, plain, count);
        masked(got, count, cut, MASK_STUFFED);
        CU_ASSERT_EQUAL(memcmp(got + one + sizeof header - 1 + 36, "a********a", 10), 0);
        CU_ASSERT_EQUAL(memcmp(got + two + sizeof header - 1 + 36, "a********a", 10), 0);
        size_t stars = 0;
        for (size_t i = 0; i < count; i++)
            stars += got[i] == '*';
        CU_ASSERT_EQUAL(stars, 16);
    }
}

/* Messages in chunks have no lone dot between them. */
static void test_chunks(void)
{
    char plain[4096], got[4096];
    size_t one = put(plain, "BDAT 500 LAST\r\n");
    size_t two = one + message_make(plain + one, "", 398,
                                    "\r\nB\r\nBDATA\r\nMAIL FROM:<a@b>\r\nBDAT 500 LAST\r\n");
    size_t count = two + message_make(plain + two, "", 398, "\r\nQUIT\r\n");
    for (size_t cut = 0; cut <= count; cut++) {
        memcpy(got, plain, count);
        masked(got, count, cut, MASK_WIRE);
        CU_ASSERT_EQUAL(memcmp(got + one + sizeof header - 1 + 36, "a********a", 10), 0);
        CU_ASSERT_EQUAL(memcmp(got + two + sizeof header - 1 + 36, "a********a", 10), 0);
        /* In a message that ends with a lone dot it is a line as any other. */
        memcpy(got, plain, count);
        masked(got, count, cut, MASK_STUFFED);
        CU_ASSERT_EQUAL(memcmp(got + two, plain + two, count - two), 0);
    }
}

/* Behind the password lines are passed by in blocks: wherever the lone dot stands in them, the next
 * message's password is found. */
static void test_lone_dot_at_every_place(void)
{
    static const char *const rests[] = {"",       "x",           "\r\n",   ".",
                                        "..\r\n", "x\r\n.x\r\n", "a\n.\n", "\r"};
    for (size_t filler = 0; filler < 200; filler++) {
        for (size_t i = 0; i < sizeof rests / sizeof *rests; i++) {
            char got[4096];
            size_t count = message_make(got, "", 398, "\r\n");
            memset(got + count, 'y', filler);
            count += filler;
            count += put(got + count, rests[i]);
            count += put(got + count, "\r\n.\r\nDATA\r\n");
            size_t second = count;
            count += message_make(got + count, "", 398, "\r\n.\r\n");
            masked(got, count, count, MASK_STUFFED);
            CU_ASSERT_EQUAL(memcmp(got + sizeof header - 1 + 36, "a********a", 10), 0);
            CU_ASSERT_EQUAL(memcmp(got + second + sizeof header - 1 + 36, "a********a", 10), 0);
        }
    }
}

/* The pieces in which a stream comes change nothing: all at once, or octet by octet. */
static void test_pieces_change_nothing(void)
{
    enum { COUNT = 300 };
    struct random random = random_seeded(1, 1);
    for (int round = 0; round < 20000; round++) {
        enum mask_form form = round % 2 ? MASK_WIRE : MASK_STUFFED;
        char stream[COUNT];
        for (size_t i = 0; i < COUNT; i++) {
            size_t choice = random_below(&random, 64);
            stream[i] = choice < 5 ? "\r\n..\n"[choice] : 'a';
            if (choice == 5 && i + 5 < COUNT) {
                memcpy(stream + i, "\r\n.\r\n", 5);
                i += 4;
            } else if (choice == 6 && i + 8 < COUNT) {
                size_t length = 1 + random_below(&random, 8);
                memcpy(stream + i, "\r\nBDAT \n", length);
                i += length - 1;
            }
        }
        struct mask whole = {.place = MASK_REST}, pieces = whole;
        size_t at, found;
        for (size_t from = 0; from < COUNT;)
            from += mask_find(&whole, form,
                              (struct octets){(const uint8_t *)stream + from, COUNT - from}, &at,
                              &found);
        for (size_t i = 0; i < COUNT; i++)
            mask_find(&pieces, form, (struct octets){(const uint8_t *)stream + i, 1}, &at, &found);
        CU_ASSERT_EQUAL(whole.place, pieces.place);
        if (whole.place == MASK_ITEMS) {
            CU_ASSERT_EQUAL(whole.column, pieces.column);
            CU_ASSERT_EQUAL(whole.stuffed, pieces.stuffed);
        }
    }
}

static void test_stops_behind_a_secret(void)
{
    char plain[2048];
    size_t count = message_make(plain, "", 398, "\r\nmore\r\n");
    struct mask mask = {0};
    size_t at = 0, found = 0;
    size_t taken =
        mask_find(&mask, MASK_STUFFED, (struct octets){(uint8_t *)plain, count}, &at, &found);
    CU_ASSERT_EQUAL(found, 8);
    CU_ASSERT_EQUAL(at, sizeof header - 1 + 37);
    CU_ASSERT_TRUE(taken >= at + found && taken < count);
    taken += mask_find(&mask, MASK_STUFFED,
                       octets_from((struct octets){(uint8_t *)plain, count}, taken), &at, &found);
    CU_ASSERT_EQUAL(found, 0);
    CU_ASSERT_EQUAL(taken, count);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"every split", test_every_split},
        {"octet by octet", test_octet_by_octet},
        {"other lengths", test_other_lengths},
        {"end unknown", test_end_unknown},
        {"no header", test_no_header},
        {"bare line feeds", test_bare_line_feeds},
        {"two messages in one stream", test_two_messages_in_one_stream},
        {"lone dot at every place", test_lone_dot_at_every_place},
        {"pieces change nothing", test_pieces_change_nothing},
        {"chunks", test_chunks},
        {"stops behind a secret", test_stops_behind_a_secret},
    };
    return unit_main("mask", tests, sizeof tests / sizeof *tests, argc, argv);
}
