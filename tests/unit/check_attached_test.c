/* The oracle where the sender is no command: what only the sender knows must not pass unseen. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/oracle.h"
#include "tests/unit/unit.h"

#define HELLO "open\n< 220 centre\n> HELO GW01\n< 250 centre\n"
#define ENVELOPE                                                                                   \
    "> MAIL FROM:<USER@GW01>\n< 250 ok\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n< 250 ok\n"            \
    "> DATA\n< 354 go ahead\n"
#define MESSAGE "Message-ID: <1@gw>\r\n\r\nline\r\n"
#define BODY    ">> Message-ID: <1@gw>\\r\\n\\r\\nline\\r\\n.\\r\\n\n"
#define QUIT    "> QUIT\n< 221 bye\nfin\nclosed\n"
#define SECONDS USEC_PER_SEC

static const struct expected_outcome accepted[] = {{0, OUTCOME_ACCEPTED}};

static struct findings judge(struct oracle_case test)
{
    struct findings findings;
    test.attached = true;
    test.messages[0] = MESSAGE;
    oracle_judge(&test, &findings);
    return findings;
}

static void expect(struct findings *findings, const char *complaints)
{
    char text[512];
    oracle_complaints(findings, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, complaints);
    for (size_t i = 0; strcmp(text, complaints) != 0 && i < findings->count; i++)
        fprintf(stderr, "    %s %s: %s\n", findings->at[i].requirement,
                verdict_name(findings->at[i].verdict), findings->at[i].actual);
}

static void test_untold(void)
{
    struct findings findings =
        judge((struct oracle_case){.dialogue = HELLO ENVELOPE BODY "< 250 ok\n" QUIT,
                                   .expect = {.outcomes = accepted, .outcome_count = 1}});
    expect(&findings, "");
    CU_ASSERT_EQUAL(findings.verdict, VERDICT_PASS);
    CU_ASSERT_EQUAL(oracle_verdict(&findings, "LOSS-1"), VERDICT_SKIP);
    CU_ASSERT_EQUAL(oracle_verdict(&findings, "LOSS-2"), VERDICT_SKIP);
    CU_ASSERT_EQUAL(oracle_verdict(&findings, "QUIT-1"), VERDICT_PASS);
    findings_free(&findings);
}

static void test_untold_and_lost(void)
{
    struct findings findings =
        judge((struct oracle_case){.dialogue = HELLO ENVELOPE BODY "stored\ncut-rst\nclosed\n"});
    expect(&findings, "");
    CU_ASSERT_EQUAL(oracle_verdict(&findings, "LOSS-3"), VERDICT_SKIP);
    findings_free(&findings);
}

static void test_told(void)
{
    struct findings findings = judge((struct oracle_case){
        .claims = {OUTCOME_ACCEPTED}, .dialogue = HELLO ENVELOPE BODY "< 250 ok\n" QUIT});
    expect(&findings, "");
    CU_ASSERT_EQUAL(oracle_verdict(&findings, "LOSS-1"), VERDICT_PASS);
    findings_free(&findings);
    findings = judge((struct oracle_case){.claims = {OUTCOME_ACCEPTED},
                                          .dialogue = HELLO ENVELOPE BODY "< 550 no\n" QUIT});
    expect(&findings, "LOSS-1 fail");
    findings_free(&findings);
}

/* What shows on the wire fails without anybody's word. */
static void test_twice(void)
{
    struct findings findings = judge((struct oracle_case){
        .dialogue = HELLO ENVELOPE BODY "< 250 ok\n" QUIT HELLO ENVELOPE BODY "< 250 ok\n" QUIT});
    expect(&findings, "LOSS-2 fail");
    findings_free(&findings);
}

static void test_cut(void)
{
    static const char stalled[] = HELLO "> MAIL FROM:<USER@GW01>\nstall\n";
    struct findings findings = judge(
        (struct oracle_case){.dialogue = stalled, .expect.has_accepted = true, .cut = 9 * SECONDS});
    expect(&findings, "TIME-1 fail");
    findings_free(&findings);
    findings = judge(
        (struct oracle_case){.dialogue = stalled, .expect.has_accepted = true, .cut = 3 * SECONDS});
    expect(&findings, "");
    findings_free(&findings);
}

/* The sender of a connection that the centre closed is not waiting there, though it is heard of no
 * more, and comes again much later. */
static void test_left_alone(void)
{
    struct findings findings = judge((struct oracle_case){
        .dialogue = HELLO "> MAIL FROM:<USER@GW01>\ncut\nclosed\n+60000\n" HELLO ENVELOPE BODY
                          "< 250 ok\n" QUIT});
    expect(&findings, "");
    findings_free(&findings);
}

static void test_out_of_sight(void)
{
    struct findings findings = judge((struct oracle_case){
        .dialogue = HELLO ENVELOPE "pause\n>> Message-ID: <1@gw>\\r\\n\n",
        .expect = {.has_accepted = true, .has_gives_up = true, .gives_up_at = STAGE_BODY},
        .cut = 20 * SECONDS});
    expect(&findings, "");
    CU_ASSERT_EQUAL(oracle_verdict(&findings, "TIME-1"), VERDICT_SKIP);
    findings_free(&findings);
    findings = judge((struct oracle_case){
        .dialogue = "",
        .silent_connect = true,
        .expect = {.has_accepted = true, .has_gives_up = true, .gives_up_at = STAGE_CONNECT}});
    expect(&findings, "");
    CU_ASSERT_EQUAL(oracle_verdict(&findings, "TIME-1"), VERDICT_SKIP);
    findings_free(&findings);
}

static void test_gone(void)
{
    struct findings findings =
        judge((struct oracle_case){.dialogue = HELLO ENVELOPE BODY "< 250 ok\n" QUIT,
                                   .subject = "QUIT-1",
                                   .gone = "it crashed"});
    expect(&findings, "QUIT-1 fail");
    findings_free(&findings);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"untold", test_untold},
        {"untold and lost", test_untold_and_lost},
        {"told", test_told},
        {"sent twice", test_twice},
        {"cut", test_cut},
        {"left alone", test_left_alone},
        {"out of sight", test_out_of_sight},
        {"gone", test_gone},
    };
    return unit_main("check attached", tests, sizeof tests / sizeof *tests, argc, argv);
}
