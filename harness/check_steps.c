/* What is asked of a dialogue that has been read. */
#include "harness/check_dialogue.h"

#include <strings.h>

bool octets_are_farewells(struct octets octets)
{
    static const char *const farewells[] = {"RSET\r\n", "NOOP\r\n", "QUIT\r\n"};
    enum { LENGTH = 6 };
    bool farewell = true;
    for (; farewell && octets.count > 0; octets = octets_from(octets, LENGTH)) {
        farewell = false;
        for (size_t i = 0; octets.count >= LENGTH && i < sizeof farewells / sizeof *farewells; i++)
            farewell |= strncasecmp((const char *)octets.at, farewells[i], LENGTH) == 0;
    }
    return farewell;
}

enum stage step_stage(const struct step *step)
{
    static const enum stage stages[VERBS] = {
        [VERB_HELO] = STAGE_HELO, [VERB_EHLO] = STAGE_EHLO, [VERB_MAIL] = STAGE_MAIL,
        [VERB_RCPT] = STAGE_RCPT, [VERB_DATA] = STAGE_DATA, [VERB_RSET] = STAGE_RSET,
        [VERB_NOOP] = STAGE_NOOP, [VERB_QUIT] = STAGE_QUIT, [VERB_OTHER] = STAGE_UNKNOWN,
    };
    switch (step->kind) {
    case STEP_GREETING:
        return STAGE_BANNER;
    case STEP_COMMAND:
        return stages[step->verb];
    case STEP_BODY:
        return step->complete ? STAGE_END_OF_DATA : STAGE_BODY;
    }
    return STAGE_UNKNOWN;
}

bool answer_cut_off(const struct link *link, const struct step *step, int code)
{
    const struct answer *answer = &step->answer;
    return answer->present && !answer->complete && answer->digits == code &&
           link->centre_ended_at != USEC_NEVER;
}

const struct step *step_next(const struct link *link, const struct step *step)
{
    size_t next = (size_t)(step - link->steps) + 1;
    return next < link->derailed ? &link->steps[next] : NULL;
}
