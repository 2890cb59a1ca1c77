#include "harness/field_transcript_private.h"

#include <stdio.h>
#include <stdlib.h>

static const char face_answers[] = "answers", face_refuses[] = "refuses", face_silent[] = "silent";

/* A centre that ends a connection on which it waits for the sender has been patient so long at
 * least. */
static const usec idle_least = USEC_PER_SEC;

struct field_transcript *field_transcript_new(const struct field_transcript_options *options)
{
    struct field_transcript *state = calloc(1, sizeof *state);
    if (!state)
        return NULL;
    state->options = *options;
    state->face = face_answers;
    return state;
}

static void forget_connection(struct field_transcript *state)
{
    field_forget_due(state);
    buf_free(&state->input);
    buf_free(&state->reply);
    buf_free(&state->content);
    field_forget_envelope(state);
    free(state->recipients);
    state->recipients = NULL;
    state->recipient_room = 0;
}

void field_transcript_free(struct field_transcript *state)
{
    if (!state)
        return;
    forget_connection(state);
    free(state);
}

/* Telling. */

static void stamp(struct field_transcript *state, struct transcript_event *event)
{
    event->at = state->base + (state->event ? state->event->at : 0);
    event->connection = state->connection->number;
    event->wall_clock =
        state->connection->began ? state->connection->began + (event->at - state->base) : 0;
    if (event->at > state->end)
        state->end = event->at;
}

static void hand_out(const struct field_transcript *state, const struct transcript_event *event)
{
    if (state->options.sink.event)
        state->options.sink.event(state->options.sink.owner, event);
}

void field_tell_event(struct field_transcript *state, struct transcript_event event)
{
    stamp(state, &event);
    hand_out(state, &event);
}

void field_tell(struct field_transcript *state, enum transcript_kind kind, struct octets octets)
{
    field_tell_event(state, (struct transcript_event){.kind = kind,
                                                      .stage = state->stage,
                                                      .message = state->transaction,
                                                      .octets = octets});
}

bool field_is_cut(const struct field_transcript *state)
{
    return state->due_count == 0 && state->event->at - state->quiet_since >= idle_least &&
           state->stage != STAGE_QUIT;
}

/* What is missing. */

static void take_gap(struct field_transcript *state)
{
    const struct field_event *event = state->event;
    bool sender = event->end == FIELD_SENDER;
    char text[96];
    if (event->missing > 0)
        snprintf(text, sizeof text, "%llu octets of the %s's are not in the file",
                 (unsigned long long)event->missing, sender ? "sender" : "centre");
    else
        snprintf(text, sizeof text, "octets of the %s's are not in the file",
                 sender ? "sender" : "centre");
    field_tell(state, TRANSCRIPT_MISSING, octets_of(text));
    if (sender)
        field_lose_sender(state);
    else
        field_lose_centre(state);
}

/* Ends. */

/* The sender goes on sending long after the centre's FIN, and no RST answers it: the centre closed
 * its own direction alone. */
static bool goes_on_reading(const struct field_transcript *state, size_t index)
{
    const struct field_connection *connection = state->connection;
    usec fin = state->event->at;
    bool later = state->event->reads_on;
    for (size_t i = index + 1; i < connection->event_count; i++) {
        const struct field_event *event = &connection->events[i];
        if (event->kind == FIELD_RST && event->end == FIELD_CENTRE)
            return false;
        later |= event->kind == FIELD_OCTETS && event->end == FIELD_SENDER &&
                 event->at - fin > USEC_PER_SEC;
    }
    return later;
}

/* The sender leaves, or the file ends, while something is due: the centre never said it. */
static void tell_stall(struct field_transcript *state)
{
    if (state->due_count > 0 && state->reply.count == 0 &&
        state->event->at - state->quiet_since >= idle_least) {
        state->stage = state->due[state->due_first].stage;
        field_tell(state, TRANSCRIPT_STALLED, (struct octets){0});
    }
}

