/* Streams over real TCP: what the system must do for us, and what a peer of another make sees. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/ends.h"
#include "tests/unit/unit.h"

/* --- a plain socket as the peer --- */

static int raw_socket(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    CU_ASSERT_TRUE_FATAL(fd >= 0);
    return fd;
}

static struct sockaddr_in address_of(const struct endpoint *endpoint)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(endpoint->port)};
    inet_pton(AF_INET, endpoint->address, &address.sin_addr);
    return address;
}

static int raw_connect(const struct endpoint *to)
{
    struct sockaddr_in address = address_of(to);
    int fd = raw_socket();
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        CU_ASSERT_TRUE(errno == EINPROGRESS || errno == ECONNREFUSED);
    return fd;
}

static int state_of(int fd)
{
    struct tcp_info info;
    socklen_t length = sizeof info;
    CU_ASSERT_EQUAL(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length), 0);
    return info.tcpi_state;
}

/* Waits (as long as it takes) until the connect was answered; gives its error. */
static int answer_of(int fd)
{
    struct pollfd poll_fd = {fd, POLLOUT, 0};
    int error = -1;
    socklen_t length = sizeof error;
    CU_ASSERT_EQUAL(poll(&poll_fd, 1, 20000), 1);
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    return error;
}

static void faces_of_the_system(struct ends *ends)
{
    CU_ASSERT_TRUE(listener_set_face(ends->listener, LISTENER_REFUSES, NULL));
    int fd = raw_connect(&ends->at);
    CU_ASSERT_EQUAL(answer_of(fd), ECONNREFUSED);
    close(fd);
    /* nobody else gets the port meanwhile */
    struct sockaddr_in address = address_of(&ends->at);
    fd = raw_socket();
    CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&address, sizeof address), -1);
    CU_ASSERT_EQUAL(errno, EADDRINUSE);
    close(fd);

    CU_ASSERT_TRUE(listener_set_face(ends->listener, LISTENER_SILENT, NULL));
    int waiting[3];
    for (int i = 0; i < 3; i++) {
        waiting[i] = raw_connect(&ends->at);
        CU_ASSERT_EQUAL(state_of(waiting[i]), TCP_SYN_SENT);
    }
    for (int i = 0; i < 3; i++)
        close(waiting[i]);

    CU_ASSERT_TRUE(listener_set_face(ends->listener, LISTENER_ANSWERS, NULL));
    fd = raw_connect(&ends->at);
    CU_ASSERT_EQUAL(answer_of(fd), 0);
    ends->server.on_opened = side_reset_now;
    ends->closes_left = 1;
    CU_ASSERT_TRUE(ends_run(ends));
    CU_ASSERT_EQUAL(ends->accepted, 1); /* the backlog's fillers are nobody's */
    close(fd);
}

static void test_faces_of_the_system(void)
{
    ends_in(ENDS_LIVE, faces_of_the_system);
}

/* The accepted descriptor whose peer has that port. */
static int accepted_from(uint16_t port)
{
    for (int fd = 3; fd < 1024; fd++) {
        struct sockaddr_in peer;
        socklen_t length = sizeof peer;
        if (getpeername(fd, (struct sockaddr *)&peer, &length) == 0 && ntohs(peer.sin_port) == port)
            return fd;
    }
    return -1;
}

static uint16_t raw_port;

static void look_at_socket(struct ends *ends, struct conn *conn)
{
    ends_adopt(&ends->server, conn);
    int fd = accepted_from(raw_port), value = 0;
    socklen_t length = sizeof value;
    CU_ASSERT_TRUE_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &length), 0);
    CU_ASSERT_EQUAL(value, 1);
    CU_ASSERT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
    CU_ASSERT_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    side_close(&ends->server, CONN_CLOSE_RESET);
}

