#include "mockserver/journal.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

struct place {
    char file[64];
    struct loop *loop;
    struct journal *journal;
    struct transcript_sink sink;
    unsigned failures;
};

static void failed(void *owner, const char *text)
{
    ((struct place *)owner)->failures++;
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "journal"));
}

static void place_make(struct place *place, bool unmasked)
{
    *place = (struct place){.file = "/tmp/journal-test-XXXXXX"};
    int file = mkstemp(place->file);
    CU_ASSERT_TRUE_FATAL(file >= 0);
    close(file);
    unlink(place->file);
    struct loop_network network = {0};
    place->loop = loop_virtual_new(&network, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(place->loop);
    struct journal_options options = {
        .file = place->file, .unmasked = unmasked, .failed = failed, .owner = place};
    place->journal = journal_open(place->loop, &options, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(place->journal);
    place->sink = journal_sink(place->journal);
}

static void place_remove(struct place *place)
{
    journal_close(place->journal);
    loop_free(place->loop);
    unlink(place->file);
}

/* What the file holds; to be freed. */
static char *content(const struct place *place, size_t *count)
{
    struct stat status;
    CU_ASSERT_EQUAL_FATAL(stat(place->file, &status), 0);
    *count = (size_t)status.st_size;
    char *text = malloc(*count + 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    int file = open(place->file, O_RDONLY);
    CU_ASSERT_EQUAL(read(file, text, *count), (ssize_t)*count);
    close(file);
    text[*count] = '\0';
    return text;
}

static struct transcript_event event_of(enum transcript_kind kind, struct octets octets)
{
    return (struct transcript_event){.at = 1250,
                                     .wall_clock = 1767225600001250,
                                     .connection = 3,
                                     .kind = kind,
                                     .stage = STAGE_MAIL,
                                     .octets = octets};
}

static void tell(struct place *place, struct transcript_event event)
{
    place->sink.event(place->sink.owner, &event);
}

static void expect(struct place *place, const char *expected)
{
    CU_ASSERT_TRUE(journal_flush(place->journal, NULL));
    size_t count;
    char *text = content(place, &count);
    CU_ASSERT_STRING_EQUAL(text, expected);
    free(text);
}

static void test_line(void)
{
    struct place place;
    place_make(&place, false);
    struct transcript_event event = event_of(TRANSCRIPT_RECEIVED, OCTETS("MAIL \"a\\b\"\t\r\n"));
    event.message = 2;
    tell(&place, event);
    event = event_of(TRANSCRIPT_SENT, OCTETS("250 ok\r\n"));
    event.rule = 4;
    tell(&place, event);
    tell(&place, event_of(TRANSCRIPT_SENDER_FIN, (struct octets){0}));
    expect(&place, "{\"at\":0.001250,\"time\":\"2026-01-01T00:00:00.001250Z\",\"connection\":3,"
                   "\"message\":2,\"event\":\"received\",\"direction\":\"in\",\"stage\":\"MAIL\","
                   "\"octets\":\"MAIL \\\"a\\\\b\\\"\\t\\r\\n\"}\n"
                   "{\"at\":0.001250,\"time\":\"2026-01-01T00:00:00.001250Z\",\"connection\":3,"
                   "\"event\":\"sent\",\"direction\":\"out\",\"stage\":\"MAIL\",\"rule\":4,"
                   "\"octets\":\"250 ok\\r\\n\"}\n"
                   "{\"at\":0.001250,\"time\":\"2026-01-01T00:00:00.001250Z\",\"connection\":3,"
                   "\"event\":\"sender-fin\",\"stage\":\"MAIL\"}\n");
    place_remove(&place);
}

static void test_base64(void)
{
    const struct {
        struct octets octets;
        const char *text;
    } cases[] = {
        {OCTETS("\xa4"), "\"base64\":\"pA==\""},
        {OCTETS("\xa4\xa2"), "\"base64\":\"pKI=\""},
        {OCTETS("\xa4\xa2\xff"), "\"base64\":\"pKL/\""},
        {OCTETS("\0abc"), "\"base64\":\"AGFiYw==\""},
        {OCTETS("\x1b[31m"), "\"base64\":\"G1szMW0=\""},
        {OCTETS("\x7f"), "\"base64\":\"fw==\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place place;
        place_make(&place, false);
        tell(&place, event_of(TRANSCRIPT_RECEIVED, cases[i].octets));
        CU_ASSERT_TRUE(journal_flush(place.journal, NULL));
        size_t count;
        char *text = content(&place, &count);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, cases[i].text));
        free(text);
        place_remove(&place);
    }
}

static void test_masked(void)
{
    struct place place;
    for (int unmasked = 0; unmasked < 2; unmasked++) {
        place_make(&place, unmasked);
        struct transcript_event event = event_of(TRANSCRIPT_RECEIVED, OCTETS("user\tPASSWORD\r\n"));
        event.body = true;
        event.secret_at = 5;
        event.secret_count = 8;
        tell(&place, event);
        event.octets = OCTETS("user\xffPASSWORD\r\n");
        tell(&place, event);
        CU_ASSERT_TRUE(journal_flush(place.journal, NULL));
        size_t count;
        char *text = content(&place, &count);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, unmasked ? "\"octets\":\"user\\tPASSWORD\\r\\n\"}"
                                                     : "\"octets\":\"user\\t********\\r\\n\"}"));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, unmasked ? "\"base64\":\"dXNlcv9QQVNTV09SRA0K\"}"
                                                     : "\"base64\":\"dXNlcv8qKioqKioqKg0K\"}"));
        CU_ASSERT_EQUAL(strstr(text, "\"masked\":8") != NULL, !unmasked);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"body\":true"));
        free(text);
        place_remove(&place);
    }
}

