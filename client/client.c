#include "client/client.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/lookup.h"
#include "client/message.h"
#include "client/session.h"

enum phase {
    CLIENT_RESTING, /* until the timer: before the first connection, and between two */
    CLIENT_LOOKING_UP,
    CLIENT_CONNECTED, /* or connecting: a session is under way */
    CLIENT_FINISHED,
};

struct client {
    struct loop *loop;
    struct client_options options;
    const struct policy *policy;
    struct client_result result;
    struct client_task *tasks;
    struct client_task **left; /* not settled, in their order */
    size_t left_count;
    enum phase phase;
    struct timer timer;
    unsigned tries; /* rounds of look-up and connection so far */
    enum limit_stage last_stage;
    struct client_lookup *lookup, *own_lookup;
    struct client_lookup_answer addresses;
    size_t address; /* the one that is being tried */
    struct client_session *session;
};

static void gather_left(struct client *client)
{
    client->left_count = 0;
    for (size_t i = 0; i < client->result.count; i++)
        if (!client->tasks[i].settled)
            client->left[client->left_count++] = &client->tasks[i];
}

/* Nothing is touched behind this: the client may be freed within `done`. */
static void finish(struct client *client)
{
    client->phase = CLIENT_FINISHED;
    for (size_t i = 0; i < client->left_count; i++) {
        struct message_outcome *outcome = client->left[i]->outcome;
        if (outcome->text[0] != '\0')
            continue;
        outcome->stage = client->last_stage;
        snprintf(outcome->text, sizeof outcome->text, "not tried: the run ended before it");
    }
    client->options.done(client->options.owner, &client->result);
}

static usec wait_before_try(const struct client *client)
{
    usec wait = client->options.retry_wait;
    for (unsigned i = 1; i < client->tries && wait < USEC_NEVER / 4; i++)
        wait *= 2;
    return wait;
}

/* A round is over: another one, or the end. */
static void conclude(struct client *client, enum sender_end end)
{
    gather_left(client);
    if (end != SENDER_AGAIN || client->left_count == 0 ||
        client->tries >= client->options.connection_limit) {
        finish(client);
        return;
    }
    client->phase = CLIENT_RESTING;
    usec deadline = loop_now(client->loop) + wait_before_try(client);
    if (!loop_timer_set(client->loop, &client->timer, deadline))
        finish(client);
}

/* What befell all messages that are left before any connection stood. */
static void fail_all(struct client *client, enum limit_stage stage, enum policy_kind kind,
                     const char *text)
{
    const struct policy_rule *rule = &client->policy->rules[stage][kind];
    const struct client_verdict verdict = {
        .fate = rule->fate,
        .stage = stage,
        .timed_out = kind == POLICY_SILENCE,
        .text = text,
    };
    for (size_t i = 0; i < client->left_count; i++)
        client_task_decide(client->left[i], &verdict);
    client->last_stage = stage;
    bool again = rule->next == POLICY_CLOSE_AGAIN || rule->next == POLICY_QUIT_AGAIN;
    conclude(client, again ? SENDER_AGAIN : SENDER_STOP);
}

static void session_over(void *owner, const struct client_session_end *end);

static void connect_address(struct client *client)
{
    struct client_session_options options = {
        .to = client->addresses.addresses[client->address],
        .policy = client->policy,
        .client = &client->options,
        .tasks = client->left,
        .count = client->left_count,
        .over = session_over,
        .owner = client,
    };
    options.to.port = client->options.port;
    client->phase = CLIENT_CONNECTED;
    struct problem problem;
    client->session = client_session_start(client->loop, &options, &problem);
    if (!client->session)
        fail_all(client, LIMIT_CONNECT, POLICY_CUT, problem.text);
}

static void session_over(void *owner, const struct client_session_end *end)
{
    struct client *client = owner;
    client_session_free(client->session);
    client->session = NULL;
    client->last_stage = end->stage;
    client->result.protocol_error = client->result.protocol_error || end->protocol_error;
    client->result.connections += end->opened;
    if (!end->opened && ++client->address < client->addresses.count)
        connect_address(client);
    else
        conclude(client, end->end);
}

static void looked_up(void *owner, const struct client_lookup_answer *answer)
{
    struct client *client = owner;
    loop_timer_cancel(client->loop, &client->timer);
    client->result.centre_not_found = answer->status != CLIENT_LOOKUP_FOUND;
    switch (answer->status) {
    case CLIENT_LOOKUP_FOUND:
        client->addresses = *answer;
        client->address = 0;
        connect_address(client);
        return;
    case CLIENT_LOOKUP_NO_SUCH_NAME:
        fail_all(client, LIMIT_LOOKUP, POLICY_PERMANENT, answer->text);
        return;
    case CLIENT_LOOKUP_FAILED:
        fail_all(client, LIMIT_LOOKUP, POLICY_TRANSIENT, answer->text);
        return;
    }
}

