#include <stdlib.h>

#include "tests/unit/scripted.h"
#include "tests/unit/unit.h"

#define GIVES(...) CU_ASSERT_TRUE(scripted_gives(__VA_ARGS__))

#define ENVELOPE "> MAIL FROM:<a@b>\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n"
#define OPENING  "open\n> HELO a\n"
#define LEAVING  "> QUIT\nclose\n"

/* A scenario with these rules. */
#define RULES(rules) "{\"version\":1,\"rules\":[" rules "]}"

/* What the centre says at the stage of a rule, and what follows, without the dialogue around it. */
static bool tells(const char *rules, const char *script, const char *part)
{
    struct scripted_result result;
    scripted_play(&(struct scripted){.scenario = rules, .script = script}, &result);
    bool told = strstr(result.events, part) != NULL;
    if (!told)
        fprintf(stderr, "\nexpected:\n%s\nin:\n%s\n", part, result.events);
    scripted_free(&result);
    return told;
}

/* The state follows from what was said. */

static void test_refused_by_a_rule(void)
{
    GIVES(&(struct scripted){.scenario =
                                 RULES("{\"at\":\"RCPT\",\"times\":1,\"reply\":\"450 busy\"}"),
                             .script =
                                 OPENING ENVELOPE "> DATA\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n"
                                                  "> DATA\n> .\n" LEAVING},
          "220 250 250 450 503 250 354 250 221", NULL);
    GIVES(
        &(struct scripted){.scenario = RULES("{\"at\":\"HELO\",\"times\":1,\"reply\":\"550 no\"}"),
                           .script =
                               OPENING "> MAIL FROM:<a@b>\n> HELO a\n> MAIL FROM:<a@b>\n" LEAVING},
        "220 550 503 250 250 221", NULL);
    GIVES(&(struct scripted){.scenario = RULES("{\"at\":\"banner\",\"reply\":\"554 no\"}"),
                             .script = OPENING ENVELOPE "> NOOP\n" LEAVING},
          "554 503 503 503 503 221", NULL);
    GIVES(&(struct scripted){.scenario = RULES("{\"at\":\"RSET\",\"reply\":\"500 what\"}"),
                             .script =
                                 OPENING "> MAIL FROM:<a@b>\n> RSET\n> MAIL FROM:<a@b>\n" LEAVING},
          "220 250 250 500 503 221", NULL);
    GIVES(&(struct scripted){.scenario =
                                 RULES("{\"at\":\"QUIT\",\"times\":1,\"reply\":\"500 what\"}"),
                             .script = OPENING "> QUIT\n> NOOP\n" LEAVING},
          "220 250 500 250 221", NULL);
}

static void test_granted_by_a_rule(void)
{
    GIVES(
        &(struct scripted){
            .scenario = RULES("{\"at\":\"RCPT\",\"argument\":\"*x@y*\",\"reply\":\"250 ok\"}"),
            .script = OPENING "> MAIL FROM:<a@b>\n> RCPT TO:<x@y>\n> DATA\n> .\n" LEAVING},
        "220 250 250 250 354 250 221", NULL);
    GIVES(&(struct scripted){.scenario = RULES("{\"at\":\"DATA\",\"reply\":\"354 go\"}"),
                             .script = "open\n> DATA\n> HELO a\n> .\n> HELO a\n" LEAVING},
          "220 354 250 250 221", NULL);
}

static void test_data_permits_by_354_alone(void)
{
    GIVES(
        &(struct scripted){.scenario = RULES("{\"at\":\"DATA\",\"times\":1,\"reply\":\"250 ok\"}"),
                           .script =
                               OPENING ENVELOPE "> DATA\n> hello\n> DATA\n> hello\n> .\n" LEAVING},
        "220 250 250 250 250 500 354 250 221", NULL);
    GIVES(&(struct scripted){.scenario = RULES("{\"at\":\"DATA\",\"times\":1,"
                                               "\"reply\":{\"octets\":\"354go ahead\\r\\n\"}}"),
                             .script = OPENING ENVELOPE "> DATA\n> hello\n> .\n" LEAVING},
          "220 250 250 250 354 250 221", NULL);
}

