#include "harness/words.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report_common.h"

enum { WIDTH = 78 };

void words_begin(struct words *words, enum language language)
{
    *words = (struct words){.buf = BUF_INIT(0), .language = language};
}

void words_free(struct words *words)
{
    buf_free(&words->buf);
}

void words_add(struct words *words, const char *en, const char *ja, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, ja);
    int count = vasprintf(&text, words->language == LANGUAGE_JA ? ja : en, arguments);
    va_end(arguments);
    if (count < 0) {
        words->failed = true;
        return;
    }
    words->failed = words->failed || !buf_append_string(&words->buf, text);
    free(text);
}

void words_add_either(struct words *words, const char *en, const char *ja)
{
    const char *text = words->language == LANGUAGE_JA ? ja : en;
    words->failed = words->failed || !buf_append_string(&words->buf, text);
}

void words_add_pair(struct words *words, struct text_pair text)
{
    const char *string = language_text(text, words->language);
    words->failed = words->failed || !buf_append_string(&words->buf, string);
}

void words_add_duration(struct words *words, usec duration)
{
    long long number = duration;
    if (duration >= 60 * USEC_PER_SEC && duration % (60 * USEC_PER_SEC) == 0)
        words_add(words, "%lld min", "%lld分", number / (60 * USEC_PER_SEC));
    else if (duration % USEC_PER_SEC == 0)
        words_add(words, "%lld s", "%lld秒", number / USEC_PER_SEC);
    else if (duration % USEC_PER_MSEC == 0)
        words_add(words, "%lld ms", "%lldミリ秒", number / USEC_PER_MSEC);
    else
        words_add(words, "%lld us", "%lldマイクロ秒", number);
}

void words_add_span(struct words *words, struct span span)
{
    if (span.percent > 0)
        words_add(words, "%u%% of the sender's limit", "送信側の監視時間の%u%%", span.percent);
    else
        words_add_duration(words, span.duration);
}

void words_add_octets(struct words *words, struct octets octets, size_t limit)
{
    size_t shown = 0;
    for (size_t width = 0; shown < octets.count; shown++) {
        uint8_t octet = octets.at[shown];
        bool plain = octet >= 0x20 && octet < 0x7f && octet != '\\';
        bool named = octet == '\r' || octet == '\n' || octet == '\t' || octet == '\\';
        width += plain ? 1 : named ? 2 : 4;
        if (width > limit)
            break;
    }
    words_add(words, "\"", "「");
    words->failed =
        words->failed || !report_octets(&words->buf, (struct octets){octets.at, shown}, 0);
    words_add(words, "%s\"", "%s」", shown < octets.count ? "..." : "");
    if (shown < octets.count)
        words_add(words, " (%zu octets)", "(全%zuバイト)", octets.count);
}

/* One UTF-8 character of a text that is well formed. */
struct character {
    uint32_t code;
    size_t size;
};

static struct character character_at(const uint8_t *at, size_t left)
{
    size_t size = at[0] < 0xc0 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    struct character character = {at[0] & (size == 1 ? 0x7fu : 0xffu >> (size + 1)),
                                  size <= left ? size : left};
    for (size_t i = 1; i < character.size; i++)
        character.code = character.code << 6 | (at[i] & 0x3fu);
    return character;
}

static size_t width_of(uint32_t code)
{
    return code >= 0x1100 ? 2 : 1;
}

/* East Asian text breaks anywhere, but no line begins with a closing mark or a small kana, and none
 * ends with an opening bracket. */
static bool is_one_of(uint32_t code, const char *marks)
{
    for (size_t left = strlen(marks); left > 0;) {
        struct character mark = character_at((const uint8_t *)marks, left);
        if (mark.code == code)
            return true;
        marks += mark.size;
        left -= mark.size;
    }
    return false;
}

static bool may_break(uint32_t before, uint32_t behind)
{
    if (before == ' ' || behind == ' ')
        return before == ' ';
    if (before < 0x2e80 && behind < 0x2e80)
        return false;
    return !is_one_of(behind, "、。)」』・ーゃゅょっャュョッ,.:;!?)") &&
           !is_one_of(before, "(「『(");
}

/* How much of the text goes on a line of this width: up to the last place for a break, or to the
 * first one where a word is wider than the line. */
static size_t line_count(const uint8_t *at, size_t count, size_t room)
{
    size_t width = 0, fits = 0;
    uint32_t before = 0;
    for (size_t i = 0; i < count;) {
        struct character character = character_at(at + i, count - i);
        if (character.code == '\n')
            return i;
        if (before != 0 && may_break(before, character.code)) {
            if (width <= room)
                fits = i;
            else
                return fits > 0 ? fits : i;
        }
        /* A blank at the end of a line costs nothing. */
        width += width_of(character.code);
        if (character.code == ' ' && width == room + 1)
            width = room;
        before = character.code;
        i += character.size;
    }
    return width <= room || fits == 0 ? count : fits;
}

static void print_lines(FILE *stream, const char *lead, const uint8_t *at, size_t count)
{
    size_t indent = 0;
    for (size_t i = 0, left = strlen(lead); left > 0;) {
        struct character character = character_at((const uint8_t *)lead + i, left);
        indent += width_of(character.code);
        i += character.size;
        left -= character.size;
    }
    fputs(lead, stream);
    for (bool first = true; count > 0; first = false) {
        if (!first)
            fprintf(stream, "%*s", (int)indent, "");
        size_t taken = line_count(at, count, WIDTH > indent ? WIDTH - indent : 1);
        size_t shown = taken;
        while (shown > 0 && at[shown - 1] == ' ')
            shown--;
        fwrite(at, 1, shown, stream);
        fputc('\n', stream);
        if (taken < count && at[taken] == '\n')
            taken++;
        at += taken;
        count -= taken;
    }
}

static bool print(FILE *stream, const char *lead, const char *text, size_t count)
{
    struct buf safe = BUF_INIT(0);
    bool good = report_words(&safe, text, count, true);
    if (good && safe.count > 0)
        print_lines(stream, lead, safe.at, safe.count);
    buf_free(&safe);
    return good && !ferror(stream);
}

bool words_print(FILE *stream, const char *lead, const struct words *words)
{
    return !words->failed && print(stream, lead, (const char *)words->buf.at, words->buf.count);
}

bool words_print_text(FILE *stream, const char *lead, const char *text)
{
    return print(stream, lead, text, strlen(text));
}
