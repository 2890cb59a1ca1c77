#include "harness/report_japanese.h"

#include <string.h>

#include "harness/report_japanese_table.h"

/* Each phrase of the table is matched against the whole text, {} standing for the shortest run of
 * octets that lets the rest match. Of several that match, the one that says the most by itself is
 * meant. What stands at {} is translated too, where it is a phrase. */

enum { MOST_GAPS = 6, MOST_DEPTH = 8, LONGEST = 4096, LEAST_SAID = 5 };

struct span_of {
    const char *at;
    size_t count;
};

static bool translate(struct buf *japanese, struct span_of text, int depth);

static const char *find(const char *at, const char *end, const char *part, size_t count)
{
    return count == 0 ? at : memmem(at, (size_t)(end - at), part, count);
}

/* Where a gap ends that begins at `at`: what begins with a quotation mark ends with one, if it can,
 * for what is quoted may look like anything. */
static const char *gap_end(const char *at, const char *end, const char *part, size_t count)
{
    const char *first = find(at, end, part, count), *found = first;
    while (found && count > 0 && *at == '"' && (found < at + 2 || found[-1] != '"'))
        found = find(found + 1, end, part, count);
    return found ? found : first;
}

/* {} in a phrase; any other brace is a text of its own. */
static const char *next_gap(const char *phrase)
{
    return strstr(phrase, "{}");
}

static bool match(const char *phrase, struct span_of text, struct span_of gaps[MOST_GAPS],
                  size_t *gap_count)
{
    const char *at = text.at, *end = text.at + text.count;
    const char *gap = next_gap(phrase);
    size_t count = gap ? (size_t)(gap - phrase) : strlen(phrase);
    *gap_count = 0;
    if ((size_t)(end - at) < count || memcmp(at, phrase, count) != 0)
        return false;
    at += count;
    while (gap && *gap_count < MOST_GAPS) {
        const char *part = gap + 2;
        gap = next_gap(part);
        count = gap ? (size_t)(gap - part) : strlen(part);
        const char *found = gap ? gap_end(at, end, part, count) : end - count;
        if (!found || found < at || memcmp(found, part, count) != 0)
            return false;
        gaps[(*gap_count)++] = (struct span_of){at, (size_t)(found - at)};
        at = found + count;
    }
    return !gap && at == end;
}

static bool append(struct buf *buf, struct span_of text)
{
    return buf_append(buf, (struct octets){(const uint8_t *)text.at, text.count});
}

/* The octets of a phrase beside its gaps. */
static size_t said_by_itself(const char *phrase)
{
    size_t count = strlen(phrase);
    for (const char *gap = next_gap(phrase); gap; gap = next_gap(gap + 2))
        count -= 2;
    return count;
}

/* "{} or {}" is met everywhere: it stands between phrases alone. */
static bool is_of_phrases(const char *phrase)
{
    return said_by_itself(phrase) < LEAST_SAID;
}

static bool fill_in(struct buf *japanese, const struct japanese_phrase *phrase,
                    const struct span_of gaps[MOST_GAPS], size_t gap_count, int depth)
{
    for (const char *at = phrase->ja; *at; at++) {
        size_t index = (size_t)(at[0] == '{' ? at[1] - '0' : MOST_GAPS);
        bool gap = index < gap_count && at[2] == '}', good = false;
        if (gap)
            good = translate(japanese, gaps[index], depth + 1) ||
                   (!is_of_phrases(phrase->en) && append(japanese, gaps[index]));
        else
            good = buf_append_octet(japanese, (uint8_t)*at);
        if (!good)
            return false;
        at += gap ? 2 : 0;
    }
    return true;
}

static const struct japanese_phrase *best_match(struct span_of text, struct span_of gaps[MOST_GAPS],
                                                size_t *gap_count)
{
    const struct japanese_phrase *best = NULL;
    size_t most = 0;
    for (size_t i = 0; i < japanese_phrase_count; i++) {
        const struct japanese_phrase *phrase = &japanese_phrases[i];
        struct span_of found[MOST_GAPS];
        size_t count, said = said_by_itself(phrase->en);
        if ((best && said <= most) || !match(phrase->en, text, found, &count))
            continue;
        best = phrase;
        most = said;
        memcpy(gaps, found, count * sizeof *gaps);
        *gap_count = count;
    }
    return best;
}

static bool translate(struct buf *japanese, struct span_of text, int depth)
{
    if (depth > MOST_DEPTH || text.count == 0 || text.count > LONGEST)
        return false;
    struct span_of gaps[MOST_GAPS];
    size_t gap_count, before = japanese->count;
    const struct japanese_phrase *phrase = best_match(text, gaps, &gap_count);
    if (phrase && fill_in(japanese, phrase, gaps, gap_count, depth))
        return true;
    japanese->count = before;
    return false;
}

bool report_japanese(struct buf *japanese, const char *english)
{
    size_t before = japanese->count;
    if (translate(japanese, (struct span_of){english, strlen(english)}, 0) &&
        buf_append_octet(japanese, '\0'))
        return true;
    japanese->count = before;
    return false;
}
