#include "harness/report.h"

#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/report_common.h"
#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

/* A run of five cases, one of each verdict, with everything nasty that a peer could send. */
struct setting {
    struct suite_requirement requirements[2];
    struct check_message messages[1];
    struct scenario scenarios[5];
    struct suite_case cases[5];
    struct suite suite;
    struct transcript *transcript;
    struct finding findings[3];
    struct run_case results[5];
    struct run_options options;
    struct run_results run;
    struct report_context context;
};

#define NASTY "\033[31m<&\"\\\001\200\377 ]]> #"

static const char *const ids[5] = {"a/pass", "a/warn#1", "b/fail", "c/skip", "d/error"};
static const char *const tested[] = {"CONN-1"};

static void record(struct transcript *transcript, enum transcript_kind kind, struct octets octets,
                   size_t secret_at, size_t secret_count)
{
    struct transcript_sink sink = transcript_sink(transcript);
    struct transcript_event event = {.at = 120 * USEC_PER_MSEC,
                                     .connection = 1,
                                     .kind = kind,
                                     .stage = STAGE_RCPT,
                                     .body = secret_count > 0,
                                     .octets = octets,
                                     .secret_at = secret_at,
                                     .secret_count = secret_count};
    sink.event(sink.owner, &event);
}

static void fill_cases(struct setting *s)
{
    static const enum verdict verdicts[5] = {VERDICT_PASS, VERDICT_WARN, VERDICT_FAIL, VERDICT_SKIP,
                                             VERDICT_ERROR};
    for (size_t i = 0; i < 5; i++) {
        s->scenarios[i] = (struct scenario){
            .id = ids[i], .title = {.en = "Title"}, .requirements = tested, .requirement_count = 1};
        s->cases[i] = (struct suite_case){
            .scenario = &s->scenarios[i], .messages = s->messages, .message_count = 1};
        s->results[i] = (struct run_case){
            .test = &s->cases[i], .verdict = verdicts[i], .duration = 250 * USEC_PER_MSEC};
    }
    s->results[1].findings = (struct findings){&s->findings[1], 1, VERDICT_WARN, false};
    s->results[0].findings = (struct findings){&s->findings[0], 1, VERDICT_PASS, false};
    s->results[2].findings = (struct findings){&s->findings[2], 1, VERDICT_FAIL, false};
    s->results[2].transcript = s->transcript;
    s->results[2].output = (char *)NASTY;
    s->results[2].output_count = strlen(NASTY);
    s->results[3].reason = (char *)"can't";
    s->results[4].reason = (char *)"no \001 port";
}

static void begin(struct setting *s)
{
    *s = (struct setting){
        .requirements = {{.id = "CONN-1",
                          .level = LEVEL_MUST,
                          .text = {"connects", NULL},
                          .source = {"T1", NULL}},
                         {.id = "TIME-2",
                          .level = LEVEL_SHOULD,
                          .text = {"bounds", NULL},
                          .source = {"RFC", NULL}}},
        .messages = {{"plain.eml", OCTETS("x")}},
        .findings = {{.requirement = "CONN-1", .verdict = VERDICT_PASS},
                     {.requirement = "HELO-2",
                      .verdict = VERDICT_WARN,
                      .expected = (char *)"HELO",
                      .actual = (char *)"EHLO"},
                     {.requirement = "CONN-1",
                      .verdict = VERDICT_FAIL,
                      .expected = (char *)"a greeting",
                      .actual = (char *)NASTY,
                      .connection = 1,
                      .has_event = true,
                      .event = 1,
                      .has_offset = true,
                      .offset = 44}},
        .transcript = transcript_new(10000),
    };
    CU_ASSERT_PTR_NOT_NULL_FATAL(s->transcript);
    record(s->transcript, TRANSCRIPT_OPENED, OCTETS("127.0.0.1:5"), 0, 0);
    record(s->transcript, TRANSCRIPT_RECEIVED, OCTETS("RCPT TO:<" NASTY ">\n"), 0, 0);
    record(s->transcript, TRANSCRIPT_RECEIVED, OCTETS("user PASSWORD end\r\n"), 5, 8);
    record(s->transcript, TRANSCRIPT_SENT, OCTETS("450 busy\r\n"), 0, 0);
    fill_cases(s);
    s->suite = (struct suite){.root = (char *)"/s",
                              .requirements = s->requirements,
                              .requirement_count = 2,
                              .cases = s->cases,
                              .case_count = 5};
    s->options = (struct run_options){
        .suite = &s->suite, .timeout = 5 * USEC_PER_SEC, .pace = 1, .seed = 7, .profile.name = ""};
    s->run = (struct run_results){.cases = s->results,
                                  .count = 5,
                                  .passed = 1,
                                  .failed = 1,
                                  .warned = 1,
                                  .skipped = 1,
                                  .errors = 1,
                                  .wall = 410 * USEC_PER_MSEC};
    s->context = (struct report_context){
        .options = &s->options, .results = &s->run, .version = "1", .client_name = "x " NASTY};
}

