#include "harness/report_case.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/profile_claims.h"
#include "wire/buf.h"

const char *report_string(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

usec report_duration(const json_t *object, const char *key)
{
    static const double most = 100.0 * 365 * 24 * 3600; /* seconds; no run takes a century */
    double seconds = json_number_value(json_object_get(object, key));
    seconds = fmin(fmax(seconds, 0), most);
    return (usec)llround(seconds * (double)USEC_PER_SEC);
}

bool report_verdict(const json_t *object, enum verdict *verdict)
{
    static const enum verdict all[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_WARN, VERDICT_SKIP,
                                       VERDICT_ERROR};
    const char *name = report_string(object, "verdict");
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
    const char *base64 = report_string(object, "base64");
    if (plain)
        return buf_append(buf, (struct octets){(const uint8_t *)json_string_value(plain),
                                               json_string_length(plain)});
    return !base64 || append_base64(buf, base64);
}

static bool take_event(const json_t *object, struct transcript_sink sink)
{
    struct transcript_event event = {
        .at = report_duration(object, "time_s"),
        .connection = (uint32_t)json_integer_value(json_object_get(object, "connection")),
        .message = (uint32_t)json_integer_value(json_object_get(object, "message")),
        .body = json_is_true(json_object_get(object, "body")),
        .rule = (uint32_t)json_integer_value(json_object_get(object, "rule")),
    };
    const char *kind = report_string(object, "kind"), *stage = report_string(object, "stage");
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
    const json_t *secret = json_object_get(object, "secret");
    json_int_t at = json_integer_value(json_array_get(secret, 0));
    json_int_t count = json_integer_value(json_array_get(secret, 1));
    if (at >= 0 && count > 0 && (size_t)at < buf.count) {
        event.secret_at = (size_t)at;
        event.secret_count = (size_t)count < buf.count - event.secret_at
                                 ? (size_t)count
                                 : buf.count - event.secret_at;
    }
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
    const char *text = report_string(object, key);
    if (text)
        *to = strdup(text);
    return !text || *to;
}

/* The id as the suite or the oracle has it: it lives as long as they do. */
static const char *known_id(const struct suite *suite, const char *id)
{
    const struct requirement *requirement = id ? check_requirement(id) : NULL;
    for (size_t i = 0; id && i < suite->requirement_count; i++)
        if (strcmp(suite->requirements[i].id, id) == 0)
            return suite->requirements[i].id;
    return requirement ? requirement->id : NULL;
}

static bool take_finding(const json_t *object, const struct suite *suite, struct finding *finding)
{
    const char *id = known_id(suite, report_string(object, "requirement"));
    const json_t *event = json_object_get(object, "event");
    const json_t *offset = json_object_get(object, "offset");
    if (!id || !report_verdict(object, &finding->verdict))
        return false;
    finding->requirement = id;
    finding->connection = (uint32_t)json_integer_value(json_object_get(object, "connection"));
    finding->has_event = event != NULL;
    finding->event = (size_t)json_integer_value(event);
    finding->has_offset = offset != NULL;
    finding->offset = (uint64_t)json_integer_value(offset);
    return take_string(object, "expected", &finding->expected) &&
           take_string(object, "actual", &finding->actual);
}

static bool take_findings(const json_t *checks, const struct suite *suite, struct run_case *result)
{
    struct findings *findings = &result->findings;
    size_t count = json_array_size(checks), events = 0;
    findings->at = calloc(count + 1, sizeof *findings->at);
    if (result->transcript)
        events = result->transcript->count;
    for (size_t i = 0; findings->at && i < count; i++) {
        struct finding *finding = &findings->at[findings->count++];
        if (!take_finding(json_array_get(checks, i), suite, finding))
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

bool report_case_read(const json_t *object, const struct suite *suite,
                      const struct suite_case *test, struct run_case *result)
{
    result->test = test;
    const char *surprise = report_string(object, "surprise");
    const struct requirement *requirement = surprise ? check_requirement(surprise) : NULL;
    result->known_failing = json_is_true(json_object_get(object, "known_failing"));
    result->unexpected = json_is_true(json_object_get(object, "unexpected"));
    result->surprise = requirement ? requirement->id : NULL;
    result->open = json_is_true(json_object_get(object, "open"));
    result->duration = report_duration(object, "duration_s");
    if (!report_verdict(object, &result->verdict) ||
        !take_transcript(json_object_get(object, "transcript"), result) ||
        !take_findings(json_object_get(object, "checks"), suite, result) ||
        !take_claims(json_object_get(object, "claims"), result) ||
        !take_string(object, "reason", &result->reason) ||
        !take_string(object, "output", &result->output))
        return false;
    result->output_count = result->output ? strlen(result->output) : 0;
    return true;
}

void report_case_free(struct run_case *result)
{
    free(result->reason);
    findings_free(&result->findings);
    transcript_free(result->transcript);
    free(result->claims);
    free(result->output);
    *result = (struct run_case){0};
}
