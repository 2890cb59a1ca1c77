/* The message on the wire: content, dots, end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/defects/sender.h"

enum { BLOCK = 4096, SEGMENT = 1460, LINE_BUFFER = 512, SHORT_MESSAGE = 65536 };

void octet_list_add(struct octet_list *list, const void *octets, size_t count)
{
    if (list->room - list->count < count) {
        size_t room = (list->count + count) * 2;
        uint8_t *at = realloc(list->at, room);
        if (!at) {
            fputs("sender: out of memory\n", stderr);
            exit(70);
        }
        list->at = at;
        list->room = room;
    }
    if (count > 0)
        memcpy(list->at + list->count, octets, count);
    list->count += count;
}

static void add_text(struct octet_list *list, const char *text)
{
    octet_list_add(list, text, strlen(text));
}

struct line {
    const uint8_t *at;
    size_t count; /* without its CRLF */
    size_t begin; /* in the message */
    bool ended;   /* by CRLF */
    bool last;
};

static bool next_line(const uint8_t *octets, size_t count, size_t *at, struct line *line)
{
    if (*at >= count)
        return false;
    const uint8_t *from = octets + *at;
    const uint8_t *end = memmem(from, count - *at, "\r\n", 2);
    *line = (struct line){from, end ? (size_t)(end - from) : count - *at, *at, end != NULL, false};
    *at += line->count + (end ? 2 : 0);
    line->last = *at >= count;
    return true;
}

/* The content of one line, as the octets of it come out of a bad encoder. */
static void add_content(const struct sender *sender, struct octet_list *list,
                        const struct line *line)
{
    size_t begin = 0, end = line->count;
    if (has(sender, TRIMS_LINES))
        while (end > 0 && (line->at[end - 1] == ' ' || line->at[end - 1] == '\t'))
            end--;
    if (has(sender, TRIMS_LEFT))
        while (begin < end && (line->at[begin] == ' ' || line->at[begin] == '\t'))
            begin++;
    if (has(sender, CUTS_LINES) && end > LINE_BUFFER)
        end = LINE_BUFFER;
    for (size_t i = begin; i < end; i++) {
        uint8_t octet = line->at[i];
        if (has(sender, STUFFS_AT_BUFFERS) && i > 0 && octet == '.' &&
            (line->begin + i) % BLOCK == 0)
            add_text(list, ".");
        if (has(sender, FOLDS_LINES) && i > begin && (i - begin) % LINE_BUFFER == 0)
            add_text(list, "\r\n");
        if (has(sender, QUESTION_MARKS) && octet > 127)
            octet = '?';
        if (has(sender, SEVEN_BITS))
            octet &= 127;
        if (has(sender, LATIN_TO_UTF8) && octet > 127) {
            uint8_t pair[] = {(uint8_t)(0xc0 | octet >> 6), (uint8_t)(0x80 | (octet & 0x3f))};
            octet_list_add(list, pair, 2);
        } else if (has(sender, EXPANDS_TABS) && octet == '\t') {
            add_text(list, "        ");
        } else if (has(sender, STUFFS_EVERY_DOT) && octet == '.') {
            add_text(list, "..");
        } else {
            octet_list_add(list, &octet, 1);
        }
    }
}

static bool stuffs(const struct sender *sender, const struct line *line)
{
    size_t at = 0;
    if (has(sender, STUFFS_BLANK_DOTS))
        while (at < line->count && (line->at[at] == ' ' || line->at[at] == '\t'))
            at++;
    if (at >= line->count || line->at[at] != '.')
        return false;
    if (has(sender, NO_STUFFING) || has(sender, STUFFS_EVERY_DOT) || has(sender, STRIPS_DOTS) ||
        has(sender, BLANK_FOR_DOT))
        return false;
    if (has(sender, UNSTUFFED_FIRST_LINE) && line->begin == 0)
        return false;
    if (has(sender, UNSTUFFED_LAST_LINE) && line->last)
        return false;
    if (has(sender, UNSTUFFED_ACROSS_BLOCKS) && line->begin > 0 && line->begin % BLOCK < 2)
        return false;
    if (has(sender, UNSTUFFED_ACROSS_SEGMENTS) && line->begin > 0 && line->begin % SEGMENT < 2)
        return false;
    if (has(sender, STUFFS_LONE_DOTS_ONLY) && line->count > 1)
        return false;
    if (has(sender, STUFFS_ALL_BUT_LONE_DOTS) && line->count == 1)
        return false;
    if (has(sender, STUFFS_SINGLE_DOTS_ONLY) && line->count > 1 && line->at[1] == '.')
        return false;
    return true;
}

