#include "wire/loop.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/unit.h"

/* --- timers, in both loops --- */

enum { MANY = 8 };

struct alarm {
    struct timer timer;
    struct loop *loop;
    struct alarm *other;
    int number;
    bool on_heap;
    void (*act)(struct alarm *alarm);
};

static int rung[64], rung_count;

static void ring(struct timer *timer)
{
    struct alarm *alarm = OWNER_OF(timer, struct alarm, timer);
    CU_ASSERT_FALSE(timer_is_set(timer));
    CU_ASSERT_TRUE(loop_now(alarm->loop) >= timer->deadline); /* never early */
    if (loop_is_virtual(alarm->loop))
        CU_ASSERT_EQUAL(loop_now(alarm->loop), timer->deadline);
    if (rung_count < (int)(sizeof rung / sizeof *rung))
        rung[rung_count++] = alarm->number;
    if (alarm->act)
        alarm->act(alarm);
}

static struct alarm alarm_of(struct loop *loop, int number)
{
    struct alarm alarm = {.loop = loop, .number = number};
    timer_init(&alarm.timer, ring);
    return alarm;
}

static void in_both(void (*scenario)(struct loop *loop))
{
    struct loop *loops[] = {loop_virtual_new(NULL, NULL), loop_live_new(NULL)};
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(loops[i]);
        CU_ASSERT_EQUAL(loop_is_virtual(loops[i]), i == 0);
        rung_count = 0;
        scenario(loops[i]);
        loop_free(loops[i]);
    }
}

static void nothing(struct loop *loop)
{
    loop_run(loop);
    loop_run(loop);
    CU_ASSERT_TRUE(loop_now(loop) >= 0);
}

static void test_nothing(void)
{
    in_both(nothing);
}

static void in_order(struct loop *loop)
{
    struct alarm alarms[MANY];
    const usec delays[MANY] = {3000, 1000, 2000, 1000, 0, 5000, 1000, 4000};
    const int order[MANY] = {4, 1, 3, 6, 2, 0, 7, 5};
    usec now = loop_now(loop);
    for (int i = 0; i < MANY; i++) {
        alarms[i] = alarm_of(loop, i);
        CU_ASSERT_TRUE(loop_timer_set(loop, &alarms[i].timer, now + delays[i]));
    }
    loop_run(loop);
    CU_ASSERT_EQUAL(rung_count, MANY);
    for (int i = 0; i < MANY; i++)
        CU_ASSERT_EQUAL(rung[i], order[i]);
    if (loop_is_virtual(loop))
        CU_ASSERT_EQUAL(loop_now(loop), 5000);
}

static void test_in_order(void)
{
    in_both(in_order);
}

static void cancel_other(struct alarm *alarm)
{
    loop_timer_cancel(alarm->loop, &alarm->other->timer);
}

/* A timer that is due is cancelled by the one before it. */
static void cancelled(struct loop *loop)
{
    struct alarm first = alarm_of(loop, 1), second = alarm_of(loop, 2), third = alarm_of(loop, 3);
    first.other = &second;
    first.act = cancel_other;
    loop_timer_set(loop, &first.timer, loop_now(loop));
    loop_timer_set(loop, &second.timer, loop_now(loop));
    loop_timer_set(loop, &third.timer, loop_now(loop));
    loop_run(loop);
    CU_ASSERT_EQUAL(rung_count, 2);
    CU_ASSERT_EQUAL(rung[1], 3);
    loop_timer_cancel(loop, &second.timer); /* harmless */
}

static void test_cancelled(void)
{
    in_both(cancelled);
}

static void move_other(struct alarm *alarm)
{
    loop_timer_set(alarm->loop, &alarm->other->timer, loop_now(alarm->loop) + 2000);
}

static void moved(struct loop *loop)
{
    struct alarm first = alarm_of(loop, 1), second = alarm_of(loop, 2), third = alarm_of(loop, 3);
    first.other = &second;
    first.act = move_other;
    loop_timer_set(loop, &first.timer, loop_now(loop) + 1000);
    loop_timer_set(loop, &second.timer, loop_now(loop) + 1000);
    loop_timer_set(loop, &third.timer, loop_now(loop) + 1500);
    loop_run(loop);
    CU_ASSERT_EQUAL(rung_count, 3);
    CU_ASSERT_EQUAL(rung[0], 1);
    if (loop_is_virtual(loop))
        CU_ASSERT_EQUAL(rung[1], 3);
}

static void test_moved(void)
{
    in_both(moved);
}

static void free_owner(struct alarm *alarm)
{
    free(alarm);
}

static void freed(struct loop *loop)
{
    for (int i = 0; i < MANY; i++) {
        struct alarm *alarm = malloc(sizeof *alarm);
        *alarm = alarm_of(loop, i);
        alarm->act = free_owner;
        loop_timer_set(loop, &alarm->timer, loop_now(loop) + i % 3 * 1000);
    }
    loop_run(loop);
    CU_ASSERT_EQUAL(rung_count, MANY);
}

static void test_freed(void)
{
    in_both(freed);
}

static void again_in_the_past(struct alarm *alarm)
{
    if (rung_count < 5)
        loop_timer_set(alarm->loop, &alarm->timer, loop_now(alarm->loop) - 1000);
}

