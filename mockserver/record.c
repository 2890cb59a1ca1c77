#include "mockserver/record.h"

#include <stdlib.h>

#include "mockserver/mask.h"
#include "wire/command.h"

/* So much may wait for an end that does not read, before the other one is not read either. */
enum { WAITING_MOST = 16 * 1024 };

struct relay {
    struct relay *next, *previous;
    struct record *record;
    uint32_t number;
    usec began;
    struct conn *sender, *centre; /* null once closed */
    bool connected;               /* with the centre */
    bool sender_fin, centre_fin;
    bool sender_held, centre_held; /* it is not read, because the other one does not read */
    struct field_gathering gathering;
    bool incomplete; /* memory ran out: it is not told */

    /* Where the dialogue is, for who reads the journal. */
    enum stage stage;
    bool body;
    uint8_t tail[5];
    struct mask mask;
};

struct record {
    struct loop *loop;
    struct record_options options;
    struct listener *listener;
    struct relay *relays;
    uint32_t connections;
    bool stopping;
    struct timer grace;
};

static usec since_begin(const struct relay *relay)
{
    return loop_now(relay->record->loop) - relay->began;
}

/* Keeping. */

static void keep(struct relay *relay, enum field_kind kind, enum field_end end,
                 struct octets octets)
{
    const struct field_event event = {
        .at = since_begin(relay), .kind = kind, .end = end, .octets = octets};
    relay->incomplete = relay->incomplete || !field_gathering_add(&relay->gathering, &event);
}

static void tell(struct relay *relay, struct transcript_event event)
{
    struct record *record = relay->record;
    event.at = loop_now(record->loop);
    event.wall_clock = loop_wall_clock(record->loop);
    event.connection = relay->number;
    event.stage = event.body ? STAGE_BODY : relay->stage;
    if (record->options.sink.event)
        record->options.sink.event(record->options.sink.owner, &event);
}

static void tell_kind(struct relay *relay, enum transcript_kind kind)
{
    tell(relay, (struct transcript_event){.kind = kind});
}

/* Roughly, by the first line of a segment and the last octets of a message. */
static void follow_sender(struct relay *relay, struct octets octets)
{
    if (relay->body) {
        for (size_t i = octets.count > 5 ? octets.count - 5 : 0; i < octets.count; i++) {
            memmove(relay->tail, relay->tail + 1, 4);
            relay->tail[4] = octets.at[i];
        }
        relay->body = memcmp(relay->tail, "\r\n.\r\n", 5) != 0;
        relay->stage = relay->body ? STAGE_BODY : STAGE_END_OF_DATA;
        return;
    }
    struct command command;
    const uint8_t *end = memchr(octets.at, '\r', octets.count);
    command_parse((struct octets){octets.at, end ? (size_t)(end - octets.at) : octets.count},
                  &command);
    relay->stage = stage_of_command(command.verb);
}

static void tell_received(struct relay *relay, struct octets octets)
{
    bool body = relay->body;
    follow_sender(relay, octets);
    for (size_t from = 0; from < octets.count;) {
        struct transcript_event event = {.kind = TRANSCRIPT_RECEIVED, .body = body};
        size_t looked_at = mask_find(&relay->mask, MASK_WIRE, octets_from(octets, from),
                                     &event.secret_at, &event.secret_count);
        event.octets = (struct octets){octets.at + from, looked_at};
        tell(relay, event);
        from += looked_at;
    }
}

static void tell_sent(struct relay *relay, struct octets octets)
{
    tell(relay, (struct transcript_event){.kind = TRANSCRIPT_SENT, .octets = octets});
    if (relay->stage == STAGE_DATA && octets.count >= 3 && memcmp(octets.at, "354", 3) == 0) {
        relay->body = true;
        memcpy(relay->tail, "\0\0\0\r\n", 5);
    }
}

/* Ends. */

static void leave_list(struct relay *relay)
{
    struct record *record = relay->record;
    if (relay->previous)
        relay->previous->next = relay->next;
    else
        record->relays = relay->next;
    if (relay->next)
        relay->next->previous = relay->previous;
}

