#include <stdlib.h>

#include "harness/field_transcript.h"

/* Merges two neighbouring runs, each in order; of equal times the left one's come first. */
static void merge(const struct transcript_event *from, struct transcript_event *to, size_t first,
                  size_t middle, size_t end)
{
    size_t left = first, right = middle;
    for (size_t i = first; i < end; i++) {
        bool takes_left = left < middle && (right == end || from[left].at <= from[right].at);
        to[i] = from[takes_left ? left++ : right++];
    }
}

/* Stable, since events of one time keep their order. Returns which of the two arrays is in order.
 */
static struct transcript_event *sort(struct transcript_event *events,
                                     struct transcript_event *spare, size_t count)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t first = 0; first < count; first += 2 * width) {
            size_t middle = first + width < count ? first + width : count;
            size_t end = middle + width < count ? middle + width : count;
            merge(events, spare, first, middle, end);
        }
        struct transcript_event *sorted = spare;
        spare = events;
        events = sorted;
    }
    return events;
}

bool field_transcript_order(struct transcript *transcript, usec *began)
{
    uint32_t most = 0;
    for (size_t i = 0; i < transcript->count; i++)
        if (transcript->events[i].message > most)
            most = transcript->events[i].message;
    struct transcript_event *spare = calloc(transcript->count + 1, sizeof *spare);
    uint32_t *numbers = calloc((size_t)most + 1, sizeof *numbers);
    if (!spare || !numbers) {
        free(spare);
        free(numbers);
        return false;
    }
    const struct transcript_event *sorted = sort(transcript->events, spare, transcript->count);
    if (transcript->count > 0 && sorted != transcript->events)
        memcpy(transcript->events, sorted, transcript->count * sizeof *sorted);
    uint32_t next = 0;
    usec first = transcript->count > 0 ? transcript->events[0].at : 0;
    if (began)
        *began = first;
    for (size_t i = 0; i < transcript->count; i++) {
        struct transcript_event *event = &transcript->events[i];
        if (event->message > 0 && numbers[event->message] == 0)
            numbers[event->message] = ++next;
        event->message = event->message > 0 ? numbers[event->message] : 0;
        event->at -= first;
    }
    free(spare);
    free(numbers);
    return true;
}
