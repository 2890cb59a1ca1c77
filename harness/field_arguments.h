/* The options of `naccs-harness check`, from the command line and the profile. */
#ifndef HARNESS_FIELD_ARGUMENTS_H
#define HARNESS_FIELD_ARGUMENTS_H

#include "harness/arguments.h"
#include "harness/field.h"

struct field_arguments {
    /* Paths are the files; of the run: what is declared (a timeout of 0 is not), helo, from. */
    struct arguments common;
    struct field_choice choice;
    uint32_t *connections;
    const char **to, **messages; /* messages: paths */
    size_t to_count, message_count;
};

/* As arguments_read. */
enum arguments_status field_arguments_read(int argc, char **argv, struct field_arguments *options,
                                           void (*fault)(void *owner, const char *text),
                                           void *owner);
void field_arguments_free(struct field_arguments *options);


/* "1,3,7-9" -> numbers, to be freed. False where it is none, or they are more than 100000. */
bool field_connections_read(const char *text, uint32_t **numbers, size_t *count);

/* "2026-11-25T22:45:01.5+09:00", "2026-11-25 22:45", "2026-11-25", "@1700000000": microseconds
 * since 1970. Without a zone it is this machine's. False where it is none. */
bool field_time_read(const char *text, size_t count, int64_t *at);
/* FROM..UNTIL, either of them may be missing. */
bool field_times_read(const char *text, int64_t *from, int64_t *until);

#endif
