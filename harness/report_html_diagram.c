#include <stdarg.h>
#include <stdlib.h>

#include "harness/diagram.h"
#include "harness/report_html.h"
#include "harness/run_job.h"

/* Columns, in the drawing's own units. */
enum {
    TIME_X = 54, /* end of the times */
    SENDER_X = 72,
    CENTRE_X = 468,
    NOTE_X = 478,
    WIDTH = 640,
    TEXT_OVER = 5, /* a line's words stand so far above it */
    ROOM_FOR_WORDS = 16,
    LABEL_COLUMNS = 54,
    NOTE_COLUMNS = 24,
};

struct drawing {
    struct dossier *dossier;
    struct html *html;
    const struct run_case *result;
    const struct diagram *diagram;
    usec told; /* the last time that was written, in milliseconds */
};

static void stroke(struct html *html, const char *class, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void stroke(struct html *html, const char *class, const char *format, ...)
{
    char path[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    html_empty(html, "path", "class", class, "d", path, (char *)NULL);
}

static void text_at(struct html *html, unsigned x, unsigned y, const char *class,
                    const char *language)
{
    char at_x[16], at_y[16];
    snprintf(at_x, sizeof at_x, "%u", x);
    snprintf(at_y, sizeof at_y, "%u", y);
    html_open(html, "text", "x", at_x, "y", at_y, "class", class, "lang", language, (char *)NULL);
}

static void pair_at(struct html *html, unsigned x, unsigned y, const char *class,
                    struct text_pair text)
{
    const char *ja = text.ja ? text.ja : text.en;
    bool same = strcmp(text.en, ja) == 0;
    text_at(html, x, y, class, same ? NULL : "en");
    html_text(html, text.en);
    html_close(html);
    if (same)
        return;
    text_at(html, x, y, class, "ja");
    html_text(html, ja);
    html_close(html);
}

/* The item's octets, made printable; as many as fit. */
static bool label(const struct drawing *drawing, const struct diagram_item *item, size_t most,
                  struct buf *buf)
{
    const struct transcript *transcript = drawing->result->transcript;
    struct buf octets = BUF_INIT(0), masked = BUF_INIT(0);
    bool good = true;
    for (size_t i = item->first; good && i <= item->last && octets.count <= most; i++)
        good =
            report_masked(&masked, &transcript->events[i], drawing->dossier->context->unmasked) &&
            buf_append(&octets, buf_octets(&masked));
    struct octets shown = buf_octets(&octets);
    bool whole = octets.count == item->octets;
    if (whole && shown.count >= 2 && memcmp(shown.at + shown.count - 2, "\r\n", 2) == 0)
        shown.count -= 2;
    good = good && report_octets(buf, shown, 0);
    if (buf->count > most) {
        whole = false;
        buf->count = most;
    }
    good = good && (whole || buf_append_string(buf, "\xe2\x80\xa6")) && buf_append_octet(buf, '\0');
    buf_free(&octets);
    buf_free(&masked);
    return good;
}

static void write_label(const struct drawing *drawing, const struct diagram_item *item, unsigned x,
                        unsigned y, const char *class, size_t most)
{
    struct buf buf = BUF_INIT(0);
    if (label(drawing, item, most, &buf)) {
        text_at(drawing->html, x, y, class, NULL);
        html_text(drawing->html, (const char *)buf.at);
        html_close(drawing->html);
    } else {
        drawing->html->failed = true;
    }
    buf_free(&buf);
}

static const char *class_of(const struct diagram_item *item, const char *pass, const char *warn,
                            const char *fail)
{
    return item->verdict == VERDICT_FAIL ? fail : item->verdict == VERDICT_WARN ? warn : pass;
}

/* A line between the two, with its head; the shape of what took a while is a band. */
static void arrow(const struct drawing *drawing, const struct diagram_item *item, bool right,
                  const char *class)
{
    unsigned from = right ? SENDER_X : CENTRE_X;
    if (item->y_end > item->y + 1) {
        stroke(drawing->html, class_of(item, "band", "band w", "band x"), "M%d %uH%dV%uH%dZ",
               SENDER_X, item->y, CENTRE_X, item->y_end, SENDER_X);
    }
    stroke(drawing->html, class, right ? "M%u %uh%d" : "M%u %uh-%d", from, item->y_end,
           CENTRE_X - SENDER_X - 2);
}

/* "700,000": of at most a few gigabytes. */
static const char *with_commas(size_t number, char text[32])
{
    char digits[24];
    size_t count = (size_t)snprintf(digits, sizeof digits, "%zu", number), at = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

static void write_count(const struct drawing *drawing, const struct diagram_item *item)
{
    char en[128], ja[128], pieces_en[48] = "", pieces_ja[48] = "", number[32];
    with_commas(item->octets, number);
    uint32_t message = drawing->result->transcript->events[item->first].message;
    if (item->events > 1) {
        snprintf(pieces_en, sizeof pieces_en, " in %zu segments", item->events);
        snprintf(pieces_ja, sizeof pieces_ja, "(%zuセグメント)", item->events);
    }
    snprintf(en, sizeof en, "message %u: %s octets%s", message, number, pieces_en);
    snprintf(ja, sizeof ja, "電文%u: %sバイト%s", message, number, pieces_ja);
    pair_at(drawing->html, (SENDER_X + CENTRE_X) / 2, item->y_end - TEXT_OVER, "m",
            (struct text_pair){en, ja});
}

/* What came in pieces: how many, and in how long, inside of its band where that is high enough. */
static void write_pieces(const struct drawing *drawing, const struct diagram_item *item)
{
    char en[64], ja[64];
    double length = (double)(item->until - item->at) / (double)USEC_PER_SEC;
    if (item->events < 2)
        return;
    bool band = item->y_end - item->y > 2 * ROOM_FOR_WORDS;
    snprintf(en, sizeof en, "in %zu pieces, %.3g s", item->events, length);
    snprintf(ja, sizeof ja, "%zu回に分割、%.3g秒", item->events, length);
    pair_at(drawing->html, (SENDER_X + CENTRE_X) / 2,
            band ? (item->y + item->y_end) / 2 : item->y_end - TEXT_OVER, "m n",
            (struct text_pair){en, ja});
}

static struct text_pair end_words(enum transcript_kind kind)
{
    switch (kind) {
    case TRANSCRIPT_SENDER_FIN:
        return (struct text_pair){"closes (FIN)", "切断(FIN)"};
    case TRANSCRIPT_SENDER_RST:
        return (struct text_pair){"resets (RST)", "強制切断(RST)"};
    case TRANSCRIPT_CENTRE_FIN:
        return (struct text_pair){"closes (FIN)", "切断(FIN)"};
    case TRANSCRIPT_CENTRE_HALF:
        return (struct text_pair){"closes its direction", "片方向の切断"};
    case TRANSCRIPT_CENTRE_RST:
        return (struct text_pair){"cuts (RST)", "強制切断(RST)"};
    case TRANSCRIPT_STALLED:
        return (struct text_pair){"says nothing more", "以後は無応答"};
    case TRANSCRIPT_PAUSED:
        return (struct text_pair){"stops reading", "受信を停止"};
    case TRANSCRIPT_RESUMED:
        return (struct text_pair){"reads again", "受信を再開"};
    case TRANSCRIPT_STORED:
        return (struct text_pair){"keeps the message", "電文を保管"};
    case TRANSCRIPT_OPENED:
    case TRANSCRIPT_RECEIVED:
    case TRANSCRIPT_SENT:
    case TRANSCRIPT_FLAW:
    case TRANSCRIPT_MISSING:
    case TRANSCRIPT_FACE:
    case TRANSCRIPT_QUERY:
    case TRANSCRIPT_ANSWER:
    case TRANSCRIPT_CLOSED:
        break;
    }
    return (struct text_pair){NULL, NULL};
}

static void write_note(const struct drawing *drawing, const struct diagram_item *item)
{
    const struct transcript_event *event = &drawing->result->transcript->events[item->first];
    struct text_pair words = end_words(event->kind);
    const char *class = class_of(item, "n", "n w", "n x");
    if (words.en)
        pair_at(drawing->html, NOTE_X, item->y + 4, class, words);
    else
        write_label(drawing, item, NOTE_X, item->y + 4, class, NOTE_COLUMNS);
}

/* A connection ends: a line from the one who ends it, with a cross where it was cut. */
static void write_end(const struct drawing *drawing, const struct diagram_item *item, bool sender)
{
    const struct transcript_event *event = &drawing->result->transcript->events[item->first];
    struct html *html = drawing->html;
    stroke(html, class_of(item, "e", "e w", "e x"), sender ? "M%d %uh%d" : "M%d %uh-%d",
           sender ? SENDER_X : CENTRE_X, item->y, CENTRE_X - SENDER_X - 2);
    if (item->reset)
        stroke(html, "cut", "M%d %ul8 8m0-8l-8 8", (SENDER_X + CENTRE_X) / 2 - 4, item->y - 4);
    if (sender)
        pair_at(html, SENDER_X + 8, item->y - TEXT_OVER, class_of(item, "n", "n w", "n x"),
                end_words(event->kind));
    else
        pair_at(html, NOTE_X, item->y + 4, class_of(item, "n", "n w", "n x"),
                end_words(event->kind));
}

static void write_item(const struct drawing *drawing, const struct diagram_item *item)
{
    struct html *html = drawing->html;
    unsigned above = item->y_end - TEXT_OVER;
    uint32_t connection = drawing->result->transcript->events[item->first].connection;
    char en[32], ja[32];
    switch (item->kind) {
    case DIAGRAM_OPENED:
        arrow(drawing, item, true, class_of(item, "o", "o w", "o x"));
        snprintf(en, sizeof en, "connection %u", connection);
        snprintf(ja, sizeof ja, "接続 %u", connection);
        pair_at(html, SENDER_X + 8, above, "n", (struct text_pair){en, ja});
        break;
    case DIAGRAM_COMMAND:
        arrow(drawing, item, true, class_of(item, NULL, "w", "x"));
        write_label(drawing, item, SENDER_X + 8, above, class_of(item, NULL, "w", "x"),
                    LABEL_COLUMNS);
        write_pieces(drawing, item);
        break;
    case DIAGRAM_BODY:
        arrow(drawing, item, true, class_of(item, "b", "b w", "b x"));
        write_count(drawing, item);
        break;
    case DIAGRAM_REPLY:
        arrow(drawing, item, false, class_of(item, NULL, "w", "x"));
        write_label(drawing, item, CENTRE_X - 8, above, class_of(item, "a", "a w", "a x"),
                    LABEL_COLUMNS);
        write_pieces(drawing, item);
        break;
    case DIAGRAM_SENDER_END:
        write_end(drawing, item, true);
        break;
    case DIAGRAM_CENTRE_END:
        write_end(drawing, item, false);
        break;
    case DIAGRAM_NOTE:
        write_note(drawing, item);
        break;
    case DIAGRAM_QUERY:
    case DIAGRAM_ANSWER:
        arrow(drawing, item, item->kind == DIAGRAM_QUERY, class_of(item, "e", "e w", "e x"));
        write_label(drawing, item, item->kind == DIAGRAM_QUERY ? SENDER_X + 8 : CENTRE_X - 8, above,
                    item->kind == DIAGRAM_QUERY ? "n" : "n a", LABEL_COLUMNS);
        pair_at(html, NOTE_X, item->y + 4, "n", (struct text_pair){"name server", "ネームサーバ"});
        break;
    }
}

/* The time, where it is another one than that above. */
static void write_time(struct drawing *drawing, const struct diagram_item *item)
{
    usec at = item->until / USEC_PER_MSEC;
    if (at == drawing->told)
        return;
    drawing->told = at;
    text_at(drawing->html, TIME_X, item->y_end + 4, "t", NULL);
    html_format(drawing->html, "%.3f", (double)item->until / (double)USEC_PER_SEC);
    html_close(drawing->html);
}

/* Which requirements the marked item is about, beside it. */
static void write_blame(const struct drawing *drawing, const struct diagram_item *item)
{
    const struct findings *findings = &drawing->result->findings;
    struct buf names = BUF_INIT(0);
    const char *last = "";
    if (item->verdict == VERDICT_PASS)
        return;
    bool good = true;
    for (size_t i = 0; good && i < findings->count; i++) {
        const struct finding *finding = &findings->at[i];
        bool against = finding->verdict == VERDICT_FAIL || finding->verdict == VERDICT_WARN;
        if (!against || !finding->has_event || finding->event < item->first ||
            finding->event > item->last || strcmp(last, finding->requirement) == 0)
            continue;
        good = (names.count == 0 || buf_append_octet(&names, ' ')) &&
               buf_append_string(&names, finding->requirement);
        last = finding->requirement;
    }
    if (good && buf_append_octet(&names, '\0')) {
        unsigned beside = item->kind == DIAGRAM_NOTE || item->kind == DIAGRAM_CENTRE_END ? 16 : 4;
        text_at(drawing->html, NOTE_X, item->y_end + beside, class_of(item, "q", "q w", "q x"),
                NULL);
        html_format(drawing->html, "\xe2\x97\x80 %s", (const char *)names.at);
        html_close(drawing->html);
    }
    buf_free(&names);
}

static void write_silences(const struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->diagram->silence_count; i++) {
        const struct diagram_silence *silence = &drawing->diagram->silences[i];
        unsigned middle = (silence->y + silence->y_end) / 2;
        char en[64], ja[64];
        double length = (double)silence->length / (double)USEC_PER_SEC;
        if (silence->shortened)
            stroke(drawing->html, "z", "M62 %uV%ul-4 3l8 4l-8 4l4 3V%u", silence->y + 4,
                   silence->y_end - 32, silence->y_end - 4);
        else
            stroke(drawing->html, "z", "M62 %uV%u", silence->y + 4, silence->y_end - 4);
        snprintf(en, sizeof en, "%.3g s of silence%s", length,
                 silence->shortened ? ", drawn shorter" : "");
        snprintf(ja, sizeof ja, "%.3g秒の無通信%s", length,
                 silence->shortened ? "(縮めて表示)" : "");
        pair_at(drawing->html, (SENDER_X + CENTRE_X) / 2, middle + 4, "m n",
                (struct text_pair){en, ja});
    }
}

static void write_limits(const struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->diagram->limit_count; i++) {
        const struct diagram_limit *limit = &drawing->diagram->limits[i];
        char en[64], ja[64];
        double length = (double)limit->length / (double)USEC_PER_SEC;
        stroke(drawing->html, "limit", "M%d %uH%d", SENDER_X, limit->y, CENTRE_X);
        snprintf(en, sizeof en, limit->idle ? "idle limit %.4g s" : "its limit, %.4g s", length);
        snprintf(ja, sizeof ja, limit->idle ? "無通信の上限 %.4g秒" : "監視時間 %.4g秒", length);
        pair_at(drawing->html, CENTRE_X - 8, limit->y - 3, "n a i", (struct text_pair){en, ja});
    }
}

static struct diagram_options limits_of(const struct report_context *context,
                                        const struct run_case *result)
{
    struct play_clock clock = run_clock(context->options);
    return (struct diagram_options){
        .sender_limit = clock.sender_limit,
        .idle_limit = play_span(&clock, result->test->scenario->centre.idle_limit)};
}

static void draw(struct drawing *drawing, const char *labelled_by)
{
    struct html *html = drawing->html;
    const struct diagram *diagram = drawing->diagram;
    char box[64];
    snprintf(box, sizeof box, "0 0 %d %u", WIDTH, diagram->height);
    html_open(html, "div", "class", "draw", "role", "region", "tabindex", "0", "aria-labelledby",
              labelled_by, (char *)NULL);
    html_open(html, "svg", "viewBox", box, "role", "img", "aria-labelledby", labelled_by,
              (char *)NULL);
    stroke(html, "life", "M72 24V%uM468 24V%u", diagram->height - 4, diagram->height - 4);
    pair_at(html, SENDER_X, 16, "h", (struct text_pair){"sender", "送信側"});
    pair_at(html, CENTRE_X, 16, "h", (struct text_pair){"centre", "センター"});
    write_limits(drawing);
    for (size_t i = 0; i < diagram->item_count; i++) {
        write_item(drawing, &diagram->items[i]);
        write_time(drawing, &diagram->items[i]);
        write_blame(drawing, &diagram->items[i]);
    }
    write_silences(drawing);
    html_close(html);
    html_close(html);
}

void dossier_diagram(struct dossier *dossier, const struct run_case *result,
                     const char *labelled_by)
{
    struct diagram diagram;
    const struct diagram_options limits = limits_of(dossier->context, result);
    if (!diagram_make(result->transcript, &result->findings, &limits, &diagram)) {
        dossier->html.failed = true;
        return;
    }
    struct drawing drawing = {dossier, &dossier->html, result, &diagram, -1};
    if (diagram.item_count > 0)
        draw(&drawing, labelled_by);
    diagram_free(&diagram);
}