static void add_line(const struct sender *sender, struct octet_list *list, struct line line,
                     unsigned attempts)
{
    if (has(sender, DROPS_EMPTY_LINES) && line.count == 0 && line.begin > 300)
        return;
    if (has(sender, DROPS_LAST_LINE) && !line.ended)
        return;
    if (stuffs(sender, &line)) {
        add_text(list, has(sender, STUFFS_TWICE) ? ".." : ".");
        for (unsigned try = 1; has(sender, STUFFS_AGAIN) && try < attempts; try++)
            add_text(list, ".");
    }
    if (line.count > 0 && line.at[0] == '.') {
        if (has(sender, BLANK_FOR_DOT))
            add_text(list, " ");
        if (has(sender, STRIPS_DOTS)) {
            line.at++;
            line.count--;
        }
    }
    add_content(sender, list, &line);
    if (has(sender, JOINS_LINES) && line.begin > 300 && !line.last)
        return;
    if (line.ended)
        add_text(list, has(sender, BARE_LF_BODY)     ? "\n"
                       : has(sender, DOUBLE_CR_BODY) ? "\r\r\n"
                                                     : "\r\n");
}

/* What ends the message that is in the list. */
static const char *message_end(const struct sender *sender, const struct octet_list *list)
{
    bool ended =
        list->count == 0 || (list->count > 1 && memcmp(list->at + list->count - 2, "\r\n", 2) == 0);
    if (has(sender, BARE_LF_BODY))
        return "\r\n.\r\n";
    if (has(sender, LF_FOR_CRLF_AT_END) && !ended)
        return "\n.\r\n";
    if (has(sender, BARE_LF_END))
        return ended ? ".\n" : "\n.\n";
    if (has(sender, NO_FINAL_DOT))
        return ended ? "" : "\r\n";
    if (has(sender, FINAL_DOT_TWICE))
        return ended ? ".\r\n.\r\n" : "\r\n.\r\n.\r\n";
    if (has(sender, ADDS_EMPTY_LINE))
        return "\r\n.\r\n";
    if (has(sender, GLUES_FINAL_DOT))
        return ".\r\n";
    return ended ? ".\r\n" : "\r\n.\r\n";
}

/* The message before this one did not end with a line end. */
static bool ended_amid_line(const struct sender *sender, const struct message *message)
{
    if (message == sender->messages)
        return false;
    const struct message *before = message - 1;
    return before->count > 0 && before->octets[before->count - 1] != '\n';
}

struct octet_list body_encode(const struct sender *sender, const struct message *message)
{
    struct octet_list list = {0};
    struct octet_list content = content_change(sender, message);
    const uint8_t *octets = content.at;
    size_t count = content.count, at = 0;
    if (has(sender, TRUNCATES) && count > SHORT_MESSAGE)
        count = SHORT_MESSAGE;
    if (has(sender, ENDS_AT_255)) {
        const uint8_t *end = memchr(octets, 255, count);
        count = end ? (size_t)(end - octets) : count;
    }
    if (has(sender, ADDS_HEADER))
        add_text(&list, "X-Mailer: gateway 1.0\r\n");
    struct line line;
    bool first_amid_line = has(sender, KEEPS_STUFFER) && ended_amid_line(sender, message);
    while (next_line(octets, count, &at, &line)) {
        if (first_amid_line && line.begin == 0) {
            octet_list_add(&list, line.at, line.count);
            add_text(&list, "\r\n");
            continue;
        }
        add_line(sender, &list, line, message->attempts);
    }
    add_text(&list, message_end(sender, &list));
    free(content.at);
    return list;
}
