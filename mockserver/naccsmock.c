#include "mockserver/naccsmock.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "mockserver/naccsmock_private.h"
#include "mockserver/server_scenario.h"

/* A message may be this large, whatever the scenario says; so many senders at once. */
enum { MESSAGE_MOST = 64 * 1024 * 1024, CONNECTIONS_MOST = 1000 };

const char *naccsmock_version(void)
{
    return NACCS_VERSION;
}

/* The lock guards what readers look at, too. */
static struct naccsmock *lock(const naccsmock *centre)
{
    struct naccsmock *locked = (struct naccsmock *)(uintptr_t)centre;
    pthread_mutex_lock(&locked->lock);
    return locked;
}

static void unlock(struct naccsmock *centre)
{
    pthread_mutex_unlock(&centre->lock);
}

/* One more line of why something could not be done. */
static void add_fault(void *owner, const char *text)
{
    struct naccsmock *centre = owner;
    lock(centre);
    size_t length = strlen(centre->error);
    snprintf(centre->error + length, sizeof centre->error - length, "%s%s", length > 0 ? "\n" : "",
             text);
    unlock(centre);
}

static void forget_faults(struct naccsmock *centre)
{
    lock(centre);
    centre->error[0] = '\0';
    unlock(centre);
}

naccsmock *naccsmock_new(void)
{
    struct naccsmock *centre = calloc(1, sizeof *centre);
    if (!centre)
        return NULL;
    *centre = (struct naccsmock){.options = {.pace = 1, .timeout = 5 * USEC_PER_SEC, .seed = 1},
                                 .wake_file = -1};
    if (pthread_mutex_init(&centre->lock, NULL) != 0) {
        free(centre);
        return NULL;
    }
    if (pthread_cond_init(&centre->changed, NULL) != 0) {
        pthread_mutex_destroy(&centre->lock);
        free(centre);
        return NULL;
    }
    return centre;
}

const char *naccsmock_error(const naccsmock *centre)
{
    return centre ? centre->error : "no memory for a centre";
}

/* What the centre's thread does. */

static void sink_event(void *owner, const struct transcript_event *event)
{
    struct naccsmock *centre = owner;
    lock(centre);
    dialogue_event(&centre->dialogue, event);
    if (event->kind == TRANSCRIPT_OPENED) {
        centre->connections++;
        centre->open++;
    } else if (event->kind == TRANSCRIPT_CLOSED) {
        centre->open--;
        pthread_cond_broadcast(&centre->changed);
    }
    unlock(centre);
    if (centre->journal) {
        struct transcript_sink journal = journal_sink(centre->journal);
        journal.event(journal.owner, event);
    }
}

static bool message_came(void *owner, const struct received_message *message)
{
    struct naccsmock *centre = owner;
    lock(centre);
    bool kept = inbox_put(&centre->inbox, message);
    pthread_cond_broadcast(&centre->changed);
    unlock(centre);
    return kept;
}

/* Those whose time is over are told; the alarm is set for the next one. */
static void look_at_waiting(struct naccsmock *centre)
{
    usec now = loop_now(centre->loop), next = USEC_NEVER;
    bool expired = false;
    lock(centre);
    for (struct waiting *waiting = centre->waiting; waiting; waiting = waiting->next) {
        if (waiting->deadline == 0)
            waiting->deadline = now + waiting->span;
        waiting->expired |= waiting->deadline <= now;
        expired |= waiting->expired;
        if (!waiting->expired && waiting->deadline < next)
            next = waiting->deadline;
    }
    /* Without an alarm nobody would ever be told. */
    if (!loop_timer_set(centre->loop, &centre->alarm, next)) {
        for (struct waiting *waiting = centre->waiting; waiting; waiting = waiting->next)
            waiting->expired = expired = true;
    }
    if (expired)
        pthread_cond_broadcast(&centre->changed);
    unlock(centre);
}

static void alarm_rings(struct timer *timer)
{
    look_at_waiting(OWNER_OF(timer, struct naccsmock, alarm));
}

static void woken(struct loop_watch *watch)
{
    struct naccsmock *centre = OWNER_OF(watch, struct naccsmock, wake);
    uint64_t times;
    if (read(watch->fd, &times, sizeof times) != sizeof times)
        return;
    lock(centre);
    bool stops = centre->state != NACCSMOCK_RUNS;
    unlock(centre);
    if (stops)
        loop_stop(centre->loop);
    else
        look_at_waiting(centre);
}

static void parts_close(struct naccsmock *centre)
{
    centre_close(centre->centre);
    centre->centre = NULL;
    journal_close(centre->journal);
    centre->journal = NULL;
    spool_close(centre->spool);
    centre->spool = NULL;
    if (centre->loop) {
        loop_timer_cancel(centre->loop, &centre->alarm);
        loop_watch_stop(centre->loop, &centre->wake);
        loop_free(centre->loop);
    }
    centre->loop = NULL;
    scenario_free(centre->program);
    centre->program = NULL;
    if (centre->wake_file >= 0)
        close(centre->wake_file);
    centre->wake_file = -1;
}

