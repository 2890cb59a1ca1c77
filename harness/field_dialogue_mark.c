#include <strings.h>

#include "harness/field_dialogue_private.h"

/* From the most particular to the least: of two that fit as well the first is taken. */
static const struct dialogue_family families[] = {
    {.name = "swaks",
     .sender = {" -> ", "**> ", " ~> ", "*~> "},
     .centre = {"<-  ", "<** ", "<~  ", "<~* "},
     .words = {"=== ", "*** "}},
    {.name = "curl --trace-ascii", .traced = true},
    {.name = "smtplib",
     .sender = {"send: "},
     .centre = {"reply: "},
     .words = {"connect: ", "data: "},
     .literal = true},
    {.name = "C: and S:", .sender = {"C: ", "C> "}, .centre = {"S: ", "S> "}, .any_case = true},
    {.name = "Client: and Server:",
     .sender = {"Client: ", "Client> ", "CLIENT -> "},
     .centre = {"Server: ", "Server> ", "SERVER <- "},
     .any_case = true},
    {.name = "SEND: and RECV:",
     .sender = {"SEND: ", "SEND> ", "SENT: ", "送信: ", "送信："},
     .centre = {"RECV: ", "RECV< ", "RECEIVED: ", "受信: ", "受信："},
     .any_case = true},
    {.name = ">>> and <<<", .sender = {">>> "}, .centre = {"<<< "}, .words = {"*** ", "=== "}},
    {.name = ">> and <<", .sender = {">> "}, .centre = {"<< "}, .words = {"** ", "-- "}},
    {.name = "--> and <--", .sender = {"--> "}, .centre = {"<-- "}},
    {.name = "-> and <-", .sender = {"-> "}, .centre = {"<- "}},
    {.name = "=> and <=", .sender = {"=> "}, .centre = {"<= "}},
    {.name = "> and <", .sender = {"> "}, .centre = {"< "}, .words = {"* ", "{ ", "} "}},
    {.name = "sendmail -v", .sender = {">>> "}, .words = {"050 "}, .bare = true},
    {.name = "no marks", .bare = true},
};

bool dialogue_next(struct octets *rest, struct octets *line)
{
    if (rest->count == 0)
        return false;
    const uint8_t *end = memchr(rest->at, '\n', rest->count);
    size_t count = end ? (size_t)(end - rest->at) : rest->count;
    *line = (struct octets){rest->at, count};
    *rest = octets_from(*rest, count + (end ? 1 : 0));
    while (line->count > 0 && line->at[line->count - 1] == '\r')
        line->count--;
    return true;
}

bool dialogue_is_reply(struct octets text)
{
    return text.count >= 3 && text.at[0] >= '2' && text.at[0] <= '5' && text.at[1] >= '0' &&
           text.at[1] <= '9' && text.at[2] >= '0' && text.at[2] <= '9' &&
           (text.count == 3 || text.at[3] == ' ' || text.at[3] == '-');
}

bool dialogue_is_command(struct octets text)
{
    static const char *const commands[] = {"HELO", "EHLO", "MAIL FROM:", "RCPT TO:", "DATA",
                                           "RSET", "NOOP", "QUIT",       "VRFY",     "EXPN",
                                           "HELP", "AUTH", "STARTTLS"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        size_t count = strlen(commands[i]);
        if (text.count >= count && strncasecmp((const char *)text.at, commands[i], count) == 0 &&
            (text.count == count || text.at[count] == ' ' || commands[i][count - 1] == ':'))
            return true;
    }
    return false;
}

bool dialogue_holds(struct octets text, const char *words)
{
    size_t count = strlen(words);
    for (size_t i = 0; i + count <= text.count; i++)
        if (strncasecmp((const char *)text.at + i, words, count) == 0)
            return true;
    return false;
}

/* Takes one of these marks from the beginning; a mark whose blank was lost at the line's end is one
 * too. */
static bool take_mark(const char *const *marks, bool any_case, struct octets *text)
{
    for (size_t i = 0; i < 6 && marks[i]; i++) {
        size_t count = strlen(marks[i]), least = count;
        while (least > 1 && marks[i][least - 1] == ' ')
            least--;
        bool cut = text->count >= least && text->count < count;
        size_t compared = cut ? text->count : count;
        if (text->count < compared ||
            (any_case ? strncasecmp((const char *)text->at, marks[i], compared)
                      : memcmp(text->at, marks[i], compared)) != 0)
            continue;
        *text = octets_from(*text, compared);
        return true;
    }
    return false;
}

static bool take_any_mark(const struct dialogue_family *family, struct octets *text,
                          enum dialogue_side *side)
{
    if (take_mark(family->sender, family->any_case, text))
        *side = DIALOGUE_SENDER;
    else if (take_mark(family->centre, family->any_case, text))
        *side = DIALOGUE_CENTRE;
    else if (take_mark(family->words, family->any_case, text))
        *side = DIALOGUE_WORDS;
    else
        return false;
    return true;
}

