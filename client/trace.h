/* The dialogue, told line by line to whoever wants to follow it (client_options.trace). */
#ifndef CLIENT_TRACE_H
#define CLIENT_TRACE_H

#include "client/client.h"
#include "wire/line.h"

struct client_trace {
    const struct client_options *options;
    struct line_reader lines; /* of what the centre sends */
};

void client_trace_init(struct client_trace *trace, const struct client_options *options);
void client_trace_free(struct client_trace *trace);

/* A command, its CRLF included. */
void client_trace_sent(struct client_trace *trace, struct octets command);
/* Octets as they come. */
void client_trace_received(struct client_trace *trace, struct octets octets);
/* A whole message, as one line. */
void client_trace_message(struct client_trace *trace, size_t octets);
/* What happens beside the dialogue. */
void client_trace_note(struct client_trace *trace, const char *text);

#endif
