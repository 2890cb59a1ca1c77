/* What the fuzzers of files from the field share. */
#ifndef TESTS_FUZZ_FIELD_H
#define TESTS_FUZZ_FIELD_H

#include "harness/field.h"
#include "tests/fuzz/fuzz.h"

/* Reads the input as a file, twice: what is told must hold together, be the same both times, and
 * give a transcript that holds the same octets; and a scenario that the loader takes. */
void fuzz_field(bool (*read)(const char *file, const struct field_choice *choice,
                             const struct field_sink *sink, struct problem *problem),
                struct octets input);

#endif
