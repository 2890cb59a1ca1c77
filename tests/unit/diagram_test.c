#include "harness/diagram.h"

#include "tests/unit/unit.h"

/* A conversation, event by event. */
struct setting {
    struct transcript *transcript;
    struct transcript_sink sink;
    struct findings findings;
    struct diagram_options options;
    struct diagram diagram;
};

static void begin(struct setting *s)
{
    *s = (struct setting){
        .transcript = transcript_new(100000),
        .options = {.sender_limit = 5 * USEC_PER_SEC, .idle_limit = 120 * USEC_PER_SEC}};
    CU_ASSERT_PTR_NOT_NULL_FATAL(s->transcript);
    s->sink = transcript_sink(s->transcript);
}

static void event(struct setting *s, usec at, enum transcript_kind kind, const char *octets,
                  bool body)
{
    struct transcript_event event = {.at = 1000 + at,
                                     .connection = 1,
                                     .message = 1,
                                     .kind = kind,
                                     .stage = STAGE_BODY,
                                     .body = body,
                                     .octets = octets_of(octets)};
    s->sink.event(s->sink.owner, &event);
}

static void make(struct setting *s)
{
    CU_ASSERT_FATAL(diagram_make(s->transcript, &s->findings, &s->options, &s->diagram));
}

static void end(struct setting *s)
{
    diagram_free(&s->diagram);
    transcript_free(s->transcript);
}

/* What belongs together is one item; what does not, is not. */
static void test_items(void)
{
    struct setting s;
    begin(&s);
    event(&s, 0, TRANSCRIPT_OPENED, "127.0.0.1:1", false);
    event(&s, 0, TRANSCRIPT_SENT, "22", false);
    event(&s, 10, TRANSCRIPT_SENT, "0 hello\r\n", false);
    event(&s, 20, TRANSCRIPT_RECEIVED, "HELO a\r\n", false);
    event(&s, 20, TRANSCRIPT_RECEIVED, "MAIL b\r\n", false);
    event(&s, 30, TRANSCRIPT_RECEIVED, "abc\r\n", true);
    event(&s, 40, TRANSCRIPT_RECEIVED, "def\r\n.\r\n", true);
    event(&s, 50, TRANSCRIPT_STORED, "1", false);
    event(&s, 60, TRANSCRIPT_CENTRE_RST, "", false);
    event(&s, 60, TRANSCRIPT_CLOSED, "", false);
    make(&s);
    static const enum diagram_kind kinds[] = {DIAGRAM_OPENED,    DIAGRAM_REPLY, DIAGRAM_COMMAND,
                                              DIAGRAM_COMMAND,   DIAGRAM_BODY,  DIAGRAM_NOTE,
                                              DIAGRAM_CENTRE_END};
    CU_ASSERT_EQUAL_FATAL(s.diagram.item_count, sizeof kinds / sizeof *kinds);
    for (size_t i = 0; i < s.diagram.item_count; i++)
        CU_ASSERT_EQUAL(s.diagram.items[i].kind, kinds[i]);
    CU_ASSERT_EQUAL(s.diagram.items[1].events, 2);
    CU_ASSERT_EQUAL(s.diagram.items[1].octets, 11);
    CU_ASSERT_EQUAL(s.diagram.items[4].octets, 13);
    CU_ASSERT_EQUAL(s.diagram.items[4].until, 40);
    CU_ASSERT(s.diagram.items[6].reset);
    CU_ASSERT_FALSE(s.diagram.several_connections);
    for (size_t i = 1; i < s.diagram.item_count; i++)
        CU_ASSERT(s.diagram.items[i].y > s.diagram.items[i - 1].y_end);
    CU_ASSERT(s.diagram.height > s.diagram.items[6].y_end);
    end(&s);
}

/* Silences are to scale; what is beyond reason is shortened, and says so. */
static void test_silences(void)
{
    struct setting s;
    begin(&s);
    event(&s, 0, TRANSCRIPT_RECEIVED, "HELO a\r\n", false);
    event(&s, 2 * USEC_PER_SEC, TRANSCRIPT_SENT, "250 a\r\n", false);
    event(&s, 6 * USEC_PER_SEC, TRANSCRIPT_RECEIVED, "MAIL\r\n", false);
    event(&s, 3600 * USEC_PER_SEC, TRANSCRIPT_SENT, "250 a\r\n", false);
    event(&s, 7200 * USEC_PER_SEC, TRANSCRIPT_SENDER_FIN, "", false);
    make(&s);
    CU_ASSERT_EQUAL_FATAL(s.diagram.silence_count, 4);
    const struct diagram_silence *silences = s.diagram.silences;
    CU_ASSERT_EQUAL(silences[0].length, 2 * USEC_PER_SEC);
    CU_ASSERT_EQUAL(2 * (silences[0].y_end - silences[0].y), silences[1].y_end - silences[1].y);
    CU_ASSERT_FALSE(silences[1].shortened);
    CU_ASSERT(silences[2].shortened && silences[3].shortened);
    CU_ASSERT_EQUAL(silences[2].y_end - silences[2].y, silences[3].y_end - silences[3].y);
    CU_ASSERT(s.diagram.height < 1000);
    end(&s);
}