static void options(struct ends *ends)
{
    ends->on_accepted = look_at_socket;
    ends->closes_left = 1;
    int fd = raw_connect(&ends->at);
    struct sockaddr_in own = {0};
    socklen_t length = sizeof own;
    CU_ASSERT_EQUAL(answer_of(fd), 0);
    CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&own, &length), 0);
    raw_port = ntohs(own.sin_port);
    CU_ASSERT_TRUE(ends_run(ends));
    char octet;
    struct pollfd poll_fd = {fd, POLLIN, 0};
    CU_ASSERT_EQUAL(poll(&poll_fd, 1, 20000), 1);
    CU_ASSERT_EQUAL(recv(fd, &octet, 1, 0), -1);
    CU_ASSERT_EQUAL(errno, ECONNRESET); /* a real RST */
    close(fd);
}

static void test_options(void)
{
    ends_in(ENDS_LIVE, options);
}

/* --- addresses --- */

static void peer_is_v6(void *owner, struct conn *conn, const struct endpoint *peer)
{
    *(bool *)owner = strcmp(peer->address, "::1") == 0;
    loop_stop(conn_loop(conn));
}

static void test_v6(void)
{
    bool seen = false;
    struct loop *loop = loop_live_new(NULL);
    struct listener_options options = {
        .endpoint = {"::1", 0}, .accepted = peer_is_v6, .owner = &seen};
    struct listener *listener = listener_open(loop, &options, NULL);
    if (listener) { /* a machine without IPv6 has nothing to test */
        struct conn_handler none = {0};
        struct conn *conn = conn_connect(loop, listener_endpoint(listener), &none, NULL, NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(conn);
        loop_run(loop);
        CU_ASSERT_TRUE(seen);
        conn_close(conn, CONN_CLOSE_RESET);
        listener_close(listener);
    }
    loop_free(loop);
}

static void bad_addresses(struct ends *ends)
{
    struct problem problem = {""};
    struct listener_options options = {.endpoint = ends->at, .accepted = NULL};
    char expected[256], text[ENDPOINT_TEXT_SIZE];
    CU_ASSERT_PTR_NULL(listener_open(ends->loop, &options, &problem));
    snprintf(expected, sizeof expected, "%s: cannot bind: Address already in use",
             endpoint_format(&ends->at, text));
    /* Which of the two calls finds out is the system's affair. */
    CU_ASSERT_TRUE(strcmp(problem.text, expected) == 0 || strstr(problem.text, "in use"));
    strcpy(options.endpoint.address, "mail.naccs6");
    CU_ASSERT_PTR_NULL(listener_open(ends->loop, &options, &problem));
    CU_ASSERT_STRING_EQUAL(problem.text, "\"mail.naccs6\" is no numeric address");
    struct conn_handler none = {0};
    CU_ASSERT_PTR_NULL(conn_connect(ends->loop, &options.endpoint, &none, NULL, &problem));
}

static void test_bad_addresses(void)
{
    ends_in(ENDS_LIVE, bad_addresses);
}

/* --- descriptors run out --- */

static void restore_limit(struct timer *timer)
{
    struct ends *ends = OWNER_OF(timer, struct ends, timer);
    struct rlimit limit;
    CU_ASSERT_EQUAL(ends->accepted, 0);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void out_of_descriptors(struct ends *ends)
{
    struct rlimit before, none;
    int fd = raw_connect(&ends->at);
    getrlimit(RLIMIT_NOFILE, &before);
    none = before;
    none.rlim_cur = 3;
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &none), 0);
    ends_after(ends, 250 * USEC_PER_MSEC, restore_limit);
    ends->server.on_opened = side_reset_now;
    ends->closes_left = 1;
    CU_ASSERT_TRUE(ends_run(ends));
    setrlimit(RLIMIT_NOFILE, &before);
    CU_ASSERT_EQUAL(ends->accepted, 1);
    CU_ASSERT_TRUE(ends->server.last >= 300 * USEC_PER_MSEC); /* at the fourth try, no sooner */
    close(fd);
}

