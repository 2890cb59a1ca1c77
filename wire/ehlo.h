/* EHLO keywords (RFC 1869, RFC 1652, RFC 1870, RFC 1891, RFC 2920, RFC 3030): what a server offers.
 */
#ifndef WIRE_EHLO_H
#define WIRE_EHLO_H

#include "wire/buf.h"

enum ehlo_keyword {
    EHLO_SIZE = 1 << 0,
    EHLO_8BITMIME = 1 << 1,
    EHLO_DSN = 1 << 2,
    EHLO_PIPELINING = 1 << 3,
    EHLO_CHUNKING = 1 << 4,
};

struct ehlo_offer {
    unsigned keywords;   /* of enum ehlo_keyword */
    uint64_t size_limit; /* SIZE's parameter in octets; 0 where none was given */
};

/* Takes one keyword line's text ("SIZE 700000", "8BITMIME") into the offer; unknown ones are
 * ignored. Keywords are read in any case. */
void ehlo_take(struct ehlo_offer *offer, struct octets line);

/* Takes the keywords of all lines of a reply to EHLO but the first. Of each, `before` octets are
 * left out: 4 where the reply stands there as on the wire, its code and what parts it from the
 * text. */
void ehlo_take_lines(struct ehlo_offer *offer, struct octets lines, size_t before);

/* The name as it stands on the wire; null for what is no single keyword. */
const char *ehlo_keyword_name(enum ehlo_keyword keyword);

/* Which keyword this is, 0 for an unknown one. */
unsigned ehlo_keyword_of(struct octets name);

/* The parameters that MAIL and RCPT may carry under an offer. */
enum ehlo_parameter_status {
    EHLO_PARAMETER_OK,
    EHLO_PARAMETER_UNKNOWN,  /* not of a keyword that was offered: 555 */
    EHLO_PARAMETER_SYNTAX,   /* a value that the keyword does not know: 501 */
    EHLO_PARAMETER_TOO_LARGE /* SIZE above the limit: 552 */
};

/* Checks one parameter: of MAIL (SIZE=n, BODY=7BIT|8BITMIME, RET=FULL|HDRS, ENVID=xtext) where
 * `recipient` is false, of RCPT (NOTIFY=…, ORCPT=…) where it is true. */
enum ehlo_parameter_status ehlo_parameter(const struct ehlo_offer *offer, bool recipient,
                                          struct octets keyword, struct octets value);

#endif
