/* What an embedded centre keeps for its owner: messages, and what was said. */
#include <inttypes.h>
#include <stdlib.h>

#include "mockserver/naccsmock_private.h"

/* What a flooding sender may cost. */
static const uint64_t inbox_most = UINT64_C(1) << 30;
enum { DIALOGUE_MOST = 16 * 1024 * 1024 };

/* Messages. Each is one piece of memory: the struct, the recipients, then all strings. */

static char *put_string(char **at, struct octets octets)
{
    char *string = *at;
    if (octets.count > 0)
        memcpy(string, octets.at, octets.count);
    string[octets.count] = '\0';
    *at += octets.count + 1;
    return string;
}

static struct naccsmock_message *message_copy(const struct received_message *message)
{
    size_t recipients = message->recipient_count;
    size_t size = sizeof(struct naccsmock_message) + (recipients + 1) * sizeof(char *) +
                  message->helo.count + message->sender.count + message->content.count + 3;
    for (size_t i = 0; i < recipients; i++)
        size += message->recipients[i].count + 1;
    struct naccsmock_message *copy = malloc(size);
    if (!copy)
        return NULL;
    const char **list = (const char **)(copy + 1);
    char *strings = (char *)(list + recipients + 1);
    for (size_t i = 0; i < recipients; i++)
        list[i] = put_string(&strings, message->recipients[i]);
    list[recipients] = NULL;
    *copy = (struct naccsmock_message){.connection = message->connection,
                                       .helo = put_string(&strings, message->helo),
                                       .extended = message->extended,
                                       .sender = put_string(&strings, message->sender),
                                       .recipients = list,
                                       .recipient_count = recipients,
                                       .content = put_string(&strings, message->content),
                                       .size = message->content.count};
    return copy;
}

bool inbox_put(struct inbox *inbox, const struct received_message *message)
{
    if (message->content.count > inbox_most - inbox->octets)
        return false;
    if (inbox->count == inbox->room) {
        size_t room = inbox->room ? 2 * inbox->room : 16;
        struct naccsmock_message **grown = realloc(inbox->at, room * sizeof(*grown));
        if (!grown)
            return false;
        inbox->at = grown;
        inbox->room = room;
    }
    struct naccsmock_message *copy = message_copy(message);
    if (!copy)
        return false;
    inbox->at[inbox->count++] = copy;
    inbox->octets += copy->size;
    return true;
}

void inbox_free(struct inbox *inbox)
{
    for (size_t i = 0; i < inbox->count; i++)
        free(inbox->at[i]);
    free(inbox->at);
}

/* The dialogue. */

static bool put_escaped(struct buf *text, struct octets octets)
{
    bool put = true;
    for (size_t i = 0; put && i < octets.count; i++) {
        uint8_t octet = octets.at[i];
        if (octet == '\\')
            put = buf_append(text, OCTETS("\\\\"));
        else if (octet >= ' ' && octet < 0x7f)
            put = buf_append_octet(text, octet);
        else
            put = buf_format(text, "\\x%02x", octet);
    }
    return put;
}

/* Lines of their own; what ends with something else than CRLF shows it. */
static bool put_lines(struct buf *text, uint32_t connection, const char *sign, struct octets octets)
{
    bool put = true;
    while (put && octets.count > 0) {
        const uint8_t *end = memmem(octets.at, octets.count, "\r\n", 2);
        struct octets line = {octets.at, end ? (size_t)(end - octets.at) : octets.count};
        put = buf_format(text, "%" PRIu32 " %s ", connection, sign) && put_escaped(text, line) &&
              buf_append_string(text, end ? "\n" : " (no CRLF)\n");
        octets = octets_from(octets, line.count + (end ? 2 : 0));
    }
    return put;
}

static bool put_body(struct dialogue *dialogue, const struct transcript_event *event)
{
    struct buf *text = &dialogue->text;
    if (dialogue->body_of == event->connection) {
        text->count = dialogue->body_at;
    } else {
        dialogue->body_octets = 0;
        dialogue->body_at = text->count;
    }
    dialogue->body_of = event->connection;
    dialogue->body_octets += event->octets.count;
    return buf_format(text, "%" PRIu32 " >> (message, %" PRIu64 " octets)\n", event->connection,
                      dialogue->body_octets);
}

static bool put_event(struct dialogue *dialogue, const struct transcript_event *event)
{
    struct buf *text = &dialogue->text;
    if (event->kind == TRANSCRIPT_RECEIVED && event->body)
        return put_body(dialogue, event);
    dialogue->body_of = 0;
    if (event->kind == TRANSCRIPT_RECEIVED)
        return put_lines(text, event->connection, ">>", event->octets);
    if (event->kind == TRANSCRIPT_SENT)
        return put_lines(text, event->connection, "<<", event->octets);
    bool put =
        buf_format(text, "%" PRIu32 " -- %s", event->connection, transcript_kind_name(event->kind));
    if (event->kind != TRANSCRIPT_OPENED && event->octets.count > 0)
        put = put && buf_append(text, OCTETS(": ")) && put_escaped(text, event->octets);
    return put && buf_append_octet(text, '\n');
}

void dialogue_event(struct dialogue *dialogue, const struct transcript_event *event)
{
    size_t before = dialogue->text.count;
    dialogue->text.limit = DIALOGUE_MOST;
    if (dialogue->full || put_event(dialogue, event))
        return;
    /* No half lines. */
    dialogue->full = true;
    dialogue->text.count = dialogue->body_of ? dialogue->body_at : before;
}
