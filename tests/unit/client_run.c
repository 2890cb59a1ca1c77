#include "tests/unit/client_run.h"

#include <string.h>

#include "tests/unit/unit.h"

static const char plain[] = "Subject: 1\r\n\r\nfirst\r\n";
static const char other[] = "Subject: 2\r\n\r\nsecond\r\n";
static const char *const one_recipient[] = {"NACCS@MAIL.PROD.NACCS6"};

const struct client_message run_messages[2] = {
    {"one", {(const uint8_t *)plain, sizeof plain - 1}},
    {"two", {(const uint8_t *)other, sizeof other - 1}},
};

static void is_done(void *owner, const struct client_result *result)
{
    struct run *run = owner;
    run->done++;
    run->ended = loop_now(run->loop);
    run->result = *result;
    for (size_t i = 0; i < result->count && i < COUNT_OF(run->outcomes); i++)
        run->outcomes[i] = result->messages[i];
    run->result.messages = NULL;
    run->status = client_exit_status(result);
    if (run->free_within) {
        client_free(run->client);
        run->client = NULL;
    }
}

void run_prepare(struct run *run)
{
    *run = (struct run){
        .options =
            {
                .host = "127.0.0.1",
                .port = 2525,
                .helo = "GW01.USER.NACCS6",
                .from = "USER01@GW01.USER.NACCS6",
                .to = one_recipient,
                .to_count = 1,
                .connection_limit = 4,
                .retry_wait = SECONDS(1),
                .done = is_done,
                .owner = run,
            },
        .messages = run_messages,
        .count = 2,
    };
    for (int i = 0; i < LIMIT_STAGES; i++)
        run->options.limits.at[i] = SECONDS(i + 1);
}

void run_begin(struct run *run, const struct script_rule *rules, size_t rule_count)
{
    struct problem problem = {""};
    run->loop = loop_virtual_new(&run->network, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(run->loop);
    scripted_centre_open(&run->centre, run->loop, rules, rule_count);
    run->client = client_start(run->loop, &run->options, run->messages, run->count, &problem);
    CU_ASSERT_PTR_NOT_NULL(run->client);
    CU_ASSERT_EQUAL(run->done, 0);
}

void run_go(struct run *run, const struct script_rule *rules, size_t rule_count)
{
    run_begin(run, rules, rule_count);
    loop_run(run->loop);
    CU_ASSERT_EQUAL(run->done, 1);
}

void run_clear(struct run *run)
{
    client_free(run->client);
    scripted_centre_close(&run->centre);
    loop_run(run->loop);
    loop_free(run->loop);
}

void run_expect(const struct run *run, size_t message, enum outcome outcome, int code,
                enum limit_stage stage)
{
    CU_ASSERT_STRING_EQUAL(client_outcome_name(run->outcomes[message].outcome),
                           client_outcome_name(outcome));
    CU_ASSERT_EQUAL(run->outcomes[message].code, code);
    CU_ASSERT_EQUAL(run->outcomes[message].stage, stage);
}

bool run_logged(struct run *run, const char *text)
{
    return strstr(scripted_centre_log(&run->centre), text) != NULL;
}

void run_expect_body(struct run *run, size_t place, struct octets message)
{
    const struct buf *body = &run->centre.bodies[place];
    struct buf plainly = BUF_INIT(0);
    size_t at = 0;
    while (at < body->count) {
        const uint8_t *end = memmem(body->at + at, body->count - at, "\r\n", 2);
        size_t length = end ? (size_t)(end - body->at) + 2 - at : body->count - at;
        size_t dot = body->at[at] == '.';
        buf_append(&plainly, (struct octets){body->at + at + dot, length - dot});
        at += length;
    }
    bool ended = message.count == 0 ||
                 (message.count >= 2 && memcmp(message.at + message.count - 2, "\r\n", 2) == 0);
    CU_ASSERT_EQUAL(plainly.count, message.count + (ended ? 0 : 2));
    if (plainly.count >= message.count && message.count > 0)
        CU_ASSERT_EQUAL(memcmp(plainly.at, message.at, message.count), 0);
    buf_free(&plainly);
}

void run_fill_lines(uint8_t *at, size_t count)
{
    for (size_t i = 0; i < count; i++)
        at[i] = (uint8_t) "ab\r\n"[i % 4];
}
