#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/arguments.h"
#include "harness/coverage.h"
#include "harness/explore_command.h"
#include "harness/field_command.h"
#include "harness/finish.h"
#include "harness/help.h"
#include "harness/import.h"
#include "harness/pages.h"
#include "harness/progress.h"
#include "harness/repeat.h"
#include "harness/report.h"
#include "harness/report_command.h"
#include "harness/report_resume.h"
#include "harness/report_secrets.h"
#include "wire/buf.h"

static int no_output(void)
{
    tell(NULL, "standard output cannot be written");
    return EXIT_HARNESS;
}

static bool load(const char *program, const char *const *paths, size_t count, const char *centre,
                 uint64_t seed, struct suite *suite)
{
    const struct suite_options options = {.paths = paths,
                                          .path_count = count,
                                          .program = program,
                                          .centre = centre,
                                          .seed = seed,
                                          .fault = tell};
    return suite_load(&options, suite);
}

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
                     : no_output();
    } else {
        status = run_selected(options, suite, &selection);
    }
    selection_free(&selection);
    return status;
}

static int command_run(const char *program, int argc, char **argv)
{
    struct arguments options;
    struct suite suite;
    int status = EXIT_USAGE;
    if (arguments_read(argc, argv, &options, tell, NULL) != ARGUMENTS_OK) {
        tell(NULL, "naccs-harness run --help tells how to use it");
    } else if (options.help) {
        status = help_write(stdout, "run") ? EXIT_CONFORMS : no_output();
    } else if (load(program, options.paths, options.path_count, options.centre, options.run.seed,
                    &suite)) {
        status = run_suite_of(&options, &suite);
        suite_free(&suite);
    }
    arguments_free(&options);
    return status;
}

/* What list and explain are told. */
struct page_options {
    bool requirements, strict; /* of list */
    enum language language;
    const char *const *ids; /* what is no option: the rest of argv, the options moved out */
    size_t count;
};

/* Puts what is no option in front of argv, in its order. False: a fault was told. */
static bool read_page_options(int argc, char **argv, struct page_options *options)
{
    int kept = 1;
    *options = (struct page_options){.language = language_of_environment()};
    for (int i = 1; i < argc; i++) {
        static const char named[] = "--language";
        size_t count = sizeof named - 1;
        bool language = strncmp(argv[i], named, count) == 0;
        const char *value = language && argv[i][count] == '='             ? argv[i] + count + 1
                            : language && !argv[i][count] && i + 1 < argc ? argv[++i]
                                                                          : NULL;
        if (value ? language_of(value, &options->language) : argv[i][0] != '-') {
            if (!value)
                argv[kept++] = argv[i];
        } else if (strcmp(argv[i], "--requirements") == 0) {
            options->requirements = true;
        } else if (strcmp(argv[i], "--strict") == 0) {
            options->strict = true;
        } else {
            struct problem problem;
            problem_set(&problem, "%s: found \"%.200s\", expected %s--language en|ja, %s", argv[0],
                        argv[i], strcmp(argv[0], "list") == 0 ? "--requirements, --strict, " : "",
                        strcmp(argv[0], "list") == 0 ? "scenario files or folders" : "an id");
            tell(NULL, problem.text);
            return false;
        }
    }
    options->ids = (const char *const *)argv + 1;
    options->count = (size_t)kept - 1;
    return true;
}

static int list_requirements(const struct suite *suite, const struct page_options *options)
{
    struct suite_defects defects;
    struct problem problem;
    bool complete;
    if (!suite_defects_load(suite, &defects, &problem)) {
        tell(NULL, problem.text);
        return EXIT_USAGE;
    }
    bool good =
        coverage_page(stdout, suite, &defects, options->language, &complete) && fflush(stdout) == 0;
    suite_defects_free(&defects);
    if (!good)
        return no_output();
    return options->strict && !complete ? EXIT_FAILS : EXIT_CONFORMS;
}

static int list_cases(const struct suite *suite, enum language language)
{
    struct selection selection;
    struct problem problem;
    if (!select_cases(suite, &(struct select_options){0}, &selection, &problem))
        return no_output();
    bool good = page_cases(stdout, suite, &selection, language) && fflush(stdout) == 0;
    selection_free(&selection);
    return good ? EXIT_CONFORMS : no_output();
}

static int command_list(const char *program, int argc, char **argv)
{
    struct page_options options;
    struct suite suite;
    if (!read_page_options(argc, argv, &options) ||
        !load(program, options.ids, options.count, NULL, DEFAULT_SEED, &suite))
        return EXIT_USAGE;
    int status = options.requirements ? list_requirements(&suite, &options)
                                      : list_cases(&suite, options.language);
    suite_free(&suite);
    return status;
}