static void end_relay(struct relay *relay, enum conn_close how, bool ended)
{
    struct record *record = relay->record;
    if (relay->sender)
        conn_close(relay->sender, how);
    if (relay->centre)
        conn_close(relay->centre, how);
    relay->gathering.connection.ended = ended;
    tell_kind(relay, TRANSCRIPT_CLOSED);
    if (!relay->incomplete)
        record->options.connection(record->options.owner, &relay->gathering.connection);
    leave_list(relay);
    field_gathering_free(&relay->gathering);
    free(relay);
    if (record->stopping && !record->relays)
        loop_timer_set(record->loop, &record->grace, loop_now(record->loop));
}

static void cut(struct relay *relay, enum field_end end)
{
    keep(relay, FIELD_RST, end, (struct octets){0});
    tell_kind(relay, end == FIELD_SENDER ? TRANSCRIPT_SENDER_RST : TRANSCRIPT_CENTRE_RST);
    end_relay(relay, CONN_CLOSE_RESET, true);
}

static void not_connected(struct relay *relay, enum conn_end end)
{
    relay->gathering.connection.beginning =
        end == CONN_END_REFUSED ? FIELD_REFUSED : FIELD_UNANSWERED;
    relay->gathering.connection.event_count = 0;
    end_relay(relay, CONN_CLOSE_RESET, true);
}

static void fin(struct relay *relay, enum field_end end)
{
    bool sender = end == FIELD_SENDER;
    keep(relay, FIELD_FIN, end, (struct octets){0});
    tell_kind(relay, sender ? TRANSCRIPT_SENDER_FIN : TRANSCRIPT_CENTRE_FIN);
    *(sender ? &relay->sender_fin : &relay->centre_fin) = true;
    conn_shutdown(sender ? relay->centre : relay->sender);
    if (relay->sender_fin && relay->centre_fin)
        end_relay(relay, CONN_CLOSE_FIN, true);
}

/* Octets. */

/* Hands on; who reads too slowly makes the other one wait. False: the connection is no more. */
static bool hand_on(struct relay *relay, enum field_end from, struct octets octets)
{
    bool sender = from == FIELD_SENDER;
    struct conn *to = sender ? relay->centre : relay->sender;
    if (!conn_send(to, octets)) {
        cut(relay, sender ? FIELD_CENTRE : FIELD_SENDER);
        return false;
    }
    conn_flush(to);
    bool *held = sender ? &relay->sender_held : &relay->centre_held;
    if (!*held && conn_waiting(to) > WAITING_MOST) {
        *held = true;
        conn_pause(sender ? relay->sender : relay->centre);
        keep(relay, FIELD_CLOSED_WINDOW, sender ? FIELD_CENTRE : FIELD_SENDER, (struct octets){0});
        if (sender)
            tell_kind(relay, TRANSCRIPT_PAUSED);
    }
    return true;
}

static void goes_on(struct relay *relay, enum field_end from)
{
    bool sender = from == FIELD_SENDER;
    bool *held = sender ? &relay->sender_held : &relay->centre_held;
    if (!*held)
        return;
    *held = false;
    keep(relay, FIELD_OPEN_WINDOW, sender ? FIELD_CENTRE : FIELD_SENDER, (struct octets){0});
    if (sender)
        tell_kind(relay, TRANSCRIPT_RESUMED);
    conn_resume(sender ? relay->sender : relay->centre);
}

static void sender_received(void *owner, struct conn *conn, struct octets octets)
{
    (void)conn;
    struct relay *relay = owner;
    keep(relay, FIELD_OCTETS, FIELD_SENDER, octets);
    tell_received(relay, octets);
    hand_on(relay, FIELD_SENDER, octets);
}

static void centre_received(void *owner, struct conn *conn, struct octets octets)
{
    (void)conn;
    struct relay *relay = owner;
    keep(relay, FIELD_OCTETS, FIELD_CENTRE, octets);
    tell_sent(relay, octets);
    hand_on(relay, FIELD_CENTRE, octets);
}

static void sender_ended(void *owner, struct conn *conn, enum conn_end end)
{
    (void)conn;
    if (end == CONN_END_FIN)
        fin(owner, FIELD_SENDER);
    else
        cut(owner, FIELD_SENDER);
}

static void centre_opened(void *owner, struct conn *conn)
{
    (void)conn;
    struct relay *relay = owner;
    relay->connected = true;
    relay->gathering.connection.answered = since_begin(relay);
}

