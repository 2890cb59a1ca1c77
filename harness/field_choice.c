#include <string.h>

#include "harness/field.h"

/* "192.0.2.1:25", "[2001:db8::1]:25": is this its address? */
static bool has_address(const char *end, const char *address)
{
    bool brackets = end[0] == '[';
    size_t count = strlen(address);
    if (strncmp(end + brackets, address, count) != 0)
        return false;
    char behind = end[brackets + count];
    return behind == '\0' || behind == (brackets ? ']' : ':');
}

static bool has_port(const char *end, uint16_t port)
{
    const char *colon = strrchr(end, ':');
    unsigned number = 0;
    if (!colon)
        return true;
    for (const char *digit = colon + 1; *digit >= '0' && *digit <= '9' && number < 65536; digit++)
        number = number * 10 + (unsigned)(*digit - '0');
    return number == port;
}

/* Days since 1970 by the proleptic Gregorian calendar; the year begins in March. */
int64_t field_wall_clock(int year, int month, int day)
{
    int64_t years = (int64_t)year - (month <= 2);
    int64_t months = (month + 9) % 12;
    int64_t days = 365 * years + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 +
                   (day - 1) - 719468;
    return days * 86400 * USEC_PER_SEC;
}

bool field_chosen(const struct field_choice *choice, const struct field_connection *connection)
{
    bool chosen = choice->connection_count == 0;
    for (size_t i = 0; i < choice->connection_count && !chosen; i++)
        chosen = choice->connections[i] == connection->number;
    if (chosen && choice->host && (connection->sender[0] || connection->centre[0]))
        chosen = has_address(connection->sender, choice->host) ||
                 has_address(connection->centre, choice->host);
    if (chosen && choice->port)
        chosen = has_port(connection->centre, choice->port);
    if (chosen && connection->began && choice->from)
        chosen = connection->began >= choice->from;
    if (chosen && connection->began && choice->until)
        chosen = connection->began <= choice->until;
    return chosen;
}
