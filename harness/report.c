#include "harness/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct format {
    const char *name;
    bool (*write)(FILE *stream, const struct report_context *context);
};

static const struct format formats[] = {
    {"text", report_text}, {"json", report_json}, {"junit", report_junit},
    {"tap", report_tap},   {"html", report_html}, {"markdown", report_markdown},
};

/* The format of "FORMAT:FILE", and where FILE begins; null where there is none of that name. */
static const struct format *format_of(const char *format_and_file, const char **file)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        size_t count = strlen(formats[i].name);
        if (strncmp(format_and_file, formats[i].name, count) == 0 &&
            format_and_file[count] == ':') {
            *file = format_and_file + count + 1;
            return &formats[i];
        }
    }
    return NULL;
}

bool report_check(const char *format_and_file, struct problem *problem)
{
    const char *file = "";
    if (!format_of(format_and_file, &file))
        problem_set(problem,
                    "--report %s: expected FORMAT:FILE, with text, json, junit, tap, html or "
                    "markdown as FORMAT",
                    format_and_file);
    else if (!*file)
        problem_set(problem, "--report %s: the file is missing", format_and_file);
    else
        return true;
    return false;
}

bool report_is_standard_output(const char *format_and_file)
{
    const char *file = "";
    return format_of(format_and_file, &file) && strcmp(file, "-") == 0;
}

bool report_is_text(const char *format_and_file)
{
    const char *file;
    const struct format *format = format_of(format_and_file, &file);
    return format && format->write == report_text;
}

/* What passed between two others is not for everybody: so it is as the umask says without the
 * others, until somebody has said otherwise by the mode of the file that is there. */
static mode_t mode_of(const struct stat *there)
{
    if (there)
        return there->st_mode & 0777;
    mode_t mask = umask(0);
    umask(mask);
    return 0660 & ~mask;
}

static bool write_beside(const char *file, char *temporary, mode_t mode,
                         const struct report_writer *writer, struct problem *problem)
{
    int fd = mkstemp(temporary);
    FILE *stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!stream) {
        problem_set(problem, "%s: cannot be written: %s", file, strerror(errno));
        if (fd >= 0) {
            close(fd);
            unlink(temporary);
        }
        return false;
    }
    (void)fchmod(fd, mode);
    bool good = writer->write(stream, writer->owner) && !ferror(stream);
    good = fclose(stream) == 0 && good;
    if (good && rename(temporary, file) == 0)
        return true;
    problem_set(problem, "%s: cannot be written: %s", file, strerror(errno));
    unlink(temporary);
    return false;
}

bool report_deliver(const char *file, const struct report_writer *writer, struct problem *problem)
{
    struct stat status;
    bool exists = stat(file, &status) == 0, special = exists && !S_ISREG(status.st_mode);
    if (strcmp(file, "-") == 0 || special) {
        FILE *stream = special ? fopen(file, "w") : stdout;
        bool good = stream && writer->write(stream, writer->owner) && fflush(stream) == 0;
        if (special && stream)
            good = fclose(stream) == 0 && good;
        if (!good)
            problem_set(problem, "%s: cannot be written: %s", special ? file : "standard output",
                        strerror(errno));
        return good;
    }
    size_t size = strlen(file) + 8;
    char *temporary = malloc(size);
    if (!temporary) {
        problem_set(problem, "%s: no memory", file);
        return false;
    }
    snprintf(temporary, size, "%s.XXXXXX", file);
    bool good = write_beside(file, temporary, mode_of(exists ? &status : NULL), writer, problem);
    free(temporary);
    return good;
}

/* A report in one format. */
struct delivery {
    const struct format *format;
    struct report_context context;
};

static bool write_report(FILE *stream, const void *owner)
{
    const struct delivery *delivery = owner;
    return delivery->format->write(stream, &delivery->context);
}

bool report_to_file(const char *format_and_file, const struct report_context *context,
                    struct problem *problem)
{
    const char *file;
    if (!report_check(format_and_file, problem))
        return false;
    struct delivery delivery = {format_of(format_and_file, &file), *context};
    /* A file has no colours, whatever the terminal has. */
    delivery.context.colour = context->colour && strcmp(file, "-") == 0;
    return report_deliver(file, &(struct report_writer){write_report, &delivery}, problem);
}

bool report_conforms(const struct run_results *results)
{
    return results->failed == 0 && results->unexpected == 0 && results->errors == 0 &&
           results->open == 0 && !results->interrupted;
}
