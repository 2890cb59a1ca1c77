#include "client/policy.h"

/* Rules that several stages share. A protocol error ends the run: whatever such a centre says next
 * can't be trusted either. Silence ends it too: it would be as silent on the next connection. */
#define GO_ON                                                                                      \
    {                                                                                              \
        POLICY_NO_FATE, POLICY_GO_ON, false                                                        \
    }
#define NO_PERMIT                                                                                  \
    {                                                                                              \
        POLICY_KEPT, POLICY_QUIT_STOP, true                                                        \
    }
#define NOT_NOW                                                                                    \
    {                                                                                              \
        POLICY_DEFERRED, POLICY_RESET, false                                                       \
    }
#define NEVER                                                                                      \
    {                                                                                              \
        POLICY_REFUSED, POLICY_RESET, false                                                        \
    }
#define CLOSING                                                                                    \
    {                                                                                              \
        POLICY_PUT_OFF, POLICY_CLOSE_AGAIN, false                                                  \
    }
#define NONSENSE                                                                                   \
    {                                                                                              \
        POLICY_KEPT, POLICY_CLOSE_STOP, true                                                       \
    }
#define SILENT                                                                                     \
    {                                                                                              \
        POLICY_KEPT, POLICY_CLOSE_STOP, false                                                      \
    }
#define CUT_OFF                                                                                    \
    {                                                                                              \
        POLICY_KEPT, POLICY_CLOSE_AGAIN, false                                                     \
    }
#define LEFT                                                                                       \
    {                                                                                              \
        POLICY_NO_FATE, POLICY_GO_ON, false                                                        \
    }
#define LEFT_CLOSED                                                                                \
    {                                                                                              \
        POLICY_NO_FATE, POLICY_CLOSE_STOP, false                                                   \
    }

/* The centre refuses the session, and with it every message: politely leave. */
#define SESSION_RULES                                                                              \
    {                                                                                              \
        [POLICY_SUCCESS] = GO_ON, [POLICY_UNEXPECTED] = NO_PERMIT,                                 \
        [POLICY_TRANSIENT] = {POLICY_DEFERRED, POLICY_QUIT_STOP, false},                           \
        [POLICY_PERMANENT] = {POLICY_REFUSED, POLICY_QUIT_STOP, false},                            \
        [POLICY_CLOSING] = CLOSING, [POLICY_GARBAGE] = NONSENSE, [POLICY_SILENCE] = SILENT,        \
        [POLICY_CUT] = CUT_OFF,                                                                    \
    }

#define ENVELOPE_RULES                                                                             \
    {                                                                                              \
        [POLICY_SUCCESS] = GO_ON, [POLICY_UNEXPECTED] = NO_PERMIT, [POLICY_TRANSIENT] = NOT_NOW,   \
        [POLICY_PERMANENT] = NEVER, [POLICY_CLOSING] = CLOSING, [POLICY_GARBAGE] = NONSENSE,       \
        [POLICY_SILENCE] = SILENT, [POLICY_CUT] = CUT_OFF,                                         \
    }

/* Before the connection stands nothing can be said; only silence and refusal exist. */
#define CONNECT_RULES                                                                              \
    {                                                                                              \
        [POLICY_SUCCESS] = GO_ON, [POLICY_UNEXPECTED] = NONSENSE, [POLICY_TRANSIENT] = CUT_OFF,    \
        [POLICY_PERMANENT] = SILENT, [POLICY_CLOSING] = CUT_OFF, [POLICY_GARBAGE] = NONSENSE,      \
        [POLICY_SILENCE] = SILENT, [POLICY_CUT] = CUT_OFF,                                         \
    }

