#include "client/body.h"

#include <assert.h>

void client_body_begin(struct client_body *body, struct octets message)
{
    *body = (struct client_body){.rest = message};
}

/* The network only reads them, but struct iovec knows no const. */
static struct iovec slice_of(struct octets octets)
{
    union {
        const void *in;
        void *out;
    } at = {.in = octets.at};
    return (struct iovec){at.out, octets.count};
}

static void fill(struct client_body *body)
{
    struct octets slice;
    body->first = body->count = 0;
    while (body->count < CLIENT_BODY_SLICES - 1 && dot_stuff(&body->stuffer, &body->rest, &slice))
        body->slices[body->count++] = slice_of(slice);
    if (body->count < CLIENT_BODY_SLICES - 1) {
        body->slices[body->count++] = slice_of(dot_end(&body->stuffer));
        body->ending = true;
    }
}

bool client_body_next(struct client_body *body, const struct iovec **slices, int *count,
                      size_t *octets)
{
    if (body->first == body->count) {
        if (body->ending)
            return false;
        fill(body);
    }
    *slices = body->slices + body->first;
    *count = body->count - body->first;
    *octets = 0;
    for (int i = body->first; i < body->count; i++)
        *octets += body->slices[i].iov_len;
    return true;
}

void client_body_took(struct client_body *body, size_t octets)
{
    while (octets > 0) {
        assert(body->first < body->count);
        struct iovec *slice = &body->slices[body->first];
        size_t taken = octets < slice->iov_len ? octets : slice->iov_len;
        slice->iov_base = (uint8_t *)slice->iov_base + taken;
        slice->iov_len -= taken;
        octets -= taken;
        if (body->ending && body->first == body->count - 1)
            body->end_begun = true;
        if (slice->iov_len == 0)
            body->first++;
    }
}
