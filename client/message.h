/* What may be sent as a message at all. */
#ifndef CLIENT_MESSAGE_H
#define CLIENT_MESSAGE_H

#include "client/client.h"

/* A line's octets at most, its CRLF counted, a stuffed dot not (table 4-3-2, item 6, note 1;
 * RFC 5321 §4.5.3.1.6). */
enum { CLIENT_MESSAGE_LINE_LIMIT = 1000 };

/* False where the message holds what must never be sent: a CR or an LF alone (RFC 5321 §2.3.8), a
 * NUL or a line over the limit. The problem says in which line and at which offset. A last line
 * without CRLF is fine: what ends the message brings it. */
bool client_message_check(const struct client_message *message, struct problem *problem);

#endif
