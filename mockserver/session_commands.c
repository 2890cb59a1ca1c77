#include <strings.h>

#include "mockserver/session.h"

/* One command: what the well-behaved centre says to it (which changes nothing), and what follows
 * from the code that was said in the end. */
struct command_conduct {
    struct session_answer (*judge)(const struct centre_session *session,
                                   const struct command *command, unsigned *departures);
    void (*effect)(struct centre_session *session, int code);
};

static const struct centre_settings *settings_of(const struct centre_session *session)
{
    return &session->program->scenario->centre;
}

static bool is_positive(int code)
{
    return code / 100 == 2;
}

static struct session_answer says(int code, const char *text)
{
    return (struct session_answer){.code = code, .text = text};
}

static struct session_answer out_of_order(const char *text)
{
    return says(503, text);
}

/* A transaction that was begun is forgotten. */
static void forget_transaction(struct centre_session *session)
{
    session->message = 0;
    session->recipients = 0;
    session_drop_body(session);
    if (session->state > SESSION_READY)
        session_set_state(session, SESSION_READY);
}

/* The greeting. */

struct session_answer session_greeting(void)
{
    return (struct session_answer){.code = 220, .text = " SMTP ready", .domain = true};
}

void session_follow_greeting(struct centre_session *session, int code)
{
    if (code == 220)
        session_set_state(session, SESSION_GREETED);
}

void session_greet(struct centre_session *session)
{
    struct session_answer greeting = session_greeting();
    session_event(session, STAGE_BANNER, (struct octets){0}, &greeting, session_follow_greeting);
}

/* HELO and EHLO. */

static bool is_word(struct octets argument)
{
    for (size_t i = 0; i < argument.count; i++)
        if (argument.at[i] <= ' ' || argument.at[i] >= 0x7f)
            return false;
    return argument.count > 0;
}

static struct session_answer helo_judge(const struct centre_session *session,
                                        const struct command *command, unsigned *departures)
{
    (void)departures;
    bool extended = command->verb == COMMAND_EHLO;
    if (extended && !settings_of(session)->ehlo)
        return says(502, "EHLO is not known here, use HELO");
    if (!is_word(command->argument))
        return says(501, "one domain is wanted");
    if (extended)
        return says(250, NULL);
    return (struct session_answer){.code = 250, .text = "", .domain = true};
}

/* By what it really said, be it a rule's. */
static bool offers_chunking(const struct centre_session *session)
{
    const struct rule *rule =
        session->rule > 0 ? &session->program->scenario->rules[session->rule - 1] : NULL;
    struct ehlo_offer offer = session->program->offer;
    if (rule && rule->action.has_reply) {
        const struct scenario_reply *reply = &rule->action.reply;
        offer = (struct ehlo_offer){0};
        ehlo_take_lines(&offer, reply->octets, reply->default_code ? 0 : 4);
    }
    return offer.keywords & EHLO_CHUNKING;
}

static void greeting_granted(struct centre_session *session, int code, bool extended)
{
    if (!is_positive(code))
        return;
    forget_transaction(session);
    session_grant_helo(session);
    session->extended = extended;
    session->chunking = extended && offers_chunking(session);
    session_set_state(session, SESSION_READY);
}

static void helo_effect(struct centre_session *session, int code)
{
    greeting_granted(session, code, false);
}

static void ehlo_effect(struct centre_session *session, int code)
{
    greeting_granted(session, code, true);
}

/* MAIL and RCPT. */

static struct session_answer parameters_judge(const struct centre_session *session, bool recipient,
                                              struct octets parameters)
{
    struct octets keyword, value;
    while (command_parameter(&parameters, &keyword, &value)) {
        if (!session->extended)
            return says(501, "no parameters are known here");
        switch (ehlo_parameter(&session->program->offer, recipient, keyword, value)) {
        case EHLO_PARAMETER_OK:
            break;
        case EHLO_PARAMETER_UNKNOWN:
            return says(555, "a parameter is not known here");
        case EHLO_PARAMETER_SYNTAX:
            return says(501, "a parameter's value is wrong");
        case EHLO_PARAMETER_TOO_LARGE:
            return says(552, "larger than the limit");
        }
    }
    return says(250, recipient ? "recipient ok" : "sender ok");
}

/* Code 0 where the path is well formed. */
static struct session_answer path_judge(const struct command *command, struct command_path *path,
                                        unsigned *departures)
{
    switch (command_path(command, path)) {
    case COMMAND_PATH_OK:
        *departures |= path->departures;
        return says(0, NULL);
    case COMMAND_PATH_NO_KEYWORD:
        return says(501, command->verb == COMMAND_MAIL ? "FROM:<mailbox> is wanted"
                                                       : "TO:<mailbox> is wanted");
    case COMMAND_PATH_SYNTAX:
        return says(501, "the mailbox can't be read");
    case COMMAND_PATH_TOO_LONG:
        return says(501, "the path is too long");
    }
    return says(501, "the mailbox can't be read");
}

