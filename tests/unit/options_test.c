#include "client/options.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { ARGUMENTS = 32 };

static struct client_settings settings;
static struct problem problem;

static void clear_environment(void)
{
    static const char *const names[] = {
        "NACCS_HOST", "NACCS_PORT",    "NACCS_RESOLVER", "NACCS_HELO",  "NACCS_FROM",
        "NACCS_TO",   "NACCS_TIMEOUT", "NACCS_OUTCOME",  "NACCS_RETRY", "NACCS_RETRY_WAIT"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}

/* Reads a line of words, split at blanks; the words stand until the next call. */
static int read_line(const char *line)
{
    static char words[256];
    static char *arguments[ARGUMENTS + 1];
    int count = 1;
    strncpy(words, line, sizeof words - 1);
    arguments[0] = words + sizeof words - 1;
    for (char *word = strtok(words, " "); word && count < ARGUMENTS; word = strtok(NULL, " "))
        arguments[count++] = word;
    arguments[count] = NULL;
    problem.text[0] = '\0';
    return client_settings_read(&settings, count, arguments, &problem);
}

static void test_defaults(void)
{
    clear_environment();
    CU_ASSERT_EQUAL(read_line("m"), 0);
    CU_ASSERT_STRING_EQUAL(settings.client.host, "127.0.0.1");
    CU_ASSERT_EQUAL(settings.client.port, 2525);
    CU_ASSERT_STRING_EQUAL(settings.client.helo, "GW01.USER.NACCS6");
    CU_ASSERT_STRING_EQUAL(settings.client.from, "USER01@GW01.USER.NACCS6");
    CU_ASSERT_EQUAL(settings.client.to_count, 1);
    CU_ASSERT_STRING_EQUAL(settings.client.to[0], "NACCS@MAIL.PROD.NACCS6");
    CU_ASSERT_EQUAL(settings.client.connection_limit, 4);
    CU_ASSERT_EQUAL(settings.client.retry_wait, USEC_PER_SEC);
    CU_ASSERT_EQUAL(settings.client.limits.at[LIMIT_DATA], 120 * USEC_PER_SEC);
    CU_ASSERT_PTR_NULL(settings.outcome);
    CU_ASSERT_FALSE(settings.verbose);
    CU_ASSERT_EQUAL(settings.message_count, 1);
    CU_ASSERT_STRING_EQUAL(settings.messages[0], "m");
    client_settings_free(&settings);
}

static void test_every_option(void)
{
    clear_environment();
    CU_ASSERT_EQUAL(read_line("a --server mail.test:25 --helo H --from f@h --to A@c,b@c --to C@c "
                              "--timeout 2s --timeout-data 250ms --outcome - --verbose - "
                              "--retry=7 --retry-wait=3s"),
                    0);
    CU_ASSERT_STRING_EQUAL(settings.client.host, "mail.test");
    CU_ASSERT_EQUAL(settings.client.port, 25);
    CU_ASSERT_STRING_EQUAL(settings.client.helo, "H");
    CU_ASSERT_STRING_EQUAL(settings.client.from, "f@h");
    CU_ASSERT_EQUAL(settings.client.to_count, 3);
    CU_ASSERT_STRING_EQUAL(settings.client.to[0], "A@c");
    CU_ASSERT_STRING_EQUAL(settings.client.to[1], "b@c");
    CU_ASSERT_STRING_EQUAL(settings.client.to[2], "C@c");
    CU_ASSERT_EQUAL(settings.client.limits.at[LIMIT_MAIL], 2 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(settings.client.limits.at[LIMIT_DATA], USEC_PER_SEC / 4);
    CU_ASSERT_STRING_EQUAL(settings.outcome, "-");
    CU_ASSERT_TRUE(settings.verbose);
    CU_ASSERT_EQUAL(settings.message_count, 2);
    CU_ASSERT_EQUAL(settings.client.connection_limit, 7);
    CU_ASSERT_EQUAL(settings.client.retry_wait, 3 * USEC_PER_SEC);
    client_settings_free(&settings);
}

static void test_a_limit_for_each_stage(void)
{
    clear_environment();
    for (int i = 0; i < LIMIT_STAGES; i++) {
        char line[64] = "m --timeout 2 --timeout-";
        strcat(line, limit_stage_name((enum limit_stage)i));
        strcat(line, " 9h");
        CU_ASSERT_EQUAL(read_line(line), 0);
        for (int other = 0; other < LIMIT_STAGES; other++)
            CU_ASSERT_EQUAL(settings.client.limits.at[other],
                            (other == i ? 9 * 3600 : 2) * USEC_PER_SEC);
        client_settings_free(&settings);
    }
}

static void test_environment(void)
{
    clear_environment();
    setenv("NACCS_HOST", "192.0.2.1", 1);
    setenv("NACCS_PORT", "2526", 1);
    setenv("NACCS_RESOLVER", "127.0.0.1:5353", 1);
    setenv("NACCS_HELO", "E", 1);
    setenv("NACCS_FROM", "e@E", 1);
    setenv("NACCS_TO", "x@C,y@C", 1);
    setenv("NACCS_TIMEOUT", "1.5", 1);
    setenv("NACCS_OUTCOME", "out.json", 1);
    CU_ASSERT_EQUAL(read_line("m"), 0);
    CU_ASSERT_STRING_EQUAL(settings.client.host, "192.0.2.1");
    CU_ASSERT_EQUAL(settings.client.port, 2526);
    CU_ASSERT_EQUAL(settings.resolver.port, 5353);
    CU_ASSERT_STRING_EQUAL(settings.client.helo, "E");
    CU_ASSERT_STRING_EQUAL(settings.client.from, "e@E");
    CU_ASSERT_EQUAL(settings.client.to_count, 2);
    CU_ASSERT_EQUAL(settings.client.limits.at[LIMIT_CONNECT], 1500000);
    CU_ASSERT_STRING_EQUAL(settings.outcome, "out.json");
    client_settings_free(&settings);

    CU_ASSERT_EQUAL(read_line("m --server 192.0.2.2 --helo A --to z@C --timeout 3"), 0);
    CU_ASSERT_STRING_EQUAL(settings.client.host, "192.0.2.2");
    CU_ASSERT_EQUAL(settings.client.port, 2526);
    CU_ASSERT_STRING_EQUAL(settings.client.helo, "A");
    CU_ASSERT_EQUAL(settings.client.to_count, 1);
    CU_ASSERT_STRING_EQUAL(settings.client.to[0], "z@C");
    CU_ASSERT_EQUAL(settings.client.limits.at[LIMIT_CONNECT], 3 * USEC_PER_SEC);
    client_settings_free(&settings);

    setenv("NACCS_TIMEOUT", "soon", 1);
    CU_ASSERT_EQUAL(read_line("m"), EX_CONFIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "NACCS_TIMEOUT: 'soon'"));
    client_settings_free(&settings);
    clear_environment();
}

static void test_servers(void)
{
    static const struct {
        const char *line, *host;
        uint16_t port;
    } servers[] = {
        {"m --server ::1", "::1", 2525},
        {"m --server [::1]", "::1", 2525},
        {"m --server [::1]:25", "::1", 25},
        {"m --server 10.1.2.3", "10.1.2.3", 2525},
        {"m --server localhost:65535", "localhost", 65535},
    };
    clear_environment();
    for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
        CU_ASSERT_EQUAL(read_line(servers[i].line), 0);
        CU_ASSERT_STRING_EQUAL(settings.client.host, servers[i].host);
        CU_ASSERT_EQUAL(settings.client.port, servers[i].port);
        client_settings_free(&settings);
    }
}

