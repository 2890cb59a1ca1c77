#include "mockserver/journal_text.h"

#include "tests/unit/unit.h"
#include "wire/random.h"

enum { MOST = 700, TEXT_MOST = 2 * MOST + JOURNAL_TEXT_ROOM };

struct text {
    size_t count;
    char at[TEXT_MOST];
};

typedef size_t writer(struct octets *octets, char *at, size_t room);

/* In as many calls as so much room each asks for. */
static void write_by(struct text *text, writer *write, struct octets octets, size_t room)
{
    text->count = 0;
    while (octets.count > 0) {
        size_t before = octets.count;
        text->count += write(&octets, text->at + text->count, room);
        CU_ASSERT_FATAL(octets.count < before && text->count + room <= TEXT_MOST);
    }
}

static bool is_text(const struct text *text, const char *expected)
{
    return text->count == strlen(expected) && memcmp(text->at, expected, text->count) == 0;
}

/* Of these octets every third is escaped. */
static void fill_plain(uint8_t *at, size_t count, uint64_t seed)
{
    static const char escaped[] = "\r\n\t\"\\";
    struct random random = random_seeded(seed, 1);
    for (size_t i = 0; i < count; i++)
        at[i] = random_below(&random, 3) ? (uint8_t)(' ' + random_below(&random, 95))
                                         : (uint8_t)escaped[random_below(&random, 5)];
}

static size_t unescape(const struct text *text, uint8_t *at)
{
    size_t count = 0;
    for (size_t i = 0; i < text->count; i++) {
        char octet = text->at[i];
        CU_ASSERT_FATAL(octet >= ' ' && octet <= '~' && octet != '"');
        if (octet == '\\') {
            octet = text->at[++i];
            octet = octet == 'r' ? '\r' : octet == 'n' ? '\n' : octet == 't' ? '\t' : octet;
        }
        at[count++] = (uint8_t)octet;
    }
    return count;
}

static void test_escape(void)
{
    struct text text;
    write_by(&text, journal_text_escape, OCTETS("a\r\n\t\"\\z"), JOURNAL_TEXT_ROOM);
    CU_ASSERT_TRUE(is_text(&text, "a\\r\\n\\t\\\"\\\\z"));
    for (size_t count = 1; count <= MOST; count++) {
        uint8_t octets[MOST], again[TEXT_MOST];
        fill_plain(octets, count, count);
        write_by(&text, journal_text_escape, (struct octets){octets, count}, JOURNAL_TEXT_ROOM);
        CU_ASSERT_EQUAL(unescape(&text, again), count);
        CU_ASSERT_EQUAL(memcmp(octets, again, count), 0);
    }
}

/* As the header has it, octet by octet, with room for all; returns how many octets it took. */
static size_t escape_slowly(struct text *text, const uint8_t *octets, size_t count)
{
    text->count = 0;
    for (size_t i = 0; i < count; i++) {
        static const char escaped[] = "\r\n\t\"\\", letters[] = "rnt\"\\";
        const char *found = octets[i] ? strchr(escaped, octets[i]) : NULL;
        if (!found && (octets[i] < ' ' || octets[i] > '~'))
            return i;
        if (found)
            text->at[text->count++] = '\\';
        text->at[text->count++] = found ? letters[found - escaped] : (char)octets[i];
    }
    return count;
}

static void compare_escaped(const uint8_t *octets, size_t count)
{
    static writer *const writers[] = {journal_text_escape, journal_text_escape_narrow};
    struct text expected;
    size_t taken = escape_slowly(&expected, octets, count);
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        struct text text;
        struct octets left = {octets, count};
        text.count = writers[i](&left, text.at, sizeof text.at);
        CU_ASSERT_EQUAL(left.count, count - taken);
        CU_ASSERT_PTR_EQUAL(left.at, octets + taken);
        CU_ASSERT_EQUAL_FATAL(text.count, expected.count);
        CU_ASSERT_EQUAL(memcmp(text.at, expected.at, text.count), 0);
    }
}

