#include "harness/report_common.h"

#include <stdlib.h>
#include <string.h>

static unsigned severity(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_SKIP:
        return 0;
    case VERDICT_PASS:
        return 1;
    case VERDICT_WARN:
        return 2;
    case VERDICT_FAIL:
        return 3;
    case VERDICT_ERROR:
        return 4;
    }
    return 4;
}

enum verdict report_worse(enum verdict a, enum verdict b)
{
    return severity(b) > severity(a) ? b : a;
}

const char *report_title(const struct run_case *result)
{
    const char *title = result->test->scenario->title.en;
    return title ? title : "";
}

static struct report_row *row_of(struct report_matrix *matrix, const char *id)
{
    for (size_t i = 0; i < matrix->count; i++)
        if (strcmp(matrix->rows[i].id, id) == 0)
            return &matrix->rows[i];
    return NULL;
}

/* A requirement that the suite does not list, but the oracle knows. */
static struct report_row *add_row(struct report_matrix *matrix, const char *id)
{
    const struct requirement *known = check_requirement(id);
    struct report_row *row = &matrix->rows[matrix->count++];
    *row = (struct report_row){
        .id = id, .level = known ? known->level : LEVEL_INFO, .text = "", .verdict = VERDICT_SKIP};
    return row;
}

static bool take_case(struct report_matrix *matrix, const struct run_results *results, size_t index)
{
    const struct findings *findings = &results->cases[index].findings;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->at[i];
        struct report_row *row = row_of(matrix, finding->requirement);
        if (!row)
            row = add_row(matrix, finding->requirement);
        if (finding->verdict == VERDICT_SKIP)
            continue;
        row->verdict = report_worse(row->verdict, finding->verdict);
        if (row->case_count > 0 && row->cases[row->case_count - 1] == index)
            continue;
        if (!row->cases)
            row->cases = calloc(results->count, sizeof *row->cases);
        if (!row->cases)
            return false;
        row->cases[row->case_count++] = index;
    }
    return true;
}

static bool warns(const struct run_case *result, const char *id)
{
    for (size_t i = 0; i < result->findings.count; i++)
        if (result->findings.at[i].verdict == VERDICT_WARN &&
            strcmp(result->findings.at[i].requirement, id) == 0)
            return true;
    return false;
}

bool report_matrix_make(const struct report_context *context, struct report_matrix *matrix)
{
    const struct suite *suite = context->options->suite;
    const struct run_results *results = context->results;
    size_t known = 0;
    check_requirements(&known);
    struct report_matrix made = {
        .rows = calloc(suite->requirement_count + known + 1, sizeof *made.rows)};
    if (!made.rows)
        return false;
    for (size_t i = 0; i < suite->requirement_count; i++) {
        const struct suite_requirement *requirement = &suite->requirements[i];
        made.rows[made.count++] = (struct report_row){
            .id = requirement->id,
            .level = requirement->level,
            .text = requirement->text.en ? requirement->text.en : "",
            .verdict = VERDICT_SKIP,
        };
    }
    bool good = true;
    for (size_t i = 0; good && i < results->count; i++)
        good = take_case(&made, results, i);
    for (size_t i = 0; good && i < made.count; i++)
        for (size_t j = 0; j < made.rows[i].case_count; j++)
            made.rows[i].warned += warns(&results->cases[made.rows[i].cases[j]], made.rows[i].id);
    if (!good)
        report_matrix_free(&made);
    else
        *matrix = made;
    return good;
}

void report_matrix_free(struct report_matrix *matrix)
{
    for (size_t i = 0; i < matrix->count; i++)
        free(matrix->rows[i].cases);
    free(matrix->rows);
    *matrix = (struct report_matrix){0};
}

static bool append_octet(struct buf *buf, uint8_t octet)
{
    switch (octet) {
    case '\r':
        return buf_append_string(buf, "\\r");
    case '\n':
        return buf_append_string(buf, "\\n");
    case '\t':
        return buf_append_string(buf, "\\t");
    case '\\':
        return buf_append_string(buf, "\\\\");
    }
    return octet >= 0x20 && octet < 0x7f ? buf_append_octet(buf, octet)
                                         : buf_format(buf, "\\x%02X", octet);
}

/* POSIX has no call for it; but what can't be read is marked when it is read. */
void report_spoil(FILE *stream)
{
    (void)fgetc(stream);
}

bool report_octets(struct buf *buf, struct octets octets, size_t limit)
{
    size_t shown = limit > 0 && octets.count > limit ? limit : octets.count;
    for (size_t i = 0; i < shown; i++)
        if (!append_octet(buf, octets.at[i]))
            return false;
    return shown == octets.count || buf_format(buf, " ... (%zu octets)", octets.count);
}

