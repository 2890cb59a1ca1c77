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
    size_t known = sender->input_count;
    const uint8_t *null = has(sender, STOPS_AT_NUL) ? memchr(sender->input, '\0', known) : NULL;
    if (null)
        known = (size_t)(null - sender->input);
    const uint8_t *feed = memchr(sender->input, '\n', known);
    size_t count = feed ? (size_t)(feed - sender->input) + 1 : 0;
    size_t most = has(sender, SHORT_LINES) ? 128 : has(sender, LINES_OF_512) ? 512 : INPUT_SIZE;
    return (count ? count : sender->input_count) > most ? most : count;
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

/* The last number of three digits in the line. */
static int last_number(const char *line)
{
    int number = 0;
    for (const char *at = line; *at; at++)
        if (three_digits(at) && (at == line || !isdigit((unsigned char)at[-1])) &&
            !isdigit((unsigned char)at[3]))
            number = atoi(at);
    return number;
}

/* Is there something in the text that this sender can't bear? */
static bool frightens(const struct sender *sender, const char *line)
{
    bool found = has(sender, WANTS_TEXT) && strlen(line) < 5;
    for (const char *at = line; *at && !found; at++)
        found = (has(sender, DECODES_TEXT) && (unsigned char)*at > 127) ||
                (has(sender, FEARS_CONTROLS) && (unsigned char)*at < ' ');
    return found;
}

/* "5.7.1 …" behind the code. */
static bool is_enhanced_refusal(const char *line)
{
    return strlen(line) > 6 && (line[4] == '4' || line[4] == '5') && line[5] == '.' &&
           isdigit((unsigned char)line[6]);
}

/* The code of a line; 0: it is no reply. */
static int line_code(const struct sender *sender, const char *line)
{
    const char *digits = line;
    if (has(sender, READS_BY_ATOI))
        return atoi(line);
    if (has(sender, SCANS_DIGITS))
        while (*digits && !three_digits(digits))
            digits++;
    if (!three_digits(digits))
        return 0;
    if (has(sender, SCANS_DIGITS))
        return atoi(digits);
    if (digits[0] < '2' || digits[0] > '5' || (digits[3] && !strchr(" -", digits[3])))
        return 0;
    if (frightens(sender, line))
        return 0;
    if (has(sender, FEARS_CLOSING) && strcasestr(line, "clos"))
        return 421;
    if (has(sender, LAST_NUMBER))
        return last_number(line);
    if (has(sender, BELIEVES_ENHANCED) && is_enhanced_refusal(line))
        return line[4] == '4' ? 450 : 550;
    return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
}

static void set_line(const struct sender *sender, struct reply *reply, const char *line)
{
    size_t kept = has(sender, ANY_LINE) ? strlen(reply->line) : 0;
    snprintf(reply->line + kept, sizeof reply->line - kept, "%s", line);
    snprintf(reply->text, sizeof reply->text, "%.1023s", strlen(line) > 4 ? line + 4 : "");
}

/* Forgets what has come, and what comes within a moment. */
static void forget_rest(struct sender *sender)
{
    if (has(sender, WAITS_A_MOMENT)) {
        int64_t moment = net_now() + 50000;
        do
            sender->input_count = 0;
        while (net_read(sender, moment) == NET_OK);
    }
    sender->input_count = 0;
}

/* Is this line, the so many-th, the reply's last? */
static bool is_last_line(const struct sender *sender, const char *line, unsigned lines)
{
    if (has(sender, LINES_AS_REPLIES) || (has(sender, TEN_LINES) && lines == 10) ||
        (has(sender, TWO_LINES) && lines == 2))
        return true;
    if (has(sender, HYPHEN_ANYWHERE))
        return strchr(line, '-') == NULL;
    if (has(sender, WAITS_FOR_BLANK))
        return line[3] == ' ';
    if (has(sender, LAST_LINE_OF_READ))
        return sender->input_count == 0;
    return line[3] != '-';
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
    set_line(sender, &reply, line);
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
        bool differs = lines > 1 && code != reply.code && !has(sender, LAST_LINE_OF_READ);
        reply.code = code;
        set_line(sender, &reply, line);
        if (has(sender, BELOW_400) && code == 0)
            return reply;
        if (code == 0 || differs) {
            reply.status = REPLY_GARBAGE;
            return reply;
        }
        if (has(sender, WAITS_A_MOMENT) || has(sender, DROPS_REST)) {
            forget_rest(sender);
            return reply;
        }
        if (is_last_line(sender, line, lines))
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
    if (has(sender, CODE_ANYWHERE) || has(sender, ANY_LINE)) {
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
