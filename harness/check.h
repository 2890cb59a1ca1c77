/* The oracle: (transcript, message files, what the sender reported) -> findings.
 *
 * Pure, and independent of the product: it judges the raw octets of the transcript with code of its
 * own, never with the parsers of wire/, so that a fault shared by centre and sender can't cancel
 * out. Of the centre it takes only what passed, when, and which rule it was; of the scenario only
 * what is expected.
 *
 * One transcript holds everything that happened in a case: all connections, in the order of events.
 */
#ifndef HARNESS_CHECK_H
#define HARNESS_CHECK_H

#include "mockserver/transcript.h"

enum verdict { VERDICT_PASS, VERDICT_FAIL, VERDICT_WARN, VERDICT_SKIP, VERDICT_ERROR };

/* "pass" … */
const char *verdict_name(enum verdict verdict);

struct check_message {
    const char *name;
    struct octets octets; /* the file as it was handed to the sender */
};

/* What the sender reported about one message. Bits of enum outcome_bit; several where it is known
 * only roughly (an exit status); 0: nothing is known. */
struct check_claim {
    unsigned outcomes;
};

/* One run of the command under test (in-process: the one run of the client). */
struct check_process {
    usec started, ended;
    bool killed;            /* by the harness, because it did not end */
    const char *killed_for; /* why, in words; null */
    bool holds;             /* when it was killed it still had a socket to the centre */
    bool crashed;           /* ended by a signal of its own */
    int status;             /* exit status, or the signal */
    bool left_others;       /* it had ended, and something that it had started went on */
};

/* In virtual time both ends, and what is between them, may sleep: what an end does as it wakes, it
 * may do because it finds its limit past, whatever waits for it. All that shows of that shows from
 * `woke` until `settled`. Both 0: nobody slept. */
struct check_sleep {
    usec woke, settled;
};

struct check_input {
    const struct transcript *transcript;
    const struct scenario *scenario;
    const struct check_message *messages;
    size_t message_count;
    const struct check_claim *claims; /* one per message */
    const struct check_process *processes;
    size_t process_count;
    bool each;               /* one process per message */
    bool per_message_claims; /* claims are of each message, not of the whole run */
    const char *helo, *from;
    const char *const *to;
    size_t to_count;
    usec sender_limit; /* declared for each wait; as it shows on the wire, where the sender's clocks
                          pass `acceleration` times as fast */
    double acceleration; /* 1, or 0: its clocks pass as clocks do */
    double tolerance;    /* 0.25: a quarter */
    usec slack;          /* on top: start-up and scheduling; in virtual time the way, and a sleep */
    struct play_clock_view {
        double pace;
    } clock;
    struct check_sleep sleep;
    usec idle_limit;         /* of the centre, as it passed (paced) */
    bool strict;             /* should counts as must */
    bool one_per_connection; /* the sender declares that it sends one message per connection */
    bool sends_ehlo;         /* the sender declares that it opens with EHLO */
    bool adds_headers; /* the sender declares that it puts header lines before the message's */
    /* The sender is no command of ours: it is known by the wire alone, there are no processes, and
     * a claim of 0 was not told, rather than not made. */
    bool attached;
    /* Nothing was run: the transcript is of what was seen elsewhere (a packet capture), told by
     * harness/field_transcript. Attached, too. The messages are those that are known of, not all;
     * what the scenario expects is nothing; a sender_limit of 0 was not declared. */
    bool field;
    bool untimed;     /* field: when anything happened is not known */
    bool inexact;     /* field: line ends, or parts of messages, are not those of the wire */
    usec grain;       /* field: times are not finer than this */
    usec cut;         /* attached: when what was still open was cut; 0: nothing was */
    const char *gone; /* attached: how the sender came to its end; null: it did not */
    /* The same case with the plain text, for same_actions_as; null: not asked, or not to be had. */
    const struct transcript *baseline;
    /* Socket states seen from outside, where the wire can't show them; may be null. */
    const struct check_sighting *sightings;
    size_t sighting_count;
};

/* The sender's own sockets, looked at while the centre could not see them (a connect that is not
 * answered, a window that is closed). */
struct check_sighting {
    usec began, ended; /* the first and last time it was seen waiting */
    bool connecting;   /* SYN sent; otherwise established, with a closed window */
    uint16_t port;
    bool still; /* was there when the case ended */
};

enum level { LEVEL_MUST, LEVEL_SHOULD, LEVEL_INFO };
const char *level_name(enum level level);

struct requirement {
    const char *id;
    enum level level;
};

/* The requirements that the oracle knows, in the order of the documents. */
const struct requirement *check_requirements(size_t *count);
/* Null where there is none of that id. */
const struct requirement *check_requirement(const char *id);

/* Why a requirement could not be judged from what was seen in the field stands in the finding; a
 * gap in what was seen is never held against the sender. */

/* One thing that was found, or that was looked for and is in order. */
struct finding {
    const char *requirement;
    enum verdict verdict; /* pass; fail and warn by level; skip with the reason in `actual` */
    char *expected;       /* in words; printable ASCII or UTF-8, octets escaped */
    char *actual;
    uint32_t connection; /* 0: none in particular */
    bool has_event;
    size_t event; /* index of the transcript event it is about */
    bool has_offset;
    uint64_t offset; /* into what the sender sent on that connection */
};

struct findings {
    struct finding *at;
    size_t count;
    enum verdict verdict; /* of the case: the worst */
    bool no_memory;       /* some findings are missing: the case is an error */
};

/* Judges. At least one finding for each requirement that the case touches: those of the scenario,
 * and the checks that hold always, except where they are void or there was nothing to see. */
void check_all(const struct check_input *input, struct findings *findings);
void findings_free(struct findings *findings);

#endif
