/* The options of `naccs-harness run`, from the command line and the profile. */
#ifndef HARNESS_ARGUMENTS_H
#define HARNESS_ARGUMENTS_H

#include "harness/language.h"
#include "harness/profile.h"
#include "harness/repeat.h"
#include "harness/select.h"

struct arguments {
    struct run_options run; /* but for the suite and what is selected */
    struct profile profile;
    const char **paths; /* scenario files and folders */
    size_t path_count;
    const char **only, **skip;
    size_t only_count, skip_count;
    const char **reports; /* FORMAT:FILE, checked */
    size_t report_count;
    const char *known_failing;
    const char *resume;
    const char *kept_messages; /* folder for messages that are made; null: none */
    const char *centre;        /* a centre profile, by file or name; null: none */
    unsigned shard, shards;
    enum language language;
    struct repeat repeat; /* the words that play this run again */
    bool list, quiet, verbose, unmasked, mask_addresses, client_trace, help;
};

enum arguments_status { ARGUMENTS_OK, ARGUMENTS_WRONG };

/* Reads argv (argv[0] is the subcommand's name). Faults are told, one line each. The strings stay
 * argv's and the profile's. */
enum arguments_status arguments_read(int argc, char **argv, struct arguments *options,
                                     void (*fault)(void *owner, const char *text), void *owner);
void arguments_free(struct arguments *options);

#endif
