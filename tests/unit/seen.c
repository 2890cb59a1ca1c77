#include "tests/unit/seen.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/unit.h"

static bool field_event_of(const struct transcript_event *event, struct field_event *seen)
{
    *seen = (struct field_event){.octets = event->octets};
    switch (event->kind) {
    case TRANSCRIPT_RECEIVED:
        return true;
    case TRANSCRIPT_SENT:
        seen->end = FIELD_CENTRE;
        return true;
    case TRANSCRIPT_SENDER_FIN:
    case TRANSCRIPT_SENDER_RST:
        seen->kind = event->kind == TRANSCRIPT_SENDER_FIN ? FIELD_FIN : FIELD_RST;
        return true;
    case TRANSCRIPT_CENTRE_FIN:
    case TRANSCRIPT_CENTRE_HALF:
    case TRANSCRIPT_CENTRE_RST:
        seen->end = FIELD_CENTRE;
        seen->kind = event->kind == TRANSCRIPT_CENTRE_RST ? FIELD_RST : FIELD_FIN;
        seen->reads_on = event->kind == TRANSCRIPT_CENTRE_HALF;
        return true;
    case TRANSCRIPT_PAUSED:
    case TRANSCRIPT_RESUMED:
        seen->end = FIELD_CENTRE;
        seen->kind = event->kind == TRANSCRIPT_PAUSED ? FIELD_CLOSED_WINDOW : FIELD_OPEN_WINDOW;
        return true;
    case TRANSCRIPT_OPENED:
    case TRANSCRIPT_STALLED:
    case TRANSCRIPT_STORED:
    case TRANSCRIPT_FLAW:
    case TRANSCRIPT_MISSING:
    case TRANSCRIPT_FACE:
    case TRANSCRIPT_QUERY:
    case TRANSCRIPT_ANSWER:
    case TRANSCRIPT_CLOSED:
        return false;
    }
    return false;
}

static struct field_connection *connection_of(struct seen *seen,
                                              const struct transcript_event *event, size_t events)
{
    for (size_t i = 0; i < seen->count; i++)
        if (seen->connections[i].number == event->connection)
            return &seen->connections[i];
    struct field_connection *connection = &seen->connections[seen->count++];
    char sender[64];
    snprintf(sender, sizeof sender, "%.*s",
             (int)(event->octets.count < 60 ? event->octets.count : 60),
             (const char *)event->octets.at);
    *connection = (struct field_connection){.number = event->connection,
                                            .sender = strdup(sender),
                                            .centre = "",
                                            .began = event->wall_clock,
                                            .timed = true,
                                            .exact = true};
    connection->events = calloc(events, sizeof *connection->events);
    CU_ASSERT_FATAL(connection->sender && connection->events);
    return connection;
}

struct seen seen_from(const struct transcript *transcript)
{
    struct seen seen = {calloc(transcript->count + 1, sizeof *seen.connections), 0};
    CU_ASSERT_PTR_NOT_NULL_FATAL(seen.connections);
    for (size_t i = 0; i < transcript->count; i++) {
        const struct transcript_event *event = &transcript->events[i];
        if (event->connection == 0)
            continue;
        struct field_connection *connection = connection_of(&seen, event, transcript->count);
        struct field_event told;
        connection->ended |= event->kind == TRANSCRIPT_CLOSED;
        if (!field_event_of(event, &told))
            continue;
        told.at = event->wall_clock - connection->began;
        ((struct field_event *)(uintptr_t)connection->events)[connection->event_count++] = told;
    }
    return seen;
}

void seen_free(struct seen *seen)
{
    for (size_t i = 0; i < seen->count; i++) {
        free((void *)(uintptr_t)seen->connections[i].sender);
        free((void *)(uintptr_t)seen->connections[i].events);
    }
    free(seen->connections);
    *seen = (struct seen){0};
}
