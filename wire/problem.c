#include "wire/problem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

void problem_set(struct problem *problem, const char *format, ...)
{
    if (!problem)
        return;
    int kept = errno;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
    errno = kept;
}
