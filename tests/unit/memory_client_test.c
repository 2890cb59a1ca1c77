#include "tests/unit/memory.h"

#include <stdio.h>

#include "client/client.h"
#include "tests/unit/keeping.h"
#include "tests/unit/unit.h"

/* The reference sender takes two messages to a centre, and every allocation of both fails in turn:
 * the sender never says "accepted" of what is not there, and never "unsent" of what is. */

enum { LARGE = 100002 };

static uint8_t large[LARGE];

struct setting {
    struct keeping keeping;
    struct scenario *scenario;
    struct client_message messages[2];
    bool done;
    enum outcome outcomes[2];
    unsigned long not_begun, not_done, failed, accepted;
};

static void is_done(void *owner, const struct client_result *result)
{
    struct setting *setting = owner;
    setting->done = true;
    for (size_t i = 0; i < 2; i++)
        setting->outcomes[i] = result->messages[i].outcome;
}

static struct client *start(struct setting *setting, struct problem *problem)
{
    static const char *const to[] = {"NACCS@MAIL.PROD.NACCS6"};
    const struct endpoint *centre = centre_endpoint(setting->keeping.centre);
    const struct client_options options = {
        .host = centre->address,
        .port = centre->port,
        .helo = "GW01.USER.NACCS6",
        .from = "USER01@GW01.USER.NACCS6",
        .to = to,
        .to_count = 1,
        .limits = limits_default(),
        .connection_limit = 4,
        .retry_wait = USEC_PER_SEC,
        .done = is_done,
        .owner = setting,
    };
    setting->done = false;
    return client_start(setting->keeping.loop, &options, setting->messages, 2, problem);
}

static void check_outcomes(struct setting *setting)
{
    size_t accepted = 0;
    for (size_t i = 0; i < 2; i++) {
        size_t copies = keeping_copies(&setting->keeping, setting->messages[i].octets);
        switch (setting->outcomes[i]) {
        case CLIENT_ACCEPTED:
            CU_ASSERT_EQUAL(copies, 1);
            accepted++;
            break;
        case CLIENT_UNSENT:
        case CLIENT_REFUSED:
        case CLIENT_DEFERRED:
            CU_ASSERT_EQUAL(copies, 0);
            break;
        case CLIENT_UNKNOWN:
            CU_ASSERT(copies <= 1);
            break;
        }
    }
    *(accepted == 2 ? &setting->accepted : &setting->failed) += 1;
}

static void two_messages(void *owner)
{
    struct setting *setting = owner;
    struct keeping *keeping = &setting->keeping;
    struct problem problem = {""};
    struct client *client = NULL;
    if (keeping_open(keeping, setting->scenario, &problem))
        client = start(setting, &problem);
    if (client) {
        loop_run(keeping->loop);
        client_free(client);
    }
    memory_restore();
    CU_ASSERT(client || problem.text[0] != '\0');
    if (!client)
        setting->not_begun++;
    else if (!setting->done)
        setting->not_done++;
    else
        check_outcomes(setting);
    keeping_close(keeping);
    keeping_empty(keeping);
}

static void test_two_messages(void)
{
    struct setting setting = {
        .messages = {{"small", OCTETS("A: b\r\n\r\n.dot\r\n")}, {"large", {large, LARGE}}}};
    for (size_t i = 0; i < LARGE; i++)
        large[i] = (uint8_t) "\r\n.a"[i % 4];
    keeping_make(&setting.keeping);
    setting.scenario = scenario_new(NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(setting.scenario);
    unsigned long runs = memory_try(&(struct memory_trial){"client", two_messages, &setting, 0, 0});
    printf("(%lu runs: %lu did not begin, %lu not all accepted, %lu accepted) ", runs,
           setting.not_begun, setting.failed, setting.accepted);
    CU_ASSERT(runs > 60);
    CU_ASSERT_EQUAL(setting.not_done, 0);
    CU_ASSERT(setting.failed > 0 && setting.accepted > 0);
    scenario_free(setting.scenario);
    keeping_remove(&setting.keeping);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"two messages", test_two_messages},
    };
    return unit_main("memory_client", tests, sizeof tests / sizeof *tests, argc, argv);
}
