#include "mockserver/arena.h"

#include <stdalign.h>
#include <stdint.h>

#include "tests/unit/unit.h"

static void test_pieces_do_not_overlap(void)
{
    struct arena *arena = arena_new();
    uint8_t *pieces[500];
    for (size_t i = 0; i < 500; i++) {
        pieces[i] = arena_take(arena, i);
        CU_ASSERT_PTR_NOT_NULL_FATAL(pieces[i]);
        CU_ASSERT_EQUAL((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        for (size_t j = 0; j < i; j++)
            CU_ASSERT_EQUAL(pieces[i][j], 0);
        memset(pieces[i], (int)(i & 0xff), i);
    }
    for (size_t i = 0; i < 500; i++)
        for (size_t j = 0; j < i; j++)
            CU_ASSERT_EQUAL(pieces[i][j], (uint8_t)i);
    arena_free(arena);
}

static void test_large_pieces(void)
{
    struct arena *arena = arena_new();
    char *small = arena_string(arena, "small");
    uint8_t *large = arena_take(arena, 1 << 20);
    char *behind = arena_string(arena, "behind");
    CU_ASSERT_PTR_NOT_NULL_FATAL(large);
    memset(large, 0xff, 1 << 20);
    CU_ASSERT_STRING_EQUAL(small, "small");
    CU_ASSERT_STRING_EQUAL(behind, "behind");
    arena_free(arena);
}

static void test_no_memory(void)
{
    struct arena *arena = arena_new();
    char *before = arena_string(arena, "before");
    CU_ASSERT_PTR_NULL(arena_take(arena, SIZE_MAX));
    CU_ASSERT_PTR_NULL(arena_take(arena, SIZE_MAX - 64));
    CU_ASSERT_STRING_EQUAL(before, "before");
    CU_ASSERT_STRING_EQUAL(arena_string(arena, "after"), "after");
    arena_free(arena);
    arena_free(NULL);
}

static void test_copies(void)
{
    struct arena *arena = arena_new();
    char text[] = "a\0b";
    struct octets copy = arena_octets(arena, (struct octets){(uint8_t *)text, 3});
    text[0] = 'x';
    CU_ASSERT(octets_equal(copy, (struct octets){(const uint8_t *)"a\0b", 3}));
    copy = arena_octets(arena, (struct octets){NULL, 0});
    CU_ASSERT_PTR_NOT_NULL(copy.at);
    CU_ASSERT_EQUAL(copy.count, 0);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"pieces do not overlap", test_pieces_do_not_overlap},
        {"large pieces", test_large_pieces},
        {"no memory", test_no_memory},
        {"copies", test_copies},
    };
    return unit_main("arena", tests, sizeof tests / sizeof *tests, argc, argv);
}
