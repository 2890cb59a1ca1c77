/* A connection that is over, as an observer tells it: both streams and the signs around them, in
 * the order of the file. */
#include "harness/field_flows_private.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "wire/endpoint.h"

struct event_list {
    struct field_event *events;
    struct field_moment *moments;
    size_t count, room;
    enum field_end end; /* whose pieces are coming */
    bool no_memory;
};

static bool make_room(struct event_list *list)
{
    if (list->count < list->room)
        return true;
    size_t room = list->room ? 2 * list->room : 32;
    struct field_event *events = realloc(list->events, room * sizeof *events);
    if (events)
        list->events = events;
    struct field_moment *moments = realloc(list->moments, room * sizeof *moments);
    if (moments)
        list->moments = moments;
    if (events && moments)
        list->room = room;
    else
        list->no_memory = true;
    return events && moments;
}

static bool add(struct event_list *list, struct field_event event, struct field_moment moment)
{
    if (!make_room(list))
        return false;
    list->events[list->count] = event;
    list->moments[list->count++] = moment;
    return true;
}

static bool add_piece(void *owner, const struct field_stream_piece *piece)
{
    struct event_list *list = owner;
    struct field_event event = {
        .kind = FIELD_OCTETS, .end = list->end, .octets = piece->octets, .missing = piece->missing};
    if (piece->end)
        event.kind = FIELD_FIN;
    else if (piece->missing > 0)
        event.kind = FIELD_GAP;
    return add(list, event, piece->moment);
}

static void list_free(struct event_list *list)
{
    free(list->events);
    free(list->moments);
    *list = (struct event_list){0};
}

/* "220 …", "250-…" */
static bool is_reply(struct octets octets)
{
    const uint8_t *at = octets.at;
    return octets.count >= 4 && at[0] >= '2' && at[0] <= '5' && at[1] >= '0' && at[1] <= '9' &&
           at[2] >= '0' && at[2] <= '9' && (at[3] == ' ' || at[3] == '-' || at[3] == '\r');
}

static size_t count_replies(const struct event_list *list)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += is_reply(list->events[i].octets);
    return count;
}

/* Who asked for the connection is not in the file: the centre is whose port it is, or who says
 * replies, or whose port looks like that of a service. */
static unsigned find_centre(const struct flow *flow, const struct event_list lists[2],
                            uint16_t wanted)
{
    if (flow->centre >= 0)
        return (unsigned)flow->centre;
    if (wanted != 0 && (flow->ends[0].port == wanted) != (flow->ends[1].port == wanted))
        return flow->ends[1].port == wanted;
    size_t replies[2] = {count_replies(&lists[0]), count_replies(&lists[1])};
    if (replies[0] != replies[1])
        return replies[1] > replies[0];
    return flow->ends[1].port < flow->ends[0].port;
}

/* Has it been closed by both ends, one FIN or the other known by its acknowledgement alone? */
static bool is_closed(const struct event_list lists[2])
{
    bool closed[2] = {false, false};
    for (int end = 0; end < 2; end++)
        closed[end] =
            lists[end].count > 0 && lists[end].events[lists[end].count - 1].kind == FIELD_FIN;
    return closed[0] && closed[1];
}

/* Of what is known by the same packet, what is missing comes first: the rest may be its doing. */
static bool comes_first(const struct event_list *list, size_t at, const struct event_list *other,
                        size_t other_at)
{
    uint64_t packet = list->moments[at].packet, other_packet = other->moments[other_at].packet;
    if (packet != other_packet)
        return packet < other_packet;
    return list->events[at].kind == FIELD_GAP;
}

/* Signs are in the order of the file, and so are the pieces of each stream: all three are merged.
 * What came with one packet: octets before what else it says. */
