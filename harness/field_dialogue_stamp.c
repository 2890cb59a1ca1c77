#include <strings.h>

#include "harness/field_dialogue_private.h"

/* Time stamps in the usual forms, one after the other, from the beginning of a line. */

static bool take_octet(struct octets *rest, const char *any)
{
    if (rest->count == 0 || rest->at[0] == '\0' || !strchr(any, rest->at[0]))
        return false;
    *rest = octets_from(*rest, 1);
    return true;
}

/* `least` to `most` digits. */
static bool take_number(struct octets *rest, unsigned least, unsigned most, int64_t *number)
{
    unsigned count = 0;
    int64_t value = 0;
    while (count < rest->count && count < most && rest->at[count] >= '0' && rest->at[count] <= '9')
        value = value * 10 + (rest->at[count++] - '0');
    if (count < least || (count < rest->count && rest->at[count] >= '0' && rest->at[count] <= '9'))
        return false;
    *rest = octets_from(*rest, count);
    *number = value;
    return true;
}

/* ".250" or ",250", as microseconds; nothing there is 0. */
static int64_t take_fraction(struct octets *rest, usec *grain)
{
    int64_t value = 0, unit = USEC_PER_SEC;
    *grain = USEC_PER_SEC;
    if (rest->count < 2 || (rest->at[0] != '.' && rest->at[0] != ',') || rest->at[1] < '0' ||
        rest->at[1] > '9')
        return 0;
    *rest = octets_from(*rest, 1);
    for (; rest->count > 0 && rest->at[0] >= '0' && rest->at[0] <= '9';
         *rest = octets_from(*rest, 1)) {
        unit /= 10;
        value += unit * (rest->at[0] - '0');
        *grain = unit > 0 ? unit : 1;
    }
    return value;
}

/* "12:34:56.789" */
static bool take_clock(struct octets *rest, struct dialogue_stamp *stamp)
{
    struct octets from = *rest;
    int64_t hour, minute, second;
    if (take_number(&from, 1, 2, &hour) && take_octet(&from, ":") &&
        take_number(&from, 2, 2, &minute) && take_octet(&from, ":") &&
        take_number(&from, 2, 2, &second) && hour < 24 && minute < 60 && second <= 60) {
        stamp->at += (hour * 3600 + minute * 60 + second) * USEC_PER_SEC;
        stamp->at += take_fraction(&from, &stamp->grain);
        *rest = from;
        return true;
    }
    return false;
}

/* "Z", "+09:00", "+0900", " JST", " UTC": what it is ahead of UTC is taken off. */
static void take_zone(struct octets *rest, struct dialogue_stamp *stamp)
{
    static const struct {
        const char *name;
        int hours;
    } zones[] = {{"UTC", 0}, {"GMT", 0}, {"JST", 9}, {"Z", 0}};
    struct octets from = *rest;
    take_octet(&from, " ");
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        size_t count = strlen(zones[i].name);
        bool ends =
            from.count == count || (from.count > count && strchr(" ])\t:|,-", from.at[count]));
        if (from.count >= count && ends &&
            strncasecmp((const char *)from.at, zones[i].name, count) == 0) {
            stamp->at -= zones[i].hours * 3600 * USEC_PER_SEC;
            *rest = octets_from(from, count);
            return;
        }
    }
    int64_t hours, minutes = 0;
    if (from.count < 5 || (from.at[0] != '+' && from.at[0] != '-') || from.at[1] > '9' ||
        from.at[1] < '0')
        return;
    bool ahead = from.at[0] == '+';
    from = octets_from(from, 1);
    if (take_number(&from, 4, 4, &hours)) {
        minutes = hours % 100;
        hours /= 100;
    } else if (!take_number(&from, 2, 2, &hours) || !take_octet(&from, ":") ||
               !take_number(&from, 2, 2, &minutes)) {
        return;
    }
    stamp->at -= (hours * 60 + minutes) * 60 * USEC_PER_SEC * (ahead ? 1 : -1);
    *rest = from;
}

