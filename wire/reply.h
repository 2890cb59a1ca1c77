/* SMTP replies: reading as the sender does, formatting as the centre does.
 *
 * A reply is three digits and a text; a reply of several lines has "-" behind the digits of all but
 * the last (RFC 821 Appendix E, RFC 5321 §4.2.1). The three digits alone carry the meaning (NACCS,
 * table 4-3-2, note 1): the text is handed out for logs and never for decisions. */
#ifndef WIRE_REPLY_H
#define WIRE_REPLY_H

#include "wire/line.h"

enum {
    REPLY_LINE_LIMIT = 4096, /* octets of one line kept; RFC 5321 §4.5.3.1.5 says 512 */
    REPLY_LINES_LIMIT = 512, /* lines of one reply before it counts as malformed */
    REPLY_TEXT_LIMIT = 512,  /* octets of the last line's text handed out */
};

enum reply_status {
    REPLY_MORE, /* not whole yet */
    REPLY_COMPLETE,
    REPLY_MALFORMED, /* no reply: see reply_fault */
};

enum reply_fault {
    REPLY_FAULT_NONE,
    REPLY_FAULT_NO_CODE,      /* the line does not begin with three digits from 200 to 599 */
    REPLY_FAULT_SEPARATOR,    /* behind the digits: neither a blank nor a hyphen nor the end */
    REPLY_FAULT_CODE_CHANGED, /* the lines of one reply have different codes */
    REPLY_FAULT_BARE_LF,      /* a line not ended by CRLF */
    REPLY_FAULT_TOO_MANY_LINES,
    REPLY_FAULT_NO_MEMORY,
};

struct reply {
    int code; /* 200 to 599 */
    unsigned line_count;
    char text[REPLY_TEXT_LIMIT + 1]; /* of the last line; octets outside printable ASCII are '?' */
};

struct reply_reader {
    struct line_reader lines;
    int code; /* of the reply being read; 0 before its first line */
    unsigned line_count;
    enum reply_fault fault;
};

void reply_reader_init(struct reply_reader *reader);
void reply_reader_free(struct reply_reader *reader);

/* Takes octets up to the end of the next reply; *consumed says how many. REPLY_MALFORMED is final:
 * reader->fault says why, and the stream can't be trusted any more. An over-long line is no fault:
 * its digits stand at its beginning. For EHLO, `keyword_line` is called (where not null) with the
 * text of each line but the first. */
enum reply_status reply_read(struct reply_reader *reader, struct octets input, size_t *consumed,
                             struct reply *reply,
                             void (*keyword_line)(void *owner, struct octets text), void *owner);

/* True while the beginning of a reply has come but not its end. */
bool reply_reader_partial(const struct reply_reader *reader);

const char *reply_fault_text(enum reply_fault fault);

/* The three digits at the beginning of raw reply octets, whatever follows them, where they are a
 * code (200 to 599); 0 otherwise. */
int reply_code_of(struct octets text);

/* A reply as a centre means it, by its last line, though LF alone ends a line of it, the text
 * follows the digits at once, or its lines have different codes: it is doubtful then, and no reply
 * at all to some (reply_read among them). */
struct reply_meant {
    int code;      /* 0: no reply, or not a whole one */
    size_t length; /* octets, of the first reply; 0 where there is none */
    bool doubtful;
};
struct reply_meant reply_meant(struct octets octets);

/* Appends a reply with CRLFs, hyphens on all lines but the last; no lines at all gives "250 ". */
bool reply_format(struct buf *buf, int code, const struct octets *lines, size_t line_count);

#endif
