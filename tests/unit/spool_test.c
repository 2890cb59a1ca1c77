#include "mockserver/spool.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

struct place {
    char folder[64];
    char spool[96];
    struct spool *opened;
};

static void place_make(struct place *place)
{
    strcpy(place->folder, "/tmp/spool-test-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place->folder));
    snprintf(place->spool, sizeof place->spool, "%s/mail", place->folder);
    struct problem problem = {""};
    place->opened = spool_open(place->spool, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(place->opened);
}

/* How many files there are; with `empty`, they are removed too. */
static size_t files_in(const struct place *place, const char *name, bool empty)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", place->spool, name);
    DIR *folder = opendir(path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.') {
            count++;
            if (empty)
                unlinkat(dirfd(folder), entry->d_name, 0);
        }
    closedir(folder);
    if (empty)
        rmdir(path);
    return count;
}

static void place_remove(struct place *place)
{
    spool_close(place->opened);
    files_in(place, "tmp", true);
    files_in(place, "new", true);
    files_in(place, "cur", true);
    rmdir(place->spool);
    rmdir(place->folder);
}

/* The file in new/ holds just these octets, and nobody else may read it. */
static bool stored(const struct place *place, const char *name, struct octets octets)
{
    char path[256];
    snprintf(path, sizeof path, "%s/new/%s", place->spool, name);
    struct stat status;
    if (stat(path, &status) != 0 || (status.st_mode & 0777) != 0600 ||
        (size_t)status.st_size != octets.count)
        return false;
    uint8_t *read_back = malloc(octets.count + 1);
    int file = open(path, O_RDONLY);
    bool same = read_back && file >= 0 &&
                read(file, read_back, octets.count + 1) == (ssize_t)octets.count &&
                octets_equal((struct octets){read_back, octets.count}, octets);
    close(file);
    free(read_back);
    return same;
}

static void test_small(void)
{
    struct place place;
    place_make(&place);
    char name[SPOOL_NAME_SIZE] = "";
    struct problem problem = {""};
    struct spool_message *message = spool_begin(place.opened);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    CU_ASSERT_TRUE(spool_write(message, OCTETS("From: a\r\n")));
    CU_ASSERT_TRUE(spool_write(message, OCTETS("\r\n")));
    CU_ASSERT_EQUAL(files_in(&place, "tmp", false), 0);
    CU_ASSERT_EQUAL(files_in(&place, "new", false), 0);
    CU_ASSERT_TRUE(spool_commit(message, 1767225600000042, name, &problem));
    CU_ASSERT_EQUAL(strncmp(name, "1767225600.M000042P", 19), 0);
    CU_ASSERT_TRUE(stored(&place, name, OCTETS("From: a\r\n\r\n")));
    CU_ASSERT_EQUAL(files_in(&place, "tmp", false), 0);
    struct stat status;
    CU_ASSERT_EQUAL(stat(place.spool, &status), 0);
    CU_ASSERT_EQUAL(status.st_mode & 0777, 0700);
    place_remove(&place);
}

static void test_empty(void)
{
    struct place place;
    place_make(&place);
    char name[SPOOL_NAME_SIZE];
    struct spool_message *message = spool_begin(place.opened);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    CU_ASSERT_TRUE(spool_commit(message, 0, name, NULL));
    CU_ASSERT_TRUE(stored(&place, name, (struct octets){0}));
    place_remove(&place);
}

static void test_pieces(void)
{
    static const size_t pieces[] = {1, 1000, 65535, 65536, 65537, 300000, 700000};
    size_t count = 700000;
    uint8_t *octets = malloc(count);
    CU_ASSERT_PTR_NOT_NULL_FATAL(octets);
    for (size_t i = 0; i < count; i++)
        octets[i] = (uint8_t)(i * 31 + (i >> 8));
    struct place place;
    place_make(&place);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct spool_message *message = spool_begin(place.opened);
        CU_ASSERT_PTR_NOT_NULL_FATAL(message);
        for (size_t at = 0; at < count; at += pieces[i]) {
            size_t piece = pieces[i] < count - at ? pieces[i] : count - at;
            CU_ASSERT_TRUE_FATAL(spool_write(message, (struct octets){octets + at, piece}));
        }
        CU_ASSERT_EQUAL(files_in(&place, "tmp", false), 1);
        char name[SPOOL_NAME_SIZE];
        CU_ASSERT_TRUE(spool_commit(message, 5, name, NULL));
        CU_ASSERT_TRUE(stored(&place, name, (struct octets){octets, count}));
    }
    CU_ASSERT_EQUAL(files_in(&place, "tmp", false), 0);
    free(octets);
    place_remove(&place);
}

