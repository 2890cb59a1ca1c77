/* An errand: a program of the operator's or the profile's that the harness runs beside a sender
 * which is no command: the hook of a case, a service's start, submit and stop. Live loops only. */
#ifndef HARNESS_ERRAND_H
#define HARNESS_ERRAND_H

#include "harness/real_shared.h"

enum { ERRAND_TOKEN_SIZE = 48, ERRAND_WORDS_SIZE = 128 };

struct errand_options {
    struct real_shared *shared;
    const char *name;                       /* in messages: "submit" */
    char *const *command;                   /* with placeholders, null-terminated */
    bool standard_input;                    /* the message is given there */
    bool no_files;                          /* no message file is appended to the arguments */
    const struct invocation_values *values; /* the token is the errand's own */
    struct sut_output *output;              /* appended to; must outlive the errand */
    void (*ended)(void *owner);             /* the program has ended. May be null */
    void *owner;
};

/* A member of its owner's. All zeros: there is none. */
struct errand {
    struct real_shared *shared;
    const char *name;
    struct sut *sut;
    char *program;
    char token[ERRAND_TOKEN_SIZE];
    bool running;
    struct sut_end end; /* once it has ended; `not_begun` is not kept */
    void (*ended)(void *owner);
    void *owner;
};

/* Runs it. False, with nothing left, where it can't even begin. */
bool errand_start(struct errand *errand, const struct errand_options *options,
                  struct problem *problem);

/* Did it end well: by itself, with status 0? */
static inline bool errand_succeeded(const struct errand *errand)
{
    return errand->sut && !errand->running && !errand->end.crashed && errand->end.status == 0;
}

/* "submit ended with exit status 3". Returns `text`. */
const char *errand_words(const struct errand *errand, char text[ERRAND_WORDS_SIZE]);

/* Ends it, and whatever it has started, wherever that has gone to. Harmless on zeros. */
void errand_stop(struct errand *errand);

#endif
