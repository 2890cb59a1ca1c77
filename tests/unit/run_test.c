#include "harness/run.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/run_job.h"
#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

/* A suite of a few cases, and how it is run. */
struct setting {
    struct fixture fixture;
    struct suite suite;
    size_t selected[16];
    struct run_options options;
    struct run_results results;
    size_t begun, told;
};

static void begun(void *owner, const struct suite_case *test)
{
    struct setting *setting = owner;
    CU_ASSERT_PTR_NOT_NULL(test);
    setting->begun++;
}

static void progress(void *owner, const struct run_case *result, size_t done, size_t total)
{
    struct setting *setting = owner;
    CU_ASSERT_PTR_NOT_NULL(result->test);
    CU_ASSERT_EQUAL(done, ++setting->told);
    CU_ASSERT_EQUAL(total, setting->options.selected_count);
}

static void begin(struct setting *setting)
{
    *setting = (struct setting){.fixture = fixture_make()};
    fixture_suite(&setting->fixture);
    fixture_write(&setting->fixture, "messages/second.eml", "Subject: 2\r\n\r\n.\r\n");
}

static void add(struct setting *setting, const char *name, const char *rest)
{
    char text[2048];
    snprintf(text, sizeof text, "{\"version\": 1, \"title\": {\"en\": \"%s\"}, %s}", name, rest);
    fixture_write(&setting->fixture, name, text);
}

/* All cases, with the reference client. */
static void prepare(struct setting *setting)
{
    struct told told;
    if (!fixture_load(&setting->fixture, &setting->suite, &told))
        fputs(told.text, stderr);
    CU_ASSERT_FATAL(setting->suite.case_count > 0 && setting->suite.case_count <= 16);
    for (size_t i = 0; i < setting->suite.case_count; i++)
        setting->selected[i] = i;
    setting->options =
        fixture_options(&setting->suite, setting->selected, setting->suite.case_count);
    setting->options.begun = begun;
    setting->options.progress = progress;
    setting->options.owner = setting;
}

static void run(struct setting *setting)
{
    struct problem problem = {""};
    setting->begun = setting->told = 0;
    CU_ASSERT_FATAL(run_suite(&setting->options, &setting->results, &problem));
    CU_ASSERT_EQUAL(setting->told, setting->options.selected_count);
}

static void end(struct setting *setting)
{
    run_results_free(&setting->results);
    suite_free(&setting->suite);
    fixture_remove(&setting->fixture);
}

static const char plain[] =
    "\"requirements\": [\"CONN-1\"], \"messages\": [\"plain\", \"second\"], "
    "\"expect\": {\"accepted\": [1, 2], \"outcome\": \"accepted\"}";
static const char refused[] = "\"requirements\": [\"CONN-1\"], \"messages\": [\"plain\"], "
                              "\"rules\": [{\"at\": \"RCPT\", \"reply\": \"550 no\"}], "
                              "\"expect\": {\"accepted\": [], \"outcome\": \"refused\"}";
static const char silent[] =
    "\"requirements\": [\"CONN-1\"], \"messages\": [\"plain\"], "
    "\"rules\": [{\"at\": \"MAIL\", \"stall\": true}], \"expect\": {\"accepted\": []}";
/* Can't be: the centre refuses, and yet the message is expected to be there. */
static const char impossible[] =
    "\"requirements\": [\"CONN-1\"], \"messages\": [\"plain\"], "
    "\"rules\": [{\"at\": \"RCPT\", \"reply\": \"550 no\"}], \"expect\": {\"accepted\": [1]}";

static void test_virtual(void)
{
    struct setting setting;
    begin(&setting);
    add(&setting, "a/plain.json", plain);
    add(&setting, "b/refused.json", refused);
    add(&setting, "c/silent.json", silent);
    prepare(&setting);
    run(&setting);
    CU_ASSERT_EQUAL(setting.begun, 3);
    CU_ASSERT_EQUAL(setting.results.passed, 3);
    const struct run_case *cases = setting.results.cases;
    CU_ASSERT_EQUAL(cases[0].claims[1].outcomes, OUTCOME_ACCEPTED);
    CU_ASSERT_EQUAL(cases[1].claims[0].outcomes, OUTCOME_REFUSED);
    CU_ASSERT(cases[2].duration >= 5 * USEC_PER_SEC);
    CU_ASSERT(cases[0].duration < USEC_PER_SEC);
    /* What happens when we tidy up is no part of the transcript. */
    const struct transcript *transcript = cases[0].transcript;
    CU_ASSERT_EQUAL(transcript->events[transcript->count - 1].kind, TRANSCRIPT_CLOSED);
    end(&setting);
}

