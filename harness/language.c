#include "harness/language.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool language_of(const char *name, enum language *language)
{
    bool japanese = strcmp(name, "ja") == 0;
    if (!japanese && strcmp(name, "en") != 0)
        return false;
    *language = japanese ? LANGUAGE_JA : LANGUAGE_EN;
    return true;
}

/* "ja", "ja_JP", "ja_JP.UTF-8", "ja_JP.utf8@x". */
static bool is_japanese(const char *locale)
{
    size_t tongue = strcspn(locale, "_.@");
    if (tongue != 2 || strncasecmp(locale, "ja", 2) != 0)
        return false;
    const char *dot = strchr(locale, '.');
    size_t count = dot ? strcspn(dot + 1, "@") : 0;
    return !dot || (count == 5 && strncasecmp(dot + 1, "UTF-8", 5) == 0) ||
           (count == 4 && strncasecmp(dot + 1, "UTF8", 4) == 0);
}

enum language language_of_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *locale = getenv(names[i]);
        if (locale && *locale)
            return is_japanese(locale) ? LANGUAGE_JA : LANGUAGE_EN;
    }
    return LANGUAGE_EN;
}

const char *language_text(struct text_pair text, enum language language)
{
    const char *wanted = language == LANGUAGE_JA ? text.ja : text.en;
    const char *other = language == LANGUAGE_JA ? text.en : text.ja;
    return wanted ? wanted : other ? other : "";
}
