/* The oracle on waits and tries. The limit is 5 s, the tolerance a quarter, there is no slack. */
#include "tests/unit/dialogues.h"

#define REFUSED_LATER MAIL LATER RSET "+1000\n"
#define FIVE          REFUSED_LATER REFUSED_LATER REFUSED_LATER REFUSED_LATER REFUSED_LATER
#define PAIR          "open\n< 421 no\ncut\nfin\n+10\nopen\n< 421 no\ncut\nfin\n"
#define HALF_OF_ONE   ">> Message-ID: <1@gw>\\r\\n\\r\\n\n"
#define REST_OF_ONE   ">> line\\r\\n.\\r\\n\n"

#define UNREAD_RCPT "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\npause\n< 250 ok\n"

#define CASES(CASE)                                                                                \
    /* The limit holds for writing the message, and again for the reply to its end. */             \
    CASE(sound_long_body_and_late_reply, "", .messages = {FILE_ONE}, .claims = {A},                \
         .dialogue = HELLO ENVELOPE HALF_OF_ONE "+4000\n" REST_OF_ONE "+4000\n" OK QUIT)           \
    CASE(sound_gave_up_behind_long_body, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN},  \
         .dialogue = HELLO ENVELOPE HALF_OF_ONE "+4000\n" REST_OF_ONE "+4990\n" OK "+10\nfin\n")   \
    CASE(sound_taken_by_the_network, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN},      \
         .dialogue = HELLO ENVELOPE HALF_OF_ONE "+4000\n" REST_OF_ONE "+1000\nfin\n",              \
         .expect = {.has_accepted = true})                                                         \
    CASE(gave_up_too_late_behind_body, "TIME-1 fail", .messages = {FILE_ONE},                      \
         .claims = {OUTCOME_UNKNOWN}, .dialogue = HELLO ENVELOPE ONE "+9000\n" OK "+10\nfin\n")    \
    CASE(gave_up_too_early_behind_body, "TIME-2 warn", .messages = {FILE_ONE},                     \
         .claims = {OUTCOME_UNKNOWN}, .dialogue = HELLO ENVELOPE ONE "+1000\nfin\n",               \
         .expect = {.has_accepted = true})                                                         \
    /* Behind a window that was closed, all comes late: what it sent, and that it had gone. */     \
    CASE(sound_gone_behind_a_window, "", .messages = {FILE_ONE}, .claims = {D},                    \
         .process = {.ended = 5010 * USEC_PER_MSEC},                                               \
         .dialogue = HELLO MAIL UNREAD_RCPT "+5050\nresume\n+1\n> DATA\n< 354 go\n+1\nfin\n",      \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_left_behind_a_window, "", .messages = {FILE_ONE}, .claims = {D},                    \
         .process = {.ended = 40 * USEC_PER_SEC},                                                  \
         .dialogue = HELLO MAIL UNREAD_RCPT "+5050\nresume\n+1\n> DATA\n< 354 go\n+1\nfin\n",      \
         .expect = {.has_accepted = true})                                                         \
    CASE(gave_up_too_early_behind_a_window, "TIME-2 warn", .messages = {FILE_ONE},                 \
         .claims = {OUTCOME_UNKNOWN},                                                              \
         .dialogue =                                                                               \
             HELLO MAIL UNREAD_RCPT "+5050\nresume\n+1\n> DATA\n< 354 go\n" ONE "+1000\nfin\n",    \
         .expect = {.has_accepted = true})                                                         \
    /* A centre that reads no more: QUIT behind the time-out is not seen, nor the wait for 221. */ \
    CASE(sound_quit_not_read, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN},             \
         .process = {.ended = 10 * USEC_PER_SEC}, .has_sighting = true,                            \
         .sighting = {.ended = 10 * USEC_PER_SEC},                                                 \
         .dialogue = HELLO ENVELOPE ONE "pause\n+24000\n", .expect = {.has_accepted = true})       \
    CASE(too_late_and_not_read, "TIME-1 fail", .messages = {FILE_ONE},                             \
         .claims = {OUTCOME_UNKNOWN}, .process = {.ended = 14 * USEC_PER_SEC},                     \
         .has_sighting = true, .sighting = {.ended = 14 * USEC_PER_SEC},                           \
         .dialogue = HELLO ENVELOPE ONE "pause\n+24000\n", .expect = {.has_accepted = true})       \
    CASE(too_late_with_a_221_not_read, "TIME-1 fail", .messages = {FILE_ONE}, .claims = {A},       \
         .process = {.ended = 10 * USEC_PER_SEC}, .has_sighting = true,                            \
         .sighting = {.ended = 10 * USEC_PER_SEC},                                                 \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\npause\n+24000\n")                              \
    /* It has gone, unseen, until octets of the centre's are answered by RST. */                   \
    CASE(sound_gone_between_two_octets, "", .messages = {FILE_ONE}, .claims = {A},                 \
         .dialogue =                                                                               \
             HELLO ENVELOPE ONE OK "> QUIT\npause\n<< 2\n+9000\n<< 2\nrst\nclosed\n+5000\n")       \
    CASE(sound_lingers_behind_quit, "", .messages = {FILE_ONE}, .claims = {A},                     \
         .dialogue = HELLO ENVELOPE ONE OK                                                         \
         "> QUIT\npause\n<< 2\n+3000\n<< 2\n+3900\n<< 1\n+1000\n<< \\x20\nrst\nclosed\n+5000\n")   \
    CASE(too_late_and_then_a_reset_of_its_own, "TIME-2 warn", .messages = {FILE_ONE},              \
         .claims = {A},                                                                            \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\npause\n<< 2\n+60000\nrst\nclosed\n+5000\n")    \
    CASE(too_late_with_octets_not_answered, "TIME-2 warn", .messages = {FILE_ONE}, .claims = {A},  \
         .dialogue =                                                                               \
             HELLO ENVELOPE ONE OK "> QUIT\npause\n<< 2\n+4000\n<< 2\n+4000\n<< 1\n+6000\n"        \
                                   "<< \\x20\n+1000\n<< bye\nrst\nclosed\n+5000\n")                \
    CASE(too_late_with_a_221_in_pieces, "TIME-2 warn", .messages = {FILE_ONE}, .claims = {A},      \
         .dialogue = HELLO ENVELOPE ONE OK                                                         \
         "> QUIT\n<< 2\n+4000\n<< 2\n+4000\n<< 1\n+1000\nrst\nclosed\n+5000\n")                    \
    /* Its sockets are seen at intervals: the last look was a little before the RST. */            \
    CASE(sound_reset_unread, "", .messages = {FILE_ONE}, .claims = {D},                            \
         .process = {.ended = 1000 * USEC_PER_MSEC}, .has_sighting = true,                         \
         .sighting = {.ended = 950 * USEC_PER_MSEC},                                               \
         .dialogue = HELLO "> RSET\npause\n<< 25\n+1000\ncut-rst\nclosed\n+10\n",                  \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_half_closed_unread, "", .messages = {FILE_ONE}, .claims = {D},                      \
         .process = {.ended = 200 * USEC_PER_MSEC}, .has_sighting = true,                          \
         .sighting = {.ended = 1 * USEC_PER_MSEC},                                                 \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\npause\n<< 4\n+50\n<< 51 no\\r\\n\n+24000\n",  \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_another_was_sighted, "", .messages = {FILE_ONE}, .claims = {D},                     \
         .process = {.ended = 40 * USEC_PER_SEC}, .has_sighting = true,                            \
         .sighting = {.ended = 14050 * USEC_PER_MSEC, .port = 50001},                              \
         .dialogue = "open\n< 220 centre\n> HELO GW01\n< 250 c\n" MAIL                             \
                     "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\npause\n+14000\ncut\nclosed\n"            \
                     "open\n< 421 no\ncut\nfin\n",                                                 \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_late_354_not_waited_for, "", .messages = {FILE_ONE}, .claims = {D},                 \
         .process = {.ended = 5100 * USEC_PER_MSEC},                                               \
         .dialogue = HELLO MAIL RCPT "> DATA\npause\n+6500\n< 354 go\n",                           \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_unparted_354_is_garbage, "", .messages = {FILE_ONE}, .claims = {D},                 \
         .process = {.ended = 100 * USEC_PER_MSEC},                                                \
         .dialogue = HELLO MAIL RCPT "> DATA\npause\n< 354go\n+24000\n",                           \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_354_too_late, "", .messages = {FILE_ONE}, .claims = {D},                            \
         .process = {.ended = 5050 * USEC_PER_MSEC},                                               \
         .dialogue = HELLO MAIL RCPT "> DATA\npause\n+4990\n< 354 go\n+9000\n",                    \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_gave_up_rset_unread, "", .messages = {FILE_ONE}, .claims = {OUTCOME_REFUSED},       \
         .dialogue = HELLO MAIL "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\npause\n<< 550-no\\r\\n550 no" \
                                "\\r\\n\n+6000\nresume\n>> RSET\\r\\nQUIT\\r\\n\n< 250 ok\n"       \
                                "< 221 bye\nfin\n",                                                \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_late_greeting_tried_again, "", .messages = {FILE_ONE}, .claims = {D},               \
         .process = {.ended = 16 * USEC_PER_SEC},                                                  \
         .dialogue =                                                                               \
             "open\n+4950\npause\n< 421 closing\n+2000\nopen\n+4950\npause\n< 421 closing\n"       \
             "+5000\n",                                                                            \
         .expect = {.has_accepted = true})                                                         \
    /* What was not delivered because of that is not another requirement's fault. */               \
    CASE(gave_up_too_early_explains, "TIME-2 warn", .messages = {FILE_ONE}, .claims = {D},         \
         .subject = "BODY-1", .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n+50\nfin\n",             \
         .expect = {.has_accepted = true,                                                          \
                    .accepted = first,                                                             \
                    .accepted_count = 1,                                                           \
                    .outcomes = accepted,                                                          \
                    .outcome_count = 1})                                                           \
    /* Side by side is no storm, and a look whether the port is open no failure. */                \
    CASE(sound_side_by_side, "", .messages = {FILE_ONE}, .claims = {D},                            \
         .dialogue = "open\nopen\nopen\n+10\non 1\n< 421 no\ncut\nfin\non 2\n< 421 no\ncut\nfin\n" \
                     "on 3\n< 421 no\ncut\nfin\n",                                                 \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_probes, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},                     \
         .dialogue = "open\n< 220 c\nfin\n" HELLO ENVELOPE ONE OK QUIT "open\n< 220 c\nfin\n"      \
                     "open\n< 220 c\nfin\n" HELLO ENVELOPE TWO OK QUIT)                            \
    CASE(closes_before_the_greeting, "TIME-2 warn", .messages = {FILE_ONE}, .claims = {D},         \
         .dialogue = "open\n+50\nfin\n+1000\nopen\n+50\nfin\n", .expect = {.has_accepted = true})  \
    /* Once more at once, then a pause: a second address, a second look. */                        \
    CASE(sound_pairs, "", .messages = {FILE_ONE}, .claims = {D},                                   \
         .dialogue = PAIR "+1000\n" PAIR "+2000\n" PAIR, .expect = {.has_accepted = true})         \
    /* QUIT where the patience with DATA was over, and the 354 came just then. */                  \
    CASE(sound_quit_meets_354, "", .messages = {FILE_ONE}, .claims = {D}, .subject = "BODY-1",     \
         .dialogue = HELLO MAIL RCPT "> DATA\n+4990\n< 354 go\n+10\n> QUIT\n+5000\nfin\n",         \
         .expect = {.has_accepted = true, .accepted = first, .accepted_count = 1})                 \
    CASE(quit_for_a_message, "CODE-1 fail", .messages = {FILE_ONE, FILE_TWO}, .claims = {D, N},    \
         .dialogue = HELLO MAIL RCPT "> DATA\n< 354 go\n> QUIT\n+5000\nfin\n",                     \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_quit_as_the_250_came, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN},      \
         .dialogue = HELLO ENVELOPE ONE "+4990\n" OK "+10\n" QUIT)                                 \
    CASE(quit_behind_the_250, "LOSS-2 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN},  \
         .dialogue = HELLO ENVELOPE ONE "+4000\n" OK "+1000\n" QUIT)                               \
    CASE(sound_quit_before_a_354_too_late, "", .messages = {FILE_ONE}, .claims = {D},              \
         .dialogue = HELLO MAIL RCPT "> DATA\n+5000\n> QUIT\n+5000\n< 354 go\nfin\n",              \
         .expect = {.has_accepted = true, .has_gives_up = true, .gives_up_at = STAGE_DATA})        \
    CASE(sound_quit_behind_a_slow_body, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN},   \
         .dialogue =                                                                               \
             HELLO ENVELOPE HALF_OF_ONE "+4000\n" REST_OF_ONE "+1000\n> QUIT\n+5000\nfin\n",       \
         .expect = {.has_accepted = true})                                                         \
    CASE(storm, "STORM-1 warn", .messages = {FILE_ONE}, .claims = {D},                             \
         .dialogue = "open\n< 421 no\ncut\nfin\nopen\n< 421 no\ncut\nfin\nopen\n< 421 no\ncut\n"   \
                     "fin\n",                                                                      \
         .expect = {.has_accepted = true})                                                         \
    /* On one connection, with a pause each time, but without end. */                              \
    CASE(sound_some_tries, "", .messages = {FILE_ONE}, .claims = {D},                              \
         .dialogue = HELLO FIVE FIVE QUIT, .expect = {.has_accepted = true})                       \
    CASE(tries_without_end, "STORM-1 warn", .messages = {FILE_ONE}, .claims = {D},                 \
         .dialogue = HELLO FIVE FIVE FIVE QUIT, .expect = {.has_accepted = true})

static const uint32_t first[] = {1};
static const struct expected_outcome accepted[] = {{0, OUTCOME_ACCEPTED}};

CASES(DIALOGUE_TEST)

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {CASES(DIALOGUE_ENTRY)};
    return unit_main("check_time", tests, sizeof tests / sizeof *tests, argc, argv);
}
