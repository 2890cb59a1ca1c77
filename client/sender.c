#include "client/sender.h"

#include <assert.h>

const char *sender_state_name(enum sender_state state)
{
    static const char *const names[SENDER_STATES] = {
        [SENDER_CONNECTING] = "connecting",
        [SENDER_GREETING] = "greeting",
        [SENDER_HELO] = "HELO",
        [SENDER_MAIL] = "MAIL",
        [SENDER_RCPT] = "RCPT",
        [SENDER_DATA] = "DATA",
        [SENDER_BODY] = "body",
        [SENDER_DOT] = "final dot",
        [SENDER_END_OF_DATA] = "end of data",
        [SENDER_RSET] = "RSET",
        [SENDER_QUIT] = "QUIT",
        [SENDER_LEAVING] = "leaving",
        [SENDER_CLOSED] = "closed",
    };
    return names[state];
}

enum limit_stage sender_stage(const struct sender *sender)
{
    static const enum limit_stage stages[SENDER_STATES] = {
        [SENDER_CONNECTING] = LIMIT_CONNECT,
        [SENDER_GREETING] = LIMIT_GREETING,
        [SENDER_HELO] = LIMIT_HELO,
        [SENDER_MAIL] = LIMIT_MAIL,
        [SENDER_RCPT] = LIMIT_RCPT,
        [SENDER_DATA] = LIMIT_DATA,
        [SENDER_BODY] = LIMIT_BODY,
        [SENDER_DOT] = LIMIT_BODY,
        [SENDER_END_OF_DATA] = LIMIT_END_OF_DATA,
        [SENDER_RSET] = LIMIT_RSET,
        [SENDER_QUIT] = LIMIT_QUIT,
        [SENDER_LEAVING] = LIMIT_QUIT,
        [SENDER_CLOSED] = LIMIT_QUIT,
    };
    return stages[sender->state];
}

void sender_init(struct sender *sender, const struct policy *policy, size_t messages,
                 size_t recipients)
{
    assert(messages > 0 && recipients > 0);
    *sender = (struct sender){
        .policy = policy,
        .state = SENDER_CONNECTING,
        .messages = messages,
        .recipients = recipients,
    };
}

static bool decided(enum policy_fate fate)
{
    return fate >= POLICY_ACCEPTED;
}

/* A fate stands once it is decided, but for this: a message that one recipient has deferred is
 * refused for good by the next one. */
static void take_fate(struct sender *sender, enum policy_fate fate, struct sender_step *step)
{
    bool worse = sender->fate == POLICY_DEFERRED && fate == POLICY_REFUSED;
    if (fate == POLICY_NO_FATE || (decided(sender->fate) && !worse))
        return;
    sender->fate = fate;
    step->fate = fate;
}

static void command(struct sender *sender, struct sender_step *step, enum sender_state state,
                    enum command_verb verb)
{
    sender->state = state;
    step->act = SENDER_COMMAND;
    step->verb = verb;
}

static void quit(struct sender *sender, struct sender_step *step, enum sender_end end)
{
    sender->end = end;
    command(sender, step, SENDER_QUIT, COMMAND_QUIT);
}

static void next_message(struct sender *sender, struct sender_step *step)
{
    sender->message++;
    sender->recipient = 0;
    sender->fate = POLICY_NO_FATE;
    if (sender->message < sender->messages)
        command(sender, step, SENDER_MAIL, COMMAND_MAIL);
    else
        quit(sender, step, SENDER_DONE);
}

static void reset(struct sender *sender, struct sender_step *step)
{
    if (sender->message + 1 < sender->messages)
        command(sender, step, SENDER_RSET, COMMAND_RSET);
    else
        quit(sender, step, SENDER_DONE);
}

/* Each recipient is tried, also behind one that was refused: the centre's answers are worth having
 * in the trace. But a declaration goes to all of them or to none. */
static void next_recipient(struct sender *sender, struct sender_step *step)
{
    sender->recipient++;
    if (sender->recipient < sender->recipients)
        command(sender, step, SENDER_RCPT, COMMAND_RCPT);
    else if (decided(sender->fate))
        reset(sender, step);
    else
        command(sender, step, SENDER_DATA, COMMAND_DATA);
}