static void take_end(struct field_transcript *state, size_t index)
{
    bool sender = state->event->end == FIELD_SENDER, reset = state->event->kind == FIELD_RST;
    if (sender) {
        tell_stall(state);
        state->sender_ended = true;
        field_tell(state, reset ? TRANSCRIPT_SENDER_RST : TRANSCRIPT_SENDER_FIN,
                   (struct octets){0});
        return;
    }
    if (field_is_cut(state) || state->cut)
        state->stage = STAGE_IDLE;
    enum stage due = state->due_count > 0 ? state->due[state->due_first].stage : STAGE_CONNECT;
    if (!state->sender_ended && (due == STAGE_END_OF_DATA || (due == STAGE_MAIL && !state->sender)))
        state->transaction = 0; /* it is over, or was never begun */
    state->centre_ended = true;
    enum transcript_kind kind = reset                           ? TRANSCRIPT_CENTRE_RST
                                : goes_on_reading(state, index) ? TRANSCRIPT_CENTRE_HALF
                                                                : TRANSCRIPT_CENTRE_FIN;
    field_tell(state, kind, (struct octets){0});
}

static void take_event(struct field_transcript *state, size_t index)
{
    switch (state->event->kind) {
    case FIELD_OCTETS:
        if (state->event->octets.count == 0)
            return;
        if (state->event->end == FIELD_SENDER)
            field_take_sender(state, state->event->octets);
        else
            field_take_centre(state, state->event->octets);
        return;
    case FIELD_GAP:
        take_gap(state);
        return;
    case FIELD_FIN:
    case FIELD_RST:
        take_end(state, index);
        return;
    case FIELD_CLOSED_WINDOW:
        if (state->event->end == FIELD_CENTRE)
            field_tell(state, TRANSCRIPT_PAUSED, (struct octets){0});
        return;
    case FIELD_OPEN_WINDOW:
        if (state->event->end == FIELD_CENTRE)
            field_tell(state, TRANSCRIPT_RESUMED, (struct octets){0});
        return;
    }
}

/* Where the connection stands in time: by the wall clock where the file has it (before the first
 * one, too: they are told as they end), otherwise behind what was told so far. */
static usec base_of(struct field_transcript *state, const struct field_connection *connection)
{
    if (!state->any)
        state->first_began = connection->began;
    bool clocked = state->first_began && connection->began;
    usec base = clocked ? connection->began - state->first_began : state->any ? state->end + 1 : 0;
    state->any = true;
    return base;
}

static void begin_connection(struct field_transcript *state,
                             const struct field_connection *connection)
{
    state->connection = connection;
    state->event = NULL;
    state->base = base_of(state, connection);
    state->stage = STAGE_CONNECT;
    state->transaction = 0;
    state->due_first = state->due_count = 0;
    state->code = 0;
    state->quiet_since = 0;
    state->sender_ended = state->centre_ended = false;
    state->cut = state->body = state->content_ends = state->damaged = false;
    state->lost = connection->beginning == FIELD_UNDER_WAY;
    state->mask = (struct mask){0};
}

/* A connect that came to nothing is seen, as by the centre itself, in the face that it shows. */
static void tell_face(struct field_transcript *state, const char *face)
{
    if (state->face == face)
        return;
    state->face = face;
    struct transcript_event event = {
        .kind = TRANSCRIPT_FACE, .stage = STAGE_CONNECT, .octets = octets_of(face)};
    stamp(state, &event);
    event.connection = 0;
    hand_out(state, &event);
}

bool field_transcript_take(struct field_transcript *state,
                           const struct field_connection *connection)
{
    begin_connection(state, connection);
    switch (connection->beginning) {
    case FIELD_REFUSED:
        tell_face(state, face_refuses);
        return true;
    case FIELD_UNANSWERED:
        tell_face(state, face_silent);
        return true;
    case FIELD_ANSWERED:
        tell_face(state, face_answers);
        field_put_due(state, STAGE_BANNER, NULL);
        break;
    case FIELD_UNDER_WAY:
        break;
    }
    field_tell(state, TRANSCRIPT_OPENED, octets_of(connection->sender));
    if (connection->beginning == FIELD_UNDER_WAY)
        field_tell(state, TRANSCRIPT_MISSING,
                   OCTETS("what came before the file began is not in it"));
    state->stage = STAGE_BANNER;
    for (size_t i = 0; i < connection->event_count; i++) {
        state->event = &connection->events[i];
        take_event(state, i);
    }
    if (state->event && !connection->ended)
        tell_stall(state);
    if (state->body || state->content_ends)
        field_tell_message(state, 0);
    if (connection->ended)
        field_tell(state, TRANSCRIPT_CLOSED, (struct octets){0});
    forget_connection(state);
    return !state->no_memory;
}
