#include "harness/arguments.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/accelerate.h"
#include "harness/argument_value.h"
#include "harness/report.h"

enum {
    OPTION_EACH = 256,
    OPTION_TIMEOUT,
    OPTION_TOLERANCE,
    OPTION_SCALE,
    OPTION_PACE,
    OPTION_ACCELERATE,
    OPTION_SEED,
    OPTION_PROFILE,
    OPTION_CENTRE,
    OPTION_ONLY,
    OPTION_SKIP,
    OPTION_LIST,
    OPTION_KNOWN,
    OPTION_STRICT,
    OPTION_SHARD,
    OPTION_REPORT,
    OPTION_HELO,
    OPTION_FROM,
    OPTION_STDIN,
    OPTION_ONE,
    OPTION_EHLO,
    OPTION_HEADERS,
    OPTION_RECIPIENT,
    OPTION_UNMASKED,
    OPTION_ADDRESSES,
    OPTION_SENDER_NAME,
    OPTION_SENDER_VERSION,
    OPTION_LANGUAGE,
    OPTION_ATTACH,
    OPTION_ON_CASE,
    OPTION_SENT,
    OPTION_SETTLE,
    OPTION_WAIT,
    OPTION_RESUME,
    OPTION_LATENCY,
    OPTION_SEGMENTS,
    OPTION_WINDOW,
    OPTION_SLEEP,
    OPTION_WALL_STEPS,
    OPTION_KEEP,
    OPTION_CLIENT_TRACE,
};

static const struct option table[] = {
    {"each", no_argument, NULL, OPTION_EACH},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"tolerance", required_argument, NULL, OPTION_TOLERANCE},
    {"tolerance-scale", required_argument, NULL, OPTION_SCALE},
    {"pace", required_argument, NULL, OPTION_PACE},
    {"accelerate", required_argument, NULL, OPTION_ACCELERATE},
    {"jobs", required_argument, NULL, 'j'},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"centre", required_argument, NULL, OPTION_CENTRE},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    {"only", required_argument, NULL, OPTION_ONLY},
    {"skip", required_argument, NULL, OPTION_SKIP},
    {"list", no_argument, NULL, OPTION_LIST},
    {"known-failing", required_argument, NULL, OPTION_KNOWN},
    {"strict", no_argument, NULL, OPTION_STRICT},
    {"shard", required_argument, NULL, OPTION_SHARD},
    {"report", required_argument, NULL, OPTION_REPORT},
    {"helo", required_argument, NULL, OPTION_HELO},
    {"from", required_argument, NULL, OPTION_FROM},
    {"stdin", no_argument, NULL, OPTION_STDIN},
    {"one-per-connection", no_argument, NULL, OPTION_ONE},
    {"one-recipient", no_argument, NULL, OPTION_RECIPIENT},
    {"ehlo", no_argument, NULL, OPTION_EHLO},
    {"adds-headers", no_argument, NULL, OPTION_HEADERS},
    {"language", required_argument, NULL, OPTION_LANGUAGE},
    {"unmasked", no_argument, NULL, OPTION_UNMASKED},
    {"mask-addresses", no_argument, NULL, OPTION_ADDRESSES},
    {"sender-name", required_argument, NULL, OPTION_SENDER_NAME},
    {"sender-version", required_argument, NULL, OPTION_SENDER_VERSION},
    {"attach", required_argument, NULL, OPTION_ATTACH},
    {"on-case", required_argument, NULL, OPTION_ON_CASE},
    {"sent", required_argument, NULL, OPTION_SENT},
    {"settle", required_argument, NULL, OPTION_SETTLE},
    {"wait", required_argument, NULL, OPTION_WAIT},
    {"resume", required_argument, NULL, OPTION_RESUME},
    {"latency", required_argument, NULL, OPTION_LATENCY},
    {"segments", required_argument, NULL, OPTION_SEGMENTS},
    {"window", required_argument, NULL, OPTION_WINDOW},
    {"sleep", required_argument, NULL, OPTION_SLEEP},
    {"wall-steps", required_argument, NULL, OPTION_WALL_STEPS},
    {"keep-messages", required_argument, NULL, OPTION_KEEP},
    {"client-trace", no_argument, NULL, OPTION_CLIENT_TRACE},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* Reading: what is wrong so far. */
struct reading {
    struct arguments *options;
    void (*fault)(void *owner, const char *text);
    void *owner;
    bool good;
    bool attached; /* an option was given that is about attached senders alone */
};

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void wrong(struct reading *reading, const char *option, const char *found,
                  const char *expected)
{
    struct problem problem;
    problem_set(&problem, "--%s: found \"%.200s\", expected %s", option, found, expected);
    reading->good = false;
    if (reading->fault)
        reading->fault(reading->owner, problem.text);
}

