/* Private to the scenario loader: telling what is wrong, and where.
 *
 * Each fault is one line, "FILE:LINE:COLUMN: /json/pointer: what was found; what is allowed". What
 * comes from a file is escaped. The same fault is told once, however many variants share it. */
#ifndef MOCKSERVER_SCENARIO_LOAD_FAULT_H
#define MOCKSERVER_SCENARIO_LOAD_FAULT_H

#include "mockserver/scenario_load.h"
#include "mockserver/scenario_load_value.h"

enum {
    FAULT_LIMIT = 50,    /* told for one file */
    FAULTS_ENOUGH = 200, /* repeated ones included: behind that they are counted and no more, for
                            finding the line and column takes time */
    QUOTE_SIZE = 96,
    FAULT_TEXT_SIZE = 2048,
};

struct faults {
    /* Null: faults are counted and no more. */
    void (*tell)(void *owner, const char *text);
    void *owner;
    const char *variant; /* the id of the variant that is being read; null: none */
    size_t count;        /* how many there were, repeated ones included */
    size_t told_count;   /* different ones */
    bool silent;         /* "the rest is not shown" was told */
    uint64_t told[FAULT_LIMIT];
};

/* About a value; the text is printf's. */
void fault_at(struct faults *faults, const struct value *value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* About a place in a text that is no value; line 0: about the file as a whole. */
void fault_in(struct faults *faults, const char *file, unsigned line, unsigned column,
              const char *format, ...) __attribute__((format(printf, 5, 6)));
void fault_memory(struct faults *faults, const char *file);

/* Text from a file as it may stand in a message: what is not printable is escaped, what is long is
 * cut. Return `quote`. */
const char *fault_escape(char quote[QUOTE_SIZE], struct octets text);
/* The same in quotation marks. */
const char *fault_quote(char quote[QUOTE_SIZE], struct octets text);
/* A value in a few words: "a string", 5, true, an array. */
const char *fault_describe(char quote[QUOTE_SIZE], const struct value *value);

/* The word that was probably meant. */
struct nearest {
    const char *word; /* null: none is near */
    size_t distance;
};
/* Takes `candidate` into account. */
void nearest_try(struct nearest *nearest, const char *found, const char *candidate);
/* ` (did you mean "word"?)`, or nothing. */
const char *nearest_hint(const struct nearest *nearest, char hint[QUOTE_SIZE]);

#endif
