/* The journal: a transcript as JSON Lines, one object an event, buffered.
 *
 * The whole wire can be rebuilt from it; passwords alone (bytes 37-44 of the common items) are
 * replaced by '*' unless it was opened unmasked. Octets stand in "octets" as a JSON string where all
 * of them are printable ASCII, CR, LF or TAB, and in "base64" otherwise. */
#ifndef MOCKSERVER_JOURNAL_H
#define MOCKSERVER_JOURNAL_H

#include "mockserver/transcript.h"
#include "wire/loop.h"

struct journal;

struct journal_options {
    const char *file; /* "-": standard output. Created with mode 0600, appended to. */
    bool unmasked;
};

/* Null where the file can't be written. Lines are written when 64 KiB are full, when a connection
 * ends, and at the latest after 100 ms. */
struct journal *journal_open(struct loop *loop, const struct journal_options *options,
                             struct problem *problem);
struct transcript_sink journal_sink(struct journal *journal);
/* Writes what is buffered; false where something could not be written since the journal was opened
 * (the message says what, once). */
bool journal_flush(struct journal *journal, struct problem *problem);
void journal_close(struct journal *journal);

#endif
