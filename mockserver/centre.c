#include "mockserver/centre.h"

#include <stdio.h>
#include <stdlib.h>

#include "mockserver/session.h"

enum {
    CONNECTIONS_DEFAULT = 20000,
    SITES = DNS_PLACE_BACKUP + 1, /* its own, and the backup */
    PORT_TRIES = 16,
};

/* A program, and who is to be told when it is played no more. */
struct played {
    struct centre_program program;
    void (*released)(void *owner, const struct scenario *old);
    void *owner;
};

struct centre {
    struct centre_host host;
    struct played *current;
    struct site {
        struct listener *listener; /* null once the centre stops, and where there is no such site */
        enum listener_face face;   /* as it is */
    } sites[SITES];
    struct dns *dns;
    const struct centre_shared *shared; /* null: alone */
    unsigned places;                    /* where the centre answers: bits 1 << enum dns_place */
    struct endpoint endpoint;
    struct centre_session *sessions;
    uint32_t open, connections, connection_limit;
    bool paused; /* the listener, by the limit */

    enum listener_face face; /* as the rules have it, wherever the centre is */
    bool refusal_over;       /* the next connection is answered whatever the rules say */
    struct play_cursor dice; /* for the length of refusals */
    struct timer refusal;

    struct timer grace, done;
    void (*stopped)(void *owner);
    void *owner;
};

/* Programs. */

static bool program_init(struct centre_program *program, const struct scenario *scenario,
                         const struct play_clock *clock)
{
    const struct centre_settings *settings = &scenario->centre;
    *program = (struct centre_program){.scenario = scenario};
    if (!play_book_init(&program->book, scenario))
        return false;
    for (size_t i = 0; i < scenario->rule_count; i++) {
        const struct rule *rule = &scenario->rules[i];
        program->has_body_rules |= (rule->stages & 1u << STAGE_BODY) != 0;
        program->has_idle_rules |= (rule->stages & 1u << STAGE_IDLE) != 0;
        program->has_variables |= rule->action.reply.has_variables;
    }
    program->offer.keywords = settings->ehlo_keywords;
    if (settings->message_limit)
        program->offer.size_limit = settings->message_limit + settings->header_limit;
    program->idle_limit =
        play_span(clock, settings->idle_limit) + play_span(clock, settings->idle_margin);
    return true;
}

static struct played *played_new(const struct scenario *scenario, const struct play_clock *clock,
                                 const struct centre_shared *shared)
{
    struct played *played = calloc(1, sizeof *played);
    if (played && !program_init(&played->program, scenario, clock)) {
        free(played);
        return NULL;
    }
    if (played && shared)
        play_book_share(&played->program.book, shared->counts(shared->owner));
    return played;
}

static void played_free(struct played *played)
{
    if (played->released)
        played->released(played->owner, played->program.scenario);
    play_book_free(&played->program.book);
    free(played);
}

/* The listener's face: a refusal has to be there before the connection that it is for. */

static void tell_face(struct centre *centre, uint32_t rule, const char *words)
{
    const struct centre_host *host = &centre->host;
    if (!host->sink.event)
        return;
    struct transcript_event event = {.at = loop_now(host->loop),
                                     .wall_clock = loop_wall_clock(host->loop),
                                     .kind = TRANSCRIPT_FACE,
                                     .stage = STAGE_CONNECT,
                                     .rule = rule,
                                     .octets = octets_of(words)};
    host->sink.event(host->sink.owner, &event);
}

/* A refused connect is seen by nobody, so a refusal that lasts for some time acts once (or `times`
 * times, each before one more connection), and any other for good. */
static bool acts_again(const struct rule *rule, uint32_t acted)
{
    if (rule->times > 0)
        return acted < rule->times;
    return rule->action.delay.kind == DELAY_NONE || acted == 0;
}

