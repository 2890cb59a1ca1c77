#include "client/lookup.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

struct system_lookup {
    struct client_lookup lookup;
    struct loop *loop;
    struct timer timer; /* hands out the answer from the loop */
    struct client_lookup_answer answer;
    client_lookup_answered *answered;
    void *owner;
};

static struct system_lookup *self(struct client_lookup *lookup)
{
    return OWNER_OF(lookup, struct system_lookup, lookup);
}

static void take_addresses(struct client_lookup_answer *answer, const struct addrinfo *list)
{
    for (; list && answer->count < CLIENT_LOOKUP_ADDRESSES; list = list->ai_next) {
        struct endpoint *address = &answer->addresses[answer->count];
        if (getnameinfo(list->ai_addr, list->ai_addrlen, address->address, sizeof address->address,
                        NULL, 0, NI_NUMERICHOST) == 0)
            answer->count++;
    }
}

static void ask(const char *name, struct client_lookup_answer *answer)
{
    struct addrinfo *list = NULL;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    int status = getaddrinfo(name, NULL, &hints, &list);
    *answer = (struct client_lookup_answer){.status = CLIENT_LOOKUP_FAILED};
    if (status == 0)
        take_addresses(answer, list);
    if (answer->count > 0)
        answer->status = CLIENT_LOOKUP_FOUND;
    else if (status == EAI_NONAME || status == EAI_NODATA)
        answer->status = CLIENT_LOOKUP_NO_SUCH_NAME;
    snprintf(answer->text, sizeof answer->text, "%s",
             status == 0 ? "no usable address" : gai_strerror(status));
    if (list)
        freeaddrinfo(list);
}

static void hand_out(struct timer *timer)
{
    struct system_lookup *system = OWNER_OF(timer, struct system_lookup, timer);
    system->answered(system->owner, &system->answer);
}

static bool system_begin(struct client_lookup *lookup, const char *name,
                         client_lookup_answered *answered, void *owner, struct problem *problem)
{
    struct system_lookup *system = self(lookup);
    system->answered = answered;
    system->owner = owner;
    ask(name, &system->answer);
    if (loop_timer_set(system->loop, &system->timer, loop_now(system->loop)))
        return true;
    problem_set(problem, "no memory to look up %s", name);
    return false;
}

static void system_cancel(struct client_lookup *lookup)
{
    struct system_lookup *system = self(lookup);
    loop_timer_cancel(system->loop, &system->timer);
}

static void system_free(struct client_lookup *lookup)
{
    system_cancel(lookup);
    free(self(lookup));
}

struct client_lookup *client_lookup_system_new(struct loop *loop)
{
    struct system_lookup *system = calloc(1, sizeof *system);
    if (!system)
        return NULL;
    system->lookup = (struct client_lookup){system_begin, system_cancel, system_free};
    system->loop = loop;
    timer_init(&system->timer, hand_out);
    return &system->lookup;
}