/* How many octets the UTF-8 character at the beginning has; 0: it is none (RFC 3629). */
static size_t utf8_size(const uint8_t *at, size_t count)
{
    size_t size = at[0] < 0x80   ? 1
                  : at[0] < 0xc2 ? 0
                  : at[0] < 0xe0 ? 2
                  : at[0] < 0xf0 ? 3
                  : at[0] < 0xf5 ? 4
                                 : 0;
    if (size == 0 || size > count)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
    bool surrogate = at[0] == 0xed && at[1] >= 0xa0;
    bool beyond = at[0] == 0xf4 && at[1] >= 0x90;
    bool control = at[0] == 0xc2 && at[1] < 0xa0;
    bool nothing = at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe;
    return overlong || surrogate || beyond || control || nothing ? 0 : size;
}

bool report_words(struct buf *buf, const char *text, size_t count, bool lines)
{
    const uint8_t *at = (const uint8_t *)text;
    for (size_t i = 0; i < count;) {
        size_t size = utf8_size(at + i, count - i);
        bool good;
        if (size == 0)
            good = buf_append_octet(buf, '?');
        else if (size > 1 || (at[i] >= 0x20 && at[i] != 0x7f) || (lines && at[i] == '\n'))
            good = buf_append(buf, (struct octets){at + i, size});
        else
            good = append_octet(buf, at[i]);
        if (!good)
            return false;
        i += size ? size : 1;
    }
    return true;
}

bool report_masked(struct buf *masked, const struct transcript_event *event, bool unmasked)
{
    buf_clear(masked);
    if (!buf_append(masked, event->octets))
        return false;
    if (!unmasked && event->secret_count > 0 && event->secret_at < masked->count) {
        size_t room = masked->count - event->secret_at;
        memset(masked->at + event->secret_at, '*',
               event->secret_count < room ? event->secret_count : room);
    }
    return true;
}

usec report_event_time(const struct transcript *transcript, size_t index)
{
    return transcript->events[index].at - transcript->events[0].at;
}

static bool several_connections(const struct transcript *transcript)
{
    for (size_t i = 0; i < transcript->count; i++)
        if (transcript->events[i].connection > 1)
            return true;
    return false;
}

static const char *arrow(const struct transcript_event *event)
{
    if (event->kind == TRANSCRIPT_RECEIVED)
        return event->body ? ">> |" : ">> ";
    return event->kind == TRANSCRIPT_SENT ? "<< " : "-- ";
}

bool report_event_line(struct buf *buf, const struct transcript *transcript, size_t index,
                       bool unmasked, size_t limit)
{
    return report_event_part(buf, transcript, index, unmasked, 0, limit);
}

bool report_event_part(struct buf *buf, const struct transcript *transcript, size_t index,
                       bool unmasked, size_t from, size_t limit)
{
    const struct transcript_event *event = &transcript->events[index];
    struct buf masked = BUF_INIT(0);
    bool wire = event->kind == TRANSCRIPT_RECEIVED || event->kind == TRANSCRIPT_SENT;
    bool good = report_masked(&masked, event, unmasked);
    double seconds = (double)report_event_time(transcript, index) / (double)USEC_PER_SEC;
    good = good && buf_format(buf, "%7.3f s  ", seconds);
    if (good && several_connections(transcript))
        good = buf_format(buf, "c%u ", event->connection);
    good = good && buf_append_string(buf, arrow(event));
    if (good && !wire)
        good = buf_format(buf, "%s ", transcript_kind_name(event->kind));
    /* A CRLF at the end goes without saying; every other ending is shown. */
    struct octets shown = buf_octets(&masked);
    if (shown.count >= 2 && memcmp(shown.at + shown.count - 2, "\r\n", 2) == 0)
        shown.count -= 2;
    size_t whole = shown.count;
    from = from < whole ? from : whole;
    shown = octets_from(shown, from);
    if (limit > 0 && shown.count > limit)
        shown.count = limit;
    good = good && (from == 0 || buf_append_string(buf, "... ")) && report_octets(buf, shown, 0);
    if (good && from + shown.count < whole)
        good = buf_format(buf, " ... (%zu octets)", whole);
    buf_free(&masked);
    return good;
}

const char *report_surprise(const struct run_case *result, bool japanese,
                            struct report_surprise *surprise)
{
    char *text = surprise->text;
    size_t size = sizeof surprise->text;
    const char *which = result->surprise;
    if (result->unexpected && !which)
        snprintf(text, size, "%s",
                 japanese ? "既知の不合格に挙げられているが合格した"
                          : "passes though it is listed as known to fail");
    else if (result->unexpected)
        snprintf(text, size,
                 japanese ? "%sの既知の不合格に挙げられているが、もう不合格にならない"
                          : "no longer fails at %s though it is listed for that",
                 which);
    else if (which)
        snprintf(text, size,
                 japanese ? "%sで不合格になったが、既知の不合格に挙げられていない"
                          : "fails at %s, for which it is not listed as known to fail",
                 which);
    else
        return NULL;
    return text;
}
