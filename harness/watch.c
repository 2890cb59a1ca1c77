#include "harness/watch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* The kernel walks all of its sockets for each look, which takes milliseconds: no oftener than the
 * limit that is judged by it wants, a twentieth of it. */
#define LOOK_LEAST (20 * USEC_PER_MSEC)
#define LOOK_MOST  (100 * USEC_PER_MSEC)
enum { LOOKS_PER_LIMIT = 20 };
enum { TABLE_SIZE = 4 * 1024 * 1024 };

/* Does the centre not see now what this case's sender does? */
static bool is_blind(const struct watch *watch)
{
    if (!watch->centre || !watch->present)
        return false;
    return (watch->hidden & SIGHTING_WINDOW && watch->owing_count > 0) ||
           (watch->hidden & SIGHTING_CONNECT && centre_numbers(watch->centre).open == 0);
}

static void read_table(const char *name, char *at)
{
    size_t count = 0;
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && count < TABLE_SIZE - 1) {
        ssize_t more = read(fd, at + count, TABLE_SIZE - 1 - count);
        if (more <= 0)
            break;
        count += (size_t)more;
    }
    at[count] = '\0';
    if (fd >= 0)
        close(fd);
}

/* True where a socket of this case's sender was seen. */
static bool found(struct watch *watch, const char *table)
{
    if (!sighting_take(&watch->sightings, table))
        run_job_fault(watch->options.job, "no memory for what was seen of the sockets");
    for (size_t i = 0; i < watch->sightings.count; i++)
        if (watch->sightings.at[i].still)
            return true;
    return false;
}

static void show(struct looks *looks, const char *name, bool *all_found)
{
    *all_found = true;
    read_table(name, looks->table);
    for (struct watch *watch = looks->first; watch; watch = watch->next)
        if (is_blind(watch) && !found(watch, looks->table))
            *all_found = false;
}

static void looked(struct watch *watch)
{
    if (sighting_connecting_since(&watch->sightings) == watch->connecting_since)
        return;
    if (watch->options.changed)
        watch->options.changed(watch->options.owner, NULL);
}

/* Looks at the sockets for the cases whose centre is blind; stops where none is. */
static void look(struct timer *timer)
{
    struct looks *looks = OWNER_OF(timer, struct looks, timer);
    bool wanted = false, all_found;
    for (struct watch *watch = looks->first; watch; watch = watch->next) {
        if (!is_blind(watch))
            continue;
        watch->connecting_since = sighting_connecting_since(&watch->sightings);
        sighting_begin(&watch->sightings, loop_now(looks->loop));
        wanted = true;
    }
    if (!wanted)
        return;
    show(looks, "/proc/net/tcp", &all_found);
    if (!all_found)
        show(looks, "/proc/net/tcp6", &all_found);
    for (struct watch *watch = looks->first; watch; watch = watch->next)
        if (is_blind(watch))
            looked(watch);
    loop_timer_set(looks->loop, timer, loop_now(looks->loop) + looks->every);
}

bool looks_init(struct looks *looks, struct loop *loop, usec limit)
{
    usec every = limit / LOOKS_PER_LIMIT;
    *looks = (struct looks){.loop = loop, .table = malloc(TABLE_SIZE)};
    looks->every = every < LOOK_LEAST ? LOOK_LEAST : every > LOOK_MOST ? LOOK_MOST : every;
    timer_init(&looks->timer, look);
    return looks->table != NULL;
}

void looks_free(struct looks *looks)
{
    if (looks->loop)
        loop_timer_cancel(looks->loop, &looks->timer);
    free(looks->table);
    *looks = (struct looks){0};
}

static void owes(struct watch *watch, uint32_t connection, bool does)
{
    for (size_t i = 0; i < watch->owing_count; i++) {
        if (watch->owing[i] != connection)
            continue;
        if (!does)
            watch->owing[i] = watch->owing[--watch->owing_count];
        return;
    }
    if (!does)
        return;
    if (watch->owing_count == watch->owing_room) {
        size_t room = watch->owing_room ? 2 * watch->owing_room : 8;
        uint32_t *owing = realloc(watch->owing, room * sizeof *owing);
        if (!owing)
            return; /* we are only less patient for it */
        watch->owing = owing;
        watch->owing_room = room;
    }
    watch->owing[watch->owing_count++] = connection;
}

