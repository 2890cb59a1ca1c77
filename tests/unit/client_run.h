/* One run of the client in the virtual loop, against a scripted centre: for the client's tests. */
#ifndef TESTS_UNIT_CLIENT_RUN_H
#define TESTS_UNIT_CLIENT_RUN_H

#include "client/client.h"
#include "tests/unit/scripted_centre.h"

#define SECONDS(count)  ((count)*USEC_PER_SEC)
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* What goes in, and what came out. */
struct run {
    struct loop_network network;
    struct client_options options;
    const struct client_message *messages;
    size_t count;
    bool free_within; /* the client is freed within `done` */
    struct loop *loop;
    struct scripted_centre centre;
    struct client *client;
    unsigned done; /* how often it was told */
    struct message_outcome outcomes[8];
    struct client_result result;
    int status;
    usec ended;
};

/* The messages that run_prepare hands over. */
extern const struct client_message run_messages[2];

/* Two messages, and a limit of its own for each stage: 1 s for the look-up, 2 s to connect, 3 s for
 * the greeting, 4 HELO, 5 MAIL, 6 RCPT, 7 DATA, 8 the body, 9 its end, 10 RSET, 11 QUIT. */
void run_prepare(struct run *run);
/* Starts the client; the loop stands still. */
void run_begin(struct run *run, const struct script_rule *rules, size_t rule_count);
/* Starts it, and goes on until nothing is left that could happen. */
void run_go(struct run *run, const struct script_rule *rules, size_t rule_count);
void run_clear(struct run *run);

void run_expect(const struct run *run, size_t message, enum outcome outcome, int code,
                enum limit_stage stage);
/* The text stands in the centre's log. */
bool run_logged(struct run *run, const char *text);
/* What the centre took in is the message, once the dots are away that the sender put in. */
void run_expect_body(struct run *run, size_t place, struct octets message);

/* Lines of a few letters, to fill a large message. */
void run_fill_lines(uint8_t *at, size_t count);

#endif
