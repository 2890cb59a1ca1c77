#include "harness/check_judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FINDINGS_PER_REQUIREMENT = 5 };

static const struct requirement requirements[REQUIREMENTS] = {
    [CONN_1] = {"CONN-1", LEVEL_MUST},     [CONN_2] = {"CONN-2", LEVEL_SHOULD},
    [HELO_1] = {"HELO-1", LEVEL_MUST},     [HELO_2] = {"HELO-2", LEVEL_INFO},
    [MAIL_1] = {"MAIL-1", LEVEL_MUST},     [RCPT_1] = {"RCPT-1", LEVEL_MUST},
    [RCPT_2] = {"RCPT-2", LEVEL_INFO},     [DATA_1] = {"DATA-1", LEVEL_MUST},
    [BODY_1] = {"BODY-1", LEVEL_MUST},     [BODY_2] = {"BODY-2", LEVEL_MUST},
    [BODY_3] = {"BODY-3", LEVEL_MUST},     [BODY_4] = {"BODY-4", LEVEL_MUST},
    [BODY_5] = {"BODY-5", LEVEL_MUST},     [SEQ_1] = {"SEQ-1", LEVEL_MUST},
    [SEQ_2] = {"SEQ-2", LEVEL_MUST},       [SEQ_3] = {"SEQ-3", LEVEL_MUST},
    [RSET_1] = {"RSET-1", LEVEL_MUST},     [QUIT_1] = {"QUIT-1", LEVEL_MUST},
    [QUIT_2] = {"QUIT-2", LEVEL_MUST},     [QUIT_3] = {"QUIT-3", LEVEL_MUST},
    [QUIT_4] = {"QUIT-4", LEVEL_SHOULD},   [QUIT_5] = {"QUIT-5", LEVEL_SHOULD},
    [CODE_1] = {"CODE-1", LEVEL_MUST},     [CODE_2] = {"CODE-2", LEVEL_MUST},
    [CODE_3] = {"CODE-3", LEVEL_MUST},     [TIME_1] = {"TIME-1", LEVEL_MUST},
    [TIME_2] = {"TIME-2", LEVEL_SHOULD},   [LOSS_1] = {"LOSS-1", LEVEL_MUST},
    [LOSS_2] = {"LOSS-2", LEVEL_MUST},     [LOSS_3] = {"LOSS-3", LEVEL_SHOULD},
    [STORM_1] = {"STORM-1", LEVEL_SHOULD},
};

const struct requirement *check_requirements(size_t *count)
{
    *count = REQUIREMENTS;
    return requirements;
}

int requirement_number_of(const char *id)
{
    for (int i = 0; i < REQUIREMENTS; i++)
        if (strcmp(requirements[i].id, id) == 0)
            return i;
    return -1;
}

const struct requirement *check_requirement(const char *id)
{
    int number = requirement_number_of(id);
    return number < 0 ? NULL : &requirements[number];
}

const char *level_name(enum level level)
{
    switch (level) {
    case LEVEL_MUST:
        return "must";
    case LEVEL_SHOULD:
        return "should";
    case LEVEL_INFO:
        return "info";
    }
    return "";
}

const char *verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        return "pass";
    case VERDICT_FAIL:
        return "fail";
    case VERDICT_WARN:
        return "warn";
    case VERDICT_SKIP:
        return "skip";
    case VERDICT_ERROR:
        return "error";
    }
    return "";
}

const char *escaped(struct octets octets, char text[ESCAPED_SIZE])
{
    size_t length = 0;
    for (size_t i = 0; i < octets.count; i++) {
        unsigned char octet = octets.at[i];
        if (length > ESCAPED_SIZE - 16) {
            memcpy(text + length, "…", sizeof "…");
            return text;
        }
        if (octet == '\r' || octet == '\n' || octet == '\t' || octet == '\\') {
            text[length++] = '\\';
            text[length++] = octet == '\r' ? 'r' : octet == '\n' ? 'n' : octet == '\t' ? 't' : '\\';
        } else if (octet >= 0x20 && octet < 0x7f) {
            text[length++] = (char)octet;
        } else {
            length += (size_t)snprintf(text + length, 5, "\\x%02x", octet);
        }
    }
    text[length] = '\0';
    return text;
}

