#include "harness/report_html.h"

/* The octets around a place, as programmers read them: offset, hexadecimal, text. */

enum { COLUMNS = 16, ROWS_BEFORE = 3, ROWS_BEHIND = 3 };

/* What one end sent on one connection, around a place. */
struct excerpt {
    struct buf octets;
    uint64_t from;  /* offset of the first of them */
    uint64_t place; /* what it is about */
};

/* Adds of one event what lies between the two offsets; `at` is the event's own. */
static bool take(struct excerpt *excerpt, const struct transcript_event *event, bool unmasked,
                 uint64_t at, uint64_t end)
{
    struct buf masked = BUF_INIT(0);
    bool good = report_masked(&masked, event, unmasked);
    uint64_t first = at < excerpt->from ? excerpt->from - at : 0;
    uint64_t last = end < at + masked.count ? end - at : masked.count;
    if (good && first < last)
        good = buf_append(&excerpt->octets,
                          (struct octets){masked.at + first, (size_t)(last - first)});
    buf_free(&masked);
    return good;
}

static bool gather(struct excerpt *excerpt, const struct transcript *transcript,
                   enum transcript_kind kind, uint32_t connection, bool unmasked)
{
    uint64_t row = excerpt->place / COLUMNS, at = 0;
    uint64_t end = (row + ROWS_BEHIND + 1) * COLUMNS;
    excerpt->from = (row > ROWS_BEFORE ? row - ROWS_BEFORE : 0) * COLUMNS;
    for (size_t i = 0; i < transcript->count && at < end; i++) {
        const struct transcript_event *event = &transcript->events[i];
        if (event->kind != kind || event->connection != connection)
            continue;
        if (at + event->octets.count > excerpt->from && !take(excerpt, event, unmasked, at, end))
            return false;
        at += event->octets.count;
    }
    return true;
}

/* The offset of an event's first octet in what that end sent. */
static uint64_t offset_of(const struct transcript *transcript, size_t index)
{
    const struct transcript_event *event = &transcript->events[index];
    uint64_t offset = 0;
    for (size_t i = 0; i < index; i++)
        if (transcript->events[i].kind == event->kind &&
            transcript->events[i].connection == event->connection)
            offset += transcript->events[i].octets.count;
    return offset;
}

static void write_octet(struct html *html, bool marked, const char *text)
{
    if (marked)
        html_open(html, "mark", (char *)NULL);
    html_text(html, text);
    if (marked)
        html_close(html);
}

static void write_row(struct html *html, const struct excerpt *excerpt, size_t first)
{
    const uint8_t *at = excerpt->octets.at + first;
    size_t count = excerpt->octets.count - first;
    count = count < COLUMNS ? count : COLUMNS;
    uint64_t offset = excerpt->from + first;
    html_open(html, "i", (char *)NULL);
    html_format(html, "%7llu", (unsigned long long)offset);
    html_close(html);
    for (size_t i = 0; i < COLUMNS; i++) {
        char text[4] = "  ";
        if (i < count)
            snprintf(text, sizeof text, "%02x", at[i]);
        html_text(html, i % 8 == 0 ? "  " : " ");
        write_octet(html, i < count && offset + i == excerpt->place, text);
    }
    html_text(html, "  ");
    for (size_t i = 0; i < count; i++) {
        char text[2] = {at[i] >= 0x20 && at[i] < 0x7f ? (char)at[i] : '.', '\0'};
        write_octet(html, offset + i == excerpt->place, text);
    }
    html_text(html, "\n");
}

static void write(struct html *html, const struct excerpt *excerpt, bool sender,
                  uint32_t connection)
{
    html_open(html, "figure", "class", "octets", (char *)NULL);
    html_open(html, "figcaption", (char *)NULL);
    html_open(html, "span", "lang", "en", (char *)NULL);
    html_format(html, "what the %s sent on connection %u, around octet %llu",
                sender ? "sender" : "centre", connection, (unsigned long long)excerpt->place);
    html_close(html);
    html_open(html, "span", "lang", "ja", (char *)NULL);
    html_format(html, "接続%uで%sが送ったバイト列(%lluバイト目の前後)", connection,
                sender ? "送信側" : "センター", (unsigned long long)excerpt->place);
    html_close(html);
    html_close(html);
    html_open(html, "pre", "tabindex", "0", (char *)NULL);
    for (size_t first = 0; first < excerpt->octets.count; first += COLUMNS)
        write_row(html, excerpt, first);
    html_close(html);
    html_close(html);
}

void dossier_octets(struct dossier *dossier, const struct run_case *result,
                    const struct finding *finding)
{
    const struct transcript *transcript = result->transcript;
    enum transcript_kind kind = TRANSCRIPT_RECEIVED;
    uint32_t connection = finding->connection;
    struct excerpt excerpt = {.octets = BUF_INIT(0), .place = finding->offset};
    if (!transcript || (!finding->has_offset && !finding->has_event))
        return;
    if (!finding->has_offset) {
        if (finding->event >= transcript->count)
            return;
        kind = transcript->events[finding->event].kind;
        connection = transcript->events[finding->event].connection;
        if (kind != TRANSCRIPT_RECEIVED && kind != TRANSCRIPT_SENT)
            return;
        excerpt.place = offset_of(transcript, finding->event);
    }
    if (!gather(&excerpt, transcript, kind, connection, dossier->context->unmasked))
        dossier->html.failed = true;
    else if (excerpt.octets.count > 0)
        write(&dossier->html, &excerpt, kind == TRANSCRIPT_RECEIVED, connection);
    buf_free(&excerpt.octets);
}
