/* Dot-stuffing: what an octet-at-a-time state machine makes of the input, both ways and however it
 * is split; and what was stuffed comes back when it is unstuffed. */
#include "tests/fuzz/fuzz.h"
#include "wire/dot.h"

/* What is known of a stream before its next octet. */
enum place { LINE_START, BEHIND_DOT, BEHIND_DOT_CR, INSIDE, BEHIND_CR, ENDED };

struct model {
    enum place place;
    struct buf content;
    size_t taken, line, line_limit;
    uint64_t lines;
    unsigned flags;
};

static void model_content(struct model *model, uint8_t octet)
{
    bool crlf = model->place == BEHIND_CR && octet == '\n';
    buf_append_octet(&model->content, octet);
    if (model->place == BEHIND_CR && !crlf)
        model->flags |= DOT_BARE_CR;
    if (octet == '\n' && !crlf)
        model->flags |= DOT_BARE_LF;
    if (octet == '\0')
        model->flags |= DOT_NUL;
    if (++model->line > model->line_limit)
        model->flags |= DOT_LONG_LINE;
    if (crlf) {
        model->lines++;
        model->line = 0;
    }
    model->place = crlf ? LINE_START : octet == '\r' ? BEHIND_CR : INSIDE;
}

static void model_octet(struct model *model, uint8_t octet)
{
    model->taken++;
    if (model->place == LINE_START && octet == '.') {
        model->place = BEHIND_DOT;
    } else if (model->place == BEHIND_DOT && octet == '\r') {
        model->place = BEHIND_DOT_CR;
    } else if (model->place == BEHIND_DOT_CR && octet == '\n') {
        model->place = ENDED;
    } else {
        if (model->place == BEHIND_DOT_CR)
            model_content(model, '\r');
        model_content(model, octet);
    }
}

static struct model model_unstuff(struct octets wire, size_t line_limit)
{
    struct model model = {.line_limit = line_limit};
    for (size_t i = 0; i < wire.count && model.place != ENDED; i++)
        model_octet(&model, wire.at[i]);
    return model;
}

static void model_stuff(struct octets message, struct buf *wire)
{
    bool line_start = true;
    for (size_t i = 0; i < message.count; i++) {
        if (line_start && message.at[i] == '.')
            buf_append_octet(wire, '.');
        buf_append_octet(wire, message.at[i]);
        line_start = i > 0 && message.at[i - 1] == '\r' && message.at[i] == '\n';
    }
    buf_append_string(wire, line_start ? ".\r\n" : "\r\n.\r\n");
}

static void stuff(struct octets message, size_t most, struct buf *wire)
{
    static const struct dot_stuffer beginning;
    struct dot_stuffer stuffer = beginning;
    struct fuzz_pieces pieces;
    struct octets piece, slice;
    fuzz_pieces_begin(&pieces, message, most);
    while (fuzz_pieces_next(&pieces, &piece)) {
        while (dot_stuff(&stuffer, &piece, &slice)) {
            FUZZ_REQUIRE(slice.count > 0);
            buf_append(wire, slice);
        }
        FUZZ_REQUIRE(piece.count == 0);
    }
    buf_append(wire, dot_end(&stuffer));
}

static void unstuff(struct octets wire, size_t most, const struct model *model)
{
    struct dot_unstuffer unstuffer;
    struct fuzz_pieces pieces;
    struct octets piece, slice;
    struct buf content = BUF_INIT(0);
    size_t taken = 0;
    dot_unstuffer_init(&unstuffer, model->line_limit);
    fuzz_pieces_begin(&pieces, wire, most);
    while (fuzz_pieces_next(&pieces, &piece)) {
        taken += piece.count;
        while (dot_unstuff(&unstuffer, &piece, &slice)) {
            FUZZ_REQUIRE(slice.count > 0);
            buf_append(&content, slice);
        }
        taken -= piece.count;
        FUZZ_REQUIRE(piece.count == 0 || unstuffer.state == DOT_END);
    }
    FUZZ_REQUIRE(octets_equal(buf_octets(&content), buf_octets(&model->content)));
    FUZZ_REQUIRE(taken == model->taken && unstuffer.octets == content.count);
    FUZZ_REQUIRE(unstuffer.lines == model->lines && unstuffer.line_octets == model->line);
    FUZZ_REQUIRE(unstuffer.flags == model->flags);
    FUZZ_REQUIRE((unstuffer.state == DOT_END) == (model->place == ENDED));
    buf_free(&content);
}

static void check_unstuffing(struct octets wire, size_t line_limit)
{
    struct model model = model_unstuff(wire, line_limit);
    for (size_t i = 0; i < FUZZ_PIECE_SIZES; i++)
        unstuff(wire, fuzz_piece_sizes[i], &model);
    buf_free(&model.content);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct octets message = {data, size};
    struct buf expected = BUF_INIT(0);
    check_unstuffing(message, 12);
    model_stuff(message, &expected);
    for (size_t i = 0; i < FUZZ_PIECE_SIZES; i++) {
        struct buf wire = BUF_INIT(0);
        stuff(message, fuzz_piece_sizes[i], &wire);
        FUZZ_REQUIRE(octets_equal(buf_octets(&wire), buf_octets(&expected)));
        buf_free(&wire);
    }
    check_unstuffing(buf_octets(&expected), 1000);
    struct model back = model_unstuff(buf_octets(&expected), 1000);
    FUZZ_REQUIRE(back.place == ENDED && back.taken == expected.count);
    FUZZ_REQUIRE(back.content.count >= size && back.content.count <= size + 2);
    FUZZ_REQUIRE(size == 0 || memcmp(back.content.at, data, size) == 0);
    buf_free(&back.content);
    buf_free(&expected);
    return 0;
}
