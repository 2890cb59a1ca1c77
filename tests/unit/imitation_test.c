#include "mockserver/imitation.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/run.h"
#include "tests/unit/field_seen.h"
#include "tests/unit/harness_fixture.h"
#include "tests/unit/seen.h"
#include "tests/unit/unit.h"

/* The round trip: each case of the suite is played, what passed becomes a scenario, and that is
 * played with the same client. */

static void note(void *owner, const char *text)
{
    (void)owner;
    (void)text;
}

static bool import(const struct transcript *transcript, const char *file,
                   struct imitation_numbers *numbers)
{
    const struct imitation_options options = {.file = file,
                                              .from = "a test",
                                              .delay_least = 5 * USEC_PER_MSEC,
                                              .unmasked = true,
                                              .note = note};
    struct problem problem = {""};
    struct imitation *imitation = imitation_new(&options, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(imitation);
    struct seen seen = seen_from(transcript);
    bool good = true;
    for (size_t i = 0; i < seen.count && good; i++)
        good = imitation_take(imitation, &seen.connections[i], &problem);
    good = good && imitation_write(imitation, numbers, &problem);
    if (!good)
        fprintf(stderr, "%s\n", problem.text);
    imitation_free(imitation);
    seen_free(&seen);
    return good;
}

/* What the centre did on a connection: octets in one piece, and its acts with their times. */
struct acts {
    struct buf octets;
    struct act {
        usec after; /* since the event before it, on this connection */
        enum transcript_kind kind;
        size_t octets; /* so far */
    } at[4096];
    size_t count;
};

static bool is_act(enum transcript_kind kind)
{
    return kind == TRANSCRIPT_SENT || kind == TRANSCRIPT_CENTRE_FIN ||
           kind == TRANSCRIPT_CENTRE_HALF || kind == TRANSCRIPT_CENTRE_RST;
}

static void acts_of(const struct transcript *transcript, uint32_t connection, struct acts *acts)
{
    usec last = 0;
    bool sender_ended = false;
    acts->octets = BUF_INIT(0);
    acts->count = 0;
    for (size_t i = 0; i < transcript->count; i++) {
        const struct transcript_event *event = &transcript->events[i];
        if (event->connection != connection)
            continue;
        sender_ended |=
            event->kind == TRANSCRIPT_SENDER_FIN || event->kind == TRANSCRIPT_SENDER_RST;
        /* How the centre answers an end of the sender's is no act of its own. */
        if (is_act(event->kind) && acts->count < 4096 &&
            (!sender_ended || event->kind == TRANSCRIPT_SENT)) {
            CU_ASSERT_TRUE(buf_append(&acts->octets, event->octets));
            acts->at[acts->count++] =
                (struct act){event->at - last, event->kind, acts->octets.count};
        }
        last = event->at;
    }
}

static const char *difference(const struct transcript *then, const struct transcript *now,
                              uint32_t connection, char *words, size_t size)
{
    static struct acts before, after;
    const char *found = NULL;
    acts_of(then, connection, &before);
    acts_of(now, connection, &after);
    if (!octets_equal(buf_octets(&before.octets), buf_octets(&after.octets))) {
        snprintf(words, size, "octets: \"%.*s\" became \"%.*s\"", (int)before.octets.count,
                 (const char *)before.octets.at, (int)after.octets.count,
                 (const char *)after.octets.at);
        found = words;
    }
    for (size_t i = 0; i < before.count && i < after.count && !found; i++) {
        usec gap = before.at[i].after - after.at[i].after, least = before.at[i].after / 20;
        least = least > 20 * USEC_PER_MSEC ? least : 20 * USEC_PER_MSEC;
        if (before.at[i].kind != after.at[i].kind || gap > least || -gap > least ||
            before.at[i].octets != after.at[i].octets) {
            snprintf(words, size,
                     "act %zu: %s after %lld us, %zu octets became %s after %lld us, %zu", i,
                     transcript_kind_name(before.at[i].kind), (long long)before.at[i].after,
                     before.at[i].octets, transcript_kind_name(after.at[i].kind),
                     (long long)after.at[i].after, after.at[i].octets);
            found = words;
        }
    }
    if (!found && before.count != after.count)
        found = "another number of acts";
    buf_free(&before.octets);
    buf_free(&after.octets);
    return found;
}

static uint32_t connections_in(const struct transcript *transcript)
{
    uint32_t most = 0;
    for (size_t i = 0; i < transcript->count; i++)
        if (transcript->events[i].connection > most)
            most = transcript->events[i].connection;
    return most;
}

/* Does the name server stop to tell where the centre is? An imitation has the centre alone. */
static bool loses_centre(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->dns_rule_count; i++)
        if (scenario->dns_rules[i].after_connections > 0 &&
            scenario->dns_rules[i].answer != DNS_ANSWER_ADDRESSES)
            return true;
    return false;
}

