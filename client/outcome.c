#include "client/outcome.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "client/client.h"
#include "wire/buf.h"

const char *client_outcome_name(enum outcome outcome)
{
    switch (outcome) {
    case CLIENT_UNSENT:
        return "unsent";
    case CLIENT_ACCEPTED:
        return "accepted";
    case CLIENT_REFUSED:
        return "refused";
    case CLIENT_DEFERRED:
        return "deferred";
    case CLIENT_UNKNOWN:
        return "unknown";
    }
    return "";
}

/* The strongest statement first: what was accepted stays so whatever came behind it, and a refusal
 * is for good, which nothing else is. */
int client_exit_status(const struct client_result *result)
{
    size_t accepted = 0, refused = 0;
    for (size_t i = 0; i < result->count; i++) {
        accepted += result->messages[i].outcome == CLIENT_ACCEPTED;
        refused += result->messages[i].outcome == CLIENT_REFUSED;
    }
    if (accepted == result->count)
        return EX_OK;
    if (refused > 0)
        return EX_UNAVAILABLE;
    if (result->protocol_error)
        return EX_PROTOCOL;
    if (result->centre_not_found)
        return EX_NOHOST;
    return EX_TEMPFAIL;
}

/* A file's name as JSON text: what is no UTF-8 is written as \xNN. */
static json_t *name_text(const char *name)
{
    json_t *text = json_string(name);
    if (text)
        return text;
    struct buf escaped = BUF_INIT(0);
    bool kept = true;
    for (const char *at = name; *at && kept; at++) {
        unsigned octet = (unsigned char)*at;
        kept = octet < 128 ? buf_append_octet(&escaped, (uint8_t)octet)
                           : buf_format(&escaped, "\\x%02x", octet);
    }
    if (kept)
        text = json_stringn((const char *)escaped.at, escaped.count);
    buf_free(&escaped);
    return text;
}

static json_t *message_json(const struct message_outcome *message)
{
    return json_pack("{s:o, s:s, s:i, s:s, s:i, s:s, s:b, s:b}", "name", name_text(message->name),
                     "outcome", client_outcome_name(message->outcome), "code", message->code,
                     "stage", limit_stage_name(message->stage), "attempts", (int)message->attempts,
                     "text", message->text, "timed_out", message->timed_out, "protocol_error",
                     message->protocol_error);
}

static json_t *result_json(const struct client_result *result)
{
    json_t *messages = json_array();
    for (size_t i = 0; messages && i < result->count; i++) {
        if (json_array_append_new(messages, message_json(&result->messages[i])) != 0) {
            json_decref(messages);
            return NULL;
        }
    }
    return json_pack("{s:o, s:i, s:b, s:b, s:i}", "messages", messages, "connections",
                     (int)result->connections, "centre_not_found", result->centre_not_found,
                     "protocol_error", result->protocol_error, "exit_status",
                     client_exit_status(result));
}

static bool write_stream(FILE *stream, const json_t *json)
{
    bool written = json_dumpf(json, stream, JSON_INDENT(2)) == 0 && fputc('\n', stream) != EOF;
    return fflush(stream) == 0 && written;
}

static bool write_and_close(int fd, const json_t *json)
{
    FILE *stream = fdopen(fd, "w");
    if (!stream) {
        close(fd);
        return false;
    }
    bool written = write_stream(stream, json);
    return fclose(stream) == 0 && written;
}

/* Beside the file, then renamed: a reader sees the old one or the whole new one. */
static bool replace_file(const char *file, const json_t *json)
{
    struct buf name = BUF_INIT(0);
    bool done = false;
    if (buf_format(&name, "%s.%ld.tmp", file, (long)getpid()) && buf_append_octet(&name, 0)) {
        const char *temporary = (const char *)name.at;
        unlink(temporary); /* of a process that had our number and died */
        int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0) {
            done = write_and_close(fd, json) && rename(temporary, file) == 0;
            int kept = errno;
            if (!done)
                unlink(temporary);
            errno = kept;
        }
    }
    buf_free(&name);
    return done;
}

static bool write_file(const char *file, const json_t *json)
{
    struct stat status;
    if (strcmp(file, "-") == 0)
        return write_stream(stdout, json);
    if (stat(file, &status) != 0 || S_ISREG(status.st_mode))
        return replace_file(file, json);
    /* A pipe or a device can't be replaced. */
    int fd = open(file, O_WRONLY | O_CLOEXEC);
    return fd >= 0 && write_and_close(fd, json);
}

bool client_outcome_write(const struct client_result *result, const char *file,
                          struct problem *problem)
{
    json_t *json = result_json(result);
    if (!json) {
        problem_set(problem, "%s: no memory for the outcome", file);
        return false;
    }
    bool written = write_file(file, json);
    if (!written)
        problem_set(problem, "%s: %s", file, strerror(errno));
    json_decref(json);
    return written;
}
