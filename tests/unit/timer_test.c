#include "wire/timer.h"

#include <stdlib.h>

#include "tests/unit/unit.h"
#include "wire/random.h"

static void never(struct timer *timer)
{
    (void)timer;
}

static void test_empty(void)
{
    struct timer_heap heap = {0};
    CU_ASSERT_EQUAL(timer_heap_next(&heap), USEC_NEVER);
    CU_ASSERT_EQUAL(timer_heap_bound(&heap), USEC_NEVER);
    CU_ASSERT_PTR_NULL(timer_heap_due(&heap, 1000));
    CU_ASSERT_PTR_NULL(timer_heap_due(&heap, USEC_NEVER));
    timer_heap_free(&heap);
}

static void test_earliest_first(void)
{
    struct timer_heap heap = {0};
    struct timer timers[3];
    const usec deadlines[] = {30, 10, 20};
    for (int i = 0; i < 3; i++) {
        timer_init(&timers[i], never);
        CU_ASSERT_FALSE(timer_is_set(&timers[i]));
        CU_ASSERT_TRUE(timer_heap_set(&heap, &timers[i], deadlines[i]));
        CU_ASSERT_TRUE(timer_is_set(&timers[i]));
    }
    CU_ASSERT_EQUAL(timer_heap_next(&heap), 10);
    CU_ASSERT_PTR_NULL(timer_heap_due(&heap, 9));
    CU_ASSERT_PTR_EQUAL(timer_heap_due(&heap, 25), &timers[1]);
    CU_ASSERT_FALSE(timer_is_set(&timers[1]));
    CU_ASSERT_PTR_EQUAL(timer_heap_due(&heap, 25), &timers[2]);
    CU_ASSERT_PTR_NULL(timer_heap_due(&heap, 25));
    CU_ASSERT_PTR_EQUAL(timer_heap_due(&heap, 30), &timers[0]);
    CU_ASSERT_EQUAL(timer_heap_next(&heap), USEC_NEVER);
    timer_heap_free(&heap);
}

static void test_ties_in_order_of_setting(void)
{
    enum { MANY = 100 };
    struct timer_heap heap = {0};
    struct timer timers[MANY];
    for (int i = 0; i < MANY; i++) {
        timer_init(&timers[i], never);
        timer_heap_set(&heap, &timers[i], 5);
    }
    for (int i = 0; i < MANY; i += 2)
        timer_heap_set(&heap, &timers[i], 5); /* set again: now behind the odd ones */
    for (int i = 1; i < MANY; i += 2)
        CU_ASSERT_PTR_EQUAL(timer_heap_due(&heap, 5), &timers[i]);
    for (int i = 0; i < MANY; i += 2)
        CU_ASSERT_PTR_EQUAL(timer_heap_due(&heap, 5), &timers[i]);
    timer_heap_free(&heap);
}

static void test_later_is_lazy(void)
{
    struct timer_heap heap = {0};
    struct timer moved, other;
    timer_init(&moved, never);
    timer_init(&other, never);
    timer_heap_set(&heap, &moved, 10);
    timer_heap_set(&heap, &other, 20);
    timer_heap_set(&heap, &moved, 30);
    CU_ASSERT_EQUAL(moved.deadline, 30);
    CU_ASSERT_EQUAL(heap.at[moved.slot - 1].key, 10); /* not moved in the heap */
    CU_ASSERT_EQUAL(moved.slot, 1);
    CU_ASSERT_EQUAL(timer_heap_bound(&heap), 10); /* which only says that nothing is earlier */
    CU_ASSERT_PTR_NULL(timer_heap_due(&heap, 9));
    CU_ASSERT_EQUAL(heap.at[moved.slot - 1].key, 10);
    CU_ASSERT_EQUAL(timer_heap_next(&heap), 20);
    CU_ASSERT_EQUAL(timer_heap_bound(&heap), 20);
    CU_ASSERT_PTR_EQUAL(timer_heap_due(&heap, 100), &other);
    CU_ASSERT_PTR_NULL(timer_heap_due(&heap, 29));
    timer_heap_set(&heap, &moved, 25); /* and earlier again */
    CU_ASSERT_EQUAL(timer_heap_next(&heap), 25);
    CU_ASSERT_PTR_EQUAL(timer_heap_due(&heap, 25), &moved);
    timer_heap_free(&heap);
}

static void test_cancel(void)
{
    struct timer_heap heap = {0};
    struct timer timers[7];
    for (int i = 0; i < 7; i++) {
        timer_init(&timers[i], never);
        timer_heap_set(&heap, &timers[i], i);
    }
    timer_heap_cancel(&heap, &timers[3]);
    timer_heap_cancel(&heap, &timers[0]);
    timer_heap_cancel(&heap, &timers[6]);
    CU_ASSERT_FALSE(timer_is_set(&timers[3]));
    timer_heap_cancel(&heap, &timers[3]); /* harmless */
    const int left[] = {1, 2, 4, 5};
    for (int i = 0; i < 4; i++)
        CU_ASSERT_PTR_EQUAL(timer_heap_due(&heap, 9), &timers[left[i]]);
    CU_ASSERT_PTR_NULL(timer_heap_due(&heap, 9));
    timer_heap_free(&heap);
}

/* The timer that must be next, found the slow way. */
static struct timer *slow_next(struct timer *timers, size_t count)
{
    struct timer *found = NULL;
    for (size_t i = 0; i < count; i++) {
        struct timer *timer = &timers[i];
        if (!timer_is_set(timer))
            continue;
        if (!found || timer->deadline < found->deadline ||
            (timer->deadline == found->deadline && timer->order < found->order))
            found = timer;
    }
    return found;
}

static void test_against_the_slow_way(void)
{
    enum { MANY = 40 };
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct random random = random_seeded(seed, 0);
        struct timer_heap heap = {0};
        struct timer timers[MANY];
        for (int i = 0; i < MANY; i++)
            timer_init(&timers[i], never);
        bool same = true;
        for (int step = 0; step < 2000 && same; step++) {
            struct timer *timer = &timers[random_below(&random, MANY)];
            uint64_t what = random_below(&random, 10);
            if (what < 6)
                timer_heap_set(&heap, timer, (usec)random_below(&random, 12));
            else if (what < 8)
                timer_heap_cancel(&heap, timer);
            struct timer *next = slow_next(timers, MANY);
            same = timer_heap_next(&heap) == (next ? next->deadline : USEC_NEVER);
            if (what == 9)
                same = same && timer_heap_due(&heap, 12) == next;
        }
        CU_ASSERT_TRUE(same);
        timer_heap_free(&heap);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"empty", test_empty},
        {"earliest first", test_earliest_first},
        {"ties in order of setting", test_ties_in_order_of_setting},
        {"later is lazy", test_later_is_lazy},
        {"cancel", test_cancel},
        {"against the slow way", test_against_the_slow_way},
    };
    return unit_main("timer", tests, sizeof tests / sizeof *tests, argc, argv);
}
