#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/field_arguments.h"
#include "harness/import.h"

struct reading {
    struct import_arguments *arguments;
    void (*fault)(void *owner, const char *text);
    void *owner;
    bool wrong;
};

static void complain(struct reading *reading, const char *option, const char *found,
                     const char *expected)
{
    struct problem problem;
    problem_set(&problem, "import: %s: found \"%.200s\", expected %s", option, found, expected);
    reading->fault(reading->owner, problem.text);
    reading->wrong = true;
}

/* "5ms", "0", "1.5s" */
static bool read_delay(const char *text, usec *delay)
{
    char *end;
    errno = 0;
    double number = strtod(text, &end);
    double unit = strcmp(end, "ms") == 0 || strcmp(end, "") == 0 ? 1e3
                  : strcmp(end, "s") == 0                        ? 1e6
                  : strcmp(end, "us") == 0                       ? 1
                                                                 : 0;
    if (end == text || errno || unit == 0 || !(number >= 0 && number * unit <= 3.6e9))
        return false;
    *delay = (usec)(number * unit + 0.5);
    return true;
}

static bool read_port(const char *text, uint16_t *port)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    *port = (uint16_t)number;
    return *text >= '0' && *text <= '9' && !*end && number > 0 && number <= UINT16_MAX;
}

static void take_value(struct reading *reading, const char *option, const char *value)
{
    struct import_arguments *arguments = reading->arguments;
    struct field_choice *choice = &arguments->choice;
    if (strcmp(option, "-o") == 0 || strcmp(option, "--output") == 0) {
        arguments->output = value;
        if (!*value || strcmp(value, "-") == 0)
            complain(reading, option, value, "a file's name (messages are written beside it)");
    } else if (strcmp(option, "--connection") == 0) {
        free(arguments->connections);
        arguments->connections = NULL;
        if (!field_connections_read(value, &arguments->connections, &choice->connection_count))
            complain(reading, option, value, "numbers such as 1,3,7-9");
    } else if (strcmp(option, "--host") == 0) {
        choice->host = value;
    } else if (strcmp(option, "--port") == 0) {
        if (!read_port(value, &choice->port))
            complain(reading, option, value, "1 to 65535");
    } else if (strcmp(option, "--time") == 0) {
        if (!field_times_read(value, &choice->from, &choice->until))
            complain(reading, option, value, "FROM..UNTIL, such as 2026-11-25T22:45..");
    } else if (!read_delay(value, &arguments->delay_least)) {
        complain(reading, option, value, "a duration such as 5ms");
    }
}

static bool has_value(const char *option, size_t count)
{
    static const char *const options[] = {"-o",     "--output", "--connection", "--host",
                                          "--port", "--time",   "--min-delay"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strlen(options[i]) == count && strncmp(options[i], option, count) == 0)
            return true;
    return false;
}

static bool take_flag(struct import_arguments *arguments, const char *option)
{
    if (strcmp(option, "--unmasked") == 0)
        arguments->unmasked = true;
    else if (strcmp(option, "--keep-addresses") == 0)
        arguments->keeps_addresses = true;
    else if (strcmp(option, "--mask-addresses") == 0)
        arguments->keeps_addresses = false;
    else if (strcmp(option, "--quiet") == 0 || strcmp(option, "-q") == 0)
        arguments->quiet = true;
    else if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0)
        arguments->help = true;
    else
        return false;
    return true;
}

/* argv[at], and its value where that is the next one; returns the index of what was read last. */
static int take_option(struct reading *reading, int argc, char **argv, int at)
{
    const char *equals = strchr(argv[at], '=');
    size_t count = equals ? (size_t)(equals - argv[at]) : strlen(argv[at]);
    char name[32];
    if (count >= sizeof name || (!has_value(argv[at], count) && !equals)) {
        if (!take_flag(reading->arguments, argv[at]))
            complain(reading, "option", argv[at], "one of those that --help tells");
        return at;
    }
    memcpy(name, argv[at], count);
    name[count] = '\0';
    if (!has_value(name, count))
        complain(reading, "option", argv[at], "one of those that --help tells");
    else if (equals)
        take_value(reading, name, equals + 1);
    else if (at + 1 == argc)
        complain(reading, name, "", "a value");
    else
        take_value(reading, name, argv[++at]);
    return at;
}

bool import_arguments_read(int argc, char **argv, struct import_arguments *arguments,
                           void (*fault)(void *owner, const char *text), void *owner)
{
    struct reading reading = {arguments, fault, owner, false};
    *arguments = (struct import_arguments){.delay_least = 5 * USEC_PER_MSEC};
    arguments->files = calloc((size_t)argc + 1, sizeof *arguments->files);
    if (!arguments->files) {
        fault(owner, "no memory");
        return false;
    }
    bool options = true;
    for (int i = 1; i < argc; i++) {
        if (options && strcmp(argv[i], "--") == 0)
            options = false;
        else if (options && argv[i][0] == '-' && argv[i][1])
            i = take_option(&reading, argc, argv, i);
        else
            arguments->files[arguments->file_count++] = argv[i];
    }
    arguments->choice.connections = arguments->connections;
    if (!arguments->help && !reading.wrong && arguments->file_count == 0)
        complain(&reading, "FILE", "", "at least one capture, journal or dialogue");
    if (!arguments->help && !reading.wrong && !arguments->output)
        complain(&reading, "-o", "", "the scenario to be written");
    return !reading.wrong;
}

void import_arguments_free(struct import_arguments *arguments)
{
    free(arguments->files);
    free(arguments->connections);
    *arguments = (struct import_arguments){0};
}