static void test_mistakes(void)
{
    static const struct {
        const char *line;
        int status;
    } mistakes[] = {
        {"", EX_USAGE},
        {"--verbose", EX_USAGE},
        {"m --nonsense", EX_USAGE},
        {"m --server", EX_USAGE},
        {"m --verbose=1", EX_USAGE},
        {"m --server :25", EX_USAGE},
        {"m --server host:", EX_USAGE},
        {"m --server host:0", EX_USAGE},
        {"m --server host:65536", EX_USAGE},
        {"m --server [::1", EX_USAGE},
        {"m --server [::1]x", EX_USAGE},
        {"m --timeout soon", EX_USAGE},
        {"m --timeout-nothing 2s", EX_USAGE},
        {"m --retry 0", EX_USAGE},
        {"m --helo <a>", EX_CONFIG},
        {"m --from a\tb", EX_CONFIG},
        {"m --from a\r\nRCPT", EX_CONFIG},
        {"m --to a@b,,c@d", EX_CONFIG},
        {"m --to \x80@b", EX_CONFIG},
        {"m --resolver nowhere", EX_CONFIG},
    };
    clear_environment();
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        CU_ASSERT_EQUAL(read_line(mistakes[i].line), mistakes[i].status);
        CU_ASSERT_NOT_EQUAL(problem.text[0], '\0');
        CU_ASSERT_PTR_NULL(strpbrk(problem.text, "\r\n\t"));
        client_settings_free(&settings);
    }
}

static void test_help_and_version(void)
{
    clear_environment();
    CU_ASSERT_EQUAL(read_line("--help"), 0);
    CU_ASSERT_TRUE(settings.help);
    client_settings_free(&settings);
    CU_ASSERT_EQUAL(read_line("--version"), 0);
    CU_ASSERT_TRUE(settings.version);
    client_settings_free(&settings);
    size_t lines = 0;
    for (const char *line = client_help; *line; line = strchr(line, '\n') + 1, lines++)
        CU_ASSERT_TRUE(strcspn(line, "\n") <= 80);
    CU_ASSERT_TRUE(lines <= 24);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"defaults", test_defaults},
        {"every option", test_every_option},
        {"a limit for each stage", test_a_limit_for_each_stage},
        {"environment", test_environment},
        {"servers", test_servers},
        {"mistakes", test_mistakes},
        {"help and version", test_help_and_version},
    };
    return unit_main("options", tests, sizeof tests / sizeof *tests, argc, argv);
}
