#include "wire/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_ROOM = 64 };

static size_t limit_of(const struct buf *buf)
{
    return buf->limit ? buf->limit : SIZE_MAX - 1;
}

/* Doubles until `wanted` fits, within the limit. One octet more than `room` is always there, for
 * the NUL that vsnprintf writes and nobody counts. */
static bool grow(struct buf *buf, size_t wanted)
{
    size_t limit = limit_of(buf);
    size_t room = buf->room < FIRST_ROOM ? FIRST_ROOM : buf->room;
    while (room < wanted)
        room = room > limit / 2 ? limit : room * 2;
    if (room > limit)
        room = limit;
    uint8_t *at = realloc(buf->at, room + 1);
    if (!at)
        return false;
    buf->at = at;
    buf->room = room;
    return true;
}

uint8_t *buf_reserve(struct buf *buf, size_t more)
{
    size_t limit = limit_of(buf);
    if (buf->count > limit || more > limit - buf->count)
        return NULL;
    if ((!buf->at || more > buf->room - buf->count) && !grow(buf, buf->count + more))
        return NULL;
    return buf->at + buf->count;
}

bool buf_append(struct buf *buf, struct octets octets)
{
    if (octets.count == 0)
        return true;
    uint8_t *at = buf_reserve(buf, octets.count);
    if (!at)
        return false;
    memcpy(at, octets.at, octets.count);
    buf->count += octets.count;
    return true;
}

bool buf_append_string(struct buf *buf, const char *string)
{
    return buf_append(buf, octets_of(string));
}

bool buf_append_octet(struct buf *buf, uint8_t octet)
{
    return buf_append(buf, (struct octets){&octet, 1});
}

bool buf_format(struct buf *buf, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int count = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    uint8_t *at = count < 0 ? NULL : buf_reserve(buf, (size_t)count);
    if (at) {
        vsnprintf((char *)at, (size_t)count + 1, format, again);
        buf->count += (size_t)count;
    }
    va_end(again);
    return at != NULL;
}

void buf_drop(struct buf *buf, size_t count)
{
    if (count == 0)
        return;
    buf->count -= count;
    memmove(buf->at, buf->at + count, buf->count);
}

void buf_clear(struct buf *buf)
{
    buf->count = 0;
}

void buf_free(struct buf *buf)
{
    free(buf->at);
    *buf = BUF_INIT(buf->limit);
}
