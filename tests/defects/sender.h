/* A small sender for testing the harness: sound, unless one defect is switched on.
 *
 * It uses nothing of wire/ and client/, so that a fault there can't hide one here, and
 * blocking-style code with poll, as gateways in the field have it. One process, one run: all
 * messages, then the outcome file and an exit status as naccs-client's.
 *
 * A defect is what a programmer once got wrong; a variant is another sound way of doing things,
 * which no check may fail. Both stand in the lists below and in scenarios/defects.txt. */
#ifndef DEFECTS_SENDER_H
#define DEFECTS_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/defects/list.h"

enum wait_stage {
    WAIT_LOOKUP,
    WAIT_CONNECT,
    WAIT_GREETING,
    WAIT_HELO,
    WAIT_MAIL,
    WAIT_RCPT,
    WAIT_DATA,
    WAIT_BODY,
    WAIT_END,
    WAIT_RSET,
    WAIT_QUIT,
    WAIT_OTHER,
};

enum outcome { UNSENT, ACCEPTED, REFUSED, DEFERRED, UNKNOWN };

struct message {
    const char *name;
    uint8_t *octets;
    size_t count;
    enum outcome outcome;
    unsigned attempts;
};

enum { RECIPIENT_LIMIT = 16, INPUT_SIZE = 4096, ADDRESS_LIMIT = 8, ADDRESS_SIZE = 64 };

/* Where the centre is: numeric addresses. */
struct address_list {
    char texts[ADDRESS_LIMIT][ADDRESS_SIZE];
    size_t count;
};

struct sender {
    enum defect defect;
    enum variant variant;
    const char *host, *port, *helo, *from, *outcome_file;
    const char *resolver;          /* the name server to ask for `host`; null: that is an address */
    struct address_list addresses; /* of the last look-up */
    char *recipients[RECIPIENT_LIMIT];
    size_t recipient_count;
    int64_t limit; /* microseconds for each wait */
    struct message *messages;
    size_t message_count;
    int socket;                /* -1: none */
    uint8_t input[INPUT_SIZE]; /* received, not yet read as reply */
    size_t input_count;
    bool protocol_error;
    bool stop;         /* nothing further is to be tried */
    bool refused;      /* something was refused on this connection */
    bool goes_on;      /* the connection timed out, and the next message gets another one */
    bool mail_sent;    /* its first MAIL went out */
    bool mail_pending; /* the next MAIL has gone out already */
    bool left;         /* it has said goodbye, and was answered */
    bool resent;       /* all were sent again once */
    unsigned connections;
    int64_t session_end; /* of the one limit that a defect has for all */
};

static inline bool has(const struct sender *sender, enum defect defect)
{
    return sender->defect == defect;
}

static inline bool does(const struct sender *sender, enum variant variant)
{
    return sender->variant == variant;
}

/* Octets that grow; memory that runs out ends the program. */
struct octet_list {
    uint8_t *at;
    size_t count, room;
};
void octet_list_add(struct octet_list *list, const void *octets, size_t count);

/* net.c: a socket, and time. */
enum net_status { NET_OK, NET_LOST, NET_TIMED_OUT };

int64_t net_now(void);
void net_pause(int64_t microseconds);
/* When a wait that begins now is over; INT64_MAX where a defect sets no limit. */
int64_t net_deadline(const struct sender *sender, enum wait_stage stage);
enum net_status net_wait_readable(int socket, int64_t deadline);
enum net_status net_connect(struct sender *sender);
enum net_status net_write(struct sender *sender, const void *octets, size_t count,
                          enum wait_stage stage);
/* Adds to `input`, at least one octet. */
enum net_status net_read(struct sender *sender, int64_t deadline);
void net_close(struct sender *sender);
/* Sends no more, and can still read. */
void net_close_half(struct sender *sender);
/* Waits for the centre's FIN, then closes. */
void net_close_behind_centre(struct sender *sender);

/* lookup.c: finds the centre's addresses; NET_OK with one at least. */
enum net_status lookup_centre(struct sender *sender);

/* reply.c */
enum reply_status { REPLY_READ, REPLY_LOST, REPLY_TIMED_OUT, REPLY_GARBAGE };

struct reply {
    enum reply_status status;
    int code;        /* of REPLY_READ */
    char text[1024]; /* of its last line, behind the code */
    char line[1024]; /* its last line */
};

struct reply reply_read(struct sender *sender, enum wait_stage stage);
/* The reply has the code that this stage wants. */
bool reply_is(const struct sender *sender, const struct reply *reply, int wanted);

/* content.c: the message's octets, as a layer above the one that sends them changes them;
 * free(list.at). */
struct octet_list content_change(const struct sender *sender, const struct message *message);

/* body.c: the message as this sender puts it on the wire, its end included; free(list.at). */
struct octet_list body_encode(const struct sender *sender, const struct message *message);

/* farewell.c: says goodbye, and closes; false where a defect wants to begin again. */
bool session_leave(struct sender *sender);
void session_mark(struct sender *sender, enum outcome from, enum outcome to);

/* session.c: a command and its reply: "MAIL", "FROM:", an address; or a verb and a word (no
 * keyword); or a verb alone. */
struct reply session_command(struct sender *sender, enum wait_stage stage, const char *verb,
                             const char *keyword, const char *argument);

/* session.c: one connection, from connect to close. False where the connection was lost or refused
 * for now, so that another one could help. */
bool session_run(struct sender *sender);

#endif
