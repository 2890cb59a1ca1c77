/* A text in one language as it is put together from pieces, and how it is printed. */
#ifndef HARNESS_WORDS_H
#define HARNESS_WORDS_H

#include <stdio.h>

#include "harness/language.h"
#include "wire/buf.h"

/* Where memory was out once, nothing more is added: ask `failed` at the end. */
struct words {
    struct buf buf; /* UTF-8, no NUL behind it */
    enum language language;
    bool failed;
};

void words_begin(struct words *words, enum language language);
void words_free(struct words *words);

/* Adds the text of this language; both take the same arguments in the same order. */
void words_add(struct words *words, const char *en, const char *ja, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
/* The same without arguments: nothing in it is a format. Either may be "". */
void words_add_either(struct words *words, const char *en, const char *ja);
void words_add_pair(struct words *words, struct text_pair text);

/* "2 min", "250 ms"; "50% of the sender's limit". */
void words_add_duration(struct words *words, usec duration);
void words_add_span(struct words *words, struct span span);

/* Octets as the reports escape them, in quotes; behind `limit` columns it stops and says how many
 * octets there are. */
void words_add_octets(struct words *words, struct octets octets, size_t limit);

/* Prints the text as a paragraph, made safe, no wider than 78 columns (East Asian characters take
 * two): `lead` before the first line, as many blanks as it is wide before the others. Line ends in
 * the text stay. False where writing or memory failed. */
bool words_print(FILE *stream, const char *lead, const struct words *words);
bool words_print_text(FILE *stream, const char *lead, const char *text);

#endif