/* That octets are not plain may turn out at any of them, the covered ones too: the line is in
 * base64 all the same, and the line behind it is whole. */
static void test_not_plain_at_last(void)
{
    enum { COUNT = 3 * 50000 };
    static const size_t places[] = {0, 1, 63, 64, 40000, 40003, COUNT - 1};
    static const size_t secret_at = 40000, secret_count = 8;
    uint8_t *octets = malloc(COUNT);
    CU_ASSERT_PTR_NOT_NULL_FATAL(octets);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct place place;
        place_make(&place, false);
        memset(octets, '*', COUNT);
        octets[places[i]] = 0xff;
        struct transcript_event event =
            event_of(TRANSCRIPT_RECEIVED, (struct octets){octets, COUNT});
        event.secret_at = secret_at;
        event.secret_count = secret_count;
        tell(&place, event);
        tell(&place, event_of(TRANSCRIPT_SENT, OCTETS("250 ok\r\n")));
        CU_ASSERT_TRUE(journal_flush(place.journal, NULL));
        size_t count;
        char *text = content(&place, &count);
        char *base64 = strstr(text, ",\"masked\":8,\"base64\":\"");
        CU_ASSERT_PTR_NOT_NULL_FATAL(base64);
        CU_ASSERT_PTR_NULL(memmem(text, (size_t)(base64 - text), "octets", 6));
        base64 = strstr(base64, ":\"") + 2;
        size_t length = strcspn(base64, "\"");
        CU_ASSERT_EQUAL(length, COUNT / 3 * 4);
        size_t stars = 0;
        for (size_t at = 0; at < length; at += 4)
            stars += memcmp(base64 + at, "Kioq", 4) == 0;
        bool covered = places[i] - secret_at < secret_count;
        CU_ASSERT_EQUAL(stars, length / 4 - (covered ? 0 : 1));
        CU_ASSERT_PTR_NOT_NULL(strstr(base64 + length, "\"}\n{\"at\":"));
        CU_ASSERT_PTR_NOT_NULL(strstr(base64 + length, ",\"octets\":\"250 ok\\r\\n\"}\n"));
        free(text);
        place_remove(&place);
    }
    free(octets);
}

