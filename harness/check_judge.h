/* What the checks share: the case being judged, and how a finding is made. */
#ifndef HARNESS_CHECK_JUDGE_H
#define HARNESS_CHECK_JUDGE_H

#include "harness/check_dialogue.h"

/* Requirements by number, in the order of the table in check.c. */
enum requirement_number {
    CONN_1,
    CONN_2,
    HELO_1,
    HELO_2,
    MAIL_1,
    RCPT_1,
    RCPT_2,
    DATA_1,
    BODY_1,
    BODY_2,
    BODY_3,
    BODY_4,
    BODY_5,
    SEQ_1,
    SEQ_2,
    SEQ_3,
    RSET_1,
    QUIT_1,
    QUIT_2,
    QUIT_3,
    QUIT_4,
    QUIT_5,
    CODE_1,
    CODE_2,
    CODE_3,
    TIME_1,
    TIME_2,
    LOSS_1,
    LOSS_2,
    LOSS_3,
    STORM_1,
};

enum { REQUIREMENTS = STORM_1 + 1, ESCAPED_SIZE = 320 };

/* How a transaction (a MAIL and what follows it) ended. */
enum fate {
    FATE_ACCEPTED,  /* 250 to the end of data */
    FATE_REFUSED,   /* 5yz */
    FATE_DEFERRED,  /* 4yz */
    FATE_CLOSING,   /* 421 */
    FATE_BROKEN,    /* a code or octets that mean nothing there, before the end of data */
    FATE_ABANDONED, /* ended by a cut, a time-out or the sender, before the end of data */
    FATE_UNCERTAIN, /* the end of data went out, and nothing readable came back */
};

struct transaction {
    const struct link *link;
    const struct step *mail, *body; /* body null where it did not come to one */
    const struct step *decided;     /* the step whose answer, or want of one, decided */
    enum fate fate;
    bool certain; /* of ACCEPTED: the sender surely read the 250 (it went on afterwards, or closed
                     in order) */
    uint32_t message; /* from 1; 0: not known */
};

/* How a wait of the sender's ended. */
enum wait_end {
    WAIT_ANSWERED,
    WAIT_GAVE_UP, /* the sender closed, or went over to QUIT or RSET */
    WAIT_CUT,     /* the centre ended the connection */
    WAIT_STILL,   /* it was still waiting at the end of the case, or was stopped */
    WAIT_PASSED,  /* the sender did not wait: it went on with something else */
};

struct wait {
    enum stage stage;
    const struct link *link; /* null for a connect that was never answered */
    const struct step *step;
    usec began;     /* by then it had surely begun … */
    usec began_not; /* … and not before this; of a message: the network takes it long before the
                       centre reads its end */
    usec ended;
    enum wait_end end;
    bool some_octets; /* part of a reply had come */
};

struct judge {
    const struct check_input *input;
    struct findings *findings;
    struct dialogue dialogue;
    struct transaction *transactions;
    size_t transaction_count;
    struct wait *waits;
    size_t wait_count;
    usec early, late; /* a wait shorter than `early` was given up too soon; longer than `late`, too
                         late */
    usec over;        /* when the case ended */
    bool stopped;     /* the harness had to stop the sender */
    const char *stopped_for; /* why, in words; null: not known */
    uint64_t touched;        /* bits 1 << requirement: there was something to see */
    uint64_t found;          /* bits: something other than pass was found */
    uint64_t voided;         /* bits: made void by the scenario */
    unsigned counts[REQUIREMENTS];
    uint64_t untimed, inexact; /* bits: can't be judged by times, by octets, that the file lacks;
                                  void until the end */
    bool doubled_dots; /* in the field: lines began with two, and which of them was added can't be
                          told */
};

#define CHECK_UNTOLD_IN_FIELD                                                                      \
    "what the sender says became of its messages does not show on the wire"

/* Where a finding belongs; all zeros: nowhere in particular. */
struct place {
    const struct link *link;
    const struct step *step; /* its first octet's event and offset */
    bool has_offset;         /* in place of the step's */
    size_t offset;
};

