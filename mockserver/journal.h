/* The journal: a transcript as JSON Lines, one object an event, buffered.
 *
 *     {"at":0.001250,"time":"2026-01-01T00:00:00.001250Z","connection":1,"message":1,
 *      "event":"received","direction":"in","stage":"MAIL","octets":"MAIL FROM:<a@b>\r\n"}
 *
 * "at" is in seconds since the loop began, "time" the wall clock. "message" stands where there is a
 * transaction, "direction" where octets passed, "body":true where they were read as message, "rule"
 * (its place in the scenario file) where one acted. The complete wire can be rebuilt from it;
 * passwords alone (bytes 37-44 of the common items) are replaced by '*', as many as "masked" says,
 * unless it was opened unmasked. Octets stand in "octets" as a JSON string where all of them are
 * printable ASCII, CR, LF or TAB, and in "base64" otherwise. */
#ifndef MOCKSERVER_JOURNAL_H
#define MOCKSERVER_JOURNAL_H

#include "mockserver/transcript.h"
#include "wire/loop.h"

struct journal;

struct journal_options {
    const char *file; /* "-": standard output. Created with mode 0600, appended to. */
    bool unmasked;
    /* Told once, at the first line that could not be written. May be null. */
    void (*failed)(void *owner, const char *text);
    void *owner;
};

/* Null where the file can't be written. Lines are written when 64 KiB are full, a millisecond after
 * a connection has ended, and at the latest after 100 ms; always whole lines, with one call, so
 * that several processes may write to one file. What can't be written is lost; the centre goes on.
 * Where the file is a pipe whose reader is slow, up to a megabyte waits for it; then the centre
 * waits too, and gives up a reader that takes nothing for a second. */
struct journal *journal_open(struct loop *loop, const struct journal_options *options,
                             struct problem *problem);
struct transcript_sink journal_sink(struct journal *journal);
/* Writes what is buffered; false where something could not be written since the journal was
 * opened. */
bool journal_flush(struct journal *journal, struct problem *problem);
/* Writes what is buffered, and closes. */
void journal_close(struct journal *journal);

#endif
