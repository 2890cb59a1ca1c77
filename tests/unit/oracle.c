#include "tests/unit/oracle.h"
#include "harness/report_japanese.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct recorder {
    struct transcript *transcript;
    struct transcript_sink sink;
    usec now;
    uint32_t connection, opened, rule;
};

static size_t unescape(const char *text, size_t count, uint8_t *octets)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] != '\\') {
            octets[length++] = (uint8_t)text[i];
            continue;
        }
        i++;
        unsigned value = 0;
        if (text[i] == 'x' && sscanf(text + i + 1, "%2x", &value) == 1) {
            octets[length++] = (uint8_t)value;
            i += 2;
        } else {
            octets[length++] = text[i] == 'r'   ? '\r'
                               : text[i] == 'n' ? '\n'
                               : text[i] == 't' ? '\t'
                                                : (uint8_t)text[i];
        }
    }
    return length;
}

static void record(struct recorder *recorder, enum transcript_kind kind, struct octets octets)
{
    struct transcript_event event = {.at = recorder->now,
                                     .connection = recorder->connection,
                                     .kind = kind,
                                     .rule = kind == TRANSCRIPT_SENT ? recorder->rule : 0,
                                     .stage = STAGE_UNKNOWN,
                                     .octets = octets};
    recorder->sink.event(recorder->sink.owner, &event);
}

static void record_octets(struct recorder *recorder, const char *line, size_t count)
{
    uint8_t octets[8192];
    bool bare = count > 1 && line[1] == line[0];
    size_t skip = bare ? 3 : 2;
    size_t length = count > skip ? unescape(line + skip, count - skip, octets) : 0;
    if (!bare) {
        octets[length++] = '\r';
        octets[length++] = '\n';
    }
    record(recorder, line[0] == '>' ? TRANSCRIPT_RECEIVED : TRANSCRIPT_SENT,
           (struct octets){octets, length});
}

static void record_word(struct recorder *recorder, const char *line, size_t count)
{
    static const struct {
        const char *word;
        enum transcript_kind kind;
    } words[] = {
        {"fin", TRANSCRIPT_SENDER_FIN}, {"rst", TRANSCRIPT_SENDER_RST},
        {"cut", TRANSCRIPT_CENTRE_FIN}, {"cut-rst", TRANSCRIPT_CENTRE_RST},
        {"closed", TRANSCRIPT_CLOSED},  {"stored", TRANSCRIPT_STORED},
        {"stall", TRANSCRIPT_STALLED},  {"pause", TRANSCRIPT_PAUSED},
        {"resume", TRANSCRIPT_RESUMED},
    };
    if (count == 4 && memcmp(line, "open", 4) == 0) {
        recorder->connection = ++recorder->opened;
        record(recorder, TRANSCRIPT_OPENED, OCTETS("127.0.0.1:50000"));
        return;
    }
    if (count == 8 && memcmp(line, "cut-idle", 8) == 0) {
        struct transcript_event event = {.at = recorder->now,
                                         .connection = recorder->connection,
                                         .kind = TRANSCRIPT_CENTRE_FIN,
                                         .stage = STAGE_IDLE};
        recorder->sink.event(recorder->sink.owner, &event);
        return;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i].word) == count && memcmp(line, words[i].word, count) == 0) {
            record(recorder, words[i].kind, (struct octets){NULL, 0});
            return;
        }
    fprintf(stderr, "unknown word in a dialogue: %.*s\n", (int)count, line);
    abort();
}

static void record_lookup(struct recorder *recorder, enum transcript_kind kind, const char *words,
                          size_t count)
{
    const struct transcript_event event = {
        .at = recorder->now, .kind = kind, .octets = {(const uint8_t *)words, count}};
    recorder->sink.event(recorder->sink.owner, &event);
}

static struct transcript *play(const char *dialogue)
{
    struct recorder recorder = {.transcript = transcript_new(1 << 24)};
    recorder.sink = transcript_sink(recorder.transcript);
    for (const char *line = dialogue; *line;) {
        size_t count = strcspn(line, "\n");
        if (line[0] == '>' || line[0] == '<')
            record_octets(&recorder, line, count);
        else if (line[0] == '+')
            recorder.now += strtol(line + 1, NULL, 10) * USEC_PER_MSEC;
        else if (strncmp(line, "rule ", 5) == 0)
            recorder.rule = (uint32_t)strtoul(line + 5, NULL, 10);
        else if (strncmp(line, "on ", 3) == 0)
            recorder.connection = (uint32_t)strtoul(line + 3, NULL, 10);
        else if (strncmp(line, "ask ", 4) == 0)
            record_lookup(&recorder, TRANSCRIPT_QUERY, line + 4, count - 4);
        else if (strncmp(line, "told ", 5) == 0)
            record_lookup(&recorder, TRANSCRIPT_ANSWER, line + 5, count - 5);
        else if (count > 0)
            record_word(&recorder, line, count);
        line += count + (line[count] == '\n');
    }
    return recorder.transcript;
}

