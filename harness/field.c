/* What kind of file is it? */
#include "harness/field.h"

#include <errno.h>
#include <stdio.h>

enum kind { KIND_CAPTURE, KIND_COMPRESSED, KIND_JOURNAL, KIND_DIALOGUE, KIND_EMPTY };

/* Of pcap in both byte orders, with microseconds, nanoseconds and Kuznetzov's additions; and of
 * pcapng, whose first block is the same in both. */
static const uint8_t capture_magics[][4] = {
    {0xa1, 0xb2, 0xc3, 0xd4}, {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d},
    {0x4d, 0x3c, 0xb2, 0xa1}, {0xa1, 0xb2, 0xcd, 0x34}, {0x34, 0xcd, 0xb2, 0xa1},
    {0x0a, 0x0d, 0x0d, 0x0a},
};

/* gzip, zstd, xz, bzip2 */
static const uint8_t compressed_magics[][3] = {
    {0x1f, 0x8b, 0x08}, {0x28, 0xb5, 0x2f}, {0xfd, '7', 'z'}, {'B', 'Z', 'h'}};

static enum kind kind_of(struct octets begin)
{
    for (size_t i = 0; i < sizeof capture_magics / sizeof *capture_magics; i++)
        if (begin.count >= 4 && memcmp(begin.at, capture_magics[i], 4) == 0)
            return KIND_CAPTURE;
    for (size_t i = 0; i < sizeof compressed_magics / sizeof *compressed_magics; i++)
        if (begin.count >= 3 && memcmp(begin.at, compressed_magics[i], 3) == 0)
            return KIND_COMPRESSED;
    if (begin.count >= 3 && memcmp(begin.at, "\xef\xbb\xbf", 3) == 0)
        begin = octets_from(begin, 3);
    while (begin.count > 0 && memchr(" \t\r\n", begin.at[0], 4))
        begin = octets_from(begin, 1);
    if (begin.count == 0)
        return KIND_EMPTY;
    return begin.at[0] == '{' ? KIND_JOURNAL : KIND_DIALOGUE;
}

bool field_read(const char *file, const struct field_choice *choice, const struct field_sink *sink,
                struct problem *problem)
{
    uint8_t begin[512];
    FILE *stream = fopen(file, "rbe");
    errno = stream ? 0 : errno;
    size_t count = stream ? fread(begin, 1, sizeof begin, stream) : 0;
    bool failed = !stream || ferror(stream);
    int reason = errno;
    if (stream)
        fclose(stream);
    if (failed) {
        problem_set(problem, "%s: cannot be read: %s", file, strerror(reason));
        return false;
    }
    switch (kind_of((struct octets){begin, count})) {
    case KIND_CAPTURE:
        return field_read_capture(file, choice, sink, problem);
    case KIND_COMPRESSED:
        problem_set(problem, "%s: found a compressed file, expected it unpacked", file);
        return false;
    case KIND_JOURNAL:
        return field_read_journal(file, choice, sink, problem);
    case KIND_DIALOGUE:
        return field_read_dialogue(file, choice, sink, problem);
    case KIND_EMPTY:
        problem_set(problem, "%s: nothing is in it", file);
        return false;
    }
    return false;
}
