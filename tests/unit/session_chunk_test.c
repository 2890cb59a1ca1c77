/* Messages in chunks (BDAT, RFC 3030), as mail servers among themselves send them. */
#include <stdio.h>
#include <string.h>

#include "mockserver/receiver.h"
#include "tests/unit/scripted.h"
#include "tests/unit/unit.h"

#define OFFERED  "{\"version\":1,\"centre\":{\"ehlo\":[\"CHUNKING\"]}}"
#define ENVELOPE "> MAIL FROM:<a@b>\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n"
#define OPENING  "open\n> EHLO a\n" ENVELOPE

struct taken {
    uint8_t octets[4096];
    size_t count;
    unsigned messages;
};

static bool take(void *owner, const struct received_message *message)
{
    struct taken *taken = owner;
    CU_ASSERT_FATAL(message->content.count <= sizeof taken->octets);
    if (message->content.count > 0)
        memcpy(taken->octets, message->content.at, message->content.count);
    taken->count = message->content.count;
    taken->messages++;
    return true;
}

/* The codes, and the last message, in whatever segments the script's octets come. */
static void takes(const char *scenario, const char *script, const char *codes, unsigned messages,
                  struct octets content)
{
    for (size_t limit = 0; limit < 30; limit++) {
        struct taken taken = {.count = 0};
        struct scripted_result result;
        scripted_play(
            &(struct scripted){.scenario = scenario,
                               .script = script,
                               .segment_limit = limit,
                               .receiver = {.take = take, .owner = &taken, .limit = 4096}},
            &result);
        CU_ASSERT_STRING_EQUAL(result.codes, codes);
        CU_ASSERT_EQUAL(taken.messages, messages);
        CU_ASSERT_EQUAL(result.stored, messages);
        CU_ASSERT_TRUE(octets_equal((struct octets){taken.octets, taken.count}, content));
        CU_ASSERT_EQUAL(result.still_open, 0);
        scripted_free(&result);
    }
}

static void test_content_is_counted(void)
{
    takes(OFFERED, OPENING ">> BDAT 10 LAST\\r\\n.\\r\\n..\\r\\nx\\r\\n\n> QUIT\n",
          "220 250 250 250 250 221", 1, OCTETS(".\r\n..\r\nx\r\n"));
    takes(OFFERED, OPENING "> BDAT 3\n>> a\\r\\n\n> bdat 4\n>> .\\r\\n.\n> BDAT 0 last\n> QUIT\n",
          "220 250 250 250 250 250 250 221", 1, OCTETS("a\r\n.\r\n."));
    takes(OFFERED, OPENING "> BDAT 0 LAST\n" ENVELOPE ">> BDAT 1 LAST\\r\\nxQUIT\\r\\n\n",
          "220 250 250 250 250 250 250 250 221", 2, OCTETS("x"));
    /* All at once, and then DATA. */
    takes(OFFERED,
          OPENING ">> BDAT 5\\r\\nQUIT\\nBDAT 5 LAST\\r\\nRSET\\n\n" ENVELOPE
                  "> DATA\n> ..\n> .\n> QUIT\n",
          "220 250 250 250 250 250 250 250 354 250 221", 2, OCTETS(".\r\n"));
}

static void test_what_is_refused_is_dropped(void)
{
    takes(OFFERED, "open\n> EHLO a\n>> BDAT 5 LAST\\r\\nQUIT\\n\n> QUIT\n", "220 250 503 221", 0,
          OCTETS(""));
    takes(OFFERED, "open\n> EHLO a\n> MAIL FROM:<a@b>\n>> BDAT 5\\r\\nQUIT\\n\n> QUIT\n",
          "220 250 250 503 221", 0, OCTETS(""));
    /* DATA, another recipient and another sender come too late; RSET does not. */
    takes(OFFERED,
          OPENING ">> BDAT 1\\r\\nx\n> DATA\n" ENVELOPE
                  "> RSET\n>> BDAT 5 LAST\\r\\nQUIT\\n\n" ENVELOPE
                  ">> BDAT 1 LAST\\r\\ny\n> QUIT\n",
          "220 250 250 250 250 503 503 503 250 503 250 250 250 221", 1, OCTETS("y"));
    /* What can't be read announces nothing, and what was taken stays. */
    takes(OFFERED, OPENING ">> BDAT 1\\r\\nx\n> BDAT x\n>> BDAT 1 LAST\\r\\ny\n> QUIT\n",
          "220 250 250 250 250 501 250 221", 1, OCTETS("xy"));
    takes(OFFERED,
          OPENING "> BDAT\n> BDAT x\n> BDAT 5 FIRST\n> BDAT 5LAST\n> BDAT 1000000000000000000\n"
                  "> BDAT 5 LAST x\n> QUIT\n",
          "220 250 250 250 501 501 501 501 501 501 221", 0, OCTETS(""));
}

