/* One connection: greeting, HELO, transactions, QUIT. */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/defects/sender.h"

/* What a connection is still good for. */
enum after {
    GO_ON, /* the next transaction */
    LEAVE, /* QUIT */
    GONE,  /* nothing: it is closed at once */
};

enum { COMMAND_SIZE = 1024, REPEAT_LIMIT = 20 };

static struct reply lost(enum net_status status)
{
    return (struct reply){.status = status == NET_TIMED_OUT ? REPLY_TIMED_OUT : REPLY_LOST};
}

/* "MAIL", "FROM:", an address; or a verb and a word; or a verb alone. With its line ending. */
static void format(const struct sender *sender, char command[COMMAND_SIZE], const char *verb,
                   const char *keyword, const char *argument)
{
    const char *end = has(sender, BARE_LF_COMMANDS) ? "\n" : "\r\n";
    if (!argument)
        snprintf(command, COMMAND_SIZE, "%s%s", verb, end);
    else if (!keyword)
        snprintf(command, COMMAND_SIZE, "%s %s%s", verb, argument, end);
    else if (does(sender, NO_BRACKETS))
        snprintf(command, COMMAND_SIZE, "%s %s %s%s", verb, keyword, argument, end);
    else
        snprintf(command, COMMAND_SIZE, "%s %s%s<%s>%s", verb, keyword,
                 does(sender, SPACE_BEHIND_COLON) ? " " : "", argument, end);
    if (!does(sender, LOWER_CASE))
        return;
    size_t lowered = strlen(verb) + (keyword ? strlen(keyword) + 1 : 0);
    for (size_t i = 0; i < lowered; i++)
        command[i] = (char)tolower((unsigned char)command[i]);
}

static struct reply exchange(struct sender *sender, const char *octets, enum wait_stage stage)
{
    enum net_status status = net_write(sender, octets, strlen(octets), stage);
    if (status != NET_OK)
        return lost(status);
    return reply_read(sender, stage);
}

struct reply session_command(struct sender *sender, enum wait_stage stage, const char *verb,
                             const char *keyword, const char *argument)
{
    char text[COMMAND_SIZE];
    format(sender, text, verb, keyword, argument);
    return exchange(sender, text, stage);
}

/* A reply that is no success: what it means for the message (none: for all that are left), and for
 * the connection. */
static enum after take_failure(struct sender *sender, struct message *message,
                               const struct reply *reply)
{
    enum outcome outcome = UNSENT;
    enum after after = GO_ON;
    switch (reply->status) {
    case REPLY_LOST:
        return GONE;
    case REPLY_TIMED_OUT:
        if (does(sender, QUIT_AT_TIME_OUT)) {
            sender->stop = true;
            return LEAVE;
        }
        sender->stop = !message || !does(sender, TIME_OUT_GOES_ON);
        sender->goes_on = !sender->stop;
        outcome = sender->stop ? UNSENT : DEFERRED;
        after = GONE;
        break;
    case REPLY_GARBAGE:
        sender->protocol_error = sender->stop = true;
        outcome = DEFERRED;
        after = LEAVE;
        break;
    case REPLY_READ:
        sender->refused = true;
        if (reply->code == 421 && has(sender, REFUSES_421)) {
            outcome = REFUSED;
            sender->stop = true;
            break;
        }
        if (reply->code == 421 && !has(sender, IGNORES_421))
            return GONE;
        if (reply->code / 100 == 4) {
            outcome = has(sender, REFUSES_4YZ) ? REFUSED : DEFERRED;
        } else if (reply->code / 100 == 5) {
            outcome = has(sender, DEFERS_5YZ) ? DEFERRED : REFUSED;
        } else {
            sender->protocol_error = sender->stop = true;
            outcome = DEFERRED;
            after = LEAVE;
        }
        break;
    }
    if (message)
        message->outcome = outcome;
    if (has(sender, STOPS_AT_REFUSAL))
        sender->stop = true;
    return sender->stop && after == GO_ON ? LEAVE : after;
}

