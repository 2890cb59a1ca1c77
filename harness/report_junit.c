#include <libxml/xmlwriter.h>
#include <stdarg.h>
#include <string.h>

#include "harness/html.h"
#include "harness/report_groups.h"

/* JUnit's XML: a test suite for each family (the first word of the ids), a test case for each case.
 */

enum { LINE_OCTETS = 400, LINES_SHOWN = 400 };

#define XML(string) ((const xmlChar *)(string))

static bool attribute(xmlTextWriterPtr writer, const char *name, const char *value)
{
    return xmlTextWriterWriteAttribute(writer, XML(name), XML(value)) >= 0;
}

static bool attribute_number(xmlTextWriterPtr writer, const char *name, size_t number)
{
    return xmlTextWriterWriteFormatAttribute(writer, XML(name), "%zu", number) >= 0;
}

static bool attribute_time(xmlTextWriterPtr writer, usec duration)
{
    return xmlTextWriterWriteFormatAttribute(writer, XML("time"), "%.3f",
                                             (double)duration / (double)USEC_PER_SEC) >= 0;
}

/* Text that XML can hold: report_words has replaced what it can't. */
static bool text(xmlTextWriterPtr writer, struct buf *buf)
{
    bool good = buf_append_octet(buf, '\0') &&
                xmlTextWriterWriteString(writer, XML((const char *)buf->at)) >= 0;
    buf_clear(buf);
    return good;
}

static bool words_attribute(xmlTextWriterPtr writer, const char *name, const char *value)
{
    struct buf buf = BUF_INIT(0);
    bool good = report_words(&buf, value, strlen(value), false) && buf_append_octet(&buf, '\0') &&
                attribute(writer, name, (const char *)buf.at);
    buf_free(&buf);
    return good;
}

static size_t family_size(const struct run_case *result)
{
    return strcspn(result->test->scenario->id, "/");
}

static bool same_family(const struct run_case *a, const struct run_case *b)
{
    size_t count = family_size(a);
    return family_size(b) == count &&
           strncmp(a->test->scenario->id, b->test->scenario->id, count) == 0;
}

static bool line(struct buf *buf, const char *lead, const char *words)
{
    return buf_append_string(buf, lead) && report_words(buf, words, strlen(words), false) &&
           buf_append_octet(buf, '\n');
}

/* "BODY-3 fail (NACCS EDI table 4-3-2 item 6), connection 1, octet 740" and what it is about. */
static bool finding_words(struct buf *buf, const struct report_context *context,
                          const struct finding *finding)
{
    const struct suite_requirement *requirement = report_requirement(context, finding->requirement);
    const char *mend = requirement ? requirement->mend.en : NULL;
    bool good = buf_format(buf, "%s %s", finding->requirement, verdict_name(finding->verdict));
    if (good && requirement && requirement->source.en)
        good = buf_format(buf, " (%s)", requirement->source.en);
    if (good && finding->connection > 0)
        good = buf_format(buf, ", connection %u", finding->connection);
    if (good && finding->has_offset)
        good = buf_format(buf, ", octet %llu", (unsigned long long)finding->offset);
    return good && line(buf, "\nexpected: ", finding->expected ? finding->expected : "") &&
           line(buf, "actual: ", finding->actual ? finding->actual : "") &&
           (!mend || line(buf, "mend: ", mend));
}

/* All findings of that verdict, as one text. */
static bool findings_text(xmlTextWriterPtr writer, const struct report_context *context,
                          const struct run_case *result, enum verdict verdict)
{
    struct buf buf = BUF_INIT(0), safe = BUF_INIT(0);
    bool good = true;
    for (size_t i = 0; good && i < result->findings.count; i++)
        if (result->findings.at[i].verdict == verdict)
            good = finding_words(&buf, context, &result->findings.at[i]);
    good = good && report_words(&safe, buf.at ? (const char *)buf.at : "", buf.count, true) &&
           text(writer, &safe);
    buf_free(&buf);
    buf_free(&safe);
    return good;
}

static const struct finding *first_failure(const struct run_case *result)
{
    for (size_t i = 0; i < result->findings.count; i++)
        if (result->findings.at[i].verdict == VERDICT_FAIL)
            return &result->findings.at[i];
    return NULL;
}

static bool write_unexpected(xmlTextWriterPtr writer, const struct run_case *result)
{
    struct report_surprise surprise;
    const char *text = report_surprise(result, false, &surprise);
    return xmlTextWriterStartElement(writer, XML("failure")) >= 0 &&
           attribute(writer, "message", text ? text : "") && xmlTextWriterEndElement(writer) >= 0;
}

