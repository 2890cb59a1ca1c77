#include "wire/command.h"

enum { LOCAL_LIMIT = 64, PATH_LIMIT = 256 };

/* No message is longer than that many digits tell. */
enum { CHUNK_DIGITS = 18 };

static const char *const names[COMMAND_VERBS] = {
    [COMMAND_HELO] = "HELO", [COMMAND_EHLO] = "EHLO",       [COMMAND_MAIL] = "MAIL",
    [COMMAND_RCPT] = "RCPT", [COMMAND_DATA] = "DATA",       [COMMAND_RSET] = "RSET",
    [COMMAND_NOOP] = "NOOP", [COMMAND_QUIT] = "QUIT",       [COMMAND_VRFY] = "VRFY",
    [COMMAND_EXPN] = "EXPN", [COMMAND_HELP] = "HELP",       [COMMAND_SEND] = "SEND",
    [COMMAND_SOML] = "SOML", [COMMAND_SAML] = "SAML",       [COMMAND_TURN] = "TURN",
    [COMMAND_BDAT] = "BDAT", [COMMAND_UNKNOWN] = "unknown",
};

const char *command_name(enum command_verb verb)
{
    return names[verb];
}

static uint8_t upper(uint8_t octet)
{
    return octet >= 'a' && octet <= 'z' ? (uint8_t)(octet - 'a' + 'A') : octet;
}

/* In any case; the name is in upper case. */
static bool begins_with(struct octets text, struct octets name)
{
    if (text.count < name.count)
        return false;
    for (size_t i = 0; i < name.count; i++)
        if (upper(text.at[i]) != name.at[i])
            return false;
    return true;
}

/* All verbs have four letters. */
enum { VERB_LENGTH = 4 };

static uint32_t verb_key(const void *letters)
{
    uint32_t key;
    memcpy(&key, letters, sizeof key);
    return key;
}

static enum command_verb verb_of(struct octets word)
{
    uint8_t letters[VERB_LENGTH];
    if (word.count != VERB_LENGTH)
        return COMMAND_UNKNOWN;
    for (int i = 0; i < VERB_LENGTH; i++)
        letters[i] = upper(word.at[i]);
    uint32_t key = verb_key(letters);
    for (int verb = 0; verb < COMMAND_UNKNOWN; verb++)
        if (key == verb_key(names[verb]))
            return (enum command_verb)verb;
    return COMMAND_UNKNOWN;
}

static bool is_blank(uint8_t octet)
{
    return octet == ' ' || octet == '\t';
}

static struct octets skip_spaces(struct octets text)
{
    while (text.count > 0 && text.at[0] == ' ')
        text = octets_from(text, 1);
    return text;
}

/* What stands before the first space; `text` is moved to that space. */
static struct octets take_word(struct octets *text)
{
    const uint8_t *space = text->count > 0 ? memchr(text->at, ' ', text->count) : NULL;
    struct octets word = {text->at, space ? (size_t)(space - text->at) : text->count};
    *text = octets_from(*text, word.count);
    return word;
}

void command_parse(struct octets line, struct command *command)
{
    unsigned departures = 0;
    while (line.count > 0 && is_blank(line.at[line.count - 1])) {
        departures |= COMMAND_TRAILING_SPACE;
        line.count--;
    }
    struct octets word = take_word(&line);
    enum command_verb verb = verb_of(word);
    if (verb != COMMAND_UNKNOWN && memcmp(word.at, names[verb], word.count) != 0)
        departures |= COMMAND_LOWER_CASE;
    *command = (struct command){verb, word, skip_spaces(line), departures};
}

/* An octet that may stand in an atom of a local part: printable ASCII but RFC 821's <special>s. */
static bool is_local_octet(uint8_t octet)
{
    switch (octet) {
    case '<':
    case '>':
    case '(':
    case ')':
    case '[':
    case ']':
    case '\\':
    case '.':
    case ',':
    case ';':
    case ':':
    case '@':
    case '"':
        return false;
    }
    return octet > ' ' && octet < 127;
}

