#include "harness/report_html.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/report_assets.h"
#include "harness/report_groups.h"

void html_verdict(struct html *html, enum verdict verdict)
{
    char class[24];
    snprintf(class, sizeof class, "badge %s", verdict_name(verdict));
    html_open(html, "span", "class", class, (char *)NULL);
    html_pair(html, verdict_words(verdict));
    html_close(html);
}

void html_fact(struct html *html, const char *en, const char *ja, const char *value)
{
    html_open(html, "div", (char *)NULL);
    html_open(html, "dt", (char *)NULL);
    html_either(html, en, ja);
    html_close(html);
    html_element(html, "dd", value, (char *)NULL);
    html_close(html);
}

const char *case_anchor(const char *case_id, char id[CASE_ANCHOR_SIZE])
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-";
    size_t at = (size_t)snprintf(id, CASE_ANCHOR_SIZE, "case-");
    for (; *case_id && at + 4 < CASE_ANCHOR_SIZE; case_id++) {
        if (strchr(plain, *case_id))
            id[at++] = *case_id;
        else
            at += (size_t)snprintf(id + at, 4, "~%02X", (unsigned char)*case_id);
    }
    id[at] = '\0';
    return id;
}

void html_case_link(struct html *html, const char *case_id, const char *class)
{
    char target[CASE_ANCHOR_SIZE + 1] = "#";
    case_anchor(case_id, target + 1);
    html_element(html, "a", case_id, "href", target, "class", class, (char *)NULL);
}

size_t family_size(const char *case_id)
{
    return strcspn(case_id, "/");
}

static void language_switch(struct html *html, enum language language)
{
    const char *ja = language == LANGUAGE_JA ? "" : NULL, *en = ja ? NULL : "";
    html_open(html, "nav", "aria-label", "Language / 言語", (char *)NULL);
    html_open(html, "fieldset", "class", "languages", (char *)NULL);
    html_element(html, "legend", "Language / 言語", "class", "unseen", (char *)NULL);
    html_empty(html, "input", "type", "radio", "name", "language", "id", "language-en", "checked",
               en, (char *)NULL);
    html_element(html, "label", "English", "for", "language-en", (char *)NULL);
    html_empty(html, "input", "type", "radio", "name", "language", "id", "language-ja", "checked",
               ja, (char *)NULL);
    html_element(html, "label", "日本語", "for", "language-ja", (char *)NULL);
    html_close(html);
    html_close(html);
}

/* A closed script or style element: its content is ours, and not escaped. */
static void own_element(struct html *html, const char *name, struct octets content)
{
    html_open(html, name, (char *)NULL);
    html_own(html, content);
    html_close(html);
}

bool html_page_begin(struct html *html, FILE *stream, const char *title, enum language language)
{
    if (!html_begin(html, stream))
        return false;
    html_open(html, "html", "lang", language == LANGUAGE_JA ? "ja" : "en", (char *)NULL);
    html_open(html, "head", (char *)NULL);
    html_empty(html, "meta", "charset", "utf-8", (char *)NULL);
    html_empty(html, "meta", "http-equiv", "Content-Security-Policy", "content",
               "default-src 'none'; style-src 'unsafe-inline'; script-src '" REPORT_SCRIPT_HASH "'",
               (char *)NULL);
    html_empty(html, "meta", "name", "viewport", "content", "width=device-width, initial-scale=1",
               (char *)NULL);
    html_empty(html, "meta", "name", "color-scheme", "content", "light dark", (char *)NULL);
    html_element(html, "title", title, (char *)NULL);
    own_element(html, "style", report_style());
    html_close(html);
    html_open(html, "body", (char *)NULL);
    language_switch(html, language);
    html_own(html,
             OCTETS("<svg width=\"0\" height=\"0\" class=\"heads\" aria-hidden=\"true\"><defs>"));
    for (size_t i = 0; i < 3; i++) {
        static const char *const ids[] = {"head", "head-w", "head-x"};
        html_open(html, "marker", "id", ids[i], "viewBox", "0 0 8 8", "refX", "7", "refY", "4",
                  "markerWidth", "8", "markerHeight", "8", "markerUnits", "userSpaceOnUse",
                  "orient", "auto", (char *)NULL);
        html_empty(html, "path", "d", "M1 1l6 3-6 3z", (char *)NULL);
        html_close(html);
    }
    html_own(html, OCTETS("</defs></svg>\n"));
    return true;
}