/* "BODY-3: the message was …": what a list of failures shows. */
static bool failure_message(xmlTextWriterPtr writer, const struct run_case *result,
                            const struct finding *failure)
{
    struct buf buf = BUF_INIT(0);
    const char *reason = result->reason ? result->reason : "";
    bool good = failure ? buf_format(&buf, "%s: %s", failure->requirement,
                                     failure->actual ? failure->actual : "")
                        : buf_append_string(&buf, reason);
    good = good && buf_append_octet(&buf, '\0') &&
           words_attribute(writer, "message", (const char *)buf.at);
    buf_free(&buf);
    return good;
}

static bool write_verdict(xmlTextWriterPtr writer, const struct report_context *context,
                          const struct run_case *result)
{
    const struct finding *failure = first_failure(result);
    const char *reason = result->reason ? result->reason : "";
    switch (result->verdict) {
    case VERDICT_PASS:
    case VERDICT_WARN:
        return !result->unexpected || write_unexpected(writer, result);
    case VERDICT_FAIL:
        if (result->unexpected)
            return write_unexpected(writer, result);
        if (result->known_failing)
            return xmlTextWriterStartElement(writer, XML("skipped")) >= 0 &&
                   attribute(writer, "message", "known to fail") &&
                   xmlTextWriterEndElement(writer) >= 0;
        return xmlTextWriterStartElement(writer, XML("failure")) >= 0 &&
               attribute(writer, "type", failure ? failure->requirement : "") &&
               failure_message(writer, result, failure) &&
               findings_text(writer, context, result, VERDICT_FAIL) &&
               xmlTextWriterEndElement(writer) >= 0;
    case VERDICT_SKIP:
        return xmlTextWriterStartElement(writer, XML("skipped")) >= 0 &&
               words_attribute(writer, "message", reason) && xmlTextWriterEndElement(writer) >= 0;
    case VERDICT_ERROR:
        return xmlTextWriterStartElement(writer, XML("error")) >= 0 &&
               words_attribute(writer, "message", reason) && xmlTextWriterEndElement(writer) >= 0;
    }
    return false;
}

/* Findings that warn (of what was seen in the field, what could not be judged, too), the
 * transcript, and what the command wrote. */
static bool write_output(xmlTextWriterPtr writer, const struct report_context *context,
                         const struct run_case *result)
{
    struct buf buf = BUF_INIT(0);
    bool good = xmlTextWriterStartElement(writer, XML("system-out")) >= 0 &&
                findings_text(writer, context, result, VERDICT_WARN) &&
                (run_mode(context->options) != RUN_FIELD ||
                 findings_text(writer, context, result, VERDICT_SKIP));
    size_t count = result->transcript ? result->transcript->count : 0;
    for (size_t i = 0; good && i < count && i < LINES_SHOWN; i++)
        good = report_event_line(&buf, result->transcript, i, context->unmasked, LINE_OCTETS) &&
               buf_append_octet(&buf, '\n');
    if (good && count > LINES_SHOWN)
        good = buf_format(&buf, "... (%zu events)\n", count);
    good = good && text(writer, &buf) && xmlTextWriterEndElement(writer) >= 0;
    if (good && result->output_count > 0)
        good = xmlTextWriterStartElement(writer, XML("system-err")) >= 0 &&
               report_words(&buf, result->output, result->output_count, true) &&
               text(writer, &buf) && xmlTextWriterEndElement(writer) >= 0;
    buf_free(&buf);
    return good;
}

/* "rcpt/refused-450 CODE-3 LOSS-1" */
static bool write_name(xmlTextWriterPtr writer, const struct run_case *result)
{
    const struct scenario *scenario = result->test->scenario;
    struct buf buf = BUF_INIT(0);
    bool good = buf_append_string(&buf, scenario->id);
    for (size_t i = 0; good && i < scenario->requirement_count; i++)
        good = buf_format(&buf, " %s", scenario->requirements[i]);
    good = good && buf_append_octet(&buf, '\0') &&
           words_attribute(writer, "name", (const char *)buf.at);
    buf_free(&buf);
    return good;
}

