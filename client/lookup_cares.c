#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/lookup.h"

/* A and AAAA are asked for at the same time, in this order. */
enum { FAMILY_A, FAMILY_AAAA, FAMILIES };

enum { WATCH_LIMIT = 16 };

/* How long an answer to one of them waits for the other (RFC 8305 §3 grants less). */
static const usec grace = 500 * USEC_PER_MSEC;

struct cares_lookup;

/* A socket of c-ares, in one direction. */
struct cares_watch {
    struct loop_watch watch;
    struct cares_lookup *cares;
    bool used;
};

/* What became of one of the two questions. */
struct cares_question {
    struct cares_lookup *cares;
    bool due;
    int status;
    struct endpoint addresses[CLIENT_LOOKUP_ADDRESSES];
    size_t count;
};

struct cares_lookup {
    struct client_lookup lookup;
    struct loop *loop;
    ares_channel channel;
    struct cares_watch watches[WATCH_LIMIT];
    struct timer timer;   /* when c-ares has something to do */
    struct timer handing; /* hands out the answer, from the loop */
    struct cares_question questions[FAMILIES];
    bool asking, blind; /* blind: a socket could not be watched */
    client_lookup_answered *answered;
    void *owner;
};

static struct cares_lookup *self(struct client_lookup *lookup)
{
    return OWNER_OF(lookup, struct cares_lookup, lookup);
}

/* --- answers --- */

static void take_from(struct client_lookup_answer *answer, const struct cares_question *question)
{
    for (size_t i = 0; i < question->count && answer->count < CLIENT_LOOKUP_ADDRESSES; i++)
        answer->addresses[answer->count++] = question->addresses[i];
}

static bool says_no(int status)
{
    return status == ARES_ENOTFOUND || status == ARES_ENODATA;
}

static void hand_out(struct timer *timer)
{
    struct cares_lookup *cares = OWNER_OF(timer, struct cares_lookup, handing);
    const struct cares_question *questions = cares->questions;
    struct client_lookup_answer answer = {.status = CLIENT_LOOKUP_FAILED};
    take_from(&answer, &questions[FAMILY_A]);
    take_from(&answer, &questions[FAMILY_AAAA]);
    bool no = says_no(questions[FAMILY_A].status) && says_no(questions[FAMILY_AAAA].status);
    int why = says_no(questions[FAMILY_A].status) ? questions[FAMILY_AAAA].status
                                                  : questions[FAMILY_A].status;
    if (answer.count > 0)
        answer.status = CLIENT_LOOKUP_FOUND;
    else if (no)
        answer.status = CLIENT_LOOKUP_NO_SUCH_NAME;
    snprintf(answer.text, sizeof answer.text, "%s",
             cares->blind ? "no descriptor to ask with" : ares_strerror(why));
    cares->lookup.cancel(&cares->lookup);
    cares->answered(cares->owner, &answer);
}

/* Hands out what there is: at once where both questions are answered, otherwise when an answer to
 * the other one has had its time. */
static void settle(struct cares_lookup *cares)
{
    bool due = false, found = false;
    for (int i = 0; i < FAMILIES; i++) {
        due |= cares->questions[i].due;
        found |= cares->questions[i].count > 0;
    }
    if (due && !found && !cares->blind)
        return;
    usec now = loop_now(cares->loop);
    usec deadline = due && !cares->blind ? now + grace : now;
    /* Without memory for a timer the client's own limit ends it. */
    if (!timer_is_set(&cares->handing) || deadline < cares->handing.deadline)
        (void)loop_timer_set(cares->loop, &cares->handing, deadline);
}

static void question_answered(void *argument, int status, int timeouts,
                              struct ares_addrinfo *result)
{
    struct cares_question *question = argument;
    struct cares_lookup *cares = question->cares;
    (void)timeouts;
    for (const struct ares_addrinfo_node *node = result && cares->asking ? result->nodes : NULL;
         node && question->count < CLIENT_LOOKUP_ADDRESSES; node = node->ai_next) {
        struct endpoint *address = &question->addresses[question->count];
        *address = (struct endpoint){.port = 0};
        if (getnameinfo(node->ai_addr, node->ai_addrlen, address->address, sizeof address->address,
                        NULL, 0, NI_NUMERICHOST) == 0)
            question->count++;
    }
    if (result)
        ares_freeaddrinfo(result);
    question->due = false;
    question->status = status;
    if (cares->asking)
        settle(cares);
}

/* --- sockets and time of c-ares, in our loop --- */

static void renew_timer(struct cares_lookup *cares)
{
    struct timeval room, *left = ares_timeout(cares->channel, NULL, &room);
    loop_timer_cancel(cares->loop, &cares->timer);
    if (!left)
        return;
    usec wait = (usec)left->tv_sec * USEC_PER_SEC + left->tv_usec;
    (void)loop_timer_set(cares->loop, &cares->timer, loop_now(cares->loop) + wait);
}

static void socket_ready(struct loop_watch *watch)
{
    struct cares_watch *own = OWNER_OF(watch, struct cares_watch, watch);
    struct cares_lookup *cares = own->cares;
    int fd = watch->fd;
    ares_process_fd(cares->channel, watch->writing ? ARES_SOCKET_BAD : fd,
                    watch->writing ? fd : ARES_SOCKET_BAD);
    renew_timer(cares);
}