static void centre_ended(void *owner, struct conn *conn, enum conn_end end)
{
    (void)conn;
    struct relay *relay = owner;
    switch (end) {
    case CONN_END_FIN:
        fin(relay, FIELD_CENTRE);
        return;
    case CONN_END_REFUSED:
    case CONN_END_UNREACHABLE:
        if (!relay->connected) {
            not_connected(relay, end);
            return;
        }
        break;
    case CONN_END_RESET:
    case CONN_END_FAILED:
        break;
    }
    cut(relay, FIELD_CENTRE);
}

static void sender_drained(void *owner, struct conn *conn)
{
    (void)conn;
    goes_on(owner, FIELD_CENTRE);
}

static void centre_drained(void *owner, struct conn *conn)
{
    (void)conn;
    goes_on(owner, FIELD_SENDER);
}

/* Beginning. */

static bool begin(struct relay *relay, const struct endpoint *peer)
{
    struct record *record = relay->record;
    char sender[ENDPOINT_TEXT_SIZE], centre[ENDPOINT_TEXT_SIZE];
    const struct field_connection connection = {
        .number = relay->number,
        .sender = endpoint_format(peer, sender),
        .centre = endpoint_format(&record->options.to, centre),
        .began = loop_wall_clock(record->loop),
        .timed = true,
        .exact = true,
    };
    if (!field_gathering_begin(&relay->gathering, &connection))
        return false;
    tell(relay, (struct transcript_event){.kind = TRANSCRIPT_OPENED,
                                          .octets = octets_of(connection.sender)});
    relay->stage = STAGE_BANNER;
    return true;
}

static void accepted(void *owner, struct conn *conn, const struct endpoint *peer)
{
    static const struct conn_handler of_sender = {
        .received = sender_received, .ended = sender_ended, .drained = sender_drained};
    static const struct conn_handler of_centre = {.opened = centre_opened,
                                                  .received = centre_received,
                                                  .ended = centre_ended,
                                                  .drained = centre_drained};
    struct record *record = owner;
    struct relay *relay = calloc(1, sizeof *relay);
    struct problem problem;
    if (!relay)
        return; /* which resets it */
    *relay = (struct relay){.record = record,
                            .number = ++record->connections,
                            .began = loop_now(record->loop),
                            .stage = STAGE_CONNECT};
    if (!begin(relay, peer)) {
        free(relay);
        return;
    }
    relay->next = record->relays;
    if (relay->next)
        relay->next->previous = relay;
    record->relays = relay;
    conn_adopt(conn, &of_sender, relay);
    relay->sender = conn;
    relay->centre = conn_connect(record->loop, &record->options.to, &of_centre, relay, &problem);
    if (!relay->centre)
        not_connected(relay, CONN_END_UNREACHABLE);
}

static void grace_is_over(struct timer *timer)
{
    struct record *record = OWNER_OF(timer, struct record, grace);
    if (record->options.stopped)
        record->options.stopped(record->options.owner);
}

struct record *record_open(struct loop *loop, const struct record_options *options,
                           struct problem *problem)
{
    struct record *record = calloc(1, sizeof *record);
    if (!record) {
        problem_set(problem, "no memory");
        return NULL;
    }
    record->loop = loop;
    record->options = *options;
    timer_init(&record->grace, grace_is_over);
    const struct listener_options listener = {
        .endpoint = options->listen, .accepted = accepted, .owner = record};
    record->listener = listener_open(loop, &listener, problem);
    if (record->listener)
        return record;
    free(record);
    return NULL;
}

const struct endpoint *record_endpoint(const struct record *record)
{
    return listener_endpoint(record->listener);
}

void record_stop(struct record *record, usec grace)
{
    record->stopping = true;
    listener_close(record->listener);
    record->listener = NULL;
    loop_timer_set(record->loop, &record->grace,
                   loop_now(record->loop) + (record->relays ? grace : 0));
}

void record_close(struct record *record)
{
    if (!record)
        return;
    while (record->relays)
        end_relay(record->relays, CONN_CLOSE_RESET, false);
    loop_timer_cancel(record->loop, &record->grace);
    if (record->listener)
        listener_close(record->listener);
    free(record);
}