/* The port at the end of "ADDR:PORT"; 0 where there is none. */
static uint16_t peer_port(struct octets peer)
{
    unsigned port = 0, factor = 1;
    for (size_t i = peer.count;
         i-- > 0 && peer.at[i] >= '0' && peer.at[i] <= '9' && factor <= 10000; factor *= 10)
        port += (unsigned)(peer.at[i] - '0') * factor;
    return port <= UINT16_MAX ? (uint16_t)port : 0;
}

static void event(void *owner, const struct transcript_event *event)
{
    struct watch *watch = owner;
    if (!watch->sink.event)
        return;
    watch->sink.event(watch->sink.owner, event);
    watch->quiet_since = event->at;
    if (event->stage != STAGE_NOOP)
        watch->busy_since = event->at;
    if (event->message > watch->transactions)
        watch->transactions = event->message;
    switch (event->kind) {
    case TRANSCRIPT_STALLED:
    case TRANSCRIPT_PAUSED:
        owes(watch, event->connection, true);
        break;
    case TRANSCRIPT_RESUMED:
    case TRANSCRIPT_CLOSED:
        owes(watch, event->connection, false);
        break;
    case TRANSCRIPT_OPENED:
        sighting_answered(&watch->sightings, peer_port(event->octets));
        watch->connections++;
        watch->asking_since = USEC_NEVER;
        break;
    case TRANSCRIPT_QUERY:
        if (watch->asking_since == USEC_NEVER)
            watch->asking_since = event->at;
        break;
    case TRANSCRIPT_RECEIVED:
    case TRANSCRIPT_SENT:
    case TRANSCRIPT_SENDER_FIN:
    case TRANSCRIPT_SENDER_RST:
    case TRANSCRIPT_CENTRE_FIN:
    case TRANSCRIPT_CENTRE_HALF:
    case TRANSCRIPT_CENTRE_RST:
    case TRANSCRIPT_STORED:
    case TRANSCRIPT_FLAW:
    case TRANSCRIPT_MISSING:
    case TRANSCRIPT_FACE:
    case TRANSCRIPT_ANSWER:
        break;
    }
    if (watch->options.changed)
        watch->options.changed(watch->options.owner, event);
}

static bool open_named(struct watch *watch, struct centre_options *centre, struct problem *problem)
{
    watch->dns = run_dns_new(watch->options.run, watch->options.job->scenario, problem);
    if (!watch->dns)
        return false;
    const struct dns_server_options options = {
        .listen = {.address = "127.0.0.1"}, .dns = watch->dns, .sink = {event, watch}};
    watch->dns_server = dns_server_open(watch->options.looks->loop, &options, problem);
    centre->dns = watch->dns;
    centre->backup = RUN_BACKUP_ADDRESS;
    return watch->dns_server != NULL;
}

bool watch_open(struct watch *watch, const struct watch_options *options, struct problem *problem)
{
    const struct run_options *run = options->run->options;
    struct run_job *job = options->job;
    struct loop *loop = options->looks->loop;
    *watch = (struct watch){.options = *options,
                            .asking_since = USEC_NEVER,
                            .began = loop_now(loop),
                            .quiet_since = loop_now(loop),
                            .busy_since = loop_now(loop),
                            .connecting_since = USEC_NEVER,
                            .hidden = sighting_wanted(job->scenario)};
    job->transcript = transcript_new(RUN_TRANSCRIPT_LIMIT);
    if (!job->transcript) {
        problem_set(problem, "no memory");
        return false;
    }
    watch->sink = transcript_sink(job->transcript);
    struct centre_options centre = {
        .listen = options->listen,
        .scenario = job->scenario,
        .clock = run_clock(run),
        .seed = run->seed,
        .sink = {event, watch},
    };
    if (options->named && !open_named(watch, &centre, problem))
        return false;
    watch->centre = centre_open(loop, &centre, problem);
    if (!watch->centre)
        return false;
    watch->sightings.is_ours = sighting_of_this_process;
    watch->sightings.centre_port = centre_endpoint(watch->centre)->port;
    watch->next = options->looks->first;
    options->looks->first = watch;
    return true;
}