static bool plays_again(const struct fixture *fixture, const struct run_case *result)
{
    char words[4096], name[64];
    struct imitation_numbers numbers;
    snprintf(name, sizeof name, "again.json");
    struct fixture_path path = fixture_path(fixture, name);
    const char *id = result->test->scenario->id;
    if (!import(result->transcript, path.text, &numbers)) {
        fprintf(stderr, "%s: can't be imported\n", id);
        return false;
    }
    struct suite suite;
    struct told told = {""};
    const char *const paths[] = {path.text};
    if (!suite_load(
            &(struct suite_options){
                .paths = paths, .path_count = 1, .fault = fixture_told, .owner = &told},
            &suite)) {
        fprintf(stderr, "%s: %s\n", id, told.text);
        return false;
    }
    /* The client has the same errand, also where nothing of it was seen. */
    struct suite_case own = suite.cases[0];
    suite.cases[0] = *result->test;
    suite.cases[0].scenario = own.scenario;
    static const size_t selected[] = {0};
    struct run_options options = fixture_options(&suite, selected, 1);
    struct run_results results;
    struct problem problem = {""};
    CU_ASSERT_FATAL(run_suite(&options, &results, &problem));
    const char *different = results.cases[0].transcript ? NULL : results.cases[0].reason;
    uint32_t connections = connections_in(result->transcript);
    if (!different && connections != connections_in(results.cases[0].transcript))
        different = "another number of connections";
    for (uint32_t i = 1; i <= connections && !different; i++)
        different =
            difference(result->transcript, results.cases[0].transcript, i, words, sizeof words);
    /* What a sound sender did is sound there too. */
    const struct run_case *now = &results.cases[0];
    if (!different && now->verdict == VERDICT_FAIL &&
        numbers.messages == now->test->message_count) {
        for (size_t i = 0; i < now->findings.count; i++)
            if (now->findings.at[i].verdict == VERDICT_FAIL)
                snprintf(words, sizeof words, "%s: expected %s, found %s",
                         now->findings.at[i].requirement, now->findings.at[i].expected,
                         now->findings.at[i].actual);
        different = words;
    }
    if (different)
        fprintf(stderr, "%s: %s\n", id, different);
    run_results_free(&results);
    suite.cases[0] = own;
    suite_free(&suite);
    return !different;
}

static void test_round_trip(void)
{
    static const char *const paths[] = {"scenarios"};
    struct fixture fixture = fixture_make();
    struct suite suite;
    CU_ASSERT_FATAL(suite_load(&(struct suite_options){.paths = paths, .path_count = 1}, &suite));
    size_t *selected = calloc(suite.case_count, sizeof *selected);
    CU_ASSERT_PTR_NOT_NULL_FATAL(selected);
    for (size_t i = 0; i < suite.case_count; i++)
        selected[i] = i;
    struct run_options options = fixture_options(&suite, selected, suite.case_count);
    struct run_results results;
    struct problem problem = {""};
    CU_ASSERT_FATAL(run_suite(&options, &results, &problem));
    size_t played = 0, again = 0;
    for (size_t i = 0; i < results.count; i++) {
        const struct transcript *transcript = results.cases[i].transcript;
        if (!transcript || connections_in(transcript) == 0 ||
            loses_centre(results.cases[i].test->scenario))
            continue;
        played++;
        again += plays_again(&fixture, &results.cases[i]);
    }
    CU_ASSERT_EQUAL(again, played);
    CU_ASSERT_TRUE(played > 500);
    run_results_free(&results);
    free(selected);
    suite_free(&suite);
    fixture_remove(&fixture);
}

