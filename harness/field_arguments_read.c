/* Which connections: numbers and times as people write them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/field_arguments.h"

enum { NUMBERS_MOST = 100000 };

static bool take_number(const char **text, unsigned long most, unsigned long *number)
{
    char *end = NULL;
    errno = 0;
    if (**text < '0' || **text > '9')
        return false;
    *number = strtoul(*text, &end, 10);
    *text = end;
    return errno == 0 && *number <= most;
}

bool field_connections_read(const char *text, uint32_t **numbers, size_t *count)
{
    uint32_t *list = NULL;
    size_t found = 0;
    do {
        unsigned long first, last;
        bool good = take_number(&text, UINT32_MAX, &first) && first > 0;
        last = first;
        if (good && *text == '-') {
            text++;
            good = take_number(&text, UINT32_MAX, &last) && last >= first;
        }
        good = good && (*text == ',' || !*text) && last - first < NUMBERS_MOST - found;
        uint32_t *grown = good ? realloc(list, (found + last - first + 1) * sizeof *list) : NULL;
        if (!grown) {
            free(list);
            return false;
        }
        list = grown;
        for (unsigned long number = first; number <= last; number++)
            list[found++] = (uint32_t)number;
    } while (*text++ == ',');
    *numbers = list;
    *count = found;
    return true;
}

/* ".5" -> 500000; steps over it. */
static int64_t take_fraction(const char **text)
{
    int64_t part = 0, unit = USEC_PER_SEC;
    if (**text != '.' && **text != ',')
        return 0;
    for ((*text)++; **text >= '0' && **text <= '9'; (*text)++) {
        unit /= 10;
        part += unit * (**text - '0');
    }
    return part;
}

/* "Z", "+09:00", "+0900": seconds east of Greenwich. False where something else stands there. */
static bool take_zone(const char *text, long *east)
{
    int hours, minutes, used = 0;
    if (strcmp(text, "Z") == 0) {
        *east = 0;
        return true;
    }
    if ((*text != '+' && *text != '-') ||
        (sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &used) != 2 &&
         sscanf(text + 1, "%2d%2d%n", &hours, &minutes, &used) != 2) ||
        text[1 + used] || hours < 0 || hours > 14 || minutes < 0 || minutes > 59)
        return false;
    *east = (hours * 60L + minutes) * 60 * (*text == '-' ? -1 : 1);
    return true;
}

bool field_time_read(const char *text, size_t count, int64_t *at)
{
    static const char *const forms[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M",
                                        "%Y-%m-%d %H:%M", "%Y-%m-%d"};
    char copy[64];
    const char *rest = NULL;
    struct tm parts;
    long east = 0;
    if (count == 0 || count >= sizeof copy)
        return false;
    memcpy(copy, text, count);
    copy[count] = '\0';
    if (copy[0] == '@') {
        unsigned long seconds;
        rest = copy + 1;
        if (!take_number(&rest, 1ul << 40, &seconds))
            return false;
        *at = (int64_t)seconds * USEC_PER_SEC + take_fraction(&rest);
        return !*rest;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms && !rest; i++) {
        parts = (struct tm){.tm_isdst = -1};
        rest = strptime(copy, forms[i], &parts);
    }
    if (!rest)
        return false;
    int64_t fraction = take_fraction(&rest), seconds;
    if (!*rest)
        seconds = mktime(&parts);
    else if (take_zone(rest, &east))
        seconds = timegm(&parts) - east;
    else
        return false;
    *at = seconds * USEC_PER_SEC + fraction;
    return seconds > 0;
}

bool field_times_read(const char *text, int64_t *from, int64_t *until)
{
    const char *dots = strstr(text, "..");
    int64_t first = 0, last = 0;
    if (!dots)
        return false;
    const char *behind = dots + 2;
    if ((dots > text && !field_time_read(text, (size_t)(dots - text), &first)) ||
        (*behind && !field_time_read(behind, strlen(behind), &last)) ||
        (first && last && last < first))
        return false;
    *from = first;
    *until = last;
    return first || last;
}
