#include "harness/accelerate.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

static struct fixture_path write_octets(const struct fixture *fixture, const char *name,
                                        const void *octets, size_t count)
{
    struct fixture_path path = fixture_path(fixture, name);
    FILE *stream = fopen(path.text, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_EQUAL(fwrite(octets, 1, count, stream), count);
    CU_ASSERT_EQUAL(fclose(stream), 0);
    CU_ASSERT_EQUAL(chmod(path.text, 0755), 0);
    return path;
}

/* An ELF file with one program header. */
static struct fixture_path write_elf(const struct fixture *fixture, const char *name,
                                     uint16_t machine, uint32_t type)
{
    struct {
        Elf64_Ehdr header;
        Elf64_Phdr program;
    } file = {
        .header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB},
                   .e_machine = machine,
                   .e_phoff = sizeof(Elf64_Ehdr),
                   .e_phentsize = sizeof(Elf64_Phdr),
                   .e_phnum = 1},
        .program = {.p_type = type},
    };
    return write_octets(fixture, name, &file, sizeof file);
}

static struct fixture_path write_script(const struct fixture *fixture, const char *name,
                                        const char *before, const char *interpreter)
{
    char text[400];
    int count = snprintf(text, sizeof text, "#!%s%s\nexit\n", before, interpreter);
    return write_octets(fixture, name, text, (size_t)count);
}

