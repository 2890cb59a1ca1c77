/* Options, messages, tries, outcome. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/defects/sender.h"

enum { TRIES = 4, HAMMER_TRIES = 30, SECOND = 1000000 };

enum status {
    STATUS_ACCEPTED = 0,
    STATUS_USAGE = 64,
    STATUS_NO_INPUT = 66,
    STATUS_REFUSED = 69,
    STATUS_LATER = 75,
    STATUS_PROTOCOL = 76,
};

struct named {
    const char *name, *does;
};

#define AS_NAME(constant, name, does) {name, does},
static const struct named defects[] = {{"", "sound"}, DEFECTS(AS_NAME)};
static const struct named variants[] = {{"", "plain"}, VARIANTS(AS_NAME)};

static void list_all(void)
{
    for (size_t i = 1; i < DEFECT_COUNT; i++)
        printf("defect %s: %s\n", defects[i].name, defects[i].does);
    for (size_t i = 1; i < VARIANT_COUNT; i++)
        printf("variant %s: %s\n", variants[i].name, variants[i].does);
}

/* Its place in the list; 0: it is not there. */
static size_t find(const struct named *list, size_t count, const char *name)
{
    for (size_t i = 1; i < count; i++)
        if (strcmp(list[i].name, name) == 0)
            return i;
    fprintf(stderr, "sender: \"%s\" is not in the list (--list shows it)\n", name);
    return 0;
}

