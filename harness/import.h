/* `naccs-harness import FILE... -o SCENARIO.json`: from what was seen in the field, the scenario
 * that behaves like it (mockserver/imitation.h). */
#ifndef HARNESS_IMPORT_H
#define HARNESS_IMPORT_H

#include <stdio.h>

#include "harness/field.h"

struct import_arguments {
    const char **files;
    size_t file_count;
    const char *output;
    struct field_choice choice;
    uint32_t *connections; /* of the choice */
    usec delay_least;
    bool unmasked, keeps_addresses, quiet, help;
};

/* Faults are told, one line each; false where there was one. Strings stay argv's. */
bool import_arguments_read(int argc, char **argv, struct import_arguments *arguments,
                           void (*fault)(void *owner, const char *text), void *owner);
void import_arguments_free(struct import_arguments *arguments);

/* Returns the exit status. argv[0] is the subcommand's name. */
int import_command(const char *program, int argc, char **argv);

#endif
