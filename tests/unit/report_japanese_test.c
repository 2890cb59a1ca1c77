#include "harness/report_japanese.h"

#include <string.h>

#include "harness/report_japanese_table.h"
#include "tests/unit/unit.h"

static void expect(const char *english, const char *expected)
{
    struct buf japanese = BUF_INIT(0);
    bool known = report_japanese(&japanese, english);
    CU_ASSERT_EQUAL(known, expected != NULL);
    if (known && expected)
        CU_ASSERT_STRING_EQUAL((const char *)japanese.at, expected);
    if (!known)
        CU_ASSERT_EQUAL(japanese.count, 0);
    buf_free(&japanese);
}

/* What is quoted stays; what is a phrase itself is translated inside of another. */
static void test_phrases(void)
{
    expect("QUIT when the last message is done", "最後の電文が終わったらQUITを送ること");
    expect("a line of 1001 octets, its CRLF counted", "CRLFを含めて1001バイトの行");
    expect("after \"MAIL FROM:<a with b>\" it went on with \"DATA\"",
           "\"MAIL FROM:<a with b>\"の後に\"DATA\"へ進んだ");
    expect("it waited 6.250 s for the reply to the end of data, until the harness stopped it",
           "終端への応答を、試験側に止められるまで6.250 s待った");
    expect("\"QUIT\" was sent before the greeting", "接続時の応答より前に\"QUIT\"が送られた");
    expect("{0} was sent before the greeting", "接続時の応答より前に{0}が送られた");
    expect(
        "it closed the connection without QUIT (the harness stopped the sender: it connected again "
        "and again)",
        "QUITを送らずに接続を切断した(試験側が送信側を止めた: 何度も接続を繰り返した)");
    expect(
        "no HELO is in it; octets are missing in 2 places; there is more in it than was looked at",
        "HELOが含まれていない。2か所でバイト列が欠けている。調べた範囲より多くの記録がある");
    expect("something else", NULL);
    expect("", NULL);
}

/* Every phrase can be reached, names no gap that it has not, and is in Japanese. */
static void test_table(void)
{
    for (size_t i = 0; i < japanese_phrase_count; i++) {
        const struct japanese_phrase *phrase = &japanese_phrases[i];
        struct buf english = BUF_INIT(0), japanese = BUF_INIT(0);
        unsigned gaps = 0;
        for (const char *at = phrase->en; *at; at++) {
            bool gap = strncmp(at, "{}", 2) == 0;
            CU_ASSERT(gap ? buf_format(&english, "<%u>", gaps++)
                          : buf_append_octet(&english, (uint8_t)*at));
            at += gap;
        }
        CU_ASSERT(buf_append_octet(&english, '\0'));
        bool good = report_japanese(&japanese, (const char *)english.at);
        for (unsigned gap = 0; good && gap < gaps; gap++) {
            char name[16];
            snprintf(name, sizeof name, "<%u>", gap);
            good = strstr((const char *)japanese.at, name) != NULL;
        }
        good = good && !strstr((const char *)japanese.at, "{0}") &&
               !strstr((const char *)japanese.at, "{1}");
        if (!good)
            fprintf(stderr, "%s\n", phrase->en);
        CU_ASSERT(good);
        bool foreign = false;
        for (const char *at = phrase->ja; *at; at++)
            foreign |= (unsigned char)*at >= 0xe3;
        CU_ASSERT(foreign || strcmp(phrase->en, "RCPT TO:<the centre's address>") == 0);
        buf_free(&english);
        buf_free(&japanese);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {{"phrases", test_phrases}, {"table", test_table}};
    return unit_main("report japanese", tests, sizeof tests / sizeof *tests, argc, argv);
}
