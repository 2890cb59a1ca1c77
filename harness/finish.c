#include "harness/finish.h"

#include <errno.h>

#include "harness/report_mask.h"
#include "harness/report_secrets.h"
#include "mockserver/arena.h"

void say(void *owner, const char *text)
{
    (void)owner;
    for (; *text; text++)
        fputc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, stderr);
    fputc('\n', stderr);
}

void tell(void *owner, const char *text)
{
    fputs("naccs-harness: ", stderr);
    say(owner, text);
}

int finish_no_output(void)
{
    /* Who reads it has read enough (head, a pager): nobody wants to hear of that. */
    if (errno != EPIPE)
        tell(NULL, "standard output cannot be written");
    return EXIT_HARNESS;
}

static bool write_reports(const struct arguments *options, const struct report_context *context)
{
    bool good = true, text = !options->quiet, taken = false;
    for (size_t i = 0; i < options->report_count; i++) {
        text = text && !report_is_text(options->reports[i]);
        taken = taken || report_is_standard_output(options->reports[i]);
    }
    for (size_t i = 0; i < options->report_count; i++) {
        struct problem problem;
        if (report_to_file(options->reports[i], context, &problem))
            continue;
        tell(NULL, problem.text);
        good = false;
    }
    FILE *terminal = taken ? stderr : stdout;
    if (text && (!report_text(terminal, context) || fflush(terminal) != 0)) {
        tell(NULL, "the report cannot be written");
        good = false;
    }
    return good;
}

bool finish_reports(const struct arguments *options, struct report_context *context,
                    struct run_results *results)
{
    struct run_options masked_run;
    struct report_context masked;
    context->results = results;
    if (!options->unmasked && !report_mask_secrets(results)) {
        tell(NULL, "no memory: no report is written");
        return false;
    }
    if (!options->mask_addresses)
        return write_reports(options, context);
    struct arena *arena = arena_new();
    bool good = arena && report_mask_results(results) &&
                report_mask_context(context, arena, &masked_run, &masked);
    if (!good)
        tell(NULL, "no memory: no report is written");
    good = good && write_reports(options, &masked);
    arena_free(arena);
    return good;
}

int finish_status(const struct run_results *results, bool written)
{
    if (!written || results->interrupted)
        return EXIT_HARNESS;
    if (results->failed > 0 || results->unexpected > 0)
        return EXIT_FAILS;
    return results->errors > 0 || results->open > 0 ? EXIT_HARNESS : EXIT_CONFORMS;
}