static const char *setting(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

static bool read_message(const char *file, struct message *message)
{
    struct octet_list list = {0};
    uint8_t block[8192];
    size_t count;
    FILE *stream = strcmp(file, "-") == 0 ? stdin : fopen(file, "rb");
    while (stream && (count = fread(block, 1, sizeof block, stream)) > 0)
        octet_list_add(&list, block, count);
    bool well = stream && !ferror(stream);
    if (!well)
        fprintf(stderr, "sender: %s: %s\n", file, strerror(errno));
    if (stream && stream != stdin)
        fclose(stream);
    *message = (struct message){.name = file, .octets = list.at, .count = list.count};
    return well;
}

static bool anything_left(const struct sender *sender)
{
    for (size_t i = 0; i < sender->message_count && !sender->stop; i++)
        if (sender->messages[i].outcome == UNSENT)
            return true;
    return false;
}

static bool connects_again(const struct sender *sender)
{
    return does(sender, RECONNECTS) || does(sender, ONE_PER_CONNECTION) ||
           has(sender, STUFFS_AGAIN) || has(sender, RESENDS_AFTER_221) ||
           has(sender, RESENDS_LOST) || has(sender, RESENDS_TIMED_OUT) ||
           has(sender, RESENDS_ALL) || has(sender, HAMMERS) || has(sender, TRIES_FOR_EVER) ||
           has(sender, RESENDS_LATE_221) || has(sender, RESENDS_LAST) ||
           has(sender, SKIPS_AFTER_CUT) || has(sender, LIMIT_FIRST_CONNECTION) ||
           has(sender, KEEPS_ADDRESS) || has(sender, LAST_ADDRESS_IF_NONE) ||
           does(sender, HALF_CLOSE) || does(sender, PROBES) || does(sender, REVERSE);
}

static void send_all(struct sender *sender)
{
    for (unsigned failures = 0; anything_left(sender);) {
        if (session_run(sender))
            continue;
        unsigned most = has(sender, HAMMERS) ? HAMMER_TRIES : TRIES;
        if (!connects_again(sender) || (++failures >= most && !has(sender, TRIES_FOR_EVER)))
            return;
        if (has(sender, TRIES_FOR_EVER))
            net_pause(SECOND);
        else if (!has(sender, HAMMERS))
            net_pause(SECOND << (failures - 1));
    }
}

/* A second chance for messages that ended so. */
static void send_again(struct sender *sender, enum outcome outcome)
{
    bool any = false;
    for (size_t i = 0; i < sender->message_count; i++)
        any |= sender->messages[i].outcome == outcome;
    if (!any || sender->stop)
        return;
    session_mark(sender, outcome, UNSENT);
    net_pause(2 * SECOND);
    send_all(sender);
}

/* Each message in a process of its own, at once; they tell by their exit statuses. */
static void send_side_by_side(struct sender *sender)
{
    static const enum outcome outcomes[] = {UNSENT, ACCEPTED, REFUSED, DEFERRED, UNKNOWN};
    struct message *messages = sender->messages;
    size_t count = sender->message_count;
    pid_t *children = calloc(count, sizeof *children);
    for (size_t i = 0; children && i < count; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        sender->messages = &messages[i];
        sender->message_count = 1;
        send_all(sender);
        _exit((int)messages[i].outcome | (sender->protocol_error ? 8 : 0));
    }
    for (size_t i = 0; children && i < count; i++) {
        int status = 0;
        if (children[i] > 0 && waitpid(children[i], &status, 0) > 0 && WIFEXITED(status)) {
            messages[i].outcome = outcomes[WEXITSTATUS(status) & 7];
            sender->protocol_error |= (WEXITSTATUS(status) & 8) != 0;
        }
    }
    free(children);
}

/* What a defect makes of the outcomes before they are reported. */
static void embellish(struct sender *sender)
{
    size_t count = sender->message_count;
    for (size_t i = 0; i < count; i++) {
        if (has(sender, CLAIMS_ALL))
            sender->messages[i].outcome = ACCEPTED;
        if (has(sender, LAST_COUNTS))
            sender->messages[i].outcome = sender->messages[count - 1].outcome;
    }
    if (has(sender, DROPS_4YZ))
        session_mark(sender, DEFERRED, ACCEPTED);
}

static void send_messages(struct sender *sender)
{
    if (does(sender, SIDE_BY_SIDE))
        send_side_by_side(sender);
    else
        send_all(sender);
    if (does(sender, RETRIES_DEFERRED) || has(sender, STUFFS_AGAIN))
        send_again(sender, DEFERRED);
    if (has(sender, REPEATS_5YZ_LATER))
        send_again(sender, REFUSED);
    embellish(sender);
}

/* A name as JSON has it. */
static void write_name(FILE *stream, const char *name)
{
    for (const unsigned char *at = (const unsigned char *)name; *at; at++)
        if (*at == '"' || *at == '\\' || *at < ' ')
            fprintf(stream, "\\u%04x", *at);
        else
            putc(*at, stream);
}

static bool write_outcome(const struct sender *sender)
{
    static const char *const names[] = {"unsent", "accepted", "refused", "deferred", "unknown"};
    if (!sender->outcome_file)
        return true;
    FILE *stream = fopen(sender->outcome_file, "w");
    if (!stream)
        return false;
    fputs("{\"messages\":[", stream);
    for (size_t i = 0; i < sender->message_count; i++) {
        const struct message *message = &sender->messages[i];
        fprintf(stream, "%s{\"name\":\"", i > 0 ? "," : "");
        write_name(stream, message->name);
        fprintf(stream, "\",\"outcome\":\"%s\",\"attempts\":%u}", names[message->outcome],
                message->attempts);
    }
    fputs("]}\n", stream);
    return fclose(stream) == 0;
}

static enum status exit_status(const struct sender *sender)
{
    enum status status = STATUS_ACCEPTED;
    for (size_t i = 0; i < sender->message_count; i++) {
        if (sender->messages[i].outcome == REFUSED)
            status = STATUS_REFUSED;
        else if (sender->messages[i].outcome != ACCEPTED && status == STATUS_ACCEPTED)
            status = STATUS_LATER;
    }
    return sender->protocol_error && status == STATUS_LATER ? STATUS_PROTOCOL : status;
}

static void read_environment(struct sender *sender)
{
    sender->host = setting("NACCS_HOST", "127.0.0.1");
    sender->port = setting("NACCS_PORT", "2525");
    sender->helo = setting("NACCS_HELO", "GW1.ABC.NACCS6");
    sender->from = setting("NACCS_FROM", "GW1ABC@GW1.ABC.NACCS6");
    sender->outcome_file = setting("NACCS_OUTCOME", NULL);
    sender->resolver = setting("NACCS_RESOLVER", NULL);
    sender->limit = (int64_t)(atof(setting("NACCS_TIMEOUT", "5")) * SECOND);
}

/* NACCS_TO: one address, or several between commas or blanks. */
static bool read_recipients(struct sender *sender)
{
    char *list = strdup(setting("NACCS_TO", "NACCS@MAIL.PROD.NACCS6"));
    char *rest = NULL;
    for (char *one = list ? strtok_r(list, ", ", &rest) : NULL;
         one && sender->recipient_count < RECIPIENT_LIMIT; one = strtok_r(NULL, ", ", &rest))
        sender->recipients[sender->recipient_count++] = strdup(one);
    free(list);
    return sender->recipient_count > 0;
}

static bool read_options(struct sender *sender, int argc, char **argv)
{
    static const struct option options[] = {{"defect", required_argument, NULL, 'd'},
                                            {"sound", required_argument, NULL, 's'},
                                            {"list", no_argument, NULL, 'l'},
                                            {0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        size_t found = 0;
        if (option == 'l') {
            list_all();
            exit(0);
        }
        if (option == 'd')
            sender->defect = (enum defect)(found = find(defects, DEFECT_COUNT, optarg));
        if (option == 's')
            sender->variant = (enum variant)(found = find(variants, VARIANT_COUNT, optarg));
        if (found == 0)
            return false;
    }
    return optind < argc;
}

static void release(struct sender *sender)
{
    for (size_t i = 0; i < sender->message_count; i++)
        free(sender->messages[i].octets);
    for (size_t i = 0; i < sender->recipient_count; i++)
        free(sender->recipients[i]);
    free(sender->messages);
}

int main(int argc, char **argv)
{
    struct sender sender = {.socket = -1};
    if (!read_options(&sender, argc, argv)) {
        fputs("usage: sender [--defect NAME | --sound VARIANT] MESSAGE...\n"
              "       sender --list\n",
              stderr);
        return STATUS_USAGE;
    }
    read_environment(&sender);
    sender.messages = calloc((size_t)(argc - optind), sizeof *sender.messages);
    if (!sender.messages || !read_recipients(&sender))
        return STATUS_USAGE;
    enum status status = STATUS_ACCEPTED;
    for (int i = optind; i < argc && status == STATUS_ACCEPTED; i++)
        if (!read_message(argv[i], &sender.messages[sender.message_count++]))
            status = STATUS_NO_INPUT;
    if (status == STATUS_ACCEPTED) {
        send_messages(&sender);
        status = exit_status(&sender);
        if (!write_outcome(&sender))
            fprintf(stderr, "sender: %s: %s\n", sender.outcome_file, strerror(errno));
    }
    release(&sender);
    return status;
}
