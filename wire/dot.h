/* Dot-stuffing, both ways, at memory speed (table 4-3-2, item 6, note 2; RFC 821 §4.5.2).
 *
 * The sender puts one dot before every line that begins with one; the centre takes it away. The end
 * of data is CRLF . CRLF and nothing else: a lone dot between bare LFs, or between a bare CR and a
 * CRLF, is content. Both directions work on slices of what they are given and copy nothing; they
 * look for line ends many octets at a time. */
#ifndef WIRE_DOT_H
#define WIRE_DOT_H

#include "wire/octets.h"

/* The sender's side. All zeros is the beginning of a message. */
struct dot_stuffer {
    uint8_t before[2]; /* the last two octets that were seen; {0,0} at the beginning */
    bool began;        /* false: at the very first octet, which begins a line too */
    bool dot_given;    /* the stuffed dot of the line that begins here has been handed out */
};

/* The next slice to be sent of `message`, which is moved behind what the slice covers. Slices are
 * parts of `message` itself, as long as they can be, and static single dots between them: a message
 * without a line that begins with a dot is one slice. False where `message` is used up. A message
 * may be given in any pieces. */
bool dot_stuff(struct dot_stuffer *stuffer, struct octets *message, struct octets *slice);

/* What ends the message, after its last octet: ".\r\n" behind a message that ends with CRLF or is
 * empty, "\r\n.\r\n" behind any other. */
struct octets dot_end(const struct dot_stuffer *stuffer);

/* The centre's side. A dot at the beginning of a line is taken away whatever follows it, but for
 * the CRLF that makes it the end of data (RFC 5321 §4.5.2). */
enum dot_state {
    DOT_LINE_START, /* behind CRLF, or at the beginning */
    DOT_DOT,        /* a dot at the beginning of a line */
    DOT_DOT_CR,     /* that dot, and a CR */
    DOT_TEXT,       /* inside a line */
    DOT_CR,         /* a CR inside a line */
    DOT_END,        /* the end of data has come */
};

enum dot_flag {
    DOT_BARE_CR = 1 << 0,
    DOT_BARE_LF = 1 << 1,
    DOT_NUL = 1 << 2,
    DOT_LONG_LINE = 1 << 3, /* a line over the limit, its CRLF counted, a stuffed dot not */
};

struct dot_unstuffer {
    enum dot_state state;
    unsigned flags;     /* of enum dot_flag, gathered */
    size_t line_limit;  /* octets, CRLF included; 0: none */
    size_t line_octets; /* of the line so far, without its stuffed dot */
    uint64_t octets;    /* of content handed out so far */
    uint64_t lines;     /* CRLFs of content handed out so far */
};

void dot_unstuffer_init(struct dot_unstuffer *unstuffer, size_t line_limit);

/* Takes octets from `*input`, which is moved behind them, and hands out the next slice of content:
 * a part of the input, or a static CR (one that followed a dot and was no end of data). Returns
 * false where there is no content to hand out for now: either the input is used up, or the state is
 * DOT_END and the input stands behind the final CRLF. The CRLF before the final dot is content. */
bool dot_unstuff(struct dot_unstuffer *unstuffer, struct octets *input, struct octets *slice);

/* The same for content that is counted and not stuffed (BDAT, RFC 3030 §2): every octet is content,
 * and its end is the caller's to know. False where the input is used up. */
bool dot_pass(struct dot_unstuffer *unstuffer, struct octets *input, struct octets *slice);

#endif
