#include "tests/unit/loading.h"

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
        {DATA "/suite/top.json", "top"},
        {DATA "/suite/deep/other.json", "deep/other"},
        {DATA "/suite/deep/../deep/other.json", "deep/other"},
        {DATA "/suite/deep/deep.json", "deep"},
        {DATA "/valid/empty.json", "empty"}, /* not below the root */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scenario_set set = load_file(cases[i].file);
        CU_ASSERT_STRING_EQUAL(set.at[0]->id, cases[i].id);
        scenario_set_free(&set);
    }
    struct scenario_set set = load_file(DATA "/suite/code-only/code-only.json");
    CU_ASSERT_EQUAL_FATAL(set.count, 3);
    CU_ASSERT_STRING_EQUAL(set.at[0]->id, "code-only/HELO/1.5");
    CU_ASSERT_STRING_EQUAL(set.at[1]->id, "code-only/HELO/true");
    CU_ASSERT_STRING_EQUAL(set.at[2]->id, "code-only/HELO/2");
    scenario_set_free(&set);
}

static void test_root_is_found(void)
{
    struct scenario_set set;
    CU_ASSERT_TRUE_FATAL(scenario_load(DATA "/suite/deep/other.json", NULL, &set));
    CU_ASSERT_STRING_EQUAL(set.at[0]->id, "deep/other");
    CU_ASSERT_EQUAL_FATAL(set.at[0]->message_count, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(set.at[0]->messages[0], "/suite/messages/plain.eml"));
    scenario_set_free(&set);
}

static void test_messages_nearby(void)
{
    struct scenario_set set = load_file(DATA "/suite/deep/deep.json");
    CU_ASSERT_EQUAL_FATAL(set.at[0]->message_count, 3);
    CU_ASSERT_STRING_EQUAL(set.at[0]->messages[0], DATA "/suite/deep/beside.eml");
    CU_ASSERT_STRING_EQUAL(set.at[0]->messages[1], DATA "/suite/deep/messages/near.eml");
    CU_ASSERT_STRING_EQUAL(set.at[0]->messages[2], DATA "/suite/messages/plain.eml");
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

static bool refused(struct buf *text, const char *words)
{
    struct told told;
    CU_ASSERT_FATAL(buf_append_octet(text, '\0'));
    struct scenario_set set = load_text((const char *)text->at, &told);
    bool good = set.count == 0 && strstr(told.text, words);
    scenario_set_free(&set);
    return good;
}

/* As many as there may be are taken, and no more. */
static void test_limits(void)
{
    enum { PARAMETERS = 32, VALUES = 5000 };
    struct buf text = BUF_INIT(0);
    CU_ASSERT_FATAL(buf_append_string(&text, "{\"version\": 1, \"vary\": {"));
    for (unsigned i = 0; i <= PARAMETERS; i++)
        CU_ASSERT_FATAL(buf_format(&text, "%s\"p%u\": [\"x\"]", i ? ", " : "", i));
    CU_ASSERT_FATAL(buf_append_string(&text, "}}"));
    CU_ASSERT_TRUE(refused(&text, "found 33 parameters, allowed: up to 32"));
    buf_clear(&text);
    CU_ASSERT_FATAL(buf_append_string(&text, "{\"version\": 1, \"vary\": {\"a\": ["));
    for (unsigned i = 0; i <= VALUES; i++)
        CU_ASSERT_FATAL(buf_format(&text, "%s%u", i ? ", " : "", i));
    CU_ASSERT_FATAL(buf_append_string(&text, "]}}"));
    CU_ASSERT_TRUE(refused(&text, "found 5001 values, allowed: up to 5000"));
    buf_free(&text);
}

/* Each part is within the limits, what comes of putting one into the other is not. */
static void test_limits_in_place(void)
{
    enum { DEPTH = 40, LINES = 1000, RULES = 300 };
    struct buf text = BUF_INIT(0);
    CU_ASSERT_FATAL(buf_append_string(&text, "{\"version\": 1, \"vary\": {\"a\": {\"x\": "));
    for (unsigned i = 0; i < DEPTH; i++)
        CU_ASSERT_FATAL(buf_append_string(&text, "["));
    for (unsigned i = 0; i < DEPTH; i++)
        CU_ASSERT_FATAL(buf_append_string(&text, "]"));
    CU_ASSERT_FATAL(buf_append_string(&text, "}}, \"rules\": "));
    for (unsigned i = 0; i < DEPTH; i++)
        CU_ASSERT_FATAL(buf_append_string(&text, "["));
    CU_ASSERT_FATAL(buf_append_string(&text, "\"$a\""));
    for (unsigned i = 0; i < DEPTH; i++)
        CU_ASSERT_FATAL(buf_append_string(&text, "]"));
    CU_ASSERT_FATAL(buf_append_string(&text, "}"));
    CU_ASSERT_TRUE(refused(&text, "nested deeper than 64 levels once everything is in place"));
    buf_clear(&text);
    CU_ASSERT_FATAL(buf_append_string(&text, "{\"version\": 1, \"vary\": {\"a\": {\"x\": ["));
    for (unsigned i = 0; i < LINES; i++)
        CU_ASSERT_FATAL(buf_append_string(&text, i ? ", 1" : "1"));
    CU_ASSERT_FATAL(buf_append_string(&text, "]}}, \"rules\": ["));
    for (unsigned i = 0; i < RULES; i++)
        CU_ASSERT_FATAL(buf_format(&text, "%s\"$a\"", i ? ", " : ""));
    CU_ASSERT_FATAL(buf_append_string(&text, "]}"));
    CU_ASSERT_TRUE(refused(&text, "more than 200000 values once everything is in place"));
    buf_free(&text);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"family", test_family},
        {"placeholders", test_placeholders},
        {"ids", test_ids},
        {"root is found", test_root_is_found},
        {"messages nearby", test_messages_nearby},
        {"no default message", test_no_default_message},
        {"limits", test_limits},
        {"limits once everything is in place", test_limits_in_place},
    };
    return unit_main("scenario_load_vary", tests, sizeof tests / sizeof *tests, argc, argv);
}
