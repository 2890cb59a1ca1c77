/* The oracle's own reading of a transcript: connections, and on each the steps that the sender took
 * with the replies that answered them.
 *
 * Nothing of wire/ is used: commands, replies, the end of data are read here anew, octet by octet,
 * from what passed. */
#ifndef HARNESS_CHECK_DIALOGUE_H
#define HARNESS_CHECK_DIALOGUE_H

#include "harness/check.h"
#include "harness/check_stream.h"

enum verb {
    VERB_HELO,
    VERB_EHLO,
    VERB_MAIL,
    VERB_RCPT,
    VERB_DATA,
    VERB_RSET,
    VERB_NOOP,
    VERB_QUIT,
    VERB_OTHER, /* nothing of the sequence of table 4-3-2 */
};

enum { VERBS = VERB_OTHER + 1 };

const char *verb_name(enum verb verb);

enum step_kind {
    STEP_GREETING, /* the sender says nothing and waits for the greeting */
    STEP_COMMAND,  /* one line */
    STEP_BODY,     /* from behind the 354 to CRLF . CRLF, or as far as it came */
};

/* A reply as it passed. Event indices point into the transcript. */
struct answer {
    bool present;   /* at least one octet */
    bool complete;  /* its last line is whole */
    int code;       /* 200 to 599; 0 where it is no well-formed reply, or is not complete */
    int first_code; /* of its first line: RFC 5321 §4.2.1 lets a sender go by any of them */
    int digits;     /* the code that its octets begin with, be it whole or not; 0: none */
    bool doubtful; /* a line of it is ended by LF alone, or has another code than the one before, or
                      nothing parts its code from its text:
                      a reply to some, none to others */
    unsigned lines; /* whole lines */
    bool offers_pipelining, offers_chunking;
    uint32_t rule; /* of its first octet */
    usec first_at, last_at;
    size_t first_event, last_event;
    size_t begin, end; /* in the centre's octets */
};

struct step {
    enum step_kind kind;
    enum verb verb; /* of commands; VERB_OTHER for the other kinds */
    size_t begin,
        end; /* in the sender's octets; of a body without its terminator, where it has one */
    size_t wire_end; /* behind the line's ending, or the terminator */
    bool complete;   /* the line ended, or the terminator came */
    bool bare_lf;    /* a command ended by LF alone */
    usec first_at, last_at;
    size_t first_event, last_event;
    struct answer answer;
    bool retreat;     /* of bodies: nothing but farewells, in place of the message */
    bool stored;      /* of bodies: the centre kept the message, whatever it replied */
    bool held_back;   /* the last octet, as struct segment has it */
    bool crossed;     /* `answer` is one that had gone out before the step began: an unasked 421 */
    uint32_t message; /* of bodies: which message file it is, from 1; 0: not recognised */
    uint32_t transaction; /* of MAIL, RCPT, DATA and bodies: number within the link, from 1 */
};

/* A connection. Where octets are missing in the middle of one (seen in the field), it ends there
 * for all that is judged; from where the sender begins something anew, it goes on as another link
 * of the same number. */
struct link {
    uint32_t number;
    bool headless;    /* how it began is not known: its first step is a command */
    bool tailless;    /* what came behind its last step is not known */
    size_t continued; /* index of the link that goes on with the same connection; 0: none */
    uint64_t before;  /* octets of the sender's that are none of this link's, on the connection */
    uint16_t port;    /* the sender's; 0: not known */
    usec opened_at;
    size_t opened_event;
    struct stream sender, centre;
    struct step *steps; /* the first is the greeting, but for headless links */
    size_t step_count, step_room;
    struct answer *unasked; /* replies that came while none was due */
    size_t unasked_count, unasked_room;
    usec sender_ended_at; /* FIN or RST of the sender; USEC_NEVER: none seen */
    size_t sender_ended_event;
    bool end_held_back;   /* … as struct segment has it */
    usec sender_reset_at; /* its RST, which may follow its FIN; USEC_NEVER: none seen */
    usec centre_ended_at; /* FIN, half close or RST of the centre, before any end of the sender's */
    size_t centre_ended_event;
    bool centre_reset, centre_half;
    usec closed_at; /* gone in both directions; nothing of the sender's is seen from then on */
    bool cut_idle;  /* the centre ended it for idleness */
    bool idle_rule; /* … by a rule of the scenario */
    usec stalled_at;
    usec paused_at, resumed_at; /* the last time; USEC_NEVER where it did not */
    usec last_at;               /* the last octet in either direction, or the opening */
    bool pipelining, chunking;  /* the centre offered it */
    size_t derailed; /* first step that is only a consequence of an earlier defect (message octets
                        read as commands), or is BDAT where that was offered (RFC 3030; it is not
                        read); step_count where there is none */
};

struct dialogue {
    struct link *links;
    size_t count, room;
    bool no_memory;
};

/* False where memory ran out; to be freed in either case. */
bool dialogue_read(const struct transcript *transcript, struct dialogue *dialogue);
void dialogue_free(struct dialogue *dialogue);

static inline struct octets link_octets(const struct link *link, size_t begin, size_t end)
{
    return (struct octets){link->sender.at + begin, end - begin};
}

/* Nothing but the beginning of a connection is known. */
static inline bool link_blank(const struct link *link)
{
    return link->tailless && link->step_count == 1 && link->steps[0].kind == STEP_GREETING &&
           !link->steps[0].answer.present;
}

/* Behind missing octets: is this segment a whole command that begins something anew, whatever was
 * before it, and that one a reply? */
bool resumes_with_command(struct octets segment);
bool resumes_with_reply(struct octets segment);

/* Nothing but RSET, NOOP and QUIT, in whole lines: said where a message was due, by a sender that
 * did not take the 354 for what it is, or no longer waits for it. */
bool octets_are_farewells(struct octets octets);

/* The stage that a step's reply belongs to. */
enum stage step_stage(const struct step *step);

/* True for an answer with that very code, whole. */
static inline bool answered(const struct step *step, int code)
{
    return step->answer.complete && step->answer.code != 0 &&
           (step->answer.code == code || step->answer.first_code == code);
}

/* All that came of its answer before the centre ended the connection is this code, and perhaps some
 * text: to one who takes the end of the stream for the end of a line, that is a reply. */
bool answer_cut_off(const struct link *link, const struct step *step, int code);

/* The step behind this one, on the same link; null where there is none, or it is derailed. */
const struct step *step_next(const struct link *link, const struct step *step);

#endif
