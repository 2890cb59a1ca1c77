#include "harness/report_read.h"

#include <stdlib.h>

#include "harness/compare.h"
#include "harness/report_mask.h"
#include "harness/report_secrets.h"
#include "mockserver/arena.h"
#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

/* A run in virtual time of three cases, one of which fails. */
struct setting {
    struct fixture fixture;
    struct suite suite;
    size_t selected[3];
    struct run_options options;
    struct run_results results;
    struct report_context context;
    struct problem problem;
};

static char *const repeat[] = {(char *)"naccs-harness", (char *)"run", NULL};

static void begin(struct setting *s)
{
    struct told told;
    *s = (struct setting){.fixture = fixture_make(), .selected = {0, 1, 2}};
    fixture_suite(&s->fixture);
    for (int i = 0; i < 3; i++) {
        char name[16], text[512];
        snprintf(name, sizeof name, "a/%d.json", i);
        snprintf(text, sizeof text,
                 "{\"version\": 1, \"title\": {\"en\": \"x\", \"ja\": \"え\"}, "
                 "\"why\": {\"en\": \"w\"}, \"requirements\": [\"CONN-1\"], "
                 "\"messages\": [\"plain\"], \"rules\": [{\"at\": \"RCPT\", \"reply\": \"%s\"}], "
                 "\"expect\": {\"accepted\": [1]}}",
                 i == 1 ? "550 no" : "250 yes");
        fixture_write(&s->fixture, name, text);
    }
    CU_ASSERT_FATAL(fixture_load(&s->fixture, &s->suite, &told));
    s->options = fixture_options(&s->suite, s->selected, 3);
    CU_ASSERT_FATAL(run_suite(&s->options, &s->results, &s->problem));
    s->context = (struct report_context){.options = &s->options,
                                         .results = &s->results,
                                         .version = "9",
                                         .client_name = "x@y.example",
                                         .client_version = "3",
                                         .repeat = repeat,
                                         .shard = 1,
                                         .shards = 2,
                                         .whole = 5};
}

static void end(struct setting *s)
{
    run_results_free(&s->results);
    suite_free(&s->suite);
    fixture_remove(&s->fixture);
}

/* A report as a string, to be freed. */
static char *written(const struct report_context *context,
                     bool (*write)(FILE *stream, const struct report_context *context))
{
    char *text = NULL;
    size_t count = 0;
    FILE *stream = open_memstream(&text, &count);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT(write(stream, context));
    fclose(stream);
    return text;
}

static void read_back(struct setting *s, struct report_file *file)
{
    char *text = written(&s->context, report_json);
    CU_ASSERT_FATAL(report_read_text(text, strlen(text), "r.json", file, &s->problem));
    free(text);
}

/* Whatever a report shows is the same from the file. */
static void test_round_trip(void)
{
    static bool (*const writers[])(FILE * stream, const struct report_context *context) = {
        report_json, report_html, report_markdown, report_junit, report_tap, report_text};
    struct setting s;
    struct report_file file;
    begin(&s);
    CU_ASSERT_EQUAL(s.results.failed, 1);
    read_back(&s, &file);
    CU_ASSERT(report_is_part(&file));
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        char *first = written(&s.context, writers[i]), *second = written(&file.context, writers[i]);
        /* JSON names the suite's folder and how many cases it has, which the file's reader hasn't.
         */
        if (i > 0)
            CU_ASSERT_STRING_EQUAL(first, second);
        free(first);
        free(second);
    }
    report_file_free(&file);
    end(&s);
}

/* Times of a file that somebody else has written are 0 to a hundred years; it can be drawn. */
static void test_times_beyond_all_bounds(void)
{
    static const struct {
        const char *written;
        usec read;
    } cases[] = {{"1e300", 3153600000 * USEC_PER_SEC},
                 {"-1e300", 0},
                 {"-0.000001", 0},
                 {"88888888888888880.000345", 3153600000 * USEC_PER_SEC},
                 {"0.25", USEC_PER_SEC / 4}};
    struct setting s;
    begin(&s);
    char *text = written(&s.context, report_json);
    const char *key = "\"time_s\":", *time = strstr(strstr(text, key) + 1, key);
    CU_ASSERT_PTR_NOT_NULL_FATAL(time);
    time += strlen(key);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct report_file file;
        struct buf other = BUF_INIT(0);
        buf_append(&other, (struct octets){(const uint8_t *)text, (size_t)(time - text)});
        buf_append_string(&other, cases[i].written);
        buf_append_string(&other, time + strcspn(time, ","));
        CU_ASSERT_FATAL(
            report_read_text((char *)other.at, other.count, "r.json", &file, &s.problem));
        CU_ASSERT_EQUAL(file.context.results->cases[0].transcript->events[1].at, cases[i].read);
        free(written(&file.context, report_html));
        report_file_free(&file);
        buf_free(&other);
    }
    free(text);
    end(&s);
}