/* The rule that refuses the next connection, or null. */
static const struct rule *refusal_of_next(const struct centre *centre)
{
    const struct play_book *book = &centre->current->program.book;
    for (uint32_t i = book->stage_first[STAGE_CONNECT]; i < book->stage_first[STAGE_CONNECT + 1];
         i++) {
        const struct rule *rule = &book->scenario->rules[book->order[i]];
        if (!ranges_hold(&rule->connections, book->counts->connections + 1))
            continue;
        if (rule->action.refuse != SCENARIO_ANSWER && acts_again(rule, book->acted[book->order[i]]))
            return rule;
        if (rule->action.refuse == SCENARIO_ANSWER &&
            (rule->times == 0 || book->acted[book->order[i]] < rule->times))
            return NULL;
    }
    return NULL;
}

static enum listener_face face_of(const struct rule *rule)
{
    switch (rule ? rule->action.refuse : SCENARIO_ANSWER) {
    case SCENARIO_ANSWER:
        return LISTENER_ANSWERS;
    case SCENARIO_REFUSE_RST:
        return LISTENER_REFUSES;
    case SCENARIO_REFUSE_SILENCE:
        return LISTENER_SILENT;
    }
    return LISTENER_ANSWERS;
}

/* Each listener has the face of the rules, but for a site where the centre is not. */
static bool show_face(struct centre *centre, enum listener_face face, struct problem *problem)
{
    for (int i = 0; i < SITES; i++) {
        struct site *site = &centre->sites[i];
        enum listener_face wanted = centre->places & 1u << i ? face : LISTENER_REFUSES;
        if (!site->listener || site->face == wanted)
            continue;
        if (!listener_set_face(site->listener, wanted, problem))
            return false;
        site->face = wanted;
    }
    return true;
}

static void tell_places(struct centre *centre, unsigned places)
{
    static const char *const words[] = {"at no site", "at its own site", "at its backup site",
                                        "at both sites"};
    if (places == centre->places)
        return;
    centre->places = places;
    tell_face(centre, 0, words[places & 3]);
}

static bool update_face(struct centre *centre, struct problem *problem)
{
    static const char *const words[] = {
        [LISTENER_ANSWERS] = "answers",
        [LISTENER_REFUSES] = "refuses",
        [LISTENER_SILENT] = "silent",
    };
    struct centre_host *host = &centre->host;
    const struct rule *rule = centre->refusal_over ? NULL : refusal_of_next(centre);
    enum listener_face face = face_of(rule);
    if (host->stopping)
        return true;
    if (centre->dns)
        tell_places(centre, dns_places(centre->dns));
    if (!show_face(centre, face, problem))
        return false;
    if (face == centre->face)
        return true;
    centre->face = face;
    tell_face(centre, rule ? rule->number : 0, words[face]);
    loop_timer_cancel(host->loop, &centre->refusal);
    if (rule && rule->action.delay.kind != DELAY_NONE) {
        usec lasts = play_delay(&host->clock, &centre->dice, &rule->action.delay);
        if (!loop_timer_set(host->loop, &centre->refusal, loop_now(host->loop) + lasts)) {
            problem_set(problem, "no memory for a timer");
            return false;
        }
    }
    return true;
}

/* Where the face can't be changed, the centre goes on with the one it has. */
static void update_face_or_tell(struct centre *centre)
{
    struct problem problem;
    if (!update_face(centre, &problem))
        tell_face(centre, 0, problem.text);
}

static void moved(void *owner)
{
    update_face_or_tell(owner);
}

static void refusal_expired(struct timer *timer)
{
    struct centre *centre = OWNER_OF(timer, struct centre, refusal);
    centre->refusal_over = true;
    update_face_or_tell(centre);
}

/* Sessions. */

/* The listener's face is ready for the next connection before this one hears anything. */
static void session_begun(struct centre_host *host, struct centre_session *session)
{
    struct centre *centre = OWNER_OF(host, struct centre, host);
    session->next = centre->sessions;
    if (centre->sessions)
        centre->sessions->previous = session;
    centre->sessions = session;
    centre->open++;
    session->program->sessions++;
    if (centre->dns)
        dns_connection_accepted(centre->dns);
    update_face_or_tell(centre);
}

