/* The languages in which the harness speaks to people. */
#ifndef HARNESS_LANGUAGE_H
#define HARNESS_LANGUAGE_H

#include <stdbool.h>

#include "mockserver/scenario.h"

enum language { LANGUAGE_EN, LANGUAGE_JA };

/* "en", "ja"; false for any other name. */
bool language_of(const char *name, enum language *language);

/* As LC_ALL, LC_MESSAGES and LANG ask, the first of them that is set. Japanese is UTF-8 here: where
 * a Japanese locale has another character set ("ja_JP.eucJP"), it is English, which all can show.
 */
enum language language_of_environment(void);

/* The text in this language, or the other one where it is missing; "" where both are. */
const char *language_text(struct text_pair text, enum language language);

#endif
