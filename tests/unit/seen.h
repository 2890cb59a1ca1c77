/* A transcript as somebody between sender and centre would have seen it: connections from the
 * field, with nothing left of stages, rules and what the centre kept. */
#ifndef TESTS_UNIT_SEEN_H
#define TESTS_UNIT_SEEN_H

#include "mockserver/field.h"
#include "mockserver/transcript.h"

struct seen {
    struct field_connection *connections;
    size_t count;
};

/* Octets stay the transcript's. Asserts where memory is out. */
struct seen seen_from(const struct transcript *transcript);
void seen_free(struct seen *seen);

#endif
