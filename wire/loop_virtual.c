#include <assert.h>
#include <stdlib.h>

#include "wire/loop_virtual_private.h"

#define VIRTUAL_DAY ((int64_t)1767225600 * USEC_PER_SEC) /* 2026-01-01T00:00Z */

enum { WINDOW_DEFAULT = 65536, FIRST_PORT = 40000 };

/* Whose random numbers are the wall clock's; those below are streams'. */
#define WALL_CLOCK UINT64_MAX

/* Segments are kept for their next use, in classes of size, so many of each. */
static const size_t class_rooms[SEGMENT_CLASSES] = {384, 4096, 32768, 131072};
static const unsigned class_spares[SEGMENT_CLASSES] = {8192, 512, 64, 16};

static void queue_append(struct event_queue *queue, struct event *event)
{
    event->next = NULL;
    if (queue->last)
        queue->last->next = event;
    else
        queue->first = event;
    queue->last = event;
}

static void post(struct virtual_loop *virtual, struct event_queue *queue, struct event *event,
                 usec delay)
{
    assert(!event->posted);
    event->posted = true;
    event->time = virtual->loop.now + delay;
    event->order = virtual->loop.timers.orders++;
    queue_append(queue, event);
}

void event_post_soon(struct virtual_loop *virtual, struct event *event)
{
    post(virtual, &virtual->soon, event, 0);
}

void event_post_later(struct virtual_loop *virtual, struct event *event)
{
    post(virtual, &virtual->later, event, virtual->network.latency);
}

struct event *event_take(struct event_queue *queue)
{
    struct event *event = queue->first;
    if (!event)
        return NULL;
    queue->first = event->next;
    if (!queue->first)
        queue->last = NULL;
    event->posted = false;
    return event;
}

void event_cancel(struct event_queue *queue, struct event *event)
{
    struct event *before = NULL, *here = queue->first;
    while (here != event) {
        before = here;
        here = here->next;
    }
    *(before ? &before->next : &queue->first) = event->next;
    if (queue->last == event)
        queue->last = before;
    event->posted = false;
}

struct segment *segment_new(struct virtual_loop *virtual, size_t room)
{
    unsigned size = 0;
    while (size < SEGMENT_CLASSES && class_rooms[size] < room)
        size++;
    struct segment *segment = size < SEGMENT_CLASSES ? virtual->spare_segments[size] : NULL;
    if (segment) {
        virtual->spare_segments[size] = segment_behind(segment);
        virtual->spare_counts[size]--;
    } else {
        if (size < SEGMENT_CLASSES)
            room = class_rooms[size];
        if (room > SIZE_MAX - sizeof *segment)
            return NULL;
        segment = malloc(sizeof *segment + room);
        if (!segment) {
            loop_lack_memory(&virtual->loop);
            return NULL;
        }
        segment->size_class = size;
        segment->room = room;
    }
    segment->arrival = (struct event){0};
    segment->to = NULL;
    segment->start = segment->end = 0;
    return segment;
}

void segment_free(struct virtual_loop *virtual, struct segment *segment)
{
    unsigned size = segment->size_class;
    if (!VIRTUAL_KEEPS_SPARES || size >= SEGMENT_CLASSES ||
        virtual->spare_counts[size] >= class_spares[size]) {
        free(segment);
        return;
    }
    struct segment *next = virtual->spare_segments[size];
    segment->arrival.next = next ? &next->arrival : NULL;
    virtual->spare_segments[size] = segment;
    virtual->spare_counts[size]++;
}

static bool event_before(const struct event *event, usec time, uint64_t order)
{
    return event->time < time || (event->time == time && event->order < order);
}

/* Each queue is in order of (time, order) by itself: the latency is the same for all. */
static struct event_queue *earliest_queue(struct virtual_loop *virtual)
{
    const struct event *soon = virtual->soon.first, *later = virtual->later.first;
    if (!soon || (later && event_before(later, soon->time, soon->order)))
        return later ? &virtual->later : NULL;
    return &virtual->soon;
}

/* Is the earliest timer next, before the first event of this queue, which may be null? */
static bool timer_is_next(struct virtual_loop *virtual, const struct event_queue *queue)
{
    struct timer_heap *timers = &virtual->loop.timers;
    usec bound = timer_heap_bound(timers);
    if (bound == USEC_NEVER)
        return false;
    if (bound < virtual->woke && virtual->network.clocks.timers_first &&
        timer_heap_next(timers) < virtual->woke)
        return true;
    /* Nothing is mended for a timer that is not next even where its old place says so. */
    if (queue && event_before(queue->first, bound, timers->at[0].order))
        return false;
    usec deadline = timer_heap_next(timers);
    return !queue || !event_before(queue->first, deadline, timers->at[0].timer->order);
}

