/* Where a password stands in a stream of message octets.
 *
 * The message's common items are its first line behind the mail header, 398 octets and CRLF; bytes
 * 37 to 44 of it (counted from 0, as the format counts its fields) hold the password. A first line
 * that is known to be of another length has none; one whose end has not come yet is taken for
 * common items. Streaming: octets come in any pieces, stuffed or not.
 *
 * A stuffed stream may hold several messages, and the commands between them: commands look like the
 * lines of a mail header, and a lone dot begins anew; so does BDAT, where messages may come in
 * chunks. A bare LF ends a line too here: a sender that sends bare LFs has a password all the same.
 */
#ifndef MOCKSERVER_MASK_H
#define MOCKSERVER_MASK_H

#include "mockserver/transcript.h"
#include "wire/octets.h"

enum mask_place {
    MASK_HEADER, /* before the empty line */
    MASK_ITEMS,  /* in the first line behind it */
    MASK_REST,   /* behind that line's password, or known to have none */
};

/* All zeros is the beginning of a message. */
struct mask {
    enum mask_place place;
    uint8_t line;    /* how the line began so far (see mask.c) */
    uint32_t column; /* octets of the common items so far, a stuffed dot not counted */
    bool stuffed;    /* they began with a stuffed dot */
};

/* How the octets stand there. */
enum mask_form {
    MASK_CONTENT, /* un-stuffed, one message */
    MASK_STUFFED, /* as DATA takes them, and commands between */
    MASK_WIRE,    /* whatever a sender sends: messages in chunks (RFC 3030) too */
};

/* Tells which part of `octets` is secret; *count 0 where none is. Returns how many octets were
 * looked at: all of them, or those up to the end of the first secret part; the caller goes on
 * behind them. */
size_t mask_find(struct mask *mask, enum mask_form form, struct octets octets, size_t *at,
                 size_t *count);

/* Tells of the event's octets with the secret part of them marked: as one event, unless several
 * passwords stand in them. */
void mask_tell(struct mask *mask, enum mask_form form, struct transcript_event event,
               struct transcript_sink sink);

#endif
