/* The oracle on dialogues written by hand: every defect is named, nothing sound is blamed. */
#include "tests/unit/dialogues.h"

#define ASKED       "ask A Mail.Prod.NACCS6\ntold 127.0.0.1\nask AAAA mail.prod.naccs6\ntold no data\n"
#define OFFERED     "open\n< 220 c\n> EHLO GW01\n< 250-c\\r\\n250 PIPELINING\n"
#define GROUP       "> MAIL FROM:<USER@GW01>\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n> DATA\n"
#define REFUSED_NOW "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n< 450 later\n> RSET\n< 250 ok\n"

#define FILE_DOTS "Message-ID: <3@gw>\r\n\r\n.first\r\n.\r\n..\r\na.b\r\nlast\r\n"
#define DOTS_HEAD "Message-ID: <3@gw>\\r\\n\\r\\n"

#define ADDED "Received: by gw with SMTP\\r\\n\\tid 4; now\\r\\nX-Mailer: m\\r\\n"

#define ACCEPTS_ONE                                                                                \
    {                                                                                              \
        .has_accepted = true, .accepted = first, .accepted_count = 1                               \
    }
#define COMES_BACK                                                                                 \
    {                                                                                              \
        .has_accepted = true, .accepted = both, .accepted_count = 2, .outcomes = &accepted,        \
        .outcome_count = 1, .has_connections = true, .connections = {                              \
            2,                                                                                     \
            UINT32_MAX                                                                             \
        }                                                                                          \
    }

static const uint32_t first[] = {1}, second[] = {2}, both[] = {1, 2};
static const struct expected_outcome unknown = {.outcomes = OUTCOME_UNKNOWN},
                                     refused = {.outcomes = OUTCOME_REFUSED},
                                     accepted = {.outcomes = OUTCOME_ACCEPTED};

