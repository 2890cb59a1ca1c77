#include <stdlib.h>

#include "tests/unit/scripted.h"
#include "tests/unit/unit.h"

#define GIVES(...) CU_ASSERT_TRUE(scripted_gives(__VA_ARGS__))

/* One message, as the well-behaved centre takes it. */
#define ENVELOPE "> MAIL FROM:<a@b>\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n"
#define OPENING  "open\n> HELO a\n"

static void test_whole_dialogue(void)
{
    GIVES(&(struct scripted){.script =
                                 OPENING ENVELOPE "> DATA\n> A: b\\r\\n\\r\\n..c\n> .\n> QUIT\n"
                                                  "close\n"},
          "220 250 250 250 354 250 221",
          "0.000 1: opened connect\n"
          "0.000 1: sent banner: 220 MAIL.PROD.NACCS6 SMTP ready\\r\\n\n"
          "1.000 1: received HELO: HELO a\\r\\n\n"
          "1.000 1: sent HELO: 250 MAIL.PROD.NACCS6\\r\\n\n"
          "2.000 1: received MAIL m1: MAIL FROM:<a@b>\\r\\n\n"
          "2.000 1: sent MAIL m1: 250 sender ok\\r\\n\n"
          "3.000 1: received RCPT m1: RCPT TO:<NACCS@MAIL.PROD.NACCS6>\\r\\n\n"
          "3.000 1: sent RCPT m1: 250 recipient ok\\r\\n\n"
          "4.000 1: received DATA m1: DATA\\r\\n\n"
          "4.000 1: sent DATA m1: 354 send the message, a lone dot ends it\\r\\n\n"
          "5.000 1: received body m1 body: A: b\\r\\n\\r\\n..c\\r\\n\n"
          "6.000 1: received body m1 body: .\\r\\n\n"
          "6.000 1: stored end-of-data m1\n"
          "6.000 1: sent end-of-data m1: 250 accepted\\r\\n\n"
          "7.000 1: received QUIT: QUIT\\r\\n\n"
          "7.000 1: sent QUIT: 221 MAIL.PROD.NACCS6 closing\\r\\n\n"
          "7.000 1: centre-fin QUIT\n"
          "8.000 1: sender-fin QUIT\n"
          "8.000 1: closed QUIT\n");
}

static void test_whole_dialogue_at_every_split(void)
{
    /* Segments of one octet, of two, …: the same replies, and the same message. */
    for (size_t limit = 1; limit < 40; limit++) {
        struct scripted_result result;
        scripted_play(&(struct scripted){.script = OPENING ENVELOPE
                                         "> DATA\n> A: b\\r\\n\\r\\n..c\\r\\n.\\r\\n"
                                         "QUIT\n",
                                         .segment_limit = limit},
                      &result);
        CU_ASSERT_STRING_EQUAL(result.codes, "220 250 250 250 354 250 221");
        CU_ASSERT_EQUAL(result.stored, 1);
        CU_ASSERT_EQUAL(result.still_open, 0);
        scripted_free(&result);
    }
}

/* States and refusals. */

static void test_order_of_commands(void)
{
    GIVES(&(struct scripted){.script =
                                 "open\n> MAIL FROM:<a@b>\n> RCPT TO:<a@b>\n> DATA\n> NOOP\n"
                                 "> RSET\n> HELO a\n> RCPT TO:<a@b>\n> DATA\n> MAIL FROM:<a@b>\n"
                                 "> DATA\n> MAIL FROM:<a@b>\n> QUIT\n"},
          "220 503 503 503 250 250 250 503 503 250 503 503 221", NULL);
}

static void test_reset(void)
{
    GIVES(&(struct scripted){.script = OPENING ENVELOPE "> RSET\n> DATA\n" ENVELOPE
                                                        "> HELO b\n> DATA\n" ENVELOPE
                                                        "> DATA\n> x\n> .\n> DATA\n"},
          "220 250 250 250 250 503 250 250 250 503 250 250 354 250 503", NULL);
}

static void test_other_commands(void)
{
    GIVES(&(struct scripted){.script = OPENING "> VRFY a\n> EXPN a\n> HELP\n> SEND FROM:<a@b>\n"
                                               "> SOML FROM:<a@b>\n> SAML FROM:<a@b>\n> TURN\n"
                                               "> HELLO\n> EHLO a\n> noop\n> NOOP x\n> quit\n"},
          "220 250 502 502 502 502 502 502 502 500 502 250 250 221", NULL);
}