static void test_out_of_descriptors(void)
{
    if (getenv("UNDER_VALGRIND")) {
        puts("skipped: valgrind needs descriptors of its own");
        return;
    }
    ends_in(ENDS_LIVE, out_of_descriptors);
}

/* --- ten thousand at once: the guests are another process, for each has a limit of its own --- */

enum { PEOPLE = 10000, OTHER_DESCRIPTORS = 100 };

struct crowd {
    struct loop *loop;
    struct listener *listener;
    struct conn **conns;
    struct endpoint at;
    size_t stand, heard, gone;
};

static void host_received(void *owner, struct conn *conn, struct octets octets)
{
    struct crowd *crowd = owner;
    CU_ASSERT_TRUE(octets_equal(octets, OCTETS("hello")));
    conn_send(conn, octets);
    conn_close(conn, CONN_CLOSE_FIN);
    crowd->heard++;
}

static void host_ended(void *owner, struct conn *conn, enum conn_end end)
{
    (void)owner, (void)end;
    CU_FAIL("a guest left early");
    conn_close(conn, CONN_CLOSE_RESET);
}

static void host_accepted(void *owner, struct conn *conn, const struct endpoint *peer)
{
    static const struct conn_handler host = {NULL, host_received, host_ended, NULL};
    struct crowd *crowd = owner;
    (void)peer;
    conn_adopt(conn, &host, crowd);
    crowd->conns[crowd->stand++] = conn;
    if (crowd->stand < PEOPLE)
        return;
    listener_close(crowd->listener);
    for (size_t i = 0; i < PEOPLE; i++) /* all stand at once */
        conn_send(crowd->conns[i], OCTETS("speak"));
}

static void guest_opened(void *owner, struct conn *conn);
static void guest_received(void *owner, struct conn *conn, struct octets octets)
{
    struct crowd *crowd = owner;
    if (octets_equal(octets, OCTETS("speak")))
        conn_send(conn, OCTETS("hello"));
    else if (octets_equal(octets, OCTETS("hello")))
        crowd->heard++;
}

static void guest_ended(void *owner, struct conn *conn, enum conn_end end)
{
    struct crowd *crowd = owner;
    crowd->gone += end == CONN_END_FIN;
    conn_close(conn, CONN_CLOSE_FIN);
}

static void guest_connects(struct crowd *crowd)
{
    static const struct conn_handler guest = {guest_opened, guest_received, guest_ended, NULL};
    if (crowd->stand < PEOPLE && conn_connect(crowd->loop, &crowd->at, &guest, crowd, NULL))
        crowd->stand++;
}

static void guest_opened(void *owner, struct conn *conn)
{
    (void)conn;
    guest_connects(owner);
}

/* The other process: connects one after the other, and says how it went by its status. */
static void be_the_guests(int from_host)
{
    struct crowd crowd = {.loop = loop_live_new(NULL)};
    if (!crowd.loop || read(from_host, &crowd.at, sizeof crowd.at) != sizeof crowd.at)
        _exit(2);
    guest_connects(&crowd);
    loop_run(crowd.loop);
    loop_free(crowd.loop);
    _exit(crowd.heard == PEOPLE && crowd.gone == PEOPLE ? 0 : 1);
}