/* The report as a string, to be freed. */
static char *written(const struct setting *s,
                     bool (*write)(FILE *stream, const struct report_context *context))
{
    char *text = NULL;
    size_t count = 0;
    FILE *stream = open_memstream(&text, &count);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT(write(stream, &s->context));
    fclose(stream);
    CU_ASSERT_EQUAL(strlen(text), count);
    return text;
}

static bool is_safe(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 || *text == 0x7f) && *text != '\n')
            return false;
    return true;
}

static void test_text(void)
{
    struct setting s;
    begin(&s);
    char *text = written(&s, report_text);
    CU_ASSERT(is_safe(text));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "FAIL CONN-1 (must; T1) in 1 case\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "  in b/fail, connection 1, octet 44 of what it sent:\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "=>   0.000 s  >> RCPT TO:<\\x1B[31m"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, ">\\n\n")); /* a bare LF is shown */
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "<< 450 busy\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "ERROR d/error"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "WARN HELO-2 (info) in 1 case, as in a/warn#1:\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(
        text, "5 cases: 1 pass, 1 fail, 1 warn, 1 skip, 1 error (0.41 s, virtual time, seed 7)"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "does not conform"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "user ******** end"));
    CU_ASSERT_PTR_NULL(strstr(text, "PASSWORD"));
    free(text);
    s.context.unmasked = true;
    text = written(&s, report_text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "user PASSWORD end"));
    free(text);
    transcript_free(s.transcript);
}

static void test_json(void)
{
    struct setting s;
    begin(&s);
    char *text = written(&s, report_json);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    CU_ASSERT_PTR_NULL(strstr(text, "PASSWORD"));
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "mode")), "virtual");
    json_t *summary = json_object_get(root, "summary");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(summary, "fail")), 1);
    json_t *rows = json_object_get(root, "requirements");
    CU_ASSERT_EQUAL(json_array_size(rows), 3); /* HELO-2 is not the suite's, but was found */
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json_array_get(rows, 0), "verdict")),
                           "fail");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json_array_get(rows, 1), "verdict")),
                           "skip");
    json_t *failing = json_array_get(json_object_get(root, "cases"), 2);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(failing, "id")), "b/fail");
    json_t *check = json_array_get(json_object_get(failing, "checks"), 0);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(check, "offset")), 44);
    json_t *events = json_object_get(failing, "transcript");
    CU_ASSERT_EQUAL(json_array_size(events), 4);
    CU_ASSERT_PTR_NOT_NULL(json_object_get(json_array_get(events, 1), "base64"));
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json_array_get(events, 2), "octets")),
                           "user ******** end\r\n");
    json_decref(root);
    free(text);
    transcript_free(s.transcript);
}

/* RFC 4648 §10. */
static void test_base64(void)
{
    static const char *const expected[] = {"/w==", "//8=", "////", "/////w=="};
    for (size_t i = 0; i < 4; i++) {
        struct setting s;
        begin(&s);
        record(s.transcript, TRANSCRIPT_SENT,
               (struct octets){(const uint8_t *)"\377\377\377\377", i + 1}, 0, 0);
        char *text = written(&s, report_json);
        char member[32];
        snprintf(member, sizeof member, "\"base64\":\"%s\"", expected[i]);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, member));
        free(text);
        transcript_free(s.transcript);
    }
}

static double number(xmlDocPtr document, const char *path)
{
    xmlXPathContextPtr context = xmlXPathNewContext(document);
    xmlXPathObjectPtr result = xmlXPathEvalExpression((const xmlChar *)path, context);
    double value = result ? xmlXPathCastToNumber(result) : -1;
    xmlXPathFreeObject(result);
    xmlXPathFreeContext(context);
    return value;
}

static void test_junit(void)
{
    struct setting s;
    begin(&s);
    char *text = written(&s, report_junit);
    xmlDocPtr document = xmlReadMemory(text, (int)strlen(text), "report", NULL, XML_PARSE_NONET);
    CU_ASSERT_PTR_NOT_NULL_FATAL(document);
    CU_ASSERT_PTR_NULL(strstr(text, "PASSWORD"));
    CU_ASSERT_EQUAL(number(document, "count(/testsuites/testsuite)"), 4);
    CU_ASSERT_EQUAL(number(document, "count(//testcase)"), 5);
    CU_ASSERT_EQUAL(number(document, "number(/testsuites/@failures)"), 1);
    CU_ASSERT_EQUAL(number(document, "count(//failure[@type='CONN-1'])"), 1);
    CU_ASSERT_EQUAL(number(document, "count(//skipped)"), 1);
    CU_ASSERT_EQUAL(number(document, "count(//error)"), 1);
    CU_ASSERT_EQUAL(number(document, "count(//testcase[@name='b/fail CONN-1'])"), 1);
    xmlFreeDoc(document);
    free(text);
    transcript_free(s.transcript);
}

