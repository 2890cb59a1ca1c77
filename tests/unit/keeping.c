#include "tests/unit/keeping.h"

#include <CUnit/CUnit.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 512 };

static const char *const folders[] = {"mail/new", "mail/tmp", "mail/cur"};

static void path_of(const struct keeping *keeping, const char *name, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/%s", keeping->folder, name);
}

void keeping_make(struct keeping *keeping)
{
    *keeping = (struct keeping){.folder = "/tmp/keeping-test-XXXXXX"};
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(keeping->folder));
}

void keeping_remove(struct keeping *keeping)
{
    char path[PATH_SIZE];
    keeping_empty(keeping);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        path_of(keeping, folders[i], path);
        rmdir(path);
    }
    path_of(keeping, "mail", path);
    rmdir(path);
    CU_ASSERT_EQUAL(rmdir(keeping->folder), 0);
}

static void journal_failed(void *owner, const char *text)
{
    struct keeping *keeping = owner;
    keeping->journal_faults += text[0] != '\0';
}

bool keeping_open(struct keeping *keeping, const struct scenario *scenario, struct problem *problem)
{
    char spool[PATH_SIZE], file[PATH_SIZE];
    path_of(keeping, "mail", spool);
    path_of(keeping, "journal", file);
    keeping->journal_faults = 0;
    struct journal_options journal = {.file = file, .failed = journal_failed, .owner = keeping};
    keeping->loop = loop_virtual_new(&(struct loop_network){.latency = USEC_PER_MSEC}, problem);
    keeping->spool = keeping->loop ? spool_open(spool, problem) : NULL;
    keeping->journal = keeping->spool ? journal_open(keeping->loop, &journal, problem) : NULL;
    if (!keeping->journal)
        return false;
    struct centre_options options = {
        .listen = {.address = "127.0.0.1", .port = 2525},
        .scenario = scenario,
        .clock = {.pace = 1, .sender_limit = 5 * USEC_PER_SEC},
        .seed = 1,
        .sink = journal_sink(keeping->journal),
        .spool = keeping->spool,
    };
    keeping->centre = centre_open(keeping->loop, &options, problem);
    return keeping->centre != NULL;
}

void keeping_close(struct keeping *keeping)
{
    centre_close(keeping->centre);
    journal_close(keeping->journal);
    spool_close(keeping->spool);
    if (keeping->loop) {
        loop_run(keeping->loop);
        loop_free(keeping->loop);
    }
    keeping->centre = NULL;
    keeping->journal = NULL;
    keeping->spool = NULL;
    keeping->loop = NULL;
}

/* Calls for each file there, with the folder's descriptor; returns how many there are. */
static size_t each_file(const struct keeping *keeping, const char *name,
                        size_t (*each)(int folder, const char *file, struct octets message),
                        struct octets message)
{
    char path[PATH_SIZE];
    size_t count = 0;
    path_of(keeping, name, path);
    DIR *folder = opendir(path);
    if (!folder)
        return 0; /* it was never made */
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.')
            count += each(dirfd(folder), entry->d_name, message);
    closedir(folder);
    return count;
}

static size_t counted(int folder, const char *file, struct octets message)
{
    (void)folder, (void)file, (void)message;
    return 1;
}

static size_t removed(int folder, const char *file, struct octets message)
{
    (void)message;
    return unlinkat(folder, file, 0) == 0;
}

static size_t same(int folder, const char *file, struct octets message)
{
    struct stat status;
    int opened = openat(folder, file, O_RDONLY | O_CLOEXEC);
    uint8_t *octets = malloc(message.count + 1);
    bool is_same = opened >= 0 && octets && fstat(opened, &status) == 0 &&
                   (size_t)status.st_size == message.count &&
                   read(opened, octets, message.count + 1) == (ssize_t)message.count &&
                   octets_equal((struct octets){octets, message.count}, message);
    if (opened >= 0)
        close(opened);
    free(octets);
    return is_same;
}

size_t keeping_files(const struct keeping *keeping, const char *folder)
{
    char name[32];
    snprintf(name, sizeof name, "mail/%s", folder);
    return each_file(keeping, name, counted, (struct octets){0});
}

size_t keeping_copies(const struct keeping *keeping, struct octets message)
{
    return each_file(keeping, "mail/new", same, message);
}

void keeping_empty(const struct keeping *keeping)
{
    char path[PATH_SIZE];
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        each_file(keeping, folders[i], removed, (struct octets){0});
    path_of(keeping, "journal", path);
    unlink(path);
}
