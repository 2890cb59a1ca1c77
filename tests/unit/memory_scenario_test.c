#include "tests/unit/memory.h"

#include <stdio.h>

#include "mockserver/scenario_load.h"
#include "tests/unit/unit.h"

/* Loading scenarios while every allocation fails in turn: the set is there whole, or a fault is
 * told and it is empty. */

struct loading {
    void (*load)(struct loading *loading, struct scenario_set *set);
    unsigned faults;
    size_t count; /* variants that the whole set has */
    unsigned long refused, loaded;
};

static void fault(void *owner, const char *text)
{
    struct loading *loading = owner;
    loading->faults += text[0] != '\0';
}

static void load_file(struct loading *loading, struct scenario_set *set)
{
    struct scenario_load_options options = {.fault = fault, .owner = loading};
    if (!scenario_load("scenarios/ehlo/offered.json", &options, set))
        CU_ASSERT(set->count == 0 && loading->faults > 0);
}

static void load_rules(struct loading *loading, struct scenario_set *set)
{
    char text[8192] = "{\"version\":1,\"title\":{\"en\":\"a\",\"ja\":\"b\"},\"vary\":{\"at\":"
                      "[\"MAIL\",\"RCPT\"]},\"rules\":[";
    size_t count = strlen(text);
    for (int i = 0; i < 50; i++)
        count += (size_t)snprintf(text + count, sizeof text - count,
                                  "%s{\"at\":\"$at\",\"message\":%d,\"split\":[1,2],"
                                  "\"reply\":\"450 ${helo} %d\"}",
                                  i ? "," : "", i + 1, i);
    snprintf(text + count, sizeof text - count, "],\"expect\":{\"accepted\":[1]}}");
    struct scenario_load_options options = {.fault = fault, .owner = loading};
    if (!scenario_load_text(octets_of(text), "rules.json", &options, set))
        CU_ASSERT(set->count == 0 && loading->faults > 0);
}

static void load_wrong(struct loading *loading, struct scenario_set *set)
{
    static const char text[] = "{\"version\":1,\"rules\":[{\"at\":\"RCTP\",\"replly\":\"450 x\"},"
                               "{\"at\":\"MAIL\"}],\"ruls\":[1,2,{\"a\":null}]}";
    struct scenario_load_options options = {.fault = fault, .owner = loading};
    CU_ASSERT_FALSE(scenario_load_text(octets_of(text), "wrong.json", &options, set));
    CU_ASSERT(set->count == 0 && loading->faults > 0);
}

static void once(void *owner)
{
    struct loading *loading = owner;
    struct scenario_set set = {NULL, 0};
    loading->faults = 0;
    loading->load(loading, &set);
    memory_restore();
    if (set.count == 0) {
        loading->refused++;
        return;
    }
    loading->loaded++;
    if (loading->count == 0)
        loading->count = set.count;
    CU_ASSERT_EQUAL(set.count, loading->count);
    scenario_set_free(&set);
}

static void try(const char *name, void (*load)(struct loading *loading, struct scenario_set *set),
                unsigned long step)
{
    struct loading loading = {.load = load};
    unsigned long runs = memory_try(&(struct memory_trial){name, once, &loading, step, 4 * step});
    printf("(%lu runs: %lu refused, %lu loaded) ", runs, loading.refused, loading.loaded);
    CU_ASSERT(runs > 20);
    CU_ASSERT(loading.refused >= runs / 2);
}

static void test_file(void)
{
    try("file", load_file, 1);
}

static void test_rules(void)
{
    try("rules", load_rules, 7);
}

static void test_wrong(void)
{
    try("wrong", load_wrong, 1);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"a family from a file", test_file},
        {"a hundred rules", test_rules},
        {"a scenario with faults", test_wrong},
    };
    return unit_main("memory_scenario", tests, sizeof tests / sizeof *tests, argc, argv);
}