static void test_malformed_permits_nothing(void)
{
    GIVES(
        &(struct scripted){
            .scenario = RULES("{\"at\":\"MAIL\",\"times\":1,\"reply\":{\"octets\":\"ok\\r\\n\"}}"),
            .script = OPENING ENVELOPE "> MAIL FROM:<a@b>\n" LEAVING},
        "220 250 ok\r 503 250 221", NULL);
}

static void test_stored_only_by_250(void)
{
    static const struct {
        const char *rules;
        uint64_t stored;
    } cases[] = {
        {RULES(""), 1},
        {RULES("{\"at\":\"end-of-data\",\"reply\":\"251 will do\"}"), 1},
        {RULES("{\"at\":\"end-of-data\",\"reply\":\"450 later\"}"), 0},
        {RULES("{\"at\":\"end-of-data\",\"reply\":\"554 never\"}"), 0},
        {RULES("{\"at\":\"end-of-data\",\"reply\":\"354 go on\"}"), 0},
        {RULES("{\"at\":\"end-of-data\",\"reply\":{\"octets\":\"hello\\r\\n\"}}"), 0},
        {RULES("{\"at\":\"end-of-data\",\"close\":\"fin\"}"), 0},
        {RULES("{\"at\":\"end-of-data\",\"stall\":true}"), 0},
        {RULES("{\"at\":\"end-of-data\",\"close\":\"rst\",\"store\":true}"), 1},
        {RULES("{\"at\":\"end-of-data\",\"stall\":true,\"store\":true}"), 1},
        {RULES("{\"at\":\"end-of-data\",\"reply\":\"450 later\",\"store\":true}"), 1},
        {RULES("{\"at\":\"end-of-data\",\"reply\":\"250 yes\",\"store\":false}"), 0},
        {RULES("{\"at\":\"end-of-data\",\"reply\":\"250 yes\",\"close\":\"rst\"}"), 1},
        {RULES("{\"at\":\"end-of-data\",\"delay\":\"90s\"}"), 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scripted_result result;
        scripted_play(&(struct scripted){.scenario = cases[i].rules,
                                         .script = OPENING ENVELOPE "> DATA\n> x\n> .\nclose\n"},
                      &result);
        CU_ASSERT_EQUAL(result.stored, cases[i].stored);
        CU_ASSERT_EQUAL(result.still_open, 0);
        scripted_free(&result);
    }
}

/* How a reply goes out. */

static void test_delayed(void)
{
    CU_ASSERT_TRUE(
        tells(RULES("{\"at\":\"HELO\",\"delay\":\"3s\"}"), OPENING "> NOOP\n" LEAVING,
              "1.000 1: received HELO: HELO a\\r\\n\n"
              "2.000 1: received HELO: NOOP\\r\\n\n"
              "3.000 1: received HELO: QUIT\\r\\n\n"
              "4.000 1: sender-fin HELO\n"
              "3001.000 1: sent HELO r1: 250 MAIL.PROD.NACCS6\\r\\n\n"
              "3001.000 1: sent QUIT: 250 ok\\r\\n221 MAIL.PROD.NACCS6 closing\\r\\n\n"));
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"banner\",\"delay\":\"90%\",\"reply\":\"220 hi\"}"),
                         OPENING,
                         "0.000 1: opened connect\n"
                         "1.000 1: received banner: HELO a\\r\\n\n"
                         "4500.000 1: sent banner r1: 220 hi\\r\\n\n"
                         "4500.000 1: sent HELO: 250 MAIL.PROD.NACCS6\\r\\n\n"));
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"connect\",\"delay\":\"2s\"}"), OPENING,
                         "1.000 1: received connect: HELO a\\r\\n\n"
                         "2000.000 1: sent HELO: 220 MAIL.PROD.NACCS6 SMTP ready\\r\\n"
                         "250 MAIL.PROD.NACCS6\\r\\n\n"));
}

