/* JSON reports: any octets are either refused with words, or are shown in every form, and nothing
 * in them reaches a page, a terminal or XML as it is. */
#include <stdlib.h>

#include "harness/compare.h"
#include "tests/fuzz/fuzz.h"

struct text {
    char *at;
    size_t count;
};

static bool is_control(const struct text *text, size_t i)
{
    unsigned char octet = (unsigned char)text->at[i];
    return (octet < 0x20 && octet != '\n' && octet != '\t') || octet == 0x7f;
}

/* What a form is: plain text may say "<script", markup may not, and a page has one of its own. */
enum form { FORM_PLAIN, FORM_MARKUP, FORM_PAGE };

/* No control characters, and of scripts the one that is ours. */
static void check_text(const struct text *text, enum form form)
{
    size_t scripts = 0;
    for (size_t i = 0; i < text->count; i++) {
        FUZZ_REQUIRE(!is_control(text, i));
        scripts += text->count - i > 7 && memcmp(text->at + i, "<script", 7) == 0;
    }
    FUZZ_REQUIRE(form == FORM_PLAIN || scripts == (form == FORM_PAGE ? 1 : 0));
}

static void show(const struct report_context *context,
                 bool (*write)(FILE *stream, const struct report_context *context), enum form form)
{
    struct text text = {NULL, 0};
    FILE *stream = open_memstream(&text.at, &text.count);
    FUZZ_REQUIRE(stream && write(stream, context));
    fclose(stream);
    check_text(&text, form);
    free(text.at);
}

static void show_comparison(const struct comparison *comparison,
                            bool (*write)(FILE *stream, const struct comparison *comparison,
                                          bool grid, enum language language),
                            enum form form)
{
    for (int grid = 0; grid < 2; grid++) {
        struct text text = {NULL, 0};
        FILE *stream = open_memstream(&text.at, &text.count);
        FUZZ_REQUIRE(stream && write(stream, comparison, grid, LANGUAGE_JA));
        fclose(stream);
        check_text(&text, form);
        free(text.at);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct report_file files[2];
    struct problem problem = {""};
    if (!report_read_text((const char *)data, size, "fuzz.json", &files[0], &problem)) {
        FUZZ_REQUIRE(problem.text[0] != '\0' && !files[0].arena);
        return 0;
    }
    FUZZ_REQUIRE(report_read_text((const char *)data, size, "fuzz.json", &files[1], &problem));
    for (int language = LANGUAGE_EN; language <= LANGUAGE_JA; language++) {
        files[0].context.language = (enum language)language;
        show(&files[0].context, report_html, FORM_PAGE);
        show(&files[0].context, report_markdown, FORM_MARKUP);
        show(&files[0].context, report_text, FORM_PLAIN);
    }
    show(&files[0].context, report_junit, FORM_MARKUP);
    show(&files[0].context, report_json, FORM_PLAIN);
    show(&files[0].context, report_tap, FORM_PLAIN);
    struct comparison comparison;
    FUZZ_REQUIRE(compare_make(files, 2, &comparison));
    FUZZ_REQUIRE(comparison.cases.changes[COMPARE_WORSE] == 0);
    show_comparison(&comparison, compare_text, FORM_PLAIN);
    show_comparison(&comparison, compare_markdown, FORM_MARKUP);
    show_comparison(&comparison, compare_html, FORM_PAGE);
    compare_free(&comparison);
    report_merge(files, 2, &problem);
    report_file_free(&files[0]);
    report_file_free(&files[1]);
    return 0;
}