static void *thread_runs(void *owner)
{
    struct naccsmock *centre = owner;
    loop_run(centre->loop);
    /* Nobody writes to the eventfd any more: that is done with the lock held, while it runs. */
    parts_close(centre);
    return NULL;
}

/* Starting. */

static bool settings_good(struct naccsmock *centre, struct problem *problem)
{
    struct server_options *options = &centre->options;
    if (centre->no_memory) {
        problem_set(problem, "no memory for a setting");
        return false;
    }
    const char *address = centre->address ? centre->address : "127.0.0.1";
    struct endpoint listen = {.port = options->listen.port};
    if (!endpoint_parse(address, &listen) || !listen.address[0] ||
        listen.port != options->listen.port) {
        problem_set(problem, "the address to listen on: found \"%.64s\", expected a numeric one",
                    address);
        return false;
    }
    if (!(isfinite(options->pace) && options->pace >= 0.001 && options->pace <= 1e6)) {
        problem_set(problem, "the pace: found %g, expected a number from 0.001 to 1000000",
                    options->pace);
        return false;
    }
    if (options->timeout <= 0) {
        problem_set(problem, "the sender's limit: found 0, expected more");
        return false;
    }
    if (centre->domain && !server_domain_valid(centre->domain)) {
        problem_set(problem, "the domain is none");
        return false;
    }
    options->listen = listen;
    options->scenario_text = centre->scenario;
    options->scenario = centre->scenario_file;
    options->variant = centre->variant;
    options->domain = centre->domain;
    return true;
}

static bool parts_open(struct naccsmock *centre, struct problem *problem)
{
    const struct server_options *options = &centre->options;
    centre->wake_file = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (centre->wake_file < 0) {
        problem_set(problem, "no descriptor: %s", strerror(errno));
        return false;
    }
    centre->loop = loop_live_new(problem);
    centre->wake.ready = woken;
    timer_init(&centre->alarm, alarm_rings);
    if (!centre->loop || !loop_watch_start(centre->loop, &centre->wake, centre->wake_file, problem))
        return false;
    if (centre->spool_folder && !(centre->spool = spool_open(centre->spool_folder, problem)))
        return false;
    if (centre->journal_file) {
        const struct journal_options journal = {.file = centre->journal_file};
        centre->journal = journal_open(centre->loop, &journal, problem);
        if (!centre->journal)
            return false;
    }
    const struct centre_options opening = {
        .listen = options->listen,
        .scenario = centre->program,
        .clock = {.pace = options->pace, .sender_limit = options->timeout},
        .seed = options->seed,
        .connection_limit = CONNECTIONS_MOST,
        .sink = {sink_event, centre},
        .spool = centre->spool,
        .receiver = {message_came, centre, MESSAGE_MOST},
    };
    centre->centre = centre_open(centre->loop, &opening, problem);
    return centre->centre != NULL;
}

/* The host's signal handlers never run in it. */
static bool thread_start(struct naccsmock *centre, struct problem *problem)
{
    sigset_t all, before;
    sigfillset(&all);
    lock(centre);
    centre->state = NACCSMOCK_RUNS;
    centre->port = centre_endpoint(centre->centre)->port;
    unlock(centre);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int cause = pthread_create(&centre->thread, NULL, thread_runs, centre);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (cause == 0)
        return true;
    lock(centre);
    centre->state = NACCSMOCK_NEW;
    centre->port = 0;
    unlock(centre);
    problem_set(problem, "no thread for the centre: %s", strerror(cause));
    return false;
}

bool naccsmock_start(naccsmock *centre)
{
    struct problem problem = {""};
    if (!centre)
        return false;
    forget_faults(centre);
    lock(centre);
    bool is_new = centre->state == NACCSMOCK_NEW;
    unlock(centre);
    if (!is_new)
        problem_set(&problem, "the centre was started before");
    if (!is_new || !settings_good(centre, &problem)) {
        add_fault(centre, problem.text);
        return false;
    }
    centre->program = server_scenario(&centre->options, add_fault, centre);
    if (!centre->program)
        return false; /* the faults were told */
    if (parts_open(centre, &problem) && thread_start(centre, &problem))
        return true;
    add_fault(centre, problem.text);
    parts_close(centre);
    return false;
}

uint16_t naccsmock_port(const naccsmock *centre)
{
    if (!centre)
        return 0;
    struct naccsmock *locked = lock(centre);
    uint16_t port = locked->port;
    unlock(locked);
    return port;
}

/* Stopping. */

/* With the lock held, while it runs. The counter can't be full. */
static void wake(const struct naccsmock *centre)
{
    const uint64_t once = 1;
    ssize_t written = write(centre->wake_file, &once, sizeof once);
    (void)written;
}

