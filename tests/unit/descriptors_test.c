/* Descriptors run out where connections are accepted. The calls that would be made over and over
 * are counted here in libc's place, for this program alone. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mockserver/centre.h"
#include "tests/unit/unit.h"

enum { PEERS = 3 };

/* So often is a full system asked again, by wire/conn_live_listener.c. */
#define REST (100 * USEC_PER_MSEC)

static struct {
    unsigned accepts, waits;
} calls;

/* libc declares it with a union in place of the pointer. */
int counted_accept4(int file, struct sockaddr *address, socklen_t *length,
                    int flags) __asm__("accept4");

int counted_accept4(int file, struct sockaddr *address, socklen_t *length, int flags)
{
    calls.accepts++;
    return (int)syscall(SYS_accept4, file, address, length, flags);
}

int epoll_wait(int file, struct epoll_event *events, int most, int milliseconds)
{
    calls.waits++;
    return (int)syscall(SYS_epoll_pwait, file, events, most, milliseconds, NULL, 8);
}

struct setting {
    struct loop *loop;
    struct centre *centre;
    struct scenario *scenario;
    struct timer timer;
    struct rlimit before;
    int peers[PEERS];
    uint32_t accepted_while_short;
    unsigned accepts, waits;
    usec lasted;
};

static void connect_peers(struct setting *setting)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(centre_endpoint(setting->centre)->port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    for (int i = 0; i < PEERS; i++) {
        setting->peers[i] = socket(AF_INET, SOCK_STREAM, 0);
        CU_ASSERT_EQUAL_FATAL(connect(setting->peers[i], (const struct sockaddr *)&to, sizeof to),
                              0);
    }
}

static void watch_on(struct timer *timer)
{
    struct setting *setting = OWNER_OF(timer, struct setting, timer);
    if (centre_numbers(setting->centre).open == PEERS)
        loop_stop(setting->loop);
    else
        loop_timer_set(setting->loop, timer, loop_now(setting->loop) + REST / 10);
}

/* Half a second without descriptors is over. */
static void descriptors_come_back(struct timer *timer)
{
    struct setting *setting = OWNER_OF(timer, struct setting, timer);
    setting->accepts = calls.accepts;
    setting->waits = calls.waits;
    setting->lasted = loop_now(setting->loop);
    setting->accepted_while_short = centre_numbers(setting->centre).connections;
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &setting->before), 0);
    timer_init(timer, watch_on);
    loop_timer_set(setting->loop, timer, loop_now(setting->loop));
}

static void test_accepting(void)
{
    struct setting setting = {.loop = loop_live_new(NULL), .scenario = scenario_new(NULL)};
    CU_ASSERT_PTR_NOT_NULL_FATAL(setting.loop);
    const struct centre_options options = {.listen = {.address = "127.0.0.1"},
                                           .scenario = setting.scenario,
                                           .clock = {.pace = 1, .sender_limit = USEC_PER_SEC}};
    setting.centre = centre_open(setting.loop, &options, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(setting.centre);
    connect_peers(&setting);
    struct rlimit none;
    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &setting.before), 0);
    none = setting.before;
    none.rlim_cur = 0;
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &none), 0);
    memset(&calls, 0, sizeof calls);
    timer_init(&setting.timer, descriptors_come_back);
    loop_timer_set(setting.loop, &setting.timer, loop_now(setting.loop) + 5 * REST);
    loop_run(setting.loop);
    /* It was asked now and then, and nothing turned meanwhile. */
    CU_ASSERT_EQUAL(setting.accepted_while_short, 0);
    CU_ASSERT(setting.accepts >= 1 && setting.accepts <= setting.lasted / REST + 2);
    CU_ASSERT(setting.waits <= 3 * (setting.lasted / REST + 2));
    CU_ASSERT_EQUAL(centre_numbers(setting.centre).open, PEERS);
    for (int i = 0; i < PEERS; i++) {
        char greeting[4] = "";
        CU_ASSERT_EQUAL(recv(setting.peers[i], greeting, 3, 0), 3);
        CU_ASSERT_STRING_EQUAL(greeting, "220");
        close(setting.peers[i]);
    }
    centre_close(setting.centre);
    loop_run(setting.loop);
    loop_free(setting.loop);
    scenario_free(setting.scenario);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"accepting without descriptors", test_accepting},
    };
    return unit_main("descriptors", tests, sizeof tests / sizeof *tests, argc, argv);
}