static const struct policy standard = {
    .success =
        {
            [LIMIT_GREETING] = {220},
            [LIMIT_HELO] = {250},
            [LIMIT_MAIL] = {250},
            [LIMIT_RCPT] = {250, 251},
            [LIMIT_DATA] = {354},
            [LIMIT_END_OF_DATA] = {250},
            [LIMIT_RSET] = {250},
            [LIMIT_QUIT] = {221},
        },
    .rules =
        {
            [LIMIT_LOOKUP] = CONNECT_RULES,
            [LIMIT_CONNECT] = CONNECT_RULES,
            [LIMIT_GREETING] = SESSION_RULES,
            [LIMIT_HELO] = SESSION_RULES,
            [LIMIT_MAIL] = ENVELOPE_RULES,
            [LIMIT_RCPT] = ENVELOPE_RULES,
            [LIMIT_DATA] = ENVELOPE_RULES,
            /* A reply before the final dot: the transaction can be broken off by closing alone. */
            [LIMIT_BODY] =
                {
                    [POLICY_SUCCESS] = GO_ON,
                    [POLICY_UNEXPECTED] = NONSENSE,
                    [POLICY_TRANSIENT] = {POLICY_DEFERRED, POLICY_CLOSE_AGAIN, false},
                    [POLICY_PERMANENT] = {POLICY_REFUSED, POLICY_CLOSE_AGAIN, false},
                    [POLICY_CLOSING] = CLOSING,
                    [POLICY_GARBAGE] = NONSENSE,
                    [POLICY_SILENCE] = SILENT,
                    [POLICY_CUT] = CUT_OFF,
                },
            /* Behind the final dot, all that is no plain yes or no leaves the question open. */
            [LIMIT_END_OF_DATA] =
                {
                    [POLICY_SUCCESS] = {POLICY_ACCEPTED, POLICY_GO_ON, false},
                    [POLICY_UNEXPECTED] = {POLICY_UNKNOWN, POLICY_QUIT_STOP, true},
                    [POLICY_TRANSIENT] = NOT_NOW,
                    [POLICY_PERMANENT] = NEVER,
                    [POLICY_CLOSING] = CLOSING,
                    [POLICY_GARBAGE] = {POLICY_UNKNOWN, POLICY_CLOSE_STOP, true},
                    [POLICY_SILENCE] = {POLICY_UNKNOWN, POLICY_CLOSE_STOP, false},
                    [POLICY_CUT] = {POLICY_UNKNOWN, POLICY_CLOSE_AGAIN, false},
                },
            /* The message before it is decided; a centre that does not reset gets a new connection
             * for the others. */
            [LIMIT_RSET] =
                {
                    [POLICY_SUCCESS] = GO_ON,
                    [POLICY_UNEXPECTED] = {POLICY_NO_FATE, POLICY_QUIT_STOP, true},
                    [POLICY_TRANSIENT] = {POLICY_NO_FATE, POLICY_QUIT_AGAIN, false},
                    [POLICY_PERMANENT] = {POLICY_NO_FATE, POLICY_QUIT_AGAIN, false},
                    [POLICY_CLOSING] = {POLICY_NO_FATE, POLICY_CLOSE_AGAIN, false},
                    [POLICY_GARBAGE] = {POLICY_NO_FATE, POLICY_CLOSE_STOP, true},
                    [POLICY_SILENCE] = {POLICY_NO_FATE, POLICY_CLOSE_STOP, false},
                    [POLICY_CUT] = {POLICY_NO_FATE, POLICY_CLOSE_AGAIN, false},
                },
            /* All is decided: no answer to QUIT changes anything. */
            [LIMIT_QUIT] =
                {
                    [POLICY_SUCCESS] = LEFT,
                    [POLICY_UNEXPECTED] = LEFT,
                    [POLICY_TRANSIENT] = LEFT,
                    [POLICY_PERMANENT] = LEFT,
                    [POLICY_CLOSING] = LEFT,
                    [POLICY_GARBAGE] = LEFT_CLOSED,
                    [POLICY_SILENCE] = LEFT_CLOSED,
                    [POLICY_CUT] = LEFT_CLOSED,
                },
        },
};

const struct policy *policy_standard(void)
{
    return &standard;
}

enum policy_kind policy_kind(const struct policy *policy, enum limit_stage stage, int code)
{
    for (int i = 0; i < POLICY_CODES; i++)
        if (policy->success[stage][i] == code && code != 0)
            return POLICY_SUCCESS;
    if (code == 421)
        return POLICY_CLOSING;
    if (code >= 500)
        return POLICY_PERMANENT;
    return code >= 400 ? POLICY_TRANSIENT : POLICY_UNEXPECTED;
}

const struct policy_rule *policy_reply(const struct policy *policy, enum limit_stage stage,
                                       int code)
{
    for (size_t i = 0; i < policy->exception_count; i++)
        if (policy->exceptions[i].stage == stage && policy->exceptions[i].code == code)
            return &policy->exceptions[i].rule;
    return &policy->rules[stage][policy_kind(policy, stage, code)];
}
