/* Time, as the whole project counts it.
 *
 * Points in time and durations are microseconds in a signed 64-bit integer. A point in time counts
 * from the start of the loop that told it (wire/loop.h): it is never wall-clock time, and never
 * goes back. The clocks themselves are read in wire/loop alone. */
#ifndef WIRE_TIME_H
#define WIRE_TIME_H

#include <stdint.h>

typedef int64_t usec;

#define USEC_PER_MSEC ((usec)1000)
#define USEC_PER_SEC  ((usec)1000000)
#define USEC_NEVER    INT64_MAX

#endif
