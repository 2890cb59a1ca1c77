#include "harness/check_stream.h"

#include <stdlib.h>
#include <string.h>

bool check_grow(void **at, size_t *room, size_t count, size_t size)
{
    if (count < *room)
        return true;
    size_t more = *room ? *room * 2 : 8;
    void *grown = realloc(*at, more * size);
    if (!grown)
        return false;
    *at = grown;
    *room = more;
    return true;
}

bool stream_append(struct stream *stream, const struct transcript_event *event, size_t index)
{
    size_t count = event->octets.count;
    if (stream->room - stream->count < count) {
        size_t room = stream->room ? stream->room : 1024;
        while (room - stream->count < count)
            room *= 2;
        uint8_t *grown = realloc(stream->at, room);
        if (!grown)
            return false;
        stream->at = grown;
        stream->room = room;
    }
    void *segments = stream->segments;
    if (!check_grow(&segments, &stream->segment_room, stream->segment_count,
                    sizeof *stream->segments))
        return false;
    stream->segments = segments;
    stream->segments[stream->segment_count++] =
        (struct segment){stream->count, event->at, index, false};
    if (count > 0)
        memcpy(stream->at + stream->count, event->octets.at, count);
    stream->count += count;
    return true;
}

const struct segment *stream_locate(const struct stream *stream, size_t offset)
{
    size_t low = 0, high = stream->segment_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (stream->segments[middle].begin <= offset)
            low = middle;
        else
            high = middle;
    }
    return stream->segment_count > 0 ? &stream->segments[low] : NULL;
}
