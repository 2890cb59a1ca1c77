/* What the tests of the scenario loader have in common: loading, with the faults kept. Their files
 * stand in tests/unit/data/scenarios. */
#ifndef TESTS_UNIT_LOADING_H
#define TESTS_UNIT_LOADING_H

#include <stdio.h>
#include <stdlib.h>

#include "mockserver/scenario_load.h"
#include "tests/unit/unit.h"

#define DATA "tests/unit/data/scenarios"

/* The faults that were told, a line each. */
struct told {
    char text[65536];
    size_t count;
};

static inline void tell(void *owner, const char *text)
{
    struct told *told = owner;
    size_t used = strlen(told->text);
    snprintf(told->text + used, sizeof told->text - used, "%s\n", text);
    told->count++;
}

/* The root, and requirements, of the golden folders. */
static inline struct scenario_load_options options_for(struct told *told)
{
    static const char *const known_requirements[] = {"CODE-1", "CODE-3", "QUIT-1"};
    told->text[0] = '\0';
    told->count = 0;
    return (struct scenario_load_options){.root = DATA "/suite",
                                          .requirements = known_requirements,
                                          .requirement_count = 3,
                                          .fault = tell,
                                          .owner = told};
}

/* A whole file, a NUL behind it; to be freed. */
static inline char *slurp(const char *path, size_t *count)
{
    FILE *file = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    char *text = malloc(1 << 20);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    *count = fread(text, 1, (1 << 20) - 1, file);
    text[*count] = '\0';
    fclose(file);
    return text;
}

/* Loads text; the set is empty where it is refused. */
static inline struct scenario_set load_text(const char *text, struct told *told)
{
    struct scenario_load_options options = options_for(told);
    struct scenario_set set = {NULL, 0};
    bool loaded = scenario_load_text(octets_of(text), "text.json", &options, &set);
    CU_ASSERT_EQUAL(loaded, set.count > 0);
    CU_ASSERT_EQUAL(loaded, told->count == 0);
    return set;
}

/* Loads a file that is valid. */
static inline struct scenario_set load_file(const char *path)
{
    struct told told;
    struct scenario_load_options options = options_for(&told);
    struct scenario_set set = {NULL, 0};
    bool loaded = scenario_load(path, &options, &set);
    if (!loaded)
        fputs(told.text, stderr);
    CU_ASSERT_TRUE_FATAL(loaded);
    return set;
}

static inline void check_octets(struct octets octets, const char *expected, size_t count)
{
    CU_ASSERT_TRUE(octets_equal(octets, (struct octets){(const uint8_t *)expected, count}));
}

#endif
