/* Playing a scenario: (cursor, event) -> action. Pure: no clock, no octets, no memory.
 *
 * The first rule that fits acts; where none does, the well-behaved centre goes on. */
#ifndef MOCKSERVER_PLAY_H
#define MOCKSERVER_PLAY_H

#include "mockserver/scenario.h"
#include "wire/random.h"

/* What is counted over the centre's life. Several processes that play one centre together have one
 * of these, in memory that they share. All zeros is the beginning. */
struct play_counts {
    _Atomic uint32_t connections; /* opened so far */
    _Atomic uint32_t messages;    /* MAIL commands so far */
    _Atomic uint32_t acted[];     /* how often each rule has acted; rule_count entries */
};

static inline size_t play_counts_size(size_t rules)
{
    return sizeof(struct play_counts) + rules * sizeof(_Atomic uint32_t);
}

/* A scenario to be played: one per centre, shared by its connections. */
struct play_book {
    const struct scenario *scenario;
    struct play_counts *counts;
    bool counts_are_shared;
    _Atomic uint32_t *acted; /* of the counts */
    struct glob *globs; /* the rules' arguments, prepared (mockserver/glob.h); rule_count entries */
    /* Which rules name a stage, in the order of the file: indices of rules, those of a stage from
     * stage_first[stage] up to stage_first[stage + 1]. */
    uint32_t *order;
    uint32_t stage_first[STAGE_COUNT + 1];
};

/* False where there is no memory. */
bool play_book_init(struct play_book *book, const struct scenario *scenario);
/* Counts there from now on, together with others; they must outlive the book. */
void play_book_share(struct play_book *book, struct play_counts *counts);
void play_book_free(struct play_book *book);

/* One connection's place in it. */
struct play_cursor {
    struct play_book *book;
    uint32_t connection; /* its number, from 1 */
    uint32_t message;    /* number of its current or last transaction; 0 before the first */
    uint32_t occurrences[STAGE_COUNT]; /* of STAGE_BODY: bodies that came to their end */
    /* Body rules up to these have had their turn in this message: those that count octets, lines.
     */
    struct play_turn {
        uint64_t after;
        uint32_t number;
    } turns[2];
    struct random random; /* seeded by the centre's seed and the connection's number, so that other
                             connections change nothing */
};

/* Begins the next connection. */
void play_begin(struct play_cursor *cursor, struct play_book *book, uint64_t seed);

/* The rule that acts now, or null. Counts: an occurrence of the stage, a message at STAGE_MAIL, and
 * the rule that is returned. `argument` is the command's parameter. */
const struct rule *play_event(struct play_cursor *cursor, enum stage stage, struct octets argument);

/* Where a message begins; it ends with play_event(STAGE_END_OF_DATA). */
void play_body_begin(struct play_cursor *cursor);

/* Inside of it.
 *
 * The next point at which a body rule could act, given that the message stands at `octets` octets
 * and `lines` lines of content; false where none can any more. The point is relative: so many
 * octets (or lines) of content are still to come before it, 0 is here and now. A rule whose turn
 * has come and gone in this message is not named again. Where rules that count octets and rules
 * that count lines are both ahead, a point may have no rule: it is the place to ask again. */
struct play_point {
    bool in_lines;
    uint64_t at;
    const struct rule *rule;
};
bool play_body_next(const struct play_cursor *cursor, uint64_t octets, uint64_t lines,
                    struct play_point *point);
/* The message has come to that point: does the rule act? (Draws its probability, counts it.) Where
 * it does, further rules that name the same octet (or line) have had their turn too. */
bool play_body_acts(struct play_cursor *cursor, const struct play_point *point);

/* Which idle rule holds for this connection now; null: the centre's own limit. Counts nothing; once
 * it has come to the cut, play_event(STAGE_IDLE) counts. */
const struct rule *play_idle(const struct play_cursor *cursor);

/* Durations for this centre. What would be longer than 100 years is 100 years. */
struct play_clock {
    double pace;       /* the centre's own durations pass so many times as fast; 1: real */
    usec sender_limit; /* what percentages refer to */
};
usec play_span(const struct play_clock *clock, struct span span);
/* Draws from the cursor's random numbers where the delay is random; never negative. */
usec play_delay(const struct play_clock *clock, struct play_cursor *cursor,
                const struct delay *delay);

#endif
