/* The oracle on what stands on the wire in place of the message, and on replies that may be read in
 * more than one way. */
#include "tests/unit/dialogues.h"

static const uint32_t first[] = {1};

/* name, what the oracle must complain about, the case */
#define CASES(CASE)                                                                                \
    CASE(ends_at_a_dot_line, "BODY-4 fail", .messages = {"a\r\n.\r\nbc\r\n"}, .claims = {A},       \
         .dialogue = HELLO ENVELOPE ">> a\\r\\n.\\r\\n\n" OK QUIT)                                 \
    CASE(dot_amid_a_line, "BODY-3 fail", .messages = {"a.b.\r\n"}, .claims = {A},                  \
         .dialogue = HELLO ENVELOPE ">> a.b..\\r\\n.\\r\\n\n" OK QUIT)                             \
    CASE(rest_behind_a_cut_line, "BODY-4 fail", .messages = {"a....\r\nRSET\r\nbc\r\n"},           \
         .claims = {A},                                                                            \
         .dialogue = HELLO ENVELOPE ">> a...\\r\\n.\\r\\n\n>> RSET\\r\\nbc\\r\\n.\\r\\n\n" OK OK   \
                                    "< 500 what\n< 500 what\n" QUIT)                               \
    CASE(other_message_id, "BODY-4 fail", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},      \
         .dialogue =                                                                               \
             HELLO ENVELOPE ">> Message-ID: <7@gw>\\r\\n\\r\\nline\\r\\n.\\r\\n\n" OK ENVELOPE     \
                            ">> Message-ID: <8@gw>\\r\\n\\r\\nother\\r\\n.\\r\\n\n" OK QUIT)       \
    CASE(none_of_them, "BODY-4 fail", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},          \
         .dialogue = HELLO ENVELOPE ">> nothing at all\\r\\n.\\r\\n\n" OK ENVELOPE TWO OK QUIT)    \
    CASE(quit_for_message, "CODE-1 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},      \
         .dialogue = HELLO ENVELOPE "> QUIT\nfin\n", .expect = {.has_accepted = true})             \
    CASE(sound_quit_out_of_step, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},           \
         .dialogue = HELLO MAIL "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n<< 250 a\\r\\n250 "           \
                                "b\\r\\n\n> DATA\n< 354 go\n> QUIT\nfin\n",                        \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_out_of_step_all_along, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},      \
         .dialogue =                                                                               \
             "open\n<< 220 a\\r\\n220 b\\r\\n\n> HELO GW01\n> MAIL FROM:<USER@GW01>\n< 250 ok\n> " \
             "RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n< 250 ok\n> QUIT\n< 250 ok\n< 221 bye\nfin\n",     \
         .expect = {.has_accepted = true})                                                         \
    CASE(                                                                                          \
        further_ahead_than_that, "SEQ-2 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT}, \
        .dialogue =                                                                                \
            "open\n<< 220 a\\r\\n220 b\\r\\n\n> HELO GW01\n> MAIL FROM:<USER@GW01>\n> RCPT "       \
            "TO:<NACCS@MAIL.PROD.NACCS6>\n< 250 ok\n< 250 ok\n< 250 ok\n> QUIT\n< 221 bye\nfin\n", \
        .expect = {.has_accepted = true})                                                          \
    CASE(waits_behind_a_reply, "CODE-2 fail, CODE-1 fail", .messages = {FILE_ONE},                 \
         .claims = {OUTCOME_DEFERRED},                                                             \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< 250 a-b\n+5000\nfin\n",                     \
         .plain = HELLO ENVELOPE ONE OK QUIT, .subject = "CODE-1",                                 \
         .expect = {.same_actions_as = "plain",                                                    \
                    .accepted = first,                                                             \
                    .accepted_count = 1,                                                           \
                    .has_accepted = true})                                                         \
    CASE(sound_gives_up_amid_the_message, "", .messages = {FILE_ONE},                              \
         .claims = {OUTCOME_DEFERRED}, .subject = "BODY-3",                                        \
         .dialogue = HELLO ENVELOPE                                                                \
         ">> Message-ID\n+100\npause\n+4500\nresume\n>> : <1@gw>\\r\\n\n+400\nfin\n",              \
         .expect = {.has_accepted = true, .accepted = first, .accepted_count = 1})                 \
    CASE(leaves_amid_the_message, "BODY-3 fail", .messages = {FILE_ONE},                           \
         .claims = {OUTCOME_DEFERRED}, .subject = "BODY-3",                                        \
         .dialogue = HELLO ENVELOPE ">> Message-ID\n+100\nfin\n",                                  \
         .expect = {.has_accepted = true, .accepted = first, .accepted_count = 1})                 \
    CASE(no_final_dot, "BODY-1 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},        \
         .dialogue = HELLO ENVELOPE ">> Message-ID: <1@gw>\\r\\n\\r\\nline\\r\\n\n+5000\nfin\n",   \
         .expect = {.has_accepted = true, .accepted = first, .accepted_count = 1})                 \
    CASE(sound_cut_before_the_dot, "", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},       \
         .dialogue = HELLO ENVELOPE ">> Message-ID: <1@gw>\\r\\n\\r\\nline\\r\\n\ncut\nfin\n",     \
         .expect = {.has_accepted = true})                                                         \
    CASE(quit_before_354, "SEQ-2 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},        \
         .dialogue = HELLO MAIL RCPT "> DATA\n> QUIT\n< 354 go\nfin\n",                            \
         .expect = {.has_accepted = true})                                                         \
    CASE(quit_behind_long_reply, "CODE-2 fail", .messages = {FILE_ONE},                            \
         .claims = {OUTCOME_UNSENT},                                                               \
         .dialogue = HELLO                                                                         \
         "> MAIL FROM:<USER@GW01>\n< 250 0123456789 0123456789 0123456789 0123456789 0123456789 "  \
         "0123456789\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n> QUIT\n< 250 ok\n< 221 bye\nfin\n",     \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_breaks_off_behind_a_dot, "", .messages = {"A: b\r\n\r\nend..\r\nx\r\n"},            \
         .claims = {D},                                                                            \
         .dialogue = HELLO ENVELOPE ">> A: b\\r\\n\\r\\nend..\\r\\n\ncut-rst\nclosed\n",           \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_breaks_off_in_a_crlf, "", .messages = {"A: b\r\n\r\n.end..\r\nx\r\n"},              \
         .claims = {D},                                                                            \
         .dialogue = HELLO ENVELOPE ">> A: b\\r\\n\\r\\n..end..\\r\ncut-rst\nclosed\n",            \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_breaks_off_in_its_end, "", .messages = {"A: b\r\n\r\nend.\r\n"}, .claims = {D},     \
         .dialogue = HELLO ENVELOPE ">> A: b\\r\\n\\r\\nend.\\r\\n.\\r\ncut-rst\nclosed\n",        \
         .expect = {.has_accepted = true})                                                         \
    /* One may go by any line of a reply: who answers with two codes means both. */                \
    CASE(sound_either_code, "", .messages = {FILE_ONE}, .claims = {A},                             \
         .dialogue =                                                                               \
             HELLO MAIL "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n<< 250-a\\r\\n550 b\\r\\n\n" DATA ONE \
                        "<< 251-a\\r\\n250 b\\r\\n\n" QUIT)                                        \
    CASE(sound_either_code_is_garbage, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN},    \
         .dialogue = HELLO ENVELOPE ONE "<< 251-a\\r\\n250 b\\r\\n\n" QUIT,                        \
         .expect = {.has_accepted = true})                                                         \
    CASE(neither_code, "LOSS-1 fail", .messages = {FILE_ONE}, .claims = {A},                       \
         .dialogue = HELLO ENVELOPE ONE "<< 450-a\\r\\n550 b\\r\\n\n" QUIT,                        \
         .expect = {.has_accepted = true})                                                         \
    /* Only the three digits count: to go by them is sound where nothing parts them from the text. \
     */                                                                                            \
    CASE(sound_unparted_replies, "", .messages = {FILE_ONE}, .claims = {A},                        \
         .dialogue = "open\n< 220centre\n> HELO GW01\n< 250\\tc\n> MAIL FROM:<USER@GW01>\n<< "     \
                     "250-a\\r\\n250b\\r\\n\n" RCPT "> DATA\n< 354go\n" ONE "< 250\\x00ok\n" QUIT) \
    CASE(sound_unparted_is_garbage, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},        \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< 250ok\n> QUIT\n< 221 c\nfin\n",             \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_unparted_at_end_is_garbage, "", .messages = {FILE_ONE},                             \
         .claims = {OUTCOME_UNKNOWN}, .dialogue = HELLO ENVELOPE ONE "< 2500\n" QUIT,              \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_unparted_354_is_garbage, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},    \
         .dialogue = HELLO MAIL RCPT "> DATA\n< 354go\n> noop\n+5000\n> QUIT\n+5000\nfin\n",       \
         .expect = {.has_accepted = true})                                                         \
    CASE(unparted_refusal_claimed, "LOSS-1 fail", .messages = {FILE_ONE}, .claims = {A},           \
         .dialogue = HELLO ENVELOPE ONE "< 554no\n" QUIT, .expect = {.has_accepted = true})        \
    CASE(unparted_refusal_ignored, "MAIL-1 fail", .messages = {FILE_ONE}, .claims = {N},           \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< 550no\n" NEVER "> QUIT\n< 221 c\nfin\n",    \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_bare_lf_replies, "", .messages = {FILE_ONE}, .claims = {A},                         \
         .dialogue = "open\n<< 220 c\\n\n> HELO GW01\n<< 250 c\\n\n> MAIL FROM:<USER@GW01>\n<< "   \
                     "250-a\\n250 b\\n\n" RCPT "> DATA\n<< 354 go\\n\n" ONE "<< 250 ok\\n\n" QUIT) \
    CASE(sound_bare_lf_is_garbage, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},         \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n<< 250 c\\n\n> QUIT\n< 221 c\nfin\n",         \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_bare_lf_354_is_garbage, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},     \
         .dialogue = HELLO MAIL RCPT "> DATA\n<< 354 c\\n\n> QUIT\nfin\n",                         \
         .expect = {.has_accepted = true})                                                         \
    CASE(command_inside_the_message, "BODY-4 fail", .messages = {FILE_ONE}, .claims = {D},         \
         .dialogue = HELLO ENVELOPE ">> Message-ID: <1@gw>\\r\\n\\r\\nliRSET\\r\\n\n+5000\nfin\n", \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_bare_lf_at_end_is_garbage, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN}, \
         .dialogue = HELLO ENVELOPE ONE "<< 250 c\\n\n" QUIT, .expect = {.has_accepted = true})    \
    CASE(sound_bare_lf_and_gone, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},           \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n<< 250 c\\n\nfin\n",                          \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_bare_lf_refusal_and_again, "", .messages = {FILE_ONE}, .claims = {A},               \
         .dialogue = HELLO                                                                         \
         "> MAIL FROM:<USER@GW01>\n<< 550 c\\n\n+5000\nfin\n+9000\n" HELLO ENVELOPE ONE OK QUIT)   \
    CASE(bare_lf_refusal_claimed, "LOSS-1 fail", .messages = {FILE_ONE}, .claims = {A},            \
         .dialogue = HELLO ENVELOPE ONE "<< 554 c\\n\n" QUIT, .expect = {.has_accepted = true})    \
    CASE(bare_lf_refusal_ignored, "MAIL-1 fail", .messages = {FILE_ONE},                           \
         .claims = {OUTCOME_UNSENT},                                                               \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n<< 550 c\\n\n> RCPT "                         \
                           "TO:<NACCS@MAIL.PROD.NACCS6>\n< 503 no\n" QUIT,                         \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_reply_ended_by_the_end, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},     \
         .dialogue = HELLO                                                                         \
         "> MAIL FROM:<USER@GW01>\n<< 250 ok\ncut\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\nfin\n",     \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_354_ended_by_the_end, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},       \
         .dialogue = HELLO MAIL RCPT "> DATA\n<< 354\ncut\n" ONE "fin\n",                          \
         .expect = {.has_accepted = true})                                                         \
    CASE(two_digits_ended_by_the_end, "CODE-2 fail, MAIL-1 fail", .messages = {FILE_ONE},          \
         .claims = {OUTCOME_UNSENT},                                                               \
         .dialogue = HELLO                                                                         \
         "> MAIL FROM:<USER@GW01>\n<< 25\ncut\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\nfin\n",         \
         .expect = {.has_accepted = true})

CASES(DIALOGUE_TEST)

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {CASES(DIALOGUE_ENTRY)};
    return unit_main("check octets", tests, sizeof tests / sizeof *tests, argc, argv);
}
