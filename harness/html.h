/* HTML as it is written, element by element, through libxml2's writer: whatever is text or an
 * attribute is escaped by the library, and made printable first (report_words).
 *
 * Where writing or memory failed once, nothing more is written: ask html_end. */
#ifndef HARNESS_HTML_H
#define HARNESS_HTML_H

#include <libxml/xmlwriter.h>
#include <stdbool.h>
#include <stdio.h>

#include "mockserver/scenario.h"
#include "wire/octets.h"

struct html {
    xmlTextWriterPtr writer;
    FILE *stream;
    bool failed;
};

/* False where there is no memory. */
bool html_begin(struct html *html, FILE *stream);
/* Closes what is open. False where anything failed. */
bool html_end(struct html *html);
/* Did libxml2 lack memory since xmlResetLastError? It says so there alone: what it could not hold
 * is missing in the output, and its functions return as if it were not. */
bool html_lacked_memory(void);

/* Opens an element; names and values of attributes follow, then a null. An attribute whose value is
 * null is left out. */
void html_open(struct html *html, const char *name, ...) __attribute__((sentinel));
void html_close(struct html *html);
/* An element without content that HTML never closes ("meta", "input"), or a closed one of SVG. */
void html_empty(struct html *html, const char *name, ...) __attribute__((sentinel));
/* An element that holds a text alone. */
void html_element(struct html *html, const char *name, const char *text, ...)
    __attribute__((sentinel));

void html_text(struct html *html, const char *text);
void html_text_of(struct html *html, const char *text, size_t count);
void html_format(struct html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What html_format would write, to be freed; null where there is no memory, and the page is failed.
 */
char *html_printed(struct html *html, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
/* A text in both languages, of which the page shows one: <span lang="en">, <span lang="ja">. One
 * that is missing is stood in for by the other. */
void html_pair(struct html *html, struct text_pair text);
void html_either(struct html *html, const char *en, const char *ja);
/* The same, as two elements of that name. */
void html_pair_as(struct html *html, const char *name, struct text_pair text);

/* Octets of our own, written as they are: style sheets and scripts. */
void html_own(struct html *html, struct octets octets);

#endif