/* By hand: many sessions, and what only the field has. */

struct noted {
    char text[4096];
};

static void keep_note(void *owner, const char *text)
{
    struct noted *noted = owner;
    size_t used = strlen(noted->text);
    snprintf(noted->text + used, sizeof noted->text - used, "%s\n", text);
}

static void take(struct imitation *imitation, uint32_t number, enum field_beginning beginning,
                 const struct field_event *events, size_t count)
{
    struct problem problem = {""};
    const struct field_connection connection = field_seen(number, beginning, events, count);
    CU_ASSERT_TRUE(imitation_take(imitation, &connection, &problem));
}

#define TAKE(imitation, number, events)                                                            \
    take((imitation), (number), FIELD_ANSWERED, (events), sizeof(events) / sizeof *(events))

/* The rules, a line each, of what `see` saw. */
static void expect_rules(void (*see)(struct imitation *imitation), const char *expected,
                         struct noted *noted)
{
    struct fixture fixture = fixture_make();
    struct fixture_path path = fixture_path(&fixture, "seen.json");
    const struct imitation_options options = {.file = path.text,
                                              .from = "a test",
                                              .delay_least = 5 * MSEC,
                                              .note = keep_note,
                                              .owner = noted};
    struct problem problem = {""};
    struct imitation_numbers numbers;
    char text[8192] = "";
    *noted = (struct noted){""};
    struct imitation *imitation = imitation_new(&options, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(imitation);
    see(imitation);
    CU_ASSERT_TRUE(imitation_write(imitation, &numbers, &problem));
    imitation_free(imitation);
    FILE *stream = fopen(path.text, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    size_t count = fread(text, 1, sizeof text - 1, stream);
    fclose(stream);
    text[count] = '\0';
    const char *begin = strstr(text, "\"rules\": [\n"),
               *end = begin ? strstr(begin, "\n  ]") : NULL;
    size_t length = end ? (size_t)(end - begin) - 11 : 0;
    bool same =
        length == strlen(expected) && strncmp(begin ? begin + 11 : "", expected, length) == 0;
    if (!same)
        fprintf(stderr, "expected:\n%s\nactual:\n%s\n%s", expected, text, noted->text);
    CU_ASSERT_TRUE(same);
    struct suite suite;
    const char *const paths[] = {path.text};
    struct told told = {""};
    bool valid = suite_load(
        &(struct suite_options){
            .paths = paths, .path_count = 1, .fault = fixture_told, .owner = &told},
        &suite);
    CU_ASSERT_TRUE(valid);
    if (valid)
        suite_free(&suite);
    else
        fputs(told.text, stderr);
    fixture_remove(&fixture);
}

/* Times are never quite the same; the fault is one connection's, the texts are everybody's. */
static void see_hundred(struct imitation *imitation)
{
    for (uint32_t i = 1; i <= 100; i++) {
        usec noise = i * 7919 % 2000, late = 300 * MSEC + noise;
        const struct field_event fine[] = {
            CENTRE(noise, "220 gw ESMTP\r\n"),
            SENDER(10 * MSEC, "HELO a\r\n"),
            CENTRE(10 * MSEC + late, "250 gw\r\n"),
            SENDER(500 * MSEC, "QUIT\r\n"),
            CENTRE(500 * MSEC + noise, "221 bye\r\n"),
            {.at = 501 * MSEC + noise, .kind = FIELD_FIN, .end = FIELD_CENTRE}};
        const struct field_event cut[] = {
            CENTRE(noise, "220 gw ESMTP\r\n"),
            SENDER(10 * MSEC, "HELO a\r\n"),
            {.at = 12 * MSEC, .kind = FIELD_RST, .end = FIELD_CENTRE}};
        if (i == 42)
            TAKE(imitation, i, cut);
        else
            TAKE(imitation, i, fine);
    }
}

static void test_hundred_sessions(void)
{
    struct noted noted;
    expect_rules(see_hundred,
                 "    {\"at\": \"banner\", \"reply\": \"220 gw ESMTP\"},\n"
                 "    {\"at\": \"HELO\", \"connection\": 42, \"close\": \"rst\"},\n"
                 "    {\"at\": \"HELO\", \"reply\": \"250 gw\", \"delay\": \"301ms\"},\n"
                 "    {\"at\": \"QUIT\", \"reply\": \"221 bye\"}",
                 &noted);
}

/* Silence, a cut for idleness with words, and connects that failed in between. */
static void see_ends(struct imitation *imitation)
{
    static const struct field_event silent[] = {
        CENTRE(0, "220 MAIL.PROD.NACCS6 SMTP ready\r\n"),
        SENDER(1 * MSEC, "HELO a\r\n"),
        {.at = 5000 * MSEC, .kind = FIELD_FIN, .end = FIELD_SENDER},
        {.at = 5001 * MSEC, .kind = FIELD_FIN, .end = FIELD_CENTRE}};
    static const struct field_event idle[] = {
        CENTRE(0, "220 MAIL.PROD.NACCS6 SMTP ready\r\n"),
        CENTRE(300000 * MSEC, "421 idle\r\n"),
        {.at = 300001 * MSEC, .kind = FIELD_FIN, .end = FIELD_CENTRE}};
    TAKE(imitation, 1, silent);
    take(imitation, 2, FIELD_REFUSED, NULL, 0);
    take(imitation, 3, FIELD_REFUSED, NULL, 0);
    TAKE(imitation, 4, idle);
    take(imitation, 5, FIELD_UNANSWERED, NULL, 0);
}

static void test_ends(void)
{
    struct noted noted;
    expect_rules(see_ends,
                 "    {\"at\": \"connect\", \"connection\": 2, \"delay\": \"2500ms\", \"refuse\": "
                 "\"rst\"},\n"
                 "    {\"at\": \"connect\", \"connection\": 3, \"refuse\": \"silence\"},\n"
                 "    {\"at\": \"HELO\", \"connection\": 1, \"stall\": true},\n"
                 "    {\"at\": \"idle\", \"connection\": 2, \"reply\": \"421 idle\", \"close\": "
                 "\"fin\", \"limit\": \"300s\"}",
                 &noted);
}

/* What is missing is named, and nothing is made up for it. */
static void see_gaps(struct imitation *imitation)
{
    static const struct field_event gap[] = {
        CENTRE(0, "220 MAIL.PROD.NACCS6 SMTP ready\r\n"),
        SENDER(1, "HELO a\r\n"),
        {.at = 2, .kind = FIELD_GAP, .end = FIELD_CENTRE, .missing = 22},
        SENDER(3, "NOOP\r\n"),
        CENTRE(4, "250 other\r\n")};
    static const struct field_event middle[] = {
        CENTRE(0, "250 of before\r\n"), SENDER(1, "MAIL FROM:<a@b>\r\n"), CENTRE(2, "451 no\r\n")};
    TAKE(imitation, 1, gap);
    take(imitation, 2, FIELD_UNDER_WAY, middle, sizeof middle / sizeof *middle);
}

static void test_gaps(void)
{
    struct noted noted;
    expect_rules(see_gaps,
                 "    {\"at\": \"MAIL\", \"connection\": 2, \"reply\": \"451 no\"},\n"
                 "    {\"at\": \"NOOP\", \"reply\": \"250 other\"}",
                 &noted);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(noted.text, "connection 1: 22 octets of the centre's are missing at HELO"));
    CU_ASSERT_PTR_NOT_NULL(strstr(noted.text, "connection 2 began before the file"));
}

/* Two thousand different texts are as many rules; noise of all lengths is one. */
static void see_scattered(struct imitation *imitation)
{
    for (uint32_t i = 1; i <= 400; i++) {
        usec late = (usec)i * i * 50;
        const struct field_event events[] = {CENTRE(late, "220 gw ESMTP\r\n"),
                                             SENDER(late + 1, "NOOP\r\n"),
                                             CENTRE(late + 2, "250 ok\r\n")};
        TAKE(imitation, i, events);
    }
}

static void test_scattered(void)
{
    struct noted noted;
    expect_rules(see_scattered,
                 "    {\"at\": \"banner\", \"reply\": \"220 gw ESMTP\", \"delay\": {\"uniform\": "
                 "[\"0s\", \"8s\"]}}",
                 &noted);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(noted.text, "400 replies at banner came after 0.000 s to 8.000 s"));
}

