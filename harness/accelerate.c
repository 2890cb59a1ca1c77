#include "harness/accelerate.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "harness/sut.h"

enum { HEAD_SIZE = 4096, SCRIPTS_DEEP = 5, HEADERS_MOST = 128 };

char *accelerate_library(struct problem *problem)
{
    /* The one for programs with threads does for those without them too. */
    static const char *const places[] = {
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/arm-linux-gnueabihf/faketime/libfaketimeMT.so.1",
        "/usr/lib/i386-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/riscv64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/powerpc64le-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/s390x-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib64/faketime/libfaketimeMT.so.1",
        "/usr/lib/faketime/libfaketimeMT.so.1",
        "/usr/local/lib/faketime/libfaketimeMT.so.1",
    };
    const char *named = getenv("NACCS_FAKETIME"), *found = NULL;
    if (named && *named)
        found = access(named, R_OK) == 0 ? named : NULL;
    for (size_t i = 0; !named && !found && i < sizeof places / sizeof *places; i++)
        found = access(places[i], R_OK) == 0 ? places[i] : NULL;
    if (!found) {
        problem_set(problem,
                    "--accelerate needs libfaketime, and %s; on Debian: apt-get install faketime",
                    named && *named ? "the file that NACCS_FAKETIME names cannot be read"
                                    : "it is not installed where it is looked for");
        return NULL;
    }
    char *library = strdup(found);
    if (!library)
        problem_set(problem, "no memory");
    return library;
}

/* The beginning of a file. */
struct head {
    uint8_t at[HEAD_SIZE];
    size_t count;
};

static bool read_at(int fd, off_t from, void *to, size_t count)
{
    ssize_t got = pread(fd, to, count, from);
    return got >= 0 && (size_t)got == count;
}

/* What the dynamic linker goes by. */
struct object {
    bool is_elf;
    uint8_t class, order;
    uint16_t machine;
    bool has_interpreter;
};

static void look_at_headers(int fd, struct object *object, uint64_t offset, size_t size,
                            unsigned count)
{
    for (unsigned i = 0; i < count && i < HEADERS_MOST; i++) {
        uint32_t type; /* stands first in both classes */
        if (!read_at(fd, (off_t)(offset + i * size), &type, sizeof type))
            return;
        object->has_interpreter = object->has_interpreter || type == PT_INTERP;
    }
}

/* Anything that is no ELF file is none; only what can't be read is a failure. */
static bool look_at(const char *file, struct object *object, struct head *head)
{
    Elf64_Ehdr wide;
    Elf32_Ehdr narrow;
    *object = (struct object){0};
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t got = read(fd, head->at, sizeof head->at);
    head->count = got > 0 ? (size_t)got : 0;
    if (head->count >= sizeof narrow && memcmp(head->at, ELFMAG, SELFMAG) == 0) {
        memcpy(&narrow, head->at, sizeof narrow);
        *object = (struct object){.is_elf = true,
                                  .class = narrow.e_ident[EI_CLASS],
                                  .order = narrow.e_ident[EI_DATA],
                                  .machine = narrow.e_machine};
        if (object->class == ELFCLASS64 && head->count >= sizeof wide) {
            memcpy(&wide, head->at, sizeof wide);
            look_at_headers(fd, object, wide.e_phoff, wide.e_phentsize, wide.e_phnum);
        } else {
            look_at_headers(fd, object, narrow.e_phoff, narrow.e_phentsize, narrow.e_phnum);
        }
    }
    close(fd);
    return got >= 0;
}

/* The dynamic linker heeds no LD_PRELOAD where a program gains what its user has not. */
static bool gains_privileges(const char *file)
{
    struct stat status;
    if (stat(file, &status) != 0)
        return false;
    return (status.st_mode & S_ISUID && status.st_uid != geteuid()) ||
           (status.st_mode & S_ISGID && status.st_gid != getegid()) ||
           (geteuid() != 0 && getxattr(file, "security.capability", NULL, 0) > 0);
}

/* The next word of a script's first line; null behind the last. */
static char *next_word(char **at)
{
    *at += strspn(*at, " \t");
    char *word = *at;
    *at += strcspn(*at, " \t");
    if (**at)
        *(*at)++ = '\0';
    return *word ? word : NULL;
}

/* What a script's first line names: the interpreter, and through env the program that it looks for.
 * To be freed. Null: it is no script, or env was asked for something else. */
