/* Inside a run: the jobs, and what playing one of them gives. Shared by run.c and the two ways of
 * playing; nobody else's business. */
#ifndef HARNESS_RUN_JOB_H
#define HARNESS_RUN_JOB_H

#include "harness/run.h"
#include "mockserver/dns.h"
#include "mockserver/play.h"
#include "wire/loop.h"

/* One playing of one scenario. Most are a selected case; others are wanted only as what a case is
 * compared with. */
struct run_job {
    const struct suite_case *test;
    const struct scenario *scenario; /* the test's own, or a plain copy of it */
    struct run_case *result;         /* null: a baseline alone */
    struct run_job *baseline;        /* what it is compared with; null: nothing */
    struct scenario *plain;          /* owned; null: none */
    uint64_t baseline_key;           /* of plain copies: equal keys play alike */
    bool played, judged;
    bool awaited;   /* it is another's baseline */
    usec late;      /* by how much the harness itself was late at most while it was played */
    unsigned tries; /* that were thrown away because the machine was too busy for a verdict */

    /* What playing it gave. */
    struct transcript *transcript;
    struct check_claim *claims;
    bool per_message_claims;
    struct check_process *processes;
    size_t process_count;
    struct check_sighting *sightings;
    size_t sighting_count;
    char *output;
    size_t output_count;
    usec duration;
    usec cut;     /* attached: when what was still open was cut; 0: nothing was */
    char *gone;   /* attached: how the sender came to its end; null: it did not */
    char *absent; /* attached: why it says nothing about the sender that nobody came */
    bool faulty;  /* the harness itself could not play it … */
    char *fault;  /* … and why, until the result takes it over */
};

struct run {
    const struct run_options *options;
    struct run_results *results;
    struct run_job *block; /* the memory that the jobs stand in */
    struct run_job *jobs;  /* baselines first */
    size_t job_count;
    size_t told;
    bool each;          /* one run of the command per message */
    unsigned confirmed; /* verdicts in a row that another try did not change */
    usec again;         /* how long the cases took that are played again */
};

/* How many times as fast the sender's clocks pass. */
double run_acceleration(const struct run_options *options);
/* A sender with fast clocks is seen in real time: its limit, as it shows on the wire, … */
usec run_limit(const struct run_options *options);
/* … and the durations of a centre that passes its own as fast on top of its pace. */
struct play_clock run_clock(const struct run_options *options);

/* Octets that one case's transcript may hold. */
enum { RUN_TRANSCRIPT_LIMIT = 64 * 1024 * 1024 };

/* Makes the jobs and the results: one for each selected case, and one for each different baseline.
 * False where there is no memory; what was made then goes with the run. */
bool run_jobs_make(struct run *run);

/* What the player calls. */
void run_job_begun(struct run *run, struct run_job *job);
/* The job was played, or has a fault: judges it, and those that waited for it. */
void run_job_played(struct run *run, struct run_job *job);
/* A case that is not played, and why. */
void run_job_leave_out(struct run *run, struct run_job *job, enum verdict verdict,
                       const char *reason);
/* A case has its verdict: counts it, and tells of it. */
void run_job_told(struct run *run, struct run_case *result);
/* Has it to be played? (Not where it is skipped.) */
bool run_job_open(const struct run_job *job);
/* Keeps why the harness could not play the job; the first reason stays. */
void run_job_fault(struct run_job *job, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* What the sender is given. */
const char *const *run_job_recipients(const struct run_job *job, size_t *count);
/* Did somebody ask us to end? (Between virtual cases; the live loop is told by its descriptor.) */
bool run_interrupted(void);

/* The network of this job, in virtual time: what was asked for, or the usual one. */
struct loop_network run_job_network(const struct run *run, const struct run_job *job);

/* Has the sender to ask a name server for the centre? */
bool run_needs_dns(const struct scenario *scenario);
/* The sites of a centre that has a name server. */
#define RUN_CENTRE_ADDRESS "127.0.0.1"
#define RUN_BACKUP_ADDRESS "127.0.0.2"
#define RUN_DEAD_ADDRESS   "127.0.0.3"
/* The centre's name server; null with a problem. */
struct dns *run_dns_new(const struct run *run, const struct scenario *scenario,
                        struct problem *problem);

/* Plays every open job. False where it could not even begin. */
bool run_virtual(struct run *run, struct problem *problem);
bool run_real(struct run *run, struct problem *problem);
bool run_attached(struct run *run, struct problem *problem);

/* The well-behaved centre's text in place of the rules' own: the codes stay. Null: no memory. */
struct scenario *baseline_plain(const struct scenario *scenario);
void baseline_free(struct scenario *plain);
/* The same for scenarios that play alike. */
uint64_t baseline_key(const struct scenario *plain);

#endif