enum { STOP_WORDS_SIZE = 160 };

/* " (the harness stopped the sender: why)", for the end of a text; "" where it did not. */
const char *judge_stop_words(const struct judge *judge, char text[static STOP_WORDS_SIZE]);

/* There was something of this requirement to be seen: it passes unless something is found. */
static inline void judge_saw(struct judge *judge, enum requirement_number requirement)
{
    judge->touched |= (uint64_t)1 << requirement;
}

/* Something is wrong: fail or warn, by the requirement's level. */
void judge_against(struct judge *judge, enum requirement_number requirement, struct place place,
                   const char *expected, const char *actual, ...)
    __attribute__((format(printf, 5, 6)));

/* The same, but never more than a warning. */
void judge_warn(struct judge *judge, enum requirement_number requirement, struct place place,
                const char *expected, const char *actual, ...)
    __attribute__((format(printf, 5, 6)));

/* It could not be judged, and why. */
void judge_skip(struct judge *judge, enum requirement_number requirement, const char *reason);

/* Adds a finding as it is; null where memory ran out (the case is then an error). */
struct finding *judge_add(struct judge *judge, int requirement, enum verdict verdict);

/* Scenarios count messages as the centre sees them, by their transactions; the sender may have sent
 * its files in another order, or side by side. The file, from 1, that is the scenario's message
 * `number`. */
uint32_t judge_file(const struct judge *judge, uint32_t number);

/* The number of a requirement's id; -1 where there is none of that id. */
int requirement_number_of(const char *id);

/* The requirement that the scenario is about; LOSS_1 where it names none. */
enum requirement_number judge_subject(const struct judge *judge);

/* Octets as text: C escapes, cut with "…" where they are many. Returns `text`. */
const char *escaped(struct octets octets, char text[ESCAPED_SIZE]);

/* Seconds for messages: "5.000 s". Returns `text`. */
const char *seconds(usec duration, char text[32]);

/* A step in words: the command line in quotes, "a part of the message", "the greeting". */
const char *step_words(const struct link *link, const struct step *step, char text[ESCAPED_SIZE]);

/* A reply's octets in quotes, without the last CRLF, or "no reply". */
const char *answer_words(const struct link *link, const struct step *step, char text[ESCAPED_SIZE]);

/* Outcomes in words: "deferred or unsent". */
void outcome_words(unsigned outcomes, char *text, size_t size);

/* How the run that reported on a message ended: " (the exit status was 75)"; "" where it has none.
 * Returns `text`. */
enum { CLAIM_SOURCE_SIZE = 96 };
const char *claim_source(const struct judge *judge, uint32_t message, char text[CLAIM_SOURCE_SIZE]);

/* The wait for the reply to this step did not begin before this. */
static inline usec step_began_not(const struct step *step)
{
    return step->kind == STEP_BODY ? step[-1].answer.last_at : step->last_at;
}

/* A centre that does not read does not see the sender leave either: not before it reads again,
 * where it does; and then it sees first, and answers, what the sender had sent before it left. */
bool ended_unseen(const struct link *link);

/* A reply came that no command had asked for, or one before the message had ended: from then on the
 * sender may take each for another's. */
bool out_of_step(const struct link *link);

/* Did somebody act as it woke, on what had begun, or was under way, when it fell asleep? */
static inline bool at_waking(const struct judge *judge, usec began, usec acted)
{
    const struct check_sleep *sleep = &judge->input->sleep;
    return sleep->settled > 0 && began <= sleep->woke && acted >= sleep->woke &&
           acted <= sleep->settled;
}

/* The centre's own limits had passed in the sleep as well, and it closed before it saw what the
 * sender did. */
static inline bool hidden_by_sleep(const struct judge *judge, const struct link *link)
{
    return link->sender_ended_at == USEC_NEVER &&
           at_waking(judge, link->opened_at, link->closed_at);
}

/* What the sender did at `acted` came so long after this step that it may have run out of patience
 * just as the reply came, and never read it. */
