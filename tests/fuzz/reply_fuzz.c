/* Replies: the same ones however the stream is split, with codes that can be and texts that can be
 * printed; what is whole comes back the same when it is written and read again. */
#include "tests/fuzz/fuzz.h"
#include "wire/reply.h"

/* All that was read from a stream, written down to be compared. */
struct story {
    struct buf told;
    struct buf again; /* the replies as reply_format writes them */
    size_t keyword_lines;
};

static void tell_keyword(void *owner, struct octets text)
{
    struct story *story = owner;
    FUZZ_REQUIRE(text.count <= REPLY_LINE_LIMIT);
    buf_append_octet(&story->told, 'k');
    buf_append(&story->told, text);
    buf_append_octet(&story->told, '\n');
    story->keyword_lines++;
}

static void tell_reply(struct story *story, const struct reply *reply)
{
    size_t length = strlen(reply->text);
    FUZZ_REQUIRE(reply->code >= 200 && reply->code <= 599);
    FUZZ_REQUIRE(reply->line_count >= 1 && reply->line_count <= REPLY_LINES_LIMIT);
    FUZZ_REQUIRE(reply->line_count == story->keyword_lines + 1);
    for (size_t i = 0; i < length; i++)
        FUZZ_REQUIRE(reply->text[i] >= ' ' && reply->text[i] <= '~');
    buf_format(&story->told, "r%d/%u %s\n", reply->code, reply->line_count, reply->text);
    struct octets text = octets_of(reply->text);
    FUZZ_REQUIRE(reply_format(&story->again, reply->code, &text, 1));
    story->keyword_lines = 0;
}

static void run(struct octets input, size_t most, struct story *story)
{
    struct reply_reader reader;
    struct fuzz_pieces pieces;
    struct octets piece;
    enum reply_status status = REPLY_MORE;
    size_t taken = 0;
    *story = (struct story){.keyword_lines = 0};
    reply_reader_init(&reader);
    fuzz_pieces_begin(&pieces, input, most);
    while (fuzz_pieces_next(&pieces, &piece)) {
        do {
            struct reply reply;
            size_t consumed;
            status = reply_read(&reader, piece, &consumed, &reply, tell_keyword, story);
            FUZZ_REQUIRE(consumed <= piece.count);
            piece = octets_from(piece, consumed);
            taken += consumed;
            if (status == REPLY_COMPLETE) {
                tell_reply(story, &reply);
                FUZZ_REQUIRE(!reply_reader_partial(&reader));
            }
        } while (status == REPLY_COMPLETE);
        FUZZ_REQUIRE(status == REPLY_MALFORMED || piece.count == 0);
        FUZZ_REQUIRE((status == REPLY_MALFORMED) == (reader.fault != REPLY_FAULT_NONE));
    }
    buf_format(&story->told, "%s, %zu taken\n", reply_fault_text(reader.fault), taken);
    reply_reader_free(&reader);
}

static void free_story(struct story *story)
{
    buf_free(&story->told);
    buf_free(&story->again);
}

/* What is a reply to the reader means what it says, beyond doubt; and the other way round. */
static bool is_meant(struct octets input)
{
    const struct reply_meant meant = reply_meant(input);
    struct reply_reader reader;
    struct reply reply;
    size_t consumed;
    reply_reader_init(&reader);
    bool read = reply_read(&reader, input, &consumed, &reply, NULL, NULL) == REPLY_COMPLETE;
    bool too_many = reader.fault == REPLY_FAULT_TOO_MANY_LINES;
    reply_reader_free(&reader);
    if (read)
        return meant.code == reply.code && meant.length == consumed && !meant.doubtful;
    return meant.code == 0 ? meant.length == 0
                           : meant.length <= input.count && (meant.doubtful || too_many);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct octets input = {data, size};
    struct story whole;
    run(input, 0, &whole);
    for (size_t i = 1; i < FUZZ_PIECE_SIZES; i++) {
        struct story split;
        run(input, fuzz_piece_sizes[i], &split);
        FUZZ_REQUIRE(octets_equal(buf_octets(&split.told), buf_octets(&whole.told)));
        free_story(&split);
    }
    int code = reply_code_of(input);
    FUZZ_REQUIRE(is_meant(input));
    if (whole.told.count > 0 && whole.told.at[0] == 'r') {
        struct octets again = buf_octets(&whole.again);
        FUZZ_REQUIRE(code == reply_code_of(again) && code != 0);
        struct story second;
        run(again, 0, &second);
        FUZZ_REQUIRE(octets_equal(buf_octets(&second.again), again));
        free_story(&second);
    }
    free_story(&whole);
    return 0;
}