/* "2026-11-25T12:34:56.789+09:00", "2026/11/25 12:34:56" */
static bool take_date(struct octets *rest, struct dialogue_stamp *stamp)
{
    struct octets from = *rest;
    int64_t year, month, day;
    if (!take_number(&from, 4, 4, &year) || !take_octet(&from, "-/.") ||
        !take_number(&from, 1, 2, &month) || !take_octet(&from, "-/.") ||
        !take_number(&from, 1, 2, &day) || !take_octet(&from, "T _") || month < 1 || month > 12 ||
        day < 1 || day > 31)
        return false;
    stamp->at = field_wall_clock((int)year, (int)month, (int)day);
    if (!take_clock(&from, stamp))
        return false;
    take_zone(&from, stamp);
    stamp->dated = true;
    *rest = from;
    return true;
}

/* "Nov 25 12:34:56", "25 Nov 2026 12:34:56", with "Wed, " before it. Without a year the date says
 * only which day comes behind which. */
static bool take_named_date(struct octets *rest, struct dialogue_stamp *stamp)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct octets from = *rest;
    int64_t day = 0, year = 0;
    if (from.count > 5 && from.at[3] == ',')
        from = octets_from(from, 5);
    bool day_first = take_number(&from, 1, 2, &day) && take_octet(&from, " -");
    int month = 0;
    for (int i = 0; i < 12 && !month && from.count > 4; i++)
        if (strncasecmp((const char *)from.at, months + 3 * i, 3) == 0)
            month = i + 1;
    if (!month)
        return false;
    from = octets_from(from, 3);
    while (take_octet(&from, " -"))
        ;
    if (!day_first && (!take_number(&from, 1, 2, &day) || !take_octet(&from, " ,")))
        return false;
    take_octet(&from, " ");
    struct octets behind = from;
    if (take_number(&behind, 4, 4, &year) && take_octet(&behind, " :"))
        from = behind;
    else
        year = 0;
    stamp->at = field_wall_clock(year ? (int)year : 1970, month, (int)day);
    if (!take_clock(&from, stamp))
        return false;
    take_zone(&from, stamp);
    stamp->dated = year > 0;
    *rest = from;
    return true;
}

/* "1764037800.250" */
static bool take_epoch(struct octets *rest, struct dialogue_stamp *stamp)
{
    struct octets from = *rest;
    int64_t seconds;
    if (!take_number(&from, 9, 11, &seconds))
        return false;
    stamp->at = seconds * USEC_PER_SEC + take_fraction(&from, &stamp->grain);
    stamp->dated = true;
    *rest = from;
    return true;
}

/* "0.250" or "+0.250s", between brackets or not: since whatever. */
static bool take_relative(struct octets *rest, struct dialogue_stamp *stamp)
{
    struct octets from = *rest;
    int64_t seconds;
    bool plus = take_octet(&from, "+");
    if (!take_number(&from, 1, 8, &seconds))
        return false;
    size_t before = from.count;
    stamp->at = seconds * USEC_PER_SEC + take_fraction(&from, &stamp->grain);
    if (from.count == before && !plus)
        return false;
    if (!take_octet(&from, "s") && before - from.count < 3)
        return false; /* "2.0": a version, an item */
    *rest = from;
    return true;
}

bool dialogue_stamp_take(struct octets *line, struct dialogue_stamp *stamp)
{
    struct octets rest = *line;
    struct dialogue_stamp taken = {.at = 0};
    while (take_octet(&rest, " \t"))
        ;
    bool bracket = take_octet(&rest, "[(<");
    while (bracket && take_octet(&rest, " "))
        ;
    if (!take_date(&rest, &taken)) {
        taken = (struct dialogue_stamp){.at = 0};
        if (!take_named_date(&rest, &taken)) {
            taken = (struct dialogue_stamp){.at = 0};
            if (take_clock(&rest, &taken))
                take_zone(&rest, &taken);
            else if (!take_epoch(&rest, &taken) && !take_relative(&rest, &taken))
                return false;
        }
    }
    if (rest.count > 0 && !strchr(" \t])>:|,;-", rest.at[0]))
        return false;
    take_octet(&rest, take_octet(&rest, "])>") ? ":" : ":|,;");
    *line = rest;
    *stamp = taken;
    return true;
}
