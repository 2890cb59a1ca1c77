/* The message on the wire against the message file: BODY-1 … BODY-5.
 *
 * The two are compared line by line. A line of the file stands on the wire as it is, with one dot
 * before it where it begins with one; whatever else is there is classed by what it most likely is,
 * because the sender's author must find it. */
#include "harness/check_judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_LIMIT = 1000, LOOK_AHEAD = 24, LINE_SHOWN = 48 };

/* A line without its ending. */
struct text_line {
    struct octets text;
    size_t begin;     /* offset of its first octet */
    bool ended, crlf; /* by LF; by CRLF */
};

struct text {
    struct octets octets;
    size_t at;
};

static bool next_line(struct text *text, struct text_line *line)
{
    if (text->at >= text->octets.count)
        return false;
    const uint8_t *from = text->octets.at + text->at;
    size_t left = text->octets.count - text->at;
    const uint8_t *feed = memchr(from, '\n', left);
    size_t count = feed ? (size_t)(feed - from) : left;
    bool crlf = feed && count > 0 && from[count - 1] == '\r';
    *line = (struct text_line){{from, count - crlf}, text->at, feed != NULL, crlf};
    text->at += count + (feed != NULL);
    return true;
}

static bool begins_with_dot(struct octets line)
{
    return line.count > 0 && line.at[0] == '.';
}

/* `sent` is one dot and `line`. */
static bool is_dotted(struct octets sent, struct octets line)
{
    return begins_with_dot(sent) && octets_equal(octets_from(sent, 1), line);
}

/* The line as it must stand on the wire. */
static bool sent_rightly(struct octets sent, struct octets line)
{
    return begins_with_dot(line) ? is_dotted(sent, line) : octets_equal(sent, line);
}

enum difference {
    DIFFERS_NOT,
    DIFFERS_UNSTUFFED,   /* the dot is missing */
    DIFFERS_OVERSTUFFED, /* a dot too many */
    DIFFERS_CONTENT,
};

/* `sent` is `line` with every dot in it doubled. */
static bool all_dots_doubled(struct octets sent, struct octets line)
{
    size_t at = 0;
    for (size_t i = 0; i < line.count; i++) {
        size_t copies = line.at[i] == '.' ? 2 : 1;
        for (; copies > 0; copies--, at++)
            if (at >= sent.count || sent.at[at] != line.at[i])
                return false;
    }
    return at == sent.count;
}

static enum difference line_difference(struct octets sent, struct octets line)
{
    if (sent_rightly(sent, line))
        return DIFFERS_NOT;
    if (begins_with_dot(line) && octets_equal(sent, line))
        return DIFFERS_UNSTUFFED;
    if (is_dotted(sent, line) || all_dots_doubled(sent, line) ||
        (begins_with_dot(line) && begins_with_dot(sent) && is_dotted(octets_from(sent, 1), line)))
        return DIFFERS_OVERSTUFFED;
    return DIFFERS_CONTENT;
}

static bool is_blank(uint8_t octet)
{
    return octet == ' ' || octet == '\t';
}

/* What happened to a line's content, in words. */
static const char *content_words(struct octets sent, struct octets line)
{
    size_t common = 0;
    while (common < sent.count && common < line.count && sent.at[common] == line.at[common])
        common++;
    size_t trimmed = line.count;
    while (trimmed > 0 && is_blank(line.at[trimmed - 1]))
        trimmed--;
    if (common == sent.count && sent.count == trimmed)
        return "the blanks at the line's end are gone";
    if (begins_with_dot(line) && octets_equal(sent, octets_from(line, 1)))
        return "the line's own dot is gone";
    if (common == sent.count)
        return "the line breaks off (folded or cut)";
    if (common == line.count)
        return line.count > 0 ? "something was added to the line"
                              : "this empty line is missing, or something was added to it";
    if (line.at[common] > 127 && sent.at[common] == '?')
        return "an octet above 127 became '?'";
    if (line.at[common] > 127 && sent.at[common] == (line.at[common] & 127))
        return "the top bit was cut off";
    if (line.at[common] > 127)
        return "octets above 127 were re-encoded";
    if (line.at[common] == '\t' && sent.at[common] == ' ')
        return "a tab became blanks";
    return common == 0 ? "something else stands in its place" : "the octets differ";
}

