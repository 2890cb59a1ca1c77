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

/* A message in memory, shared by the cases that use it. */
struct suite_message {
    struct suite_message *next;
    const char *named; /* as the scenario has it */
    const char *name;  /* of the file */
    const char *path;  /* absolute; null: it is made, and no file holds it yet */
    struct octets octets;
    bool is_ours; /* made, and in that file only for as long as a sender needs it */
};

/* The message of that name: one of the list, or read from its file, or made by the recipe, and then
 * added to the list. Null: a fault was told. */
const struct suite_message *suite_message(const struct suite_options *options, struct arena *arena,
                                          struct suite_message **messages, const char *named,
                                          const struct message_recipe *recipe);
void suite_messages_free(struct suite_message *messages);
/* Writes those that are made, and in no file yet, into a folder; their paths live in the arena. */
bool suite_messages_write(struct suite_message *messages, struct arena *arena, const char *folder,
                          bool keep, struct problem *problem);
void suite_messages_remove(struct suite_message *messages);

#endif