static void be_the_host(int to_guests)
{
    struct crowd crowd = {.loop = loop_live_new(NULL)};
    struct listener_options options = {
        .endpoint = {"127.0.0.1", 0}, .accepted = host_accepted, .owner = &crowd};
    crowd.conns = calloc(PEOPLE, sizeof *crowd.conns);
    crowd.listener = listener_open(crowd.loop, &options, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(crowd.listener);
    crowd.at = *listener_endpoint(crowd.listener);
    CU_ASSERT_EQUAL(write(to_guests, &crowd.at, sizeof crowd.at), sizeof crowd.at);
    loop_run(crowd.loop);
    CU_ASSERT_EQUAL(crowd.stand, PEOPLE);
    CU_ASSERT_EQUAL(crowd.heard, PEOPLE);
    free(crowd.conns);
    loop_free(crowd.loop);
}

static void test_ten_thousand(void)
{
    struct rlimit before, more;
    int ends[2], status = -1;
    if (getenv("UNDER_VALGRIND")) {
        puts("skipped: valgrind needs descriptors of its own");
        return;
    }
    getrlimit(RLIMIT_NOFILE, &before);
    more = (struct rlimit){PEOPLE + OTHER_DESCRIPTORS, before.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &more) != 0) {
        puts("skipped: the limit of descriptors is too low");
        return;
    }
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    pid_t guests = fork();
    CU_ASSERT_TRUE_FATAL(guests >= 0);
    if (guests == 0)
        be_the_guests(ends[0]);
    be_the_host(ends[1]);
    CU_ASSERT_EQUAL(waitpid(guests, &status, 0), guests);
    CU_ASSERT_EQUAL(status, 0);
    close(ends[0]);
    close(ends[1]);
    setrlimit(RLIMIT_NOFILE, &before);
}

/* --- acknowledging --- */

enum { EXCHANGES = 8 }; /* the system takes this for a dialogue then, and puts its answers off */

static bool acknowledges_at_once(void)
{
    int fd = accepted_from(raw_port), value = -1;
    socklen_t length = sizeof value;
    CU_ASSERT_TRUE_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(getsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &value, &length), 0);
    return value != 0;
}

static void answer_or_acknowledge(struct side *side)
{
    if (side->got.count < EXCHANGES) {
        side_say(side, "b");
        return;
    }
    /* One that answers slowly, as under valgrind, is acknowledged for at once anyway. */
    if (acknowledges_at_once())
        puts("skipped: too slow for the system to put its answers off");
    conn_acknowledge(side->conn);
    CU_ASSERT_TRUE(acknowledges_at_once());
    side_close(side, CONN_CLOSE_RESET);
}

static void ask_again(struct side *side)
{
    side_say(side, "a");
}

static void note_port(struct ends *ends, struct conn *conn)
{
    ends_adopt(&ends->server, conn);
    for (int fd = 3; fd < 1024; fd++) {
        struct sockaddr_in own, peer;
        socklen_t length = sizeof own;
        if (getsockname(fd, (struct sockaddr *)&own, &length) == 0 &&
            ntohs(own.sin_port) == ends->at.port &&
            getpeername(fd, (struct sockaddr *)&peer, &length) == 0)
            raw_port = ntohs(peer.sin_port);
    }
}

static void acknowledging(struct ends *ends)
{
    ends->on_accepted = note_port;
    ends->client.on_opened = ask_again;
    ends->client.on_received = ask_again;
    ends->client.on_ended = side_close_at_end;
    ends->server.on_received = answer_or_acknowledge;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
}

static void test_acknowledging(void)
{
    ends_in(ENDS_LIVE, acknowledging);
}

/* --- a loop that is freed while connections still linger --- */

static void stop_when_closed(struct side *side)
{
    side_close(side, CONN_CLOSE_FIN);
    ends_over_now(side->ends);
}

static void lingering(struct ends *ends)
{
    ends->client.on_opened = stop_when_closed;
    ends->server.on_ended = side_close_at_end;
    ends_connect(ends);
    CU_ASSERT_TRUE(ends_run(ends));
}

static void test_lingering(void)
{
    ends_in(ENDS_LIVE, lingering);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"faces of the system", test_faces_of_the_system},
        {"options", test_options},
        {"v6", test_v6},
        {"bad addresses", test_bad_addresses},
        {"out of descriptors", test_out_of_descriptors},
        {"ten thousand", test_ten_thousand},
        {"acknowledging", test_acknowledging},
        {"lingering", test_lingering},
    };
    return unit_main("conn live", tests, sizeof tests / sizeof *tests, argc, argv);
}
