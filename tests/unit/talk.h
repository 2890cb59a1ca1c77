/* A sender that says one line after another, each when the reply to the one before has come. It
 * takes no memory of its own, but for what its connection takes. */
#ifndef TESTS_UNIT_TALK_H
#define TESTS_UNIT_TALK_H

#include "wire/conn.h"

struct talk_message {
    struct octets content; /* as it is to be kept */
    struct octets wire;    /* the same, dot-stuffed, with the end of data behind it */
};

enum { TALK_CODES = 64, TALK_MESSAGES = 8 };

struct talk {
    const char *const *lines; /* commands, null-terminated; "." stands for the next message */
    const struct talk_message *messages;
    struct conn *conn;
    size_t line, message;
    char reply[8]; /* how the line that is being received began */
    size_t reply_count;
    int codes[TALK_CODES]; /* of the replies, the greeting first */
    size_t code_count;
    bool acknowledged[TALK_MESSAGES]; /* 250 came at its end */
    int ends[TALK_MESSAGES];          /* the code at its end; 0: none came */
    bool in_message;                  /* its end was sent, and the reply not received */
    bool ended;                       /* the centre, or the lack of memory, ended the connection */
};

/* Connects; the rest follows from the loop. Where DATA is not answered with 354, the message is
 * passed by. False where not even a connection could be begun. */
bool talk_begin(struct talk *talk, struct loop *loop, const struct endpoint *centre);
/* Drops the connection, where it is open. */
void talk_end(struct talk *talk);

#endif
