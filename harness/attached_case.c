#include "harness/attached_case.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/errand.h"
#include "harness/profile_claims.h"

/* How often --sent is looked into. */
#define SENT_LOOK (200 * USEC_PER_MSEC)

enum { PATH_SIZE = 512 };

struct attached_case {
    struct attached_case_options options;
    struct watch watch;
    struct errand errand; /* the hook, or submit */
    size_t run_index, run_count;
    struct sut_output output;
    char outcome_file[PATH_SIZE]; /* where the errand may tell the outcome; ours */
    char *sent_file;              /* where somebody may; null: there is no such folder */
    struct timer assess;
};

void attached_tell(const struct real_shared *shared, const char *format, ...)
{
    const struct run_options *options = shared->run->options;
    char text[1024];
    va_list arguments;
    if (!options->attach.tell)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    options->attach.tell(options->owner, text);
}

char *attached_outcome_name(const char *folder, const char *case_id)
{
    char *name = NULL;
    if (asprintf(&name, "%s/%s.json", folder, case_id) < 0)
        return NULL;
    for (char *at = name + strlen(folder) + 1; *at; at++)
        if (*at == '/')
            *at = '_';
    return name;
}

struct invocation_values attached_values(const struct real_shared *shared,
                                         const struct endpoint *listen)
{
    const struct run_options *options = shared->run->options;
    return (struct invocation_values){
        .host = listen->address,
        .port = listen->port,
        .helo = options->helo,
        .from = options->from,
        .timeout = options->timeout,
        .case_id = "",
    };
}

static const struct run_attach *attach_of(const struct attached_case *playing)
{
    return &playing->options.shared->run->options->attach;
}

static usec now_of(const struct attached_case *playing)
{
    return loop_now(playing->options.shared->loop);
}

static void assess_soon(struct attached_case *playing)
{
    loop_timer_set(playing->options.shared->loop, &playing->assess, now_of(playing));
}

static void changed(void *owner, const struct transcript_event *event)
{
    struct attached_case *playing = owner;
    if (!event)
        playing->watch.quiet_since = now_of(playing); /* a connect began, or was given up */
    else if (event->kind == TRANSCRIPT_OPENED)
        attached_tell(playing->options.shared, "      connection %u from %.*s", event->connection,
                      (int)event->octets.count, (const char *)event->octets.at);
    assess_soon(playing);
}

/* One submit for each message? */
static bool one_by_one(const struct attached_case *playing)
{
    return playing->options.shared->run->each && attach_of(playing)->submit;
}

static size_t first_message(const struct attached_case *playing)
{
    return one_by_one(playing) ? playing->run_index : 0;
}

static size_t given_messages(const struct attached_case *playing)
{
    return one_by_one(playing) ? 1 : playing->options.job->test->message_count;
}

static void take_claims(struct attached_case *playing)
{
    struct run_job *job = playing->options.job;
    const struct run_profile *profile = &playing->options.shared->run->options->profile;
    struct check_claim *claims = job->claims + first_message(playing);
    size_t count = given_messages(playing);
    bool taken = claims_of_file(playing->outcome_file, claims, count);
    if (!taken && attach_of(playing)->exit_is_outcome && !playing->errand.end.crashed &&
        !playing->errand.end.not_begun)
        claims_of_end(profile, playing->errand.end.status, claims, count);
    job->per_message_claims = true;
}

static bool start_errand(struct attached_case *playing, struct problem *problem);

static void errand_ended(void *owner)
{
    struct attached_case *playing = owner;
    struct problem problem;
    char words[ERRAND_WORDS_SIZE];
    playing->watch.quiet_since = now_of(playing);
    take_claims(playing);
    if (!errand_succeeded(&playing->errand))
        attached_tell(playing->options.shared, "      %s", errand_words(&playing->errand, words));
    if (playing->run_index + 1 < playing->run_count) {
        errand_stop(&playing->errand);
        playing->run_index++;
        if (!start_errand(playing, &problem))
            run_job_fault(playing->options.job, "%s", problem.text);
    }
    assess_soon(playing);
}

