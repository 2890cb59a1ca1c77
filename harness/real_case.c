#include "harness/real_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/patience.h"
#include "harness/profile_claims.h"
#include "harness/sighting.h"
#include "mockserver/centre.h"

/* Once a command has ended: how long nothing may come before its run is over, and how long its
 * sessions may take to end. */
#define SETTLE_QUIET (10 * USEC_PER_MSEC)
#define SETTLE_LIMIT USEC_PER_SEC
/* A command that has not connected by then is not starting any more, but doing something else. */
#define START_LIMIT (500 * USEC_PER_MSEC)

enum { TOKEN_SIZE = 48, PATH_SIZE = 512 };

extern char **environ;

struct real_case {
    struct real_shared *shared;
    struct run_job *job;
    void (*ended)(void *owner, struct real_case *ended, struct run_job *job);
    void (*wants_looks)(void *owner);
    void *owner;
    char token[TOKEN_SIZE];
    char outcome_file[PATH_SIZE];

    struct dns *dns; /* null: the sender is given the centre's address */
    struct dns_server *dns_server;
    struct centre *centre;
    struct transcript_sink sink; /* of the recording */
    bool over;                   /* what happens now is only us tidying up */
    uint32_t *owing;             /* connections to which the centre owes what it will never give */
    size_t owing_count, owing_room;

    struct sut *sut;
    bool running; /* the command has not ended */
    bool killed;
    size_t run_index; /* which run of the command; with --each, also which message */
    size_t run_count;
    struct sut_output output;

    usec began;
    usec quiet_since; /* the last event, or start or end of the command */
    usec exited;
    struct timer assess;
    bool connected; /* this run of the command */

    unsigned hidden;       /* from the centre: of enum sighting_blindness */
    usec connecting_since; /* of the last look */
    struct sighting_log sightings;
};

/* What the current run of the command is given. */
static size_t first_message(const struct real_case *playing)
{
    return playing->shared->run->each ? playing->run_index : 0;
}

static size_t given_messages(const struct real_case *playing)
{
    return playing->shared->run->each ? 1 : playing->job->test->message_count;
}

static void assess_at(struct real_case *playing, usec due)
{
    loop_timer_set(playing->shared->loop, &playing->assess, due);
}

static void assess_soon(struct real_case *playing)
{
    assess_at(playing, loop_now(playing->shared->loop));
}

static void owes(struct real_case *playing, uint32_t connection, bool does)
{
    for (size_t i = 0; i < playing->owing_count; i++) {
        if (playing->owing[i] != connection)
            continue;
        if (!does)
            playing->owing[i] = playing->owing[--playing->owing_count];
        return;
    }
    if (!does)
        return;
    if (playing->owing_count == playing->owing_room) {
        size_t room = playing->owing_room ? 2 * playing->owing_room : 8;
        uint32_t *owing = realloc(playing->owing, room * sizeof *owing);
        if (!owing)
            return; /* we are only less patient for it */
        playing->owing = owing;
        playing->owing_room = room;
    }
    playing->owing[playing->owing_count++] = connection;
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
    struct real_case *playing = owner;
    if (playing->over)
        return;
    playing->sink.event(playing->sink.owner, event);
    playing->quiet_since = event->at;
    switch (event->kind) {
    case TRANSCRIPT_STALLED:
    case TRANSCRIPT_PAUSED:
        owes(playing, event->connection, true);
        break;
    case TRANSCRIPT_RESUMED:
    case TRANSCRIPT_CLOSED:
        owes(playing, event->connection, false);
        break;
    case TRANSCRIPT_OPENED:
        sighting_answered(&playing->sightings, peer_port(event->octets));
        playing->connected = true;
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
    case TRANSCRIPT_FACE:
    case TRANSCRIPT_QUERY:
    case TRANSCRIPT_ANSWER:
        break;
    }
    assess_soon(playing);
}

