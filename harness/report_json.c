#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report_groups.h"
#include "harness/report_secrets.h"
#include "harness/report_story.h"
#include "harness/run_job.h"

/* One object. Cases are written one by one, so that no more than one of them stands in memory
 * twice. Octets stand in "octets" where all of them are printable ASCII, CR, LF or TAB, and in
 * "base64" otherwise. */

enum { CASE_OCTETS = 4 * 1024 * 1024 }; /* of one case's transcript; what is beyond is left out */

#define FLAGS (JSON_COMPACT | JSON_PRESERVE_ORDER)

/* Text made safe, as a JSON string. */
static json_t *words(const char *text, size_t count)
{
    struct buf buf = BUF_INIT(0);
    json_t *string = NULL;
    if (report_words(&buf, text, count, true))
        string = json_stringn((const char *)buf.at, buf.count);
    buf_free(&buf);
    return string ? string : json_string("");
}

static json_t *optional_words(const char *text)
{
    return text ? words(text, strlen(text)) : json_null();
}

static bool is_plain(struct octets octets)
{
    for (size_t i = 0; i < octets.count; i++) {
        uint8_t octet = octets.at[i];
        if (octet >= 0x7f || (octet < 0x20 && octet != '\r' && octet != '\n' && octet != '\t'))
            return false;
    }
    return true;
}

/* RFC 4648 §4. */
static json_t *base64(struct octets octets)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = (octets.count + 2) / 3 * 4, at = 0;
    char *text = malloc(size + 1);
    if (!text)
        return NULL;
    for (size_t i = 0; i < octets.count; i += 3) {
        size_t left = octets.count - i;
        uint32_t word = (uint32_t)octets.at[i] << 16 |
                        (left > 1 ? (uint32_t)octets.at[i + 1] << 8 : 0) |
                        (left > 2 ? (uint32_t)octets.at[i + 2] : 0);
        text[at++] = digits[word >> 18 & 63];
        text[at++] = digits[word >> 12 & 63];
        text[at++] = left > 1 ? digits[word >> 6 & 63] : '=';
        text[at++] = left > 2 ? digits[word & 63] : '=';
    }
    json_t *string = json_stringn_nocheck(text, size);
    free(text);
    return string;
}

static double seconds(usec duration)
{
    return (double)duration / (double)USEC_PER_SEC;
}

static json_t *event_object(const struct transcript *transcript, size_t index, bool unmasked)
{
    const struct transcript_event *event = &transcript->events[index];
    struct buf masked = BUF_INIT(0);
    json_t *object = json_object();
    if (!report_masked(&masked, event, unmasked)) {
        json_decref(object);
        return NULL;
    }
    json_object_set_new(object, "time_s", json_real(seconds(report_event_time(transcript, index))));
    json_object_set_new(object, "connection", json_integer(event->connection));
    json_object_set_new(object, "kind", json_string(transcript_kind_name(event->kind)));
    json_object_set_new(object, "stage", json_string(stage_name(event->stage)));
    if (event->message > 0)
        json_object_set_new(object, "message", json_integer(event->message));
    if (event->body)
        json_object_set_new(object, "body", json_true());
    if (event->rule > 0)
        json_object_set_new(object, "rule", json_integer(event->rule));
    if (event->secret_count > 0)
        json_object_set_new(
            object, "secret",
            json_pack("[I,I]", (json_int_t)event->secret_at, (json_int_t)event->secret_count));
    struct octets octets = buf_octets(&masked);
    if (octets.count > 0 && is_plain(octets))
        json_object_set_new(object, "octets", json_stringn((const char *)octets.at, octets.count));
    else if (octets.count > 0)
        json_object_set_new(object, "base64", base64(octets));
    buf_free(&masked);
    return object;
}

static json_t *transcript_array(const struct run_case *result, bool unmasked, size_t *omitted)
{
    json_t *array = json_array();
    size_t octets = 0;
    const struct transcript *transcript = result->transcript;
    for (size_t i = 0; transcript && i < transcript->count; i++) {
        octets += transcript->events[i].octets.count;
        if (octets <= CASE_OCTETS)
            json_array_append_new(array, event_object(transcript, i, unmasked));
        else
            *omitted += 1;
    }
    return array;
}

