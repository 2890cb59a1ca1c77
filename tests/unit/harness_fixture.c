#include "tests/unit/harness_fixture.h"

#include <CUnit/CUnit.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct fixture fixture_make(void)
{
    struct fixture fixture = {"/tmp/naccs-test.XXXXXX"};
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(fixture.folder));
    return fixture;
}

struct fixture_path fixture_path(const struct fixture *fixture, const char *name)
{
    struct fixture_path path;
    snprintf(path.text, sizeof path.text, "%s/%s", fixture->folder, name);
    return path;
}

void fixture_write(const struct fixture *fixture, const char *name, const char *text)
{
    struct fixture_path path = fixture_path(fixture, name);
    for (char *slash = path.text + strlen(fixture->folder) + 1; (slash = strchr(slash, '/'));
         slash++) {
        *slash = '\0';
        mkdir(path.text, 0700);
        *slash = '/';
    }
    FILE *stream = fopen(path.text, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT(fputs(text, stream) >= 0);
    CU_ASSERT(fclose(stream) == 0);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

void fixture_remove(struct fixture *fixture)
{
    nftw(fixture->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    fixture->folder[0] = '\0';
}

void fixture_suite(const struct fixture *fixture)
{
    fixture_write(fixture, "requirements.json",
                  "[{\"id\": \"CONN-1\", \"level\": \"must\", \"source\": \"T1\", "
                  "\"text\": {\"en\": \"connects\", \"ja\": \"接続する\"}},\n"
                  " {\"id\": \"TIME-2\", \"level\": \"should\", \"source\": \"RFC 5321\", "
                  "\"text\": {\"en\": \"bounds the reply\"}},\n"
                  " {\"id\": \"HELO-2\", \"level\": \"info\", \"source\": \"RFC 1869\", "
                  "\"text\": {\"en\": \"falls back\"}}]\n");
    fixture_write(fixture, "messages/plain.eml", "Subject: x\r\n\r\nbody\r\n");
}

void fixture_told(void *owner, const char *text)
{
    struct told *told = owner;
    size_t count = strlen(told->text);
    snprintf(told->text + count, sizeof told->text - count, "%s\n", text);
}

bool fixture_load(const struct fixture *fixture, struct suite *suite, struct told *told)
{
    const char *path = fixture->folder;
    *told = (struct told){""};
    const struct suite_options options = {
        .paths = &path, .path_count = 1, .fault = fixture_told, .owner = told};
    return suite_load(&options, suite);
}

struct run_options fixture_options(const struct suite *suite, const size_t *selected, size_t count)
{
    return (struct run_options){.suite = suite,
                                .selected = selected,
                                .selected_count = count,
                                .profile = run_profile_default(),
                                .timeout = 5 * USEC_PER_SEC,
                                .tolerance = 0.25,
                                .tolerance_scale = 1,
                                .pace = 1,
                                .jobs = 4,
                                .seed = 1,
                                .helo = "h.example",
                                .from = "f@h.example"};
}
