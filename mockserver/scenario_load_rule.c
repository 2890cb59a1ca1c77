/* Rules: when they act, what they do, and what can't go together. */
#include "mockserver/scenario_load_build.h"
#include "mockserver/scenario_load_words.h"

#define BIT(stage) (1u << (stage))

enum { ALL_STAGES = (1u << STAGE_COUNT) - 1 };

static const unsigned stages_with_argument = BIT(STAGE_HELO) | BIT(STAGE_EHLO) | BIT(STAGE_MAIL) |
                                             BIT(STAGE_RCPT) | BIT(STAGE_NOOP) | BIT(STAGE_VRFY) |
                                             BIT(STAGE_EXPN) | BIT(STAGE_HELP) | BIT(STAGE_UNKNOWN);

/* Keys that make no sense at every stage. */
static const struct {
    const char *key;
    unsigned stages;
    const char *where; /* in words */
} placed_keys[] = {
    {"after", BIT(STAGE_BODY), "at body alone"},
    {"refuse", BIT(STAGE_CONNECT), "at connect alone"},
    {"store", BIT(STAGE_END_OF_DATA), "at end-of-data alone"},
    {"limit", BIT(STAGE_IDLE), "at idle alone"},
    {"margin", BIT(STAGE_IDLE), "at idle alone"},
    {"reply", ALL_STAGES & ~BIT(STAGE_CONNECT), "everywhere but at connect"},
    {"delay", ALL_STAGES & ~BIT(STAGE_IDLE), "everywhere but at idle"},
    {"dribble", ALL_STAGES & ~(BIT(STAGE_CONNECT) | BIT(STAGE_IDLE)),
     "everywhere but at connect and idle"},
    {"split", ALL_STAGES & ~(BIT(STAGE_CONNECT) | BIT(STAGE_IDLE)),
     "everywhere but at connect and idle"},
    {"stall", ALL_STAGES & ~(BIT(STAGE_CONNECT) | BIT(STAGE_IDLE)),
     "everywhere but at connect and idle"},
    {"stop_reading", ALL_STAGES & ~BIT(STAGE_IDLE), "everywhere but at idle"},
    {"probability", ALL_STAGES & ~BIT(STAGE_IDLE), "everywhere but at idle"},
};

/* Keys that exclude each other. */
static const struct {
    const char *one, *other, *why;
} contradictions[] = {
    {"stall", "reply", "nothing is sent"},
    {"stall", "delay", "nothing is sent"},
    {"stall", "dribble", "nothing is sent"},
    {"stall", "split", "nothing is sent"},
    {"stall", "close", "the connection stays open"},
    {"refuse", "close", "there is no connection"},
    {"refuse", "stop_reading", "there is no connection"},
    {"split", "dribble", "either cuts the reply into pieces"},
};

static const char *const action_keys[] = {"reply", "delay",        "dribble", "split",
                                          "stall", "stop_reading", "close",   "refuse",
                                          "store", "limit",        "margin"};

static uint32_t stages_read(const struct value *at)
{
    uint32_t stages = 0;
    for (size_t i = 0; i < (at->kind == VALUE_ARRAY ? at->count : 1); i++) {
        const struct value *name = at->kind == VALUE_ARRAY ? at->members[i].value : at;
        enum stage stage;
        stages |= stage_of(value_text(name), &stage) ? BIT(stage) : STAGES_ANY;
    }
    return stages;
}

/* The first of these stages. */
static const char *first_stage(uint32_t stages)
{
    return stages ? stage_name((enum stage)__builtin_ctz(stages)) : "";
}

static void check_places(struct builder *builder, const struct value *value, uint32_t stages)
{
    for (size_t i = 0; i < sizeof placed_keys / sizeof *placed_keys; i++) {
        const struct value *given = value_member(value, placed_keys[i].key);
        if (given && stages & ~placed_keys[i].stages)
            fault_at(builder->faults, given, "\"%s\" is allowed %s; this rule acts at %s",
                     placed_keys[i].key, placed_keys[i].where,
                     first_stage(stages & ~placed_keys[i].stages));
    }
    const struct value *argument = value_member(value, "argument");
    if (argument && !(stages & stages_with_argument))
        fault_at(builder->faults, argument,
                 "nothing has a parameter at %s: the rule would never act", first_stage(stages));
    const struct value *message = value_member(value, "message");
    if (message && !(stages & ~(BIT(STAGE_CONNECT) | BIT(STAGE_BANNER))))
        fault_at(builder->faults, message,
                 "no transaction has begun at %s: the rule would never act", first_stage(stages));
}

