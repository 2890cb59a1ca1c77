#include "harness/diagram.h"

#include <stdlib.h>

enum {
    HEAD = 34,          /* above the first item: the names of the two ends */
    ROW = 22,           /* an arrow and the words above it */
    SMALL_ROW = 15,     /* what has its words beside it: the centre's ends, and notes */
    TAIL = 14,          /* below the last */
    LIMIT_HEIGHT = 120, /* of the sender's limit */
    MOST_HEIGHT = 180,  /* of a silence; a longer one is shortened to it */
    WORTH_A_MARK = 26,  /* of a silence */
    JUST_BELOW = 4,
};

/* Being laid out. */
struct layout {
    const struct transcript *transcript;
    const struct diagram_options *options;
    struct diagram *diagram;
    double scale; /* per microsecond */
    usec now;     /* of `y` */
    unsigned y;
};

static usec since_begin(const struct layout *layout, size_t index)
{
    return layout->transcript->events[index].at - layout->transcript->events[0].at;
}

static bool ends_line(const struct transcript_event *event)
{
    return event->octets.count > 0 && event->octets.at[event->octets.count - 1] == '\n';
}

/* False: it is not drawn. */
static bool kind_of(const struct transcript_event *event, enum diagram_kind *kind)
{
    switch (event->kind) {
    case TRANSCRIPT_OPENED:
        *kind = DIAGRAM_OPENED;
        return true;
    case TRANSCRIPT_RECEIVED:
        *kind = event->body ? DIAGRAM_BODY : DIAGRAM_COMMAND;
        return true;
    case TRANSCRIPT_SENT:
        *kind = DIAGRAM_REPLY;
        return true;
    case TRANSCRIPT_SENDER_FIN:
    case TRANSCRIPT_SENDER_RST:
        *kind = DIAGRAM_SENDER_END;
        return true;
    case TRANSCRIPT_CENTRE_FIN:
    case TRANSCRIPT_CENTRE_HALF:
    case TRANSCRIPT_CENTRE_RST:
        *kind = DIAGRAM_CENTRE_END;
        return true;
    case TRANSCRIPT_STALLED:
    case TRANSCRIPT_PAUSED:
    case TRANSCRIPT_RESUMED:
    case TRANSCRIPT_STORED:
    case TRANSCRIPT_FLAW:
    case TRANSCRIPT_MISSING:
    case TRANSCRIPT_FACE:
        *kind = DIAGRAM_NOTE;
        return true;
    case TRANSCRIPT_QUERY:
        *kind = DIAGRAM_QUERY;
        return true;
    case TRANSCRIPT_ANSWER:
        *kind = DIAGRAM_ANSWER;
        return true;
    case TRANSCRIPT_CLOSED: /* says no more than the two ends do */
        return false;
    }
    return false;
}

/* Does this event go on with what the item holds? */
static bool goes_on(const struct layout *layout, const struct diagram_item *item, size_t index,
                    enum diagram_kind kind)
{
    const struct transcript_event *last = &layout->transcript->events[item->last];
    const struct transcript_event *event = &layout->transcript->events[index];
    if (item->kind != kind || last->connection != event->connection)
        return false;
    if (kind == DIAGRAM_BODY)
        return true;
    return (kind == DIAGRAM_COMMAND || kind == DIAGRAM_REPLY) && !ends_line(last);
}

static bool gather(struct layout *layout)
{
    struct diagram *diagram = layout->diagram;
    const struct transcript *transcript = layout->transcript;
    diagram->items = calloc(transcript->count + 1, sizeof *diagram->items);
    if (!diagram->items)
        return false;
    for (size_t i = 0; i < transcript->count; i++) {
        const struct transcript_event *event = &transcript->events[i];
        enum diagram_kind kind;
        diagram->several_connections |= event->connection > 1;
        if (!kind_of(event, &kind))
            continue;
        struct diagram_item *item =
            diagram->item_count > 0 ? &diagram->items[diagram->item_count - 1] : NULL;
        if (!item || !goes_on(layout, item, i, kind)) {
            item = &diagram->items[diagram->item_count++];
            *item = (struct diagram_item){.kind = kind, .first = i, .at = since_begin(layout, i)};
        }
        item->last = i;
        item->events++;
        item->octets += event->octets.count;
        item->until = since_begin(layout, i);
        item->reset |= event->kind == TRANSCRIPT_SENDER_RST || event->kind == TRANSCRIPT_CENTRE_RST;
    }
    return true;
}

static void mark(struct diagram *diagram, const struct findings *findings)
{
    for (size_t i = 0; findings && i < findings->count; i++) {
        const struct finding *finding = &findings->at[i];
        bool against = finding->verdict == VERDICT_FAIL || finding->verdict == VERDICT_WARN;
        for (size_t j = 0; against && finding->has_event && j < diagram->item_count; j++) {
            struct diagram_item *item = &diagram->items[j];
            if (item->first <= finding->event && finding->event <= item->last &&
                item->verdict != VERDICT_FAIL)
                item->verdict = finding->verdict;
        }
    }
}

/* How high so much time is. */
static unsigned height_of(const struct layout *layout, usec length, bool *shortened)
{
    double height = (double)length * layout->scale;
    *shortened = height > MOST_HEIGHT;
    return height <= 0 ? 0 : *shortened ? MOST_HEIGHT : (unsigned)height;
}

static void add_silence(struct layout *layout, usec length, unsigned height, bool shortened)
{
    struct diagram *diagram = layout->diagram;
    diagram->silences[diagram->silence_count++] =
        (struct diagram_silence){layout->now, length, layout->y, layout->y + height, shortened};
}

