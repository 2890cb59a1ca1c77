/* A day of a gateway: a message a minute for 24 hours, through outages, refusals, cuts and moves to
 * the backup site. The ledger is exact, and memory flat. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "harness/lookup_virtual.h"
#include "mockserver/centre.h"
#include "tests/unit/loading.h"
#include "tests/unit/unit.h"

#define MINUTE (60 * USEC_PER_SEC)

enum {
    MESSAGES = 24 * 60,
    HOURS = 25, /* the last one is calm, so that all that is left gets through */
    AT_ONCE = 40,
    MEMORY_SLACK = 64 * 1024,
};

/* What the centre is like in each hour, in turn. */
static const char *const weather[] = {
    /* Calm. */
    "{\"version\": 1}",
    /* Refusals and full disks. */
    "{\"version\": 1, \"rules\": ["
    "{\"at\": \"RCPT\", \"probability\": 0.2, \"reply\": \"450 busy\"},"
    "{\"at\": \"end-of-data\", \"probability\": 0.2, \"reply\": \"452 no room\"},"
    "{\"at\": \"banner\", \"probability\": 0.1, \"reply\": \"421 later\", \"close\": \"fin\"}]}",
    /* Nobody listens for forty minutes. */
    "{\"version\": 1, \"rules\": [{\"at\": \"connect\", \"times\": 1, \"refuse\": \"rst\","
    " \"delay\": \"40m\"}]}",
    /* Connections die, in all places; whether the centre has the message then, is left open. */
    "{\"version\": 1, \"rules\": ["
    "{\"at\": \"body\", \"after\": 100, \"probability\": 0.1, \"close\": \"rst\"},"
    "{\"at\": \"end-of-data\", \"probability\": 0.1, \"store\": true, \"close\": \"fin\"},"
    "{\"at\": \"end-of-data\", \"probability\": 0.05, \"store\": false, \"close\": \"rst\"},"
    "{\"at\": \"MAIL\", \"probability\": 0.1, \"close\": \"fin\"},"
    "{\"at\": \"QUIT\", \"probability\": 0.3, \"close\": \"rst\"}]}",
    /* Silence: until the sender's limit, or the centre's two minutes, are over. */
    "{\"version\": 1, \"rules\": ["
    "{\"at\": [\"RCPT\", \"DATA\"], \"probability\": 0.05, \"stall\": true},"
    "{\"at\": \"end-of-data\", \"probability\": 0.05, \"delay\": \"9m\"},"
    "{\"at\": \"banner\", \"probability\": 0.05, \"delay\": {\"uniform\": [\"1s\", \"200s\"]}}]}",
    /* It moves to its backup site, and back. */
    "{\"version\": 1, \"dns\": ["
    "{\"after_connections\": 40, \"answer\": \"centre\"},"
    "{\"after_connections\": 20, \"answer\": \"backup\"}],"
    " \"rules\": [{\"at\": \"HELO\", \"probability\": 0.1, \"close\": \"rst\"}]}",
    /* The name server fails, says nothing, or is late. */
    "{\"version\": 1, \"dns\": ["
    "{\"query\": \"3-6\", \"answer\": \"servfail\"}, {\"query\": \"9-12\", \"answer\": "
    "\"silence\"},"
    "{\"delay\": \"20s\"}]}",
    /* Whoever pauses between two messages is cut. */
    "{\"version\": 1, \"rules\": ["
    "{\"at\": \"MAIL\", \"occurrence\": \"2-\", \"probability\": 0.5, \"reply\": \"421 idle too "
    "long\","
    " \"close\": \"fin\"},"
    "{\"at\": \"body\", \"after\": 50, \"probability\": 0.1, \"stop_reading\": {\"for\": "
    "\"30s\"}}]}",
};

enum { WEATHERS = sizeof weather / sizeof *weather };

struct entry {
    char name[24], text[320];
    bool settled, accepted, unknown;
    unsigned stored;
};