static json_t *check_object(const struct finding *finding)
{
    json_t *object = json_object();
    json_object_set_new(object, "requirement", json_string(finding->requirement));
    json_object_set_new(object, "verdict", json_string(verdict_name(finding->verdict)));
    json_object_set_new(object, "expected", optional_words(finding->expected));
    json_object_set_new(object, "actual", optional_words(finding->actual));
    if (finding->connection > 0)
        json_object_set_new(object, "connection", json_integer(finding->connection));
    if (finding->has_event)
        json_object_set_new(object, "event", json_integer((json_int_t)finding->event));
    if (finding->has_offset)
        json_object_set_new(object, "offset", json_integer((json_int_t)finding->offset));
    return object;
}

/* Who is shown passwords is told which they are, so that what is read from here can be masked. */
static void add_password(json_t *object, struct octets message)
{
    struct octets password;
    if (report_password(message, &password))
        json_object_set_new(object, "password", words((const char *)password.at, password.count));
}

static json_t *claims_array(const struct run_case *result, bool unmasked)
{
    json_t *array = json_array();
    for (size_t i = 0; result->claims && i < result->test->message_count; i++) {
        json_t *outcomes = json_array();
        for (unsigned bit = OUTCOME_ACCEPTED; bit <= OUTCOME_UNSENT; bit <<= 1)
            if (result->claims[i].outcomes & bit)
                json_array_append_new(outcomes, json_string(outcome_name((enum outcome_bit)bit)));
        json_t *object = json_object();
        json_object_set_new(object, "message", optional_words(result->test->messages[i].name));
        json_object_set_new(object, "outcomes", outcomes);
        if (unmasked)
            add_password(object, result->test->messages[i].octets);
        json_array_append_new(array, object);
    }
    return array;
}

/* {"en": …, "ja": …}; what is missing is left out. */
static json_t *pair_object(struct text_pair text)
{
    json_t *object = json_object();
    if (text.en)
        json_object_set_new(object, "en", optional_words(text.en));
    if (text.ja)
        json_object_set_new(object, "ja", optional_words(text.ja));
    return object;
}

static json_t *pairs_array(const struct text_pair *lines, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, pair_object(lines[i]));
    return array;
}

/* What the scenario says, for who reads the report and has no suite. */
static bool add_scenario(const struct report_context *context, const struct run_case *result,
                         json_t *object)
{
    const struct scenario *scenario = result->test->scenario;
    struct play_clock clock = run_clock(context->options);
    struct suite_story story;
    json_t *requirements = json_array();
    char hash[2 * sizeof scenario->hash + 1] = "";
    for (size_t i = 0; i < scenario->requirement_count; i++)
        json_array_append_new(requirements, optional_words(scenario->requirements[i]));
    for (size_t i = 0; i < sizeof scenario->hash; i++)
        snprintf(hash + 2 * i, 3, "%02x", scenario->hash[i]);
    json_object_set_new(object, "title_ja", optional_words(scenario->title.ja));
    json_object_set_new(object, "requirements", requirements);
    json_object_set_new(object, "scenario_hash", json_string(hash));
    json_object_set_new(object, "idle_limit_s",
                        json_real(seconds(play_span(&clock, scenario->centre.idle_limit))));
    if (scenario->why.en || scenario->why.ja)
        json_object_set_new(object, "why", pair_object(scenario->why));
    if (!report_story_make(result->test, &story))
        return false;
    json_object_set_new(object, "does", pairs_array(story.does, story.does_count));
    json_object_set_new(object, "expects", pairs_array(story.wants, story.wants_count));
    report_story_free(&story);
    return true;
}

static json_t *trace_object(const struct sender_trace *trace)
{
    json_t *object = json_object(), *rows = json_array();
    json_object_set_new(object, "file", optional_words(trace->file));
    json_object_set_new(object, "same", json_boolean(trace->same));
    json_object_set_new(object, "steps", json_integer((json_int_t)trace->steps));
    if (!trace->same) {
        json_object_set_new(object, "connection", json_integer(trace->connection));
        json_object_set_new(object, "differs", json_string(trace->in_time ? "wait" : "step"));
        for (size_t i = 0; i < trace->row_count; i++) {
            json_t *row = json_object();
            json_object_set_new(row, "then", optional_words(trace->rows[i].then));
            json_object_set_new(row, "now", optional_words(trace->rows[i].now));
            if (trace->rows[i].differs)
                json_object_set_new(row, "differs", json_true());
            json_array_append_new(rows, row);
        }
        json_object_set(object, "rows", rows);
    }
    json_decref(rows);
    return object;
}