/* A password that a report holds unmasked stays one, and is masked when it is shown. */
static void test_secret(void)
{
    struct setting s;
    struct report_file file;
    begin(&s);
    struct transcript_sink sink = transcript_sink(s.results.cases[0].transcript);
    sink.event(sink.owner, &(struct transcript_event){.kind = TRANSCRIPT_RECEIVED,
                                                      .connection = 1,
                                                      .octets = OCTETS("pass:HIDDEN99\r\n"),
                                                      .secret_at = 5,
                                                      .secret_count = 8});
    s.context.unmasked = true;
    read_back(&s, &file);
    char *text = written(&file.context, report_html);
    CU_ASSERT_PTR_NULL(strstr(text, "HIDDEN99"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "pass:********"));
    free(text);
    file.context.unmasked = true;
    text = written(&file.context, report_html);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "HIDDEN99"));
    free(text);
    report_file_free(&file);
    end(&s);
}

static void refused(const char *text, const char *why)
{
    struct report_file file;
    struct problem problem;
    CU_ASSERT_FALSE(report_read_text(text, strlen(text), "x.json", &file, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, why));
    CU_ASSERT_PTR_NULL(file.arena);
}

static void test_refused(void)
{
    refused("[]", "no cases and requirements");
    refused("{", "x.json:1:");
    refused("{\"cases\": [], \"requirements\": []}", "mode");
    refused("{\"mode\": \"real\", \"cases\": [], \"requirements\": []}", "limit");
    refused("{\"mode\": \"real\", \"client\": {\"timeout_s\": 1}, \"cases\": [], "
            "\"requirements\": [{}]}",
            "no id");
    refused("{\"mode\": \"real\", \"client\": {\"timeout_s\": 1}, \"cases\": [{\"verdict\": "
            "\"pass\"}], \"requirements\": []}",
            "no id");
    refused("{\"mode\": \"real\", \"client\": {\"timeout_s\": 1}, \"cases\": [{\"id\": \"a\"}], "
            "\"requirements\": []}",
            "a case is damaged");
    refused("{\"mode\": \"real\", \"client\": {\"timeout_s\": 1}, \"cases\": [{\"id\": \"a\", "
            "\"verdict\": \"pass\", \"checks\": [{\"requirement\": \"X-1\", \"verdict\": "
            "\"pass\"}]}], \"requirements\": []}",
            "a case is damaged");
}

/* Two parts of one run: what was said of one case stands in the other file. */
static void test_merge(void)
{
    struct setting s;
    struct report_file files[2];
    begin(&s);
    s.context.whole = 3;
    s.results.count = 2;
    read_back(&s, &files[0]);
    s.context.shard = 2;
    struct run_case *all = s.results.cases;
    s.results.cases = all + 2;
    s.results.count = 1;
    read_back(&s, &files[1]);
    s.results.cases = all;
    s.results.count = 3;
    CU_ASSERT(report_merge(files, 2, &s.problem));
    CU_ASSERT_EQUAL(files[0].results.count, 3);
    CU_ASSERT(files[0].results.failed == 1 && files[0].results.passed == 2);
    CU_ASSERT_STRING_EQUAL(files[0].results.cases[2].test->scenario->id, "a/2");
    CU_ASSERT_FALSE(report_is_part(&files[0]));
    report_file_free(&files[0]);
    report_file_free(&files[1]);
    end(&s);
}

static enum compare_change change_of_case(const struct comparison *comparison, const char *id)
{
    for (size_t i = 0; i < comparison->cases.count; i++)
        if (strcmp(comparison->cases.at[i].id, id) == 0)
            return comparison->cases.at[i].change;
    return COMPARE_SAME;
}

/* From fail to pass is better, from pass to warn worse, what was skipped is new, what is not there
 * is gone. */
static void test_compare(void)
{
    struct setting s;
    struct report_file files[2];
    struct comparison comparison;
    begin(&s);
    read_back(&s, &files[0]);
    read_back(&s, &files[1]);
    files[0].results.cases[0].verdict = VERDICT_PASS;
    files[1].results.cases[0].verdict = VERDICT_WARN;
    files[0].results.cases[1].verdict = VERDICT_FAIL;
    files[1].results.cases[1].verdict = VERDICT_PASS;
    files[0].results.cases[2].verdict = VERDICT_SKIP;
    CU_ASSERT_FATAL(compare_make(files, 2, &comparison));
    CU_ASSERT_EQUAL(change_of_case(&comparison, "a/0"), COMPARE_WORSE);
    CU_ASSERT_EQUAL(change_of_case(&comparison, "a/1"), COMPARE_BETTER);
    CU_ASSERT_EQUAL(change_of_case(&comparison, "a/2"), COMPARE_NEW);
    CU_ASSERT(comparison.same_suite);
    compare_free(&comparison);
    files[0].results.cases[2].verdict = VERDICT_PASS;
    size_t count = files[1].results.count;
    files[1].results.count = 2;
    files[1].suite.hash++;
    CU_ASSERT_FATAL(compare_make(files, 2, &comparison));
    CU_ASSERT_EQUAL(change_of_case(&comparison, "a/2"), COMPARE_GONE);
    CU_ASSERT_FALSE(comparison.same_suite);
    compare_free(&comparison);
    files[1].results.count = count;
    report_file_free(&files[0]);
    report_file_free(&files[1]);
    end(&s);
}