/* Messages in chunks: the centre that is imitated takes them too, and what is masked is masked. */
static void see_chunks(struct imitation *imitation)
{
    static const struct field_event events[] = {
        CENTRE(0, "220 x.example SMTP ready\r\n"),
        SENDER(1, "EHLO a\r\n"),
        CENTRE(2, "250-x.example\r\n250 CHUNKING\r\n"),
        SENDER(3, "MAIL FROM:<a@b>\r\n"),
        CENTRE(4, "250 sender ok\r\n"),
        SENDER(5, "RCPT TO:<c@x.example>\r\n"),
        CENTRE(6, "250 recipient ok\r\n"),
        SENDER(7, "BDAT 6\r\nA: b\r\nBDAT 5 LAST\r\n\r\n.\r\n"),
        CENTRE(8, "250 6 more\r\n250 accepted\r\n"),
        SENDER(9, "MAIL FROM:<a@b>\r\nRCPT TO:<c@x.example>\r\nBDAT 0 LAST\r\n"),
        CENTRE(10, "250 sender ok\r\n250 recipient ok\r\n452 none at all\r\n"),
        SENDER(11, "QUIT\r\n"),
        CENTRE(12, "221 x.example closing\r\n"),
        {.at = 13, .end = FIELD_CENTRE, .kind = FIELD_FIN},
    };
    TAKE(imitation, 1, events);
}

