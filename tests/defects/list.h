/* The defects and the sound variants of tests/defects/sender.c: constant, name, what is done. */
#ifndef DEFECTS_LIST_H
#define DEFECTS_LIST_H

#define DEFECTS(X)                                                                                 \
    /* The message on the wire. */                                                                 \
    X(NO_STUFFING, "no-stuffing", "puts no dot before lines that begin with one")                  \
    X(UNSTUFFED_FIRST_LINE, "unstuffed-first-line", "looks for CRLF-dot: the first line has none") \
    X(UNSTUFFED_LAST_LINE, "unstuffed-last-line", "looks for dot lines with a CRLF behind them")   \
    X(UNSTUFFED_ACROSS_BLOCKS, "unstuffed-across-blocks",                                          \
      "looks for CRLF-dot in 4096-octet blocks")                                                   \
    X(STUFFS_EVERY_DOT, "stuffs-every-dot", "doubles every dot, also inside lines")                \
    X(STUFFS_LONE_DOTS_ONLY, "stuffs-lone-dots-only", "thinks of the lone dot alone")              \
    X(STUFFS_ALL_BUT_LONE_DOTS, "stuffs-all-but-lone-dots", "forgets lines of one dot")            \
    X(STUFFS_SINGLE_DOTS_ONLY, "stuffs-single-dots-only",                                          \
      "takes a line with two dots for stuffed")                                                    \
    X(STUFFS_BLANK_DOTS, "stuffs-blank-dots", "looks at lines with their leading blanks removed")  \
    X(BLANK_FOR_DOT, "blank-for-dot", "puts a blank before dot lines")                             \
    X(STRIPS_DOTS, "strips-dots", "removes the dot that lines begin with")                         \
    X(BARE_LF_BODY, "bare-lf-body", "ends the message's lines with LF")                            \
    X(DOUBLE_CR_BODY, "double-cr-body", "writes CRLF through a text-mode stream: CR CR LF")        \
    X(BARE_LF_END, "bare-lf-end", "ends the message with LF . LF")                                 \
    X(QUESTION_MARKS, "question-marks", "sends the message through an ASCII encoder")              \
    X(SEVEN_BITS, "seven-bits", "cuts off the top bit")                                            \
    X(LATIN_TO_UTF8, "latin-to-utf8", "takes octets for Latin-1 and sends UTF-8")                  \
    X(TRIMS_LINES, "trims-lines", "removes blanks at the end of lines")                            \
    X(TRIMS_LEFT, "trims-left", "removes blanks at the beginning of lines")                        \
    X(EXPANDS_TABS, "expands-tabs", "turns tabs into blanks")                                      \
    X(FOLDS_LINES, "folds-lines", "breaks lines at 512 octets")                                    \
    X(JOINS_LINES, "joins-lines", "sends records without the line ends between them")              \
    X(CUTS_LINES, "cuts-lines", "reads lines into a buffer of 512 octets and drops the rest")      \
    X(TRUNCATES, "truncates", "sends the first 65,536 octets")                                     \
    X(DROPS_EMPTY_LINES, "drops-empty-lines", "skips lines without text")                          \
    X(ENDS_AT_255, "ends-at-255", "takes the octet 255 for the end of the file")                   \
    X(DROPS_LAST_LINE, "drops-last-line", "forgets a last line that has no CRLF")                  \
    X(ADDS_EMPTY_LINE, "adds-empty-line",                                                          \
      "sends CRLF . CRLF behind a message that ends with CRLF")                                    \
    X(ADDS_HEADER, "adds-header", "adds a mail header of its own")                                 \
    X(GLUES_FINAL_DOT, "glues-final-dot", "sends . CRLF behind a message that lacks its CRLF")     \
    X(NO_FINAL_DOT, "no-final-dot", "leaves out the final dot")                                    \
    X(FINAL_DOT_TWICE, "final-dot-twice", "ends the message twice")                                \
    X(STUFFS_AT_BUFFERS, "stuffs-at-buffers",                                                      \
      "stuffs where a buffer begins with a dot, in the middle of a line too")                      \
    X(UNSTUFFED_ACROSS_SEGMENTS, "unstuffed-across-segments",                                      \
      "looks for CRLF-dot in blocks of 1460 octets")                                               \
    X(STUFFS_TWICE, "stuffs-twice", "stuffs by itself, and the mail library again")                \
    X(STUFFS_AGAIN, "stuffs-again", "stuffs what it keeps for the next try, at each try")          \
    X(KEEPS_STUFFER, "keeps-stuffer", "goes on stuffing where the message before ended")           \
    X(LF_FOR_CRLF_AT_END, "lf-for-crlf-at-end", "adds LF to a last line that lacks its CRLF")      \
    X(STOPS_AT_DOT_LINE, "stops-at-dot-line", "takes a lone dot for the end of the file")          \
    X(ENDS_AT_SUB, "ends-at-sub", "takes Ctrl-Z for the end of the file")                          \
    X(SUB_AT_END, "sub-at-end", "sends the Ctrl-Z that ends its file")                             \
    X(DROPS_CONTROLS, "drops-controls", "takes control characters out")                            \
    X(SPLITS_AT_CONTROLS, "splits-at-controls", "takes VT, FF, FS, GS and RS for line ends")       \
    X(DOUBLES_255, "doubles-255", "doubles the octet 255, as telnet does")                         \
    X(WIDENS_KANA, "widens-kana", "turns half-width kana into full-width ones")                    \
    X(ROUND_TRIP, "round-trip",                                                                    \
      "converts to another character set and back: some characters become '?'")                    \
    X(DROPS_GAIJI, "drops-gaiji", "knows JIS X 0208 alone: other characters become the geta mark") \
    X(BYTE_ORDER_MARK, "byte-order-mark", "begins with the byte order mark that its editor wrote") \
    X(QUOTES_FROM, "quotes-from", "puts > before lines that begin with From")                      \
    X(FORMATS_TEXT, "formats-text", "gives the text to printf as its format")                      \
    X(UNESCAPES, "unescapes", "takes a backslash for the beginning of an escape")                  \
    X(QUOTED_PRINTABLE, "quoted-printable", "encodes = as quoted-printable has it")                \
    X(UNFOLDS_HEADER, "unfolds-header", "writes folded header lines in one")                       \
    X(REMOVES_BCC, "removes-bcc", "takes Bcc out of the header")                                   \
    X(WRITES_MESSAGE_ID, "writes-message-id",                                                      \
      "writes a Message-ID of its own in place of the message's")                                  \
    X(WRITES_DATE, "writes-date", "writes the time of sending in place of the message's Date")     \
    X(TRIMS_MESSAGE, "trims-message", "loses empty lines at the message's end")                    \
    /* Reading replies. */                                                                         \
    X(LOOKS_FOR_OK, "looks-for-ok", "wants OK or the like in the text of a 250")                   \
    X(LOOKS_FOR_ERROR, "looks-for-error", "takes a reply with 'error' in it for a failure")        \
    X(COMPARES_TEXT, "compares-text", "wants the text that the centre had last year")              \
    X(CODE_ANYWHERE, "code-anywhere", "looks for the code anywhere in the line")                   \
    X(WANTS_TEXT, "wants-text", "wants a blank and a text behind the code")                        \
    X(DECODES_TEXT, "decodes-text", "gives up on a text that is no ASCII")                         \
    X(SHORT_LINES, "short-lines", "reads a reply of more than 128 octets as two")                  \
    X(LINES_AS_REPLIES, "lines-as-replies", "takes each line of a reply for a reply")              \
    X(TEN_LINES, "ten-lines", "reads ten lines of a reply at most")                                \
    X(RECV_IS_REPLY, "recv-is-reply", "takes what one read gives for a reply")                     \
    X(FIRST_DIGIT, "first-digit", "looks at the first digit alone: any 2yz is a success")          \
    X(TWO_DIGITS, "two-digits", "looks at the first two digits")                                   \
    X(BELOW_400, "below-400", "takes every code below 400 for a success, and garbage for 0")       \
    X(SCANS_DIGITS, "scans-digits", "looks for three digits anywhere at the start of garbage")     \
    X(END_IS_YES, "end-is-yes", "takes the end of the connection for a yes to DATA")               \
    X(READS_BY_ATOI, "reads-by-atoi", "takes what atoi makes of the line for the code")            \
    X(LAST_NUMBER, "last-number",                                                                  \
      "takes the last number of three digits in the line for the code")                            \
    X(BELIEVES_ENHANCED, "believes-enhanced", "believes the enhanced status code in the text")     \
    X(FEARS_CONTROLS, "fears-controls", "gives up on control characters in the text")              \
    X(FEARS_CLOSING, "fears-closing",                                                              \
      "takes a reply with 'clos' in it for the end of the session")                                \
    X(STOPS_AT_NUL, "stops-at-nul", "looks for the line's end up to the first NUL alone")          \
    X(LINES_OF_512, "lines-of-512", "reads a reply line of more than 512 octets as two")           \
    X(HYPHEN_ANYWHERE, "hyphen-anywhere",                                                          \
      "takes a hyphen anywhere in a line for a sign that more follow")                             \
    X(WAITS_FOR_BLANK, "waits-for-blank", "waits for a line with a blank behind its code")         \
    X(TWO_LINES, "two-lines", "reads two lines of a reply at most")                                \
    X(WAITS_A_MOMENT, "waits-a-moment",                                                            \
      "forgets what comes within a moment behind a reply's first line")                            \
    X(DROPS_REST, "drops-rest", "forgets what came in one read with a reply's first line")         \
    X(ANY_LINE, "any-line", "takes a reply for a success where any of its lines says so")          \
    X(LAST_LINE_OF_READ, "last-line-of-read",                                                      \
      "takes the last line of what one read gives for the reply")                                  \
    /* Finding the centre. */                                                                      \
    X(WRITTEN_IN_ADDRESS, "written-in-address", "has the centre's address in its settings")        \
    X(KEEPS_ADDRESS, "keeps-address", "looks the centre up once, when it begins")                  \
    X(LAST_ADDRESS_IF_NONE, "last-address-if-none",                                                \
      "takes the address that it had before where the name server fails")                          \
    X(FIRST_ADDRESS_ONLY, "first-address-only", "tries the first of several addresses")            \
    X(NO_TCP_LOOKUP, "no-tcp-lookup", "takes an answer that was cut short for an empty one")       \
    X(SHORT_LOOKUP_LIMIT, "short-lookup-limit",                                                    \
      "gives up on the name server at a tenth of its limit")                                       \
    X(NO_LIMIT_LOOKUP, "no-limit-lookup", "waits for ever: the name server")                       \
    /* The sequence. */                                                                            \
    X(NO_GREETING_WAIT, "no-greeting-wait", "says HELO before the greeting has come")              \
    X(ANY_GREETING, "any-greeting", "goes on whatever the greeting says")                          \
    X(NO_HELO, "no-helo", "begins with MAIL")                                                      \
    X(WRONG_HELO, "wrong-helo", "says HELO localhost")                                             \
    X(EHLO_ONLY, "ehlo-only", "opens with EHLO and knows no HELO")                                 \
    X(OPENS_WITH_EHLO, "opens-with-ehlo", "says EHLO first, and nobody was told")                  \
    X(ANY_HELO_REPLY, "any-helo-reply", "goes on whatever HELO is answered")                       \
    X(ANY_MAIL_REPLY, "any-mail-reply", "goes on whatever MAIL is answered")                       \
    X(ANY_RCPT_REPLY, "any-rcpt-reply", "goes on to DATA whatever RCPT is answered")               \
    X(MAIL_BEFORE_HELO_REPLY, "mail-before-helo-reply", "sends HELO and MAIL in one write")        \
    X(WRONG_FROM, "wrong-from", "sends MAIL FROM with an address of its own")                      \
    X(LOWERS_RCPT, "lowers-rcpt", "sends the recipient in lower case")                             \
    X(RAISES_RCPT, "raises-rcpt", "sends the recipient in upper case")                             \
    X(COPY_FOR_EACH, "copy-for-each", "sends the message once for each recipient")                 \
    X(DATA_250, "data-250", "takes a 250 to DATA for permission")                                  \
    X(DATA_ANY, "data-any", "sends the message whatever DATA is answered")                         \
    X(NO_354_WAIT, "no-354-wait", "sends the message without waiting for the 354")                 \
    X(PIPELINES, "pipelines", "sends MAIL, RCPT and DATA in one write")                            \
    X(BARE_LF_COMMANDS, "bare-lf-commands", "ends commands with LF")                               \
    X(FOREIGN_COMMAND, "foreign-command", "sends XCLIENT first")                                   \
    X(NO_RSET, "no-rset", "begins the next message right behind a failed one")                     \
    X(STOPS_AT_REFUSAL, "stops-at-refusal", "sends no further message behind a refused one")       \
    X(NO_QUIT, "no-quit", "closes without QUIT")                                                   \
    X(IDLES, "idles", "keeps the connection for messages to come")                                 \
    X(NO_221_WAIT, "no-221-wait", "closes right behind QUIT")                                      \
    X(NO_221_WAIT_LIVES_ON, "no-221-wait-lives-on",                                                \
      "closes right behind QUIT, and has other work to do")                                        \
    X(NO_QUIT_AFTER_REFUSAL, "no-quit-after-refusal", "closes without QUIT when refused")          \
    X(QUIT_BEFORE_REPLY, "quit-before-reply", "sends QUIT together with the final dot")            \
    X(MAIL_WITH_END, "mail-with-end", "sends the next MAIL together with the final dot")           \
    X(NO_SECOND_MAIL, "no-second-mail", "says MAIL once per connection")                           \
    X(OFF_BY_ONE, "off-by-one", "takes the greeting for the reply to HELO, and so on")             \
    X(READS_354_LAST, "reads-354-last", "sends the message behind DATA; a 354 is a yes to it")     \
    X(WAITS_FOR_MORE, "waits-for-more", "waits for another line behind the 354")                   \
    X(REPEATS_RCPT, "repeats-rcpt", "says RCPT again behind a 4yz, over and over")                 \
    X(RSET_UNREAD, "rset-unread", "does not read the reply to RSET")                               \
    X(ANY_RSET_REPLY, "any-rset-reply", "goes on whatever RSET is answered")                       \
    X(LEAVES_OPEN, "leaves-open", "ends without QUIT, and a child keeps the connection")           \
    X(NEVER_ENDS, "never-ends", "neither closes nor ends behind the 221")                          \
    X(NOOP_FOR_EVER, "noop-for-ever", "keeps the connection alive with NOOP for ever")             \
    /* Waiting. */                                                                                 \
    X(NO_LIMIT_CONNECT, "no-limit-connect", "waits for ever: connecting")                          \
    X(NO_LIMIT_GREETING, "no-limit-greeting", "waits for ever: the greeting")                      \
    X(NO_LIMIT_HELO, "no-limit-helo", "waits for ever: HELO")                                      \
    X(NO_LIMIT_MAIL, "no-limit-mail", "waits for ever: MAIL")                                      \
    X(NO_LIMIT_RCPT, "no-limit-rcpt", "waits for ever: RCPT")                                      \
    X(NO_LIMIT_DATA, "no-limit-data", "waits for ever: DATA")                                      \
    X(NO_LIMIT_BODY, "no-limit-body", "waits for ever: sending the message")                       \
    X(NO_LIMIT_END, "no-limit-end", "waits for ever: the final reply")                             \
    X(NO_LIMIT_RSET, "no-limit-rset", "waits for ever: RSET")                                      \
    X(NO_LIMIT_QUIT, "no-limit-quit", "waits for ever: the 221")                                   \
    X(NO_LIMIT, "no-limit", "waits for ever, everywhere")                                          \
    X(LIMIT_PER_OCTET, "limit-per-octet", "begins its limit anew with each octet")                 \
    X(HALF_LIMIT, "half-limit", "gives up at half of the limit that it declares")                  \
    X(SESSION_LIMIT, "session-limit", "has one limit for the whole connection")                    \
    X(LIMIT_ONCE, "limit-once", "has a limit for the first message only")                          \
    X(LIMIT_FIRST_CONNECTION, "limit-first-connection",                                            \
      "has a limit on the first connection only")                                                  \
    X(SHORT_FINAL_LIMIT, "short-final-limit",                                                      \
      "gives up on the final reply at a quarter of its limit")                                     \
    X(MILLISECONDS, "milliseconds", "takes its limit's seconds for milliseconds")                  \
    X(DOT_AT_TIME_OUT, "dot-at-time-out", "ends what it can't write with a dot and QUIT")          \
    X(TRIPLE_LIMIT, "triple-limit", "gives up at three times the limit that it declares")          \
    X(END_IS_SILENCE, "end-is-silence", "takes the end of the stream for silence, for ever")       \
    X(BROKEN_PIPE, "broken-pipe", "is killed by writing to a dead connection")                     \
    /* What became of messages. */                                                                 \
    X(NO_FINAL_WAIT, "no-final-wait", "claims success when the final dot is sent")                 \
    X(CLAIMS_4YZ, "claims-4yz", "takes a 4yz final reply for success")                             \
    X(CLAIMS_5YZ, "claims-5yz", "takes a 5yz final reply for success")                             \
    X(CLAIMS_LOST, "claims-lost", "takes a lost final reply for success")                          \
    X(CLAIMS_TIME_OUT, "claims-time-out", "takes a final reply that never came for success")       \
    X(CLAIMS_UNSENT, "claims-unsent", "takes messages that were left at a cut for sent")           \
    X(CLAIMS_ALL, "claims-all", "ends with status 0 whatever happened")                            \
    X(LAST_COUNTS, "last-counts", "reports of all messages what became of the last")               \
    X(SKIPS_AFTER_CUT, "skips-after-cut", "goes on behind the message that a cut met, as if sent") \
    X(NO_CONNECT_IS_DONE, "no-connect-is-done", "ends with status 0 where nobody listens")         \
    X(DROPS_4YZ, "drops-4yz", "forgets messages that were refused for now")                        \
    X(REFUSES_421, "refuses-421", "reports a 421 as refused for good")                             \
    X(UNDOES_AT_RSET, "undoes-at-rset",                                                            \
      "reports a message as not sent where the RSET behind it fails")                              \
    X(UNDOES_AT_QUIT, "undoes-at-quit", "reports all as not sent where QUIT is not answered 221")  \
    X(REFUSES_4YZ, "refuses-4yz", "reports a 4yz as refused for good")                             \
    X(DEFERS_5YZ, "defers-5yz", "reports a 5yz as to be tried later")                              \
    X(DENIES_LOST_221, "denies-lost-221", "reports all as not sent where the 221 was lost")        \
    X(DENIES_LOST_REPLY, "denies-lost-reply",                                                      \
      "reports a message whose final reply was lost as not sent")                                  \
    X(RESENDS_AFTER_221, "resends-after-221", "sends all again where the 221 was lost")            \
    X(RESENDS_LOST, "resends-lost", "sends again where the final reply was lost")                  \
    X(RESENDS_TIMED_OUT, "resends-timed-out", "sends again where the final reply never came")      \
    X(RESENDS_ALL, "resends-all", "begins with the first message again after a cut")               \
    X(RESENDS_LATE_221, "resends-late-221", "sends all again where the 221 is slow")               \
    X(RESENDS_LAST, "resends-last", "begins with the last accepted message again after a cut")     \
    X(REPEATS_5YZ_LATER, "repeats-5yz-later", "tries a message again later behind a 5yz")          \
    X(TRIES_ON_FOR_EVER, "tries-on-for-ever", "tries each second, on one connection, for ever")    \
    X(REPEATS_5YZ, "repeats-5yz", "tries a message again at once behind a 5yz")                    \
    X(REPEATS_4YZ, "repeats-4yz", "tries a message again at once, over and over, behind a 4yz")    \
    X(IGNORES_421, "ignores-421", "takes 421 for one message's failure and goes on")               \
    X(HAMMERS, "hammers", "connects again without waiting")                                        \
    X(TRIES_FOR_EVER, "tries-for-ever", "connects again for ever")

