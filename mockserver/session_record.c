#include "mockserver/session.h"

static void tell(struct centre_session *session, const struct transcript_event *event)
{
    struct centre_host *host = session->host;
    if (!host->sink.event)
        return;
    struct transcript_event stamped = *event;
    stamped.at = loop_now(host->loop);
    stamped.wall_clock = loop_wall_clock(host->loop);
    stamped.connection = session->number;
    host->sink.event(host->sink.owner, &stamped);
}

/* What the sender does is no rule's doing. */
static bool is_ours(enum transcript_kind kind)
{
    switch (kind) {
    case TRANSCRIPT_SENT:
    case TRANSCRIPT_CENTRE_FIN:
    case TRANSCRIPT_CENTRE_HALF:
    case TRANSCRIPT_CENTRE_RST:
    case TRANSCRIPT_STALLED:
    case TRANSCRIPT_PAUSED:
    case TRANSCRIPT_RESUMED:
    case TRANSCRIPT_STORED:
    case TRANSCRIPT_FACE:
    case TRANSCRIPT_ANSWER:
        return true;
    case TRANSCRIPT_OPENED:
    case TRANSCRIPT_RECEIVED:
    case TRANSCRIPT_SENDER_FIN:
    case TRANSCRIPT_SENDER_RST:
    case TRANSCRIPT_FLAW:
    case TRANSCRIPT_MISSING:
    case TRANSCRIPT_QUERY:
    case TRANSCRIPT_CLOSED:
        return false;
    }
    return false;
}

void session_tell(struct centre_session *session, enum transcript_kind kind, struct octets octets)
{
    tell(session, &(struct transcript_event){.kind = kind,
                                             .stage = session->stage,
                                             .message = session->message,
                                             .rule = is_ours(kind) ? session->rule : 0,
                                             .octets = octets});
}

void session_tell_sent(struct centre_session *session, const struct session_sent *sent,
                       struct octets octets)
{
    tell(session, &(struct transcript_event){.kind = TRANSCRIPT_SENT,
                                             .stage = sent->stage,
                                             .message = sent->message,
                                             .rule = sent->rule,
                                             .octets = octets});
}

static void tell_flaws(struct centre_session *session, enum stage stage, uint32_t message)
{
    static const char *const words[] = {
        "verb not in upper case",  "blank behind the colon",
        "mailbox without < and >", "blank before the CRLF",
        "bare CR in a command",    "command ended by a bare LF",
        "NUL in a command",        "octet above 127 in a command",
        "command over the limit",  "no memory for a command",
        "bare CR in the message",  "bare LF in the message",
        "NUL in the message",      "line of the message over the limit",
        "message over the limit",  "message could not be kept",
    };
    unsigned flaws = session->flaws;
    session->flaws = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (flaws & 1u << i)
            tell(session, &(struct transcript_event){.kind = TRANSCRIPT_FLAW,
                                                     .stage = stage,
                                                     .message = message,
                                                     .octets = octets_of(words[i])});
}

static void tell_received(void *owner, const struct transcript_event *event)
{
    tell(owner, event);
}

/* One run of octets that were read in the same way. */
static void tell_run(struct centre_session *session, struct octets run)
{
    if (!session->host->sink.event)
        return; /* passwords are looked for where someone is told */
    bool body = session->state == SESSION_BODY;
    struct transcript_event event = {
        .kind = TRANSCRIPT_RECEIVED,
        .body = body,
        .stage = session->run_began ? session->run_stage : session->stage,
        .message = session->run_began ? session->run_message : session->message,
        .octets = run,
    };
    if (body)
        event.stage = STAGE_BODY;
    mask_tell(&session->mask, body && session->body.chunked ? MASK_CONTENT : MASK_STUFFED, event,
              (struct transcript_sink){tell_received, session});
}

void session_tell_processed(struct centre_session *session)
{
    size_t count =
        session->untold.count == 0 ? 0 : (size_t)(session->position - session->untold.at);
    if (count > 0) {
        tell_run(session, (struct octets){session->untold.at, count});
        session->untold = octets_from(session->untold, count);
    }
    if (session->flaws)
        tell_flaws(session, session->run_began ? session->run_stage : session->stage,
                   session->run_began ? session->run_message : session->message);
    session->run_began = false;
}

void session_tell_received(struct centre_session *session)
{
    if (session->untold.count > 0)
        session->position = session->untold.at + session->untold.count;
    session_tell_processed(session);
    session->position = NULL;
}
