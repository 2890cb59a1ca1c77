/* What a case is about, in words and in both languages, as reports tell it. */
#ifndef HARNESS_REPORT_STORY_H
#define HARNESS_REPORT_STORY_H

#include "harness/suite.h"

/* What the scenario says, or what a report that was read said of it. False: no memory. */
bool report_story_make(const struct suite_case *test, struct suite_story *story);
void report_story_free(struct suite_story *story);

#endif
