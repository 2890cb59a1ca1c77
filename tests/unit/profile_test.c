#include "harness/profile.h"

#include "harness/profile_claims.h"
#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

static bool load(const char *text, struct profile *profile, struct told *told)
{
    struct fixture fixture = fixture_make();
    fixture_write(&fixture, "p.json", text);
    *told = (struct told){""};
    bool good = profile_load(fixture_path(&fixture, "p.json").text, profile, fixture_told, told);
    fixture_remove(&fixture);
    return good;
}

static void test_all_keys(void)
{
    struct profile profile;
    struct told told;
    CU_ASSERT_FATAL(load(
        "{\"name\": \"x\", \"version\": \"4\", \"command\": [\"send\", \"{message}\"], \"each\": "
        "true, "
        "\"one_per_connection\": true, \"ehlo\": true, \"adds_headers\": true, \"retries\": false, "
        "\"recipients\": false, \"stdin\": true, \"strict\": true, \"timeout\": \"250ms\", "
        "\"tolerance\": 50, \"tolerance_scale\": 2, \"pace\": 20, \"accelerate\": 100, \"jobs\": "
        "7, \"seed\": 9, "
        "\"helo\": \"h\", \"from\": \"f@h\", "
        "\"exit\": {\"75\": \"deferred\", \"69\": [\"refused\", \"unknown\"]}, "
        "\"environment\": {\"A\": \"b{port}\"}}",
        &profile, &told));
    CU_ASSERT_STRING_EQUAL(told.text, "");
    CU_ASSERT_STRING_EQUAL(profile.sender.version, "4");
    CU_ASSERT_STRING_EQUAL(profile.sender.name, "x");
    CU_ASSERT_STRING_EQUAL(profile.command[1], "{message}");
    CU_ASSERT_PTR_NULL(profile.command[2]);
    CU_ASSERT(profile.sender.each && profile.sender.one_per_connection);
    CU_ASSERT(profile.sender.sends_ehlo && profile.sender.adds_headers &&
              profile.sender.standard_input && profile.strict);
    CU_ASSERT(!profile.sender.retries && !profile.sender.several_recipients);
    CU_ASSERT_EQUAL(profile.timeout, 250 * USEC_PER_MSEC);
    CU_ASSERT_DOUBLE_EQUAL(profile.tolerance, 0.5, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(profile.pace, 20, 1e-9);
    CU_ASSERT(profile.has_accelerate && profile.accelerate == 100);
    CU_ASSERT_EQUAL(profile.jobs, 7);
    CU_ASSERT_EQUAL(profile.seed, 9);
    CU_ASSERT_EQUAL(profile.sender.exit_outcomes[75], OUTCOME_DEFERRED);
    CU_ASSERT_EQUAL(profile.sender.exit_outcomes[69], OUTCOME_REFUSED | OUTCOME_UNKNOWN);
    CU_ASSERT_EQUAL(profile.sender.exit_outcomes[1], 0);
    CU_ASSERT_EQUAL_FATAL(profile.sender.environment_count, 1);
    CU_ASSERT_STRING_EQUAL(profile.sender.environment[0].value, "b{port}");
    profile_free(&profile);
}

static void test_empty(void)
{
    struct profile profile;
    struct told told;
    CU_ASSERT_FATAL(load("{}", &profile, &told));
    CU_ASSERT_PTR_NULL(profile.command);
    CU_ASSERT(profile.sender.retries && profile.sender.several_recipients);
    CU_ASSERT_FALSE(profile.has_timeout || profile.has_jobs || profile.sender.each);
    profile_free(&profile);
}

static void refused(const char *text, const char *expected)
{
    struct profile profile = {.jobs = 77};
    struct told told;
    CU_ASSERT_FALSE(load(text, &profile, &told));
    CU_ASSERT_EQUAL(profile.jobs, 77);
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, "p.json: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, expected));
}

static void test_service(void)
{
    struct profile profile;
    struct told told;
    CU_ASSERT_FATAL(load("{\"start\": [\"up\"], \"submit\": [\"put\", \"{message}\"], "
                         "\"stop\": [\"down\"], \"submit_exit_is_outcome\": true}",
                         &profile, &told));
    CU_ASSERT_PTR_NULL(profile.command);
    CU_ASSERT_STRING_EQUAL(profile.start[0], "up");
    CU_ASSERT_STRING_EQUAL(profile.submit[1], "{message}");
    CU_ASSERT_STRING_EQUAL(profile.stop[0], "down");
    CU_ASSERT(profile.exit_is_outcome);
    profile_free(&profile);
    refused("{\"submit\": []}", "/submit: expected an array of at least one string");
    refused("{\"stop\": [1]}", "/stop/0: found an integer");
}

static void test_faults(void)
{
    refused("{\n  \"name\": x}", "line 2, column ");
    refused("[]", "found an array, expected an object");
    refused("{\"nmae\": \"x\"}", "/nmae: unknown key");
    refused("{\"each\": 1}", "/each: found an integer, expected true or false");
    refused("{\"command\": []}", "/command: expected an array of at least one string");
    refused("{\"command\": [\"a\", 2]}", "/command/1: found an integer");
    refused("{\"timeout\": \"5\"}", "/timeout: expected a duration");
    refused("{\"timeout\": \"0s\"}", "/timeout: expected a duration above 0");
    refused("{\"tolerance\": -1}", "/tolerance: expected a number above 0");
    refused("{\"accelerate\": 0.5}", "/accelerate: expected a number from 1 to");
    refused("{\"jobs\": 0}", "/jobs: expected an integer from 1 to 10000");
    refused("{\"exit\": {\"0\": \"refused\"}}", "/exit/0: expected an exit status");
    refused("{\"exit\": {\"7\": \"lost\"}}", "/exit/7: expected accepted");
    refused("{\"environment\": {\"A=B\": \"x\"}}", "/environment/A=B: no name");
    refused("{\"each\": 1, \"strict\": 2}", "/strict: found an integer");
    refused("{\"each\": true, \"each\": false}", "duplicate");
    struct profile profile;
    struct told told = {""};
    CU_ASSERT_FALSE(profile_load("/nowhere/p.json", &profile, fixture_told, &told));
    CU_ASSERT_PTR_NOT_NULL(strstr(told.text, "/nowhere/p.json"));
}

static void test_status(void)
{
    struct run_profile profile = run_profile_default();
    profile.exit_outcomes[75] = OUTCOME_DEFERRED;
    CU_ASSERT_EQUAL(claims_of_status(&profile, 0), OUTCOME_ACCEPTED);
    CU_ASSERT_EQUAL(claims_of_status(&profile, 75), OUTCOME_DEFERRED);
    unsigned unmapped = claims_of_status(&profile, 1);
    CU_ASSERT_EQUAL(unmapped & OUTCOME_ACCEPTED, 0);
    CU_ASSERT_EQUAL(unmapped,
                    OUTCOME_REFUSED | OUTCOME_DEFERRED | OUTCOME_UNKNOWN | OUTCOME_UNSENT);
}

static bool claims(const char *text, struct check_claim *claims, size_t count)
{
    struct fixture fixture = fixture_make();
    fixture_write(&fixture, "o.json", text);
    bool good = claims_of_file(fixture_path(&fixture, "o.json").text, claims, count);
    fixture_remove(&fixture);
    return good;
}

static void test_outcome_file(void)
{
    struct check_claim said[2] = {{77}, {77}};
    CU_ASSERT(claims("{\"messages\": [{\"outcome\": \"accepted\"}, {\"outcome\": \"unknown\"}]}",
                     said, 2));
    CU_ASSERT_EQUAL(said[0].outcomes, OUTCOME_ACCEPTED);
    CU_ASSERT_EQUAL(said[1].outcomes, OUTCOME_UNKNOWN);
    struct check_claim kept[2] = {{77}, {77}};
    CU_ASSERT_FALSE(claims("{\"messages\": [{\"outcome\": \"accepted\"}]}", kept, 2));
    CU_ASSERT_FALSE(
        claims("{\"messages\": [{\"outcome\": \"accepted\"}, {\"outcome\": \"?\"}]}", kept, 2));
    CU_ASSERT_FALSE(claims("{\"mess", kept, 2));
    CU_ASSERT_FALSE(claims_of_file("/nowhere/o.json", kept, 2));
    CU_ASSERT_EQUAL(kept[0].outcomes, 77);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"all keys", test_all_keys},    {"an empty profile", test_empty},
        {"a service", test_service},    {"faults", test_faults},
        {"exit statuses", test_status}, {"outcome file", test_outcome_file},
    };
    return unit_main("profile", tests, sizeof tests / sizeof *tests, argc, argv);
}
