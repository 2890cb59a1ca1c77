/* Connections from the field, written down in tests. */
#ifndef TESTS_UNIT_FIELD_SEEN_H
#define TESTS_UNIT_FIELD_SEEN_H

#include "mockserver/field.h"

#define MSEC USEC_PER_MSEC

#define SENDER(time, words)                                                                        \
    {                                                                                              \
        .at = (time), .end = FIELD_SENDER, .octets = OCTETS_INIT(words)                            \
    }
#define CENTRE(time, words)                                                                        \
    {                                                                                              \
        .at = (time), .end = FIELD_CENTRE, .octets = OCTETS_INIT(words)                            \
    }

/* The n-th, between 192.0.2.1 and 192.0.2.2, a second after the one before it; seen to its end. */
static inline struct field_connection field_seen(uint32_t number, enum field_beginning beginning,
                                                 const struct field_event *events, size_t count)
{
    return (struct field_connection){.number = number,
                                     .sender = "192.0.2.1:9",
                                     .centre = "192.0.2.2:25",
                                     .began = 1764000000000000 + (int64_t)number * USEC_PER_SEC,
                                     .beginning = beginning,
                                     .timed = true,
                                     .exact = true,
                                     .events = events,
                                     .event_count = count,
                                     .ended = true};
}

#endif
