/* The oracle on which message a transaction was for: files sent in another order, or side by side.
 */
#include "tests/unit/dialogues.h"

#define BODY(number)    ">> Message-ID: <" #number "@gw>\\r\\n\\r\\n\\r\\n.\\r\\n\n"
#define FILE_OF(number) "Message-ID: <" #number "@gw>\r\n\r\n\r\n"

#define CASES(CASE)                                                                                \
    /* Two declarations with the same octets: what was tried is the one, what comes next the       \
     * other. */                                                                                   \
    CASE(sound_twins, "", .messages = {FILE_ONE, FILE_ONE},                                        \
         .claims = {OUTCOME_UNKNOWN, OUTCOME_UNKNOWN},                                             \
         .dialogue = HELLO ENVELOPE "cut\n" ONE "fin\n+2000\n" HELLO ENVELOPE "cut\n" ONE "fin\n", \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_twins_as_far_as_they_came, "", .messages = {FILE_ONE, FILE_TWO},                    \
         .claims = {OUTCOME_UNKNOWN, D},                                                           \
         .dialogue = HELLO ENVELOPE "cut\n" ONE "fin\n+2000\n" HELLO ENVELOPE                      \
                                    ">> Message-ID: <\ncut-rst\nclosed\n",                         \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_gone_between_two_closed_windows, "", .messages = {FILE_ONE}, .claims = {D},         \
         .process = {.ended = 5100 * USEC_PER_MSEC},                                               \
         .dialogue = HELLO MAIL RCPT "> DATA\npause\n< 354 go\n+5100\nresume\n" ONE                \
                                     "stored\npause\n" OK "+9000\n",                               \
         .expect = {.has_accepted = true, .accepted = first, .accepted_count = 1})                 \
    CASE(sound_twins_tried_again, "", .messages = {FILE_ONE, FILE_TWO},                            \
         .claims = {OUTCOME_UNKNOWN, D},                                                           \
         .dialogue = HELLO ENVELOPE ">> Message-ID: <\ncut-rst\nclosed\n+2000\n" HELLO ENVELOPE    \
                                    ">> Message-ID: <\ncut-rst\nclosed\n+2000\n" HELLO ENVELOPE    \
                                    "cut\n" ONE "fin\n+2000\n" HELLO ENVELOPE                      \
                                    ">> Message-ID: <\ncut-rst\nclosed\n",                         \
         .expect = {.has_accepted = true})                                                         \
    CASE(a_twin_sent_again, "LOSS-3 warn", .messages = {FILE_ONE, FILE_ONE},                       \
         .claims = {OUTCOME_UNKNOWN, OUTCOME_UNKNOWN},                                             \
         .dialogue = HELLO ENVELOPE "cut\n" ONE "fin\n+2000\n" HELLO ENVELOPE "cut\n" ONE          \
                                    "fin\n+2000\n" HELLO ENVELOPE "cut\n" ONE "fin\n",             \
         .expect = {.has_accepted = true})                                                         \
    CASE(in_order, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {D, A}, .subject = "RSET-1",    \
         .dialogue = HELLO MAIL LATER RSET ENVELOPE TWO OK QUIT, .expect = FIRST_REFUSED)          \
    CASE(in_reverse, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, D}, .subject = "RSET-1",  \
         .dialogue = HELLO MAIL LATER RSET ENVELOPE ONE OK QUIT, .expect = FIRST_REFUSED)          \
    CASE(in_reverse_refused_at_end, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, D},        \
         .subject = "RSET-1",                                                                      \
         .dialogue = HELLO ENVELOPE TWO "< 450 no\n" RSET ENVELOPE ONE OK QUIT,                    \
         .expect = FIRST_REFUSED)                                                                  \
    CASE(reports_the_wrong_one, "LOSS-1 fail, LOSS-2 fail", .messages = {FILE_ONE, FILE_TWO},      \
         .claims = {A, D}, .subject = "RSET-1", .per_message_claims = true,                        \
         .dialogue = HELLO MAIL LATER RSET ENVELOPE TWO OK QUIT, .expect = FIRST_REFUSED)          \
    CASE(leaves_out_the_other, "RSET-1 fail", .messages = {FILE_ONE, FILE_TWO}, .claims = {D, N},  \
         .subject = "RSET-1", .dialogue = HELLO MAIL LATER RSET QUIT, .expect = FIRST_REFUSED)     \
    CASE(three, "", .messages = {FILE_OF(1), FILE_OF(2), FILE_OF(3)}, .claims = {A, D, A},         \
         .subject = "RSET-1",                                                                      \
         .dialogue = HELLO MAIL LATER RSET ENVELOPE BODY(3) OK ENVELOPE BODY(1) OK QUIT,           \
         .expect = FIRST_REFUSED)                                                                  \
    /* Tried again, the second time in time: the numbers are the files' own. */                    \
    CASE(tried_again, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A}, .subject = "RSET-1", \
         .dialogue = HELLO MAIL LATER RSET ENVELOPE TWO OK "+1000\n" ENVELOPE ONE OK QUIT,         \
         .expect = FIRST_REFUSED)

#define FIRST_REFUSED                                                                              \
    {                                                                                              \
        .has_accepted = true, .accepted = second, .accepted_count = 1, .outcomes = later,          \
        .outcome_count = 1                                                                         \
    }

static const uint32_t first[] = {1}, second[] = {2};
static const struct expected_outcome later[] = {{1, OUTCOME_DEFERRED}};

CASES(DIALOGUE_TEST)

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {CASES(DIALOGUE_ENTRY)};
    return unit_main("check_transactions", tests, sizeof tests / sizeof *tests, argc, argv);
}
