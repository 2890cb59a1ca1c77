/* One connection to the centre: the sender's state machine, a stream, and a timer.
 *
 * It connects, goes through the messages that it is given, and is over: when the last one is done,
 * when the connection is lost, when a limit is over, or when the policy says so. What becomes known
 * about a message is written to its outcome at once. */
#ifndef CLIENT_SESSION_H
#define CLIENT_SESSION_H

#include "client/client.h"
#include "client/sender.h"

struct client_session;

/* A message and what is known about it. */
struct client_task {
    const struct client_message *message;
    struct message_outcome *outcome;
    bool settled; /* not to be sent any more in this run */
};

struct client_session_end {
    enum sender_end end;
    bool opened;            /* the connection stood */
    bool protocol_error;    /* the centre broke the protocol */
    enum limit_stage stage; /* where it ended, before any QUIT */
};

struct client_session_options {
    struct endpoint to;
    const struct policy *policy;
    const struct client_options *client; /* envelope, limits, trace; must outlive the session */
    struct client_task *const *tasks;    /* in this order; must outlive the session */
    size_t count;
    /* Told once, as the last thing that the session does: it may be freed there. */
    void (*over)(void *owner, const struct client_session_end *end);
    void *owner;
};

/* Null where it could not even begin; otherwise `over` follows, never from within this call. */
struct client_session *client_session_start(struct loop *loop,
                                            const struct client_session_options *options,
                                            struct problem *problem);

/* Closes what is open; `over` is not called any more. */
void client_session_free(struct client_session *session);

/* Writes down a fate: settles the task where it is final. `timed_out` and the rest stand as the
 * reason. Also for what happens outside of sessions (a look-up that failed). */
struct client_verdict {
    enum policy_fate fate;
    int code; /* 0: none */
    enum limit_stage stage;
    bool protocol_error, timed_out;
    const char *text; /* printable ASCII; cut where it is too long */
};
void client_task_decide(struct client_task *task, const struct client_verdict *verdict);

#endif
