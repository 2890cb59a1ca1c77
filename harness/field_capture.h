/* Captures that are no file: for tests. harness/field.h has the rest. */
#ifndef HARNESS_FIELD_CAPTURE_H
#define HARNESS_FIELD_CAPTURE_H

#include <stdio.h>

#include "harness/field.h"

/* As field_read_capture; `name` is what problems call it. Takes the stream over, and closes it. */
bool field_read_capture_stream(FILE *stream, const char *name, const struct field_choice *choice,
                               const struct field_sink *sink, struct problem *problem);

#endif
