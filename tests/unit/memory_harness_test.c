#include "tests/unit/memory.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report.h"
#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

/* Judging, and each report, while every allocation fails in turn: a verdict is the right one or
 * "error", and a report is whole or refused. */

enum { CASES = 3, TOLD = 5 };

static const char *const cases[CASES] = {
    "\"requirements\": [\"CONN-1\"], \"messages\": [\"plain\", \"plain\"], "
    "\"expect\": {\"accepted\": [1, 2], \"outcome\": \"accepted\"}",
    "\"requirements\": [\"CONN-1\"], \"messages\": [\"plain\"], "
    "\"rules\": [{\"at\": \"RCPT\", \"reply\": \"550 no\"}], \"expect\": {\"accepted\": [1]}",
    "\"requirements\": [\"TIME-2\"], \"messages\": [\"plain\"], "
    "\"rules\": [{\"at\": \"MAIL\", \"stall\": true}], \"expect\": {\"accepted\": []}",
};

struct setting {
    struct fixture fixture;
    struct suite suite;
    size_t selected[CASES];
    struct run_options options;
    struct run_results expected; /* with enough memory */
    struct report_context context;
    unsigned long not_begun, in_error, right, wrong;
    /* One report. */
    struct fixture_path file;
    char target[320];
    char *whole; /* as it is with enough memory */
    unsigned long refused, written;
};

static void begin(struct setting *setting)
{
    struct told told;
    *setting = (struct setting){.fixture = fixture_make()};
    fixture_suite(&setting->fixture);
    for (size_t i = 0; i < CASES; i++) {
        char name[32], text[1024];
        snprintf(name, sizeof name, "a/case%zu.json", i);
        snprintf(text, sizeof text, "{\"version\": 1, \"title\": {\"en\": \"case\"}, %s}",
                 cases[i]);
        fixture_write(&setting->fixture, name, text);
        setting->selected[i] = i;
    }
    CU_ASSERT_TRUE_FATAL(fixture_load(&setting->fixture, &setting->suite, &told));
    CU_ASSERT_EQUAL_FATAL(setting->suite.case_count, CASES);
    setting->options = fixture_options(&setting->suite, setting->selected, CASES);
    CU_ASSERT_TRUE_FATAL(run_suite(&setting->options, &setting->expected, NULL));
    setting->context = (struct report_context){.options = &setting->options,
                                               .results = &setting->expected,
                                               .version = "1",
                                               .client_name = "naccs-client"};
}

static void end(struct setting *setting)
{
    run_results_free(&setting->expected);
    suite_free(&setting->suite);
    fixture_remove(&setting->fixture);
}

static void judge(void *owner)
{
    struct setting *setting = owner;
    struct run_results results = {.count = 0};
    struct problem problem = {""};
    bool ran = run_suite(&setting->options, &results, &problem);
    memory_restore();
    if (!ran) {
        setting->wrong += problem.text[0] == '\0';
        setting->not_begun++;
        return;
    }
    for (size_t i = 0; i < results.count; i++) {
        const struct run_case *got = &results.cases[i];
        bool right = got->verdict == setting->expected.cases[i].verdict;
        bool error = got->verdict == VERDICT_ERROR && !report_conforms(&results);
        if (!right && !error && setting->wrong++ < TOLD)
            printf("\ncase %zu: verdict %d, expected %d\n", i, got->verdict,
                   setting->expected.cases[i].verdict);
        *(right ? &setting->right : &setting->in_error) += 1;
    }
    run_results_free(&results);
}

static void test_judging(void)
{
    struct setting setting;
    begin(&setting);
    unsigned long runs = memory_try(&(struct memory_trial){"judging", judge, &setting, 0, 3});
    printf("(%lu runs: %lu did not begin, %lu verdicts in error, %lu right) ", runs,
           setting.not_begun, setting.in_error, setting.right);
    CU_ASSERT(runs > 100);
    CU_ASSERT_EQUAL(setting.wrong, 0);
    CU_ASSERT(setting.in_error > 0 && setting.right > 0);
    end(&setting);
}

static char *read_all(const char *path)
{
    char *text = NULL;
    size_t room = 0;
    FILE *stream = fopen(path, "r");
    if (stream && getdelim(&text, &room, '\0', stream) < 0) {
        free(text);
        text = NULL;
    }
    if (stream)
        fclose(stream);
    return text;
}

static size_t files_in(const char *path)
{
    size_t count = 0;
    DIR *folder = opendir(path);
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

static void tell_difference(const char *expected, const char *got)
{
    size_t at = 0;
    while (got && expected[at] && expected[at] == got[at])
        at++;
    printf("\nexpected: %.60s\ngot:      %.60s\n", expected + at, got ? got + at : "(nothing)");
}

static void report(void *owner)
{
    struct setting *setting = owner;
    struct problem problem = {""};
    bool written = report_to_file(setting->target, &setting->context, &problem);
    memory_restore();
    char *text = read_all(setting->file.text);
    if (written && !setting->whole) {
        setting->whole = text;
    } else if (written) {
        if ((!text || strcmp(text, setting->whole) != 0) && setting->wrong++ < TOLD)
            tell_difference(setting->whole, text);
        free(text);
        setting->written++;
    } else {
        if ((problem.text[0] == '\0' || text) && setting->wrong++ < TOLD)
            puts("\na refusal without a word, or a report by halves");
        free(text);
        setting->refused++;
    }
    remove(setting->file.text);
}

static void try_format(const char *format)
{
    struct setting setting;
    begin(&setting);
    setting.file = fixture_path(&setting.fixture, "report");
    snprintf(setting.target, sizeof setting.target, "%s:%s", format, setting.file.text);
    report(&setting);
    CU_ASSERT_PTR_NOT_NULL_FATAL(setting.whole);
    size_t files = files_in(setting.fixture.folder);
    unsigned long runs = memory_try(&(struct memory_trial){format, report, &setting, 0, 3});
    printf("(%lu runs: %lu refused, %lu written) ", runs, setting.refused, setting.written);
    CU_ASSERT_EQUAL(files_in(setting.fixture.folder), files);
    CU_ASSERT_EQUAL(setting.wrong, 0);
    CU_ASSERT(setting.refused > 0);
    free(setting.whole);
    end(&setting);
}

static void test_text(void)
{
    try_format("text");
}

static void test_json(void)
{
    try_format("json");
}

static void test_junit(void)
{
    try_format("junit");
}

static void test_tap(void)
{
    try_format("tap");
}

static void test_html(void)
{
    try_format("html");
}

static void test_markdown(void)
{
    try_format("markdown");
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"judging", test_judging},          {"text report", test_text}, {"json report", test_json},
        {"junit report", test_junit},       {"tap report", test_tap},   {"html report", test_html},
        {"markdown report", test_markdown},
    };
    return unit_main("memory_harness", tests, sizeof tests / sizeof *tests, argc, argv);
}