static struct session_answer mail_judge(const struct centre_session *session,
                                        const struct command *command, unsigned *departures)
{
    if (session->state < SESSION_READY)
        return out_of_order("HELO comes first");
    if (session->state > SESSION_READY)
        return out_of_order("a transaction is under way");
    struct command_path path;
    struct session_answer answer = path_judge(command, &path, departures);
    return answer.code ? answer : parameters_judge(session, false, path.parameters);
}

static void mail_effect(struct centre_session *session, int code)
{
    if (is_positive(code)) {
        session->message = session->cursor.message;
        session->recipients = 0;
        session_grant_sender(session);
        session_set_state(session, SESSION_MAIL);
    } else if (session->state < SESSION_MAIL) {
        session->message = 0;
    }
}

/* The local part as it stands, the domain in any case (RFC 821 §2). */
static bool is_recipient(const struct centre_settings *settings, const struct command_path *path)
{
    for (size_t i = 0; i < settings->recipient_count; i++) {
        struct octets mailbox = octets_of(settings->recipients[i]);
        size_t local = path->local.count;
        if (mailbox.count == path->mailbox.count && path->domain.count > 0 &&
            memcmp(mailbox.at, path->mailbox.at, local) == 0 &&
            strncasecmp((const char *)mailbox.at + local, (const char *)path->mailbox.at + local,
                        mailbox.count - local) == 0)
            return true;
    }
    return false;
}

static struct session_answer rcpt_judge(const struct centre_session *session,
                                        const struct command *command, unsigned *departures)
{
    const struct centre_settings *settings = settings_of(session);
    if (session->state < SESSION_READY)
        return out_of_order("HELO comes first");
    if (session->state < SESSION_MAIL)
        return out_of_order("MAIL comes first");
    if (session->state > SESSION_RCPT)
        return out_of_order("the message has begun");
    struct command_path path;
    struct session_answer answer = path_judge(command, &path, departures);
    if (answer.code)
        return answer;
    if (!is_recipient(settings, &path))
        return says(550, "no such mailbox here");
    if (settings->recipient_limit && session->recipients >= settings->recipient_limit)
        return says(552, "too many recipients");
    return parameters_judge(session, true, path.parameters);
}

static void rcpt_effect(struct centre_session *session, int code)
{
    if (!is_positive(code))
        return;
    session->recipients++;
    session_grant_recipient(session);
    session_set_state(session, SESSION_RCPT);
}

/* DATA and BDAT. */

/* Code 0 where a message may begin, or go on. */
static struct session_answer message_judge(const struct centre_session *session)
{
    if (session->state < SESSION_READY)
        return out_of_order("HELO comes first");
    if (session->state < SESSION_MAIL)
        return out_of_order("MAIL comes first");
    if (session->state < SESSION_RCPT)
        return out_of_order("no recipient was taken");
    return says(0, NULL);
}

static struct session_answer data_judge(const struct centre_session *session,
                                        const struct command *command, unsigned *departures)
{
    (void)departures;
    struct session_answer answer = message_judge(session);
    if (answer.code)
        return answer;
    if (session->state > SESSION_RCPT)
        return out_of_order("the message has begun");
    if (command->argument.count > 0)
        return says(501, "DATA stands alone");
    return says(354, "send the message, a lone dot ends it");
}

static void data_effect(struct centre_session *session, int code)
{
    if (code == 354)
        session_begin_body(session);
}

static struct session_answer unknown_judge(const struct centre_session *session,
                                           const struct command *command, unsigned *departures);

/* What is granted is answered behind its octets (session_chunk.c). */
static struct session_answer bdat_judge(const struct centre_session *session,
                                        const struct command *command, unsigned *departures)
{
    uint64_t octets;
    bool last;
    if (!session->chunking)
        return unknown_judge(session, command, departures);
    if (!command_chunk(command, &octets, &last))
        return says(501, "a number of octets is wanted, and LAST");
    struct session_answer answer = message_judge(session);
    answer.silent = answer.code == 0;
    return answer;
}

/* RSET, NOOP, QUIT. */

static struct session_answer rset_judge(const struct centre_session *session,
                                        const struct command *command, unsigned *departures)
{
    (void)session;
    (void)departures;
    return command->argument.count > 0 ? says(501, "RSET stands alone") : says(250, "reset");
}

static void rset_effect(struct centre_session *session, int code)
{
    if (is_positive(code))
        forget_transaction(session);
}

static struct session_answer noop_judge(const struct centre_session *session,
                                        const struct command *command, unsigned *departures)
{
    (void)session;
    (void)command;
    (void)departures;
    return says(250, "ok");
}

static struct session_answer quit_judge(const struct centre_session *session,
                                        const struct command *command, unsigned *departures)
{
    (void)session;
    (void)departures;
    if (command->argument.count > 0)
        return says(501, "QUIT stands alone");
    return (struct session_answer){.code = 221, .text = " closing", .domain = true};
}

static void quit_effect(struct centre_session *session, int code)
{
    if (is_positive(code) && session->close == SCENARIO_KEEP_OPEN)
        session->close = SCENARIO_CLOSE_FIN;
}

/* All others. */