#define VARIANTS(X)                                                                                \
    X(BYTEWISE, "bytewise", "writes octet by octet")                                               \
    X(TYPED, "typed", "types its commands: octet by octet, with a pause behind each")              \
    X(ONE_WRITE_PER_LINE, "line-writes", "writes the message line by line")                        \
    X(ONE_PER_CONNECTION, "one-per-connection", "a connection for each message")                   \
    X(LOWER_CASE, "lower-case", "commands in lower case")                                          \
    X(SPACE_BEHIND_COLON, "space-behind-colon", "MAIL FROM: <address>")                            \
    X(NO_BRACKETS, "no-brackets", "MAIL FROM: address, as the table has it")                       \
    X(NOOP_BEFORE_QUIT, "noop-before-quit", "NOOP before QUIT")                                    \
    X(RSET_BETWEEN, "rset-between", "RSET between messages")                                       \
    X(EHLO_FIRST, "ehlo-first", "EHLO, then HELO where it is refused")                             \
    X(RECONNECTS, "reconnects", "connects again, spaced and bounded, for what a cut left")         \
    X(RETRIES_DEFERRED, "retries-deferred", "tries deferred messages once more, after a pause")    \
    X(QUIT_AFTER_FAILURE, "quit-after-failure", "QUIT, and a new connection, after a failure")     \
    X(WAITS_FOR_FIN, "waits-for-fin", "waits for the centre's FIN behind the 221")                 \
    X(HALF_CLOSE, "half-close", "closes its own direction behind QUIT, and reads the 221")         \
    X(RESET_BEHIND_221, "reset-behind-221", "closes with RST once it has the 221")                 \
    X(PROBES, "probes", "looks whether the port is open before it connects")                       \
    X(REVERSE, "reverse", "sends the last file first")                                             \
    X(TWO_WRITES, "two-writes", "writes commands in two segments")                                 \
    X(HELO_EACH, "helo-each", "HELO before each message")                                          \
    X(RSET_FIRST, "rset-first", "RSET before each MAIL")                                           \
    X(NOOP_FIRST, "noop-first", "NOOP before each MAIL")                                           \
    X(QUIT_AT_TIME_OUT, "quit-at-time-out", "QUIT, and waiting for the 221, after a time-out")     \
    X(SIDE_BY_SIDE, "side-by-side", "a process and a connection for each message, at once")        \
    X(BOTH_FAMILIES, "both-families", "asks for addresses of IPv6 and of IPv4")                    \
    X(MX_FIRST, "mx-first", "asks who takes the domain's mail, then for that host's address")      \
    X(TIME_OUT_GOES_ON, "time-out-goes-on",                                                        \
      "a new connection for the next message after a time-out")

#define AS_CONSTANT(constant, name, does) constant,
enum defect { SOUND, DEFECTS(AS_CONSTANT) DEFECT_COUNT };
enum variant { PLAIN, VARIANTS(AS_CONSTANT) VARIANT_COUNT };
#undef AS_CONSTANT

#endif