static struct day {
    struct loop *loop;
    struct scenario_set sets[WEATHERS];
    struct dns *dns;
    struct centre *centre;
    struct client_lookup *lookup;
    struct client *client;
    struct timer minute;
    unsigned minutes, begun;
    struct entry ledger[MESSAGES];
    struct client_message queue[AT_ONCE];
    unsigned queued[AT_ONCE], queue_count;
    size_t memory_before, memory_after;
    unsigned clients, changes;
    bool strange; /* a message that nobody sent */
} day;

/* "Message-ID: <17@gw>": 17 */
static bool take(void *owner, const struct received_message *message)
{
    (void)owner;
    unsigned number = 0;
    char text[320] = "";
    size_t count = message->content.count;
    memcpy(text, message->content.at, count < sizeof text ? count : sizeof text - 1);
    bool known = sscanf(text, "Message-ID: <%u@gw>", &number) == 1 && number < MESSAGES &&
                 strcmp(text, day.ledger[number].text) == 0;
    day.strange |= !known;
    if (known)
        day.ledger[number].stored++;
    return true;
}

static void settle(void *owner, const struct client_result *result)
{
    (void)owner;
    for (size_t i = 0; i < result->count; i++) {
        struct entry *entry = &day.ledger[day.queued[i]];
        enum outcome outcome = result->messages[i].outcome;
        entry->accepted = outcome == CLIENT_ACCEPTED;
        entry->unknown = outcome == CLIENT_UNKNOWN; /* for a person to look into */
        entry->settled = entry->accepted || entry->unknown;
        CU_ASSERT_NOT_EQUAL(outcome, CLIENT_REFUSED);
    }
    client_free(day.client);
    day.client = NULL;
}

