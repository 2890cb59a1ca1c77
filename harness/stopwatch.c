#include "harness/stopwatch.h"

#include <stdlib.h>

#include "wire/loop.h"

/* A live loop of its own, whose time moves on when it runs. */
struct stopwatch {
    struct loop *loop;
    struct timer timer;
    usec began;
};

static void expired(struct timer *timer)
{
    (void)timer;
}

static usec loop_time(struct stopwatch *stopwatch)
{
    if (loop_timer_set(stopwatch->loop, &stopwatch->timer, 0))
        loop_run(stopwatch->loop);
    return loop_now(stopwatch->loop);
}

struct stopwatch *stopwatch_new(struct problem *problem)
{
    struct stopwatch *stopwatch = calloc(1, sizeof *stopwatch);
    if (!stopwatch) {
        problem_set(problem, "no memory");
        return NULL;
    }
    stopwatch->loop = loop_live_new(problem);
    if (!stopwatch->loop) {
        free(stopwatch);
        return NULL;
    }
    timer_init(&stopwatch->timer, expired);
    stopwatch->began = loop_time(stopwatch);
    return stopwatch;
}

usec stopwatch_now(struct stopwatch *stopwatch)
{
    return loop_time(stopwatch) - stopwatch->began;
}

int64_t stopwatch_wall_clock(struct stopwatch *stopwatch)
{
    loop_time(stopwatch);
    return loop_wall_clock(stopwatch->loop);
}

void stopwatch_free(struct stopwatch *stopwatch)
{
    if (!stopwatch)
        return;
    loop_free(stopwatch->loop);
    free(stopwatch);
}