/* Before the first message: whatever went wrong holds for all. */
static enum after take_session_failure(struct sender *sender, const struct reply *reply)
{
    enum after after = take_failure(sender, NULL, reply);
    if (after != GONE)
        sender->stop = true;
    return after == GO_ON ? LEAVE : after;
}

static enum after say_hello(struct sender *sender)
{
    const char *helo = has(sender, WRONG_HELO) ? "localhost" : sender->helo;
    if (has(sender, NO_HELO))
        return GO_ON;
    if (does(sender, EHLO_FIRST) || has(sender, EHLO_ONLY) || has(sender, OPENS_WITH_EHLO)) {
        struct reply reply = session_command(sender, WAIT_HELO, "EHLO", NULL, helo);
        if (reply_is(sender, &reply, 250))
            return GO_ON;
        if (reply.status != REPLY_READ || reply.code / 100 != 5 || has(sender, EHLO_ONLY))
            return take_session_failure(sender, &reply);
    }
    char text[2 * COMMAND_SIZE];
    format(sender, text, "HELO", NULL, helo);
    if (has(sender, MAIL_BEFORE_HELO_REPLY))
        format(sender, text + strlen(text), "MAIL", "FROM:", sender->from);
    struct reply reply = exchange(sender, text, WAIT_HELO);
    if (reply_is(sender, &reply, 250) ||
        (has(sender, ANY_HELO_REPLY) && reply.status == REPLY_READ))
        return GO_ON;
    return take_session_failure(sender, &reply);
}

static enum after open_session(struct sender *sender)
{
    if (has(sender, NO_GREETING_WAIT)) {
        char text[COMMAND_SIZE];
        format(sender, text, "HELO", NULL, sender->helo);
        if (net_write(sender, text, strlen(text), WAIT_HELO) != NET_OK)
            return GONE;
    }
    if (has(sender, OFF_BY_ONE))
        return say_hello(sender);
    struct reply reply = reply_read(sender, WAIT_GREETING);
    if (!reply_is(sender, &reply, 220) &&
        !(has(sender, ANY_GREETING) && reply.status == REPLY_READ))
        return take_session_failure(sender, &reply);
    if (has(sender, NO_GREETING_WAIT)) {
        reply = reply_read(sender, WAIT_HELO);
        return reply_is(sender, &reply, 250) ? GO_ON : take_session_failure(sender, &reply);
    }
    enum after after = say_hello(sender);
    if (after == GO_ON && has(sender, FOREIGN_COMMAND))
        session_command(sender, WAIT_OTHER, "XCLIENT", NULL, "NAME=gateway");
    return after;
}

/* The recipient as this sender spells it. */
static void spell(const struct sender *sender, const char *recipient, char spelt[COMMAND_SIZE])
{
    snprintf(spelt, COMMAND_SIZE, "%s", recipient);
    for (char *at = spelt; *at; at++) {
        if (has(sender, LOWERS_RCPT))
            *at = (char)tolower((unsigned char)*at);
        if (has(sender, RAISES_RCPT))
            *at = (char)toupper((unsigned char)*at);
    }
}

/* MAIL, RCPT and DATA in one write. */
static struct reply pipeline(struct sender *sender)
{
    char text[3 * COMMAND_SIZE];
    snprintf(text, sizeof text, "MAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n", sender->from,
             sender->recipients[0]);
    struct reply reply = exchange(sender, text, WAIT_MAIL);
    if (reply_is(sender, &reply, 250))
        reply = reply_read(sender, WAIT_RCPT);
    return reply_is(sender, &reply, 250) ? reply_read(sender, WAIT_DATA) : reply;
}

