#include "harness/arguments.h"

#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

enum { ARGUMENTS = 16 };

/* Reads what stands in `arguments`, null-terminated; argv lives as long as the options. */
static enum arguments_status read_options(const char *const *arguments, struct arguments *options,
                                          struct told *told)
{
    static char *argv[ARGUMENTS + 1];
    int argc = 0;
    for (; arguments[argc] && argc < ARGUMENTS; argc++)
        argv[argc] = (char *)arguments[argc];
    argv[argc] = NULL;
    *told = (struct told){""};
    return arguments_read(argc, argv, options, fixture_told, told);
}

static void test_defaults(void)
{
    const char *arguments[] = {"run", NULL};
    struct arguments options;
    struct told told;
    CU_ASSERT_EQUAL(read_options(arguments, &options, &told), ARGUMENTS_OK);
    CU_ASSERT_PTR_NULL(options.run.command);
    CU_ASSERT_EQUAL(options.run.timeout, 5 * USEC_PER_SEC);
    CU_ASSERT_DOUBLE_EQUAL(options.run.tolerance, 0.25, 1e-9);
    CU_ASSERT_EQUAL(options.run.jobs, 32);
    CU_ASSERT_EQUAL(options.path_count + options.only_count + options.report_count, 0);
    CU_ASSERT_FALSE(options.run.profile.each);
    arguments_free(&options);
}

static void test_everything(void)
{
    const char *arguments[] = {"run",    "a.json",   "--timeout", "250ms",  "--tolerance", "50%",
                               "-j",     "64",       "--shard",   "2/3",    "b",           "--only",
                               "CODE-*", "--strict", "--report",  "json:x", NULL};
    struct arguments options;
    struct told told;
    CU_ASSERT_EQUAL(read_options(arguments, &options, &told), ARGUMENTS_OK);
    CU_ASSERT_STRING_EQUAL(told.text, "");
    CU_ASSERT_EQUAL_FATAL(options.path_count, 2);
    CU_ASSERT_STRING_EQUAL(options.paths[0], "a.json");
    CU_ASSERT_STRING_EQUAL(options.paths[1], "b");
    CU_ASSERT_EQUAL(options.run.timeout, 250 * USEC_PER_MSEC);
    CU_ASSERT_DOUBLE_EQUAL(options.run.tolerance, 0.5, 1e-9);
    CU_ASSERT_EQUAL(options.run.jobs, 64);
    CU_ASSERT(options.shard == 2 && options.shards == 3 && options.run.strict);
    CU_ASSERT_STRING_EQUAL(options.only[0], "CODE-*");
    CU_ASSERT_STRING_EQUAL(options.reports[0], "json:x");
    arguments_free(&options);
}

static void test_command(void)
{
    const char *arguments[] = {"run", "--seed", "7", "--", "send", "--seed", "{message}", NULL};
    struct arguments options;
    struct told told;
    CU_ASSERT_EQUAL(read_options(arguments, &options, &told), ARGUMENTS_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(options.run.command);
    CU_ASSERT_STRING_EQUAL(options.run.command[0], "send");
    CU_ASSERT_STRING_EQUAL(options.run.command[1], "--seed");
    CU_ASSERT_EQUAL(options.run.seed, 7);
    /* {message} alone: one message per run, and so one per connection. */
    CU_ASSERT(options.run.profile.each && options.run.profile.one_per_connection);
    arguments_free(&options);
}

/* What reports say of the sender, and what plays the run again. */
static void test_reports(void)
{
    const char *arguments[] = {"run",  "--sender-name", "Gateway",  "--sender-version", "4.1", "-q",
                               "rcpt", "--report",      "html:d.h", "--mask-addresses", NULL};
    struct arguments options;
    struct told told;
    CU_ASSERT_EQUAL(read_options(arguments, &options, &told), ARGUMENTS_OK);
    CU_ASSERT_STRING_EQUAL(options.run.profile.name, "Gateway");
    CU_ASSERT_STRING_EQUAL(options.run.profile.version, "4.1");
    CU_ASSERT(options.mask_addresses && !options.unmasked);
    CU_ASSERT_EQUAL(options.report_count, 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(options.repeat.words);
    CU_ASSERT_STRING_EQUAL(options.repeat.words[0], "naccs-harness");
    CU_ASSERT_STRING_EQUAL(options.repeat.words[6], "rcpt");
    CU_ASSERT_STRING_EQUAL(options.repeat.words[7], "--seed");
    CU_ASSERT_STRING_EQUAL(options.repeat.words[8], "1");
    arguments_free(&options);
}

static void refused(const char *option, const char *value, const char *expected)
{
    const char *arguments[] = {"run", option, value, NULL};
    struct arguments options;
    struct told told;
    CU_ASSERT_EQUAL(read_options(arguments, &options, &told), ARGUMENTS_WRONG);
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, expected));
    arguments_free(&options);
}

