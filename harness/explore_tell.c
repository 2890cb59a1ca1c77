#include "harness/explore_private.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/report_parts.h"
#include "harness/stopwatch.h"

/* Making the world of a finding smaller, writing it down, and telling of it. */

/* In real time the machine's own moments are part of a world: it is played some times before it is
 * said not to show its finding again. */
enum { TRIES_VIRTUAL = 4000, TRIES_REAL = 150, AGAIN_REAL = 3 };
/* Of the time that is allowed to the worlds, for each that is made smaller. */
enum { SHARE_OF_TIME = 4 };
enum { TITLE_SIZE = 160, FILE_SIZE = 1024 };

struct shrinking {
    const struct explore_options *options;
    const struct explore_finding *sought;
    struct explore_finding found; /* in the smallest world so far */
    unsigned tries, most;
    bool interrupted; /* it is told as small as it is by now */
    struct stopwatch *stopwatch;
    usec time; /* 0: no limit */
};

/* Plays one world. A command's processes are its own; the reference client may take us along. */
static bool play_one(struct shrinking *shrinking, const struct world *world,
                     struct explore_finding *finding)
{
    const struct explore_options *options = shrinking->options;
    const struct explore_finding *sought = shrinking->sought;
    struct problem problem;
    if (run_mode(options->run) == RUN_VIRTUAL)
        return explore_apart(options, world, sought->number, sought->key, finding);
    struct explore_batch *batch = malloc(sizeof *batch);
    bool played = batch && explore_play(options, world, 1, sought->number, sought->key, NULL, NULL,
                                        batch, &problem);
    bool found = played && !batch->interrupted && batch->found > 0;
    shrinking->interrupted |= played && batch->interrupted;
    if (found)
        *finding = batch->findings[0];
    free(batch);
    return found;
}

static bool shows(struct shrinking *shrinking, const struct world *world)
{
    struct explore_finding finding;
    shrinking->tries++;
    if (!play_one(shrinking, world, &finding) || strcmp(finding.key, shrinking->sought->key) != 0)
        return false;
    shrinking->found = finding;
    return true;
}

static bool shows_again(struct shrinking *shrinking, const struct world *world)
{
    unsigned most = run_mode(shrinking->options->run) == RUN_VIRTUAL ? 1 : AGAIN_REAL;
    while (shrinking->tries < most && !shrinking->interrupted)
        if (shows(shrinking, world))
            return true;
    return false;
}

static bool goes_on(const struct shrinking *shrinking)
{
    bool late = shrinking->time > 0 && stopwatch_now(shrinking->stopwatch) > shrinking->time;
    return shrinking->tries < shrinking->most && !shrinking->interrupted && !late;
}

/* Leaves out whatever can be left out, until nothing can. */
static void shrink(struct shrinking *shrinking, struct world *world)
{
    struct world smaller;
    bool progress = true;
    while (progress) {
        progress = false;
        for (size_t step = 0; goes_on(shrinking) && world_shrink(world, step, &smaller);) {
            if (shows(shrinking, &smaller)) {
                *world = smaller;
                progress = true;
            } else {
                step++;
            }
        }
    }
}

/* Message files are named like the scenario beside them. */
static bool write_messages(const struct explore_options *options, struct world *world,
                           uint64_t number, struct problem *problem)
{
    for (size_t i = 0; i < world->message_count; i++) {
        char file[FILE_SIZE];
        struct world_message *message = &world->messages[i];
        snprintf(message->name, sizeof message->name, "drawn-%llu-%zu", (unsigned long long)number,
                 i + 1);
        snprintf(file, sizeof file, "%s/%s.eml", options->out, message->name);
        if (!explore_write(file, message->octets, problem))
            return false;
    }
    return true;
}

static bool write_world(const struct explore_options *options, struct world *world,
                        const struct explore_finding *finding, const char *file,
                        struct problem *problem)
{
    struct buf text = BUF_INIT(0);
    char title[TITLE_SIZE];
    snprintf(title, sizeof title, "%s, found in world %llu of seed %llu", finding->key,
             (unsigned long long)finding->number, (unsigned long long)options->run->seed);
    bool good = write_messages(options, world, finding->number, problem);
    if (good && !world_write(world, title, &text)) {
        problem_set(problem, "no memory");
        good = false;
    }
    good = good && explore_write(file, buf_octets(&text), problem);
    buf_free(&text);
    return good;
}

