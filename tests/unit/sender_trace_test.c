#include "harness/sender_trace.h"

#include <stdlib.h>

#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

/* What passed then, in the journal's form. */
static const char then[] =
    "{\"at\":0,\"connection\":1,\"event\":\"opened\",\"octets\":\"-\"}\n"
    "{\"at\":0.1,\"connection\":1,\"event\":\"sent\",\"octets\":\"220 x\\r\\n\"}\n"
    "{\"at\":0.2,\"connection\":1,\"event\":\"received\",\"octets\":\"HELO xx.xxxx\\r\\n\"}\n"
    "{\"at\":0.3,\"connection\":1,\"event\":\"sent\",\"octets\":\"250 x\\r\\n\"}\n"
    "{\"at\":0.4,\"connection\":1,\"event\":\"received\",\"octets\":\"MAIL FROM:<xx1@x>\\r\\n\"}\n"
    "{\"at\":0.5,\"connection\":1,\"event\":\"sent\",\"octets\":\"250 x\\r\\n\"}\n"
    "{\"at\":0.6,\"connection\":1,\"event\":\"received\",\"octets\":\"DATA\\r\\n\"}\n"
    "{\"at\":0.7,\"connection\":1,\"event\":\"sent\",\"octets\":\"354 x\\r\\n\"}\n"
    "{\"at\":0.8,\"connection\":1,\"event\":\"received\",\"octets\":\"abc\\r\\n.\\r\\n\"}\n"
    "{\"at\":30.8,\"connection\":1,\"event\":\"sender-fin\"}\n"
    "{\"at\":30.8,\"connection\":1,\"event\":\"closed\"}\n";

struct now {
    usec at;
    enum transcript_kind kind;
    const char *octets;
    bool body;
};

/* The same by another sender: other names, the message in two pieces. */
static const struct now same[] = {
    {0, TRANSCRIPT_OPENED, "127.0.0.1:9", false},
    {1, TRANSCRIPT_SENT, "220 x\r\n", false},
    {2, TRANSCRIPT_RECEIVED, "HELO gw01.example\r\n", false},
    {3, TRANSCRIPT_SENT, "250 x\r\n", false},
    {4, TRANSCRIPT_RECEIVED, "MAIL FROM:<taro@gw01.example>\r\n", false},
    {5, TRANSCRIPT_SENT, "250 x\r\n", false},
    {6, TRANSCRIPT_RECEIVED, "DATA\r\n", false},
    {7, TRANSCRIPT_SENT, "354 x\r\n", false},
    {8, TRANSCRIPT_RECEIVED, "xyz\r\n.", true},
    {9, TRANSCRIPT_RECEIVED, "\r\n", true},
    {30 * USEC_PER_SEC, TRANSCRIPT_SENDER_FIN, "", false},
    {30 * USEC_PER_SEC, TRANSCRIPT_CLOSED, "", false},
};

enum { EVENTS = sizeof same / sizeof *same };

