#include "mockserver/imitation.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/run.h"
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

static struct run_options play_options(const struct suite *suite, const size_t *selected,
                                       size_t count)
{
    return (struct run_options){.suite = suite,
                                .selected = selected,
                                .selected_count = count,
                                .profile = run_profile_default(),
                                .timeout = 5 * USEC_PER_SEC,
                                .tolerance = 0.25,
                                .tolerance_scale = 1,
                                .pace = 1,
                                .jobs = 4,
                                .seed = 1,
                                .helo = "h.example",
                                .from = "f@h.example"};
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
    struct run_options options = play_options(&suite, selected, 1);
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
    struct run_options options = play_options(&suite, selected, suite.case_count);
    struct run_results results;
    struct problem problem = {""};
    CU_ASSERT_FATAL(run_suite(&options, &results, &problem));
    size_t played = 0, again = 0;
    for (size_t i = 0; i < results.count; i++) {
        const struct transcript *transcript = results.cases[i].transcript;
        if (!transcript || connections_in(transcript) == 0)
            continue;
        played++;
        again += plays_again(&fixture, &results.cases[i]);
    }
    fprintf(stderr, "%zu of %zu cases play again as they did\n", again, played);
    CU_ASSERT_EQUAL(again, played);
    CU_ASSERT_TRUE(played > 500);
    run_results_free(&results);
    free(selected);
    suite_free(&suite);
    fixture_remove(&fixture);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"round trip", test_round_trip},
    };
    return unit_main("imitation", tests, sizeof tests / sizeof *tests, argc, argv);
}