void oracle_judge(const struct oracle_case *test, struct findings *findings)
{
    struct transcript *transcript = play(test->dialogue);
    struct transcript *plain = test->plain ? play(test->plain) : NULL;
    struct scenario *scenario = scenario_new(NULL);
    struct rule silence = {.stages = 1u << STAGE_CONNECT, .action.refuse = SCENARIO_REFUSE_SILENCE};
    const char *subject = test->subject;
    struct check_message messages[ORACLE_MESSAGES];
    struct check_claim claims[ORACLE_MESSAGES];
    size_t count = 0;
    for (; count < ORACLE_MESSAGES && test->messages[count]; count++) {
        messages[count] = (struct check_message){"message", octets_of(test->messages[count])};
        claims[count].outcomes = test->claims[count];
    }
    scenario->expect = test->expect;
    scenario->requirements = &subject;
    scenario->requirement_count = subject != NULL;
    if (test->silent_connect) {
        scenario->rules = &silence;
        scenario->rule_count = 1;
    }
    const char *to[] = {"NACCS@MAIL.PROD.NACCS6", test->second_recipient};
    struct check_process process = test->process;
    if (process.ended == 0 && transcript->count > 0)
        process.ended = transcript->events[transcript->count - 1].at;
    struct check_input input = {
        .transcript = transcript,
        .scenario = scenario,
        .messages = messages,
        .message_count = count,
        .claims = claims,
        .processes = &process,
        .process_count = !test->attached,
        .attached = test->attached,
        .cut = test->cut,
        .gone = test->gone,
        .per_message_claims = test->per_message_claims,
        .helo = "GW01",
        .from = "USER@GW01",
        .to = to,
        .to_count = test->second_recipient ? 2 : 1,
        .sender_limit = 5 * USEC_PER_SEC,
        .tolerance = 0.25,
        .slack = test->slept,
        .sleep = {test->woke, test->woke > 0 ? test->woke + 2 * USEC_PER_MSEC : 0},
        .clock.pace = 1,
        .idle_limit = 120 * USEC_PER_SEC,
        .strict = test->strict,
        .sends_ehlo = test->sends_ehlo,
        .adds_headers = test->adds_headers,
        .baseline = plain,
        .sightings = &test->sighting,
        .sighting_count = test->has_sighting,
    };
    check_all(&input, findings);
    scenario_free(scenario);
    transcript_free(transcript);
    if (plain)
        transcript_free(plain);
}

int oracle_verdict(const struct findings *findings, const char *requirement)
{
    int verdict = -1;
    for (size_t i = 0; i < findings->count; i++)
        if (strcmp(findings->at[i].requirement, requirement) == 0)
            if (verdict < 0 || findings->at[i].verdict == VERDICT_FAIL)
                verdict = (int)findings->at[i].verdict;
    return verdict;
}

const char *oracle_complaints(const struct findings *findings, char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->at[i];
        char word[64];
        if (finding->verdict == VERDICT_PASS || finding->verdict == VERDICT_SKIP)
            continue;
        snprintf(word, sizeof word, "%s %s", finding->requirement, verdict_name(finding->verdict));
        if (strstr(text, word))
            continue;
        length += (size_t)snprintf(text + length, size - length, "%s%s", length ? ", " : "", word);
    }
    return text;
}

/* What the sender sent stands by itself in quotes. */
static void expect_japanese(const char *english)
{
    struct buf japanese = BUF_INIT(0);
    bool known = !english || *english == '"' || report_japanese(&japanese, english);
    if (!known)
        fprintf(stderr, "    not in Japanese: %s\n", english);
    CU_ASSERT_TRUE(known);
    buf_free(&japanese);
}

void oracle_expect(const struct oracle_case *test, const char *expected)
{
    struct findings findings;
    char complaints[512];
    oracle_judge(test, &findings);
    oracle_complaints(&findings, complaints, sizeof complaints);
    CU_ASSERT_STRING_EQUAL(complaints, expected);
    for (size_t i = 0; i < findings.count; i++) {
        expect_japanese(findings.at[i].expected);
        expect_japanese(findings.at[i].actual);
    }
    if (strcmp(complaints, expected) != 0)
        for (size_t i = 0; i < findings.count; i++)
            if (findings.at[i].verdict == VERDICT_FAIL || findings.at[i].verdict == VERDICT_WARN)
                fprintf(stderr, "    %s %s: expected %s; %s\n", findings.at[i].requirement,
                        verdict_name(findings.at[i].verdict), findings.at[i].expected,
                        findings.at[i].actual);
    findings_free(&findings);
}
