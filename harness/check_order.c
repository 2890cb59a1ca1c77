/* The sequence of table 4-3-2: who speaks when, and what permits the next command. CONN-1, HELO-1,
 * HELO-2, MAIL-1, RCPT-1, RCPT-2, SEQ-1 … SEQ-3, CODE-2. */
#include "harness/check_judge.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    COMMAND_LIMIT = 512,
    BUFFER_LEAST = 64, /* a reply that is longer may be read in pieces, and taken for several */
};

static struct octets argument_of(const struct link *link, const struct step *step)
{
    struct octets line = link_octets(link, step->begin, step->end);
    size_t skip = line.count < 4 ? line.count : 4;
    line = octets_from(line, skip);
    while (line.count > 0 && (line.at[0] == ' ' || line.at[0] == '\t'))
        line = octets_from(line, 1);
    while (line.count > 0 && (line.at[line.count - 1] == ' ' || line.at[line.count - 1] == '\t'))
        line.count--;
    return line;
}

static bool same_ignoring_case(struct octets octets, const char *string)
{
    return octets.count == strlen(string) &&
           strncasecmp((const char *)octets.at, string, octets.count) == 0;
}

/* The mailbox behind FROM: or TO:, and what follows it. False where there is none. */
static bool mailbox_of(struct octets argument, const char *keyword, struct octets *mailbox,
                       struct octets *rest)
{
    size_t length = strlen(keyword);
    if (argument.count < length || strncasecmp((const char *)argument.at, keyword, length) != 0)
        return false;
    argument = octets_from(argument, length);
    while (argument.count > 0 && argument.at[0] == ' ')
        argument = octets_from(argument, 1);
    bool brackets = argument.count > 0 && argument.at[0] == '<';
    if (brackets)
        argument = octets_from(argument, 1);
    size_t end = 0;
    while (end < argument.count && argument.at[end] != (brackets ? '>' : ' '))
        end++;
    if (brackets && end == argument.count)
        return false;
    *mailbox = (struct octets){argument.at, end};
    *rest = octets_from(argument, end + brackets);
    return true;
}

/* The same mailbox: the local part to the letter, the domain in any case. */
static bool same_mailbox(struct octets mailbox, const char *wanted)
{
    size_t length = strlen(wanted);
    const char *at = strrchr(wanted, '@');
    size_t local = at ? (size_t)(at - wanted) : length;
    return mailbox.count == length && memcmp(mailbox.at, wanted, local) == 0 &&
           strncasecmp((const char *)mailbox.at + local, wanted + local, length - local) == 0;
}

static void check_parameters(struct judge *judge, const struct link *link, const struct step *step,
                             struct octets rest, bool extended)
{
    char text[ESCAPED_SIZE];
    while (rest.count > 0 && rest.at[0] == ' ')
        rest = octets_from(rest, 1);
    if (rest.count > 0 && !extended)
        judge_against(judge, SEQ_3, (struct place){.link = link, .step = step},
                      "no parameters behind the mailbox, since EHLO was not accepted", "\"%s\"",
                      escaped(rest, text));
}

static void check_mail(struct judge *judge, const struct link *link, const struct step *step,
                       bool extended)
{
    char text[ESCAPED_SIZE];
    struct octets mailbox, rest;
    judge_saw(judge, MAIL_1);
    struct place place = {.link = link, .step = step};
    if (!mailbox_of(argument_of(link, step), "FROM:", &mailbox, &rest)) {
        judge_against(judge, MAIL_1, place, "MAIL FROM:<the assigned address>", "%s",
                      step_words(link, step, text));
        return;
    }
    if (judge->input->from && !same_mailbox(mailbox, judge->input->from)) {
        char expected[ESCAPED_SIZE];
        snprintf(expected, sizeof expected, "MAIL FROM with the assigned address, \"%s\"",
                 judge->input->from);
        judge_against(judge, MAIL_1, place, expected, "MAIL FROM with \"%s\"",
                      escaped(mailbox, text));
    }
    check_parameters(judge, link, step, rest, extended);
}

