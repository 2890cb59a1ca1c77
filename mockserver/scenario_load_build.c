#include "mockserver/scenario_load_build.h"
#include "mockserver/scenario_load_centre.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "mockserver/scenario_load_words.h"
#include "wire/ehlo.h"

void *build_take(struct builder *builder, size_t count, size_t size)
{
    void *piece = arena_take(builder->arena, count * size);
    if (!piece)
        builder->no_memory = true;
    return piece;
}

const char *build_string(struct builder *builder, const struct value *value)
{
    if (!value)
        return NULL;
    const char *copy = arena_string(builder->arena, value_text(value));
    if (!copy)
        builder->no_memory = true;
    return copy;
}

const char *const *build_strings(struct builder *builder, const struct value *list, size_t *count)
{
    *count = 0;
    if (!list || list->count == 0)
        return NULL;
    const char **strings = build_take(builder, list->count, sizeof *strings);
    for (size_t i = 0; strings && i < list->count; i++)
        strings[i] = build_string(builder, list->members[i].value);
    *count = strings ? list->count : 0;
    return strings;
}

static void check_requirement_id(struct builder *builder, const struct value *value)
{
    const struct scenario_load_options *options = builder->options;
    struct nearest nearest = {NULL, 0};
    char found[QUOTE_SIZE], hint[QUOTE_SIZE];
    for (size_t i = 0; i < options->requirement_count; i++) {
        if (strcmp(options->requirements[i], value_text(value)) == 0)
            return;
        nearest_try(&nearest, value_text(value), options->requirements[i]);
    }
    if (options->requirements)
        fault_at(builder->faults, value, "found %s, allowed: an id of requirements.json%s",
                 fault_quote(found, value->string), nearest_hint(&nearest, hint));
}

const char *const *build_requirements(struct builder *builder, const struct value *list,
                                      size_t *count)
{
    for (size_t i = 0; list && i < list->count; i++)
        check_requirement_id(builder, list->members[i].value);
    return build_strings(builder, list, count);
}

bool build_span(struct builder *builder, const struct value *value, struct span *span)
{
    if (!value)
        return false;
    if (span_read(value_text(value), span))
        return true;
    char found[QUOTE_SIZE];
    fault_at(builder->faults, value, "found %s, allowed: whole microseconds, up to 100 years",
             fault_quote(found, value->string));
    return false;
}

static void build_title(struct builder *builder, const struct value *value, struct text_pair *text)
{
    bool plain = value && value->kind == VALUE_STRING;
    text->en = build_string(builder, plain ? value : value_member(value, "en"));
    text->ja = build_string(builder, value_member(value, "ja"));
}

static uint32_t number_of(const struct value *record, const char *key, uint32_t otherwise)
{
    const struct value *value = value_member(record, key);
    return value ? (uint32_t)value->integer : otherwise;
}

/* What is to be made, and what it is called: the name holds all of it. */
static const char *build_recipe(struct builder *builder, const struct value *value,
                                struct message_recipe *recipe)
{
    const char *kind = value_text(value_member(value, "generate"));
    *recipe = (struct message_recipe){.octets = number_of(value, "octets", 0),
                                      .block = number_of(value, "block", 0),
                                      .number = number_of(value, "number", 1)};
    while (recipe->kind + 1 < MESSAGE_KINDS && strcmp(kind, message_kind_name(recipe->kind)) != 0)
        recipe->kind++;
    if (recipe->block != 0 && recipe->kind != MESSAGE_DOTS)
        fault_at(builder->faults, value_member(value, "block"),
                 "\"block\" says where dot lines begin, and \"%s\" has none", kind);
    char name[64], block[16] = "";
    if (recipe->block != 0)
        snprintf(block, sizeof block, "-%" PRIu32, recipe->block);
    snprintf(name, sizeof name, "generated-%s-%" PRIu32 "%s-%" PRIu32, kind, recipe->octets, block,
             recipe->number);
    const char *kept = arena_string(builder->arena, name);
    if (!kept)
        builder->no_memory = true;
    return kept;
}

static const char *build_message(struct builder *builder, const struct value *message,
                                 struct message_recipe *recipe)
{
    if (message->kind == VALUE_OBJECT)
        return build_recipe(builder, message, recipe);
    const char *path = builder->options->without_messages
                           ? build_string(builder, message)
                           : message_path(builder->arena, builder->place, value_text(message));
    if (!path)
        message_fault(builder->faults, builder->place, message);
    return path;
}