/* The order of things where nothing is in the way. */
static void go_on(struct sender *sender, struct sender_step *step)
{
    switch (sender->state) {
    case SENDER_CONNECTING:
        sender->state = SENDER_GREETING;
        return;
    case SENDER_GREETING:
        command(sender, step, SENDER_HELO, COMMAND_HELO);
        return;
    case SENDER_HELO:
        command(sender, step, SENDER_MAIL, COMMAND_MAIL);
        return;
    case SENDER_MAIL:
        command(sender, step, SENDER_RCPT, COMMAND_RCPT);
        return;
    case SENDER_RCPT:
        next_recipient(sender, step);
        return;
    case SENDER_DATA:
        sender->state = SENDER_BODY;
        step->act = SENDER_SEND_BODY;
        return;
    case SENDER_BODY:
    case SENDER_DOT:
        sender->state = SENDER_END_OF_DATA;
        return;
    case SENDER_END_OF_DATA:
    case SENDER_RSET:
        next_message(sender, step);
        return;
    case SENDER_QUIT:
        sender->state = SENDER_LEAVING;
        return;
    case SENDER_LEAVING:
    case SENDER_CLOSED:
        return;
    }
}

static void leave(struct sender *sender, struct sender_step *step)
{
    sender->state = SENDER_CLOSED;
    step->act = SENDER_CLOSE;
}

static void follow(struct sender *sender, enum policy_next next, struct sender_step *step)
{
    bool leaving = sender->state == SENDER_QUIT; /* `end` is settled */
    switch (next) {
    case POLICY_GO_ON:
        go_on(sender, step);
        return;
    case POLICY_RESET:
        if (sender->state == SENDER_RCPT)
            next_recipient(sender, step);
        else
            reset(sender, step);
        return;
    case POLICY_QUIT_AGAIN:
        quit(sender, step, SENDER_AGAIN);
        return;
    case POLICY_QUIT_STOP:
        quit(sender, step, SENDER_STOP);
        return;
    case POLICY_CLOSE_AGAIN:
    case POLICY_CLOSE_STOP:
        if (!leaving)
            sender->end = next == POLICY_CLOSE_AGAIN ? SENDER_AGAIN : SENDER_STOP;
        leave(sender, step);
        return;
    }
}

/* Once a part of what ends the message has gone out, an end of the connection leaves open what the
 * centre made of it; but a reply that comes before the rest is no reply to the whole. */
static enum limit_stage row(const struct sender *sender, enum sender_event event)
{
    if (sender->state == SENDER_DOT && (event == SENDER_SILENCE || event == SENDER_LOST))
        return LIMIT_END_OF_DATA;
    return sender_stage(sender);
}

static const struct policy_rule *rule_for(const struct sender *sender, enum sender_event event,
                                          int code)
{
    const struct policy_rule *rules = sender->policy->rules[row(sender, event)];
    switch (event) {
    case SENDER_REPLY:
        return policy_reply(sender->policy, sender_stage(sender), code);
    case SENDER_GARBAGE:
        return &rules[POLICY_GARBAGE];
    case SENDER_SILENCE:
        return &rules[POLICY_SILENCE];
    case SENDER_LOST:
        return &rules[POLICY_CUT];
    case SENDER_OPENED:
    case SENDER_DOT_BEGUN:
    case SENDER_BODY_GONE:
        break;
    }
    return &rules[POLICY_SUCCESS];
}

struct sender_step sender_take(struct sender *sender, enum sender_event event, int code)
{
    struct sender_step step = {.message = sender->message};
    if (sender->state == SENDER_CLOSED)
        return step;
    if (event == SENDER_DOT_BEGUN) {
        assert(sender->state == SENDER_BODY);
        sender->state = SENDER_DOT;
        return step;
    }
    if (sender->state == SENDER_LEAVING) {
        leave(sender, &step);
        return step;
    }
    const struct policy_rule *rule = rule_for(sender, event, code);
    step.protocol_error = rule->protocol_error;
    /* Before the first MAIL, what befalls the connection befalls every message. */
    step.all_left = row(sender, event) <= LIMIT_HELO;
    take_fate(sender, rule->fate, &step);
    follow(sender, rule->next, &step);
    return step;
}
