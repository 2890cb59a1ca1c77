#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "wire/loop_live_private.h"

static int64_t read_clock(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * USEC_PER_SEC + time.tv_nsec / 1000;
}

static void read_clocks(struct live_loop *live)
{
    struct loop *loop = &live->loop;
    loop->now = read_clock(CLOCK_MONOTONIC) - live->began;
    loop->timer_earliest = loop->now + 1; /* the past runs at the next turn */
    loop->wall_clock = read_clock(CLOCK_REALTIME);
}

static void turn_begins(struct ev_loop *ev, ev_check *check, int events)
{
    (void)ev, (void)events;
    read_clocks(OWNER_OF(check, struct live_loop, check));
}

/* It only ends the waiting: timers run behind whatever else is ready. */
static void alarm_rings(struct ev_loop *ev, ev_timer *alarm, int events)
{
    (void)ev, (void)events;
    OWNER_OF(alarm, struct live_loop, alarm)->alarm_deadline = USEC_NEVER;
}

/* An alarm that rings too early costs one turn; so it is moved only where it would be late, and the
 * heap is asked for no more than a bound: a timer that is renewed with every message costs a heap
 * operation once in its whole length. */
static void set_alarm(struct live_loop *live)
{
    usec next = timer_heap_bound(&live->loop.timers);
    if (next >= live->alarm_deadline)
        return;
    ev_timer_stop(live->ev, &live->alarm);
    ev_timer_set(&live->alarm, (double)(next - live->loop.now) / USEC_PER_SEC, 0.);
    ev_timer_start(live->ev, &live->alarm);
    live->alarm_deadline = next;
}

/* Is there something that waiting would only put off? epoll waits for a millisecond at least. */
static bool has_more(const struct live_loop *live)
{
    const struct loop *loop = &live->loop;
    return live->news || timer_heap_bound(&loop->timers) <= loop->timer_earliest;
}

static void run_timers(struct live_loop *live)
{
    struct loop *loop = &live->loop;
    struct timer *timer;
    while (!loop->stopped && (timer = timer_heap_due(&loop->timers, loop->now))) {
        timer->expired(timer);
        live_flush_dirty(live);
    }
}

static void live_run(struct loop *loop)
{
    struct live_loop *live = live_of(loop);
    ev_now_update(live->ev);
    read_clocks(live);
    live->alarm_deadline = USEC_NEVER;
    live_flush_dirty(live);
    live_bury(live);
    while (!loop->stopped && (live->open > 0 || loop->timers.count > 0)) {
        set_alarm(live);
        ev_run(live->ev, has_more(live) ? EVRUN_NOWAIT : EVRUN_ONCE);
        live_tell_news(live);
        run_timers(live);
        live_bury(live);
    }
    ev_timer_stop(live->ev, &live->alarm);
}

static void live_free(struct loop *loop)
{
    struct live_loop *live = live_of(loop);
    while (live->conns)
        live_conn_discard(live->conns);
    while (live->news) {
        live->news->in_news = false;
        live->news = live->news->next_news;
    }
    live_bury(live);
    live_quiet_free(live);
    ev_check_stop(live->ev, &live->check);
    ev_loop_destroy(live->ev);
    timer_heap_free(&loop->timers);
    free(live->input);
    free(live->cork);
    free(live);
}

/* --- watches --- */

struct live_watch {
    ev_io io;
    struct live_loop *live;
    struct loop_watch *watch;
};

static void watch_is_ready(struct ev_loop *ev, ev_io *io, int events)
{
    (void)ev, (void)events;
    struct live_watch *own = OWNER_OF(io, struct live_watch, io);
    struct live_loop *live = own->live;
    if (live->loop.stopped)
        return;
    own->watch->ready(own->watch); /* which may stop it */
    live_flush_dirty(live);
}

static bool live_watch_start(struct loop *loop, struct loop_watch *watch, int fd,
                             struct problem *problem)
{
    struct live_loop *live = live_of(loop);
    struct live_watch *own = malloc(sizeof *own);
    if (!own) {
        problem_set(problem, "descriptor %d: no memory for watching it", fd);
        return false;
    }
    own->live = live;
    own->watch = watch;
    ev_io_init(&own->io, watch_is_ready, fd, watch->writing ? EV_WRITE : EV_READ);
    ev_io_start(live->ev, &own->io);
    live->open++;
    watch->fd = fd;
    watch->state = own;
    return true;
}

static void live_watch_stop(struct loop *loop, struct loop_watch *watch)
{
    struct live_loop *live = live_of(loop);
    struct live_watch *own = watch->state;
    ev_io_stop(live->ev, &own->io);
    live->open--;
    watch->state = NULL;
    free(own);
}

static const struct loop_kind live_kind = {
    .run = live_run,
    .free = live_free,
    .watch_start = live_watch_start,
    .watch_stop = live_watch_stop,
    .listener_open = listener_live_open,
    .listener_pause = listener_live_pause,
    .listener_resume = listener_live_resume,
    .listener_narrow = listener_live_narrow,
    .listener_set_face = listener_live_set_face,
    .listener_close = listener_live_close,
    .connect = conn_live_connect,
    .send = conn_live_send,
    .flush = conn_live_flush,
    .offer = conn_live_offer,
    .waiting = conn_live_waiting,
    .pause = conn_live_pause,
    .resume = conn_live_resume,
    .acknowledge = conn_live_acknowledge,
    .abandoned = conn_live_abandoned,
    .shutdown = conn_live_shutdown,
    .close = conn_live_close,
};

struct loop *loop_live_new(struct problem *problem)
{
    struct live_loop *live = calloc(1, sizeof *live);
    uint8_t *input = malloc(LIVE_INPUT_SIZE), *cork = malloc(LIVE_CORK_SIZE);
    struct ev_loop *ev = live && input && cork ? ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV) : NULL;
    if (!ev) {
        problem_set(problem, "no event loop: no memory, or no epoll descriptor");
        free(live);
        free(input);
        free(cork);
        return NULL;
    }
    live->loop.kind = &live_kind;
    live->ev = ev;
    live->input = input;
    live->cork = cork;
    live->quiet = -1;
    live->alarm_deadline = USEC_NEVER;
    live->began = read_clock(CLOCK_MONOTONIC);
    read_clocks(live);
    ev_timer_init(&live->alarm, alarm_rings, 0., 0.);
    ev_check_init(&live->check, turn_begins);
    ev_set_priority(&live->check, EV_MAXPRI);
    ev_check_start(ev, &live->check);
    return &live->loop;
}
