/* A socket with a deadline on every wait. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/defects/sender.h"

int64_t net_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void net_pause(int64_t microseconds)
{
    struct timespec left = {microseconds / 1000000, microseconds % 1000000 * 1000};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        continue;
}

/* The defect that forgets the limit of each stage; SOUND where there is none. */
static const enum defect unlimited[] = {
    [WAIT_LOOKUP] = NO_LIMIT_LOOKUP,     [WAIT_CONNECT] = NO_LIMIT_CONNECT,
    [WAIT_GREETING] = NO_LIMIT_GREETING, [WAIT_HELO] = NO_LIMIT_HELO,
    [WAIT_MAIL] = NO_LIMIT_MAIL,         [WAIT_RCPT] = NO_LIMIT_RCPT,
    [WAIT_DATA] = NO_LIMIT_DATA,         [WAIT_BODY] = NO_LIMIT_BODY,
    [WAIT_END] = NO_LIMIT_END,           [WAIT_RSET] = NO_LIMIT_RSET,
    [WAIT_QUIT] = NO_LIMIT_QUIT,         [WAIT_OTHER] = SOUND,
};

int64_t net_deadline(const struct sender *sender, enum wait_stage stage)
{
    if (has(sender, NO_LIMIT) || (unlimited[stage] != SOUND && has(sender, unlimited[stage])))
        return INT64_MAX;
    if ((has(sender, LIMIT_ONCE) && sender->messages[0].outcome == ACCEPTED) ||
        (has(sender, LIMIT_FIRST_CONNECTION) && sender->connections > 1))
        return INT64_MAX;
    if (has(sender, SESSION_LIMIT))
        return sender->session_end;
    int64_t limit = sender->limit;
    if (has(sender, HALF_LIMIT))
        limit /= 2;
    if (has(sender, TRIPLE_LIMIT))
        limit *= 3;
    if (has(sender, MILLISECONDS))
        limit /= 1000;
    if (has(sender, SHORT_LOOKUP_LIMIT) && stage == WAIT_LOOKUP)
        limit /= 10;
    if (has(sender, SHORT_FINAL_LIMIT) && stage == WAIT_END)
        limit /= 4;
    if (has(sender, RESENDS_LATE_221) && stage == WAIT_QUIT)
        limit /= 10;
    return net_now() + limit;
}

static enum net_status wait_for(int socket, short events, int64_t deadline)
{
    for (;;) {
        int timeout = -1;
        if (deadline != INT64_MAX) {
            int64_t left = deadline - net_now();
            if (left <= 0)
                return NET_TIMED_OUT;
            timeout = (int)((left + 999) / 1000);
        }
        struct pollfd poll_socket = {.fd = socket, .events = events};
        int ready = poll(&poll_socket, 1, timeout);
        if (ready > 0)
            return NET_OK;
        if (ready < 0 && errno != EINTR)
            return NET_LOST;
    }
}

enum net_status net_wait_readable(int socket, int64_t deadline)
{
    return wait_for(socket, POLLIN, deadline);
}

static enum net_status connect_to(int socket, const struct addrinfo *address, int64_t deadline)
{
    if (connect(socket, address->ai_addr, address->ai_addrlen) == 0)
        return NET_OK;
    if (errno != EINPROGRESS)
        return NET_LOST;
    enum net_status status = wait_for(socket, POLLOUT, deadline);
    int error = 0;
    socklen_t size = sizeof error;
    if (status == NET_OK &&
        (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) < 0 || error != 0))
        return NET_LOST;
    return status;
}

/* Does anybody listen? */
static void probe(const struct addrinfo *address)
{
    int attempt = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (attempt >= 0 && connect_to(attempt, address, net_now() + 100000) == NET_OK)
        net_pause(1000);
    if (attempt >= 0)
        close(attempt);
}