struct comparison {
    struct judge *judge;
    const struct link *link;
    struct step *body;
    struct text sent, file;
    size_t line_number;
    bool misaligned;
};

static struct place sent_place(const struct comparison *comparison, size_t begin)
{
    return (struct place){.link = comparison->link,
                          .step = comparison->body,
                          .has_offset = true,
                          .offset = comparison->body->begin + begin};
}

/* As much of a line as a message needs. */
static struct octets head(struct octets line)
{
    return (struct octets){line.at, line.count < LINE_SHOWN ? line.count : LINE_SHOWN};
}

static void tell_stuffing(struct comparison *comparison, const struct text_line *sent,
                          const struct text_line *file, bool missing)
{
    char text[ESCAPED_SIZE], line[ESCAPED_SIZE];
    judge_against(
        comparison->judge, BODY_3, sent_place(comparison, sent->begin),
        missing ? "one dot put before a line that begins with a dot"
                : "a dot put only before a line that begins with one, and only one",
        missing ? "line %zu of the message, \"%s\", begins with a dot, and was sent without "
                  "another one: \"%s\""
                : "line %zu of the message, \"%s\", was sent as \"%s\", a dot too many",
        comparison->line_number, escaped(head(file->text), line), escaped(head(sent->text), text));
}

static void tell_content(struct comparison *comparison, const struct text_line *sent,
                         const struct text_line *file)
{
    char text[ESCAPED_SIZE], line[ESCAPED_SIZE];
    size_t from = 0,
           least = sent->text.count < file->text.count ? sent->text.count : file->text.count;
    while (from < least && sent->text.at[from] == file->text.at[from])
        from++;
    size_t shown = from > 24 ? from - 24 : 0;
    judge_against(
        comparison->judge, BODY_4, sent_place(comparison, sent->begin + from),
        "the message's octets unchanged",
        "line %zu of the message, from octet %zu, \"%s\", was sent as \"%s\": %s",
        comparison->line_number, shown + 1, escaped(head(octets_from(file->text, shown)), line),
        escaped(head(octets_from(sent->text, shown)), text), content_words(sent->text, file->text));
}

/* Behind a line that differs: do both go on in step, or were lines added or lost? */
static bool realign(struct comparison *comparison, const struct text_line *sent,
                    const struct text_line *file)
{
    struct text ahead = comparison->sent;
    struct text_line line, wanted;
    struct text file_ahead = comparison->file;
    bool more_file = next_line(&file_ahead, &wanted);
    if (!more_file || (next_line(&ahead, &line) && sent_rightly(line.text, wanted.text)))
        return true;
    ahead = comparison->sent;
    for (int i = 0; i < LOOK_AHEAD && next_line(&ahead, &line); i++)
        if (sent_rightly(line.text, file->text)) {
            comparison->sent = ahead;
            return true;
        }
    file_ahead = comparison->file;
    for (int i = 0; i < LOOK_AHEAD && next_line(&file_ahead, &wanted); i++)
        if (sent_rightly(sent->text, wanted.text)) {
            comparison->file = file_ahead;
            return true;
        }
    return false;
}

/* What follows a message that ended too early is the rest of it, and no dialogue. */
static void derail_behind(struct comparison *comparison)
{
    struct dialogue *dialogue = &comparison->judge->dialogue;
    struct link *link = &dialogue->links[comparison->link - dialogue->links];
    size_t next = (size_t)(comparison->body - comparison->link->steps) + 1;
    bool rest = next < link->step_count && link->steps[next].kind == STEP_COMMAND &&
                link->steps[next].verb == VERB_OTHER;
    if (rest && next < link->derailed)
        link->derailed = next;
}

