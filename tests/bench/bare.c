/* The floor: a bare libev loop that looks for CRLF and the end of data, and says canned replies.
 *
 *     bare [ADDRESS [SECONDS]]      binds a free port, prints it, runs until SIGTERM
 *
 * Where SECONDS are given, a sender that says nothing for so long is cut: FIN, and the end when its
 * own FIN has come.
 *
 * It checks nothing, keeps nothing, and never waits for a peer that does not read: no mail server,
 * but what a mail server on libev costs at least. For tests/bench/run alone. */
#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INPUT_SIZE = 256 * 1024, OUTPUT_SIZE = 4096, LINE_SIZE = 1024, TAIL = 4 };

struct session {
    ev_io io;
    ev_timer limit;
    bool in_message, leaves;
    unsigned kept;   /* octets of a command that has not ended */
    char tail[TAIL]; /* the last octets of the message so far */
    char line[];     /* LINE_SIZE, of a command in pieces */
};

struct server {
    ev_io io;
    char *input;
    double limit; /* seconds; 0: none */
};

static char output[OUTPUT_SIZE];
static size_t said;

static void say(const char *reply)
{
    size_t count = strlen(reply);
    if (said + count <= sizeof output) {
        memcpy(output + said, reply, count);
        said += count;
    }
}

static void obey(struct session *session, const char *line)
{
    switch (line[0] & 0x5f) {
    case 'D':
        say("354 send the message\r\n");
        session->in_message = true;
        memcpy(session->tail, "00\r\n", TAIL);
        break;
    case 'Q':
        say("221 closing\r\n");
        session->leaves = true;
        break;
    default:
        say("250 ok\r\n");
    }
}

/* What of the input belongs to the message. */
static size_t take_message(struct session *session, const char *at, size_t count)
{
    static const char end[] = "\r\n.\r\n";
    char seam[2 * TAIL];
    size_t some = count < TAIL ? count : TAIL;
    memcpy(seam, session->tail, TAIL);
    memcpy(seam + TAIL, at, some);
    const char *found = memmem(seam, TAIL + some, end, sizeof end - 1);
    size_t taken = count;
    if (found) {
        taken = (size_t)(found - seam) + sizeof end - 1 - TAIL;
    } else if ((found = memmem(at, count, end, sizeof end - 1))) {
        taken = (size_t)(found - at) + sizeof end - 1;
    } else {
        memcpy(session->tail, seam + some, TAIL);
        if (count > TAIL)
            memcpy(session->tail, at + count - TAIL, TAIL);
    }
    if (found) {
        session->in_message = false;
        say("250 accepted\r\n");
    }
    return taken;
}

static size_t take_command(struct session *session, const char *at, size_t count)
{
    const char *end = memchr(at, '\n', count);
    size_t taken = end ? (size_t)(end - at) + 1 : count;
    if (end && session->kept == 0) {
        obey(session, at);
        return taken;
    }
    size_t some = taken < LINE_SIZE - session->kept ? taken : LINE_SIZE - session->kept;
    memcpy(session->line + session->kept, at, some);
    session->kept += (unsigned)some;
    if (end) {
        session->kept = 0;
        obey(session, session->line);
    }
    return taken;
}

static void finish(struct ev_loop *loop, struct session *session)
{
    ev_io_stop(loop, &session->io);
    ev_timer_stop(loop, &session->limit);
    close(session->io.fd);
    free(session);
}

static void limit_passed(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)events;
    struct session *session = timer->data;
    ev_timer_stop(loop, timer);
    shutdown(session->io.fd, SHUT_WR);
}

static void readable(struct ev_loop *loop, ev_io *io, int events)
{
    (void)events;
    struct session *session = (struct session *)(void *)io;
    struct server *server = ev_userdata(loop);
    ssize_t count = recv(io->fd, server->input, INPUT_SIZE, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0) {
        finish(loop, session);
        return;
    }
    const char *at = server->input, *end = at + count;
    said = 0;
    if (server->limit > 0)
        ev_timer_again(loop, &session->limit);
    while (at < end && !session->leaves)
        at += session->in_message ? take_message(session, at, (size_t)(end - at))
                                  : take_command(session, at, (size_t)(end - at));
    if (said > 0 && send(io->fd, output, said, MSG_NOSIGNAL) < 0)
        session->leaves = true;
    if (session->leaves)
        finish(loop, session);
}

static void acceptable(struct ev_loop *loop, ev_io *io, int events)
{
    (void)events;
    struct server *server = ev_userdata(loop);
    static const char greeting[] = "220 bare\r\n";
    int file;
    while ((file = accept4(io->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct session *session = malloc(sizeof *session + LINE_SIZE);
        if (!session) {
            close(file);
            return;
        }
        session->in_message = session->leaves = false;
        session->kept = 0;
        ev_io_init(&session->io, readable, file, EV_READ);
        ev_io_start(loop, &session->io);
        ev_timer_init(&session->limit, limit_passed, 0., server->limit);
        session->limit.data = session;
        if (server->limit > 0)
            ev_timer_again(loop, &session->limit);
        send(file, greeting, sizeof greeting - 1, MSG_NOSIGNAL);
    }
}

static void stop(struct ev_loop *loop, ev_signal *signal, int events)
{
    (void)signal, (void)events;
    ev_break(loop, EVBREAK_ALL);
}

int main(int argc, char **argv)
{
    const char *text = argc > 1 ? argv[1] : "127.0.0.1";
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int one = 1, file = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct server server = {.input = malloc(INPUT_SIZE),
                            .limit = argc > 2 ? strtod(argv[2], NULL) : 0};
    struct ev_loop *loop = ev_default_loop(EVBACKEND_EPOLL);
    if (!server.input || !loop || inet_pton(AF_INET, text, &address.sin_addr) != 1 || file < 0 ||
        setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 ||
        bind(file, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(file, SOMAXCONN) != 0 ||
        getsockname(file, (struct sockaddr *)&address, &length) != 0) {
        perror("bare");
        return 1;
    }
    printf("%u\n", ntohs(address.sin_port));
    fflush(stdout);
    ev_set_userdata(loop, &server);
    ev_io_init(&server.io, acceptable, file, EV_READ);
    ev_io_start(loop, &server.io);
    ev_signal terminate;
    ev_signal_init(&terminate, stop, SIGTERM);
    ev_signal_start(loop, &terminate);
    ev_run(loop, 0);
    return 0;
}
