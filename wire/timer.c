#include "wire/timer.h"

#include <assert.h>
#include <stdlib.h>

enum { FIRST_ROOM = 16 };

/* A binary heap on (key, order). A timer that was moved to a later time keeps its place
 * until it is the first: then it is mended, so that the first one is always the true earliest. */

static bool comes_before(const struct timer_place *a, const struct timer_place *b)
{
    if (a->key != b->key)
        return a->key < b->key;
    return a->order < b->order;
}

static void put_at(struct timer_heap *heap, size_t index, struct timer_place place)
{
    heap->at[index] = place;
    place.timer->slot = index + 1;
}

static void sift_up(struct timer_heap *heap, size_t index, struct timer_place place)
{
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (!comes_before(&place, &heap->at[parent]))
            break;
        put_at(heap, index, heap->at[parent]);
        index = parent;
    }
    put_at(heap, index, place);
}

static void sift_down(struct timer_heap *heap, size_t index, struct timer_place place)
{
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && comes_before(&heap->at[child + 1], &heap->at[child]))
            child++;
        if (!comes_before(&heap->at[child], &place))
            break;
        put_at(heap, index, heap->at[child]);
        index = child;
    }
    put_at(heap, index, place);
}

static bool make_room(struct timer_heap *heap)
{
    if (heap->count < heap->room)
        return true;
    size_t room = heap->room ? 2 * heap->room : FIRST_ROOM;
    if (room > SIZE_MAX / sizeof(struct timer_place))
        return false;
    struct timer_place *at = realloc(heap->at, room * sizeof(struct timer_place));
    if (!at)
        return false;
    heap->at = at;
    heap->room = room;
    return true;
}

static struct timer_place place_of(struct timer *timer)
{
    return (struct timer_place){timer->deadline, timer->order, timer};
}

bool timer_heap_set(struct timer_heap *heap, struct timer *timer, usec deadline)
{
    bool was_set = timer_is_set(timer);
    if (!was_set && !make_room(heap))
        return false;
    timer->deadline = deadline;
    timer->order = heap->orders++;
    if (!was_set) {
        sift_up(heap, heap->count++, place_of(timer));
        return true;
    }
    assert(heap->at[timer->slot - 1].timer == timer);
    if (deadline < heap->at[timer->slot - 1].key)
        sift_up(heap, timer->slot - 1, place_of(timer));
    return true;
}

void timer_heap_cancel(struct timer_heap *heap, struct timer *timer)
{
    if (!timer_is_set(timer))
        return;
    size_t index = timer->slot - 1;
    assert(heap->at[index].timer == timer);
    timer->slot = 0;
    struct timer_place last = heap->at[--heap->count];
    if (last.timer == timer)
        return;
    if (index > 0 && comes_before(&last, &heap->at[(index - 1) / 2]))
        sift_up(heap, index, last);
    else
        sift_down(heap, index, last);
}

usec timer_heap_next(struct timer_heap *heap)
{
    while (heap->count > 0) {
        struct timer *first = heap->at[0].timer;
        if (heap->at[0].order == first->order)
            return first->deadline;
        sift_down(heap, 0, place_of(first));
    }
    return USEC_NEVER;
}

struct timer *timer_heap_due(struct timer_heap *heap, usec now)
{
    if (timer_heap_bound(heap) > now || timer_heap_next(heap) > now || heap->count == 0)
        return NULL;
    struct timer *first = heap->at[0].timer;
    timer_heap_cancel(heap, first);
    return first;
}

void timer_heap_free(struct timer_heap *heap)
{
    free(heap->at);
    *heap = (struct timer_heap){0};
}
