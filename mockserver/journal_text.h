/* Octets as the journal writes them: escaped for a JSON string, or in base64, many at a time.
 *
 * Pure. Both take as much of what is given as the room is sure to hold, and move it forward; they
 * take something wherever JOURNAL_TEXT_ROOM is there. Private to mockserver/. */
#ifndef MOCKSERVER_JOURNAL_TEXT_H
#define MOCKSERVER_JOURNAL_TEXT_H

#include "wire/octets.h"

enum { JOURNAL_TEXT_ROOM = 256 };

/* All of them are printable ASCII, CR, LF or TAB. */
bool journal_text_plain(struct octets octets);

/* JSON's escapes, up to the first octet that is not plain: where that one is the first, nothing is
 * taken. Returns how many were written at `at`. */
size_t journal_text_escape(struct octets *octets, char *at, size_t room);
/* The same as it is done on machines without AVX2. */
size_t journal_text_escape_narrow(struct octets *octets, char *at, size_t room);

/* RFC 4648 §4, with '=' behind the last octets. */
size_t journal_text_base64(struct octets *octets, char *at, size_t room);

#endif
