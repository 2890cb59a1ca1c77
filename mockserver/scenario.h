/* A scenario: how one centre deviates from the well-behaved one, and what a sound sender then does.
 *
 * Immutable once loaded (mockserver/scenario_load.h is the one reader of scenario files;
 * scenario_new gives the empty scenario, which is the well-behaved centre). All of it lives in one
 * arena and goes with scenario_free. Many connections, and many loops, may play the same scenario:
 * what changes while it is played stands in the cursor (mockserver/play.h). */
#ifndef MOCKSERVER_SCENARIO_H
#define MOCKSERVER_SCENARIO_H

#include "wire/command.h"
#include "wire/octets.h"
#include "wire/time.h"

/* Where in a session a rule can act. Those up to STAGE_UNKNOWN that are named like commands act
 * when that command has come, in place of its reply. */
enum stage {
    STAGE_CONNECT, /* before anything: refuse, or answer late */
    STAGE_BANNER,  /* the greeting */
    STAGE_HELO,
    STAGE_EHLO,
    STAGE_MAIL,
    STAGE_RCPT,
    STAGE_DATA,
    STAGE_BODY,        /* inside the message, behind `after` octets or lines */
    STAGE_END_OF_DATA, /* CRLF . CRLF has come */
    STAGE_RSET,
    STAGE_NOOP,
    STAGE_QUIT,
    STAGE_VRFY,
    STAGE_EXPN,
    STAGE_HELP,
    STAGE_UNKNOWN, /* no command of RFC 821, or one of SEND SOML SAML TURN */
    STAGE_IDLE,    /* nothing came or went for the idle limit */
};

enum { STAGE_COUNT = STAGE_IDLE + 1 };

/* "banner", "RCPT", "end-of-data": as scenario files, journals and reports name it. */
const char *stage_name(enum stage stage);
/* False for a name that is none ("any" is none either). */
bool stage_of(const char *name, enum stage *stage);
/* The stage of a command that has come. */
enum stage stage_of_command(enum command_verb verb);

/* All stages but connect, body and idle: what "any" stands for. */
#define STAGES_ANY                                                                                 \
    (((1u << STAGE_COUNT) - 1) & ~(1u << STAGE_CONNECT | 1u << STAGE_BODY | 1u << STAGE_IDLE))

/* A duration as a scenario states it: of the centre's own (divided by the pace), or a share of the
 * limit that the sender declares for each wait ("90%"), which no pace changes. */
struct span {
    usec duration;
    uint32_t percent; /* of the sender's limit; 0: `duration` counts */
};

enum delay_kind { DELAY_NONE, DELAY_FIXED, DELAY_UNIFORM, DELAY_EXPONENTIAL, DELAY_NORMAL };

struct delay {
    enum delay_kind kind;
    struct span first;  /* fixed; lower bound; mean; mean */
    struct span second; /* -; upper bound; -; standard deviation */
};

/* Numbers that a selector lets through: "3-", [2,4], 1. None at all lets every number through. */
struct range {
    uint32_t first, last; /* both included; last UINT32_MAX: open */
};

struct ranges {
    const struct range *at;
    size_t count;
};

bool ranges_hold(const struct ranges *ranges, uint32_t number);

/* What is sent. `octets` is the whole reply, CRLFs included, as it stands on the wire but for its
 * variables (${domain} ${helo} ${message} ${connection}), which are filled in while playing. */
struct scenario_reply {
    int code; /* 200 to 599, or 0 where the octets are no well-formed reply: then it permits nothing
               */
    struct octets octets;
    bool has_variables;
    bool code_alone;   /* no text, and no blank either: "250" CRLF */
    bool default_code; /* the scenario gave a text alone: the code is the one the well-behaved
                          centre would give here, and `octets` holds the lines of the text, '\n'
                          between (none where code_alone is set) */
};

enum scenario_close {
    SCENARIO_KEEP_OPEN,
    SCENARIO_CLOSE_FIN,
    SCENARIO_CLOSE_RST,
    SCENARIO_CLOSE_HALF
};
enum scenario_refuse { SCENARIO_ANSWER, SCENARIO_REFUSE_RST, SCENARIO_REFUSE_SILENCE };
/* Whether a message is kept at its end: as the reply says (250: yes), or in spite of it (a final
 * reply that is lost: RFC 1047). */
