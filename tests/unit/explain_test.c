#include "harness/explain.h"

#include <string.h>

#include "tests/unit/loading.h"
#include "tests/unit/unit.h"

static void is_text(const struct words *words, const char *expected)
{
    bool same = words->buf.count == strlen(expected) &&
                memcmp(words->buf.at, expected, words->buf.count) == 0;
    CU_ASSERT(same);
    if (!same)
        printf("\nfound    %.*s\nexpected %s\n", (int)words->buf.count, (const char *)words->buf.at,
               expected);
    CU_ASSERT_FALSE(words->failed);
}

static struct scenario_set scenario_with(const char *members)
{
    char text[2048];
    struct told told = {"", 0};
    snprintf(text, sizeof text, "{\"version\": 1, \"title\": {\"en\": \"x\"}, %s}", members);
    struct scenario_set set = load_text(text, &told);
    if (set.count == 0)
        printf("\n%s", told.text);
    CU_ASSERT_EQUAL_FATAL(set.count, 1);
    return set;
}

/* One rule, in both languages. */
static void rule(const char *json, const char *english, const char *japanese)
{
    char members[1024];
    snprintf(members, sizeof members, "\"rules\": [%s]", json);
    struct scenario_set set = scenario_with(members);
    static const enum language languages[] = {LANGUAGE_EN, LANGUAGE_JA};
    for (size_t i = 0; i < 2; i++) {
        struct words words;
        words_begin(&words, languages[i]);
        explain_rule(&words, &set.at[0]->rules[0]);
        is_text(&words, i == 0 ? english : japanese);
        words_free(&words);
    }
    scenario_set_free(&set);
}

static void test_replies(void)
{
    rule("{\"at\": \"RCPT\", \"message\": 1, \"times\": 1, \"reply\": \"450 busy\"}",
         "RCPT, of transaction 1, once only: the reply is \"450 busy\"",
         "RCPT、電文送信1回目、最初の一度だけ: 「450 busy」を返す");
    rule("{\"at\": \"HELO\", \"reply\": {\"text\": \"ERROR\"}}",
         "HELO: the usual code, with the text \"ERROR\" behind it",
         "HELO: 通常の応答コードに文字列「ERROR」を付けて返す");
    rule("{\"at\": \"DATA\", \"reply\": {\"octets\": \"yes\\r\\n\"}}",
         "DATA: in place of a reply come the octets \"yes\\r\\n\"",
         "DATA: 正しい応答でないバイト列「yes\\r\\n」を返す");
    rule("{\"at\": \"banner\", \"reply\": {\"code\": 220, \"text\": [\"a\", \"b\"]}, \"delay\": "
         "\"3s\"}",
         "greeting: the centre waits for 3 s before it goes on; the reply is \"220-a\\r\\n220 b\"",
         "接続時の応答: センターは3秒待ってから先へ進む。「220-a\\r\\n220 b」を返す");
}

static void test_pieces(void)
{
    rule("{\"at\": \"any\", \"split\": [1, 2]}",
         "every reply: the reply is the usual one; it comes in several segments: 1 octet, "
         "2 octets, then the rest",
         "すべての応答: 応答の内容は通常どおり。応答が分割されて届く(1バイト、2バイト、残り)");
    rule("{\"at\": \"MAIL\", \"split\": [1, 2], \"pauses\": [\"1s\", \"250ms\"]}",
         "MAIL: the reply is the usual one; it comes in several segments: 1 octet, 2 octets, then "
         "the rest, with pauses of 1 s, 250 ms",
         "MAIL: "
         "応答の内容は通常どおり。応答が分割されて届く(1バイト、2バイト、残り)"
         "。間隔は1秒、250ミリ秒");
    rule("{\"at\": \"MAIL\", \"dribble\": {\"octets\": 1, \"every\": \"500ms\"}}",
         "MAIL: the reply is the usual one; it comes in pieces of 1 octet, one every 500 ms",
         "MAIL: 応答の内容は通常どおり。応答は1バイトずつ、間隔500ミリ秒で少しずつ届く");
    rule("{\"at\": \"MAIL\", \"delay\": {\"uniform\": [\"1s\", \"3s\"]}}",
         "MAIL: the centre waits for 1 s to 3 s before it goes on; the reply is the usual one",
         "MAIL: センターは1秒〜3秒待ってから先へ進む。応答の内容は通常どおり");
}