static void check_rcpt(struct judge *judge, const struct link *link, const struct step *step,
                       bool extended)
{
    const struct check_input *input = judge->input;
    char text[ESCAPED_SIZE];
    struct octets mailbox, rest;
    judge_saw(judge, RCPT_1);
    struct place place = {.link = link, .step = step};
    if (!mailbox_of(argument_of(link, step), "TO:", &mailbox, &rest)) {
        judge_against(judge, RCPT_1, place, "RCPT TO:<the centre's address>", "%s",
                      step_words(link, step, text));
        return;
    }
    bool known = input->to_count == 0;
    for (size_t i = 0; i < input->to_count && !known; i++)
        known = same_mailbox(mailbox, input->to[i]);
    if (!known) {
        char expected[ESCAPED_SIZE];
        snprintf(expected, sizeof expected, "RCPT TO with the centre's address, \"%s\"",
                 input->to[0]);
        judge_against(judge, RCPT_1, place, expected,
                      "RCPT TO with \"%s\" (upper and lower case of the local part count)",
                      escaped(mailbox, text));
    }
    check_parameters(judge, link, step, rest, extended);
}

/* Answered with that code, whole or as far as it came before the centre ended the connection. */
static bool granted(const struct link *link, const struct step *step, int code)
{
    return answered(step, code) || answer_cut_off(link, step, code);
}

/* Which requirement says that a step must not follow an answer that does not permit it. */
static bool permission(const struct link *link, const struct step *step,
                       enum requirement_number *requirement, const char **expected)
{
    if (step->kind == STEP_GREETING) {
        *requirement = CONN_1;
        *expected = "to go on only after a greeting with 220";
        return granted(link, step, 220);
    }
    if (step->kind != STEP_COMMAND)
        return true;
    if (step->verb == VERB_HELO || step->verb == VERB_EHLO) {
        *requirement = HELO_1;
        *expected = "to go on only after HELO was answered 250";
        return granted(link, step, 250);
    }
    *requirement = MAIL_1;
    *expected = "to go on only after MAIL was answered 250";
    return step->verb != VERB_MAIL || granted(link, step, 250);
}

static bool is_retreat(const struct step *step)
{
    return step->kind == STEP_COMMAND &&
           (step->verb == VERB_QUIT || step->verb == VERB_RSET || step->verb == VERB_NOOP);
}

/* Goes on after a reply that does not permit it. */
static void check_going_on(struct judge *judge, const struct link *link, const struct step *step)
{
    enum requirement_number requirement = CONN_1;
    const char *expected = "";
    const struct step *next = step_next(link, step);
    if (!next || permission(link, step, &requirement, &expected) || is_retreat(next))
        return;
    bool again = next->kind == STEP_COMMAND &&
                 (next->verb == step->verb || next->verb == VERB_HELO || next->verb == VERB_EHLO);
    if (requirement == HELO_1 && again)
        return;
    if (requirement == MAIL_1 &&
        (next->verb == VERB_MAIL || next->verb == VERB_HELO || next->verb == VERB_EHLO))
        return;
    size_t replied = step->answer.complete ? step->answer.last_event : step->last_event;
    if (!step->crossed && next->first_event <= replied)
        return; /* it did not even wait: check_turns tells that */
    char text[ESCAPED_SIZE], reply[ESCAPED_SIZE];
    judge_against(judge, requirement, (struct place){.link = link, .step = next}, expected,
                  "after %s it went on with %s", answer_words(link, step, reply),
                  step_words(link, next, text));
}

/* Lines of the centre's that answered nothing (what came in the same breath as garbage, say) may be
 * taken for the replies to what was sent next, and whoever does so is as many replies ahead from
 * then on: this step was sent when the one so far before it had been answered. */
static bool answered_by_stray_line(const struct link *link, size_t index)
{
    const struct step *step = &link->steps[index];
    size_t stray = 0;
    while (stray < link->unasked_count && link->unasked[stray].last_event <= step->first_event)
        stray++;
    if (stray == 0 || stray >= index)
        return stray > 0;
    const struct answer *answer = &link->steps[index - 1 - stray].answer;
    return answer->complete && answer->last_event < step->first_event;
}

