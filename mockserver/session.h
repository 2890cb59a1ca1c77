/* One connection as the centre sees it. Private to mockserver/.
 *
 * A session reads commands or a message, asks the scenario at each event which rule acts
 * (mockserver/play.h), says what the rule or else the well-behaved centre says, and derives its
 * state from what it really said: a RCPT that a rule answered with 450 has added no recipient, a
 * DATA that was answered with 250 has opened no message.
 *
 * Four kinds of events enter it: octets, the sender's end, a timer, the centre's wish to stop. Each
 * ends in session_settle (session.c), which alone closes the connection and frees the session; all
 * other functions may be called in any order before, and only mark that it is over. */
#ifndef MOCKSERVER_SESSION_H
#define MOCKSERVER_SESSION_H

#include "mockserver/mask.h"
#include "mockserver/play.h"
#include "mockserver/receiver.h"
#include "mockserver/spool.h"
#include "mockserver/transcript.h"
#include "wire/command.h"
#include "wire/conn.h"
#include "wire/dot.h"
#include "wire/ehlo.h"
#include "wire/line.h"

struct centre_session;

/* A scenario, as the sessions that began with it play it. */
struct centre_program {
    const struct scenario *scenario;
    struct play_book book;
    struct ehlo_offer offer;
    bool has_body_rules, has_idle_rules, has_variables;
    usec idle_limit;   /* margin included; 0: none */
    uint32_t sessions; /* that play it */
};

/* What the sessions of a centre share. */
struct centre_host {
    struct loop *loop;
    struct play_clock clock;
    uint64_t seed;
    struct transcript_sink sink;
    struct spool *spool;
    struct receiver receiver;
    bool stopping;
    uint64_t stored;
    struct buf output; /* replies of the event at hand; empty between events */
    /* The session's connection is closed and its last event told; it is freed next. */
    void (*session_ended)(struct centre_host *host, struct centre_session *session);
};

/* What it has been told, and has granted. */
enum session_state {
    SESSION_NEW,        /* nothing granted yet, not even the greeting */
    SESSION_GREETED,    /* 220 was said */
    SESSION_READY,      /* HELO or EHLO was granted */
    SESSION_MAIL,       /* MAIL was granted */
    SESSION_RCPT,       /* and a recipient */
    SESSION_CHUNKS,     /* and a part of the message, by BDAT */
    SESSION_BODY,       /* 354 was said, or BDAT granted: what comes is message */
    SESSION_AFTER_BODY, /* the end of data has come, its reply is owed */
};

/* What it is doing. */
enum session_activity {
    SESSION_LISTENS,
    SESSION_DELAYS, /* a reply waits for its time */
    SESSION_SPEAKS, /* a reply goes out in pieces */
    SESSION_STALLS, /* it says nothing ever more, and reads on */
    SESSION_LEAVES, /* it sent FIN, and reads on for a moment */
    SESSION_HALF,   /* it closed its own direction, and reads on */
};

enum session_pause {
    SESSION_PAUSE_RULE = 1 << 0,
    SESSION_PAUSE_INPUT = 1 << 1,  /* too much waits to be processed */
    SESSION_PAUSE_OUTPUT = 1 << 2, /* the sender does not read its replies */
};

/* What a journal should show; bits. */
enum session_flaw {
    SESSION_FLAW_COMMAND = 0, /* shift of enum command_departure, … */
    SESSION_FLAW_LINE = 4,    /* … of enum line_flag, … */
    SESSION_FLAW_BODY = 10,   /* … of enum dot_flag */
    SESSION_FLAW_TOO_LARGE = 1 << 14,
    SESSION_FLAW_NOT_KEPT = 1 << 15,
};

/* What the well-behaved centre would say. */
struct session_answer {
    int code;
    const char *text;          /* behind the code; null: the reply to EHLO */
    bool domain;               /* the centre's domain comes before the text */
    bool silent;               /* by itself it would say nothing; the code is for a rule's text */
    bool insists;              /* no rule's reply may stand in its place */
    enum scenario_close close; /* what it does then */
};