static struct session_answer known_judge(const struct centre_session *session,
                                         const struct command *command, unsigned *departures)
{
    (void)session;
    (void)command;
    (void)departures;
    return says(502, "not implemented here");
}

static struct session_answer unknown_judge(const struct centre_session *session,
                                           const struct command *command, unsigned *departures)
{
    (void)session;
    (void)command;
    (void)departures;
    return says(500, "no such command");
}

static const struct command_conduct conducts[COMMAND_VERBS] = {
    [COMMAND_HELO] = {helo_judge, helo_effect}, [COMMAND_EHLO] = {helo_judge, ehlo_effect},
    [COMMAND_MAIL] = {mail_judge, mail_effect}, [COMMAND_RCPT] = {rcpt_judge, rcpt_effect},
    [COMMAND_DATA] = {data_judge, data_effect}, [COMMAND_RSET] = {rset_judge, rset_effect},
    [COMMAND_NOOP] = {noop_judge, NULL},        [COMMAND_QUIT] = {quit_judge, quit_effect},
    [COMMAND_VRFY] = {known_judge, NULL},       [COMMAND_EXPN] = {known_judge, NULL},
    [COMMAND_HELP] = {known_judge, NULL},       [COMMAND_SEND] = {known_judge, NULL},
    [COMMAND_SOML] = {known_judge, NULL},       [COMMAND_SAML] = {known_judge, NULL},
    [COMMAND_TURN] = {known_judge, NULL},       [COMMAND_BDAT] = {bdat_judge, NULL},
    [COMMAND_UNKNOWN] = {unknown_judge, NULL},
};

struct session_answer session_judge(const struct centre_session *session, const struct line *line,
                                    struct command *command, unsigned *departures)
{
    command_parse(line->text, command);
    if (line->flags & (LINE_OVERLONG | LINE_BARE_CR | LINE_NUL)) {
        command->verb = COMMAND_UNKNOWN;
        return says(500, line->flags & LINE_OVERLONG ? "the line is too long"
                                                     : "the line can't be read");
    }
    if (line->flags & LINE_BARE_LF && settings_of(session)->bare == BARE_REFUSE) {
        command->verb = COMMAND_UNKNOWN;
        return says(500, "a line ends with CRLF");
    }
    *departures |= command->departures;
    /* Before the greeting was granted there is nothing to do but leave. */
    if (session->state == SESSION_NEW && command->verb != COMMAND_QUIT)
        return out_of_order("no service");
    if (line->flags & LINE_EIGHT_BIT)
        return says(501, "commands are ASCII");
    return conducts[command->verb].judge(session, command, departures);
}

void session_follow(struct centre_session *session, enum command_verb verb, int code)
{
    if (conducts[verb].effect)
        conducts[verb].effect(session, code);
}

/* The centre's own 500s and 503s wear its patience out. */
static void count_error(struct centre_session *session, struct session_answer *answer)
{
    uint32_t limit = settings_of(session)->error_limit;
    if ((answer->code == 500 || answer->code == 503) && ++session->errors > limit && limit > 0)
        *answer = (struct session_answer){
            .code = 421, .text = " too many errors", .domain = true, .close = SCENARIO_CLOSE_FIN};
}

/* For what is told of the run of octets that it stands in. */
static void note_command(struct centre_session *session, enum stage stage, unsigned flaws)
{
    if (!session->run_began) {
        session->run_began = true;
        session->run_stage = stage;
        session->run_message = session->message;
    }
    session->flaws |= flaws;
}

static void obey(struct centre_session *session, const struct line *line)
{
    struct command command;
    unsigned departures = 0;
    struct session_answer answer = session_judge(session, line, &command, &departures);
    enum stage stage = stage_of_command(command.verb);
    unsigned flaws = departures << SESSION_FLAW_COMMAND | line->flags << SESSION_FLAW_LINE;
    if (session_announces_chunk(session, &command)) {
        count_error(session, &answer);
        note_command(session, stage, flaws);
        if (!session_begin_chunk(session, &command, &answer))
            session_starve(session);
        return;
    }

    const struct rule *rule = play_event(&session->cursor, stage, command.argument);
    if (stage == STAGE_MAIL && session->state < SESSION_MAIL)
        session->message = session->cursor.message;
    if (!rule || !rule->action.has_reply)
        count_error(session, &answer);

    note_command(session, stage, flaws);
    if ((stage == STAGE_HELO || stage == STAGE_EHLO) && session->program->has_variables) {
        buf_clear(&session->helo);
        if (!buf_append(&session->helo, command.argument))
            session_starve(session);
    }
    session_offer(session, &command);
    session_act(session, stage, rule, &answer, conducts[command.verb].effect);
}

void session_take_command(struct centre_session *session, struct octets *input)
{
    struct line line;
    bool found;
    size_t taken = line_read(&session->lines, *input, &line, &found);
    *input = octets_from(*input, taken);
    session->position = session->position ? session->position + taken : NULL;
    if (!found)
        return;
    if (line.flags & LINE_NO_MEMORY)
        session_starve(session);
    else
        obey(session, &line);
}
