#include "mockserver/transcript.h"

#include <stdlib.h>

/* Octets are kept in blocks, which never move, each twice as large as the one before; a piece
 * larger than a block gets one of its own. */
enum { FIRST_BLOCK_SIZE = 4 * 1024, BLOCK_SIZE = 64 * 1024 };

struct block {
    struct block *next;
    size_t count, room;
    uint8_t octets[];
};

struct transcript_recording {
    struct block *blocks; /* the one that is being filled comes first */
    size_t room;          /* of the events */
    size_t octets;
    size_t limit;
};

static const char *const kind_names[TRANSCRIPT_KINDS] = {
    [TRANSCRIPT_OPENED] = "opened",
    [TRANSCRIPT_RECEIVED] = "received",
    [TRANSCRIPT_SENT] = "sent",
    [TRANSCRIPT_SENDER_FIN] = "sender-fin",
    [TRANSCRIPT_SENDER_RST] = "sender-rst",
    [TRANSCRIPT_CENTRE_FIN] = "centre-fin",
    [TRANSCRIPT_CENTRE_HALF] = "centre-half",
    [TRANSCRIPT_CENTRE_RST] = "centre-rst",
    [TRANSCRIPT_STALLED] = "stalled",
    [TRANSCRIPT_PAUSED] = "paused",
    [TRANSCRIPT_RESUMED] = "resumed",
    [TRANSCRIPT_STORED] = "stored",
    [TRANSCRIPT_FLAW] = "flaw",
    [TRANSCRIPT_MISSING] = "missing",
    [TRANSCRIPT_FACE] = "face",
    [TRANSCRIPT_QUERY] = "query",
    [TRANSCRIPT_ANSWER] = "answer",
    [TRANSCRIPT_CLOSED] = "closed",
};

const char *transcript_kind_name(enum transcript_kind kind)
{
    return kind_names[kind];
}

struct transcript *transcript_new(size_t limit)
{
    struct transcript *transcript = calloc(1, sizeof *transcript);
    struct transcript_recording *recording = calloc(1, sizeof *recording);
    if (!transcript || !recording) {
        free(transcript);
        free(recording);
        return NULL;
    }
    recording->limit = limit;
    transcript->recording = recording;
    return transcript;
}

void transcript_free(struct transcript *transcript)
{
    if (!transcript)
        return;
    for (struct block *block = transcript->recording->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(transcript->recording);
    free(transcript->events);
    free(transcript);
}

static const uint8_t *octets_keep(struct transcript_recording *recording, struct octets octets)
{
    struct block *block = recording->blocks;
    if (!block || block->room - block->count < octets.count) {
        size_t room = block ? 2 * block->room : FIRST_BLOCK_SIZE;
        room = room < BLOCK_SIZE ? room : BLOCK_SIZE;
        room = octets.count > room ? octets.count : room;
        block = malloc(sizeof *block + room);
        if (!block)
            return NULL;
        *block = (struct block){.next = recording->blocks, .room = room};
        recording->blocks = block;
    }
    uint8_t *kept = block->octets + block->count;
    memcpy(kept, octets.at, octets.count);
    block->count += octets.count;
    return kept;
}

static bool events_grow(struct transcript *transcript)
{
    struct transcript_recording *recording = transcript->recording;
    if (transcript->count < recording->room)
        return true;
    size_t room = recording->room ? recording->room * 2 : 64;
    struct transcript_event *grown = realloc(transcript->events, room * sizeof *grown);
    if (!grown)
        return false;
    transcript->events = grown;
    recording->room = room;
    return true;
}

/* What an event costs of the limit: tiny segments cost memory too. */
static size_t event_cost(const struct transcript_event *event)
{
    return sizeof *event + event->octets.count;
}

static void event_record(void *owner, const struct transcript_event *event)
{
    struct transcript *transcript = owner;
    struct transcript_recording *recording = transcript->recording;
    if (transcript->incomplete)
        return;
    if (event_cost(event) > recording->limit - recording->octets) {
        transcript->incomplete = true;
        return;
    }
    if (!events_grow(transcript)) {
        transcript->incomplete = transcript->no_memory = true;
        return;
    }
    struct transcript_event kept = *event;
    if (event->octets.count > 0) {
        kept.octets.at = octets_keep(recording, event->octets);
        if (!kept.octets.at) {
            transcript->incomplete = transcript->no_memory = true;
            return;
        }
    }
    recording->octets += event_cost(event);
    transcript->events[transcript->count++] = kept;
}

struct transcript_sink transcript_sink(struct transcript *transcript)
{
    return (struct transcript_sink){event_record, transcript};
}