/* Went on in the middle of a reply, or by a line of an earlier one. */
static void tell_half_read(struct judge *judge, const struct link *link, const struct step *step,
                           bool part)
{
    static const char expected[] = "each reply read to the end of its last line, and no further";
    char text[ESCAPED_SIZE], other[ESCAPED_SIZE], reply[ESCAPED_SIZE];
    const struct step *previous = step - 1;
    struct place place = {.link = link, .step = step};
    const char *sent = step_words(link, step, text);
    if (part)
        judge_against(judge, CODE_2, place, expected,
                      "%s was sent when only a part of the reply %s had come", sent,
                      answer_words(link, previous, reply));
    else
        judge_against(judge, CODE_2, place, expected,
                      "%s was sent before %s was answered, as if a line or a piece of an earlier "
                      "reply had been the answer",
                      sent, step_words(link, previous, other));
}

/* Where commands may come in groups: these end one, and the end of a message may begin the next
 * (RFC 2920 §3.1). */
static bool may_be_followed(const struct step *step)
{
    if (step->kind != STEP_COMMAND)
        return step->kind == STEP_BODY && step->complete;
    switch (step->verb) {
    case VERB_HELO:
    case VERB_EHLO:
    case VERB_DATA:
    case VERB_QUIT:
        return false;
    case VERB_MAIL:
    case VERB_RCPT:
    case VERB_RSET:
    case VERB_NOOP: /* which could as well be harmless */
    case VERB_OTHER:
        break;
    }
    return true;
}

/* One at a time: a step that began before the one before it was answered. */
static void check_turns(struct judge *judge, const struct link *link)
{
    bool desynchronised = false;
    for (size_t i = 1; i < link->step_count && i < link->derailed; i++) {
        const struct step *step = &link->steps[i], *previous = &link->steps[i - 1];
        const struct answer *answer = &previous->answer;
        char text[ESCAPED_SIZE], other[ESCAPED_SIZE];
        bool empty = step->wire_end == step->begin;
        desynchronised |=
            answer->complete && (answer->lines > 1 || answer->end - answer->begin > BUFFER_LEAST);
        if (empty || previous->crossed ||
            (answer->complete && step->first_event > answer->last_event))
            continue;
        if (previous->kind == STEP_COMMAND && previous->verb == VERB_DATA &&
            step->kind == STEP_BODY && !step->retreat)
            continue; /* DATA-1 tells that */
        if (answer_cut_off(link, previous, answer->digits) && answer->digits != 0 &&
            answer->last_event < step->first_event)
            continue; /* what came was a reply, to one who takes the end for a line's end */
        bool part = answer->present && answer->first_event < step->first_event;
        bool waited = step->first_at - step_began_not(previous) >= judge->early;
        bool cut =
            link->centre_ended_at != USEC_NEVER && link->centre_ended_event < step->first_event;
        bool leaves = is_retreat(step) || step->retreat;
        if ((leaves && (waited || cut || step->held_back)) || answered_by_stray_line(link, i))
            continue;
        if ((link->pipelining && may_be_followed(previous)) ||
            (link->headless && (previous->kind == STEP_COMMAND || may_be_followed(previous))))
            continue;
        struct place place = {.link = link, .step = step};
        const char *sent = step_words(link, step, text);
        const char *before = step_words(link, previous, other);
        if (cut && !answer->present) {
            judge_against(judge, QUIT_3, place,
                          "to notice that the centre has ended the connection",
                          "%s was sent behind the end of the connection, though %s had never been "
                          "answered",
                          sent, before);
            return;
        }
        if (part || desynchronised) {
            tell_half_read(judge, link, step, part);
            return;
        }
        if (previous->kind == STEP_GREETING)
            judge_against(judge, CONN_1, place, "to wait for the greeting",
                          "%s was sent before the greeting", sent);
        else if (!waited || answer->complete)
            judge_against(judge, SEQ_2, place,
                          "one command at a time, each answered before the next",
                          "%s was sent before the reply to %s", sent, before);
        else
            judge_against(judge, SEQ_2, place, "to leave when the reply does not come",
                          "%s was sent although no reply to %s had come", sent, before);
        return;
    }
    judge_saw(judge, SEQ_2);
    judge_saw(judge, CODE_2);
}