/* MAIL and the RCPTs. `reply` is the one that decided; true: the next is DATA. */
static bool send_envelope(struct sender *sender, struct reply *reply)
{
    const char *from = has(sender, WRONG_FROM) ? "postmaster@localhost" : sender->from;
    if ((has(sender, MAIL_BEFORE_HELO_REPLY) && !sender->mail_sent) || sender->mail_pending)
        *reply = reply_read(sender, WAIT_MAIL);
    else if (has(sender, NO_SECOND_MAIL) && sender->mail_sent)
        *reply = (struct reply){.status = REPLY_READ, .code = 250};
    else
        *reply = session_command(sender, WAIT_MAIL, "MAIL", "FROM:", from);
    sender->mail_sent = true;
    sender->mail_pending = false;
    if (!reply_is(sender, reply, 250) &&
        !(has(sender, ANY_MAIL_REPLY) && reply->status == REPLY_READ))
        return false;
    for (size_t i = 0; i < sender->recipient_count; i++) {
        char recipient[COMMAND_SIZE];
        spell(sender, sender->recipients[i], recipient);
        unsigned tries = has(sender, REPEATS_RCPT) ? REPEAT_LIMIT : 1;
        do
            *reply = session_command(sender, WAIT_RCPT, "RCPT", "TO:", recipient);
        while (reply->status == REPLY_READ && reply->code / 100 == 4 && --tries > 0);
        if (!reply_is(sender, reply, 250) && !reply_is(sender, reply, 251) &&
            !(has(sender, ANY_RCPT_REPLY) && reply->status == REPLY_READ))
            return false;
    }
    return true;
}

/* DATA: true where the message may be sent. */
static bool ask_permission(struct sender *sender, struct reply *reply)
{
    if (has(sender, NO_354_WAIT) || has(sender, READS_354_LAST))
        return net_write(sender, "DATA\r\n", 6, WAIT_DATA) == NET_OK;
    *reply = session_command(sender, WAIT_DATA, "DATA", NULL, NULL);
    if (has(sender, WAITS_FOR_MORE) && reply->code == 354)
        *reply = reply_read(sender, WAIT_DATA);
    return reply_is(sender, reply, 354) || (has(sender, DATA_250) && reply->code == 250) ||
           (has(sender, DATA_ANY) && reply->status == REPLY_READ) ||
           (has(sender, END_IS_YES) && reply->status == REPLY_LOST);
}

static bool is_last(const struct sender *sender, const struct message *message)
{
    return message == sender->messages + sender->message_count - 1;
}

/* What is written for the message: its octets and their end. */
static enum net_status write_body(struct sender *sender, const struct message *message)
{
    struct octet_list body = body_encode(sender, message);
    if (has(sender, QUIT_BEFORE_REPLY) && is_last(sender, message))
        octet_list_add(&body, "QUIT\r\n", 6);
    if (has(sender, MAIL_WITH_END) && !is_last(sender, message)) {
        char mail[COMMAND_SIZE];
        format(sender, mail, "MAIL", "FROM:", sender->from);
        octet_list_add(&body, mail, strlen(mail));
        sender->mail_pending = true;
    }
    enum net_status status = NET_OK;
    size_t at = 0;
    while (does(sender, ONE_WRITE_PER_LINE) && status == NET_OK && at < body.count) {
        const uint8_t *feed = memchr(body.at + at, '\n', body.count - at);
        size_t end = feed ? (size_t)(feed - body.at) + 1 : body.count;
        status = net_write(sender, body.at + at, end - at, WAIT_BODY);
        at = end;
    }
    if (at == 0)
        status = net_write(sender, body.at, body.count, WAIT_BODY);
    free(body.at);
    return status;
}

/* No reply, or no readable one, to the end of the message. */
static enum after take_silence(struct sender *sender, struct message *message,
                               const struct reply *reply)
{
    bool timed_out = reply->status == REPLY_TIMED_OUT;
    bool again = has(sender, timed_out ? RESENDS_TIMED_OUT : RESENDS_LOST);
    enum after after = take_failure(sender, message, reply);
    message->outcome = again || has(sender, DENIES_LOST_REPLY) ? UNSENT : UNKNOWN;
    if (has(sender, timed_out ? CLAIMS_TIME_OUT : CLAIMS_LOST) ||
        (!timed_out && has(sender, END_IS_YES)))
        message->outcome = ACCEPTED;
    if (again)
        sender->stop = false;
    return after;
}

