/* The oracle's phrases in both languages. Private to report_japanese*.c. */
#ifndef HARNESS_REPORT_JAPANESE_TABLE_H
#define HARNESS_REPORT_JAPANESE_TABLE_H

#include <stddef.h>

struct japanese_phrase {
    const char *en, *ja;
};

extern const struct japanese_phrase japanese_phrases[];
extern const size_t japanese_phrase_count;

#endif
