/* A wall clock that steps: it is read here in libc's place, for this program alone. Nothing but
 * stamps goes by it. */
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "mockserver/centre.h"
#include "mockserver/scenario_load.h"
#include "tests/unit/unit.h"

#define NEAR (200 * USEC_PER_MSEC)
#define FAR  (60 * USEC_PER_SEC)

enum { DAY = 86400, TEN_YEARS = 3652 * DAY };

static struct {
    time_t step; /* seconds that the wall clock is off by */
    unsigned readings;
} wall;

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (clock == CLOCK_REALTIME) {
        time->tv_sec += wall.step;
        wall.readings++;
    }
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

/* A near and a far deadline, and a clock that steps at each of many turns between them. */
struct waiting {
    struct loop *loop;
    struct timer turn, near, far;
    time_t step;
    bool near_expired, far_expired;
    int64_t before, after; /* stamps */
};

static void turn_expired(struct timer *timer)
{
    struct waiting *waiting = OWNER_OF(timer, struct waiting, turn);
    waiting->after = loop_wall_clock(waiting->loop);
    wall.step += waiting->step;
    loop_timer_set(waiting->loop, timer, loop_now(waiting->loop) + 10 * USEC_PER_MSEC);
}

static void near_expired(struct timer *timer)
{
    struct waiting *waiting = OWNER_OF(timer, struct waiting, near);
    waiting->near_expired = true;
    loop_stop(waiting->loop);
}

static void far_expired(struct timer *timer)
{
    struct waiting *waiting = OWNER_OF(timer, struct waiting, far);
    waiting->far_expired = true;
    loop_stop(waiting->loop);
}

static void wait_while_it_steps(time_t step)
{
    struct waiting waiting = {.step = step};
    wall.step = 0;
    wall.readings = 0;
    waiting.loop = loop_live_new(NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(waiting.loop);
    timer_init(&waiting.turn, turn_expired);
    timer_init(&waiting.near, near_expired);
    timer_init(&waiting.far, far_expired);
    usec begin = loop_now(waiting.loop);
    waiting.before = loop_wall_clock(waiting.loop);
    loop_timer_set(waiting.loop, &waiting.turn, begin);
    loop_timer_set(waiting.loop, &waiting.near, begin + NEAR);
    loop_timer_set(waiting.loop, &waiting.far, begin + FAR);
    loop_run(waiting.loop);
    CU_ASSERT_TRUE(waiting.near_expired);
    CU_ASSERT_FALSE(waiting.far_expired);
    CU_ASSERT(loop_now(waiting.loop) - begin >= NEAR);
    /* The stamps did step, so the clock was read. */
    CU_ASSERT(wall.readings > 0);
    CU_ASSERT_EQUAL(waiting.after > waiting.before, step > 0);
    loop_timer_cancel(waiting.loop, &waiting.turn);
    loop_timer_cancel(waiting.loop, &waiting.near);
    loop_timer_cancel(waiting.loop, &waiting.far);
    loop_free(waiting.loop);
    wall.step = 0;
}

static void test_deadlines_hold(void)
{
    wait_while_it_steps(DAY);
    wait_while_it_steps(-DAY);
}

/* A centre that cuts off who is silent, and two senders: one is silent, one is not. */
struct meeting {
    struct loop *loop;
    struct centre *centre;
    struct timer turn;
    struct conn *silent, *talking;
    time_t step;
    unsigned turns, replies;
    bool silent_cut, talking_cut;
    usec cut_at;
};

static void meeting_turn(struct timer *timer)
{
    struct meeting *meeting = OWNER_OF(timer, struct meeting, turn);
    wall.step += meeting->step;
    if (meeting->talking && ++meeting->turns % 4 == 0)
        conn_send(meeting->talking, OCTETS("NOOP\r\n"));
    if (meeting->silent_cut && meeting->turns > 40)
        loop_stop(meeting->loop);
    loop_timer_set(meeting->loop, timer, loop_now(meeting->loop) + 10 * USEC_PER_MSEC);
}

static void opened(void *owner, struct conn *conn)
{
    (void)owner, (void)conn;
}

static void received(void *owner, struct conn *conn, struct octets octets)
{
    struct meeting *meeting = owner;
    (void)octets;
    meeting->replies += conn == meeting->talking;
}

static void ended(void *owner, struct conn *conn, enum conn_end end)
{
    struct meeting *meeting = owner;
    (void)end;
    if (conn == meeting->silent) {
        meeting->silent_cut = true;
        meeting->cut_at = loop_now(meeting->loop);
        meeting->silent = NULL;
    } else {
        meeting->talking_cut = true;
        meeting->talking = NULL;
        loop_stop(meeting->loop);
    }
    conn_close(conn, CONN_CLOSE_FIN);
}

static void meet_while_it_steps(time_t step)
{
    static const struct conn_handler handler = {
        .opened = opened, .received = received, .ended = ended};
    static const char text[] = "{\"version\":1,\"centre\":{\"idle_limit\":\"300ms\","
                               "\"idle_margin\":\"0s\",\"error_limit\":0}}";
    struct scenario_set set = {NULL, 0};
    CU_ASSERT_TRUE_FATAL(scenario_load_text(octets_of(text), "clock.json", NULL, &set));
    struct meeting meeting = {.step = step, .loop = loop_live_new(NULL)};
    CU_ASSERT_PTR_NOT_NULL_FATAL(meeting.loop);
    const struct centre_options options = {.listen = {.address = "127.0.0.1"},
                                           .scenario = set.at[0],
                                           .clock = {.pace = 1, .sender_limit = USEC_PER_SEC}};
    meeting.centre = centre_open(meeting.loop, &options, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(meeting.centre);
    const struct endpoint *at = centre_endpoint(meeting.centre);
    usec begin = loop_now(meeting.loop);
    meeting.silent = conn_connect(meeting.loop, at, &handler, &meeting, NULL);
    meeting.talking = conn_connect(meeting.loop, at, &handler, &meeting, NULL);
    timer_init(&meeting.turn, meeting_turn);
    loop_timer_set(meeting.loop, &meeting.turn, begin);
    loop_run(meeting.loop);
    CU_ASSERT_TRUE(meeting.silent_cut);
    CU_ASSERT(meeting.cut_at - begin >= 300 * USEC_PER_MSEC);
    CU_ASSERT_FALSE(meeting.talking_cut);
    CU_ASSERT(meeting.replies >= 10);
    loop_timer_cancel(meeting.loop, &meeting.turn);
    if (meeting.silent)
        conn_close(meeting.silent, CONN_CLOSE_RESET);
    if (meeting.talking)
        conn_close(meeting.talking, CONN_CLOSE_RESET);
    centre_close(meeting.centre);
    loop_run(meeting.loop);
    loop_free(meeting.loop);
    scenario_set_free(&set);
    wall.step = 0;
}

static void test_the_idle_limit_holds(void)
{
    meet_while_it_steps(TEN_YEARS / 100);
    meet_while_it_steps(-DAY);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"deadlines hold", test_deadlines_hold},
        {"the idle limit holds", test_the_idle_limit_holds},
    };
    return unit_main("clock", tests, sizeof tests / sizeof *tests, argc, argv);
}