static struct sender_trace *compare_with(const char *journal, const struct now *events,
                                         size_t count)
{
    struct fixture fixture = fixture_make();
    struct fixture_path path = fixture_path(&fixture, "case.trace.jsonl");
    struct problem problem = {""};
    fixture_write(&fixture, "case.trace.jsonl", journal);
    struct transcript *transcript = transcript_new(1 << 20);
    CU_ASSERT_PTR_NOT_NULL_FATAL(transcript);
    struct transcript_sink sink = transcript_sink(transcript);
    for (size_t i = 0; i < count; i++) {
        struct transcript_event event = {.at = events[i].at,
                                         .connection = 1,
                                         .kind = events[i].kind,
                                         .body = events[i].body,
                                         .octets = octets_of(events[i].octets)};
        sink.event(sink.owner, &event);
    }
    struct sender_trace *trace = sender_trace_compare(path.text, transcript, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(trace);
    transcript_free(transcript);
    fixture_remove(&fixture);
    return trace;
}

static struct sender_trace *compare(const struct now *events, size_t count)
{
    return compare_with(then, events, count);
}

static const struct sender_trace_row *differing_row(const struct sender_trace *trace)
{
    for (size_t i = 0; i < trace->row_count; i++)
        if (trace->rows[i].differs)
            return &trace->rows[i];
    return NULL;
}

static void test_same(void)
{
    struct sender_trace *trace = compare(same, EVENTS);
    CU_ASSERT_TRUE(trace->same);
    CU_ASSERT_EQUAL(trace->steps, 5);
    CU_ASSERT_EQUAL(trace->row_count, 0);
    sender_trace_free(trace);
}

/* Each of these is another path; what is shown says which. */
static void test_other_paths(void)
{
    static const struct {
        size_t event;
        struct now other;
        size_t steps;
        const char *then, *now;
        bool in_time;
    } cases[] = {
        {2, {2, TRANSCRIPT_RECEIVED, "EHLO a\r\n", false}, 0, "HELO xx.xxxx", "EHLO a", false},
        {4,
         {4, TRANSCRIPT_RECEIVED, "MAIL FROM:<a@b> SIZE=3\r\n", false},
         1,
         "MAIL FROM:<xx1@x>",
         "MAIL FROM:<a@b> SIZE=3",
         false},
        {4,
         {4, TRANSCRIPT_RECEIVED, "MAIL FROM:a@b\r\n", false},
         1,
         "MAIL FROM:<xx1@x>",
         "MAIL FROM:a@b",
         false},
        {6, {6, TRANSCRIPT_RECEIVED, "QUIT\r\n", false}, 2, "DATA", "QUIT", false},
        {9,
         {9, TRANSCRIPT_RECEIVED, "\r", true},
         3,
         "(a whole message, 8 octets)",
         "(part of a message, 7 octets)",
         false},
        {10,
         {30 * USEC_PER_SEC, TRANSCRIPT_SENDER_RST, "", false},
         4,
         "(closes with FIN)",
         "(resets)",
         false},
        {10, {5 * USEC_PER_SEC, TRANSCRIPT_SENDER_FIN, "", false}, 4, "30.000 s", "5.000 s", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct now events[EVENTS];
        memcpy(events, same, sizeof events);
        events[cases[i].event] = cases[i].other;
        struct sender_trace *trace = compare(events, EVENTS);
        const struct sender_trace_row *row = differing_row(trace);
        CU_ASSERT_FALSE(trace->same);
        CU_ASSERT_EQUAL(trace->in_time, cases[i].in_time);
        CU_ASSERT_EQUAL(trace->steps, cases[i].steps);
        CU_ASSERT_EQUAL(trace->connection, 1);
        CU_ASSERT_FATAL(row && row->then && row->now);
        CU_ASSERT_PTR_NOT_NULL(strstr(row->then, cases[i].then));
        CU_ASSERT_PTR_NOT_NULL(strstr(row->now, cases[i].now));
        sender_trace_free(trace);
    }
}

/* Messages in chunks (RFC 3030): their octets are others each time, and never commands. */
static void test_chunks(void)
{
    static const char journal[] =
        "{\"at\":0,\"connection\":1,\"event\":\"opened\",\"octets\":\"-\"}\n"
        "{\"at\":0.1,\"connection\":1,\"event\":\"received\",\"octets\":\"BDAT 6\\r\\nQUIT\"}\n"
        "{\"at\":0.2,\"connection\":1,\"event\":\"received\",\"octets\":\"\\r\\nBDAT 3 LAST\\r\\n"
        "abcQUIT\\r\\n\"}\n"
        "{\"at\":0.3,\"connection\":1,\"event\":\"closed\"}\n";
    struct now events[] = {
        {0, TRANSCRIPT_OPENED, "127.0.0.1:9", false},
        {1, TRANSCRIPT_RECEIVED, "BDAT 6\r\n", false},
        {2, TRANSCRIPT_RECEIVED, "RSET\r\n", true},
        {3, TRANSCRIPT_RECEIVED, "BDAT 3 LAST\r\n", false},
        {4, TRANSCRIPT_RECEIVED, "xyz", true},
        {5, TRANSCRIPT_RECEIVED, "QUIT\r\n", false},
        {6, TRANSCRIPT_CLOSED, "", false},
    };
    struct sender_trace *trace = compare_with(journal, events, sizeof events / sizeof *events);
    CU_ASSERT_TRUE(trace->same);
    CU_ASSERT_EQUAL(trace->steps, 5);
    sender_trace_free(trace);

    events[4].octets = "xy";
    events[5].octets = "";
    trace = compare_with(journal, events, sizeof events / sizeof *events);
    const struct sender_trace_row *row = differing_row(trace);
    CU_ASSERT_FATAL(row && row->then && row->now);
    CU_ASSERT_PTR_NOT_NULL(strstr(row->then, "(a whole chunk, 3 octets)"));
    CU_ASSERT_PTR_NOT_NULL(strstr(row->now, "(part of a chunk, 2 octets)"));
    sender_trace_free(trace);
}

/* Who closes behind QUIT without waiting sends a FIN, an RST, or both. */
static void test_closes_behind_quit(void)
{
    static const char journal[] =
        "{\"at\":0,\"connection\":1,\"event\":\"opened\",\"octets\":\"-\"}\n"
        "{\"at\":0.1,\"connection\":1,\"event\":\"received\",\"octets\":\"QUIT\\r\\n\"}\n"
        "{\"at\":0.1,\"connection\":1,\"event\":\"sender-fin\"}\n"
        "{\"at\":0.1,\"connection\":1,\"event\":\"sent\",\"octets\":\"221 x\\r\\n\"}\n"
        "{\"at\":0.1,\"connection\":1,\"event\":\"sender-rst\"}\n"
        "{\"at\":0.1,\"connection\":1,\"event\":\"closed\"}\n";
    struct now events[] = {
        {0, TRANSCRIPT_OPENED, "127.0.0.1:9", false},
        {1, TRANSCRIPT_RECEIVED, "QUIT\r\n", false},
        {2, TRANSCRIPT_SENT, "221 x\r\n", false},
        {3, TRANSCRIPT_SENDER_RST, "", false},
        {4, TRANSCRIPT_CLOSED, "", false},
    };
    struct sender_trace *trace = compare_with(journal, events, sizeof events / sizeof *events);
    CU_ASSERT_TRUE(trace->same);
    CU_ASSERT_EQUAL(trace->steps, 2);
    sender_trace_free(trace);
    /* Who does not close took another path. */
    events[3].kind = TRANSCRIPT_CENTRE_FIN;
    trace = compare_with(journal, events, sizeof events / sizeof *events);
    CU_ASSERT_FALSE(trace->same);
    CU_ASSERT_EQUAL(trace->steps, 1);
    sender_trace_free(trace);
}

static void test_shorter(void)
{
    struct sender_trace *trace = compare(same, 6);
    const struct sender_trace_row *row = differing_row(trace);
    CU_ASSERT_FALSE(trace->same);
    CU_ASSERT_EQUAL(trace->steps, 2);
    CU_ASSERT_FATAL(row && row->then);
    CU_ASSERT_PTR_NOT_NULL(strstr(row->then, "DATA"));
    CU_ASSERT_PTR_NULL(row->now);
    sender_trace_free(trace);
}

static void test_file(void)
{
    struct problem problem = {""};
    char *file = sender_trace_file("a/case.json"), *other = sender_trace_file("case");
    CU_ASSERT_STRING_EQUAL(file, "a/case.trace.jsonl");
    CU_ASSERT_STRING_EQUAL(other, "case.trace.jsonl");
    struct transcript *transcript = transcript_new(1 << 10);
    CU_ASSERT_PTR_NULL(sender_trace_compare("/nowhere/x.trace.jsonl", transcript, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/nowhere/x.trace.jsonl"));
    transcript_free(transcript);
    free(file);
    free(other);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"the same path", test_same},     {"other paths", test_other_paths},
        {"chunks", test_chunks},          {"closes behind QUIT", test_closes_behind_quit},
        {"a shorter path", test_shorter}, {"file", test_file},
    };
    return unit_main("sender_trace", tests, sizeof tests / sizeof *tests, argc, argv);
}
