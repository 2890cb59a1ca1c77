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
        {"what is plain", test_plain},
        {"base64", test_base64},
    };
    return unit_main("journal_text", tests, sizeof tests / sizeof *tests, argc, argv);
}
