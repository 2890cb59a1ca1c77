/* Hand-over to the main processing part: a Maildir (tmp/, new/, cur/).
 *
 * A message is written to tmp/ while it arrives, and renamed into new/ when the centre decides to
 * answer 250, before the reply: what was acknowledged is there, whole, also after kill -9. File
 * names are made of time, process and counters; nothing from the peer gets into them. Files have
 * mode 0600, folders 0700. */
#ifndef MOCKSERVER_SPOOL_H
#define MOCKSERVER_SPOOL_H

#include "wire/octets.h"
#include "wire/problem.h"

struct spool;
struct spool_message;

enum { SPOOL_NAME_SIZE = 96 };

/* Makes the folders that are missing. */
struct spool *spool_open(const char *folder, struct problem *problem);
void spool_close(struct spool *spool);

/* Null where there is no memory. The file itself is made when the first 64 KiB are full, or at the
 * end: a small message is written with one call. */
struct spool_message *spool_begin(struct spool *spool);
/* False where it could not be stored (disk full, …): the message can't be kept any more, and the
 * centre answers 452. */
bool spool_write(struct spool_message *message, struct octets octets);
/* Into new/; gives the file's name. False: not kept (452). The message is gone either way. */
bool spool_commit(struct spool_message *message, int64_t wall_clock, char name[SPOOL_NAME_SIZE],
                  struct problem *problem);
void spool_abort(struct spool_message *message);

#endif
