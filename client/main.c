/* naccs-client: sends messages to the centre. See client/client.h for what it does, and --help. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "client/files.h"
#include "client/lookup.h"
#include "client/message.h"
#include "client/options.h"
#include "client/policy_load.h"

/* File names and our own words: UTF-8, but nothing that commands the terminal. */
static void print_text(const char *text)
{
    for (; *text; text++) {
        unsigned octet = (unsigned char)*text;
        if (octet >= ' ' && octet != 127)
            fputc(*text, stderr);
        else
            fprintf(stderr, "\\x%02x", octet);
    }
}

static void complain(const char *text)
{
    fputs("naccs-client: ", stderr);
    print_text(text);
    fputc('\n', stderr);
}

/* What the centre sent: printable ASCII, whatever it was. */
static void print_escaped(struct octets octets)
{
    for (size_t i = 0; i < octets.count; i++) {
        if (octets.at[i] >= ' ' && octets.at[i] <= '~' && octets.at[i] != '\\')
            fputc(octets.at[i], stderr);
        else
            fprintf(stderr, "\\x%02x", octets.at[i]);
    }
}

static void trace(void *owner, char direction, struct octets line)
{
    (void)owner;
    fprintf(stderr, "%c ", direction);
    print_escaped(line);
    fputc('\n', stderr);
}

static void done(void *owner, const struct client_result *result)
{
    const struct client_result **finished = owner;
    *finished = result;
}

/* A mapped message was cut short by someone: its final dot has not gone out, so nothing of it can
 * have been accepted. */
static void message_vanished(int number)
{
    static const char text[] = "naccs-client: a message file was cut short while it was in use\n";
    (void)number;
    ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
    (void)written;
    _exit(EX_NOINPUT);
}

static void set_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &action, NULL);
    action.sa_handler = message_vanished;
    sigaction(SIGBUS, &action, NULL);
}

/* Each message is looked at before anything is sent: every fault is told. */
static bool read_messages(const struct client_settings *settings, struct client_files *files)
{
    struct problem problem;
    bool good = true;
    for (size_t i = 0; i < settings->message_count; i++) {
        if (!client_files_add(files, settings->messages[i], &problem)) {
            complain(problem.text);
            good = false;
        }
    }
    for (size_t i = 0; i < files->count; i++) {
        if (!client_message_check(&files->messages[i], &problem)) {
            complain(problem.text);
            good = false;
        }
    }
    return good;
}

/* A message whose outcome can't be written down had better not be sent. */
static bool outcome_can_be_written(const char *file)
{
    if (!file || strcmp(file, "-") == 0)
        return true;
    if (access(file, F_OK) == 0)
        return access(file, W_OK) == 0;
    char *folder = strdup(file);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash)
        slash[slash == folder] = '\0';
    bool can = folder && access(slash ? folder : ".", W_OK) == 0;
    int kept = errno;
    free(folder);
    errno = kept;
    return can;
}

static void tell_failures(const struct client_result *result)
{
    for (size_t i = 0; i < result->count; i++) {
        const struct message_outcome *message = &result->messages[i];
        if (message->outcome == CLIENT_ACCEPTED)
            continue;
        fputs("naccs-client: ", stderr);
        print_text(message->name);
        fprintf(stderr, ": %s (%s)", client_outcome_name(message->outcome),
                limit_stage_name(message->stage));
        if (message->code != 0)
            fprintf(stderr, ": %d %s\n", message->code, message->text);
        else
            fprintf(stderr, ": %s\n", message->text);
    }
}

static int report(const struct client_settings *settings, const struct client_result *result)
{
    struct problem problem;
    int status = client_exit_status(result);
    tell_failures(result);
    /* What was accepted stays accepted, whatever becomes of the file. */
    if (settings->outcome && !client_outcome_write(result, settings->outcome, &problem))
        complain(problem.text);
    return status;
}

static int send_messages(struct client_settings *settings, const struct client_files *files)
{
    struct problem problem;
    const struct client_result *result = NULL;
    settings->client.trace = settings->verbose ? trace : NULL;
    settings->client.done = done;
    settings->client.owner = &result;
    struct loop *loop = loop_live_new(&problem);
    struct client *client = NULL;
    struct client_lookup *lookup = NULL;
    bool resolver = settings->resolver.port != 0;
    if (loop && resolver)
        lookup = client_lookup_cares_new(loop, &settings->resolver,
                                         settings->client.limits.at[LIMIT_LOOKUP], &problem);
    settings->client.lookup = lookup;
    if (loop && (lookup || !resolver))
        client = client_start(loop, &settings->client, files->messages, files->count, &problem);
    if (client)
        loop_run(loop);
    int status = EX_OSERR;
    if (result)
        status = report(settings, result);
    else
        complain(client ? "the loop broke down" : problem.text);
    client_free(client);
    if (lookup)
        lookup->free(lookup);
    if (loop)
        loop_free(loop);
    return status;
}

static int run(struct client_settings *settings)
{
    if (!outcome_can_be_written(settings->outcome)) {
        struct problem problem;
        problem_set(&problem, "--outcome: %s: %s", settings->outcome, strerror(errno));
        complain(problem.text);
        return EX_CONFIG;
    }
    struct policy policy;
    struct problem problem;
    if (settings->actions && !policy_load(settings->actions, &policy, &problem)) {
        complain(problem.text);
        return EX_CONFIG;
    }
    settings->client.policy = settings->actions ? &policy : NULL;
    struct client_files files = {NULL, NULL, 0, 0};
    int status = EX_NOINPUT;
    if (read_messages(settings, &files))
        status = send_messages(settings, &files);
    client_files_free(&files);
    return status;
}

int main(int argc, char **argv)
{
    struct client_settings settings;
    struct problem problem;
    set_signals();
    int status = client_settings_read(&settings, argc, argv, &problem);
    if (status != 0) {
        complain(problem.text);
        if (status == EX_USAGE)
            fputs("Try naccs-client --help\n", stderr);
    } else if (settings.help) {
        fputs(client_help, stdout);
    } else if (settings.version) {
        puts("naccs-client " NACCS_VERSION);
    } else {
        status = run(&settings);
    }
    client_settings_free(&settings);
    return status;
}
