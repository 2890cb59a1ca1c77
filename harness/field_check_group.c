/* Gathers the connections of a case. */
#include <stdlib.h>

#include "harness/field_check_private.h"

enum { TRANSCRIPT_LIMIT = 256 * 1024 * 1024 };

void field_group_free(struct field_group *group)
{
    transcript_free(group->transcript);
    field_transcript_free(group->telling);
    free(group->sightings);
    *group = (struct field_group){0};
}

static bool begin(struct field_group *group)
{
    if (group->telling)
        return true;
    group->transcript = transcript_new(TRANSCRIPT_LIMIT);
    if (!group->transcript)
        return false;
    const struct field_transcript_options options = {.sink = transcript_sink(group->transcript)};
    group->telling = field_transcript_new(&options);
    return group->telling != NULL;
}

static uint16_t port_of(const char *end)
{
    struct endpoint endpoint = {.port = 0};
    return endpoint_parse(end, &endpoint) ? endpoint.port : 0;
}

/* A connect that was not answered, or late, is no connection yet to the centre: it is seen from
 * outside, as long as it was repeated or until its answer. When the sender gave it up does not
 * show. */
static bool see_connect(struct field_group *group, const struct field_connection *connection)
{
    bool answered = connection->beginning == FIELD_ANSWERED && connection->answered > 0;
    if (!answered && connection->beginning != FIELD_UNANSWERED)
        return true;
    if (group->sighting_count == group->sighting_room) {
        size_t room = group->sighting_room ? 2 * group->sighting_room : 16;
        struct check_sighting *grown = realloc(group->sightings, room * sizeof *grown);
        if (!grown)
            return false;
        group->sightings = grown;
        group->sighting_room = room;
    }
    usec began = connection->began - group->first_began;
    group->sightings[group->sighting_count++] = (struct check_sighting){
        .began = began,
        .ended = began + (answered ? connection->answered : connection->asked_last),
        .connecting = true,
        .port = port_of(connection->sender),
        .still = !answered};
    return true;
}

bool field_group_take(struct field_group *group, const struct field_connection *connection)
{
    if (!begin(group))
        return false;
    if (group->connections++ == 0)
        group->first_began = connection->began;
    group->untimed |= !connection->timed;
    group->inexact |= !connection->exact;
    group->grain = connection->grain > group->grain ? connection->grain : group->grain;
    for (size_t i = 0; i < connection->event_count; i++)
        group->octets += connection->events[i].octets.count + sizeof(struct transcript_event);
    return see_connect(group, connection) && field_transcript_take(group->telling, connection);
}
