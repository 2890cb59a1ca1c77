#include "mockserver/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/buf.h"

enum {
    HELD_MOST = 64 * 1024, /* octets of a message kept in memory before its file is made */
    NAMES_TRIED = 1000,    /* names that others may have taken: a process id comes back */
};

struct spool {
    int tmp, new; /* the folders */
    uint64_t files;
};

struct spool_message {
    struct spool *spool;
    struct buf held;
    int file;        /* -1 before it is made */
    int cause;       /* errno of what went wrong; 0 while all is well */
    uint64_t number; /* of the file in tmp/ */
};

static int folder_open(const char *folder, const char *name, struct problem *problem)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s%s%s", folder, *name ? "/" : "", name);
    if (length < 0 || (size_t)length >= sizeof path) {
        problem_set(problem, "spool %.200s…: the path is too long", folder);
        return -1;
    }
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        problem_set(problem, "spool %s: can't make the folder: %s", path, strerror(errno));
        return -1;
    }
    int opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0)
        problem_set(problem, "spool %s: can't open the folder: %s", path, strerror(errno));
    return opened;
}

struct spool *spool_open(const char *folder, struct problem *problem)
{
    struct spool *spool = malloc(sizeof *spool);
    if (!spool) {
        problem_set(problem, "spool %s: no memory", folder);
        return NULL;
    }
    *spool = (struct spool){.tmp = -1, .new = -1};
    int top = folder_open(folder, "", problem);
    int cur = top < 0 ? -1 : folder_open(folder, "cur", problem);
    if (cur >= 0)
        spool->tmp = folder_open(folder, "tmp", problem);
    if (spool->tmp >= 0)
        spool->new = folder_open(folder, "new", problem);
    if (cur >= 0)
        close(cur);
    if (top >= 0)
        close(top);
    if (spool->new >= 0 && faccessat(spool->new, ".", W_OK, 0) == 0 &&
        faccessat(spool->tmp, ".", W_OK, 0) == 0)
        return spool;
    if (spool->new >= 0)
        problem_set(problem, "spool %s: can't write there: %s", folder, strerror(errno));
    spool_close(spool);
    return NULL;
}

void spool_close(struct spool *spool)
{
    if (!spool)
        return;
    if (spool->tmp >= 0)
        close(spool->tmp);
    if (spool->new >= 0)
        close(spool->new);
    free(spool);
}

struct spool_message *spool_begin(struct spool *spool)
{
    struct spool_message *message = malloc(sizeof *message);
    if (message)
        *message = (struct spool_message){.spool = spool, .held = BUF_INIT(HELD_MOST), .file = -1};
    return message;
}

static void tmp_name(const struct spool_message *message, char name[SPOOL_NAME_SIZE])
{
    snprintf(name, SPOOL_NAME_SIZE, "P%ldQ%llu", (long)getpid(),
             (unsigned long long)message->number);
}

static bool file_make(struct spool_message *message)
{
    char name[SPOOL_NAME_SIZE];
    for (unsigned tried = 0; tried < NAMES_TRIED; tried++) {
        message->number = message->spool->files++;
        tmp_name(message, name);
        message->file =
            openat(message->spool->tmp, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (message->file >= 0)
            return true;
        if (errno != EEXIST)
            break;
    }
    message->cause = errno;
    return false;
}

static bool file_write(struct spool_message *message, struct octets octets)
{
    while (octets.count > 0) {
        ssize_t written = write(message->file, octets.at, octets.count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            message->cause = written < 0 ? errno : EIO;
            return false;
        }
        octets = octets_from(octets, (size_t)written);
    }
    return true;
}

bool spool_write(struct spool_message *message, struct octets octets)
{
    if (message->cause)
        return false;
    if (octets.count <= HELD_MOST - message->held.count) {
        if (buf_append(&message->held, octets))
            return true;
        message->cause = ENOMEM;
        return false;
    }
    if (message->file < 0 && !file_make(message))
        return false;
    if (!file_write(message, buf_octets(&message->held)))
        return false;
    buf_clear(&message->held);
    if (octets.count >= HELD_MOST)
        return file_write(message, octets);
    if (buf_append(&message->held, octets))
        return true;
    message->cause = ENOMEM;
    return false;
}

/* Never onto a file that is there already. */
static bool rename_into_new(struct spool_message *message, int64_t wall_clock,
                            char name[SPOOL_NAME_SIZE])
{
    char from[SPOOL_NAME_SIZE];
    tmp_name(message, from);
    uint64_t number = message->number;
    for (unsigned tried = 0; tried < NAMES_TRIED; tried++) {
        snprintf(name, SPOOL_NAME_SIZE, "%lld.M%06dP%ldQ%llu", (long long)(wall_clock / 1000000),
                 (int)(wall_clock % 1000000), (long)getpid(), (unsigned long long)number);
        if (renameat2(message->spool->tmp, from, message->spool->new, name, RENAME_NOREPLACE) == 0)
            return true;
        /* Some file systems know no such flag. */
        if (errno == EINVAL &&
            linkat(message->spool->tmp, from, message->spool->new, name, 0) == 0) {
            unlinkat(message->spool->tmp, from, 0);
            return true;
        }
        if (errno != EEXIST)
            break;
        number = message->spool->files++;
    }
    message->cause = errno;
    return false;
}

bool spool_commit(struct spool_message *message, int64_t wall_clock, char name[SPOOL_NAME_SIZE],
                  struct problem *problem)
{
    char renamed[SPOOL_NAME_SIZE];
    bool whole = !message->cause && (message->file >= 0 || file_make(message)) &&
                 file_write(message, buf_octets(&message->held));
    if (whole && message->file >= 0) {
        int file = message->file;
        message->file = -1;
        if (close(file) != 0 && errno != EINTR) {
            message->cause = errno;
            whole = false;
        }
        if (whole && rename_into_new(message, wall_clock, renamed)) {
            memcpy(name, renamed, sizeof renamed);
            buf_free(&message->held);
            free(message);
            return true;
        }
        tmp_name(message, renamed);
        unlinkat(message->spool->tmp, renamed, 0);
    }
    problem_set(problem, "spool: a message can't be kept: %s", strerror(message->cause));
    spool_abort(message);
    return false;
}

void spool_abort(struct spool_message *message)
{
    if (!message)
        return;
    if (message->file >= 0) {
        char name[SPOOL_NAME_SIZE];
        tmp_name(message, name);
        close(message->file);
        unlinkat(message->spool->tmp, name, 0);
    }
    buf_free(&message->held);
    free(message);
}