static char *interpreter_of(struct head *head, struct problem *problem)
{
    char line[256];
    if (head->count < 2 || memcmp(head->at, "#!", 2) != 0)
        return NULL;
    size_t count = 0;
    while (count + 1 < sizeof line && count + 2 < head->count && head->at[count + 2] != '\n' &&
           head->at[count + 2] != '\0')
        count++;
    memcpy(line, head->at + 2, count);
    line[count] = '\0';
    char *at = line, *name = next_word(&at);
    const char *last = name ? strrchr(name, '/') : NULL;
    if (!last || strcmp(last, "/env") != 0)
        return name ? strdup(name) : NULL;
    char *word = next_word(&at);
    while (word && (word[0] == '-' || strchr(word, '=')))
        word = next_word(&at);
    return sut_find_program(word ? word : name, problem);
}

static bool is_reached(const char *file, const struct object *program, const struct object *library,
                       struct problem *problem)
{
    if (!program->has_interpreter)
        problem_set(problem, "--accelerate: %s is linked statically: libfaketime cannot reach it",
                    file);
    else if (program->class != library->class || program->order != library->order ||
             program->machine != library->machine)
        problem_set(problem,
                    "--accelerate: %s is for another machine or word size than libfaketime", file);
    else if (gains_privileges(file))
        problem_set(problem,
                    "--accelerate: %s gains privileges as it starts (setuid, setgid or a "
                    "capability): libfaketime cannot reach it",
                    file);
    else
        return true;
    return false;
}

bool accelerate_reaches(const char *program, const char *library, struct problem *problem)
{
    struct head head;
    struct object wanted, object;
    if (!look_at(library, &wanted, &head) || !wanted.is_elf) {
        problem_set(problem, "--accelerate: %s is no shared library", library);
        return false;
    }
    char *file = strdup(program);
    bool reached = false;
    for (int depth = 0; file && depth < SCRIPTS_DEEP; depth++) {
        if (!look_at(file, &object, &head)) {
            problem_set(problem, "--accelerate: %s cannot be read: %s", file, strerror(errno));
            break;
        }
        if (object.is_elf) {
            reached = is_reached(file, &object, &wanted, problem);
            break;
        }
        problem_set(problem, "--accelerate: %s is neither a program nor a script", file);
        char *next = interpreter_of(&head, problem);
        free(file);
        file = next;
    }
    free(file);
    return reached;
}

static bool is_name(const char *entry, const char *name)
{
    size_t count = strlen(name);
    return strncmp(entry, name, count) == 0 && (entry[count] == '\0' || entry[count] == '=');
}

/* Variables that would make of libfaketime something else than a fast clock, and what they must
 * hold. */
static const struct invocation_pair quiet[] = {
    {"FAKETIME_NO_CACHE", "1"},
    {"DONT_FAKE_MONOTONIC", "0"},
    {"FAKETIME_DONT_FAKE_MONOTONIC", "0"},
    {"FAKETIME_DONT_RESET", "0"},
    {"NO_FAKE_STAT", "1"},
};

enum { QUIET = sizeof quiet / sizeof *quiet };

static bool is_ours(const char *name)
{
    for (size_t i = 0; i < QUIET; i++)
        if (strcmp(name, quiet[i].name) == 0)
            return true;
    return strcmp(name, "LD_PRELOAD") == 0 || strcmp(name, "FAKETIME") == 0;
}

bool accelerate_environment_make(struct accelerate_environment *environment, const char *library,
                                 double factor, const struct invocation_pair *given, size_t count,
                                 char *const *inherited)
{
    struct accelerate_environment made = {.at = calloc(count + QUIET + 2, sizeof *made.at)};
    const char *others = "";
    for (; *inherited; inherited++)
        if (is_name(*inherited, "LD_PRELOAD"))
            others = *inherited + strlen("LD_PRELOAD=");
    for (size_t i = 0; made.at && i < count; i++) {
        if (!is_ours(given[i].name))
            made.at[made.count++] = given[i];
        else if (strcmp(given[i].name, "LD_PRELOAD") == 0)
            others = given[i].value;
    }
    if (asprintf(&made.preload, "%s%s%s", library, *others ? ":" : "", others) < 0)
        made.preload = NULL;
    if (asprintf(&made.factor, "+0 x%.6g", factor) < 0)
        made.factor = NULL;
    if (!made.at || !made.preload || !made.factor) {
        accelerate_environment_free(&made);
        return false;
    }
    for (size_t i = 0; i < QUIET; i++)
        made.at[made.count++] = quiet[i];
    made.at[made.count++] = (struct invocation_pair){"LD_PRELOAD", made.preload};
    made.at[made.count++] = (struct invocation_pair){"FAKETIME", made.factor};
    *environment = made;
    return true;
}

void accelerate_environment_free(struct accelerate_environment *environment)
{
    free(environment->at);
    free(environment->preload);
    free(environment->factor);
    *environment = (struct accelerate_environment){0};
}
