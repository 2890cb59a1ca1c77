/* Playing a scenario: (cursor, event) -> action. Pure: no clock, no octets, no memory.
 *
 * The first rule that fits acts; where none does, the well-behaved centre goes on. */
#ifndef MOCKSERVER_PLAY_H
#define MOCKSERVER_PLAY_H

#include "mockserver/scenario.h"
#include "wire/random.h"

/* What is counted over the centre's life: one per centre, shared by its connections. */
struct play_book {
    const struct scenario *scenario;
    uint32_t connections; /* opened so far */
    uint32_t messages;    /* MAIL commands so far */
    uint32_t *acted;      /* how often each rule has acted; rule_count entries */
};

bool play_book_init(struct play_book *book, const struct scenario *scenario);
void play_book_free(struct play_book *book);

/* One connection's place in it. */
struct play_cursor {
    struct play_book *book;
    uint32_t connection; /* its number, from 1 */
    uint32_t message;    /* number of its current or last transaction; 0 before the first */
    uint32_t occurrences[STAGE_COUNT];
    struct random random; /* seeded by the centre's seed and the connection's number, so that other
                             connections change nothing */
};

/* Begins the next connection. */
void play_begin(struct play_cursor *cursor, struct play_book *book, uint64_t seed);

/* The rule that acts now, or null. Counts: an occurrence of the stage, a message at STAGE_MAIL, and
 * the rule that is returned. `argument` is the command's parameter. */
const struct rule *play_event(struct play_cursor *cursor, enum stage stage, struct octets argument);

/* Inside a message. The next point at which a body rule could act, in octets or lines of content
 * from where the message stands; false where none can. */
struct play_point {
    bool in_lines;
    uint64_t at;
    const struct rule *rule;
};
bool play_body_next(const struct play_cursor *cursor, uint64_t octets, uint64_t lines,
                    struct play_point *point);
/* That point was reached: does the rule act? (Draws its probability, counts it.) */
bool play_body_acts(struct play_cursor *cursor, const struct play_point *point);

/* Which idle rule holds for this connection now; null: the centre's own limit. Counts nothing; once
 * it has come to the cut, play_event(STAGE_IDLE) counts. */
const struct rule *play_idle(const struct play_cursor *cursor);

/* Durations for this centre. */
struct play_clock {
    double pace;       /* the centre's own durations pass so many times as fast; 1: real */
    usec sender_limit; /* what percentages refer to */
};
usec play_span(const struct play_clock *clock, struct span span);
/* Draws from the cursor's random numbers where the delay is random; never negative. */
usec play_delay(const struct play_clock *clock, struct play_cursor *cursor,
                const struct delay *delay);

#endif
