/* The octets that passed in one direction of a connection, in one piece, with where each came from.
 */
#ifndef HARNESS_CHECK_STREAM_H
#define HARNESS_CHECK_STREAM_H

#include "mockserver/transcript.h"

/* Where a run of stream octets came from. */
struct segment {
    size_t begin;
    usec at;
    size_t event;
    bool held_back; /* it had waited behind a window that was closed, or may have: its time is that
                       of the other end's reading on */
};

struct stream {
    uint8_t *at;
    size_t count, room;
    struct segment *segments;
    size_t segment_count, segment_room;
};

/* Appends an event's octets; false where memory ran out. */
bool stream_append(struct stream *stream, const struct transcript_event *event, size_t index);

/* When, and by which event, the octet at `offset` passed. */
const struct segment *stream_locate(const struct stream *stream, size_t offset);

/* Makes room in an array for one element more: doubles *room, moves *at. False where memory ran out
 * (nothing has changed). */
bool check_grow(void **at, size_t *room, size_t count, size_t size);

#endif
