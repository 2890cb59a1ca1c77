/* Private to the scenario loader: JSON with places.
 *
 * A value knows where it stands in which text, so that whatever is wrong with it can be located,
 * also after it was put into another value's place ("vary"). All of it lives in an arena and is
 * immutable once made. */
#ifndef MOCKSERVER_SCENARIO_LOAD_VALUE_H
#define MOCKSERVER_SCENARIO_LOAD_VALUE_H

#include "mockserver/arena.h"

enum {
    TEXT_LIMIT = 8 << 20, /* octets of a file */
    VALUE_LIMIT = 200000, /* values in a file, or in a variant */
    NESTING_LIMIT = 64,
};

/* A text that values stand in. */
struct source {
    const char *name;
    struct octets text;
};

enum value_kind {
    VALUE_NULL,
    VALUE_BOOLEAN,
    VALUE_INTEGER,
    VALUE_REAL,
    VALUE_STRING,
    VALUE_ARRAY,
    VALUE_OBJECT,
};

struct member {
    const char *key; /* UTF-8; null in an array */
    const struct value *value;
};

struct value {
    enum value_kind kind;
    bool truth;
    int64_t integer;
    double real;          /* of VALUE_INTEGER too */
    struct octets string; /* UTF-8; a NUL stands behind it, and may stand in it */
    const struct member *members;
    size_t count;
    size_t weight; /* how many values it is made of, itself included */
    /* Its place: */
    const struct source *source;
    size_t offset;
    const struct value *parent; /* null at the top of its text */
    const char *key;            /* in the parent; null in an array */
    size_t index;
};

struct faults;

/* Reads JSON. Null where it can't be read; the fault was told. */
const struct value *value_read(struct arena *arena, const struct source *source,
                               struct faults *faults);

/* The member of that name; null where there is none, or where `value` is no object or null. */
const struct value *value_member(const struct value *value, const char *key);

/* The string as C has it; the checks have seen to it that no NUL stands in it. */
static inline const char *value_text(const struct value *value)
{
    return (const char *)value->string.at;
}

/* Line and column of an offset, counted from 1; columns are characters. */
void source_place(const struct source *source, size_t offset, unsigned *line, unsigned *column);

/* Reads a file whole. Null octets where it can't be read; the fault was told. */
struct octets file_read(struct arena *arena, const char *file, struct faults *faults);

#endif