static void test_message_is_kept_before_the_delay(void)
{
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"end-of-data\",\"delay\":\"3s\"}"),
                         OPENING ENVELOPE "> DATA\n> x\n> .\n" LEAVING,
                         "6.000 1: received body m1 body: .\\r\\n\n"
                         "6.000 1: stored end-of-data r1 m1\n"
                         "7.000 1: received end-of-data m1: QUIT\\r\\n\n"
                         "8.000 1: sender-fin end-of-data m1\n"
                         "3006.000 1: sent end-of-data r1 m1: 250 accepted\\r\\n\n"));
}

static void test_octets_before_a_late_354(void)
{
    CU_ASSERT_TRUE(
        tells(RULES("{\"at\":\"DATA\",\"delay\":\"3s\"}"),
              OPENING ENVELOPE "> DATA\n> x\n> .\n> QUIT\nclose\n",
              "4.000 1: received DATA m1: DATA\\r\\n\n"
              "5.000 1: received DATA m1: x\\r\\n\n"
              "6.000 1: received DATA m1: .\\r\\n\n"
              "7.000 1: received DATA m1: QUIT\\r\\n\n"
              "8.000 1: sender-fin DATA m1\n"
              "3004.000 1: sent DATA r1 m1: 354 send the message, a lone dot ends it\\r\\n\n"
              "3004.000 1: stored end-of-data m1\n"
              "3004.000 1: sent QUIT: 250 accepted\\r\\n"
              "221 MAIL.PROD.NACCS6 closing\\r\\n\n"));
}

static void test_dribbled(void)
{
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"HELO\",\"delay\":\"1s\",\"reply\":\"250 hello\","
                               "\"dribble\":{\"octets\":4,\"every\":\"500ms\"}}"),
                         OPENING "> NOOP\n",
                         "1001.000 1: sent HELO r1: 250 \n"
                         "1501.000 1: sent HELO r1: hell\n"
                         "2001.000 1: sent HELO r1: o\\r\\n\n"
                         "2001.000 1: sent NOOP: 250 ok\\r\\n\n"));
}

static void test_split(void)
{
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"HELO\",\"reply\":\"250 hello\",\"split\":[2,3]}"),
                         OPENING,
                         "1.000 1: sent HELO r1: 25\n"
                         "1.000 1: sent HELO r1: 0 h\n"
                         "1.000 1: sent HELO r1: ello\\r\\n\n"));
    /* Of the centre's own reply too; boundaries behind its end make no segment. */
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"NOOP\",\"split\":[3,4,100]}"), "open\n> NOOP\n" LEAVING,
                         "1.000 1: sent NOOP r1: 250\n"
                         "1.000 1: sent NOOP r1:  ok\\r\n"
                         "1.000 1: sent NOOP r1: \\n\n"
                         "2.000 1: received QUIT"));
}

static void test_paused(void)
{
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"HELO\",\"reply\":\"250 hello\",\"split\":[2,3,4],"
                               "\"pauses\":[\"1s\",\"250ms\"]}"),
                         OPENING "> NOOP\n",
                         "1.000 1: sent HELO r1: 25\n"
                         "2.000 1: received HELO: NOOP\\r\\n\n"
                         "1001.000 1: sent HELO r1: 0 h\n"
                         "1251.000 1: sent HELO r1: ello\n"
                         "1251.000 1: sent HELO r1: \\r\\n\n"
                         "1251.000 1: sent NOOP: 250 ok\\r\\n\n"));
}

/* Replies of the centre's own are gathered, a rule's is told from them. */
static void test_segment_of_its_own(void)
{
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"HELP\",\"reply\":\"214 no\"}"),
                         "open\n>> NOOP\\r\\nNOOP\\r\\nHELP\\r\\nNOOP\\r\\n\n" LEAVING,
                         "1.000 1: received NOOP: NOOP\\r\\nNOOP\\r\\nHELP\\r\\nNOOP\\r\\n\n"
                         "1.000 1: sent NOOP: 250 ok\\r\\n250 ok\\r\\n\n"
                         "1.000 1: sent HELP r1: 214 no\\r\\n\n"
                         "1.000 1: sent NOOP: 250 ok\\r\\n\n"));
}