static void test_syntax(void)
{
    GIVES(&(struct scripted){.script = "open\n> HELO\n> HELO a b\n> HELO \\xa4\n> HELO a\n> MAIL\n"
                                       "> MAIL FROM:\n> MAIL TO:<a@b>\n> MAIL FROM:<a@b\n"
                                       "> MAIL FROM:<a@b> SIZE=1\n> MAIL FROM:<>\n> RCPT TO:<>\n"
                                       "> RCPT FROM:<a@b>\n> RSET x\n> DATA x\n> QUIT x\n> QUIT\n"},
          "220 501 501 501 250 501 501 501 501 501 250 501 501 501 503 501 221", NULL);
}

static void test_as_naccs_writes_it(void)
{
    GIVES(&(struct scripted){.script =
                                 OPENING "> MAIL FROM: a@b\n> RCPT TO: NACCS@mail.prod.naccs6 \n"},
          "220 250 250 250",
          "0.000 1: opened connect\n"
          "0.000 1: sent banner: 220 MAIL.PROD.NACCS6 SMTP ready\\r\\n\n"
          "1.000 1: received HELO: HELO a\\r\\n\n"
          "1.000 1: sent HELO: 250 MAIL.PROD.NACCS6\\r\\n\n"
          "2.000 1: received MAIL m1: MAIL FROM: a@b\\r\\n\n"
          "2.000 1: flaw MAIL m1: blank behind the colon\n"
          "2.000 1: flaw MAIL m1: mailbox without < and >\n"
          "2.000 1: sent MAIL m1: 250 sender ok\\r\\n\n"
          "3.000 1: received RCPT m1: RCPT TO: NACCS@mail.prod.naccs6 \\r\\n\n"
          "3.000 1: flaw RCPT m1: blank behind the colon\n"
          "3.000 1: flaw RCPT m1: mailbox without < and >\n"
          "3.000 1: flaw RCPT m1: blank before the CRLF\n"
          "3.000 1: sent RCPT m1: 250 recipient ok\\r\\n\n"
          "120003.000 1: centre-fin idle m1\n"
          "121003.000 1: closed idle m1\n");
}

static void test_recipients(void)
{
    GIVES(&(struct scripted){.script =
                                 OPENING "> MAIL FROM:<a@b>\n> RCPT TO:<naccs@MAIL.PROD.NACCS6>\n"
                                         "> RCPT TO:<NACCS>\n> RCPT TO:<NACCS@MAIL.PROD.NACCS7>\n"
                                         "> RCPT TO:<XACCS@MAIL.PROD.NACCS6>\n> DATA\n"
                                         "> RCPT TO:<@x:NACCS@mail.prod.NACCS6>\n> DATA\n> .\n"},
          "220 250 250 550 550 550 550 503 250 354 250", NULL);
    GIVES(&(struct scripted){.scenario =
                                 "{\"version\":1,\"centre\":{\"recipients\":[\"A@x\",\"b@Y\"],"
                                 "\"recipient_limit\":2}}",
                             .script =
                                 OPENING "> MAIL FROM:<a@b>\n> RCPT TO:<A@X>\n> RCPT TO:<b@y>\n"
                                         "> RCPT TO:<a@x>\n> RCPT TO:<A@x>\n> RSET\n"
                                         "> MAIL FROM:<a@b>\n> RCPT TO:<A@x>\n"},
          "220 250 250 250 250 550 552 250 250 250", NULL);
}

static void test_extended(void)
{
    GIVES(&(struct scripted){.scenario =
                                 "{\"version\":1,\"centre\":{\"ehlo\":true,\"message_limit\":100,"
                                 "\"header_limit\":10}}",
                             .script = "open\n> EHLO\n> EHLO a\n> MAIL FROM:<a@b> SIZE=111\n"
                                       "> MAIL FROM:<a@b> SIZE=x\n> MAIL FROM:<a@b> FOO=1\n"
                                       "> MAIL FROM:<a@b> SIZE=110 BODY=8BITMIME RET=FULL\n"
                                       "> RCPT TO:<NACCS@MAIL.PROD.NACCS6> NOTIFY=NEVER\n"
                                       "> HELO a\n> MAIL FROM:<a@b> SIZE=110\n"},
          "220 501 250 552 501 555 250 250 250 501", NULL);
    struct scripted_result result;
    scripted_play(&(struct scripted){.scenario =
                                         "{\"version\":1,\"centre\":{\"ehlo\":{\"size\":true,"
                                         "\"others\":[\"XNACCS 1\"]}}}",
                                     .script = "open\n> EHLO a\n> QUIT\nclose\n"},
                  &result);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, ": 250-MAIL.PROD.NACCS6\\r\\n250-SIZE 765536\\r\\n"
                                                 "250 XNACCS 1\\r\\n\n"));
    scripted_free(&result);
}

