/* SMTP commands: parsing as the centre reads them, formatting as the sender writes them.
 *
 * Pure: octets in, values out. Verbs are those of RFC 821 §4.1.1, RFC 1869 (EHLO) and RFC 3030
 * (BDAT, which mail servers among themselves use; NACCS knows none of it); verbs and the words
 * FROM: and TO: are read in any case, mailboxes keep theirs. NACCS's own text (table 4-3-2, items 3
 * and 4) writes "MAIL FROM: address": an address without <> and a space behind the colon are read
 * too, each noted as a departure from RFC 821. */
#ifndef WIRE_COMMAND_H
#define WIRE_COMMAND_H

#include "wire/buf.h"

enum command_verb {
    COMMAND_HELO,
    COMMAND_EHLO,
    COMMAND_MAIL,
    COMMAND_RCPT,
    COMMAND_DATA,
    COMMAND_RSET,
    COMMAND_NOOP,
    COMMAND_QUIT,
    COMMAND_VRFY,
    COMMAND_EXPN,
    COMMAND_HELP,
    COMMAND_SEND,
    COMMAND_SOML,
    COMMAND_SAML,
    COMMAND_TURN,
    COMMAND_BDAT,
    COMMAND_UNKNOWN,
};

enum { COMMAND_VERBS = COMMAND_UNKNOWN + 1 };

/* "HELO"; "unknown" for COMMAND_UNKNOWN. */
const char *command_name(enum command_verb verb);

/* Departures from the letter of RFC 821 that a centre may let pass. */
enum command_departure {
    COMMAND_LOWER_CASE = 1 << 0, /* the verb is not in upper case (allowed by RFC 821 §2) */
    COMMAND_SPACE_BEHIND_COLON = 1 << 1,
    COMMAND_NO_BRACKETS = 1 << 2,    /* a mailbox without < and > */
    COMMAND_TRAILING_SPACE = 1 << 3, /* blanks before the CRLF */
};

struct command {
    enum command_verb verb;
    struct octets word;     /* the first word as it came */
    struct octets argument; /* what follows the blanks behind it, trailing blanks removed */
    unsigned departures;
};

/* Reads one line (without its CRLF). Never fails: what is no command has COMMAND_UNKNOWN. The
 * slices point into `line`. */
void command_parse(struct octets line, struct command *command);

/* The argument of MAIL and RCPT: a path, and the parameters of RFC 1869 behind it. */
struct command_path {
    struct octets mailbox;    /* without <>; empty for the null path <> */
    struct octets local;      /* its local part, as it came (quotes included) */
    struct octets domain;     /* behind the last @; empty where there is none */
    struct octets parameters; /* "SIZE=100 BODY=8BITMIME"; empty where there are none */
    unsigned departures;
};

enum command_path_status {
    COMMAND_PATH_OK,
    COMMAND_PATH_NO_KEYWORD, /* neither FROM: nor TO:, whichever the verb asks for */
    COMMAND_PATH_SYNTAX,     /* no mailbox, a blank or control octet in it, a bracket missing */
    COMMAND_PATH_TOO_LONG,   /* local part over 64, domain over 255, path over 256 octets */
};

/* Reads the argument of a MAIL or RCPT command. A source route (<@a,@b:user@c>) is read and left
 * out. The null path is allowed behind FROM: alone. */
enum command_path_status command_path(const struct command *command, struct command_path *path);

/* The next "KEYWORD" or "KEYWORD=VALUE" of `parameters`, which is moved behind it; false where none
 * is left. `value` is empty where there is no "=". */
bool command_parameter(struct octets *parameters, struct octets *keyword, struct octets *value);

/* The argument of BDAT (RFC 3030 §2): how many octets of the message stand behind its CRLF, and
 * whether they are its last. False where it can't be read: then nothing is known of what stands
 * there. */
bool command_chunk(const struct command *command, uint64_t *octets, bool *last);

/* Appends the command as a sender writes it, CRLF included: "HELO d", "MAIL FROM:<m>",
 * "RCPT TO:<m>", "DATA", …. `argument` is the domain, the mailbox or the chunk, empty for the
 * others. False where it does not fit into `buf`, or the argument holds a CR, an LF or a NUL. */
bool command_format(struct buf *buf, enum command_verb verb, struct octets argument);

#endif
