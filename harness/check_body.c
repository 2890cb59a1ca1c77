/* The message on the wire against the message file: BODY-1 … BODY-5.
 *
 * The two are compared line by line. A line of the file stands on the wire as it is, with one dot
 * before it where it begins with one; whatever else is there is classed by what it most likely is,
 * because the sender's author must find it. */
#include "harness/check_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_LIMIT = 1000, LOOK_AHEAD = 24, LINE_SHOWN = 48 };

enum difference {
    DIFFERS_NOT,
    DIFFERS_UNSTUFFED,   /* the dot is missing */
    DIFFERS_OVERSTUFFED, /* a dot too many */
    DIFFERS_CONTENT,
};

/* `sent` is `line` with dots put in, anywhere, and nothing else. */
static bool only_dots_added(struct octets sent, struct octets line)
{
    size_t at = 0;
    for (size_t i = 0; i < sent.count; i++) {
        if (at < line.count && sent.at[i] == line.at[at])
            at++;
        else if (sent.at[i] != '.')
            return false;
    }
    return at == line.count;
}

static enum difference line_difference(struct octets sent, struct octets line)
{
    if (sent_rightly(sent, line))
        return DIFFERS_NOT;
    if (begins_with_dot(line) && octets_equal(sent, line))
        return DIFFERS_UNSTUFFED;
    if (only_dots_added(sent, line))
        return DIFFERS_OVERSTUFFED;
    return DIFFERS_CONTENT;
}

/* Where two lines part. */
static size_t common_octets(struct octets sent, struct octets line)
{
    size_t common = 0;
    while (common < sent.count && common < line.count && sent.at[common] == line.at[common])
        common++;
    return common;
}

static bool ends_with(struct octets octets, struct octets end)
{
    return octets.count >= end.count &&
           octets_equal(octets_from(octets, octets.count - end.count), end);
}

/* What became of octets above 127. */
static const char *high_words(uint8_t sent, uint8_t octet)
{
    if (sent == '?')
        return "an octet above 127 became '?'";
    if (sent == (octet & 127))
        return "the top bit was cut off";
    return "octets above 127 were changed or re-encoded";
}

/* Something stands before a line, or behind it. */
static const char *surplus_words(struct octets sent, struct octets line)
{
    size_t more = sent.count - line.count;
    struct octets before = {sent.at, more}, behind = octets_from(sent, line.count);
    if (octets_equal(before, OCTETS("\xef\xbb\xbf")))
        return "a byte order mark was put before it";
    if (begins_with_dot(line) && is_blank(before.at[more - 1]))
        return "a blank was put before the line's dot, where another dot is due";
    if (ends_with(sent, line))
        return "something was put before it";
    if (octets_equal(behind, OCTETS("\r")))
        return "a CR too many ends it";
    return line.count > 0 ? "something was added to the line"
                          : "this empty line is missing, or something was added to it";
}

/* A sender that gave up inside the message, and talks to the centre as if it were at the next turn.
 */
