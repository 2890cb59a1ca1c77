/* Where a password stands in a stream of message octets.
 *
 * The message's common items are its first line behind the mail header, 398 octets and CRLF; bytes
 * 37 to 44 of it (counted from 1) hold the password. A first line that is known to be of another
 * length has none. Streaming: octets come in any pieces, stuffed or not. */
#ifndef MOCKSERVER_MASK_H
#define MOCKSERVER_MASK_H

#include "wire/octets.h"

struct mask {
    bool in_body;          /* behind the empty line */
    bool done;             /* behind the password */
    uint8_t line_end_seen; /* how much of CRLF CRLF was seen */
    uint32_t column;       /* octets of the first line so far */
    bool stuffed;          /* that line begins with a stuffed dot */
};

/* All zeros is the beginning of a message. `stuffed`: the octets are as they stand on the wire.
 * Tells which part of `octets` is secret; *count 0 where none is. */
void mask_find(struct mask *mask, bool stuffed, struct octets octets, size_t *at, size_t *count);

#endif