static void test_chunks(void)
{
    struct noted noted;
    expect_rules(see_chunks,
                 "    {\"at\": \"EHLO\", \"reply\": {\"code\": 250, \"text\": "
                 "[\"x.example\", \"CHUNKING\"]}},\n"
                 "    {\"at\": \"end-of-data\", \"connection\": 1, \"occurrence\": 2, \"reply\": "
                 "\"452 none at "
                 "all\"},\n"
                 "    {\"at\": \"unknown\", \"reply\": \"250 6 more\"}",
                 &noted);
    CU_ASSERT_STRING_EQUAL(noted.text, "");
}

/* A log whose clock was set, by years, while it was written. */
static void see_ages(struct imitation *imitation)
{
    static const usec year = (usec)365 * 24 * 3600 * USEC_PER_SEC;
    const struct field_event events[] = {
        CENTRE(0, "220 x SMTP ready\r\n"),      SENDER(1, "NOOP\r\n"),
        CENTRE(56 * year + 1789, "250 ok\r\n"), SENDER(56 * year + 1790, "RSET\r\n"),
        CENTRE(9000 * year, "250 reset\r\n"),
    };
    TAKE(imitation, 1, events);
}

static void test_ages(void)
{
    struct noted noted;
    expect_rules(see_ages,
                 "    {\"at\": \"banner\", \"reply\": \"220 x SMTP ready\"},\n"
                 "    {\"at\": \"RSET\", \"delay\": \"3153600000s\"},\n"
                 "    {\"at\": \"NOOP\", \"delay\": \"1766016000s\"}",
                 &noted);
}

/* A session up to the message, and a part of that; `rest` of the session behind it. */
#define ENVELOPE(from)                                                                             \
    CENTRE(0, "220 MAIL.PROD.NACCS6 SMTP ready\r\n"), SENDER(1, "HELO a\r\n"),                     \
        CENTRE(2, "250 MAIL.PROD.NACCS6\r\n"), SENDER(3, "MAIL FROM:<" from ">\r\n"),              \
        CENTRE(4, "250 sender ok\r\n"), SENDER(5, "RCPT TO:<NACCS@MAIL.PROD.NACCS6>\r\n"),         \
        CENTRE(6, "250 recipient ok\r\n"), SENDER(7, "DATA\r\n"), CENTRE(8, "354 go\r\n")

