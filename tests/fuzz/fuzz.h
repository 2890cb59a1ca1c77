/* What the fuzzers share.
 *
 * A fuzzer is one file, tests/fuzz/<name>_fuzz.c, with LLVMFuzzerTestOneInput; its seeds stand in
 * tests/fuzz/corpus/<name>/, its words, where it has any, in tests/fuzz/<name>.dict. `make fuzz`
 * links it with libFuzzer; `make fuzz-replay` links it with replay.c and runs its seeds alone.
 * The octets of an input are all input: how it is split is drawn from a hash of it. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "wire/buf.h"
#include "wire/random.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program, loudly, where the condition does not hold. */
#define FUZZ_REQUIRE(condition) fuzz_require((condition), #condition, __FILE__, __LINE__)
void fuzz_require(bool holds, const char *condition, const char *file, int line);

/* An input in pieces. Each stands in memory of its own and of its own size, which goes when the
 * next one comes: keeping a part of it, or looking past its edge, is seen by the address sanitizer.
 */
struct fuzz_pieces {
    struct octets rest;
    struct random random;
    size_t most;
    uint8_t *copy;
};

/* Pieces of 1 to `most` octets, drawn; 0: all in one. */
void fuzz_pieces_begin(struct fuzz_pieces *pieces, struct octets input, size_t most);
/* False, and the last piece is gone, where all have been handed out. */
bool fuzz_pieces_next(struct fuzz_pieces *pieces, struct octets *piece);

/* The sizes of pieces that a fuzzer tries, each in turn. */
static const size_t fuzz_piece_sizes[] = {0, 1, 2, 7, 100};
enum { FUZZ_PIECE_SIZES = sizeof fuzz_piece_sizes / sizeof *fuzz_piece_sizes };

/* True where `part` lies in `whole`. */
bool fuzz_is_inside(struct octets part, struct octets whole);

#endif
