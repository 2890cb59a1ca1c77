#include "harness/import.h"

#include <stdlib.h>
#include <string.h>

#include "harness/finish.h"
#include "harness/help.h"
#include "mockserver/imitation.h"

struct importing {
    struct imitation *imitation;
    struct problem problem; /* why it could take no more */
    bool failed;
};

static bool take(void *owner, const struct field_connection *connection)
{
    struct importing *importing = owner;
    importing->failed = !imitation_take(importing->imitation, connection, &importing->problem);
    return !importing->failed;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int read_files(const struct import_arguments *arguments, struct importing *importing)
{
    const struct field_sink sink = {take, tell, importing};
    for (size_t i = 0; i < arguments->file_count; i++) {
        struct problem problem = {""};
        bool good = field_read(arguments->files[i], &arguments->choice, &sink, &problem);
        if (importing->failed || !good) {
            tell(NULL, importing->failed ? importing->problem.text : problem.text);
            return importing->failed ? EXIT_HARNESS : EXIT_USAGE;
        }
    }
    return EXIT_CONFORMS;
}

static int write_scenario(const struct import_arguments *arguments, struct imitation *imitation)
{
    struct imitation_numbers numbers;
    struct problem problem;
    if (!imitation_write(imitation, &numbers, &problem)) {
        tell(NULL, problem.text);
        return EXIT_HARNESS;
    }
    if (!arguments->quiet) {
        printf("%s: %u connection%s", arguments->output, numbers.connections,
               numbers.connections == 1 ? "" : "s");
        if (numbers.refused > 0)
            printf(", %u connect%s that failed", numbers.refused, numbers.refused == 1 ? "" : "s");
        printf(", %u message%s, %u rule%s\n", numbers.messages, numbers.messages == 1 ? "" : "s",
               numbers.rules, numbers.rules == 1 ? "" : "s");
    }
    return fflush(stdout) == 0 ? EXIT_CONFORMS : EXIT_HARNESS;
}

static int import_files(const struct import_arguments *arguments)
{
    const struct imitation_options options = {
        .file = arguments->output,
        .from = base_name(arguments->files[0]),
        .delay_least = arguments->delay_least,
        .unmasked = arguments->unmasked,
        .keeps_addresses = arguments->keeps_addresses,
        .note = tell,
    };
    struct importing importing = {.imitation = NULL};
    importing.imitation = imitation_new(&options, &importing.problem);
    if (!importing.imitation) {
        tell(NULL, importing.problem.text);
        return EXIT_HARNESS;
    }
    int status = read_files(arguments, &importing);
    if (status == EXIT_CONFORMS && imitation_is_empty(importing.imitation)) {
        tell(NULL, "import: there is no connection in what was given and chosen");
        status = EXIT_USAGE;
    } else if (status == EXIT_CONFORMS) {
        status = write_scenario(arguments, importing.imitation);
    }
    imitation_free(importing.imitation);
    return status;
}

int import_command(const char *program, int argc, char **argv)
{
    struct import_arguments arguments;
    int status = EXIT_USAGE;
    (void)program;
    if (!import_arguments_read(argc, argv, &arguments, tell, NULL))
        tell(NULL, "naccs-harness import --help tells how to use it");
    else if (arguments.help)
        status =
            help_write(stdout, "import") ? EXIT_CONFORMS : EXIT_HARNESS;
    else
        status = import_files(&arguments);
    import_arguments_free(&arguments);
    return status;
}
