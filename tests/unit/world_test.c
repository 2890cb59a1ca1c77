#include "harness/world.h"

#include <stdlib.h>

#include "tests/unit/unit.h"

enum { DRAWN = 3000 };

static const struct world_options everything = {.slow = false}, slow = {.slow = true};

static struct buf written(const struct world *world)
{
    struct buf text = BUF_INIT(0);
    CU_ASSERT_FATAL(world_write(world, "drawn", &text));
    return text;
}

static void count_fault(void *owner, const char *text)
{
    (void)text;
    ++*(unsigned *)owner;
}

/* Is its text a scenario? */
static bool loads(const struct world *world)
{
    struct buf text = written(world);
    struct scenario_set set = {0};
    unsigned faults = 0;
    const struct scenario_load_options options = {
        .root = "", .without_messages = true, .fault = count_fault, .owner = &faults};
    bool good = scenario_load_text(buf_octets(&text), "world.json", &options, &set);
    scenario_set_free(&set);
    buf_free(&text);
    return good;
}

static void test_every_world_is_a_scenario(void)
{
    for (uint64_t number = 0; number < DRAWN; number++) {
        struct arena *arena = arena_new();
        struct world world;
        CU_ASSERT_FATAL(world_draw(11, number, number % 2 ? &everything : &slow, arena, &world));
        CU_ASSERT_FATAL(loads(&world));
        CU_ASSERT(world.message_count >= 1);
        arena_free(arena);
    }
}

/* Octets before the first empty line; all of them where there is none. */
static size_t header_of(struct octets message)
{
    for (size_t i = 0; i + 4 <= message.count; i++)
        if (memcmp(message.at + i, "\r\n\r\n", 4) == 0)
            return i;
    return message.count;
}

/* This world's draws make a message whose first empty line is far away. */
static void test_centres_take_headers(void)
{
    struct arena *arena = arena_new();
    struct world world;
    CU_ASSERT_FATAL(world_draw(9, 620283, &everything, arena, &world));
    size_t header = header_of(world.messages[0].octets);
    CU_ASSERT(header > 60000 && header <= 65536);
    arena_free(arena);
}

static bool same_clocks(const struct loop_clocks *a, const struct loop_clocks *b)
{
    return a->sleep_at == b->sleep_at && a->sleep == b->sleep &&
           a->timers_first == b->timers_first && a->wall_steps == b->wall_steps;
}

static bool is_undisturbed(const struct loop_clocks *clocks)
{
    return same_clocks(clocks, &(struct loop_clocks){0});
}

static bool same_world(const struct world *a, const struct world *b)
{
    struct buf text = written(a), other = written(b);
    bool same = octets_equal(buf_octets(&text), buf_octets(&other)) && a->seed == b->seed &&
                a->network.latency == b->network.latency &&
                a->network.segment_limit == b->network.segment_limit &&
                a->network.random_segments == b->network.random_segments &&
                a->network.window == b->network.window &&
                same_clocks(&a->network.clocks, &b->network.clocks) &&
                a->message_count == b->message_count;
    for (size_t i = 0; same && i < a->message_count; i++)
        same = octets_equal(a->messages[i].octets, b->messages[i].octets);
    buf_free(&text);
    buf_free(&other);
    return same;
}

static void test_seed_decides(void)
{
    struct arena *arena = arena_new();
    struct world world, again, other;
    CU_ASSERT_FATAL(world_draw(5, 17, &everything, arena, &world));
    CU_ASSERT_FATAL(world_draw(5, 17, &everything, arena, &again));
    CU_ASSERT(same_world(&world, &again));
    CU_ASSERT_FATAL(world_draw(5, 18, &everything, arena, &other));
    CU_ASSERT_FALSE(same_world(&world, &other));
    CU_ASSERT_FATAL(world_draw(6, 17, &everything, arena, &other));
    CU_ASSERT_FALSE(same_world(&world, &other));
    arena_free(arena);
}

/* Slow worlds are for the clocks of real senders. */
static void test_slow_worlds(void)
{
    for (uint64_t number = 0; number < DRAWN; number++) {
        struct arena *arena = arena_new();
        struct world world;
        CU_ASSERT_FATAL(world_draw(3, number, &slow, arena, &world));
        CU_ASSERT(world.name_server_count == 0 && world.network.latency == 0 &&
                  world.network.window == 0 && world.network.segment_limit == 0 &&
                  is_undisturbed(&world.network.clocks));
        arena_free(arena);
    }
}

/* Some sleep, in both ways, and in some the wall clock steps; most do neither. */
static void test_clocks(void)
{
    unsigned sleep = 0, timers_first = 0, steps = 0, none = 0;
    for (uint64_t number = 0; number < DRAWN; number++) {
        struct arena *arena = arena_new();
        struct world world;
        CU_ASSERT_FATAL(world_draw(13, number, &everything, arena, &world));
        const struct loop_clocks *clocks = &world.network.clocks;
        sleep += clocks->sleep > 0;
        timers_first += clocks->timers_first;
        steps += clocks->wall_steps > 0;
        none += is_undisturbed(clocks);
        CU_ASSERT(clocks->sleep > 0 || (clocks->sleep_at == 0 && !clocks->timers_first));
        arena_free(arena);
    }
    CU_ASSERT(sleep > DRAWN / 60 && sleep < DRAWN / 20);
    CU_ASSERT(timers_first > sleep / 4 && timers_first < sleep * 3 / 4);
    CU_ASSERT(steps > DRAWN / 40 && steps < DRAWN / 10);
    CU_ASSERT(none > DRAWN * 8 / 10);
}

/* Every step gives another world, and taking steps comes to an end: a world with nothing in it. */
static void test_shrinking(void)
{
    for (uint64_t number = 0; number < 200; number++) {
        struct arena *arena = arena_new();
        struct world world, smaller;
        unsigned steps = 0;
        CU_ASSERT_FATAL(world_draw(7, number, &everything, arena, &world));
        for (size_t step = 0; world_shrink(&world, step, &smaller); step++)
            CU_ASSERT_FATAL(!same_world(&world, &smaller));
        while (world_shrink(&world, 0, &smaller)) {
            world = smaller;
            CU_ASSERT_FATAL(++steps < 1000);
        }
        CU_ASSERT(world.rule_count == 0 && world.name_server_count == 0 &&
                  world.centre.count == 0 && world.message_count == 1 && !world.two_recipients &&
                  is_undisturbed(&world.network.clocks));
        CU_ASSERT(loads(&world));
        arena_free(arena);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"every world is a scenario", test_every_world_is_a_scenario},
        {"centres take headers", test_centres_take_headers},
        {"the seed decides", test_seed_decides},
        {"slow worlds", test_slow_worlds},
        {"clocks", test_clocks},
        {"shrinking", test_shrinking},
    };
    return unit_main("world", tests, sizeof tests / sizeof *tests, argc, argv);
}
