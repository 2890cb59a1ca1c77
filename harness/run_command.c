#include "harness/run_command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/arguments.h"
#include "harness/finish.h"
#include "harness/help.h"
#include "harness/pages.h"
#include "harness/progress.h"
#include "harness/report.h"
#include "harness/report_resume.h"
#include "harness/report_secrets.h"
#include "wire/buf.h"

/* The command as one line, for headings. To be freed. */
static char *client_name(const struct run_options *options)
{
    if (options->profile.name[0])
        return strdup(options->profile.name);
    if (run_mode(options) == RUN_ATTACHED)
        return strdup("attached sender");
    if (!options->command)
        return strdup("naccs-client (reference, in process)");
    struct buf buf = BUF_INIT(0);
    bool good = true;
    for (char *const *word = options->command; good && *word; word++)
        good = (word == options->command || buf_append_octet(&buf, ' ')) &&
               buf_append_string(&buf, *word);
    if (good && buf_append_octet(&buf, '\0'))
        return (char *)buf.at;
    buf_free(&buf);
    return NULL;
}

/* What the profile says; our own client's is known. */
static const char *client_version(const struct run_options *options)
{
    if (options->profile.version && options->profile.version[0])
        return options->profile.version;
    return run_mode(options) == RUN_VIRTUAL ? NACCS_VERSION : NULL;
}

/* A run that is under way. */
struct running {
    struct progress progress;
    const struct arguments *options;
    struct report_context context;
    bool unsaved; /* it could not be saved, and that was told */
};

static void begun(void *owner, const struct suite_case *test)
{
    progress_begun(&((struct running *)owner)->progress, test);
}

static void ended(void *owner, const struct run_case *result, size_t done, size_t total)
{
    progress_ended(&((struct running *)owner)->progress, result, done, total);
}

/* Keeps the results where --resume finds them. */
static void save(void *owner, const struct run_results *results)
{
    struct running *running = owner;
    struct problem problem;
    char *place = NULL;
    running->context.results = results;
    bool good = asprintf(&place, "json:%s", running->options->resume) >= 0;
    /* The run's own results, which it lets nobody else change: what is masked stays so. */
    if (good && !running->options->unmasked)
        good = report_mask_secrets((struct run_results *)results);
    if (!good)
        problem_set(&problem, "--resume: no memory");
    else
        good = report_to_file(place, &running->context, &problem);
    if (!good && !running->unsaved)
        tell(NULL, problem.text);
    running->unsaved = !good;
    if (place)
        free(place);
}

/* Who is told what to send now: with a program that sends, --quiet spares it. */
static void prepare_attached(struct run_options *run, const struct arguments *options)
{
    struct run_attach *attach = &run->attach;
    if (!options->quiet || (!attach->hook && !attach->submit))
        attach->tell = say;
    attach->keys = isatty(STDIN_FILENO) ? STDIN_FILENO : -1;
}

static bool take_earlier(struct run_options *run, const char *file)
{
    struct problem problem;
    size_t count;
    char text[96];
    run->earlier = calloc(run->selected_count, sizeof *run->earlier);
    if (!run->earlier) {
        tell(NULL, "no memory");
        return false;
    }
    if (!report_resume(file, run, run->earlier, &count, &problem)) {
        tell(NULL, problem.text);
        return false;
    }
    snprintf(text, sizeof text, "%zu of %zu cases have a verdict from before", count,
             run->selected_count);
    if (count > 0 && run->attach.tell)
        say(NULL, text);
    run->save = save;
    return true;
}

/* With what was seen in the field, where that stands beside the scenario. */
static void compare_traces(struct run_results *results)
{
    size_t compared = 0;
    for (size_t i = 0; i < results->count; i++) {
        struct run_case *result = &results->cases[i];
        const char *scenario = result->test->scenario->file;
        char *file = scenario && result->transcript ? sender_trace_file(scenario) : NULL;
        struct problem problem;
        if (file && access(file, F_OK) == 0) {
            compared++;
            result->trace = sender_trace_compare(file, result->transcript, &problem);
            if (!result->trace)
                tell(NULL, problem.text);
        }
        free(file);
    }
    if (compared == 0)
        tell(NULL, "--client-trace: no scenario here has what was seen in the field beside it "
                   "(naccs-harness import writes CASE.trace.jsonl)");
}

