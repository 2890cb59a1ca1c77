/* The sender under test as an external command: its process, its group, its output.
 *
 * Each run of the command is the leader of a process group of its own. The harness is the reaper of
 * whatever the command leaves behind, and finds those that left the group by a token in their
 * environment. Live loops only. */
#ifndef HARNESS_SUT_H
#define HARNESS_SUT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/invocation.h"
#include "wire/loop.h"

/* The last octets of what a command wrote to standard output and standard error. */
enum { SUT_OUTPUT_SIZE = 4096 };

struct sut_output {
    char at[SUT_OUTPUT_SIZE];
    size_t count;
    bool cut; /* there was more before them */
};

void sut_output_append(struct sut_output *output, const char *octets, size_t count);

/* What all commands of one harness share. */
struct sut_host;
struct sut;

/* From now on this process adopts orphans (PR_SET_CHILD_SUBREAPER), and SIGCHLD is the host's. Null
 * where that fails. */
struct sut_host *sut_host_new(struct loop *loop, struct problem *problem);
/* Every sut must be gone. What has left both its group and its environment behind is ended now. */
void sut_host_free(struct sut_host *host);

struct sut_options {
    const char *program; /* as sut_find_program found it */
    const struct invocation *invocation;
    const char *input;         /* a file for standard input; null: /dev/null */
    struct sut_output *output; /* appended to; must outlive the sut */
    /* The command itself has ended. Told once, from the loop. Other commands are left alone then.
     */
    void (*ended)(void *owner);
    void *owner;
};

/* Starts the command. Null where that could not be done; then nothing of it is left. That the file
 * is no program after all shows later, as its end. */
struct sut *sut_start(struct sut_host *host, const struct sut_options *options,
                      struct problem *problem);

/* How it ended; meaningful once `ended` was called. */
struct sut_end {
    bool crashed;          /* by a signal, not by the harness's own */
    int status;            /* exit status, or the signal */
    const char *not_begun; /* why it could not even become the command; null: it did. strerror's: to
                              be used at once */
};
struct sut_end sut_end(const struct sut *sut);

/* The command itself has ended: does anything live that it has started, in its group or with
 * NACCS_RUN=token in its environment? */
bool sut_left_others(const struct sut *sut, const char *token);

/* SIGKILL to the group. `ended` follows, where it has not been called yet. */
void sut_kill(struct sut *sut);

/* Kills and reaps what is left of the group, and forgets it; `ended` is not called any more. */
void sut_free(struct sut *sut);

/* Kills and reaps every process that carries NACCS_RUN=token, wherever it has gone to. */
void sut_host_sweep(struct sut_host *host, const char *token);

/* The file that execve would be given for `name`, looked for in PATH where there is no slash in it.
 * To be freed. Null where there is none that could be executed. */
char *sut_find_program(const char *name, struct problem *problem);

/* Raises the number of descriptors that this process may open to the most it may have; commands are
 * started with what it was before. */
void sut_raise_descriptors(struct sut_host *host);

#endif