static json_t *case_object(const struct report_context *context, const struct run_case *result)
{
    const struct scenario *scenario = result->test->scenario;
    json_t *object = json_object(), *checks = json_array();
    json_object_set_new(object, "id", words(scenario->id, strlen(scenario->id)));
    json_object_set_new(object, "scenario", optional_words(scenario->file));
    json_object_set_new(object, "title", optional_words(scenario->title.en));
    if (!add_scenario(context, result, object)) {
        json_decref(object);
        json_decref(checks);
        return NULL;
    }
    json_object_set_new(object, "verdict", json_string(verdict_name(result->verdict)));
    if (result->known_failing)
        json_object_set_new(object, "known_failing", json_true());
    struct report_surprise surprise;
    if (report_surprise(result, false, &surprise)) {
        json_object_set_new(object, "unexpected", json_boolean(result->unexpected));
        if (result->surprise)
            json_object_set_new(object, "surprise", json_string(result->surprise));
        json_object_set_new(object, "surprise_text", json_string(surprise.text));
    }
    if (result->open)
        json_object_set_new(object, "open", json_true());
    if (result->reason)
        json_object_set_new(object, "reason", optional_words(result->reason));
    json_object_set_new(object, "duration_s", json_real(seconds(result->duration)));
    for (size_t i = 0; i < result->findings.count; i++)
        json_array_append_new(checks, check_object(&result->findings.at[i]));
    json_object_set_new(object, "checks", checks);
    json_object_set_new(object, "claims", claims_array(result, context->unmasked));
    if (result->output_count > 0)
        json_object_set_new(object, "output", words(result->output, result->output_count));
    if (result->trace)
        json_object_set_new(object, "client_trace", trace_object(result->trace));
    size_t omitted = 0;
    json_object_set_new(object, "transcript",
                        transcript_array(result, context->unmasked, &omitted));
    if (omitted > 0)
        json_object_set_new(object, "omitted_events", json_integer((json_int_t)omitted));
    return object;
}

static json_t *row_object(const struct report_context *context, const struct report_row *row)
{
    json_t *object = json_object(), *cases = json_array();
    const struct suite_requirement *requirement = report_requirement(context, row->id);
    json_object_set_new(object, "id", json_string(row->id));
    json_object_set_new(object, "level", json_string(level_name(row->level)));
    json_object_set_new(object, "verdict", json_string(verdict_name(row->verdict)));
    for (size_t i = 0; i < row->case_count; i++) {
        const char *id = context->results->cases[row->cases[i]].test->scenario->id;
        json_array_append_new(cases, words(id, strlen(id)));
    }
    json_object_set_new(object, "cases", cases);
    if (requirement) {
        json_object_set_new(object, "source", pair_object(requirement->source));
        json_object_set_new(object, "text", pair_object(requirement->text));
        json_object_set_new(object, "defect", pair_object(requirement->defect));
        json_object_set_new(object, "mend", pair_object(requirement->mend));
    }
    return object;
}

static json_t *hexadecimal(uint64_t number)
{
    return json_sprintf("%016llx", (unsigned long long)number);
}

static json_t *suite_object(const struct suite *suite)
{
    json_t *object = json_object();
    json_object_set_new(object, "root", optional_words(suite->root));
    json_object_set_new(object, "cases", json_integer((json_int_t)suite->case_count));
    json_object_set_new(object, "requirements", json_integer((json_int_t)suite->requirement_count));
    json_object_set_new(object, "hash", hexadecimal(suite->hash));
    return object;
}

static json_t *client_object(const struct report_context *context)
{
    const struct run_options *options = context->options;
    const struct run_profile *profile = &options->profile;
    json_t *object = json_object(), *command = json_array();
    json_object_set_new(object, "name", optional_words(context->client_name));
    json_object_set_new(object, "version", optional_words(context->client_version));
    for (char *const *word = options->command; word && *word; word++)
        json_array_append_new(command, words(*word, strlen(*word)));
    json_object_set_new(object, "command", options->command ? json_incref(command) : json_null());
    json_decref(command);
    json_object_set_new(object, "each", json_boolean(profile->each));
    json_object_set_new(object, "one_per_connection", json_boolean(profile->one_per_connection));
    json_object_set_new(object, "ehlo", json_boolean(profile->sends_ehlo));
    json_object_set_new(object, "adds_headers", json_boolean(profile->adds_headers));
    json_object_set_new(object, "retries", json_boolean(profile->retries));
    json_object_set_new(object, "resolver", json_boolean(profile->resolver));
    json_object_set_new(object, "timeout_s", json_real(seconds(options->timeout)));
    json_object_set_new(object, "tolerance",
                        json_real(options->tolerance * options->tolerance_scale));
    json_object_set_new(object, "helo", optional_words(options->helo));
    json_object_set_new(object, "from", optional_words(options->from));
    return object;
}

