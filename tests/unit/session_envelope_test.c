#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/scripted.h"
#include "tests/unit/unit.h"

#define RULES(rules) "{\"version\":1,\"rules\":[" rules "]}"
#define ENVELOPE     "> MAIL FROM:<a@b>\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n> DATA\n"

/* What was handed over, a line a message. */
struct heard {
    struct buf text;
    unsigned refuse; /* the first so many are not taken */
};

static void put(struct buf *text, const char *before, struct octets octets)
{
    CU_ASSERT_TRUE(buf_append_string(text, before) && buf_append(text, octets));
}

static bool hear(void *owner, const struct received_message *message)
{
    struct heard *heard = owner;
    if (heard->refuse > 0) {
        heard->refuse--;
        return false;
    }
    CU_ASSERT_TRUE(buf_format(&heard->text, "%u/%u", message->connection, message->transaction));
    put(&heard->text, message->extended ? " EHLO " : " HELO ", message->helo);
    put(&heard->text, " from ", message->sender);
    for (size_t i = 0; i < message->recipient_count; i++)
        put(&heard->text, " to ", message->recipients[i]);
    put(&heard->text, ": ", message->content);
    return true;
}

/* What is heard of the script, in whatever segments it comes. */
static void hears(const char *scenario, const char *script, const char *codes, const char *expected)
{
    for (size_t limit = 0; limit <= 3; limit++) {
        struct heard heard = {.text = BUF_INIT(1 << 20)};
        CU_ASSERT_TRUE(scripted_gives(&(struct scripted){.scenario = scenario,
                                                         .script = script,
                                                         .segment_limit = limit,
                                                         .receiver = {hear, &heard, 1000}},
                                      codes, NULL));
        CU_ASSERT_TRUE(buf_append_octet(&heard.text, '\0'));
        CU_ASSERT_STRING_EQUAL(heard.text.at, expected);
        buf_free(&heard.text);
    }
}

static void test_messages_and_envelopes(void)
{
    hears(NULL,
          "open\n> HELO gw\n" ENVELOPE ">> X: y\\r\\n\\r\\n..\\r\\n.\\r\\n\n"
          "> MAIL FROM:<>\n> RCPT TO:<NACCS@mail.prod.naccs6>\n"
          "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n> DATA\n>> two\\r\\n.\\r\\n\n> QUIT\nclose\n",
          "220 250 250 250 354 250 250 250 250 354 250 221",
          "1/1 HELO gw from a@b to NACCS@MAIL.PROD.NACCS6: X: y\r\n\r\n.\r\n"
          "1/2 HELO gw from  to NACCS@mail.prod.naccs6 to NACCS@MAIL.PROD.NACCS6: two\r\n");
}

static void test_only_what_was_granted(void)
{
    /* A refused HELO, MAIL and RCPT leave no trace, nor does a transaction that was reset. */
    hears(RULES("{\"at\":\"MAIL\",\"argument\":\"*no*\",\"reply\":\"550 no\"}"),
          "open\n> HELO gw\n> HELO bad domain\n> MAIL FROM:<no@b>\n> MAIL FROM:<x@y>\n"
          "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n> RSET\n> MAIL FROM:<a@b>\n> RCPT TO:<other@d>\n"
          "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n> DATA\n>> m\\r\\n.\\r\\n\n> QUIT\nclose\n",
          "220 250 501 550 250 250 250 250 550 250 354 250 221",
          "1/3 HELO gw from a@b to NACCS@MAIL.PROD.NACCS6: m\r\n");
    /* What a rule grants counts, whatever it is. */
    hears(RULES("{\"at\":\"RCPT\",\"reply\":\"251 will do\"}"),
          "open\n> HELO gw\n> MAIL FROM:<a@b>\n> RCPT somebody\n> DATA\n>> m\\r\\n.\\r\\n\nclose\n",
          "220 250 250 251 354 250", "1/1 HELO gw from a@b to somebody: m\r\n");
}

static void test_ehlo(void)
{
    hears("{\"version\":1,\"centre\":{\"ehlo\":true}}",
          "open\n> EHLO gw\n" ENVELOPE ">> m\\r\\n.\\r\\n\nclose\n", "220 250 250 250 354 250",
          "1/1 EHLO gw from a@b to NACCS@MAIL.PROD.NACCS6: m\r\n");
}

static void test_what_is_refused_is_not_handed_over(void)
{
    hears(RULES("{\"at\":\"end-of-data\",\"times\":1,\"reply\":\"450 later\"}"),
          "open\n> HELO gw\n" ENVELOPE ">> one\\r\\n.\\r\\n\n" ENVELOPE
          ">> two\\r\\n.\\r\\n\nclose\n",
          "220 250 250 250 354 450 250 250 354 250",
          "1/2 HELO gw from a@b to NACCS@MAIL.PROD.NACCS6: two\r\n");
}

static void test_no_room(void)
{
    struct heard heard = {.text = BUF_INIT(1 << 20), .refuse = 1};
    const char *script =
        "open\n> HELO gw\n" ENVELOPE ">> one\\r\\n.\\r\\n\n" ENVELOPE
        ">> two\\r\\n.\\r\\n\n" ENVELOPE ">> longer than that\\r\\n.\\r\\n\nclose\n";
    /* The first is not taken, the third is over the receiver's limit: both are told so. */
    CU_ASSERT_TRUE(
        scripted_gives(&(struct scripted){.script = script, .receiver = {hear, &heard, 10}},
                       "220 250 250 250 354 452 250 250 354 250 250 250 354 452", NULL));
    CU_ASSERT_TRUE(buf_append_octet(&heard.text, '\0'));
    CU_ASSERT_STRING_EQUAL(heard.text.at,
                           "1/2 HELO gw from a@b to NACCS@MAIL.PROD.NACCS6: two\r\n");
    buf_free(&heard.text);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"messages and envelopes", test_messages_and_envelopes},
        {"only what was granted", test_only_what_was_granted},
        {"EHLO", test_ehlo},
        {"what is refused is not handed over", test_what_is_refused_is_not_handed_over},
        {"no room", test_no_room},
    };
    return unit_main("session_envelope", tests, sizeof tests / sizeof *tests, argc, argv);
}
