#include "mockserver/server_options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "mockserver/scenario_load.h"
#include "mockserver/workers.h"

enum server_option {
    OPTION_LISTEN = 256,
    OPTION_DNS,
    OPTION_BACKUP,
    OPTION_SCENARIO,
    OPTION_VARIANT,
    OPTION_CENTRE,
    OPTION_DOMAIN,
    OPTION_SPOOL,
    OPTION_JOURNAL,
    OPTION_UNMASKED,
    OPTION_READY_FILE,
    OPTION_USER,
    OPTION_PACE,
    OPTION_TIMEOUT,
    OPTION_SEED,
    OPTION_MAX_CONNECTIONS,
    OPTION_WORKERS,
    OPTION_PROBE,
    OPTION_RECORD,
    OPTION_SCENARIO_OUT,
    OPTION_KEEP_ADDRESSES,
    OPTION_QUIET,
    OPTION_HELP,
    OPTION_VERSION,
};

static const struct option long_options[] = {
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"dns", required_argument, NULL, OPTION_DNS},
    {"backup", required_argument, NULL, OPTION_BACKUP},
    {"scenario", required_argument, NULL, OPTION_SCENARIO},
    {"variant", required_argument, NULL, OPTION_VARIANT},
    {"centre", required_argument, NULL, OPTION_CENTRE},
    {"domain", required_argument, NULL, OPTION_DOMAIN},
    {"spool", required_argument, NULL, OPTION_SPOOL},
    {"journal", required_argument, NULL, OPTION_JOURNAL},
    {"unmasked", no_argument, NULL, OPTION_UNMASKED},
    {"ready-file", required_argument, NULL, OPTION_READY_FILE},
    {"user", required_argument, NULL, OPTION_USER},
    {"pace", required_argument, NULL, OPTION_PACE},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"max-connections", required_argument, NULL, OPTION_MAX_CONNECTIONS},
    {"workers", required_argument, NULL, OPTION_WORKERS},
    {"probe", no_argument, NULL, OPTION_PROBE},
    {"record", required_argument, NULL, OPTION_RECORD},
    {"scenario-out", required_argument, NULL, OPTION_SCENARIO_OUT},
    {"keep-addresses", no_argument, NULL, OPTION_KEEP_ADDRESSES},
    {"quiet", no_argument, NULL, OPTION_QUIET},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

void server_options_help(FILE *stream)
{
    fputs("usage: naccs-mockserver [OPTION]...\n"
          "Plays NACCS's mail server. Its first line on stdout is JSON: what it listens on.\n"
          "\n"
          "  --listen ADDR:PORT   where (127.0.0.1:2525); port 0 takes a free one\n"
          "  --dns ADDR:PORT      be NACCS's name server there too, over UDP and TCP\n"
          "  --backup ADDR        of the backup site, same port, with --dns (127.0.0.2)\n"
          "  --scenario FILE      how the centre deviates from the well-behaved one\n"
          "  --variant ID         which case of a file that stands for a family\n"
          "  --centre FILE|NAME   holds where the scenario says nothing (profiles/centre)\n"
          "  --domain NAME        the centre's name (MAIL.PROD.NACCS6)\n"
          "  --spool DIR          keep messages in this Maildir\n"
          "  --journal FILE       what passes, as JSON Lines (- is stdout)\n"
          "  --unmasked           leave passwords there      --keep-addresses  of mail, too\n"
          "  --record HOST:PORT   be no centre, but stand between the sender and that one\n"
          "  --scenario-out FILE  what is recorded, as a scenario that behaves like it\n"
          "  --ready-file FILE    the first line goes there too   --user NAME  once bound\n"
          "  --pace X             the centre's own durations pass X times as fast (1)\n"
          "  --timeout DURATION   what percentages refer to (5s)   --seed N  randomness (1)\n"
          "  --max-connections N  at once; further ones wait   --workers N  processes (1)\n"
          "  --probe              ask a centre that runs at --listen for its greeting\n"
          "  --quiet              only problems on stderr      --help, --version\n"
          "Exit status: 0; 2 usage, bad scenario; 3 can't bind, can't write, no greeting.\n"
          "SIGTERM ends, a second at once; SIGHUP rereads --scenario, writes --scenario-out\n"
          "Example: naccs-mockserver --listen 127.0.0.1:0 --scenario busy.json --journal -\n",
          stream);
}

