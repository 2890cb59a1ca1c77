#include "mockserver/field.h"

#include <stdlib.h>

bool field_gathering_begin(struct field_gathering *gathering,
                           const struct field_connection *connection)
{
    *gathering = (struct field_gathering){.arena = arena_new(), .connection = *connection};
    if (!gathering->arena)
        return false;
    struct field_connection *kept = &gathering->connection;
    kept->sender = arena_string(gathering->arena, connection->sender ? connection->sender : "");
    kept->centre = arena_string(gathering->arena, connection->centre ? connection->centre : "");
    kept->events = NULL;
    kept->event_count = 0;
    if (kept->sender && kept->centre)
        return true;
    field_gathering_free(gathering);
    return false;
}

bool field_gathering_add(struct field_gathering *gathering, const struct field_event *event)
{
    struct field_connection *connection = &gathering->connection;
    if (connection->event_count == gathering->room) {
        size_t room = gathering->room ? gathering->room * 2 : 16;
        struct field_event *grown = realloc(gathering->events, room * sizeof *grown);
        if (!grown)
            return false;
        gathering->events = grown;
        gathering->room = room;
        connection->events = grown;
    }
    struct field_event kept = *event;
    kept.octets = (struct octets){NULL, 0};
    if (event->octets.count > 0)
        kept.octets = arena_octets(gathering->arena, event->octets);
    if (event->octets.count > 0 && !kept.octets.at)
        return false;
    gathering->events[connection->event_count++] = kept;
    return true;
}

void field_gathering_free(struct field_gathering *gathering)
{
    arena_free(gathering->arena);
    free(gathering->events);
    *gathering = (struct field_gathering){0};
}