static void wrong_text(struct reading *reading, const char *text)
{
    reading->good = false;
    if (reading->fault)
        reading->fault(reading->owner, text);
}

static void take_number(struct reading *reading, const char *option, const char *text,
                        const char *suffix, double *to)
{
    if (!argument_number(text, suffix, to))
        wrong(reading, option, text, "a number above 0, up to 1000000");
}

static void take_factor(struct reading *reading, const char *text)
{
    double factor = 0;
    if (argument_number(text, NULL, &factor) && factor >= 1 && factor <= ACCELERATE_MOST)
        reading->options->run.accelerate = factor;
    else
        wrong(reading, "accelerate", text, "a number from 1 to 10000");
}

static void take_shard(struct reading *reading, const char *text)
{
    if (!argument_shard(text, &reading->options->shard, &reading->options->shards))
        wrong(reading, "shard", text, "I/N, with I from 1 to N");
}

static void take_duration(struct reading *reading, const char *option, const char *text, usec *to)
{
    usec duration = 0;
    if (duration_read(text, &duration) && duration > 0)
        *to = duration;
    else
        wrong(reading, option, text, "a duration above 0, such as 5s or 250ms");
}

/* What a sender that is no command needs. */
static void take_attached(struct reading *reading, int option, const char *text)
{
    struct run_attach *attach = &reading->options->run.attach;
    reading->attached = true;
    switch (option) {
    case OPTION_ATTACH:
        attach->on = endpoint_parse(text, &attach->listen);
        if (!attach->on)
            wrong(reading, "attach", text, "ADDR:PORT or PORT, with a numeric address");
        break;
    case OPTION_ON_CASE:
        attach->hook = text;
        break;
    case OPTION_SENT:
        attach->sent = text;
        if (!is_folder(text))
            wrong(reading, "sent", text, "a folder");
        break;
    case OPTION_SETTLE:
        take_duration(reading, "settle", text, &attach->settle);
        break;
    case OPTION_WAIT:
        take_duration(reading, "wait", text, &attach->wait);
        break;
    case OPTION_RESUME:
        reading->options->resume = text;
        break;
    }
}

static void take_seed(struct reading *reading, const char *text)
{
    if (!argument_whole_number(text, 0, INT64_MAX, &reading->options->run.seed))
        wrong(reading, "seed", text, "a whole number");
}

static void take_jobs(struct reading *reading, const char *text)
{
    uint64_t jobs = 0;
    if (argument_whole_number(text, 1, 10000, &jobs))
        reading->options->run.jobs = (unsigned)jobs;
    else
        wrong(reading, "jobs", text, "a whole number from 1 to 10000");
}

static void take_segments(struct reading *reading, const char *text)
{
    static const char random[] = "random:";
    struct run_network *network = &reading->options->run.network;
    uint64_t octets = 0;
    network->random_segments = strncmp(text, random, sizeof random - 1) == 0;
    if (argument_whole_number(network->random_segments ? text + sizeof random - 1 : text, 1,
                              1 << 20, &octets))
        network->segment_limit = (size_t)octets;
    else
        wrong(reading, "segments", text, "octets from 1 to 1048576, or random: and such");
}

static void take_window(struct reading *reading, const char *text)
{
    uint64_t octets = 0;
    if (argument_whole_number(text, 1, 1 << 30, &octets))
        reading->options->run.network.window = (size_t)octets;
    else
        wrong(reading, "window", text, "octets from 1 to 1073741824");
}

/* [timers:]AT,LENGTH */
static void take_sleep(struct reading *reading, const char *text)
{
    static const char timers[] = "timers:";
    struct loop_clocks *clocks = &reading->options->run.network.clocks;
    clocks->timers_first = strncmp(text, timers, sizeof timers - 1) == 0;
    const char *from = clocks->timers_first ? text + sizeof timers - 1 : text;
    const char *comma = strchr(from, ',');
    char at[32];
    if (comma && (size_t)(comma - from) < sizeof at) {
        snprintf(at, sizeof at, "%.*s", (int)(comma - from), from);
        if (duration_read(at, &clocks->sleep_at) && duration_read(comma + 1, &clocks->sleep) &&
            clocks->sleep > 0)
            return;
    }
    wrong(reading, "sleep", text, "when and for how long, such as 40ms,5m, or timers: and such");
}

static void take_report(struct reading *reading, const char *text)
{
    struct problem problem;
    if (report_check(text, &problem))
        reading->options->reports[reading->options->report_count++] = text;
    else
        wrong_text(reading, problem.text);
}