/* A numeric address needs no look-up. */
static bool numeric(const char *host, struct endpoint *endpoint)
{
    uint8_t binary[sizeof(struct in6_addr)];
    if (inet_pton(AF_INET, host, binary) != 1 && inet_pton(AF_INET6, host, binary) != 1)
        return false;
    *endpoint = (struct endpoint){.port = 0};
    snprintf(endpoint->address, sizeof endpoint->address, "%s", host);
    return true;
}

static void look_up(struct client *client)
{
    client->phase = CLIENT_LOOKING_UP;
    usec deadline = loop_now(client->loop) + client->options.limits.at[LIMIT_LOOKUP];
    struct problem problem = {"no memory for a timer"};
    if (loop_timer_set(client->loop, &client->timer, deadline) &&
        client->lookup->begin(client->lookup, client->options.host, looked_up, client, &problem))
        return;
    loop_timer_cancel(client->loop, &client->timer);
    fail_all(client, LIMIT_LOOKUP, POLICY_TRANSIENT, problem.text);
}

static void begin_round(struct client *client)
{
    client->tries++;
    gather_left(client);
    client->address = 0;
    client->addresses.count = 1;
    if (numeric(client->options.host, &client->addresses.addresses[0]))
        connect_address(client);
    else
        look_up(client);
}

static void timer_expired(struct timer *timer)
{
    struct client *client = OWNER_OF(timer, struct client, timer);
    switch (client->phase) {
    case CLIENT_RESTING:
        if (client->result.count > 0)
            begin_round(client);
        else
            finish(client);
        return;
    case CLIENT_LOOKING_UP:
        client->lookup->cancel(client->lookup);
        client->result.centre_not_found = true;
        fail_all(client, LIMIT_LOOKUP, POLICY_SILENCE, "no answer from the name server");
        return;
    case CLIENT_CONNECTED:
    case CLIENT_FINISHED:
        return;
    }
}

static bool options_make_sense(const struct client_options *options, struct problem *problem)
{
    const char *wrong = NULL;
    if (!options->host || !options->helo || !options->from || options->to_count == 0)
        wrong = "host, HELO domain, sender or recipient is missing";
    else if (options->port == 0)
        wrong = "port 0 can't be connected to";
    else if (options->connection_limit == 0)
        wrong = "no connection is allowed";
    else if (options->retry_wait < 0)
        wrong = "a negative wait";
    for (int i = 0; i < LIMIT_STAGES; i++)
        if (options->limits.at[i] <= 0)
            wrong = "a limit that is not positive";
    if (wrong)
        problem_set(problem, "%s", wrong);
    return !wrong;
}

static bool take_messages(struct client *client, const struct client_message *messages,
                          size_t count)
{
    client->tasks = calloc(count + 1, sizeof *client->tasks);
    client->left = calloc(count + 1, sizeof *client->left);
    client->result.messages = calloc(count + 1, sizeof *client->result.messages);
    if (!client->tasks || !client->left || !client->result.messages)
        return false;
    client->result.count = count;
    for (size_t i = 0; i < count; i++) {
        struct message_outcome *outcome = &client->result.messages[i];
        outcome->name = messages[i].name;
        outcome->outcome = CLIENT_UNSENT;
        client->tasks[i] = (struct client_task){&messages[i], outcome, false};
    }
    return true;
}

struct client *client_start(struct loop *loop, const struct client_options *options,
                            const struct client_message *messages, size_t count,
                            struct problem *problem)
{
    if (!options_make_sense(options, problem))
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (!client_message_check(&messages[i], problem))
            return NULL;
    struct client *client = calloc(1, sizeof *client);
    if (client) {
        client->loop = loop;
        client->options = *options;
        client->policy = options->policy ? options->policy : policy_standard();
        client->phase = CLIENT_RESTING;
        timer_init(&client->timer, timer_expired);
        client->lookup = options->lookup;
        if (!client->lookup)
            client->lookup = client->own_lookup = client_lookup_system_new(loop);
    }
    if (client && client->lookup && take_messages(client, messages, count) &&
        loop_timer_set(loop, &client->timer, loop_now(loop)))
        return client;
    problem_set(problem, "no memory for the client");
    client_free(client);
    return NULL;
}

void client_free(struct client *client)
{
    if (!client)
        return;
    loop_timer_cancel(client->loop, &client->timer);
    client_session_free(client->session);
    if (client->lookup)
        client->lookup->cancel(client->lookup);
    if (client->own_lookup)
        client->own_lookup->free(client->own_lookup);
    free(client->tasks);
    free(client->left);
    free(client->result.messages);
    free(client);
}
