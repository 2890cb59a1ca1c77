#include "harness/field_arguments.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "harness/profile.h"
#include "harness/report.h"
#include "wire/endpoint.h"

enum {
    OPTION_CONNECTION = 256,
    OPTION_HOST,
    OPTION_PORT,
    OPTION_TIME,
    OPTION_TIMEOUT,
    OPTION_TOLERANCE,
    OPTION_SCALE,
    OPTION_PACE,
    OPTION_HELO,
    OPTION_FROM,
    OPTION_TO,
    OPTION_MESSAGE,
    OPTION_PROFILE,
    OPTION_EHLO,
    OPTION_HEADERS,
    OPTION_STRICT,
    OPTION_REPORT,
    OPTION_UNMASKED,
};

static const struct option table[] = {
    {"connection", required_argument, NULL, OPTION_CONNECTION},
    {"host", required_argument, NULL, OPTION_HOST},
    {"port", required_argument, NULL, OPTION_PORT},
    {"time", required_argument, NULL, OPTION_TIME},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"tolerance", required_argument, NULL, OPTION_TOLERANCE},
    {"tolerance-scale", required_argument, NULL, OPTION_SCALE},
    {"pace", required_argument, NULL, OPTION_PACE},
    {"helo", required_argument, NULL, OPTION_HELO},
    {"from", required_argument, NULL, OPTION_FROM},
    {"to", required_argument, NULL, OPTION_TO},
    {"message", required_argument, NULL, OPTION_MESSAGE},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    {"ehlo", no_argument, NULL, OPTION_EHLO},
    {"adds-headers", no_argument, NULL, OPTION_HEADERS},
    {"strict", no_argument, NULL, OPTION_STRICT},
    {"report", required_argument, NULL, OPTION_REPORT},
    {"unmasked", no_argument, NULL, OPTION_UNMASKED},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct reading {
    struct field_arguments *options;
    void (*fault)(void *owner, const char *text);
    void *owner;
    bool good;
};

static void wrong_text(struct reading *reading, const char *text)
{
    reading->good = false;
    if (reading->fault)
        reading->fault(reading->owner, text);
}

static void wrong(struct reading *reading, const char *option, const char *found,
                  const char *expected)
{
    struct problem problem;
    problem_set(&problem, "--%s: found \"%.200s\", expected %s", option, found, expected);
    wrong_text(reading, problem.text);
}

static void take_number(struct reading *reading, const char *option, const char *text,
                        const char *suffix, double *to)
{
    char *end = NULL;
    double number = strtod(text, &end);
    bool whole = end != text && (!*end || (suffix && strcmp(end, suffix) == 0));
    if (whole && number > 0 && number <= 1e6)
        *to = number;
    else
        wrong(reading, option, text, "a number above 0, up to 1000000");
}

static void take_connections(struct reading *reading, const char *text)
{
    struct field_arguments *options = reading->options;
    free(options->connections);
    options->connections = NULL;
    if (!field_connections_read(text, &options->connections, &options->choice.connection_count))
        wrong(reading, "connection", text, "numbers from 1, with commas between, such as 1,4-7");
    options->choice.connections = options->connections;
}

/* An address in the one form that it is compared in. */
static void take_host(struct reading *reading, const char *text)
{
    struct endpoint endpoint = {.port = 0};
    bool plain = strchr(text, '[') == NULL && strchr(text, '.') != strchr(text, ':');
    if (plain && endpoint_parse(text, &endpoint) && endpoint.address[0] && endpoint.port == 0)
        reading->options->choice.host = text;
    else
        wrong(reading, "host", text, "a numeric IPv4 or IPv6 address");
}

static void take_port(struct reading *reading, const char *text)
{
    struct endpoint endpoint = {.port = 0};
    bool digits = *text && strspn(text, "0123456789") == strlen(text);
    if (digits && endpoint_parse(text, &endpoint) && endpoint.port > 0)
        reading->options->choice.port = endpoint.port;
    else
        wrong(reading, "port", text, "a port, from 1 to 65535");
}

/* Which connections; true where it was one of these. */
static bool take_choice(struct reading *reading, int option, const char *text)
{
    struct field_choice *choice = &reading->options->choice;
    switch (option) {
    case OPTION_CONNECTION:
        take_connections(reading, text);
        return true;
    case OPTION_HOST:
        take_host(reading, text);
        return true;
    case OPTION_PORT:
        take_port(reading, text);
        return true;
    case OPTION_TIME:
        if (!field_times_read(text, &choice->from, &choice->until))
            wrong(reading, "time", text,
                  "FROM..UNTIL, such as 2026-11-25T09:00..2026-11-25T09:30+09:00");
        return true;
    }
    return false;
}

static void take_report(struct reading *reading, const char *text)
{
    struct problem problem;
    struct arguments *common = &reading->options->common;
    if (report_check(text, &problem))
        common->reports[common->report_count++] = text;
    else
        wrong_text(reading, problem.text);
}

