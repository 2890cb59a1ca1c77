#include "mockserver/scenario_load_fault.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

/* Appends to a text of a fixed size; what does not fit is cut. */
static void append(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

/* Reads one character of UTF-8; how many octets it takes, 0 where it is none. */
static size_t read_character(struct octets text, uint32_t *character)
{
    uint8_t first = text.at[0];
    size_t size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || size > text.count)
        return 0;
    *character = size == 1 ? first : first & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((text.at[i] & 0xc0) != 0x80)
            return 0;
        *character = *character << 6 | (text.at[i] & 0x3f);
    }
    return size;
}

/* Nothing that moves a terminal's cursor, or the order in which text is shown. */
static bool printable(uint32_t character)
{
    return character >= 0x20 && !(character >= 0x7f && character < 0xa0) && character != 0xad &&
           !(character >= 0x200b && character <= 0x200f) &&
           !(character >= 0x2028 && character <= 0x202e) &&
           !(character >= 0x2060 && character <= 0x206f) && character != 0xfeff &&
           !(character >= 0xd800 && character < 0xf900) && character < 0xe0000;
}

static void escape_into(char *quote, size_t size, struct octets text, char mark)
{
    size_t most = size - 16; /* room for one more escape, the dots and a quotation mark */
    size_t used = strlen(quote);
    while (text.count > 0) {
        if (used >= most) {
            append(quote, size, "...");
            return;
        }
        uint32_t character = 0;
        size_t length = read_character(text, &character);
        if (length == 0)
            append(quote, size, "\\x%02x", text.at[0]);
        else if (character == (unsigned char)mark || (mark && character == '\\'))
            append(quote, size, "\\%c", (char)character);
        else if (printable(character))
            append(quote, size, "%.*s", (int)length, (const char *)text.at);
        else
            append(quote, size, "\\u%04x", (unsigned)character);
        text = octets_from(text, length ? length : 1);
        used = strlen(quote);
    }
}

const char *fault_escape(char quote[QUOTE_SIZE], struct octets text)
{
    quote[0] = '\0';
    escape_into(quote, QUOTE_SIZE, text, '\0');
    return quote;
}

const char *fault_quote(char quote[QUOTE_SIZE], struct octets text)
{
    snprintf(quote, QUOTE_SIZE, "\"");
    escape_into(quote, QUOTE_SIZE, text, '"');
    append(quote, QUOTE_SIZE, "\"");
    return quote;
}

const char *fault_describe(char quote[QUOTE_SIZE], const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        return "null";
    case VALUE_BOOLEAN:
        return value->truth ? "true" : "false";
    case VALUE_INTEGER:
        snprintf(quote, QUOTE_SIZE, "%lld", (long long)value->integer);
        return quote;
    case VALUE_REAL:
        snprintf(quote, QUOTE_SIZE, "%.10g", value->real);
        return quote;
    case VALUE_STRING:
        return fault_quote(quote, value->string);
    case VALUE_ARRAY:
        return value->count == 0 ? "an empty array" : "an array";
    case VALUE_OBJECT:
        return value->count == 0 ? "an empty object" : "an object";
    }
    return "";
}

/* RFC 6901: "~" and "/" of a key are escaped. */
static void append_pointer(char *text, size_t size, const struct value *value)
{
    if (!value->parent)
        return;
    append_pointer(text, size, value->parent);
    if (!value->key) {
        append(text, size, "/%zu", value->index);
        return;
    }
    append(text, size, "/");
    char key[QUOTE_SIZE];
    fault_escape(key, octets_of(value->key));
    for (const char *at = key; *at; at++)
        append(text, size, *at == '~' ? "~0" : *at == '/' ? "~1" : "%c", *at);
}

static const char rest_not_shown[] = "more faults than these; the rest is not shown";

static uint64_t text_hash(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
    return hash;
}

/* False where it has been told. */
static bool fault_is_new(struct faults *faults, const char *text)
{
    uint64_t hash = text_hash(text);
    for (size_t i = 0; i < faults->told_count; i++)
        if (faults->told[i] == hash)
            return false;
    if (faults->told_count < FAULT_LIMIT)
        faults->told[faults->told_count] = hash;
    return true;
}

/* Counts a fault; false where it is not to be told. */
static bool fault_counts(struct faults *faults)
{
    if (++faults->count > FAULTS_ENOUGH && faults->tell && !faults->silent) {
        faults->silent = true;
        faults->tell(faults->owner, rest_not_shown);
    }
    return faults->tell && !faults->silent;
}

