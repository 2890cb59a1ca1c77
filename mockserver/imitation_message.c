#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mockserver/imitation_private.h"

static uint64_t hash_of(struct octets octets)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < octets.count; i++)
        hash = (hash ^ octets.at[i]) * 0x100000001b3;
    return hash;
}

static bool write_all(int file, struct octets octets)
{
    while (octets.count > 0) {
        ssize_t written = write(file, octets.at, octets.count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        octets = octets_from(octets, (size_t)written);
    }
    return true;
}

bool imitation_write_file(struct imitation *imitation, const char *path, struct octets octets)
{
    mode_t mode = imitation->options.unmasked || imitation->options.keeps_addresses ? 0600 : 0644;
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    bool written = file >= 0 && fchmod(file, mode) == 0 && write_all(file, octets);
    if (file >= 0)
        written = close(file) == 0 && written;
    if (written)
        return true;
    problem_set(&imitation->problem, "%s: can't be written: %s", path, strerror(errno));
    if (file >= 0)
        unlink(path);
    return false;
}

/* Is the file's content this? */
static bool holds(const char *path, struct octets octets)
{
    uint8_t part[65536];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool same = file >= 0;
    while (same && octets.count > 0) {
        ssize_t count = read(file, part, sizeof part);
        same = count > 0 && (size_t)count <= octets.count &&
               memcmp(part, octets.at, (size_t)count) == 0;
        if (same)
            octets = octets_from(octets, (size_t)count);
    }
    if (file >= 0)
        close(file);
    return same;
}

static size_t find_message(const struct imitation *imitation, struct octets content, uint64_t hash)
{
    for (size_t i = 0; i < imitation->message_count; i++) {
        const struct imitation_message *message = &imitation->messages[i];
        if (message->hash == hash && message->count == content.count &&
            holds(message->beside, content))
            return i;
    }
    return SIZE_MAX;
}

static char *name_beside(const struct imitation *imitation, size_t number)
{
    char *path;
    if (asprintf(&path, "%s.%ld.message-%zu", imitation->options.file, (long)getpid(), number) < 0)
        return NULL;
    return path;
}

size_t imitation_keep_message(struct imitation *imitation, uint32_t connection, uint32_t occurrence,
                              struct buf *content, bool whole)
{
    void *messages = imitation->messages;
    if (content->count > imitation->content_most)
        imitation->content_most = content->count;
    imitation_mask_message(imitation, content);
    uint64_t hash = hash_of(buf_octets(content));
    size_t found = find_message(imitation, buf_octets(content), hash);
    if (found != SIZE_MAX) {
        imitation->messages[found].whole |= whole;
        return found;
    }
    if (imitation->message_count == MESSAGES_MOST) {
        imitation->messages_left_out++;
        return SIZE_MAX;
    }
    if (!imitation_grow(imitation, &messages, &imitation->message_room, imitation->message_count,
                        sizeof *imitation->messages))
        return SIZE_MAX;
    imitation->messages = messages;
    char *beside = name_beside(imitation, imitation->message_count);
    imitation->no_memory |= !beside;
    if (!beside || !imitation_write_file(imitation, beside, buf_octets(content))) {
        free(beside);
        return SIZE_MAX;
    }
    imitation->messages[imitation->message_count] =
        (struct imitation_message){.beside = beside,
                                   .hash = hash,
                                   .count = content->count,
                                   .whole = whole,
                                   .connection = connection,
                                   .occurrence = occurrence,
                                   .result = RESULT_NONE};
    return imitation->message_count++;
}

static int by_place(const void *a, const void *b)
{
    const struct imitation_message *left = a, *right = b;
    if (left->connection != right->connection)
        return left->connection < right->connection ? -1 : 1;
    return left->occurrence < right->occurrence ? -1 : left->occurrence > right->occurrence;
}

/* Does this file begin with that one? */
static bool begins_with(const struct imitation_message *whole, const struct imitation_message *part)
{
    uint8_t left[16384], right[sizeof left];
    int a = open(whole->beside, O_RDONLY | O_CLOEXEC), b = open(part->beside, O_RDONLY | O_CLOEXEC);
    bool same = a >= 0 && b >= 0 && whole->count >= part->count;
    for (size_t rest = part->count; same && rest > 0;) {
        size_t most = rest < sizeof left ? rest : sizeof left;
        same = read(a, left, most) == (ssize_t)most && read(b, right, most) == (ssize_t)most &&
               memcmp(left, right, most) == 0;
        rest -= most;
    }
    if (a >= 0)
        close(a);
    if (b >= 0)
        close(b);
    return same;
}

/* The whole message that this broken one is the beginning of; null: there is none. */
static struct imitation_message *find_whole(const struct imitation *imitation,
                                            const struct imitation_message *part)
{
    for (size_t i = 0; i < imitation->message_count; i++)
        if (&imitation->messages[i] != part && imitation->messages[i].whole &&
            imitation->messages[i].beside && begins_with(&imitation->messages[i], part))
            return &imitation->messages[i];
    return NULL;
}

void imitation_order_messages(struct imitation *imitation)
{
    size_t kept = 0;
    for (size_t i = 0; i < imitation->message_count; i++) {
        struct imitation_message *message = &imitation->messages[i];
        struct imitation_message *whole = message->whole ? NULL : find_whole(imitation, message);
        if (!whole)
            continue;
        if (by_place(message, whole) < 0) { /* it was sent first when it was broken off */
            whole->connection = message->connection;
            whole->occurrence = message->occurrence;
        }
        unlink(message->beside);
        free(message->beside);
        message->beside = NULL;
        message->whole = true; /* for none other to look at it */
        message->count = SIZE_MAX;
    }
    for (size_t i = 0; i < imitation->message_count; i++)
        if (imitation->messages[i].beside)
            imitation->messages[kept++] = imitation->messages[i];
    imitation->message_count = kept;
    if (kept > 0)
        qsort(imitation->messages, kept, sizeof *imitation->messages, by_place);
}

void imitation_messages_free(struct imitation *imitation)
{
    for (size_t i = 0; i < imitation->message_count; i++) {
        if (imitation->messages[i].beside)
            unlink(imitation->messages[i].beside);
        free(imitation->messages[i].beside);
    }
    free(imitation->messages);
}
