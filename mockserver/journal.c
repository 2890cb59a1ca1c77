#include "mockserver/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mockserver/journal_text.h"

enum {
    BUFFER_SIZE = 64 * 1024,
    LINE_LIKELY = 1024, /* more than a line without its octets */
    SECOND_SIZE = 32,
    WAITING_MOST = 1024 * 1024, /* octets that a slow reader may leave in the buffer */
    READER_PATIENCE_MS = 1000,  /* with one that takes nothing at all */
};

static const usec written_after = 100 * USEC_PER_MSEC;
/* Others that close at the same time share the write. */
static const usec closed_written_after = USEC_PER_MSEC;
/* A reader that was too slow is asked again. */
static const usec tried_again_after = 5 * USEC_PER_MSEC;

struct journal {
    struct loop *loop;
    struct timer timer;
    int file;
    bool unmasked;
    bool is_standard_output;
    bool may_block; /* a pipe or a socket, whose reader may be slow */
    int cause;      /* errno of what went wrong first; 0: all was written */
    void (*failed)(void *owner, const char *text);
    void *owner;
    char *name;
    int64_t second; /* whose text is `second_text` */
    char second_text[SECOND_SIZE];
    size_t count, lines; /* octets, and how many of them are whole lines … */
    size_t written;      /* … and how many of those have gone already */
    size_t room;
    char *buffer;
};

static void tell_cause(const struct journal *journal, struct problem *problem)
{
    problem_set(problem, "journal %s: can't write: %s", journal->name,
                journal->cause == ENOBUFS ? "its reader is too slow" : strerror(journal->cause));
}

static void fail(struct journal *journal, int cause)
{
    journal->cause = cause;
    journal->count = journal->lines = journal->written = 0;
    if (!journal->failed)
        return;
    struct problem problem;
    tell_cause(journal, &problem);
    journal->failed(journal->owner, problem.text);
    journal->failed = NULL;
}

/* The reader takes something now, or within so many milliseconds (-1: sometime). */
static bool is_writable(const struct journal *journal, int wait)
{
    struct pollfd writable = {.fd = journal->file, .events = POLLOUT};
    int ready;
    do
        ready = poll(&writable, 1, wait);
    while (ready < 0 && errno == EINTR);
    return ready != 0;
}

/* What has gone makes room, and not for every few octets anew. */
static void forget_written(struct journal *journal)
{
    if (journal->written == 0 ||
        (journal->written < journal->lines && journal->written < journal->room / 2))
        return;
    journal->count -= journal->written;
    journal->lines -= journal->written;
    memmove(journal->buffer, journal->buffer + journal->written, journal->count);
    journal->written = 0;
}

/* Whole lines alone, so that several processes can write one file. Where a reader is slow, the rest
 * stays after so many milliseconds without progress: a pipe that can be written takes PIPE_BUF
 * octets without waiting. */
static void journal_write(struct journal *journal, int wait)
{
    while (journal->written < journal->lines && !journal->cause) {
        size_t left = journal->lines - journal->written;
        if (journal->may_block && !is_writable(journal, wait))
            break;
        ssize_t written = write(journal->file, journal->buffer + journal->written,
                                journal->may_block && left > PIPE_BUF ? PIPE_BUF : left);
        if (written > 0)
            journal->written += (size_t)written;
        else if (written == 0)
            fail(journal, EIO);
        else if (errno == EAGAIN && !is_writable(journal, wait))
            break;
        else if (errno != EINTR && errno != EAGAIN)
            fail(journal, errno);
    }
    if (journal->cause)
        journal->count = journal->lines = journal->written = 0; /* what was put since it failed */
    forget_written(journal);
}

/* In virtual time nothing else is kept waiting. */
static int patience_in_loop(const struct journal *journal)
{
    return loop_is_virtual(journal->loop) ? -1 : 0;
}

/* A reader that takes nothing while a whole buffer waits for it is given up. */
static void wait_for_reader(struct journal *journal)
{
    journal_write(journal, READER_PATIENCE_MS);
    if (journal->lines > 0)
        fail(journal, ENOBUFS);
}

static void grow(struct journal *journal, size_t room)
{
    size_t larger = journal->room;
    while (larger - journal->count < room)
        larger *= 2;
    char *buffer = realloc(journal->buffer, larger);
    if (buffer) {
        journal->buffer = buffer;
        journal->room = larger;
    } else {
        fail(journal, ENOMEM);
    }
}

