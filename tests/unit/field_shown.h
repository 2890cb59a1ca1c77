/* Connections from the field as text, one event a line, for comparing with what is expected:
 *
 *     connection 1 192.0.2.1:25 answered, ended
 *     0.000 < 220 x\r\n
 *     0.250 > HELO a\r\n
 *     0.250 < fin
 */
#ifndef TESTS_UNIT_FIELD_SHOWN_H
#define TESTS_UNIT_FIELD_SHOWN_H

#include "harness/field.h"

struct shown {
    char text[32768];
    char notes[4096];
    size_t connections;
};

/* Appends to a struct shown. */
struct field_sink shown_sink(struct shown *shown);

#endif