static void tell_missing(struct comparison *comparison, const struct text_line *file)
{
    char line[ESCAPED_SIZE];
    size_t left = comparison->file.octets.count - file->begin;
    bool lone_dot = file->text.count == 1 && file->text.at[0] == '.';
    size_t end = comparison->body->end - comparison->body->begin;
    if (lone_dot)
        derail_behind(comparison);
    if (lone_dot && left > 1) {
        judge_against(
            comparison->judge, BODY_3, sent_place(comparison, end),
            "one dot put before a line that begins with a dot",
            "line %zu of the message, \".\", was sent as \".\" and ended the message there; "
            "%zu octets of it came behind, as commands",
            comparison->line_number, left);
        return;
    }
    if (lone_dot) {
        judge_against(comparison->judge, BODY_3, sent_place(comparison, end),
                      "one dot put before a line that begins with a dot",
                      "the message's last line, \".\", was sent without another dot before it");
        return;
    }
    judge_against(comparison->judge, BODY_4, sent_place(comparison, end),
                  "the whole message before the final dot",
                  "the last %zu octets of the message are missing, from line %zu, \"%s\"", left,
                  comparison->line_number, escaped(file->text, line));
}

static void tell_added(struct comparison *comparison, const struct text_line *sent)
{
    char text[ESCAPED_SIZE];
    judge_against(comparison->judge, BODY_4, sent_place(comparison, sent->begin),
                  "nothing behind the message's last line but the final dot",
                  "%zu octets more than the message has, from \"%s\"%s",
                  comparison->sent.octets.count - sent->begin, escaped(sent->text, text),
                  sent->text.count == 0 ? " (an empty line)" : "");
}

/* One pair of lines. */
static void compare_line(struct comparison *comparison, const struct text_line *sent,
                         const struct text_line *file)
{
    bool cut = !sent->ended && !comparison->body->complete;
    if (cut)
        return; /* the connection ended inside this line: as far as it came is judged elsewhere */
    switch (line_difference(sent->text, file->text)) {
    case DIFFERS_NOT:
        return;
    case DIFFERS_UNSTUFFED:
        tell_stuffing(comparison, sent, file, true);
        return;
    case DIFFERS_OVERSTUFFED:
        tell_stuffing(comparison, sent, file, false);
        return;
    case DIFFERS_CONTENT:
        tell_content(comparison, sent, file);
        comparison->misaligned = !realign(comparison, sent, file);
        return;
    }
}

static void compare_body(struct comparison *comparison)
{
    struct text_line sent, file;
    while (!comparison->misaligned) {
        bool more_file = next_line(&comparison->file, &file);
        comparison->line_number++;
        if (!next_line(&comparison->sent, &sent)) {
            if (more_file && comparison->body->complete)
                tell_missing(comparison, &file);
            return;
        }
        if (!more_file) {
            if (comparison->body->complete)
                tell_added(comparison, &sent);
            return;
        }
        compare_line(comparison, &sent, &file);
    }
}

/* What the sender declared that it puts before the message. */
static size_t added(const struct judge *judge, struct octets sent, struct octets file)
{
    return judge->input->adds_headers ? added_headers(sent, file) : 0;
}

/* Exactly as it must be? The usual case, without looking at lines twice. */
static bool body_is_exact(struct octets sent, struct octets file)
{
    struct text text = {sent, 0}, wanted = {file, 0};
    struct text_line line, file_line;
    while (next_line(&wanted, &file_line))
        if (!next_line(&text, &line) || !line.crlf || !sent_rightly(line.text, file_line.text))
            return false;
    return text.at == sent.count;
}

