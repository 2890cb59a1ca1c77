#include "wire/timer.h"

#include <assert.h>
#include <stdlib.h>

enum { FIRST_ROOM = 16 };

/* A binary heap on (heap_key, heap_order). A timer that was moved to a later time keeps its place
 * until it is the first: then it is mended, so that the first one is always the true earliest. */

static bool comes_before(const struct timer *a, const struct timer *b)
{
    if (a->heap_key != b->heap_key)
        return a->heap_key < b->heap_key;
    return a->heap_order < b->heap_order;
}

static void place(struct timer_heap *heap, struct timer *timer, size_t index)
{
    heap->at[index] = timer;
    timer->slot = index + 1;
}

static void sift_up(struct timer_heap *heap, struct timer *timer, size_t index)
{
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (!comes_before(timer, heap->at[parent]))
            break;
        place(heap, heap->at[parent], index);
        index = parent;
    }
    place(heap, timer, index);
}

static void sift_down(struct timer_heap *heap, struct timer *timer, size_t index)
{
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && comes_before(heap->at[child + 1], heap->at[child]))
            child++;
        if (!comes_before(heap->at[child], timer))
            break;
        place(heap, heap->at[child], index);
        index = child;
    }
    place(heap, timer, index);
}

static bool make_room(struct timer_heap *heap)
{
    if (heap->count < heap->room)
        return true;
    size_t room = heap->room ? 2 * heap->room : FIRST_ROOM;
    if (room > SIZE_MAX / sizeof(struct timer *))
        return false;
    struct timer **at = realloc(heap->at, room * sizeof(struct timer *));
    if (!at)
        return false;
    heap->at = at;
    heap->room = room;
    return true;
}

bool timer_heap_set(struct timer_heap *heap, struct timer *timer, usec deadline)
{
    if (!timer_is_set(timer)) {
        if (!make_room(heap))
            return false;
        timer->deadline = timer->heap_key = deadline;
        timer->order = timer->heap_order = heap->orders++;
        sift_up(heap, timer, heap->count++);
        return true;
    }
    assert(heap->at[timer->slot - 1] == timer);
    timer->deadline = deadline;
    timer->order = heap->orders++;
    if (deadline < timer->heap_key) {
        timer->heap_key = deadline;
        timer->heap_order = timer->order;
        sift_up(heap, timer, timer->slot - 1);
    }
    return true;
}

void timer_heap_cancel(struct timer_heap *heap, struct timer *timer)
{
    if (!timer_is_set(timer))
        return;
    size_t index = timer->slot - 1;
    assert(heap->at[index] == timer);
    timer->slot = 0;
    struct timer *last = heap->at[--heap->count];
    if (last == timer)
        return;
    if (index > 0 && comes_before(last, heap->at[(index - 1) / 2]))
        sift_up(heap, last, index);
    else
        sift_down(heap, last, index);
}

usec timer_heap_next(struct timer_heap *heap)
{
    while (heap->count > 0) {
        struct timer *first = heap->at[0];
        if (first->heap_order == first->order)
            return first->deadline;
        first->heap_key = first->deadline;
        first->heap_order = first->order;
        sift_down(heap, first, 0);
    }
    return USEC_NEVER;
}

struct timer *timer_heap_due(struct timer_heap *heap, usec now)
{
    if (timer_heap_bound(heap) > now || timer_heap_next(heap) > now || heap->count == 0)
        return NULL;
    struct timer *first = heap->at[0];
    timer_heap_cancel(heap, first);
    return first;
}

void timer_heap_free(struct timer_heap *heap)
{
    free(heap->at);
    *heap = (struct timer_heap){0};
}
