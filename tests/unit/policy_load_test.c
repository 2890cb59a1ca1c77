#include "client/policy_load.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/sender.h"
#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

#define SHIPPED "scenarios/profiles/actions-rfc.json"

/* The shipped table says what the sender does without one. */
static void test_shipped(void)
{
    struct policy policy;
    struct problem problem = {""};
    const struct policy *standard = policy_standard();
    CU_ASSERT_FATAL(policy_load(SHIPPED, &policy, &problem));
    for (int stage = 0; stage < LIMIT_STAGES; stage++) {
        for (int i = 0; i < POLICY_CODES; i++)
            CU_ASSERT_EQUAL(policy.success[stage][i], standard->success[stage][i]);
        for (int kind = 0; kind < POLICY_KINDS; kind++) {
            const struct policy_rule *one = &policy.rules[stage][kind];
            const struct policy_rule *other = &standard->rules[stage][kind];
            CU_ASSERT(one->fate == other->fate && one->next == other->next &&
                      one->protocol_error == other->protocol_error);
        }
    }
    CU_ASSERT_EQUAL(policy.exception_count, standard->exception_count);
}

/* The shipped table with one member put in another's place: `path` names it, `text` is its JSON, or
 * null to take it away. */
static bool load_changed(const char *path, const char *text, struct policy *policy,
                         struct problem *problem)
{
    struct fixture fixture = fixture_make();
    json_t *root = json_load_file(SHIPPED, 0, NULL), *at = root;
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    char key[64];
    size_t count;
    for (; count = strcspn(path, "/"), path[count]; path += count + 1) {
        snprintf(key, sizeof key, "%.*s", (int)count, path);
        at = json_object_get(at, key);
    }
    json_t *value = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    CU_ASSERT_EQUAL(value ? json_object_set_new(at, path, value) : json_object_del(at, path), 0);
    char *written = json_dumps(root, 0);
    fixture_write(&fixture, "a.json", written);
    bool good = policy_load(fixture_path(&fixture, "a.json").text, policy, problem);
    free(written);
    json_decref(root);
    fixture_remove(&fixture);
    return good;
}

static void test_single_codes(void)
{
    struct policy policy;
    struct problem problem = {""};
    struct sender sender;
    CU_ASSERT_FATAL(load_changed("stages/mail/actions/452",
                                 "{\"message\": \"put-off\", \"next\": \"quit-again\"}", &policy,
                                 &problem));
    CU_ASSERT_EQUAL(policy_reply(&policy, LIMIT_MAIL, 452)->next, POLICY_QUIT_AGAIN);
    CU_ASSERT_EQUAL(policy_reply(&policy, LIMIT_MAIL, 451)->next, POLICY_RESET);
    CU_ASSERT_EQUAL(policy_reply(&policy, LIMIT_RCPT, 452)->next, POLICY_RESET);
    sender_init(&sender, &policy, 1, 1);
    sender_take(&sender, SENDER_OPENED, 0);
    sender_take(&sender, SENDER_REPLY, 220);
    sender_take(&sender, SENDER_REPLY, 250);
    struct sender_step step = sender_take(&sender, SENDER_REPLY, 452);
    CU_ASSERT(step.act == SENDER_COMMAND && step.verb == COMMAND_QUIT);
    CU_ASSERT(step.fate == POLICY_PUT_OFF && sender.end == SENDER_AGAIN);
}

static void test_other_success(void)
{
    struct policy policy;
    struct problem problem = {""};
    CU_ASSERT_FATAL(load_changed("stages/mail/success", "[250, 251]", &policy, &problem));
    CU_ASSERT_EQUAL(policy_kind(&policy, LIMIT_MAIL, 251), POLICY_SUCCESS);
    CU_ASSERT_EQUAL(policy_kind(&policy, LIMIT_MAIL, 252), POLICY_UNEXPECTED);
}

static void refused(const char *path, const char *text, const char *expected)
{
    struct policy policy = {.exception_count = 7};
    struct problem problem = {""};
    CU_ASSERT_FALSE(load_changed(path, text, &policy, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, expected));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "a.json: "));
    CU_ASSERT_EQUAL(policy.exception_count, 7);
}

static void test_faults(void)
{
    refused("source", NULL, "/source: expected a string");
    refused("extra", "1", "/extra: expected source, note or stages");
    refused("stages/mail", NULL, "/stages/mail: missing");
    refused("stages/male", "{}", "/stages/male: unknown stage");
    refused("stages/mail", "[]", "/stages/mail: expected an object");
    refused("stages/mail/note", "1", "/stages/mail/note: ");
    refused("stages/mail/success", "[]", "/stages/mail/success: expected an array");
    refused("stages/mail/success", "[450]", "/stages/mail/success/0: ");
    refused("stages/body/success", "[250]", "no reply of its own");
    refused("stages/mail/actions/421", NULL, "/stages/mail/actions/421: missing");
    refused("stages/mail/actions/4yz", "7", "/stages/mail/actions/4yz: expected an object");
    refused("stages/mail/actions/4yz/next", "\"on\"", "/stages/mail/actions/4yz/next: expected");
    refused("stages/mail/actions/4yz/message", "\"lost\"", "expected kept, put-off");
    refused("stages/mail/actions/4yz/protocol_error", "1", "/protocol_error: expected");
    refused("stages/mail/actions/4xx", "{}", "a code from 200 to 599");
    refused("stages/mail/actions/250", "{\"next\": \"go-on\"}", "a code of success here");
}

/* What would lose messages, double them, or hang. */
static void test_contradictions(void)
{
    refused("stages/mail/actions/4yz/next", "\"go-on\"", "needs success");
    refused("stages/mail/actions/4yz/message", NULL, "\"message\" is missing");
    refused("stages/mail/actions/5yz/message", "\"accepted\"", "at end-of-data alone");
    refused("stages/end-of-data/actions/success/message", "\"unknown\"", "what success means");
    refused("stages/end-of-data/actions/5yz/message", "\"accepted\"", "at end-of-data alone");
    refused("stages/mail/actions/success/next", "\"quit-stop\"", "success means");
    refused("stages/mail/actions/silence/next", "\"quit-stop\"", "close-again or close-stop");
    refused("stages/body/actions/4yz/next", "\"reset\"", "close-again or close-stop");
    refused("stages/helo/actions/4yz/next", "\"reset\"", "needs a transaction");
    refused("stages/quit/actions/4yz/next", "\"quit-stop\"", "behind QUIT");
    refused("stages/rset/actions/4yz/message", "\"kept\"", "known before");
}

static void test_files(void)
{
    struct policy policy;
    struct problem problem = {""};
    struct fixture fixture = fixture_make();
    CU_ASSERT_FALSE(policy_load("/nowhere/a.json", &policy, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/nowhere/a.json"));
    fixture_write(&fixture, "a.json", "{\n \"source\": x}");
    CU_ASSERT_FALSE(policy_load(fixture_path(&fixture, "a.json").text, &policy, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "line 2, column "));
    fixture_write(&fixture, "a.json", "[]");
    CU_ASSERT_FALSE(policy_load(fixture_path(&fixture, "a.json").text, &policy, &problem));
    fixture_remove(&fixture);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"the shipped table", test_shipped},     {"single codes", test_single_codes},
        {"other success", test_other_success},   {"faults", test_faults},
        {"contradictions", test_contradictions}, {"files", test_files},
    };
    return unit_main("policy_load", tests, sizeof tests / sizeof *tests, argc, argv);
}