static void test_abort(void)
{
    struct place place;
    place_make(&place);
    uint8_t large[70000] = {0};
    struct spool_message *message = spool_begin(place.opened);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    CU_ASSERT_TRUE(spool_write(message, (struct octets){large, sizeof large}));
    CU_ASSERT_EQUAL(files_in(&place, "tmp", false), 1);
    spool_abort(message);
    message = spool_begin(place.opened);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    spool_abort(message);
    spool_abort(NULL);
    CU_ASSERT_EQUAL(files_in(&place, "tmp", false), 0);
    CU_ASSERT_EQUAL(files_in(&place, "new", false), 0);
    place_remove(&place);
}

static void test_names_differ(void)
{
    struct place place;
    place_make(&place);
    char names[20][SPOOL_NAME_SIZE];
    for (int i = 0; i < 10; i++)
        CU_ASSERT_TRUE(spool_commit(spool_begin(place.opened), 77, names[i], NULL));
    /* Another spool in the same folder, process and second: it counts anew. */
    struct spool *again = spool_open(place.spool, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(again);
    for (int i = 10; i < 20; i++)
        CU_ASSERT_TRUE(spool_commit(spool_begin(again), 77, names[i], NULL));
    CU_ASSERT_EQUAL(files_in(&place, "new", false), 20);
    spool_close(again);
    place_remove(&place);
}

/* A file-size limit stands for the full disk. */
static void test_disk_full(void)
{
    struct place place;
    place_make(&place);
    struct rlimit before, small;
    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &before), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    small = before;
    small.rlim_cur = 100000;
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &small), 0);

    uint8_t piece[60000] = {0};
    struct problem problem = {""};
    char name[SPOOL_NAME_SIZE] = "untouched";
    struct spool_message *message = spool_begin(place.opened);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    CU_ASSERT_TRUE(spool_write(message, (struct octets){piece, sizeof piece}));
    CU_ASSERT_TRUE(spool_write(message, (struct octets){piece, sizeof piece}));
    CU_ASSERT_FALSE(spool_write(message, (struct octets){piece, sizeof piece}));
    CU_ASSERT_FALSE(spool_write(message, (struct octets){piece, 1}));
    CU_ASSERT_FALSE(spool_commit(message, 0, name, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "File too large"));
    CU_ASSERT_STRING_EQUAL(name, "untouched");
    /* The last piece can fail as well. */
    message = spool_begin(place.opened);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    CU_ASSERT_TRUE(spool_write(message, (struct octets){piece, sizeof piece}));
    CU_ASSERT_TRUE(spool_write(message, (struct octets){piece, sizeof piece}));
    CU_ASSERT_FALSE(spool_commit(message, 0, name, &problem));

    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    CU_ASSERT_EQUAL(files_in(&place, "tmp", false), 0);
    CU_ASSERT_EQUAL(files_in(&place, "new", false), 0);
    place_remove(&place);
}

static void test_folder_can_not_be_made(void)
{
    struct problem problem = {""};
    CU_ASSERT_PTR_NULL(spool_open("/dev/null/mail", &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/dev/null/mail"));
    problem.text[0] = '\0';
    CU_ASSERT_PTR_NULL(spool_open("/dev/null", &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/dev/null"));
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"small", test_small},
        {"empty", test_empty},
        {"pieces", test_pieces},
        {"abort", test_abort},
        {"names differ", test_names_differ},
        {"disk full", test_disk_full},
        {"folder can't be made", test_folder_can_not_be_made},
    };
    return unit_main("spool", tests, sizeof tests / sizeof *tests, argc, argv);
}
