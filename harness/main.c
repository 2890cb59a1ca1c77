#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/coverage.h"
#include "harness/explore_command.h"
#include "harness/field_command.h"
#include "harness/finish.h"
#include "harness/help.h"
#include "harness/import.h"
#include "harness/pages.h"
#include "harness/report_command.h"
#include "harness/run_command.h"

static bool load(const char *program, const char *const *paths, size_t count, struct suite *suite)
{
    const struct suite_options options = {.paths = paths,
                                          .path_count = count,
                                          .program = program,
                                          .seed = DEFAULT_SEED,
                                          .fault = tell};
    return suite_load(&options, suite);
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
        return finish_no_output();
    return options->strict && !complete ? EXIT_FAILS : EXIT_CONFORMS;
}

static int list_cases(const struct suite *suite, enum language language)
{
    struct selection selection;
    struct problem problem;
    if (!select_cases(suite, &(struct select_options){0}, &selection, &problem))
        return finish_no_output();
    bool good = page_cases(stdout, suite, &selection, language) && fflush(stdout) == 0;
    selection_free(&selection);
    return good ? EXIT_CONFORMS : finish_no_output();
}

static int command_list(const char *program, int argc, char **argv)
{
    struct page_options options;
    struct suite suite;
    if (!read_page_options(argc, argv, &options) ||
        !load(program, options.ids, options.count, &suite))
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
        if (!load(program, (const char *const *)argv + i, 1, &suite)) {
            status = EXIT_USAGE;
            continue;
        }
        printf("%s: valid, %zu case%s\n", argv[i], suite.case_count,
               suite.case_count == 1 ? "" : "s");
        suite_free(&suite);
    }
    return fflush(stdout) == 0 ? status : finish_no_output();
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

/* Files may be called like requirements. */
static bool is_requirement(const char *id)
{
    size_t letters = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    size_t digits = id[letters] == '-' ? strspn(id + letters + 1, "0123456789") : 0;
    return letters > 0 && digits > 0 && id[letters + 1 + digits] == '\0';
}

static const char *only_case(const struct suite *suite)
{
    return suite->case_count == 1 ? suite->cases[0].scenario->id : NULL;
}

static void tell_which(const struct suite *suite, const char *path)
{
    struct problem problem;
    if (suite->case_count == 0)
        problem_set(&problem, "explain: no case is in %.200s", path);
    else
        problem_set(&problem,
                    "explain: %zu cases are in %.200s: name one (`naccs-harness explain %.100s "
                    "%.200s`, say)",
                    suite->case_count, path, suite->cases[0].scenario->id, path);
    tell(NULL, problem.text);
}

static int command_explain(const char *program, int argc, char **argv)
{
    struct page_options options;
    struct suite suite;
    if (!read_page_options(argc, argv, &options))
        return EXIT_USAGE;
    if (options.count < 1 || options.count > 2 || options.requirements || options.strict) {
        tell(NULL, "explain: expected the id of one case or requirement, and the file or folder of "
                   "the case where it is not of the suite");
        return EXIT_USAGE;
    }
    /* A file alone stands for the one case in it. */
    bool file =
        options.count == 1 && access(options.ids[0], F_OK) == 0 && !is_requirement(options.ids[0]);
    const char *const *paths = options.ids + (file ? 0 : 1);
    if (!load(program, paths, options.count - (file ? 0 : 1), &suite))
        return EXIT_USAGE;
    const char *id = file ? only_case(&suite) : options.ids[0];
    enum page_status status = PAGE_UNKNOWN;
    if (id)
        status = page_explain(stdout, &suite, id, options.language);
    else
        tell_which(&suite, options.ids[0]);
    if (id && status == PAGE_UNKNOWN)
        tell_unknown(&suite, id);
    suite_free(&suite);
    switch (status) {
    case PAGE_OK:
        return fflush(stdout) == 0 ? EXIT_CONFORMS : finish_no_output();
    case PAGE_UNKNOWN:
        return EXIT_USAGE;
    case PAGE_FAILED:
        break;
    }
    return finish_no_output();
}

static int command_schema(const char *program, int argc, char **argv)
{
    (void)program;
    (void)argv;
    if (argc != 1) {
        tell(NULL, "schema: takes no argument");
        return EXIT_USAGE;
    }
    return scenario_schema_write(stdout) && fflush(stdout) == 0 ? EXIT_CONFORMS
                                                                : finish_no_output();
}

static int command_explore(const char *program, int argc, char **argv)
{
    struct suite suite;
    struct explore_command command;
    int status = EXIT_USAGE;
    if (!explore_command_read(argc, argv, &command, tell, NULL)) {
        tell(NULL, "naccs-harness explore --help tells how to use it");
    } else if (command.arguments.help) {
        status = help_write(stdout, "explore") ? EXIT_CONFORMS : finish_no_output();
    } else if (load(program, NULL, 0, &suite)) {
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
    return help_write(stdout, "") ? EXIT_CONFORMS : finish_no_output();
}

static int command_version(const char *program, int argc, char **argv)
{
    (void)program;
    (void)argc;
    (void)argv;
    printf("naccs-harness %s\n", NACCS_VERSION);
    return fflush(stdout) == 0 ? EXIT_CONFORMS : finish_no_output();
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const char *program, int argc, char **argv);
    } commands[] = {
        {"run", run_command},           {"list", command_list},
        {"validate", command_validate}, {"explain", command_explain},
        {"schema", command_schema},     {"import", import_command},
        {"check", field_command_check}, {"explore", command_explore},
        {"report", command_report},     {"--help", command_help},
        {"-h", command_help},           {"help", command_help},
        {"--version", command_version},
    };
    signal(SIGPIPE, SIG_IGN);
    if (argc == 3 && strcmp(argv[2], "--help") == 0 && help_has(argv[1]))
        return help_write(stdout, argv[1]) ? EXIT_CONFORMS : finish_no_output();
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argv[0], argc - 1, argv + 1);
    tell(NULL, "expected run, list, validate, explain, import, check, explore, report or schema; "
               "--help tells more");
    return EXIT_USAGE;
}
