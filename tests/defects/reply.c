/* Reading replies: rightly, and in all the ways that were seen to go wrong. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tests/defects/sender.h"

static void take_input(struct sender *sender, size_t count)
{
    sender->input_count -= count;
    memmove(sender->input, sender->input + count, sender->input_count);
}

static struct reply failed(enum net_status status)
{
    return (struct reply){.status = status == NET_TIMED_OUT ? REPLY_TIMED_OUT : REPLY_LOST};
}

/* Octets of the next line, its LF included; 0: it is not whole yet. */
static size_t line_count(const struct sender *sender)
{
    const uint8_t *feed = memchr(sender->input, '\n', sender->input_count);
    size_t count = feed ? (size_t)(feed - sender->input) + 1 : 0;
    if (has(sender, SHORT_LINES) && (count ? count : sender->input_count) > 128)
        return 128;
    return count;
}

/* The next line without its ending, cut where it does not fit. */
static enum net_status read_line(struct sender *sender, enum wait_stage stage, int64_t deadline,
                                 char *line, size_t room)
{
    size_t count;
    while ((count = line_count(sender)) == 0) {
        if (has(sender, LIMIT_PER_OCTET))
            deadline = net_deadline(sender, stage);
        enum net_status status = net_read(sender, deadline);
        if (status != NET_OK)
            return status;
    }
    size_t text = count;
    while (text > 0 && (sender->input[text - 1] == '\n' || sender->input[text - 1] == '\r'))
        text--;
    if (text >= room)
        text = room - 1;
    memcpy(line, sender->input, text);
    line[text] = '\0';
    take_input(sender, count);
    return NET_OK;
}

static bool three_digits(const char *text)
{
    return isdigit((unsigned char)text[0]) && isdigit((unsigned char)text[1]) &&
           isdigit((unsigned char)text[2]);
}

/* The code of a line; 0: it is no reply. */
static int line_code(const struct sender *sender, const char *line)
{
    const char *digits = line;
    if (has(sender, SCANS_DIGITS))
        while (*digits && !three_digits(digits))
            digits++;
    if (!three_digits(digits))
        return 0;
    if (has(sender, SCANS_DIGITS))
        return atoi(digits);
    if (digits[0] < '2' || digits[0] > '5' || (digits[3] && !strchr(" -", digits[3])))
        return 0;
    if (has(sender, WANTS_TEXT) && strlen(line) < 5)
        return 0;
    if (has(sender, DECODES_TEXT))
        for (const char *at = line; *at; at++)
            if ((unsigned char)*at > 127)
                return 0;
    return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
}

static void set_line(struct reply *reply, const char *line)
{
    snprintf(reply->line, sizeof reply->line, "%.1023s", line);
    snprintf(reply->text, sizeof reply->text, "%.1023s", strlen(line) > 4 ? line + 4 : "");
}

/* One read, one reply. */
static struct reply read_chunk(struct sender *sender, enum wait_stage stage)
{
    struct reply reply = {.status = REPLY_READ};
    sender->input_count = 0;
    enum net_status status = net_read(sender, net_deadline(sender, stage));
    if (status != NET_OK)
        return failed(status);
    char line[INPUT_SIZE + 1];
    memcpy(line, sender->input, sender->input_count);
    line[sender->input_count] = '\0';
    sender->input_count = 0;
    set_line(&reply, line);
    reply.code = atoi(line);
    return reply;
}

struct reply reply_read(struct sender *sender, enum wait_stage stage)
{
    if (has(sender, RECV_IS_REPLY))
        return read_chunk(sender, stage);
    struct reply reply = {.status = REPLY_READ};
    int64_t deadline = net_deadline(sender, stage);
    for (unsigned lines = 1;; lines++) {
        char line[1024];
        enum net_status status = read_line(sender, stage, deadline, line, sizeof line);
        if (status != NET_OK)
            return failed(status);
        int code = line_code(sender, line);
        bool differs = lines > 1 && code != reply.code;
        reply.code = code;
        set_line(&reply, line);
        if (has(sender, BELOW_400) && code == 0)
            return reply;
        if (code == 0 || differs) {
            reply.status = REPLY_GARBAGE;
            return reply;
        }
        if (line[3] != '-' || has(sender, LINES_AS_REPLIES) ||
            (has(sender, TEN_LINES) && lines == 10))
            return reply;
    }
}

static bool holds(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcasestr(text, *words))
            return true;
    return false;
}

bool reply_is(const struct sender *sender, const struct reply *reply, int wanted)
{
    static const char *const good[] = {"ok", "naccs", "start", "go ahead", NULL};
    static const char *const bad[] = {"error", "fail", "reject", NULL};
    char code[8];
    if (reply->status != REPLY_READ)
        return false;
    if (has(sender, FIRST_DIGIT))
        return reply->code / 100 == wanted / 100;
    if (has(sender, TWO_DIGITS))
        return reply->code / 10 == wanted / 10;
    if (has(sender, BELOW_400) || has(sender, OFF_BY_ONE))
        return reply->code < 400;
    if (has(sender, CODE_ANYWHERE)) {
        snprintf(code, sizeof code, "%03d", wanted);
        return strstr(reply->line, code) != NULL;
    }
    if (reply->code != wanted)
        return false;
    if (has(sender, LOOKS_FOR_OK) && wanted == 250)
        return holds(reply->text, good);
    if (has(sender, LOOKS_FOR_ERROR))
        return !holds(reply->text, bad);
    if (has(sender, COMPARES_TEXT) && wanted == 220)
        return strstr(reply->text, "MAIL.PROD.NACCS6") != NULL;
    return true;
}