/* Which part of a run this is. */
static json_t *shard_object(const struct report_context *context)
{
    size_t whole = context->whole > 0 ? context->whole : context->results->count;
    return json_pack("{s:i,s:i,s:I}", "index", (int)(context->shards ? context->shard : 1), "of",
                     (int)(context->shards ? context->shards : 1), "cases", (json_int_t)whole);
}

static json_t *repeat_array(const struct report_context *context)
{
    json_t *array = json_array();
    for (char *const *word = context->repeat; word && *word; word++)
        json_array_append_new(array, words(*word, strlen(*word)));
    return array;
}

static json_t *summary_object(const struct run_results *results)
{
    json_t *object = json_object();
    json_object_set_new(object, "pass", json_integer((json_int_t)results->passed));
    json_object_set_new(object, "fail", json_integer((json_int_t)results->failed));
    json_object_set_new(object, "warn", json_integer((json_int_t)results->warned));
    json_object_set_new(object, "skip", json_integer((json_int_t)results->skipped));
    json_object_set_new(object, "error", json_integer((json_int_t)results->errors));
    json_object_set_new(object, "known", json_integer((json_int_t)results->known));
    json_object_set_new(object, "unexpected", json_integer((json_int_t)results->unexpected));
    json_object_set_new(object, "conforms", json_boolean(report_conforms(results)));
    return object;
}

/* Writes one member, taking the value over. */
static bool member(FILE *stream, const char *name, json_t *value)
{
    bool good = value && fprintf(stream, "\"%s\":", name) > 0 &&
                json_dumpf(value, stream, FLAGS | JSON_ENCODE_ANY) == 0 &&
                fputs(",\n", stream) >= 0;
    json_decref(value);
    return good;
}

static bool head(FILE *stream, const struct report_context *context)
{
    const struct run_options *options = context->options;
    const struct run_results *results = context->results;
    return member(stream, "version", optional_words(context->version)) &&
           member(stream, "suite", suite_object(options->suite)) &&
           member(stream, "client", client_object(context)) &&
           member(stream, "mode", json_string(run_mode_name(options))) &&
           member(stream, "pace", json_real(options->pace)) &&
           member(stream, "accelerate",
                  json_real(report_is_accelerated(options) ? options->accelerate : 1)) &&
           member(stream, "seed", json_integer((json_int_t)options->seed)) &&
           member(stream, "strict", json_boolean(options->strict)) &&
           member(stream, "wall_clock_us", json_integer(results->wall_clock)) &&
           member(stream, "wall_s", json_real(seconds(results->wall))) &&
           member(stream, "harness_late_s", json_real(seconds(results->latest))) &&
           member(stream, "shard", shard_object(context)) &&
           member(stream, "repeat", repeat_array(context)) &&
           member(stream, "interrupted", json_boolean(results->interrupted)) &&
           member(stream, "transcript_hash", hexadecimal(results->transcript_hash)) &&
           member(stream, "summary", summary_object(results));
}

static bool rows(FILE *stream, const struct report_context *context)
{
    struct report_matrix matrix;
    json_t *array = json_array();
    if (!report_matrix_make(context, &matrix)) {
        json_decref(array);
        return false;
    }
    for (size_t i = 0; i < matrix.count; i++)
        json_array_append_new(array, row_object(context, &matrix.rows[i]));
    report_matrix_free(&matrix);
    return member(stream, "requirements", array);
}

bool report_json(FILE *stream, const struct report_context *context)
{
    const struct run_results *results = context->results;
    bool good = fputs("{", stream) >= 0 && head(stream, context) && rows(stream, context) &&
                fputs("\"cases\":[\n", stream) >= 0;
    for (size_t i = 0; good && i < results->count; i++) {
        json_t *object = case_object(context, &results->cases[i]);
        good = object && json_dumpf(object, stream, FLAGS) == 0 &&
               fputs(i + 1 < results->count ? ",\n" : "\n", stream) >= 0;
        json_decref(object);
    }
    return good && fputs("]}\n", stream) >= 0 && !ferror(stream);
}