static void send_what_is_left(void)
{
    static const char *const to[] = {"NACCS@MAIL.PROD.NACCS6"};
    day.queue_count = 0;
    for (unsigned i = 0; i < day.begun && day.queue_count < AT_ONCE; i++) {
        struct entry *entry = &day.ledger[i];
        if (entry->settled)
            continue;
        day.queued[day.queue_count] = i;
        day.queue[day.queue_count++] = (struct client_message){entry->name, octets_of(entry->text)};
    }
    if (day.queue_count == 0)
        return;
    const struct client_options options = {.host = "MAIL.PROD.NACCS6",
                                           .port = 25,
                                           .helo = "GW1.ABC.NACCS6",
                                           .from = "GW1ABC@GW1.ABC.NACCS6",
                                           .to = to,
                                           .to_count = 1,
                                           .limits = limits_default(),
                                           .connection_limit = 4,
                                           .retry_wait = USEC_PER_SEC,
                                           .lookup = day.lookup,
                                           .done = settle};
    day.client = client_start(day.loop, &options, day.queue, day.queue_count, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(day.client);
    day.clients++;
}

static void released(void *owner, const struct scenario *old)
{
    (void)owner, (void)old; /* all stand until the end */
}

static size_t memory_in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static const struct scenario *weather_of(unsigned hour)
{
    return day.sets[hour < HOURS - 1 ? hour % WEATHERS : 0].at[0];
}

static void minute_over(struct timer *timer)
{
    (void)timer;
    unsigned minute = day.minutes++, hour = minute / 60;
    if (minute % 60 == 0 && hour > 0) {
        CU_ASSERT_TRUE(centre_change(day.centre, weather_of(hour), released, NULL));
        day.changes++;
    }
    if (day.begun < MESSAGES) {
        struct entry *entry = &day.ledger[day.begun];
        snprintf(entry->name, sizeof entry->name, "message-%u", day.begun);
        snprintf(entry->text, sizeof entry->text,
                 "Message-ID: <%u@gw>\r\nSubject: declaration %u\r\n\r\n.%u\r\n.\r\n%.*s\r\n",
                 day.begun, day.begun, minute, (int)(minute % 150),
                 "........................................................................."
                 "..............................................................................");
        day.begun++;
    }
    if (!day.client) {
        /* As many hours as weathers: then everything has been there once. */
        if (hour == WEATHERS && day.memory_before == 0)
            day.memory_before = memory_in_use();
        if (hour == HOURS - 1)
            day.memory_after = memory_in_use();
        send_what_is_left();
    }
    if (day.minutes < HOURS * 60)
        loop_timer_set(day.loop, &day.minute, loop_now(day.loop) + MINUTE);
}

static void open_day(void)
{
    const struct loop_network network = {
        .seed = 24, .latency = 5 * USEC_PER_MSEC, .segment_limit = 1460, .random_segments = true};
    struct told told;
    memset(&day, 0, sizeof day);
    for (size_t i = 0; i < WEATHERS; i++) {
        day.sets[i] = load_text(weather[i], &told);
        if (told.count > 0)
            fputs(told.text, stderr);
        CU_ASSERT_PTR_NOT_NULL_FATAL(day.sets[i].at);
    }
    day.loop = loop_virtual_new(&network, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(day.loop);
    const struct play_clock clock = {.pace = 1, .sender_limit = 5 * MINUTE};
    const struct dns_options named = {.scenario = weather_of(0),
                                      .clock = clock,
                                      .centre = "192.0.2.1",
                                      .backup = "192.0.2.2",
                                      .dead = "192.0.2.3"};
    day.dns = dns_new(&named, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(day.dns);
    const struct lookup_virtual_options lookup = {.latency = network.latency};
    day.lookup = lookup_virtual_new(day.loop, day.dns, &lookup);
    CU_ASSERT_PTR_NOT_NULL_FATAL(day.lookup);
    const struct centre_options options = {.listen = {"192.0.2.1", 25},
                                           .scenario = weather_of(0),
                                           .clock = clock,
                                           .seed = 24,
                                           .receiver = {take, NULL, 1 << 20},
                                           .dns = day.dns,
                                           .backup = "192.0.2.2"};
    day.centre = centre_open(day.loop, &options, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(day.centre);
    timer_init(&day.minute, minute_over);
    loop_timer_set(day.loop, &day.minute, 0);
}

static void close_day(void)
{
    client_free(day.client);
    day.lookup->free(day.lookup);
    centre_close(day.centre);
    dns_free(day.dns);
    loop_timer_cancel(day.loop, &day.minute);
    loop_free(day.loop);
    for (size_t i = 0; i < WEATHERS; i++)
        scenario_set_free(&day.sets[i]);
}

static void test_ledger(void)
{
    unsigned accepted = 0, unknown = 0, lost = 0, stored = 0;
    open_day();
    loop_run(day.loop);
    CU_ASSERT_PTR_NULL(day.client);
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct entry *entry = &day.ledger[i];
        accepted += entry->accepted;
        unknown += entry->unknown;
        lost += entry->unknown && entry->stored == 0;
        stored += entry->stored;
        CU_ASSERT_TRUE(entry->settled);
        if (entry->accepted)
            CU_ASSERT_EQUAL(entry->stored, 1);
        CU_ASSERT_TRUE(entry->stored <= 1);
    }
    CU_ASSERT_FALSE(day.strange);
    CU_ASSERT_EQUAL(accepted + unknown, MESSAGES);
    CU_ASSERT_EQUAL(stored, accepted + unknown - lost);
    CU_ASSERT_EQUAL(stored, centre_numbers(day.centre).stored);
    CU_ASSERT_EQUAL(day.changes, HOURS - 1);
    /* It was a day on which things happened. */
    CU_ASSERT_TRUE(unknown > 0 && lost > 0 && unknown > lost);
    CU_ASSERT_TRUE(accepted > MESSAGES * 9 / 10);
    CU_ASSERT_TRUE(day.clients < MESSAGES); /* at times messages waited */
    CU_ASSERT_TRUE(day.memory_after <= day.memory_before + MEMORY_SLACK);
    close_day();
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"nothing is lost, and nothing filed twice, in a day", test_ledger},
    };
    return unit_main("day", tests, sizeof tests / sizeof *tests, argc, argv);
}