static void finish_stop(struct centre *centre)
{
    struct loop *loop = centre->host.loop;
    loop_timer_cancel(loop, &centre->grace);
    /* The one who asked is told from the loop, wherever this is called from. */
    if (!loop_timer_set(loop, &centre->done, loop_now(loop)) && centre->stopped)
        centre->stopped(centre->owner);
}

static void pause_sites(struct centre *centre, bool pause)
{
    centre->paused = pause;
    for (int i = 0; i < SITES; i++) {
        struct listener *listener = centre->sites[i].listener;
        if (listener && pause)
            listener_pause(listener);
        else if (listener)
            listener_resume(listener);
    }
}

static void close_sites(struct centre *centre)
{
    for (int i = 0; i < SITES; i++) {
        if (centre->sites[i].listener)
            listener_close(centre->sites[i].listener);
        centre->sites[i].listener = NULL;
    }
}

static void session_ended(struct centre_host *host, struct centre_session *session)
{
    struct centre *centre = OWNER_OF(host, struct centre, host);
    if (session->next)
        session->next->previous = session->previous;
    if (session->previous)
        session->previous->next = session->next;
    else
        centre->sessions = session->next;
    centre->open--;
    struct played *played = OWNER_OF(session->program, struct played, program);
    if (--played->program.sessions == 0 && played != centre->current)
        played_free(played);
    if (centre->paused && centre->open < centre->connection_limit)
        pause_sites(centre, false);
    if (host->stopping && centre->open == 0)
        finish_stop(centre);
}

static void accepted(void *owner, struct conn *conn, const struct endpoint *peer)
{
    struct centre *centre = owner;
    centre->refusal_over = false;
    loop_timer_cancel(centre->host.loop, &centre->refusal);
    centre->connections++;
    uint32_t number = centre->shared ? ++*centre->shared->connections : centre->connections;
    centre_session_open(&centre->host, &centre->current->program, conn, peer, number,
                        session_begun);
    if (centre->open >= centre->connection_limit && !centre->paused)
        pause_sites(centre, true);
}

/* Opening and closing. */

static void grace_expired(struct timer *timer)
{
    struct centre *centre = OWNER_OF(timer, struct centre, grace);
    while (centre->sessions)
        centre_session_abort(centre->sessions);
}

static bool stops_reading(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->rule_count; i++)
        if (scenario->rules[i].action.stop_reading)
            return true;
    return false;
}

/* A window that a rule closes must be met by messages of the usual length. */
static void narrow_sites(struct centre *centre, const struct scenario *scenario)
{
    if (!stops_reading(scenario))
        return;
    for (int i = 0; i < SITES; i++)
        if (centre->sites[i].listener)
            listener_narrow(centre->sites[i].listener);
}

static void done_expired(struct timer *timer)
{
    struct centre *centre = OWNER_OF(timer, struct centre, done);
    if (centre->stopped)
        centre->stopped(centre->owner);
}

/* A free port at one site may be taken at the other. */
static bool open_sites(struct centre *centre, const struct centre_options *options,
                       struct problem *problem)
{
    struct listener_options listening = {.endpoint = options->listen,
                                         .reuse_port = options->reuse_port,
                                         .accepted = accepted,
                                         .owner = centre};
    struct site *own = &centre->sites[DNS_PLACE_CENTRE];
    struct site *backup = &centre->sites[DNS_PLACE_BACKUP];
    for (int i = 0; i < (options->listen.port == 0 && options->backup ? PORT_TRIES : 1); i++) {
        listening.endpoint = options->listen;
        own->listener = listener_open(centre->host.loop, &listening, problem);
        if (!own->listener)
            return false;
        centre->endpoint = *listener_endpoint(own->listener);
        if (!options->backup)
            return true;
        listening.endpoint = centre->endpoint;
        snprintf(listening.endpoint.address, sizeof listening.endpoint.address, "%s",
                 options->backup);
        backup->listener = listener_open(centre->host.loop, &listening, problem);
        if (backup->listener)
            return true;
        close_sites(centre);
    }
    return false;
}

