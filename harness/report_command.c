#include "harness/report_command.h"
#include "harness/help.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/compare.h"
#include "harness/report_mask.h"
#include "harness/report_secrets.h"

enum { STATUS_GOOD = 0, STATUS_AGAINST = 1, STATUS_USAGE = 2, STATUS_HARNESS = 3 };

/* What to make of the files. */
enum task { TASK_GUESS, TASK_MERGE, TASK_COMPARE, TASK_GRID };

struct reporting {
    void (*fault)(void *owner, const char *text);
    void *owner;
    enum task task;
    const char **reports; /* FORMAT:FILE */
    size_t report_count;
    enum language language;
    bool unmasked, addresses, quiet, verbose, help;
    struct report_file *files;
    size_t file_count;
};

static void tell(const struct reporting *reporting, const char *text)
{
    if (reporting->fault)
        reporting->fault(reporting->owner, text);
}

enum {
    OPTION_REPORT = 256,
    OPTION_MERGE,
    OPTION_COMPARE,
    OPTION_GRID,
    OPTION_LANGUAGE,
    OPTION_UNMASKED,
    OPTION_ADDRESSES
};

static const struct option table[] = {
    {"report", required_argument, NULL, OPTION_REPORT},
    {"merge", no_argument, NULL, OPTION_MERGE},
    {"compare", no_argument, NULL, OPTION_COMPARE},
    {"grid", no_argument, NULL, OPTION_GRID},
    {"language", required_argument, NULL, OPTION_LANGUAGE},
    {"unmasked", no_argument, NULL, OPTION_UNMASKED},
    {"mask-addresses", no_argument, NULL, OPTION_ADDRESSES},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static bool take_report(struct reporting *reporting, const char *text)
{
    struct problem problem;
    if (!report_check(text, &problem)) {
        tell(reporting, problem.text);
        return false;
    }
    reporting->reports[reporting->report_count++] = text;
    return true;
}

static bool take_option(struct reporting *reporting, int option, const char *text)
{
    switch (option) {
    case OPTION_REPORT:
        return take_report(reporting, text);
    case OPTION_MERGE:
        reporting->task = TASK_MERGE;
        return true;
    case OPTION_COMPARE:
        reporting->task = TASK_COMPARE;
        return true;
    case OPTION_GRID:
        reporting->task = TASK_GRID;
        return true;
    case OPTION_LANGUAGE:
        if (language_of(text, &reporting->language))
            return true;
        tell(reporting, "report: --language: expected en or ja");
        return false;
    case OPTION_UNMASKED:
        return reporting->unmasked = true;
    case OPTION_ADDRESSES:
        return reporting->addresses = true;
    case 'q':
        return reporting->quiet = true;
    case 'v':
        return reporting->verbose = true;
    case 'h':
        return reporting->help = true;
    }
    return false; /* getopt has said why */
}

static bool read_files(struct reporting *reporting, char **paths, size_t count)
{
    reporting->files = calloc(count + 1, sizeof *reporting->files);
    if (!reporting->files) {
        tell(reporting, "no memory");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct problem problem;
        if (!report_read(paths[i], &reporting->files[i], &problem)) {
            tell(reporting, problem.text);
            return false;
        }
        reporting->file_count++;
    }
    return true;
}

/* What the files themselves say that they are. */
static enum task task_of(const struct reporting *reporting)
{
    bool parts = reporting->file_count > 1;
    for (size_t i = 0; i < reporting->file_count; i++)
        parts = parts && report_is_part(&reporting->files[i]);
    if (reporting->task != TASK_GUESS)
        return reporting->task;
    if (parts || reporting->file_count == 1)
        return TASK_MERGE;
    return reporting->file_count == 2 ? TASK_COMPARE : TASK_GRID;
}

static bool is_colourful(void)
{
    const char *no_colour = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !(no_colour && *no_colour);
}

static bool to_standard_output(const struct reporting *reporting)
{
    for (size_t i = 0; i < reporting->report_count; i++)
        if (report_is_standard_output(reporting->reports[i]))
            return true;
    return false;
}

/* A file may hold passwords that are not asked for now. */
static bool mask_secrets(const struct reporting *reporting)
{
    for (size_t i = 0; !reporting->unmasked && i < reporting->file_count; i++)
        if (!report_mask_secrets(&reporting->files[i].results))
            return false;
    return true;
}

/* The reports that were asked for, and the one for the terminal where none goes there. */
static bool write_run(const struct reporting *reporting, const struct report_context *context)
{
    bool good = true;
    for (size_t i = 0; i < reporting->report_count; i++) {
        struct problem problem;
        if (report_to_file(reporting->reports[i], context, &problem))
            continue;
        tell(reporting, problem.text);
        good = false;
    }
    if (reporting->quiet || to_standard_output(reporting))
        return good;
    if (report_text(stdout, context) && fflush(stdout) == 0)
        return good;
    tell(reporting, "standard output cannot be written");
    return false;
}

static bool mask_files(const struct reporting *reporting)
{
    for (size_t i = 0; reporting->addresses && i < reporting->file_count; i++) {
        struct report_file *file = &reporting->files[i];
        struct report_context masked;
        if (!report_mask_results(&file->results) ||
            !report_mask_context(&file->context, file->arena, &file->options, &masked))
            return false;
        file->context = masked;
    }
    return true;
}

static int show_run(struct reporting *reporting)
{
    struct report_file *file = &reporting->files[0];
    bool good = mask_secrets(reporting) && mask_files(reporting);
    file->context.language = reporting->language;
    file->context.colour = is_colourful();
    file->context.verbose = reporting->verbose;
    file->context.unmasked = reporting->unmasked;
    if (!good)
        tell(reporting, "no memory");
    good = good && write_run(reporting, &file->context);
    return !good ? STATUS_HARNESS : report_conforms(&file->results) ? STATUS_GOOD : STATUS_AGAINST;
}

struct comparing {
    const struct comparison *comparison;
    bool grid;
    enum language language;
    bool (*write)(FILE *stream, const struct comparison *comparison, bool grid,
                  enum language language);
};

static bool write_comparison(FILE *stream, const void *owner)
{
    const struct comparing *comparing = owner;
    return comparing->write(stream, comparing->comparison, comparing->grid, comparing->language);
}

/* "text:FILE" -> what writes it, and FILE; false where a comparison has no such form. */
static bool form_of(const char *format_and_file, struct comparing *comparing, const char **file)
{
    size_t count = strcspn(format_and_file, ":");
    *file = format_and_file + count + 1;
    if (count == 4 && strncmp(format_and_file, "text", 4) == 0)
        comparing->write = compare_text;
    else if (count == 4 && strncmp(format_and_file, "html", 4) == 0)
        comparing->write = compare_html;
    else if (count == 8 && strncmp(format_and_file, "markdown", 8) == 0)
        comparing->write = compare_markdown;
    else
        return false;
    return true;
}

static bool forms_are_known(const struct reporting *reporting)
{
    struct comparing comparing;
    const char *file;
    for (size_t i = 0; i < reporting->report_count; i++) {
        if (form_of(reporting->reports[i], &comparing, &file))
            continue;
        tell(reporting, "report: a comparison is text, html or markdown");
        return false;
    }
    return true;
}

static bool write_comparisons(const struct reporting *reporting,
                              const struct comparison *comparison, bool grid)
{
    struct comparing comparing = {comparison, grid, reporting->language, compare_text};
    bool good = true;
    for (size_t i = 0; i < reporting->report_count; i++) {
        struct problem problem;
        const char *file;
        if (form_of(reporting->reports[i], &comparing, &file) &&
            report_deliver(file, &(struct report_writer){write_comparison, &comparing}, &problem))
            continue;
        tell(reporting, problem.text);
        good = false;
    }
    if (reporting->quiet || to_standard_output(reporting))
        return good;
    if (compare_text(stdout, comparison, grid, reporting->language) && fflush(stdout) == 0)
        return good;
    tell(reporting, "standard output cannot be written");
    return false;
}

static int show_comparison(const struct reporting *reporting, bool grid)
{
    struct comparison comparison;
    if (!forms_are_known(reporting))
        return STATUS_USAGE;
    if (!mask_secrets(reporting) || !mask_files(reporting) ||
        !compare_make(reporting->files, reporting->file_count, &comparison)) {
        tell(reporting, "no memory");
        return STATUS_HARNESS;
    }
    bool written = write_comparisons(reporting, &comparison, grid);
    bool worse = !grid && comparison.cases.changes[COMPARE_WORSE] > 0;
    compare_free(&comparison);
    return !written ? STATUS_HARNESS : worse ? STATUS_AGAINST : STATUS_GOOD;
}

static int show(struct reporting *reporting)
{
    enum task task = task_of(reporting);
    struct problem problem;
    switch (task) {
    case TASK_MERGE:
        if (reporting->file_count == 1 && reporting->task != TASK_MERGE)
            return show_run(reporting);
        if (report_merge(reporting->files, reporting->file_count, &problem))
            return show_run(reporting);
        tell(reporting, problem.text);
        return STATUS_USAGE;
    case TASK_COMPARE:
        if (reporting->file_count == 2)
            return show_comparison(reporting, false);
        tell(reporting, "report: --compare takes two files, the older one first");
        return STATUS_USAGE;
    case TASK_GRID:
        return show_comparison(reporting, true);
    case TASK_GUESS:
        break;
    }
    return STATUS_USAGE;
}

static void reporting_free(struct reporting *reporting)
{
    for (size_t i = 0; i < reporting->file_count; i++)
        report_file_free(&reporting->files[i]);
    free(reporting->files);
    free(reporting->reports);
}

int report_command(int argc, char **argv, void (*fault)(void *owner, const char *text), void *owner)
{
    struct reporting reporting = {.fault = fault,
                                  .owner = owner,
                                  .language = language_of_environment(),
                                  .reports = calloc((size_t)argc + 1, sizeof *reporting.reports)};
    int status = STATUS_USAGE;
    bool good = reporting.reports != NULL;
    optind = 0; /* from the beginning (glibc) */
    for (int option; good && (option = getopt_long(argc, argv, "qvh", table, NULL)) != -1;)
        good = take_option(&reporting, option, optarg);
    if (good && reporting.help)
        status = help_write(stdout, "report") ? STATUS_GOOD : STATUS_HARNESS;
    else if (good && optind >= argc)
        tell(&reporting, "report: expected at least one JSON report; --help tells more");
    else if (good && read_files(&reporting, argv + optind, (size_t)(argc - optind)))
        status = show(&reporting);
    reporting_free(&reporting);
    return status;
}
