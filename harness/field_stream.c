#include "harness/field_stream.h"

#include <stdlib.h>

void field_stream_free(struct field_stream *stream)
{
    buf_free(&stream->octets);
    free(stream->segments);
    free(stream->marks);
    *stream = (struct field_stream){0};
}

size_t field_stream_size(const struct field_stream *stream)
{
    return stream->octets.room + stream->segment_room * sizeof *stream->segments +
           stream->mark_room * sizeof *stream->marks;
}

/* Room for one element more; moves *at. */
static bool grow(void **at, size_t *room, size_t count, size_t size)
{
    if (count < *room)
        return true;
    size_t more = *room ? 2 * *room : 8;
    void *grown = realloc(*at, more * size);
    if (!grown)
        return false;
    *at = grown;
    *room = more;
    return true;
}

/* What was counted from the first octet that came is counted from the SYN. */
static void shift(struct field_stream *stream, int64_t by)
{
    for (size_t i = 0; i < stream->segment_count; i++) {
        stream->segments[i].begin += by;
        stream->segments[i].end += by;
    }
    for (size_t i = 0; i < stream->mark_count; i++)
        stream->marks[i].end += by;
    int64_t begin = stream->start + by, end = stream->whole + by;
    stream->run_begin = stream->run_end = 0;
    stream->whole = 0;
    if (begin <= 0 && end > 0) {
        stream->whole = end;
    } else if (begin > 0) {
        stream->run_begin = begin;
        stream->run_end = end;
    }
    stream->start = 0;
    stream->newest += by;
    stream->fin_at += by;
}

void field_stream_begin(struct field_stream *stream, uint32_t sequence)
{
    int64_t by = (int32_t)(stream->base - (sequence + 1));
    if (stream->anchored)
        return;
    if (stream->based && by != 0)
        shift(stream, by);
    stream->anchored = stream->based = true;
    stream->base = sequence + 1;
}

/* The place of a sequence number. What was never heard of begins here. */
static int64_t place_of(struct field_stream *stream, uint32_t sequence)
{
    if (!stream->based) {
        stream->based = true;
        stream->base = sequence;
    }
    uint32_t distance = sequence - (stream->base + (uint32_t)(uint64_t)stream->newest);
    return stream->newest + (int32_t)distance;
}

static void heard_of(struct field_stream *stream, int64_t place)
{
    if (place > stream->newest)
        stream->newest = place;
}

/* Would so many more octets exceed the limit? What was refused once is refused for good: a stream
 * with a thousand holes serves nobody. */
static bool out_of_room(struct field_stream *stream, size_t more)
{
    if (stream->limit > 0 && field_stream_size(stream) + more > stream->limit)
        stream->full = true;
    return stream->full;
}

static bool mark(struct field_stream *stream, int64_t end, struct field_moment moment)
{
    if (end <= stream->whole ||
        (stream->mark_count > 0 && end <= stream->marks[stream->mark_count - 1].end))
        return true;
    if (out_of_room(stream, 0) && stream->mark_count > 0) {
        stream->marks[stream->mark_count - 1].end = end;
        return true;
    }
    void *marks = stream->marks;
    if (!grow(&marks, &stream->mark_room, stream->mark_count, sizeof *stream->marks))
        return false;
    stream->marks = marks;
    stream->marks[stream->mark_count++] = (struct field_stream_mark){end, moment};
    return true;
}

/* What is there in one piece from the beginning on, and behind the first hole. Two numbers are no
 * full account, but all that most captures need to see what is there already. */
static void account(struct field_stream *stream, int64_t begin, int64_t end)
{
    if (begin <= stream->whole) {
        if (end > stream->whole)
            stream->whole = end;
        if (stream->run_begin <= stream->whole && stream->run_end > stream->whole)
            stream->whole = stream->run_end;
        if (stream->run_end <= stream->whole)
            stream->run_begin = stream->run_end = 0;
    } else if (stream->run_begin == stream->run_end) {
        stream->run_begin = begin;
        stream->run_end = end;
    } else if (begin >= stream->run_begin && begin <= stream->run_end && end > stream->run_end) {
        stream->run_end = end;
    }
}

static bool keep(struct field_stream *stream, int64_t begin, struct octets seen,
                 struct field_moment moment)
{
    int64_t end = begin + (int64_t)seen.count;
    bool early = begin < stream->start;
    bool again =
        !early && (end <= stream->whole || (begin >= stream->run_begin && end <= stream->run_end));
    if (again || (early && stream->anchored))
        return true;
    if (early && end >= stream->start)
        stream->start = begin;
    if (!early && begin < stream->whole) {
        seen = octets_from(seen, (size_t)(stream->whole - begin));
        begin = stream->whole;
    }
    void *segments = stream->segments;
    if (!grow(&segments, &stream->segment_room, stream->segment_count, sizeof *stream->segments))
        return false;
    stream->segments = segments;
    size_t at = stream->octets.count;
    if (!buf_append(&stream->octets, seen))
        return false;
    stream->segments[stream->segment_count++] =
        (struct field_stream_segment){begin, end, at, moment};
    if (!early)
        account(stream, begin, end);
    return true;
}

bool field_stream_take(struct field_stream *stream, uint32_t sequence, struct octets seen,
                       uint32_t length, struct field_moment moment)
{
    int64_t begin = place_of(stream, sequence), end = begin + length;
    bool kept = seen.count > 0 && !out_of_room(stream, seen.count);
    heard_of(stream, end);
    if (kept && !keep(stream, begin, seen, moment))
        return false;
    return (kept && seen.count >= length) || mark(stream, end, moment);
}

bool field_stream_finish(struct field_stream *stream, uint32_t sequence, struct field_moment moment)
{
    int64_t end = place_of(stream, sequence);
    heard_of(stream, end);
    if (stream->fin)
        return true;
    stream->fin = true;
    stream->fin_at = end;
    stream->fin_moment = moment;
    moment.packet--; /* what is missing before it was on the wire before it */
    return mark(stream, end, moment);
}

bool field_stream_acknowledged(struct field_stream *stream, uint32_t sequence,
                               struct field_moment moment)
{
    int64_t end = place_of(stream, sequence);
    heard_of(stream, end);
    if (stream->fin && end > stream->fin_at)
        end = stream->fin_at;
    return mark(stream, end, moment);
}
