#include "mockserver/scenario_load.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "wire/ehlo.h"

#define DATA "tests/unit/data/scenarios"

static const char *const known_requirements[] = {"CODE-1", "CODE-3", "QUIT-1"};

/* The faults that were told, a line each. */
struct told {
    char text[65536];
    size_t count;
};

static void tell(void *owner, const char *text)
{
    struct told *told = owner;
    size_t used = strlen(told->text);
    snprintf(told->text + used, sizeof told->text - used, "%s\n", text);
    told->count++;
}

static struct scenario_load_options options_for(struct told *told)
{
    told->text[0] = '\0';
    told->count = 0;
    return (struct scenario_load_options){.root = DATA "/root",
                                          .requirements = known_requirements,
                                          .requirement_count = 3,
                                          .fault = tell,
                                          .owner = told};
}

static char *slurp(const char *path, size_t *count)
{
    FILE *file = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    char *text = malloc(1 << 20);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    *count = fread(text, 1, (1 << 20) - 1, file);
    text[*count] = '\0';
    fclose(file);
    return text;
}

/* Loads text; the set is empty where it is refused. */
static struct scenario_set load_text(const char *text, struct told *told)
{
    struct scenario_load_options options = options_for(told);
    struct scenario_set set = {NULL, 0};
    bool loaded = scenario_load_text(octets_of(text), "text.json", &options, &set);
    CU_ASSERT_EQUAL(loaded, set.count > 0);
    CU_ASSERT_EQUAL(loaded, told->count == 0);
    return set;
}

static struct scenario_set load_file(const char *path)
{
    struct told told;
    struct scenario_load_options options = options_for(&told);
    struct scenario_set set = {NULL, 0};
    bool loaded = scenario_load(path, &options, &set);
    if (!loaded)
        fputs(told.text, stderr);
    CU_ASSERT_TRUE_FATAL(loaded);
    return set;
}

static int is_scenario(const struct dirent *entry)
{
    const char *suffix = strrchr(entry->d_name, '.');
    return suffix && strcmp(suffix, ".json") == 0;
}

static void test_golden_invalid(void)
{
    struct dirent **files;
    int count = scandir(DATA "/invalid", &files, is_scenario, alphasort);
    CU_ASSERT_FATAL(count > 110);
    for (int i = 0; i < count; i++) {
        char path[512], expected_path[512];
        int stem = (int)strlen(files[i]->d_name) - 5;
        snprintf(path, sizeof path, DATA "/invalid/%s", files[i]->d_name);
        snprintf(expected_path, sizeof expected_path, DATA "/invalid/%.*s.faults", stem,
                 files[i]->d_name);
        struct told told;
        struct scenario_load_options options = options_for(&told);
        struct scenario_set set = {NULL, 12345};
        CU_ASSERT_FALSE(scenario_load(path, &options, &set));
        CU_ASSERT_EQUAL(set.count, 12345);
        size_t size;
        char *expected = slurp(expected_path, &size);
        CU_ASSERT_STRING_EQUAL(told.text, expected);
        if (strcmp(told.text, expected) != 0)
            fprintf(stderr, "%s\n%s", path, told.text);
        free(expected);
        free(files[i]);
    }
    free(files);
}

static void test_golden_valid(void)
{
    struct dirent **files;
    int count = scandir(DATA "/valid", &files, is_scenario, alphasort);
    CU_ASSERT_FATAL(count > 2);
    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof path, DATA "/valid/%s", files[i]->d_name);
        struct scenario_set set = load_file(path);
        CU_ASSERT(set.count > 0);
        scenario_set_free(&set);
        free(files[i]);
    }
    free(files);
}

/* A file that was cut off anywhere is refused. */
static void test_cut_at_every_octet(void)
{
    size_t size;
    char *text = slurp(DATA "/valid/everything.json", &size);
    struct told told;
    struct scenario_load_options options = options_for(&told);
    struct scenario_set set = {NULL, 0};
    for (size_t i = 0; i + 2 < size; i++) { /* the last two are the bracket and a line's end */
        uint8_t *part = malloc(i + 1);      /* just so large that reading beyond it shows */
        CU_ASSERT_PTR_NOT_NULL_FATAL(part);
        memcpy(part, text, i);
        told.count = 0;
        CU_ASSERT_FALSE(scenario_load_text((struct octets){part, i}, "cut.json", &options, &set));
        CU_ASSERT_EQUAL(told.count, 1);
        free(part);
    }
    free(text);
}