/* A part of a message whose octets are counted (BDAT, RFC 3030). */
struct session_chunk {
    uint64_t left; /* octets that have still to come */
    bool last;
    bool refused; /* they are dropped, and this is said then: */
    struct session_answer refusal;
    enum session_state before; /* where a refused one leaves the session */
    struct mask mask;          /* between two of them */
};

struct session_body {
    struct dot_unstuffer unstuffer;
    struct spool_message *file;
    struct buf content; /* for the receiver, where there is one */
    bool chunked;       /* it comes in chunks, and is not stuffed */
    uint8_t line_began; /* of the mail header's line: see session_body.c */
    bool header_over;
    bool too_large; /* its content was dropped */
    bool not_kept;  /* no memory or no disk for it */
    uint64_t header_octets, octets;
};

/* Who sends to whom, for the receiver. */
struct session_envelope {
    struct buf offered;               /* what the command at hand names */
    struct buf helo;                  /* what was granted last */
    struct buf granted;               /* of the transaction: see session_envelope.c */
    bool lost_offer, lost_helo, lost; /* no memory for it, or beyond the limit */
};

struct centre_session {
    struct centre_session *next, *previous; /* the centre's */
    struct centre_host *host;
    struct centre_program *program;
    struct conn *conn;
    uint32_t number; /* of the connection, over the centre's life */
    struct play_cursor cursor;

    enum session_state state;
    enum session_activity activity;
    uint32_t message;   /* number of the transaction; 0 between them */
    bool extended;      /* EHLO was granted */
    bool chunking;      /* … and the reply offered CHUNKING */
    bool envelope_lost; /* there was no memory for it once: no message is handed over any more */
    uint32_t recipients;
    uint32_t errors;
    struct buf helo; /* the domain that HELO or EHLO named last; kept only where a rule wants it */

    /* What is being said. */
    enum stage stage;
    uint32_t rule;
    const struct action *action; /* of that rule, or null */
    struct buf reply;            /* while it does not go out at once */
    size_t reply_sent, reply_pieces;
    int code; /* of it; 0: it has none, or nothing is said */
    enum scenario_close close;
    void (*effect)(struct centre_session *session, int code);
    struct session_sent {
        enum stage stage;
        uint32_t rule, message;
    } queued; /* who is behind the last reply in host->output */

    /* What came. */
    struct line_reader lines;
    struct buf pending; /* to be processed when the reply is out */
    unsigned pauses;    /* of enum session_pause */
    bool sender_ended;  /* FIN */
    bool lost;          /* the connection is dead */
    bool over;          /* session_settle ends it */
    bool reset;         /* … with an RST */

    /* Telling what came: the part of the segment at hand that was not told yet. */
    struct octets untold;
    const uint8_t *position; /* how far it was processed */
    bool run_began;          /* a command of the untold part was seen: */
    enum stage run_stage;
    uint32_t run_message;
    unsigned flaws; /* of enum session_flaw */
    struct mask mask;

    struct session_body body;
    struct session_chunk *chunk;       /* null: none has come yet */
    struct session_envelope *envelope; /* null: no receiver wants it, or nothing was said yet */
    usec quiet_since;
    struct timer act, idle, pause;
};

/* Takes over a connection that was accepted. `begun` is called once the connection is counted, and
 * before anything is said or can end it. False where there is no memory (the connection is closed).
 */
bool centre_session_open(struct centre_host *host, struct centre_program *program,
                         struct conn *conn, const struct endpoint *peer, uint32_t number,
                         void (*begun)(struct centre_host *host, struct centre_session *session));
/* The centre is stopping: 421 where no transaction is under way. May end the session. */
void centre_session_stop(struct centre_session *session);
/* Ends it with an RST. */
void centre_session_abort(struct centre_session *session);
/* It waits for a timer of its own. */
bool centre_session_waits(const struct centre_session *session);

/* What follows is for the session's own files. */

/* session.c */
void session_set_state(struct centre_session *session, enum session_state state);
void session_end(struct centre_session *session, bool reset);
/* Ends it for want of memory, with an RST. */
void session_starve(struct centre_session *session);
void session_leave(struct centre_session *session, enum scenario_close how);
void session_stop_reading(struct centre_session *session, const struct action *action);
void session_hold(struct centre_session *session, enum session_pause why);
void session_renew_idle(struct centre_session *session);
/* It may process input now. */
bool session_may_go_on(const struct centre_session *session);

