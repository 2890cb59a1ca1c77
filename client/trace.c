#include "client/trace.h"

#include <stdio.h>

/* What is kept of a line: enough to be read by people. */
enum { TRACE_LINE_LIMIT = 512 };

static void tell(struct client_trace *trace, char direction, struct octets line)
{
    trace->options->trace(trace->options->owner, direction, line);
}

void client_trace_init(struct client_trace *trace, const struct client_options *options)
{
    trace->options = options;
    line_reader_init(&trace->lines, TRACE_LINE_LIMIT);
}

void client_trace_free(struct client_trace *trace)
{
    line_reader_free(&trace->lines);
}

void client_trace_sent(struct client_trace *trace, struct octets command)
{
    if (trace->options->trace)
        tell(trace, '>', (struct octets){command.at, command.count - 2});
}

void client_trace_received(struct client_trace *trace, struct octets octets)
{
    while (trace->options->trace && octets.count > 0) {
        struct line line;
        bool found = false;
        octets = octets_from(octets, line_read(&trace->lines, octets, &line, &found));
        if (found)
            tell(trace, '<', line.text);
    }
}

void client_trace_message(struct client_trace *trace, size_t octets)
{
    if (!trace->options->trace)
        return;
    char text[64];
    snprintf(text, sizeof text, "(message of %zu octets)", octets);
    tell(trace, '>', octets_of(text));
}

void client_trace_note(struct client_trace *trace, const char *text)
{
    if (trace->options->trace)
        tell(trace, '*', octets_of(text));
}
