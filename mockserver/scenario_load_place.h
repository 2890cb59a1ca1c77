/* Private to the scenario loader: where a scenario stands among its fellows and its files. */
#ifndef MOCKSERVER_SCENARIO_LOAD_PLACE_H
#define MOCKSERVER_SCENARIO_LOAD_PLACE_H

#include "mockserver/scenario_load.h"
#include "mockserver/scenario_load_fault.h"

struct place {
    const char *folder;  /* the scenario's own */
    const char *root;    /* that of requirements.json */
    const char *library; /* another suite's root, looked in last; null: none */
    const char *id;      /* of the file */
};

/* False where there is no memory. */
bool place_find(struct arena *arena, const char *file, const struct scenario_load_options *options,
                struct place *place);

/* "FOLDER/NAME", or NAME where it is absolute. Null where there is no memory. */
const char *place_path(struct arena *arena, const char *folder, const char *name);

bool is_regular_file(const char *path);

/* The file of a message by the name that a scenario gives it; null where there is none, or no
 * memory. */
const char *message_path(struct arena *arena, const struct place *place, const char *name);
/* Tells that there is none, and which name is near. */
void message_fault(struct faults *faults, const struct place *place, const struct value *name);

#endif