/* The hook, or the (next) submit, where there is one. */
static bool start_errand(struct attached_case *playing, struct problem *problem)
{
    const struct run_attach *attach = attach_of(playing);
    const struct suite_case *test = playing->options.job->test;
    char *hook[] = {(char *)attach->hook, NULL};
    struct invocation_values values =
        attached_values(playing->options.shared, &playing->options.listen);
    if (!attach->hook && !attach->submit)
        return true;
    values.to = run_job_recipients(playing->options.job, &values.to_count);
    values.messages = (const char *const *)test->message_paths + first_message(playing);
    values.message_count = given_messages(playing);
    values.case_id = test->scenario->id;
    values.outcome_file = playing->outcome_file;
    const struct run_profile *profile = &playing->options.shared->run->options->profile;
    const struct errand_options options = {
        .shared = playing->options.shared,
        .name = attach->hook ? "the program of --on-case" : "submit",
        .command = attach->hook ? hook : attach->submit,
        .standard_input = !attach->hook && profile->standard_input,
        .no_files = attach->hook != NULL,
        .values = &values,
        .output = &playing->output,
        .ended = errand_ended,
        .owner = playing,
    };
    unlink(playing->outcome_file);
    return errand_start(&playing->errand, &options, problem);
}

static void tell_operator(const struct attached_case *playing)
{
    const struct attached_case_options *options = &playing->options;
    const struct run_options *run = options->shared->run->options;
    const struct suite_case *test = options->job->test;
    char where[ENDPOINT_TEXT_SIZE];
    size_t count;
    const char *const *to = run_job_recipients(options->job, &count);
    attached_tell(options->shared, "[%zu/%zu] %s: %s", options->number, options->total,
                  test->scenario->id, test->scenario->title.en ? test->scenario->title.en : "");
    attached_tell(options->shared, "      %s to %s, HELO %s, from <%s>, to%s",
                  run->attach.hook || run->attach.submit ? "being sent" : "now send",
                  endpoint_format(&options->listen, where), run->helo, run->from,
                  count == 0 ? " nobody" : ":");
    for (size_t i = 0; i < count; i++)
        attached_tell(options->shared, "        <%s>", to[i]);
    for (size_t i = 0; i < test->message_count; i++)
        attached_tell(options->shared, "        %s", test->message_paths[i]);
    if (playing->sent_file)
        attached_tell(options->shared, "      its outcome is read from %s", playing->sent_file);
    if (run->attach.keys >= 0)
        attached_tell(options->shared, "      Enter: this case is over");
}

/* How many messages the centre should hold in the end. */
static size_t expected_messages(const struct run_job *job)
{
    const struct expectation *expect = &job->scenario->expect;
    if (expect->has_accepted)
        return expect->accepted_count;
    return job->scenario->rule_count == 0 ? job->test->message_count : 0;
}

static bool refuses(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->rule_count; i++)
        if (scenario->rules[i].action.refuse != SCENARIO_ANSWER)
            return true;
    return false;
}

static struct patience_attached_view view_of(const struct attached_case *playing)
{
    const struct run_job *job = playing->options.job;
    const struct expectation *expect = &job->scenario->expect;
    const struct run_attach *attach = attach_of(playing);
    struct patience_attached_view view = {
        .wire = watch_view(&playing->watch),
        .connections = playing->watch.connections,
        .submitting = playing->errand.running,
        .told = job->test->message_count > 0,
        .complete = centre_numbers(playing->watch.centre).stored >= expected_messages(job),
    };
    for (size_t i = 0; i < job->test->message_count; i++)
        view.told &= job->claims[i].outcomes != 0;
    if (expect->has_connections && view.connections < expect->connections.first)
        view.complete = false;
    if (playing->sent_file && !view.told && !attach->hook && !attach->submit)
        view.complete = false; /* the operator is still to write it */
    return view;
}

static struct patience_attached limits_of(const struct attached_case *playing)
{
    const struct run_attach *attach = attach_of(playing);
    return (struct patience_attached){watch_limits(&playing->watch), attach->settle, attach->wait};
}

static void tidy_up(struct attached_case *playing)
{
    loop_timer_cancel(playing->options.shared->loop, &playing->assess);
    errand_stop(&playing->errand);
    watch_close(&playing->watch);
    unlink(playing->outcome_file);
    free(playing->sent_file);
    free(playing);
}

/* Nobody came where somebody could have: is that the sender's doing? */
static void blame_absence(struct attached_case *playing, const char *why)
{
    struct run_job *job = playing->options.job;
    char words[ERRAND_WORDS_SIZE];
    if (playing->watch.connections > 0 || refuses(job->scenario) || job->gone)
        return;
    if (!playing->errand.sut) {
        if (asprintf(&job->absent, "%s: the case is still to be done", why) < 0)
            job->absent = NULL;
    } else if (!errand_succeeded(&playing->errand)) {
        run_job_fault(job, "nobody connected; %s", errand_words(&playing->errand, words));
    }
}

