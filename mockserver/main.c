/* naccs-mockserver: the centre as a program. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mockserver/centre.h"
#include "mockserver/journal.h"
#include "mockserver/privileges.h"
#include "mockserver/probe.h"
#include "mockserver/record.h"
#include "mockserver/record_scenario.h"
#include "mockserver/server_options.h"
#include "mockserver/server_ready.h"
#include "mockserver/server_scenario.h"
#include "mockserver/workers.h"

enum { EXIT_USAGE = 2, EXIT_ENVIRONMENT = 3 };

/* Sessions that are under way when the server is told to stop. */
static const usec stop_grace = 10 * USEC_PER_SEC;

struct server {
    struct server_options options;
    struct privileges privileges;
    struct loop *loop;
    struct scenario *scenario;
    struct spool *spool;
    struct journal *journal;
    struct centre *centre;
    struct dns *dns;
    struct dns_server *dns_server;
    struct record *record; /* in place of a centre */
    struct record_scenario *recording;
    struct loop_watch signals;
    struct workers *workers; /* null: this process is alone */
    bool stopping;
    bool write_failed;
};

static void say(const char *text)
{
    fprintf(stderr, "naccs-mockserver: %s\n", text);
}

static void say_fault(void *owner, const char *text)
{
    (void)owner;
    say(text);
}

static void journal_failed(void *owner, const char *text)
{
    ((struct server *)owner)->write_failed = true;
    say(text);
}

static void scenario_released(void *owner, const struct scenario *old)
{
    (void)owner;
    scenario_free((struct scenario *)(uintptr_t)old);
}

static void read_scenario_again(struct server *server)
{
    if (!server->options.scenario) {
        say("there is no scenario file to read again");
        return;
    }
    struct scenario *scenario = server_scenario(&server->options, say_fault, NULL);
    if (!scenario) {
        say("the scenario stays as it was");
        return;
    }
    if (!centre_change(server->centre, scenario, scenario_released, NULL)) {
        say("no memory, or a domain that no name server can know: the scenario stays as it was");
        scenario_free(scenario);
        return;
    }
    server->scenario = scenario;
    if (!server->options.quiet && !server->workers)
        say("the scenario was read again");
}

static void signal_came(struct loop_watch *watch)
{
    struct server *server = OWNER_OF(watch, struct server, signals);
    struct signalfd_siginfo information;
    if (read(watch->fd, &information, sizeof information) != sizeof information)
        return;
    if (information.ssi_signo == SIGHUP && server->recording) {
        server->write_failed |= !record_scenario_write(server->recording);
    } else if (information.ssi_signo == SIGHUP) {
        if (!server->stopping)
            read_scenario_again(server);
    } else if (server->stopping) {
        loop_stop(server->loop);
    } else {
        server->stopping = true;
        if (server->record)
            record_stop(server->record, stop_grace);
        else
            centre_stop(server->centre, stop_grace);
    }
}

static void centre_stopped(void *owner)
{
    loop_stop(((struct server *)owner)->loop);
}

static bool watch_signals(struct server *server, struct problem *problem)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int file = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (file < 0) {
        problem_set(problem, "signals can't be watched: %s", strerror(errno));
        return false;
    }
    server->signals.ready = signal_came;
    if (loop_watch_start(server->loop, &server->signals, file, problem))
        return true;
    close(file);
    return false;
}

/* As many descriptors as the system allows; returns how many connections they are enough for. */
static uint32_t raise_descriptor_limit(const struct server_options *options)
{
    enum { OWN = 64, MOST = 20000 };
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (options->connection_limit)
        return options->connection_limit;
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > 2 * MOST)
        return MOST;
    /* Some are for large messages, which have a file of their own while they arrive. */
    rlim_t files = OWN + (options->spool ? limit.rlim_cur / 8 : 0);
    return limit.rlim_cur > files ? (uint32_t)(limit.rlim_cur - files) : 1;
}

/* A descriptor below 3 that is closed would be given to a socket. */
static void reserve_standard_streams(void)
{
    int file;
    do {
        file = open("/dev/null", O_RDONLY);
    } while (file >= 0 && file <= STDERR_FILENO);
    if (file >= 0)
        close(file);
}

static bool tell_ready(const struct server *server, const struct endpoint *endpoint,
                       struct problem *problem)
{
    const struct server_ready ready = {
        .listens = endpoint,
        .dns_port = server->dns_server ? dns_server_endpoint(server->dns_server)->port : 0,
        .scenario = server->scenario->id ? server->scenario->id : "",
    };
    return server_ready_tell(&ready, server->options.ready_file, problem);
}

/* The backup site's address; null: there is none. */
static const char *backup_address(const struct server_options *options)
{
    if (options->backup || !options->has_dns)
        return options->backup;
    return strncmp(options->listen.address, "127.", 4) == 0 ? "127.0.0.2" : NULL;
}

/* What the name server says where the centre listens on every address: its own. */
static const char *centre_address(const struct server_options *options)
{
    const char *address = options->listen.address;
    if (strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0)
        return options->dns.address;
    return address;
}