/* Makes room behind the line that is being put; a line is as long as it is. */
static void make_room(struct journal *journal, size_t room)
{
    if (journal->room - journal->count >= room)
        return;
    journal_write(journal, patience_in_loop(journal));
    if (journal->lines - journal->written > WAITING_MOST)
        wait_for_reader(journal);
    if (journal->room - journal->count >= room)
        return;
    grow(journal, room);
}

/* Room for what is never long is made when an event begins (LINE_LIKELY). */
static void put_short(struct journal *journal, const char *text, size_t count)
{
    memcpy(journal->buffer + journal->count, text, count);
    journal->count += count;
}

/* A string literal. */
#define PUT(journal, literal) put_short(journal, literal, sizeof(literal) - 1)

static void put_name(struct journal *journal, const char *name)
{
    put_short(journal, name, strlen(name));
}

/* In decimal, with zeros before it up to `width` digits. */
static void put_number(struct journal *journal, uint64_t number, size_t width)
{
    char digits[20];
    size_t count = 0;
    while (number > 0 || count < width) {
        digits[sizeof digits - ++count] = (char)('0' + number % 10);
        number /= 10;
    }
    put_short(journal, digits + sizeof digits - count, count);
}

typedef size_t text_writer(struct octets *octets, char *at, size_t room);

/* False where there is an octet that this writer doesn't take. */
static bool put_octets(struct journal *journal, text_writer *write, struct octets octets)
{
    while (octets.count > 0) {
        make_room(journal, JOURNAL_TEXT_ROOM);
        size_t written =
            write(&octets, journal->buffer + journal->count, journal->room - journal->count);
        if (written == 0)
            return false;
        journal->count += written;
    }
    return true;
}

/* Octets of an event with stars in the place of a part of them. */
struct covered {
    struct octets octets;
    size_t secret_at, secret_count;
};

static bool put_covered(struct journal *journal, text_writer *write, const struct covered *covered)
{
    enum { PIECE = 3 * 64 }; /* base64 goes by threes */
    size_t at = 0, secret_end = covered->secret_at + covered->secret_count;
    while (covered->secret_count > 0 && at < secret_end) {
        uint8_t piece[PIECE];
        size_t left = covered->octets.count - at;
        size_t clean = covered->secret_at > at ? (covered->secret_at - at) / PIECE * PIECE : 0;
        size_t count = left - clean < PIECE ? left - clean : PIECE;
        if (!put_octets(journal, write, (struct octets){covered->octets.at + at, clean}))
            return false;
        at += clean;
        memcpy(piece, covered->octets.at + at, count);
        for (size_t i = 0; i < count; i++)
            if (at + i - covered->secret_at < covered->secret_count)
                piece[i] = '*';
        if (!put_octets(journal, write, (struct octets){piece, count}))
            return false;
        at += count;
    }
    return put_octets(journal, write, octets_from(covered->octets, at));
}

/* All as text, or nothing: that it is plain turns out while it is put. Stars are plain, what they
 * cover need not be. */
static bool put_text(struct journal *journal, const struct covered *covered)
{
    size_t put_of_line = journal->count - journal->lines; /* the line may move meanwhile */
    struct octets secret = {covered->octets.at + covered->secret_at, covered->secret_count};
    PUT(journal, ",\"octets\":\"");
    if (journal_text_plain(secret) && put_covered(journal, journal_text_escape, covered))
        return true;
    journal->count = journal->lines + put_of_line;
    return false;
}

static void put_event_octets(struct journal *journal, const struct transcript_event *event)
{
    size_t secret = journal->unmasked ? 0 : event->secret_count;
    struct covered covered = {event->octets, event->secret_at, secret};
    if (secret > 0) {
        PUT(journal, ",\"masked\":");
        put_number(journal, secret, 1);
    }
    if (!put_text(journal, &covered)) {
        PUT(journal, ",\"base64\":\"");
        put_covered(journal, journal_text_base64, &covered);
    }
    make_room(journal, JOURNAL_TEXT_ROOM);
    PUT(journal, "\"");
}

/* The line of one moment begins like the one before. */
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
    PUT(journal, "{\"at\":");
    put_number(journal, (uint64_t)(event->at / USEC_PER_SEC), 1);
    PUT(journal, ".");
    put_number(journal, (uint64_t)(event->at % USEC_PER_SEC), 6);
    PUT(journal, ",\"time\":\"");
    put_name(journal, journal->second_text);
    PUT(journal, ".");
    put_number(journal, (uint64_t)(event->wall_clock % USEC_PER_SEC), 6);
    PUT(journal, "Z\"");
}

