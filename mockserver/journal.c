#include "mockserver/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    BUFFER_SIZE = 64 * 1024,
    LINE_LIKELY = 1024, /* room for the line of a short event: it is written with one call */
    SECOND_SIZE = 32,
};

static const usec written_after = 100 * USEC_PER_MSEC;

struct journal {
    struct loop *loop;
    struct timer timer;
    int file;
    bool unmasked;
    bool is_standard_output;
    int cause; /* errno of what went wrong first; 0: all was written */
    void (*failed)(void *owner, const char *text);
    void *owner;
    char *name;
    int64_t second; /* whose text is `second_text` */
    char second_text[SECOND_SIZE];
    size_t count;
    char buffer[BUFFER_SIZE];
};

/* Waits where the reader of a pipe is slow. */
static bool wait_until_writable(int file)
{
    struct pollfd writable = {.fd = file, .events = POLLOUT};
    return poll(&writable, 1, -1) >= 0 || errno == EINTR;
}

static void journal_write(struct journal *journal)
{
    const char *at = journal->buffer;
    size_t count = journal->count;
    journal->count = 0;
    while (count > 0 && !journal->cause) {
        ssize_t written = write(journal->file, at, count);
        if (written > 0) {
            at += written;
            count -= (size_t)written;
        } else if (written == 0) {
            journal->cause = EIO;
        } else if (errno != EINTR && (errno != EAGAIN || !wait_until_writable(journal->file))) {
            journal->cause = errno;
        }
    }
    if (count > 0 && journal->failed) {
        struct problem problem;
        problem_set(&problem, "journal %s: can't write: %s", journal->name,
                    strerror(journal->cause));
        journal->failed(journal->owner, problem.text);
        journal->failed = NULL;
    }
}

static void put_octets(struct journal *journal, const void *octets, size_t count)
{
    const char *at = octets;
    while (count > 0) {
        size_t room = sizeof journal->buffer - journal->count;
        size_t piece = count < room ? count : room;
        memcpy(journal->buffer + journal->count, at, piece);
        journal->count += piece;
        at += piece;
        count -= piece;
        if (journal->count == sizeof journal->buffer)
            journal_write(journal);
    }
}

static void put(struct journal *journal, const char *text)
{
    put_octets(journal, text, strlen(text));
}

static void put_number(struct journal *journal, const char *key, uint32_t number)
{
    char text[16];
    int length = snprintf(text, sizeof text, "%u", number);
    put(journal, key);
    put_octets(journal, text, (size_t)length);
}

static bool is_plain(uint8_t octet)
{
    return (octet >= ' ' && octet < 0x7f) || octet == '\r' || octet == '\n' || octet == '\t';
}

static bool all_plain(struct octets octets)
{
    for (size_t i = 0; i < octets.count; i++)
        if (!is_plain(octets.at[i]))
            return false;
    return true;
}

/* JSON's escapes; `octets` are plain. */
static void put_escaped(struct journal *journal, struct octets octets)
{
    size_t from = 0;
    for (size_t i = 0; i < octets.count; i++) {
        const char *escape = NULL;
        switch (octets.at[i]) {
        case '"':
            escape = "\\\"";
            break;
        case '\\':
            escape = "\\\\";
            break;
        case '\r':
            escape = "\\r";
            break;
        case '\n':
            escape = "\\n";
            break;
        case '\t':
            escape = "\\t";
            break;
        }
        if (escape) {
            put_octets(journal, octets.at + from, i - from);
            put_octets(journal, escape, 2);
            from = i + 1;
        }
    }
    put_octets(journal, octets.at + from, octets.count - from);
}

/* Octets with the secret part covered, whatever piece of them is asked for. */
struct covered {
    struct octets octets;
    size_t secret_at, secret_count;
};

static uint8_t covered_at(const struct covered *covered, size_t at)
{
    return at - covered->secret_at < covered->secret_count ? '*' : covered->octets.at[at];
}

/* RFC 4648 §4. */
static void put_base64(struct journal *journal, const struct covered *covered)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t count = covered->octets.count;
    for (size_t i = 0; i < count; i += 3) {
        uint32_t three = (uint32_t)covered_at(covered, i) << 16;
        three |= i + 1 < count ? (uint32_t)covered_at(covered, i + 1) << 8 : 0;
        three |= i + 2 < count ? covered_at(covered, i + 2) : 0;
        char four[4] = {digits[three >> 18], digits[three >> 12 & 63],
                        i + 1 < count ? digits[three >> 6 & 63] : '=',
                        i + 2 < count ? digits[three & 63] : '='};
        put_octets(journal, four, sizeof four);
    }
}

