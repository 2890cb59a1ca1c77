/* The oracle on how senders leave: with QUIT, half closed, not at all. */
#include "tests/unit/dialogues.h"

#define CASES(CASE)                                                                                \
    /* The limit is 5 s: whoever closes that long behind a reply has read it. */                   \
    CASE(closes_late_without_quit, "QUIT-1 fail", .messages = {FILE_ONE}, .claims = {A},           \
         .dialogue = HELLO ENVELOPE ONE OK "+6000\nfin\n")                                         \
    CASE(closes_at_once_without_quit, "QUIT-1 fail", .messages = {FILE_ONE}, .claims = {A},        \
         .dialogue = HELLO ENVELOPE ONE OK "fin\n")                                                \
    CASE(gave_up_as_the_reply_came, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN},       \
         .dialogue = HELLO ENVELOPE ONE "+5000\n" OK "+20\nfin\n")                                 \
    CASE(waits_for_more_of_the_354, "CODE-2 fail", .messages = {FILE_ONE}, .claims = {D},          \
         .subject = "BODY-1", .dialogue = HELLO ENVELOPE "+5000\nfin\n",                           \
         .expect = {.accepted = first, .accepted_count = 1, .has_accepted = true})                 \
    CASE(sound_wait_for_the_cr_of_the_354, "", .messages = {FILE_ONE}, .claims = {D},              \
         .dialogue = HELLO MAIL RCPT "> DATA\n<< 354 go ahead\\n\n+5000\nfin\n",                   \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_one_reply_behind, "", .messages = {FILE_ONE}, .claims = {D},                        \
         .dialogue = "open\n< 220 centre\n> HELO GW01\n<< 250 a\\r\\n250 b\\r\\n\n" MAIL RCPT DATA \
                     "+5000\nfin\n",                                                               \
         .expect = {.has_accepted = true})                                                         \
    CASE(waits_for_more_of_the_greeting, "CODE-2 fail", .messages = {FILE_ONE}, .claims = {D},     \
         .dialogue = "open\n< 220 centre\n+5000\nfin\n", .expect = {.has_accepted = true})         \
    CASE(sound_slow_to_go_on, "", .messages = {FILE_ONE}, .claims = {A},                           \
         .dialogue = HELLO "+6000\n" ENVELOPE ONE OK QUIT)                                         \
    /* Half a close behind QUIT is no end of waiting. */                                           \
    CASE(sound_half_close, "", .messages = {FILE_ONE}, .claims = {A},                              \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\nfin\n+2000\n< 221 bye\ncut\n+10\nclosed\n")    \
    CASE(sound_half_close_unanswered, "", .messages = {FILE_ONE}, .claims = {A},                   \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\nfin\nstall\n+5000\nclosed\n")                  \
    CASE(sound_half_close_behind_part_of_a_reply, "", .messages = {FILE_ONE}, .claims = {A},       \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\n<< 221 b\nfin\ncut\nclosed\n+10\n")            \
    CASE(closes_behind_part_of_a_reply, "QUIT-5 warn", .messages = {FILE_ONE}, .claims = {A},      \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\n<< 221 b\nfin\nrst\nclosed\n+10\n")            \
    CASE(sound_late_reply_taken_for_the_221, "", .messages = {FILE_ONE}, .claims = {N},            \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n<< 450 la\n+5000\n> QUIT\n+1\n<< ter\\r\\n\n" \
                           "+1\nfin\n< 221 bye\ncut\nrst\nclosed\n",                               \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_quit_behind_one_window_of_two, "", .messages = {FILE_ONE}, .claims = {N},           \
         .dialogue =                                                                               \
             HELLO "> MAIL FROM:<USER@GW01>\npause\n< 503 no\n+2000\nresume\n> QUIT\npause\n"      \
                   "<< 22\n+20\nresume\n+500\nfin\ncut\nclosed\n",                                 \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_half_close_and_no_reply, "", .messages = {FILE_ONE}, .claims = {A},                 \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\nfin\n+20\ncut\nclosed\n+5\n")                  \
    CASE(closes_before_no_reply, "QUIT-5 warn", .messages = {FILE_ONE}, .claims = {A},             \
         .process = {.ended = 5 * USEC_PER_MSEC},                                                  \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\nfin\n+20\ncut\nclosed\n+5\n")                  \
    CASE(half_close_and_gone, "QUIT-5 warn", .messages = {FILE_ONE}, .claims = {A},                \
         .process = {.ended = USEC_PER_SEC},                                                       \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\nfin\n+2000\n< 221 bye\ncut\n+10\nclosed\n")    \
    CASE(resets_behind_quit, "QUIT-5 warn", .messages = {FILE_ONE}, .claims = {A},                 \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\nrst\n+2000\n< 221 bye\ncut\n+10\nclosed\n")    \
    CASE(closes_at_once_and_lives_on, "QUIT-5 warn", .messages = {FILE_ONE}, .claims = {A},        \
         .process = {.ended = 40 * USEC_PER_SEC},                                                  \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\nfin\n+500\n< 221 bye\nrst\nclosed\n")          \
    CASE(sound_half_close_for_as_long_as_its_limit, "", .messages = {FILE_ONE}, .claims = {A},     \
         .process = {.ended = 40 * USEC_PER_SEC},                                                  \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\nfin\n+5000\n< 221 bye\nrst\nclosed\n")         \
    CASE(closes_and_connects_again, "QUIT-5 warn", .messages = {FILE_ONE, FILE_TWO},               \
         .claims = {A, A},                                                                         \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\nfin\n" HELLO ENVELOPE TWO OK QUIT "+2000\n")   \
    /* The command has ended, a child of it keeps the connection. */                               \
    CASE(leaves_it_open, "QUIT-1 fail", .messages = {FILE_ONE}, .claims = {A},                     \
         .dialogue = HELLO ENVELOPE ONE OK "+100\n")                                               \
    CASE(sound_leaves_it_open_behind_quit, "", .messages = {FILE_ONE}, .claims = {A},              \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\n< 221 bye\ncut\n+1000\nclosed\n")              \
    /* RSET: there is nothing to reset where the connection had gone. */                           \
    CASE(mail_behind_the_end, "QUIT-3 fail", .messages = {FILE_ONE, FILE_TWO},                     \
         .claims = {OUTCOME_UNKNOWN, N},                                                           \
         .dialogue = HELLO ENVELOPE ONE "cut\n> MAIL FROM:<USER@GW01>\nfin\n",                     \
         .expect = {.has_accepted = true})                                                         \
    CASE(takes_the_end_for_a_yes, "QUIT-3 fail", .messages = {FILE_ONE}, .claims = {N},            \
         .dialogue = HELLO MAIL "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\ncut\n> NOOP\n> HELO GW01\n"   \
                                "fin\n",                                                           \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_quit_behind_the_end, "", .messages = {FILE_ONE}, .claims = {N},                     \
         .dialogue = HELLO MAIL "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\ncut\n> QUIT\nfin\n",          \
         .expect = {.has_accepted = true})                                                         \
    /* A centre that reads no more leaves nobody a way to speak. */                                \
    CASE(cut_behind_a_closed_window, "TIME-1 fail", .messages = {FILE_ONE}, .claims = {D},         \
         .dialogue =                                                                               \
             HELLO ENVELOPE ">> Message-ID: <1@gw>\\r\\n\npause\n+120000\ncut-idle\nfin\n",        \
         .expect = {.has_accepted = true})                                                         \
    CASE(cut_behind_an_open_window, "QUIT-1 fail, QUIT-2 fail", .messages = {FILE_ONE},            \
         .claims = {A},                                                                            \
         .dialogue = HELLO ENVELOPE "pause\nresume\n" ONE OK "+120000\ncut-idle\nfin\n")           \
    /* Senders that had to be stopped. */                                                          \
    CASE(stopped_behind_a_cut, "QUIT-3 fail", .messages = {FILE_ONE},                              \
         .process = {.killed = true, .holds = true, .ended = 40 * USEC_PER_SEC},                   \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\ncut\n+1000\nclosed\n",                        \
         .expect = {.has_accepted = true})                                                         \
    CASE(stopped_pausing, "", .messages = {FILE_ONE}, .process = {.killed = true},                 \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\ncut\n+10\nfin\nclosed\n+30000\nopen\nfin\n",  \
         .expect = {.has_accepted = true})                                                         \
    CASE(stopped_behind_221, "TIME-1 fail", .messages = {FILE_ONE},                                \
         .process = {.killed = true, .holds = true, .ended = 40 * USEC_PER_SEC},                   \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\n< 221 bye\ncut\n+1000\nclosed\n")              \
    CASE(stopped_with_nothing_to_do, "TIME-1 fail", .messages = {FILE_ONE},                        \
         .process = {.killed = true, .ended = 40 * USEC_PER_SEC},                                  \
         .dialogue = HELLO ENVELOPE ONE OK QUIT)

static const uint32_t first[] = {1};

CASES(DIALOGUE_TEST)

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {CASES(DIALOGUE_ENTRY)};
    return unit_main("check_leaving", tests, sizeof tests / sizeof *tests, argc, argv);
}