void watch_forget_sockets(struct watch *watch)
{
    if (watch->hidden)
        sighting_begin(&watch->sightings, loop_now(watch->options.looks->loop));
}

bool watch_look(struct watch *watch)
{
    struct looks *looks = watch->options.looks;
    if (!is_blind(watch))
        return false;
    if (!timer_is_set(&looks->timer))
        loop_timer_set(looks->loop, &looks->timer, loop_now(looks->loop));
    return true;
}

bool watch_sender_holds(struct watch *watch)
{
    static const char *const tables[] = {"/proc/net/tcp", "/proc/net/tcp6"};
    struct looks *looks = watch->options.looks;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        read_table(tables[i], looks->table);
        if (sighting_holds(&watch->sightings, looks->table))
            return true;
    }
    return false;
}

/* The longest time that this centre lets a connection be silent. */
static usec longest_idle(const struct watch *watch)
{
    const struct play_clock clock = run_clock(watch->options.run->options);
    const struct scenario *scenario = watch->options.job->scenario;
    usec margin = play_span(&clock, scenario->centre.idle_margin);
    usec limit = play_span(&clock, scenario->centre.idle_limit);
    for (size_t i = 0; i < scenario->rule_count; i++) {
        const struct action *action = &scenario->rules[i].action;
        usec own = action->has_idle_limit ? play_span(&clock, action->idle_limit) : 0;
        usec more = action->has_idle_margin ? play_span(&clock, action->idle_margin) : 0;
        limit = own > limit ? own : limit;
        margin = more > margin ? more : margin;
    }
    return limit + margin;
}

struct patience_view watch_view(const struct watch *watch)
{
    struct centre_numbers numbers = centre_numbers(watch->centre);
    return (struct patience_view){
        .began = watch->began,
        .quiet_since = watch->quiet_since,
        .busy_since = watch->busy_since,
        .open = numbers.open,
        .transactions = watch->transactions,
        .connections = numbers.connections,
        .messages = watch->options.job->test->message_count,
        .centre_acts = numbers.waiting,
        .owes = watch->owing_count > 0,
        .unread = watch->owing_count > 0 && watch->hidden & SIGHTING_WINDOW,
        .connecting_since = sighting_connecting_since(&watch->sightings),
        .asking_since = watch->asking_since,
        .late = watch->options.job->late,
    };
}

struct patience watch_limits(const struct watch *watch)
{
    const struct run_options *options = watch->options.run->options;
    return (struct patience){
        .limit = run_limit(options),
        .tolerance = options->tolerance * options->tolerance_scale,
        .scale = options->tolerance_scale,
        .idle_limit = longest_idle(watch),
    };
}

void watch_conclude(struct watch *watch)
{
    struct run_job *job = watch->options.job;
    job->duration = watch->quiet_since - watch->began;
    job->sightings = watch->sightings.at;
    job->sighting_count = watch->sightings.count;
    watch->sightings.at = NULL;
    watch->sightings.count = watch->sightings.room = 0;
    watch->sink.event = NULL;
}

void watch_close(struct watch *watch)
{
    struct looks *looks = watch->options.looks;
    for (struct watch **link = looks ? &looks->first : NULL; link && *link;) {
        if (*link == watch)
            *link = watch->next;
        else
            link = &(*link)->next;
    }
    watch->sink.event = NULL;
    dns_server_close(watch->dns_server);
    if (watch->centre)
        centre_close(watch->centre);
    dns_free(watch->dns);
    free(watch->owing);
    sighting_free(&watch->sightings);
    *watch = (struct watch){0};
}