static void claim(struct real_case *playing, const struct check_process *process)
{
    struct run_job *job = playing->job;
    struct check_claim *claims = job->claims + first_message(playing);
    size_t count = given_messages(playing);
    bool single = count == 1;
    if (process->killed || process->crashed) {
        job->per_message_claims = job->per_message_claims || single;
        return;
    }
    if (claims_of_file(playing->outcome_file, claims, count)) {
        job->per_message_claims = true;
        return;
    }
    job->per_message_claims = job->per_message_claims || single;
    for (size_t i = 0; i < count; i++)
        if (single || process->status == 0)
            claims[i].outcomes =
                claims_of_status(&playing->shared->run->options->profile, process->status);
}

/* The command has ended: by itself, or because we killed it. */
static void command_ended(void *owner)
{
    struct real_case *playing = owner;
    struct check_process *process = &playing->job->processes[playing->run_index];
    struct sut_end end = sut_end(playing->sut);
    usec now = loop_now(playing->shared->loop);
    playing->running = false;
    playing->exited = playing->quiet_since = now;
    process->ended = now;
    process->crashed = end.crashed;
    process->status = end.status;
    if (end.not_begun)
        run_job_fault(playing->job, "%s: %s", playing->shared->program, end.not_begun);
    /* What is killed keeps the sockets that it was seen with. */
    if (playing->hidden && !process->killed)
        sighting_begin(&playing->sightings, now);
    claim(playing, process);
    assess_soon(playing);
}

static bool start_command(struct real_case *playing, struct problem *problem)
{
    struct real_shared *shared = playing->shared;
    const struct run_options *options = shared->run->options;
    const struct suite_case *test = playing->job->test;
    const struct endpoint *centre = centre_endpoint(playing->centre);
    const struct invocation_template template = {options->command, shared->environment,
                                                 shared->environment_count,
                                                 options->profile.standard_input};
    bool looks_up = run_needs_dns(playing->job->scenario);
    char resolver[ENDPOINT_TEXT_SIZE];
    struct invocation_values values = {
        .host = looks_up ? playing->job->scenario->centre.domain : centre->address,
        .port = centre->port,
        .helo = options->helo,
        .from = options->from,
        .timeout = options->timeout,
        .messages = (const char *const *)test->message_paths + first_message(playing),
        .message_count = given_messages(playing),
        .case_id = test->scenario->id,
        .token = playing->token,
        .outcome_file = playing->outcome_file,
    };
    if (playing->dns_server)
        values.resolver = endpoint_format(dns_server_endpoint(playing->dns_server), resolver);
    values.to = run_job_recipients(playing->job, &values.to_count);
    struct invocation invocation;
    if (!invocation_make(&template, environ, &values, &invocation)) {
        problem_set(problem, "no memory");
        return false;
    }
    const struct sut_options start = {
        .program = shared->program,
        .invocation = &invocation,
        .input = template.standard_input && values.message_count > 0 ? values.messages[0] : NULL,
        .output = &playing->output,
        .ended = command_ended,
        .owner = playing,
    };
    unlink(playing->outcome_file);
    playing->sut = sut_start(shared->host, &start, problem);
    invocation_free(&invocation);
    if (!playing->sut)
        return false;
    playing->running = true;
    playing->connected = false;
    playing->quiet_since = loop_now(shared->loop);
    playing->job->processes[playing->run_index].started = playing->quiet_since;
    playing->job->process_count = playing->run_index + 1;
    assess_soon(playing);
    return true;
}