bool html_page_end(struct html *html, const char *version)
{
    html_open(html, "footer", (char *)NULL);
    html_format(html, "naccs-harness %s", version);
    html_close(html);
    own_element(html, "script", report_script());
    html_close(html);
    html_close(html);
    html_own(html, OCTETS("\n"));
    return html_end(html);
}

static void write_bar(struct html *html, const size_t counts[5])
{
    char width[32];
    html_open(html, "div", "class", "bar", "aria-hidden", "true", (char *)NULL);
    for (size_t i = 0; i < 5; i++) {
        if (counts[i] == 0)
            continue;
        snprintf(width, sizeof width, "flex:%zu", counts[i]);
        html_element(html, "i", "", "class", verdict_name((enum verdict)i), "style", width,
                     (char *)NULL);
    }
    html_close(html);
}

static void write_numbers(struct html *html, const struct run_results *results)
{
    const size_t counts[5] = {[VERDICT_PASS] = results->passed,
                              [VERDICT_FAIL] = results->failed + results->known,
                              [VERDICT_WARN] = results->warned,
                              [VERDICT_SKIP] = results->skipped,
                              [VERDICT_ERROR] = results->errors};
    html_open(html, "div", "class", "numbers", (char *)NULL);
    html_open(html, "p", "class", "total", (char *)NULL);
    html_open(html, "b", (char *)NULL);
    html_format(html, "%zu", results->count);
    html_close(html);
    html_either(html, results->count == 1 ? "case" : "cases", "ケース");
    html_close(html);
    for (size_t i = 0; i < 5; i++) {
        char class[24];
        snprintf(class, sizeof class, "%s%s", verdict_name((enum verdict)i),
                 counts[i] == 0 ? " none" : "");
        html_open(html, "p", "class", class, (char *)NULL);
        html_open(html, "b", (char *)NULL);
        html_format(html, "%zu", counts[i]);
        html_close(html);
        html_pair(html, verdict_words((enum verdict)i));
        html_close(html);
    }
    html_close(html);
    write_bar(html, counts);
}

static void format_fact(struct html *html, const char *en, const char *ja, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void format_fact(struct html *html, const char *en, const char *ja, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = html_printed(html, format, arguments);
    va_end(arguments);
    if (text)
        html_fact(html, en, ja, text);
    free(text);
}

static void write_mode(struct html *html, const struct run_options *options)
{
    html_open(html, "div", (char *)NULL);
    html_open(html, "dt", (char *)NULL);
    html_either(html, "Mode", "実行方式");
    html_close(html);
    html_open(html, "dd", (char *)NULL);
    html_pair(html, report_mode_words(options));
    if (report_is_accelerated(options))
        html_format(html, " \xc3\x97%g", options->accelerate);
    if (options->strict)
        html_either(html, " · strict", "・厳格");
    html_close(html);
    html_close(html);
}

static void write_date(struct html *html, int64_t wall_clock)
{
    time_t second = (time_t)(wall_clock / USEC_PER_SEC);
    struct tm parts;
    char text[64] = "", machine[64] = "";
    if (wall_clock <= 0 || !gmtime_r(&second, &parts))
        return;
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
    strftime(machine, sizeof machine, "%Y-%m-%dT%H:%M:%SZ", &parts);
    html_open(html, "div", (char *)NULL);
    html_open(html, "dt", (char *)NULL);
    html_either(html, "Date", "実施日時");
    html_close(html);
    html_open(html, "dd", (char *)NULL);
    html_element(html, "time", text, "datetime", machine, (char *)NULL);
    html_close(html);
    html_close(html);
}

static void write_facts(struct html *html, const struct report_context *context)
{
    const struct run_options *options = context->options;
    const struct run_results *results = context->results;
    html_open(html, "dl", "class", "facts", (char *)NULL);
    write_date(html, results->wall_clock);
    write_mode(html, options);
    format_fact(html, "Limit for each wait", "送信側の監視時間", "%g s",
                (double)options->timeout / (double)USEC_PER_SEC);
    format_fact(html, "Pace of the centre", "センターの時間の速さ", "\xc3\x97%g", options->pace);
    format_fact(html, "Seed", "乱数の種", "%llu", (unsigned long long)options->seed);
    format_fact(html, "Took", "所要時間", "%.2f s", (double)results->wall / (double)USEC_PER_SEC);
    html_fact(html, "Suite version", "試験スイートの版", context->version);
    format_fact(html, "Hash of the suite", "スイートのハッシュ値", "%016llx",
                (unsigned long long)options->suite->hash);
    if (run_mode(options) == RUN_VIRTUAL)
        format_fact(html, "Hash of the transcripts", "交信記録のハッシュ値", "%016llx",
                    (unsigned long long)results->transcript_hash);
    if (context->shards > 1)
        format_fact(html, "Part", "分割", "%u / %u", context->shard, context->shards);
    html_close(html);
}

/* As a shell would read it. */
static bool quoted(struct buf *buf, const char *word)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+:=,@%";
    if (*word && strspn(word, plain) == strlen(word))
        return buf_append_string(buf, word);
    bool good = buf_append_octet(buf, '\'');
    for (; good && *word; word++)
        good =
            *word == '\'' ? buf_append_string(buf, "'\\''") : buf_append_octet(buf, (uint8_t)*word);
    return good && buf_append_octet(buf, '\'');
}

