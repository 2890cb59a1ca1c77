#include "client/body.h"
#include "tests/unit/unit.h"

#include "wire/buf.h"

/* Takes the body in portions of `portion` octets; *begun_at is where the ending was seen to begin.
 */
static void collect(struct octets message, size_t portion, struct buf *out, size_t *begun_at)
{
    struct client_body body;
    const struct iovec *slices;
    int count;
    size_t octets;
    *begun_at = 0;
    client_body_begin(&body, message);
    while (client_body_next(&body, &slices, &count, &octets)) {
        CU_ASSERT_TRUE_FATAL(octets > 0 && count > 0);
        size_t take = portion < octets ? portion : octets, left = take;
        for (int i = 0; left > 0; i++) {
            size_t part = slices[i].iov_len < left ? slices[i].iov_len : left;
            buf_append(out, (struct octets){slices[i].iov_base, part});
            left -= part;
        }
        client_body_took(&body, take);
        if (body.end_begun && *begun_at == 0)
            *begun_at = out->count;
    }
}

static void expect(struct octets message, struct octets wire, size_t end)
{
    for (size_t portion = 1; portion <= wire.count + 1; portion++) {
        struct buf out = BUF_INIT(0);
        size_t begun_at;
        collect(message, portion, &out, &begun_at);
        CU_ASSERT_TRUE(octets_equal(buf_octets(&out), wire));
        /* Known as soon as the first octet of the ending is taken, and not before. */
        CU_ASSERT_TRUE(begun_at > wire.count - end);
        CU_ASSERT_TRUE(begun_at < wire.count - end + portion + 1);
        buf_free(&out);
    }
}

static void test_endings(void)
{
    expect(OCTETS(""), OCTETS(".\r\n"), 3);
    expect(OCTETS("a\r\n"), OCTETS("a\r\n.\r\n"), 3);
    expect(OCTETS("a"), OCTETS("a\r\n.\r\n"), 5);
    expect(OCTETS("."), OCTETS("..\r\n.\r\n"), 5);
}

static void test_dots(void)
{
    expect(OCTETS(".a\r\n..\r\n.\r\nb.\r\n"), OCTETS("..a\r\n...\r\n..\r\nb.\r\n.\r\n"), 3);
}

/* More slices than fit at once. */
static void test_many_dots(void)
{
    struct buf message = BUF_INIT(0), wire = BUF_INIT(0);
    for (int i = 0; i < 5 * CLIENT_BODY_SLICES; i++) {
        buf_append_string(&message, ".\r\n");
        buf_append_string(&wire, "..\r\n");
    }
    buf_append_string(&wire, ".\r\n");
    static const size_t portions[] = {1, 7, 1000, SIZE_MAX};
    for (size_t i = 0; i < 4; i++) {
        struct buf out = BUF_INIT(0);
        size_t begun_at;
        collect(buf_octets(&message), portions[i], &out, &begun_at);
        CU_ASSERT_TRUE(octets_equal(buf_octets(&out), buf_octets(&wire)));
        buf_free(&out);
    }
    buf_free(&message);
    buf_free(&wire);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"endings", test_endings},
        {"dots", test_dots},
        {"many dots", test_many_dots},
    };
    return unit_main("body", tests, sizeof tests / sizeof *tests, argc, argv);
}
