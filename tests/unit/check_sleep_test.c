/* The oracle on ends that slept: what one did because it found its limit past as it woke, or what
 * the other kept from being seen, is nobody's fault; what nobody slept through is judged as ever.
 * The limit is 5 s. */
#include "tests/unit/dialogues.h"

#define MINUTE (60 * USEC_PER_SEC)

#define TO_NACCS "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n"

/* The centre replied before it fell asleep, or as it woke; the sender's limit was over. */
#define NOT_READ      HELLO MAIL TO_NACCS "< 250 ok\n+60000\n+1\nfin\n"
#define REPLY_AT_WAKE HELLO MAIL TO_NACCS "+60000\n< 250 ok\n+1\nfin\n"
#define ALL_UNDER_WAY HELLO MAIL "+60000\n" TO_NACCS "< 250 ok\n+1\nfin\n"
#define ACCEPTED      HELLO ENVELOPE ONE "< 250 ok\n+60000\n+1\nfin\n"
#define ACCEPTED_QUIT HELLO ENVELOPE ONE "< 250 ok\n+60000\n+1\n> QUIT\n< 221 bye\nfin\n"
#define CENTRE_CLOSED HELLO ENVELOPE ONE "< 250 ok\n+60000\nclosed\n"
#define HALF_A_COMMAND                                                                             \
    HELLO MAIL "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n< 550 no\n+60000\n>> QU\nclosed\n"
#define CUT_IDLE HELLO MAIL "+180000\ncut-idle\nfin\n"
#define END_CUT_OFF                                                                                \
    HELLO ENVELOPE "+60000\n>> Message-ID: <1@gw>\\r\\n\\r\\nline\\r\\n.\\r\n+1\nrst\n"

#define SLEPT .slept = MINUTE, .woke = MINUTE

#define CASES(CASE)                                                                                \
    CASE(sound_limit_over_at_waking, "", .messages = {FILE_ONE}, .claims = {D}, SLEPT,             \
         .dialogue = NOT_READ, .expect = {.has_accepted = true})                                   \
    CASE(nobody_slept, "CODE-2 fail", .messages = {FILE_ONE}, .claims = {D}, .dialogue = NOT_READ, \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_reply_at_waking, "", .messages = {FILE_ONE}, .claims = {D}, SLEPT,                  \
         .dialogue = REPLY_AT_WAKE, .expect = {.has_accepted = true})                              \
    CASE(reply_too_late, "TIME-1 fail", .messages = {FILE_ONE}, .claims = {D},                     \
         .dialogue = REPLY_AT_WAKE, .expect = {.has_accepted = true})                              \
    CASE(sound_command_under_way, "", .messages = {FILE_ONE}, .claims = {D}, SLEPT,                \
         .dialogue = ALL_UNDER_WAY, .expect = {.has_accepted = true})                              \
    CASE(gave_up_in_no_time, "QUIT-1 fail", .messages = {FILE_ONE}, .claims = {D},                 \
         .dialogue = ALL_UNDER_WAY)                                                                \
    CASE(sound_accepted_unread, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN}, SLEPT,    \
         .per_message_claims = true, .dialogue = ACCEPTED)                                         \
    CASE(sound_accepted_unread_quit, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN},      \
         SLEPT, .per_message_claims = true, .dialogue = ACCEPTED_QUIT)                             \
    CASE(sound_closed_unseen, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN}, SLEPT,      \
         .per_message_claims = true, .dialogue = CENTRE_CLOSED)                                    \
    CASE(closed_unseen_awake, "QUIT-1 fail, LOSS-2 fail", .messages = {FILE_ONE},                  \
         .claims = {OUTCOME_UNKNOWN}, .per_message_claims = true, .dialogue = CENTRE_CLOSED)       \
    CASE(sound_half_a_command, "", .messages = {FILE_ONE}, .claims = {D}, SLEPT,                   \
         .dialogue = HALF_A_COMMAND)                                                               \
    CASE(half_a_command, "SEQ-3 fail", .messages = {FILE_ONE}, .claims = {D},                      \
         .dialogue = HALF_A_COMMAND)                                                               \
    CASE(sound_idle_asleep, "", .messages = {FILE_ONE}, .claims = {D}, .slept = 3 * MINUTE,        \
         .woke = 3 * MINUTE, .dialogue = CUT_IDLE, .expect = {.has_accepted = true})               \
    CASE(idle_awake, "QUIT-1 fail, QUIT-2 fail", .messages = {FILE_ONE}, .claims = {D},            \
         .dialogue = CUT_IDLE, .expect = {.has_accepted = true})                                   \
    /* The network held the rest of the message when it fell asleep. */                            \
    CASE(sound_end_not_sent, "", .messages = {FILE_ONE}, .claims = {D}, SLEPT,                     \
         .dialogue = END_CUT_OFF, .expect = {.has_accepted = true})                                \
    CASE(end_not_sent, "BODY-1 fail", .messages = {FILE_ONE}, .claims = {D},                       \
         .dialogue = END_CUT_OFF, .expect = {.has_accepted = true})                                \
    /* It woke, and waited for its limit once more, and then some. */                              \
    CASE(too_late_awake, "TIME-1 fail", .messages = {FILE_ONE}, .claims = {D}, SLEPT,              \
         .dialogue = HELLO MAIL TO_NACCS "+80000\nfin\n", .expect = {.has_accepted = true})        \
    /* What begins behind the sleep has nothing to do with it. */                                  \
    CASE(no_quit_behind_the_sleep, "QUIT-1 fail", .messages = {FILE_ONE}, .claims = {A}, SLEPT,    \
         .dialogue = "+60001\n" HELLO ENVELOPE ONE OK "fin\n")

CASES(DIALOGUE_TEST)

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {CASES(DIALOGUE_ENTRY)};
    return unit_main("check_sleep", tests, sizeof tests / sizeof *tests, argc, argv);
}
