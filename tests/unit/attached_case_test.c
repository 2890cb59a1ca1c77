#include "harness/attached_case.h"

#include <stdlib.h>

#include "tests/unit/unit.h"

static void test_outcome_name(void)
{
    char *name = attached_outcome_name("/a/b", "losses/final-reply/rst");
    CU_ASSERT_PTR_NOT_NULL_FATAL(name);
    CU_ASSERT_STRING_EQUAL(name, "/a/b/losses_final-reply_rst.json");
    free(name);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {{"outcome name", test_outcome_name}};
    return unit_main("attached case", tests, sizeof tests / sizeof *tests, argc, argv);
}
