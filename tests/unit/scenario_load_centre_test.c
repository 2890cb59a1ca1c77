/* Centre profiles: what holds where a scenario says nothing. */
#include <stdlib.h>
#include <string.h>

#include "mockserver/scenario_load.h"
#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"
#include "wire/ehlo.h"

static struct scenario_centre *profile_of(const char *text, struct told *told)
{
    struct fixture fixture = fixture_make();
    *told = (struct told){""};
    fixture_write(&fixture, "c.json", text);
    struct scenario_centre *centre =
        scenario_centre_load(fixture_path(&fixture, "c.json").text, NULL, fixture_told, told);
    fixture_remove(&fixture);
    return centre;
}

/* The one scenario of a text, under a profile. */
static struct scenario *scenario_under(const char *profile, const char *text)
{
    struct told told;
    struct scenario_centre *centre = profile_of(profile, &told);
    CU_ASSERT_PTR_NOT_NULL_FATAL(centre);
    const struct scenario_load_options options = {
        .centre = centre, .fault = fixture_told, .owner = &told};
    struct scenario_set set;
    CU_ASSERT_FATAL(scenario_load_text(octets_of(text), "case", &options, &set));
    CU_ASSERT_EQUAL_FATAL(set.count, 1);
    struct scenario *scenario = set.at[0];
    free(set.at);
    scenario_centre_free(centre);
    return scenario;
}

static void test_default(void)
{
    struct scenario *scenario =
        scenario_under("{\"domain\": \"MAIL.TEST.NACCS7\", \"idle_limit\": \"1h\", "
                       "\"idle_close\": \"rst\", \"idle_reply\": true, \"bare\": \"refuse\", "
                       "\"ehlo\": [\"SIZE\", \"X-OWN\"], \"line_limit\": 500}",
                       "{\"version\": 1}");
    const struct centre_settings *centre = &scenario->centre;
    CU_ASSERT_STRING_EQUAL(centre->domain, "MAIL.TEST.NACCS7");
    CU_ASSERT_STRING_EQUAL(centre->recipients[0], "NACCS@MAIL.TEST.NACCS7");
    CU_ASSERT_EQUAL(centre->idle_limit.duration, 3600 * USEC_PER_SEC);
    CU_ASSERT(centre->idle_close == SCENARIO_CLOSE_RST && centre->idle_reply);
    CU_ASSERT(centre->bare == BARE_REFUSE && centre->line_limit == 500);
    CU_ASSERT(centre->ehlo && centre->ehlo_keywords == EHLO_SIZE);
    CU_ASSERT_EQUAL(centre->ehlo_other_count, 1);
    scenario_free(scenario);
}

static void test_scenario_goes_before(void)
{
    struct scenario *scenario = scenario_under(
        "{\"domain\": \"MAIL.TEST.NACCS7\", \"recipients\": [\"A@MAIL.TEST.NACCS7\"],"
        " \"idle_close\": \"rst\", \"idle_reply\": true, \"bare\": \"refuse\", "
        "\"ehlo\": [\"SIZE\", \"X-OWN\"], \"line_limit\": 500}",
        "{\"version\": 1, \"centre\": {\"domain\": \"MAIL.X\", \"bare\": \"keep\", "
        "\"idle_close\": \"fin\", \"idle_reply\": false, \"ehlo\": false}}");
    const struct centre_settings *centre = &scenario->centre;
    CU_ASSERT_STRING_EQUAL(centre->domain, "MAIL.X");
    CU_ASSERT_EQUAL(centre->recipient_count, 1);
    CU_ASSERT_STRING_EQUAL(centre->recipients[0], "NACCS@MAIL.X");
    CU_ASSERT(centre->idle_close == SCENARIO_CLOSE_FIN && !centre->idle_reply);
    CU_ASSERT(centre->bare == BARE_KEEP && centre->line_limit == 500);
    CU_ASSERT(!centre->ehlo && centre->ehlo_keywords == 0 && centre->ehlo_other_count == 0);
    scenario_free(scenario);
    scenario = scenario_under("{\"ehlo\": [\"SIZE\", \"X-OWN\"]}",
                              "{\"version\": 1, \"centre\": {\"ehlo\": {\"dsn\": true}}}");
    CU_ASSERT(scenario->centre.ehlo && scenario->centre.ehlo_keywords == EHLO_DSN);
    CU_ASSERT_EQUAL(scenario->centre.ehlo_other_count, 0);
    scenario_free(scenario);
}

/* What the case is depends on it, and so does its hash. */
static void test_hash(void)
{
    struct scenario *one = scenario_under("{\"idle_limit\": \"2m\"}", "{\"version\": 1}");
    struct scenario *same = scenario_under("{\"idle_limit\": \"2m\"}", "{\"version\": 1}");
    struct scenario *other = scenario_under("{\"idle_limit\": \"3m\"}", "{\"version\": 1}");
    CU_ASSERT_EQUAL(memcmp(one->hash, same->hash, sizeof one->hash), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(one->hash, other->hash, sizeof one->hash), 0);
    scenario_free(one);
    scenario_free(same);
    scenario_free(other);
}

static void test_faults(void)
{
    struct told told;
    CU_ASSERT_PTR_NULL(profile_of("{\"idle_limt\": \"2m\"}", &told));
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, "c.json:1:"));
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, "did you mean \"idle_limit\"?"));
    CU_ASSERT_PTR_NULL(profile_of("{\"idle_limit\": 2}", &told));
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, "/idle_limit"));
    CU_ASSERT_PTR_NULL(profile_of("[]", &told));
    CU_ASSERT_PTR_NULL(profile_of("{", &told));
    CU_ASSERT_PTR_NULL(scenario_centre_load("/nowhere/c.json", NULL, fixture_told, &told));
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, "/nowhere/c.json"));
}

/* A name is looked for in the suite that comes with the program. */
static void test_names(void)
{
    struct fixture fixture = fixture_make();
    struct told told = {""};
    fixture_suite(&fixture);
    fixture_write(&fixture, "profiles/centre/slow.json", "{\"idle_limit\": \"1h\"}");
    setenv("NACCS_SCENARIOS", fixture.folder, 1);
    struct scenario_centre *centre = scenario_centre_load("slow", NULL, fixture_told, &told);
    CU_ASSERT_PTR_NOT_NULL(centre);
    CU_ASSERT_STRING_EQUAL(told.text, "");
    scenario_centre_free(centre);
    CU_ASSERT_PTR_NULL(scenario_centre_load("slwo", NULL, fixture_told, &told));
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, "did you mean \"slow\"?"));
    fixture_remove(&fixture);
    CU_ASSERT_PTR_NULL(scenario_centre_load("slow", NULL, fixture_told, &told));
    unsetenv("NACCS_SCENARIOS");
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"holds where nothing is said", test_default},
        {"a scenario goes before it", test_scenario_goes_before},
        {"the hash", test_hash},
        {"faults", test_faults},
        {"names", test_names},
    };
    return unit_main("scenario_load_centre", tests, sizeof tests / sizeof *tests, argc, argv);
}