/* Every line is JSON, however much comes, and gives back what passed. */
static void test_large(void)
{
    struct place place;
    place_make(&place, true);
    size_t count = 200000;
    uint8_t *octets = malloc(count);
    CU_ASSERT_PTR_NOT_NULL_FATAL(octets);
    memset(octets, 'x', count);
    for (size_t i = 0; i < count; i += 70)
        octets[i] = '\n';
    tell(&place, event_of(TRANSCRIPT_RECEIVED, (struct octets){octets, count}));
    for (size_t i = 0; i < 500; i++)
        tell(&place, event_of(TRANSCRIPT_RECEIVED, (struct octets){octets, i}));
    CU_ASSERT_TRUE(journal_flush(place.journal, NULL));
    size_t length;
    char *text = content(&place, &length);
    char *line = text;
    for (size_t i = 0; i <= 500; i++) {
        char *end = strchr(line, '\n');
        CU_ASSERT_PTR_NOT_NULL_FATAL(end);
        json_t *object = json_loadb(line, (size_t)(end - line), 0, NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(object);
        json_t *string = json_object_get(object, "octets");
        size_t expected = i == 0 ? count : i - 1;
        CU_ASSERT_EQUAL(json_string_length(string), expected);
        if (expected > 0)
            CU_ASSERT_EQUAL(memcmp(json_string_value(string), octets, expected), 0);
        json_decref(object);
        line = end + 1;
    }
    CU_ASSERT_EQUAL(*line, '\0');
    free(text);
    free(octets);
    place_remove(&place);
}

static size_t lines_written(const struct place *place)
{
    size_t count, lines = 0;
    char *text = content(place, &count);
    for (size_t i = 0; i < count; i++)
        lines += text[i] == '\n';
    free(text);
    return lines;
}

static void test_written_in_time(void)
{
    struct place place;
    place_make(&place, false);
    tell(&place, event_of(TRANSCRIPT_SENT, OCTETS("220 x\r\n")));
    CU_ASSERT_EQUAL(lines_written(&place), 0);
    loop_run(place.loop);
    CU_ASSERT_EQUAL(loop_now(place.loop), 100 * USEC_PER_MSEC);
    CU_ASSERT_EQUAL(lines_written(&place), 1);
    tell(&place, event_of(TRANSCRIPT_SENT, OCTETS("221 x\r\n")));
    CU_ASSERT_EQUAL(lines_written(&place), 1);
    tell(&place, event_of(TRANSCRIPT_CLOSED, (struct octets){0}));
    CU_ASSERT_EQUAL(lines_written(&place), 1);
    loop_run(place.loop);
    CU_ASSERT_EQUAL(loop_now(place.loop), 101 * USEC_PER_MSEC);
    CU_ASSERT_EQUAL(lines_written(&place), 3);
    place_remove(&place);
}

static void test_mode_and_appending(void)
{
    struct place place;
    place_make(&place, false);
    struct stat status;
    CU_ASSERT_EQUAL(stat(place.file, &status), 0);
    CU_ASSERT_EQUAL(status.st_mode & 0777, 0600);
    tell(&place, event_of(TRANSCRIPT_CLOSED, (struct octets){0}));
    struct journal_options options = {.file = place.file};
    struct journal *again = journal_open(place.loop, &options, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(again);
    struct transcript_event event = event_of(TRANSCRIPT_CLOSED, (struct octets){0});
    journal_sink(again).event(again, &event);
    journal_close(again);
    CU_ASSERT_TRUE(journal_flush(place.journal, NULL));
    CU_ASSERT_EQUAL(lines_written(&place), 2);
    place_remove(&place);
}

static void test_can_not_be_written(void)
{
    struct place place = {.file = "/dev/full"};
    struct loop_network network = {0};
    place.loop = loop_virtual_new(&network, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(place.loop);
    struct problem problem = {""};
    struct journal_options options = {.file = "/dev/full", .failed = failed, .owner = &place};
    place.journal = journal_open(place.loop, &options, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(place.journal);
    place.sink = journal_sink(place.journal);
    for (int i = 0; i < 3; i++) {
        tell(&place, event_of(TRANSCRIPT_CLOSED, (struct octets){0}));
        CU_ASSERT_FALSE(journal_flush(place.journal, &problem));
    }
    CU_ASSERT_EQUAL(place.failures, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "No space left"));
    journal_close(place.journal);

    options.file = "/dev/null/journal";
    CU_ASSERT_PTR_NULL(journal_open(place.loop, &options, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/dev/null/journal"));
    loop_free(place.loop);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"line", test_line},
        {"base64", test_base64},
        {"masked", test_masked},
        {"not plain at last", test_not_plain_at_last},
        {"large", test_large},
        {"written in time", test_written_in_time},
        {"mode and appending", test_mode_and_appending},
        {"can't be written", test_can_not_be_written},
    };
    return unit_main("journal", tests, sizeof tests / sizeof *tests, argc, argv);
}
