#include "client/session.h"

#include <stdio.h>

void client_task_decide(struct client_task *task, const struct client_verdict *verdict)
{
    struct message_outcome *outcome = task->outcome;
    switch (verdict->fate) {
    case POLICY_NO_FATE:
        return;
    case POLICY_KEPT:
        /* A connection that came to nothing later takes nothing from what the centre has said. */
        if (outcome->outcome == CLIENT_DEFERRED)
            return;
        outcome->outcome = CLIENT_UNSENT;
        break;
    case POLICY_PUT_OFF:
        outcome->outcome = CLIENT_DEFERRED;
        break;
    case POLICY_ACCEPTED:
        outcome->outcome = CLIENT_ACCEPTED;
        break;
    case POLICY_DEFERRED:
        outcome->outcome = CLIENT_DEFERRED;
        break;
    case POLICY_REFUSED:
        outcome->outcome = CLIENT_REFUSED;
        break;
    case POLICY_UNKNOWN:
        outcome->outcome = CLIENT_UNKNOWN;
        break;
    }
    task->settled = verdict->fate != POLICY_KEPT && verdict->fate != POLICY_PUT_OFF;
    outcome->code = verdict->code;
    outcome->stage = verdict->stage;
    outcome->protocol_error = verdict->protocol_error;
    outcome->timed_out = verdict->timed_out;
    snprintf(outcome->text, sizeof outcome->text, "%s", verdict->text);
}