/* The timer is set where it does not come sooner already. */
static void write_within(struct journal *journal, usec span)
{
    usec deadline = loop_now(journal->loop) + span;
    if (!timer_is_set(&journal->timer) || journal->timer.deadline > deadline)
        loop_timer_set(journal->loop, &journal->timer, deadline);
}

static void journal_event(void *owner, const struct transcript_event *event)
{
    struct journal *journal = owner;
    if (journal->cause)
        return;
    /* Lines before this one go now where it would have to move for them; few octets are escaped. */
    make_room(journal, LINE_LIKELY + event->octets.count + event->octets.count / 8);
    if (!timer_is_set(&journal->timer))
        write_within(journal, written_after);
    put_times(journal, event);
    PUT(journal, ",\"connection\":");
    put_number(journal, event->connection, 1);
    if (event->message) {
        PUT(journal, ",\"message\":");
        put_number(journal, event->message, 1);
    }
    PUT(journal, ",\"event\":\"");
    put_name(journal, transcript_kind_name(event->kind));
    PUT(journal, "\"");
    if (event->kind == TRANSCRIPT_RECEIVED)
        PUT(journal, ",\"direction\":\"in\"");
    if (event->kind == TRANSCRIPT_SENT)
        PUT(journal, ",\"direction\":\"out\"");
    PUT(journal, ",\"stage\":\"");
    put_name(journal, stage_name(event->stage));
    PUT(journal, "\"");
    if (event->body)
        PUT(journal, ",\"body\":true");
    if (event->rule) {
        PUT(journal, ",\"rule\":");
        put_number(journal, event->rule, 1);
    }
    if (event->octets.count > 0)
        put_event_octets(journal, event);
    PUT(journal, "}\n");
    journal->lines = journal->count;
    if (event->kind == TRANSCRIPT_CLOSED)
        write_within(journal, closed_written_after);
}

static void timer_expired(struct timer *timer)
{
    struct journal *journal = OWNER_OF(timer, struct journal, timer);
    journal_write(journal, patience_in_loop(journal));
    if (journal->lines > 0)
        write_within(journal, tried_again_after);
}

static bool has_reader(int file)
{
    struct stat status;
    return fstat(file, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

struct journal *journal_open(struct loop *loop, const struct journal_options *options,
                             struct problem *problem)
{
    bool is_standard_output = strcmp(options->file, "-") == 0;
    struct journal *journal = malloc(sizeof *journal);
    char *name = strdup(is_standard_output ? "on standard output" : options->file);
    char *buffer = malloc(BUFFER_SIZE);
    if (!journal || !name || !buffer) {
        problem_set(problem, "journal %s: no memory", options->file);
        free(journal);
        free(name);
        free(buffer);
        return NULL;
    }
    int file = STDOUT_FILENO;
    if (!is_standard_output)
        file = open(options->file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) {
        problem_set(problem, "journal %s: can't open it: %s", options->file, strerror(errno));
        free(journal);
        free(name);
        free(buffer);
        return NULL;
    }
    journal->loop = loop;
    timer_init(&journal->timer, timer_expired);
    journal->file = file;
    journal->unmasked = options->unmasked;
    journal->is_standard_output = is_standard_output;
    journal->may_block = has_reader(file);
    journal->cause = 0;
    journal->failed = options->failed;
    journal->owner = options->owner;
    journal->name = name;
    journal->second = 0;
    journal->second_text[0] = '\0';
    journal->count = journal->lines = journal->written = 0;
    journal->room = BUFFER_SIZE;
    journal->buffer = buffer;
    return journal;
}

struct transcript_sink journal_sink(struct journal *journal)
{
    return (struct transcript_sink){journal_event, journal};
}

bool journal_flush(struct journal *journal, struct problem *problem)
{
    wait_for_reader(journal);
    if (!journal->cause)
        return true;
    tell_cause(journal, problem);
    return false;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    wait_for_reader(journal);
    loop_timer_cancel(journal->loop, &journal->timer);
    if (!journal->is_standard_output)
        close(journal->file);
    free(journal->name);
    free(journal->buffer);
    free(journal);
}
