#include "mockserver/imitation.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "mockserver/imitation_private.h"

struct imitation *imitation_new(const struct imitation_options *options, struct problem *problem)
{
    struct imitation *imitation = calloc(1, sizeof *imitation);
    if (imitation) {
        imitation->options = *options;
        imitation->trace = -1;
        imitation->arena = arena_new();
        imitation->scenario = scenario_new(NULL);
    }
    if (imitation && imitation->arena && imitation->scenario)
        return imitation;
    imitation_free(imitation);
    problem_set(problem, "no memory");
    return NULL;
}

void imitation_free(struct imitation *imitation)
{
    if (!imitation)
        return;
    imitation_gather_free(imitation);
    imitation_messages_free(imitation);
    scenario_free(imitation->scenario);
    arena_free(imitation->arena);
    imitation_trace_free(imitation);
    free(imitation->answered);
    free(imitation->refused);
    free(imitation->secrets);
    free(imitation->addresses);
    free(imitation->pseudonyms);
    free(imitation);
}

bool imitation_is_empty(const struct imitation *imitation)
{
    return imitation->answered_count == 0 && imitation->refused_count == 0;
}

void imitation_note(const struct imitation *imitation, const char *format, ...)
{
    char text[512];
    if (!imitation->options.note)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    imitation->options.note(imitation->options.owner, text);
}

bool imitation_grow(struct imitation *imitation, void **at, size_t *room, size_t count, size_t size)
{
    if (count < *room)
        return true;
    size_t more = *room ? *room * 2 : 16;
    void *grown = realloc(*at, more * size);
    if (!grown) {
        imitation->no_memory = true;
        return false;
    }
    *at = grown;
    *room = more;
    return true;
}

static void keep_number(struct imitation *imitation, const struct field_connection *connection,
                        bool refused)
{
    void *at = refused ? imitation->refused : imitation->answered;
    size_t *count = refused ? &imitation->refused_count : &imitation->answered_count;
    size_t *room = refused ? &imitation->refused_room : &imitation->answered_room;
    if (!imitation_grow(imitation, &at, room, *count, sizeof(struct imitation_begun)))
        return;
    *(refused ? &imitation->refused : &imitation->answered) = at;
    ((struct imitation_begun *)at)[(*count)++] =
        (struct imitation_begun){connection->number, connection->began};
}

/* A connect that was refused holds for the connection that came next; how long it was so is known
 * by when that was. */
static void take_refusal(struct imitation *imitation, const struct field_connection *connection)
{
    const struct imitation_moment moment = {.stage = STAGE_CONNECT,
                                            .connection = connection->number,
                                            .occurrence = 1,
                                            .refuse = connection->beginning == FIELD_REFUSED
                                                          ? SCENARIO_REFUSE_RST
                                                          : SCENARIO_REFUSE_SILENCE};
    keep_number(imitation, connection, true);
    imitation_gather(imitation, &moment);
}

bool imitation_take(struct imitation *imitation, const struct field_connection *connection,
                    struct problem *problem)
{
    if (connection->began && (!imitation->began || connection->began < imitation->began))
        imitation->began = connection->began;
    switch (connection->beginning) {
    case FIELD_REFUSED:
    case FIELD_UNANSWERED:
        take_refusal(imitation, connection);
        break;
    case FIELD_ANSWERED:
    case FIELD_UNDER_WAY:
        imitation->delay_least = imitation->options.delay_least;
        if (connection->grain >= 10 * USEC_PER_MSEC &&
            2 * connection->grain > imitation->delay_least)
            imitation->delay_least = 2 * connection->grain;
        imitation->inexact += !connection->exact;
        imitation->untimed += !connection->timed;
        imitation->coarse |= connection->grain >= USEC_PER_SEC;
        keep_number(imitation, connection, false);
        imitation_follow(imitation, connection);
        imitation_trace(imitation, connection);
        break;
    }
    if (!imitation->no_memory && !imitation->problem.text[0])
        return true;
    if (imitation->problem.text[0])
        problem_set(problem, "%s", imitation->problem.text);
    else
        problem_set(problem, "no memory");
    return false;
}
