/* The stream from its segments: in the order of their places; where several hold the same octets,
 * the one that came first. */
#include "harness/field_stream.h"

#include <stdlib.h>

/* Segments that reach over the place at hand; a heap, the one that came first on top. */
struct heap {
    const struct field_stream_segment **at;
    size_t count;
};

static bool came_before(const struct field_stream_segment *a, const struct field_stream_segment *b)
{
    return a->at < b->at; /* octets are kept in the order in which they came */
}

static void heap_put(struct heap *heap, const struct field_stream_segment *segment)
{
    size_t at = heap->count++;
    for (; at > 0 && came_before(segment, heap->at[(at - 1) / 2]); at = (at - 1) / 2)
        heap->at[at] = heap->at[(at - 1) / 2];
    heap->at[at] = segment;
}

static void heap_drop(struct heap *heap)
{
    const struct field_stream_segment *last = heap->at[--heap->count];
    size_t at = 0;
    for (size_t child = 1; child < heap->count; child = 2 * at + 1) {
        if (child + 1 < heap->count && came_before(heap->at[child + 1], heap->at[child]))
            child++;
        if (!came_before(heap->at[child], last))
            break;
        heap->at[at] = heap->at[child];
        at = child;
    }
    heap->at[at] = last;
}

struct telling {
    struct field_stream *stream;
    bool (*piece)(void *owner, const struct field_stream_piece *piece);
    void *owner;
    struct heap heap;
    size_t next; /* segment */
    size_t next_mark;
    int64_t place;              /* what stands before it was told */
    struct field_moment moment; /* of the piece before */
};

/* What stands behind something in the stream can't be told before it. */
static bool tell(struct telling *telling, struct field_stream_piece piece)
{
    if (piece.moment.packet < telling->moment.packet)
        piece.moment = telling->moment;
    telling->moment = piece.moment;
    return telling->piece(telling->owner, &piece);
}

/* The last octet that the other end acknowledged and that nobody saw is the FIN. */
static bool is_lost_fin(const struct telling *telling, int64_t end)
{
    const struct field_stream *stream = telling->stream;
    return !stream->fin && end == telling->place + 1 && telling->next == stream->segment_count &&
           telling->next_mark + 1 == stream->mark_count;
}

/* A gap up to `end`, in as many pieces as is known when its parts were on the wire. */
static bool tell_gap(struct telling *telling, int64_t end, struct field_moment moment)
{
    const struct field_stream *stream = telling->stream;
    for (; telling->next_mark < stream->mark_count; telling->next_mark++) {
        struct field_stream_mark mark = stream->marks[telling->next_mark];
        if (mark.end > end)
            break;
        if (mark.end <= telling->place)
            continue;
        struct field_stream_piece piece = {.moment = mark.moment};
        if (is_lost_fin(telling, mark.end))
            piece.end = true;
        else
            piece.missing = (uint64_t)(mark.end - telling->place);
        if (!tell(telling, piece))
            return false;
        telling->place = mark.end;
    }
    uint64_t missing = (uint64_t)(end - telling->place);
    telling->place = end;
    return missing == 0 ||
           tell(telling, (struct field_stream_piece){.missing = missing, .moment = moment});
}

static bool tell_octets(struct telling *telling)
{
    const struct field_stream *stream = telling->stream;
    const struct field_stream_segment *segment = telling->heap.at[0];
    int64_t end = segment->end;
    /* Those that came later wait in the heap, below this one. */
    for (; telling->next < stream->segment_count; telling->next++) {
        const struct field_stream_segment *next = &stream->segments[telling->next];
        if (next->begin >= end)
            break;
        if (came_before(next, segment)) {
            end = next->begin;
            break;
        }
        heap_put(&telling->heap, next);
    }
    size_t skip = (size_t)(telling->place - segment->begin);
    struct field_stream_piece piece = {
        .octets = {stream->octets.at + segment->at + skip, (size_t)(end - telling->place)},
        .moment = segment->moment};
    telling->place = end;
    return tell(telling, piece);
}

static bool tell_segments(struct telling *telling)
{
    const struct field_stream *stream = telling->stream;
    struct heap *heap = &telling->heap;
    for (;;) {
        while (telling->next < stream->segment_count &&
               stream->segments[telling->next].begin <= telling->place)
            heap_put(heap, &stream->segments[telling->next++]);
        while (heap->count > 0 && heap->at[0]->end <= telling->place)
            heap_drop(heap);
        if (heap->count > 0) {
            if (!tell_octets(telling))
                return false;
            continue;
        }
        if (telling->next == stream->segment_count)
            return true;
        const struct field_stream_segment *segment = &stream->segments[telling->next];
        struct field_moment before = {segment->moment.packet - 1, segment->moment.at};
        if (!tell_gap(telling, segment->begin, before))
            return false;
    }
}

static int by_place(const void *a, const void *b)
{
    const struct field_stream_segment *one = a, *other = b;
    if (one->begin != other->begin)
        return one->begin < other->begin ? -1 : 1;
    return one->at < other->at ? -1 : one->at > other->at;
}

/* Nothing is before the SYN, or behind the FIN; what seems so is another connection's, or nonsense.
 */
static void cut_ends(struct field_stream *stream)
{
    int64_t first = stream->anchored ? 0 : INT64_MIN;
    int64_t last = stream->fin ? stream->fin_at : INT64_MAX;
    for (size_t i = 0; i < stream->mark_count; i++)
        if (stream->marks[i].end > last)
            stream->marks[i].end = last;
    size_t kept = 0;
    for (size_t i = 0; i < stream->segment_count; i++)
        if (stream->segments[i].begin >= first && stream->segments[i].end <= last)
            stream->segments[kept++] = stream->segments[i];
    stream->segment_count = kept;
}

bool field_stream_tell(struct field_stream *stream,
                       bool (*piece)(void *owner, const struct field_stream_piece *piece),
                       void *owner)
{
    struct telling telling = {.stream = stream, .piece = piece, .owner = owner};
    cut_ends(stream);
    if (stream->segment_count > 0) {
        telling.heap.at = malloc(stream->segment_count * sizeof *telling.heap.at);
        if (!telling.heap.at)
            return false;
        qsort(stream->segments, stream->segment_count, sizeof *stream->segments, by_place);
        if (!stream->anchored && stream->segments[0].begin < 0)
            telling.place = stream->segments[0].begin;
    }
    bool good = tell_segments(&telling);
    int64_t end = telling.place;
    if (stream->mark_count > 0 && stream->marks[stream->mark_count - 1].end > end)
        end = stream->marks[stream->mark_count - 1].end;
    good = good && tell_gap(&telling, end, telling.moment);
    if (good && stream->fin)
        good =
            tell(&telling, (struct field_stream_piece){.end = true, .moment = stream->fin_moment});
    free(telling.heap.at);
    return good;
}
