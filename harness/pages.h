/* The subcommands that only print: list, explain. */
#ifndef HARNESS_PAGES_H
#define HARNESS_PAGES_H

#include <stdio.h>

#include "harness/explain.h"
#include "harness/select.h"

/* "ID  TITLE", one line a case. */
bool page_cases(FILE *stream, const struct suite *suite, const struct selection *selection,
                enum language language);

enum page_status { PAGE_OK, PAGE_UNKNOWN, PAGE_FAILED };

/* A case or a requirement (in upper or lower case) in words. Where no id is that one, nothing is
 * written. */
enum page_status page_explain(FILE *stream, const struct suite *suite, const char *id,
                              enum language language);

#endif