const char *seconds(usec duration, char text[32])
{
    snprintf(text, 32, "%lld.%03lld s", (long long)(duration / USEC_PER_SEC),
             (long long)(duration % USEC_PER_SEC / USEC_PER_MSEC));
    return text;
}

/* In quotes, a CRLF at its end left out; any other ending shows. */
static const char *quoted(struct octets octets, char text[ESCAPED_SIZE])
{
    char inside[ESCAPED_SIZE];
    if (octets.count >= 2 && memcmp(octets.at + octets.count - 2, "\r\n", 2) == 0)
        octets.count -= 2;
    snprintf(text, ESCAPED_SIZE, "\"%s\"", escaped(octets, inside));
    return text;
}

const char *step_words(const struct link *link, const struct step *step, char text[ESCAPED_SIZE])
{
    switch (step->kind) {
    case STEP_GREETING:
        return "the greeting";
    case STEP_COMMAND:
        return quoted(link_octets(link, step->begin, step->end), text);
    case STEP_BODY:
        if (step->retreat)
            return quoted(link_octets(link, step->begin, step->end), text);
        return step->complete ? "the message and its end of data" : "a part of the message";
    }
    return "";
}

const char *answer_words(const struct link *link, const struct step *step, char text[ESCAPED_SIZE])
{
    const struct answer *answer = &step->answer;
    if (!answer->present)
        return "no reply";
    return quoted((struct octets){link->centre.at + answer->begin, answer->end - answer->begin},
                  text);
}

void outcome_words(unsigned outcomes, char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    for (unsigned bit = OUTCOME_ACCEPTED; bit <= OUTCOME_UNSENT; bit <<= 1)
        if (outcomes & bit && length < size)
            length += (size_t)snprintf(text + length, size - length, "%s%s", length ? " or " : "",
                                       outcome_name((enum outcome_bit)bit));
}

const char *claim_source(const struct judge *judge, uint32_t message, char text[CLAIM_SOURCE_SIZE])
{
    const struct check_input *input = judge->input;
    size_t run = input->each ? message - 1 : 0;
    text[0] = '\0';
    if (run < input->process_count && !input->processes[run].crashed &&
        !input->processes[run].killed)
        snprintf(text, CLAIM_SOURCE_SIZE,
                 input->processes[run].left_others
                     ? " (the exit status was %d, while a process that it left behind went on)"
                     : " (the exit status was %d)",
                 input->processes[run].status);
    return text;
}

/* Room doubles from 16 on; full exactly when the count is such a power of two. */
static bool make_room(struct findings *findings)
{
    size_t count = findings->count;
    if (count != 0 && (count < 16 || (count & (count - 1)) != 0))
        return true;
    struct finding *grown = realloc(findings->at, (count ? 2 * count : 16) * sizeof *grown);
    if (!grown) {
        findings->no_memory = true;
        return false;
    }
    findings->at = grown;
    return true;
}

struct finding *judge_add(struct judge *judge, int requirement, enum verdict verdict)
{
    struct findings *findings = judge->findings;
    if (findings->no_memory || !make_room(findings))
        return NULL;
    struct finding *finding = &findings->at[findings->count++];
    *finding = (struct finding){.requirement = requirements[requirement].id, .verdict = verdict};
    return finding;
}

static void fill_place(struct finding *finding, struct place place)
{
    if (!place.link)
        return;
    finding->connection = place.link->number;
    if (place.step) {
        finding->has_event = true;
        finding->event = place.step->first_event;
        finding->has_offset = place.step->kind != STEP_GREETING;
        finding->offset = place.link->before + place.step->begin;
    }
    if (place.has_offset) {
        const struct segment *segment = stream_locate(&place.link->sender, place.offset);
        finding->has_event = segment != NULL;
        finding->event = segment ? segment->event : 0;
        finding->has_offset = true;
        finding->offset = place.link->before + place.offset;
    }
}

