#include "mockserver/arena.h"

#include <stdalign.h>
#include <stdlib.h>

/* Blocks double up to this size, so that a small scenario is cheap and a large one has few blocks.
 */
enum { ARENA_BLOCK_FIRST = 2048, ARENA_BLOCK_MOST = 65536 };

/* Whoever asks for more at once has lost count. */
enum { ARENA_PIECE_MOST = 1 << 30 };

struct arena_block {
    struct arena_block *next;
    size_t room, used;
    alignas(max_align_t) uint8_t octets[];
};

struct arena {
    struct arena_block *blocks; /* the one that is being filled comes first */
    size_t next_room;
};

struct arena *arena_new(void)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena)
        arena->next_room = ARENA_BLOCK_FIRST;
    return arena;
}

static struct arena_block *arena_grow(struct arena *arena, size_t size)
{
    size_t room = size > arena->next_room ? size : arena->next_room;
    struct arena_block *block = calloc(1, sizeof *block + room);
    if (!block)
        return NULL;
    block->room = room;
    if (arena->next_room < ARENA_BLOCK_MOST)
        arena->next_room *= 2;
    /* A block for one large piece is full at once: the one behind it may still have room. */
    if (room == size && arena->blocks) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

void *arena_take(struct arena *arena, size_t size)
{
    size_t alignment = alignof(max_align_t);
    if (size > ARENA_PIECE_MOST)
        return NULL;
    size = size == 0 ? alignment : (size + alignment - 1) / alignment * alignment;
    struct arena_block *block = arena->blocks;
    if (!block || block->room - block->used < size)
        block = arena_grow(arena, size);
    if (!block)
        return NULL;
    void *piece = block->octets + block->used;
    block->used += size;
    return piece;
}

char *arena_string(struct arena *arena, const char *string)
{
    size_t size = strlen(string) + 1;
    char *copy = arena_take(arena, size);
    if (copy)
        memcpy(copy, string, size);
    return copy;
}

struct octets arena_octets(struct arena *arena, struct octets octets)
{
    uint8_t *copy = arena_take(arena, octets.count);
    if (!copy)
        return (struct octets){NULL, 0};
    if (octets.count > 0)
        memcpy(copy, octets.at, octets.count);
    return (struct octets){copy, octets.count};
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (struct arena_block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}