/* What stands on a command line is printed with care. */
static void wrong(struct problem *problem, const char *option, const char *found,
                  const char *expected)
{
    char shown[64];
    size_t count = 0;
    for (; found[count] && count < sizeof shown - 1; count++)
        shown[count] = found[count] >= ' ' && found[count] < 0x7f ? found[count] : '?';
    shown[count] = '\0';
    problem_set(problem, "--%s: found \"%s\", expected %s", option, shown, expected);
}

static bool read_number(const char *text, uint64_t most, uint64_t *number)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    unsigned long long read = strtoull(text, &end, 10);
    if (*end || errno || read > most)
        return false;
    *number = read;
    return true;
}

static bool read_pace(const char *text, double *pace)
{
    char *end;
    double read = strtod(text, &end);
    if (end == text || *end || !(read >= 0.001 && read <= 1e6))
        return false;
    *pace = read;
    return true;
}

bool server_domain_valid(const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] >= 0x7f || strchr("@<>\"\\", text[i]))
            return false;
    return length > 0 && length <= 255;
}

static bool is_address(const char *text)
{
    uint8_t binary[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, text, binary) == 1 || inet_pton(AF_INET6, text, binary) == 1;
}

static bool take_number(int option, const char *value, struct server_options *options,
                        struct problem *problem)
{
    uint64_t number = 0;
    if (option == OPTION_SEED) {
        if (!read_number(value, UINT64_MAX, &options->seed))
            return wrong(problem, "seed", value, "a whole number"), false;
    } else if (option == OPTION_MAX_CONNECTIONS) {
        if (!read_number(value, 1000000, &number) || number == 0)
            return wrong(problem, "max-connections", value, "a number from 1 to 1000000"), false;
        options->connection_limit = (uint32_t)number;
    } else {
        if (!read_number(value, WORKERS_MOST, &number) || number == 0)
            return wrong(problem, "workers", value, "a number from 1 to 256"), false;
        options->workers = (uint32_t)number;
    }
    return true;
}

static bool take_option(int option, const char *value, struct server_options *options,
                        struct problem *problem)
{
    switch ((enum server_option)option) {
    case OPTION_LISTEN:
        if (!endpoint_parse(value, &options->listen))
            return wrong(problem, "listen", value,
                         "a numeric address and a port, 127.0.0.1:2525 or [::1]:2525"),
                   false;
        return true;
    case OPTION_DNS:
        options->has_dns = true;
        if (!endpoint_parse(value, &options->dns))
            return wrong(problem, "dns", value,
                         "a numeric address and a port, 127.0.0.1:53 or [::1]:53"),
                   false;
        return true;
    case OPTION_BACKUP:
        options->backup = value;
        if (!is_address(value))
            return wrong(problem, "backup", value, "a numeric address"), false;
        return true;
    case OPTION_SCENARIO:
        return options->scenario = value, true;
    case OPTION_VARIANT:
        return options->variant = value, true;
    case OPTION_CENTRE:
        return options->centre = value, true;
    case OPTION_DOMAIN:
        options->domain = value;
        if (!server_domain_valid(value))
            return wrong(problem, "domain", value, "a domain name"), false;
        return true;
    case OPTION_SPOOL:
        return options->spool = value, true;
    case OPTION_JOURNAL:
        return options->journal = value, true;
    case OPTION_UNMASKED:
        return options->unmasked = true;
    case OPTION_READY_FILE:
        return options->ready_file = value, true;
    case OPTION_USER:
        return options->user = value, true;
    case OPTION_PACE:
        if (!read_pace(value, &options->pace))
            return wrong(problem, "pace", value, "a number from 0.001 to 1000000"), false;
        return true;
    case OPTION_TIMEOUT:
        if (!duration_read(value, &options->timeout) || options->timeout == 0)
            return wrong(problem, "timeout", value, "a duration above 0, as 5s or 250ms"), false;
        return true;
    case OPTION_PROBE:
        return options->probe = true;
    case OPTION_RECORD:
        return options->record = value, true;
    case OPTION_SCENARIO_OUT:
        return options->scenario_out = value, true;
    case OPTION_KEEP_ADDRESSES:
        return options->keeps_addresses = true;
    case OPTION_QUIET:
        return options->quiet = true;
    case OPTION_SEED:
    case OPTION_MAX_CONNECTIONS:
    case OPTION_WORKERS:
        return take_number(option, value, options, problem);
    case OPTION_HELP:
    case OPTION_VERSION:
        break; /* they end the reading */
    }
    return false;
}

