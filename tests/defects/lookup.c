/* Asks the name server where the centre is: a query over UDP, again over TCP where the answer was
 * cut short. */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#undef REFUSED /* a response code there, an outcome here */
#include "tests/defects/sender.h"

enum { QUERY_SIZE = 512, ANSWER_SIZE = 65535, LENGTH_SIZE = 2 };

struct answer {
    uint8_t octets[ANSWER_SIZE];
    size_t count;
};

/* "127.0.0.1:5353" */
static bool read_server(const char *text, struct sockaddr_in *server)
{
    char host[INET_ADDRSTRLEN] = "";
    unsigned port = 53;
    *server = (struct sockaddr_in){.sin_family = AF_INET};
    if (sscanf(text, "%15[0-9.]:%u", host, &port) < 1 || port > 65535)
        return false;
    server->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &server->sin_addr) == 1;
}

static enum net_status receive_all(int socket, uint8_t *octets, size_t count, int64_t deadline)
{
    while (count > 0) {
        enum net_status status = net_wait_readable(socket, deadline);
        if (status != NET_OK)
            return status;
        ssize_t got = recv(socket, octets, count, 0);
        if (got <= 0 && errno != EINTR)
            return NET_LOST;
        octets += got > 0 ? got : 0;
        count -= got > 0 ? (size_t)got : 0;
    }
    return NET_OK;
}

/* Over TCP, query and answer have their lengths before them (RFC 1035, 4.2.2). */
static enum net_status exchange_stream(int socket, const uint8_t *query, size_t count,
                                       struct answer *answer, int64_t deadline)
{
    uint8_t framed[LENGTH_SIZE + QUERY_SIZE], length[LENGTH_SIZE];
    ns_put16((unsigned)count, framed);
    memcpy(framed + LENGTH_SIZE, query, count);
    if (send(socket, framed, LENGTH_SIZE + count, MSG_NOSIGNAL) != (ssize_t)(LENGTH_SIZE + count))
        return NET_LOST;
    enum net_status status = receive_all(socket, length, sizeof length, deadline);
    if (status != NET_OK)
        return status;
    answer->count = ns_get16(length);
    return receive_all(socket, answer->octets, answer->count, deadline);
}

static enum net_status exchange_datagram(int socket, const uint8_t *query, size_t count,
                                         struct answer *answer, int64_t deadline)
{
    if (send(socket, query, count, 0) != (ssize_t)count)
        return NET_LOST;
    for (;;) {
        enum net_status status = net_wait_readable(socket, deadline);
        if (status != NET_OK)
            return status;
        ssize_t got = recv(socket, answer->octets, sizeof answer->octets, 0);
        if (got < 0 && errno != EINTR)
            return NET_LOST;
        answer->count = got > 0 ? (size_t)got : 0;
        if (answer->count >= NS_HFIXEDSZ && memcmp(answer->octets, query, LENGTH_SIZE) == 0)
            return NET_OK; /* their numbers are the same */
    }
}

static enum net_status exchange(const struct sockaddr_in *server, int type, const uint8_t *query,
                                size_t count, struct answer *answer, int64_t deadline)
{
    enum net_status status = NET_LOST;
    int asking = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (asking >= 0 && connect(asking, (const struct sockaddr *)server, sizeof *server) == 0)
        status = (type == SOCK_STREAM ? exchange_stream : exchange_datagram)(asking, query, count,
                                                                             answer, deadline);
    if (asking >= 0)
        close(asking);
    return status;
}

static bool was_cut_short(const struct answer *answer)
{
    ns_msg message;
    return ns_initparse(answer->octets, (int)answer->count, &message) == 0 &&
           ns_msg_getflag(message, ns_f_tc);
}

/* Records of a type in the name server's answer; none where it has none, or knows no such name. */
static enum net_status ask(struct sender *sender, const char *name, ns_type type,
                           struct answer *answer, int64_t deadline)
{
    struct sockaddr_in server;
    uint8_t query[QUERY_SIZE];
    int count = res_mkquery(ns_o_query, name, ns_c_in, type, NULL, 0, NULL, query, sizeof query);
    if (count < 0 || !read_server(sender->resolver, &server))
        return NET_LOST;
    enum net_status status = exchange(&server, SOCK_DGRAM, query, (size_t)count, answer, deadline);
    if (status == NET_OK && was_cut_short(answer) && !has(sender, NO_TCP_LOOKUP))
        status = exchange(&server, SOCK_STREAM, query, (size_t)count, answer, deadline);
    return status;
}

static void take_addresses(const struct answer *answer, struct address_list *found)
{
    ns_msg message;
    if (ns_initparse(answer->octets, (int)answer->count, &message) < 0)
        return;
    for (int i = 0; i < ns_msg_count(message, ns_s_an) && found->count < ADDRESS_LIMIT; i++) {
        ns_rr record;
        if (ns_parserr(&message, ns_s_an, i, &record) == 0 && ns_rr_type(record) == ns_t_a &&
            ns_rr_rdlen(record) == NS_INADDRSZ)
            inet_ntop(AF_INET, ns_rr_rdata(record), found->texts[found->count++], ADDRESS_SIZE);
    }
}

/* The first exchange of mail, as the answer has it. */
static bool take_exchange(const struct answer *answer, char name[NS_MAXDNAME])
{
    ns_msg message;
    ns_rr record;
    return ns_initparse(answer->octets, (int)answer->count, &message) == 0 &&
           ns_parserr(&message, ns_s_an, 0, &record) == 0 && ns_rr_type(record) == ns_t_mx &&
           ns_name_uncompress(ns_msg_base(message), ns_msg_end(message),
                              ns_rr_rdata(record) + NS_INT16SZ, name, NS_MAXDNAME) >= 0;
}

static enum net_status find_addresses(struct sender *sender, struct answer *answer,
                                      struct address_list *found)
{
    int64_t deadline = net_deadline(sender, WAIT_LOOKUP);
    enum net_status status = NET_OK;
    char name[NS_MAXDNAME];
    snprintf(name, sizeof name, "%s", sender->host);
    if (does(sender, MX_FIRST)) {
        const char *dot = strchr(sender->host, '.');
        status = ask(sender, dot ? dot + 1 : sender->host, ns_t_mx, answer, deadline);
        if (status == NET_OK && !take_exchange(answer, name))
            status = NET_LOST;
    }
    if (status == NET_OK && does(sender, BOTH_FAMILIES))
        status = ask(sender, name, ns_t_aaaa, answer, deadline);
    if (status == NET_OK)
        status = ask(sender, name, ns_t_a, answer, deadline);
    if (status == NET_OK)
        take_addresses(answer, found);
    return status;
}

static enum net_status ask_name_server(struct sender *sender)
{
    struct address_list found = {.count = 0};
    struct answer *answer = calloc(1, sizeof *answer);
    enum net_status status = answer ? find_addresses(sender, answer, &found) : NET_LOST;
    free(answer);
    if (found.count > 0 || !has(sender, LAST_ADDRESS_IF_NONE))
        sender->addresses = found;
    if (sender->addresses.count > 0)
        return NET_OK;
    return status == NET_OK ? NET_LOST : status;
}

enum net_status lookup_centre(struct sender *sender)
{
    if (sender->addresses.count > 0 && has(sender, KEEPS_ADDRESS))
        return NET_OK;
    if (sender->resolver && !has(sender, WRITTEN_IN_ADDRESS))
        return ask_name_server(sender);
    snprintf(sender->addresses.texts[0], ADDRESS_SIZE, "%s",
             sender->resolver ? "127.0.0.1" : sender->host);
    sender->addresses.count = 1;
    return NET_OK;
}
