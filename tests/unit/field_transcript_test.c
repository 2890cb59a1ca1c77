#include "harness/field_transcript.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/run.h"
#include "tests/unit/field_seen.h"
#include "tests/unit/harness_fixture.h"
#include "tests/unit/seen.h"
#include "tests/unit/unit.h"

/* Against the centre itself: the suite is played, what passed is looked at from outside, and must
 * be told as the centre told it. */

/* What no outsider can see, or sees at another time. */
static bool is_seen(const struct transcript_event *event)
{
    return event->connection > 0 && event->kind != TRANSCRIPT_STALLED &&
           event->kind != TRANSCRIPT_FLAW && event->kind != TRANSCRIPT_STORED;
}

/* A centre that breaks off inside of a message whose end had come with it looks like one that does
 * so at the end. */
static bool is_inside(const struct transcript_event *a, const struct transcript_event *b)
{
    return a->stage == STAGE_BODY && b->stage == STAGE_END_OF_DATA && a->kind == b->kind &&
           a->at == b->at && octets_equal(a->octets, b->octets);
}

static bool is_same(const struct transcript_event *a, const struct transcript_event *b)
{
    return a->kind == b->kind && a->at - b->at == 0 && a->connection == b->connection &&
           a->body == b->body && octets_equal(a->octets, b->octets) &&
           (a->stage == b->stage || a->kind == TRANSCRIPT_PAUSED) && a->message == b->message &&
           a->secret_at == b->secret_at && a->secret_count == b->secret_count;
}

static void print_event(const char *lead, const struct transcript_event *event)
{
    fprintf(stderr, "%s %lld connection %u %s %s message %u%s %.*s\n", lead, (long long)event->at,
            event->connection, transcript_kind_name(event->kind), stage_name(event->stage),
            event->message, event->body ? " body" : "",
            (int)(event->octets.count < 60 ? event->octets.count : 60),
            (const char *)event->octets.at);
}

/* A rule may keep a message in spite of its reply, or not keep it. */
static bool keeps_by_rule(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->rule_count; i++)
        if (scenario->rules[i].action.store != SCENARIO_STORE_BY_REPLY)
            return true;
    return false;
}

/* Which messages were kept: a bit each. */
static uint64_t stored_in(const struct transcript *transcript)
{
    uint64_t stored = 0;
    for (size_t i = 0; i < transcript->count; i++)
        if (transcript->events[i].kind == TRANSCRIPT_STORED)
            stored |= (uint64_t)1 << transcript->events[i].message % 64;
    return stored;
}

/* Where a second reply stands behind the first in one segment, the stage at which the connection
 * then ends depends on who reads. */
static bool ends_at_another_stage(const struct scenario *scenario, enum transcript_kind kind)
{
    static const char *const cases[] = {"replies/with-421/DATA", "cuts/behind-a-reply-421/DATA"};
    bool end = kind == TRANSCRIPT_SENDER_FIN || kind == TRANSCRIPT_CENTRE_FIN ||
               kind == TRANSCRIPT_CLOSED;
    for (size_t i = 0; end && i < sizeof cases / sizeof *cases; i++)
        if (strcmp(scenario->id, cases[i]) == 0)
            return true;
    return false;
}

static size_t compare(const struct run_case *result, size_t *stored)
{
    const struct transcript *own = result->transcript;
    struct transcript *told = transcript_new((size_t)64 << 20);
    CU_ASSERT_PTR_NOT_NULL_FATAL(told);
    struct seen seen = seen_from(own);
    struct field_transcript *state =
        field_transcript_new(&(struct field_transcript_options){.sink = transcript_sink(told)});
    CU_ASSERT_PTR_NOT_NULL_FATAL(state);
    for (size_t i = 0; i < seen.count; i++)
        CU_ASSERT_TRUE(field_transcript_take(state, &seen.connections[i]));
    field_transcript_free(state);
    CU_ASSERT_TRUE(field_transcript_order(told, NULL));
    usec base = 0;
    bool any = false;
    /* Where the reply is lost, what was kept is not seen. */
    CU_ASSERT_TRUE(keeps_by_rule(result->test->scenario) ||
                   (stored_in(told) & ~stored_in(own)) == 0);
    size_t kept = 0;
    for (size_t i = 0; i < told->count; i++)
        kept += told->events[i].kind == TRANSCRIPT_STORED;
    *stored += kept;
    size_t differences = 0, next = 0;
    for (size_t i = 0; i < own->count && !differences; i++) {
        struct transcript_event event = own->events[i];
        if (!is_seen(&event))
            continue;
        base = any ? base : event.at;
        any = true;
        event.at -= base;
        while (next < told->count && !is_seen(&told->events[next]))
            next++;
        if (next < told->count && told->events[next].kind == event.kind &&
            ends_at_another_stage(result->test->scenario, event.kind)) {
            event.stage = told->events[next].stage;
            event.message = told->events[next].message;
        }
        if (next == told->count ||
            (!is_same(&event, &told->events[next]) && !is_inside(&event, &told->events[next]))) {
            differences++;
            fprintf(stderr, "%s, event %zu:\n", result->test->scenario->id, i);
            print_event("  expected", &event);
            if (next < told->count)
                print_event("  actual  ", &told->events[next]);
        }
        next++;
    }
    seen_free(&seen);
    transcript_free(told);
    return differences;
}