static void write_repeat(struct html *html, char *const *repeat)
{
    struct buf buf = BUF_INIT(0);
    bool good = true;
    if (!repeat)
        return;
    for (char *const *word = repeat; good && *word; word++)
        good = (word == repeat || buf_append_octet(&buf, ' ')) && quoted(&buf, *word);
    html_open(html, "div", "class", "repeat", (char *)NULL);
    html_open(html, "p", (char *)NULL);
    html_either(html, "This run again:", "同じ条件での再実行:");
    html_close(html);
    html_open(html, "pre", "tabindex", "0", (char *)NULL);
    html_open(html, "code", (char *)NULL);
    if (good && buf.count > 0)
        html_text_of(html, (const char *)buf.at, buf.count);
    html->failed = html->failed || !good;
    html_close(html);
    html_close(html);
    html_close(html);
    buf_free(&buf);
}

void dossier_head(struct dossier *dossier)
{
    struct html *html = &dossier->html;
    const struct report_context *context = dossier->context;
    bool conforms = report_conforms(context->results);
    html_open(html, "header", (char *)NULL);
    html_open(html, "p", "class", "over", (char *)NULL);
    html_either(html, "NACCS mail centre: conformance of an SMTP sender",
                "NACCSメールセンター SMTP送信側の適合試験");
    html_close(html);
    html_open(html, "h1", (char *)NULL);
    html_text(html, context->client_name);
    if (context->client_version && *context->client_version)
        html_element(html, "small", context->client_version, (char *)NULL);
    html_close(html);
    html_open(html, "p", "class", conforms ? "verdict pass" : "verdict fail", (char *)NULL);
    html_pair(html, report_overall(context->results));
    html_close(html);
    write_numbers(html, context->results);
    write_facts(html, context);
    write_repeat(html, context->repeat);
    html_close(html);
}

bool report_html(FILE *stream, const struct report_context *context)
{
    struct report_matrix matrix;
    struct dossier dossier = {.context = context, .matrix = &matrix};
    struct buf title = BUF_INIT(0);
    if (!report_matrix_make(context, &matrix))
        return false;
    bool good = buf_format(&title, "%s \xc2\xb7 NACCS SMTP", context->client_name) &&
                buf_append_octet(&title, '\0') &&
                html_page_begin(&dossier.html, stream, (const char *)title.at, context->language);
    if (good) {
        dossier_head(&dossier);
        html_open(&dossier.html, "main", (char *)NULL);
        dossier_matrix(&dossier);
        dossier_cases(&dossier);
        html_close(&dossier.html);
        good = html_page_end(&dossier.html, context->version);
    }
    buf_free(&title);
    report_matrix_free(&matrix);
    return good;
}
