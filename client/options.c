#include "client/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "client/duration.h"

const char client_help[] =
    "usage: naccs-client [OPTION]... MESSAGE...\n"
    "Sends messages to the centre by SMTP as NACCS asks it (table 4-3-2), and tells\n"
    "what became of each. MESSAGE: a file (headers, empty line, body, CRLF lines), a\n"
    "folder of such files, or - for standard input.\n"
    "\n"
    "  --server HOST[:PORT]   127.0.0.1:2525           NACCS_HOST, NACCS_PORT\n"
    "  --resolver ADDR[:PORT] name server for HOST     NACCS_RESOLVER\n"
    "  --helo DOMAIN          GW01.USER.NACCS6         NACCS_HELO\n"
    "  --from ADDR            USER01@GW01.USER.NACCS6  NACCS_FROM\n"
    "  --to ADDR[,ADDR]...    NACCS@MAIL.PROD.NACCS6   NACCS_TO\n"
    "  --timeout DURATION     no wait is longer        NACCS_TIMEOUT (seconds)\n"
    "  --timeout-STAGE DURATION   one wait: lookup connect greeting helo mail rcpt\n"
    "                             data body end-of-data rset quit\n"
    "  --retry N              connections at most: 4   NACCS_RETRY\n"
    "  --retry-wait DURATION  before the second: 1s    NACCS_RETRY_WAIT\n"
    "  --outcome FILE         as JSON; - for stdout    NACCS_OUTCOME\n"
    "  --actions FILE         action for each reply    NACCS_ACTIONS\n"
    "  --verbose, --help, --version\n"
    "\n"
    "Exit status: 0 all accepted, 69 one refused, 75 one may be tried later, 76 the\n"
    "centre broke the protocol, 68 it was not found, 64 usage, 66 a message can't be\n"
    "read or sent as it is, 78 configuration.\n"
    "Example: naccs-client --server 127.0.0.1:2525 --timeout 30s declaration.eml\n";

enum {
    OPTION_SERVER = 256,
    OPTION_PORT, /* in the environment alone */
    OPTION_RESOLVER,
    OPTION_HELO,
    OPTION_FROM,
    OPTION_TO,
    OPTION_TIMEOUT,
    OPTION_OUTCOME,
    OPTION_ACTIONS,
    OPTION_RETRY,
    OPTION_RETRY_WAIT,
    OPTION_VERBOSE,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_LIMIT, /* and the stage */
};

enum { NAME_ROOM = 32, COMMON_OPTIONS = 13 };

static const struct {
    const char *name, *environment;
    int option;
} variables[] = {
    {"--server", "NACCS_HOST", OPTION_SERVER},
    {NULL, "NACCS_PORT", OPTION_PORT},
    {"--resolver", "NACCS_RESOLVER", OPTION_RESOLVER},
    {"--helo", "NACCS_HELO", OPTION_HELO},
    {"--from", "NACCS_FROM", OPTION_FROM},
    {"--to", "NACCS_TO", OPTION_TO},
    {"--timeout", "NACCS_TIMEOUT", OPTION_TIMEOUT},
    {"--outcome", "NACCS_OUTCOME", OPTION_OUTCOME},
    {"--actions", "NACCS_ACTIONS", OPTION_ACTIONS},
    {"--retry", "NACCS_RETRY", OPTION_RETRY},
    {"--retry-wait", "NACCS_RETRY_WAIT", OPTION_RETRY_WAIT},
};

/* While reading. */
struct reading {
    struct client_settings *settings;
    struct problem *problem;
    const char *where;   /* the option or variable that is being read */
    int mistake;         /* exit status for a value that can't be understood */
    bool own_recipients; /* --to was given: it replaces what the environment says */
    usec most;           /* --timeout; 0: none */
    usec limits[LIMIT_STAGES];
};

static int wrong(const struct reading *reading, int status, const char *value, const char *expected)
{
    char shown[64];
    size_t count = 0;
    for (; value[count] && count < sizeof shown - 1; count++)
        shown[count] = value[count] >= ' ' && value[count] <= '~' ? value[count] : '?';
    shown[count] = '\0';
    problem_set(reading->problem, "%s: '%s' is no %s", reading->where, shown, expected);
    return status;
}

static char *keep(const struct reading *reading, const char *string)
{
    struct client_settings *settings = reading->settings;
    char *kept = NULL;
    if (settings->string_count < CLIENT_STRING_LIMIT)
        kept = strdup(string);
    if (kept)
        settings->strings[settings->string_count++] = kept;
    else
        problem_set(reading->problem, "%s: too many options, or no memory", reading->where);
    return kept;
}

