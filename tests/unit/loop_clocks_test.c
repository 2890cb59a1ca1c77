/* Virtual time in which the clocks do what they do to a machine that is suspended, or set. */
#include "tests/unit/ends.h"
#include "tests/unit/unit.h"

#include "wire/loop.h"

#define MS    USEC_PER_MSEC
#define HOUR  (3600 * USEC_PER_SEC)
#define SLEPT (5 * 60 * USEC_PER_SEC)

enum { ALARMS = 4, EVENTS = 200 };

struct alarm {
    struct timer timer;
    struct loop *loop;
    usec rang;
    int64_t wall;
    unsigned place; /* among those that rang */
};

static unsigned rung;

static void ring(struct timer *timer)
{
    struct alarm *alarm = OWNER_OF(timer, struct alarm, timer);
    alarm->rang = loop_now(alarm->loop);
    alarm->wall = loop_wall_clock(alarm->loop);
    alarm->place = ++rung;
}

static void set(struct alarm *alarm, struct loop *loop, usec deadline)
{
    *alarm = (struct alarm){.loop = loop};
    timer_init(&alarm->timer, ring);
    CU_ASSERT_TRUE(loop_timer_set(loop, &alarm->timer, deadline));
}

static struct loop *sleeping(usec at, usec length)
{
    const struct loop_network network = {.clocks = {.sleep_at = at, .sleep = length}};
    struct loop *loop = loop_virtual_new(&network, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(loop);
    rung = 0;
    return loop;
}

/* What was due in the sleep is handled when it is over, the earliest first; before and behind it
 * time is what it always is. */
static void test_timers_over_a_sleep(void)
{
    struct loop *loop = sleeping(100 * MS, SLEPT);
    struct alarm before, first, second, behind;
    set(&behind, loop, 100 * MS + SLEPT + 1);
    set(&second, loop, SLEPT);
    set(&first, loop, 100 * MS);
    set(&before, loop, 100 * MS - 1);
    loop_run(loop);
    CU_ASSERT_EQUAL(before.rang, 100 * MS - 1);
    CU_ASSERT_EQUAL(first.rang, 100 * MS + SLEPT);
    CU_ASSERT_EQUAL(second.rang, 100 * MS + SLEPT);
    CU_ASSERT_EQUAL(behind.rang, 100 * MS + SLEPT + 1);
    CU_ASSERT(before.place == 1 && first.place == 2 && second.place == 3 && behind.place == 4);
    CU_ASSERT_EQUAL(second.wall - before.wall, SLEPT + 1); /* it went on, too */
    loop_free(loop);
}

static void test_sleeps_once(void)
{
    struct loop *loop = sleeping(0, SLEPT);
    struct alarm alarms[ALARMS];
    for (unsigned i = 0; i < ALARMS; i++)
        set(&alarms[i], loop, (i + 1) * SLEPT);
    loop_run(loop);
    for (unsigned i = 0; i < ALARMS; i++)
        CU_ASSERT_EQUAL(alarms[i].rang, (i + 1) * SLEPT);
    loop_free(loop);
}

/* Nothing is due in it. */
static void test_sleep_unnoticed(void)
{
    struct loop *loop = sleeping(SLEPT, SLEPT);
    struct alarm before, behind;
    set(&before, loop, SLEPT - 1);
    set(&behind, loop, 3 * SLEPT);
    loop_run(loop);
    CU_ASSERT_EQUAL(before.rang, SLEPT - 1);
    CU_ASSERT_EQUAL(behind.rang, 3 * SLEPT);
    loop_free(loop);
}

/* --- octets that are under way --- */

static usec limit_over_at, heard_at;
static bool heard_before_limit;

static void limit_over(struct timer *timer)
{
    struct ends *ends = OWNER_OF(timer, struct ends, timer);
    limit_over_at = loop_now(ends->loop);
    heard_before_limit = ends->client.got.count > 0;
}

static void hear(struct side *side)
{
    heard_at = loop_now(side->ends->loop);
    side_close(side, CONN_CLOSE_FIN);
}

static void greet(struct side *side)
{
    side_say(side, "220 centre");
}

/* The centre greets at 10 ms; it arrives at 20, and the limit is over at 30. */
static void greeted_late(struct ends *ends)
{
    ends->server.on_opened = greet;
    ends->server.on_ended = side_close_at_end;
    ends->client.on_received = hear;
    ends_connect(ends);
    ends_after(ends, 30 * MS, limit_over);
    ends_run(ends);
    CU_ASSERT_TRUE(side_got(&ends->client, "220 centre"));
}

static void test_octets_over_a_sleep(void)
{
    struct loop_network network = {.latency = 10 * MS,
                                   .clocks = {.sleep_at = 15 * MS, .sleep = USEC_PER_SEC}};
    ends_over(&network, greeted_late);
    CU_ASSERT_EQUAL(heard_at, USEC_PER_SEC + 15 * MS);
    CU_ASSERT_EQUAL(limit_over_at, USEC_PER_SEC + 15 * MS);
    CU_ASSERT_TRUE(heard_before_limit);
}

static void test_timers_first(void)
{
    struct loop_network network = {
        .latency = 10 * MS,
        .clocks = {.sleep_at = 15 * MS, .sleep = USEC_PER_SEC, .timers_first = true}};
    ends_over(&network, greeted_late);
    CU_ASSERT_EQUAL(heard_at, USEC_PER_SEC + 15 * MS);
    CU_ASSERT_EQUAL(limit_over_at, USEC_PER_SEC + 15 * MS);
    CU_ASSERT_FALSE(heard_before_limit);
    network.clocks.sleep_at = 25 * MS; /* it has been heard by then */
    ends_over(&network, greeted_late);
    CU_ASSERT_EQUAL(heard_at, 20 * MS);
    CU_ASSERT_TRUE(heard_before_limit);
}

/* --- the wall clock --- */

static void count_steps(uint64_t seed, usec steps, int64_t walls[EVENTS])
{
    const struct loop_network network = {.seed = seed, .clocks = {.wall_steps = steps}};
    struct loop *loop = loop_virtual_new(&network, NULL);
    struct alarm alarms[EVENTS];
    int64_t began = loop_wall_clock(loop);
    for (unsigned i = 0; i < EVENTS; i++)
        set(&alarms[i], loop, (usec)(i + 1) * MS);
    loop_run(loop);
    for (unsigned i = 0; i < EVENTS; i++) {
        CU_ASSERT_EQUAL(alarms[i].rang, (usec)(i + 1) * MS); /* timers know nothing of it */
        walls[i] = alarms[i].wall - began - alarms[i].rang;
    }
    loop_free(loop);
}

static void test_wall_clock_steps(void)
{
    int64_t walls[EVENTS], again[EVENTS], other[EVENTS];
    unsigned behind = 0, before = 0, others = 0;
    count_steps(5, HOUR, walls);
    count_steps(5, HOUR, again);
    count_steps(6, HOUR, other);
    for (unsigned i = 0; i < EVENTS; i++) {
        CU_ASSERT(walls[i] >= -HOUR && walls[i] <= HOUR);
        CU_ASSERT_EQUAL(walls[i], again[i]);
        before += walls[i] > HOUR / 2;
        behind += walls[i] < -HOUR / 2;
        others += walls[i] != other[i];
    }
    CU_ASSERT(before > EVENTS / 8 && behind > EVENTS / 8 && others > EVENTS / 2);
    count_steps(5, 0, walls);
    for (unsigned i = 0; i < EVENTS; i++)
        CU_ASSERT_EQUAL(walls[i], 0);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"timers over a sleep", test_timers_over_a_sleep},
        {"sleeps once", test_sleeps_once},
        {"sleep unnoticed", test_sleep_unnoticed},
        {"octets over a sleep", test_octets_over_a_sleep},
        {"timers first", test_timers_first},
        {"wall clock steps", test_wall_clock_steps},
    };
    return unit_main("loop_clocks", tests, sizeof tests / sizeof *tests, argc, argv);
}
