#include "mockserver/scenario_load_words.h"

#include <stdlib.h>

/* What a scenario may state at most: 100 years. Sums of a few such durations don't overflow. */
#define DURATION_MOST ((usec)100 * 366 * 24 * 3600 * USEC_PER_SEC)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool unit_read(const char *text, usec *unit)
{
    static const struct {
        const char *name;
        usec unit;
    } units[] = {{"us", 1},
                 {"ms", USEC_PER_MSEC},
                 {"s", USEC_PER_SEC},
                 {"m", 60 * USEC_PER_SEC},
                 {"h", 3600 * USEC_PER_SEC}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(text, units[i].name) == 0) {
            *unit = units[i].unit;
            return true;
        }
    }
    return false;
}

/* Exact: the digits are kept as a whole number of 10^-places units. */
bool duration_read(const char *text, usec *duration)
{
    int64_t number = 0, scale = 1;
    unsigned digits = 0;
    bool fraction = false;
    for (; is_digit(*text) || (*text == '.' && digits > 0 && !fraction); text++) {
        if (*text == '.') {
            fraction = true;
            digits = 0;
        } else if (digits++ < 12 && number < INT64_MAX / 100 && (!fraction || digits <= 6)) {
            number = number * 10 + (*text - '0');
            scale *= fraction ? 10 : 1;
        } else {
            return false;
        }
    }
    usec unit;
    if (digits == 0 || !unit_read(text, &unit))
        return false;
    usec result;
    if (__builtin_mul_overflow(number, unit, &result) || result / scale > DURATION_MOST ||
        result % scale != 0)
        return false;
    *duration = result / scale;
    return true;
}

bool span_read(const char *text, struct span *span)
{
    usec duration;
    if (duration_read(text, &duration)) {
        *span = (struct span){.duration = duration};
        return true;
    }
    char *end;
    if (!is_digit(text[0]))
        return false;
    unsigned long percent = strtoul(text, &end, 10);
    if (percent < 1 || percent > 9999 || strcmp(end, "%") != 0)
        return false;
    *span = (struct span){.percent = (uint32_t)percent};
    return true;
}

bool range_read(const char *text, struct range *range)
{
    char *end;
    if (!is_digit(text[0]))
        return false;
    unsigned long first = strtoul(text, &end, 10), last = first;
    if (strcmp(end, "-") == 0) {
        last = UINT32_MAX;
    } else if (end[0] == '-' && is_digit(end[1])) {
        last = strtoul(end + 1, &end, 10);
        if (*end != '\0')
            return false;
    } else if (*end != '\0') {
        return false;
    }
    if (first < 1 || last < first || last > UINT32_MAX)
        return false;
    *range = (struct range){(uint32_t)first, (uint32_t)last};
    return true;
}

bool octets_read(struct arena *arena, struct octets text, struct octets *octets)
{
    uint8_t *copy = arena_take(arena, text.count);
    size_t count = 0;
    for (size_t i = 0; copy && i < text.count; i++) {
        uint8_t first = text.at[i];
        if (first > 0xc3)
            return false;
        if (first >= 0xc0 && i + 1 < text.count)
            first = (uint8_t)(first << 6 | (text.at[++i] & 0x3f));
        copy[count++] = first;
    }
    *octets = (struct octets){copy, count};
    return true;
}

static int base64_digit(uint8_t c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(digits, c);
    return at ? (int)(at - digits) : -1;
}

bool base64_read(struct arena *arena, struct octets text, struct octets *octets)
{
    if (text.count % 4 != 0)
        return false;
    size_t padding = 0;
    while (padding < 2 && padding < text.count && text.at[text.count - padding - 1] == '=')
        padding++;
    uint8_t *copy = arena_take(arena, text.count / 4 * 3);
    size_t count = 0;
    uint32_t bits = 0;
    for (size_t i = 0; copy && i < text.count; i++) {
        int digit = i >= text.count - padding ? 0 : base64_digit(text.at[i]);
        if (digit < 0)
            return false;
        bits = bits << 6 | (uint32_t)digit;
        if (i % 4 != 3)
            continue;
        copy[count++] = (uint8_t)(bits >> 16);
        copy[count++] = (uint8_t)(bits >> 8);
        copy[count++] = (uint8_t)bits;
    }
    *octets = (struct octets){copy, count - (copy ? padding : 0)};
    return true;
}
