#include "mockserver/server_options.h"

#include <string.h>

#include "tests/unit/unit.h"

enum { WORDS_MOST = 32 };

/* Reads a command line, given as words between blanks. */
static enum server_options_status reads(const char *line, struct server_options *options,
                                        struct problem *problem)
{
    static char text[512];
    char program[] = "naccs-mockserver";
    char *words[WORDS_MOST] = {program};
    int count = 1;
    snprintf(text, sizeof text, "%s", line);
    for (char *word = strtok(text, " "); word && count < WORDS_MOST - 1; word = strtok(NULL, " "))
        words[count++] = word;
    problem->text[0] = '\0';
    return server_options_read(count, words, options, problem);
}

static void test_defaults(void)
{
    struct server_options options;
    struct problem problem;
    CU_ASSERT_EQUAL(reads("", &options, &problem), SERVER_OPTIONS_RUN);
    CU_ASSERT_STRING_EQUAL(options.listen.address, "127.0.0.1");
    CU_ASSERT_EQUAL(options.listen.port, 2525);
    CU_ASSERT_EQUAL(options.pace, 1);
    CU_ASSERT_EQUAL(options.timeout, 5 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(options.seed, 1);
    CU_ASSERT_EQUAL(options.connection_limit, 0);
    CU_ASSERT_PTR_NULL(options.scenario);
    CU_ASSERT_PTR_NULL(options.spool);
    CU_ASSERT_PTR_NULL(options.journal);
    CU_ASSERT_PTR_NULL(options.user);
    CU_ASSERT_FALSE(options.quiet || options.unmasked);
}

static void test_all(void)
{
    struct server_options options;
    struct problem problem;
    CU_ASSERT_EQUAL(reads("--listen [::1]:0 --scenario s --variant v --pace 2.5 --timeout 250ms "
                          "--seed 18446744073709551615",
                          &options, &problem),
                    SERVER_OPTIONS_RUN);
    CU_ASSERT_STRING_EQUAL(options.listen.address, "::1");
    CU_ASSERT_EQUAL(options.listen.port, 0);
    CU_ASSERT_STRING_EQUAL(options.scenario, "s");
    CU_ASSERT_EQUAL(options.workers, 1);
    CU_ASSERT_STRING_EQUAL(options.variant, "v");
    CU_ASSERT_EQUAL(options.pace, 2.5);
    CU_ASSERT_EQUAL(options.timeout, 250 * USEC_PER_MSEC);
    CU_ASSERT_EQUAL(options.seed, UINT64_MAX);
    CU_ASSERT_EQUAL(
        reads("--domain=d --spool m --journal j --unmasked --ready-file r --user u --quiet "
              "--max-connections 7 --workers 5 --listen 26",
              &options, &problem),
        SERVER_OPTIONS_RUN);
    CU_ASSERT_STRING_EQUAL(options.domain, "d");
    CU_ASSERT_STRING_EQUAL(options.spool, "m");
    CU_ASSERT_STRING_EQUAL(options.journal, "j");
    CU_ASSERT_EQUAL(options.workers, 5);
    CU_ASSERT_STRING_EQUAL(options.ready_file, "r");
    CU_ASSERT_STRING_EQUAL(options.user, "u");
    CU_ASSERT_EQUAL(options.connection_limit, 7);
    CU_ASSERT_EQUAL(options.listen.port, 26);
    CU_ASSERT_TRUE(options.quiet && options.unmasked && !options.probe);
    CU_ASSERT_EQUAL(reads("--dns [::1]:53 --backup 127.0.0.2", &options, &problem),
                    SERVER_OPTIONS_RUN);
    CU_ASSERT_STRING_EQUAL(options.dns.address, "::1");
    CU_ASSERT_STRING_EQUAL(options.backup, "127.0.0.2");
    CU_ASSERT_EQUAL(reads("--dns 127.0.0.1:53 --backup ::1", &options, &problem),
                    SERVER_OPTIONS_RUN);
    CU_ASSERT_EQUAL(reads("--probe", &options, &problem), SERVER_OPTIONS_RUN);
    CU_ASSERT_TRUE(options.probe);
    CU_ASSERT_EQUAL(reads("--help", &options, &problem), SERVER_OPTIONS_HELP);
    CU_ASSERT_EQUAL(reads("--version", &options, &problem), SERVER_OPTIONS_VERSION);
}

static void test_wrong(void)
{
    static const struct {
        const char *line, *says;
    } cases[] = {
        {"--listen x", "--listen: found \"x\""},
        {"--listen 127.0.0.1:65536", "--listen"},
        {"--pace 0", "--pace: found \"0\""},
        {"--pace nan", "--pace"},
        {"--pace 1x", "--pace"},
        {"--timeout 5", "--timeout: found \"5\""},
        {"--timeout 0s", "--timeout"},
        {"--seed -1", "--seed: found \"-1\""},
        {"--seed 18446744073709551616", "--seed"},
        {"--max-connections 0", "--max-connections"},
        {"--max-connections 1000001", "--max-connections"},
        {"--workers 257", "--workers: found \"257\""},
        {"--workers 2 --dns 127.0.0.1:0", "--workers 2: --dns"},
        {"--journal - --workers 2", "--workers 2: --journal -"},
        {"--workers 0", "--workers"},
        {"--domain a@b", "--domain"},
        {"--domain=", "--domain: found \"\""},
        {"--domain \x1b[31m", "--domain: found \"?[31m\""},
        {"--nonsense", "--nonsense: no such option"},
        {"--spool", "--spool: a value is missing"},
        {"-x", "no such option"},
        {"file", "file: only options"},
        {"--variant v", "--scenario is missing"},
        {"--dns localhost:53", "--dns: found \"localhost:53\""},
        {"--dns 127.0.0.1:0 --backup b", "--backup: found \"b\", expected a numeric address"},
        {"--backup 127.0.0.2", "--backup: --dns is missing"},
        {"--record 127.0.0.1", "--record: found \"127.0.0.1\""},
        {"--record no..name:25", "a host that is known here"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server_options options = {.seed = 42};
        struct problem problem;
        CU_ASSERT_EQUAL(reads(cases[i].line, &options, &problem), SERVER_OPTIONS_WRONG);
        CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, cases[i].says));
        CU_ASSERT_EQUAL(options.seed, 42);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"defaults", test_defaults},
        {"all", test_all},
        {"wrong", test_wrong},
    };
    return unit_main("server_options", tests, sizeof tests / sizeof *tests, argc, argv);
}
