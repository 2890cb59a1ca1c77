/* Private to the scenario loader: families. One file, many variants. */
#ifndef MOCKSERVER_SCENARIO_LOAD_VARY_H
#define MOCKSERVER_SCENARIO_LOAD_VARY_H

#include "mockserver/scenario_load_place.h"
#include "mockserver/scenario_load_shape.h"

enum {
    VARIANT_LIMIT = 5000,
    PARAMETER_LIMIT = 32,
    FAMILY_WEIGHT_LIMIT = 20000000, /* values of all variants together */
};

/* One value of a parameter. */
struct choice {
    const char *part; /* of the id */
    const struct value *value;
};

struct parameter {
    const char *name;
    const struct choice *choices;
    size_t count;
    size_t chosen;  /* in the variant at hand */
    bool resolving; /* its value is being put together: naming it now is a cycle */
};

struct family {
    struct parameter parameters[PARAMETER_LIMIT];
    size_t count;
    size_t variants; /* 1 where nothing varies */
    bool overgrown;  /* a variant broke a limit: the others would take as long to say the same */
};

/* Reads "vary" (null: nothing varies). False where anything is wrong; it was told. */
bool family_read(struct arena *arena, const struct forms *forms, const struct place *place,
                 const struct value *vary, struct faults *faults, struct family *family);

/* Chooses the n-th combination, the last parameter changing fastest, and gives what its id has
 * behind the file's: "/HELO/error-word". Null where there is no memory. */
const char *family_choose(struct arena *arena, struct family *family, size_t variant);

/* The file as that variant has it: placeholders replaced, "vary" and "$schema" left out. Null where
 * anything is wrong; it was told. */
const struct value *family_apply(struct arena *arena, struct family *family,
                                 const struct value *file, struct faults *faults);

#endif
