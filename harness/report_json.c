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

/* Where a value can't be made or put, what it belongs to is dropped, and so is all above it: a
 * report is whole or none. Values that are null, and objects that were dropped, may be passed. */
static void set(json_t **object, const char *key, json_t *value)
{
    if (json_object_set_new(*object, key, value) == 0)
        return;
    json_decref(*object);
    *object = NULL;
}

static void append(json_t **array, json_t *value)
{
    if (json_array_append_new(*array, value) == 0)
        return;
    json_decref(*array);
    *array = NULL;
}

/* Text made safe, as a JSON string; null where there is no memory. */
static json_t *words(const char *text, size_t count)
{
    struct buf buf = BUF_INIT(0);
    json_t *string = NULL;
    if (report_words(&buf, text, count, true))
        string = json_stringn(buf.count > 0 ? (const char *)buf.at : "", buf.count);
    buf_free(&buf);
    return string;
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
        buf_free(&masked);
        json_decref(object);
        return NULL;
    }
    set(&object, "time_s", json_real(seconds(report_event_time(transcript, index))));
    set(&object, "connection", json_integer(event->connection));
    set(&object, "kind", json_string(transcript_kind_name(event->kind)));
    set(&object, "stage", json_string(stage_name(event->stage)));
    if (event->message > 0)
        set(&object, "message", json_integer(event->message));
    if (event->body)
        set(&object, "body", json_true());
    if (event->rule > 0)
        set(&object, "rule", json_integer(event->rule));
    if (event->secret_count > 0)
        set(&object, "secret",
            json_pack("[I,I]", (json_int_t)event->secret_at, (json_int_t)event->secret_count));
    struct octets octets = buf_octets(&masked);
    if (octets.count > 0 && is_plain(octets))
        set(&object, "octets", json_stringn((const char *)octets.at, octets.count));
    else if (octets.count > 0)
        set(&object, "base64", base64(octets));
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
            append(&array, event_object(transcript, i, unmasked));
        else
            *omitted += 1;
    }
    return array;
}

static json_t *check_object(const struct finding *finding)
{
    json_t *object = json_object();
    set(&object, "requirement", json_string(finding->requirement));
    set(&object, "verdict", json_string(verdict_name(finding->verdict)));
    set(&object, "expected", optional_words(finding->expected));
    set(&object, "actual", optional_words(finding->actual));
    if (finding->connection > 0)
        set(&object, "connection", json_integer(finding->connection));
    if (finding->has_event)
        set(&object, "event", json_integer((json_int_t)finding->event));
    if (finding->has_offset)
        set(&object, "offset", json_integer((json_int_t)finding->offset));
    return object;
}

/* Who is shown passwords is told which they are, so that what is read from here can be masked. */
static void add_password(json_t **object, struct octets message)
{
    struct octets password;
    if (report_password(message, &password))
        set(object, "password", words((const char *)password.at, password.count));
}

static json_t *claims_array(const struct run_case *result, bool unmasked)
{
    json_t *array = json_array();
    for (size_t i = 0; result->claims && i < result->test->message_count; i++) {
        json_t *outcomes = json_array();
        for (unsigned bit = OUTCOME_ACCEPTED; bit <= OUTCOME_UNSENT; bit <<= 1)
            if (result->claims[i].outcomes & bit)
                append(&outcomes, json_string(outcome_name((enum outcome_bit)bit)));
        json_t *object = json_object();
        set(&object, "message", optional_words(result->test->messages[i].name));
        set(&object, "outcomes", outcomes);
        if (unmasked)
            add_password(&object, result->test->messages[i].octets);
        append(&array, object);
    }
    return array;
}

/* {"en": …, "ja": …}; what is missing is left out. */
static json_t *pair_object(struct text_pair text)
{
    json_t *object = json_object();
    if (text.en)
        set(&object, "en", optional_words(text.en));
    if (text.ja)
        set(&object, "ja", optional_words(text.ja));
    return object;
}

static json_t *pairs_array(const struct text_pair *lines, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        append(&array, pair_object(lines[i]));
    return array;
}

/* What the scenario says, for who reads the report and has no suite. */
static bool add_scenario(const struct report_context *context, const struct run_case *result,
                         json_t **object)
{
    const struct scenario *scenario = result->test->scenario;
    struct play_clock clock = run_clock(context->options);
    struct suite_story story;
    json_t *requirements = json_array();
    char hash[2 * sizeof scenario->hash + 1] = "";
    for (size_t i = 0; i < scenario->requirement_count; i++)
        append(&requirements, optional_words(scenario->requirements[i]));
    for (size_t i = 0; i < sizeof scenario->hash; i++)
        snprintf(hash + 2 * i, 3, "%02x", scenario->hash[i]);
    set(object, "title_ja", optional_words(scenario->title.ja));
    set(object, "requirements", requirements);
    set(object, "scenario_hash", json_string(hash));
    set(object, "idle_limit_s", json_real(seconds(play_span(&clock, scenario->centre.idle_limit))));
    if (scenario->why.en || scenario->why.ja)
        set(object, "why", pair_object(scenario->why));
    if (!report_story_make(result->test, &story))
        return false;
    set(object, "does", pairs_array(story.does, story.does_count));
    set(object, "expects", pairs_array(story.wants, story.wants_count));
    report_story_free(&story);
    return true;
}

