/* Where a stream begins or ends: a numeric address and a port. */
#ifndef WIRE_ENDPOINT_H
#define WIRE_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

enum { ENDPOINT_ADDRESS_SIZE = 64, ENDPOINT_TEXT_SIZE = 80 };

struct endpoint {
    char address[ENDPOINT_ADDRESS_SIZE]; /* "127.0.0.1", "::1": numeric, no brackets */
    uint16_t port;
};

/* Reads "ADDR:PORT", "[ADDR]:PORT", "ADDR", ":PORT" or "PORT"; what is missing is left as it stands
 * in `*endpoint`. ADDR must be numeric IPv4 or IPv6. False (and nothing changed) otherwise. */
bool endpoint_parse(const char *text, struct endpoint *endpoint);

/* "127.0.0.1:25", "[::1]:25". Returns `text`. */
const char *endpoint_format(const struct endpoint *endpoint, char text[ENDPOINT_TEXT_SIZE]);

#endif
