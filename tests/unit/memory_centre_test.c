#include "tests/unit/memory.h"

#include <stdio.h>
#include <string.h>

#include "mockserver/scenario_load.h"
#include "tests/unit/keeping.h"
#include "tests/unit/talk.h"
#include "tests/unit/unit.h"

/* A whole session, greeting to QUIT, with a spool and a journal: every allocation that it needs
 * fails in turn. */

#define ENVELOPE "MAIL FROM:<a@b>", "RCPT TO:<NACCS@MAIL.PROD.NACCS6>", "DATA"

enum { RULES = 50, LARGE = 100002 };

static const char *const lines[] = {
    "EHLO sender.example", "NOOP",   ENVELOPE, ".",    "VRFY a", ENVELOPE, ".", "RSET",
    "HELO sender.example", ENVELOPE, ".",      "QUIT", NULL};
static const char *const one_message[] = {"HELO again.example", ENVELOPE, ".", "QUIT", NULL};

static uint8_t large[LARGE + 3];

static void prepare_messages(struct talk_message messages[3])
{
    for (size_t i = 0; i < LARGE; i++)
        large[i] = (uint8_t) "\r\nab"[i % 4]; /* no header */
    memcpy(large + LARGE, ".\r\n", 3);
    messages[0] = (struct talk_message){OCTETS("A: b\r\n\r\n.dots\r\n"),
                                        OCTETS("A: b\r\n\r\n..dots\r\n.\r\n")};
    messages[1] = (struct talk_message){{large, LARGE}, {large, sizeof large}};
    messages[2] = (struct talk_message){OCTETS("C: d\r\n\r\n"), OCTETS("C: d\r\n\r\n.\r\n")};
}

/* Fifty rules; those that act make the centre take memory in each of its ways. */
static struct scenario_set make_scenario(void)
{
    static const char acting[] =
        "{\"at\":\"EHLO\",\"split\":[2,9],\"pauses\":[\"1s\"]},"
        "{\"at\":\"NOOP\",\"reply\":\"250 ${helo} ${connection} ${message} ${domain}\"},"
        "{\"at\":\"body\",\"message\":2,\"after\":{\"octets\":70000},\"delay\":\"1s\"},"
        "{\"at\":\"end-of-data\",\"message\":1,\"delay\":\"3s\"},"
        "{\"at\":\"MAIL\",\"message\":3,\"dribble\":{\"octets\":4,\"every\":\"100ms\"}},"
        "{\"at\":\"VRFY\",\"stop_reading\":{\"for\":\"2s\"},\"delay\":\"1s\"}";
    char text[16384] = "{\"version\":1,\"centre\":{\"ehlo\":[\"8BITMIME\",\"SIZE\"]},\"rules\":[";
    size_t count = strlen(text);
    for (int i = 6; i < RULES; i++)
        count += (size_t)snprintf(text + count, sizeof text - count,
                                  "{\"at\":\"RCPT\",\"message\":%d,\"reply\":\"450 %d\"},", i, i);
    snprintf(text + count, sizeof text - count, "%s]}", acting);
    struct scenario_set set = {NULL, 0};
    CU_ASSERT_TRUE_FATAL(scenario_load_text(octets_of(text), "rules.json",
                                            &(struct scenario_load_options){0}, &set));
    CU_ASSERT_EQUAL_FATAL(set.at[0]->rule_count, RULES);
    return set;
}

/* What one test needs, and what is counted over all its runs. */
struct setting {
    struct keeping keeping;
    struct scenario_set set;
    struct talk_message messages[3];
    unsigned long closed_at_once, cut, refused, whole;
};

/* Whatever was acknowledged is there once, and nothing is there by halves. */
static void check_kept(struct setting *setting, const struct talk *talk)
{
    for (size_t i = 0; i < 3; i++) {
        size_t copies = keeping_copies(&setting->keeping, setting->messages[i].content);
        CU_ASSERT(!talk->acknowledged[i] || copies == 1);
        CU_ASSERT(copies <= 1);
        CU_ASSERT(talk->acknowledged[i] || talk->ends[i] == 0 || talk->ends[i] / 100 == 4);
    }
    CU_ASSERT_EQUAL(keeping_files(&setting->keeping, "tmp"), 0);
    if (talk->codes[talk->code_count - 1] == 221 && talk->acknowledged[0] &&
        talk->acknowledged[1] && talk->acknowledged[2])
        setting->whole++;
    else if (talk->codes[talk->code_count - 1] == 221)
        setting->refused++;
    else
        setting->cut++;
}

/* Memory is back: the centre serves whoever comes next. */
static void check_serves(struct setting *setting)
{
    struct talk talk = {.lines = one_message, .messages = setting->messages};
    CU_ASSERT_TRUE_FATAL(
        talk_begin(&talk, setting->keeping.loop, centre_endpoint(setting->keeping.centre)));
    loop_run(setting->keeping.loop);
    CU_ASSERT_TRUE(talk.acknowledged[0]);
    CU_ASSERT_EQUAL(talk.codes[talk.code_count - 1], 221);
    talk_end(&talk);
}

static void session(void *owner)
{
    struct setting *setting = owner;
    struct keeping *keeping = &setting->keeping;
    struct problem problem = {""};
    struct talk talk = {.lines = lines, .messages = setting->messages};
    bool opened = keeping_open(keeping, setting->set.at[0], &problem);
    if (!opened)
        CU_ASSERT(problem.text[0] != '\0');
    bool begun = opened && talk_begin(&talk, keeping->loop, centre_endpoint(keeping->centre));
    if (begun)
        loop_run(keeping->loop);
    else
        setting->closed_at_once++;
    talk_end(&talk);
    bool journalled = !keeping->journal || journal_flush(keeping->journal, NULL);
    memory_restore();
    CU_ASSERT_EQUAL(journalled, keeping->journal_faults == 0);
    if (begun && talk.code_count > 0)
        check_kept(setting, &talk);
    keeping_empty(keeping);
    if (opened)
        check_serves(setting);
    keeping_close(keeping);
    keeping_empty(keeping);
}

static void test_session(void)
{
    struct setting setting = {.cut = 0};
    keeping_make(&setting.keeping);
    setting.set = make_scenario();
    prepare_messages(setting.messages);
    unsigned long runs = memory_try(&(struct memory_trial){"session", session, &setting, 0, 0});
    printf("(%lu runs: %lu did not begin, %lu cut, %lu with a refusal, %lu whole) ", runs,
           setting.closed_at_once, setting.cut, setting.refused, setting.whole);
    CU_ASSERT(runs > 60);
    CU_ASSERT(setting.refused > 0 && setting.cut > 0 && setting.whole > 0);
    scenario_set_free(&setting.set);
    keeping_remove(&setting.keeping);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"a whole session", test_session},
    };
    return unit_main("memory_centre", tests, sizeof tests / sizeof *tests, argc, argv);
}