static bool merge(const struct flow *flow, unsigned centre, const struct event_list lists[2],
                  struct event_list *merged)
{
    size_t at[2] = {0}, sign = 0;
    for (;;) {
        const struct event_list *least = NULL;
        const struct field_moment *moment = NULL;
        for (unsigned end = 0; end < 2; end++)
            if (at[end] < lists[end].count &&
                (!least || comes_first(&lists[end], at[end], least, at[least - lists]))) {
                least = &lists[end];
                moment = &lists[end].moments[at[end]];
            }
        if (sign < flow->sign_count &&
            (!moment || flow->signs[sign].moment.packet < moment->packet)) {
            const struct flow_sign *next = &flow->signs[sign++];
            const struct field_event event = {
                .kind = next->kind, .end = next->end == centre ? FIELD_CENTRE : FIELD_SENDER};
            if (!add(merged, event, next->moment))
                return false;
            continue;
        }
        if (!moment)
            return true;
        struct field_event event = least->events[at[least - lists]++];
        event.end = (unsigned)(least - lists) == centre ? FIELD_CENTRE : FIELD_SENDER;
        if (!add(merged, event, *moment))
            return false;
    }
}

/* Since the connection began; clocks that go back stand still. */
static void stamp(const struct flow *flow, struct event_list *list)
{
    usec now = 0;
    for (size_t i = 0; i < list->count; i++) {
        usec at = list->moments[i].at - flow->first.at;
        if (at > now)
            now = at;
        list->events[i].at = now;
    }
}

static enum field_beginning beginning_of(const struct flow *flow)
{
    if (!flow->asked && !flow->answered)
        return FIELD_UNDER_WAY;
    if (flow->refused)
        return FIELD_REFUSED;
    return flow->answered || flow->joined ? FIELD_ANSWERED : FIELD_UNANSWERED;
}

static void write_end(const struct packet_address *address, char text[ENDPOINT_TEXT_SIZE])
{
    struct endpoint endpoint = {.port = address->port};
    inet_ntop(address->family == 6 ? AF_INET6 : AF_INET, address->host, endpoint.address,
              sizeof endpoint.address);
    endpoint_format(&endpoint, text);
}

static enum flow_told tell(const struct flow *flow, unsigned centre, const struct event_list *list,
                           const struct field_sink *sink, bool ended)
{
    char ends[2][ENDPOINT_TEXT_SIZE];
    bool timed_answer = flow->asked && (flow->answered || flow->refused);
    usec answered = timed_answer ? flow->answered_at - flow->first.at : 0;
    write_end(&flow->ends[0], ends[0]);
    write_end(&flow->ends[1], ends[1]);
    const struct field_connection connection = {
        .number = flow->number,
        .sender = ends[!centre],
        .centre = ends[centre],
        .began = flow->first.at,
        .beginning = beginning_of(flow),
        .answered = answered > 0 ? answered : 0,
        .asks = flow->asks,
        .asked_last = flow->asked ? flow->asked_last.at - flow->first.at : 0,
        .timed = true,
        .exact = true,
        .events = list->events,
        .event_count = list->count,
        .ended = ended,
    };
    return sink->connection(sink->owner, &connection) ? FLOW_TOLD : FLOW_STOPPED;
}

/* How a stream begins whose SYN is not in the file nobody knows, though the connection's beginning
 * is. */
static bool add_unknown_beginnings(const struct flow *flow, struct event_list lists[2])
{
    bool good = true;
    if (beginning_of(flow) != FIELD_ANSWERED)
        return true;
    for (int end = 0; end < 2; end++)
        if (!flow->streams[end].anchored)
            good = good && add(&lists[end], (struct field_event){.kind = FIELD_GAP}, flow->first);
    return good;
}

enum flow_told flow_tell(struct flow *flow, const struct field_choice *choice,
                         const struct field_sink *sink, bool ended)
{
    struct event_list lists[2] = {0}, merged = {0};
    enum flow_told told = FLOW_NO_MEMORY;
    if (!flow->wanted)
        return FLOW_TOLD;
    bool good = add_unknown_beginnings(flow, lists) &&
                field_stream_tell(&flow->streams[0], add_piece, &lists[0]) &&
                field_stream_tell(&flow->streams[1], add_piece, &lists[1]);
    unsigned centre = good ? find_centre(flow, lists, choice->port) : 0;
    if (good && choice->port != 0 && flow->ends[centre].port != choice->port) {
        told = FLOW_TOLD;
    } else if (good && merge(flow, centre, lists, &merged)) {
        stamp(flow, &merged);
        told = tell(flow, centre, &merged, sink, ended || is_closed(lists));
    }
    list_free(&lists[0]);
    list_free(&lists[1]);
    list_free(&merged);
    return told;
}