/* A centre that bears a long silence has a limit beyond it. */
static void test_long_silence(void)
{
    static const struct field_event events[] = {
        ENVELOPE("a@b.example"), SENDER(9, "x\r\n.\r\n"), CENTRE(10, "250 accepted\r\n"),
        SENDER(200 * USEC_PER_SEC, "QUIT\r\n"),
        CENTRE(200 * USEC_PER_SEC + 1, "221 MAIL.PROD.NACCS6 closing\r\n")};
    struct fixture fixture = fixture_make();
    struct fixture_path path = fixture_path(&fixture, "seen.json");
    const struct imitation_options options = {.file = path.text, .from = "a test", .note = note};
    struct problem problem = {""};
    struct imitation_numbers numbers;
    struct imitation *imitation = imitation_new(&options, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(imitation);
    TAKE(imitation, 1, events);
    CU_ASSERT_TRUE(imitation_write(imitation, &numbers, &problem));
    imitation_free(imitation);
    char text[4096] = "";
    FILE *stream = fopen(path.text, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_TRUE(fread(text, 1, sizeof text - 1, stream) > 0);
    fclose(stream);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"idle_limit\": \"400s\""));
    fixture_remove(&fixture);
}

/* Broken off, sent whole, broken off elsewhere, and another one: two messages. */
static void see_broken_off(struct imitation *imitation)
{
    static const struct field_event broken[] = {ENVELOPE("a@b.example"),
                                                SENDER(9, "Subject: x\r\n\r\nfirst"),
                                                {.at = 10, .kind = FIELD_RST, .end = FIELD_SENDER}};
    static const struct field_event whole[] = {
        ENVELOPE("a@b.example"), SENDER(9, "Subject: x\r\n\r\nfirst line\r\n.\r\n"),
        CENTRE(10, "250 accepted\r\n"), SENDER(11, "QUIT\r\n")};
    static const struct field_event other[] = {
        ENVELOPE("a@b.example"),
        SENDER(9, "Subject: x\r\n\r\nfirst, but another\r\n"),
        {.at = 10, .kind = FIELD_RST, .end = FIELD_SENDER}};
    TAKE(imitation, 1, broken);
    TAKE(imitation, 2, whole);
    TAKE(imitation, 3, broken);
    TAKE(imitation, 4, other);
}