enum scenario_store { SCENARIO_STORE_BY_REPLY, SCENARIO_STORE_YES, SCENARIO_STORE_NO };

struct action {
    bool has_reply;
    struct scenario_reply reply;
    struct delay delay;
    size_t dribble_octets; /* 0: no dribble */
    struct span dribble_every;
    const size_t *split; /* segment boundaries: lengths of the first segments of the reply */
    size_t split_count;
    const struct span *pauses; /* before the second segment, the third, … */
    size_t pause_count;        /* at most split_count */
    bool stall; /* no reply, ever; the connection stays open (also over the idle limit) */
    bool stop_reading;
    bool reads_again; /* … after `stopped_for` */
    struct span stopped_for;
    enum scenario_close close;
    enum scenario_refuse refuse; /* with a delay: for so long, then the centre answers */
    enum scenario_store store;
    /* Of idle rules: in place of the centre's own. */
    bool has_idle_limit, has_idle_margin;
    struct span idle_limit, idle_margin;
};

struct rule {
    uint32_t stages;           /* bits 1 << enum stage */
    bool after_lines;          /* `after` counts lines, not octets (of un-stuffed content) */
    uint64_t after;            /* of STAGE_BODY */
    struct ranges connections; /* counted from 1 over the centre's life */
    struct ranges messages;    /* the n-th MAIL since the centre began, over all connections */
    struct ranges occurrences; /* the n-th time this connection is at this stage */
    uint32_t times;            /* acts so often at most, over the centre's life; 0: always */
    const char *argument;      /* glob (fnmatch) on the command's parameter; null: any */
    double probability;        /* 0 … 1; 1 where the scenario says nothing */
    struct action action;
    uint32_t number; /* its place in the file, from 1 */
};

enum bare_treatment {
    BARE_KEEP,   /* bare CR, bare LF and NUL in a message are kept, and flagged in the journal */
    BARE_REFUSE, /* the message is refused with 554 at its end */
};

/* What NACCS's name server is asked for; other types are answered as a name server should. */
enum dns_type { DNS_TYPE_A, DNS_TYPE_AAAA, DNS_TYPE_MX };
enum { DNS_TYPES = DNS_TYPE_MX + 1 };

/* "AAAA". */
const char *dns_type_name(enum dns_type type);

enum dns_answer {
    DNS_ANSWER_ADDRESSES,
    DNS_ANSWER_NXDOMAIN,
    DNS_ANSWER_SERVFAIL,
    DNS_ANSWER_REFUSED,
    DNS_ANSWER_SILENCE,   /* none at all */
    DNS_ANSWER_TRUNCATED, /* over UDP cut short; over TCP where the centre is */
};

/* Addresses by what is there. */
enum dns_place {
    DNS_PLACE_CENTRE,  /* the centre's own */
    DNS_PLACE_BACKUP,  /* of its backup site */
    DNS_PLACE_DEAD,    /* where connects are refused */
    DNS_PLACE_LITERAL, /* as it stands */
};

struct dns_address {
    enum dns_place place;
    const char *literal; /* numeric IPv4 or IPv6 */
};

/* How the name server answers about the centre. Where no rule fits: where the centre is now. */
struct dns_rule {
    struct ranges queries; /* the n-th one of its type (of any type where it names none), from 1 */
    bool has_type;
    enum dns_type type;
    uint32_t after_connections; /* once so many were accepted; 0: from the beginning */
    enum dns_answer answer;
    const struct dns_address *addresses; /* of DNS_ANSWER_ADDRESSES */
    size_t address_count;
    struct span delay;
    uint32_t number; /* its place in the file, from 1 */
};

/* The centre apart from its rules. */
struct centre_settings {
    const char *domain;            /* "MAIL.PROD.NACCS6" */
    const char *const *recipients; /* mailboxes that it takes; default NACCS@domain alone */
    size_t recipient_count;
    struct span idle_limit;         /* 120 s */
    struct span idle_margin;        /* 0 */
    enum scenario_close idle_close; /* FIN */
    bool idle_reply;                /* 421 before the cut */
    bool ehlo;                      /* false: EHLO is answered 502 */
    unsigned ehlo_keywords;         /* of enum ehlo_keyword (wire/ehlo.h) */
    const char *const *ehlo_others; /* further keyword lines, sent as they are */
    size_t ehlo_other_count;
    size_t command_limit;     /* 512 octets, CRLF included (RFC 821 §4.5.3) */
    size_t line_limit;        /* 1000 octets, CRLF included; 0: none */
    uint64_t message_limit;   /* 700000 octets behind the mail header */
    uint64_t header_limit;    /* 65536 octets of mail header on top */
    uint32_t recipient_limit; /* 100 per transaction; then 552 */
    uint32_t error_limit;     /* 500s and 503s on one connection before 421; 0: none. 100 */
    enum bare_treatment bare;
};

