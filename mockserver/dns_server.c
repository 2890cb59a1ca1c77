/* The name server on the network. Whoever asks is bounded in everything: answers that wait, and
 * over TCP connections, octets of a message, and time. */
#include <stdio.h>
#include <stdlib.h>

#include "mockserver/dns.h"
#include "wire/buf.h"
#include "wire/conn.h"
#include "wire/datagram.h"

enum {
    WAITING_LIMIT = 1024, /* answers; further ones are dropped */
    LINK_LIMIT = 64,      /* TCP connections at once; further ones wait in the backlog */
    PORT_TRIES = 16,
    LENGTH_SIZE = 2, /* of the length before each message (RFC 1035 §4.2.2) */
};

/* A TCP connection that says nothing for so long is closed (RFC 7766 §6.2.3). */
static const usec link_idle = 10 * USEC_PER_SEC;

struct link {
    struct dns_server *server;
    struct conn *conn;
    struct link *previous, *next;
    struct timer idle;
    struct buf input;
    unsigned waiting; /* answers that are due here */
    bool ended;       /* the peer sends no more */
};

/* An answer whose time has not come. */
struct waiting {
    struct dns_server *server;
    struct waiting *previous, *next;
    struct timer timer;
    struct dns_reply reply;
    struct endpoint to; /* of datagrams */
    struct link *link;  /* null: a datagram */
};

struct dns_server {
    struct loop *loop;
    struct dns *dns;
    struct transcript_sink sink;
    struct datagram *datagram;
    struct listener *listener;
    struct link *links;
    unsigned link_count;
    struct waiting *waiting;
    unsigned waiting_count;
};

static void link_close(struct link *link, enum conn_close how);

/* --- answers --- */

static void waiting_free(struct waiting *waiting)
{
    struct dns_server *server = waiting->server;
    if (waiting->next)
        waiting->next->previous = waiting->previous;
    if (waiting->previous)
        waiting->previous->next = waiting->next;
    else
        server->waiting = waiting->next;
    server->waiting_count--;
    loop_timer_cancel(server->loop, &waiting->timer);
    dns_reply_free(&waiting->reply);
    free(waiting);
}

static void send_over(struct link *link, const struct dns_reply *reply)
{
    const uint8_t length[LENGTH_SIZE] = {(uint8_t)(reply->count >> 8), (uint8_t)reply->count};
    bool sent = conn_send(link->conn, (struct octets){length, sizeof length}) &&
                conn_send(link->conn, (struct octets){reply->octets, reply->count});
    if (!sent)
        link_close(link, CONN_CLOSE_RESET);
    else if (link->ended && link->waiting == 0)
        link_close(link, CONN_CLOSE_FIN);
}

static void answer_is_due(struct timer *timer)
{
    struct waiting *waiting = OWNER_OF(timer, struct waiting, timer);
    struct dns_server *server = waiting->server;
    const struct dns_reply *reply = &waiting->reply;
    struct link *link = waiting->link;
    dns_tell_answer(&server->sink, server->loop, reply);
    if (link)
        link->waiting--;
    else if (reply->octets)
        datagram_send(server->datagram, &waiting->to, (struct octets){reply->octets, reply->count});
    waiting->link = NULL; /* which may go now */
    if (link && reply->octets)
        send_over(link, reply);
    waiting_free(waiting);
}

/* `link` null: a datagram. */
static void ask(struct dns_server *server, struct octets query, const struct endpoint *from,
                struct link *link)
{
    struct dns_reply reply;
    if (server->waiting_count >= WAITING_LIMIT ||
        !dns_ask(server->dns, query, link ? DNS_TCP : DNS_UDP, &reply))
        return;
    dns_tell_query(&server->sink, server->loop, &reply);
    struct waiting *waiting = malloc(sizeof *waiting);
    if (!waiting) {
        dns_reply_free(&reply);
        return;
    }
    *waiting =
        (struct waiting){.server = server, .reply = reply, .link = link, .next = server->waiting};
    if (from)
        waiting->to = *from;
    timer_init(&waiting->timer, answer_is_due);
    if (server->waiting)
        server->waiting->previous = waiting;
    server->waiting = waiting;
    server->waiting_count++;
    if (link)
        link->waiting++;
    if (reply.delay <= 0)
        answer_is_due(&waiting->timer);
    else if (!loop_timer_set(server->loop, &waiting->timer, loop_now(server->loop) + reply.delay))
        answer_is_due(&waiting->timer);
}

static void asked(void *owner, const struct endpoint *from, struct octets octets)
{
    ask(owner, octets, from, NULL);
}

/* --- TCP --- */

static void link_close(struct link *link, enum conn_close how)
{
    struct dns_server *server = link->server;
    for (struct waiting *waiting = server->waiting, *next; waiting; waiting = next) {
        next = waiting->next;
        if (waiting->link == link)
            waiting_free(waiting);
    }
    if (link->next)
        link->next->previous = link->previous;
    if (link->previous)
        link->previous->next = link->next;
    else
        server->links = link->next;
    if (server->link_count-- == LINK_LIMIT && server->listener)
        listener_resume(server->listener);
    loop_timer_cancel(server->loop, &link->idle);
    conn_close(link->conn, how);
    buf_free(&link->input);
    free(link);
}