/* Who knows where the centre is comes before it, and listens once it is there. */
static bool make_dns(struct server *server, const struct play_clock *clock, struct problem *problem)
{
    const struct server_options *options = &server->options;
    const struct dns_options dns = {.scenario = server->scenario,
                                    .clock = *clock,
                                    .centre = centre_address(options),
                                    .backup = backup_address(options),
                                    .dead = "127.0.0.3"};
    server->dns = options->has_dns ? dns_new(&dns, problem) : NULL;
    return server->dns || !options->has_dns;
}

static bool open_dns(struct server *server, const struct transcript_sink *sink,
                     struct problem *problem)
{
    const struct dns_server_options options = {server->options.dns, server->dns, *sink};
    if (!server->dns)
        return true;
    server->dns_server = dns_server_open(server->loop, &options, problem);
    return server->dns_server != NULL;
}

/* The ports are bound. */
static bool drop_privileges(const struct server *server, struct problem *problem)
{
    if (!privileges_drop(&server->privileges, problem))
        return false;
    if (!server->workers || workers_follow(server->workers))
        return true;
    problem_set(problem, "the first process can't be followed");
    return false;
}

/* A worker is ready: the first process tells the world once all are. */
static bool is_ready(const struct server *server, struct problem *problem)
{
    if (server->record)
        return tell_ready(server, record_endpoint(server->record), problem);
    if (!server->workers)
        return tell_ready(server, centre_endpoint(server->centre), problem);
    if (workers_tell_ready(server->workers))
        return true;
    problem_set(problem, "the first process is gone");
    return false;
}

static void connection_seen(void *owner, const struct field_connection *connection)
{
    struct server *server = owner;
    if (server->recording)
        record_scenario_take(server->recording, connection);
}

static bool open_recording(struct server *server, struct problem *problem)
{
    const struct server_options *options = &server->options;
    const struct record_scenario_options scenario = {.file = options->scenario_out,
                                                     .centre = options->record,
                                                     .unmasked = options->unmasked,
                                                     .keeps_addresses = options->keeps_addresses,
                                                     .say = say_fault};
    server->recording = record_scenario_new(&scenario, problem);
    return server->recording != NULL;
}

static bool open_record(struct server *server, struct problem *problem)
{
    const struct server_options *options = &server->options;
    struct record_options record = {.listen = options->listen,
                                    .to = options->record_to,
                                    .connection = connection_seen,
                                    .stopped = centre_stopped,
                                    .owner = server};
    if (server->journal)
        record.sink = journal_sink(server->journal);
    server->record = record_open(server->loop, &record, problem);
    return server->record != NULL;
}

/* What is kept of what passes. */
static bool open_files(struct server *server, struct problem *problem)
{
    const struct server_options *options = &server->options;
    const struct journal_options journal = {.file = options->journal,
                                            .unmasked = options->unmasked,
                                            .failed = journal_failed,
                                            .owner = server};
    if (options->spool && !(server->spool = spool_open(options->spool, problem)))
        return false;
    if (options->journal && !(server->journal = journal_open(server->loop, &journal, problem)))
        return false;
    return !options->scenario_out || open_recording(server, problem);
}

static bool open_centre(struct server *server, uint32_t connections, struct problem *problem)
{
    const struct server_options *options = &server->options;
    struct centre_options centre = {
        .listen = options->listen,
        .scenario = server->scenario,
        .clock = {.pace = options->pace, .sender_limit = options->timeout},
        .seed = options->seed,
        .connection_limit = connections,
        .spool = server->spool,
        .backup = backup_address(options),
        .stopped = centre_stopped,
        .owner = server,
    };
    if (server->workers) {
        centre.reuse_port = true;
        centre.shared = workers_shared(server->workers);
        centre.connection_limit = (connections + options->workers - 1) / options->workers;
    }
    if (server->journal)
        centre.sink = journal_sink(server->journal);
    if (!make_dns(server, &centre.clock, problem))
        return false;
    centre.dns = server->dns;
    server->centre = centre_open(server->loop, &centre, problem);
    return server->centre && open_dns(server, &centre.sink, problem);
}

static bool server_open(struct server *server, struct problem *problem)
{
    const struct privileges *privileges = &server->privileges;
    uint32_t connections = raise_descriptor_limit(&server->options);
    server->loop = loop_live_new(problem);
    return server->loop && watch_signals(server, problem) && privileges_lend(privileges, problem) &&
           open_files(server, problem) && privileges_take_back(privileges, problem) &&
           (server->options.record ? open_record(server, problem)
                                   : open_centre(server, connections, problem)) &&
           drop_privileges(server, problem) && is_ready(server, problem);
}

static void server_close(struct server *server)
{
    dns_server_close(server->dns_server);
    centre_close(server->centre);
    record_close(server->record);
    if (server->recording && !record_scenario_write(server->recording))
        server->write_failed = true;
    record_scenario_free(server->recording);
    dns_free(server->dns);
    if (server->journal && !journal_flush(server->journal, NULL))
        server->write_failed = true;
    journal_close(server->journal);
    spool_close(server->spool);
    if (server->loop) {
        if (server->signals.fd > STDERR_FILENO) {
            int file = server->signals.fd;
            loop_watch_stop(server->loop, &server->signals);
            close(file);
        }
        loop_free(server->loop);
    }
    scenario_free(server->scenario);
}