static void test_several_lines_and_variables(void)
{
    CU_ASSERT_TRUE(
        tells(RULES("{\"at\":\"MAIL\",\"reply\":{\"code\":250,\"text\":[\"${domain} ${helo}\","
                    "\"message ${message} of ${connection}\"]}}"),
              "open\n> HELO me\n" ENVELOPE "> RSET\n> MAIL FROM:<a@b>\n" LEAVING,
              "5.000 1: sent MAIL r1 m2: 250-MAIL.PROD.NACCS6 me\\r\\n250 message 2 of 1\\r\\n\n"));
    CU_ASSERT_TRUE(
        tells(RULES("{\"at\":\"HELO\",\"reply\":{\"octets\":\"250 ${helo}-${}$\\r\\n\"}}"),
              "open\n> HELO me\n> QUIT\nclose\n", "1.000 1: sent HELO r1: 250 me-${}$\\r\\n\n"));
}

static void test_text_for_the_code_of_the_moment(void)
{
    static const char rules[] =
        RULES("{\"at\":[\"banner\",\"HELO\",\"RCPT\",\"DATA\",\"end-of-data\",\"QUIT\"],"
              "\"reply\":{\"text\":[\"error ${helo}\",\"no\"]}}");
    GIVES(&(struct scripted){.scenario = rules,
                             .script = OPENING "> RCPT TO:<x@y>\n" ENVELOPE
                                               "> RCPT TO:<x@y>\n> DATA\n> .\n" LEAVING},
          "220 250 503 250 250 550 354 250 221", NULL);
    CU_ASSERT_TRUE(
        tells(rules, OPENING "> RCPT TO:<x@y>\n" LEAVING, ": 503-error a\\r\\n503 no\\r\\n\n"));
}

/* Not answering. */

static void test_stalled(void)
{
    GIVES(&(struct scripted){.scenario = RULES("{\"at\":\"MAIL\",\"stall\":true}"),
                             .script = OPENING ENVELOPE "+300000\n> QUIT\nfin\n"},
          "220 250",
          "0.000 1: opened connect\n"
          "0.000 1: sent banner: 220 MAIL.PROD.NACCS6 SMTP ready\\r\\n\n"
          "1.000 1: received HELO: HELO a\\r\\n\n"
          "1.000 1: sent HELO: 250 MAIL.PROD.NACCS6\\r\\n\n"
          "2.000 1: received MAIL m1: MAIL FROM:<a@b>\\r\\n\n"
          "2.000 1: stalled MAIL r1 m1\n"
          "3.000 1: received MAIL m1: RCPT TO:<NACCS@MAIL.PROD.NACCS6>\\r\\n\n"
          "300004.000 1: received MAIL m1: QUIT\\r\\n\n"
          "300005.000 1: sender-fin MAIL m1\n"
          "300005.000 1: centre-fin MAIL m1\n"
          "300005.000 1: closed MAIL m1\n");
}

static void test_closed_instead_of_a_reply(void)
{
    GIVES(&(struct scripted){.scenario = RULES("{\"at\":\"HELO\",\"close\":\"fin\"}"),
                             .script = OPENING "close\n"},
          "220",
          "0.000 1: opened connect\n"
          "0.000 1: sent banner: 220 MAIL.PROD.NACCS6 SMTP ready\\r\\n\n"
          "1.000 1: received HELO: HELO a\\r\\n\n"
          "1.000 1: centre-fin HELO r1\n"
          "2.000 1: sender-fin HELO\n"
          "2.000 1: closed HELO\n");
    GIVES(&(struct scripted){.scenario =
                                 RULES("{\"at\":\"HELO\",\"close\":\"rst\",\"delay\":\"5s\"}"),
                             .script = OPENING},
          "220",
          "0.000 1: opened connect\n"
          "0.000 1: sent banner: 220 MAIL.PROD.NACCS6 SMTP ready\\r\\n\n"
          "1.000 1: received HELO: HELO a\\r\\n\n"
          "5001.000 1: centre-rst HELO r1\n"
          "5001.000 1: closed HELO\n");
    GIVES(&(struct scripted){.scenario = RULES("{\"at\":\"connect\",\"close\":\"rst\"}"),
                             .script = OPENING},
          "",
          "0.000 1: opened connect\n"
          "0.000 1: centre-rst connect r1\n"
          "0.000 1: closed connect\n");
}