/* name, what the oracle must complain about, the case */
#define CASES(CASE)                                                                                \
    CASE(sound, "", .messages = {FILE_ONE}, .claims = {A}, .dialogue = HELLO ENVELOPE ONE OK QUIT) \
    CASE(sound_two_messages, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},               \
         .dialogue = HELLO ENVELOPE ONE OK ENVELOPE TWO OK QUIT)                                   \
    CASE(sound_two_connections, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},            \
         .dialogue = HELLO ENVELOPE ONE OK QUIT HELLO ENVELOPE TWO OK QUIT)                        \
    CASE(sound_variants, "", .messages = {FILE_ONE}, .claims = {A},                                \
         .dialogue = "open\n< 220 c\n> helo gw01\n< 250 c\n> NOOP\n< 250 ok\n"                     \
                     "> mail from: USER@gw01\n< 250 ok\n> rcpt to: <NACCS@mail.prod.naccs6>\n"     \
                     "< 250 ok\n" DATA ONE OK "> RSET\n< 250 ok\n" QUIT)                           \
    CASE(sound_bytewise, "", .messages = {FILE_ONE}, .claims = {A},                                \
         .dialogue = "open\n<< 22\n<< 0 c\n<< entre\\r\n<< \\n\n>> HE\n>> LO GW01\\r\n>> \\n\n"    \
                     "< 250 c\n" ENVELOPE ">> Message-ID: <1@gw>\\r\n>> \\n\\r\n"                  \
                     ">> \\nline\\r\\n\n>> .\n>> \\r\n>> \\n\n" OK QUIT)                           \
    CASE(sound_multi_line_replies, "", .messages = {FILE_ONE}, .claims = {A},                      \
         .dialogue =                                                                               \
             "open\n< 220-a\\r\\n220-b\\r\\n220 c\n> HELO GW01\n< 250-x\\r\\n250 y\n" ENVELOPE ONE \
                 OK QUIT)                                                                          \
    CASE(sound_message_without_end, "", .messages = {"Message-ID: <1@gw>\r\n\r\nline"},            \
         .claims = {A}, .dialogue = HELLO ENVELOPE ONE OK QUIT)                                    \
    CASE(sound_empty_message, "", .messages = {""}, .claims = {A},                                 \
         .dialogue = HELLO ENVELOPE ">> .\\r\\n\n" OK QUIT)                                        \
    CASE(sound_stuffing, "", .messages = {FILE_DOTS}, .claims = {A},                               \
         .dialogue = HELLO ENVELOPE                                                                \
         ">> " DOTS_HEAD "..first\\r\\n..\\r\\n...\\r\\na.b\\r\\nlast\\r\\n.\\r\\n\n" OK QUIT)     \
    CASE(added_headers, "", .messages = {FILE_TWO, FILE_DOTS}, .claims = {A, A},                   \
         .adds_headers = true,                                                                     \
         .dialogue = HELLO ENVELOPE                                                                \
         ">> " ADDED "Message-ID: <2@gw>\\r\\n\\r\\nother\\r\\n.\\r\\n\n" OK ENVELOPE              \
         ">> " ADDED DOTS_HEAD                                                                     \
         "..first\\r\\n..\\r\\n...\\r\\na.b\\r\\nlast\\r\\n.\\r\\n\n" OK QUIT)                     \
    CASE(added_headers_undeclared, "BODY-4 fail", .messages = {FILE_ONE}, .claims = {A},           \
         .dialogue = HELLO ENVELOPE ">> " ADDED "\n" ONE OK QUIT)                                  \
    CASE(added_headers_amid, "BODY-4 fail", .messages = {FILE_ONE}, .claims = {A},                 \
         .adds_headers = true,                                                                     \
         .dialogue = HELLO ENVELOPE ">> Message-ID: <1@gw>\\r\\n" ADDED                            \
                                    "\\r\\nline\\r\\n.\\r\\n\n" OK QUIT)                           \
    CASE(added_no_header, "BODY-4 fail", .messages = {FILE_ONE}, .claims = {A},                    \
         .adds_headers = true, .dialogue = HELLO ENVELOPE ">> no header\\r\\n\n" ONE OK QUIT)      \
    CASE(added_continuation_first, "BODY-4 fail", .messages = {FILE_ONE}, .claims = {A},           \
         .adds_headers = true, .dialogue = HELLO ENVELOPE ">>  by x; now\\r\\n\n" ONE OK QUIT)     \
    CASE(added_and_changed, "BODY-4 fail", .messages = {FILE_ONE}, .claims = {A},                  \
         .adds_headers = true,                                                                     \
         .dialogue = HELLO ENVELOPE ">> " ADDED                                                    \
                                    "Message-ID: <1@gw>\\r\\n\\r\\nlin?\\r\\n.\\r\\n\n" OK QUIT)   \
    CASE(added_and_unstuffed, "BODY-3 fail", .messages = {FILE_DOTS}, .claims = {A},               \
         .adds_headers = true,                                                                     \
         .dialogue =                                                                               \
             HELLO ENVELOPE ">> " ADDED DOTS_HEAD                                                  \
                            ".first\\r\\n..\\r\\n...\\r\\na.b\\r\\nlast\\r\\n.\\r\\n\n" OK QUIT)   \
    CASE(added_to_no_header, "", .messages = {"line\r\n"}, .claims = {A}, .adds_headers = true,    \
         .dialogue = HELLO ENVELOPE ">> " ADDED "\\r\\nline\\r\\n.\\r\\n\n" OK QUIT)               \
    CASE(added_to_no_header_unparted, "BODY-4 fail", .messages = {"line\r\n"}, .claims = {A},      \
         .adds_headers = true,                                                                     \
         .dialogue = HELLO ENVELOPE ">> " ADDED "line\\r\\n.\\r\\n\n" OK QUIT)                     \
    CASE(cut_inside_added, "", .messages = {FILE_ONE, FILE_TWO},                                   \
         .claims = {OUTCOME_DEFERRED, OUTCOME_UNSENT}, .adds_headers = true,                       \
         .dialogue = HELLO ENVELOPE ">> Received: by gw\\r\\n\\tid 4\ncut\nfin\n",                 \
         .expect = {.has_accepted = true})                                                         \
    CASE(cut_inside_undeclared, "BODY-4 fail", .messages = {FILE_ONE},                             \
         .claims = {OUTCOME_DEFERRED},                                                             \
         .dialogue = HELLO ENVELOPE ">> Received: by gw\\r\\n\\tid 4\ncut\nfin\n",                 \
         .expect = {.has_accepted = true})                                                         \
    CASE(header_written_anew, "BODY-4 fail",                                                       \
         .messages = {"X: 1\r\n\r\nthe same, one\r\n", "X: 2\r\n\r\nthe same, two\r\n"},           \
         .claims = {A, A},                                                                         \
         .dialogue = HELLO ENVELOPE ">> X: 3\\r\\n\\r\\nthe same, two\\r\\n.\\r\\n\n" OK ENVELOPE  \
                                    ">> X: 3\\r\\n\\r\\nthe same, one\\r\\n.\\r\\n\n" OK QUIT)     \
    CASE(stuffed_at_once_and_changed, "BODY-4 fail",                                               \
         .messages = {FILE_ONE, ".the first line\r\n"}, .claims = {A, A},                          \
         .dialogue =                                                                               \
             HELLO ENVELOPE ONE OK ENVELOPE ">> ..the first line\\r\\n\\r\\n.\\r\\n\n" OK QUIT)    \
    CASE(farewell_for_message, "CODE-1 fail", .messages = {FILE_ONE},                              \
         .claims = {OUTCOME_DEFERRED},                                                             \
         .dialogue = HELLO ENVELOPE ">> RSET\\r\\n\n>> QUIT\\r\\n\nfin\n",                         \
         .expect = {.has_accepted = true})                                                         \
    CASE(message_behind_farewell, "BODY-4 fail", .messages = {FILE_ONE}, .claims = {A},            \
         .dialogue = HELLO ENVELOPE ">> RSET\\r\\n\n" ONE OK QUIT)                                 \
    CASE(added_bare_lf, "BODY-5 fail, BODY-4 fail", .messages = {FILE_ONE}, .claims = {A},         \
         .adds_headers = true, .dialogue = HELLO ENVELOPE ">> Received: x\\n\n" ONE OK QUIT)       \
    CASE(sound_lookup, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},                     \
         .subject = "CONN-2",                                                                      \
         .dialogue = ASKED HELLO ENVELOPE ONE OK QUIT ASKED HELLO ENVELOPE TWO OK QUIT)            \
    CASE(sound_lookup_by_mx, "", .messages = {FILE_ONE}, .claims = {A}, .subject = "CONN-2",       \
         .dialogue = "ask MX PROD.naccs6\ntold 10 MAIL.PROD.NACCS6\n" HELLO ENVELOPE ONE OK QUIT)  \
    CASE(parallel_lookup, "TIME-2 warn", .messages = {FILE_ONE}, .claims = {A},                    \
         .subject = "CONN-2", .dialogue = ASKED ASKED "open\n" HELLO ENVELOPE ONE OK QUIT)         \
    CASE(sound_unfound, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},                    \
         .subject = "CONN-2", .dialogue = "ask A mail.prod.naccs6\ntold NXDOMAIN\n",               \
         .expect = {.has_accepted = true})                                                         \
    CASE(lookup_not_asked_for, "", .messages = {FILE_ONE}, .claims = {A},                          \
         .dialogue = HELLO ENVELOPE ONE OK QUIT)                                                   \
    CASE(never_asks, "CONN-2 warn", .messages = {FILE_ONE}, .claims = {A}, .subject = "CONN-2",    \
         .dialogue = HELLO ENVELOPE ONE OK QUIT)                                                   \
    CASE(asks_for_another, "CONN-2 warn", .messages = {FILE_ONE}, .claims = {A},                   \
         .subject = "CONN-2", .dialogue = "ask A www.prod.naccs6\n" HELLO ENVELOPE ONE OK QUIT)    \
    CASE(asks_once, "CONN-2 warn", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},             \
         .subject = "CONN-2",                                                                      \
         .dialogue = ASKED HELLO ENVELOPE ONE OK QUIT HELLO ENVELOPE TWO OK QUIT)                  \
    CASE(asks_once_strictly, "CONN-2 fail", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},    \
         .subject = "CONN-2", .strict = true,                                                      \
         .dialogue = ASKED HELLO ENVELOPE ONE OK QUIT HELLO ENVELOPE TWO OK QUIT)                  \
    CASE(told_but_stays_away, "CONN-1 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},   \
         .subject = "CONN-2", .dialogue = ASKED, .expect = {.has_accepted = true})                 \
    CASE(takes_the_first_alone, "CONN-2 warn, CONN-1 fail", .messages = {FILE_ONE},                \
         .claims = {OUTCOME_UNSENT}, .subject = "CONN-2",                                          \
         .dialogue = "ask A MAIL.PROD.NACCS6\ntold 127.0.0.3, 127.0.0.1\n"                         \
                     "ask AAAA MAIL.PROD.NACCS6\ntold no data\n",                                  \
         .expect = ACCEPTS_ONE)                                                                    \
    CASE(takes_cut_short_for_nothing, "CONN-2 warn", .messages = {FILE_ONE},                       \
         .claims = {OUTCOME_UNSENT}, .subject = "CONN-2",                                          \
         .dialogue = "ask A MAIL.PROD.NACCS6\ntold truncated\n", .expect = ACCEPTS_ONE)            \
    CASE(gives_up_on_name_server, "CONN-2 warn", .messages = {FILE_ONE},                           \
         .claims = {OUTCOME_UNSENT}, .subject = "CONN-2",                                          \
         .dialogue = "ask A MAIL.PROD.NACCS6\n+2000\n", .expect = ACCEPTS_ONE)                     \
    CASE(waits_for_name_server, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},            \
         .subject = "CONN-2",                                                                      \
         .dialogue = "ask AAAA MAIL.PROD.NACCS6\n+4000\ntold no data\n"                            \
                     "ask A MAIL.PROD.NACCS6\n+1000\n",                                            \
         .expect = ACCEPTS_ONE)                                                                    \
    CASE(asks_and_goes_elsewhere, "CONN-2 warn", .messages = {FILE_ONE, FILE_TWO},                 \
         .claims = {A, A}, .subject = "CONN-2",                                                    \
         .dialogue = ASKED HELLO ENVELOPE ONE OK QUIT                                              \
         "ask A MAIL.PROD.NACCS6\ntold SERVFAIL\n" HELLO ENVELOPE TWO OK QUIT)                     \
    CASE(waits_for_address_behind_exchange, "", .messages = {FILE_ONE},                            \
         .claims = {OUTCOME_UNSENT}, .subject = "CONN-2",                                          \
         .dialogue = "ask MX PROD.NACCS6\n+4000\ntold 10 MAIL.PROD.NACCS6\n"                       \
                     "ask A MAIL.PROD.NACCS6\n+1000\n",                                            \
         .expect = ACCEPTS_ONE)                                                                    \
    CASE(probes_what_it_is_told, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},           \
         .subject = "CONN-2",                                                                      \
         .dialogue = ASKED "open\nfin\n" HELLO ENVELOPE ONE OK QUIT ASKED                          \
                           "open\nfin\n" HELLO ENVELOPE TWO OK QUIT)                               \
    CASE(leaves_the_rest_for_later, "", .messages = {FILE_ONE, FILE_TWO},                          \
         .claims = {A, OUTCOME_UNSENT}, .subject = "CONN-2",                                       \
         .dialogue = ASKED HELLO ENVELOPE ONE OK "cut\nfin\n", .expect = COMES_BACK)               \
    CASE(comes_back_in_vain, "CONN-2 warn", .messages = {FILE_ONE, FILE_TWO},                      \
         .claims = {A, OUTCOME_UNSENT}, .subject = "CONN-2",                                       \
         .dialogue = ASKED HELLO ENVELOPE ONE OK "cut\nfin\n" ASKED HELLO QUIT,                    \
         .expect = COMES_BACK)                                                                     \
    CASE(second_file_first_and_alone, "", .messages = {FILE_ONE, FILE_TWO},                        \
         .claims = {OUTCOME_UNSENT, A}, .subject = "CONN-2",                                       \
         .dialogue =                                                                               \
             ASKED HELLO ENVELOPE TWO OK "cut\nfin\nask A MAIL.PROD.NACCS6\ntold SERVFAIL\n",      \
         .expect = {.has_accepted = true, .accepted = first, .accepted_count = 1})                 \
    CASE(asks_twice_and_goes_in_turn, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},      \
         .subject = "CONN-2",                                                                      \
         .dialogue = ASKED ASKED HELLO ENVELOPE ONE OK QUIT "+1\n" HELLO ENVELOPE TWO OK QUIT)     \
    CASE(asks_twice_and_keeps_it, "CONN-2 warn", .messages = {FILE_ONE, FILE_TWO},                 \
         .claims = {A, A}, .subject = "CONN-2",                                                    \
         .dialogue = ASKED ASKED HELLO ENVELOPE ONE OK QUIT "+1000\n" HELLO ENVELOPE TWO OK QUIT)  \
    CASE(asks_until_it_is_told, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},            \
         .subject = "CONN-2",                                                                      \
         .dialogue = ASKED HELLO ENVELOPE ONE OK QUIT                                              \
         "ask A MAIL.PROD.NACCS6\ntold SERVFAIL\n" ASKED HELLO ENVELOPE TWO OK QUIT)               \
    CASE(sound_pipelining, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},                 \
         .sends_ehlo = true,                                                                       \
         .dialogue = OFFERED GROUP "< 250 ok\n< 250 ok\n< 354 go\n" ONE GROUP                      \
                                   "< 250 kept\n< 250 ok\n< 250 ok\n< 354 go\n" TWO                \
                                   "> QUIT\n< 250 kept\n< 221 bye\nfin\n")                         \
    CASE(pipelining_not_offered, "SEQ-2 fail", .messages = {FILE_ONE}, .claims = {A},              \
         .dialogue = HELLO GROUP "< 250 ok\n< 250 ok\n< 354 go\n" ONE OK QUIT)                     \
    CASE(sound_chunking, "", .messages = {FILE_ONE}, .claims = {0}, .sends_ehlo = true,            \
         .attached = true, .expect = {.has_accepted = true},                                       \
         .dialogue = "open\n< 220 c\n> EHLO GW01\n< 250-c\\r\\n250 CHUNKING\n" MAIL RCPT           \
                     ">> BDAT 4 LAST\\r\\nab\\r\\n\n< 250 kept\n" QUIT)                            \
    CASE(sound_chunks_claimed, "", .messages = {FILE_ONE}, .claims = {A}, .sends_ehlo = true,      \
         .expect = {.has_accepted = true, .accepted = first, .accepted_count = 1},                 \
         .dialogue =                                                                               \
             "open\n< 220 c\n> EHLO GW01\n< 250-c\\r\\n250 CHUNKING\n" MAIL RCPT                   \
             ">> BDAT 4\\r\\nab\\r\\n\n< 250 some\n>> BDAT 0 LAST\\r\\n\n< 250 kept\n" QUIT)       \
    CASE(chunking_not_offered, "SEQ-3 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_REFUSED},  \
         .dialogue = HELLO MAIL RCPT "> BDAT 4 LAST\n< 500 what\n> RSET\n< 250 ok\n" QUIT)         \
    CASE(sound_refusal, "", .messages = {FILE_ONE}, .claims = {OUTCOME_REFUSED},                   \
         .dialogue = HELLO MAIL "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n< 550 no\n"                   \
                                "> RSET\n< 250 ok\n" QUIT,                                         \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_unknown, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN},                   \
         .dialogue = HELLO ENVELOPE ONE "cut\nfin\n", .expect = {.has_accepted = true})            \
    CASE(sound_lost_reply, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN},                \
         .dialogue = HELLO ENVELOPE ONE "stored\ncut\nfin\n")                                      \
    CASE(sound_partial_reply, "", .messages = {FILE_ONE}, .claims = {A},                           \
         .dialogue = HELLO ENVELOPE ONE "<< 250 o\ncut\n> QUIT\nfin\n")                            \
    CASE(sound_partial_reply_unknown, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNKNOWN},     \
         .dialogue = HELLO ENVELOPE ONE "stored\n<< 25\ncut\n> RSET\nfin\n")                       \
    CASE(sound_garbage_lines, "", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},              \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< HTTP/1.1\\r\\n\n>> RSET\\r\\nQUIT\\r\\n\n"  \
                           "< 250 ok\n< 221 bye\nfin\n",                                           \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_late_beyond_tolerance, "", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},    \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n+4900\nfin\n< 250 ok\n")                      \
    CASE(sound_give_up, "", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},                  \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\nstall\n+5000\nfin\n",                         \
         .expect = {.has_accepted = true, .has_gives_up = true, .gives_up_at = STAGE_MAIL})        \
    CASE(sound_give_up_with_quit, "", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},        \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\nstall\n+5000\n> QUIT\n+5000\nfin\n",          \
         .expect = {.has_accepted = true, .has_gives_up = true, .gives_up_at = STAGE_MAIL})        \
    CASE(sound_after_cut, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},                  \
         .dialogue = HELLO ENVELOPE ONE OK "cut\nfin\n+10\n" HELLO ENVELOPE TWO OK QUIT)           \
    CASE(sound_after_reset, "", .messages = {FILE_ONE}, .claims = {A},                             \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\ncut-rst\n+9000\n" HELLO ENVELOPE ONE OK QUIT) \
    CASE(sound_slow_after_cut, "", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},           \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\ncut\n+1000\nclosed\n+9000\nopen\n< 421 no\n"  \
                           "cut\nfin\n",                                                           \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_crossed_421, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},                \
         .dialogue = HELLO ENVELOPE ONE OK                                                         \
         "< 421 idle\ncut\n> MAIL FROM:<USER@GW01>\nfin\n+10\n" HELLO ENVELOPE TWO OK QUIT)        \
    CASE(speaks_before_greeting, "CONN-1 fail", .messages = {FILE_ONE}, .claims = {A},             \
         .dialogue = "open\n> HELO GW01\n< 220 c\n< 250 c\n" ENVELOPE ONE OK QUIT)                 \
    CASE(ignores_554_greeting, "CONN-1 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_REFUSED}, \
         .dialogue = "open\n< 554 no\n> HELO GW01\n< 503 no\n" QUIT,                               \
         .expect = {.has_accepted = true})                                                         \
    CASE(never_connects, "CONN-1 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},        \
         .dialogue = "")                                                                           \
    CASE(goes_on_behind_command, "LOSS-1 fail, CONN-1 fail", .messages = {FILE_ONE},               \
         .claims = {A}, .dialogue = "", .process = {.ended = 1, .left_others = true})              \
    CASE(no_helo, "HELO-1 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_REFUSED},              \
         .dialogue = "open\n< 220 c\n> MAIL FROM:<USER@GW01>\n< 503 no\n" QUIT,                    \
         .expect = {.has_accepted = true})                                                         \
    CASE(wrong_domain, "HELO-1 fail", .messages = {FILE_ONE}, .claims = {A},                       \
         .dialogue = "open\n< 220 c\n> HELO localhost\n< 250 c\n" ENVELOPE ONE OK QUIT)            \
    CASE(ignores_refused_helo, "HELO-1 fail", .messages = {FILE_ONE}, .claims = {A},               \
         .dialogue = "open\n< 220 c\n> HELO GW01\n< 550 no\n" ENVELOPE ONE OK QUIT)                \
    CASE(ehlo_first, "HELO-2 warn", .messages = {FILE_ONE}, .claims = {A},                         \
         .dialogue =                                                                               \
             "open\n< 220 c\n> EHLO GW01\n< 502 no\n> HELO GW01\n< 250 c\n" ENVELOPE ONE OK QUIT)  \
    CASE(ehlo_declared, "", .messages = {FILE_ONE}, .claims = {A}, .sends_ehlo = true,             \
         .dialogue =                                                                               \
             "open\n< 220 c\n> EHLO GW01\n< 502 no\n> HELO GW01\n< 250 c\n" ENVELOPE ONE OK QUIT)  \
    CASE(ehlo_only, "HELO-2 warn, HELO-1 fail", .messages = {FILE_ONE},                            \
         .claims = {OUTCOME_REFUSED}, .dialogue = "open\n< 220 c\n> EHLO GW01\n< 502 no\n" QUIT,   \
         .expect = {.has_accepted = true})                                                         \
    CASE(wrong_sender, "MAIL-1 fail", .messages = {FILE_ONE}, .claims = {A},                       \
         .dialogue = HELLO "> MAIL FROM:<user@GW01>\n" OK RCPT DATA ONE OK QUIT)                   \
    CASE(ignores_refused_mail, "MAIL-1 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_REFUSED}, \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< 550 no\n"                                   \
                           "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n< 503 no\n" QUIT,                  \
         .expect = {.has_accepted = true})                                                         \
    CASE(lower_cases_recipient, "RCPT-1 fail", .messages = {FILE_ONE}, .claims = {A},              \
         .dialogue = HELLO MAIL "> RCPT TO:<naccs@MAIL.PROD.NACCS6>\n" OK DATA ONE OK QUIT)        \
    CASE(data_after_refused_recipient, "RCPT-1 fail", .messages = {FILE_ONE},                      \
         .claims = {OUTCOME_REFUSED},                                                              \
         .dialogue = HELLO MAIL "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n< 550 no\n> DATA\n< 503 no\n" \
                                "> RSET\n" OK QUIT,                                                \
         .expect = {.has_accepted = true})                                                         \
    CASE(parameters_without_ehlo, "SEQ-3 fail", .messages = {FILE_ONE}, .claims = {A},             \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01> SIZE=100\n" OK RCPT DATA ONE OK QUIT)          \
    CASE(body_before_354, "DATA-1 fail", .messages = {FILE_ONE}, .claims = {A},                    \
         .dialogue = HELLO MAIL RCPT "> DATA\n" ONE "< 354 go\n" OK QUIT)                          \
    CASE(body_after_250, "DATA-1 fail, LOSS-1 fail", .messages = {FILE_ONE}, .claims = {A},        \
         .dialogue = HELLO MAIL RCPT "> DATA\n< 250 ok\n>> Message-ID: <1@gw>\\r\\n\n< 500 what\n" \
                                     "fin\n",                                                      \
         .expect = {.has_accepted = true})                                                         \
    CASE(glued_terminator, "BODY-1 fail", .messages = {"Message-ID: <1@gw>\r\n\r\nline"},          \
         .claims = {OUTCOME_UNKNOWN},                                                              \
         .dialogue = HELLO ENVELOPE ">> Message-ID: <1@gw>\\r\\n\\r\\nline.\\r\\n\n+5000\nfin\n",  \
         .expect = {.has_accepted = true})                                                         \
    CASE(long_line, "BODY-2 fail, BODY-4 fail", .messages = {FILE_ONE}, .claims = {A},             \
         .dialogue = HELLO ENVELOPE ">> Message-ID: <1@gw>\\r\\n\\r\\nline" X1000                  \
                                    "\\r\\n.\\r\\n\n" OK QUIT)                                     \
    CASE(no_stuffing, "BODY-3 fail, LOSS-1 fail", .messages = {FILE_DOTS}, .claims = {A},          \
         .dialogue = HELLO ENVELOPE ">> " DOTS_HEAD                                                \
                                    ".first\\r\\n.\\r\\n..\\r\\na.b\\r\\nlast\\r\\n.\\r\\n\n"      \
                                    "< 450 x\n< 500 x\n< 500 x\n< 500 x\n< 500 x\nfin\n",          \
         .expect = {.has_accepted = true})                                                         \
    CASE(no_stuffing_accepted, "BODY-3 fail", .messages = {FILE_DOTS}, .claims = {A},              \
         .dialogue = HELLO ENVELOPE ">> " DOTS_HEAD                                                \
                                    ".first\\r\\n.\\r\\n..\\r\\na.b\\r\\nlast\\r\\n.\\r\\n\n"      \
                                    "< 250 ok\n< 500 x\n< 500 x\n< 500 x\n< 500 x\nfin\n")         \
    CASE(stuffs_first_line_not, "BODY-3 fail", .messages = {".x\r\ny\r\n"}, .claims = {A},         \
         .dialogue = HELLO ENVELOPE ">> .x\\r\\ny\\r\\n.\\r\\n\n" OK QUIT)                         \
    CASE(stuffs_double_dots_not, "BODY-3 fail", .messages = {"a\r\n..\r\n"}, .claims = {A},        \
         .dialogue = HELLO ENVELOPE ">> a\\r\\n..\\r\\n.\\r\\n\n" OK QUIT)                         \
    CASE(stuffs_every_dot, "BODY-3 fail", .messages = {"a.b\r\n"}, .claims = {A},                  \
         .dialogue = HELLO ENVELOPE ">> a..b\\r\\n.\\r\\n\n" OK QUIT)                              \
    CASE(stuffs_every_line, "BODY-3 fail", .messages = {"a\r\nb\r\n"}, .claims = {A},              \
         .dialogue = HELLO ENVELOPE ">> .a\\r\\n.b\\r\\n.\\r\\n\n" OK QUIT)                        \
    CASE(last_dot_line_unstuffed, "BODY-3 fail", .messages = {"a\r\n."}, .claims = {A},            \
         .dialogue = HELLO ENVELOPE ">> a\\r\\n.\\r\\n\n" OK QUIT)                                 \
    CASE(last_dot_line_twice, "BODY-3 fail", .messages = {"a\r\n."}, .claims = {A},                \
         .dialogue = HELLO ENVELOPE ">> a\\r\\n.\\r\\n.\\r\\n\n" OK                                \
                                    "< 500 what\n> QUIT\n< 221 bye\nfin\n")                        \
    CASE(question_marks, "BODY-4 fail", .messages = {"a\xa4\xa2\r\n"}, .claims = {A},              \
         .dialogue = HELLO ENVELOPE ">> a??\\r\\n.\\r\\n\n" OK QUIT)                               \
    CASE(trailing_blanks, "BODY-4 fail", .messages = {"a  \t\r\nb\r\n"}, .claims = {A},            \
         .dialogue = HELLO ENVELOPE ">> a\\r\\nb\\r\\n.\\r\\n\n" OK QUIT)                          \
    CASE(folded_line, "BODY-4 fail", .messages = {"abcdef\r\nb\r\n"}, .claims = {A},               \
         .dialogue = HELLO ENVELOPE ">> abc\\r\\n def\\r\\nb\\r\\n.\\r\\n\n" OK QUIT)              \
    CASE(added_header, "BODY-4 fail", .messages = {FILE_ONE}, .claims = {A},                       \
         .dialogue = HELLO ENVELOPE ">> Received: by x\\r\\nMessage-ID: <1@gw>\\r\\n\\r\\n"        \
                                    "line\\r\\n.\\r\\n\n" OK QUIT)                                 \
    CASE(added_empty_line, "BODY-4 fail", .messages = {FILE_ONE}, .claims = {A},                   \
         .dialogue =                                                                               \
             HELLO ENVELOPE ">> Message-ID: <1@gw>\\r\\n\\r\\nline\\r\\n\\r\\n.\\r\\n\n" OK QUIT)  \
    CASE(truncated, "BODY-4 fail", .messages = {FILE_ONE}, .claims = {A},                          \
         .dialogue = HELLO ENVELOPE ">> Message-ID: <1@gw>\\r\\n\\r\\n.\\r\\n\n" OK QUIT)          \
    CASE(bare_lf, "BODY-5 fail", .messages = {FILE_ONE}, .claims = {A},                            \
         .dialogue = HELLO ENVELOPE ">> Message-ID: <1@gw>\\n\\nline\\r\\n.\\r\\n\n" OK QUIT)      \
    CASE(bare_lf_everywhere, "BODY-5 fail, BODY-1 fail", .messages = {FILE_ONE},                   \
         .claims = {OUTCOME_UNKNOWN},                                                              \
         .dialogue = HELLO ENVELOPE ">> Message-ID: <1@gw>\\n\\nline\\n.\\n\n+5000\nfin\n",        \
         .expect = {.has_accepted = true})                                                         \
    CASE(bare_cr, "BODY-5 fail, BODY-4 fail", .messages = {FILE_ONE}, .claims = {A},               \
         .dialogue =                                                                               \
             HELLO ENVELOPE ">> Message-ID: <1@gw>\\r\\n\\r\\nli\\rne\\r\\n.\\r\\n\n" OK QUIT)     \
    CASE(command_bare_lf, "SEQ-3 fail", .messages = {FILE_ONE}, .claims = {A},                     \
         .dialogue = "open\n< 220 c\n>> HELO GW01\\n\n< 250 c\n" ENVELOPE ONE OK QUIT)             \
    CASE(foreign_command, "SEQ-3 fail", .messages = {FILE_ONE}, .claims = {A},                     \
         .dialogue =                                                                               \
             "open\n< 220 c\n> HELO GW01\n< 250 c\n> STARTTLS\n< 500 x\n" ENVELOPE ONE OK QUIT)    \
    CASE(pipelining, "SEQ-2 fail", .messages = {FILE_ONE}, .claims = {A},                          \
         .dialogue =                                                                               \
             HELLO ">> MAIL FROM:<USER@GW01>\\r\\nRCPT TO:<NACCS@MAIL.PROD.NACCS6>\\r\\n\n" OK OK  \
                 DATA ONE OK QUIT)                                                                 \
    CASE(quit_glued_to_body, "SEQ-2 fail", .messages = {FILE_ONE}, .claims = {A},                  \
         .dialogue = HELLO ENVELOPE                                                                \
         ">> Message-ID: <1@gw>\\r\\n\\r\\nline\\r\\n.\\r\\nQUIT\\r\\n\n" OK "< 221 bye\nfin\n")   \
    CASE(first_line_of_many, "CODE-2 fail", .messages = {FILE_ONE}, .claims = {A},                 \
         .dialogue =                                                                               \
             "open\n<< 220-a\\r\\n\n> HELO GW01\n<< 220 b\\r\\n\n< 250 c\n" ENVELOPE ONE OK QUIT)  \
    CASE(lines_taken_for_replies, "CODE-2 fail", .messages = {FILE_ONE}, .claims = {A},            \
         .dialogue =                                                                               \
             "open\n< 220 a\n> HELO GW01\n< 250-x\\r\\n250-y\\r\\n250 z\n"                         \
             ">> MAIL FROM:<USER@GW01>\\r\\nRCPT TO:<NACCS@MAIL.PROD.NACCS6>\\r\\n\n" OK OK DATA   \
                 ONE OK QUIT)                                                                      \
    CASE(part_of_reply, "CODE-2 fail", .messages = {FILE_ONE}, .claims = {A},                      \
         .dialogue = "open\n<< 220\n> HELO GW01\n<<  a\\r\\n\n< 250 c\n" ENVELOPE ONE OK QUIT)     \
    CASE(no_reset, "RSET-1 fail", .messages = {FILE_ONE, FILE_TWO},                                \
         .claims = {OUTCOME_REFUSED, A},                                                           \
         .dialogue =                                                                               \
             HELLO MAIL "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n< 550 no\n" ENVELOPE TWO OK QUIT,     \
         .expect = {.has_accepted = true})                                                         \
    CASE(no_reset_at_end, "RSET-1 warn", .messages = {FILE_ONE, FILE_TWO},                         \
         .claims = {OUTCOME_REFUSED, A},                                                           \
         .dialogue = HELLO ENVELOPE ONE "< 552 no\n" ENVELOPE TWO OK QUIT,                         \
         .expect = {.has_accepted = true})                                                         \
    CASE(no_quit, "QUIT-1 fail", .messages = {FILE_ONE}, .claims = {A},                            \
         .dialogue = HELLO ENVELOPE ONE OK "fin\ncut\n")                                           \
    CASE(no_quit_after_refusal, "QUIT-4 warn", .messages = {FILE_ONE},                             \
         .claims = {OUTCOME_REFUSED},                                                              \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< 550 no\nfin\n",                             \
         .expect = {.has_accepted = true})                                                         \
    CASE(no_quit_after_nonsense, "QUIT-4 warn", .messages = {FILE_ONE},                            \
         .claims = {OUTCOME_UNSENT}, .dialogue = HELLO MAIL RCPT "> DATA\n< 250 ok\nfin\n",        \
         .expect = {.has_accepted = true})                                                         \
    CASE(no_quit_after_refusal_strict, "QUIT-4 fail", .messages = {FILE_ONE}, .strict = true,      \
         .claims = {OUTCOME_REFUSED},                                                              \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< 550 no\nfin\n",                             \
         .expect = {.has_accepted = true})                                                         \
    CASE(quit_without_waiting, "QUIT-5 warn", .messages = {FILE_ONE}, .claims = {A},               \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\n+1\nfin\n< 221 bye\n")                         \
    CASE(idles, "QUIT-1 fail, QUIT-2 fail", .messages = {FILE_ONE}, .claims = {A},                 \
         .dialogue = HELLO ENVELOPE ONE OK "+120000\ncut-idle\nfin\n")                             \
    CASE(waits_too_long, "TIME-1 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},      \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\nstall\n+6300\nfin\n",                         \
         .expect = {.has_accepted = true})                                                         \
    CASE(waits_for_ever, "TIME-1 fail", .messages = {FILE_ONE},                                    \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\nstall\n+9000\nfin\n",                         \
         .process = {.killed = true}, .expect = {.has_accepted = true})                            \
    CASE(waits_too_short, "TIME-2 warn", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},     \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\nstall\n+3000\nfin\n",                         \
         .expect = {.has_accepted = true})                                                         \
    CASE(late_reply_awaited, "TIME-1 fail", .messages = {FILE_ONE}, .claims = {A},                 \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n+7000\n< 250 ok\n" RCPT DATA ONE OK QUIT)     \
    CASE(dribble_awaited, "TIME-2 warn", .messages = {FILE_ONE}, .claims = {A},                    \
         .dialogue = HELLO                                                                         \
         "> MAIL FROM:<USER@GW01>\n<< 2\n+4000\n<< 5\n+4000\n< 0 ok\n" RCPT DATA ONE OK QUIT)      \
    CASE(late_but_in_time, "", .messages = {FILE_ONE}, .claims = {A},                              \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n+4500\n< 250 ok\n" RCPT DATA ONE OK QUIT)     \
    CASE(silent_connect, "", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED}, .dialogue = "", \
         .silent_connect = true, .process = {.ended = 5 * USEC_PER_SEC, .status = 75},             \
         .expect = {.has_accepted = true, .has_gives_up = true, .gives_up_at = STAGE_CONNECT})     \
    CASE(silent_connect_for_ever, "TIME-1 fail", .messages = {FILE_ONE}, .dialogue = "",           \
         .silent_connect = true, .process = {.ended = 9 * USEC_PER_SEC, .killed = true},           \
         .expect = {.has_accepted = true, .has_gives_up = true, .gives_up_at = STAGE_CONNECT})     \
    CASE(closed_window_sighted, "", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},          \
         .dialogue = HELLO ENVELOPE ">> Message-ID: <1@gw>\\r\\n\npause\n+8000\n",                 \
         .has_sighting = true, .sighting = {.began = 0, .ended = 5 * USEC_PER_SEC},                \
         .expect = {.has_accepted = true, .has_gives_up = true, .gives_up_at = STAGE_BODY})        \
    CASE(closed_window_for_ever, "TIME-1 fail", .messages = {FILE_ONE},                            \
         .dialogue = HELLO ENVELOPE ">> Message-ID: <1@gw>\\r\\n\npause\n+24000\nfin\n",           \
         .process = {.killed = true},                                                              \
         .expect = {.has_accepted = true, .has_gives_up = true, .gives_up_at = STAGE_BODY})        \
    CASE(claims_without_reply, "LOSS-1 fail", .messages = {FILE_ONE}, .claims = {A},               \
         .dialogue = HELLO ENVELOPE ONE "cut\nfin\n", .expect = {.has_accepted = true})            \
    CASE(claims_refused, "LOSS-1 fail", .messages = {FILE_ONE}, .claims = {A},                     \
         .dialogue = HELLO ENVELOPE ONE "< 452 full\n> RSET\n" OK QUIT,                            \
         .expect = {.has_accepted = true})                                                         \
    CASE(missing_for_another_reason, "RSET-1 fail", .messages = {FILE_ONE, FILE_TWO},              \
         .claims = {OUTCOME_DEFERRED, OUTCOME_REFUSED}, .subject = "CODE-2",                       \
         .dialogue = HELLO MAIL RCPT "> DATA\n< 450-not\\r\\n450 now\n"                            \
                                     "> MAIL FROM:<USER@GW01>\n< 503 RSET comes first\n" QUIT,     \
         .expect = {.has_accepted = true, .accepted_count = 1, .accepted = second})                \
    CASE(accepted_after_wrong_mail, "MAIL-1 fail", .messages = {FILE_ONE}, .claims = {A},          \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< 220 ready\n" RCPT DATA ONE OK               \
                           "> QUIT\n< 221 bye\ncut\nfin\n")                                        \
    CASE(claims_unsent_before_quit, "LOSS-1 fail", .messages = {FILE_ONE}, .claims = {A},          \
         .dialogue = HELLO "> QUIT\n< 221 bye\ncut\nfin\n")                                        \
    CASE(claims_unsent_after_cut, "LOSS-1 fail, QUIT-3 fail", .messages = {FILE_ONE, FILE_TWO},    \
         .claims = {A, A}, .per_message_claims = true,                                             \
         .dialogue = HELLO ENVELOPE ONE OK "cut\nfin\n", .expect = {.has_accepted = true})         \
    CASE(denies_accepted, "LOSS-2 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},     \
         .dialogue = HELLO ENVELOPE ONE OK QUIT)                                                   \
    CASE(sends_again, "LOSS-2 fail", .messages = {FILE_ONE}, .claims = {A},                        \
         .dialogue = HELLO ENVELOPE ONE OK "> QUIT\ncut\nfin\n+1000\n" HELLO ENVELOPE ONE OK QUIT) \
    CASE(repeats_unknown, "LOSS-3 warn", .messages = {FILE_ONE}, .claims = {A},                    \
         .dialogue = HELLO ENVELOPE ONE "cut\nfin\n+1000\n" HELLO ENVELOPE ONE OK QUIT)            \
    CASE(unknown_called_deferred, "LOSS-3 warn", .messages = {FILE_ONE},                           \
         .claims = {OUTCOME_DEFERRED}, .dialogue = HELLO ENVELOPE ONE "cut\nfin\n",                \
         .expect = {.has_accepted = true})                                                         \
    CASE(failed_before_what_is_timed, "HELO-1 fail, HELO-2 warn", .messages = {FILE_ONE},          \
         .claims = {OUTCOME_UNSENT}, .sends_ehlo = true, .subject = "TIME-1",                      \
         .dialogue = "open\n< 220 c\n> EHLO GW01\n< 502 no\n> QUIT\n< 221 bye\nfin\n",             \
         .expect = {.has_accepted = true, .has_gives_up = true, .gives_up_at = STAGE_MAIL})        \
    CASE(gave_up_before_it_could_be, "TIME-2 warn", .messages = {FILE_ONE},                        \
         .claims = {OUTCOME_DEFERRED}, .subject = "DATA-1",                                        \
         .dialogue = HELLO MAIL RCPT "> DATA\n+2000\nfin\n",                                       \
         .expect = {.outcomes = &accepted, .outcome_count = 1})                                    \
    CASE(hangs_after_a_cut, "QUIT-3 fail", .messages = {FILE_ONE}, .claims = {0},                  \
         .process = {.killed = true, .killed_for = "it ran on"},                                   \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\ncut\n+100\nfin\n",                            \
         .expect = {.has_accepted = true})                                                         \
    CASE(hangs_after_its_work, "TIME-1 fail", .messages = {FILE_ONE}, .claims = {A},               \
         .process = {.killed = true, .killed_for = "it ran on"},                                   \
         .dialogue = HELLO ENVELOPE ONE OK QUIT)                                                   \
    CASE(farewell_that_crossed_the_354, "", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},  \
         .dialogue = HELLO MAIL RCPT "> DATA\n+5000\n> QUIT\n< 354 go\nfin\n",                     \
         .expect = {.has_accepted = true})                                                         \
    CASE(not_accepted_and_explained, "HELO-1 fail, HELO-2 warn", .messages = {FILE_ONE},           \
         .claims = {OUTCOME_UNSENT}, .sends_ehlo = true, .subject = "CODE-2",                      \
         .dialogue = "open\n< 220 c\n> EHLO GW01\n< 502 no\n> QUIT\n< 221 bye\nfin\n",             \
         .expect = {.outcomes = &accepted, .outcome_count = 1})                                    \
    CASE(unknown_called_two_things, "LOSS-3 warn", .messages = {FILE_ONE},                         \
         .claims = {OUTCOME_DEFERRED | OUTCOME_UNSENT}, .subject = "TIME-1",                       \
         .dialogue = HELLO ENVELOPE ONE "stall\n+5000\nfin\n",                                     \
         .expect = {.has_accepted = true, .outcomes = &unknown, .outcome_count = 1})               \
    CASE(unknown_among_others, "", .messages = {FILE_ONE},                                         \
         .claims = {OUTCOME_DEFERRED | OUTCOME_UNKNOWN}, .subject = "TIME-1",                      \
         .dialogue = HELLO ENVELOPE ONE "stall\n+5000\nfin\n",                                     \
         .expect = {.has_accepted = true, .outcomes = &unknown, .outcome_count = 1})               \
    CASE(false_claim_told_once, "LOSS-1 fail", .messages = {FILE_ONE}, .claims = {A},              \
         .subject = "CODE-2", .dialogue = HELLO ENVELOPE ONE "< 554-250 no\\r\\n554 no\n" QUIT,    \
         .expect = {.has_accepted = true, .outcomes = &refused, .outcome_count = 1})               \
    CASE(status_contradicts, "LOSS-2 fail", .messages = {FILE_ONE, FILE_TWO}, .claims = {0, 0},    \
         .process = {.status = 1}, .dialogue = HELLO ENVELOPE ONE OK ENVELOPE TWO OK QUIT)         \
    CASE(retries_refused, "CODE-3 fail", .messages = {FILE_ONE}, .claims = {A},                    \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< 550 no\n> RSET\n" OK ENVELOPE ONE OK QUIT,  \
         .expect = {.has_accepted = true})                                                         \
    CASE(retries_refused_body, "CODE-3 fail", .messages = {FILE_ONE}, .claims = {A},               \
         .dialogue = HELLO ENVELOPE ONE "< 554 no\n> RSET\n" OK ENVELOPE ONE OK QUIT,              \
         .expect = {.has_accepted = true})                                                         \
    CASE(ignores_421, "CODE-3 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},         \
         .dialogue = HELLO MAIL "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n< 421 bye\n"                  \
                                "> MAIL FROM:<USER@GW01>\n+10\ncut\nfin\n",                        \
         .expect = {.has_accepted = true})                                                         \
    CASE(no_storm, "", .messages = {FILE_ONE, FILE_TWO},                                           \
         .claims = {OUTCOME_REFUSED, OUTCOME_REFUSED},                                             \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< 550 no\n" QUIT HELLO                        \
                           "> MAIL FROM:<USER@GW01>\n< 550 no\n" QUIT,                             \
         .expect = {.has_accepted = true})                                                         \
    CASE(storm_after_deferral, "STORM-1 warn", .messages = {FILE_ONE},                             \
         .claims = {OUTCOME_DEFERRED},                                                             \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< 450 no\n" QUIT HELLO                        \
                           "> MAIL FROM:<USER@GW01>\n< 450 no\n" QUIT HELLO                        \
                           "> MAIL FROM:<USER@GW01>\n< 450 no\n" QUIT,                             \
         .expect = {.has_accepted = true})                                                         \
    CASE(connect_comes_through, "", .messages = {FILE_ONE}, .claims = {A},                         \
         .dialogue = "+1000\n" HELLO ENVELOPE ONE OK QUIT, .has_sighting = true,                   \
         .sighting = {.ended = 1000000, .connecting = true, .port = 50000})                        \
    CASE(gave_up_as_250_came, "", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},            \
         .dialogue = HELLO ENVELOPE "+4900\n" ONE OK "+30\nfin\n")                                 \
    CASE(storm, "STORM-1 warn", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},              \
         .dialogue =                                                                               \
             "open\n< 421 no\ncut\nfin\nopen\n< 421 no\ncut\nfin\nopen\n< 421 no\ncut\nfin\n",     \
         .expect = {.has_accepted = true})                                                         \
    CASE(text_matters, "CODE-1 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_REFUSED},         \
         .plain = HELLO ENVELOPE ONE OK QUIT,                                                      \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< 250 ERROR\n" QUIT,                          \
         .expect = {.has_accepted = true, .same_actions_as = "plain"})                             \
    CASE(text_makes_it_connect_twice, "CODE-1 fail", .messages = {FILE_ONE}, .claims = {A},        \
         .plain = HELLO ENVELOPE ONE OK QUIT,                                                      \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< 250 ERROR\n" HELLO ENVELOPE ONE OK QUIT     \
                           "on 1\n> QUIT\n< 221 bye\nfin\n",                                       \
         .expect = {.has_accepted = true, .same_actions_as = "plain"})                             \
    CASE(abreast_with_any_text, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},            \
         .plain = HELLO HELLO "+9\n" ENVELOPE ONE OK QUIT "on 1\n" ENVELOPE TWO OK QUIT,           \
         .dialogue = HELLO HELLO "+9\n" ENVELOPE TWO OK QUIT "on 1\n" ENVELOPE ONE OK QUIT,        \
         .expect = {.same_actions_as = "plain"})                                                   \
    CASE(abreast_by_chance, "", .messages = {FILE_ONE, FILE_TWO}, .claims = {A, A},                \
         .plain = HELLO ENVELOPE ONE OK QUIT "+9\n" HELLO ENVELOPE TWO OK QUIT,                    \
         .dialogue = HELLO HELLO "+9\n" ENVELOPE TWO OK QUIT "on 1\n" ENVELOPE ONE OK QUIT,        \
         .expect = {.same_actions_as = "plain"})                                                   \
    CASE(text_does_not_matter, "", .messages = {FILE_ONE}, .claims = {A},                          \
         .plain = HELLO ENVELOPE ONE OK QUIT,                                                      \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< 250 ERROR\n" RCPT DATA ONE OK QUIT,         \
         .expect = {.same_actions_as = "plain"})                                                   \
    CASE(not_delivered, "CODE-2 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_UNSENT},         \
         .subject = "CODE-2", .dialogue = HELLO QUIT)                                              \
    CASE(wrong_outcome, "CODE-3 fail", .messages = {FILE_ONE}, .claims = {OUTCOME_REFUSED},        \
         .subject = "CODE-3", .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n< 450 no\n" QUIT,        \
         .expect = {.has_accepted = true, .outcomes = deferred, .outcome_count = 1})               \
    CASE(repeats_at_once, "STORM-1 warn", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},    \
         .dialogue = HELLO MAIL REFUSED_NOW MAIL REFUSED_NOW MAIL REFUSED_NOW QUIT,                \
         .expect = {.has_accepted = true})                                                         \
    CASE(sound_repeat_later, "", .messages = {FILE_ONE}, .claims = {OUTCOME_DEFERRED},             \
         .dialogue =                                                                               \
             HELLO MAIL REFUSED_NOW "+1000\n" MAIL REFUSED_NOW "+1000\n" MAIL REFUSED_NOW QUIT,    \
         .expect = {.has_accepted = true})                                                         \
    CASE(crash, "TIME-1 fail", .messages = {FILE_ONE}, .subject = "TIME-1",                        \
         .process = {.crashed = true, .status = 11},                                               \
         .dialogue = HELLO "> MAIL FROM:<USER@GW01>\n+5000\nfin\n",                                \
         .expect = {.has_accepted = true})                                                         \
    CASE(void_quit, "", .messages = {FILE_ONE}, .claims = {A},                                     \
         .dialogue = HELLO ENVELOPE ONE OK "fin\n",                                                \
         .expect = {.void_checks = quit_ids, .void_count = 1})

#define X10   "xxxxxxxxxx"
#define X100  X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define X1000 X100 X100 X100 X100 X100 X100 X100 X100 X100 X100

static const struct expected_outcome deferred[] = {{0, OUTCOME_DEFERRED}};
static const char *const quit_ids[] = {"QUIT-1"};

CASES(DIALOGUE_TEST)

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {CASES(DIALOGUE_ENTRY)};
    return unit_main("check", tests, sizeof tests / sizeof *tests, argc, argv);
}