/* Down to a point in time, at least by `least`. */
static unsigned go_down(struct layout *layout, usec to, unsigned least)
{
    bool shortened;
    usec length = to - layout->now;
    unsigned height = height_of(layout, length, &shortened);
    if (height >= WORTH_A_MARK)
        add_silence(layout, length, height, shortened);
    layout->y += height > least ? height : least;
    layout->now = to > layout->now ? to : layout->now;
    return layout->y;
}

static unsigned row_of(enum diagram_kind kind)
{
    switch (kind) {
    case DIAGRAM_CENTRE_END:
    case DIAGRAM_NOTE:
        return SMALL_ROW;
    case DIAGRAM_SENDER_END:
    case DIAGRAM_OPENED:
    case DIAGRAM_COMMAND:
    case DIAGRAM_BODY:
    case DIAGRAM_REPLY:
    case DIAGRAM_QUERY:
    case DIAGRAM_ANSWER:
        break;
    }
    return ROW;
}

static void place(struct layout *layout)
{
    struct diagram *diagram = layout->diagram;
    layout->y = HEAD;
    for (size_t i = 0; i < diagram->item_count; i++) {
        struct diagram_item *item = &diagram->items[i];
        bool shortened;
        item->y = go_down(layout, item->at, row_of(item->kind));
        layout->y += height_of(layout, item->until - item->at, &shortened);
        layout->now = item->until;
        item->y_end = layout->y;
    }
    diagram->height = layout->y + TAIL;
}

/* Where a point in time is, between an item and the next. */
static unsigned y_of(const struct layout *layout, const struct diagram_item *item, usec at)
{
    const struct diagram *diagram = layout->diagram;
    const struct diagram_item *end = diagram->items + diagram->item_count;
    while (item + 1 < end && item[1].at <= at)
        item++;
    bool shortened;
    usec from = at < item->until ? item->at : item->until;
    unsigned y = at < item->until ? item->y : item->y_end;
    unsigned most = at < item->until ? item->y_end : item + 1 < end ? item[1].y : diagram->height;
    y += height_of(layout, at - from, &shortened);
    return y < most ? y : most;
}

static uint32_t connection_of(const struct layout *layout, const struct diagram_item *item)
{
    return layout->transcript->events[item->first].connection;
}

static bool asks(enum diagram_kind kind)
{
    return kind == DIAGRAM_OPENED || kind == DIAGRAM_COMMAND || kind == DIAGRAM_BODY;
}

/* When what began with this item was over: a whole reply, or the end of the connection. */
static usec over(const struct layout *layout, const struct diagram_item *item)
{
    const struct diagram *diagram = layout->diagram;
    const struct diagram_item *end = diagram->items + diagram->item_count;
    for (const struct diagram_item *next = item + 1; next < end; next++) {
        if (connection_of(layout, next) != connection_of(layout, item))
            continue;
        if (next->kind == DIAGRAM_REPLY)
            return ends_line(&layout->transcript->events[next->last]) ? next->until : USEC_NEVER;
        if (next->kind == DIAGRAM_SENDER_END || next->kind == DIAGRAM_CENTRE_END ||
            asks(next->kind))
            return next->at;
    }
    return end[-1].until;
}

/* `end`: when the wait was over. A limit that lies a little behind that stands right below it. */
static void add_limit(struct layout *layout, const struct diagram_item *item, usec length, usec end,
                      bool idle)
{
    struct diagram *diagram = layout->diagram;
    usec at = item->until + length;
    unsigned y = at > end ? y_of(layout, item, end) + JUST_BELOW : y_of(layout, item, at);
    diagram->limits[diagram->limit_count++] = (struct diagram_limit){y, length, idle};
}

/* Nearly all of it, so that who gives up just before is shown to do so. */
static bool comes_near(usec length, usec limit)
{
    return limit > 0 && length >= limit - limit / 20;
}

static void find_limits(struct layout *layout)
{
    const struct diagram *diagram = layout->diagram;
    const struct diagram_item *last = diagram->items + diagram->item_count - 1;
    for (const struct diagram_item *item = diagram->items; item < last; item++) {
        usec end = over(layout, item);
        end = end == USEC_NEVER ? last->until : end;
        usec length = end - item->until;
        if (asks(item->kind) && comes_near(length, layout->options->sender_limit))
            add_limit(layout, item, layout->options->sender_limit, end, false);
        else if (item->kind == DIAGRAM_REPLY && comes_near(length, layout->options->idle_limit))
            add_limit(layout, item, layout->options->idle_limit, end, true);
    }
}

bool diagram_make(const struct transcript *transcript, const struct findings *findings,
                  const struct diagram_options *options, struct diagram *diagram)
{
    struct diagram made = {0};
    usec limit = options->sender_limit > 0 ? options->sender_limit : USEC_PER_SEC;
    struct layout layout = {.transcript = transcript,
                            .options = options,
                            .diagram = &made,
                            .scale = LIMIT_HEIGHT / (double)limit};
    if (!transcript || transcript->count == 0) {
        *diagram = made;
        return true;
    }
    bool good = gather(&layout);
    made.silences = calloc(made.item_count + 1, sizeof *made.silences);
    made.limits = calloc(made.item_count + 1, sizeof *made.limits);
    good = good && made.silences && made.limits;
    if (good && made.item_count > 0) {
        mark(&made, findings);
        place(&layout);
        find_limits(&layout);
    }
    if (good)
        *diagram = made;
    else
        diagram_free(&made);
    return good;
}

void diagram_free(struct diagram *diagram)
{
    free(diagram->items);
    free(diagram->silences);
    free(diagram->limits);
    *diagram = (struct diagram){0};
}
