#include "harness/stopwatch.h"

#include "tests/unit/unit.h"

static void test_goes_on(void)
{
    struct problem problem;
    struct stopwatch *stopwatch = stopwatch_new(&problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stopwatch);
    usec first = stopwatch_now(stopwatch), now = first;
    CU_ASSERT(first >= 0);
    while (now == first) /* a clock that stands still would keep us here */
        now = stopwatch_now(stopwatch);
    CU_ASSERT(now > first);
    CU_ASSERT(stopwatch_wall_clock(stopwatch) > 0);
    stopwatch_free(stopwatch);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {{"goes on", test_goes_on}};
    return unit_main("stopwatch", tests, sizeof tests / sizeof *tests, argc, argv);
}