static json_t *trace_object(const struct sender_trace *trace)
{
    json_t *object = json_object(), *rows = json_array();
    set(&object, "file", optional_words(trace->file));
    set(&object, "same", json_boolean(trace->same));
    set(&object, "steps", json_integer((json_int_t)trace->steps));
    if (!trace->same) {
        set(&object, "connection", json_integer(trace->connection));
        set(&object, "differs", json_string(trace->in_time ? "wait" : "step"));
        for (size_t i = 0; i < trace->row_count; i++) {
            json_t *row = json_object();
            set(&row, "then", optional_words(trace->rows[i].then));
            set(&row, "now", optional_words(trace->rows[i].now));
            if (trace->rows[i].differs)
                set(&row, "differs", json_true());
            append(&rows, row);
        }
        set(&object, "rows", json_incref(rows));
    }
    json_decref(rows);
    return object;
}

static json_t *case_object(const struct report_context *context, const struct run_case *result)
{
    const struct scenario *scenario = result->test->scenario;
    json_t *object = json_object(), *checks = json_array();
    set(&object, "id", words(scenario->id, strlen(scenario->id)));
    set(&object, "scenario", optional_words(scenario->file));
    set(&object, "title", optional_words(scenario->title.en));
    if (!add_scenario(context, result, &object)) {
        json_decref(object);
        json_decref(checks);
        return NULL;
    }
    set(&object, "verdict", json_string(verdict_name(result->verdict)));
    if (result->known_failing)
        set(&object, "known_failing", json_true());
    struct report_surprise surprise;
    if (report_surprise(result, false, &surprise)) {
        set(&object, "unexpected", json_boolean(result->unexpected));
        if (result->surprise)
            set(&object, "surprise", json_string(result->surprise));
        set(&object, "surprise_text", json_string(surprise.text));
    }
    if (result->open)
        set(&object, "open", json_true());
    if (result->reason)
        set(&object, "reason", optional_words(result->reason));
    set(&object, "duration_s", json_real(seconds(result->duration)));
    for (size_t i = 0; i < result->findings.count; i++)
        append(&checks, check_object(&result->findings.at[i]));
    set(&object, "checks", checks);
    set(&object, "claims", claims_array(result, context->unmasked));
    if (result->output_count > 0)
        set(&object, "output", words(result->output, result->output_count));
    if (result->trace)
        set(&object, "client_trace", trace_object(result->trace));
    size_t omitted = 0;
    set(&object, "transcript", transcript_array(result, context->unmasked, &omitted));
    if (omitted > 0)
        set(&object, "omitted_events", json_integer((json_int_t)omitted));
    return object;
}

static json_t *row_object(const struct report_context *context, const struct report_row *row)
{
    json_t *object = json_object(), *cases = json_array();
    const struct suite_requirement *requirement = report_requirement(context, row->id);
    set(&object, "id", json_string(row->id));
    set(&object, "level", json_string(level_name(row->level)));
    set(&object, "verdict", json_string(verdict_name(row->verdict)));
    for (size_t i = 0; i < row->case_count; i++) {
        const char *id = context->results->cases[row->cases[i]].test->scenario->id;
        append(&cases, words(id, strlen(id)));
    }
    set(&object, "cases", cases);
    if (requirement) {
        set(&object, "source", pair_object(requirement->source));
        set(&object, "text", pair_object(requirement->text));
        set(&object, "defect", pair_object(requirement->defect));
        set(&object, "mend", pair_object(requirement->mend));
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
    set(&object, "root", optional_words(suite->root));
    set(&object, "cases", json_integer((json_int_t)suite->case_count));
    set(&object, "requirements", json_integer((json_int_t)suite->requirement_count));
    set(&object, "hash", hexadecimal(suite->hash));
    return object;
}

static json_t *client_object(const struct report_context *context)
{
    const struct run_options *options = context->options;
    const struct run_profile *profile = &options->profile;
    json_t *object = json_object(), *command = json_array();
    set(&object, "name", optional_words(context->client_name));
    set(&object, "version", optional_words(context->client_version));
    for (char *const *word = options->command; word && *word; word++)
        append(&command, words(*word, strlen(*word)));
    set(&object, "command", options->command ? json_incref(command) : json_null());
    json_decref(command);
    set(&object, "each", json_boolean(profile->each));
    set(&object, "one_per_connection", json_boolean(profile->one_per_connection));
    set(&object, "ehlo", json_boolean(profile->sends_ehlo));
    set(&object, "adds_headers", json_boolean(profile->adds_headers));
    set(&object, "retries", json_boolean(profile->retries));
    set(&object, "resolver", json_boolean(profile->resolver));
    set(&object, "timeout_s", json_real(seconds(options->timeout)));
    set(&object, "tolerance", json_real(options->tolerance * options->tolerance_scale));
    set(&object, "helo", optional_words(options->helo));
    set(&object, "from", optional_words(options->from));
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
        append(&array, words(*word, strlen(*word)));
    return array;
}

static json_t *summary_object(const struct run_results *results)
{
    json_t *object = json_object();
    set(&object, "pass", json_integer((json_int_t)results->passed));
    set(&object, "fail", json_integer((json_int_t)results->failed));
    set(&object, "warn", json_integer((json_int_t)results->warned));
    set(&object, "skip", json_integer((json_int_t)results->skipped));
    set(&object, "error", json_integer((json_int_t)results->errors));
    set(&object, "known", json_integer((json_int_t)results->known));
    set(&object, "unexpected", json_integer((json_int_t)results->unexpected));
    set(&object, "conforms", json_boolean(report_conforms(results)));
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
        append(&array, row_object(context, &matrix.rows[i]));
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