static enum after take_final(struct sender *sender, struct message *message)
{
    if (has(sender, NO_FINAL_WAIT)) {
        message->outcome = ACCEPTED;
        return is_last(sender, message) ? LEAVE : GO_ON;
    }
    struct reply reply = reply_read(sender, WAIT_END);
    if (reply.status != REPLY_READ)
        return take_silence(sender, message, &reply);
    if (reply_is(sender, &reply, 250) || (has(sender, CLAIMS_4YZ) && reply.code / 100 == 4) ||
        (has(sender, CLAIMS_5YZ) && reply.code / 100 == 5) ||
        (has(sender, READS_354_LAST) && reply.code == 354)) {
        message->outcome = ACCEPTED;
        return GO_ON;
    }
    enum after after = take_failure(sender, message, &reply);
    if (reply.code < 400)
        message->outcome = UNKNOWN; /* neither yes nor no */
    return after;
}

/* One try at one message. */
static enum after transact(struct sender *sender, struct message *message)
{
    struct reply reply = {.status = REPLY_LOST};
    bool permitted;
    message->attempts++;
    if (has(sender, PIPELINES)) {
        reply = pipeline(sender);
        permitted = reply_is(sender, &reply, 354);
    } else {
        permitted = send_envelope(sender, &reply) && ask_permission(sender, &reply);
    }
    if (!permitted)
        return take_failure(sender, message, &reply);
    enum net_status status = write_body(sender, message);
    if (has(sender, NO_354_WAIT) && status == NET_OK) {
        reply = reply_read(sender, WAIT_DATA);
        if (!reply_is(sender, &reply, 354))
            return take_failure(sender, message, &reply);
    }
    if (status != NET_OK) {
        reply = lost(status);
        if (has(sender, DOT_AT_TIME_OUT)) {
            sender->limit *= 3;
            net_write(sender, "\r\n.\r\nQUIT\r\n", 11, WAIT_BODY);
        }
        take_failure(sender, message, &reply);
        return GONE;
    }
    return take_final(sender, message);
}

/* A transaction for each recipient. */
static enum after transact_each(struct sender *sender, struct message *message)
{
    char *first = sender->recipients[0];
    size_t count = sender->recipient_count;
    enum after after = GO_ON;
    sender->recipient_count = 1;
    for (size_t i = 0; i < count && after == GO_ON; i++) {
        sender->recipients[0] = i > 0 ? sender->recipients[i] : first;
        after = transact(sender, message);
        if (message->outcome != ACCEPTED)
            break;
    }
    sender->recipients[0] = first;
    sender->recipient_count = count;
    return after;
}

static enum after reset(struct sender *sender)
{
    if (has(sender, RSET_UNREAD))
        return net_write(sender, "RSET\r\n", 6, WAIT_RSET) == NET_OK ? GO_ON : GONE;
    struct reply reply = session_command(sender, WAIT_RSET, "RSET", NULL, NULL);
    if (reply_is(sender, &reply, 250) ||
        (has(sender, ANY_RSET_REPLY) && reply.status == REPLY_READ))
        return GO_ON;
    if (reply.status == REPLY_TIMED_OUT && does(sender, QUIT_AT_TIME_OUT))
        return LEAVE;
    if (reply.status == REPLY_READ && (reply.code != 421 || has(sender, IGNORES_421)))
        return LEAVE;
    return GONE;
}