static void test_as_the_centre(void)
{
    static const char *const paths[] = {"scenarios"};
    struct suite suite;
    CU_ASSERT_FATAL(suite_load(&(struct suite_options){.paths = paths, .path_count = 1}, &suite));
    size_t *selected = calloc(suite.case_count, sizeof *selected);
    CU_ASSERT_PTR_NOT_NULL_FATAL(selected);
    for (size_t i = 0; i < suite.case_count; i++)
        selected[i] = i;
    const struct run_options options = fixture_options(&suite, selected, suite.case_count);
    struct run_results results;
    struct problem problem = {""};
    CU_ASSERT_FATAL(run_suite(&options, &results, &problem));
    size_t compared = 0, different = 0, stored = 0;
    for (size_t i = 0; i < results.count; i++) {
        if (!results.cases[i].transcript)
            continue;
        compared++;
        different += compare(&results.cases[i], &stored);
    }
    CU_ASSERT_TRUE(compared > 500);
    CU_ASSERT_EQUAL(different, 0);
    CU_ASSERT_TRUE(stored > compared / 2);
    run_results_free(&results);
    free(selected);
    suite_free(&suite);
}

/* By hand: what files from the field have, and the suite has not. */

struct kept_message {
    char octets[256], envelope[128];
    bool whole;
    int code;
    uint32_t transaction;
};

struct overheard {
    struct transcript *transcript;
    struct kept_message messages[8];
    size_t message_count;
};

static void keep_message(void *owner, const struct field_message *message)
{
    struct overheard *told = owner;
    CU_ASSERT_FATAL(told->message_count < 8);
    struct kept_message *kept = &told->messages[told->message_count++];
    snprintf(kept->octets, sizeof kept->octets, "%.*s", (int)message->octets.count,
             (const char *)message->octets.at);
    snprintf(kept->envelope, sizeof kept->envelope, "%s>", message->sender);
    for (size_t i = 0; i < message->recipient_count; i++)
        snprintf(kept->envelope + strlen(kept->envelope),
                 sizeof kept->envelope - strlen(kept->envelope), " %s", message->recipients[i]);
    kept->whole = message->whole;
    kept->code = message->code;
    kept->transaction = message->transaction;
}

static void look(struct overheard *told, const struct field_connection *connections, size_t count)
{
    *told = (struct overheard){.transcript = transcript_new(1 << 20)};
    CU_ASSERT_PTR_NOT_NULL_FATAL(told->transcript);
    struct field_transcript *state = field_transcript_new(
        &(struct field_transcript_options){transcript_sink(told->transcript), keep_message, told});
    CU_ASSERT_PTR_NOT_NULL_FATAL(state);
    for (size_t i = 0; i < count; i++)
        CU_ASSERT_TRUE(field_transcript_take(state, &connections[i]));
    field_transcript_free(state);
}

#define CONNECTION(list, how)                                                                      \
    {                                                                                              \
        .number = 1, .sender = "192.0.2.1:9", .centre = "", .beginning = (how), .timed = true,     \
        .exact = true, .events = (list), .event_count = sizeof(list) / sizeof *(list),             \
        .ended = true                                                                              \
    }

static const struct transcript_event *find(const struct overheard *told, enum transcript_kind kind)
{
    for (size_t i = 0; i < told->transcript->count; i++)
        if (told->transcript->events[i].kind == kind)
            return &told->transcript->events[i];
    return NULL;
}

static void test_message(void)
{
    static const struct field_event events[] = {
        CENTRE(0, "220 x\r\n"),
        SENDER(1, "EHLO a\r\n"),
        CENTRE(2, "250-x\r\n25"),
        CENTRE(3, "0 PIPELINING\r\n"),
        SENDER(4, "MAIL FROM:<a@b> SIZE=3\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n"),
        CENTRE(5, "250 a\r\n250 b\r\n550 c\r\n354 d\r\n"),
        SENDER(6, "A: b\r\n\r\n..x\r\n.\r"),
        SENDER(7, "\nQUIT\r\n"),
        CENTRE(8, "250 kept\r\n221 bye\r\n"),
        {.at = 9, .kind = FIELD_FIN, .end = FIELD_CENTRE}};
    static const struct field_connection connection = CONNECTION(events, FIELD_ANSWERED);
    struct overheard told;
    look(&told, &connection, 1);
    CU_ASSERT_EQUAL_FATAL(told.message_count, 1);
    CU_ASSERT_STRING_EQUAL(told.messages[0].octets, "A: b\r\n\r\n.x\r\n");
    CU_ASSERT_STRING_EQUAL(told.messages[0].envelope, "a@b> c@d");
    CU_ASSERT_TRUE(told.messages[0].whole);
    CU_ASSERT_EQUAL(told.messages[0].code, 250);
    CU_ASSERT_EQUAL(told.messages[0].transaction, 1);
    const struct transcript_event *stored = find(&told, TRANSCRIPT_STORED);
    CU_ASSERT_FATAL(stored && stored->message == 1);
    const struct transcript_event *fin = find(&told, TRANSCRIPT_CENTRE_FIN);
    CU_ASSERT_FATAL(fin && fin->stage == STAGE_QUIT);
    transcript_free(told.transcript);
}

