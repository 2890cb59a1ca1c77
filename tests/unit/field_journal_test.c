#include "harness/field.h"

#include "mockserver/journal.h"
#include "tests/unit/field_shown.h"
#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

static struct shown shown;

static bool read_file(const char *path, const struct field_choice *choice, struct problem *problem)
{
    struct field_sink sink = shown_sink(&shown);
    return field_read_journal(path, choice, &sink, problem);
}

static bool read_text(const char *text, const struct field_choice *choice, struct problem *problem)
{
    struct fixture fixture = fixture_make();
    fixture_write(&fixture, "j.jsonl", text);
    bool good = read_file(fixture_path(&fixture, "j.jsonl").text, choice, problem);
    fixture_remove(&fixture);
    return good;
}

/* What journal.c writes comes back, octet for octet. */
static void test_round_trip(void)
{
    struct fixture fixture = fixture_make();
    struct fixture_path path = fixture_path(&fixture, "j.jsonl");
    struct problem problem = {""};
    struct loop *loop = loop_virtual_new(&(struct loop_network){.seed = 1}, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(loop);
    struct journal *journal =
        journal_open(loop, &(struct journal_options){.file = path.text}, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(journal);
    struct transcript_sink sink = journal_sink(journal);
    static const struct transcript_event events[] = {
        {.at = 1000,
         .wall_clock = 1767225600001000,
         .connection = 1,
         .kind = TRANSCRIPT_OPENED,
         .octets = OCTETS_INIT("127.0.0.1:9")},
        {.at = 2000, .connection = 2, .kind = TRANSCRIPT_OPENED, .octets = OCTETS_INIT("[::1]:8")},
        {.at = 251000,
         .connection = 1,
         .kind = TRANSCRIPT_SENT,
         .octets = OCTETS_INIT("220 \"x\\\"\t\r\n")},
        {.at = 251500, .connection = 2, .kind = TRANSCRIPT_PAUSED},
        {.at = 251600,
         .connection = 2,
         .kind = TRANSCRIPT_RECEIVED,
         .octets = OCTETS_INIT("\x8f\xe1\0\xff\r")},
        {.at = 251700,
         .connection = 2,
         .kind = TRANSCRIPT_RECEIVED,
         .octets = OCTETS_INIT("abcd"),
         .secret_at = 1,
         .secret_count = 2},
        {.at = 251800, .connection = 1, .kind = TRANSCRIPT_STALLED},
        {.at = 300000, .connection = 1, .kind = TRANSCRIPT_CENTRE_HALF},
        {.at = 400000, .connection = 1, .kind = TRANSCRIPT_SENDER_RST},
        {.at = 400000, .connection = 1, .kind = TRANSCRIPT_CLOSED},
        {.at = 500000, .connection = 0, .kind = TRANSCRIPT_FACE, .octets = OCTETS_INIT("refuses")},
    };
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        sink.event(sink.owner, &events[i]);
    journal_close(journal);
    loop_free(loop);
    CU_ASSERT_TRUE(read_file(path.text, &(struct field_choice){0}, &problem));
    CU_ASSERT_STRING_EQUAL(shown.text, "connection 1 answered, ended, timed, exact\n"
                                       "0.250 < 220 \"x\\\"\\x09\\r\\n\n"
                                       "0.299 < half\n"
                                       "0.399 > rst\n"
                                       "connection 3 refused, ended, timed, exact\n"
                                       "connection 2 answered, timed, exact\n"
                                       "0.249 < closed window\n"
                                       "0.250 > \\x8f\\xe1\\x00\\xff\\r\n"
                                       "0.250 > a**d\n");
    CU_ASSERT_PTR_NOT_NULL(
        strstr(shown.notes, "passwords are masked in the journal, in 1 segment"));
    fixture_remove(&fixture);
}

static const char two_runs[] =
    "{\"event\":\"ready\",\"address\":\"127.0.0.1\",\"port\":2525,\"pid\":1}\n"
    "{\"at\":1.5,\"time\":\"2026-01-01T00:00:01.500000Z\",\"connection\":1,\"event\":\"opened\","
    "\"octets\":\"127.0.0.1:9\"}\n"
    "{\"at\":1.75,\"connection\":1,\"event\":\"sent\",\"octets\":\"220 x\\r\\n\"}\n"
    "\n"
    "{\"at\":0.5,\"time\":\"2026-01-02T00:00:00Z\",\"connection\":1,\"event\":\"opened\","
    "\"octets\":\"127.0.0.2:9\"}\n"
    "{\"at\":0.5,\"connection\":7,\"event\":\"received\",\"octets\":\"x\"}\n"
    "{\"at\":0.6,\"connection\":1,\"event\":\"sent\",\"octets\":\"22";

static void test_runs_and_crash(void)
{
    struct problem problem = {""};
    CU_ASSERT_TRUE(read_text(two_runs, &(struct field_choice){0}, &problem));
    CU_ASSERT_STRING_EQUAL(shown.text, "connection 1 127.0.0.1:2525 answered, timed, exact\n"
                                       "0.250 < 220 x\\r\\n\n"
                                       "connection 2 127.0.0.1:2525 answered, timed, exact\n"
                                       "connection 3 127.0.0.1:2525 under way, timed, exact\n"
                                       "0.000 > x\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(shown.notes, "1 line of the journal can't be read"));
}

static void test_choice(void)
{
    struct problem problem = {""};
    const uint32_t numbers[] = {2};
    static const char *const expected = "connection 2 127.0.0.1:2525 answered, timed, exact\n";
    CU_ASSERT_TRUE(read_text(
        two_runs, &(struct field_choice){.connections = numbers, .connection_count = 1}, &problem));
    CU_ASSERT_STRING_EQUAL(shown.text, expected);
    CU_ASSERT_TRUE(read_text(two_runs, &(struct field_choice){.host = "127.0.0.2"}, &problem));
    CU_ASSERT_STRING_EQUAL(shown.text, expected);
    CU_ASSERT_TRUE(read_text(two_runs, &(struct field_choice){.port = 25}, &problem));
    CU_ASSERT_STRING_EQUAL(shown.text, "");
    CU_ASSERT_TRUE(read_text(
        two_runs, &(struct field_choice){.until = field_wall_clock(2026, 1, 1)}, &problem));
    CU_ASSERT_PTR_NULL(strstr(shown.text, "connection 1"));
}

static void test_no_journal(void)
{
    static const char *const texts[] = {
        "", "\n\n", "220 x\n", "[1]\n", "{\"at\":1}\n", "{\"ev", "{\"event\":\"nonsense\"}\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct problem problem = {""};
        CU_ASSERT_FALSE(read_text(texts[i], &(struct field_choice){0}, &problem));
        CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "j.jsonl:1: "));
        CU_ASSERT_EQUAL(shown.connections, 0);
    }
}

static void test_days(void)
{
    CU_ASSERT_EQUAL(field_wall_clock(1970, 1, 1), 0);
    CU_ASSERT_EQUAL(field_wall_clock(2026, 1, 1), 1767225600000000);
    CU_ASSERT_EQUAL(field_wall_clock(2024, 3, 1) - field_wall_clock(2024, 2, 28), 172800000000);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"round trip", test_round_trip},
        {"two runs and a crash", test_runs_and_crash},
        {"choice", test_choice},
        {"no journal", test_no_journal},
        {"days", test_days},
    };
    return unit_main("field_journal", tests, sizeof tests / sizeof *tests, argc, argv);
}