/* Brings both clocks to this time. */
static void pass_time(struct virtual_loop *virtual, usec time)
{
    struct loop *loop = &virtual->loop;
    usec steps = virtual->network.clocks.wall_steps;
    loop->now = loop->timer_earliest = time;
    loop->wall_clock = VIRTUAL_DAY + time;
    if (steps > 0)
        loop->wall_clock += (int64_t)random_below(&virtual->wall, 2 * (uint64_t)steps + 1) - steps;
}

static void sleep_once(struct virtual_loop *virtual)
{
    virtual->woke = virtual->sleeps_at + virtual->network.clocks.sleep;
    virtual->sleeps_at = USEC_NEVER;
    pass_time(virtual, virtual->woke);
}

/* Handles what is next; false where nothing is. */
static bool turn(struct virtual_loop *virtual)
{
    struct loop *loop = &virtual->loop;
    struct event_queue *queue = earliest_queue(virtual);
    bool is_timer = timer_is_next(virtual, queue);
    if (!queue && !is_timer)
        return false;
    usec time = is_timer ? loop->timers.at[0].timer->deadline : queue->first->time;
    if (time >= virtual->sleeps_at) {
        sleep_once(virtual);
        return true; /* another thing may be next now */
    }
    assert(time >= loop->now || loop->now == virtual->woke);
    pass_time(virtual, time > loop->now ? time : loop->now);
    if (is_timer) {
        struct timer *timer = timer_heap_due(&loop->timers, loop->now);
        timer->expired(timer);
    } else {
        struct event *event = event_take(queue);
        event->happen(event);
    }
    streams_flush(virtual);
    return true;
}

static void virtual_run(struct loop *loop)
{
    struct virtual_loop *virtual = virtual_of(loop);
    streams_flush(virtual);
    while (!loop->stopped && turn(virtual))
        ;
}

static void virtual_free(struct loop *loop)
{
    struct virtual_loop *virtual = virtual_of(loop);
    streams_free(virtual);
    for (unsigned size = 0; size < SEGMENT_CLASSES; size++) {
        while (virtual->spare_segments[size]) {
            struct segment *segment = virtual->spare_segments[size];
            virtual->spare_segments[size] = segment_behind(segment);
            free(segment);
        }
    }
    timer_heap_free(&loop->timers);
    free(virtual);
}

static bool virtual_watch_start(struct loop *loop, struct loop_watch *watch, int fd,
                                struct problem *problem)
{
    (void)loop, (void)watch;
    problem_set(problem, "descriptor %d: a loop in virtual time watches no descriptors", fd);
    return false;
}

static void virtual_watch_stop(struct loop *loop, struct loop_watch *watch)
{
    (void)loop, (void)watch;
}

static const struct loop_kind virtual_kind = {
    .run = virtual_run,
    .free = virtual_free,
    .watch_start = virtual_watch_start,
    .watch_stop = virtual_watch_stop,
    .listener_open = listener_virtual_open,
    .listener_pause = listener_virtual_pause,
    .listener_resume = listener_virtual_resume,
    .listener_set_face = listener_virtual_set_face,
    .listener_close = listener_virtual_close,
    .connect = conn_virtual_connect,
    .send = conn_virtual_send,
    .flush = conn_virtual_flush,
    .offer = conn_virtual_offer,
    .waiting = conn_virtual_waiting,
    .pause = conn_virtual_pause,
    .resume = conn_virtual_resume,
    .shutdown = conn_virtual_shutdown,
    .close = conn_virtual_close,
};

struct loop *loop_virtual_new(const struct loop_network *network, struct problem *problem)
{
    struct virtual_loop *virtual = calloc(1, sizeof *virtual);
    if (!virtual) {
        problem_set(problem, "no memory for a loop");
        return NULL;
    }
    virtual->loop.kind = &virtual_kind;
    virtual->loop.is_virtual = true;
    virtual->loop.wall_clock = VIRTUAL_DAY;
    if (network)
        virtual->network = *network;
    if (virtual->network.window == 0)
        virtual->network.window = WINDOW_DEFAULT;
    if (virtual->network.latency < 0)
        virtual->network.latency = 0;
    virtual->next_port = FIRST_PORT;
    virtual->sleeps_at = network && network->clocks.sleep > 0 ? network->clocks.sleep_at
                                                              : USEC_NEVER;
    virtual->wall = random_seeded(virtual->network.seed, WALL_CLOCK);
    return &virtual->loop;
}
