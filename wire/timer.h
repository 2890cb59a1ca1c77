/* Timers, as parts of what they belong to.
 *
 * A timer is a member of its owner's struct and is set and cancelled by its own address, so that a
 * cancel can't miss. Setting a timer that is already set moves it. Moving it to a later time costs
 * no heap operation (the heap is mended when the old time comes): a connection that renews its idle
 * limit with every octet pays one store for it.
 *
 * `expired` runs from loop_run with the timer already unset; it may set it again, cancel others and
 * free the owner. Timers that are due at the same time run in the order in which they were set. */
#ifndef WIRE_TIMER_H
#define WIRE_TIMER_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/time.h"

struct timer {
    void (*expired)(struct timer *timer);
    usec deadline;  /* when it runs; meaningful while set */
    uint64_t order; /* breaks ties: later settings have greater ones */
    size_t slot;    /* 1 + its place in the heap; 0 while not set */
};

/* What the heap goes by stands in it, not in timers all over the memory. */
struct timer_place {
    usec key;       /* at or before the timer's deadline, and */
    uint64_t order; /* at or before its order */
    struct timer *timer;
};

/* All timers of one loop, earliest first. Used by the loops; owners use loop_timer_* instead. */
struct timer_heap {
    struct timer_place *at;
    size_t count, room;
    uint64_t orders;
};

static inline void timer_init(struct timer *timer, void (*expired)(struct timer *timer))
{
    *timer = (struct timer){.expired = expired};
}

static inline bool timer_is_set(const struct timer *timer)
{
    return timer->slot != 0;
}

/* The struct of which `pointer` is the member `member`. */
#define OWNER_OF(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/* False where there is no memory for one more timer (it is then not set). */
bool timer_heap_set(struct timer_heap *heap, struct timer *timer, usec deadline);
void timer_heap_cancel(struct timer_heap *heap, struct timer *timer);
/* No timer is due before this; USEC_NEVER where none is set. It may be too early, where timers were
 * moved to later times, and mends nothing: for those who would only wait. */
static inline usec timer_heap_bound(const struct timer_heap *heap)
{
    return heap->count > 0 ? heap->at[0].key : USEC_NEVER;
}

/* The earliest deadline; USEC_NEVER where no timer is set. Its timer is then heap->at[0].timer.
 */
usec timer_heap_next(struct timer_heap *heap);
/* Takes out the earliest timer that is due at `now`; null where none is. */
struct timer *timer_heap_due(struct timer_heap *heap, usec now);
void timer_heap_free(struct timer_heap *heap);

#endif
