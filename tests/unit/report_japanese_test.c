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
    expect(
        "line 1 of the message, from octet 4, \"m: GW, was sent as\", was sent as \"m: G, \"W\r\": "
        "the octets differ",
        "電文の1行目の4バイト目から\"m: GW, was sent as\"が、\"m: G, \"W\r\"として送られた: "
        "バイト列が異なる");
    expect("after this reply only QUIT, RSET or the end of the connection",
           "この応答の後はQUIT, RSETまたは接続の終了だけ");
    expect("something else", NULL);
    expect("", NULL);
}

/* A text with "<0>", "<1>" … where the phrase has its gaps: "{}" in English, "{0}" in Japanese. */
static void fill(struct buf *buf, const char *phrase, bool numbered)
{
    unsigned gaps = 0;
    for (const char *at = phrase; *at; at++) {
        bool gap = numbered ? at[0] == '{' && at[1] >= '0' && at[1] <= '9' && at[2] == '}'
                            : strncmp(at, "{}", 2) == 0;
        CU_ASSERT(gap ? buf_format(buf, "<%u>", numbered ? (unsigned)(at[1] - '0') : gaps++)
                      : buf_append_octet(buf, (uint8_t)*at));
        at += gap ? (numbered ? 2 : 1) : 0;
    }
    CU_ASSERT(buf_append_octet(buf, '\0'));
}

/* Every phrase is found, and no other in its place; what it leaves open is all there, and it is in
 * Japanese. */
static void test_table(void)
{
    for (size_t i = 0; i < japanese_phrase_count; i++) {
        const struct japanese_phrase *phrase = &japanese_phrases[i];
        struct buf english = BUF_INIT(0), expected = BUF_INIT(0);
        if (strcmp(phrase->en, "{} or {}") == 0)
            continue; /* between phrases alone */
        fill(&english, phrase->en, false);
        fill(&expected, phrase->ja, true);
        expect((const char *)english.at, (const char *)expected.at);
        unsigned gaps = 0;
        for (const char *gap = strstr(phrase->en, "{}"); gap; gap = strstr(gap + 2, "{}")) {
            char name[16];
            snprintf(name, sizeof name, "<%u>", gaps++);
            CU_ASSERT_PTR_NOT_NULL(strstr((const char *)expected.at, name));
        }
        bool foreign = false;
        for (const char *at = phrase->ja; *at; at++)
            foreign |= (unsigned char)*at >= 0xe3;
        CU_ASSERT(foreign || strcmp(phrase->en, "RCPT TO:<the centre's address>") == 0);
        buf_free(&english);
        buf_free(&expected);
    }
}

/* A phrase that says more is meant, wherever in the table it stands. */
static void test_the_closest(void)
{
    expect("message 1 (a.eml) was reported as sent (the exit status was 0), but no 250 ever "
           "answered its end of data",
           "電文1(a.eml)は送信済みと報告された(終了ステータス0)が、終端への250は一度もなかった");
    expect("message 1 (a.eml) was reported as unsent or unknown (the exit status was 75)",
           "電文1(a.eml)は未送信(unsent)または不明(unknown)(終了ステータス75)と報告された");
    expect("the message reported as refused or deferred or unsent",
           "電文を拒否(refused)または保留(deferred)または未送信(unsent)と報告すること");
    expect("the message reported as accepted or refused or deferred or unknown or unsent",
           "電文を受理(accepted)または拒否(refused)または保留(deferred)または不明(unknown)"
           "または未送信(unsent)と報告すること");
    expect("this or that", NULL);
    expect("3 octets more than the message has, from \"ABC\"", "電文より3バイト多い(\"ABC\"から)");
    expect("2 octets more than the message has, from \"\" (an empty line)",
           "電文より2バイト多い(空行から)");
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"phrases", test_phrases}, {"table", test_table}, {"the closest", test_the_closest}};
    return unit_main("report japanese", tests, sizeof tests / sizeof *tests, argc, argv);
}