static void check_contradictions(struct builder *builder, const struct value *value)
{
    for (size_t i = 0; i < sizeof contradictions / sizeof *contradictions; i++) {
        const struct value *other = value_member(value, contradictions[i].other);
        if (other && value_member(value, contradictions[i].one))
            fault_at(builder->faults, other, "\"%s\" contradicts \"%s\": %s",
                     contradictions[i].other, contradictions[i].one, contradictions[i].why);
    }
    static const char *const of_a_reply[] = {"split", "dribble"};
    for (size_t i = 0; i < 2; i++) {
        const struct value *given = value_member(value, of_a_reply[i]);
        if (given && value_member(value, "close") && !value_member(value, "reply"))
            fault_at(builder->faults, given,
                     "\"%s\" cuts up a reply, but \"close\" without \"reply\" sends none",
                     of_a_reply[i]);
    }
    for (size_t i = 0; i < sizeof action_keys / sizeof *action_keys; i++)
        if (value_member(value, action_keys[i]))
            return;
    fault_at(builder->faults, value,
             "the rule does nothing, allowed: reply, delay, dribble, split, "
             "stall, stop_reading, close, refuse, store, limit, margin");
}

/* A number, or a text such as "2-5". */
static void build_range(struct builder *builder, const struct value *value, struct range *range)
{
    char found[QUOTE_SIZE];
    if (value->kind == VALUE_INTEGER)
        *range = (struct range){(uint32_t)value->integer, (uint32_t)value->integer};
    else if (!range_read(value_text(value), range))
        fault_at(builder->faults, value, "found %s, allowed: a range that holds a number",
                 fault_quote(found, value->string));
}

void build_ranges(struct builder *builder, const struct value *value, struct ranges *ranges)
{
    if (!value)
        return;
    size_t count = value->kind == VALUE_ARRAY ? value->count : 1;
    struct range *at = build_take(builder, count, sizeof *at);
    if (!at)
        return;
    for (size_t i = 0; i < count; i++)
        build_range(builder, value->kind == VALUE_ARRAY ? value->members[i].value : value, &at[i]);
    *ranges = (struct ranges){at, count};
}

static void build_selectors(struct builder *builder, const struct value *value, struct rule *rule)
{
    const struct value *after = value_member(value, "after");
    const struct value *lines = value_member(after, "lines");
    const struct value *octets = value_member(after, "octets");
    const struct value *behind = lines ? lines : octets ? octets : after;
    rule->after_lines = lines != NULL;
    rule->after = behind ? (uint64_t)behind->integer : 0;
    build_ranges(builder, value_member(value, "connection"), &rule->connections);
    build_ranges(builder, value_member(value, "message"), &rule->messages);
    build_ranges(builder, value_member(value, "occurrence"), &rule->occurrences);
    const struct value *times = value_member(value, "times");
    rule->times = times ? (uint32_t)times->integer : 0;
    rule->argument = build_string(builder, value_member(value, "argument"));
    const struct value *probability = value_member(value, "probability");
    rule->probability = probability ? probability->real : 1;
}

static void build_delay(struct builder *builder, const struct value *value, struct delay *delay)
{
    const struct value *uniform = value_member(value, "uniform");
    const struct value *exponential = value_member(value, "exponential");
    const struct value *pair = uniform ? uniform : value_member(value, "normal");
    if (!value)
        return;
    if (pair) {
        delay->kind = uniform ? DELAY_UNIFORM : DELAY_NORMAL;
        bool whole = build_span(builder, pair->members[0].value, &delay->first);
        whole &= build_span(builder, pair->members[1].value, &delay->second);
        /* A duration and a share can be compared only once the sender's limit is known. */
        bool comparable = (delay->first.percent > 0) == (delay->second.percent > 0);
        if (uniform && whole && comparable &&
            (delay->first.duration > delay->second.duration ||
             delay->first.percent > delay->second.percent))
            fault_at(builder->faults, pair, "the first duration is longer than the second");
    } else {
        delay->kind = exponential ? DELAY_EXPONENTIAL : DELAY_FIXED;
        build_span(builder, exponential ? exponential : value, &delay->first);
    }
}

/* The length of the reply where it is known before it is played; 0 where not. */
static size_t known_length(const struct action *action)
{
    const struct scenario_reply *reply = &action->reply;
    return action->has_reply && !reply->has_variables && !reply->default_code ? reply->octets.count
                                                                              : 0;
}