/* What has no mark, in a family that leaves them out. */
static enum dialogue_side bare_side(const struct dialogue_family *family, struct octets text)
{
    if (dialogue_is_reply(text))
        return DIALOGUE_CENTRE;
    return !family->sender[0] && dialogue_is_command(text) ? DIALOGUE_SENDER : DIALOGUE_NOTHING;
}

static bool take_quotes(struct octets *line, unsigned quoted)
{
    for (unsigned i = 0; i < quoted; i++) {
        if (line->count == 0 || line->at[0] != '>')
            return false;
        *line = octets_from(*line, 1);
        if (line->count > 0 && line->at[0] == ' ')
            *line = octets_from(*line, 1);
    }
    return true;
}

/* Where a mark, or what needs none, stands at the beginning of `text`, behind blanks. */
static bool read_marked(const struct dialogue_family *family, struct octets text,
                        struct dialogue_line *line)
{
    size_t announced;
    for (bool trimmed = false;; trimmed = true) {
        struct octets rest = text;
        if (family->traced ? dialogue_trace_heading(rest, &line->side, &announced)
                           : take_any_mark(family, &rest, &line->side)) {
            line->text = family->traced ? text : rest;
            return true;
        }
        if (family->bare && bare_side(family, text) != DIALOGUE_NOTHING) {
            line->side = bare_side(family, text);
            line->text = text;
            return true;
        }
        if (trimmed)
            return false;
        while (text.count > 0 && (text.at[0] == ' ' || text.at[0] == '\t'))
            text = octets_from(text, 1);
    }
}

/* Behind a syslog stamp stand a host and a program: what is behind their colon. */
static bool skip_program(struct octets *text)
{
    const uint8_t *colon = text->count > 0 ? memmem(text->at, text->count, ": ", 2) : NULL;
    if (!colon || colon - text->at > 80)
        return false;
    *text = octets_from(*text, (size_t)(colon - text->at) + 2);
    return true;
}

struct dialogue_line dialogue_read_line(const struct dialogue_family *family, unsigned quoted,
                                        struct octets line)
{
    struct dialogue_line read = {.text = line};
    if (!take_quotes(&line, quoted))
        return read;
    read.text = line;
    if (read_marked(family, line, &read))
        return read;
    struct octets behind = line;
    struct dialogue_line stamped = {.stamped = true};
    if (!dialogue_stamp_take(&behind, &stamped.stamp))
        return read;
    /* One blank belongs to the stamp; a mark that begins with a blank may need it. */
    if (read_marked(family, behind, &stamped) ||
        (skip_program(&behind) && read_marked(family, behind, &stamped)))
        return stamped;
    return read;
}

/* How well a family fits, by the first lines; 0: not at all. */
static unsigned fits(const struct dialogue_family *family, unsigned quoted, struct octets text)
{
    enum { LINES_ENOUGH = 4000 };
    unsigned replies = 0, commands = 0, others = 0;
    struct octets line;
    for (unsigned i = 0; i < LINES_ENOUGH && dialogue_next(&text, &line); i++) {
        struct dialogue_line read = dialogue_read_line(family, quoted, line);
        struct buf literal = BUF_INIT(4096);
        if (family->literal && (read.side == DIALOGUE_SENDER || read.side == DIALOGUE_CENTRE))
            read.text = dialogue_literal(read.text, &literal) ? buf_octets(&literal)
                                                              : (struct octets){NULL, 0};
        if (read.side == DIALOGUE_CENTRE)
            *(family->traced || dialogue_is_reply(read.text) ? &replies : &others) += 1;
        else if (read.side == DIALOGUE_SENDER)
            commands += family->traced || dialogue_is_command(read.text);
        buf_free(&literal);
    }
    if (replies == 0 || others > replies)
        return 0;
    /* Three digits alone may be anything: a list of addresses, say. */
    if (family->bare && commands == 0)
        return 0;
    unsigned score = 2 * (replies + commands) - others;
    return family->bare && !family->sender[0] ? score / 2 + 1 : score;
}

/* A connect that failed leaves no dialogue, but the words of the program that tried. */
static const struct dialogue_family *family_of_attempt(struct octets text)
{
    static const struct {
        const char *begins, *family;
    } attempts[] = {{"=== Trying ", "swaks"}, {"*   Trying ", "> and <"}, {"Trying ", "no marks"}};
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        size_t count = strlen(attempts[i].begins);
        if (text.count < count || memcmp(text.at, attempts[i].begins, count) != 0)
            continue;
        for (size_t j = 0; j < sizeof families / sizeof *families; j++)
            if (strcmp(families[j].name, attempts[i].family) == 0)
                return &families[j];
    }
    return NULL;
}

const struct dialogue_family *dialogue_family_of(struct octets text, unsigned *quoted)
{
    const struct dialogue_family *best = NULL;
    unsigned best_score = 0;
    for (unsigned quotes = 0; quotes <= 2; quotes++)
        for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
            unsigned score = fits(&families[i], quotes, text);
            if (score > best_score) {
                best_score = score;
                best = &families[i];
                *quoted = quotes;
            }
        }
    return best ? best : family_of_attempt(text);
}