static void test_programs(void)
{
    struct fixture fixture = fixture_make();
    struct problem problem;
    struct fixture_path kept = write_elf(&fixture, "library", EM_X86_64, PT_LOAD);
    struct fixture_path good = write_elf(&fixture, "dynamic", EM_X86_64, PT_INTERP);
    CU_ASSERT(accelerate_reaches(good.text, kept.text, &problem));
    struct fixture_path fixed = write_elf(&fixture, "static", EM_X86_64, PT_LOAD);
    CU_ASSERT_FALSE(accelerate_reaches(fixed.text, kept.text, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/static is linked statically"));
    struct fixture_path other = write_elf(&fixture, "other", EM_AARCH64, PT_INTERP);
    CU_ASSERT_FALSE(accelerate_reaches(other.text, kept.text, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "another machine"));
    struct fixture_path text = write_octets(&fixture, "text", "hello", 5);
    CU_ASSERT_FALSE(accelerate_reaches(text.text, kept.text, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "neither a program nor a script"));
    CU_ASSERT_FALSE(accelerate_reaches(good.text, text.text, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "no shared library"));
    CU_ASSERT_FALSE(accelerate_reaches("/nowhere/x", kept.text, &problem));
    fixture_remove(&fixture);
}

static void test_privileges(void)
{
    struct fixture fixture = fixture_make();
    struct problem problem;
    struct fixture_path library = write_elf(&fixture, "library", EM_X86_64, PT_LOAD);
    struct fixture_path own = write_elf(&fixture, "own", EM_X86_64, PT_INTERP);
    CU_ASSERT_EQUAL(chmod(own.text, 04755), 0);
    CU_ASSERT(accelerate_reaches(own.text, library.text, &problem)); /* nothing is gained */
    fixture_remove(&fixture);
}

/* Scripts: what counts is what reads them. */
static void test_scripts(void)
{
    struct fixture fixture = fixture_make();
    struct problem problem;
    struct fixture_path library = write_elf(&fixture, "library", EM_X86_64, PT_LOAD);
    struct fixture_path good = write_elf(&fixture, "dynamic", EM_X86_64, PT_INTERP);
    struct fixture_path fixed = write_elf(&fixture, "static", EM_X86_64, PT_LOAD);
    struct fixture_path script = write_script(&fixture, "a", " ", good.text);
    CU_ASSERT(accelerate_reaches(script.text, library.text, &problem));
    script = write_script(&fixture, "b", "", script.text);
    CU_ASSERT(accelerate_reaches(script.text, library.text, &problem));
    script = write_script(&fixture, "c", "/usr/bin/env -S X=1 ", good.text);
    CU_ASSERT(accelerate_reaches(script.text, library.text, &problem));
    script = write_script(&fixture, "d", "/usr/bin/env ", "no-such-command-here");
    CU_ASSERT_FALSE(accelerate_reaches(script.text, library.text, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "no-such-command-here"));
    script = write_script(&fixture, "e", "", fixed.text);
    CU_ASSERT_FALSE(accelerate_reaches(script.text, library.text, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/static is linked statically"));
    struct fixture_path self = fixture_path(&fixture, "f");
    write_script(&fixture, "f", "", self.text);
    CU_ASSERT_FALSE(accelerate_reaches(self.text, library.text, &problem));
    script = write_octets(&fixture, "g", "#!", 2);
    CU_ASSERT_FALSE(accelerate_reaches(script.text, library.text, &problem));
    fixture_remove(&fixture);
}

/* The value of a variable; null: it is not there; "twice" where it is there more than once. */
static const char *value_of(const struct accelerate_environment *environment, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; i < environment->count; i++)
        if (strcmp(environment->at[i].name, name) == 0)
            value = value ? "twice" : environment->at[i].value;
    return value ? value : "";
}

static void test_environment(void)
{
    struct accelerate_environment made;
    char *none[] = {NULL}, before[] = "LD_PRELOAD=/one.so", path[] = "PATH=/bin";
    char *inherited[] = {path, before, NULL};
    const struct invocation_pair given[] = {
        {"A", "b"}, {"FAKETIME", "@2000-01-01 00:00:00"}, {"LD_PRELOAD", "/two.so"}};
    CU_ASSERT_FATAL(accelerate_environment_make(&made, "/f.so", 100, NULL, 0, none));
    CU_ASSERT_STRING_EQUAL(value_of(&made, "LD_PRELOAD"), "/f.so");
    CU_ASSERT_STRING_EQUAL(value_of(&made, "FAKETIME"), "+0 x100");
    CU_ASSERT_STRING_EQUAL(value_of(&made, "DONT_FAKE_MONOTONIC"), "0");
    accelerate_environment_free(&made);
    CU_ASSERT_FATAL(accelerate_environment_make(&made, "/f.so", 2.5, given, 1, inherited));
    CU_ASSERT_STRING_EQUAL(value_of(&made, "LD_PRELOAD"), "/f.so:/one.so");
    CU_ASSERT_STRING_EQUAL(value_of(&made, "FAKETIME"), "+0 x2.5");
    accelerate_environment_free(&made);
    CU_ASSERT_FATAL(accelerate_environment_make(&made, "/f.so", 2, given, 3, inherited));
    CU_ASSERT_STRING_EQUAL(value_of(&made, "LD_PRELOAD"), "/f.so:/two.so");
    CU_ASSERT_STRING_EQUAL(value_of(&made, "FAKETIME"), "+0 x2");
    CU_ASSERT_STRING_EQUAL(value_of(&made, "A"), "b");
    accelerate_environment_free(&made);
}

static void test_library(void)
{
    struct problem problem;
    setenv("NACCS_FAKETIME", "/nowhere/libfaketime.so.1", 1);
    CU_ASSERT_PTR_NULL(accelerate_library(&problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "apt-get install faketime"));
    setenv("NACCS_FAKETIME", "/proc/self/exe", 1);
    char *library = accelerate_library(&problem);
    CU_ASSERT_STRING_EQUAL(library ? library : "", "/proc/self/exe");
    free(library);
    unsetenv("NACCS_FAKETIME");
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"programs", test_programs},   {"privileges", test_privileges},
        {"scripts", test_scripts},     {"the environment", test_environment},
        {"the library", test_library},
    };
    return unit_main("accelerate", tests, sizeof tests / sizeof *tests, argc, argv);
}
