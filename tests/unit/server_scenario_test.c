#include "mockserver/server_scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

struct faults {
    unsigned count;
    char text[4096];
};

static void on_fault(void *owner, const char *text)
{
    struct faults *faults = owner;
    size_t length = strlen(faults->text);
    faults->count++;
    snprintf(faults->text + length, sizeof faults->text - length, "%s\n", text);
}

/* A scenario file that lives as long as the test. */
struct place {
    char folder[64], file[96];
};

static void place_make(struct place *place, const char *text)
{
    strcpy(place->folder, "/tmp/scenario-test-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place->folder));
    snprintf(place->file, sizeof place->file, "%s/case.json", place->folder);
    FILE *file = fopen(place->file, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_TRUE(fputs(text, file) >= 0);
    CU_ASSERT_EQUAL(fclose(file), 0);
}

static void place_remove(struct place *place)
{
    unlink(place->file);
    rmdir(place->folder);
}

static void test_without_a_file(void)
{
    struct faults faults = {0};
    struct server_options options = {0};
    struct scenario *scenario = server_scenario(&options, on_fault, &faults);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    CU_ASSERT_STRING_EQUAL(scenario->centre.domain, "MAIL.PROD.NACCS6");
    CU_ASSERT_EQUAL(scenario->rule_count, 0);
    CU_ASSERT_EQUAL(faults.count, 0);
    scenario_free(scenario);
}

static void test_domain_takes_its_mailbox_along(void)
{
    static const struct {
        const char *text, *mailbox;
    } cases[] = {
        {"{\"version\":1}", "NACCS@MAIL.TEST.NACCS6"},
        {"{\"version\":1,\"centre\":{\"domain\":\"A.B\"}}", "NACCS@MAIL.TEST.NACCS6"},
        {"{\"version\":1,\"centre\":{\"recipients\":[\"x@y\"]}}", "x@y"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place place;
        struct faults faults = {0};
        place_make(&place, cases[i].text);
        struct server_options options = {.scenario = place.file, .domain = "MAIL.TEST.NACCS6"};
        struct scenario *scenario = server_scenario(&options, on_fault, &faults);
        CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
        CU_ASSERT_STRING_EQUAL(scenario->centre.domain, "MAIL.TEST.NACCS6");
        CU_ASSERT_EQUAL_FATAL(scenario->centre.recipient_count, 1);
        CU_ASSERT_STRING_EQUAL(scenario->centre.recipients[0], cases[i].mailbox);
        scenario_free(scenario);
        place_remove(&place);
    }
}

static void test_family(void)
{
    struct place place;
    place_make(&place, "{\"version\":1,\"vary\":{\"at\":[\"MAIL\",\"RCPT\"]},"
                       "\"rules\":[{\"at\":\"$at\",\"reply\":\"550 no\"}]}");
    static const struct {
        const char *variant;
        uint32_t stages;
        const char *says; /* null: it is chosen */
    } cases[] = {
        {"case/RCPT", 1u << STAGE_RCPT, NULL},
        {"MAIL", 1u << STAGE_MAIL, NULL},
        {NULL, 0, "stands for 2 cases, choose one with --variant:\n  case/MAIL\n  case/RCPT\n"},
        {"AIL", 0, "--variant AIL names 0 of its cases"},
        {"DATA", 0, "--variant DATA names 0 of its cases"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct faults faults = {0};
        struct server_options options = {.scenario = place.file, .variant = cases[i].variant};
        struct scenario *scenario = server_scenario(&options, on_fault, &faults);
        CU_ASSERT_EQUAL_FATAL(scenario == NULL, cases[i].says != NULL);
        if (scenario)
            CU_ASSERT_EQUAL(scenario->rules[0].stages, cases[i].stages);
        if (cases[i].says)
            CU_ASSERT_PTR_NOT_NULL(strstr(faults.text, cases[i].says));
        if (scenario)
            scenario_free(scenario);
    }
    place_remove(&place);
}

static void test_bad_file(void)
{
    struct faults faults = {0};
    struct server_options options = {.scenario = "/nowhere/at/all.json"};
    CU_ASSERT_PTR_NULL(server_scenario(&options, on_fault, &faults));
    CU_ASSERT_PTR_NOT_NULL(strstr(faults.text, "/nowhere/at/all.json"));
    struct place place;
    place_make(&place, "{\"version\":1,\"ruls\":[],\"x\":1}");
    options.scenario = place.file;
    faults = (struct faults){0};
    CU_ASSERT_PTR_NULL(server_scenario(&options, on_fault, &faults));
    CU_ASSERT_EQUAL(faults.count, 2);
    place_remove(&place);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"without a file", test_without_a_file},
        {"domain takes its mailbox along", test_domain_takes_its_mailbox_along},
        {"family", test_family},
        {"bad file", test_bad_file},
    };
    return unit_main("server_scenario", tests, sizeof tests / sizeof *tests, argc, argv);
}