static int run_and_report(struct run_options *run, const struct arguments *options,
                          const struct selection *selection)
{
    const char *no_colour = getenv("NO_COLOR");
    char *name = client_name(run);
    struct run_results results;
    struct problem problem;
    struct running running = {
        .options = options,
        .context = {.options = run,
                    .version = NACCS_VERSION,
                    .client_name = name ? name : "",
                    .client_version = client_version(run),
                    .repeat = options->repeat.words,
                    .shard = options->shard,
                    .shards = options->shards,
                    .whole = selection->whole,
                    .language = options->language,
                    .colour = isatty(STDOUT_FILENO) && !(no_colour && *no_colour),
                    .verbose = options->verbose,
                    .unmasked = options->unmasked},
    };
    bool terminal = isatty(STDERR_FILENO) && !options->quiet && !run->attach.tell;
    run->begun = begun;
    run->progress = ended;
    run->owner = &running;
    progress_begin(&running.progress, terminal ? stderr : NULL, run->selected_count,
                   options->language);
    bool could = run_suite(run, &results, &problem);
    progress_end(&running.progress);
    int status = EXIT_HARNESS;
    if (could) {
        if (options->client_trace)
            compare_traces(&results);
        if (run->save)
            run->save(run->owner, &results);
        bool written = finish_reports(options, &running.context, &results);
        status = finish_status(&results, written && !running.unsaved);
        run_results_free(&results);
    } else {
        tell(NULL, problem.text);
    }
    free(name);
    return status;
}

static int run_selected(const struct arguments *options, const struct suite *suite,
                        const struct selection *selection)
{
    struct run_options run = options->run;
    run.suite = suite;
    run.selected = selection->at;
    run.selected_count = selection->count;
    run.known = selection->known;
    if (run_mode(&run) == RUN_ATTACHED)
        prepare_attached(&run, options);
    int status = EXIT_USAGE;
    struct problem problem;
    if (options->kept_messages &&
        !suite_write_made(suite, options->kept_messages, true, &problem)) {
        tell(NULL, problem.text);
        return EXIT_HARNESS;
    }
    if (!options->resume || take_earlier(&run, options->resume))
        status = run_and_report(&run, options, selection);
    if (run.earlier)
        report_resume_free(run.earlier, run.selected_count);
    free(run.earlier);
    return status;
}

static int run_suite_of(const struct arguments *options, const struct suite *suite)
{
    const struct select_options choice = {
        .only = options->only,
        .only_count = options->only_count,
        .skip = options->skip,
        .skip_count = options->skip_count,
        .shard = options->shard,
        .shards = options->shards,
        .known_failing = options->known_failing,
    };
    struct selection selection;
    struct problem problem;
    int status;
    if (!select_cases(suite, &choice, &selection, &problem)) {
        tell(NULL, problem.text);
        return EXIT_USAGE;
    }
    if (selection.count == 0) {
        tell(NULL, "no case is selected");
        status = EXIT_USAGE;
    } else if (options->list) {
        status = page_cases(stdout, suite, &selection, options->language) && fflush(stdout) == 0
                     ? EXIT_CONFORMS
                     : finish_no_output();
    } else {
        status = run_selected(options, suite, &selection);
    }
    selection_free(&selection);
    return status;
}

int run_command(const char *program, int argc, char **argv)
{
    struct arguments options;
    struct suite suite;
    int status = EXIT_USAGE;
    if (arguments_read(argc, argv, &options, tell, NULL) != ARGUMENTS_OK) {
        tell(NULL, "naccs-harness run --help tells how to use it");
    } else if (options.help) {
        status = help_write(stdout, "run") ? EXIT_CONFORMS : finish_no_output();
    } else {
        const struct suite_options wanted = {.paths = options.paths,
                                             .path_count = options.path_count,
                                             .program = program,
                                             .centre = options.centre,
                                             .seed = options.run.seed,
                                             .fault = tell};
        if (suite_load(&wanted, &suite)) {
            status = run_suite_of(&options, &suite);
            suite_free(&suite);
        }
    }
    arguments_free(&options);
    return status;
}
