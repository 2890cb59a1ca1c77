#include "tests/unit/field_shown.h"

#include <stdarg.h>
#include <stdio.h>

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

static void show_octets(struct shown *shown, struct octets octets)
{
    for (size_t i = 0; i < octets.count; i++) {
        uint8_t octet = octets.at[i];
        if (octet == '\r' || octet == '\n')
            append(shown->text, sizeof shown->text, octet == '\r' ? "\\r" : "\\n");
        else
            append(shown->text, sizeof shown->text,
                   octet >= 0x20 && octet < 0x7f ? "%c" : "\\x%02x", octet);
    }
}

static bool show(void *owner, const struct field_connection *connection)
{
    static const char *const beginnings[] = {"answered", "under way", "refused", "unanswered"};
    struct shown *shown = owner;
    shown->connections++;
    append(shown->text, sizeof shown->text, "connection %u%s%s %s%s%s%s\n", connection->number,
           connection->centre[0] ? " " : "", connection->centre, beginnings[connection->beginning],
           connection->ended ? ", ended" : "", connection->timed ? ", timed" : "",
           connection->exact ? ", exact" : "");
    for (size_t i = 0; i < connection->event_count; i++) {
        const struct field_event *event = &connection->events[i];
        append(shown->text, sizeof shown->text, "%.3f %c ", (double)event->at / 1e6,
               event->end == FIELD_SENDER ? '>' : '<');
        switch (event->kind) {
        case FIELD_OCTETS:
            show_octets(shown, event->octets);
            break;
        case FIELD_GAP:
            append(shown->text, sizeof shown->text, "gap %llu", (unsigned long long)event->missing);
            break;
        case FIELD_FIN:
            append(shown->text, sizeof shown->text, event->reads_on ? "half" : "fin");
            break;
        case FIELD_RST:
            append(shown->text, sizeof shown->text, "rst");
            break;
        case FIELD_CLOSED_WINDOW:
            append(shown->text, sizeof shown->text, "closed window");
            break;
        case FIELD_OPEN_WINDOW:
            append(shown->text, sizeof shown->text, "open window");
            break;
        }
        append(shown->text, sizeof shown->text, "\n");
    }
    return true;
}

static void note(void *owner, const char *text)
{
    struct shown *shown = owner;
    append(shown->notes, sizeof shown->notes, "%s\n", text);
}

struct field_sink shown_sink(struct shown *shown)
{
    *shown = (struct shown){.connections = 0};
    return (struct field_sink){show, note, shown};
}