static void append_place(char *text, size_t size, const char *file, unsigned line, unsigned column)
{
    /* A long path is cut in messages no more than any other text, so it has a buffer of its own. */
    char name[512] = "";
    escape_into(name, sizeof name, octets_of(file), '\0');
    append(text, size, "%s:", name);
    if (line > 0)
        append(text, size, "%u:%u:", line, column);
}

static void tell(struct faults *faults, const char *place, const char *variant, const char *words)
{
    char whole[FAULT_TEXT_SIZE];
    snprintf(whole, sizeof whole, "%s %s", place, words);
    if (!fault_is_new(faults, whole))
        return;
    if (faults->told_count == FAULT_LIMIT) {
        faults->silent = true;
        faults->tell(faults->owner, rest_not_shown);
        return;
    }
    faults->told_count++;
    snprintf(whole, sizeof whole, "%s%s %s", place, variant, words);
    faults->tell(faults->owner, whole);
}

void fault_at(struct faults *faults, const struct value *value, const char *format, ...)
{
    char words[FAULT_TEXT_SIZE / 2], place[FAULT_TEXT_SIZE / 2] = "", variant[QUOTE_SIZE + 16] = "";
    if (!fault_counts(faults))
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    unsigned line, column;
    source_place(value->source, value->offset, &line, &column);
    append_place(place, sizeof place, value->source->name, line, column);
    if (value->parent) {
        append(place, sizeof place, " ");
        append_pointer(place, sizeof place, value);
        append(place, sizeof place, ":");
    }
    if (faults->variant) {
        char id[QUOTE_SIZE];
        snprintf(variant, sizeof variant, " (in %s)", fault_escape(id, octets_of(faults->variant)));
    }
    tell(faults, place, variant, words);
}

void fault_in(struct faults *faults, const char *file, unsigned line, unsigned column,
              const char *format, ...)
{
    char words[FAULT_TEXT_SIZE / 2], place[FAULT_TEXT_SIZE / 2] = "";
    if (!fault_counts(faults))
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    append_place(place, sizeof place, file, line, column);
    tell(faults, place, "", words);
}

void fault_memory(struct faults *faults, const char *file)
{
    fault_in(faults, file, 0, 0, "out of memory");
}

enum { WORD_LIMIT = 40 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours that make one word of the other; a
 * difference of case is none. */
static size_t word_distance(const char *from, size_t from_count, const char *to, size_t to_count)
{
    size_t rows[3][WORD_LIMIT + 1];
    size_t *two_back = rows[0], *back = rows[1], *now = rows[2];
    for (size_t j = 0; j <= to_count; j++)
        back[j] = j;
    for (size_t i = 1; i <= from_count; i++) {
        now[0] = i;
        for (size_t j = 1; j <= to_count; j++) {
            int a = tolower((unsigned char)from[i - 1]), b = tolower((unsigned char)to[j - 1]);
            now[j] = least(back[j - 1] + (a != b), least(back[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a == tolower((unsigned char)to[j - 2]) &&
                b == tolower((unsigned char)from[i - 2]))
                now[j] = least(now[j], two_back[j - 2] + 1);
        }
        size_t *spare = two_back;
        two_back = back;
        back = now;
        now = spare;
    }
    return back[to_count];
}

void nearest_try(struct nearest *nearest, const char *found, const char *candidate)
{
    size_t found_count = strlen(found), candidate_count = strlen(candidate);
    if (found_count > WORD_LIMIT || candidate_count > WORD_LIMIT || found_count == 0)
        return;
    size_t distance = word_distance(found, found_count, candidate, candidate_count);
    size_t allowed = found_count <= 3 ? 1 : found_count / 3;
    if (distance <= allowed && (!nearest->word || distance < nearest->distance))
        *nearest = (struct nearest){candidate, distance};
}

const char *nearest_hint(const struct nearest *nearest, char hint[QUOTE_SIZE])
{
    hint[0] = '\0';
    if (nearest->word) {
        snprintf(hint, QUOTE_SIZE, " (did you mean \"");
        escape_into(hint, QUOTE_SIZE, octets_of(nearest->word), '"');
        append(hint, QUOTE_SIZE, "\"?)");
    }
    return hint;
}
