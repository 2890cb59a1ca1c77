#include "harness/field_command.h"

#include <stdlib.h>
#include <unistd.h>

#include "harness/field_arguments.h"
#include "harness/field_check.h"
#include "harness/finish.h"
#include "harness/help.h"
#include "wire/buf.h"

/* The message files, read; octets are to be freed. */
static bool read_message(const char *file, struct check_message *message, struct problem *problem)
{
    enum { MOST = 64 * 1024 * 1024, STEP = 65536 };
    struct buf buf = BUF_INIT(MOST);
    FILE *stream = fopen(file, "rbe");
    uint8_t *at = NULL;
    size_t count = 1;
    while (stream && count > 0 && (at = buf_reserve(&buf, STEP))) {
        count = fread(at, 1, STEP, stream);
        buf.count += count;
    }
    bool good = stream && at && !ferror(stream);
    if (!good)
        problem_set(problem, "--message: %.200s cannot be read%s", file,
                    stream && !at ? ", it is too large" : "");
    if (stream)
        fclose(stream);
    if (!good)
        buf_free(&buf);
    else
        *message = (struct check_message){file, buf_octets(&buf)};
    return good;
}

static void free_messages(struct check_message *messages, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free((uint8_t *)(uintptr_t)messages[i].octets.at);
    free(messages);
}

static int report(const struct field_arguments *arguments, struct field_check *check)
{
    const char *no_colour = getenv("NO_COLOR");
    const struct arguments *common = &arguments->common;
    struct run_options run = common->run;
    struct suite suite;
    struct run_results *results = field_check_results(check, &suite);
    if (!results) {
        tell(NULL, "no memory");
        return EXIT_HARNESS;
    }
    run.suite = &suite;
    struct report_context context = {
        .options = &run,
        .results = results,
        .version = NACCS_VERSION,
        .client_name = run.profile.name[0] ? run.profile.name : "a sender seen in the field",
        .colour = isatty(STDOUT_FILENO) && !(no_colour && *no_colour),
        .verbose = common->verbose,
        .unmasked = common->unmasked,
        .language = common->language,
    };
    return finish_status(results, finish_reports(common, &context, results));
}

static int judge(const struct field_arguments *arguments, const struct suite *suite,
                 const struct check_message *messages)
{
    const struct field_check_options options = {
        .run = &arguments->common.run,
        .suite = suite,
        .choice = arguments->choice,
        .messages = messages,
        .message_count = arguments->message_count,
        .to = arguments->to,
        .to_count = arguments->to_count,
        .note = tell,
    };
    struct field_check *check = field_check_new(&options);
    int status = EXIT_HARNESS, worst = EXIT_CONFORMS;
    if (!check) {
        tell(NULL, "no memory");
        return EXIT_HARNESS;
    }
    for (size_t i = 0; i < arguments->common.path_count; i++) {
        struct problem problem;
        if (field_check_file(check, arguments->common.paths[i], &problem))
            continue;
        tell(NULL, problem.text);
        worst = EXIT_USAGE;
    }
    if (field_check_connections(check) == 0) {
        if (worst == EXIT_CONFORMS)
            tell(NULL, "check: there is no connection to judge in what was given");
        status = EXIT_USAGE;
    } else {
        status = report(arguments, check);
    }
    field_check_free(check);
    return worst == EXIT_USAGE ? EXIT_USAGE : status;
}

static int judge_with_messages(const struct field_arguments *arguments, const struct suite *suite)
{
    struct check_message *messages = calloc(arguments->message_count + 1, sizeof *messages);
    int status = EXIT_USAGE;
    size_t count = 0;
    struct problem problem = {"no memory"};
    while (messages && count < arguments->message_count &&
           read_message(arguments->messages[count], &messages[count], &problem))
        count++;
    if (messages && count == arguments->message_count)
        status = judge(arguments, suite, messages);
    else
        tell(NULL, problem.text);
    free_messages(messages, count);
    return status;
}

int field_command_check(const char *program, int argc, char **argv)
{
    struct field_arguments arguments;
    struct suite suite;
    int status = EXIT_USAGE;
    const struct suite_options whole = {.program = program, .fault = tell};
    if (field_arguments_read(argc, argv, &arguments, tell, NULL) != ARGUMENTS_OK) {
        tell(NULL, "naccs-harness check --help tells how to use it");
    } else if (arguments.common.help) {
        status = help_write(stdout, "check") ? EXIT_CONFORMS : EXIT_HARNESS;
    } else if (suite_load(&whole, &suite)) {
        status = judge_with_messages(&arguments, &suite);
        suite_free(&suite);
    }
    field_arguments_free(&arguments);
    return status;
}