static enum net_status connect_by_name(struct sender *sender, const char *name)
{
    int64_t deadline = net_deadline(sender, WAIT_CONNECT);
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses;
    if (getaddrinfo(name, sender->port, &hints, &addresses) != 0)
        return NET_LOST;
    enum net_status status = NET_LOST;
    if (does(sender, PROBES))
        probe(addresses);
    sender->socket = socket(addresses->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (sender->socket >= 0)
        status = connect_to(sender->socket, addresses, deadline);
    freeaddrinfo(addresses);
    if (status != NET_OK)
        net_close(sender);
    return status;
}

enum net_status net_connect(struct sender *sender)
{
    sender->connections++;
    sender->left = sender->mail_pending = false;
    sender->session_end = net_now() + sender->limit;
    sender->input_count = 0;
    enum net_status status = lookup_centre(sender);
    if (status != NET_OK)
        return status;
    size_t count = has(sender, FIRST_ADDRESS_ONLY) ? 1 : sender->addresses.count;
    status = NET_LOST;
    for (size_t i = 0; i < count && status != NET_OK; i++)
        status = connect_by_name(sender, sender->addresses.texts[i]);
    int on = 1;
    if (status == NET_OK &&
        (does(sender, BYTEWISE) || does(sender, TWO_WRITES) || does(sender, TYPED)))
        setsockopt(sender->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return status;
}

enum net_status net_write(struct sender *sender, const void *octets, size_t count,
                          enum wait_stage stage)
{
    const uint8_t *at = octets;
    int64_t deadline = net_deadline(sender, stage);
    int flags = has(sender, BROKEN_PIPE) ? 0 : MSG_NOSIGNAL;
    size_t octetwise = does(sender, BYTEWISE) ? 4096 : 0;
    size_t first = does(sender, TWO_WRITES) && stage != WAIT_BODY ? count / 2 : 0;
    bool typed = does(sender, TYPED) && stage != WAIT_BODY;
    while (count > 0) {
        size_t piece = typed || octetwise > 0 ? 1 : count < 4096 ? count : 4096;
        if (first > 0)
            piece = first;
        ssize_t written = send(sender->socket, at, piece, flags);
        if (written > 0) {
            at += written;
            count -= (size_t)written;
            octetwise -= octetwise > 0;
            if (first > 0 || typed)
                net_pause(typed ? 1000 : 2000);
            first = 0;
            continue;
        }
        if (errno == ECONNRESET && has(sender, BROKEN_PIPE))
            continue; /* it does not look at what write says */
        if (errno != EAGAIN && errno != EINTR)
            return NET_LOST;
        enum net_status status = wait_for(sender->socket, POLLOUT, deadline);
        if (status != NET_OK)
            return status;
    }
    return NET_OK;
}

enum net_status net_read(struct sender *sender, int64_t deadline)
{
    if (sender->input_count == INPUT_SIZE)
        return NET_LOST;
    for (;;) {
        enum net_status status = wait_for(sender->socket, POLLIN, deadline);
        if (status != NET_OK)
            return status;
        ssize_t count = recv(sender->socket, sender->input + sender->input_count,
                             INPUT_SIZE - sender->input_count, 0);
        if (count > 0) {
            sender->input_count += (size_t)count;
            return NET_OK;
        }
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (!has(sender, END_IS_SILENCE))
            return NET_LOST;
        deadline = INT64_MAX;
        net_pause(100000);
    }
}

void net_close_half(struct sender *sender)
{
    if (sender->socket >= 0)
        shutdown(sender->socket, SHUT_WR);
}

void net_close(struct sender *sender)
{
    struct linger at_once = {.l_onoff = 1};
    if (sender->socket >= 0 && sender->left && does(sender, RESET_BEHIND_221))
        setsockopt(sender->socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    if (sender->socket >= 0)
        close(sender->socket);
    sender->socket = -1;
    sender->input_count = 0;
}

void net_close_behind_centre(struct sender *sender)
{
    int64_t deadline = net_deadline(sender, WAIT_QUIT);
    do
        sender->input_count = 0;
    while (net_read(sender, deadline) == NET_OK);
    net_close(sender);
}