static int command_validate(const char *program, int argc, char **argv)
{
    int status = EXIT_CONFORMS;
    if (argc < 2) {
        tell(NULL, "validate: expected at least one FILE");
        return EXIT_USAGE;
    }
    for (int i = 1; i < argc; i++) {
        struct suite suite;
        if (!load(program, (const char *const *)argv + i, 1, NULL, DEFAULT_SEED, &suite)) {
            status = EXIT_USAGE;
            continue;
        }
        printf("%s: valid, %zu case%s\n", argv[i], suite.case_count,
               suite.case_count == 1 ? "" : "s");
        suite_free(&suite);
    }
    return fflush(stdout) == 0 ? status : no_output();
}

/* One line: the id, and those that it may have meant. */
static void tell_unknown(const struct suite *suite, const char *id)
{
    const char *nearest[5];
    struct problem problem;
    char list[300] = "";
    size_t count = explain_nearest(suite, id, nearest, sizeof nearest / sizeof *nearest);
    for (size_t i = 0, length = 0; i < count && length < sizeof list; i++)
        length += (size_t)snprintf(list + length, sizeof list - length, "%s%s",
                                   i > 0 ? ", " : "; the nearest: ", nearest[i]);
    problem_set(&problem,
                "explain: no case and no requirement has the id \"%.100s\"%s (`naccs-harness list` "
                "and `list --requirements` name them all)",
                id, list);
    tell(NULL, problem.text);
}

static int command_explain(const char *program, int argc, char **argv)
{
    struct page_options options;
    struct suite suite;
    if (!read_page_options(argc, argv, &options))
        return EXIT_USAGE;
    if (options.count != 1 || options.requirements || options.strict) {
        tell(NULL, "explain: expected the id of one case or requirement");
        return EXIT_USAGE;
    }
    if (!load(program, NULL, 0, NULL, DEFAULT_SEED, &suite))
        return EXIT_USAGE;
    enum page_status status = page_explain(stdout, &suite, options.ids[0], options.language);
    if (status == PAGE_UNKNOWN)
        tell_unknown(&suite, options.ids[0]);
    suite_free(&suite);
    switch (status) {
    case PAGE_OK:
        return fflush(stdout) == 0 ? EXIT_CONFORMS : no_output();
    case PAGE_UNKNOWN:
        return EXIT_USAGE;
    case PAGE_FAILED:
        break;
    }
    return no_output();
}

static int command_schema(const char *program, int argc, char **argv)
{
    (void)program;
    (void)argv;
    if (argc != 1) {
        tell(NULL, "schema: takes no argument");
        return EXIT_USAGE;
    }
    return scenario_schema_write(stdout) && fflush(stdout) == 0 ? EXIT_CONFORMS : no_output();
}

static int command_explore(const char *program, int argc, char **argv)
{
    struct suite suite;
    struct explore_command command;
    int status = EXIT_USAGE;
    if (!explore_command_read(argc, argv, &command, tell, NULL)) {
        tell(NULL, "naccs-harness explore --help tells how to use it");
    } else if (command.arguments.help) {
        status = help_write(stdout, "explore") ? EXIT_CONFORMS : no_output();
    } else if (load(program, NULL, 0, NULL, 0, &suite)) {
        status = explore_command_run(&command, program, &suite, tell, NULL);
        suite_free(&suite);
    }
    explore_command_free(&command);
    return status;
}

static int command_report(const char *program, int argc, char **argv)
{
    (void)program;
    return report_command(argc, argv, tell, NULL);
}

static int command_help(const char *program, int argc, char **argv)
{
    (void)program;
    (void)argc;
    (void)argv;
    return help_write(stdout, "") ? EXIT_CONFORMS : no_output();
}

static int command_version(const char *program, int argc, char **argv)
{
    (void)program;
    (void)argc;
    (void)argv;
    printf("naccs-harness %s\n", NACCS_VERSION);
    return fflush(stdout) == 0 ? EXIT_CONFORMS : no_output();
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const char *program, int argc, char **argv);
    } commands[] = {
        {"run", command_run},           {"list", command_list},
        {"validate", command_validate}, {"explain", command_explain},
        {"schema", command_schema},     {"import", import_command},
        {"check", field_command_check}, {"explore", command_explore},
        {"report", command_report},     {"--help", command_help},
        {"-h", command_help},           {"help", command_help},
        {"--version", command_version},
    };
    signal(SIGPIPE, SIG_IGN);
    if (argc == 3 && strcmp(argv[2], "--help") == 0 && help_has(argv[1]))
        return help_write(stdout, argv[1]) ? EXIT_CONFORMS : no_output();
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argv[0], argc - 1, argv + 1);
    tell(NULL, "expected run, list, validate, explain, import, check, explore, report or schema; "
               "--help tells more");
    return EXIT_USAGE;
}
