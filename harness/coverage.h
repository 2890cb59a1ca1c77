/* The matrix of requirement by case and defect: which cases test a requirement, and which defects
 * prove that they do. */
#ifndef HARNESS_COVERAGE_H
#define HARNESS_COVERAGE_H

#include <stdio.h>

#include "harness/language.h"
#include "harness/suite_defects.h"

/* Each requirement with its cases and defects; at the end those that no case covers, and those that
 * no defect proves. `complete` tells whether every must has both; a suite without defects.txt needs
 * cases alone. False where the stream failed. */
bool coverage_page(FILE *stream, const struct suite *suite, const struct suite_defects *defects,
                   enum language language, bool *complete);

#endif
