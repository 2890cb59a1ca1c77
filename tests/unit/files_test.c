#include "client/files.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/files_test.XXXXXX";

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_NOT_EQUAL(fputs(text, file), EOF);
    CU_ASSERT_EQUAL(fclose(file), 0);
}

static void set_up(void)
{
    strcpy(strrchr(folder, '.'), ".XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
}

static void expect(const struct client_files *files, size_t i, const char *name, const char *text)
{
    CU_ASSERT_TRUE_FATAL(i < files->count);
    CU_ASSERT_STRING_EQUAL(files->messages[i].name, name);
    CU_ASSERT_TRUE(octets_equal(files->messages[i].octets, octets_of(text)));
}

static void test_files(void)
{
    struct client_files files = {NULL, NULL, 0, 0};
    struct problem problem;
    set_up();
    put("b", "second\r\n");
    put("empty", "");
    CU_ASSERT_TRUE(client_files_add(&files, path_of("b"), &problem));
    CU_ASSERT_TRUE(client_files_add(&files, path_of("empty"), &problem));
    expect(&files, 0, path_of("b"), "second\r\n");
    expect(&files, 1, path_of("empty"), "");
    client_files_free(&files);
    unlink(path_of("b"));
    unlink(path_of("empty"));
    rmdir(folder);
}

static void test_folder(void)
{
    struct client_files files = {NULL, NULL, 0, 0};
    struct problem problem;
    set_up();
    put("b", "B");
    put("A", "a");
    put("10", "ten");
    put("9", "nine");
    put(".hidden", "no");
    mkdir(path_of("sub"), 0700);
    mkfifo(path_of("fifo"), 0600);
    CU_ASSERT_TRUE(client_files_add(&files, folder, &problem));
    CU_ASSERT_EQUAL(files.count, 4);
    expect(&files, 0, path_of("10"), "ten");
    expect(&files, 1, path_of("9"), "nine");
    expect(&files, 2, path_of("A"), "a");
    expect(&files, 3, path_of("b"), "B");
    client_files_free(&files);
    static const char *const names[] = {"b", "A", "10", "9", ".hidden", "fifo"};
    for (size_t i = 0; i < 6; i++)
        unlink(path_of(names[i]));
    CU_ASSERT_FALSE(client_files_add(&files, folder, &problem)); /* nothing but a folder in it */
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "no message in this folder"));
    client_files_free(&files);
    rmdir(path_of("sub"));
    rmdir(folder);
}

static void test_standard_input(void)
{
    struct client_files files = {NULL, NULL, 0, 0};
    struct problem problem;
    int ends[2], kept = dup(STDIN_FILENO);
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    CU_ASSERT_EQUAL(write(ends[1], "from a pipe\r\n", 13), 13);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    CU_ASSERT_TRUE(client_files_add(&files, "-", &problem));
    expect(&files, 0, "-", "from a pipe\r\n");
    CU_ASSERT_FALSE(client_files_add(&files, "-", &problem));
    CU_ASSERT_EQUAL(files.count, 1);
    client_files_free(&files);
    if (kept >= 0) {
        dup2(kept, STDIN_FILENO);
        close(kept);
    }
}

static void test_missing(void)
{
    struct client_files files = {NULL, NULL, 0, 0};
    struct problem problem;
    CU_ASSERT_FALSE(client_files_add(&files, "/nowhere/at/all", &problem));
    CU_ASSERT_STRING_EQUAL(problem.text, "/nowhere/at/all: No such file or directory");
    client_files_free(&files);
}

/* A message of a pipe ends where the pipe does; one without an end is refused before it fills all
 * memory. */
static void test_pipes(void)
{
    struct client_files files = {NULL, NULL, 0, 0};
    struct problem problem;
    set_up();
    CU_ASSERT_EQUAL_FATAL(mkfifo(path_of("pipe"), 0600), 0);
    int writer = open(path_of("pipe"), O_RDWR); /* so that nobody waits for the other */
    CU_ASSERT_FATAL(writer >= 0);
    CU_ASSERT_FALSE(client_files_add(&files, folder, &problem)); /* no message in a folder */
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "no message in this folder"));
    CU_ASSERT_TRUE(client_files_add(&files, "/dev/null", &problem));
    expect(&files, 0, "/dev/null", "");
    CU_ASSERT_FALSE(client_files_add(&files, "/dev/zero", &problem));
    CU_ASSERT_STRING_EQUAL(problem.text, "/dev/zero: longer than 64 MiB, or no memory");
    CU_ASSERT_EQUAL(files.count, 1);
    close(writer);
    client_files_free(&files);
    unlink(path_of("pipe"));
    rmdir(folder);
}

/* What a folder's entry leads to is not there. */
static void test_dangling(void)
{
    struct client_files files = {NULL, NULL, 0, 0};
    struct problem problem;
    set_up();
    put("a", "first");
    CU_ASSERT_EQUAL_FATAL(symlink("nowhere", path_of("b")), 0);
    CU_ASSERT_FALSE(client_files_add(&files, folder, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/b: No such file or directory"));
    CU_ASSERT_EQUAL(files.count, 1); /* what was added before stays */
    client_files_free(&files);
    unlink(path_of("a"));
    unlink(path_of("b"));
    rmdir(folder);
}

static void test_many(void)
{
    struct client_files files = {NULL, NULL, 0, 0};
    struct problem problem;
    set_up();
    put("one", "x");
    for (int i = 0; i < 100; i++)
        CU_ASSERT_TRUE(client_files_add(&files, path_of("one"), &problem));
    CU_ASSERT_EQUAL(files.count, 100);
    expect(&files, 99, path_of("one"), "x");
    client_files_free(&files);
    unlink(path_of("one"));
    rmdir(folder);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"files", test_files},
        {"folder", test_folder},
        {"standard input", test_standard_input},
        {"missing", test_missing},
        {"many", test_many},
        {"pipes", test_pipes},
        {"dangling", test_dangling},
    };
    return unit_main("files", tests, sizeof tests / sizeof *tests, argc, argv);
}
