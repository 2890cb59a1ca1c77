#include "harness/errand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static void ended(void *owner)
{
    struct errand *errand = owner;
    errand->running = false;
    errand->end = sut_end(errand->sut);
    if (errand->ended)
        errand->ended(errand->owner);
}

bool errand_start(struct errand *errand, const struct errand_options *options,
                  struct problem *problem)
{
    struct real_shared *shared = options->shared;
    struct errand made = {
        .shared = shared, .name = options->name, .ended = options->ended, .owner = options->owner};
    snprintf(made.token, sizeof made.token, "%d-errand-%zu", (int)getpid(), ++shared->errands);
    struct invocation_values values = *options->values;
    values.token = made.token;
    const struct invocation_template template = {options->command, shared->environment,
                                                 shared->environment_count,
                                                 options->standard_input || options->no_files};
    struct invocation invocation;
    made.program = sut_find_program(options->command[0], problem);
    if (!made.program)
        return false;
    if (!invocation_make(&template, environ, &values, &invocation)) {
        problem_set(problem, "no memory");
        free(made.program);
        return false;
    }
    bool message_there = options->standard_input && values.message_count > 0;
    const struct sut_options start = {.program = made.program,
                                      .invocation = &invocation,
                                      .input = message_there ? values.messages[0] : NULL,
                                      .output = options->output,
                                      .ended = ended,
                                      .owner = errand};
    made.sut = sut_start(shared->host, &start, problem);
    invocation_free(&invocation);
    if (!made.sut) {
        free(made.program);
        return false;
    }
    made.running = true;
    *errand = made;
    return true;
}

const char *errand_words(const struct errand *errand, char text[ERRAND_WORDS_SIZE])
{
    if (errand->running)
        snprintf(text, ERRAND_WORDS_SIZE, "%s is running", errand->name);
    else if (errand->end.not_begun)
        snprintf(text, ERRAND_WORDS_SIZE, "%s could not be executed", errand->name);
    else if (errand->end.crashed)
        snprintf(text, ERRAND_WORDS_SIZE, "%s was ended by a signal (%s)", errand->name,
                 strsignal(errand->end.status));
    else
        snprintf(text, ERRAND_WORDS_SIZE, "%s ended with exit status %d", errand->name,
                 errand->end.status);
    return text;
}

void errand_stop(struct errand *errand)
{
    if (!errand->sut)
        return;
    sut_free(errand->sut);
    sut_host_sweep(errand->shared->host, errand->token);
    free(errand->program);
    *errand = (struct errand){0};
}
