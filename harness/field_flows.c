#include "harness/field_flows_private.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "wire/endpoint.h"

enum {
    LIMIT = 64 * 1024 * 1024,
    LINGERING_MOST = 1000, /* connections that are over; where there are more, the oldest go */
    ASKING_MOST = 100000,  /* connects without an answer; the same */
};

/* Behind the end of a connection its last packets may still come; a connect that nobody answers is
 * repeated for two minutes, at intervals that double (tcp_syn_retries of Linux: 1, 2, … 64 s). */
static const int64_t linger = 3 * USEC_PER_SEC;
static const int64_t asking = 70 * USEC_PER_SEC;

struct field_flows {
    struct field_choice choice;
    struct field_sink sink;
    size_t limit;
    struct flow **table; /* chains; as many as the next power of two */
    size_t table_size, open;
    struct flow_list all, over, unanswered;
    struct field_moment now;
    struct field_flows_count count;
    bool no_memory;
};

struct field_flows *field_flows_new(const struct field_choice *choice,
                                    const struct field_sink *sink, size_t limit)
{
    struct field_flows *flows = calloc(1, sizeof *flows);
    if (!flows)
        return NULL;
    flows->choice = *choice;
    flows->sink = *sink;
    flows->limit = limit ? limit : LIMIT;
    flows->table_size = 256;
    flows->table = calloc(flows->table_size, sizeof(struct flow *));
    if (!flows->table) {
        free(flows);
        return NULL;
    }
    return flows;
}

/* Lists. A flow is in `all`, and in one of the queues or none. */

static void append(struct flow_list *list, struct flow *flow, struct flow_link *link,
                   struct flow_link *link_of_last)
{
    *link = (struct flow_link){list->last, NULL};
    if (list->last)
        link_of_last->after = flow;
    else
        list->first = flow;
    list->last = flow;
}

static void queue_leave(struct flow *flow)
{
    struct flow_list *list = flow->queue;
    if (!list)
        return;
    struct flow *before = flow->ending.before, *after = flow->ending.after;
    *(before ? &before->ending.after : &list->first) = after;
    *(after ? &after->ending.before : &list->last) = before;
    list->count--;
    flow->queue = NULL;
}

static void queue_enter(struct flow *flow, struct flow_list *list)
{
    queue_leave(flow);
    append(list, flow, &flow->ending, list->last ? &list->last->ending : NULL);
    list->count++;
    flow->queue = list;
}

static void leave_all(struct field_flows *flows, struct flow *flow)
{
    struct flow *before = flow->all.before, *after = flow->all.after;
    *(before ? &before->all.after : &flows->all.first) = after;
    *(after ? &after->all.before : &flows->all.last) = before;
}

/* The table. */

static bool same_end(const struct packet_address *a, const struct packet_address *b)
{
    return a->port == b->port && a->family == b->family &&
           memcmp(a->host, b->host, sizeof a->host) == 0;
}

static uint64_t hash_end(const struct packet_address *address)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < sizeof address->host; i++)
        hash = (hash ^ address->host[i]) * 0x100000001b3;
    hash = (hash ^ address->port) * 0x100000001b3;
    return hash ^ hash >> 29;
}

/* The same for both directions. */
static struct flow **chain_of(const struct field_flows *flows, const struct packet_address *a,
                              const struct packet_address *b)
{
    uint64_t hash = (hash_end(a) + hash_end(b)) * 0x9e3779b97f4a7c15;
    return &flows->table[(hash >> 32) & (flows->table_size - 1)];
}

static struct flow *find(const struct field_flows *flows, const struct packet *packet,
                         unsigned *end)
{
    struct flow *flow = *chain_of(flows, &packet->from, &packet->to);
    for (; flow; flow = flow->same) {
        if (same_end(&flow->ends[0], &packet->from) && same_end(&flow->ends[1], &packet->to)) {
            *end = 0;
            return flow;
        }
        if (same_end(&flow->ends[1], &packet->from) && same_end(&flow->ends[0], &packet->to)) {
            *end = 1;
            return flow;
        }
    }
    return NULL;
}

static void chain(const struct field_flows *flows, struct flow *flow)
{
    struct flow **place = chain_of(flows, &flow->ends[0], &flow->ends[1]);
    flow->same = *place;
    *place = flow;
}

static void unchain(const struct field_flows *flows, const struct flow *flow)
{
    struct flow **place = chain_of(flows, &flow->ends[0], &flow->ends[1]);
    while (*place != flow)
        place = &(*place)->same;
    *place = flow->same;
}

/* Without memory for a larger table the chains get longer, and that is all. */
static void widen(struct field_flows *flows)
{
    struct flow **table = calloc(2 * flows->table_size, sizeof(struct flow *));
    if (!table)
        return;
    free(flows->table);
    flows->table = table;
    flows->table_size *= 2;
    for (struct flow *flow = flows->all.first; flow; flow = flow->all.after)
        chain(flows, flow);
}

/* Beginning and end of a flow. */

static bool has_address(const struct packet_address *address, const char *wanted)
{
    char text[ENDPOINT_ADDRESS_SIZE];
    return inet_ntop(address->family == 6 ? AF_INET6 : AF_INET, address->host, text, sizeof text) &&
           strcmp(text, wanted) == 0;
}