/* What must be true at the end. */
enum outcome_bit {
    OUTCOME_ACCEPTED = 1 << 0,
    OUTCOME_REFUSED = 1 << 1,
    OUTCOME_DEFERRED = 1 << 2,
    OUTCOME_UNKNOWN = 1 << 3,
    OUTCOME_UNSENT = 1 << 4,
};

/* "accepted"; null for what is no single bit. */
const char *outcome_name(enum outcome_bit outcome);

struct expected_outcome {
    uint32_t message;  /* from 1; 0: every message that is not named and not in `accepted` */
    unsigned outcomes; /* any of these bits will do */
};

struct expected_next {
    enum stage after; /* once a reply at this stage has gone out by a rule, … */
    uint32_t allowed; /* … only these may come next: bits 1 << enum command_verb */
    bool close_allowed;
};

struct expectation {
    bool has_accepted;
    const uint32_t *accepted; /* message numbers, from 1, that the centre must hold once each */
    size_t accepted_count;
    const struct expected_outcome *outcomes;
    size_t outcome_count;
    bool has_gives_up;
    enum stage gives_up_at;
    const struct expected_next *next;
    size_t next_count;
    bool has_connections;
    struct range connections;
    const char *same_actions_as; /* a case id, or "plain" (the same case with the well-behaved
                                    centre's text); null: not asked */
    bool has_quit_within;
    struct span quit_within;
    const char *const *void_checks; /* requirement ids that this deviation makes void */
    size_t void_count;
};

/* Is something expected of this very message: that the centre holds it, or what the sender reports?
 */
bool expectation_names(const struct expectation *expect, uint32_t message);

struct text_pair {
    const char *en, *ja; /* UTF-8; either may be null */
};

/* A message that no file holds: made anew for each run, by the run's seed. */
enum message_kind {
    MESSAGE_DOTS,   /* dots in every place, also at the beginning of lines */
    MESSAGE_OCTETS, /* every octet but NUL, CR and LF, in lines of any length that is allowed */
};

enum { MESSAGE_KINDS = MESSAGE_OCTETS + 1 };

/* "dots" … */
const char *message_kind_name(enum message_kind kind);

struct message_recipe {
    enum message_kind kind;
    uint32_t octets; /* of the whole message; 0: no recipe, the message is a file */
    uint32_t block;  /* of MESSAGE_DOTS: dot lines begin at multiples of it, or one or two octets
                        off; 0: anywhere */
    uint32_t number; /* tells messages of one kind and size apart, from 1 */
};

struct scenario {
    const char *id;   /* "rcpt/refused-450", of a family "code-only/HELO/error-word" */
    const char *file; /* where it was read; null for the empty scenario */
    struct text_pair title, why;
    const char *const *requirements;
    size_t requirement_count;
    const char *const *messages; /* paths of the message files, in order; of one that is made, what
                                    it is called */
    const struct message_recipe *recipes; /* of each message; null: all of them are files */
    size_t message_count;
    const char *const *recipients_given; /* envelope recipients handed to the sender, where not the
                                            centre's own mailbox alone */
    size_t recipient_given_count;
    struct centre_settings centre;
    const struct rule *rules; /* in the order of the file */
    size_t rule_count;
    const struct dns_rule *dns_rules; /* in the order of the file */
    size_t dns_rule_count;
    struct expectation expect;
    uint8_t hash[8]; /* FNV-1a 64 over what it says, for reports */
    struct arena *arena;
};

/* The empty scenario: the well-behaved centre, with the given domain ("MAIL.PROD.NACCS6" where
 * null). Null where there is no memory. */
struct scenario *scenario_new(const char *domain);
void scenario_free(struct scenario *scenario);

#endif
