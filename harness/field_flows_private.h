/* Private to harness/field_flow*.c: one connection while its packets come. */
#ifndef HARNESS_FIELD_FLOWS_PRIVATE_H
#define HARNESS_FIELD_FLOWS_PRIVATE_H

#include "harness/field_flows.h"
#include "harness/field_stream.h"

/* A place in a list that it knows itself. */
struct flow_link {
    struct flow *before, *after;
};

struct flow_list {
    struct flow *first, *last;
    size_t count; /* of queues */
};

/* What of the connection is no octet: windows and resets. */
struct flow_sign {
    enum field_kind kind;
    unsigned end; /* 0, 1 */
    struct field_moment moment;
};

struct flow {
    uint32_t number;
    bool wanted; /* otherwise it only keeps its number */
    struct packet_address ends[2];
    struct field_stream streams[2]; /* what each end sends */
    int centre;                     /* 0, 1; -1: not known */
    struct field_moment first, last;
    bool asked; /* a SYN was seen … */
    uint32_t asked_with;
    struct field_moment asked_last; /* … for the last time */
    unsigned asks;
    bool answered; /* SYN and ACK */
    bool refused;  /* an RST came instead */
    bool joined;   /* something came that only follows an answer */
    int64_t answered_at;
    bool reset[2], closed[2], finished[2];
    struct flow_sign *signs;
    size_t sign_count, sign_room;

    struct flow *same;       /* the next one in the table's chain */
    struct flow_link all;    /* every open one, in the order of their numbers */
    struct flow_link ending; /* those that need only time, in the order of their last packets */
    struct flow_list *queue; /* in which of them it is; null: none */
};

/* Takes one packet, sent by `end`. False: no memory. */
bool flow_take(struct flow *flow, const struct packet *packet, unsigned end,
               struct field_moment moment);
static inline bool flow_over(const struct flow *flow)
{
    return flow->reset[0] || flow->reset[1] || (flow->finished[0] && flow->finished[1]);
}
/* Nothing but SYNs so far. */
static inline bool flow_asking(const struct flow *flow)
{
    return flow->asked && !flow->answered && !flow->joined && !flow_over(flow);
}

enum flow_told { FLOW_TOLD, FLOW_STOPPED, FLOW_NO_MEMORY };
/* Puts it together and tells the sink, unless the choice leaves it out. `ended`: the file holds its
 * end. */
enum flow_told flow_tell(struct flow *flow, const struct field_choice *choice,
                         const struct field_sink *sink, bool ended);

void flow_free(struct flow *flow);

#endif