static void test_silence(void)
{
    rule("{\"at\": \"QUIT\", \"stall\": true}",
         "QUIT: no reply ever comes; the connection stays open",
         "QUIT: 応答をまったく返さず、コネクションは開いたままにする");
    rule("{\"at\": \"body\", \"after\": {\"octets\": 4096}, \"stop_reading\": {\"for\": \"10%\"}}",
         "inside the message, after 4096 octets: the centre stops reading (the sender's window "
         "closes) for 10% of the sender's limit, then it reads on",
         "電文の途中(4096バイトを受信した後): センターが受信を止める(送信側のウィンドウが閉じる)。"
         "送信側の監視時間の10%が過ぎると受信を再開する");
    rule(
        "{\"at\": \"connect\", \"refuse\": \"silence\", \"connection\": [1, 3]}",
        "connecting, on connection 1, 3: the connect is never answered (a full backlog)",
        "コネクション接続要求、コネクション1、3: 接続要求に何も答えない(バックログがあふれた状態)");
}

static void test_closing(void)
{
    rule("{\"at\": \"MAIL\", \"occurrence\": 2, \"close\": \"rst\"}",
         "MAIL, time 2 on its connection only: no reply: the centre resets the connection (RST)",
         "MAIL、同じコネクションで2回目のみ: 応答せずにコネクションを強制的に切断する(RST)");
    rule("{\"at\": \"end-of-data\", \"store\": true, \"close\": \"half\"}",
         "end of data: no reply: the centre closes its own direction alone (FIN) and reads on; "
         "the message is kept all the same",
         "電文の終端: 応答せずにセンターからの方向だけを閉じ(FIN)、受信は続ける。"
         "それでも電文はセンターに受理されている");
    rule("{\"at\": \"DATA\", \"reply\": \"421 going\", \"close\": \"fin\"}",
         "DATA: the reply is \"421 going\"; then the centre closes the connection (FIN)",
         "DATA: 「421 going」を返す。その後コネクションを切断する(FIN)");
}

/* Long replies are cut by what they take on the line. */
static void test_long_reply(void)
{
    rule("{\"at\": \"HELO\", \"reply\": {\"code\": 250, \"text\": \"0123456789012345678901234567890"
         "1234567890123456789012345678901234567890\"}}",
         "HELO: the reply is \"250 01234567890123456789012345678901234567890123456789012345...\" "
         "(75 octets)",
         "HELO: 「250 "
         "01234567890123456789012345678901234567890123456789012345...」(全75バイト)を返す");
}

struct kept {
    char text[4096];
};

static void keep(void *owner, const struct words *words)
{
    struct kept *kept = owner;
    size_t used = strlen(kept->text);
    snprintf(kept->text + used, sizeof kept->text - used, "%.*s\n", (int)words->buf.count,
             (const char *)words->buf.at);
}

/* What is expected; `told` are the lines, but for the one that stands in every case. */
static void expectation(const char *members, enum language language, const char *told)
{
    struct scenario_set set = scenario_with(members);
    struct check_message messages[] = {{"a.eml", {NULL, 0}}, {"b.eml", {NULL, 0}}};
    const struct suite_case test = {
        .scenario = set.at[0], .messages = messages, .message_count = set.at[0]->message_count};
    struct kept kept = {""};
    CU_ASSERT(explain_expectations(&test, language, keep, &kept));
    bool same = strncmp(kept.text, told, strlen(told)) == 0;
    CU_ASSERT(same);
    const char *rest = same ? kept.text + strlen(told) : "";
    CU_ASSERT_PTR_NOT_NULL(strchr(rest, '\n'));
    CU_ASSERT(strchr(rest, '\n') && strchr(rest, '\n')[1] == '\0');
    if (!same)
        printf("\nfound\n%s\nexpected\n%s\n", kept.text, told);
    scenario_set_free(&set);
}

#define TWO "\"messages\": [\"plain\", \"plain\"], "

static void test_outcomes(void)
{
    expectation(TWO "\"expect\": {\"outcome\": \"accepted\"}", LANGUAGE_EN,
                "in the end the centre holds every message, each once, octet for octet\n"
                "the sender reports every message as accepted\n");
    expectation(TWO "\"rules\": [{\"at\": \"RCPT\", \"message\": 1, \"reply\": \"450 x\"}], "
                    "\"expect\": {\"accepted\": [2], \"outcome\": [\"deferred\", \"unsent\"]}",
                LANGUAGE_EN,
                "in the end the centre holds message 2 (b.eml), once, octet for octet\n"
                "the sender reports message 1 (a.eml) as deferred or unsent\n");
    expectation(TWO "\"rules\": [{\"at\": \"RCPT\", \"message\": 1, \"reply\": \"450 x\"}], "
                    "\"expect\": {\"accepted\": [2], \"outcome\": \"deferred\"}",
                LANGUAGE_JA,
                "最後に、センターが電文2(b.eml)を一通だけ、1バイトも違わずに受理している\n"
                "送信側は電文1(a.eml)の結果を保留(deferred)と報告する\n");
}

