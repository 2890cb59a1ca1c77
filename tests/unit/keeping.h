/* A centre that keeps what it takes, in virtual time: with a spool and a journal in a folder of its
 * own. For tests of what happens where memory or the disk has no room. */
#ifndef TESTS_UNIT_KEEPING_H
#define TESTS_UNIT_KEEPING_H

#include "mockserver/centre.h"
#include "mockserver/journal.h"

struct keeping {
    char folder[64];
    struct loop *loop;
    struct spool *spool;
    struct journal *journal;
    struct centre *centre;
    unsigned journal_faults; /* how often the journal said that it can't write */
};

/* Makes the folder, or asserts; removes it and what is in it. */
void keeping_make(struct keeping *keeping);
void keeping_remove(struct keeping *keeping);

/* Opens the loop, the spool, the journal and the centre; false, with a problem, where one of them
 * could not be. Asserts nothing and allocates nothing by itself. */
bool keeping_open(struct keeping *keeping, const struct scenario *scenario,
                  struct problem *problem);
/* Closes what is open, in whatever order things broke. */
void keeping_close(struct keeping *keeping);

/* How many files stand in "new", "tmp" or "cur" of the spool. */
size_t keeping_files(const struct keeping *keeping, const char *folder);
/* How many of those in "new" are this message, octet for octet. */
size_t keeping_copies(const struct keeping *keeping, struct octets message);
/* Removes all messages, and the journal. */
void keeping_empty(const struct keeping *keeping);

#endif