static void finish(struct attached_case *playing, const char *why)
{
    struct attached_case_options options = playing->options;
    bool cut = centre_numbers(playing->watch.centre).open > 0;
    if (cut)
        options.job->cut = now_of(playing);
    attached_tell(options.shared, "      over: %s%s", why, cut ? "; connections were cut" : "");
    blame_absence(playing, why);
    watch_conclude(&playing->watch);
    real_keep_output(options.job, &playing->output);
    tidy_up(playing);
    options.over(options.owner, options.job, cut);
}

/* Has somebody put the outcome there? */
static void look_for_outcome(struct attached_case *playing)
{
    struct run_job *job = playing->options.job;
    if (playing->sent_file &&
        claims_of_file(playing->sent_file, job->claims, job->test->message_count))
        job->per_message_claims = true;
}

static void assess(struct timer *timer)
{
    struct attached_case *playing = OWNER_OF(timer, struct attached_case, assess);
    usec now = now_of(playing);
    if (!watch_look(&playing->watch))
        watch_forget_sockets(&playing->watch);
    look_for_outcome(playing);
    const struct patience_attached limits = limits_of(playing);
    const struct patience_attached_view view = view_of(playing);
    struct patience_attached_end end = patience_attached_end(&limits, &view);
    if (playing->options.job->transcript->incomplete)
        finish(playing, "it sent more than a case may hold");
    else if (now >= end.at)
        finish(playing, end.words);
    else if (playing->sent_file && end.at > now + SENT_LOOK)
        loop_timer_set(playing->options.shared->loop, timer, now + SENT_LOOK);
    else
        loop_timer_set(playing->options.shared->loop, timer, end.at);
}

static bool begin(struct attached_case *playing, struct problem *problem)
{
    const struct attached_case_options *options = &playing->options;
    struct run_job *job = options->job;
    const char *sent = attach_of(playing)->sent;
    problem_set(problem, "no memory");
    job->claims = calloc(job->test->message_count + 1, sizeof *job->claims);
    if (sent)
        playing->sent_file = attached_outcome_name(sent, job->scenario->id);
    if (!job->claims || (sent && !playing->sent_file))
        return false;
    /* What stands there is of another time. */
    if (playing->sent_file)
        unlink(playing->sent_file);
    const struct watch_options watch = {.run = options->shared->run,
                                        .job = job,
                                        .looks = &options->shared->looks,
                                        .listen = options->listen,
                                        .changed = changed,
                                        .owner = playing};
    if (!watch_open(&playing->watch, &watch, problem))
        return false;
    playing->watch.present = true;
    tell_operator(playing);
    if (!start_errand(playing, problem))
        return false;
    assess_soon(playing);
    return true;
}

struct attached_case *attached_case_start(const struct attached_case_options *options)
{
    struct problem problem;
    struct attached_case *playing = calloc(1, sizeof *playing);
    if (!playing) {
        run_job_fault(options->job, "no memory");
        return NULL;
    }
    playing->options = *options;
    timer_init(&playing->assess, assess);
    size_t count = options->job->test->message_count;
    playing->run_count = one_by_one(playing) && count > 0 ? count : 1;
    snprintf(playing->outcome_file, sizeof playing->outcome_file, "%s/outcome.json",
             options->shared->folder);
    if (begin(playing, &problem))
        return playing;
    run_job_fault(options->job, "%s", problem.text);
    tidy_up(playing);
    return NULL;
}

void attached_case_end(struct attached_case *playing)
{
    finish(playing, playing->watch.connections > 0 ? "Enter was pressed"
                                                   : "Enter was pressed before anybody connected");
}

void attached_case_gone(struct attached_case *playing, const char *words)
{
    struct run_job *job = playing->options.job;
    if (!job->gone)
        job->gone = strdup(words);
    playing->watch.quiet_since = now_of(playing);
    assess_soon(playing);
}

void attached_case_abort(struct attached_case *playing)
{
    struct run_job *job = playing->options.job;
    watch_conclude(&playing->watch);
    tidy_up(playing);
    transcript_free(job->transcript);
    job->transcript = NULL;
}