__attribute__((format(printf, 6, 0))) static void find(struct judge *judge,
                                                       enum requirement_number requirement,
                                                       enum verdict verdict, struct place place,
                                                       const char *expected, const char *actual,
                                                       va_list arguments)
{
    uint64_t bit = (uint64_t)1 << requirement;
    if (judge->voided & bit)
        return;
    judge->touched |= bit;
    judge->found |= bit;
    if (judge->counts[requirement]++ >= FINDINGS_PER_REQUIREMENT)
        return;
    struct finding *finding = judge_add(judge, requirement, verdict);
    if (!finding)
        return;
    finding->expected = strdup(expected);
    if (vasprintf(&finding->actual, actual, arguments) < 0)
        finding->actual = NULL;
    if (!finding->expected || !finding->actual)
        judge->findings->no_memory = true;
    fill_place(finding, place);
}

void judge_against(struct judge *judge, enum requirement_number requirement, struct place place,
                   const char *expected, const char *actual, ...)
{
    enum level level = requirements[requirement].level;
    bool fails = level == LEVEL_MUST || (level == LEVEL_SHOULD && judge->input->strict);
    va_list arguments;
    va_start(arguments, actual);
    find(judge, requirement, fails ? VERDICT_FAIL : VERDICT_WARN, place, expected, actual,
         arguments);
    va_end(arguments);
}

void judge_warn(struct judge *judge, enum requirement_number requirement, struct place place,
                const char *expected, const char *actual, ...)
{
    va_list arguments;
    va_start(arguments, actual);
    find(judge, requirement, VERDICT_WARN, place, expected, actual, arguments);
    va_end(arguments);
}

const char *judge_stop_words(const struct judge *judge, char text[static STOP_WORDS_SIZE])
{
    const char *why = judge->stopped_for;
    text[0] = '\0';
    if (judge->stopped)
        snprintf(text, STOP_WORDS_SIZE, " (the harness stopped the sender%s%s)", why ? ": " : "",
                 why ? why : "");
    return text;
}

void judge_skip(struct judge *judge, enum requirement_number requirement, const char *reason)
{
    uint64_t bit = (uint64_t)1 << requirement;
    if (judge->voided & bit)
        return;
    struct finding *finding = judge_add(judge, requirement, VERDICT_SKIP);
    if (finding && !(finding->actual = strdup(reason)))
        judge->findings->no_memory = true;
    judge->found |= bit;
}

bool judge_farewell_in_body(const struct judge *judge, const struct link *link,
                            const struct step *body)
{
    static const char farewell[] = "QUIT\r\n";
    struct octets sent = link_octets(link, body->begin, body->end);
    return body->kind == STEP_BODY && !body->complete && sent.count == sizeof farewell - 1 &&
           strncasecmp((const char *)sent.at, farewell, sent.count) == 0 &&
           body->first_at - body[-1].last_at >= judge->early;
}

enum requirement_number judge_subject(const struct judge *judge)
{
    const struct scenario *scenario = judge->input->scenario;
    int number =
        scenario->requirement_count > 0 ? requirement_number_of(scenario->requirements[0]) : -1;
    return number < 0 ? LOSS_1 : (enum requirement_number)number;
}

bool ended_unseen(const struct link *link)
{
    if (link->paused_at == USEC_NEVER)
        return false;
    if (link->resumed_at == USEC_NEVER || link->sender_ended_at == USEC_NEVER)
        return link->resumed_at == USEC_NEVER && link->sender_ended_at == USEC_NEVER;
    return link->end_held_back || link_last(link)->held_back;
}

bool out_of_step(const struct link *link)
{
    for (size_t i = 0; i < link->step_count; i++) {
        const struct step *step = &link->steps[i];
        if (step->kind == STEP_BODY && step->answer.present && !step->crossed &&
            step->answer.first_event < step->last_event)
            return true;
    }
    return link->unasked_count > 0;
}
