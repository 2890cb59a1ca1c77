#include "tests/unit/unit.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

int unit_main(const char *module, const struct unit_test *tests, size_t count, int argc,
              char **argv)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        fprintf(stderr, "%s: %s\n", module, CU_get_error_msg());
        return 2;
    }
    CU_pSuite suite = CU_add_suite(module, NULL, NULL);
    unsigned selected = 0;
    for (size_t i = 0; suite && i < count; i++)
        if (argc < 2 || strstr(tests[i].name, argv[1]))
            selected += CU_add_test(suite, tests[i].name, tests[i].run) != NULL;
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_failures() + CU_get_number_of_tests_failed();
    CU_cleanup_registry();
    return selected > 0 && failed == 0 ? 0 : 1;
}