void naccsmock_stop(naccsmock *centre)
{
    if (!centre)
        return;
    lock(centre);
    bool ours = centre->state == NACCSMOCK_RUNS;
    if (ours) {
        centre->state = NACCSMOCK_STOPS;
        wake(centre);
        pthread_cond_broadcast(&centre->changed);
    }
    /* Another thread may be stopping it. */
    while (!ours && centre->state == NACCSMOCK_STOPS)
        pthread_cond_wait(&centre->changed, &centre->lock);
    unlock(centre);
    if (!ours)
        return;
    pthread_join(centre->thread, NULL);
    lock(centre);
    centre->state = NACCSMOCK_STOPPED;
    pthread_cond_broadcast(&centre->changed);
    unlock(centre);
}

void naccsmock_free(naccsmock *centre)
{
    if (!centre)
        return;
    naccsmock_stop(centre);
    inbox_free(&centre->inbox);
    buf_free(&centre->dialogue.text);
    pthread_cond_destroy(&centre->changed);
    pthread_mutex_destroy(&centre->lock);
    free(centre->address);
    free(centre->scenario);
    free(centre->scenario_file);
    free(centre->variant);
    free(centre->domain);
    free(centre->spool_folder);
    free(centre->journal_file);
    free(centre);
}

/* What was received. */

size_t naccsmock_message_count(const naccsmock *centre)
{
    if (!centre)
        return 0;
    struct naccsmock *locked = lock(centre);
    size_t count = locked->inbox.count;
    unlock(locked);
    return count;
}

const naccsmock_message *naccsmock_message_at(const naccsmock *centre, size_t index)
{
    if (!centre)
        return NULL;
    struct naccsmock *locked = lock(centre);
    const naccsmock_message *message = index < locked->inbox.count ? locked->inbox.at[index] : NULL;
    unlock(locked);
    return message;
}

unsigned naccsmock_connection_count(const naccsmock *centre)
{
    if (!centre)
        return 0;
    struct naccsmock *locked = lock(centre);
    unsigned count = locked->connections;
    unlock(locked);
    return count;
}

unsigned naccsmock_open_count(const naccsmock *centre)
{
    if (!centre)
        return 0;
    struct naccsmock *locked = lock(centre);
    unsigned count = locked->open;
    unlock(locked);
    return count;
}

char *naccsmock_dialogue(const naccsmock *centre)
{
    static const char cut[] = "(more was said than is kept)\n";
    if (!centre)
        return NULL;
    struct naccsmock *locked = lock(centre);
    struct octets text = buf_octets(&locked->dialogue.text);
    char *copy = malloc(text.count + sizeof cut);
    if (copy) {
        if (text.count > 0)
            memcpy(copy, text.at, text.count);
        memcpy(copy + text.count, locked->dialogue.full ? cut : "",
               locked->dialogue.full ? sizeof cut : 1);
    }
    unlock(locked);
    return copy;
}

void naccsmock_free_text(char *text)
{
    free(text);
}

/* Waiting. */

static bool has_messages(const struct naccsmock *centre, size_t count)
{
    return centre->inbox.count >= count;
}

static bool has_closed(const struct naccsmock *centre, size_t count)
{
    return centre->connections >= count && centre->open == 0;
}

static void unlink_waiting(struct naccsmock *centre, const struct waiting *waiting)
{
    struct waiting **place = &centre->waiting;
    while (*place != waiting)
        place = &(*place)->next;
    *place = waiting->next;
}

static bool wait_until(naccsmock *centre, bool (*holds)(const struct naccsmock *, size_t),
                       size_t count, unsigned milliseconds)
{
    struct waiting waiting = {.span = milliseconds * USEC_PER_MSEC};
    if (!centre)
        return false;
    lock(centre);
    bool good = holds(centre, count);
    if (!good && milliseconds > 0 && centre->state == NACCSMOCK_RUNS) {
        waiting.next = centre->waiting;
        centre->waiting = &waiting;
        wake(centre);
        while (!(good = holds(centre, count)) && !waiting.expired &&
               centre->state == NACCSMOCK_RUNS)
            pthread_cond_wait(&centre->changed, &centre->lock);
        unlink_waiting(centre, &waiting);
    }
    if (!good)
        snprintf(centre->error, sizeof centre->error,
                 "waiting: %zu messages have come, on %u connections, %u of them open%s",
                 centre->inbox.count, centre->connections, centre->open,
                 centre->state == NACCSMOCK_RUNS ? "" : "; the centre does not run");
    unlock(centre);
    return good;
}

bool naccsmock_wait_messages(naccsmock *centre, size_t count, unsigned milliseconds)
{
    return wait_until(centre, has_messages, count, milliseconds);
}

bool naccsmock_wait_closed(naccsmock *centre, unsigned connections, unsigned milliseconds)
{
    return wait_until(centre, has_closed, connections, milliseconds);
}
