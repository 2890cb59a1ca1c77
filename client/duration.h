/* Durations as people write them: "250ms", "2s", "1.5", "2m", "1h". */
#ifndef CLIENT_DURATION_H
#define CLIENT_DURATION_H

#include <stdbool.h>

#include "wire/time.h"

/* Reads digits, perhaps with a decimal point, and a unit: ms, s, m or h; seconds where there is
 * none. More than 0 and at most 1000 hours. False, and nothing changed, where it is none. */
bool client_duration_parse(const char *text, usec *duration);

#endif