/* A deadline in the past runs at the next turn: others that are due come between. */
static void past(struct loop *loop)
{
    struct alarm first = alarm_of(loop, 1), second = alarm_of(loop, 2);
    first.act = again_in_the_past;
    loop_timer_set(loop, &first.timer, loop_now(loop));
    loop_timer_set(loop, &second.timer, loop_now(loop));
    loop_run(loop);
    CU_ASSERT_EQUAL(rung_count, 5);
    CU_ASSERT_EQUAL(rung[0], 1);
    CU_ASSERT_EQUAL(rung[1], 2);
}

static void test_past(void)
{
    in_both(past);
}

static void never(struct loop *loop)
{
    struct alarm alarm = alarm_of(loop, 1);
    loop_timer_set(loop, &alarm.timer, loop_now(loop) + 1000);
    CU_ASSERT_TRUE(timer_is_set(&alarm.timer));
    CU_ASSERT_TRUE(loop_timer_set(loop, &alarm.timer, USEC_NEVER));
    CU_ASSERT_FALSE(timer_is_set(&alarm.timer));
    loop_run(loop);
    CU_ASSERT_EQUAL(rung_count, 0);
}

static void test_never(void)
{
    in_both(never);
}

static void stop(struct alarm *alarm)
{
    loop_stop(alarm->loop);
}

static void stopped(struct loop *loop)
{
    struct alarm first = alarm_of(loop, 1), second = alarm_of(loop, 2);
    first.act = stop;
    loop_timer_set(loop, &first.timer, loop_now(loop));
    loop_timer_set(loop, &second.timer, loop_now(loop));
    loop_run(loop);
    CU_ASSERT_EQUAL(rung_count, 1);
    CU_ASSERT_TRUE(timer_is_set(&second.timer));
    loop_run(loop);
    CU_ASSERT_EQUAL(rung_count, 2);
}

static void test_stopped(void)
{
    in_both(stopped);
}

static usec seen;
static int64_t seen_wall;

static void look_at_the_clock(struct alarm *alarm)
{
    seen = loop_now(alarm->loop);
    seen_wall = loop_wall_clock(alarm->loop);
    for (volatile int i = 0; i < 1000000; i++)
        ;
    CU_ASSERT_EQUAL(loop_now(alarm->loop), seen); /* it stands still while handlers run */
    CU_ASSERT_EQUAL(loop_wall_clock(alarm->loop), seen_wall);
}

static void steady(struct loop *loop)
{
    struct alarm alarm = alarm_of(loop, 1);
    alarm.act = look_at_the_clock;
    usec before = loop_now(loop);
    CU_ASSERT_TRUE(loop_wall_clock(loop) > (int64_t)1700000000 * USEC_PER_SEC);
    loop_timer_set(loop, &alarm.timer, before + 1000);
    loop_run(loop);
    CU_ASSERT_TRUE(seen >= before + 1000);
}

static void test_steady(void)
{
    in_both(steady);
}

static void test_long_time(void)
{
    struct loop *loop = loop_virtual_new(NULL, NULL);
    struct alarm alarm = alarm_of(loop, 1);
    rung_count = 0;
    usec century = USEC_PER_SEC * 86400 * 365 * 100;
    loop_timer_set(loop, &alarm.timer, century);
    loop_run(loop);
    CU_ASSERT_EQUAL(rung_count, 1);
    CU_ASSERT_EQUAL(loop_now(loop), century);
    loop_free(loop);
}

/* --- watches --- */

struct reader {
    struct loop_watch watch;
    struct loop *loop;
    char got[64];
    size_t count;
};

static void read_some(struct loop_watch *watch)
{
    struct reader *reader = OWNER_OF(watch, struct reader, watch);
    ssize_t count = read(watch->fd, reader->got + reader->count, 4);
    CU_ASSERT_TRUE_FATAL(count >= 0);
    reader->count += (size_t)count;
    if (count == 0)
        loop_watch_stop(reader->loop, watch);
}

static void test_watch(void)
{
    int ends[2];
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    struct reader reader = {.watch.ready = read_some, .loop = loop_live_new(NULL)};
    CU_ASSERT_TRUE(loop_watch_start(reader.loop, &reader.watch, ends[0], NULL));
    CU_ASSERT_EQUAL(write(ends[1], "hello, loop", 11), 11);
    close(ends[1]);
    loop_run(reader.loop); /* until nothing is watched any more */
    CU_ASSERT_EQUAL(reader.count, 11);
    CU_ASSERT_EQUAL(memcmp(reader.got, "hello, loop", 11), 0);
    loop_watch_stop(reader.loop, &reader.watch); /* harmless */
    close(ends[0]);
    loop_free(reader.loop);
}

static void test_watch_never_started(void)
{
    struct loop *live = loop_live_new(NULL), *virtual = loop_virtual_new(NULL, NULL);
    struct loop_watch watch = {0};
    struct problem problem = {""};
    loop_watch_stop(live, &watch);
    loop_watch_stop(virtual, &watch);
    CU_ASSERT_FALSE(loop_watch_start(virtual, &watch, 0, &problem));
    CU_ASSERT_STRING_NOT_EQUAL(problem.text, "");
    loop_watch_stop(virtual, &watch);
    loop_free(live);
    loop_free(virtual);
    loop_free(NULL);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"nothing", test_nothing},     {"in order", test_in_order},
        {"cancelled", test_cancelled}, {"moved", test_moved},
        {"freed", test_freed},         {"past", test_past},
        {"never", test_never},         {"stopped", test_stopped},
        {"steady", test_steady},       {"long time", test_long_time},
        {"watch", test_watch},         {"watch never started", test_watch_never_started},
    };
    return unit_main("loop", tests, sizeof tests / sizeof *tests, argc, argv);
}