/* One message, with the tries that a defect gives it, and the RSET behind a failure. */
static enum after deliver(struct sender *sender, struct message *message)
{
    enum after after =
        has(sender, COPY_FOR_EACH) ? transact_each(sender, message) : transact(sender, message);
    unsigned tries = has(sender, REPEATS_5YZ)         ? 2
                     : has(sender, REPEATS_4YZ)       ? REPEAT_LIMIT
                     : has(sender, TRIES_ON_FOR_EVER) ? UINT_MAX
                                                      : 1;
    enum outcome again = has(sender, REPEATS_5YZ) ? REFUSED : DEFERRED;
    while (after == GO_ON && message->outcome != ACCEPTED) {
        if (!has(sender, NO_RSET))
            after = does(sender, QUIT_AFTER_FAILURE) ? LEAVE : reset(sender);
        if (after != GO_ON || message->outcome != again || --tries == 0)
            break;
        if (has(sender, TRIES_ON_FOR_EVER))
            net_pause(1000000);
        message->outcome = UNSENT;
        after = transact(sender, message);
    }
    if (has(sender, UNDOES_AT_RSET) && after == GO_ON && message->outcome == ACCEPTED) {
        after = reset(sender);
        if (after != GO_ON) {
            message->outcome = DEFERRED;
            sender->stop = true;
        }
    }
    return after;
}

static struct message *next_message(struct sender *sender)
{
    size_t count = sender->message_count;
    for (size_t i = 0; i < count && !sender->stop; i++) {
        struct message *message = &sender->messages[does(sender, REVERSE) ? count - 1 - i : i];
        if (message->outcome == UNSENT)
            return message;
    }
    return NULL;
}

/* What this sender says before a transaction that is not the table's. */
static enum after prepare(struct sender *sender, unsigned sent)
{
    if (sent > 0 && does(sender, RSET_BETWEEN))
        return reset(sender);
    struct reply reply;
    if (does(sender, RSET_FIRST))
        reply = session_command(sender, WAIT_RSET, "RSET", NULL, NULL);
    else if (does(sender, NOOP_FIRST))
        reply = session_command(sender, WAIT_OTHER, "NOOP", NULL, NULL);
    else if (sent > 0 && does(sender, HELO_EACH))
        reply = session_command(sender, WAIT_HELO, "HELO", NULL, sender->helo);
    else
        return GO_ON;
    return reply_is(sender, &reply, 250) ? GO_ON : take_session_failure(sender, &reply);
}

/* The connection was lost: what defects make of messages then. */
static void take_cut(struct sender *sender)
{
    struct message *message = next_message(sender), *last = NULL;
    for (size_t i = 0; i < sender->message_count; i++)
        if (sender->messages[i].outcome == ACCEPTED)
            last = &sender->messages[i];
    if (has(sender, CLAIMS_UNSENT))
        session_mark(sender, UNSENT, ACCEPTED);
    if (has(sender, RESENDS_ALL))
        session_mark(sender, ACCEPTED, UNSENT);
    if (has(sender, RESENDS_LAST) && last)
        last->outcome = UNSENT;
    if (has(sender, SKIPS_AFTER_CUT) && message)
        message->outcome = ACCEPTED;
}

bool session_run(struct sender *sender)
{
    sender->refused = sender->mail_sent = sender->goes_on = false;
    enum net_status status = net_connect(sender);
    if (status != NET_OK) {
        sender->stop = sender->stop || status == NET_TIMED_OUT;
        if (has(sender, NO_CONNECT_IS_DONE) && status == NET_LOST)
            session_mark(sender, UNSENT, ACCEPTED);
        return false;
    }
    enum after after = open_session(sender);
    struct message *message;
    for (unsigned sent = 0; after == GO_ON && (message = next_message(sender)); sent++) {
        if (sent > 0 && does(sender, ONE_PER_CONNECTION))
            break;
        after = prepare(sender, sent);
        if (after == GO_ON)
            after = deliver(sender, message);
    }
    if (after != GONE)
        return session_leave(sender);
    net_close(sender);
    take_cut(sender);
    return sender->goes_on;
}
