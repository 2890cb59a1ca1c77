#include "wire/ehlo.h"

#include <strings.h>

/* RFC 1891 §5.2 and §5.4. */
enum { ENVID_LIMIT = 100, ORCPT_LIMIT = 500 };
/* RFC 1870 §5 allows no more digits. */
enum { SIZE_DIGITS = 20 };

static const struct {
    enum ehlo_keyword keyword;
    const char *name;
} keywords[] = {
    {EHLO_SIZE, "SIZE"},         {EHLO_8BITMIME, "8BITMIME"},
    {EHLO_DSN, "DSN"},           {EHLO_PIPELINING, "PIPELINING"},
    {EHLO_CHUNKING, "CHUNKING"},
};

static bool is_word(struct octets text, const char *word)
{
    return text.count == strlen(word) && strncasecmp((const char *)text.at, word, text.count) == 0;
}

/* What stands before the first `separator`; `text` is moved behind that. */
static struct octets take_until(struct octets *text, char separator)
{
    const uint8_t *end = text->count > 0 ? memchr(text->at, separator, text->count) : NULL;
    struct octets taken = {text->at, end ? (size_t)(end - text->at) : text->count};
    *text = octets_from(*text, end ? taken.count + 1 : taken.count);
    return taken;
}

/* One to twenty digits; what is above 64 bits counts as the highest number they hold. */
static bool read_size(struct octets text, uint64_t *size)
{
    if (text.count == 0 || text.count > SIZE_DIGITS)
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < text.count; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        uint64_t digit = text.at[i] - '0';
        value = value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : value * 10 + digit;
    }
    *size = value;
    return true;
}

const char *ehlo_keyword_name(enum ehlo_keyword keyword)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (keywords[i].keyword == keyword)
            return keywords[i].name;
    return NULL;
}

unsigned ehlo_keyword_of(struct octets name)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (is_word(name, keywords[i].name))
            return keywords[i].keyword;
    return 0;
}

void ehlo_take(struct ehlo_offer *offer, struct octets line)
{
    unsigned keyword = ehlo_keyword_of(take_until(&line, ' '));
    offer->keywords |= keyword;
    if (keyword == EHLO_SIZE && !read_size(take_until(&line, ' '), &offer->size_limit))
        offer->size_limit = 0;
}

void ehlo_take_lines(struct ehlo_offer *offer, struct octets lines, size_t before)
{
    take_until(&lines, '\n');
    while (lines.count > 0) {
        struct octets line = take_until(&lines, '\n');
        if (line.count > 0 && line.at[line.count - 1] == '\r')
            line.count--;
        if (line.count > before)
            ehlo_take(offer, octets_from(line, before));
    }
}

static bool is_upper_hex(uint8_t octet)
{
    return (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'F');
}

/* RFC 1891 §5: printable ASCII without "+" and "=", or "+" and two hexadecimal digits. */
static bool is_xtext(struct octets text)
{
    for (size_t i = 0; i < text.count; i++) {
        if (text.at[i] <= ' ' || text.at[i] >= 127 || text.at[i] == '=')
            return false;
        if (text.at[i] != '+')
            continue;
        if (text.count - i < 3 || !is_upper_hex(text.at[i + 1]) || !is_upper_hex(text.at[i + 2]))
            return false;
        i += 2;
    }
    return text.count > 0;
}

static bool is_notify(struct octets value)
{
    if (is_word(value, "NEVER"))
        return true;
    size_t commas = 0, words = 0;
    for (size_t i = 0; i < value.count; i++)
        commas += value.at[i] == ',';
    while (value.count > 0) {
        struct octets word = take_until(&value, ',');
        if (!is_word(word, "SUCCESS") && !is_word(word, "FAILURE") && !is_word(word, "DELAY"))
            return false;
        words++;
    }
    return words == commas + 1;
}

/* "rfc822;user@example": the type of the address, and the address as xtext. */
static bool is_original_recipient(struct octets value)
{
    if (value.count > ORCPT_LIMIT)
        return false;
    struct octets type = take_until(&value, ';');
    return is_xtext(type) && !memchr(type.at, '+', type.count) && is_xtext(value);
}

static bool is_body(struct octets value)
{
    return is_word(value, "7BIT") || is_word(value, "8BITMIME");
}

static bool is_return(struct octets value)
{
    return is_word(value, "FULL") || is_word(value, "HDRS");
}

static bool is_envelope_id(struct octets value)
{
    return value.count <= ENVID_LIMIT && is_xtext(value);
}

static bool is_size(struct octets value)
{
    uint64_t size;
    return read_size(value, &size);
}

static const struct {
    const char *name;
    bool recipient;
    enum ehlo_keyword offered_by;
    bool (*is_value)(struct octets value);
} parameters[] = {
    {"SIZE", false, EHLO_SIZE, is_size},   {"BODY", false, EHLO_8BITMIME, is_body},
    {"RET", false, EHLO_DSN, is_return},   {"ENVID", false, EHLO_DSN, is_envelope_id},
    {"NOTIFY", true, EHLO_DSN, is_notify}, {"ORCPT", true, EHLO_DSN, is_original_recipient},
};

enum ehlo_parameter_status ehlo_parameter(const struct ehlo_offer *offer, bool recipient,
                                          struct octets keyword, struct octets value)
{
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        if (parameters[i].recipient != recipient || !is_word(keyword, parameters[i].name) ||
            !(offer->keywords & parameters[i].offered_by))
            continue;
        if (!parameters[i].is_value(value))
            return EHLO_PARAMETER_SYNTAX;
        uint64_t size;
        bool too_large = parameters[i].offered_by == EHLO_SIZE && offer->size_limit > 0 &&
                         read_size(value, &size) && size > offer->size_limit;
        return too_large ? EHLO_PARAMETER_TOO_LARGE : EHLO_PARAMETER_OK;
    }
    return EHLO_PARAMETER_UNKNOWN;
}
