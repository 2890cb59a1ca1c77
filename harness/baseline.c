#include "harness/run_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/timer.h"

enum { PLAIN_TEXT_SIZE = 16 };

/* One block: the scenario, its rules, and the texts of their replies. */
struct plain {
    struct scenario scenario;
    char (*texts)[PLAIN_TEXT_SIZE];
    struct rule *rules;
};

/* A reply that is no reply has no plain form: it stays what it is. */
static void make_plain(struct rule *rule, char text[PLAIN_TEXT_SIZE])
{
    struct action *action = &rule->action;
    if (!action->has_reply || (action->reply.code == 0 && !action->reply.default_code))
        return;
    if (action->reply.default_code)
        snprintf(text, PLAIN_TEXT_SIZE, "ok");
    else
        snprintf(text, PLAIN_TEXT_SIZE, "%d ok\r\n", action->reply.code);
    action->reply.octets = octets_of(text);
    action->reply.has_variables = false;
    action->split = NULL;
    action->split_count = 0;
    action->pauses = NULL;
    action->pause_count = 0;
    action->dribble_octets = 0;
}

struct scenario *baseline_plain(const struct scenario *scenario)
{
    size_t count = scenario->rule_count;
    struct plain *plain = calloc(1, sizeof *plain);
    if (!plain)
        return NULL;
    plain->rules = calloc(count + 1, sizeof *plain->rules);
    plain->texts = calloc(count + 1, sizeof *plain->texts);
    if (!plain->rules || !plain->texts) {
        free(plain->rules);
        free(plain->texts);
        free(plain);
        return NULL;
    }
    plain->scenario = *scenario;
    plain->scenario.arena = NULL;
    for (size_t i = 0; i < count; i++) {
        plain->rules[i] = scenario->rules[i];
        make_plain(&plain->rules[i], plain->texts[i]);
    }
    plain->scenario.rules = plain->rules;
    return &plain->scenario;
}

void baseline_free(struct scenario *scenario)
{
    if (!scenario)
        return;
    struct plain *plain = OWNER_OF(scenario, struct plain, scenario);
    free(plain->rules);
    free(plain->texts);
    free(plain);
}

/* FNV-1a, 64 bits, over the words that describe a scenario. */
struct digest {
    uint64_t value;
};

static void take(struct digest *digest, const void *at, size_t count)
{
    const uint8_t *octets = at;
    for (size_t i = 0; i < count; i++)
        digest->value = (digest->value ^ octets[i]) * 1099511628211u;
}

static void take_number(struct digest *digest, uint64_t number)
{
    take(digest, &number, sizeof number);
}

static void take_string(struct digest *digest, const char *string)
{
    take_number(digest, string ? strlen(string) + 1 : 0);
    if (string)
        take(digest, string, strlen(string));
}

static void take_strings(struct digest *digest, const char *const *strings, size_t count)
{
    take_number(digest, count);
    for (size_t i = 0; i < count; i++)
        take_string(digest, strings[i]);
}

static void take_span(struct digest *digest, struct span span)
{
    take_number(digest, (uint64_t)span.duration);
    take_number(digest, span.percent);
}

static void take_ranges(struct digest *digest, const struct ranges *ranges)
{
    take_number(digest, ranges->count);
    for (size_t i = 0; i < ranges->count; i++) {
        take_number(digest, ranges->at[i].first);
        take_number(digest, ranges->at[i].last);
    }
}

static void take_action(struct digest *digest, const struct action *action)
{
    take_number(digest, action->has_reply);
    take_number(digest, (uint64_t)action->reply.code);
    take_number(digest, action->reply.has_variables);
    take_number(digest, action->reply.default_code);
    take_number(digest, action->reply.octets.count);
    if (action->reply.octets.count > 0)
        take(digest, action->reply.octets.at, action->reply.octets.count);
    take_number(digest, action->delay.kind);
    take_span(digest, action->delay.first);
    take_span(digest, action->delay.second);
    take_number(digest, action->dribble_octets);
    take_span(digest, action->dribble_every);
    take_number(digest, action->split_count);
    for (size_t i = 0; i < action->split_count; i++)
        take_number(digest, action->split[i]);
    take_number(digest, action->pause_count);
    for (size_t i = 0; i < action->pause_count; i++)
        take_span(digest, action->pauses[i]);
    take_number(digest, action->stall);
    take_number(digest, action->stop_reading);
    take_number(digest, action->reads_again);
    take_span(digest, action->stopped_for);
    take_number(digest, action->close);
    take_number(digest, action->refuse);
    take_number(digest, action->store);
    take_number(digest, action->has_idle_limit);
    take_number(digest, action->has_idle_margin);
    take_span(digest, action->idle_limit);
    take_span(digest, action->idle_margin);
}

static void take_rule(struct digest *digest, const struct rule *rule)
{
    take_number(digest, rule->stages);
    take_number(digest, rule->after_lines);
    take_number(digest, rule->after);
    take_ranges(digest, &rule->connections);
    take_ranges(digest, &rule->messages);
    take_ranges(digest, &rule->occurrences);
    take_number(digest, rule->times);
    take_string(digest, rule->argument);
    take(digest, &rule->probability, sizeof rule->probability);
    take_action(digest, &rule->action);
}

static void take_dns_rule(struct digest *digest, const struct dns_rule *rule)
{
    take_ranges(digest, &rule->queries);
    take_number(digest, rule->has_type);
    take_number(digest, rule->type);
    take_number(digest, rule->after_connections);
    take_number(digest, rule->answer);
    take_number(digest, rule->address_count);
    for (size_t i = 0; i < rule->address_count; i++) {
        take_number(digest, rule->addresses[i].place);
        take_string(digest, rule->addresses[i].literal);
    }
    take_span(digest, rule->delay);
}

static void take_settings(struct digest *digest, const struct centre_settings *settings)
{
    take_string(digest, settings->domain);
    take_strings(digest, settings->recipients, settings->recipient_count);
    take_span(digest, settings->idle_limit);
    take_span(digest, settings->idle_margin);
    take_number(digest, settings->idle_close);
    take_number(digest, settings->idle_reply);
    take_number(digest, settings->ehlo);
    take_number(digest, settings->ehlo_keywords);
    take_strings(digest, settings->ehlo_others, settings->ehlo_other_count);
    take_number(digest, settings->command_limit);
    take_number(digest, settings->line_limit);
    take_number(digest, settings->message_limit);
    take_number(digest, settings->header_limit);
    take_number(digest, settings->recipient_limit);
    take_number(digest, settings->error_limit);
    take_number(digest, settings->bare);
}

uint64_t baseline_key(const struct scenario *plain)
{
    struct digest digest = {14695981039346656037u};
    take_strings(&digest, plain->messages, plain->message_count);
    take_strings(&digest, plain->recipients_given, plain->recipient_given_count);
    take_settings(&digest, &plain->centre);
    take_number(&digest, plain->rule_count);
    for (size_t i = 0; i < plain->rule_count; i++)
        take_rule(&digest, &plain->rules[i]);
    take_number(&digest, run_needs_dns(plain));
    take_number(&digest, plain->dns_rule_count);
    for (size_t i = 0; i < plain->dns_rule_count; i++)
        take_dns_rule(&digest, &plain->dns_rules[i]);
    return digest.value;
}
