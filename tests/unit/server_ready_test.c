#include "mockserver/server_ready.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

/* Tells it with standard output going to `path`. */
static bool tell_to(const char *path, const struct server_ready *ready, const char *file,
                    struct problem *problem)
{
    int kept = dup(STDOUT_FILENO), to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CU_ASSERT_FATAL(kept >= 0 && to >= 0);
    fflush(stdout);
    dup2(to, STDOUT_FILENO);
    bool told = server_ready_tell(ready, file, problem);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(to);
    return told;
}

static void expect_content(const char *path, const char *expected)
{
    char text[1024] = "";
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    CU_ASSERT_STRING_EQUAL(text, expected);
}

static const struct endpoint listens = {"127.0.0.1", 2525};

/* The same line in both places, quotes and controls of a name made harmless. */
static void test_both_places(void)
{
    static const char expected[] = "\"scenario\":\"a\\\"b\\\\c?d??\"";
    struct fixture fixture = fixture_make();
    struct fixture_path out = fixture_path(&fixture, "out"), file = fixture_path(&fixture, "ready");
    struct problem problem = {""};
    const struct server_ready ready = {&listens, 0, "a\"b\\c\nd\xc3\xa4"};
    char text[1024] = "";
    CU_ASSERT_TRUE(tell_to(out.text, &ready, file.text, &problem));
    FILE *stream = fopen(out.text, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, expected));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"port\":2525"));
    expect_content(file.text, text);
    fixture_remove(&fixture);
}

/* Who reads standard output was promised that the file tells the truth: without it there is none.
 */
static void test_output_is_full(void)
{
    struct fixture fixture = fixture_make();
    struct fixture_path file = fixture_path(&fixture, "ready");
    struct problem problem = {""};
    const struct server_ready ready = {&listens, 53, "x"};
    CU_ASSERT_FALSE(tell_to("/dev/full", &ready, file.text, &problem));
    CU_ASSERT_STRING_EQUAL(problem.text, "standard output: can't write: No space left on device");
    CU_ASSERT_NOT_EQUAL(access(file.text, F_OK), 0);
    CU_ASSERT_FALSE(tell_to("/dev/full", &ready, NULL, &problem));
    fixture_remove(&fixture);
}

/* Standard output then says nothing either. */
static void test_file_not_written(void)
{
    struct fixture fixture = fixture_make();
    struct fixture_path out = fixture_path(&fixture, "out"),
                        nowhere = fixture_path(&fixture, "none/ready"),
                        folder = fixture_path(&fixture, "folder");
    struct problem problem = {""};
    const struct server_ready ready = {&listens, 0, "x"};
    char long_path[5000];
    memset(long_path, 'x', sizeof long_path - 1);
    long_path[sizeof long_path - 1] = '\0';
    CU_ASSERT_FALSE(tell_to(out.text, &ready, nowhere.text, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "No such file or directory"));
    CU_ASSERT_FALSE(tell_to(out.text, &ready, long_path, &problem));
    CU_ASSERT_STRING_EQUAL(problem.text, "--ready-file: the path is too long");
    fixture_write(&fixture, "folder/inside", "");
    CU_ASSERT_FALSE(tell_to(out.text, &ready, folder.text, &problem)); /* a folder is in the way */
    expect_content(out.text, "");
    char beside[300];
    snprintf(beside, sizeof beside, "%s.%ld", folder.text, (long)getpid());
    CU_ASSERT_NOT_EQUAL(access(beside, F_OK), 0); /* what was begun is gone */
    fixture_remove(&fixture);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"both places", test_both_places},
        {"output is full", test_output_is_full},
        {"file not written", test_file_not_written},
    };
    return unit_main("server_ready", tests, sizeof tests / sizeof *tests, argc, argv);
}