static inline bool may_have_missed(const struct judge *judge, const struct step *step, usec acted)
{
    static const usec crossing_most = 100 * USEC_PER_MSEC;
    const struct answer *answer = &step->answer;
    if (at_waking(judge, step_began_not(step), acted))
        return true;
    bool crossing = !answer->complete || step->crossed ||
                    acted - answer->last_at <= judge->input->slack + crossing_most;
    /* On a machine that is late itself `early` may be nothing; that soon nobody gives up. */
    usec least = judge->input->sender_limit / 4;
    usec waited = acted - step_began_not(step);
    return crossing && waited >= judge->early && waited >= least;
}

/* The same where the sender closed, or may have, unseen. */
static inline bool may_have_given_up(const struct judge *judge, const struct link *link,
                                     const struct step *step)
{
    if (ended_unseen(link) && step->answer.last_at - step_began_not(step) >= judge->early)
        return true;
    if (hidden_by_sleep(judge, link))
        return true;
    return link->sender_ended_at != USEC_NEVER &&
           may_have_missed(judge, step, link->sender_ended_at);
}

/* The sender said QUIT when its patience with DATA was over, and the 354 came just then: what the
 * centre reads as a message is none. */
bool judge_farewell_in_body(const struct judge *judge, const struct link *link,
                            const struct step *body);

/* The run of the sender that held this link; null where that is not known. */
const struct check_process *judge_process(const struct judge *judge, const struct link *link);

/* How many octets at the beginning of `sent` are whole header lines that stand before the first
 * line of `file`; where that is no header line, they end with the empty line that must then part
 * them from it. 0 where that is not so. */
size_t added_headers(struct octets sent, struct octets file);

/* Is `sent`, which was cut off, such lines and no more, the last of them perhaps not whole? */
bool only_added_headers(struct octets sent, struct octets file);
/* At least half of the file's lines, the header's aside, stand somewhere in what was sent. */
bool check_alike(struct octets sent, struct octets file);

static inline const struct step *link_last(const struct link *link)
{
    return &link->steps[(link->derailed < link->step_count ? link->derailed : link->step_count) -
                        1];
}

/* It only looked whether anybody listens, and connected for good at once: nothing was tried, and
 * nothing failed. */
bool judge_probe(const struct judge *judge, const struct link *link);

/* What came of asking the name server: nobody asked, it never gave an address, or it gave one. */
enum lookup_result { LOOKUP_NONE, LOOKUP_FAILED, LOOKUP_TOLD };
enum lookup_result lookup_result_of(const struct transcript *transcript);

/* In this order; each may use what the earlier ones found out. */
void check_bodies(struct judge *judge);       /* BODY-1 … BODY-5; recognises messages, derails */
void check_permission(struct judge *judge);   /* DATA-1; derails */
bool judge_transactions(struct judge *judge); /* fills judge->transactions; false: no memory */
bool judge_waits(struct judge *judge);        /* fills judge->waits; false: no memory */
void check_lookup(struct judge *judge);       /* CONN-2 */
void check_order(struct judge *judge);        /* CONN-1, HELO, MAIL, RCPT, SEQ, CODE-2 */
void check_leaving(struct judge *judge);      /* RSET-1, QUIT-1, -2, -4, -5 */
void check_times(struct judge *judge);        /* TIME-1, TIME-2 */
void check_storm(struct judge *judge);        /* STORM-1 */
void check_ledger(struct judge *judge);       /* LOSS, QUIT-3, CODE-3 */
void check_expectations(struct judge *judge); /* what the scenario asks for, CODE-1 */
void check_end(struct judge *judge);          /* senders that had to be stopped */
void check_untold(struct judge *judge);       /* what an attached sender never told */
void check_unseen(struct judge *judge); /* the last: what can't be seen in the field, and why */

/* CODE_1: the same actions as in the run with the plain text. Part of check_expectations. */
void check_baseline(struct judge *judge);
/* BODY_3 as far as the wire alone shows it: the message as it should be is not known. */
void check_dots(struct judge *judge, struct link *link, struct step *body);
/* LOSS_2, LOSS_3, CODE_3: the same octets, to the same recipients, sent again. */
void check_same_again(struct judge *judge);

#endif