/* What can be seen without the file: BODY-2, BODY-5, and lines that begin with a single dot. */
static void check_raw(struct judge *judge, const struct link *link, struct step *body)
{
    struct octets sent = link_octets(link, body->begin, body->end);
    struct text text = {sent, 0};
    struct text_line line;
    bool after_crlf = true;
    while (next_line(&text, &line)) {
        struct place place = {link, body, true, body->begin + line.begin};
        size_t octets = line.text.count + 2 - (after_crlf && begins_with_dot(line.text));
        if (octets > LINE_LIMIT)
            judge_against(judge, BODY_2, place, "a CRLF within every 1000 octets",
                          "a line of %zu octets, its CRLF counted", octets);
        const uint8_t *bare =
            line.text.count > 0 ? memchr(line.text.at, '\r', line.text.count) : NULL;
        bool cut = !line.ended && !body->complete;
        if (bare && !(cut && bare == line.text.at + line.text.count - 1)) {
            place.offset += (size_t)(bare - line.text.at);
            judge_against(judge, BODY_5, place, "CR and LF only as a pair",
                          "a CR that no LF follows");
        }
        if (line.ended && !line.crlf) {
            place.offset = body->begin + line.begin + line.text.count;
            judge_against(judge, BODY_5, place, "every line ended by CRLF",
                          "an LF without a CR before it ends this line");
        }
        after_crlf = line.crlf;
    }
    judge_saw(judge, BODY_2);
    judge_saw(judge, BODY_5);
}

static size_t count_lines(struct octets octets)
{
    struct text text = {octets, 0};
    struct text_line line;
    size_t count = 0;
    while (next_line(&text, &line))
        count++;
    return count;
}

/* The end of data never came, but the sender meant it to: the dot is glued to the text, or stands
 * between bare LFs. True where that was found. */
static bool check_terminator(struct judge *judge, const struct link *link, const struct step *body,
                             struct octets file)
{
    struct octets sent = link_octets(link, body->begin, body->end);
    static const char *const tails[] = {".\r\n", "\n.\n", ".\n", "\r.\r", ".\r"};
    char text[ESCAPED_SIZE];
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        size_t length = strlen(tails[i]);
        if (sent.count < length || memcmp(sent.at + sent.count - length, tails[i], length) != 0 ||
            sent.count + count_lines(file) < file.count)
            continue;
        size_t shown = sent.count > 24 ? sent.count - 24 : 0;
        judge_against(
            judge, BODY_1, (struct place){link, body, true, body->end - length},
            "the message ended by CRLF . CRLF",
            "it ends with \"%s\": the dot does not stand alone between two CRLF, so that the "
            "centre waits for more",
            escaped(octets_from(sent, shown), text));
        return true;
    }
    return false;
}

/* How well a body fits a message file: octets in common at the beginning, and much more where the
 * file's Message-ID stands in it. */
static size_t likeness(struct octets sent, struct octets file)
{
    size_t common = 0;
    while (common < sent.count && common < file.count && sent.at[common] == file.at[common])
        common++;
    struct text text = {file, 0};
    struct text_line line;
    while (next_line(&text, &line) && line.text.count > 0) {
        if (line.text.count < 12 || strncasecmp((const char *)line.text.at, "Message-ID:", 11) != 0)
            continue;
        struct octets id = octets_from(line.text, 11);
        while (id.count > 0 && is_blank(id.at[0]))
            id = octets_from(id, 1);
        if (id.count > 0 && memmem(sent.at, sent.count, id.at, id.count))
            return common + ((size_t)1 << 40);
    }
    return common;
}

static uint32_t recognise(const struct judge *judge, struct octets sent, uint64_t *exact)
{
    const struct check_input *input = judge->input;
    uint32_t best = 0;
    size_t best_likeness = 0;
    *exact = 0;
    for (size_t i = 0; i < input->message_count; i++) {
        struct octets file = input->messages[i].octets;
        struct octets own = octets_from(sent, added(judge, sent, file));
        if (body_is_exact(own, file)) {
            *exact = 1;
            return (uint32_t)i + 1;
        }
        size_t like = likeness(own, file);
        if (like > best_likeness) {
            best_likeness = like;
            best = (uint32_t)i + 1;
        }
    }
    if (best_likeness > 8 || input->message_count == 1)
        return best_likeness > 0 || input->message_count == 1 ? (best ? best : 1) : 0;
    return 0;
}