static void test_other_expectations(void)
{
    expectation("\"messages\": [\"plain\"], \"rules\": [{\"at\": \"RCPT\", \"stall\": true}], "
                "\"expect\": {\"accepted\": [], \"gives_up\": {\"at\": \"RCPT\"}, "
                "\"connections\": {\"max\": 2}}",
                LANGUAGE_EN,
                "in the end the centre holds no message\n"
                "the sender gives up when its declared limit is over, neither much earlier nor "
                "much later (RCPT)\n"
                "the sender makes at most 2 connections\n");
    expectation("\"messages\": [\"plain\"], \"rules\": [{\"at\": \"RCPT\", \"reply\": \"450 x\"}], "
                "\"expect\": {\"next\": {\"after\": \"RCPT\", \"allowed\": [\"RSET\", \"QUIT\"], "
                "\"close\": true}}",
                LANGUAGE_EN,
                "after that reply (RCPT), what comes next is RSET, QUIT, or the sender closes\n");
    expectation("\"messages\": [\"plain\"], \"rules\": [{\"at\": \"RCPT\", \"reply\": \"250 x\"}], "
                "\"expect\": {\"same_actions_as\": \"plain\", \"quit_within\": \"1s\"}",
                LANGUAGE_JA,
                "最後の応答からQUITまでの時間は最大1秒\n"
                "送信側の動作が、通常の文字列の応答を受けたときと1バイトも違わない\n");
}

static void settings(const char *members, const char *told)
{
    struct scenario_set set = scenario_with(members);
    struct kept kept = {""};
    CU_ASSERT(explain_settings(&set.at[0]->centre, LANGUAGE_EN, keep, &kept));
    CU_ASSERT_STRING_EQUAL(kept.text, told);
    scenario_set_free(&set);
}

static void test_settings(void)
{
    settings("\"centre\": {}", "");
    settings("\"centre\": {\"domain\": \"MAIL.TEST.NACCS6\"}",
             "the centre's domain is MAIL.TEST.NACCS6\n");
    settings("\"centre\": {\"ehlo\": [\"SIZE\", \"8BITMIME\"], \"idle_limit\": \"1h\"}",
             "the centre's idle limit is 60 min\n"
             "EHLO is accepted; offered: SIZE, 8BITMIME\n");
}

static void dns(const char *json, const char *english)
{
    char members[1024];
    snprintf(members, sizeof members, "\"dns\": [%s]", json);
    struct scenario_set set = scenario_with(members);
    struct words words;
    words_begin(&words, LANGUAGE_EN);
    explain_dns_rule(&words, &set.at[0]->dns_rules[0]);
    is_text(&words, english);
    words_free(&words);
    scenario_set_free(&set);
}

static void test_name_server(void)
{
    dns("{\"answer\": \"nxdomain\", \"query\": 1}",
        "name server, query 1: answers NXDOMAIN (no such name)");
    dns("{\"answer\": {\"addresses\": [\"dead\", \"centre\"]}, \"delay\": \"2s\", \"type\": \"A\"}",
        "name server, asked for A: after 2 s answers with an address that refuses connects, then "
        "the centre's address");
}

static void test_nearest(void)
{
    struct suite_requirement requirements[] = {{.id = "BODY-3"}, {.id = "QUIT-1"}};
    struct scenario scenarios[] = {
        {.id = "rcpt/251"}, {.id = "rcpt/case/lower"}, {.id = "time-limits/late/RCPT"}};
    struct suite_case cases[] = {
        {.scenario = &scenarios[0]}, {.scenario = &scenarios[1]}, {.scenario = &scenarios[2]}};
    const struct suite suite = {
        .requirements = requirements, .requirement_count = 2, .cases = cases, .case_count = 3};
    const char *nearest[4];
    CU_ASSERT_EQUAL_FATAL(explain_nearest(&suite, "BODY3", nearest, 4), 1);
    CU_ASSERT_STRING_EQUAL(nearest[0], "BODY-3");
    CU_ASSERT_EQUAL_FATAL(explain_nearest(&suite, "rcpt/25", nearest, 4), 2);
    CU_ASSERT_STRING_EQUAL(nearest[0], "rcpt/251");
    CU_ASSERT_STRING_EQUAL(nearest[1], "rcpt/case/lower");
    CU_ASSERT_EQUAL_FATAL(explain_nearest(&suite, "late", nearest, 4), 1);
    CU_ASSERT_STRING_EQUAL(nearest[0], "time-limits/late/RCPT");
    CU_ASSERT_EQUAL(explain_nearest(&suite, "something else", nearest, 4), 0);
    CU_ASSERT_EQUAL(explain_nearest(&suite, "rcpt", nearest, 1), 1);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"replies", test_replies},
        {"pieces", test_pieces},
        {"silence", test_silence},
        {"closing", test_closing},
        {"long reply", test_long_reply},
        {"outcomes", test_outcomes},
        {"other expectations", test_other_expectations},
        {"settings", test_settings},
        {"name server", test_name_server},
        {"nearest", test_nearest},
    };
    return unit_main("explain", tests, sizeof tests / sizeof *tests, argc, argv);
}
