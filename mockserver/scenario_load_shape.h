/* Private to the scenario loader: what a scenario file may say, as data.
 *
 * The table (scenario_load_table.c) describes every value that may stand in a file. The checker
 * walks a file along it, the schema writer turns it into JSON Schema; so the two can't differ. What
 * a shape can't say (which keys contradict each other, what exists) is checked while building. */
#ifndef MOCKSERVER_SCENARIO_LOAD_SHAPE_H
#define MOCKSERVER_SCENARIO_LOAD_SHAPE_H

#include <regex.h>

#include "mockserver/scenario_load_fault.h"

enum shape_kind {
    SHAPE_TEXT,    /* any string but one with a NUL; `least` characters at least */
    SHAPE_OCTETS,  /* a string whose characters stand for octets, so all are below 256 */
    SHAPE_FORM,    /* a string of a form */
    SHAPE_WORD,    /* one of certain words */
    SHAPE_INTEGER, /* least … most */
    SHAPE_NUMBER,  /* least … most, with decimals */
    SHAPE_BOOLEAN,
    SHAPE_TRUE, /* true alone */
    SHAPE_NULL,
    SHAPE_LIST,   /* of `item`, least … most of them */
    SHAPE_RECORD, /* an object with the keys of `fields`, `least` of them at least */
    SHAPE_MAP,    /* an object with keys of form `form` and values of `item` */
    SHAPE_ANYTHING,
    SHAPE_EITHER, /* one of `choices`: records are told apart by their first key */
};

/* Forms that strings have: extended regular expressions that ECMA-262 reads alike. */
enum form {
    FORM_DURATION,
    FORM_SPAN,
    FORM_RANGE,
    FORM_REPLY,
    FORM_TEXT_LINE,
    FORM_BASE64,
    FORM_REQUIREMENT,
    FORM_NUMBER,
    FORM_DOMAIN,
    FORM_MAILBOX,
    FORM_KEYWORD,
    FORM_PARAMETER,
    FORM_PART,
    FORM_PLACEHOLDER,
};
enum { FORM_COUNT = FORM_PLACEHOLDER + 1 };

struct shape;

struct field {
    const char *key;
    const struct shape *shape;
    bool required;
    const char *text; /* what it means: the schema's description */
};

struct shape {
    enum shape_kind kind;
    const char *name; /* in the schema's $defs; null: written out where it stands */
    const char *what; /* in words, for messages: "a duration such as \"250ms\"" */
    const char *text; /* the schema's description; may be null */
    enum form form;
    int64_t least, most;
    const char *(*word)(unsigned index); /* null behind the last one */
    const struct shape *item;
    const struct field *fields;
    size_t field_count;
    const struct shape *const *choices;
    size_t choice_count;
};

/* The table. */
extern const struct shape shape_scenario; /* a file */
extern const struct shape shape_vary;     /* its "vary", before it is applied */
extern const struct shape
    shape_values; /* what "vary" or a file that it names gives one parameter */
extern const struct shape shape_centre; /* its "centre", and a centre profile's file */
extern const char *const form_patterns[FORM_COUNT];

/* The forms, compiled. */
struct forms {
    regex_t compiled[FORM_COUNT];
    unsigned count; /* of those that are */
};
bool forms_init(struct forms *forms);
void forms_free(struct forms *forms);
bool form_fits(const struct forms *forms, enum form form, const char *text);

/* The field of that key in a record; null where it has none. */
const struct field *shape_field(const struct shape *shape, const char *key);

/* True where the value has the shape; all that is wrong was told where not. */
bool shape_check(const struct forms *forms, const struct shape *shape, const struct value *value,
                 struct faults *faults);

#endif
