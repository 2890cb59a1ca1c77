#include <errno.h>
#include <stdio.h>

#include "harness/field_dialogue_private.h"

/* UTF-16 with its mark (Windows writes it) becomes UTF-8; the mark of UTF-8 is taken away. */
static bool to_octets(struct buf *text)
{
    if (text->count >= 3 && memcmp(text->at, "\xef\xbb\xbf", 3) == 0) {
        buf_drop(text, 3);
        return true;
    }
    bool little = text->count >= 2 && memcmp(text->at, "\xff\xfe", 2) == 0;
    if (!little && (text->count < 2 || memcmp(text->at, "\xfe\xff", 2) != 0))
        return true;
    struct buf out = BUF_INIT((size_t)2 * DIALOGUE_MOST);
    for (size_t i = 2; i + 1 < text->count; i += 2) {
        unsigned unit = text->at[i + !little] * 1u | (unsigned)text->at[i + little] << 8;
        bool good = true;
        if (unit < 0x80)
            good = buf_append_octet(&out, (uint8_t)unit);
        else if (unit < 0x800)
            good = buf_append_octet(&out, (uint8_t)(0xc0 | unit >> 6)) &&
                   buf_append_octet(&out, (uint8_t)(0x80 | (unit & 63)));
        else
            good = buf_append_octet(&out, (uint8_t)(0xe0 | unit >> 12)) &&
                   buf_append_octet(&out, (uint8_t)(0x80 | (unit >> 6 & 63))) &&
                   buf_append_octet(&out, (uint8_t)(0x80 | (unit & 63)));
        if (!good) {
            buf_free(&out);
            return false;
        }
    }
    buf_free(text);
    *text = out;
    return true;
}

bool dialogue_read_file(const char *file, struct buf *text, struct problem *problem)
{
    FILE *stream = fopen(file, "re");
    if (!stream) {
        problem_set(problem, "%s: can't be opened: %s", file, strerror(errno));
        return false;
    }
    bool good = true;
    size_t count = 1;
    while (good && count > 0) {
        uint8_t *at = buf_reserve(text, 64 * 1024);
        count = at ? fread(at, 1, 64 * 1024, stream) : 0;
        text->count += count;
        good = at != NULL;
    }
    if (!good)
        problem_set(problem, "%s: too long for a dialogue (more than %d MiB), or no memory", file,
                    DIALOGUE_MOST / 1024 / 1024);
    else if (ferror(stream)) {
        problem_set(problem, "%s: can't be read: %s", file, strerror(errno));
        good = false;
    }
    fclose(stream);
    if (good && !to_octets(text)) {
        problem_set(problem, "%s: no memory", file);
        good = false;
    }
    return good;
}