struct centre *centre_open(struct loop *loop, const struct centre_options *options,
                           struct problem *problem)
{
    struct centre *centre = calloc(1, sizeof *centre);
    struct played *played = played_new(options->scenario, &options->clock, options->shared);
    if (!centre || !played) {
        problem_set(problem, "no memory for the centre");
        if (played)
            played_free(played);
        free(centre);
        return NULL;
    }
    centre->host = (struct centre_host){.loop = loop,
                                        .clock = options->clock,
                                        .seed = options->seed,
                                        .sink = options->sink,
                                        .spool = options->spool,
                                        .receiver = options->receiver,
                                        .output = BUF_INIT(CONN_OUTPUT_LIMIT),
                                        .session_ended = session_ended};
    centre->current = played;
    centre->shared = options->shared;
    centre->connection_limit =
        options->connection_limit ? options->connection_limit : CONNECTIONS_DEFAULT;
    centre->dice.random = random_seeded(options->seed, 0);
    centre->places = 1u << DNS_PLACE_CENTRE;
    centre->dns = options->dns;
    if (centre->dns)
        dns_watch(centre->dns, moved, centre);
    centre->stopped = options->stopped;
    centre->owner = options->owner;
    timer_init(&centre->refusal, refusal_expired);
    timer_init(&centre->grace, grace_expired);
    timer_init(&centre->done, done_expired);
    if (!open_sites(centre, options, problem) || !update_face(centre, problem)) {
        centre_close(centre);
        return NULL;
    }
    narrow_sites(centre, options->scenario);
    return centre;
}

const struct endpoint *centre_endpoint(const struct centre *centre)
{
    return &centre->endpoint;
}

bool centre_change(struct centre *centre, const struct scenario *scenario,
                   void (*released)(void *owner, const struct scenario *old), void *owner)
{
    struct played *played = played_new(scenario, &centre->host.clock, centre->shared);
    if (!played)
        return false;
    if (centre->dns && !dns_change(centre->dns, scenario, NULL)) {
        played_free(played);
        return false;
    }
    struct played *old = centre->current;
    old->released = released;
    old->owner = owner;
    centre->current = played;
    narrow_sites(centre, scenario);
    centre->refusal_over = false;
    if (old->program.sessions == 0)
        played_free(old);
    update_face_or_tell(centre);
    return true;
}

void centre_stop(struct centre *centre, usec grace)
{
    struct loop *loop = centre->host.loop;
    if (centre->host.stopping)
        return;
    centre->host.stopping = true;
    close_sites(centre);
    loop_timer_cancel(loop, &centre->refusal);
    bool patient = loop_timer_set(loop, &centre->grace, loop_now(loop) + grace);
    if (centre->open == 0)
        finish_stop(centre);
    for (struct centre_session *session = centre->sessions, *next; session; session = next) {
        next = session->next;
        if (patient)
            centre_session_stop(session);
        else
            centre_session_abort(session);
    }
}

struct centre_numbers centre_numbers(const struct centre *centre)
{
    struct centre_numbers numbers = {
        .open = centre->open, .connections = centre->connections, .stored = centre->host.stored};
    for (const struct centre_session *session = centre->sessions; session && !numbers.waiting;
         session = session->next)
        numbers.waiting = centre_session_waits(session);
    return numbers;
}

void centre_close(struct centre *centre)
{
    if (!centre)
        return;
    struct loop *loop = centre->host.loop;
    if (centre->dns)
        dns_watch(centre->dns, NULL, NULL);
    close_sites(centre);
    while (centre->sessions)
        centre_session_abort(centre->sessions);
    loop_timer_cancel(loop, &centre->refusal);
    loop_timer_cancel(loop, &centre->grace);
    loop_timer_cancel(loop, &centre->done);
    played_free(centre->current);
    buf_free(&centre->host.output);
    free(centre);
}