/* The options of `run` that this world needs. */
static void print_options(FILE *stream, const struct explore_options *options,
                          const struct world *world, uint64_t number)
{
    const struct run_network *network = &world->network;
    const struct loop_clocks *clocks = &network->clocks;
    fprintf(stream, " --seed %llu --timeout %llus", (unsigned long long)world->seed,
            (unsigned long long)(explore_limit(options, number) / USEC_PER_SEC));
    if (network->latency > 0)
        fprintf(stream, " --latency %lluus", (unsigned long long)network->latency);
    if (network->segment_limit > 0)
        fprintf(stream, " --segments %s%zu", network->random_segments ? "random:" : "",
                network->segment_limit);
    if (network->window > 0)
        fprintf(stream, " --window %zu", network->window);
    if (clocks->sleep > 0)
        fprintf(stream, " --sleep %s%lluus,%lluus", clocks->timers_first ? "timers:" : "",
                (unsigned long long)clocks->sleep_at, (unsigned long long)clocks->sleep);
    if (clocks->wall_steps > 0)
        fprintf(stream, " --wall-steps %lluus", (unsigned long long)clocks->wall_steps);
}

/* A command, as a shell would take it. */
static void print_command(FILE *stream, const struct run_options *run)
{
    fprintf(stream, " --timeout %gs --pace %g --", (double)run->timeout / (double)USEC_PER_SEC,
            run->pace);
    for (char *const *word = run->command; *word; word++) {
        fputs(" '", stream);
        text_words(stream, *word, 0);
        fputc('\'', stream);
    }
}

static void print_finding(const struct explore_options *options, const struct shrinking *shrinking,
                          const struct world *world, const char *file, enum explore_how how)
{
    static const char *const file_words[] = {
        [EXPLORE_TRY] = "smallest",
        [EXPLORE_NOT_SEEN_AGAIN] = "not seen again; as it was drawn",
        [EXPLORE_AS_DRAWN] = "as it was drawn",
    };
    FILE *stream = options->stream;
    const struct explore_finding *finding = &shrinking->found;
    fprintf(stream, "\nFOUND %s in world %llu\n  expected: ", finding->key,
            (unsigned long long)finding->number);
    text_words(stream, finding->expected, 0);
    fputs("\n  actual:   ", stream);
    text_words(stream, finding->actual, 0);
    fprintf(stream, "\n  %s: ", file_words[how]);
    text_words(stream, file, 0);
    fprintf(stream, " (%zu rule%s, %zu message%s", world->rule_count,
            world->rule_count == 1 ? "" : "s", world->message_count,
            world->message_count == 1 ? "" : "s");
    if (how == EXPLORE_TRY)
        fprintf(stream, "; %u tr%s", shrinking->tries, shrinking->tries == 1 ? "y" : "ies");
    fprintf(stream, ")\n  again:    %s run ", options->program);
    text_words(stream, file, 0);
    if (run_mode(options->run) == RUN_VIRTUAL)
        print_options(stream, options, world, finding->number);
    else
        print_command(stream, options->run);
    fputc('\n', stream);
}

/* The world is drawn, tried, made smaller, written and told. */
static enum explore_told tell_world(struct shrinking *shrinking, enum explore_how how,
                                    struct arena *arena, struct problem *problem)
{
    const struct explore_options *options = shrinking->options;
    const struct explore_finding *finding = shrinking->sought;
    const struct world_options draw = explore_world_options(options);
    struct world world;
    char file[FILE_SIZE];
    if (!world_draw(options->run->seed, finding->number, &draw, arena, &world)) {
        problem_set(problem, "no memory");
        return EXPLORE_FAILED;
    }
    bool again = how == EXPLORE_TRY && shows_again(shrinking, &world);
    if (!again && how == EXPLORE_TRY)
        return shrinking->interrupted ? EXPLORE_INTERRUPTED : EXPLORE_NOT_AGAIN;
    if (again)
        shrink(shrinking, &world);
    snprintf(file, sizeof file, "%s/drawn-%llu.json", options->out,
             (unsigned long long)finding->number);
    if (!write_world(options, &world, finding, file, problem))
        return EXPLORE_FAILED;
    print_finding(options, shrinking, &world, file, how);
    return shrinking->interrupted ? EXPLORE_TOLD_INTERRUPTED : EXPLORE_TOLD;
}

enum explore_told explore_tell(const struct explore_options *options,
                               const struct explore_finding *finding, enum explore_how how,
                               struct problem *problem)
{
    enum explore_told told = EXPLORE_FAILED;
    struct arena *arena = arena_new();
    bool real = run_mode(options->run) != RUN_VIRTUAL;
    struct shrinking shrinking = {.options = options,
                                  .sought = finding,
                                  .found = *finding,
                                  .most = real ? TRIES_REAL : TRIES_VIRTUAL,
                                  .stopwatch = stopwatch_new(problem),
                                  .time = options->time / SHARE_OF_TIME};
    if (!arena)
        problem_set(problem, "no memory");
    if (arena && shrinking.stopwatch)
        told = tell_world(&shrinking, how, arena, problem);
    stopwatch_free(shrinking.stopwatch);
    arena_free(arena);
    return told;
}
