#include "wire/loop.h"

#include <assert.h>

#include "wire/loop_private.h"

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    assert(!loop->running);
    loop->kind->free(loop);
}

bool loop_is_virtual(const struct loop *loop)
{
    return loop->is_virtual;
}

usec loop_now(const struct loop *loop)
{
    return loop->now;
}

int64_t loop_wall_clock(const struct loop *loop)
{
    return loop->wall_clock;
}

void loop_run(struct loop *loop)
{
    assert(!loop->running);
    loop->running = true;
    loop->stopped = false;
    loop->kind->run(loop);
    loop->running = false;
}

void loop_stop(struct loop *loop)
{
    loop->stopped = true;
}

bool loop_timer_set(struct loop *loop, struct timer *timer, usec deadline)
{
    if (deadline == USEC_NEVER) {
        timer_heap_cancel(&loop->timers, timer);
        return true;
    }
    if (deadline < loop->timer_earliest)
        deadline = loop->timer_earliest;
    bool set = timer_heap_set(&loop->timers, timer, deadline);
    loop->lacked_memory |= !set;
    return set;
}

void loop_lack_memory(struct loop *loop)
{
    loop->lacked_memory = true;
}

bool loop_lacked_memory(const struct loop *loop)
{
    return loop->lacked_memory;
}

void loop_timer_cancel(struct loop *loop, struct timer *timer)
{
    timer_heap_cancel(&loop->timers, timer);
}

bool loop_watch_start(struct loop *loop, struct loop_watch *watch, int fd, struct problem *problem)
{
    return loop->kind->watch_start(loop, watch, fd, problem);
}

void loop_watch_stop(struct loop *loop, struct loop_watch *watch)
{
    if (watch->state)
        loop->kind->watch_stop(loop, watch);
}
