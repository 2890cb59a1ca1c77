#include "harness/invocation.h"

#include <string.h>

#include "tests/unit/unit.h"

static const char *const recipients[] = {"a@b", "c@d"};
static const char *const messages[] = {"/m/1.eml", "/m/2.eml"};

static struct invocation_values values(void)
{
    return (struct invocation_values){.host = "127.0.0.1",
                                      .port = 4711,
                                      .helo = "h",
                                      .from = "f@h",
                                      .to = recipients,
                                      .to_count = 2,
                                      .timeout = 2500000,
                                      .messages = messages,
                                      .message_count = 2,
                                      .case_id = "x/y",
                                      .token = "1-2",
                                      .outcome_file = "/t/o.json"};
}

static const char *nothing[] = {NULL};

static struct invocation make(const char *const *command, bool standard_input,
                              const char *const *inherited)
{
    static const struct invocation_pair own[] = {{"A", "p{port}"}};
    const struct invocation_template template = {(char *const *)command, own, 1, standard_input};
    struct invocation_values given = values();
    struct invocation invocation = {0};
    CU_ASSERT_FATAL(invocation_make(&template, (char *const *)inherited, &given, &invocation));
    return invocation;
}

static void expect_arguments(const struct invocation *invocation, const char *const *expected)
{
    size_t i = 0;
    for (; expected[i] && invocation->arguments[i]; i++)
        CU_ASSERT_STRING_EQUAL(invocation->arguments[i], expected[i]);
    CU_ASSERT_PTR_NULL(expected[i]);
    CU_ASSERT_PTR_NULL(invocation->arguments[i]);
}

static void test_placeholders(void)
{
    const char *command[] = {"x",      "{host}:{port}", "{helo}/{from}", "{to}", "{timeout}",
                             "{case}", "{message}",     "{other} {",     NULL};
    static const char *const expected[] = {"x",   "127.0.0.1:4711", "h/f@h",     "a@b,c@d", "2.5",
                                           "x/y", "/m/1.eml",       "{other} {", NULL};
    struct invocation invocation = make(command, false, nothing);
    expect_arguments(&invocation, expected);
    invocation_free(&invocation);
    CU_ASSERT(invocation_takes_one((char *const *)command));
}

static void test_messages(void)
{
    const char *repeated[] = {"x", "-f{messages}", "end", NULL};
    static const char *const two[] = {"x", "-f/m/1.eml", "-f/m/2.eml", "end", NULL};
    struct invocation invocation = make(repeated, false, nothing);
    expect_arguments(&invocation, two);
    invocation_free(&invocation);
    CU_ASSERT_FALSE(invocation_takes_one((char *const *)repeated));

    const char *bare[] = {"x", NULL};
    static const char *const appended[] = {"x", "/m/1.eml", "/m/2.eml", NULL};
    invocation = make(bare, false, nothing);
    expect_arguments(&invocation, appended);
    invocation_free(&invocation);
    CU_ASSERT_FALSE(invocation_takes_one((char *const *)bare));

    static const char *const alone[] = {"x", NULL};
    invocation = make(bare, true, nothing);
    expect_arguments(&invocation, alone);
    invocation_free(&invocation);
}

static const char *variable(const struct invocation *invocation, const char *name)
{
    const char *found = NULL;
    size_t count = strlen(name);
    for (char **at = invocation->environment; *at; at++) {
        if (strncmp(*at, name, count) != 0 || (*at)[count] != '=')
            continue;
        CU_ASSERT_PTR_NULL(found); /* none stands there twice */
        found = *at + count + 1;
    }
    return found ? found : "";
}

static void test_environment(void)
{
    const char *command[] = {"x", NULL};
    const char *inherited[] = {"HOME=/h", "NACCS_PORT=1", "NACCS_RESOLVER=r",
                               "A=old",   "AB=kept",      NULL};
    struct invocation invocation = make(command, false, inherited);
    CU_ASSERT_STRING_EQUAL(variable(&invocation, "HOME"), "/h");
    CU_ASSERT_STRING_EQUAL(variable(&invocation, "NACCS_HOST"), "127.0.0.1");
    CU_ASSERT_STRING_EQUAL(variable(&invocation, "NACCS_PORT"), "4711");
    CU_ASSERT_STRING_EQUAL(variable(&invocation, "NACCS_HELO"), "h");
    CU_ASSERT_STRING_EQUAL(variable(&invocation, "NACCS_FROM"), "f@h");
    CU_ASSERT_STRING_EQUAL(variable(&invocation, "NACCS_TO"), "a@b,c@d");
    CU_ASSERT_STRING_EQUAL(variable(&invocation, "NACCS_TIMEOUT"), "2.5");
    CU_ASSERT_STRING_EQUAL(variable(&invocation, "NACCS_CASE"), "x/y");
    CU_ASSERT_STRING_EQUAL(variable(&invocation, "NACCS_MESSAGES"), "/m/1.eml\n/m/2.eml");
    CU_ASSERT_STRING_EQUAL(variable(&invocation, "NACCS_RUN"), "1-2");
    CU_ASSERT_STRING_EQUAL(variable(&invocation, "NACCS_OUTCOME"), "/t/o.json");
    CU_ASSERT_STRING_EQUAL(variable(&invocation, "NACCS_RESOLVER"), "");
    CU_ASSERT_STRING_EQUAL(variable(&invocation, "A"), "p4711");
    CU_ASSERT_STRING_EQUAL(variable(&invocation, "AB"), "kept");
    invocation_free(&invocation);
}

static void test_resolver(void)
{
    const char *none[] = {"x", "{host}", NULL};
    const char *given[] = {"x", "--dns={resolver}", NULL};
    const char *known[] = {"build/naccs-client", NULL};
    CU_ASSERT_FALSE(invocation_tells_resolver((char *const *)none));
    CU_ASSERT(invocation_tells_resolver((char *const *)given));
    CU_ASSERT(invocation_tells_resolver((char *const *)known));
    CU_ASSERT(invocation_takes_resolver((char *const *)given));
    CU_ASSERT_FALSE(invocation_takes_resolver((char *const *)known));
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"placeholders", test_placeholders},
        {"message files", test_messages},
        {"environment", test_environment},
        {"the name server", test_resolver},
    };
    return unit_main("invocation", tests, sizeof tests / sizeof *tests, argc, argv);
}
