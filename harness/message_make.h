/* Messages that no file holds: made by a scenario's recipe and the run's seed.
 *
 * They have the form of every message of the suite: mail header, empty line, common items, then
 * items one per line (NACCS EDI specification, message format); not dot-stuffed. The same recipe
 * and seed give the same octets on every machine. */
#ifndef HARNESS_MESSAGE_MAKE_H
#define HARNESS_MESSAGE_MAKE_H

#include "mockserver/scenario.h"
#include "wire/buf.h"

/* Appends the message: recipe->octets octets; `name` stands in its Message-ID. False where memory
 * ran out. */
bool message_make(const struct message_recipe *recipe, const char *name, uint64_t seed,
                  struct buf *buf);

#endif