static void time_came(struct timer *timer)
{
    struct cares_lookup *cares = OWNER_OF(timer, struct cares_lookup, timer);
    ares_process_fd(cares->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    renew_timer(cares);
}

static struct cares_watch *find_watch(struct cares_lookup *cares, int fd, bool writing)
{
    for (int i = 0; i < WATCH_LIMIT; i++) {
        struct cares_watch *watch = &cares->watches[i];
        if (watch->used && watch->watch.fd == fd && watch->watch.writing == writing)
            return watch;
    }
    return NULL;
}

static void set_watch(struct cares_lookup *cares, int fd, bool writing, bool wanted)
{
    struct cares_watch *watch = find_watch(cares, fd, writing);
    if (watch && !wanted) {
        loop_watch_stop(cares->loop, &watch->watch);
        watch->used = false;
    }
    if (watch || !wanted)
        return;
    for (int i = 0; i < WATCH_LIMIT; i++) {
        watch = &cares->watches[i];
        if (watch->used)
            continue;
        *watch = (struct cares_watch){.watch = {.ready = socket_ready, .writing = writing},
                                      .cares = cares};
        watch->used = loop_watch_start(cares->loop, &watch->watch, fd, NULL);
        if (watch->used)
            return;
        break;
    }
    cares->blind = true;
    if (cares->asking)
        settle(cares);
}

static void socket_state(void *data, ares_socket_t fd, int readable, int writable)
{
    set_watch(data, fd, false, readable != 0);
    set_watch(data, fd, true, writable != 0);
}

/* --- the interface --- */

static void ask(struct cares_lookup *cares, int place, const char *name)
{
    struct cares_question *question = &cares->questions[place];
    const struct ares_addrinfo_hints hints = {
        .ai_flags = ARES_AI_NOSORT,
        .ai_family = place == FAMILY_A ? AF_INET : AF_INET6,
        .ai_socktype = SOCK_STREAM,
    };
    *question = (struct cares_question){.cares = cares, .due = true};
    ares_getaddrinfo(cares->channel, name, NULL, &hints, question_answered, question);
}

static bool cares_begin(struct client_lookup *lookup, const char *name,
                        client_lookup_answered *answered, void *owner, struct problem *problem)
{
    struct cares_lookup *cares = self(lookup);
    (void)problem;
    cares->answered = answered;
    cares->owner = owner;
    cares->blind = false;
    cares->asking = true;
    /* Both are due before the first answer, which may come from within the call. */
    cares->questions[FAMILY_AAAA] = (struct cares_question){.cares = cares, .due = true};
    ask(cares, FAMILY_A, name);
    ask(cares, FAMILY_AAAA, name);
    renew_timer(cares);
    return true;
}

static void cares_cancel(struct client_lookup *lookup)
{
    struct cares_lookup *cares = self(lookup);
    cares->asking = false;
    ares_cancel(cares->channel);
    loop_timer_cancel(cares->loop, &cares->timer);
    loop_timer_cancel(cares->loop, &cares->handing);
}

static void cares_free(struct client_lookup *lookup)
{
    struct cares_lookup *cares = self(lookup);
    cares_cancel(lookup);
    ares_destroy(cares->channel);
    ares_library_cleanup();
    free(cares);
}

/* A question that is not answered is put again after a third of the limit, and again after another
 * two: then the limit is over. */
static int open_channel(struct cares_lookup *cares, const struct endpoint *server, usec limit)
{
    char text[ENDPOINT_TEXT_SIZE];
    struct ares_options options = {
        .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
        .timeout = (int)(limit / 3 / USEC_PER_MSEC) + 1,
        .tries = 3,
        .lookups = (char[]){"b"},
        .sock_state_cb = socket_state,
        .sock_state_cb_data = cares,
    };
    int status =
        ares_init_options(&cares->channel, &options,
                          ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
                              ARES_OPT_SOCK_STATE_CB | ARES_OPT_DOMAINS);
    if (status != ARES_SUCCESS)
        return status;
    status = ares_set_servers_ports_csv(cares->channel, endpoint_format(server, text));
    if (status != ARES_SUCCESS)
        ares_destroy(cares->channel);
    return status;
}

struct client_lookup *client_lookup_cares_new(struct loop *loop, const struct endpoint *server,
                                              usec limit, struct problem *problem)
{
    struct cares_lookup *cares = calloc(1, sizeof *cares);
    int status = cares ? ares_library_init(ARES_LIB_INIT_ALL) : ARES_ENOMEM;
    if (status == ARES_SUCCESS) {
        cares->lookup = (struct client_lookup){cares_begin, cares_cancel, cares_free};
        cares->loop = loop;
        timer_init(&cares->timer, time_came);
        timer_init(&cares->handing, hand_out);
        status = open_channel(cares, server, limit);
        if (status == ARES_SUCCESS)
            return &cares->lookup;
        ares_library_cleanup();
    }
    problem_set(problem, "name server: %s", ares_strerror(status));
    free(cares);
    return NULL;
}
