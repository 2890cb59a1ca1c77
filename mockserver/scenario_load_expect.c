/* Expectations: what must be true at the end. */
#include <stdlib.h>

#include "mockserver/scenario_load_build.h"

/* A message number that is beyond the messages there are. */
static void check_message(struct builder *builder, const struct value *value, uint32_t number)
{
    size_t count = builder->scenario->message_count;
    if (count > 0 && number > count)
        fault_at(builder->faults, value, "found message %u, allowed: 1 to %zu", number, count);
}

static void build_accepted(struct builder *builder, const struct value *value)
{
    struct expectation *expect = &builder->scenario->expect;
    if (!value)
        return;
    uint32_t *numbers = build_take(builder, value->count, sizeof *numbers);
    for (size_t i = 0; numbers && i < value->count; i++) {
        const struct value *entry = value->members[i].value;
        numbers[i] = (uint32_t)entry->integer;
        check_message(builder, entry, numbers[i]);
        for (size_t j = 0; j < i; j++)
            if (numbers[j] == numbers[i])
                fault_at(builder->faults, entry, "message %u is there twice", numbers[i]);
    }
    expect->has_accepted = true;
    expect->accepted = numbers;
    expect->accepted_count = numbers ? value->count : 0;
}

static unsigned outcomes_read(const struct value *value)
{
    unsigned outcomes = 0;
    for (size_t i = 0; i < (value->kind == VALUE_ARRAY ? value->count : 1); i++) {
        const struct value *word = value->kind == VALUE_ARRAY ? value->members[i].value : value;
        for (unsigned bit = OUTCOME_ACCEPTED; bit <= OUTCOME_UNSENT; bit <<= 1)
            if (strcmp(value_text(word), outcome_name((enum outcome_bit)bit)) == 0)
                outcomes |= bit;
    }
    return outcomes;
}

static void build_outcomes(struct builder *builder, const struct value *value)
{
    struct expectation *expect = &builder->scenario->expect;
    if (!value)
        return;
    size_t count = value->kind == VALUE_OBJECT ? value->count : 1;
    struct expected_outcome *outcomes = build_take(builder, count, sizeof *outcomes);
    for (size_t i = 0; outcomes && i < count; i++) {
        if (value->kind != VALUE_OBJECT) {
            outcomes[i].outcomes = outcomes_read(value);
            continue;
        }
        const struct member *member = &value->members[i];
        outcomes[i].message = (uint32_t)strtoul(member->key, NULL, 10);
        outcomes[i].outcomes = outcomes_read(member->value);
        check_message(builder, member->value, outcomes[i].message);
    }
    expect->outcomes = outcomes;
    expect->outcome_count = outcomes ? count : 0;
}

static bool is_accepted(const struct expectation *expect, uint32_t message)
{
    for (size_t i = 0; i < expect->accepted_count; i++)
        if (expect->accepted[i] == message)
            return true;
    return false;
}

/* Whether what the centre keeps may differ from what it replies. */
static bool keeps_in_spite(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->rule_count; i++)
        if (scenario->rules[i].action.store != SCENARIO_STORE_BY_REPLY)
            return true;
    return false;
}

/* A message that is held and yet is to be reported as refused, or the other way round. */
static void check_agreement(struct builder *builder, const struct value *outcome)
{
    const struct expectation *expect = &builder->scenario->expect;
    if (!expect->has_accepted || keeps_in_spite(builder->scenario))
        return;
    for (size_t i = 0; i < expect->outcome_count; i++) {
        const struct expected_outcome *expected = &expect->outcomes[i];
        if (expected->message == 0)
            continue;
        const struct value *value = outcome->members[i].value;
        bool accepted = is_accepted(expect, expected->message);
        if (accepted && !(expected->outcomes & (OUTCOME_ACCEPTED | OUTCOME_UNKNOWN)))
            fault_at(builder->faults, value, "contradicts \"accepted\", where message %u stands",
                     expected->message);
        if (!accepted && expected->outcomes == OUTCOME_ACCEPTED)
            fault_at(builder->faults, value,
                     "contradicts \"accepted\", where message %u does not stand",
                     expected->message);
    }
}

static void build_next_record(struct builder *builder, const struct value *value,
                              struct expected_next *next)
{
    const struct value *allowed = value_member(value, "allowed");
    const struct value *close = value_member(value, "close");
    stage_of(value_text(value_member(value, "after")), &next->after);
    next->close_allowed = close && close->truth;
    for (size_t i = 0; allowed && i < allowed->count; i++)
        for (int verb = 0; verb < COMMAND_UNKNOWN; verb++)
            if (strcmp(value_text(allowed->members[i].value),
                       command_name((enum command_verb)verb)) == 0)
                next->allowed |= 1u << verb;
    if (next->allowed == 0 && !next->close_allowed)
        fault_at(builder->faults, value,
                 "nothing may follow, allowed: commands in \"allowed\", or "
                 "\"close\": true");
    if (next->after == STAGE_CONNECT || next->after == STAGE_BODY || next->after == STAGE_IDLE)
        fault_at(builder->faults, value_member(value, "after"),
                 "found \"%s\", allowed: a stage that has a reply", stage_name(next->after));
}

static void build_next(struct builder *builder, const struct value *value)
{
    struct expectation *expect = &builder->scenario->expect;
    if (!value)
        return;
    size_t count = value->kind == VALUE_ARRAY ? value->count : 1;
    struct expected_next *next = build_take(builder, count, sizeof *next);
    for (size_t i = 0; next && i < count; i++)
        build_next_record(builder, value->kind == VALUE_ARRAY ? value->members[i].value : value,
                          &next[i]);
    expect->next = next;
    expect->next_count = next ? count : 0;
}

static void build_connections(struct builder *builder, const struct value *value)
{
    struct expectation *expect = &builder->scenario->expect;
    if (!value)
        return;
    const struct value *min = value, *max = value;
    if (value->kind == VALUE_OBJECT) {
        min = value_member(value, "min");
        max = value_member(value, "max");
    }
    expect->has_connections = true;
    expect->connections =
        (struct range){min ? (uint32_t)min->integer : 0, max ? (uint32_t)max->integer : UINT32_MAX};
    if (expect->connections.first > expect->connections.last)
        fault_at(builder->faults, value, "\"min\" is above \"max\"");
}

static void build_gives_up(struct builder *builder, const struct value *value)
{
    struct expectation *expect = &builder->scenario->expect;
    const struct value *at = value_member(value, "at");
    if (!at)
        return;
    expect->has_gives_up = true;
    stage_of(value_text(at), &expect->gives_up_at);
    if (expect->gives_up_at == STAGE_IDLE)
        fault_at(builder->faults, at, "found \"idle\", allowed: a stage where the sender waits");
}

void build_expectation(struct builder *builder, const struct value *value)
{
    struct expectation *expect = &builder->scenario->expect;
    const struct value *outcome = value_member(value, "outcome");
    build_accepted(builder, value_member(value, "accepted"));
    build_outcomes(builder, outcome);
    check_agreement(builder, outcome);
    build_gives_up(builder, value_member(value, "gives_up"));
    build_next(builder, value_member(value, "next"));
    build_connections(builder, value_member(value, "connections"));
    expect->same_actions_as = build_string(builder, value_member(value, "same_actions_as"));
    expect->has_quit_within =
        build_span(builder, value_member(value, "quit_within"), &expect->quit_within);
    expect->void_checks =
        build_requirements(builder, value_member(value, "void"), &expect->void_count);
}
