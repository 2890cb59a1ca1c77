/* One connection: its packets are taken apart into two streams and the signs around them. */
#include "harness/field_flows_private.h"

#include <stdlib.h>

enum { SIGNS_MOST = 4096 };

void flow_free(struct flow *flow)
{
    field_stream_free(&flow->streams[0]);
    field_stream_free(&flow->streams[1]);
    free(flow->signs);
    free(flow);
}

/* Windows that open and close for ever: what was told of them suffices. */
static bool add_sign(struct flow *flow, enum field_kind kind, unsigned end,
                     struct field_moment moment)
{
    if (flow->sign_count >= SIGNS_MOST && kind != FIELD_RST)
        return true;
    if (flow->sign_count == flow->sign_room) {
        size_t room = flow->sign_room ? 2 * flow->sign_room : 4;
        struct flow_sign *grown = realloc(flow->signs, room * sizeof *grown);
        if (!grown)
            return false;
        flow->signs = grown;
        flow->sign_room = room;
    }
    flow->signs[flow->sign_count++] = (struct flow_sign){kind, end, moment};
    return true;
}

/* The same packet may stand in the file twice (a capture on all interfaces sees it come and go):
 * connects are repeated after a second, and no sooner than after some milliseconds. */
static const int64_t twice = 5 * USEC_PER_MSEC;

static void take_syn(struct flow *flow, const struct packet *packet, unsigned end,
                     struct field_moment moment)
{
    if (packet->ack) {
        flow->answered_at = flow->answered ? flow->answered_at : moment.at;
        flow->answered = true;
        flow->centre = (int)end;
        field_stream_begin(&flow->streams[!end], packet->acknowledged - 1);
    } else {
        if (!flow->answered && (!flow->asked || moment.at - flow->asked_last.at > twice)) {
            flow->asks++;
            flow->asked_last = moment;
        }
        flow->asked = true;
        flow->asked_with = packet->sequence;
        flow->centre = (int)!end;
    }
    field_stream_begin(&flow->streams[end], packet->sequence);
}

static bool take_reset(struct flow *flow, unsigned end, struct field_moment moment)
{
    if (flow->reset[end])
        return true;
    if (flow->asked && !flow->answered && !flow->joined && flow->centre == (int)end) {
        flow->refused = true;
        flow->answered_at = moment.at;
    }
    flow->reset[end] = true;
    return !flow->wanted || add_sign(flow, FIELD_RST, end, moment);
}

/* A SYN says nothing of what the window will be; and who has closed takes no more anyway. */
static bool take_window(struct flow *flow, const struct packet *packet, unsigned end,
                        struct field_moment moment)
{
    bool closed = packet->window == 0;
    if (packet->syn || flow->closed[end] == closed || flow->reset[end] || flow->finished[end])
        return true;
    flow->closed[end] = closed;
    return add_sign(flow, closed ? FIELD_CLOSED_WINDOW : FIELD_OPEN_WINDOW, end, moment);
}

static bool take_octets(struct flow *flow, const struct packet *packet, unsigned end,
                        struct field_moment moment)
{
    struct field_stream *stream = &flow->streams[end];
    uint32_t sequence = packet->sequence + packet->syn;
    if (packet->length > 0 &&
        !field_stream_take(stream, sequence, packet->payload, packet->length, moment))
        return false;
    if (packet->fin && !field_stream_finish(stream, sequence + packet->length, moment))
        return false;
    /* Of what it acknowledges it knew before it said anything itself. */
    struct field_moment before = {moment.packet - 1, moment.at};
    return !packet->ack ||
           field_stream_acknowledged(&flow->streams[!end], packet->acknowledged, before);
}

bool flow_take(struct flow *flow, const struct packet *packet, unsigned end,
               struct field_moment moment)
{
    flow->last = moment;
    if (packet->syn)
        take_syn(flow, packet, end, moment);
    if (packet->rst)
        return take_reset(flow, end, moment);
    if (!packet->syn)
        flow->joined = true;
    if (flow->wanted &&
        (!take_octets(flow, packet, end, moment) || !take_window(flow, packet, end, moment)))
        return false;
    flow->finished[end] |= packet->fin;
    return true;
}
