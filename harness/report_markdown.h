/* Text in Markdown as GitHub and GitLab read it: nothing in it is markup, a link or a mention. */
#ifndef HARNESS_REPORT_MARKDOWN_H
#define HARNESS_REPORT_MARKDOWN_H

#include <stdio.h>

#include "harness/report.h"

void markdown_text(FILE *stream, const char *text);
/* At most so many octets of it. */
void markdown_start(FILE *stream, const char *text, size_t most);
/* The same, set as code. */
void markdown_code(FILE *stream, const char *text);

#endif
