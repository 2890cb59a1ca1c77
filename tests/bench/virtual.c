/* What a session in virtual time costs, all checks included.
 *
 *     virtual SCENARIO COUNT
 *
 * Plays the one case of the file COUNT times, each with a loop, a centre and a reference client of
 * its own, judges it, and prints the processor time of one in microseconds. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "harness/run.h"
#include "harness/suite.h"

/* As many cases as a suite has: their transcripts are kept until the end of a run. */
enum { AT_ONCE = 500 };

static void say(void *owner, const char *text)
{
    (void)owner;
    fprintf(stderr, "virtual: %s\n", text);
}

static double processor_time(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    size_t count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (count == 0) {
        fputs("usage: virtual SCENARIO COUNT\n", stderr);
        return 2;
    }
    struct suite suite;
    const char *paths[] = {argv[1]};
    const struct suite_options from = {
        .paths = paths, .path_count = 1, .program = argv[0], .fault = say};
    size_t *selected = calloc(AT_ONCE, sizeof *selected);
    if (!selected || !suite_load(&from, &suite))
        return 2;
    struct run_options options = {
        .suite = &suite,
        .selected = selected,
        .selected_count = AT_ONCE,
        .profile = run_profile_default(),
        .timeout = 5 * USEC_PER_SEC,
        .tolerance = 0.25,
        .tolerance_scale = 1,
        .pace = 1,
        .seed = 1,
        .helo = "sender.example",
        .from = "sender@sender.example",
    };
    double begun = processor_time();
    for (size_t played = 0; played < count; played += options.selected_count) {
        struct run_results results;
        struct problem problem = {""};
        if (count - played < options.selected_count)
            options.selected_count = count - played;
        if (!run_suite(&options, &results, &problem)) {
            say(NULL, problem.text);
            return 3;
        }
        if (results.passed != options.selected_count) {
            fprintf(stderr, "virtual: %zu of %zu passed\n", results.passed, results.count);
            return 1;
        }
        run_results_free(&results);
    }
    printf("%.2f\n", (processor_time() - begun) / (double)count * 1e6);
    suite_free(&suite);
    free(selected);
    return 0;
}
