/* A growing run of octets with a limit: what is kept between two events.
 *
 * The struct is the caller's; the octets are the buffer's, and move when it grows: no pointer into
 * them outlives a call that appends. All zeros with a limit set is an empty buffer without memory.
 * Nothing here ends the program: what can't be kept is refused, and the buffer stays as it was. */
#ifndef WIRE_BUF_H
#define WIRE_BUF_H

#include "wire/octets.h"

struct buf {
    uint8_t *at;  /* the octets; null while the buffer has no memory */
    size_t count; /* how many there are */
    size_t room;  /* how many fit without growing */
    size_t limit; /* how many it may ever hold; 0: SIZE_MAX */
};

#define BUF_INIT(most) ((struct buf){NULL, 0, 0, (most)})

/* Appends; false where the limit or memory forbids it (the buffer is unchanged). Growth is by
 * doubling. */
bool buf_append(struct buf *buf, struct octets octets);
bool buf_append_string(struct buf *buf, const char *string);
bool buf_append_octet(struct buf *buf, uint8_t octet);
bool buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for `more` octets behind the last one and returns where they start; the caller writes
 * there and then adds to `count`. Null where the limit or memory forbids it. */
uint8_t *buf_reserve(struct buf *buf, size_t more);

/* Drops `count` octets (at most buf->count) from the front. */
void buf_drop(struct buf *buf, size_t count);

/* Forgets the octets, keeps the memory. */
void buf_clear(struct buf *buf);

/* Gives the memory back; the buffer is empty, keeps its limit and can be used again. */
void buf_free(struct buf *buf);

static inline struct octets buf_octets(const struct buf *buf)
{
    return (struct octets){buf->at, buf->count};
}

#endif