/* Is this line a command, and one of the sequence? */
static void check_form(struct judge *judge, const struct link *link, const struct step *step)
{
    struct octets line = link_octets(link, step->begin, step->end);
    struct place place = {.link = link, .step = step};
    char text[ESCAPED_SIZE];
    escaped(line, text);
    judge_saw(judge, SEQ_3);
    bool ascii = true;
    for (size_t i = 0; i < line.count && ascii; i++)
        ascii = line.at[i] >= 0x20 && line.at[i] < 0x7f;
    if (!ascii)
        judge_against(judge, SEQ_3, place, "commands in printable ASCII", "\"%s\"", text);
    if (step->bare_lf)
        judge_against(judge, SEQ_3, place, "commands ended by CRLF",
                      "\"%s\" ended by an LF without a CR", text);
    if (!step->complete && link->sender_ended_at == USEC_NEVER && !link->tailless)
        judge_against(judge, SEQ_3, place, "commands ended by CRLF", "\"%s\" without an ending",
                      text);
    if (step->wire_end - step->begin > COMMAND_LIMIT)
        judge_against(judge, SEQ_3, place, "commands of 512 octets at most, CRLF counted",
                      "one of %zu octets", step->wire_end - step->begin);
    if (step->verb == VERB_OTHER && step->complete)
        judge_against(judge, SEQ_3, place,
                      "only HELO (EHLO), MAIL, RCPT, DATA, RSET, NOOP and QUIT", "\"%s\"", text);
}

struct course {
    bool helo, mail, recipient, refused;
};

static void check_place_in_sequence(struct judge *judge, const struct link *link,
                                    const struct step *step, struct course *course)
{
    struct place place = {.link = link, .step = step};
    if (step->verb == VERB_MAIL && !course->helo)
        judge_against(judge, HELO_1, place, "HELO before anything else",
                      "MAIL was sent, and HELO never was");
    if (step->verb == VERB_MAIL && course->mail && !course->refused)
        judge_against(judge, SEQ_3, place, "each transaction brought to its end",
                      "MAIL was sent while the transaction before it was still open");
    if (step->verb == VERB_RCPT && !course->mail)
        judge_against(judge, SEQ_3, place, "RCPT only behind MAIL",
                      "RCPT was sent without a MAIL before it");
    if (step->verb == VERB_DATA && !course->recipient && course->refused)
        judge_against(judge, RCPT_1, place, "DATA only after a RCPT was answered 250 (or 251)",
                      "DATA was sent though no recipient was accepted");
    else if (step->verb == VERB_DATA && !course->recipient)
        judge_against(judge, SEQ_3, place, "DATA only behind RCPT",
                      "DATA was sent without a RCPT before it");
}

static void follow_course(struct course *course, const struct link *link, const struct step *step)
{
    if (step->kind == STEP_BODY)
        course->mail = course->recipient = course->refused = false;
    if (step->kind != STEP_COMMAND)
        return;
    switch (step->verb) {
    case VERB_HELO:
    case VERB_EHLO:
        *course = (struct course){.helo = course->helo || step->verb == VERB_HELO ||
                                          granted(link, step, 250)};
        return;
    case VERB_MAIL:
        course->mail = true;
        course->recipient = false;
        course->refused = !granted(link, step, 250);
        return;
    case VERB_RCPT:
        course->recipient |= granted(link, step, 250) || granted(link, step, 251);
        course->refused |= !granted(link, step, 250) && !granted(link, step, 251);
        return;
    case VERB_DATA:
        course->refused |= !granted(link, step, 354);
        return;
    case VERB_RSET:
        course->mail = course->recipient = course->refused = false;
        return;
    case VERB_NOOP:
    case VERB_QUIT:
    case VERB_OTHER:
        return;
    }
}

static void check_helo(struct judge *judge, const struct link *link, const struct step *step)
{
    char text[ESCAPED_SIZE];
    judge_saw(judge, HELO_1);
    struct octets domain = argument_of(link, step);
    if (judge->input->helo && !same_ignoring_case(domain, judge->input->helo)) {
        char expected[ESCAPED_SIZE];
        snprintf(expected, sizeof expected, "%s with the assigned domain, \"%s\"",
                 verb_name(step->verb), judge->input->helo);
        judge_against(judge, HELO_1, (struct place){.link = link, .step = step}, expected,
                      "%s with \"%s\"", verb_name(step->verb), escaped(domain, text));
    }
}