/* What is declared of the sender. */
static void take_declared(struct reading *reading, int option, const char *text)
{
    struct field_arguments *options = reading->options;
    struct run_options *run = &options->common.run;
    switch (option) {
    case OPTION_TIMEOUT:
        if (!duration_read(text, &run->timeout) || run->timeout <= 0)
            wrong(reading, "timeout", text, "a duration above 0, such as 5s or 250ms");
        break;
    case OPTION_TOLERANCE:
        take_number(reading, "tolerance", text, "%", &run->tolerance);
        run->tolerance /= 100;
        break;
    case OPTION_SCALE:
        take_number(reading, "tolerance-scale", text, NULL, &run->tolerance_scale);
        break;
    case OPTION_PACE:
        take_number(reading, "pace", text, NULL, &run->pace);
        break;
    case OPTION_HELO:
        run->helo = text;
        break;
    case OPTION_FROM:
        run->from = text;
        break;
    case OPTION_TO:
        options->to[options->to_count++] = text;
        break;
    case OPTION_MESSAGE:
        options->messages[options->message_count++] = text;
        break;
    case OPTION_REPORT:
        take_report(reading, text);
        break;
    case '?':
        reading->good = false; /* getopt has said why */
        break;
    }
}

static bool take_flag(struct arguments *common, int option)
{
    struct run_profile *sender = &common->profile.sender;
    switch (option) {
    case OPTION_EHLO:
        return sender->sends_ehlo = true;
    case OPTION_HEADERS:
        return sender->adds_headers = true;
    case OPTION_STRICT:
        return common->run.strict = true;
    case OPTION_UNMASKED:
        return common->unmasked = true;
    case 'q':
        return common->quiet = true;
    case 'v':
        return common->verbose = true;
    case 'h':
        return common->help = true;
    }
    return false;
}

/* Of a profile what the sender declares; how it is run does not matter. */
static void take_profile(struct reading *reading, const char *file)
{
    struct arguments *common = &reading->options->common;
    struct run_options *run = &common->run;
    struct profile loaded;
    if (!profile_load(file, &loaded, reading->fault, reading->owner)) {
        reading->good = false;
        return;
    }
    if (common->profile.arena)
        profile_free(&common->profile);
    common->profile = loaded;
    run->strict |= loaded.strict;
    run->timeout = loaded.has_timeout ? loaded.timeout : run->timeout;
    run->tolerance = loaded.has_tolerance ? loaded.tolerance : run->tolerance;
    run->tolerance_scale = loaded.has_scale ? loaded.scale : run->tolerance_scale;
    run->pace = loaded.has_pace ? loaded.pace : run->pace;
    run->helo = loaded.helo ? loaded.helo : run->helo;
    run->from = loaded.from ? loaded.from : run->from;
}

/* One pass over the arguments: the profile alone, or everything else. */
static void pass(struct reading *reading, int argc, char **argv, bool profile_alone)
{
    optind = 0; /* from the beginning (glibc) */
    opterr = profile_alone ? 0 : 1;
    for (int option; (option = getopt_long(argc, argv, "qvh", table, NULL)) != -1;) {
        if (profile_alone && option == OPTION_PROFILE)
            take_profile(reading, optarg);
        else if (!profile_alone && !take_flag(&reading->options->common, option) &&
                 !take_choice(reading, option, optarg))
            take_declared(reading, option, optarg);
    }
}

static bool make_lists(struct field_arguments *options, int argc)
{
    size_t room = (size_t)argc + 1;
    options->common.paths = calloc(room, sizeof *options->common.paths);
    options->common.reports = calloc(room, sizeof *options->common.reports);
    options->to = calloc(room, sizeof *options->to);
    options->messages = calloc(room, sizeof *options->messages);
    return options->common.paths && options->common.reports && options->to && options->messages;
}

enum arguments_status field_arguments_read(int argc, char **argv, struct field_arguments *options,
                                           void (*fault)(void *owner, const char *text),
                                           void *owner)
{
    struct reading reading = {options, fault, owner, .good = true};
    *options = (struct field_arguments){
        .common = {.run = {.field = true, .tolerance = 0.25, .tolerance_scale = 1, .pace = 1},
                   .profile = {.sender = run_profile_default()}},
    };
    struct arguments *common = &options->common;
    if (!make_lists(options, argc)) {
        wrong_text(&reading, "no memory");
        return ARGUMENTS_WRONG;
    }
    pass(&reading, argc, argv, true);
    if (reading.good)
        pass(&reading, argc, argv, false);
    for (int i = optind; reading.good && i < argc; i++)
        common->paths[common->path_count++] = argv[i];
    if (reading.good && common->path_count == 0 && !common->help)
        wrong_text(&reading, "check: expected at least one FILE");
    common->run.profile = common->profile.sender;
    return reading.good ? ARGUMENTS_OK : ARGUMENTS_WRONG;
}

void field_arguments_free(struct field_arguments *options)
{
    arguments_free(&options->common);
    free(options->connections);
    free(options->to);
    free(options->messages);
    *options = (struct field_arguments){0};
}
