#include <assert.h>
#include <stdlib.h>

#include "wire/loop_virtual_private.h"

enum { FIRST_CLIENT_PORT = 49152, CLIENT_PORTS = 16384 };

/* --- the life of a stream --- */

static void drop_output(struct stream_end *end)
{
    struct virtual_loop *virtual = stream_end_loop(end);
    if (end->corked)
        segment_free(virtual, end->corked);
    end->corked = NULL;
    while (end->waiting.first)
        segment_free(virtual, segment_pop(&end->waiting));
    end->waiting_octets = 0;
    loop_timer_cancel(end->conn.loop, &end->bound);
}

/* The reader has taken octets: a writer that had to leave some behind may go on, as soon as half
 * the window is open again (RFC 1122 §4.2.3.3 avoids silly windows the same way). */
static void unread_less(struct stream_end *reader, size_t count)
{
    size_t window = stream_end_loop(reader)->network.window;
    reader->unread -= count;
    struct stream_end *writer = stream_end_peer(reader);
    if (!writer->waiting.first && !writer->drain_due)
        return;
    if (!writer->room.posted && reader->unread <= window / 2)
        stream_post_later(writer, &writer->room);
}

void stream_end_drop_input(struct stream_end *end)
{
    while (end->held.first) {
        struct segment *segment = segment_pop(&end->held);
        unread_less(end, segment_count(segment));
        segment_free(stream_end_loop(end), segment);
    }
}

static void stream_free(struct virtual_loop *virtual, struct stream *stream)
{
    for (int i = 0; i < 2; i++) {
        drop_output(&stream->ends[i]);
        while (stream->ends[i].held.first)
            segment_free(virtual, segment_pop(&stream->ends[i].held));
    }
    *(stream->previous ? &stream->previous->next : &virtual->streams) = stream->next;
    if (stream->next)
        stream->next->previous = stream->previous;
    if (!VIRTUAL_KEEPS_SPARES) {
        free(stream);
        return;
    }
    stream->next = virtual->spare_streams;
    virtual->spare_streams = stream;
}

void stream_free_if_unused(struct stream *stream)
{
    if (stream->uses == 0 && stream->ends[0].closed && stream->ends[1].closed)
        stream_free(stream_end_loop(&stream->ends[0]), stream);
}

void stream_release(struct stream *stream)
{
    assert(stream->uses > 0);
    stream->uses--;
    stream_free_if_unused(stream);
}

/* --- telling the owner --- */

static size_t piece_size(struct stream_end *end, size_t count)
{
    const struct loop_network *network = &stream_end_loop(end)->network;
    size_t limit = network->segment_limit ? network->segment_limit : count;
    if (network->random_segments)
        limit = 1 + (size_t)random_below(&end->random, limit);
    return limit < count ? limit : count;
}

/* Hands one piece of what is held to the owner. The segment is out of the queue meanwhile: the
 * owner may close the connection, and still reads it. */
static void receive_piece(struct stream_end *end)
{
    struct segment *segment = segment_pop(&end->held);
    struct octets octets = {segment->at + segment->start, piece_size(end, segment_count(segment))};
    segment->start += octets.count;
    unread_less(end, octets.count);
    end->conn.handler->received(end->conn.owner, &end->conn, octets);
    if (segment_count(segment) > 0 && !end->closed && !end->dead) {
        segment_push_front(&end->held, segment);
        return;
    }
    unread_less(end, segment_count(segment));
    segment_free(stream_end_loop(end), segment);
}

static bool has_news(const struct stream_end *end)
{
    if (!end->conn.handler)
        return false;
    if (end->dead)
        return !end->dead_told;
    if (end->paused)
        return false;
    return end->held.first || end->broken || (end->fin_arrived && !end->fin_told);
}

void stream_end_wake(struct stream_end *end)
{
    if (has_news(end) && !end->wake.posted)
        stream_post_soon(end, &end->wake);
}

void stream_end_attend(struct stream_end *end)
{
    if (!has_news(end) || end->wake.posted)
        return;
    const struct conn_handler *handler = end->conn.handler;
    if (end->broken && !end->held.first)
        stream_end_die(end, CONN_END_RESET);
    if (end->dead) {
        end->dead_told = true;
        handler->ended(end->conn.owner, &end->conn, end->end);
    } else if (end->held.first) {
        receive_piece(end);
    } else {
        end->fin_told = true;
        handler->ended(end->conn.owner, &end->conn, CONN_END_FIN);
    }
    stream_end_wake(end);
}