/* Underscores are no letters of RFC 821, but there are hosts that have them. */
static bool is_domain_octet(uint8_t octet)
{
    return (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'Z') ||
           (octet >= 'a' && octet <= 'z') || octet == '-' || octet == '_' || octet == '#';
}

/* The length of "x.y.z" at the beginning of the text, each part of octets that `belongs` takes (or
 * "\" and any octet of ASCII, where `quotes`); 0 where there is none or a dot stands wrong. */
static size_t dotted_length(struct octets text, bool (*belongs)(uint8_t), bool quotes)
{
    size_t count = 0;
    bool part = false;
    while (count < text.count) {
        if (belongs(text.at[count])) {
            part = true;
        } else if (quotes && text.at[count] == '\\' && count + 1 < text.count &&
                   text.at[count + 1] >= ' ' && text.at[count + 1] < 127) {
            part = true;
            count++;
        } else if (part && text.at[count] == '.') {
            part = false;
        } else {
            break;
        }
        count++;
    }
    return part ? count : 0;
}

/* The length of a quoted string at the beginning of the text, quotes included; 0 for none. */
static size_t quoted_length(struct octets text)
{
    for (size_t i = 1; i < text.count; i++) {
        if (text.at[i] == '"')
            return i > 1 ? i + 1 : 0;
        if (text.at[i] == '\\')
            i++;
        if (i == text.count || text.at[i] < ' ' || text.at[i] >= 127)
            return 0;
    }
    return 0;
}

static size_t local_length(struct octets text)
{
    return text.count > 0 && text.at[0] == '"' ? quoted_length(text)
                                               : dotted_length(text, is_local_octet, true);
}

/* A name, or an address in square brackets. */
static size_t domain_length(struct octets text)
{
    if (text.count == 0 || text.at[0] != '[')
        return dotted_length(text, is_domain_octet, false);
    for (size_t i = 1; i < text.count; i++) {
        if (text.at[i] == ']')
            return i > 1 ? i + 1 : 0;
        if (!is_domain_octet(text.at[i]) && text.at[i] != '.' && text.at[i] != ':')
            return 0;
    }
    return 0;
}

/* Moves `text` behind "@a,@b:"; false where it begins like a source route and is none. */
static bool skip_route(struct octets *text)
{
    struct octets rest = *text;
    while (rest.count > 0 && rest.at[0] == '@') {
        rest = octets_from(rest, 1);
        size_t count = domain_length(rest);
        rest = octets_from(rest, count);
        if (count == 0 || rest.count == 0 || (rest.at[0] != ',' && rest.at[0] != ':'))
            return false;
        bool last = rest.at[0] == ':';
        rest = octets_from(rest, 1);
        if (last)
            break;
        if (rest.count == 0 || rest.at[0] != '@')
            return false;
    }
    *text = rest;
    return true;
}

/* Reads "local@domain" or "local", and moves `text` behind it. */
static bool take_mailbox(struct octets *text, struct command_path *path)
{
    struct octets rest = *text;
    path->local = (struct octets){rest.at, local_length(rest)};
    if (path->local.count == 0)
        return false;
    rest = octets_from(rest, path->local.count);
    path->domain = (struct octets){rest.at, 0};
    if (rest.count > 0 && rest.at[0] == '@') {
        rest = octets_from(rest, 1);
        path->domain = (struct octets){rest.at, domain_length(rest)};
        if (path->domain.count == 0)
            return false;
        rest = octets_from(rest, path->domain.count);
    }
    path->mailbox = (struct octets){text->at, (size_t)(rest.at - text->at)};
    *text = rest;
    return true;
}

/* Reads the path with or without its brackets, and moves `text` behind it. */
static bool take_path(struct octets *text, bool null_allowed, struct command_path *path)
{
    if (text->count == 0)
        return false;
    if (text->at[0] != '<') {
        path->departures |= COMMAND_NO_BRACKETS;
        return take_mailbox(text, path);
    }
    *text = octets_from(*text, 1);
    path->mailbox = path->local = path->domain = (struct octets){text->at, 0};
    bool null = null_allowed && text->count > 0 && text->at[0] == '>';
    if (!null && (!skip_route(text) || !take_mailbox(text, path)))
        return false;
    if (text->count == 0 || text->at[0] != '>')
        return false;
    *text = octets_from(*text, 1);
    return true;
}