static void test_faults(void)
{
    refused("--timeout", "5", "--timeout: found \"5\", expected a duration");
    refused("--timeout", "0s", "above 0");
    refused("--pace", "0", "--pace: found \"0\"");
    refused("--pace", "fast", "--pace: found \"fast\"");
    refused("--tolerance", "nan", "--tolerance");
    refused("--jobs", "0", "--jobs");
    refused("-j", "-4", "--jobs");
    refused("--seed", "1x", "--seed");
    refused("--shard", "3/2", "--shard");
    refused("--shard", "0/2", "--shard");
    refused("--shard", "1", "--shard");
    refused("--accelerate", "0.5", "expected a number from 1 to 10000");
    refused("--accelerate", "nan", "expected a number from 1 to 10000");
    refused("--accelerate", "10", "--accelerate: needs a command");
    refused("--report", "yaml:x", "html or markdown");
    refused("--report", "json", "expected FORMAT:FILE");
    refused("--report", "json:", "the file is missing");
    refused("--profile", "/nowhere/p.json", "/nowhere/p.json");
    refused("--", NULL, "a command was expected");
}

/* The command line goes before the profile, wherever it stands. */
static void test_profile(void)
{
    struct fixture fixture = fixture_make();
    fixture_write(&fixture, "p.json",
                  "{\"timeout\": \"1s\", \"jobs\": 3, \"command\": [\"send\"], \"ehlo\": true}");
    struct fixture_path path = fixture_path(&fixture, "p.json");
    const char *arguments[] = {"run", "--jobs", "9", "--profile", path.text, NULL};
    struct arguments options;
    struct told told;
    CU_ASSERT_EQUAL(read_options(arguments, &options, &told), ARGUMENTS_OK);
    CU_ASSERT_EQUAL(options.run.jobs, 9);
    CU_ASSERT_EQUAL(options.run.timeout, USEC_PER_SEC);
    CU_ASSERT_PTR_NOT_NULL_FATAL(options.run.command);
    CU_ASSERT_STRING_EQUAL(options.run.command[0], "send");
    CU_ASSERT(options.run.profile.sends_ehlo);
    arguments_free(&options);
    fixture_remove(&fixture);
}

static void test_attach(void)
{
    const char *arguments[] = {"run",       "--attach",        "2525",  "--on-case",
                               "/bin/send", "--settle",        "250ms", "--resume",
                               "s.json",    "--keep-messages", "kept",  NULL};
    struct arguments options;
    struct told told;
    CU_ASSERT_EQUAL(read_options(arguments, &options, &told), ARGUMENTS_OK);
    const struct run_attach *attach = &options.run.attach;
    CU_ASSERT(attach->on && attach->listen.port == 2525);
    CU_ASSERT_STRING_EQUAL(attach->listen.address, "127.0.0.1");
    CU_ASSERT_STRING_EQUAL(attach->hook, "/bin/send");
    CU_ASSERT_STRING_EQUAL(options.resume, "s.json");
    CU_ASSERT_STRING_EQUAL(options.kept_messages, "kept");
    CU_ASSERT_EQUAL(attach->settle, 250 * USEC_PER_MSEC);
    CU_ASSERT_EQUAL(attach->wait, 120 * USEC_PER_SEC);
    arguments_free(&options);
}

static void test_attach_faults(void)
{
    refused("--attach", "here", "--attach: found \"here\"");
    refused("--on-case", "/bin/true", "go with --attach");
    refused("--resume", "x", "go with --attach");
    refused("--settle", "3", "--settle: found \"3\", expected a duration");
    refused("--sent", "/nowhere", "--sent: found \"/nowhere\", expected a folder");
    const char *both[] = {"run", "--attach", "0", "--", "send", NULL};
    struct arguments options;
    struct told told;
    CU_ASSERT_EQUAL(read_options(both, &options, &told), ARGUMENTS_WRONG);
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, "--attach: takes no command"));
    arguments_free(&options);
}

/* A profile that says how to submit is about a service, and has no command. */
static void test_attach_profile(void)
{
    struct fixture fixture = fixture_make();
    fixture_write(&fixture, "p.json", "{\"submit\": [\"put\", \"{message}\"]}");
    struct fixture_path path = fixture_path(&fixture, "p.json");
    const char *arguments[] = {"run", "--profile", path.text, NULL};
    struct arguments options;
    struct told told;
    CU_ASSERT_EQUAL(read_options(arguments, &options, &told), ARGUMENTS_OK);
    CU_ASSERT(options.run.attach.on && options.run.profile.each);
    CU_ASSERT_EQUAL(options.run.attach.settle, 10 * USEC_PER_SEC);
    arguments_free(&options);
    const char *hook[] = {"run", "--profile", path.text, "--on-case", "/bin/true", NULL};
    CU_ASSERT_EQUAL(read_options(hook, &options, &told), ARGUMENTS_WRONG);
    arguments_free(&options);
    fixture_remove(&fixture);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"defaults", test_defaults},
        {"everything", test_everything},
        {"reports", test_reports},
        {"a command", test_command},
        {"faults", test_faults},
        {"a profile", test_profile},
        {"attach", test_attach},
        {"attach faults", test_attach_faults},
        {"attach profile", test_attach_profile},
    };
    return unit_main("arguments", tests, sizeof tests / sizeof *tests, argc, argv);
}
