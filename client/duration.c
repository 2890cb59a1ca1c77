#include "client/duration.h"

#include <stddef.h>
#include <string.h>

static const usec longest = 1000 * 3600 * USEC_PER_SEC;

static bool unit_of(const char *text, usec *unit)
{
    static const struct {
        const char *name;
        usec unit;
    } units[] = {
        {"", USEC_PER_SEC},       {"ms", USEC_PER_MSEC},      {"s", USEC_PER_SEC},
        {"m", 60 * USEC_PER_SEC}, {"h", 3600 * USEC_PER_SEC},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(text, units[i].name) == 0) {
            *unit = units[i].unit;
            return true;
        }
    }
    return false;
}

bool client_duration_parse(const char *text, usec *duration)
{
    static const char digits[] = "0123456789";
    size_t whole = strspn(text, digits);
    const char *behind = text + whole, *fraction = behind;
    size_t places = 0;
    if (*behind == '.') {
        fraction = behind + 1;
        places = strspn(fraction, digits);
        behind = fraction + places;
    }
    usec unit, total = 0;
    if (whole + places == 0 || !unit_of(behind, &unit))
        return false;
    for (size_t i = 0; i < whole && total <= longest; i++)
        total = total * 10 + (text[i] - '0') * unit;
    for (size_t i = 0; i < places && unit > 0; i++) {
        unit /= 10;
        total += (fraction[i] - '0') * unit;
    }
    if (total <= 0 || total > longest)
        return false;
    *duration = total;
    return true;
}
