/* What every unit test has in common: a table of named tests, run all or by name.
 *
 *     int main(int argc, char **argv)
 *     {
 *         static const struct unit_test tests[] = {{"two writes", test_two_writes}, …};
 *         return unit_main("dot", tests, sizeof tests / sizeof *tests, argc, argv);
 *     }
 *
 * An argument runs the tests whose name contains it. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <CUnit/CUnit.h>
#include <stddef.h>

struct unit_test {
    const char *name;
    void (*run)(void);
};

/* Runs them with CUnit and prints its summary; returns the exit status: 0 where all passed and at
 * least one was selected. */
int unit_main(const char *module, const struct unit_test *tests, size_t count, int argc,
              char **argv);

#endif