static void build_pauses(struct builder *builder, const struct value *value, struct action *action)
{
    const struct value *pauses = value_member(value, "pauses");
    if (!pauses)
        return;
    if (pauses->count > action->split_count) {
        fault_at(builder->faults, pauses, "found %zu pauses, but \"split\" makes only %zu",
                 pauses->count, action->split_count);
        return;
    }
    struct span *spans = build_take(builder, pauses->count, sizeof *spans);
    for (size_t i = 0; spans && i < pauses->count; i++)
        build_span(builder, pauses->members[i].value, &spans[i]);
    action->pauses = spans;
    action->pause_count = spans ? pauses->count : 0;
}

static void build_pieces(struct builder *builder, const struct value *value, struct action *action)
{
    size_t length = known_length(action);
    const struct value *dribble = value_member(value, "dribble");
    if (dribble) {
        const struct value *octets = value_member(dribble, "octets");
        action->dribble_octets = octets ? (size_t)octets->integer : 1;
        build_span(builder, value_member(dribble, "every"), &action->dribble_every);
        if (length > 0 && action->dribble_octets >= length)
            fault_at(builder->faults, octets ? octets : dribble,
                     "the reply has %zu octets: it would go out in one piece", length);
    }
    const struct value *split = value_member(value, "split");
    size_t *lengths = split ? build_take(builder, split->count, sizeof *lengths) : NULL;
    size_t sum = 0;
    for (size_t i = 0; lengths && i < split->count; i++) {
        lengths[i] = (size_t)split->members[i].value->integer;
        sum += lengths[i];
        if (length > 0 && sum >= length) {
            fault_at(builder->faults, split->members[i].value,
                     "the reply has %zu octets: there is nothing behind this segment", length);
            break;
        }
    }
    action->split = lengths;
    action->split_count = lengths ? split->count : 0;
    build_pauses(builder, value, action);
}

static enum scenario_close close_read(const struct value *value)
{
    if (!value)
        return SCENARIO_KEEP_OPEN;
    const char *word = value_text(value);
    if (strcmp(word, "fin") == 0)
        return SCENARIO_CLOSE_FIN;
    return strcmp(word, "rst") == 0 ? SCENARIO_CLOSE_RST : SCENARIO_CLOSE_HALF;
}

static void build_action(struct builder *builder, const struct value *value, uint32_t stages,
                         struct action *action)
{
    const struct value *reply = value_member(value, "reply");
    if (reply) {
        action->has_reply = true;
        build_reply(builder, reply, !(stages & BIT(STAGE_BODY)), &action->reply);
    }
    build_delay(builder, value_member(value, "delay"), &action->delay);
    build_pieces(builder, value, action);
    action->stall = value_member(value, "stall") != NULL;
    const struct value *stop = value_member(value, "stop_reading");
    action->stop_reading = stop != NULL;
    action->reads_again = build_span(builder, value_member(stop, "for"), &action->stopped_for);
    const struct value *close = value_member(value, "close");
    action->close = close_read(close);
    if (action->close == SCENARIO_CLOSE_HALF && stages & BIT(STAGE_CONNECT))
        fault_at(builder->faults, close, "found \"half\", allowed at connect: fin, rst");
    const struct value *refuse = value_member(value, "refuse");
    if (refuse)
        action->refuse =
            strcmp(value_text(refuse), "rst") == 0 ? SCENARIO_REFUSE_RST : SCENARIO_REFUSE_SILENCE;
    const struct value *store = value_member(value, "store");
    if (store)
        action->store = store->truth ? SCENARIO_STORE_YES : SCENARIO_STORE_NO;
    action->has_idle_limit = build_span(builder, value_member(value, "limit"), &action->idle_limit);
    action->has_idle_margin =
        build_span(builder, value_member(value, "margin"), &action->idle_margin);
}

void build_rules(struct builder *builder, const struct value *rules)
{
    if (!rules || rules->count == 0)
        return;
    struct rule *list = build_take(builder, rules->count, sizeof *list);
    for (size_t i = 0; list && i < rules->count; i++) {
        const struct value *value = rules->members[i].value;
        struct rule *rule = &list[i];
        rule->number = (uint32_t)(i + 1);
        rule->stages = stages_read(value_member(value, "at"));
        check_places(builder, value, rule->stages);
        check_contradictions(builder, value);
        build_selectors(builder, value, rule);
        build_action(builder, value, rule->stages, &rule->action);
    }
    builder->scenario->rules = list;
    builder->scenario->rule_count = list ? rules->count : 0;
}
