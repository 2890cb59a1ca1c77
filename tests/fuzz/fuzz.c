#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

void fuzz_require(bool holds, const char *condition, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

void fuzz_pieces_begin(struct fuzz_pieces *pieces, struct octets input, size_t most)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < input.count; i++)
        hash = (hash ^ input.at[i]) * 0x100000001b3;
    *pieces = (struct fuzz_pieces){input, random_seeded(hash, most), most, NULL};
}

bool fuzz_pieces_next(struct fuzz_pieces *pieces, struct octets *piece)
{
    free(pieces->copy);
    pieces->copy = NULL;
    if (pieces->rest.count == 0)
        return false;
    size_t size = pieces->rest.count;
    if (pieces->most > 0 && pieces->most < size)
        size = 1 + random_below(&pieces->random, pieces->most);
    pieces->copy = malloc(size);
    FUZZ_REQUIRE(pieces->copy != NULL);
    memcpy(pieces->copy, pieces->rest.at, size);
    pieces->rest = octets_from(pieces->rest, size);
    *piece = (struct octets){pieces->copy, size};
    return true;
}

bool fuzz_is_inside(struct octets part, struct octets whole)
{
    return part.count == 0 || (part.at >= whole.at && part.count <= whole.count &&
                               part.at + part.count <= whole.at + whole.count);
}
