/* Nothing of the message before the 354 that permits it: DATA-1. */
#include <string.h>

#include "harness/check_lines.h"

/* Is this the message, where a command was due? Either it is no command that anyone knows, or the
 * beginning of a message file. */
static bool looks_like_message(const struct judge *judge, const struct link *link,
                               const struct step *step)
{
    if (step->kind != STEP_COMMAND)
        return false;
    if (step->verb == VERB_OTHER)
        return true;
    struct octets rest = link_octets(link, step->begin, link->sender.count);
    for (size_t i = 0; i < judge->input->message_count; i++) {
        struct octets file = judge->input->messages[i].octets;
        size_t count = file.count < 16 ? file.count : 16;
        if (count > 4 && rest.count >= count && memcmp(rest.at, file.at, count) == 0)
            return true;
    }
    return false;
}

static void check_permission_after(struct judge *judge, struct link *link, size_t data)
{
    const struct step *step = &link->steps[data];
    if (data + 1 >= link->derailed)
        return;
    const struct step *next = &link->steps[data + 1];
    struct place place = {.link = link, .step = next};
    char text[ESCAPED_SIZE], reply[ESCAPED_SIZE];
    judge_saw(judge, DATA_1);
    if (next->kind == STEP_BODY && !next->complete &&
        lines_are_none(judge, link_octets(link, next->begin, next->end)))
        return; /* it gave up, and took its leave */
    if (next->kind == STEP_BODY) {
        if (next->wire_end > next->begin && !next->retreat &&
            next->first_event < step->answer.last_event &&
            !judge_farewell_in_body(judge, link, next))
            judge_against(judge, DATA_1, place, "no octet of the message before the 354",
                          "octets were sent behind DATA before its reply had come: \"%s\"",
                          escaped(link_octets(link, next->begin, next->end), text));
        return;
    }
    if (!looks_like_message(judge, link, next))
        return;
    if (answer_cut_off(link, step, 354)) {
        link->derailed = data + 1; /* it was a 354, to one who takes the end for a line's end */
        return;
    }
    judge_against(judge, DATA_1, place, "no octet of the message without a 354",
                  "DATA was answered by %s, and the message was sent all the same: \"%s\"",
                  answer_words(link, step, reply),
                  escaped(link_octets(link, next->begin, next->end), text));
    link->derailed = data + 1;
}

void check_permission(struct judge *judge)
{
    for (size_t i = 0; i < judge->dialogue.count; i++) {
        struct link *link = &judge->dialogue.links[i];
        for (size_t j = 0; j < link->step_count && j < link->derailed; j++)
            if (link->steps[j].kind == STEP_COMMAND && link->steps[j].verb == VERB_DATA)
                check_permission_after(judge, link, j);
    }
}