/* The options without an argument. */
static bool take_flag(struct arguments *options, int option)
{
    struct run_profile *sender = &options->profile.sender;
    switch (option) {
    case OPTION_EACH:
        return sender->each = true;
    case OPTION_LIST:
        return options->list = true;
    case OPTION_STRICT:
        return options->run.strict = true;
    case OPTION_STDIN:
        return sender->standard_input = true;
    case OPTION_ONE:
        return sender->one_per_connection = true;
    case OPTION_RECIPIENT:
        sender->several_recipients = false;
        return true;
    case OPTION_EHLO:
        return sender->sends_ehlo = true;
    case OPTION_HEADERS:
        return sender->adds_headers = true;
    case OPTION_UNMASKED:
        return options->unmasked = true;
    case OPTION_ADDRESSES:
        return options->mask_addresses = true;
    case 'q':
        return options->quiet = true;
    case OPTION_CLIENT_TRACE:
        return options->client_trace = true;
    case 'v':
        return options->verbose = true;
    case 'h':
        return options->help = true;
    }
    return false;
}

static void take_option(struct reading *reading, int option, const char *text)
{
    struct arguments *options = reading->options;
    switch (option) {
    case OPTION_TIMEOUT:
        take_duration(reading, "timeout", text, &options->run.timeout);
        break;
    case OPTION_TOLERANCE:
        take_number(reading, "tolerance", text, "%", &options->run.tolerance);
        options->run.tolerance /= 100;
        break;
    case OPTION_SCALE:
        take_number(reading, "tolerance-scale", text, NULL, &options->run.tolerance_scale);
        break;
    case OPTION_PACE:
        take_number(reading, "pace", text, NULL, &options->run.pace);
        break;
    case OPTION_ACCELERATE:
        take_factor(reading, text);
        break;
    case 'j':
        take_jobs(reading, text);
        break;
    case OPTION_SEED:
        take_seed(reading, text);
        break;
    case OPTION_PROFILE:
        break; /* read before all others */
    case OPTION_CENTRE:
        options->centre = text;
        break;
    case OPTION_ONLY:
        options->only[options->only_count++] = text;
        break;
    case OPTION_SKIP:
        options->skip[options->skip_count++] = text;
        break;
    case OPTION_KNOWN:
        options->known_failing = text;
        break;
    case OPTION_KEEP:
        options->kept_messages = text;
        break;
    case OPTION_SHARD:
        take_shard(reading, text);
        break;
    case OPTION_REPORT:
        take_report(reading, text);
        break;
    case OPTION_LANGUAGE:
        if (!language_of(text, &options->language))
            wrong(reading, "language", text, "en or ja");
        break;
    case OPTION_SENDER_NAME:
        options->profile.sender.name = text;
        break;
    case OPTION_SENDER_VERSION:
        options->profile.sender.version = text;
        break;
    case OPTION_HELO:
        options->run.helo = text;
        break;
    case OPTION_FROM:
        options->run.from = text;
        break;
    case OPTION_ATTACH:
    case OPTION_ON_CASE:
    case OPTION_SENT:
    case OPTION_SETTLE:
    case OPTION_WAIT:
    case OPTION_RESUME:
        take_attached(reading, option, text);
        break;
    case OPTION_LATENCY:
        take_duration(reading, "latency", text, &options->run.network.latency);
        break;
    case OPTION_SEGMENTS:
        take_segments(reading, text);
        break;
    case OPTION_WINDOW:
        take_window(reading, text);
        break;
    case OPTION_SLEEP:
        take_sleep(reading, text);
        break;
    case OPTION_WALL_STEPS:
        take_duration(reading, "wall-steps", text, &options->run.network.clocks.wall_steps);
        break;
    case '?':
        reading->good = false; /* getopt has said why */
        break;
    }
}

/* What the profile says goes before the defaults and behind the command line. */
static void take_profile(struct reading *reading, const char *file)
{
    struct arguments *options = reading->options;
    struct profile *profile = &options->profile;
    struct profile loaded;
    if (!profile_load(file, &loaded, reading->fault, reading->owner)) {
        reading->good = false;
        return;
    }
    profile_free(profile);
    *profile = loaded;
    struct run_options *run = &options->run;
    run->command = profile->command;
    run->attach.start = profile->start;
    run->attach.submit = profile->submit;
    run->attach.stop = profile->stop;
    run->attach.exit_is_outcome = profile->exit_is_outcome;
    run->strict = profile->strict;
    run->timeout = profile->has_timeout ? profile->timeout : run->timeout;
    run->tolerance = profile->has_tolerance ? profile->tolerance : run->tolerance;
    run->tolerance_scale = profile->has_scale ? profile->scale : run->tolerance_scale;
    run->pace = profile->has_pace ? profile->pace : run->pace;
    run->accelerate = profile->has_accelerate ? profile->accelerate : run->accelerate;
    run->jobs = profile->has_jobs ? profile->jobs : run->jobs;
    run->seed = profile->has_seed ? profile->seed : run->seed;
    run->helo = profile->helo ? profile->helo : run->helo;
    run->from = profile->from ? profile->from : run->from;
}

