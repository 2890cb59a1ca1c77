/* The line reader: the same lines however the stream is split, and those that plain searching finds
 * in the whole of it; never more memory than the limit. */
#include "tests/fuzz/fuzz.h"
#include "wire/line.h"

/* The line that begins at the beginning of the input, which holds an LF at `end`. */
static struct line expected_line(struct octets input, size_t end, size_t limit)
{
    bool cr = end > 0 && input.at[end - 1] == '\r';
    struct line line = {{input.at, end - cr}, cr ? 0 : LINE_BARE_LF, end + 1};
    for (size_t i = 0; i < line.text.count; i++) {
        uint8_t octet = input.at[i];
        line.flags |= (octet == '\r' ? LINE_BARE_CR : 0) | (octet == '\0' ? LINE_NUL : 0) |
                      (octet > 127 ? LINE_EIGHT_BIT : 0);
    }
    if (line.text.count > limit) {
        line.flags |= LINE_OVERLONG;
        line.text.count = limit;
    }
    return line;
}

static size_t find_lf(struct octets input)
{
    size_t end = 0;
    while (end < input.count && input.at[end] != '\n')
        end++;
    return end;
}

static void run(struct octets input, size_t limit, size_t most)
{
    struct line_reader reader;
    struct fuzz_pieces pieces;
    struct octets piece;
    line_reader_init(&reader, limit);
    fuzz_pieces_begin(&pieces, input, most);
    while (fuzz_pieces_next(&pieces, &piece)) {
        bool found = true;
        while (found) {
            struct line line;
            size_t taken = line_read(&reader, piece, &line, &found);
            FUZZ_REQUIRE(taken <= piece.count);
            FUZZ_REQUIRE(reader.kept.room <= limit);
            piece = octets_from(piece, taken);
            if (!found)
                break;
            size_t end = find_lf(input);
            FUZZ_REQUIRE(end < input.count);
            struct line expected = expected_line(input, end, limit);
            FUZZ_REQUIRE(octets_equal(line.text, expected.text));
            FUZZ_REQUIRE(line.flags == expected.flags);
            FUZZ_REQUIRE(line.wire_octets == expected.wire_octets);
            input = octets_from(input, line.wire_octets);
        }
        FUZZ_REQUIRE(piece.count == 0);
    }
    FUZZ_REQUIRE(find_lf(input) == input.count);
    FUZZ_REQUIRE(line_reader_partial(&reader) == (input.count > 0));
    line_reader_free(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t limits[] = {1, 8, 1000};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        for (size_t j = 0; j < FUZZ_PIECE_SIZES; j++)
            run((struct octets){data, size}, limits[i], fuzz_piece_sizes[j]);
    return 0;
}
