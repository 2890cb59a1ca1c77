/* One direction of a TCP connection, put together from the segments of a capture.
 *
 * Segments come in the order in which they stand in the file, in any order of the stream, twice,
 * overlapping (of what differs the first one counts), cut or not at all. They are kept until the
 * connection is over, and told then: the octets in the order of the stream, and what is missing as
 * gaps. What was on the wire and is not in the file is known from later segments, from the lengths
 * of cut packets, from the FIN, and from what the other end acknowledged. */
#ifndef HARNESS_FIELD_STREAM_H
#define HARNESS_FIELD_STREAM_H

#include "wire/buf.h"
#include "wire/time.h"

/* Which packet of the file, and when. */
struct field_moment {
    uint64_t packet; /* twice its number, or one less for what it acknowledges: events are put in
                        order by it */
    int64_t at;      /* wall clock */
};

struct field_stream_segment {
    int64_t begin, end; /* in the stream; 0 is the first octet known of */
    size_t at;          /* in `octets` */
    struct field_moment moment;
};

/* By this moment, what stands before `end` had been on the wire. */
struct field_stream_mark {
    int64_t end;
    struct field_moment moment;
};

struct field_stream {
    size_t limit; /* octets of memory that it may take, roughly; later ones become a gap; 0: none */
    bool anchored;  /* its SYN was seen: nothing is before octet 0 */
    bool based;     /* `base` is known */
    uint32_t base;  /* the sequence number of the stream's octet 0 */
    int64_t newest; /* the highest place spoken of: sequence numbers wrap around relative to it */

    struct buf octets;
    struct field_stream_segment *segments;
    size_t segment_count, segment_room;
    struct field_stream_mark *marks; /* ends in rising order */
    size_t mark_count, mark_room;

    int64_t start;              /* where it begins; below 0 where earlier octets came late */
    int64_t whole;              /* what stands before it is all there */
    int64_t run_begin, run_end; /* behind a hole, what came in one piece; equal: nothing */
    bool fin;
    int64_t fin_at; /* the stream's end */
    struct field_moment fin_moment;
    bool full; /* the limit was reached: later octets are only marked */
};

/* All zeros but for the limit is a stream of which nothing is known. */
void field_stream_free(struct field_stream *stream);

/* The SYN of this direction: its octets begin behind `sequence`, whatever was thought before. */
void field_stream_begin(struct field_stream *stream, uint32_t sequence);

/* A segment with `length` octets at `sequence`, of which `seen` are in the file. False, here and
 * below: no memory. */
bool field_stream_take(struct field_stream *stream, uint32_t sequence, struct octets seen,
                       uint32_t length, struct field_moment moment);
/* This direction ends at `sequence`. */
bool field_stream_finish(struct field_stream *stream, uint32_t sequence,
                         struct field_moment moment);
/* The other end has everything before `sequence`. */
bool field_stream_acknowledged(struct field_stream *stream, uint32_t sequence,
                               struct field_moment moment);

/* How much memory it takes. */
size_t field_stream_size(const struct field_stream *stream);

/* Any octets that are in the file? */
static inline bool field_stream_has_octets(const struct field_stream *stream)
{
    return stream->segment_count > 0;
}

/* A run of octets, or a gap, or the end of the stream. */
struct field_stream_piece {
    struct octets octets; /* the stream's; valid until it is freed */
    uint64_t missing;
    bool end;
    struct field_moment moment; /* never before that of the piece before it */
};

/* Puts the stream together and tells it piece by piece. False: no memory, or told to stop. */
bool field_stream_tell(struct field_stream *stream,
                       bool (*piece)(void *owner, const struct field_stream_piece *piece),
                       void *owner);

#endif