/* One pass over the arguments: the profile alone, or everything else. */
static void pass(struct reading *reading, int argc, char **argv, bool profile_alone)
{
    optind = 0; /* from the beginning (glibc) */
    opterr = profile_alone ? 0 : 1;
    for (int option; (option = getopt_long(argc, argv, "j:qvh", table, NULL)) != -1;) {
        if (profile_alone && option == OPTION_PROFILE)
            take_profile(reading, optarg);
        else if (!profile_alone && !take_flag(reading->options, option))
            take_option(reading, option, optarg);
    }
}

static void defaults(struct arguments *options)
{
    *options = (struct arguments){
        .run = {.timeout = 5 * USEC_PER_SEC,
                .tolerance = 0.25,
                .tolerance_scale = 1,
                .pace = 1,
                .accelerate = 1,
                .jobs = 32,
                .attach = {.listen = {.address = "127.0.0.1"}, .keys = -1},
                .seed = DEFAULT_SEED,
                .helo = "edi.example.jp",
                .from = "sender@edi.example.jp"},
        .profile = {.sender = run_profile_default()},
        .language = language_of_environment(),
    };
}

static bool make_lists(struct arguments *options, int argc)
{
    size_t room = (size_t)argc + 1;
    options->paths = calloc(room, sizeof *options->paths);
    options->only = calloc(room, sizeof *options->only);
    options->skip = calloc(room, sizeof *options->skip);
    options->reports = calloc(room, sizeof *options->reports);
    return options->paths && options->only && options->skip && options->reports;
}

/* A sender that is no command. A profile that says how to submit to a service is about one. */
static void settle_attached(struct reading *reading, bool has_command)
{
    struct run_options *run = &reading->options->run;
    struct run_attach *attach = &run->attach;
    struct run_profile *sender = &reading->options->profile.sender;
    if (attach->on && has_command)
        wrong_text(reading, "--attach: takes no command; what makes the sender send is named by "
                            "--on-case, or by submit in a profile");
    attach->on = attach->on || (attach->submit && !run->command);
    if (reading->attached && !attach->on)
        wrong_text(reading, "--on-case, --sent, --settle, --wait and --resume: go with --attach");
    if (!attach->on)
        return;
    if (attach->hook && attach->submit)
        wrong_text(reading, "--on-case: the profile names submit; one of the two makes it send");
    run->command = NULL;
    if (attach->submit)
        sender->each =
            sender->each || sender->standard_input || invocation_takes_one(attach->submit);
    usec least = 3 * USEC_PER_SEC;
    if (attach->settle == 0)
        attach->settle = 2 * run->timeout > least ? 2 * run->timeout : least;
    if (attach->wait == 0)
        attach->wait = 120 * USEC_PER_SEC;
}

/* What follows from the command. */
static void settle(struct reading *reading, char **command)
{
    struct arguments *options = reading->options;
    struct run_profile *sender = &options->profile.sender;
    if (command)
        options->run.command = command;
    settle_attached(reading, command != NULL);
    if (options->run.command) {
        sender->each =
            sender->each || sender->standard_input || invocation_takes_one(options->run.command);
    }
    if (options->run.accelerate != 1 && !options->run.command)
        wrong_text(reading, "--accelerate: needs a command; the reference client runs in virtual "
                            "time");
    if (sender->each)
        sender->one_per_connection = true;
    options->run.profile = *sender;
}

enum arguments_status arguments_read(int argc, char **argv, struct arguments *options,
                                     void (*fault)(void *owner, const char *text), void *owner)
{
    struct reading reading = {options, fault, owner, .good = true};
    defaults(options);
    if (!make_lists(options, argc)) {
        wrong_text(&reading, "no memory");
        return ARGUMENTS_WRONG;
    }
    int own = 1;
    while (own < argc && strcmp(argv[own], "--") != 0)
        own++;
    char **command = own < argc ? argv + own + 1 : NULL;
    if (command && !*command)
        wrong_text(&reading, "a command was expected behind --");
    char *kept = argv[own];
    argv[own] = NULL;
    pass(&reading, own, argv, true);
    if (reading.good)
        pass(&reading, own, argv, false);
    for (int i = optind; reading.good && i < own; i++)
        options->paths[options->path_count++] = argv[i];
    argv[own] = kept;
    if (reading.good)
        settle(&reading, command);
    if (reading.good && !repeat_make(argc, argv, options->run.seed, &options->repeat))
        wrong_text(&reading, "no memory");
    return reading.good ? ARGUMENTS_OK : ARGUMENTS_WRONG;
}

void arguments_free(struct arguments *options)
{
    free(options->paths);
    free(options->only);
    free(options->skip);
    free(options->reports);
    repeat_free(&options->repeat);
    if (options->profile.arena)
        profile_free(&options->profile);
    *options = (struct arguments){0};
}
