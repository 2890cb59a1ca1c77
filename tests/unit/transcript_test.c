#include "mockserver/transcript.h"

#include <stdlib.h>

#include "tests/unit/unit.h"

static void tell(struct transcript *transcript, enum transcript_kind kind, struct octets octets)
{
    struct transcript_sink sink = transcript_sink(transcript);
    struct transcript_event event = {
        .at = 7, .connection = 1, .kind = kind, .stage = STAGE_HELO, .octets = octets};
    sink.event(sink.owner, &event);
}

static void test_kept_in_order(void)
{
    struct transcript *transcript = transcript_new(1 << 20);
    CU_ASSERT_PTR_NOT_NULL_FATAL(transcript);
    char said[] = "HELO a\r\n";
    tell(transcript, TRANSCRIPT_OPENED, OCTETS("127.0.0.1:9"));
    tell(transcript, TRANSCRIPT_RECEIVED, octets_of(said));
    memset(said, 'x', sizeof said - 1); /* its octets were lent for the call alone */
    tell(transcript, TRANSCRIPT_CLOSED, (struct octets){0});
    CU_ASSERT_EQUAL_FATAL(transcript->count, 3);
    CU_ASSERT_TRUE(octets_equal(transcript->events[0].octets, OCTETS("127.0.0.1:9")));
    CU_ASSERT_TRUE(octets_equal(transcript->events[1].octets, OCTETS("HELO a\r\n")));
    CU_ASSERT_EQUAL(transcript->events[1].at, 7);
    CU_ASSERT_EQUAL(transcript->events[1].stage, STAGE_HELO);
    CU_ASSERT_EQUAL(transcript->events[2].kind, TRANSCRIPT_CLOSED);
    CU_ASSERT_FALSE(transcript->incomplete);
    transcript_free(transcript);
}

static void test_many_and_large(void)
{
    struct transcript *transcript = transcript_new(8 << 20);
    CU_ASSERT_PTR_NOT_NULL_FATAL(transcript);
    size_t large = 700000;
    uint8_t *octets = malloc(large);
    CU_ASSERT_PTR_NOT_NULL_FATAL(octets);
    for (size_t i = 0; i < large; i++)
        octets[i] = (uint8_t)(i * 7);
    for (size_t i = 0; i < 1000; i++)
        tell(transcript, TRANSCRIPT_RECEIVED, (struct octets){octets + i, i});
    tell(transcript, TRANSCRIPT_RECEIVED, (struct octets){octets, large});
    tell(transcript, TRANSCRIPT_SENT, OCTETS("250 x\r\n"));
    CU_ASSERT_EQUAL_FATAL(transcript->count, 1002);
    CU_ASSERT_FALSE(transcript->incomplete);
    for (size_t i = 0; i < 1000; i++)
        CU_ASSERT_TRUE(octets_equal(transcript->events[i].octets, (struct octets){octets + i, i}));
    CU_ASSERT_TRUE(octets_equal(transcript->events[1000].octets, (struct octets){octets, large}));
    CU_ASSERT_TRUE(octets_equal(transcript->events[1001].octets, OCTETS("250 x\r\n")));
    free(octets);
    transcript_free(transcript);
}

static void test_limit(void)
{
    size_t limit = 3 * (sizeof(struct transcript_event) + 4);
    struct transcript *transcript = transcript_new(limit);
    CU_ASSERT_PTR_NOT_NULL_FATAL(transcript);
    for (size_t i = 0; i < 3; i++)
        tell(transcript, TRANSCRIPT_RECEIVED, OCTETS("abcd"));
    CU_ASSERT_FALSE(transcript->incomplete);
    tell(transcript, TRANSCRIPT_RECEIVED, OCTETS("e"));
    CU_ASSERT_TRUE(transcript->incomplete);
    CU_ASSERT_EQUAL(transcript->count, 3);
    transcript_free(transcript);

    /* Once something is missing, nothing that came later stands in its place. */
    transcript = transcript_new(limit);
    CU_ASSERT_PTR_NOT_NULL_FATAL(transcript);
    uint8_t large[4096] = {0};
    tell(transcript, TRANSCRIPT_RECEIVED, (struct octets){large, sizeof large});
    tell(transcript, TRANSCRIPT_CLOSED, (struct octets){0});
    CU_ASSERT_TRUE(transcript->incomplete);
    CU_ASSERT_EQUAL(transcript->count, 0);
    transcript_free(transcript);
}

static void test_names(void)
{
    for (int kind = 0; kind < TRANSCRIPT_KINDS; kind++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(transcript_kind_name((enum transcript_kind)kind));
        for (int other = 0; other < kind; other++)
            CU_ASSERT_STRING_NOT_EQUAL(transcript_kind_name((enum transcript_kind)kind),
                                       transcript_kind_name((enum transcript_kind)other));
    }
    CU_ASSERT_STRING_EQUAL(transcript_kind_name(TRANSCRIPT_SENDER_FIN), "sender-fin");
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"kept in order", test_kept_in_order},
        {"many and large", test_many_and_large},
        {"limit", test_limit},
        {"names", test_names},
    };
    return unit_main("transcript", tests, sizeof tests / sizeof *tests, argc, argv);
}
