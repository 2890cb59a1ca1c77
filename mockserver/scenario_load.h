/* Scenario files: the one reader of scenario JSON.
 *
 * What a file may say stands in one table, from which both the checking and the JSON Schema come,
 * so that the two can't differ. Everything that is wrong is reported, not just the first thing:
 * file, line and column, JSON pointer, what was found, what is allowed, and the nearest known word.
 */
#ifndef MOCKSERVER_SCENARIO_LOAD_H
#define MOCKSERVER_SCENARIO_LOAD_H

#include <stdio.h>

#include "mockserver/scenario.h"
#include "wire/problem.h"

/* A file gives one scenario, or as many as its "vary" spans. */
struct scenario_set {
    struct scenario **at;
    size_t count;
};

/* What does not change from file to file: for whoever loads many. */
struct forms;
struct forms *scenario_forms_new(void); /* null: no memory */
void scenario_forms_free(struct forms *forms);

/* Settings of a centre that hold under every scenario where that says nothing of its own. */
struct scenario_centre;

struct scenario_load_options {
    /* Folder that holds requirements.json, messages/ and texts/; null: found by going up from the
     * file until a requirements.json stands there; the file's own folder where none does. Ids are
     * the file's path relative to it, without ".json"; of a family, the varied values are appended
     * with
     * "/" (and a file named like its folder gives the folder's name alone). */
    const char *root;
    /* Another suite's root, whose messages/ and texts/ are looked in last: a scenario of one's own
     * may use those that come with the program. Null: none. */
    const char *library;
    /* Message names are kept as they stand, and no file needs to be there: for whoever plays the
     * centre alone. */
    bool without_messages;
    /* Requirement ids that a scenario may name; null: not checked. */
    const char *const *requirements;
    size_t requirement_count;
    const struct forms *forms;            /* null: made for each file anew */
    const struct scenario_centre *centre; /* null: the well-behaved centre as it is */
    /* Told of each fault: one line, no newline at its end. */
    void (*fault)(void *owner, const char *text);
    void *owner;
};

/* Reads a file. False where anything is wrong with it (faults were told; *set is untouched). */
bool scenario_load(const char *file, const struct scenario_load_options *options,
                   struct scenario_set *set);
/* The same for text that is in memory; `name` stands for the file in messages and ids. */
bool scenario_load_text(struct octets text, const char *name,
                        const struct scenario_load_options *options, struct scenario_set *set);
void scenario_set_free(struct scenario_set *set);

/* Reads a centre profile: a JSON object with the keys of a scenario's "centre". `name`
 * is a file, or names PROFILES/centre/NAME.json, where PROFILES is profiles/ of the suite that
 * comes with `program` (argv[0]). Null where anything is wrong with it; faults were told. */
struct scenario_centre *scenario_centre_load(const char *name, const char *program,
                                             void (*fault)(void *owner, const char *text),
                                             void *owner);
void scenario_centre_free(struct scenario_centre *centre);

/* The folder of the suite (requirements.json) that comes with a program: what NACCS_SCENARIOS
 * names, or else beside the program, or where it was installed. To be freed. Null where there is
 * none. */
char *scenario_find_root(const char *program);

/* Writes the JSON Schema (draft 2020-12); false where the stream failed. */
bool scenario_schema_write(FILE *stream);

/* Reads a duration: "250ms", "2s", "1.5s", "2m", "1h", "0s". False for anything else, and for what
 * does not fit. */
bool duration_read(const char *text, usec *duration);

#endif
