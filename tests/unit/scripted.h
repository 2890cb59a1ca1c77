/* A scripted sender before a centre, in virtual time, and what passed, as text.
 *
 * The script has one step a line, each a millisecond after the one before:
 *   open              connects; the steps that follow are this connection's
 *   use N             the steps that follow are those of the N-th one
 *   > TEXT            sends TEXT and CRLF as one segment      >> TEXT   … without CRLF
 *   fin | rst | close sends FIN and goes on reading; resets; closes
 *   deaf | hear       reads no more; reads again
 *   stop MS           the centre is told to stop, with so much grace
 *   change            the centre's scenario is changed to the well-behaved one
 *   +MS               only lets time pass
 * TEXT knows the escapes \r \n \t \\ and \xHH. */
#ifndef TESTS_UNIT_SCRIPTED_H
#define TESTS_UNIT_SCRIPTED_H

#include "mockserver/centre.h"

struct scripted {
    const char *scenario; /* JSON; null: the well-behaved centre */
    const char *script;
    double pace;       /* 0: 1 */
    usec sender_limit; /* 0: 5 s */
    usec latency;
    size_t segment_limit;
    uint32_t connection_limit;
    struct spool *spool;
    struct receiver receiver;
};

struct scripted_result {
    /* One line an event: "MS.UUU CONNECTION: KIND STAGE[ rN][ mN][ body]: OCTETS". The octets are
     * escaped; *'s stand for a secret. Without the addresses of OPENED. */
    char *events;
    char *codes; /* of the replies in the order in which they ended, "220 250 …" */
    char *ended; /* what the sender saw: "CONNECTION fin MS.UUU\n" */
    uint64_t stored;
    uint32_t still_open; /* sessions, when nothing more could happen */
    bool stopped;        /* the centre told so */
    unsigned released;   /* scenarios that were given back */
};

/* Plays it until nothing more can happen. */
void scripted_play(const struct scripted *scripted, struct scripted_result *result);
void scripted_free(struct scripted_result *result);

/* Plays it and compares; prints what differs. Null: not compared. */
bool scripted_gives(const struct scripted *scripted, const char *codes, const char *events);

#endif
