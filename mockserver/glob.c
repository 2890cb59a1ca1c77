#include "mockserver/glob.h"

#include <fnmatch.h>

struct glob glob_of(const char *pattern)
{
    struct octets all = octets_of(pattern);
    struct glob glob = {.pattern = pattern, .simple = !strpbrk(pattern, "?[\\")};
    const char *star = strchr(pattern, '*'), *last_star = strrchr(pattern, '*');
    glob.whole = !star;
    glob.first = (struct octets){all.at, star ? (size_t)(star - pattern) : all.count};
    if (star) {
        glob.last = octets_from(all, (size_t)(last_star - pattern) + 1);
        if (last_star > star)
            glob.between =
                (struct octets){(const uint8_t *)star + 1, (size_t)(last_star - star) - 1};
    }
    return glob;
}

static bool equal_at(const uint8_t *at, struct octets word)
{
    return word.count == 0 || memcmp(at, word.at, word.count) == 0;
}

/* Each word where it comes first behind the one before: if any choice fits, this one does. */
static bool words_stand_in(struct octets words, struct octets text)
{
    while (words.count > 0) {
        const uint8_t *star = memchr(words.at, '*', words.count);
        struct octets word = {words.at, star ? (size_t)(star - words.at) : words.count};
        if (word.count > 0) {
            const uint8_t *found = memmem(text.at, text.count, word.at, word.count);
            if (!found)
                return false;
            text = octets_from(text, (size_t)(found - text.at) + word.count);
        }
        words = octets_from(words, word.count + (star ? 1 : 0));
    }
    return true;
}

static bool simple_fits(const struct glob *glob, struct octets text)
{
    size_t ends = glob->first.count + glob->last.count;
    if (text.count < ends || (glob->whole && text.count > ends) ||
        !equal_at(text.at, glob->first) ||
        !equal_at(text.at + (text.count - glob->last.count), glob->last))
        return false;
    return glob->between.count == 0 ||
           words_stand_in(glob->between,
                          (struct octets){text.at + glob->first.count, text.count - ends});
}

bool glob_fits(const struct glob *glob, struct octets octets)
{
    char text[GLOB_TEXT_LIMIT];
    size_t count = octets.count < sizeof text ? octets.count : sizeof text - 1;
    if (glob->simple)
        return simple_fits(glob,
                           (struct octets){count > 0 ? octets.at : (const uint8_t *)"", count});
    for (size_t i = 0; i < count; i++)
        text[i] = octets.at[i] == '\0' ? '?' : (char)octets.at[i]; /* a NUL would end it */
    text[count] = '\0';
    return fnmatch(glob->pattern, text, 0) == 0;
}
