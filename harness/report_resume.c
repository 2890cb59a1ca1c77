#include "harness/report_resume.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/profile_claims.h"
#include "wire/buf.h"

static const char *string_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static usec duration_of(const json_t *object, const char *key)
{
    return (usec)llround(json_number_value(json_object_get(object, key)) * (double)USEC_PER_SEC);
}

static bool verdict_of(const json_t *object, enum verdict *verdict)
{
    static const enum verdict all[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_WARN, VERDICT_SKIP,
                                       VERDICT_ERROR};
    const char *name = string_of(object, "verdict");
    for (size_t i = 0; name && i < sizeof all / sizeof *all; i++) {
        if (strcmp(name, verdict_name(all[i])) == 0) {
            *verdict = all[i];
            return true;
        }
    }
    return false;
}

static int digit(char letter)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = letter ? strchr(digits, letter) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* RFC 4648 §4; stops at the padding, or at what is none of it. */
static bool append_base64(struct buf *buf, const char *text)
{
    uint32_t word = 0;
    int bits = 0;
    for (int value; (value = digit(*text)) >= 0; text++) {
        word = word << 6 | (uint32_t)value;
        bits += 6;
        if (bits < 8)
            continue;
        bits -= 8;
        if (!buf_append_octet(buf, (uint8_t)(word >> bits)))
            return false;
    }
    return true;
}

static bool octets_of_event(const json_t *object, struct buf *buf)
{
    const json_t *plain = json_object_get(object, "octets");
    const char *base64 = string_of(object, "base64");
    if (plain)
        return buf_append(buf, (struct octets){(const uint8_t *)json_string_value(plain),
                                               json_string_length(plain)});
    return !base64 || append_base64(buf, base64);
}

static bool take_event(const json_t *object, struct transcript_sink sink)
{
    struct transcript_event event = {
        .at = duration_of(object, "time_s"),
        .connection = (uint32_t)json_integer_value(json_object_get(object, "connection")),
        .message = (uint32_t)json_integer_value(json_object_get(object, "message")),
        .body = json_is_true(json_object_get(object, "body")),
        .rule = (uint32_t)json_integer_value(json_object_get(object, "rule")),
    };
    const char *kind = string_of(object, "kind"), *stage = string_of(object, "stage");
    unsigned kinds = 0, stages = 0;
    while (kind && kinds < TRANSCRIPT_KINDS &&
           strcmp(kind, transcript_kind_name((enum transcript_kind)kinds)) != 0)
        kinds++;
    while (stage && stages < STAGE_COUNT && strcmp(stage, stage_name((enum stage)stages)) != 0)
        stages++;
    if (!kind || !stage || kinds == TRANSCRIPT_KINDS || stages == STAGE_COUNT)
        return false;
    event.kind = (enum transcript_kind)kinds;
    event.stage = (enum stage)stages;
    struct buf buf = BUF_INIT(0);
    bool good = octets_of_event(object, &buf);
    event.octets = buf_octets(&buf);
    if (good)
        sink.event(sink.owner, &event);
    buf_free(&buf);
    return good;
}

static bool take_transcript(const json_t *events, struct run_case *result)
{
    size_t count = json_array_size(events);
    if (count == 0)
        return true;
    result->transcript = transcript_new(SIZE_MAX);
    if (!result->transcript)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!take_event(json_array_get(events, i), transcript_sink(result->transcript)))
            return false;
    return !result->transcript->incomplete;
}

static bool take_string(const json_t *object, const char *key, char **to)
{
    const char *text = string_of(object, key);
    if (text)
        *to = strdup(text);
    return !text || *to;
}

static bool take_finding(const json_t *object, struct finding *finding)
{
    const char *id = string_of(object, "requirement");
    const struct requirement *requirement = id ? check_requirement(id) : NULL;
    const json_t *event = json_object_get(object, "event");
    const json_t *offset = json_object_get(object, "offset");
    if (!requirement || !verdict_of(object, &finding->verdict))
        return false;
    finding->requirement = requirement->id;
    finding->connection = (uint32_t)json_integer_value(json_object_get(object, "connection"));
    finding->has_event = event != NULL;
    finding->event = (size_t)json_integer_value(event);
    finding->has_offset = offset != NULL;
    finding->offset = (uint64_t)json_integer_value(offset);
    return take_string(object, "expected", &finding->expected) &&
           take_string(object, "actual", &finding->actual);
}