enum command_path_status command_path(const struct command *command, struct command_path *path)
{
    bool recipient = command->verb == COMMAND_RCPT;
    struct octets keyword = recipient ? OCTETS("TO:") : OCTETS("FROM:");
    if (!begins_with(command->argument, keyword))
        return COMMAND_PATH_NO_KEYWORD;
    struct octets rest = octets_from(command->argument, keyword.count);
    struct command_path found = {.departures = 0};
    if (rest.count > 0 && rest.at[0] == ' ')
        found.departures |= COMMAND_SPACE_BEHIND_COLON;
    rest = skip_spaces(rest);
    const uint8_t *begin = rest.at;
    if (!take_path(&rest, !recipient, &found) || (rest.count > 0 && rest.at[0] != ' '))
        return COMMAND_PATH_SYNTAX;
    /* The brackets count, whether they were written or not (RFC 5321 §4.5.3.1.3). The limit of 255
     * octets for a domain needs no check of its own: its path would be longer than 256. */
    size_t length = (size_t)(rest.at - begin) + (found.departures & COMMAND_NO_BRACKETS ? 2 : 0);
    if (found.local.count > LOCAL_LIMIT || length > PATH_LIMIT)
        return COMMAND_PATH_TOO_LONG;
    found.parameters = skip_spaces(rest);
    *path = found;
    return COMMAND_PATH_OK;
}

bool command_parameter(struct octets *parameters, struct octets *keyword, struct octets *value)
{
    struct octets rest = skip_spaces(*parameters);
    struct octets word = take_word(&rest);
    *parameters = rest;
    if (word.count == 0)
        return false;
    const uint8_t *equals = memchr(word.at, '=', word.count);
    size_t count = equals ? (size_t)(equals - word.at) : word.count;
    *keyword = (struct octets){word.at, count};
    *value = octets_from(word, equals ? count + 1 : count);
    return true;
}

bool command_chunk(const struct command *command, uint64_t *octets, bool *last)
{
    struct octets rest = command->argument;
    struct octets size = take_word(&rest);
    rest = skip_spaces(rest);
    *last = rest.count > 0;
    *octets = 0;
    if (size.count == 0 || size.count > CHUNK_DIGITS)
        return false;
    for (size_t i = 0; i < size.count; i++) {
        if (size.at[i] < '0' || size.at[i] > '9')
            return false;
        *octets = *octets * 10 + (uint64_t)(size.at[i] - '0');
    }
    return !*last || (rest.count == 4 && begins_with(rest, OCTETS("LAST")));
}

static bool has_line_end(struct octets text)
{
    return text.count > 0 && (memchr(text.at, '\r', text.count) ||
                              memchr(text.at, '\n', text.count) || memchr(text.at, 0, text.count));
}

static bool append(struct buf *buf, enum command_verb verb, struct octets argument)
{
    const char *before = argument.count > 0 ? " " : "", *behind = "";
    switch (verb) {
    case COMMAND_MAIL:
    case COMMAND_SEND:
    case COMMAND_SOML:
    case COMMAND_SAML:
        before = " FROM:<";
        behind = ">";
        break;
    case COMMAND_RCPT:
        before = " TO:<";
        behind = ">";
        break;
    case COMMAND_HELO:
    case COMMAND_EHLO:
    case COMMAND_DATA:
    case COMMAND_RSET:
    case COMMAND_NOOP:
    case COMMAND_QUIT:
    case COMMAND_VRFY:
    case COMMAND_EXPN:
    case COMMAND_HELP:
    case COMMAND_TURN:
    case COMMAND_BDAT:
        break;
    case COMMAND_UNKNOWN:
        return false;
    }
    return buf_append_string(buf, names[verb]) && buf_append_string(buf, before) &&
           buf_append(buf, argument) && buf_append_string(buf, behind) &&
           buf_append_string(buf, "\r\n");
}

bool command_format(struct buf *buf, enum command_verb verb, struct octets argument)
{
    size_t count = buf->count;
    if (!has_line_end(argument) && append(buf, verb, argument))
        return true;
    buf->count = count;
    return false;
}
