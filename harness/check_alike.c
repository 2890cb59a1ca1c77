/* Is a message on the wire one that is known of, whatever became of it on the way? In the field it
 * may just as well be another one. */
#include "harness/check_judge.h"

enum { SAMPLES = 32, WORTH = 4 };

/* The next line, without its ending; false at the end. */
static bool next_line(struct octets *text, struct octets *line)
{
    if (text->count == 0)
        return false;
    const uint8_t *feed = memchr(text->at, '\n', text->count);
    size_t whole = feed ? (size_t)(feed - text->at) + 1 : text->count;
    *line = (struct octets){text->at, whole};
    while (line->count > 0 &&
           (line->at[line->count - 1] == '\n' || line->at[line->count - 1] == '\r'))
        line->count--;
    *text = octets_from(*text, whole);
    return true;
}

/* What is behind the header, of which other messages have the same; all of it where there is none.
 */
static struct octets behind_header(struct octets file)
{
    const uint8_t *empty = file.count > 0 ? memmem(file.at, file.count, "\r\n\r\n", 4) : NULL;
    struct octets rest = file;
    if (empty)
        rest = octets_from(file, (size_t)(empty - file.at) + 4);
    return rest.count > 0 ? rest : file;
}

static size_t count_lines(struct octets text)
{
    struct octets line;
    size_t count = 0;
    while (next_line(&text, &line))
        count += line.count >= WORTH;
    return count;
}

bool check_alike(struct octets sent, struct octets file)
{
    struct octets text = behind_header(file), line;
    size_t lines = count_lines(text), step = lines / SAMPLES + 1, number = 0;
    size_t looked_for = 0, found = 0;
    while (next_line(&text, &line)) {
        if (line.count < WORTH || number++ % step != 0)
            continue;
        looked_for++;
        found += sent.count > 0 && memmem(sent.at, sent.count, line.at, line.count) != NULL;
    }
    return looked_for > 0 && 2 * found >= looked_for;
}