/* The longest time that this centre lets a connection be silent. */
static usec longest_idle(const struct real_case *playing)
{
    const struct run_options *options = playing->shared->run->options;
    const struct play_clock clock = run_clock(options);
    const struct scenario *scenario = playing->job->scenario;
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

static struct patience_end when_to_end(const struct real_case *playing)
{
    const struct run_options *options = playing->shared->run->options;
    struct centre_numbers numbers = centre_numbers(playing->centre);
    const struct patience patience = {
        .limit = run_limit(options),
        .tolerance = options->tolerance * options->tolerance_scale,
        .scale = options->tolerance_scale,
        .idle_limit = longest_idle(playing),
    };
    const struct patience_view view = {
        .began = playing->began,
        .quiet_since = playing->quiet_since,
        .open = numbers.open,
        .centre_acts = numbers.waiting,
        .owes = playing->owing_count > 0,
        .connecting_since = sighting_connecting_since(&playing->sightings),
    };
    return patience_end(&patience, &view);
}

static void kill_command(struct real_case *playing, const char *why)
{
    struct check_process *process = &playing->job->processes[playing->run_index];
    if (playing->killed)
        return;
    playing->killed = true;
    process->killed = true;
    process->killed_for = why;
    sut_kill(playing->sut);
}

static void tidy_up(struct real_case *playing)
{
    playing->over = true;
    loop_timer_cancel(playing->shared->loop, &playing->assess);
    sut_free(playing->sut);
    sut_host_sweep(playing->shared->host, playing->token);
    dns_server_close(playing->dns_server);
    if (playing->centre)
        centre_close(playing->centre);
    dns_free(playing->dns);
    unlink(playing->outcome_file);
    free(playing->owing);
    sighting_free(&playing->sightings);
    free(playing);
}

/* What was seen goes over to the job. */
static void conclude(struct real_case *playing)
{
    struct run_job *job = playing->job;
    job->duration = playing->quiet_since - playing->began;
    job->sightings = playing->sightings.at;
    job->sighting_count = playing->sightings.count;
    playing->sightings.at = NULL;
    if (playing->output.count > 0) {
        job->output = malloc(playing->output.count);
        if (job->output) {
            memcpy(job->output, playing->output.at, playing->output.count);
            job->output_count = playing->output.count;
        }
    }
}

/* A run of the command is over: the next one, or the end of the case. */
static void run_over(struct real_case *playing)
{
    struct problem problem;
    sut_free(playing->sut);
    playing->sut = NULL;
    sut_host_sweep(playing->shared->host, playing->token);
    if (playing->run_index + 1 < playing->run_count) {
        playing->run_index++;
        playing->killed = false;
        if (start_command(playing, &problem))
            return;
        run_job_fault(playing->job, "%s", problem.text);
    }
    struct run_job *job = playing->job;
    void (*ended)(void *, struct real_case *, struct run_job *) = playing->ended;
    void *owner = playing->owner;
    conclude(playing);
    struct real_case *gone = playing;
    tidy_up(playing);
    ended(owner, gone, job);
}

/* When the command has ended: is there anything left to see? */
static void settle(struct real_case *playing, usec now)
{
    usec until = playing->exited + SETTLE_LIMIT;
    if (centre_numbers(playing->centre).open == 0 && playing->quiet_since + SETTLE_QUIET < until)
        until = playing->quiet_since + SETTLE_QUIET;
    if (now >= until)
        run_over(playing);
    else
        assess_at(playing, until);
}

static void assess(struct timer *timer)
{
    struct real_case *playing = OWNER_OF(timer, struct real_case, assess);
    usec now = loop_now(playing->shared->loop);
    if (real_case_blind(playing))
        playing->wants_looks(playing->owner);
    else if (playing->hidden && playing->running && !playing->killed)
        sighting_begin(&playing->sightings, now); /* what was hidden has come to its end */
    if (!playing->running) {
        settle(playing, now);
        return;
    }
    if (playing->killed)
        return;
    struct patience_end end = when_to_end(playing);
    if (playing->job->transcript->incomplete)
        kill_command(playing, "it sent more than a case may hold");
    else if (now >= end.at)
        kill_command(playing, end.why);
    else
        assess_at(playing, end.at);
}

/* Where the command line has a place for the name server, it must be there in every case. */
static bool wants_dns(const struct real_case *playing)
{
    return run_needs_dns(playing->job->scenario) ||
           invocation_takes_resolver(playing->shared->run->options->command);
}

static bool open_dns(struct real_case *playing, struct problem *problem)
{
    const struct dns_server_options options = {
        .listen = {.address = "127.0.0.1"}, .dns = playing->dns, .sink = {event, playing}};
    if (!playing->dns)
        return true;
    playing->dns_server = dns_server_open(playing->shared->loop, &options, problem);
    return playing->dns_server != NULL;
}

static bool begin(struct real_case *playing, struct problem *problem)
{
    struct run_job *job = playing->job;
    const struct run_options *options = playing->shared->run->options;
    job->transcript = transcript_new(RUN_TRANSCRIPT_LIMIT);
    job->claims = calloc(job->test->message_count + 1, sizeof *job->claims);
    job->processes = calloc(playing->run_count, sizeof *job->processes);
    if (!job->transcript || !job->claims || !job->processes) {
        problem_set(problem, "no memory");
        return false;
    }
    playing->sink = transcript_sink(job->transcript);
    struct centre_options centre = {
        .listen = {.address = RUN_CENTRE_ADDRESS},
        .scenario = job->scenario,
        .clock = run_clock(options),
        .seed = options->seed,
        .sink = {event, playing},
    };
    if (wants_dns(playing)) {
        playing->dns = run_dns_new(playing->shared->run, job->scenario, problem);
        if (!playing->dns)
            return false;
        centre.dns = playing->dns;
        centre.backup = RUN_BACKUP_ADDRESS;
    }
    playing->centre = centre_open(playing->shared->loop, &centre, problem);
    if (!playing->centre || !open_dns(playing, problem))
        return false;
    playing->sightings.is_ours = sighting_of_this_process;
    playing->sightings.centre_port = centre_endpoint(playing->centre)->port;
    return start_command(playing, problem);
}

struct real_case *real_case_start(const struct real_case_options *options)
{
    struct problem problem;
    struct real_shared *shared = options->shared;
    struct real_case *playing = calloc(1, sizeof *playing);
    if (!playing) {
        run_job_fault(options->job, "no memory");
        return NULL;
    }
    *playing = (struct real_case){.shared = shared,
                                  .job = options->job,
                                  .ended = options->over,
                                  .wants_looks = options->wants_looks,
                                  .owner = options->owner,
                                  .began = loop_now(shared->loop),
                                  .hidden = sighting_wanted(options->job->scenario)};
    playing->quiet_since = playing->began;
    timer_init(&playing->assess, assess);
    size_t count = options->job->test->message_count;
    playing->run_count = shared->run->each && count > 0 ? count : 1;
    snprintf(playing->token, sizeof playing->token, "%d-%zu", (int)getpid(), options->number);
    snprintf(playing->outcome_file, sizeof playing->outcome_file, "%s/%zu.json", shared->folder,
             options->number);
    if (begin(playing, &problem))
        return playing;
    run_job_fault(options->job, "%s", problem.text);
    tidy_up(playing);
    return NULL;
}

void real_case_abort(struct real_case *playing, const char *why)
{
    run_job_fault(playing->job, "%s", why);
    conclude(playing);
    tidy_up(playing);
}

bool real_case_starting(const struct real_case *playing)
{
    return playing->running && !playing->connected &&
           loop_now(playing->shared->loop) <
               playing->job->processes[playing->run_index].started + START_LIMIT;
}

bool real_case_blind(const struct real_case *playing)
{
    if (!playing->running || playing->killed)
        return false;
    return (playing->hidden & SIGHTING_WINDOW && playing->owing_count > 0) ||
           (playing->hidden & SIGHTING_CONNECT && centre_numbers(playing->centre).open == 0);
}

void real_case_look(struct real_case *playing)
{
    playing->connecting_since = sighting_connecting_since(&playing->sightings);
    sighting_begin(&playing->sightings, loop_now(playing->shared->loop));
}

bool real_case_found(struct real_case *playing, const char *table)
{
    if (!sighting_take(&playing->sightings, table))
        run_job_fault(playing->job, "no memory for what was seen of the sockets");
    for (size_t i = 0; i < playing->sightings.count; i++)
        if (playing->sightings.at[i].still)
            return true;
    return false;
}

void real_case_looked(struct real_case *playing)
{
    if (sighting_connecting_since(&playing->sightings) != playing->connecting_since)
        assess_soon(playing);
}
