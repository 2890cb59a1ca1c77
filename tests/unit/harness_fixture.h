/* A folder of files for tests, gone at the end; and a suite made of texts. */
#ifndef TESTS_UNIT_HARNESS_FIXTURE_H
#define TESTS_UNIT_HARNESS_FIXTURE_H

#include <stdbool.h>

#include "harness/run.h"
#include "harness/suite.h"

struct fixture {
    char folder[64];
};

/* Makes the folder; a test can't go on without it (asserts). */
struct fixture fixture_make(void);
/* Writes a file, and the folders above it. `name` is relative to the folder. */
void fixture_write(const struct fixture *fixture, const char *name, const char *text);
/* The path of a name in it. */
struct fixture_path {
    char text[256];
};
struct fixture_path fixture_path(const struct fixture *fixture, const char *name);
void fixture_remove(struct fixture *fixture);

/* requirements.json with CONN-1 (must), TIME-2 (should) and HELO-2 (info), and messages/plain.eml.
 */
void fixture_suite(const struct fixture *fixture);

/* Faults that were told, one behind the other, with newlines. */
struct told {
    char text[4096];
};
void fixture_told(void *owner, const char *text);

/* Loads the suite in the folder; false as suite_load. */
bool fixture_load(const struct fixture *fixture, struct suite *suite, struct told *told);

/* To run these cases of it with the reference client. */
struct run_options fixture_options(const struct suite *suite, const size_t *selected, size_t count);

#endif
