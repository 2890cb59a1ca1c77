/* Packet captures: any octets are either refused with words, or give connections that are what they
 * are said to be (harness/field.h); whatever is in them is told as a transcript, and judged. */
#include <stdio.h>
#include <stdlib.h>

#include "harness/check.h"
#include "harness/field_capture.h"
#include "harness/field_transcript.h"
#include "tests/fuzz/fuzz.h"

struct looking {
    uint32_t count;
    struct transcript *transcript;
    struct field_transcript *telling;
};

static void require_event(const struct field_event *event, usec before, const bool over[2])
{
    FUZZ_REQUIRE(event->end == FIELD_SENDER || event->end == FIELD_CENTRE);
    FUZZ_REQUIRE(event->at >= before);
    FUZZ_REQUIRE((event->kind == FIELD_OCTETS) == (event->octets.count > 0));
    FUZZ_REQUIRE(event->kind == FIELD_GAP || event->missing == 0);
    if (event->kind == FIELD_OCTETS || event->kind == FIELD_GAP || event->kind == FIELD_FIN)
        FUZZ_REQUIRE(!over[event->end]);
    /* Looked at, all of it: a sanitizer sees where it should not be. */
    unsigned sum = 0;
    for (size_t i = 0; i < event->octets.count; i++)
        sum += event->octets.at[i];
    FUZZ_REQUIRE(sum <= 255 * event->octets.count);
}

static bool look(void *owner, const struct field_connection *connection)
{
    struct looking *looking = owner;
    bool over[2] = {false, false};
    usec before = 0;
    looking->count++;
    FUZZ_REQUIRE(connection->number > 0);
    FUZZ_REQUIRE(connection->sender[0] != '\0' && connection->centre[0] != '\0');
    FUZZ_REQUIRE(connection->answered >= 0);
    for (size_t i = 0; i < connection->event_count; i++) {
        const struct field_event *event = &connection->events[i];
        require_event(event, before, over);
        before = event->at;
        over[event->end] |= event->kind == FIELD_FIN;
    }
    return looking->count > 200 || field_transcript_take(looking->telling, connection);
}

static void require_note(void *owner, const char *text)
{
    (void)owner;
    FUZZ_REQUIRE(text[0] != '\0');
    for (const char *at = text; *at; at++)
        FUZZ_REQUIRE((unsigned char)*at >= ' ' && *at != 0x7f);
}

static void judge(const struct transcript *transcript, usec limit)
{
    struct scenario *scenario = scenario_new(NULL);
    struct check_claim claim = {0};
    struct findings findings;
    if (!scenario)
        return;
    scenario->expect.has_accepted = true;
    const struct check_input input = {.transcript = transcript,
                                      .scenario = scenario,
                                      .claims = &claim,
                                      .sender_limit = limit,
                                      .tolerance = 0.25,
                                      .clock = {1},
                                      .attached = true,
                                      .field = true};
    check_all(&input, &findings);
    for (size_t i = 0; i < findings.count; i++) {
        const struct finding *finding = &findings.at[i];
        FUZZ_REQUIRE(finding->verdict == VERDICT_PASS || finding->actual);
        FUZZ_REQUIRE(!finding->has_event || finding->event < transcript->count);
    }
    findings_free(&findings);
    scenario_free(scenario);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct looking looking = {.transcript = transcript_new(64 * 1024 * 1024)};
    const struct field_transcript_options options = {.sink = transcript_sink(looking.transcript)};
    const struct field_sink sink = {look, require_note, &looking};
    const struct field_choice choice = {.port = size % 7 == 0 ? 25 : 0};
    struct problem problem = {""};
    FILE *stream = size > 0 ? fmemopen((void *)(uintptr_t)data, size, "rb") : NULL;
    looking.telling = field_transcript_new(&options);
    if (stream && looking.telling) {
        bool good = field_read_capture_stream(stream, "fuzz", &choice, &sink, &problem);
        FUZZ_REQUIRE(good || problem.text[0] != '\0');
        FUZZ_REQUIRE(field_transcript_order(looking.transcript, NULL));
        judge(looking.transcript, size % 2 == 0 ? 0 : USEC_PER_SEC);
    }
    field_transcript_free(looking.telling);
    transcript_free(looking.transcript);
    return 0;
}
