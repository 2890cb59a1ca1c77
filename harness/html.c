#include "harness/html.h"

#include <libxml/entities.h>
#include <libxml/xmlerror.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report_common.h"

#define XML(string) ((const xmlChar *)(string))

bool html_begin(struct html *html, FILE *stream)
{
    xmlResetLastError();
    xmlOutputBufferPtr output = xmlOutputBufferCreateFile(stream, NULL);
    *html = (struct html){.stream = stream, .writer = output ? xmlNewTextWriter(output) : NULL};
    if (!html->writer) {
        xmlOutputBufferClose(output);
        return false;
    }
    html_own(html, OCTETS("<!DOCTYPE html>\n"));
    return true;
}

bool html_end(struct html *html)
{
    bool good = !html->failed && xmlTextWriterEndDocument(html->writer) >= 0 &&
                xmlTextWriterFlush(html->writer) >= 0;
    xmlFreeTextWriter(html->writer);
    html->writer = NULL;
    return good && !html_lacked_memory() && !ferror(html->stream);
}

bool html_lacked_memory(void)
{
    const xmlError *error = xmlGetLastError();
    return error && error->code != XML_ERR_OK;
}

static void note(struct html *html, int status)
{
    html->failed = html->failed || status < 0;
}

/* `text` made safe, with a NUL behind it, for the library. */
static bool make_safe(struct html *html, struct buf *safe, const char *text, size_t count)
{
    if (report_words(safe, text, count, true) && buf_append_octet(safe, '\0'))
        return true;
    html->failed = true;
    return false;
}

static void attributes(struct html *html, va_list names)
{
    for (const char *name; !html->failed && (name = va_arg(names, const char *));) {
        const char *value = va_arg(names, const char *);
        struct buf safe = BUF_INIT(0);
        if (value && make_safe(html, &safe, value, strlen(value)))
            note(html,
                 xmlTextWriterWriteAttribute(html->writer, XML(name), XML((const char *)safe.at)));
        buf_free(&safe);
    }
}

static void open(struct html *html, const char *name, va_list names)
{
    if (html->failed)
        return;
    note(html, xmlTextWriterStartElement(html->writer, XML(name)));
    attributes(html, names);
}

void html_open(struct html *html, const char *name, ...)
{
    va_list names;
    va_start(names, name);
    open(html, name, names);
    va_end(names);
}

void html_close(struct html *html)
{
    if (!html->failed)
        note(html, xmlTextWriterFullEndElement(html->writer));
}

void html_empty(struct html *html, const char *name, ...)
{
    va_list names;
    va_start(names, name);
    open(html, name, names);
    va_end(names);
    if (!html->failed)
        note(html, xmlTextWriterEndElement(html->writer));
}

void html_element(struct html *html, const char *name, const char *text, ...)
{
    va_list names;
    va_start(names, text);
    open(html, name, names);
    va_end(names);
    html_text(html, text);
    html_close(html);
}

void html_text_of(struct html *html, const char *text, size_t count)
{
    struct buf safe = BUF_INIT(0);
    if (!html->failed && make_safe(html, &safe, text, count)) {
        /* xmlTextWriterWriteString escapes inside of elements alone. */
        xmlChar *escaped = xmlEncodeSpecialChars(NULL, XML((const char *)safe.at));
        note(html, escaped ? xmlTextWriterWriteRaw(html->writer, escaped) : -1);
        xmlFree(escaped);
    }
    buf_free(&safe);
}

void html_text(struct html *html, const char *text)
{
    html_text_of(html, text, strlen(text));
}

char *html_printed(struct html *html, const char *format, va_list arguments)
{
    char *text = NULL;
    if (vasprintf(&text, format, arguments) >= 0)
        return text;
    html->failed = true;
    return NULL;
}

void html_format(struct html *html, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = html_printed(html, format, arguments);
    va_end(arguments);
    if (text)
        html_text(html, text);
    free(text);
}

void html_pair_as(struct html *html, const char *name, struct text_pair text)
{
    const char *en = text.en ? text.en : text.ja, *ja = text.ja ? text.ja : text.en;
    if (!en)
        return;
    /* Who reads aloud is told the language that it is in. */
    html_element(html, name, en, "lang", "en", (char *)NULL);
    html_element(html, name, ja, "lang", "ja", (char *)NULL);
}

void html_pair(struct html *html, struct text_pair text)
{
    html_pair_as(html, "span", text);
}

void html_either(struct html *html, const char *en, const char *ja)
{
    html_pair(html, (struct text_pair){en, ja});
}

void html_own(struct html *html, struct octets octets)
{
    if (!html->failed)
        note(html, xmlTextWriterWriteRawLen(html->writer, octets.at, (int)octets.count));
}