/* The same verdict for something else is told apart. */
static void test_fails_otherwise(void)
{
    struct setting s;
    struct report_file files[2];
    struct comparison comparison;
    begin(&s);
    read_back(&s, &files[0]);
    read_back(&s, &files[1]);
    struct findings *findings = &files[1].results.cases[1].findings;
    for (size_t i = 0; i < findings->count; i++)
        if (findings->at[i].verdict == VERDICT_FAIL)
            findings->at[i].requirement = "TIME-2";
    CU_ASSERT_FATAL(compare_make(files, 2, &comparison));
    CU_ASSERT_EQUAL(change_of_case(&comparison, "a/1"), COMPARE_OTHER);
    CU_ASSERT_EQUAL(change_of_case(&comparison, "a/0"), COMPARE_SAME);
    compare_free(&comparison);
    report_file_free(&files[0]);
    report_file_free(&files[1]);
    end(&s);
}

/* Addresses go, wherever they stand, and however the segments cut them. */
static void test_mask(void)
{
    struct setting s;
    struct run_options options;
    struct report_context masked;
    begin(&s);
    struct transcript *transcript = s.results.cases[0].transcript;
    struct transcript_sink sink = transcript_sink(transcript);
    struct transcript_event event = {.kind = TRANSCRIPT_RECEIVED, .connection = 7};
    static const char *const pieces[] = {"<some.", "one", "@", "priv", "ate.example> x"};
    for (size_t i = 0; i < 5; i++) {
        event.octets = octets_of(pieces[i]);
        sink.event(sink.owner, &event);
    }
    struct arena *arena = arena_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(arena);
    CU_ASSERT(report_mask_results(&s.results));
    CU_ASSERT(report_mask_context(&s.context, arena, &options, &masked));
    const struct transcript_event *last = &transcript->events[transcript->count - 5];
    static const char *const expected[] = {"<*****", "***", "@", "****", "***********> x"};
    for (size_t i = 0; i < 5; i++)
        CU_ASSERT(octets_equal(last[i].octets, octets_of(expected[i])));
    char *text = written(&masked, report_json);
    CU_ASSERT_PTR_NULL(strstr(text, "f@h.example"));
    CU_ASSERT_PTR_NULL(strstr(text, "x@y.example"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"from\":\"*@*********\""));
    free(text);
    arena_free(arena);
    end(&s);
}

static void masked(struct setting *s, const char *text, const char *expected)
{
    struct findings *findings = &s->results.cases[0].findings;
    free(findings->at[0].actual);
    findings->at[0].actual = strdup(text);
    CU_ASSERT(report_mask_secrets(&s->results));
    CU_ASSERT_STRING_EQUAL(findings->at[0].actual, expected);
}

/* What the oracle quotes of a message may hold the password, or begin or end inside of it. */
static void test_quoted_secrets(void)
{
    struct setting s;
    char message[512];
    begin(&s);
    CU_ASSERT_FATAL(s.results.cases[0].findings.count > 0);
    snprintf(message, sizeof message, "Subject: x\r\n\r\n%037dSECRET12%0353d\r\nbody\r\n", 0, 0);
    s.suite.cases[0].messages[0].octets = octets_of(message);
    masked(&s, "line 3, \"abcSECRET12def\", was", "line 3, \"abc********def\", was");
    masked(&s, "\"CRET12 x\" and \"x SECRE\"", "\"****** x\" and \"x *****\"");
    masked(&s, "\"x SECR\xe2\x80\xa6\"", "\"x ****\xe2\x80\xa6\"");
    masked(&s, "no SECRET word, and SEC", "no SECRET word, and SEC");
    masked(&s, "a SECRETARY", "a SECRETARY");
    masked(&s, "", "");
    /* What was masked before is none that could be looked for. */
    struct transcript_sink sink = transcript_sink(s.results.cases[0].transcript);
    sink.event(sink.owner, &(struct transcript_event){.kind = TRANSCRIPT_RECEIVED,
                                                      .connection = 1,
                                                      .octets = OCTETS("********SECRET12"),
                                                      .secret_count = 8});
    masked(&s, "a ******** b", "a ******** b");
    const struct transcript *transcript = s.results.cases[0].transcript;
    CU_ASSERT(
        octets_equal(transcript->events[transcript->count - 1].octets, OCTETS("****************")));
    end(&s);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"round trip", test_round_trip},
        {"times beyond all bounds", test_times_beyond_all_bounds},
        {"secret", test_secret},
        {"refused", test_refused},
        {"merge", test_merge},
        {"compare", test_compare},
        {"fails otherwise", test_fails_otherwise},
        {"mask", test_mask},
        {"quoted secrets", test_quoted_secrets},
    };
    return unit_main("report read", tests, sizeof tests / sizeof *tests, argc, argv);
}