/* session_commands.c: takes octets up to the end of the next line, and obeys it. */
void session_take_command(struct centre_session *session, struct octets *input);
/* The greeting. */
void session_greet(struct centre_session *session);

/* session_body.c: begins a message; lets body rules act that are due; takes octets of it up to its
 * end, or to where a rule acts. */
void session_begin_body(struct centre_session *session);
void session_take_body(struct centre_session *session, struct octets *input);
void session_drop_body(struct centre_session *session);
void session_end_of_data(struct centre_session *session);
/* The next content of the input, which is moved behind it; false where there is none for now. */
bool session_next_content(struct centre_session *session, struct octets *input,
                          struct octets *slice);
/* What DATA or this BDAT announced is there. */
bool session_content_ended(const struct centre_session *session);
/* It is dropped: a chunk that was refused. */
bool session_content_unwanted(const struct centre_session *session);

/* session_chunk.c: does this command announce a part of the message? Its octets come then in any
 * case, whether the answer, that of session_judge, grants them or not. */
bool session_announces_chunk(const struct centre_session *session, const struct command *command);
/* False where there is no memory. */
bool session_begin_chunk(struct centre_session *session, const struct command *command,
                         const struct session_answer *answer);
void session_end_chunk(struct centre_session *session);
/* Of a chunk that is not the last: what the well-behaved centre says, and what follows. */
struct session_answer session_judge_chunk(const struct centre_session *session);
void session_follow_chunk(struct centre_session *session, int code);

/* session_envelope.c: what a command offers becomes part of the envelope when it is granted. */
void session_offer(struct centre_session *session, const struct command *command);
void session_grant_helo(struct centre_session *session);
void session_grant_sender(struct centre_session *session);
void session_grant_recipient(struct centre_session *session);
void session_envelope_free(struct centre_session *session);
/* Gives the message to the receiver, where there is one; false where it could not take it. */
bool session_hand_over(struct centre_session *session);
/* What the well-behaved centre says in this session's state, and what follows from a code that was
 * said, for who follows a dialogue that is not its own (imitation_follow.c). */
struct session_answer session_greeting(void);
struct session_answer session_judge(const struct centre_session *session, const struct line *line,
                                    struct command *command, unsigned *departures);
struct session_answer session_judge_end(const struct centre_session *session);
void session_follow_greeting(struct centre_session *session, int code);
void session_follow(struct centre_session *session, enum command_verb verb, int code);
void session_follow_end(struct centre_session *session, int code);
void session_keep_content(struct centre_session *session, struct octets slice);
bool session_put_answer(struct buf *buf, const struct centre_session *session,
                        const struct session_answer *answer);

/* session_reply.c: says the rule's reply, or the answer, in the rule's manner; the effect, where
 * there is one, is told the code once it was said (0 where it has none, or nothing was said). */
void session_act(struct centre_session *session, enum stage stage, const struct rule *rule,
                 const struct session_answer *answer,
                 void (*effect)(struct centre_session *session, int code));
/* The same for an event of this stage. */
void session_event(struct centre_session *session, enum stage stage, struct octets argument,
                   const struct session_answer *answer,
                   void (*effect)(struct centre_session *session, int code));
/* The code that such a reply will have; 0: none. */
int session_code(const struct rule *rule, const struct session_answer *answer);
/* Goes on with a reply when its timer has expired. */
void session_speak(struct centre_session *session);
/* Hands the replies that were queued to the network. */
void session_flush(struct centre_session *session);
/* The same, where a FIN follows at once: the two may go as one segment. */
void session_flush_before_fin(struct centre_session *session);

/* session_record.c */
void session_tell(struct centre_session *session, enum transcript_kind kind, struct octets octets);
void session_tell_sent(struct centre_session *session, const struct session_sent *sent,
                       struct octets octets);
/* Tells what came, up to where it was processed; or all of it. */
void session_tell_processed(struct centre_session *session);
void session_tell_received(struct centre_session *session);

#endif
