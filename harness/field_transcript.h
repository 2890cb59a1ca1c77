/* A connection from the field, told as the centre itself would have recorded it.
 *
 * It stands outside, on neither side: it sees octets pass and says which command each reply
 * answered, what of the sender's was command and what was message, where a message was acknowledged
 * and where nothing more came. Of that the oracle (harness/check.h) takes the octets, their times
 * and how the connection ended, which are the file's own; the stages are for who reads the
 * transcript, and tell the oracle one thing alone: whether the centre cut a connection that was
 * idle. So nothing of wire/ or of the centre's reading is used here either: what both ends take for
 * a command can't be wrong in the same way in the one who judges.
 *
 * What can't be seen from outside is not told: which rule acted, and whether a message was kept in
 * spite of its reply. A positive reply to the end of data is taken for stored. A centre that says
 * nothing more is told to stall where the sender waited for it until the connection's end. */
#ifndef HARNESS_FIELD_TRANSCRIPT_H
#define HARNESS_FIELD_TRANSCRIPT_H

#include "mockserver/field.h"
#include "mockserver/transcript.h"

/* A message as the sender sent it. Valid during the call. */
struct field_message {
    uint32_t connection;
    uint32_t transaction; /* its number, as in the transcript; 0: it began before the file */
    const char *sender;   /* the mailbox of MAIL, without < and >; "" where not known */
    const char *const *recipients; /* of the RCPT commands that were answered 250 or 251 */
    size_t recipient_count;
    struct octets octets; /* un-stuffed, without the final dot */
    bool whole;           /* from its beginning to its end, nothing missing */
    int code;             /* of the reply to its end; 0: none, or what some take for none */
};

struct field_transcript_options {
    struct transcript_sink sink; /* event null: none */
    /* May be null. */
    void (*message)(void *owner, const struct field_message *message);
    void *owner;
};

/* Over all connections of a file. */
struct field_transcript;

/* Null where there is no memory. */
struct field_transcript *field_transcript_new(const struct field_transcript_options *options);
/* False where memory ran out. */
bool field_transcript_take(struct field_transcript *state,
                           const struct field_connection *connection);
void field_transcript_free(struct field_transcript *state);

/* Connections are told one behind the other, each whole; a recording of several is put in the order
 * of time by this, the transactions numbered anew, as their MAILs came, and its time begins with
 * its first event: `*began`, where that is not null, is when that was by the old count. False: no
 * memory, and nothing has changed. */
bool field_transcript_order(struct transcript *transcript, usec *began);

#endif