static void build_messages(struct builder *builder, const struct value *names)
{
    struct scenario *scenario = builder->scenario;
    size_t count = names ? names->count : 0;
    const char **paths = build_take(builder, count ? count : 1, sizeof *paths);
    struct message_recipe *recipes = build_take(builder, count ? count : 1, sizeof *recipes);
    if (!paths || !recipes)
        return;
    if (count == 0) {
        paths[0] = message_path(builder->arena, builder->place, "plain");
        scenario->message_count = paths[0] != NULL;
    }
    for (size_t i = 0; i < count; i++) {
        paths[i] = build_message(builder, names->members[i].value, &recipes[i]);
        scenario->message_count++;
    }
    scenario->messages = paths;
    scenario->recipes = recipes;
}

static void build_ehlo_list(struct builder *builder, const struct value *list,
                            struct centre_settings *centre)
{
    if (!list || list->count == 0)
        return;
    const char **others = build_take(builder, list->count, sizeof *others);
    for (size_t i = 0; others && i < list->count; i++) {
        const struct value *entry = list->members[i].value;
        unsigned keyword = ehlo_keyword_of(entry->string);
        centre->ehlo_keywords |= keyword;
        if (keyword == 0)
            others[centre->ehlo_other_count++] = build_string(builder, entry);
    }
    centre->ehlo_others = others;
}

static void build_ehlo(struct builder *builder, const struct value *value,
                       struct centre_settings *centre)
{
    static const struct {
        const char *key;
        enum ehlo_keyword keyword;
    } keys[] = {{"size", EHLO_SIZE},
                {"8bitmime", EHLO_8BITMIME},
                {"dsn", EHLO_DSN},
                {"pipelining", EHLO_PIPELINING},
                {"chunking", EHLO_CHUNKING}};
    if (!value)
        return;
    centre->ehlo = value->kind != VALUE_BOOLEAN || value->truth;
    centre->ehlo_keywords = 0;
    centre->ehlo_others = NULL;
    centre->ehlo_other_count = 0;
    if (!centre->ehlo)
        return;
    if (value->kind == VALUE_BOOLEAN)
        centre->ehlo_keywords = EHLO_SIZE | EHLO_8BITMIME | EHLO_DSN;
    else if (value->kind == VALUE_ARRAY)
        build_ehlo_list(builder, value, centre);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct value *given = value_member(value, keys[i].key);
        if (given && given->truth)
            centre->ehlo_keywords |= keys[i].keyword;
    }
    build_ehlo_list(builder, value_member(value, "others"), centre);
}

static int64_t number_or(const struct value *object, const char *key, int64_t otherwise)
{
    const struct value *value = value_member(object, key);
    return value ? value->integer : otherwise;
}

static bool is_text(const struct value *value, const char *text)
{
    return value && strcmp(value_text(value), text) == 0;
}

/* What is not said stays as it is. `mailboxes`: those that are said hold. */
static void build_centre(struct builder *builder, const struct value *value, bool mailboxes)
{
    struct centre_settings *centre = &builder->scenario->centre;
    const struct value *recipients = value_member(value, "recipients");
    if (recipients && mailboxes)
        centre->recipients = build_strings(builder, recipients, &centre->recipient_count);
    build_span(builder, value_member(value, "idle_limit"), &centre->idle_limit);
    build_span(builder, value_member(value, "idle_margin"), &centre->idle_margin);
    const struct value *idle_close = value_member(value, "idle_close");
    if (idle_close)
        centre->idle_close = is_text(idle_close, "rst") ? SCENARIO_CLOSE_RST : SCENARIO_CLOSE_FIN;
    const struct value *idle_reply = value_member(value, "idle_reply");
    if (idle_reply)
        centre->idle_reply = idle_reply->truth;
    build_ehlo(builder, value_member(value, "ehlo"), centre);
    centre->command_limit =
        (size_t)number_or(value, "command_limit", (int64_t)centre->command_limit);
    centre->line_limit = (size_t)number_or(value, "line_limit", (int64_t)centre->line_limit);
    centre->message_limit =
        (uint64_t)number_or(value, "message_limit", (int64_t)centre->message_limit);
    centre->header_limit =
        (uint64_t)number_or(value, "header_limit", (int64_t)centre->header_limit);
    centre->recipient_limit =
        (uint32_t)number_or(value, "recipient_limit", centre->recipient_limit);
    centre->error_limit = (uint32_t)number_or(value, "error_limit", centre->error_limit);
    const struct value *bare = value_member(value, "bare");
    if (bare)
        centre->bare = is_text(bare, "refuse") ? BARE_REFUSE : BARE_KEEP;
}