static bool write_case(xmlTextWriterPtr writer, const struct report_context *context,
                       const struct run_case *result)
{
    char family[128];
    snprintf(family, sizeof family, "%.*s", (int)family_size(result), result->test->scenario->id);
    return xmlTextWriterStartElement(writer, XML("testcase")) >= 0 && write_name(writer, result) &&
           words_attribute(writer, "classname", family) &&
           attribute_time(writer, result->duration) && write_verdict(writer, context, result) &&
           write_output(writer, context, result) && xmlTextWriterEndElement(writer) >= 0;
}

/* The numbers of so many results. Jenkins' schema knows `skipped` of one suite, not of all. */
static bool write_counts(xmlTextWriterPtr writer, const struct run_case *first, size_t count,
                         bool skips)
{
    size_t failures = 0, errors = 0, skipped = 0;
    usec duration = 0;
    for (size_t i = 0; i < count; i++) {
        bool failed = first[i].verdict == VERDICT_FAIL;
        bool known = failed && first[i].known_failing && !first[i].unexpected;
        failures += (failed || first[i].unexpected) && !known;
        skipped += first[i].verdict == VERDICT_SKIP || known;
        errors += first[i].verdict == VERDICT_ERROR;
        duration += first[i].duration;
    }
    return attribute_number(writer, "tests", count) &&
           attribute_number(writer, "failures", failures) &&
           attribute_number(writer, "errors", errors) &&
           (!skips || attribute_number(writer, "skipped", skipped)) &&
           attribute_time(writer, duration);
}

static bool property(xmlTextWriterPtr writer, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool property(xmlTextWriterPtr writer, const char *name, const char *format, ...)
{
    char value[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    return xmlTextWriterStartElement(writer, XML("property")) >= 0 &&
           words_attribute(writer, "name", name) && words_attribute(writer, "value", value) &&
           xmlTextWriterEndElement(writer) >= 0;
}

/* How the sender was run. */
static bool write_properties(xmlTextWriterPtr writer, const struct report_context *context)
{
    const struct run_options *options = context->options;
    const char *version = context->client_version ? context->client_version : "";
    return xmlTextWriterStartElement(writer, XML("properties")) >= 0 &&
           property(writer, "sender", "%s", context->client_name) &&
           (!*version || property(writer, "sender version", "%s", version)) &&
           property(writer, "harness", "%s", context->version) &&
           property(writer, "suite", "%016llx", (unsigned long long)options->suite->hash) &&
           property(writer, "mode", "%s", run_mode_name(options)) &&
           property(writer, "seed", "%llu", (unsigned long long)options->seed) &&
           property(writer, "pace", "%g", options->pace) &&
           (!report_is_accelerated(options) ||
            property(writer, "accelerate", "%g", options->accelerate)) &&
           xmlTextWriterEndElement(writer) >= 0;
}

static bool write_families(xmlTextWriterPtr writer, const struct report_context *context)
{
    const struct run_results *results = context->results;
    bool good = true;
    for (size_t i = 0; good && i < results->count;) {
        const struct run_case *first = &results->cases[i];
        size_t count = 1;
        while (i + count < results->count && same_family(first, &results->cases[i + count]))
            count++;
        char family[128];
        snprintf(family, sizeof family, "%.*s", (int)family_size(first), first->test->scenario->id);
        good = xmlTextWriterStartElement(writer, XML("testsuite")) >= 0 &&
               words_attribute(writer, "name", family) &&
               write_counts(writer, first, count, true) && write_properties(writer, context);
        for (size_t j = 0; good && j < count; j++)
            good = write_case(writer, context, &first[j]);
        good = good && xmlTextWriterEndElement(writer) >= 0;
        i += count;
    }
    return good;
}

bool report_junit(FILE *stream, const struct report_context *context)
{
    xmlResetLastError();
    xmlOutputBufferPtr output = xmlOutputBufferCreateFile(stream, NULL);
    xmlTextWriterPtr writer = output ? xmlNewTextWriter(output) : NULL;
    if (!writer) {
        xmlOutputBufferClose(output);
        return false;
    }
    const struct run_results *results = context->results;
    bool good = xmlTextWriterSetIndent(writer, 1) >= 0 &&
                xmlTextWriterStartDocument(writer, NULL, "UTF-8", NULL) >= 0 &&
                xmlTextWriterStartElement(writer, XML("testsuites")) >= 0 &&
                words_attribute(writer, "name", context->client_name) &&
                write_counts(writer, results->cases, results->count, false) &&
                write_families(writer, context) && xmlTextWriterEndDocument(writer) >= 0 &&
                xmlTextWriterFlush(writer) >= 0;
    xmlFreeTextWriter(writer);
    return good && !html_lacked_memory() && !ferror(stream);
}
