#include "harness/run_job.h"

#include <stdlib.h>

#include "client/client.h"
#include "harness/lookup_virtual.h"
#include "mockserver/centre.h"

/* The reference client and a centre, in a loop of their own whose clock jumps. */

enum {
    CONNECTIONS = 4,
    LATENCY_MS = 1,          /* so that the two ends do not act at the same instant */
    LONGEST_SECONDS = 86400, /* a sender that has not ended in a virtual day never will */
};

/* The centre is looked at for so long behind the sender's end. */
#define LEFT_TO_SEE USEC_PER_SEC

struct virtual_case {
    struct run *run;
    struct run_job *job;
    uint64_t seed;
    usec latency;
    struct loop *loop;
    struct dns *dns; /* null: the client is given an address */
    struct centre *centre;
    struct client_lookup *lookup;
    struct client *client;
    struct transcript_sink sink; /* of the recording */
    bool told;                   /* the client has said what became of everything */
    bool over;                   /* what happens now is only us tidying up */
    struct timer end;
};

static unsigned outcome_bit(enum outcome outcome)
{
    switch (outcome) {
    case CLIENT_UNSENT:
        return OUTCOME_UNSENT;
    case CLIENT_ACCEPTED:
        return OUTCOME_ACCEPTED;
    case CLIENT_REFUSED:
        return OUTCOME_REFUSED;
    case CLIENT_DEFERRED:
        return OUTCOME_DEFERRED;
    case CLIENT_UNKNOWN:
        return OUTCOME_UNKNOWN;
    }
    return 0;
}

static void event(void *owner, const struct transcript_event *event)
{
    struct virtual_case *playing = owner;
    if (playing->over)
        return;
    playing->sink.event(playing->sink.owner, event);
    struct check_process *process = playing->job->processes;
    if (playing->job->transcript->incomplete && !process->killed) {
        process->killed = true;
        process->killed_for = "it sent more than a case may hold";
        loop_stop(playing->loop);
    }
}

/* The client has said what became of everything; the centre may have something left to see. */
static void done(void *owner, const struct client_result *result)
{
    struct virtual_case *playing = owner;
    struct run_job *job = playing->job;
    playing->told = true;
    for (size_t i = 0; i < result->count && i < job->test->message_count; i++)
        job->claims[i].outcomes = outcome_bit(result->messages[i].outcome);
    job->processes->status = client_exit_status(result);
    job->processes->ended = loop_now(playing->loop);
    job->duration = job->processes->ended;
    loop_timer_set(playing->loop, &playing->end, loop_now(playing->loop) + LEFT_TO_SEE);
}

static void time_is_up(struct timer *timer)
{
    struct virtual_case *playing = OWNER_OF(timer, struct virtual_case, end);
    usec now = loop_now(playing->loop);
    /* Who slept beyond it has not seen what was under way. */
    if (now > timer->deadline && loop_timer_set(playing->loop, timer, now + LEFT_TO_SEE))
        return;
    loop_stop(playing->loop);
}

static bool open_centre(struct virtual_case *playing, struct problem *problem)
{
    const struct run_options *options = playing->run->options;
    struct centre_options centre = {
        .listen = {.address = RUN_CENTRE_ADDRESS, .port = 25},
        .scenario = playing->job->scenario,
        .clock = run_clock(options),
        .seed = playing->seed,
        .sink = {event, playing},
    };
    if (run_needs_dns(playing->job->scenario)) {
        const struct lookup_virtual_options lookup = {.sink = centre.sink,
                                                      .latency = playing->latency};
        playing->dns = run_dns_new(playing->run, playing->job->scenario, problem);
        if (!playing->dns)
            return false;
        centre.dns = playing->dns;
        centre.backup = RUN_BACKUP_ADDRESS;
        playing->lookup = lookup_virtual_new(playing->loop, playing->dns, &lookup);
        if (!playing->lookup)
            return false;
    }
    playing->centre = centre_open(playing->loop, &centre, problem);
    return playing->centre != NULL;
}

