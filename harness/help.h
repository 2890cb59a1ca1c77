/* What --help says: of the program, and of each of its commands. Each page fits a screen of 24
 * lines of 80 columns; naccs-harness(1) tells the rest. */
#ifndef HARNESS_HELP_H
#define HARNESS_HELP_H

#include <stdbool.h>
#include <stdio.h>

/* False where there is no page for that command. An empty name: the program's. */
bool help_has(const char *command);
/* False where the stream failed. */
bool help_write(FILE *stream, const char *command);

#endif
