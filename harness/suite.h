/* The suite: requirements, and cases with their message files.
 *
 * A case is one scenario (one variant of a family) with its messages in memory. */
#ifndef HARNESS_SUITE_H
#define HARNESS_SUITE_H

#include "harness/check.h"
#include "mockserver/scenario_load.h"

struct suite_requirement {
    const char *id;
    enum level level;
    struct text_pair text;   /* "says HELO with the domain assigned to it …" */
    struct text_pair source; /* "T2", "RFC 821 §4.1.1"; Japanese where that differs */
    /* Each null in both languages where the suite does not say. */
    struct text_pair sound;  /* what a sound sender does */
    struct text_pair defect; /* what senders usually get wrong */
    struct text_pair mend;   /* how to mend that: for who has only this to go by */
};

/* What a scenario says, in words. */
struct suite_story {
    struct text_pair *does; /* how this centre deviates, line by line */
    size_t does_count;
    struct text_pair *wants; /* what is expected of the sender */
    size_t wants_count;
};

struct suite_case {
    const struct scenario *scenario;
    /* Of a case that was read from a report: the scenario's rules and expectations are not at hand.
     * Null: they are. */
    const struct suite_story *story;
    struct check_message *messages;
    const char **message_paths; /* of a message that is made: null until suite_write_made */
    size_t message_count;
};

struct suite {
    char *root; /* folder of requirements.json */
    struct suite_requirement *requirements;
    size_t requirement_count;
    struct suite_case *cases; /* sorted by id */
    size_t case_count;
    uint64_t hash; /* over all scenarios and messages */
    void *storage; /* what it owns */
};

enum { DEFAULT_SEED = 1 };

struct suite_options {
    const char *const *paths; /* scenario files and folders; none: the suite that comes with the
                                 program */
    size_t path_count;
    const char *program; /* argv[0]: the suite is looked for beside it, then where it was
                            installed; NACCS_SCENARIOS goes before both */
    const char *centre;  /* a centre profile, by file or name; null: none */
    uint64_t seed;       /* for messages that are made */
    void (*fault)(void *owner, const char *text);
    void *owner;
};

/* False where anything is unreadable or invalid; faults were told. */
bool suite_load(const struct suite_options *options, struct suite *suite);
void suite_free(struct suite *suite);

/* For a sender that reads files: writes the messages that are made into a folder, each in a file
 * named after it, unless that was done before. False where that failed; what was written stays. */
bool suite_write_made(const struct suite *suite, const char *folder, bool keep,
                      struct problem *problem);
/* Removes those again that were not to be kept, and forgets their paths. */
void suite_remove_made(const struct suite *suite);

/* The folder of the suite that comes with the program; null where there is none. To be freed. */
char *suite_find_root(const char *program);

#endif
