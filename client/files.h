/* The messages of the command line, in memory. */
#ifndef CLIENT_FILES_H
#define CLIENT_FILES_H

#include "client/client.h"

struct client_file;

struct client_files {
    struct client_message *messages; /* what client_start takes */
    struct client_file *files;       /* where their octets and names are */
    size_t count, room;
};

/* Adds what an argument stands for: a file, every regular file in a folder (sorted by name, those
 * that begin with a dot left out), or standard input for "-". Files are mapped, not copied: they
 * must not be cut short while they are in use. False where something can't be read; what was added
 * before stays. All zeros is the empty set. */
bool client_files_add(struct client_files *files, const char *argument, struct problem *problem);

void client_files_free(struct client_files *files);

#endif