static void check_body(struct judge *judge, struct link *link, struct step *body)
{
    struct octets sent = link_octets(link, body->begin, body->end);
    if ((sent.count == 0 && !body->complete) || judge_farewell_in_body(judge, link, body))
        return;
    uint64_t exact;
    body->message = recognise(judge, sent, &exact);
    check_raw(judge, link, body);
    if (body->complete) {
        judge_saw(judge, BODY_1);
        judge_saw(judge, BODY_3);
        judge_saw(judge, BODY_4);
    }
    if (exact)
        return;
    char text[ESCAPED_SIZE];
    if (body->message == 0) {
        judge_against(judge, BODY_4, (struct place){.link = link, .step = body},
                      "one of the messages that were handed over",
                      "a message that is none of them, beginning \"%s\"", escaped(sent, text));
        return;
    }
    struct octets file = judge->input->messages[body->message - 1].octets;
    if (!body->complete && check_terminator(judge, link, body, file))
        return;
    struct comparison comparison = {.judge = judge,
                                    .link = link,
                                    .body = body,
                                    .sent = {sent, added(judge, sent, file)},
                                    .file = {file, 0}};
    compare_body(&comparison);
}

void check_bodies(struct judge *judge)
{
    for (size_t i = 0; i < judge->dialogue.count; i++) {
        struct link *link = &judge->dialogue.links[i];
        for (size_t j = 0; j < link->step_count && j < link->derailed; j++)
            if (link->steps[j].kind == STEP_BODY)
                check_body(judge, link, &link->steps[j]);
    }
}

/* Is this the message, where a command was due? Either it is no command that anyone knows, or the
 * beginning of a message file. */
static bool looks_like_message(const struct judge *judge, const struct link *link,
                               const struct step *step)
{
    if (step->kind != STEP_COMMAND)
        return false;
    if (step->verb == VERB_OTHER)
        return true;
    struct octets rest = link_octets(link, step->begin, link->sender.count);
    for (size_t i = 0; i < judge->input->message_count; i++) {
        struct octets file = judge->input->messages[i].octets;
        size_t count = file.count < 16 ? file.count : 16;
        if (count > 4 && rest.count >= count && memcmp(rest.at, file.at, count) == 0)
            return true;
    }
    return false;
}

static void check_permission_after(struct judge *judge, struct link *link, size_t data)
{
    const struct step *step = &link->steps[data];
    if (data + 1 >= link->derailed)
        return;
    const struct step *next = &link->steps[data + 1];
    struct place place = {.link = link, .step = next};
    char text[ESCAPED_SIZE], reply[ESCAPED_SIZE];
    judge_saw(judge, DATA_1);
    if (next->kind == STEP_BODY) {
        if (next->wire_end > next->begin && next->first_event < step->answer.last_event &&
            !judge_farewell_in_body(judge, link, next))
            judge_against(judge, DATA_1, place, "no octet of the message before the 354",
                          "octets were sent behind DATA before its reply had come: \"%s\"",
                          escaped(link_octets(link, next->begin, next->end), text));
        return;
    }
    if (!looks_like_message(judge, link, next))
        return;
    judge_against(judge, DATA_1, place, "no octet of the message without a 354",
                  "DATA was answered by %s, and the message was sent all the same: \"%s\"",
                  answer_words(link, step, reply),
                  escaped(link_octets(link, next->begin, next->end), text));
    link->derailed = data + 1;
}

void check_permission(struct judge *judge)
{
    for (size_t i = 0; i < judge->dialogue.count; i++) {
        struct link *link = &judge->dialogue.links[i];
        for (size_t j = 0; j < link->step_count && j < link->derailed; j++)
            if (link->steps[j].kind == STEP_COMMAND && link->steps[j].verb == VERB_DATA)
                check_permission_after(judge, link, j);
    }
}