static bool start_client(struct virtual_case *playing, struct client_message *messages,
                         struct problem *problem)
{
    const struct run_options *options = playing->run->options;
    const struct suite_case *test = playing->job->test;
    for (size_t i = 0; i < test->message_count; i++)
        messages[i] = (struct client_message){test->messages[i].name, test->messages[i].octets};
    const struct endpoint *to = centre_endpoint(playing->centre);
    struct client_options client = {
        .host = playing->dns ? playing->job->scenario->centre.domain : to->address,
        .port = to->port,
        .helo = options->helo,
        .from = options->from,
        .limits = limits_default(),
        .connection_limit = CONNECTIONS,
        .retry_wait = USEC_PER_SEC,
        .done = done,
        .owner = playing,
        .lookup = playing->lookup,
    };
    client.to = run_job_recipients(playing->job, &client.to_count);
    limits_shorten(&client.limits, options->timeout);
    playing->client = client_start(playing->loop, &client, messages, test->message_count, problem);
    return playing->client != NULL;
}

static void play_in(struct virtual_case *playing, struct client_message *messages)
{
    struct problem problem = {"no memory"};
    struct run_job *job = playing->job;
    timer_init(&playing->end, time_is_up);
    if (!open_centre(playing, &problem) || !start_client(playing, messages, &problem) ||
        !loop_timer_set(playing->loop, &playing->end, LONGEST_SECONDS * USEC_PER_SEC)) {
        run_job_fault(job, "cannot begin: %s", problem.text);
    } else {
        loop_run(playing->loop);
        if (!playing->told && !job->processes->killed) {
            job->processes->killed = true;
            job->processes->killed_for = "it did not end";
        }
        if (job->processes->killed)
            job->duration = job->processes->ended = loop_now(playing->loop);
    }
    playing->over = true;
    loop_timer_cancel(playing->loop, &playing->end);
    if (playing->client)
        client_free(playing->client);
    if (playing->lookup)
        playing->lookup->free(playing->lookup);
    if (playing->centre)
        centre_close(playing->centre);
    dns_free(playing->dns);
}

struct loop_network run_job_network(const struct run *run, const struct run_job *job)
{
    const struct run_options *options = run->options;
    struct run_network network = options->network;
    uint64_t seed = options->seed;
    if (job->result) {
        size_t index = (size_t)(job->result - run->results->cases);
        network = options->networks ? options->networks[index] : network;
        seed = options->seeds ? options->seeds[index] : seed;
    }
    return (struct loop_network){
        .seed = seed,
        .latency = network.latency > 0 ? network.latency : LATENCY_MS * USEC_PER_MSEC,
        .segment_limit = network.segment_limit,
        .random_segments = network.random_segments,
        .window = network.window,
        .clocks = network.clocks,
    };
}

static void play(struct run *run, struct run_job *job)
{
    struct problem problem;
    const struct loop_network network = run_job_network(run, job);
    size_t count = job->test->message_count;
    struct virtual_case playing = {
        .run = run, .job = job, .seed = network.seed, .latency = network.latency};
    struct client_message *messages = calloc(count + 1, sizeof *messages);
    job->claims = calloc(count + 1, sizeof *job->claims);
    job->processes = calloc(1, sizeof *job->processes);
    job->transcript = transcript_new(RUN_TRANSCRIPT_LIMIT);
    job->process_count = 1;
    job->per_message_claims = true;
    if (!messages || !job->claims || !job->processes || !job->transcript) {
        run_job_fault(job, "no memory");
    } else if (!(playing.loop = loop_virtual_new(&network, &problem))) {
        run_job_fault(job, "%s", problem.text);
    } else {
        playing.sink = transcript_sink(job->transcript);
        play_in(&playing, messages);
        /* What both ends were kept from would be taken for what they did. */
        if (loop_lacked_memory(playing.loop))
            run_job_fault(job, "no memory for what passed");
        loop_free(playing.loop);
    }
    free(messages);
}

bool run_virtual(struct run *run, struct problem *problem)
{
    (void)problem;
    for (size_t i = 0; i < run->job_count && !run->results->interrupted; i++) {
        struct run_job *job = &run->jobs[i];
        if (!run_job_open(job))
            continue;
        run_job_begun(run, job);
        play(run, job);
        run_job_played(run, job);
        run->results->interrupted = run_interrupted();
    }
    return true;
}