static void hash_octets(uint64_t *hash, const void *octets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        *hash = (*hash ^ ((const uint8_t *)octets)[i]) * 0x100000001b3;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp((*(const struct member *const *)a)->key, (*(const struct member *const *)b)->key);
}

static void hash_value(struct builder *builder, const struct value *value, uint64_t *hash);

/* In the order of the keys, so that their order in the file makes no difference. */
static void hash_object(struct builder *builder, const struct value *value, uint64_t *hash)
{
    const struct member **sorted = malloc((value->count + 1) * sizeof *sorted);
    if (!sorted) {
        builder->no_memory = true;
        return;
    }
    for (size_t i = 0; i < value->count; i++)
        sorted[i] = &value->members[i];
    qsort(sorted, value->count, sizeof *sorted, compare_keys);
    for (size_t i = 0; i < value->count; i++) {
        hash_octets(hash, sorted[i]->key, strlen(sorted[i]->key) + 1);
        hash_value(builder, sorted[i]->value, hash);
    }
    free(sorted);
}

static void hash_value(struct builder *builder, const struct value *value, uint64_t *hash)
{
    char text[QUOTE_SIZE];
    uint64_t count = value->kind == VALUE_STRING ? value->string.count : value->count;
    uint8_t head[] = {(uint8_t)value->kind, (uint8_t)count, (uint8_t)(count >> 8),
                      (uint8_t)(count >> 16)};
    hash_octets(hash, head, sizeof head);
    switch (value->kind) {
    case VALUE_NULL:
    case VALUE_BOOLEAN:
    case VALUE_INTEGER:
    case VALUE_REAL: {
        const char *described = fault_describe(text, value);
        hash_octets(hash, described, strlen(described));
        break;
    }
    case VALUE_STRING:
        hash_octets(hash, value->string.at, value->string.count);
        break;
    case VALUE_ARRAY:
        for (size_t i = 0; i < value->count; i++)
            hash_value(builder, value->members[i].value, hash);
        break;
    case VALUE_OBJECT:
        hash_object(builder, value, hash);
        break;
    }
}

static void build_hash(struct builder *builder, const struct value *value)
{
    uint64_t hash = 0xcbf29ce484222325;
    hash_value(builder, value, &hash);
    if (builder->options->centre)
        hash_value(builder, scenario_centre_value(builder->options->centre), &hash);
    for (int i = 0; i < 8; i++)
        builder->scenario->hash[i] = (uint8_t)(hash >> (56 - 8 * i));
}

static void build_everything(struct builder *builder, const struct value *value, const char *id)
{
    struct scenario *scenario = builder->scenario;
    scenario->id = arena_string(builder->arena, id);
    scenario->file = arena_string(builder->arena, value->source->name);
    builder->no_memory |= !scenario->id || !scenario->file;
    build_title(builder, value_member(value, "title"), &scenario->title);
    build_title(builder, value_member(value, "why"), &scenario->why);
    scenario->requirements = build_requirements(builder, value_member(value, "requirements"),
                                                &scenario->requirement_count);
    build_messages(builder, value_member(value, "messages"));
    scenario->recipients_given =
        build_strings(builder, value_member(value, "recipients"), &scenario->recipient_given_count);
    const struct value *centre = value_member(value, "centre");
    /* The mailboxes of one domain are none of another. */
    build_centre(builder, scenario_centre_value(builder->options->centre),
                 !value_member(centre, "domain"));
    build_centre(builder, centre, true);
    build_rules(builder, value_member(value, "rules"));
    build_dns(builder, value_member(value, "dns"));
    build_expectation(builder, value_member(value, "expect"));
    build_hash(builder, value);
}

struct scenario *scenario_build(const struct value *value, const char *id,
                                const struct place *place,
                                const struct scenario_load_options *options, struct faults *faults)
{
    const struct value *domain = value_member(value_member(value, "centre"), "domain");
    if (!domain)
        domain = value_member(scenario_centre_value(options->centre), "domain");
    struct scenario *scenario = scenario_new(domain ? value_text(domain) : NULL);
    if (!scenario) {
        fault_memory(faults, value->source->name);
        return NULL;
    }
    struct builder builder = {.arena = scenario->arena,
                              .scenario = scenario,
                              .faults = faults,
                              .place = place,
                              .options = options};
    size_t before = faults->count;
    build_everything(&builder, value, id);
    if (builder.no_memory)
        fault_memory(faults, value->source->name);
    if (!builder.no_memory && faults->count == before)
        return scenario;
    scenario_free(scenario);
    return NULL;
}
