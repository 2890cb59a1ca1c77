/* The suite's messages: read from files, or made. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/message_make.h"
#include "harness/suite.h"
#include "harness/suite_data.h"
#include "mockserver/arena.h"

enum { MESSAGE_LIMIT = 64 * 1024 * 1024 };

/* Reads a whole file; the octets are the caller's. False: a fault was told. */
static bool read_message(const struct suite_options *options, const char *file,
                         struct octets *octets)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        suite_fault(options, "%s: %s", file, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    size_t size = S_ISREG(status.st_mode) ? (size_t)status.st_size : 0;
    uint8_t *at = size <= MESSAGE_LIMIT ? malloc(size + 1) : NULL;
    size_t have = 0;
    while (at && have < size) {
        ssize_t more = read(fd, at + have, size - have);
        if (more <= 0)
            break;
        have += (size_t)more;
    }
    close(fd);
    if (!at || have < size) {
        suite_fault(options, "%s: could not be read as a message of at most %d octets", file,
                    MESSAGE_LIMIT);
        free(at);
        return false;
    }
    *octets = (struct octets){at, size};
    return true;
}

static bool find_file(const struct suite_options *options, struct arena *arena, const char *file,
                      struct suite_message *message)
{
    char *path = realpath(file, NULL);
    if (!path) {
        suite_fault(options, "%s: %s", file, strerror(errno));
        return false;
    }
    message->path = arena_string(arena, path);
    free(path);
    if (!message->path) {
        suite_fault(options, "%s: no memory", file);
        return false;
    }
    const char *slash = strrchr(message->path, '/');
    message->name = slash ? slash + 1 : message->path;
    return read_message(options, file, &message->octets);
}

static bool make(const struct suite_options *options, struct arena *arena,
                 const struct message_recipe *recipe, struct suite_message *message)
{
    char name[128];
    struct buf buf = BUF_INIT(0);
    snprintf(name, sizeof name, "%s.eml", message->named);
    message->name = arena_string(arena, name);
    if (!message->name || !message_make(recipe, message->named, options->seed, &buf)) {
        suite_fault(options, "%s: no memory", message->named);
        buf_free(&buf);
        return false;
    }
    size_t count = buf_octets(&buf).count;
    uint8_t *at = malloc(count);
    if (at)
        memcpy(at, buf_octets(&buf).at, count);
    else
        suite_fault(options, "%s: no memory", message->named);
    buf_free(&buf);
    message->octets = (struct octets){at, count};
    return at != NULL;
}

const struct suite_message *suite_message(const struct suite_options *options, struct arena *arena,
                                          struct suite_message **messages, const char *named,
                                          const struct message_recipe *recipe)
{
    bool is_made = recipe && recipe->octets != 0;
    for (const struct suite_message *known = *messages; known; known = known->next)
        if (strcmp(known->named, named) == 0)
            return known;
    struct suite_message *fresh = arena_take(arena, sizeof *fresh);
    if (!fresh || !(fresh->named = arena_string(arena, named))) {
        suite_fault(options, "%s: no memory", named);
        return NULL;
    }
    if (!(is_made ? make(options, arena, recipe, fresh) : find_file(options, arena, named, fresh)))
        return NULL;
    fresh->next = *messages;
    *messages = fresh;
    return fresh;
}

void suite_messages_free(struct suite_message *messages)
{
    for (; messages; messages = messages->next)
        free((void *)messages->octets.at);
}

static bool write_message(const char *path, struct octets octets, struct problem *problem)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    size_t done = 0;
    while (fd >= 0 && done < octets.count) {
        ssize_t more = write(fd, octets.at + done, octets.count - done);
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0)
            break;
        done += (size_t)more;
    }
    bool good = fd >= 0 && done == octets.count;
    if (!good)
        problem_set(problem, "%s: cannot be written: %s", path, strerror(errno));
    if (fd >= 0 && close(fd) != 0 && good) {
        problem_set(problem, "%s: cannot be written: %s", path, strerror(errno));
        good = false;
    }
    return good;
}

bool suite_messages_write(struct suite_message *messages, struct arena *arena, const char *folder,
                          bool keep, struct problem *problem)
{
    for (struct suite_message *message = messages; message; message = message->next) {
        if (message->path)
            continue;
        char *path = NULL;
        if (asprintf(&path, "%s/%s", folder, message->name) < 0)
            path = NULL;
        const char *kept = path ? arena_string(arena, path) : NULL;
        free(path);
        if (!kept) {
            problem_set(problem, "no memory");
            return false;
        }
        if (!write_message(kept, message->octets, problem))
            return false;
        message->path = kept;
        message->is_ours = !keep;
    }
    return true;
}

void suite_messages_remove(struct suite_message *messages)
{
    for (struct suite_message *message = messages; message; message = message->next) {
        if (!message->is_ours)
            continue;
        unlink(message->path);
        message->path = NULL;
        message->is_ours = false;
    }
}