static bool is_command(struct octets octets)
{
    static const char *const commands[] = {"QUIT", "RSET", "NOOP"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (octets.count == strlen(commands[i]) &&
            strncasecmp((const char *)octets.at, commands[i], octets.count) == 0)
            return true;
    return false;
}

/* What happened to a line's content, in words; both without the dot of stuffing. */
static const char *content_words(struct octets sent, struct octets line)
{
    size_t common = common_octets(sent, line), trimmed = line.count;
    while (trimmed > 0 && is_blank(line.at[trimmed - 1]))
        trimmed--;
    if (common == sent.count && sent.count == trimmed)
        return "the blanks at the line's end are gone";
    if (begins_with_dot(line) && octets_equal(sent, octets_from(line, 1)))
        return "the line's own dot is gone";
    if (common == sent.count)
        return "the line breaks off (folded or cut)";
    if (common > 0 && is_command(octets_from(sent, common)))
        return "a command was sent in the middle of the message";
    if (common == line.count ||
        (sent.count > line.count && line.count > 0 && ends_with(sent, line)))
        return surplus_words(sent, line);
    if (line.at[common] > 127)
        return high_words(sent.at[common], line.at[common]);
    if (line.at[common] == '\t' && sent.at[common] == ' ')
        return "a tab became blanks";
    if (line.at[common] < ' ' || line.at[common] == 127)
        return "a control character is gone or was changed";
    return common == 0 ? "something else stands in its place" : "the octets differ";
}

struct comparison {
    struct judge *judge;
    const struct link *link;
    struct step *body;
    struct text sent, file;
    size_t line_number;
    bool misaligned;
    bool differs; /* a line was told of */
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

static void tell_content(struct comparison *comparison, const struct text_line *sent_line,
                         const struct text_line *file_line)
{
    char text[ESCAPED_SIZE], line[ESCAPED_SIZE];
    bool dotted = begins_with_dot(file_line->text) && sent_line->text.count > 1 &&
                  sent_line->text.at[0] == '.' && sent_line->text.at[1] == '.';
    struct octets sent = octets_from(sent_line->text, dotted), file = file_line->text;
    size_t from = common_octets(sent, file);
    size_t shown = from > 24 ? from - 24 : 0;
    judge_against(comparison->judge, BODY_4,
                  sent_place(comparison, sent_line->begin + dotted + from),
                  "the message's octets unchanged",
                  "line %zu of the message, from octet %zu, \"%s\", was sent as \"%s\": %s",
                  comparison->line_number, shown + 1, escaped(head(octets_from(file, shown)), line),
                  escaped(head(octets_from(sent, shown)), text), content_words(sent, file));
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

/* What follows a message that ended too early is the rest of it, and no dialogue. True where it
 * does. */
static bool derail_behind(struct comparison *comparison)
{
    struct dialogue *dialogue = &comparison->judge->dialogue;
    struct link *link = &dialogue->links[comparison->link - dialogue->links];
    size_t next = (size_t)(comparison->body - comparison->link->steps) + 1;
    if (next >= link->derailed || link->steps[next].kind != STEP_COMMAND)
        return false;
    const struct step *step = &link->steps[next];
    struct octets behind = link_octets(link, step->begin, step->end);
    struct text file = {comparison->file.octets, 0};
    struct text_line line;
    bool rest = false;
    while (!rest && next_line(&file, &line))
        rest = line.text.count > 0 &&
               (octets_equal(behind, line.text) || sent_rightly(behind, line.text));
    if (rest)
        link->derailed = next;
    return rest;
}

static void tell_missing(struct comparison *comparison, const struct text_line *file)
{
    char line[ESCAPED_SIZE];
    size_t left = comparison->file.octets.count - file->begin;
    bool lone_dot = file->text.count == 1 && file->text.at[0] == '.';
    struct place place = sent_place(comparison, comparison->body->end - comparison->body->begin);
    if (derail_behind(comparison) && lone_dot && left > 1)
        judge_against(comparison->judge, BODY_3, place,
                      "one dot put before a line that begins with a dot",
                      "line %zu of the message, \".\", was sent as \".\" and ended the message "
                      "there; %zu octets of it came behind, as commands",
                      comparison->line_number, left);
    else if (lone_dot && left <= 3)
        judge_against(comparison->judge, BODY_3, place,
                      "one dot put before a line that begins with a dot",
                      "the message's last line, \".\", was sent without another dot before it, or "
                      "not at all");
    else if (lone_dot)
        judge_against(comparison->judge, BODY_4, place, "the whole message before the final dot",
                      "the message ends before its line %zu, \".\": that line and all behind it, "
                      "%zu octets, were not sent (its dot taken for the end of the message)",
                      comparison->line_number, left);
    else
        judge_against(comparison->judge, BODY_4, place, "the whole message before the final dot",
                      "the last %zu octets of the message are missing, from line %zu, \"%s\"%s",
                      left, comparison->line_number, escaped(head(file->text), line),
                      file->ended ? "" : " (a last line that no CRLF ends)");
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
        comparison->differs = true;
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

/* All of the message came, and nothing behind it. */
static bool is_whole(struct octets sent, struct octets file)
{
    struct text text = {sent, 0}, wanted = {file, 0};
    struct text_line line, file_line;
    while (next_line(&wanted, &file_line))
        if (!next_line(&text, &line) || !sent_rightly(line.text, file_line.text) ||
            (file_line.ended && !line.crlf))
            return false;
    return text.at == sent.count;
}

/* A line that broke off is the file's, as far as it goes. */
static bool begins_rightly(struct octets sent, struct octets file)
{
    if (sent.count > 0 && sent.at[sent.count - 1] == '\r')
        sent.count--;
    if (begins_with_dot(sent) && begins_with_dot(file))
        sent = octets_from(sent, 1);
    return sent.count <= file.count && octets_equal(sent, (struct octets){file.at, sent.count});
}

/* All that came is the message, from its first line on; where it was cut off, perhaps in its end.
 */
static bool is_right_so_far(struct octets sent, struct octets file, bool cut)
{
    struct text text = {sent, 0}, wanted = {file, 0};
    struct text_line line, file_line;
    while (next_line(&text, &line)) {
        if (!next_line(&wanted, &file_line))
            return cut && !line.ended && begins_rightly(line.text, octets_of("."));
        if (line.ended ? !line.crlf || !sent_rightly(line.text, file_line.text)
                       : !begins_rightly(line.text, file_line.text))
            return false;
    }
    return true;
}

/* The end of data never came, but the sender meant it to: the dot is glued to the text, or stands
 * between bare LFs. True where that was found. A message may have lines that end with a dot, and
 * break off behind one. */
static bool check_terminator(struct judge *judge, const struct link *link, const struct step *body,
                             struct octets file)
{
    struct octets sent = link_octets(link, body->begin, body->end);
    struct octets own = octets_from(sent, lines_added(judge, sent, file));
    static const char *const tails[] = {".\r\n", "\n.\n", ".\n", "\r.\r", ".\r"};
    bool cut = link->centre_ended_at != USEC_NEVER || link->paused_at != USEC_NEVER ||
               at_waking(judge, link->opened_at, link->sender_ended_at);
    size_t tail_count = is_right_so_far(own, file, cut) ? 0 : sizeof tails / sizeof *tails;
    char text[ESCAPED_SIZE];
    for (size_t i = 0; i < tail_count; i++) {
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
    if (cut || !is_whole(own, file))
        return false;
    judge_against(judge, BODY_1, (struct place){link, body, true, body->end - 1},
                  "the message ended by CRLF . CRLF",
                  "all of the message came, and never the dot that ends it");
    return true;
}

/* It was permitted to send the message, and takes its leave instead; the centre takes that for the
 * message's first line. */
static void tell_retreat(struct judge *judge, const struct link *link, const struct step *body)
{
    char text[ESCAPED_SIZE], reply[ESCAPED_SIZE];
    const struct step *data = body - 1;
    if (body->first_at - data->last_at >= judge->early)
        return; /* it had given up waiting for the 354 */
    if (data->answer.doubtful || body->first_event <= data->answer.last_event)
        return; /* a reply to be read either way; not waited for: check_turns tells that */
    if (link->unasked_count > 0 && link->unasked[0].last_event < data->first_event)
        return; /* another line of the centre's was taken for the reply to DATA */
    judge_against(judge, CODE_1, (struct place){.link = link, .step = body},
                  "the message, once DATA is answered 354, whatever the text",
                  "after %s it sent %s in place of the message, of which the centre takes it for "
                  "the first line",
                  answer_words(link, data, reply), step_words(link, body, text));
}

static void check_body(struct judge *judge, struct link *link, struct step *body)
{
    struct octets sent = link_octets(link, body->begin, body->end);
    if ((sent.count == 0 && !body->complete) || judge_farewell_in_body(judge, link, body))
        return;
    if (body->retreat) {
        tell_retreat(judge, link, body);
        return;
    }
    if (!body->complete && lines_are_none(judge, sent))
        return;
    bool exact;
    body->message = lines_recognise(judge, body, sent, &exact);
    check_raw(judge, link, body);
    if (body->complete) {
        judge_saw(judge, BODY_1);
        if (!judge->input->field || body->message != 0) {
            judge_saw(judge, BODY_3);
            judge_saw(judge, BODY_4);
        }
    }
    if (exact && body->complete)
        return;
    char text[ESCAPED_SIZE];
    if (!body->complete && out_of_step(link))
        return; /* a command, sent where it took another reply for its own */
    if (body->message == 0 && judge->input->field) {
        check_dots(judge, link, body);
        return;
    }
    if (body->message == 0) {
        judge_against(judge, BODY_4, (struct place){.link = link, .step = body},
                      "one of the messages that were handed over",
                      "a message that is none of them, beginning \"%s\"", escaped(sent, text));
        return;
    }
    struct octets file = judge->input->messages[body->message - 1].octets;
    if (!body->complete && !link->tailless && check_terminator(judge, link, body, file))
        return;
    struct comparison comparison = {.judge = judge,
                                    .link = link,
                                    .body = body,
                                    .sent = {sent, lines_added(judge, sent, file)},
                                    .file = {file, 0}};
    compare_body(&comparison);
    if (comparison.differs && body->complete)
        derail_behind(&comparison);
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
