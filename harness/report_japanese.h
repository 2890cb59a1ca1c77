/* The oracle's words in Japanese. It finds in English what it finds; the dossier has both. */
#ifndef HARNESS_REPORT_JAPANESE_H
#define HARNESS_REPORT_JAPANESE_H

#include "wire/buf.h"

/* Appends the Japanese for an English text of the oracle's, with a NUL behind it; what the text
 * quotes stays as it is. False, with nothing appended, where the text is not known, or memory is
 * out: then the English stands for it. */
bool report_japanese(struct buf *japanese, const char *english);

#endif
