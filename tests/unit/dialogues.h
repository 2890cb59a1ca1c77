/* Pieces of dialogues for the oracle's tests (tests/unit/oracle.h tells the notation). */
#ifndef TESTS_UNIT_DIALOGUES_H
#define TESTS_UNIT_DIALOGUES_H

#include "tests/unit/oracle.h"
#include "tests/unit/unit.h"

#define HELLO    "open\n< 220 centre\n> HELO GW01\n< 250 centre\n"
#define MAIL     "> MAIL FROM:<USER@GW01>\n< 250 ok\n"
#define RCPT     "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n< 250 ok\n"
#define DATA     "> DATA\n< 354 go ahead\n"
#define ENVELOPE MAIL RCPT DATA
#define ONE      ">> Message-ID: <1@gw>\\r\\n\\r\\nline\\r\\n.\\r\\n\n"
#define TWO      ">> Message-ID: <2@gw>\\r\\n\\r\\nother\\r\\n.\\r\\n\n"
#define OK       "< 250 ok\n"
#define RSET     "> RSET\n< 250 ok\n"
#define QUIT     "> QUIT\n< 221 bye\nfin\n"
#define LATER    "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n< 450 later\n"
#define NEVER    "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n< 550 no\n"

#define FILE_ONE "Message-ID: <1@gw>\r\n\r\nline\r\n"
#define FILE_TWO "Message-ID: <2@gw>\r\n\r\nother\r\n"

#define A OUTCOME_ACCEPTED
#define D OUTCOME_DEFERRED
#define N OUTCOME_UNSENT

/* Tests from a list CASES of CASE(name, complaints, members of struct oracle_case). */
#define DIALOGUE_TEST(name, complaints, ...)                                                       \
    static void test_##name(void)                                                                  \
    {                                                                                              \
        static const struct oracle_case test = {__VA_ARGS__};                                      \
        oracle_expect(&test, complaints);                                                          \
    }
#define DIALOGUE_ENTRY(name, complaints, ...) {#name, test_##name},

#endif