static void tell_numbers(const struct server *server, uint32_t connections, uint64_t kept)
{
    if (!server->options.quiet)
        fprintf(stderr, "naccs-mockserver: %u connections, %llu messages kept\n", connections,
                (unsigned long long)kept);
}

/* This process is the centre, or one of those that are. */
static int serve_here(struct server *server)
{
    struct problem problem = {""};
    int status = EXIT_SUCCESS;
    if (server_open(server, &problem)) {
        loop_run(server->loop);
        struct centre_numbers numbers = {0};
        if (server->centre)
            numbers = centre_numbers(server->centre);
        if (server->workers)
            workers_add_kept(server->workers, numbers.stored);
        else if (server->centre)
            tell_numbers(server, numbers.connections, numbers.stored);
    } else {
        say(problem.text);
        status = EXIT_ENVIRONMENT;
    }
    server_close(server);
    return server->write_failed ? EXIT_ENVIRONMENT : status;
}

/* The workers read the file themselves; a bad one is refused here, for all. */
static bool may_reload(void *owner)
{
    struct server *server = owner;
    struct problem problem = {"there is no scenario file to read again"};
    struct scenario *scenario =
        server->options.scenario ? server_scenario(&server->options, say_fault, NULL) : NULL;
    bool may = scenario && workers_can_play(scenario, &problem);
    if (!may && (scenario || !server->options.scenario))
        say(problem.text);
    if (!may && server->options.scenario)
        say("the scenario stays as it was");
    if (may && !server->options.quiet)
        say("the scenario was read again");
    scenario_free(scenario);
    return may;
}

static int oversee(struct server *server, struct workers *workers)
{
    struct problem problem = {""};
    const struct workers_options options = {may_reload, server};
    int status = EXIT_ENVIRONMENT;
    if (!workers_wait_until_ready(workers))
        return status; /* the worker has said why */
    if (privileges_drop(&server->privileges, &problem) &&
        tell_ready(server, &server->options.listen, &problem))
        status = workers_serve(workers, &options, &problem);
    if (problem.text[0])
        say(problem.text);
    struct workers_numbers numbers = workers_numbers(workers);
    tell_numbers(server, numbers.connections, numbers.kept);
    return status;
}

static bool can_be_shared(const struct server *server, struct problem *problem)
{
    const char *journal = server->options.journal;
    struct stat status;
    if (journal && stat(journal, &status) == 0 && S_ISFIFO(status.st_mode)) {
        problem_set(problem, "--workers: the journal is a pipe, which one process alone can write");
        return false;
    }
    return workers_can_play(server->scenario, problem);
}

static int serve_with_workers(struct server *server)
{
    struct problem problem = {""};
    bool is_worker = false;
    int status = EXIT_ENVIRONMENT;
    if (!can_be_shared(server, &problem)) {
        say(problem.text);
        scenario_free(server->scenario);
        return EXIT_USAGE;
    }
    struct workers *workers = workers_new(server->options.workers, &problem);
    if (!workers || !workers_find_port(&server->options.listen, &problem) ||
        !workers_start(workers, &is_worker, &problem)) {
        say(problem.text);
    } else if (is_worker) {
        server->workers = workers;
        status = serve_here(server);
        server->scenario = NULL;
    } else {
        status = oversee(server, workers);
    }
    workers_free(workers);
    scenario_free(server->scenario);
    return status;
}

static int serve(struct server *server)
{
    server->scenario = server_scenario(&server->options, say_fault, NULL);
    if (!server->scenario)
        return EXIT_USAGE;
    return server->options.workers > 1 ? serve_with_workers(server) : serve_here(server);
}

int main(int argc, char **argv)
{
    struct server server = {.stopping = false};
    struct problem problem = {""};
    reserve_standard_streams();
    switch (server_options_read(argc, argv, &server.options, &problem)) {
    case SERVER_OPTIONS_HELP:
        server_options_help(stdout);
        return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_ENVIRONMENT;
    case SERVER_OPTIONS_VERSION:
        puts("naccs-mockserver " NACCS_VERSION);
        return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_ENVIRONMENT;
    case SERVER_OPTIONS_WRONG:
        say(problem.text);
        fputs("naccs-mockserver --help tells the options\n", stderr);
        return EXIT_USAGE;
    case SERVER_OPTIONS_RUN:
        break;
    }
    const char *user = server.options.user;
    if (user && !privileges_find(user, &server.privileges, &problem)) {
        say(problem.text);
        return EXIT_USAGE;
    }
    if (!server.options.probe)
        return serve(&server);
    if (probe_centre(&server.options.listen, server.options.timeout, &problem))
        return EXIT_SUCCESS;
    say(problem.text);
    return EXIT_ENVIRONMENT;
}