static void test_lines(void)
{
    GIVES(
        &(struct scripted){.scenario = "{\"version\":1,\"centre\":{\"command_limit\":64}}",
                           .script =
                               "open\n>> HELO a\\n\n> NOOP 678901234567890123456789012345678901234"
                               "56789012345678901x\n> NOOP 67890123456789012345678901234567890"
                               "123456789012345678901xy\n> NO\\rOP\n> NOOP \\x00\n> \n> QUIT\n"},
        "220 250 250 500 500 500 500 221", NULL);
    GIVES(&(struct scripted){.scenario = "{\"version\":1,\"centre\":{\"bare\":\"refuse\"}}",
                             .script = "open\n>> HELO a\\n\n"},
          "220 500",
          "0.000 1: opened connect\n"
          "0.000 1: sent banner: 220 MAIL.PROD.NACCS6 SMTP ready\\r\\n\n"
          "1.000 1: received unknown: HELO a\\n\n"
          "1.000 1: flaw unknown: command ended by a bare LF\n"
          "1.000 1: sent unknown: 500 a line ends with CRLF\\r\\n\n"
          "120001.000 1: centre-fin idle\n"
          "121001.000 1: closed idle\n");
}

static void test_too_many_errors(void)
{
    GIVES(&(struct scripted){.scenario = "{\"version\":1,\"centre\":{\"error_limit\":2}}",
                             .script = "open\n> X\n> MAIL FROM:<a@b>\n> VRFY x\n> X\n> NOOP\n"},
          "220 500 503 502 421",
          "0.000 1: opened connect\n"
          "0.000 1: sent banner: 220 MAIL.PROD.NACCS6 SMTP ready\\r\\n\n"
          "1.000 1: received unknown: X\\r\\n\n"
          "1.000 1: sent unknown: 500 no such command\\r\\n\n"
          "2.000 1: received MAIL m1: MAIL FROM:<a@b>\\r\\n\n"
          "2.000 1: sent MAIL m1: 503 HELO comes first\\r\\n\n"
          "3.000 1: received VRFY: VRFY x\\r\\n\n"
          "3.000 1: sent VRFY: 502 not implemented here\\r\\n\n"
          "4.000 1: received unknown: X\\r\\n\n"
          "4.000 1: sent unknown: 421 MAIL.PROD.NACCS6 too many errors\\r\\n\n"
          "4.000 1: centre-fin unknown\n"
          "5.000 1: received unknown: NOOP\\r\\n\n"
          "1004.000 1: closed unknown\n");
}

static void test_pipelined(void)
{
    GIVES(&(struct scripted){.script =
                                 OPENING ">> MAIL FROM:<a@b>\\r\\nRCPT TO:<NACCS@MAIL.PROD.NACCS6>"
                                         "\\r\\nDATA\\r\\nx\\r\\n.\\r\\nQUIT\\r\\n\n"},
          "220 250 250 250 354 250 221",
          "0.000 1: opened connect\n"
          "0.000 1: sent banner: 220 MAIL.PROD.NACCS6 SMTP ready\\r\\n\n"
          "1.000 1: received HELO: HELO a\\r\\n\n"
          "1.000 1: sent HELO: 250 MAIL.PROD.NACCS6\\r\\n\n"
          "2.000 1: received MAIL m1: MAIL FROM:<a@b>\\r\\nRCPT TO:<NACCS@MAIL.PROD.NACCS6>\\r\\n"
          "DATA\\r\\n\n"
          "2.000 1: received body m1 body: x\\r\\n.\\r\\n\n"
          "2.000 1: stored end-of-data m1\n"
          "2.000 1: received QUIT: QUIT\\r\\n\n"
          "2.000 1: sent QUIT: 250 sender ok\\r\\n250 recipient ok\\r\\n354 send the message, a "
          "lone dot "
          "ends it\\r\\n250 accepted\\r\\n221 MAIL.PROD.NACCS6 closing\\r\\n\n"
          "2.000 1: centre-fin QUIT\n"
          "1002.000 1: closed QUIT\n");
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"whole dialogue", test_whole_dialogue},
        {"whole dialogue at every split", test_whole_dialogue_at_every_split},
        {"order of commands", test_order_of_commands},
        {"reset", test_reset},
        {"other commands", test_other_commands},
        {"syntax", test_syntax},
        {"as naccs writes it", test_as_naccs_writes_it},
        {"recipients", test_recipients},
        {"extended", test_extended},
        {"lines", test_lines},
        {"too many errors", test_too_many_errors},
        {"pipelined", test_pipelined},
    };
    return unit_main("session_commands", tests, sizeof tests / sizeof *tests, argc, argv);
}