static void put_event_octets(struct journal *journal, const struct transcript_event *event)
{
    size_t secret = journal->unmasked ? 0 : event->secret_count;
    if (secret > 0)
        put_number(journal, ",\"masked\":", (uint32_t)secret);
    struct covered covered = {event->octets, event->secret_at, secret};
    if (!all_plain(event->octets)) {
        put(journal, ",\"base64\":\"");
        put_base64(journal, &covered);
    } else {
        static const char stars[] = "****************";
        put(journal, ",\"octets\":\"");
        struct octets before = {event->octets.at, secret ? event->secret_at : event->octets.count};
        put_escaped(journal, before);
        for (size_t left = secret; left > 0;) {
            size_t some = left < sizeof stars - 1 ? left : sizeof stars - 1;
            put_octets(journal, stars, some);
            left -= some;
        }
        put_escaped(journal, octets_from(event->octets, before.count + secret));
    }
    put(journal, "\"");
}

static void put_times(struct journal *journal, const struct transcript_event *event)
{
    int64_t second = event->wall_clock / USEC_PER_SEC;
    if (journal->second != second || !journal->second_text[0]) {
        time_t seconds = (time_t)second;
        struct tm parts;
        if (!gmtime_r(&seconds, &parts))
            parts = (struct tm){.tm_year = 70, .tm_mday = 1};
        strftime(journal->second_text, sizeof journal->second_text, "%Y-%m-%dT%H:%M:%S", &parts);
        journal->second = second;
    }
    char text[128];
    int length =
        snprintf(text, sizeof text, "{\"at\":%lld.%06lld,\"time\":\"%s.%06lldZ\"",
                 (long long)(event->at / USEC_PER_SEC), (long long)(event->at % USEC_PER_SEC),
                 journal->second_text, (long long)(event->wall_clock % USEC_PER_SEC));
    put_octets(journal, text, (size_t)length);
}

static void journal_event(void *owner, const struct transcript_event *event)
{
    struct journal *journal = owner;
    if (journal->cause)
        return;
    if (sizeof journal->buffer - journal->count < LINE_LIKELY)
        journal_write(journal);
    if (journal->count == 0)
        loop_timer_set(journal->loop, &journal->timer, loop_now(journal->loop) + written_after);
    put_times(journal, event);
    put_number(journal, ",\"connection\":", event->connection);
    if (event->message)
        put_number(journal, ",\"message\":", event->message);
    put(journal, ",\"event\":\"");
    put(journal, transcript_kind_name(event->kind));
    put(journal, "\"");
    if (event->kind == TRANSCRIPT_RECEIVED)
        put(journal, ",\"direction\":\"in\"");
    if (event->kind == TRANSCRIPT_SENT)
        put(journal, ",\"direction\":\"out\"");
    put(journal, ",\"stage\":\"");
    put(journal, stage_name(event->stage));
    put(journal, "\"");
    if (event->body)
        put(journal, ",\"body\":true");
    if (event->rule)
        put_number(journal, ",\"rule\":", event->rule);
    if (event->octets.count > 0)
        put_event_octets(journal, event);
    put(journal, "}\n");
    if (event->kind == TRANSCRIPT_CLOSED)
        journal_write(journal);
}

static void timer_expired(struct timer *timer)
{
    journal_write(OWNER_OF(timer, struct journal, timer));
}

struct journal *journal_open(struct loop *loop, const struct journal_options *options,
                             struct problem *problem)
{
    bool is_standard_output = strcmp(options->file, "-") == 0;
    struct journal *journal = malloc(sizeof *journal);
    char *name = strdup(is_standard_output ? "on standard output" : options->file);
    if (!journal || !name) {
        problem_set(problem, "journal %s: no memory", options->file);
        free(journal);
        free(name);
        return NULL;
    }
    int file = STDOUT_FILENO;
    if (!is_standard_output)
        file = open(options->file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) {
        problem_set(problem, "journal %s: can't open it: %s", options->file, strerror(errno));
        free(journal);
        free(name);
        return NULL;
    }
    journal->loop = loop;
    timer_init(&journal->timer, timer_expired);
    journal->file = file;
    journal->unmasked = options->unmasked;
    journal->is_standard_output = is_standard_output;
    journal->cause = 0;
    journal->failed = options->failed;
    journal->owner = options->owner;
    journal->name = name;
    journal->second = 0;
    journal->second_text[0] = '\0';
    journal->count = 0;
    return journal;
}

struct transcript_sink journal_sink(struct journal *journal)
{
    return (struct transcript_sink){journal_event, journal};
}

bool journal_flush(struct journal *journal, struct problem *problem)
{
    journal_write(journal);
    if (!journal->cause)
        return true;
    problem_set(problem, "journal %s: can't write: %s", journal->name, strerror(journal->cause));
    return false;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    journal_write(journal);
    loop_timer_cancel(journal->loop, &journal->timer);
    if (!journal->is_standard_output)
        close(journal->file);
    free(journal->name);
    free(journal);
}
