#include "harness/report_resume.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/report.h"
#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

/* A run in virtual time, whose report stands for one of an attached sender. */
struct setting {
    struct fixture fixture;
    struct suite suite;
    size_t selected[3];
    struct run_options options;
    struct run_results results;
    struct run_case earlier[3];
    size_t count;
    struct problem problem;
};

static void begin(struct setting *s)
{
    struct told told;
    *s = (struct setting){.fixture = fixture_make(), .selected = {0, 1, 2}};
    fixture_suite(&s->fixture);
    for (int i = 0; i < 3; i++) {
        char name[16];
        snprintf(name, sizeof name, "a/%d.json", i);
        fixture_write(&s->fixture, name,
                      "{\"version\": 1, \"title\": {\"en\": \"x\"}, \"requirements\": "
                      "[\"CONN-1\"], \"messages\": [\"plain\"], \"rules\": [{\"at\": \"RCPT\", "
                      "\"reply\": \"550 \\u3042\"}], \"expect\": {\"accepted\": [1]}}");
    }
    CU_ASSERT_FATAL(fixture_load(&s->fixture, &s->suite, &told));
    s->options = fixture_options(&s->suite, s->selected, 3);
    CU_ASSERT_FATAL(run_suite(&s->options, &s->results, &s->problem));
    s->options.attach.on = true;
}

static struct fixture_path save(struct setting *s)
{
    struct fixture_path path = fixture_path(&s->fixture, "state.json");
    char place[300];
    const struct report_context context = {
        .options = &s->options, .results = &s->results, .version = "1", .client_name = "x"};
    snprintf(place, sizeof place, "json:%s", path.text);
    CU_ASSERT_FATAL(report_to_file(place, &context, &s->problem));
    return path;
}

static void end(struct setting *s)
{
    report_resume_free(s->earlier, 3);
    run_results_free(&s->results);
    suite_free(&s->suite);
    fixture_remove(&s->fixture);
}

static void expect_same(const struct run_case *result, const struct run_case *earlier)
{
    CU_ASSERT_PTR_EQUAL_FATAL(earlier->test, result->test);
    CU_ASSERT_EQUAL(earlier->verdict, result->verdict);
    CU_ASSERT_EQUAL(earlier->duration, result->duration);
    CU_ASSERT_EQUAL(earlier->claims[0].outcomes, result->claims[0].outcomes);
    CU_ASSERT_EQUAL_FATAL(earlier->findings.count, result->findings.count);
    for (size_t i = 0; i < result->findings.count; i++) {
        const struct finding *a = &result->findings.at[i], *b = &earlier->findings.at[i];
        CU_ASSERT_STRING_EQUAL(a->requirement, b->requirement);
        CU_ASSERT(a->verdict == b->verdict && a->connection == b->connection &&
                  a->has_event == b->has_event && a->event == b->event && a->offset == b->offset);
        CU_ASSERT_STRING_EQUAL(a->actual ? a->actual : "", b->actual ? b->actual : "");
    }
    CU_ASSERT_EQUAL_FATAL(earlier->transcript->count, result->transcript->count);
    for (size_t i = 0; i < result->transcript->count; i++) {
        const struct transcript_event *a = &result->transcript->events[i];
        const struct transcript_event *b = &earlier->transcript->events[i];
        CU_ASSERT(a->kind == b->kind && a->stage == b->stage && a->connection == b->connection &&
                  a->rule == b->rule && a->body == b->body && a->message == b->message);
        CU_ASSERT(octets_equal(a->octets, b->octets));
    }
}

static void test_round_trip(void)
{
    struct setting s;
    begin(&s);
    CU_ASSERT_EQUAL(s.results.failed, 3);
    struct fixture_path path = save(&s);
    CU_ASSERT(report_resume(path.text, &s.options, s.earlier, &s.count, &s.problem));
    CU_ASSERT_EQUAL(s.count, 3);
    for (size_t i = 0; i < 3; i++)
        expect_same(&s.results.cases[i], &s.earlier[i]);
    end(&s);
}

static void test_open(void)
{
    struct setting s;
    begin(&s);
    s.results.cases[0].open = true;
    s.results.cases[1].verdict = VERDICT_ERROR;
    struct fixture_path path = save(&s);
    CU_ASSERT(report_resume(path.text, &s.options, s.earlier, &s.count, &s.problem));
    CU_ASSERT_EQUAL(s.count, 1);
    CU_ASSERT_PTR_NULL(s.earlier[0].test);
    CU_ASSERT_PTR_NULL(s.earlier[1].test);
    CU_ASSERT_PTR_NOT_NULL(s.earlier[2].test);
    end(&s);
}

/* What was taken over is not played, and stands in the results. */
static void test_taken_over(void)
{
    struct setting s;
    struct run_results again;
    begin(&s);
    s.results.cases[0].verdict = VERDICT_WARN; /* so that it can be told from one played anew */
    s.results.cases[1].open = s.results.cases[2].open = true;
    struct fixture_path path = save(&s);
    CU_ASSERT(report_resume(path.text, &s.options, s.earlier, &s.count, &s.problem));
    s.options.attach.on = false;
    s.options.earlier = s.earlier;
    CU_ASSERT_FATAL(run_suite(&s.options, &again, &s.problem));
    CU_ASSERT(again.warned == 1 && again.failed == 2 && again.open == 0);
    CU_ASSERT_PTR_NULL(s.earlier[0].test);
    run_results_free(&again);
    end(&s);
}

static void refused(struct setting *s, const char *file, const char *why)
{
    CU_ASSERT_FALSE(report_resume(file, &s->options, s->earlier, &s->count, &s->problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(s->problem.text, why));
    CU_ASSERT_PTR_NULL(s->earlier[0].test);
}

static void test_refused(void)
{
    struct setting s;
    begin(&s);
    struct fixture_path path = save(&s);
    s.options.timeout++;
    refused(&s, path.text, "--timeout");
    s.options.timeout--;
    s.options.pace = 2;
    refused(&s, path.text, "--pace");
    s.options.pace = 1;
    s.options.attach.on = false;
    refused(&s, path.text, "another kind");
    s.options.attach.on = true;
    s.suite.hash++;
    refused(&s, path.text, "suite");
    s.suite.hash--;
    fixture_write(&s.fixture, "other.json", "{\"cases\": []}");
    refused(&s, fixture_path(&s.fixture, "other.json").text, "no report");
    fixture_write(&s.fixture, "other.json", "{\"cas");
    refused(&s, fixture_path(&s.fixture, "other.json").text, "line 1");
    end(&s);
}

static void test_none(void)
{
    struct setting s;
    begin(&s);
    s.count = 7;
    CU_ASSERT(report_resume(fixture_path(&s.fixture, "none.json").text, &s.options, s.earlier,
                            &s.count, &s.problem));
    CU_ASSERT_EQUAL(s.count, 0);
    end(&s);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"round trip", test_round_trip}, {"open", test_open}, {"taken over", test_taken_over},
        {"refused", test_refused},       {"none", test_none},
    };
    return unit_main("report resume", tests, sizeof tests / sizeof *tests, argc, argv);
}
