#include "wire/datagram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/address.h"

enum { LARGEST = 65535 };

struct datagram {
    struct loop *loop;
    struct loop_watch watch;
    struct endpoint endpoint;
    void (*received)(void *owner, const struct endpoint *from, struct octets octets);
    void *owner;
    uint8_t input[LARGEST];
};

/* One at a time, so that the socket may be closed in between. */
static void ready(struct loop_watch *watch)
{
    struct datagram *datagram = OWNER_OF(watch, struct datagram, watch);
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    ssize_t count = recvfrom(watch->fd, datagram->input, sizeof datagram->input, 0,
                             (struct sockaddr *)&address, &length);
    if (count < 0)
        return; /* nothing there, or an error that an earlier datagram of ours brought back */
    struct endpoint from = endpoint_of(&address);
    datagram->received(datagram->owner, &from, (struct octets){datagram->input, (size_t)count});
}

/* A socket that is bound; -1 with a problem. */
static int bound_socket(const struct endpoint *endpoint, struct problem *problem)
{
    struct sockaddr_storage address;
    socklen_t length;
    char text[ENDPOINT_TEXT_SIZE];
    if (!address_of(endpoint, &address, &length)) {
        problem_set(problem, "\"%s\" is no numeric address", endpoint->address);
        return -1;
    }
    int fd = socket(address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, length) == 0)
        return fd;
    problem_set(problem, "%s: cannot take datagrams: %s", endpoint_format(endpoint, text),
                strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

struct datagram *datagram_open(struct loop *loop, const struct datagram_options *options,
                               struct problem *problem)
{
    struct datagram *datagram = malloc(sizeof *datagram);
    if (!datagram) {
        problem_set(problem, "no memory for datagrams");
        return NULL;
    }
    *datagram =
        (struct datagram){.loop = loop, .received = options->received, .owner = options->owner};
    datagram->watch.ready = ready;
    int fd = bound_socket(&options->endpoint, problem);
    if (fd < 0 || !loop_watch_start(loop, &datagram->watch, fd, problem)) {
        if (fd >= 0)
            close(fd);
        free(datagram);
        return NULL;
    }
    datagram->endpoint = local_endpoint(fd);
    return datagram;
}

const struct endpoint *datagram_endpoint(const struct datagram *datagram)
{
    return &datagram->endpoint;
}

void datagram_send(struct datagram *datagram, const struct endpoint *to, struct octets octets)
{
    struct sockaddr_storage address;
    socklen_t length;
    if (address_of(to, &address, &length))
        (void)!sendto(datagram->watch.fd, octets.at, octets.count, 0, (struct sockaddr *)&address,
                      length);
}

void datagram_close(struct datagram *datagram)
{
    if (!datagram)
        return;
    loop_watch_stop(datagram->loop, &datagram->watch);
    close(datagram->watch.fd);
    free(datagram);
}
