/* Inside the suite: where its files are, and its requirements. Shared by suite*.c alone. */
#ifndef HARNESS_SUITE_DATA_H
#define HARNESS_SUITE_DATA_H

#include "harness/suite.h"
#include "mockserver/arena.h"

void suite_fault(const struct suite_options *options, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Absolute paths of scenario files, sorted, none twice. */
struct suite_files {
    char **at;
    size_t count, room;
};

/* The folder with requirements.json that holds the first of the paths, or else the one that comes
 * with the program. True with *root null: paths were named that lie in no suite, and none came with
 * the program. To be freed. */
bool suite_root(const struct suite_options *options, char **root);

/* The scenario files that the paths name: files, folders (walked), and what stands under the root
 * by that name ("rcpt", "rcpt/refused-450"). */
bool suite_files(const struct suite_options *options, const char *root, struct suite_files *files);
void suite_files_free(struct suite_files *files);

/* Reads requirements.json; everything lives in the arena. */
bool suite_requirements(const struct suite_options *options, const char *root, struct arena *arena,
                        struct suite *suite);

#endif