void stream_end_die(struct stream_end *end, enum conn_end how)
{
    if (end->dead)
        return;
    end->dead = true;
    end->end = how;
    drop_output(end);
    stream_end_drop_input(end);
}

void stream_end_reset(struct stream_end *end)
{
    stream_end_die(end, CONN_END_FAILED);
    if (end->reset_sent)
        return;
    end->reset_sent = true;
    stream_post_later(end, &end->reset);
}

/* The connection can't go on for a reason of our own; the owner hears of it soon. */
void stream_end_fail(struct stream_end *end)
{
    stream_end_die(end, CONN_END_FAILED);
    stream_end_wake(end);
}

/* --- what arrives --- */

static void segment_arrives(struct event *event)
{
    struct segment *segment = OWNER_OF(event, struct segment, arrival);
    struct stream_end *end = segment->to;
    if (end->closed || end->dead) {
        unread_less(end, segment_count(segment));
        segment_free(stream_end_loop(end), segment);
        if (end->fin_sent && !end->dead && end->conn.loop->now > end->lingers_until)
            stream_end_reset(end);
    } else {
        segment_push_back(&end->held, segment);
        stream_end_attend(end);
    }
    stream_release(end->stream);
}

static void fin_arrives(struct event *event)
{
    struct stream_end *end = stream_end_peer(OWNER_OF(event, struct stream_end, fin));
    end->fin_arrived = true;
    stream_end_attend(end);
    stream_release(end->stream);
}

static void reset_arrives(struct event *event)
{
    struct stream_end *end = stream_end_peer(OWNER_OF(event, struct stream_end, reset));
    if (end->held.first && !end->paused) {
        end->broken = true;
        drop_output(end);
    } else {
        stream_end_die(end, CONN_END_RESET);
        stream_end_attend(end);
    }
    stream_release(end->stream);
}

static void wakes(struct event *event)
{
    struct stream_end *end = OWNER_OF(event, struct stream_end, wake);
    stream_end_attend(end);
    stream_release(end->stream);
}

void stream_end_transmit(struct stream_end *end, struct segment *segment)
{
    segment->to = stream_end_peer(end);
    segment->to->unread += segment_count(segment);
    segment->arrival.happen = segment_arrives;
    stream_post_later(end, &segment->arrival);
}

void stream_end_opened(struct stream_end *end)
{
    end->opened = true;
    if (end->corked || end->shut)
        stream_end_mark_dirty(end);
    if (end->drain_due && !end->room.posted)
        stream_post_soon(end, &end->room);
}

/* --- making and freeing streams --- */

static void end_init(struct stream *stream, int side, struct virtual_loop *virtual)
{
    struct stream_end *end = &stream->ends[side];
    end->conn.loop = &virtual->loop;
    end->stream = stream;
    end->fin.happen = fin_arrives;
    end->reset.happen = reset_arrives;
    end->room.happen = stream_end_room_opens;
    end->wake.happen = wakes;
    timer_init(&end->bound, stream_end_bound_expired);
    if (virtual->network.random_segments)
        end->random =
            random_seeded(virtual->network.seed, 2 * virtual->stream_count + (uint64_t)side);
}

struct stream *stream_new(struct virtual_loop *virtual, const struct endpoint *to)
{
    struct stream *stream = virtual->spare_streams;
    if (stream)
        virtual->spare_streams = stream->next;
    else
        stream = malloc(sizeof *stream);
    if (!stream) {
        loop_lack_memory(&virtual->loop);
        return NULL;
    }
    *stream = (struct stream){.to = *to, .next = virtual->streams};
    end_init(stream, 0, virtual);
    end_init(stream, 1, virtual);
    stream->ends[1].closed = true; /* until the connect arrives at a listener */
    stream->port = (uint16_t)(FIRST_CLIENT_PORT + virtual->stream_count % CLIENT_PORTS);
    virtual->stream_count++;
    if (stream->next)
        stream->next->previous = stream;
    virtual->streams = stream;
    return stream;
}

void streams_free(struct virtual_loop *virtual)
{
    struct event_queue *queues[] = {&virtual->soon, &virtual->later};
    for (size_t i = 0; i < sizeof queues / sizeof *queues; i++) {
        struct event *event;
        while ((event = event_take(queues[i])))
            if (event->happen == segment_arrives)
                segment_free(virtual, OWNER_OF(event, struct segment, arrival));
    }
    while (virtual->streams)
        stream_free(virtual, virtual->streams);
    while (virtual->spare_streams) {
        struct stream *next = virtual->spare_streams->next;
        free(virtual->spare_streams);
        virtual->spare_streams = next;
    }
}
