#include "harness/message_make.h"

#include <stdio.h>
#include <string.h>

#include "wire/random.h"

enum {
    COMMON_OCTETS = 398, /* without their CRLF */
    LINE_MOST = 998,     /* octets of a line without its CRLF */
    TEXT_MOST = 72,
    OFF_MOST = 2, /* a dot line begins so many octets off a block's boundary at most */
};

/* A message under way. */
struct making {
    struct buf *buf;
    struct random random;
    size_t begin; /* in the buffer */
    size_t whole; /* octets that it shall have */
    size_t dots;  /* lines so far that begin with one: so many octets more are sent */
    bool no_memory;
};

static size_t made(const struct making *making)
{
    return making->buf->count - making->begin;
}

static size_t below(struct making *making, size_t limit)
{
    return (size_t)random_below(&making->random, limit);
}

static void put(struct making *making, uint8_t octet)
{
    making->no_memory |= !buf_append_octet(making->buf, octet);
}

static void put_string(struct making *making, const char *string)
{
    making->no_memory |= !buf_append_string(making->buf, string);
}

static void put_header(struct making *making, const char *name)
{
    put_string(making, "From: GW1ABC@GW1.ABC.NACCS6\r\nTo: NACCS@MAIL.PROD.NACCS6\r\n"
                       "Date: Wed, 01 Apr 2026 09:00:00 +0900\r\nMessage-ID: <");
    put_string(making, name);
    put_string(making, "@GW1.ABC.NACCS6>\r\nMIME-Version: 1.0\r\n"
                       "Content-Type: text/plain; charset=\"EUC-JP\"\r\n"
                       "Content-Transfer-Encoding: 8bit\r\n\r\n");
}

/* The common items: procedure code at 3, user code at 29, user number at 34, password at 37, system
 * flag at 364, length at 392. */
static void put_common(struct making *making)
{
    char line[COMMON_OCTETS + 1], length[16];
    memset(line, ' ', COMMON_OCTETS);
    snprintf(length, sizeof length, "%06zu", making->whole - made(making));
    memcpy(line + 3, "IDA", 3);
    memcpy(line + 29, "1ABCD001SECRET12", 16);
    line[364] = '1';
    memcpy(line + 392, length, 6);
    line[COMMON_OCTETS] = '\0';
    put_string(making, line);
    put_string(making, "\r\n");
}

/* Text with dots in it, but not at its beginning. */
static void put_text(struct making *making, size_t count)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ....";
    for (size_t i = 0; i < count; i++)
        put(making, (uint8_t)letters[below(making, sizeof letters - (i == 0 ? 5 : 1))]);
}

/* A line that begins with dots, of `count` octets without its CRLF. */
static void put_dot_line(struct making *making, size_t count)
{
    size_t dots = 1 + below(making, 4);
    for (size_t i = 0; i < count && i < dots; i++)
        put(making, '.');
    if (count > dots)
        put_text(making, count - dots);
    put_string(making, "\r\n");
    making->dots += count > 0;
}

/* How long the next line may be, where `left` octets are left, its CRLF included: never so that one
 * octet alone remains, which could be no line. */
static size_t fit(size_t count, size_t left)
{
    if (count + 2 > left)
        count = left - 2;
    return left - count - 2 == 1 ? (count > 0 ? count - 1 : count + 1) : count;
}

/* Lines that begin with no dot, up to this many octets of message. */
static void fill(struct making *making, size_t until)
{
    while (!making->no_memory && made(making) + 2 <= until) {
        put_text(making, fit(below(making, TEXT_MOST), until - made(making)));
        put_string(making, "\r\n");
    }
}

/* Dot lines that begin near the boundaries of blocks, as the file counts them, or as the octets are
 * counted that are sent. */
static void put_dots_at_blocks(struct making *making, size_t block)
{
    enum { DOT_LINE_MOST = 12 };
    size_t blocks = made(making) / block;
    for (;;) {
        bool as_sent = below(making, 2) == 1;
        size_t off = below(making, 2 * OFF_MOST + 1);
        size_t wanted = ++blocks * block + off - OFF_MOST - (as_sent ? making->dots : 0);
        if (making->no_memory || wanted + DOT_LINE_MOST + 4 > making->whole)
            return;
        if (wanted != made(making) && wanted < made(making) + 2)
            continue;
        fill(making, wanted);
        put_dot_line(making, 1 + below(making, DOT_LINE_MOST));
    }
}

static void put_dots_anywhere(struct making *making)
{
    while (!making->no_memory && made(making) + TEXT_MOST + 4 < making->whole) {
        size_t count = below(making, TEXT_MOST);
        if (below(making, 3) == 0) {
            put_dot_line(making, below(making, 2) == 0 ? 1 + count % 3 : count);
        } else {
            put_text(making, count);
            put_string(making, "\r\n");
        }
    }
}

/* Anything but NUL, CR and LF. */
static uint8_t any_octet(struct making *making)
{
    uint8_t octet;
    do
        octet = (uint8_t)(1 + below(making, 255));
    while (octet == '\r' || octet == '\n');
    return octet;
}

static void put_octets(struct making *making)
{
    while (!making->no_memory && made(making) + LINE_MOST + 4 < making->whole) {
        size_t count = below(making, below(making, 8) == 0 ? LINE_MOST + 1 : 2 * TEXT_MOST);
        for (size_t i = 0; i < count; i++)
            put(making, any_octet(making));
        put_string(making, "\r\n");
    }
}

bool message_make(const struct message_recipe *recipe, const char *name, uint64_t seed,
                  struct buf *buf)
{
    uint64_t user = ((uint64_t)recipe->number << 40) ^ ((uint64_t)recipe->block << 20) ^
                    ((uint64_t)recipe->octets << 2) ^ recipe->kind;
    struct making making = {.buf = buf,
                            .random = random_seeded(seed, user),
                            .begin = buf->count,
                            .whole = recipe->octets};
    put_header(&making, name);
    put_common(&making);
    switch (recipe->kind) {
    case MESSAGE_DOTS:
        if (recipe->block != 0)
            put_dots_at_blocks(&making, recipe->block);
        else
            put_dots_anywhere(&making);
        break;
    case MESSAGE_OCTETS:
        put_octets(&making);
        break;
    }
    fill(&making, making.whole);
    return !making.no_memory;
}