/* One octet that is wrong: refused with words, or taken; never anything else. */
static void test_every_octet_spoilt(void)
{
    size_t size;
    char *text = slurp(DATA "/valid/family.json", &size);
    struct told told;
    struct scenario_load_options options = options_for(&told);
    for (size_t i = 0; i < size; i++) {
        static const char spoilers[] = {'"', '}', '$', '9'};
        char kept = text[i];
        text[i] = spoilers[i % 4];
        struct scenario_set set = {NULL, 0};
        told.text[0] = '\0';
        told.count = 0;
        bool loaded = scenario_load_text((struct octets){(uint8_t *)text, size}, "spoilt.json",
                                         &options, &set);
        CU_ASSERT_EQUAL(loaded, told.count == 0);
        if (loaded)
            scenario_set_free(&set);
        text[i] = kept;
    }
    free(text);
}

static void check_octets(struct octets octets, const char *expected, size_t count)
{
    CU_ASSERT_TRUE(octets_equal(octets, (struct octets){(const uint8_t *)expected, count}));
}

static void test_centre(void)
{
    struct scenario_set set = load_file(DATA "/valid/everything.json");
    const struct scenario *scenario = set.at[0];
    const struct centre_settings *centre = &scenario->centre;
    CU_ASSERT_STRING_EQUAL(scenario->id, "everything");
    CU_ASSERT_STRING_EQUAL(scenario->file, DATA "/valid/everything.json");
    CU_ASSERT_STRING_EQUAL(scenario->title.en, "t");
    CU_ASSERT_STRING_EQUAL(scenario->title.ja, "題");
    CU_ASSERT_STRING_EQUAL(scenario->why.en, "because");
    CU_ASSERT_PTR_NULL(scenario->why.ja);
    CU_ASSERT_EQUAL(scenario->requirement_count, 1);
    CU_ASSERT_EQUAL_FATAL(scenario->message_count, 2);
    CU_ASSERT_STRING_EQUAL(scenario->messages[0], DATA "/root/messages/plain.eml");
    CU_ASSERT_STRING_EQUAL(scenario->messages[1], DATA "/root/messages/other.eml");
    CU_ASSERT_EQUAL(scenario->recipient_given_count, 2);
    CU_ASSERT_STRING_EQUAL(centre->domain, "MAIL.TEST.NACCS6");
    CU_ASSERT_EQUAL(centre->recipient_count, 1);
    CU_ASSERT_STRING_EQUAL(centre->recipients[0], "NACCS@A");
    CU_ASSERT_EQUAL(centre->idle_limit.duration, 90 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(centre->idle_margin.duration, 500 * USEC_PER_MSEC);
    CU_ASSERT_EQUAL(centre->idle_close, SCENARIO_CLOSE_RST);
    CU_ASSERT_TRUE(centre->idle_reply);
    CU_ASSERT_TRUE(centre->ehlo);
    CU_ASSERT_EQUAL(centre->ehlo_keywords, EHLO_SIZE | EHLO_DSN | EHLO_PIPELINING);
    CU_ASSERT_EQUAL_FATAL(centre->ehlo_other_count, 1);
    CU_ASSERT_STRING_EQUAL(centre->ehlo_others[0], "XFOO bar");
    CU_ASSERT_EQUAL(centre->command_limit, 1024);
    CU_ASSERT_EQUAL(centre->line_limit, 0);
    CU_ASSERT_EQUAL(centre->message_limit, 100);
    CU_ASSERT_EQUAL(centre->header_limit, 200);
    CU_ASSERT_EQUAL(centre->recipient_limit, 3);
    CU_ASSERT_EQUAL(centre->error_limit, 0);
    CU_ASSERT_EQUAL(centre->bare, BARE_REFUSE);
    scenario_set_free(&set);
}

static void test_ehlo(void)
{
    static const struct {
        const char *given;
        bool on;
        unsigned keywords;
        size_t others;
    } cases[] = {
        {"false", false, 0, 0},
        {"true", true, EHLO_SIZE | EHLO_8BITMIME | EHLO_DSN, 0},
        {"{}", true, 0, 0},
        {"{\"8bitmime\": true}", true, EHLO_8BITMIME, 0},
        {"[]", true, 0, 0},
        {"[\"SIZE\", \"XFOO\", \"pipelining\", \"HELP\"]", true, EHLO_SIZE | EHLO_PIPELINING, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        struct told told;
        snprintf(text, sizeof text, "{\"version\": 1, \"centre\": {\"ehlo\": %s}}", cases[i].given);
        struct scenario_set set = load_text(text, &told);
        CU_ASSERT_EQUAL_FATAL(set.count, 1);
        const struct centre_settings *centre = &set.at[0]->centre;
        CU_ASSERT_EQUAL(centre->ehlo, cases[i].on);
        CU_ASSERT_EQUAL(centre->ehlo_keywords, cases[i].keywords);
        CU_ASSERT_EQUAL(centre->ehlo_other_count, cases[i].others);
        scenario_set_free(&set);
    }
}

static void test_selectors(void)
{
    struct scenario_set set = load_file(DATA "/valid/everything.json");
    const struct rule *rules = set.at[0]->rules;
    CU_ASSERT_EQUAL(rules[0].stages, 1u << STAGE_RCPT);
    CU_ASSERT_EQUAL(rules[0].number, 1);
    CU_ASSERT_EQUAL(rules[0].times, 2);
    CU_ASSERT_EQUAL(rules[0].probability, 0.25);
    CU_ASSERT_STRING_EQUAL(rules[0].argument, "TO:*");
    CU_ASSERT_TRUE(ranges_hold(&rules[0].connections, 1));
    CU_ASSERT_FALSE(ranges_hold(&rules[0].connections, 2));
    CU_ASSERT_TRUE(ranges_hold(&rules[0].messages, 4));
    CU_ASSERT_FALSE(ranges_hold(&rules[0].messages, 3));
    CU_ASSERT_TRUE(ranges_hold(&rules[0].occurrences, 4000000000));
    CU_ASSERT_FALSE(ranges_hold(&rules[0].occurrences, 2));
    CU_ASSERT_EQUAL(rules[1].stages, 1u << STAGE_HELO | 1u << STAGE_EHLO);
    CU_ASSERT_EQUAL(rules[1].probability, 1);
    CU_ASSERT_TRUE(ranges_hold(&rules[1].connections, 5));
    CU_ASSERT_FALSE(ranges_hold(&rules[1].connections, 6));
    CU_ASSERT_TRUE(ranges_hold(&rules[1].messages, 8));
    CU_ASSERT_EQUAL(rules[2].stages, STAGES_ANY);
    CU_ASSERT_TRUE(rules[6].after_lines && rules[6].after == 3);
    CU_ASSERT_TRUE(!rules[7].after_lines && rules[7].after == 9);
    CU_ASSERT_TRUE(!rules[8].after_lines && rules[8].after == 7);
    scenario_set_free(&set);
}

static void test_replies(void)
{
    struct scenario_set set = load_file(DATA "/valid/everything.json");
    const struct rule *rules = set.at[0]->rules;
    const struct scenario_reply *reply = &rules[0].action.reply;
    CU_ASSERT_EQUAL(reply->code, 450);
    CU_ASSERT_FALSE(reply->default_code || reply->has_variables || reply->code_alone);
    check_octets(reply->octets, "450 busy\r\n", 10);
    check_octets(rules[1].action.reply.octets, "250-a\r\n250 b\r\n", 14);
    reply = &rules[2].action.reply;
    CU_ASSERT_TRUE(reply->default_code);
    check_octets(reply->octets, "hello", 5);
    reply = &rules[3].action.reply;
    CU_ASSERT_EQUAL(reply->code, 354);
    check_octets(reply->octets, "354 \0\xff\r\n", 8);
    CU_ASSERT_EQUAL(rules[4].action.reply.code, 354);
    check_octets(rules[4].action.reply.octets, "354 go\r\n", 8);
    check_octets(rules[5].action.reply.octets, "250 \xa4\xa2\r\n", 8);
    reply = &rules[15].action.reply;
    CU_ASSERT_TRUE(reply->has_variables);
    CU_ASSERT_EQUAL(reply->code, 221);
    reply = &rules[16].action.reply;
    CU_ASSERT_TRUE(reply->code_alone && !reply->default_code);
    check_octets(reply->octets, "250\r\n", 5);
    reply = &rules[17].action.reply;
    CU_ASSERT_TRUE(reply->code_alone && reply->default_code);
    CU_ASSERT_EQUAL(reply->octets.count, 0);
    scenario_set_free(&set);
}

/* What octets permit: only a whole, well-formed reply has a code. */
static void test_codes_of_octets(void)
{
    static const struct {
        const char *octets;
        int code;
    } cases[] = {
        {"250 ok\\r\\n", 250},
        {"250\\r\\n", 250},
        {"250-a\\r\\n250 b\\r\\n", 250},
        {"250-a\\r\\n", 0},
        {"354 go", 0},
        {"354 go\\n", 0},
        {"250-a\\r\\n354 b\\r\\n", 0},
        {"OK\\r\\n", 0},
        {"\\r\\n", 0},
        {"2500 ok\\r\\n", 0},
        {"199 x\\r\\n", 0},
        {"450 a\\r\\n354 b\\r\\n", 450},
        {"\\u0000", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        struct told told;
        snprintf(text, sizeof text,
                 "{\"version\": 1, \"rules\": [{\"at\": \"DATA\", \"reply\": {\"octets\": "
                 "\"%s\"}}]}",
                 cases[i].octets);
        struct scenario_set set = load_text(text, &told);
        CU_ASSERT_EQUAL_FATAL(set.count, 1);
        CU_ASSERT_EQUAL(set.at[0]->rules[0].action.reply.code, cases[i].code);
        scenario_set_free(&set);
    }
}

static void test_actions(void)
{
    struct scenario_set set = load_file(DATA "/valid/everything.json");
    const struct rule *rules = set.at[0]->rules;
    CU_ASSERT_EQUAL(rules[0].action.delay.kind, DELAY_FIXED);
    CU_ASSERT_EQUAL(rules[0].action.delay.first.duration, 3 * USEC_PER_SEC);
    CU_ASSERT_EQUAL_FATAL(rules[1].action.split_count, 2);
    CU_ASSERT_EQUAL(rules[1].action.split[1], 3);
    CU_ASSERT_EQUAL(rules[2].action.dribble_octets, 2);
    CU_ASSERT_EQUAL(rules[2].action.dribble_every.duration, 500 * USEC_PER_MSEC);
    CU_ASSERT_EQUAL(rules[3].action.delay.kind, DELAY_UNIFORM);
    CU_ASSERT_EQUAL(rules[3].action.delay.second.percent, 90);
    CU_ASSERT_EQUAL(rules[4].action.delay.kind, DELAY_EXPONENTIAL);
    CU_ASSERT_EQUAL(rules[5].action.delay.kind, DELAY_NORMAL);
    CU_ASSERT_EQUAL(rules[5].action.delay.second.duration, 300 * USEC_PER_MSEC);
    CU_ASSERT_TRUE(rules[6].action.stall && !rules[6].action.has_reply);
    CU_ASSERT_TRUE(rules[7].action.stop_reading && rules[7].action.reads_again);
    CU_ASSERT_EQUAL(rules[7].action.stopped_for.duration, 2 * USEC_PER_SEC);
    CU_ASSERT_TRUE(rules[8].action.stop_reading && !rules[8].action.reads_again);
    CU_ASSERT_EQUAL(rules[9].action.store, SCENARIO_STORE_YES);
    CU_ASSERT_EQUAL(rules[9].action.close, SCENARIO_CLOSE_RST);
    CU_ASSERT_EQUAL(rules[10].action.store, SCENARIO_STORE_NO);
    CU_ASSERT_TRUE(rules[11].action.has_idle_limit && rules[11].action.has_idle_margin);
    CU_ASSERT_EQUAL(rules[11].action.idle_margin.duration, 2 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(rules[11].action.close, SCENARIO_CLOSE_HALF);
    CU_ASSERT_EQUAL(rules[12].action.refuse, SCENARIO_REFUSE_SILENCE);
    CU_ASSERT_EQUAL(rules[12].action.delay.first.percent, 50);
    CU_ASSERT_EQUAL(rules[13].action.refuse, SCENARIO_REFUSE_RST);
    scenario_set_free(&set);
}

static void test_expectations(void)
{
    struct scenario_set set = load_file(DATA "/valid/everything.json");
    const struct expectation *expect = &set.at[0]->expect;
    CU_ASSERT_TRUE(expect->has_accepted);
    CU_ASSERT_EQUAL_FATAL(expect->accepted_count, 1);
    CU_ASSERT_EQUAL(expect->accepted[0], 2);
    CU_ASSERT_EQUAL_FATAL(expect->outcome_count, 2);
    CU_ASSERT_EQUAL(expect->outcomes[0].message, 1);
    CU_ASSERT_EQUAL(expect->outcomes[0].outcomes, OUTCOME_DEFERRED | OUTCOME_UNSENT);
    CU_ASSERT_EQUAL(expect->outcomes[1].outcomes, OUTCOME_ACCEPTED);
    CU_ASSERT_TRUE(expect->has_gives_up);
    CU_ASSERT_EQUAL(expect->gives_up_at, STAGE_RCPT);
    CU_ASSERT_EQUAL_FATAL(expect->next_count, 1);
    CU_ASSERT_EQUAL(expect->next[0].after, STAGE_RCPT);
    CU_ASSERT_EQUAL(expect->next[0].allowed, 1u << COMMAND_RSET | 1u << COMMAND_QUIT);
    CU_ASSERT_TRUE(expect->next[0].close_allowed);
    CU_ASSERT_TRUE(expect->has_connections);
    CU_ASSERT_EQUAL(expect->connections.first, 0);
    CU_ASSERT_EQUAL(expect->connections.last, 2);
    CU_ASSERT_STRING_EQUAL(expect->same_actions_as, "plain");
    CU_ASSERT_TRUE(expect->has_quit_within);
    CU_ASSERT_EQUAL(expect->quit_within.duration, 5 * USEC_PER_SEC);
    CU_ASSERT_EQUAL_FATAL(expect->void_count, 1);
    CU_ASSERT_STRING_EQUAL(expect->void_checks[0], "QUIT-1");
    scenario_set_free(&set);
}

static void test_nothing_expected(void)
{
    struct scenario_set set = load_file(DATA "/valid/empty.json");
    const struct expectation *expect = &set.at[0]->expect;
    CU_ASSERT_FALSE(expect->has_accepted || expect->has_gives_up || expect->has_connections ||
                    expect->has_quit_within);
    CU_ASSERT_EQUAL(expect->outcome_count + expect->next_count + expect->void_count, 0);
    CU_ASSERT_EQUAL_FATAL(set.at[0]->message_count, 1);
    CU_ASSERT_STRING_EQUAL(set.at[0]->messages[0], DATA "/root/messages/plain.eml");
    scenario_set_free(&set);
}

static void test_family(void)
{
    struct scenario_set set = load_file(DATA "/valid/family.json");
    CU_ASSERT_EQUAL_FATAL(set.count, 32);
    CU_ASSERT_STRING_EQUAL(set.at[0]->id, "family/banner/450/none/plain");
    CU_ASSERT_STRING_EQUAL(set.at[1]->id, "family/banner/450/none/empty");
    CU_ASSERT_STRING_EQUAL(set.at[4]->id, "family/banner/450/two/plain");
    CU_ASSERT_STRING_EQUAL(set.at[31]->id, "family/RCPT/550/two/none");
    CU_ASSERT_EQUAL(set.at[0]->rule_count, 1);
    CU_ASSERT_STRING_EQUAL(set.at[0]->title.en, "none");
    check_octets(set.at[0]->rules[0].action.reply.octets, "450 OK\r\n", 8);
    check_octets(set.at[1]->rules[0].action.reply.octets, "450 \r\n", 6);
    CU_ASSERT_EQUAL_FATAL(set.at[30]->rule_count, 3);
    CU_ASSERT_STRING_EQUAL(set.at[30]->title.en, "$two");
    CU_ASSERT_EQUAL(set.at[30]->rules[1].stages, 1u << STAGE_DATA);
    CU_ASSERT_EQUAL(set.at[30]->rules[2].stages, 1u << STAGE_RCPT);
    CU_ASSERT_EQUAL(set.at[30]->rules[2].number, 3);
    check_octets(set.at[30]->rules[2].action.reply.octets, "550-one\r\n550 two\r\n", 18);
    check_octets(set.at[31]->rules[2].action.reply.octets, "550\r\n", 5);
    scenario_set_free(&set);
}

static void check_title(const char *given, const char *expected)
{
    char text[512];
    struct told told;
    snprintf(text, sizeof text,
             "{\"version\": 1, \"title\": %s, \"vary\": {\"a\": [\"A\"], "
             "\"b\": {\"x\": {\"c\": \"C\", \"a\": \"$a\"}}}}",
             given);
    struct scenario_set set = load_text(text, &told);
    CU_ASSERT_EQUAL_FATAL(set.count, 1);
    CU_ASSERT_STRING_EQUAL(set.at[0]->title.en, expected);
    scenario_set_free(&set);
}

static void test_placeholders(void)
{
    check_title("\"$a\"", "A");
    check_title("\"$b.c\"", "C");
    check_title("\"$b.a\"", "A");
    check_title("{\"en\": \"$a\"}", "A");
    check_title("\"$$a\"", "$a");
    check_title("\"$$\"", "$");
    check_title("\"$\"", "$");
    check_title("\"$a and\"", "$a and");
    check_title("\"so $a\"", "so $a");
    check_title("\"$1\"", "$1");
    check_title("\"$(a)\"", "$(a)");
    check_title("\"${a}\"", "${a}");
    check_title("\"$a.\"", "$a.");
    check_title("\"$a..c\"", "$a..c");
}

static void test_ids(void)
{
    static const struct {
        const char *file, *id;
    } cases[] = {
        {DATA "/root/top.json", "top"},
        {DATA "/root/deep/other.json", "deep/other"},
        {DATA "/root/deep/../deep/other.json", "deep/other"},
        {DATA "/root/deep/deep.json", "deep"},
        {DATA "/valid/empty.json", "empty"}, /* not below the root */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scenario_set set = load_file(cases[i].file);
        CU_ASSERT_STRING_EQUAL(set.at[0]->id, cases[i].id);
        scenario_set_free(&set);
    }
    struct scenario_set set = load_file(DATA "/root/code-only/code-only.json");
    CU_ASSERT_EQUAL_FATAL(set.count, 3);
    CU_ASSERT_STRING_EQUAL(set.at[0]->id, "code-only/HELO/1.5");
    CU_ASSERT_STRING_EQUAL(set.at[1]->id, "code-only/HELO/true");
    CU_ASSERT_STRING_EQUAL(set.at[2]->id, "code-only/HELO/2");
    scenario_set_free(&set);
}

static void test_root_is_found(void)
{
    struct scenario_set set;
    CU_ASSERT_TRUE_FATAL(scenario_load(DATA "/root/deep/other.json", NULL, &set));
    CU_ASSERT_STRING_EQUAL(set.at[0]->id, "deep/other");
    CU_ASSERT_EQUAL_FATAL(set.at[0]->message_count, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(set.at[0]->messages[0], "/root/messages/plain.eml"));
    scenario_set_free(&set);
}

static void test_messages_nearby(void)
{
    struct scenario_set set = load_file(DATA "/root/deep/deep.json");
    CU_ASSERT_EQUAL_FATAL(set.at[0]->message_count, 3);
    CU_ASSERT_STRING_EQUAL(set.at[0]->messages[0], DATA "/root/deep/beside.eml");
    CU_ASSERT_STRING_EQUAL(set.at[0]->messages[1], DATA "/root/deep/messages/near.eml");
    CU_ASSERT_STRING_EQUAL(set.at[0]->messages[2], DATA "/root/messages/plain.eml");
    scenario_set_free(&set);
}

static void test_no_default_message(void)
{
    struct scenario_load_options options = {.root = "/nonexistent"};
    struct scenario_set set;
    CU_ASSERT_TRUE_FATAL(
        scenario_load_text(OCTETS("{\"version\": 1}"), "nowhere/x.json", &options, &set));
    CU_ASSERT_EQUAL(set.at[0]->message_count, 0);
    CU_ASSERT_STRING_EQUAL(set.at[0]->id, "x");
    scenario_set_free(&set);
}

static void test_unreadable(void)
{
    struct told told;
    struct scenario_load_options options = options_for(&told);
    struct scenario_set set;
    CU_ASSERT_FALSE(scenario_load(DATA "/none.json", &options, &set));
    CU_ASSERT_STRING_EQUAL(told.text,
                           DATA "/none.json: can't be opened: No such file or directory\n");
    options = options_for(&told);
    CU_ASSERT_FALSE(scenario_load(DATA, &options, &set));
    CU_ASSERT_STRING_EQUAL(told.text, DATA ": can't be read: Is a directory\n");
    options = options_for(&told);
    options.fault = NULL;
    CU_ASSERT_FALSE(scenario_load("/dev/zero", &options, &set));
    CU_ASSERT_FALSE(scenario_load("evil\033[2J.json", &options, &set));
    options.fault = tell;
    CU_ASSERT_FALSE(scenario_load("evil\033[2J.json", &options, &set));
    CU_ASSERT_PTR_NULL(strchr(told.text, '\033'));
}

static void test_too_many_values(void)
{
    enum { COUNT = 250000 };
    char *text = malloc(2 * COUNT + 64);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    size_t used = (size_t)sprintf(text, "{\"version\": 1, \"rules\": [1");
    for (size_t i = 0; i < COUNT; i++, used += 2)
        memcpy(text + used, ",1", 2);
    strcpy(text + used, "]}");
    struct told told;
    struct scenario_set set = load_text(text, &told);
    CU_ASSERT_EQUAL(set.count, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, "more than 200000 values in one file"));
    free(text);
}

static void test_many_rules(void)
{
    char *text = malloc(1 << 20);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    size_t used = (size_t)sprintf(text, "{\"version\": 1, \"rules\": [");
    for (unsigned i = 1; i <= 5000; i++)
        used += (size_t)sprintf(text + used,
                                "%s{\"at\": \"RCPT\", \"occurrence\": %u, \"reply\": "
                                "\"450 %u\"}",
                                i > 1 ? "," : "", i, i);
    strcpy(text + used, "]}");
    struct told told;
    struct scenario_set set = load_text(text, &told);
    CU_ASSERT_EQUAL_FATAL(set.count, 1);
    CU_ASSERT_EQUAL_FATAL(set.at[0]->rule_count, 5000);
    check_octets(set.at[0]->rules[4999].action.reply.octets, "450 5000\r\n", 10);
    scenario_set_free(&set);
    free(text);
}

static void hash_of(const char *text, uint8_t hash[8])
{
    struct told told;
    struct scenario_set set = load_text(text, &told);
    CU_ASSERT_EQUAL_FATAL(set.count, 1);
    memcpy(hash, set.at[0]->hash, 8);
    scenario_set_free(&set);
}

static void test_hash(void)
{
    uint8_t one[8], other[8];
    hash_of("{\"version\": 1, \"title\": \"a\", \"centre\": {\"ehlo\": true, \"bare\": \"keep\"}}",
            one);
    hash_of("{ \"centre\": {\"bare\": \"keep\", \"ehlo\": true}, \"title\": \"\\u0061\","
            "\"version\": 1, \"$schema\": \"x\"}",
            other);
    CU_ASSERT_EQUAL(memcmp(one, other, 8), 0);
    hash_of("{\"version\": 1, \"title\": \"$t\", \"centre\": {\"ehlo\": true, \"bare\": \"keep\"},"
            "\"vary\": {\"t\": [\"a\"]}}",
            other);
    CU_ASSERT_EQUAL(memcmp(one, other, 8), 0);
    hash_of(
        "{\"version\": 1, \"title\": \"a\", \"centre\": {\"ehlo\": true, \"bare\": \"refuse\"}}",
        other);
    CU_ASSERT_NOT_EQUAL(memcmp(one, other, 8), 0);
    hash_of("{\"version\": 1, \"title\": \"ab\", \"why\": \"c\"}", one);
    hash_of("{\"version\": 1, \"title\": \"a\", \"why\": \"bc\"}", other);
    CU_ASSERT_NOT_EQUAL(memcmp(one, other, 8), 0);
}

static void test_durations(void)
{
    static const struct {
        const char *text;
        usec duration;
    } good[] = {
        {"0s", 0},
        {"250ms", 250000},
        {"2s", 2000000},
        {"1.5s", 1500000},
        {"2m", 120000000},
        {"1h", 3600000000},
        {"100us", 100},
        {"0.000001s", 1},
        {"0.5m", 30000000},
        {"00012s", 12000000},
        {"1.0us", 1},
        {"0.25h", 900000000},
        {"876000h", 3153600000000000},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        usec duration = -1;
        CU_ASSERT_TRUE(duration_read(good[i].text, &duration));
        CU_ASSERT_EQUAL(duration, good[i].duration);
    }
    static const char *const bad[] = {
        "",
        "s",
        "5",
        "5 s",
        "-5s",
        "+5s",
        "5S",
        "1.s",
        ".5s",
        "1.2.3s",
        "5ss",
        "5min",
        "5s ",
        " 5s",
        "0x5s",
        "1e3s",
        "0.5us",
        "1.5555555s",
        "999999999h",
        "999999999999h",
        "9999999999999s",
        "5d",
        "1,5s",
        "\xef\xbc\x95s",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        usec duration = -1;
        CU_ASSERT_FALSE(duration_read(bad[i], &duration));
        CU_ASSERT_EQUAL(duration, -1);
    }
}

static void test_schema_is_current(void)
{
    char *written = NULL;
    size_t written_count = 0, size;
    FILE *stream = open_memstream(&written, &written_count);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_TRUE(scenario_schema_write(stream));
    fclose(stream);
    char *committed = slurp("scenarios/scenario.schema.json", &size);
    CU_ASSERT_STRING_EQUAL(written, committed);
    free(committed);
    free(written);
    stream = fopen("/dev/full", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_FALSE(scenario_schema_write(stream));
    fclose(stream);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"golden invalid", test_golden_invalid},
        {"golden valid", test_golden_valid},
        {"cut at every octet", test_cut_at_every_octet},
        {"every octet spoilt", test_every_octet_spoilt},
        {"centre", test_centre},
        {"ehlo", test_ehlo},
        {"selectors", test_selectors},
        {"replies", test_replies},
        {"codes of octets", test_codes_of_octets},
        {"actions", test_actions},
        {"expectations", test_expectations},
        {"nothing expected", test_nothing_expected},
        {"family", test_family},
        {"placeholders", test_placeholders},
        {"ids", test_ids},
        {"root is found", test_root_is_found},
        {"messages nearby", test_messages_nearby},
        {"no default message", test_no_default_message},
        {"unreadable", test_unreadable},
        {"too many values", test_too_many_values},
        {"many rules", test_many_rules},
        {"hash", test_hash},
        {"durations", test_durations},
        {"schema is current", test_schema_is_current},
    };
    return unit_main("scenario_load", tests, sizeof tests / sizeof *tests, argc, argv);
}