static bool take_findings(const json_t *checks, struct run_case *result)
{
    struct findings *findings = &result->findings;
    size_t count = json_array_size(checks), events = 0;
    findings->at = calloc(count + 1, sizeof *findings->at);
    if (result->transcript)
        events = result->transcript->count;
    for (size_t i = 0; findings->at && i < count; i++) {
        struct finding *finding = &findings->at[findings->count++];
        if (!take_finding(json_array_get(checks, i), finding))
            return false;
        finding->has_event = finding->has_event && finding->event < events;
    }
    findings->verdict = result->verdict;
    return findings->at != NULL;
}

static bool take_claims(const json_t *claims, struct run_case *result)
{
    size_t count = result->test->message_count;
    result->claims = calloc(count + 1, sizeof *result->claims);
    for (size_t i = 0; result->claims && i < count; i++) {
        const json_t *outcomes = json_object_get(json_array_get(claims, i), "outcomes");
        for (size_t j = 0; j < json_array_size(outcomes); j++) {
            const char *name = json_string_value(json_array_get(outcomes, j));
            result->claims[i].outcomes |= name ? claims_outcome(name) : 0;
        }
    }
    return result->claims != NULL;
}

static bool take_case(const json_t *object, const struct suite_case *test, struct run_case *result)
{
    result->test = test;
    result->duration = duration_of(object, "duration_s");
    if (!verdict_of(object, &result->verdict) ||
        !take_transcript(json_object_get(object, "transcript"), result) ||
        !take_findings(json_object_get(object, "checks"), result) ||
        !take_claims(json_object_get(object, "claims"), result) ||
        !take_string(object, "reason", &result->reason) ||
        !take_string(object, "output", &result->output))
        return false;
    result->output_count = result->output ? strlen(result->output) : 0;
    return true;
}

static const json_t *find_case(const json_t *cases, const char *id)
{
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *object = json_array_get(cases, i);
        const char *found = string_of(object, "id");
        if (found && strcmp(found, id) == 0)
            return object;
    }
    return NULL;
}

static bool has_verdict(const json_t *object)
{
    enum verdict verdict;
    return object && verdict_of(object, &verdict) && verdict != VERDICT_ERROR &&
           !json_is_true(json_object_get(object, "open"));
}

/* Is it the report of a run like this one? */
static bool fits(const json_t *root, const struct run_options *options, const char **why)
{
    char hash[17];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)options->suite->hash);
    const char *mode = string_of(root, "mode");
    const char *suite = string_of(json_object_get(root, "suite"), "hash");
    *why = NULL;
    if (!mode || !suite || !json_is_array(json_object_get(root, "cases")))
        *why = "it is no report";
    else if (strcmp(mode, run_mode_name(options)) != 0)
        *why = "it is the report of another kind of run";
    else if (strcmp(suite, hash) != 0)
        *why = "the suite is another by now (or other cases were named)";
    else if (duration_of(json_object_get(root, "client"), "timeout_s") != options->timeout)
        *why = "it was with another --timeout";
    else if (fabs(json_number_value(json_object_get(root, "pace")) - options->pace) > 1e-9)
        *why = "it was with another --pace";
    else if (json_is_true(json_object_get(root, "strict")) != options->strict)
        *why = "one of the two is with --strict";
    return *why == NULL;
}

static bool take_all(const json_t *root, const struct run_options *options,
                     struct run_case *earlier, size_t *count)
{
    const json_t *cases = json_object_get(root, "cases");
    for (size_t i = 0; i < options->selected_count; i++) {
        const struct suite_case *test = &options->suite->cases[options->selected[i]];
        const json_t *object = find_case(cases, test->scenario->id);
        if (!has_verdict(object))
            continue;
        if (!take_case(object, test, &earlier[i]))
            return false;
        *count += 1;
    }
    return true;
}

bool report_resume(const char *file, const struct run_options *options, struct run_case *earlier,
                   size_t *count, struct problem *problem)
{
    json_error_t error;
    const char *why;
    *count = 0;
    if (access(file, F_OK) != 0 && errno == ENOENT)
        return true;
    json_t *root = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
    bool good = false;
    if (!root)
        problem_set(problem, "--resume %s: line %d: %s", file, error.line, error.text);
    else if (!fits(root, options, &why))
        problem_set(problem, "--resume %s: cannot go on with it: %s", file, why);
    else if (!take_all(root, options, earlier, count))
        problem_set(problem, "--resume %s: cannot go on with it: it is damaged", file);
    else
        good = true;
    json_decref(root);
    if (!good)
        report_resume_free(earlier, options->selected_count);
    return good;
}

void report_resume_free(struct run_case *earlier, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(earlier[i].reason);
        findings_free(&earlier[i].findings);
        transcript_free(earlier[i].transcript);
        free(earlier[i].claims);
        free(earlier[i].output);
        earlier[i] = (struct run_case){0};
    }
}