static void test_same_seed(void)
{
    struct setting setting;
    begin(&setting);
    add(&setting, "a/plain.json", plain);
    add(&setting, "c/random.json",
        "\"messages\": [\"plain\"], \"rules\": [{\"at\": \"MAIL\", "
        "\"delay\": {\"uniform\": [\"1s\", \"3s\"]}, \"reply\": \"250 ok\"}]");
    prepare(&setting);
    run(&setting);
    uint64_t hash = setting.results.transcript_hash;
    run_results_free(&setting.results);
    run(&setting);
    CU_ASSERT_EQUAL(setting.results.transcript_hash, hash);
    run_results_free(&setting.results);
    setting.options.seed = 2;
    run(&setting);
    CU_ASSERT_NOT_EQUAL(setting.results.transcript_hash, hash);
    end(&setting);
}

static void test_known_failing(void)
{
    static const struct known_failure listed = {.line = 1};
    static const struct known_failure *const known[] = {&listed, &listed};
    struct setting setting;
    begin(&setting);
    add(&setting, "a/plain.json", plain);
    add(&setting, "b/impossible.json", impossible);
    prepare(&setting);
    run(&setting);
    CU_ASSERT(setting.results.failed == 1 && setting.results.passed == 1);
    run_results_free(&setting.results);
    setting.options.known = known;
    run(&setting);
    CU_ASSERT(setting.results.failed == 0 && setting.results.known == 1);
    CU_ASSERT_EQUAL(setting.results.unexpected, 1);
    end(&setting);
}

/* The same codes with other texts: compared with one run of the plain text for all of them. */
static void test_baseline(void)
{
    struct setting setting;
    begin(&setting);
    add(&setting, "a/text.json",
        "\"messages\": [\"plain\"], \"rules\": [{\"at\": \"RCPT\", \"reply\": \"$reply\"}], "
        "\"expect\": {\"same_actions_as\": \"plain\"}, "
        "\"vary\": {\"reply\": {\"one\": \"450 one\", \"two\": \"450 250 two\"}}");
    add(&setting, "b/other.json",
        "\"messages\": [\"plain\"], \"rules\": [{\"at\": \"RCPT\", \"reply\": \"450 x\"}], "
        "\"expect\": {\"same_actions_as\": \"a/text/one\"}");
    add(&setting, "c/nobody.json",
        "\"messages\": [\"plain\"], \"expect\": {\"same_actions_as\": \"no/such\"}");
    prepare(&setting);
    run(&setting);
    CU_ASSERT_EQUAL(setting.results.passed, 3);
    CU_ASSERT_EQUAL(setting.results.errors, 1);
    CU_ASSERT_EQUAL(setting.results.cases[3].verdict, VERDICT_ERROR);
    CU_ASSERT_PTR_NOT_NULL(strstr(setting.results.cases[3].reason, "no/such"));
    run_results_free(&setting.results);
    /* The case that is compared with need not be selected. */
    setting.selected[0] = 2;
    setting.options.selected_count = 1;
    run(&setting);
    CU_ASSERT_EQUAL(setting.results.passed, 1);
    end(&setting);
}

static void test_plain_copy(void)
{
    struct rule rules[] = {
        {.action = {.has_reply = true,
                    .reply = {.code = 450, .octets = OCTETS("450 a\r\n")},
                    .split_count = 2}},
        {.action = {.has_reply = true, .reply = {.octets = OCTETS("rubbish")}}},
        {.action = {.stall = true}},
    };
    struct scenario scenario = {.rules = rules, .rule_count = 3};
    struct scenario *first = baseline_plain(&scenario);
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT(octets_equal(first->rules[0].action.reply.octets, OCTETS("450 ok\r\n")));
    CU_ASSERT_EQUAL(first->rules[0].action.split_count, 0);
    CU_ASSERT(octets_equal(first->rules[1].action.reply.octets, OCTETS("rubbish")));
    CU_ASSERT(octets_equal(rules[0].action.reply.octets, OCTETS("450 a\r\n")));
    rules[0].action.reply.octets = OCTETS("450 another text\r\n");
    struct scenario *second = baseline_plain(&scenario);
    CU_ASSERT_EQUAL(baseline_key(first), baseline_key(second));
    rules[2].action.stall = false;
    struct scenario *third = baseline_plain(&scenario);
    CU_ASSERT_NOT_EQUAL(baseline_key(first), baseline_key(third));
    baseline_free(first);
    baseline_free(second);
    baseline_free(third);
}

static void test_skips(void)
{
    static const char *const seq[] = {"SEQ-1"};
    const struct rule at_ehlo = {.stages = 1u << STAGE_EHLO};
    struct scenario scenario = {.requirements = seq, .requirement_count = 1};
    struct suite_case test = {.scenario = &scenario, .message_count = 2};
    struct run_profile can = run_profile_default(), profile = can;
    CU_ASSERT_PTR_NULL(run_skip_reason(&can, &test));
    profile.one_per_connection = true;
    CU_ASSERT_PTR_NOT_NULL(run_skip_reason(&profile, &test));
    test.message_count = 1;
    CU_ASSERT_PTR_NULL(run_skip_reason(&profile, &test));
    profile = can;
    scenario.recipient_given_count = 2;
    profile.several_recipients = false;
    CU_ASSERT_PTR_NULL(run_skip_reason(&can, &test));
    CU_ASSERT_PTR_NOT_NULL(run_skip_reason(&profile, &test));
    scenario.recipient_given_count = 0;
    scenario.rules = &at_ehlo;
    scenario.rule_count = 1;
    CU_ASSERT_PTR_NOT_NULL(run_skip_reason(&can, &test));
    profile = can;
    profile.sends_ehlo = true;
    CU_ASSERT_PTR_NULL(run_skip_reason(&profile, &test));
    scenario.rule_count = 0;
    scenario.expect.has_connections = true;
    scenario.expect.connections = (struct range){2, 4};
    CU_ASSERT_PTR_NULL(run_skip_reason(&can, &test));
    profile.retries = false;
    CU_ASSERT_PTR_NOT_NULL(run_skip_reason(&profile, &test));
}

