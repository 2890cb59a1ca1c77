#include <stdlib.h>

#include "mockserver/session.h"

/* Mailboxes stand in `granted` one behind the other, each ended by a NUL, which no mailbox holds:
 * the sender's, then the recipients'. */

enum { ENVELOPE_MOST = 1024 * 1024 };

/* Null: no receiver wants it, or there is no memory for it. */
static struct session_envelope *envelope_of(struct centre_session *session)
{
    if (!session->envelope && session->host->receiver.take) {
        session->envelope = calloc(1, sizeof *session->envelope);
        if (session->envelope)
            session->envelope->granted.limit = ENVELOPE_MOST;
        else
            session->envelope_lost = true;
    }
    return session->envelope;
}

static struct octets mailbox_of(const struct command *command)
{
    struct command_path path;
    /* What a rule grants need be no path. */
    return command_path(command, &path) == COMMAND_PATH_OK ? path.mailbox : command->argument;
}

void session_offer(struct centre_session *session, const struct command *command)
{
    struct session_envelope *envelope = envelope_of(session);
    if (!envelope)
        return;
    bool path = command->verb == COMMAND_MAIL || command->verb == COMMAND_RCPT;
    buf_clear(&envelope->offered);
    envelope->lost_offer =
        !buf_append(&envelope->offered, path ? mailbox_of(command) : command->argument);
}

void session_grant_helo(struct centre_session *session)
{
    struct session_envelope *envelope = envelope_of(session);
    if (!envelope)
        return;
    buf_clear(&envelope->helo);
    envelope->lost_helo =
        envelope->lost_offer || !buf_append(&envelope->helo, buf_octets(&envelope->offered));
}

void session_grant_sender(struct centre_session *session)
{
    struct session_envelope *envelope = envelope_of(session);
    if (!envelope)
        return;
    envelope->lost = false;
    buf_clear(&envelope->granted);
    session_grant_recipient(session);
}

void session_grant_recipient(struct centre_session *session)
{
    struct session_envelope *envelope = envelope_of(session);
    if (!envelope)
        return;
    if (envelope->lost_offer || !buf_append(&envelope->granted, buf_octets(&envelope->offered)) ||
        !buf_append_octet(&envelope->granted, '\0'))
        envelope->lost = true;
}

void session_envelope_free(struct centre_session *session)
{
    if (!session->envelope)
        return;
    buf_free(&session->envelope->offered);
    buf_free(&session->envelope->helo);
    buf_free(&session->envelope->granted);
    free(session->envelope);
}

static struct octets next_mailbox(struct octets *granted)
{
    const uint8_t *end = granted->count > 0 ? memchr(granted->at, '\0', granted->count) : NULL;
    if (!end)
        return (struct octets){0};
    struct octets mailbox = {granted->at, (size_t)(end - granted->at)};
    *granted = octets_from(*granted, mailbox.count + 1);
    return mailbox;
}

bool session_hand_over(struct centre_session *session)
{
    const struct receiver *receiver = &session->host->receiver;
    const struct session_envelope *envelope = session->envelope;
    if (!receiver->take)
        return true;
    if (!envelope || session->envelope_lost || envelope->lost || envelope->lost_helo)
        return false;
    struct octets *recipients = calloc(session->recipients + 1, sizeof *recipients);
    if (!recipients)
        return false;
    struct octets granted = buf_octets(&envelope->granted);
    struct received_message message = {
        .connection = session->number,
        .transaction = session->message,
        .wall_clock = loop_wall_clock(session->host->loop),
        .helo = buf_octets(&envelope->helo),
        .extended = session->extended,
        .sender = next_mailbox(&granted),
        .recipients = recipients,
        .content = buf_octets(&session->body.content),
    };
    while (granted.count > 0 && message.recipient_count < session->recipients)
        recipients[message.recipient_count++] = next_mailbox(&granted);
    bool taken = receiver->take(receiver->owner, &message);
    free(recipients);
    return taken;
}
