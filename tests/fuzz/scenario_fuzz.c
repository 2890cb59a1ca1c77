/* Scenario files: any octets are either refused with words or give scenarios that can be played;
 * the same octets always give the same. Files they name are looked for in a folder that isn't
 * there. */
#include "mockserver/play.h"
#include "mockserver/scenario_load.h"
#include "tests/fuzz/fuzz.h"

enum { VARIANTS_PLAYED = 20, EVENTS_PLAYED = 200 };

static void tell(void *owner, const char *text)
{
    unsigned *faults = owner;
    ++*faults;
    FUZZ_REQUIRE(text[0] != '\0');
    for (const char *at = text; *at; at++)
        FUZZ_REQUIRE((unsigned char)*at >= ' ' && *at != 0x7f);
}

static void check_reply(const struct scenario_reply *reply)
{
    FUZZ_REQUIRE(reply->code == 0 || (reply->code >= 200 && reply->code <= 599));
    FUZZ_REQUIRE(!reply->default_code || reply->code == 0);
    FUZZ_REQUIRE(reply->default_code || reply->octets.count > 0);
}

static void check_rule(const struct rule *rule, struct play_cursor *cursor)
{
    static const struct play_clock clock = {.pace = 3, .sender_limit = 5 * USEC_PER_SEC};
    const struct action *action = &rule->action;
    FUZZ_REQUIRE(rule->stages != 0 && rule->number > 0);
    FUZZ_REQUIRE(rule->probability >= 0 && rule->probability <= 1);
    if (action->has_reply)
        check_reply(&action->reply);
    size_t sum = 0;
    for (size_t i = 0; i < action->split_count; i++) {
        FUZZ_REQUIRE(action->split[i] > 0);
        sum += action->split[i];
    }
    if (sum > 0 && action->has_reply && !action->reply.has_variables && !action->reply.default_code)
        FUZZ_REQUIRE(sum < action->reply.octets.count);
    FUZZ_REQUIRE(play_delay(&clock, cursor, &action->delay) >= 0);
    FUZZ_REQUIRE(play_span(&clock, action->idle_limit) >= 0);
}

/* A session of all stages, in the order of a random walk. */
static void play(const struct scenario *scenario)
{
    struct play_book book;
    struct play_cursor cursor;
    FUZZ_REQUIRE(play_book_init(&book, scenario));
    play_begin(&cursor, &book, 1);
    for (size_t i = 0; i < scenario->rule_count; i++)
        check_rule(&scenario->rules[i], &cursor);
    struct random walk = random_seeded(2, 3);
    for (unsigned i = 0; i < EVENTS_PLAYED; i++) {
        enum stage stage = (enum stage)random_below(&walk, STAGE_COUNT);
        const struct rule *rule = play_event(&cursor, stage, OCTETS("FROM:<a@b>"));
        FUZZ_REQUIRE(!rule || rule->stages & 1u << stage);
        struct play_point point;
        unsigned steps = 0;
        uint64_t octets = 0;
        while (play_body_next(&cursor, octets, octets / 2, &point) && ++steps < 100) {
            octets += point.at < 1000 ? point.at : 1000;
            if (play_body_acts(&cursor, &point))
                FUZZ_REQUIRE(point.rule->stages & 1u << STAGE_BODY);
        }
        play_idle(&cursor);
    }
    play_book_free(&book);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const requirements[] = {"CODE-1", "QUIT-1"};
    unsigned faults = 0;
    const struct scenario_load_options options = {.root = "/nonexistent",
                                                  .requirements = requirements,
                                                  .requirement_count = 2,
                                                  .fault = tell,
                                                  .owner = &faults};
    struct scenario_set set = {NULL, 0}, again = {NULL, 0};
    struct octets text = {data, size};
    bool loaded = scenario_load_text(text, "/nonexistent/fuzz.json", &options, &set);
    FUZZ_REQUIRE(loaded == (faults == 0));
    FUZZ_REQUIRE(loaded == (set.count > 0));
    for (size_t i = 0; i < set.count && i < VARIANTS_PLAYED; i++)
        play(set.at[i]);
    FUZZ_REQUIRE(scenario_load_text(text, "/nonexistent/fuzz.json", &options, &again) == loaded);
    FUZZ_REQUIRE(set.count == again.count);
    for (size_t i = 0; i < set.count; i++)
        FUZZ_REQUIRE(memcmp(set.at[i]->hash, again.at[i]->hash, sizeof set.at[i]->hash) == 0);
    scenario_set_free(&again);
    scenario_set_free(&set);
    return 0;
}