static void test_closed_after_a_reply(void)
{
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"HELO\",\"reply\":\"421 bye\",\"close\":\"rst\"}"),
                         OPENING,
                         "1.000 1: sent HELO r1: 421 bye\\r\\n\n"
                         "1.000 1: centre-rst HELO r1\n"
                         "1.000 1: closed HELO\n"));
    /* It hears for a second what the sender still says. */
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"HELO\",\"reply\":\"421 bye\",\"close\":\"fin\"}"),
                         OPENING "> QUIT\n",
                         "1.000 1: sent HELO r1: 421 bye\\r\\n\n"
                         "1.000 1: centre-fin HELO r1\n"
                         "2.000 1: received HELO: QUIT\\r\\n\n"
                         "1001.000 1: closed HELO\n"));
    /* By itself a 421 closes nothing: a sound sender does. */
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"MAIL\",\"reply\":\"421 bye\"}"), OPENING ENVELOPE LEAVING,
                         "2.000 1: sent MAIL r1 m1: 421 bye\\r\\n\n"
                         "3.000 1: received RCPT"));
}

static void test_half_closed(void)
{
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"HELO\",\"reply\":\"250 ok\",\"close\":\"half\"}"),
                         OPENING "> NOOP\n+5000\n> NOOP\nfin\n",
                         "1.000 1: sent HELO r1: 250 ok\\r\\n\n"
                         "1.000 1: centre-half HELO r1\n"
                         "2.000 1: received HELO: NOOP\\r\\n\n"
                         "5003.000 1: received HELO: NOOP\\r\\n\n"
                         "5004.000 1: sender-fin HELO\n"
                         "5004.000 1: closed HELO\n"));
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"HELO\",\"close\":\"half\"}"), OPENING "> NOOP\n",
                         "1.000 1: centre-half HELO r1\n"
                         "2.000 1: received HELO: NOOP\\r\\n\n"
                         "120002.000 1: closed HELO\n"));
}

static void test_sender_that_does_not_read(void)
{
    /* Far more is asked for than it takes: the centre stops reading, and goes on when it may. */
    struct scripted_result result;
    char script[65536] = "open\ndeaf\n";
    for (int i = 0; i < 500; i++)
        strcat(script, "> HELP\n");
    strcat(script, "hear\n> QUIT\nclose\n");
    char *rules = malloc(4096);
    CU_ASSERT_PTR_NOT_NULL_FATAL(rules);
    sprintf(rules, RULES("{\"at\":\"HELP\",\"reply\":\"214 %0*d\"}"), 2000, 0);
    scripted_play(&(struct scripted){.scenario = rules, .script = script}, &result);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "paused HELP"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "resumed HELP"));
    CU_ASSERT_EQUAL(strlen(result.codes), 4 * 502 - 1);
    CU_ASSERT_EQUAL(result.still_open, 0);
    scripted_free(&result);
    free(rules);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"refused by a rule", test_refused_by_a_rule},
        {"granted by a rule", test_granted_by_a_rule},
        {"data permits by 354 alone", test_data_permits_by_354_alone},
        {"malformed permits nothing", test_malformed_permits_nothing},
        {"stored only by 250", test_stored_only_by_250},
        {"delayed", test_delayed},
        {"message is kept before the delay", test_message_is_kept_before_the_delay},
        {"octets before a late 354", test_octets_before_a_late_354},
        {"dribbled", test_dribbled},
        {"split", test_split},
        {"paused", test_paused},
        {"segment of its own", test_segment_of_its_own},
        {"several lines and variables", test_several_lines_and_variables},
        {"text for the code of the moment", test_text_for_the_code_of_the_moment},
        {"stalled", test_stalled},
        {"closed instead of a reply", test_closed_instead_of_a_reply},
        {"closed after a reply", test_closed_after_a_reply},
        {"half closed", test_half_closed},
        {"sender that does not read", test_sender_that_does_not_read},
    };
    return unit_main("session_reply", tests, sizeof tests / sizeof *tests, argc, argv);
}