static void check_link(struct judge *judge, const struct link *link)
{
    struct course course = {.helo = link->headless};
    bool extended = link->headless; /* who knows */
    if (link_blank(link))
        return;
    if (!link->headless)
        judge_saw(judge, CONN_1);
    check_turns(judge, link);
    for (size_t i = 0; i < link->step_count && i < link->derailed; i++) {
        const struct step *step = &link->steps[i];
        check_going_on(judge, link, step);
        if (step->kind == STEP_COMMAND) {
            check_form(judge, link, step);
            check_place_in_sequence(judge, link, step, &course);
            if (step->verb == VERB_HELO || step->verb == VERB_EHLO)
                check_helo(judge, link, step);
            extended |= step->verb == VERB_EHLO && answered(step, 250);
            extended &= step->verb != VERB_HELO;
            if (step->verb == VERB_MAIL)
                check_mail(judge, link, step, extended);
            if (step->verb == VERB_RCPT)
                check_rcpt(judge, link, step, extended);
        }
        follow_course(&course, link, step);
    }
}

/* EHLO first: a warning; refused and never followed by HELO: no HELO at all. */
static void check_ehlo(struct judge *judge)
{
    const struct link *opened_with_it = NULL, *left = NULL;
    const struct step *ehlo = NULL, *refused = NULL;
    bool helo = false;
    for (size_t i = 0; i < judge->dialogue.count; i++) {
        const struct link *link = &judge->dialogue.links[i];
        for (size_t j = 0; j < link->step_count && j < link->derailed; j++) {
            const struct step *step = &link->steps[j];
            helo |= step->kind == STEP_COMMAND && step->verb == VERB_HELO;
            if (step->kind != STEP_COMMAND || step->verb != VERB_EHLO)
                continue;
            opened_with_it = link;
            ehlo = step;
            if (step->answer.complete && step->answer.code >= 500 && !link->tailless) {
                left = link;
                refused = step;
            }
        }
    }
    if (judge->dialogue.count > 0 && judge->dialogue.links[0].step_count > 1)
        judge_saw(judge, HELO_2);
    if (opened_with_it && !judge->input->sends_ehlo)
        judge_warn(judge, HELO_2, (struct place){.link = opened_with_it, .step = ehlo},
                   "HELO (the NACCS text knows no EHLO)", "it opens with EHLO");
    if (left && !helo && left->unasked_count == 0) { /* or it took another reply for that to EHLO */
        const struct place place = {.link = left, .step = refused};
        judge_against(judge, HELO_1, place, "HELO, once EHLO was refused", "it never said HELO");
        judge_against(judge, HELO_2, place, "to fall back to HELO", "it never said HELO");
    }
}

/* Several recipients: one transaction for all of them. */
static void check_recipients(struct judge *judge)
{
    if (judge->input->to_count < 2 || judge->input->field)
        return;
    size_t bodies = 0;
    for (size_t i = 0; i < judge->transaction_count; i++)
        bodies += judge->transactions[i].fate == FATE_ACCEPTED;
    judge_saw(judge, RCPT_2);
    if (bodies > judge->input->message_count)
        judge_against(judge, RCPT_2, (struct place){0},
                      "one copy of the message, with a RCPT for each recipient",
                      "%zu copies for %zu message%s", bodies, judge->input->message_count,
                      judge->input->message_count == 1 ? "" : "s");
}

static void check_sharing(struct judge *judge)
{
    if (judge->input->message_count < 2 && !judge->input->field)
        return;
    for (size_t i = 1; i < judge->transaction_count; i++)
        if (judge->transactions[i].fate == FATE_ACCEPTED &&
            judge->transactions[i].link == judge->transactions[i - 1].link) {
            judge_saw(judge, SEQ_1);
            return;
        }
    if (!judge->input->field)
        judge_skip(judge, SEQ_1, "the sender did not send two messages on one connection");
}

void check_order(struct judge *judge)
{
    for (size_t i = 0; i < judge->dialogue.count; i++)
        check_link(judge, &judge->dialogue.links[i]);
    check_ehlo(judge);
    check_recipients(judge);
    check_sharing(judge);
    if (judge->input->transcript->incomplete && !judge->input->field)
        judge_against(judge, SEQ_3, (struct place){0}, "an end to what it sends",
                      "the sender sent more than the harness records; the rest was not judged");
}
