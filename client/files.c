#include "client/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/buf.h"

/* What may come from a pipe: far above the centre's 700,000 octets. */
enum { PIPE_LIMIT = 64 * 1024 * 1024, READ_SIZE = 65536 };

struct client_file {
    char *name;
    struct buf kept; /* of a pipe */
    void *map;       /* of a file */
    size_t map_size;
};

static bool fault(const char *name, const char *what, struct problem *problem)
{
    problem_set(problem, "%s: %s", name, what);
    return false;
}

static bool make_room(struct client_files *files)
{
    if (files->count < files->room)
        return true;
    size_t room = files->room ? 2 * files->room : 16;
    struct client_message *messages = reallocarray(files->messages, room, sizeof *files->messages);
    if (messages)
        files->messages = messages;
    struct client_file *places = reallocarray(files->files, room, sizeof *files->files);
    if (places)
        files->files = places;
    if (!messages || !places)
        return false;
    files->room = room;
    return true;
}

/* Takes over `file`, or frees it. */
static bool add(struct client_files *files, const char *name, struct client_file *file,
                struct problem *problem)
{
    file->name = strdup(name);
    if (!file->name || !make_room(files)) {
        free(file->name);
        buf_free(&file->kept);
        if (file->map)
            munmap(file->map, file->map_size);
        return fault(name, "no memory", problem);
    }
    struct octets octets = buf_octets(&file->kept);
    if (file->map)
        octets = (struct octets){file->map, file->map_size};
    files->messages[files->count] = (struct client_message){file->name, octets};
    files->files[files->count++] = *file;
    return true;
}

static bool read_pipe(int fd, const char *name, struct buf *kept, struct problem *problem)
{
    for (;;) {
        uint8_t *at = buf_reserve(kept, READ_SIZE);
        if (!at)
            return fault(name, "longer than 64 MiB, or no memory", problem);
        ssize_t got = read(fd, at, READ_SIZE);
        if (got == 0)
            return true;
        if (got < 0 && errno != EINTR)
            return fault(name, strerror(errno), problem);
        kept->count += got > 0 ? (size_t)got : 0;
    }
}

static bool take_pipe(struct client_files *files, int fd, const char *name, struct problem *problem)
{
    struct client_file file = {.kept = BUF_INIT(PIPE_LIMIT)};
    if (read_pipe(fd, name, &file.kept, problem))
        return add(files, name, &file, problem);
    buf_free(&file.kept);
    return false;
}

static bool take_regular(struct client_files *files, int fd, size_t size, const char *name,
                         struct problem *problem)
{
    struct client_file file = {.map_size = size};
    if (size > 0) {
        file.map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (file.map == MAP_FAILED)
            return fault(name, strerror(errno), problem);
    }
    return add(files, name, &file, problem);
}

static bool add_folder(struct client_files *files, const char *folder, struct problem *problem);

static bool add_path(struct client_files *files, const char *path, struct problem *problem)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        fault(path, strerror(errno), problem);
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool added;
    if (S_ISDIR(status.st_mode))
        added = add_folder(files, path, problem);
    else if (S_ISREG(status.st_mode))
        added = take_regular(files, fd, (size_t)status.st_size, path, problem);
    else
        added = take_pipe(files, fd, path, problem);
    close(fd);
    return added;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* By octets, whatever the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool add_entry(struct client_files *files, const char *folder, const char *name,
                      struct problem *problem)
{
    struct buf path = BUF_INIT(0);
    struct stat status;
    bool added = buf_format(&path, "%s/%s", folder, name) && buf_append_octet(&path, 0);
    if (!added)
        fault(folder, "no memory", problem);
    else if (stat((const char *)path.at, &status) != 0)
        added = fault((const char *)path.at, strerror(errno), problem);
    else if (S_ISREG(status.st_mode))
        added = add_path(files, (const char *)path.at, problem);
    buf_free(&path);
    return added;
}

static bool add_folder(struct client_files *files, const char *folder, struct problem *problem)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, visible, by_name);
    if (count < 0)
        return fault(folder, strerror(errno), problem);
    size_t before = files->count;
    bool added = true;
    for (int i = 0; i < count; i++) {
        added = added && add_entry(files, folder, entries[i]->d_name, problem);
        free(entries[i]);
    }
    free(entries);
    if (added && files->count == before)
        return fault(folder, "no message in this folder", problem);
    return added;
}

bool client_files_add(struct client_files *files, const char *argument, struct problem *problem)
{
    if (strcmp(argument, "-") != 0)
        return add_path(files, argument, problem);
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->files[i].name, "-") == 0)
            return fault("-", "standard input can be read once only", problem);
    return take_pipe(files, STDIN_FILENO, "-", problem);
}

void client_files_free(struct client_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        struct client_file *file = &files->files[i];
        free(file->name);
        buf_free(&file->kept);
        if (file->map)
            munmap(file->map, file->map_size);
    }
    free(files->messages);
    free(files->files);
    *files = (struct client_files){NULL, NULL, 0, 0};
}