/* Every octet, and pairs of CR and LF, at every place of some blocks and of what is behind them. */
static void test_escape_every_place(void)
{
    enum { LENGTH = 4 * 64 + 5 };
    static const char pairs[][3] = {"\r\n", "\n\r", "\r\r", "\"\\", "\r\t", "\r\xff", "\n\x7f"};
    uint8_t octets[LENGTH];
    memset(octets, 'x', sizeof octets);
    for (size_t place = 0; place < LENGTH; place++) {
        for (int octet = 0; octet < 256; octet++) {
            octets[place] = (uint8_t)octet;
            compare_escaped(octets, LENGTH);
        }
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs && place + 1 < LENGTH; i++) {
            memcpy(octets + place, pairs[i], 2);
            compare_escaped(octets, LENGTH);
            octets[place + 1] = 'x';
        }
        octets[place] = 'x';
    }
}

/* All lengths, many escapes, and one octet somewhere that is not plain. */
static void test_escape_like_slowly(void)
{
    for (size_t count = 1; count <= MOST; count++) {
        uint8_t octets[MOST];
        fill_plain(octets, count, count);
        compare_escaped(octets, count);
        struct random random = random_seeded(count, 2);
        for (int round = 0; round < 8; round++) {
            size_t place = random_below(&random, count);
            uint8_t kept = octets[place];
            octets[place] = "\0\x01\x1b\x1f\x7f\x80\xa4\xff"[round];
            compare_escaped(octets, count);
            octets[place] = kept;
        }
    }
}

/* What is taken fits, also where all of it is escaped, and nothing behind the room is touched. */
static void test_escape_room(void)
{
    uint8_t octets[MOST];
    memset(octets, '"', sizeof octets);
    for (size_t room = JOURNAL_TEXT_ROOM; room < 2 * MOST; room++) {
        struct text text;
        memset(text.at, '#', sizeof text.at);
        struct octets left = {octets, sizeof octets};
        size_t written = journal_text_escape(&left, text.at, room);
        CU_ASSERT_TRUE(written <= room && written == 2 * (sizeof octets - left.count));
        for (size_t i = room; i < sizeof text.at; i++)
            if (text.at[i] != '#')
                CU_FAIL("behind the room");
    }
}

static void test_plain(void)
{
    uint8_t octets[200];
    for (size_t count = 1; count <= sizeof octets; count++) {
        fill_plain(octets, count, count);
        CU_ASSERT_TRUE(journal_text_plain((struct octets){octets, count}));
        for (int octet = 0; octet < 256; octet++) {
            bool plain = (octet >= ' ' && octet <= '~') || strchr("\r\n\t", octet);
            octets[octet % count] = (uint8_t)octet;
            CU_ASSERT_EQUAL(journal_text_plain((struct octets){octets, count}), plain && octet);
            octets[octet % count] = 'x';
        }
    }
}

/* RFC 4648 §10. */
static void test_base64(void)
{
    static const char *const texts[][2] = {{"f", "Zg=="},         {"fo", "Zm8="},
                                           {"foo", "Zm9v"},       {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
    struct text text;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t room = 4; room <= 12; room++) {
            write_by(&text, journal_text_base64, octets_of(texts[i][0]), room);
            CU_ASSERT_TRUE(is_text(&text, texts[i][1]));
        }
    write_by(&text, journal_text_base64, OCTETS("\xff\xfe\x00\xfb\xef\xbe"), 4);
    CU_ASSERT_TRUE(is_text(&text, "//4A++++"));
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"escaped for JSON", test_escape},
        {"escaped at every place", test_escape_every_place},
        {"escaped like it is slowly", test_escape_like_slowly},
        {"escaped into no more room", test_escape_room},
        {"what is plain", test_plain},
        {"base64", test_base64},
    };
    return unit_main("journal_text", tests, sizeof tests / sizeof *tests, argc, argv);
}