static bool is_wanted(const struct field_flows *flows, const struct flow *flow)
{
    const struct field_choice *choice = &flows->choice;
    bool named = choice->connection_count == 0;
    for (size_t i = 0; i < choice->connection_count; i++)
        named |= choice->connections[i] == flow->number;
    bool host = !choice->host || has_address(&flow->ends[0], choice->host) ||
                has_address(&flow->ends[1], choice->host);
    bool port = choice->port == 0 || flow->ends[0].port == choice->port ||
                flow->ends[1].port == choice->port;
    return named && host && port && (choice->from == 0 || flow->first.at >= choice->from) &&
           (choice->until == 0 || flow->first.at <= choice->until);
}

static struct flow *begin(struct field_flows *flows, const struct packet *packet)
{
    struct flow *flow = calloc(1, sizeof *flow);
    if (!flow) {
        flows->no_memory = true;
        return NULL;
    }
    flow->number = (uint32_t)++flows->count.connections;
    flow->ends[0] = packet->from;
    flow->ends[1] = packet->to;
    flow->centre = -1;
    flow->first = flow->last = flows->now;
    flow->wanted = is_wanted(flows, flow);
    flow->streams[0].limit = flow->streams[1].limit = flows->limit / 2;
    append(&flows->all, flow, &flow->all, flows->all.last ? &flows->all.last->all : NULL);
    chain(flows, flow);
    if (++flows->open > flows->table_size)
        widen(flows);
    if (flows->open > flows->count.open_most)
        flows->count.open_most = flows->open;
    return flow;
}

/* Tells of it and forgets it. */
static bool end(struct field_flows *flows, struct flow *flow, bool ended)
{
    flows->count.shortened += flow->streams[0].full || flow->streams[1].full;
    enum flow_told told = flow_tell(flow, &flows->choice, &flows->sink, ended);
    flows->no_memory |= told == FLOW_NO_MEMORY;
    queue_leave(flow);
    leave_all(flows, flow);
    unchain(flows, flow);
    flows->open--;
    flow_free(flow);
    return told == FLOW_TOLD;
}

/* Those whose time is up, in the order in which they went quiet. */
static bool end_quiet(struct field_flows *flows, const struct flow_list *list, int64_t patience,
                      size_t most)
{
    while (list->first && (flows->now.at - list->first->last.at > patience || list->count > most))
        if (!end(flows, list->first, true))
            return false;
    return true;
}

/* Packets that came a little before their own SYN, in a file whose order is not quite the wire's.
 */
static bool only_overtaken(const struct field_flows *flows, const struct flow *flow,
                           const struct packet *packet, unsigned from)
{
    static const uint32_t near = 65536;
    const struct field_stream *stream = &flow->streams[from];
    return stream->based && stream->base - (packet->sequence + 1) < near &&
           flows->now.at - flow->first.at < USEC_PER_SEC && !flow_over(flow);
}

/* Does it begin another connection between the same ports? A repeated SYN is the same; so is the
 * answer to one. */
static bool begins_anew(const struct field_flows *flows, const struct flow *flow,
                        const struct packet *packet, unsigned from)
{
    if (!packet->syn || packet->rst)
        return false;
    if (packet->ack)
        return flow_over(flow) && !flow->refused && flow->answered &&
               flow->streams[flow->centre].base != packet->sequence + 1;
    if (!flow->asked)
        return !only_overtaken(flows, flow, packet, from);
    return flow->asked_with != packet->sequence;
}

/* Of a connection that was there before the file, or is long forgotten, neither keep-alives nor
 * farewells tell anything. */
static bool worth_beginning(const struct packet *packet)
{
    return packet->syn ? !packet->rst : packet->length > 1;
}

bool field_flows_take(struct field_flows *flows, const struct packet *packet, int64_t at)
{
    unsigned from = 0;
    flows->now.packet += 2;
    if (at > flows->now.at)
        flows->now.at = at;
    if (!end_quiet(flows, &flows->over, linger, LINGERING_MOST) ||
        !end_quiet(flows, &flows->unanswered, asking, ASKING_MOST))
        return false;
    struct flow *flow = find(flows, packet, &from);
    if (flow && begins_anew(flows, flow, packet, from)) {
        if (!end(flows, flow, flow_over(flow)))
            return false;
        flow = NULL;
    }
    if (!flow && !worth_beginning(packet))
        return true;
    if (!flow) {
        flow = begin(flows, packet);
        from = 0;
    }
    if (!flow || !flow_take(flow, packet, from, flows->now)) {
        flows->no_memory = true;
        return false;
    }
    if (flow_over(flow))
        queue_enter(flow, &flows->over);
    else if (flow_asking(flow))
        queue_enter(flow, &flows->unanswered);
    else
        queue_leave(flow);
    return true;
}

bool field_flows_finish(struct field_flows *flows)
{
    while (flows->all.first)
        if (!end(flows, flows->all.first, flow_over(flows->all.first)))
            return false;
    return true;
}

bool field_flows_no_memory(const struct field_flows *flows)
{
    return flows->no_memory;
}

struct field_flows_count field_flows_count(const struct field_flows *flows)
{
    return flows->count;
}

void field_flows_free(struct field_flows *flows)
{
    if (!flows)
        return;
    while (flows->all.first) {
        struct flow *flow = flows->all.first;
        flows->all.first = flow->all.after;
        flow_free(flow);
    }
    free(flows->table);
    free(flows);
}