static void test_begins_in_a_message(void)
{
    static const struct field_event events[] = {
        SENDER(0, "of the message\r\n.\r\n"), CENTRE(1, "250 kept\r\n"),
        SENDER(2, "MAIL FROM:a@b \r\n"), CENTRE(3, "250 ok\r\n")};
    static const struct field_connection connection = CONNECTION(events, FIELD_UNDER_WAY);
    struct overheard told;
    look(&told, &connection, 1);
    CU_ASSERT_EQUAL_FATAL(told.message_count, 1);
    CU_ASSERT_STRING_EQUAL(told.messages[0].octets, "of the message\r\n");
    CU_ASSERT_FALSE(told.messages[0].whole);
    CU_ASSERT_EQUAL(told.messages[0].code, 250);
    const struct transcript_event *received = find(&told, TRANSCRIPT_RECEIVED);
    CU_ASSERT_FATAL(received && received->body);
    transcript_free(told.transcript);
}

/* With the 354 lost, what comes behind DATA shows that it was there; with a part of the message
 * lost, its end is found all the same. */
static void test_gaps(void)
{
    static const struct field_event events[] = {
        CENTRE(0, "220 x\r\n"),
        SENDER(1, "DATA\r\n"),
        {.at = 2, .kind = FIELD_GAP, .end = FIELD_CENTRE, .missing = 9},
        SENDER(3, "Subject: x\r\n"),
        {.at = 4, .kind = FIELD_GAP, .end = FIELD_SENDER, .missing = 1000},
        SENDER(5, "rest\r\n.\r\n"),
        CENTRE(6, "250 kept\r\n"),
        SENDER(7, "QUIT\r\n")};
    static const struct field_connection connection = CONNECTION(events, FIELD_ANSWERED);
    struct overheard told;
    look(&told, &connection, 1);
    CU_ASSERT_EQUAL_FATAL(told.message_count, 1);
    CU_ASSERT_STRING_EQUAL(told.messages[0].octets, "Subject: x\r\nrest\r\n");
    CU_ASSERT_FALSE(told.messages[0].whole);
    CU_ASSERT_EQUAL(told.messages[0].code, 250);
    const struct transcript_event *flaw = find(&told, TRANSCRIPT_MISSING);
    CU_ASSERT_FATAL(
        flaw && octets_equal(flaw->octets, OCTETS("9 octets of the centre's are not in the file")));
    const struct transcript_event *last =
        &told.transcript->events[told.transcript->count - 2]; /* before "closed" */
    CU_ASSERT_EQUAL(last->kind, TRANSCRIPT_RECEIVED);
    CU_ASSERT_EQUAL(last->stage, STAGE_QUIT);
    transcript_free(told.transcript);
}

static void test_silence_and_refusal(void)
{
    static const struct field_event events[] = {
        CENTRE(0, "220 x\r\n"),
        SENDER(1, "HELO a\r\n"),
        {.at = 5 * USEC_PER_SEC, .kind = FIELD_FIN, .end = FIELD_SENDER}};
    static const struct field_event idle[] = {
        CENTRE(0, "220 x\r\n"), {.at = 120 * USEC_PER_SEC, .kind = FIELD_FIN, .end = FIELD_CENTRE}};
    static struct field_connection connections[] = {
        CONNECTION(events, FIELD_ANSWERED),
        {.number = 2, .sender = "", .centre = "", .beginning = FIELD_REFUSED},
        CONNECTION(idle, FIELD_ANSWERED)};
    connections[2].number = 3;
    struct overheard told;
    look(&told, connections, 3);
    const struct transcript_event *stalled = find(&told, TRANSCRIPT_STALLED);
    CU_ASSERT_FATAL(stalled && stalled->stage == STAGE_HELO);
    const struct transcript_event *face = find(&told, TRANSCRIPT_FACE);
    CU_ASSERT_FATAL(face && octets_equal(face->octets, OCTETS("refuses")));
    const struct transcript_event *fin = find(&told, TRANSCRIPT_CENTRE_FIN);
    CU_ASSERT_FATAL(fin && fin->stage == STAGE_IDLE && fin->connection == 3);
    transcript_free(told.transcript);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"as the centre tells it", test_as_the_centre},    {"a message, pipelined", test_message},
        {"begins in a message", test_begins_in_a_message}, {"gaps", test_gaps},
        {"silence and refusal", test_silence_and_refusal},
    };
    return unit_main("field_transcript", tests, sizeof tests / sizeof *tests, argc, argv);
}