static void test_skipped_case(void)
{
    struct setting setting;
    begin(&setting);
    add(&setting, "a/two.json",
        "\"requirements\": [\"CONN-1\"], \"messages\": [\"plain\", \"second\"], "
        "\"expect\": {\"connections\": 1}");
    prepare(&setting);
    setting.options.profile.one_per_connection = true;
    run(&setting);
    CU_ASSERT_EQUAL(setting.begun, 0);
    CU_ASSERT_EQUAL(setting.results.skipped, 1);
    CU_ASSERT_PTR_NULL(setting.results.cases[0].transcript);
    CU_ASSERT_PTR_NOT_NULL(setting.results.cases[0].reason);
    end(&setting);
}

/* A command that does nothing, says something and claims success. */
static void test_real(void)
{
    const char *command[] = {"sh", "-c", "echo \"$NACCS_CASE $1\"", "sh", "{message}", NULL};
    struct setting setting;
    begin(&setting);
    add(&setting, "a/plain.json", plain);
    add(&setting, "b/refused.json", refused);
    prepare(&setting);
    setting.options.command = (char *const *)command;
    setting.options.profile.each = true;
    run(&setting);
    CU_ASSERT_EQUAL(setting.results.failed, 2);
    const struct run_case *first = &setting.results.cases[0];
    CU_ASSERT_EQUAL(first->claims[0].outcomes, OUTCOME_ACCEPTED);
    CU_ASSERT_EQUAL(first->claims[1].outcomes, OUTCOME_ACCEPTED);
    /* One run per message. */
    char expected[512];
    snprintf(expected, sizeof expected, "a/plain %s\na/plain %s\n", first->test->message_paths[0],
             first->test->message_paths[1]);
    CU_ASSERT_EQUAL_FATAL(first->output_count, strlen(expected));
    CU_ASSERT_EQUAL(memcmp(first->output, expected, first->output_count), 0);
    end(&setting);
}

static void test_outcome_of_command(void)
{
    const char *command[] = {"sh", "-c",
                             "echo '{\"messages\": [{\"outcome\": \"unsent\"}, "
                             "{\"outcome\": \"deferred\"}]}' > \"$NACCS_OUTCOME\"; exit 75",
                             NULL};
    struct setting setting;
    begin(&setting);
    add(&setting, "a/plain.json", plain);
    prepare(&setting);
    setting.options.command = (char *const *)command;
    run(&setting);
    const struct run_case *first = &setting.results.cases[0];
    CU_ASSERT_EQUAL(first->claims[0].outcomes, OUTCOME_UNSENT);
    CU_ASSERT_EQUAL(first->claims[1].outcomes, OUTCOME_DEFERRED);
    end(&setting);
}

/* A crash costs its own case alone, and claims nothing. */
static void test_crash(void)
{
    const char *command[] = {"sh", "-c", "kill -SEGV $$", NULL};
    struct setting setting;
    begin(&setting);
    add(&setting, "a/plain.json", plain);
    prepare(&setting);
    setting.options.command = (char *const *)command;
    run(&setting);
    CU_ASSERT_EQUAL(setting.results.failed, 1);
    CU_ASSERT_EQUAL(setting.results.cases[0].claims[0].outcomes, 0);
    end(&setting);
}

static void test_no_command(void)
{
    const char *command[] = {"no-such-command-here", NULL};
    struct setting setting;
    struct problem problem = {""};
    begin(&setting);
    add(&setting, "a/plain.json", plain);
    prepare(&setting);
    setting.options.command = (char *const *)command;
    CU_ASSERT_FALSE(run_suite(&setting.options, &setting.results, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "no-such-command-here"));
    end(&setting);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"virtual time", test_virtual},
        {"the same seed", test_same_seed},
        {"known to fail", test_known_failing},
        {"same actions", test_baseline},
        {"a plain copy", test_plain_copy},
        {"what a sender can't do", test_skips},
        {"a skipped case", test_skipped_case},
        {"a command", test_real},
        {"what a command says", test_outcome_of_command},
        {"a command that crashes", test_crash},
        {"no such command", test_no_command},
    };
    return unit_main("run", tests, sizeof tests / sizeof *tests, argc, argv);
}