static bool link_renew(struct link *link)
{
    struct loop *loop = link->server->loop;
    return loop_timer_set(loop, &link->idle, loop_now(loop) + link_idle);
}

static void link_idle_over(struct timer *timer)
{
    struct link *link = OWNER_OF(timer, struct link, idle);
    if (link->waiting == 0 || !link_renew(link))
        link_close(link, CONN_CLOSE_FIN);
}

/* The messages that are whole. False where the link went. */
static bool take_messages(struct link *link)
{
    struct dns_server *server = link->server;
    for (;;) {
        const struct buf *input = &link->input;
        if (input->count < LENGTH_SIZE)
            return true;
        size_t length = (size_t)input->at[0] << 8 | input->at[1];
        if (input->count < LENGTH_SIZE + length)
            return true;
        unsigned links = server->link_count;
        ask(server, (struct octets){input->at + LENGTH_SIZE, length}, NULL, link);
        if (server->link_count < links)
            return false; /* its reply could not be sent */
        buf_drop(&link->input, LENGTH_SIZE + length);
    }
}

static void link_received(void *owner, struct conn *conn, struct octets octets)
{
    struct link *link = owner;
    (void)conn;
    while (octets.count > 0) {
        size_t room = link->input.limit - link->input.count;
        size_t part = octets.count < room ? octets.count : room;
        if (!buf_append(&link->input, (struct octets){octets.at, part})) {
            link_close(link, CONN_CLOSE_RESET);
            return;
        }
        octets = octets_from(octets, part);
        if (!take_messages(link))
            return;
    }
    if (!link_renew(link))
        link_close(link, CONN_CLOSE_RESET);
}

static void link_ended(void *owner, struct conn *conn, enum conn_end end)
{
    struct link *link = owner;
    (void)conn;
    link->ended = true;
    if (end != CONN_END_FIN || link->waiting == 0)
        link_close(link, end == CONN_END_FIN ? CONN_CLOSE_FIN : CONN_CLOSE_RESET);
}

static const struct conn_handler link_handler = {.received = link_received, .ended = link_ended};

static void accepted(void *owner, struct conn *conn, const struct endpoint *peer)
{
    struct dns_server *server = owner;
    (void)peer;
    struct link *link = malloc(sizeof *link);
    if (!link) {
        conn_close(conn, CONN_CLOSE_RESET);
        return;
    }
    *link = (struct link){.server = server,
                          .conn = conn,
                          .next = server->links,
                          .input = BUF_INIT(LENGTH_SIZE + DNS_MESSAGE_LIMIT)};
    timer_init(&link->idle, link_idle_over);
    if (server->links)
        server->links->previous = link;
    server->links = link;
    if (++server->link_count == LINK_LIMIT)
        listener_pause(server->listener);
    conn_adopt(conn, &link_handler, link);
    if (!link_renew(link))
        link_close(link, CONN_CLOSE_RESET);
}

/* --- opening and closing --- */

/* A port that is free for datagrams may be taken for streams. */
static bool open_both(struct dns_server *server, const struct endpoint *listen,
                      struct problem *problem)
{
    const struct datagram_options options = {*listen, asked, server};
    for (int i = 0; i < (listen->port == 0 ? PORT_TRIES : 1); i++) {
        server->datagram = datagram_open(server->loop, &options, problem);
        if (!server->datagram)
            return false;
        const struct listener_options listening = {.endpoint = *datagram_endpoint(server->datagram),
                                                   .accepted = accepted,
                                                   .owner = server};
        server->listener = listener_open(server->loop, &listening, problem);
        if (server->listener)
            return true;
        datagram_close(server->datagram);
        server->datagram = NULL;
    }
    return false;
}

struct dns_server *dns_server_open(struct loop *loop, const struct dns_server_options *options,
                                   struct problem *problem)
{
    struct dns_server *server = calloc(1, sizeof *server);
    if (!server) {
        problem_set(problem, "no memory for the name server");
        return NULL;
    }
    server->loop = loop;
    server->dns = options->dns;
    server->sink = options->sink;
    if (open_both(server, &options->listen, problem))
        return server;
    dns_server_close(server);
    return NULL;
}

const struct endpoint *dns_server_endpoint(const struct dns_server *server)
{
    return datagram_endpoint(server->datagram);
}

void dns_server_close(struct dns_server *server)
{
    if (!server)
        return;
    if (server->listener)
        listener_close(server->listener);
    server->listener = NULL;
    while (server->links)
        link_close(server->links, CONN_CLOSE_RESET);
    while (server->waiting)
        waiting_free(server->waiting);
    datagram_close(server->datagram);
    free(server);
}