static void test_only_where_it_was_offered(void)
{
    static const char own_text[] = "{\"version\":1,\"rules\":[{\"at\":\"EHLO\",\"reply\":{"
                                   "\"octets\":\"250-a\\r\\n250 chunking\\r\\n\"}}]}";
    static const char text_alone[] = "{\"version\":1,\"centre\":{\"ehlo\":true},\"rules\":[{\"at\":"
                                     "\"EHLO\",\"reply\":{\"text\":[\"a\",\"CHUNKING\"]}}]}";
    static const char took_away[] = "{\"version\":1,\"centre\":{\"ehlo\":[\"CHUNKING\"]},\"rules\":"
                                    "[{\"at\":\"EHLO\",\"reply\":\"250 a\"}]}";
    static const char chunk[] = OPENING ">> BDAT 5 LAST\\r\\nNOOP\\n\n> QUIT\n";
    takes(own_text, chunk, "220 250 250 250 250 221", 1, OCTETS("NOOP\n"));
    takes(text_alone, chunk, "220 250 250 250 250 221", 1, OCTETS("NOOP\n"));
    takes(took_away, chunk, "220 250 250 250 500 250 221", 0, OCTETS(""));
    takes("{\"version\":1,\"centre\":{\"ehlo\":true}}", chunk, "220 250 250 250 500 250 221", 0,
          OCTETS(""));
    /* HELO offers nothing. */
    takes(OFFERED, "open\n> EHLO a\n> HELO a\n" ENVELOPE ">> BDAT 5 LAST\\r\\nNOOP\\n\n> QUIT\n",
          "220 250 250 250 250 500 250 221", 0, OCTETS(""));
}

/* Rules of the end of data are the last chunk's, those of unknown commands the others'; those of
 * the message act where it stands, over all chunks. */
static void test_rules(void)
{
#define RULES(rules) "{\"version\":1,\"centre\":{\"ehlo\":[\"CHUNKING\"]},\"rules\":[" rules "]}"
    static const char chunks[] =
        OPENING ">> BDAT 3\\r\\na\\r\\n\n>> BDAT 3 LAST\\r\\nb\\r\\n\n> QUIT\n";
    takes(RULES("{\"at\":\"end-of-data\",\"reply\":\"450 x\"}"), chunks,
          "220 250 250 250 250 450 221", 0, OCTETS(""));
    takes(RULES("{\"at\":\"unknown\",\"occurrence\":1,\"reply\":\"451 x\"}"), chunks,
          "220 250 250 250 451 503 221", 0, OCTETS(""));
    takes(RULES("{\"at\":\"body\",\"after\":{\"octets\":4},\"reply\":\"421 x\",\"close\":\"fin\"}"),
          chunks, "220 250 250 250 250 421", 0, OCTETS(""));
    takes(RULES("{\"at\":\"body\",\"after\":{\"lines\":2},\"reply\":\"421 x\",\"close\":\"fin\"}"),
          chunks, "220 250 250 250 250 421", 0, OCTETS(""));
    takes("{\"version\":1,\"centre\":{\"ehlo\":{\"chunking\":true},\"message_limit\":4}}",
          OPENING ">> BDAT 6\\r\\n\\r\\nabcd\n>> BDAT 1 LAST\\r\\ne\n> QUIT\n",
          "220 250 250 250 250 552 221", 0, OCTETS(""));
}

/* A password is masked wherever the chunks end, and what follows is read anew. */
static void test_passwords(void)
{
    char items[401];
    memset(items, 'i', 398);
    memcpy(items + 37, "PASSWORD", 8);
    strcpy(items + 398, "\\r");
    for (size_t cut = 0; cut < 60; cut += 3) {
        char script[2048];
        int length =
            snprintf(script, sizeof script,
                     OPENING ">> BDAT %zu\\r\\n\\r\\n%.*s\n>> BDAT %zu LAST\\r\\n%s\\n\n" ENVELOPE
                             ">> BDAT 402 LAST\\r\\n\\r\\n%s\\n\nclose\n",
                     cut + 2, (int)cut, items, 400 - cut, items + cut, items);
        CU_ASSERT_FATAL(length > 0 && (size_t)length < sizeof script);
        struct scripted_result result;
        scripted_play(&(struct scripted){.scenario = OFFERED, .script = script}, &result);
        CU_ASSERT_EQUAL(result.stored, 2);
        /* Both passwords, and nothing else. */
        unsigned stars = 0, letters = 0;
        for (const char *at = result.events; *at; at++)
            stars += *at == '*';
        for (const char *at = strstr(result.events, "iP"); at; at = strstr(at + 1, "iP"))
            letters++;
        CU_ASSERT_EQUAL(stars, 16);
        CU_ASSERT_EQUAL(letters, 0);
        scripted_free(&result);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"content is counted", test_content_is_counted},
        {"what is refused is dropped", test_what_is_refused_is_dropped},
        {"only where it was offered", test_only_where_it_was_offered},
        {"rules", test_rules},
        {"passwords", test_passwords},
    };
    return unit_main("session_chunk", tests, sizeof tests / sizeof *tests, argc, argv);
}