static bool parse_number(const char *text, unsigned long most, unsigned long *number)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 9 || text[digits] != '\0')
        return false;
    unsigned long value = strtoul(text, NULL, 10);
    if (value == 0 || value > most)
        return false;
    *number = value;
    return true;
}

/* A domain or a mailbox, as it will stand in a command. */
static bool plain_word(const char *text, size_t longest)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~' || text[i] == '<' || text[i] == '>')
            return false;
    return length > 0 && length <= longest;
}

static int take_port(const struct reading *reading, const char *text, const char *whole)
{
    unsigned long port;
    if (!parse_number(text, UINT16_MAX, &port))
        return wrong(reading, reading->mistake, whole, "HOST[:PORT] with a port from 1 to 65535");
    reading->settings->client.port = (uint16_t)port;
    return 0;
}

/* HOST, HOST:PORT, [ADDR]:PORT; an IPv6 address alone needs no brackets. */
static int take_server(const struct reading *reading, const char *value)
{
    static const char expected[] = "HOST[:PORT]";
    char *host = keep(reading, value), *port = NULL;
    if (!host)
        return EX_CONFIG;
    if (host[0] == '[') {
        char *end = strchr(++host, ']');
        if (!end || (end[1] != '\0' && end[1] != ':'))
            return wrong(reading, reading->mistake, value, expected);
        port = end[1] == ':' ? end + 2 : NULL;
        *end = '\0';
    } else if (strchr(host, ':') && strchr(host, ':') == strrchr(host, ':')) {
        port = strchr(host, ':');
        *port++ = '\0';
    }
    if (!plain_word(host, 255))
        return wrong(reading, reading->mistake, value, expected);
    reading->settings->client.host = host;
    return port ? take_port(reading, port, value) : 0;
}

static int take_resolver(const struct reading *reading, const char *value)
{
    struct endpoint resolver = {"", 53};
    if (!endpoint_parse(value, &resolver) || resolver.address[0] == '\0' || resolver.port == 0)
        return wrong(reading, EX_CONFIG, value, "ADDR[:PORT] with a numeric address");
    reading->settings->resolver = resolver;
    return 0;
}

static int take_recipients(struct reading *reading, const char *value, bool from_arguments)
{
    struct client_settings *settings = reading->settings;
    char *list = keep(reading, value), *recipient;
    if (!list)
        return EX_CONFIG;
    if (from_arguments && !reading->own_recipients)
        settings->client.to_count = 0;
    reading->own_recipients = from_arguments;
    while ((recipient = strsep(&list, ",")) != NULL) {
        if (!plain_word(recipient, 254))
            return wrong(reading, EX_CONFIG, recipient, "mailbox");
        if (settings->client.to_count == CLIENT_RECIPIENT_LIMIT) {
            problem_set(reading->problem, "%s: more than %d recipients", reading->where,
                        CLIENT_RECIPIENT_LIMIT);
            return EX_CONFIG;
        }
        settings->recipients[settings->client.to_count++] = recipient;
    }
    return 0;
}

static int take_word(const struct reading *reading, const char *value, size_t longest,
                     const char *expected, const char **word)
{
    if (!plain_word(value, longest))
        return wrong(reading, EX_CONFIG, value, expected);
    *word = value;
    return 0;
}

static int take_duration(const struct reading *reading, const char *value, usec *duration)
{
    if (client_duration_parse(value, duration))
        return 0;
    return wrong(reading, reading->mistake, value, "duration (250ms, 2s, 1.5, 2m)");
}

static int take_retry(const struct reading *reading, const char *value)
{
    unsigned long number;
    if (!parse_number(value, 1000, &number))
        return wrong(reading, reading->mistake, value, "number from 1 to 1000");
    reading->settings->client.connection_limit = (unsigned)number;
    return 0;
}

static int take(struct reading *reading, int option, const char *value, bool from_arguments)
{
    struct client_settings *settings = reading->settings;
    switch (option) {
    case OPTION_SERVER:
        return take_server(reading, value);
    case OPTION_PORT:
        return take_port(reading, value, value);
    case OPTION_RESOLVER:
        return take_resolver(reading, value);
    case OPTION_HELO:
        return take_word(reading, value, 255, "domain", &settings->client.helo);
    case OPTION_FROM:
        return take_word(reading, value, 254, "mailbox", &settings->client.from);
    case OPTION_TO:
        return take_recipients(reading, value, from_arguments);
    case OPTION_TIMEOUT:
        return take_duration(reading, value, &reading->most);
    case OPTION_OUTCOME:
        settings->outcome = value;
        return 0;
    case OPTION_ACTIONS:
        settings->actions = value;
        return 0;
    case OPTION_RETRY:
        return take_retry(reading, value);
    case OPTION_RETRY_WAIT:
        return take_duration(reading, value, &settings->client.retry_wait);
    case OPTION_VERBOSE:
        settings->verbose = true;
        return 0;
    case OPTION_HELP:
        settings->help = true;
        return 0;
    case OPTION_VERSION:
        settings->version = true;
        return 0;
    }
    return take_duration(reading, value, &reading->limits[option - OPTION_LIMIT]);
}