/* One name server counts all queries, and lines that are cut in a pipe can't be put together. */
static bool can_share(const struct server_options *options, struct problem *problem)
{
    const char *other = NULL;
    if (options->workers > 1 && options->has_dns)
        other = "--dns";
    else if (options->workers > 1 && options->journal && strcmp(options->journal, "-") == 0)
        other = "--journal -";
    else if (options->workers > 1 && options->record)
        other = "--record";
    if (other)
        problem_set(problem, "--workers %u: %s works with one process alone", options->workers,
                    other);
    return !other;
}

/* "mail.example:25", "192.0.2.1:25", "[2001:db8::1]:25"; names are asked for once. */
static bool find_centre(struct server_options *options, struct problem *problem)
{
    const char *colon = strrchr(options->record, ':');
    uint64_t port;
    char name[256];
    struct addrinfo *list = NULL;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    if (!colon || !read_number(colon + 1, 65535, &port) || port == 0 ||
        (size_t)(colon - options->record) >= sizeof name || colon == options->record)
        return wrong(problem, "record", options->record, "HOST:PORT"), false;
    if (endpoint_parse(options->record, &options->record_to))
        return true;
    memcpy(name, options->record, (size_t)(colon - options->record));
    name[colon - options->record] = '\0';
    options->record_to.port = (uint16_t)port;
    int status = getaddrinfo(name, NULL, &hints, &list);
    bool found =
        status == 0 && getnameinfo(list->ai_addr, list->ai_addrlen, options->record_to.address,
                                   sizeof options->record_to.address, NULL, 0, NI_NUMERICHOST) == 0;
    if (status == 0)
        freeaddrinfo(list);
    if (!found)
        wrong(problem, "record", options->record, "a host that is known here");
    return found;
}

static bool read_record(struct server_options *options, struct problem *problem)
{
    if (!options->record && (options->scenario_out || options->keeps_addresses)) {
        problem_set(problem, "--%s: --record is missing",
                    options->scenario_out ? "scenario-out" : "keep-addresses");
        return false;
    }
    if (options->record && (options->scenario || options->has_dns || options->spool)) {
        problem_set(problem, "--record: the centre is another one: --scenario, --spool and --dns "
                             "contradict it");
        return false;
    }
    return !options->record || find_centre(options, problem);
}

enum server_options_status server_options_read(int argc, char **argv,
                                               struct server_options *options,
                                               struct problem *problem)
{
    struct server_options read = {
        .listen = {.address = "127.0.0.1", .port = 2525},
        .dns = {.address = "127.0.0.1", .port = 53},
        .pace = 1,
        .timeout = 5 * USEC_PER_SEC,
        .seed = 1,
        .workers = 1,
    };
    optind = 0; /* the arguments may be read more than once */
    opterr = 0;
    int option;
    while ((option = getopt_long(argc, argv, "+:", long_options, NULL)) != -1) {
        if (option == OPTION_HELP)
            return SERVER_OPTIONS_HELP;
        if (option == OPTION_VERSION)
            return SERVER_OPTIONS_VERSION;
        if (option == '?' || option == ':') {
            problem_set(problem, "%s: %s", argv[optind - 1],
                        option == '?' ? "no such option" : "a value is missing");
            return SERVER_OPTIONS_WRONG;
        }
        if (!take_option(option, optarg, &read, problem))
            return SERVER_OPTIONS_WRONG;
    }
    if (optind < argc) {
        problem_set(problem, "%s: only options are expected", argv[optind]);
        return SERVER_OPTIONS_WRONG;
    }
    if (read.backup && !read.has_dns) {
        problem_set(problem, "--backup: --dns is missing");
        return SERVER_OPTIONS_WRONG;
    }
    if (!read_record(&read, problem))
        return SERVER_OPTIONS_WRONG;
    if (read.variant && !read.scenario) {
        problem_set(problem, "--variant: --scenario is missing");
        return SERVER_OPTIONS_WRONG;
    }
    if (!can_share(&read, problem))
        return SERVER_OPTIONS_WRONG;
    *options = read;
    return SERVER_OPTIONS_RUN;
}