/* The sender's limit counts from what it asked to the whole answer; the centre's from its reply. */
static void test_limits(void)
{
    struct setting s;
    begin(&s);
    event(&s, 0, TRANSCRIPT_RECEIVED, "HELO a\r\n", false);
    event(&s, 4 * USEC_PER_SEC, TRANSCRIPT_SENT, "250 a\r\n", false);
    event(&s, 4 * USEC_PER_SEC, TRANSCRIPT_RECEIVED, "MAIL\r\n", false);
    event(&s, 5 * USEC_PER_SEC, TRANSCRIPT_SENT, "2", false);
    event(&s, 8 * USEC_PER_SEC, TRANSCRIPT_SENT, "5", false);
    event(&s, 10 * USEC_PER_SEC, TRANSCRIPT_SENDER_FIN, "", false);
    make(&s);
    CU_ASSERT_EQUAL_FATAL(s.diagram.limit_count, 1);
    CU_ASSERT_FALSE(s.diagram.limits[0].idle);
    CU_ASSERT_EQUAL(s.diagram.limits[0].length, 5 * USEC_PER_SEC);
    const struct diagram_item *last = &s.diagram.items[s.diagram.item_count - 1];
    CU_ASSERT(s.diagram.limits[0].y > last[-1].y_end && s.diagram.limits[0].y < last->y);
    end(&s);
    begin(&s);
    event(&s, 0, TRANSCRIPT_SENT, "250 accepted\r\n", false);
    event(&s, 120 * USEC_PER_SEC, TRANSCRIPT_CENTRE_FIN, "", false);
    make(&s);
    CU_ASSERT_EQUAL_FATAL(s.diagram.limit_count, 1);
    CU_ASSERT(s.diagram.limits[0].idle);
    end(&s);
}

/* What was found about an event marks the item that holds it; a failure outdoes a warning. */
static void test_marks(void)
{
    struct setting s;
    struct finding found[] = {
        {.verdict = VERDICT_FAIL, .requirement = "BODY-3", .has_event = true, .event = 2},
        {.verdict = VERDICT_WARN, .requirement = "BODY-2", .has_event = true, .event = 1},
        {.verdict = VERDICT_WARN, .requirement = "QUIT-5", .has_event = true, .event = 3},
        {.verdict = VERDICT_PASS, .requirement = "CONN-1", .has_event = true, .event = 0},
        {.verdict = VERDICT_FAIL, .requirement = "QUIT-1", .has_event = true, .event = 99},
    };
    begin(&s);
    event(&s, 0, TRANSCRIPT_OPENED, "a", false);
    event(&s, 0, TRANSCRIPT_RECEIVED, "abc\r\n", true);
    event(&s, 0, TRANSCRIPT_RECEIVED, "def\r\n", true);
    event(&s, 0, TRANSCRIPT_SENT, "250 a\r\n", false);
    s.findings = (struct findings){.at = found, .count = 5};
    make(&s);
    CU_ASSERT_EQUAL_FATAL(s.diagram.item_count, 3);
    CU_ASSERT_EQUAL(s.diagram.items[0].verdict, VERDICT_PASS);
    CU_ASSERT_EQUAL(s.diagram.items[1].verdict, VERDICT_FAIL);
    CU_ASSERT_EQUAL(s.diagram.items[2].verdict, VERDICT_WARN);
    end(&s);
}

static void test_nothing(void)
{
    struct diagram diagram;
    const struct diagram_options options = {0};
    CU_ASSERT(diagram_make(NULL, NULL, &options, &diagram));
    CU_ASSERT_EQUAL(diagram.item_count, 0);
    diagram_free(&diagram);
    struct transcript *transcript = transcript_new(1000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(transcript);
    struct transcript_sink sink = transcript_sink(transcript);
    sink.event(sink.owner, &(struct transcript_event){.kind = TRANSCRIPT_CLOSED});
    CU_ASSERT(diagram_make(transcript, NULL, &options, &diagram));
    CU_ASSERT_EQUAL(diagram.item_count, 0);
    diagram_free(&diagram);
    transcript_free(transcript);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"items", test_items}, {"silences", test_silences}, {"limits", test_limits},
        {"marks", test_marks}, {"nothing", test_nothing},
    };
    return unit_main("diagram", tests, sizeof tests / sizeof *tests, argc, argv);
}