static int read_environment(struct reading *reading)
{
    reading->mistake = EX_CONFIG;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i].environment);
        if (!value || value[0] == '\0')
            continue;
        reading->where = variables[i].environment;
        int status = take(reading, variables[i].option, value, false);
        if (status != 0)
            return status;
    }
    return 0;
}

/* getopt_long's table: what has a variable, what has no value, and a limit for each stage. */
static void build_table(struct option *table, char names[LIMIT_STAGES][NAME_ROOM])
{
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (variables[i].name)
            *table++ = (struct option){variables[i].name + 2, required_argument, NULL,
                                       variables[i].option};
    *table++ = (struct option){"verbose", no_argument, NULL, OPTION_VERBOSE};
    *table++ = (struct option){"help", no_argument, NULL, OPTION_HELP};
    *table++ = (struct option){"version", no_argument, NULL, OPTION_VERSION};
    for (int i = 0; i < LIMIT_STAGES; i++) {
        snprintf(names[i], NAME_ROOM, "timeout-%s", limit_stage_name((enum limit_stage)i));
        *table++ = (struct option){names[i], required_argument, NULL, OPTION_LIMIT + i};
    }
    *table = (struct option){NULL, 0, NULL, 0};
}

static int read_arguments(struct reading *reading, int argc, char **argv)
{
    char names[LIMIT_STAGES][NAME_ROOM], where[NAME_ROOM + 2];
    struct option table[COMMON_OPTIONS + LIMIT_STAGES + 1];
    build_table(table, names);
    reading->mistake = EX_USAGE;
    opterr = 0;
    optind = 0; /* from the beginning, also where it was called before */
    int option, index = 0;
    while ((option = getopt_long(argc, argv, ":", table, &index)) != -1) {
        if (option == '?' || option == ':') {
            problem_set(reading->problem, "%s: %s", argv[optind - 1],
                        option == '?' ? "no such option, or it is ambiguous or takes no value"
                                      : "a value is missing");
            return EX_USAGE;
        }
        snprintf(where, sizeof where, "--%s", table[index].name);
        reading->where = where;
        int status = take(reading, option, optarg, true);
        if (status != 0)
            return status;
    }
    reading->settings->messages = argv + optind;
    reading->settings->message_count = (size_t)(argc - optind);
    return 0;
}

static void apply_limits(const struct reading *reading)
{
    struct limits *limits = &reading->settings->client.limits;
    if (reading->most > 0)
        limits_shorten(limits, reading->most);
    for (int i = 0; i < LIMIT_STAGES; i++)
        if (reading->limits[i] > 0)
            limits->at[i] = reading->limits[i];
}

static int check(const struct client_settings *settings, struct problem *problem)
{
    if (settings->message_count == 0) {
        problem_set(problem, "no MESSAGE is given");
        return EX_USAGE;
    }
    return 0;
}

int client_settings_read(struct client_settings *settings, int argc, char **argv,
                         struct problem *problem)
{
    *settings = (struct client_settings){
        .client =
            {
                .host = "127.0.0.1",
                .port = 2525,
                .helo = "GW01.USER.NACCS6",
                .from = "USER01@GW01.USER.NACCS6",
                .to = settings->recipients,
                .limits = limits_default(),
                .connection_limit = 4,
                .retry_wait = USEC_PER_SEC,
            },
    };
    struct reading reading = {.settings = settings, .problem = problem};
    int status = read_environment(&reading);
    if (status == 0)
        status = read_arguments(&reading, argc, argv);
    if (status != 0 || settings->help || settings->version)
        return status;
    apply_limits(&reading);
    if (settings->client.to_count == 0) {
        settings->recipients[0] = "NACCS@MAIL.PROD.NACCS6";
        settings->client.to_count = 1;
    }
    return check(settings, problem);
}

void client_settings_free(struct client_settings *settings)
{
    for (size_t i = 0; i < settings->string_count; i++)
        free(settings->strings[i]);
    settings->string_count = 0;
}
