/* A case for the oracle, written down as a dialogue.
 *
 * One line each:
 *   open            a connection is accepted
 *   > TEXT          the sender sends TEXT and CRLF       >> TEXT   … without CRLF
 *   < TEXT          the centre sends TEXT and CRLF       << TEXT   … without CRLF
 *   +MS             so many milliseconds pass
 *   fin | rst       the sender closes, resets
 *   cut | cut-rst | cut-idle   the centre closes, resets, cuts for idleness
 *   ask TEXT        the name server is asked TEXT
 *   told TEXT       … and answers TEXT
 *   stall | pause | resume | stored | closed
 *   on N            what follows is of connection N, from 1, instead of the one opened last
 *   rule N          the replies from here on come from rule N (0: none)
 * TEXT knows the escapes \r \n \t \\ and \xHH. Each line is an event of its own. */
#ifndef TESTS_UNIT_ORACLE_H
#define TESTS_UNIT_ORACLE_H

#include "harness/check.h"

enum { ORACLE_MESSAGES = 4 };

struct oracle_case {
    const char *messages[ORACLE_MESSAGES]; /* message files; null ends them */
    unsigned claims[ORACLE_MESSAGES];      /* outcome bits; 0: nothing known */
    const char *dialogue;
    const char *plain; /* baseline dialogue; null: none */
    struct expectation expect;
    const char *subject;          /* the scenario's requirement; null: none */
    struct check_process process; /* ended 0: at the end of the dialogue */
    struct check_sighting sighting;
    bool has_sighting, silent_connect, per_message_claims, strict, sends_ehlo, adds_headers;
    const char *second_recipient;
    bool attached; /* no process, and what is not claimed is not known */
    usec cut;      /* of an attached sender */
    const char *gone;
    usec slept, woke; /* both ends: for so long, until then; 0: nobody slept */
};

/* Plays it to the oracle; limit 5 s, tolerance a quarter, no slack. */
void oracle_judge(const struct oracle_case *test, struct findings *findings);

/* The verdict on a requirement: the worst of its findings; -1 where it was not touched. */
int oracle_verdict(const struct findings *findings, const char *requirement);

/* Everything that is neither pass nor skip, as "BODY-3 fail, QUIT-4 warn" (each once). */
const char *oracle_complaints(const struct findings *findings, char *text, size_t size);

/* Plays it, and asserts that it complains of just that, in that order (what it says is printed
 * where not), and that all it says is known in Japanese. */
void oracle_expect(const struct oracle_case *test, const char *complaints);

#endif
