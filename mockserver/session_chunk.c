#include "mockserver/session.h"

#include <stdlib.h>

bool session_announces_chunk(const struct centre_session *session, const struct command *command)
{
    uint64_t octets;
    bool last;
    return command->verb == COMMAND_BDAT && session->chunking &&
           command_chunk(command, &octets, &last);
}

bool session_begin_chunk(struct centre_session *session, const struct command *command,
                         const struct session_answer *answer)
{
    if (!session->chunk)
        session->chunk = calloc(1, sizeof *session->chunk);
    struct session_chunk *chunk = session->chunk;
    if (!chunk)
        return false;
    chunk->before = session->state;
    chunk->refused = !answer->silent;
    chunk->refusal = *answer;
    command_chunk(command, &chunk->left, &chunk->last);
    if (chunk->before == SESSION_CHUNKS || chunk->refused) {
        session_set_state(session, SESSION_BODY);
        session->stage = STAGE_BODY;
    } else {
        session_begin_body(session);
        chunk->mask = (struct mask){0};
    }
    session->body.chunked = true;
    session->mask = chunk->refused ? (struct mask){0} : chunk->mask;
    return true;
}

struct session_answer session_judge_chunk(const struct centre_session *session)
{
    if (session->chunk->refused)
        return session->chunk->refusal;
    struct session_answer answer = session_judge_end(session);
    if (answer.code == 250)
        answer.text = "octets taken";
    return answer;
}

/* Whoever is refused a part has lost the whole (RFC 3030 §2). */
void session_follow_chunk(struct centre_session *session, int code)
{
    if (session->chunk->refused || code / 100 == 2)
        return;
    session_drop_body(session);
    session_follow_end(session, code);
}

void session_end_chunk(struct centre_session *session)
{
    struct session_chunk *chunk = session->chunk;
    session_tell_processed(session);
    if (!chunk->refused)
        chunk->mask = session->mask;
    session->mask = (struct mask){0};
    if (chunk->last && !chunk->refused) {
        session_end_of_data(session);
        return;
    }
    struct session_answer answer = session_judge_chunk(session);
    session_set_state(session, chunk->refused ? chunk->before : SESSION_CHUNKS);
    session_event(session, STAGE_UNKNOWN, (struct octets){0}, &answer, session_follow_chunk);
}