/* What a peer sends stays text: the page has the elements that it has without it. */
static void test_html(void)
{
    struct setting s;
    begin(&s);
    char *text = written(&s, report_html);
    CU_ASSERT(is_safe(text));
    CU_ASSERT_PTR_NULL(strstr(text, "PASSWORD"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "<!DOCTYPE html>\n<html lang=\"en\">"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\x1B[31m&lt;&amp;&quot;"));
    CU_ASSERT_PTR_NULL(strstr(text, "<&"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "id=\"case-a/warn~231\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "href=\"#case-b/fail\""));
    /* Two of the five have something against the sender; one was played. */
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "class=\"case item fail\""));
    CU_ASSERT_PTR_NULL(strstr(strstr(text, "<svg viewBox") + 1, "<svg viewBox"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\xe2\x97\x80 CONN-1"));
    free(text);
    transcript_free(s.transcript);
}

static void test_markdown(void)
{
    struct setting s;
    begin(&s);
    char *text = written(&s, report_markdown);
    CU_ASSERT(is_safe(text));
    CU_ASSERT_PTR_NULL(strstr(text, "PASSWORD"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "does not conform: x &#92;x1B&#91;31m&#60;&#38;&#34;"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n| 5 | 1 | 1 | 1 | 1 | 1 |\n"));
    const char *fail = strstr(text, "<b>CONN&#45;1</b> in 1 case: connects");
    const char *error = strstr(text, "<code>d/error</code>: no &#92;x01 port");
    const char *warn = strstr(text, "<b>HELO&#45;2</b> in 1 case");
    CU_ASSERT(fail && error && warn && fail < error && error < warn);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "- seen: &#92;x1B&#91;31m"));
    free(text);
    s.context.language = LANGUAGE_JA;
    text = written(&s, report_markdown);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "不適合: "));
    free(text);
    transcript_free(s.transcript);
}

static void test_text_in_japanese(void)
{
    struct setting s;
    begin(&s);
    s.context.language = LANGUAGE_JA;
    char *text = written(&s, report_text);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\n5ケース: 合格1、不合格1、警告1、対象外1、判定不能1 (0.41秒、"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n不適合\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "expected"));
    free(text);
    transcript_free(s.transcript);
}

static void test_tap(void)
{
    struct setting s;
    begin(&s);
    char *text = written(&s, report_tap);
    CU_ASSERT(is_safe(text));
    CU_ASSERT_EQUAL(strncmp(text, "TAP version 14\n1..5\nok 1 - a/pass\nok 2 - a/warn\\#1\n", 51),
                    0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nnot ok 3 - b/fail\n  ---\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nok 4 - c/skip # SKIP can't\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nnot ok 5 - d/error\n"));
    free(text);
    s.results[2].known_failing = s.results[0].unexpected = true;
    text = written(&s, report_tap);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\nnot ok 1 - a/pass\n# passes though it is listed as known to fail\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nnot ok 3 - b/fail # TODO known to fail\n"));
    free(text);
    transcript_free(s.transcript);
}

static void test_conforms(void)
{
    struct run_results results = {.passed = 3, .warned = 1, .skipped = 1, .known = 1};
    CU_ASSERT(report_conforms(&results));
    results.unexpected = 1;
    CU_ASSERT_FALSE(report_conforms(&results));
    results = (struct run_results){.failed = 1};
    CU_ASSERT_FALSE(report_conforms(&results));
    results = (struct run_results){.interrupted = true};
    CU_ASSERT_FALSE(report_conforms(&results));
}

static void test_files(void)
{
    struct setting s;
    struct problem problem = {""};
    struct fixture fixture = fixture_make();
    begin(&s);
    char target[300];
    snprintf(target, sizeof target, "tap:%s/report.tap", fixture.folder);
    CU_ASSERT(report_to_file(target, &s.context, &problem));
    CU_ASSERT_EQUAL(access(target + 4, R_OK), 0);
    snprintf(target, sizeof target, "tap:%s/no/folder/report.tap", fixture.folder);
    CU_ASSERT_FALSE(report_to_file(target, &s.context, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "report.tap"));
    CU_ASSERT(report_is_standard_output("json:-"));
    CU_ASSERT_FALSE(report_is_standard_output("json:x"));
    CU_ASSERT(report_is_text("text:x"));
    CU_ASSERT_FALSE(report_check("yaml:x", &problem));
    fixture_remove(&fixture);
    transcript_free(s.transcript);
}

static void words(const char *text, const char *expected)
{
    struct buf buf = BUF_INIT(0);
    CU_ASSERT(report_words(&buf, text, strlen(text), false));
    CU_ASSERT(octets_equal(buf_octets(&buf), octets_of(expected)));
    buf_free(&buf);
}

/* RFC 3629 §3 and §4. */
static void test_words(void)
{
    words("abc 接続\n\t\033", "abc 接続\\n\\t\\x1B");
    words("\200 \303 \303\251", "? ? \303\251");
    words("\300\257 \355\240\200 \364\220\200\200", "?? ??? ????");
    words("\360\237\231\202 \302\205", "\360\237\231\202 ??");
    words("\346\216", "??");
}

/* Many cases that fail the same requirement take no more room than a few; each is told only where
 * that is asked for. What the harness could not judge for one reason is told together too. */
static void test_text_of_many(void)
{
    enum { MANY = 300, BROKEN = 3 };
    struct setting s;
    begin(&s);
    static char names[MANY + BROKEN][16];
    struct check_message small = {"small", OCTETS("\r\n")}, large = {"large", OCTETS("a\r\n")};
    struct scenario *scenarios = calloc(MANY + BROKEN, sizeof *scenarios);
    struct suite_case *cases = calloc(MANY + BROKEN, sizeof *cases);
    struct run_case *results = calloc(MANY + BROKEN, sizeof *results);
    CU_ASSERT_FATAL(scenarios && cases && results);
    s.requirements[0].mend = (struct text_pair){"Mend it so.", "こう直す。"};
    for (size_t i = 0; i < MANY + BROKEN; i++) {
        snprintf(names[i], sizeof names[i], "many/%03zu", i);
        scenarios[i] = s.scenarios[2];
        scenarios[i].id = names[i];
        cases[i] = s.cases[2];
        cases[i].scenario = &scenarios[i];
        results[i] = i < MANY ? s.results[2] : s.results[4];
        results[i].test = &cases[i];
    }
    /* The fifth is the best example: in the first something else went wrong too, the second is
     * known to fail, in the third the centre does something besides, the fourth has more to send.
     */
    struct finding two[] = {s.findings[2], s.findings[2]};
    two[0].requirement = "TIME-2";
    results[0].findings = (struct findings){two, 2, VERDICT_FAIL, false};
    results[1].known_failing = true;
    scenarios[2].rule_count = 1;
    for (size_t i = 3; i < MANY; i++)
        cases[i].messages = i == 4 ? &small : &large;
    s.run.cases = results;
    s.run.count = MANY + BROKEN;
    char *text = written(&s, report_text);
    size_t lines = 0;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    CU_ASSERT(lines < 60);
    CU_ASSERT_PTR_NOT_NULL(strstr(
        text, "FAIL CONN-1 (must; T1) in 300 cases, 1 known to fail\n  the sender: connects\n"
              "  in many/004, connection 1"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "  also in many/000, many/001, many/002, many/003 and 295 more\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "  mend: Mend it so.\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "  more: naccs-harness explain CONN-1\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "FAIL TIME-2 (should; RFC) in 1 case\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "ERROR many/300 and 2 more\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "many/299"));
    free(text);
    s.context.verbose = true;
    text = written(&s, report_text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "FAIL many/299  Title\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "FAIL many/001 (known)  Title\n"));
    free(text);
    free(results);
    free(cases);
    free(scenarios);
    transcript_free(s.transcript);
}

/* Of a long event, what stands around the place that the finding is about. */
static void test_event_part(void)
{
    struct transcript *transcript = transcript_new(100);
    CU_ASSERT_PTR_NOT_NULL_FATAL(transcript);
    record(transcript, TRANSCRIPT_RECEIVED, OCTETS("0123456789\r\n"), 0, 0);
    struct buf buf = BUF_INIT(0);
    CU_ASSERT(report_event_part(&buf, transcript, 0, false, 4, 3));
    CU_ASSERT(octets_equal(buf_octets(&buf), OCTETS("  0.000 s  >> ... 456 ... (10 octets)")));
    buf_clear(&buf);
    CU_ASSERT(report_event_part(&buf, transcript, 0, false, 99, 3));
    CU_ASSERT(octets_equal(buf_octets(&buf), OCTETS("  0.000 s  >> ... ")));
    buf_free(&buf);
    transcript_free(transcript);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"text", test_text},
        {"JSON", test_json},
        {"base64", test_base64},
        {"JUnit", test_junit},
        {"HTML", test_html},
        {"Markdown", test_markdown},
        {"Japanese", test_text_in_japanese},
        {"TAP", test_tap},
        {"what conforms", test_conforms},
        {"files", test_files},
        {"safe words", test_words},
        {"text of many", test_text_of_many},
        {"event part", test_event_part},
    };
    return unit_main("report", tests, sizeof tests / sizeof *tests, argc, argv);
}
