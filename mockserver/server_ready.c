#include "mockserver/server_ready.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What is cut or no ASCII still makes a JSON string. */
static void escape_json(const char *text, char *escaped, size_t room)
{
    size_t count = 0;
    for (; *text && count + 3 < room; text++) {
        if (*text == '"' || *text == '\\')
            escaped[count++] = '\\';
        escaped[count++] = *text >= ' ' && *text < 0x7f ? *text : '?';
    }
    escaped[count] = '\0';
}

static bool write_all(int file, const char *text, size_t count)
{
    while (count > 0) {
        ssize_t written = write(file, text, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text += written;
        count -= (size_t)written;
    }
    return true;
}

/* Written beside it and renamed: whoever sees the file sees all of it. */
static bool write_ready_file(const char *path, const char *line, size_t count,
                             struct problem *problem)
{
    char beside[4096];
    int length = snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid());
    if (length < 0 || (size_t)length >= sizeof beside) {
        problem_set(problem, "--ready-file: the path is too long");
        return false;
    }
    int file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool written = file >= 0 && write_all(file, line, count);
    if (file >= 0)
        written = close(file) == 0 && written;
    if (written && rename(beside, path) == 0)
        return true;
    problem_set(problem, "--ready-file %s: can't write it: %s", path, strerror(errno));
    if (file >= 0)
        unlink(beside);
    return false;
}

bool server_ready_tell(const struct server_ready *ready, const char *file, struct problem *problem)
{
    char id[1024], line[2048], dns[32] = "";
    if (ready->dns_port != 0)
        snprintf(dns, sizeof dns, "\"dns_port\":%u,", ready->dns_port);
    escape_json(ready->scenario, id, sizeof id);
    int length = snprintf(line, sizeof line,
                          "{\"event\":\"ready\",\"address\":\"%s\",\"port\":%u,%s\"pid\":%ld,"
                          "\"scenario\":\"%s\"}\n",
                          ready->listens->address, ready->listens->port, dns, (long)getpid(), id);
    size_t count = (size_t)length;
    if (file && !write_ready_file(file, line, count, problem))
        return false;
    if (write_all(STDOUT_FILENO, line, count))
        return true;
    problem_set(problem, "standard output: can't write: %s", strerror(errno));
    if (file)
        unlink(file);
    return false;
}