/* The files of messages, one behind the other, in the order of their numbers. */
static void expect_messages(void (*see)(struct imitation *imitation), uint32_t count,
                            const char *expected)
{
    struct fixture fixture = fixture_make();
    struct fixture_path path = fixture_path(&fixture, "seen.json");
    const struct imitation_options options = {
        .file = path.text, .from = "a test", .unmasked = true, .note = note};
    struct problem problem = {""};
    struct imitation_numbers numbers;
    char text[1024] = "";
    size_t filled = 0;
    struct imitation *imitation = imitation_new(&options, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(imitation);
    see(imitation);
    CU_ASSERT_TRUE(imitation_write(imitation, &numbers, &problem));
    imitation_free(imitation);
    CU_ASSERT_EQUAL(numbers.messages, count);
    for (uint32_t i = 1; i <= count; i++) {
        char name[32];
        snprintf(name, sizeof name, "seen-%u.eml", i);
        FILE *stream = fopen(fixture_path(&fixture, name).text, "r");
        CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
        filled += fread(text + filled, 1, sizeof text - 1 - filled, stream);
        fclose(stream);
    }
    CU_ASSERT_STRING_EQUAL(text, expected);
    fixture_remove(&fixture);
}

static void test_broken_off(void)
{
    expect_messages(see_broken_off, 2,
                    "Subject: x\r\n\r\nfirst line\r\n"
                    "Subject: x\r\n\r\nfirst, but another\r\n");
}

/* The same pieces twice are one rule; the same refusal twice in a session, too. */
static void see_twice(struct imitation *imitation)
{
    static const struct field_event pieces[] = {CENTRE(0, "220 MAIL.PROD.NACCS6 SMTP ready\r\n"),
                                                SENDER(1, "HELO a\r\n"),
                                                CENTRE(2, "250 "),
                                                CENTRE(200 * MSEC, "gw\r\n"),
                                                SENDER(201 * MSEC, "MAIL FROM:<a@b>\r\n"),
                                                CENTRE(202 * MSEC, "450 later\r\n"),
                                                SENDER(203 * MSEC, "MAIL FROM:<a@b>\r\n"),
                                                CENTRE(204 * MSEC, "450 later\r\n"),
                                                SENDER(205 * MSEC, "MAIL FROM:<a@b>\r\n"),
                                                CENTRE(206 * MSEC, "250 sender ok\r\n")};
    TAKE(imitation, 1, pieces);
    TAKE(imitation, 2, pieces);
}

static void test_twice(void)
{
    struct noted noted;
    expect_rules(see_twice,
                 "    {\"at\": \"HELO\", \"reply\": \"250 gw\", \"split\": [4], \"pauses\": "
                 "[\"200ms\"]},\n"
                 "    {\"at\": \"MAIL\", \"connection\": \"1-2\", \"occurrence\": \"1-2\", "
                 "\"reply\": \"450 later\"}",
                 &noted);
}

/* What a person should know is noted. */
static void see_oddities(struct imitation *imitation)
{
    static const struct field_event fill_in[] = {CENTRE(0, "220 ${domain} ready\r\n")};
    TAKE(imitation, 1, fill_in);
}

static void test_oddities(void)
{
    struct fixture fixture = fixture_make();
    struct fixture_path path = fixture_path(&fixture, "seen.json");
    struct noted noted = {""};
    const struct imitation_options options = {
        .file = path.text, .from = "a test", .note = keep_note, .owner = &noted};
    struct problem problem = {""};
    struct imitation_numbers numbers;
    struct imitation *imitation = imitation_new(&options, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(imitation);
    see_oddities(imitation);
    CU_ASSERT_TRUE(imitation_write(imitation, &numbers, &problem));
    imitation_free(imitation);
    CU_ASSERT_PTR_NOT_NULL(strstr(noted.text, "a reply at banner has \"${\" in it"));
    CU_ASSERT_PTR_NOT_NULL(strstr(noted.text, "no message was sent"));
    fixture_remove(&fixture);
}

static void test_nothing_half_written(void)
{
    struct fixture fixture = fixture_make();
    struct fixture_path path = fixture_path(&fixture, "no/seen.json");
    const struct imitation_options options = {.file = path.text, .from = "a test", .note = note};
    struct problem problem = {""};
    struct imitation_numbers numbers;
    static const struct field_event events[] = {CENTRE(0, "220 x\r\n")};
    struct imitation *imitation = imitation_new(&options, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(imitation);
    CU_ASSERT_TRUE(imitation_is_empty(imitation));
    const struct field_connection connection = {
        .number = 1, .sender = "", .centre = "", .events = events, .event_count = 1};
    CU_ASSERT_FALSE(imitation_take(imitation, &connection, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "can't be written"));
    CU_ASSERT_FALSE(imitation_write(imitation, &numbers, &problem));
    imitation_free(imitation);
    fixture_remove(&fixture);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"round trip", test_round_trip},
        {"a hundred sessions", test_hundred_sessions},
        {"ends", test_ends},
        {"gaps", test_gaps},
        {"scattered delays", test_scattered},
        {"chunks", test_chunks},
        {"ages", test_ages},
        {"a long silence", test_long_silence},

        {"broken off", test_broken_off},
        {"twice", test_twice},
        {"oddities", test_oddities},
        {"nothing half written", test_nothing_half_written},
    };
    return unit_main("imitation", tests, sizeof tests / sizeof *tests, argc, argv);
}
