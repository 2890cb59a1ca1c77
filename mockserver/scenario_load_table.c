/* The table: every value that may stand in a scenario file. Its texts are the vocabulary's
 * reference; they reach the reader through the JSON Schema. */
#include "mockserver/scenario_load_shape.h"

#include "wire/command.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define FIELDS(list)    .fields = (list), .field_count = COUNT_OF(list)
#define CHOICES(list)   .choices = (list), .choice_count = COUNT_OF(list)

enum { NUMBER_MOST = 999999999, LIST_MOST = 10000 };

const char *const form_patterns[FORM_COUNT] = {
    [FORM_DURATION] = "^[0-9]{1,12}(\\.[0-9]{1,6})?(us|ms|s|m|h)$",
    [FORM_SPAN] = "^([0-9]{1,12}(\\.[0-9]{1,6})?(us|ms|s|m|h)|[1-9][0-9]{0,3}%)$",
    [FORM_RANGE] = "^[1-9][0-9]{0,8}(-([1-9][0-9]{0,8})?)?$",
    [FORM_REPLY] = "^[2-5][0-9][0-9]( [^\r\n]*)?$",
    [FORM_TEXT_LINE] = "^[^\r\n]*$",
    [FORM_BASE64] = "^[A-Za-z0-9+/]*={0,2}$",
    [FORM_REQUIREMENT] = "^[A-Z]+-[0-9]+$",
    [FORM_NUMBER] = "^[1-9][0-9]{0,8}$",
    [FORM_DOMAIN] = "^[!-~]{1,255}$",
    [FORM_MAILBOX] = "^[!-~]{1,256}$",
    [FORM_KEYWORD] = "^[!-~][ -~]*$",
    [FORM_PARAMETER] = "^[A-Za-z_][A-Za-z0-9_-]*$",
    [FORM_PART] = "^[ -.0-~]+$",
    [FORM_PLACEHOLDER] = "^\\$[A-Za-z_][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)*(\\.\\.\\.)?$",
};

/* Values without members. */

static const struct shape shape_text = {SHAPE_TEXT, .what = "a text"};
static const struct shape shape_some_text = {SHAPE_TEXT, .what = "a text that is not empty",
                                             .least = 1};
static const struct shape shape_octets = {
    SHAPE_OCTETS, .name = "octets", .what = "a string of characters up to \\u00ff, an octet each",
    .text = "Octets as they are: each character, \\u0000 to \\u00ff, is one."};
static const struct shape shape_base64 = {SHAPE_FORM, .name = "base64", .what = "base64",
                                          .text = "Octets in base64 (RFC 4648, section 4).",
                                          .form = FORM_BASE64};
static const struct shape shape_span = {
    SHAPE_FORM, .name = "span",
    .what = "a duration such as \"250ms\", \"1.5s\" or \"2m\", or a share such as \"90%\"",
    .text = "A duration with its unit (us, ms, s, m, h), or a share of the limit that the sender "
            "declares for each wait (\"90%\").",
    .form = FORM_SPAN};
static const struct shape shape_requirement = {
    SHAPE_FORM, .name = "requirement", .what = "the id of a requirement, such as \"CODE-3\"",
    .text = "The id of a requirement (requirements.json).", .form = FORM_REQUIREMENT};
static const struct shape shape_number = {SHAPE_INTEGER, .what = "a number from 1", .least = 1,
                                          .most = NUMBER_MOST};
static const struct shape shape_number_or_0 = {SHAPE_INTEGER, .what = "a number from 0", .least = 0,
                                               .most = NUMBER_MOST};
static const struct shape shape_size = {SHAPE_INTEGER, .what = "a number of octets from 0",
                                        .least = 0, .most = (int64_t)1 << 40};
static const struct shape shape_command_limit = {SHAPE_INTEGER, .what = "64 to 65536 octets",
                                                 .least = 64, .most = 65536};
static const struct shape shape_boolean = {SHAPE_BOOLEAN, .what = "true or false"};
static const struct shape shape_true = {SHAPE_TRUE, .what = "true"};

static const char *stage_word(unsigned index)
{
    return index < STAGE_COUNT ? stage_name((enum stage)index) : NULL;
}

static const char *stage_or_any_word(unsigned index)
{
    return index == STAGE_COUNT ? "any" : stage_word(index);
}

static const char *command_word(unsigned index)
{
    return index < COMMAND_UNKNOWN ? command_name((enum command_verb)index) : NULL;
}

static const char *outcome_word(unsigned index)
{
    return index < 5 ? outcome_name((enum outcome_bit)(1u << index)) : NULL;
}

static const char *close_word(unsigned index)
{
    static const char *const words[] = {"fin", "rst", "half"};
    return index < COUNT_OF(words) ? words[index] : NULL;
}

static const char *cut_word(unsigned index)
{
    return index < 2 ? close_word(index) : NULL;
}

static const char *refuse_word(unsigned index)
{
    static const char *const words[] = {"rst", "silence"};
    return index < COUNT_OF(words) ? words[index] : NULL;
}

static const char *bare_word(unsigned index)
{
    static const char *const words[] = {"keep", "refuse"};
    return index < COUNT_OF(words) ? words[index] : NULL;
}

static const char *dns_type_word(unsigned index)
{
    return index < DNS_TYPES ? dns_type_name((enum dns_type)index) : NULL;
}

static const char *dns_answer_word(unsigned index)
{
    static const char *const words[] = {"centre",  "backup",  "nxdomain", "servfail",
                                        "refused", "silence", "truncated"};
    return index < COUNT_OF(words) ? words[index] : NULL;
}

static const char *message_kind_word(unsigned index)
{
    return index < MESSAGE_KINDS ? message_kind_name((enum message_kind)index) : NULL;
}

static const struct shape shape_stage = {
    SHAPE_WORD, .name = "stage", .what = "a stage", .word = stage_word,
    .text = "Where in a session: before the connection is answered (connect), at the greeting "
            "(banner), when a command has come, inside the message (body), when CRLF . CRLF has "
            "come (end-of-data), when a command is none (unknown), when the idle limit is over "
            "(idle)."};
static const struct shape shape_stage_or_any = {
    SHAPE_WORD, .name = "stageOrAny", .what = "a stage, or \"any\"", .word = stage_or_any_word,
    .text = "A stage; \"any\" is every one of them but connect, body and idle."};
static const struct shape shape_command = {SHAPE_WORD, .name = "command", .what = "a command",
                                           .word = command_word};
static const struct shape shape_outcome_word = {
    SHAPE_WORD, .name = "outcomeWord", .what = "an outcome", .word = outcome_word,
    .text = "accepted: 250 came to its end. refused: for good (5yz). deferred: may be tried later "
            "(4yz). unknown: the connection died between the final dot and its reply. unsent: "
            "nothing that could have been accepted was sent."};
static const struct shape shape_close = {SHAPE_WORD, .what = "a way to close", .word = close_word};
static const struct shape shape_cut = {SHAPE_WORD, .what = "a way to cut", .word = cut_word};
static const struct shape shape_refuse = {SHAPE_WORD, .what = "a way to refuse",
                                          .word = refuse_word};
static const struct shape shape_bare = {SHAPE_WORD, .what = "a treatment", .word = bare_word};

/* Texts in two languages. */

static const struct field fields_languages[] = {
    {"en", &shape_some_text, false, "English"},
    {"ja", &shape_some_text, false, "Japanese"},
};
static const struct shape shape_languages = {SHAPE_RECORD,
                                             .what = "an object with \"en\", \"ja\" or both",
                                             .least = 1, FIELDS(fields_languages)};
static const struct shape *const choices_title[] = {&shape_some_text, &shape_languages};
static const struct shape shape_title = {SHAPE_EITHER, .name = "words",
                                         .text = "A text: English, or in both languages.",
                                         CHOICES(choices_title)};

/* Selectors of a rule. */

static const struct shape shape_stages = {SHAPE_LIST, .what = "an array of stages", .least = 1,
                                          .most = 64, .item = &shape_stage_or_any};
static const struct shape *const choices_at[] = {&shape_stage_or_any, &shape_stages};
static const struct shape shape_at = {SHAPE_EITHER, CHOICES(choices_at)};

static const struct shape shape_range = {
    SHAPE_FORM, .name = "range", .what = "a range such as \"2-5\" or \"3-\"", .form = FORM_RANGE};
static const struct shape *const choices_numbers[] = {&shape_number, &shape_range};
static const struct shape shape_one_number = {SHAPE_EITHER, CHOICES(choices_numbers)};
static const struct shape shape_number_list = {SHAPE_LIST, .what = "an array of them", .least = 1,
                                               .most = LIST_MOST, .item = &shape_one_number};
static const struct shape *const choices_selector[] = {&shape_number, &shape_range,
                                                       &shape_number_list};
static const struct shape shape_selector = {
    SHAPE_EITHER, .name = "numbers", CHOICES(choices_selector),
    .text = "Numbers, counted from 1: one (1), some ([2, 4]), a range (\"2-5\", \"3-\")."};

static const struct shape shape_count = {SHAPE_INTEGER, .what = "a number from 0", .least = 0,
                                         .most = (int64_t)1 << 40};
static const struct field fields_after_octets[] = {
    {"octets", &shape_count, true, "behind so many octets of un-stuffed content"}};
static const struct field fields_after_lines[] = {
    {"lines", &shape_count, true, "behind so many lines of content"}};
static const struct shape shape_after_octets = {SHAPE_RECORD, .what = "an object with \"octets\"",
                                                FIELDS(fields_after_octets)};
static const struct shape shape_after_lines = {SHAPE_RECORD, .what = "an object with \"lines\"",
                                               FIELDS(fields_after_lines)};
static const struct shape *const choices_after[] = {&shape_count, &shape_after_octets,
                                                    &shape_after_lines};
static const struct shape shape_after = {SHAPE_EITHER, CHOICES(choices_after)};

static const struct shape shape_probability = {SHAPE_NUMBER, .what = "a number from 0 to 1",
                                               .least = 0, .most = 1};

/* Replies. */

static const struct shape shape_reply_line = {
    SHAPE_FORM,
    .what = "a code from 200 to 599, a blank and a text without line ends, such as \"450 busy\"",
    .form = FORM_REPLY};
static const struct shape shape_code = {SHAPE_INTEGER, .what = "a code from 200 to 599",
                                        .least = 200, .most = 599};
static const struct shape shape_plain_line = {SHAPE_FORM, .what = "a text without line ends",
                                              .form = FORM_TEXT_LINE};
static const struct field fields_octets[] = {{"octets", &shape_octets, true, "the octets"}};
static const struct field fields_base64[] = {{"base64", &shape_base64, true, "the octets"}};
static const struct shape shape_octets_record = {SHAPE_RECORD, .what = "an object with \"octets\"",
                                                 FIELDS(fields_octets)};
static const struct shape shape_base64_record = {SHAPE_RECORD, .what = "an object with \"base64\"",
                                                 FIELDS(fields_base64)};
static const struct shape *const choices_line[] = {&shape_plain_line, &shape_octets_record,
                                                   &shape_base64_record};
static const struct shape shape_line = {
    SHAPE_EITHER, .name = "line", CHOICES(choices_line),
    .text = "One line of a reply's text: UTF-8, or octets of any other kind."};
static const struct shape shape_lines = {SHAPE_LIST, .what = "an array of lines", .least = 1,
                                         .most = 512, .item = &shape_line};
static const struct shape shape_no_text = {SHAPE_NULL, .what = "null"};
static const struct shape *const choices_lines[] = {&shape_line, &shape_lines, &shape_no_text};
static const struct shape shape_text_of_reply = {SHAPE_EITHER, CHOICES(choices_lines)};
static const struct field fields_reply[] = {
    {"text", &shape_text_of_reply, true,
     "the text, one line or several; null: the three digits alone, without a blank"},
    {"code", &shape_code, false,
     "the code; without it, the one that the well-behaved centre would give here"},
};
static const struct shape shape_reply_record = {
    SHAPE_RECORD, .what = "an object with \"text\" and perhaps \"code\"", FIELDS(fields_reply)};
static const struct shape *const choices_reply[] = {&shape_reply_line, &shape_reply_record,
                                                    &shape_octets_record, &shape_base64_record};
static const struct shape shape_reply = {
    SHAPE_EITHER, .name = "reply", CHOICES(choices_reply),
    .text = "What is sent: \"450 text\"; a code and the lines of a text; or octets of any kind, "
            "well-formed or not, CRLFs included. Variables: ${domain} ${helo} ${message} "
            "${connection}."};

/* Other actions. */

static const struct shape shape_two_spans = {SHAPE_LIST, .what = "an array of two durations",
                                             .least = 2, .most = 2, .item = &shape_span};
static const struct field fields_uniform[] = {
    {"uniform", &shape_two_spans, true, "anything from the first to the second"}};
static const struct field fields_exponential[] = {
    {"exponential", &shape_span, true, "exponential, with this mean"}};
static const struct field fields_normal[] = {
    {"normal", &shape_two_spans, true, "normal, with this mean and standard deviation"}};
static const struct shape shape_uniform = {SHAPE_RECORD, .what = "an object with \"uniform\"",
                                           FIELDS(fields_uniform)};
static const struct shape shape_exponential = {
    SHAPE_RECORD, .what = "an object with \"exponential\"", FIELDS(fields_exponential)};
static const struct shape shape_normal = {SHAPE_RECORD, .what = "an object with \"normal\"",
                                          FIELDS(fields_normal)};
static const struct shape *const choices_delay[] = {&shape_span, &shape_uniform, &shape_exponential,
                                                    &shape_normal};
static const struct shape shape_delay = {SHAPE_EITHER, .name = "delay", CHOICES(choices_delay),
                                         .text = "A delay: fixed, or drawn anew each time."};

static const struct field fields_dribble[] = {
    {"octets", &shape_number, false, "so many at a time; 1 where it is not given"},
    {"every", &shape_span, true, "the pause between two pieces"},
};
static const struct shape shape_dribble = {
    SHAPE_RECORD, .what = "an object with \"octets\" and \"every\"", FIELDS(fields_dribble)};
static const struct shape shape_split = {SHAPE_LIST, .what = "an array of lengths", .least = 1,
                                         .most = LIST_MOST, .item = &shape_number};
static const struct shape shape_pauses = {SHAPE_LIST, .what = "an array of durations", .least = 1,
                                          .most = LIST_MOST, .item = &shape_span};
static const struct field fields_stop[] = {
    {"for", &shape_span, true, "reads again when this is over"}};
static const struct shape shape_stop_for = {SHAPE_RECORD, .what = "an object with \"for\"",
                                            FIELDS(fields_stop)};
static const struct shape *const choices_stop[] = {&shape_true, &shape_stop_for};
static const struct shape shape_stop = {SHAPE_EITHER, CHOICES(choices_stop)};

static const struct field fields_rule[] = {
    {"at", &shape_at, true, "the stage or stages where the rule acts"},
    {"after", &shape_after, false,
     "at body: behind so many octets (a plain number) or lines of the message; 0 where it is not "
     "given"},
    {"connection", &shape_selector, false, "on these connections, since the centre began"},
    {"message", &shape_selector, false,
     "in these transactions: each MAIL is one, counted over all connections"},
    {"occurrence", &shape_selector, false, "the n-th time that a connection is at this stage"},
    {"times", &shape_number, false, "acts so often at most, over all connections"},
    {"argument", &shape_some_text, false, "a glob (* ? [a-z]) on the command's parameter"},
    {"probability", &shape_probability, false, "acts with this probability (seeded)"},
    {"reply", &shape_reply, false, "sent in place of the well-behaved centre's reply"},
    {"delay", &shape_delay, false,
     "before the reply, or before whatever else the rule does; with refuse, how long that lasts"},
    {"dribble", &shape_dribble, false, "the reply goes out in small pieces"},
    {"split", &shape_split, false,
     "the reply goes out in segments: the lengths of the first ones; the rest is the last"},
    {"pauses", &shape_pauses, false,
     "with split: how long after the first segment the second one goes out, after the second the "
     "third, …; behind the last pause they follow each other at once"},
    {"stall", &shape_true, false, "no reply, ever; the connection stays open"},
    {"stop_reading", &shape_stop, false, "reads no more: the sender's window closes"},
    {"close", &shape_close, false,
     "after the reply where one is given, otherwise instead of it: with FIN, with RST, or the "
     "centre's own direction alone (half)"},
    {"refuse", &shape_refuse, false,
     "at connect: nobody listens (rst), or nobody answers (silence); with a delay, for so long "
     "only"},
    {"store", &shape_boolean, false,
     "at end-of-data: whether the message is kept in spite of the reply that is given or not"},
    {"limit", &shape_span, false, "at idle: in place of the centre's idle_limit"},
    {"margin", &shape_span, false, "at idle: in place of the centre's idle_margin"},
};
static const struct shape shape_rule = {
    SHAPE_RECORD, .name = "rule", .what = "a rule", FIELDS(fields_rule),
    .text = "When it acts, and what the centre then does. The first rule that fits acts."};
static const struct shape shape_rules = {SHAPE_LIST, .what = "an array of rules", .most = LIST_MOST,
                                         .item = &shape_rule};

/* The name server. */

static const struct shape shape_dns_type = {SHAPE_WORD, .what = "a type", .word = dns_type_word};
static const struct shape shape_dns_word = {SHAPE_WORD, .what = "an answer",
                                            .word = dns_answer_word};
static const struct shape shape_address = {
    SHAPE_TEXT, .what = "\"centre\", \"backup\", \"dead\" or a numeric address", .least = 1};
static const struct shape shape_addresses = {SHAPE_LIST, .what = "an array of addresses",
                                             .least = 1, .most = 16, .item = &shape_address};
static const struct field fields_addresses[] = {
    {"addresses", &shape_addresses, true,
     "these, in this order: of the centre, of its backup site, one where connects are refused "
     "(dead), or any other"}};
static const struct shape shape_dns_addresses = {
    SHAPE_RECORD, .what = "an object with \"addresses\"", FIELDS(fields_addresses)};
static const struct shape *const choices_dns_answer[] = {&shape_dns_word, &shape_dns_addresses};
static const struct shape shape_dns_answer = {SHAPE_EITHER, CHOICES(choices_dns_answer)};
static const struct field fields_dns_rule[] = {
    {"query", &shape_selector, false,
     "the n-th query so far: of the type that the rule names, of any type where it names none"},
    {"type", &shape_dns_type, false, "queries of this type alone"},
    {"after_connections", &shape_number, false,
     "only once the centre has accepted so many connections"},
    {"answer", &shape_dns_answer, false,
     "what the name server says: where the centre is (centre), that it has moved to its backup "
     "site (backup; its first address then refuses connects), that there is no such name "
     "(nxdomain), that it can't tell (servfail) or won't (refused), nothing (silence), too little "
     "for UDP, so that it must be asked again over TCP (truncated); or certain addresses"},
    {"delay", &shape_span, false, "so much later"},
};
static const struct shape shape_dns_rule = {
    SHAPE_RECORD, .name = "dnsRule", .what = "a rule of the name server", FIELDS(fields_dns_rule),
    .text = "When it acts, and what NACCS's name server then answers about the centre. The first "
            "rule that fits acts."};
static const struct shape shape_dns_rules = {SHAPE_LIST, .what = "an array of rules",
                                             .most = LIST_MOST, .item = &shape_dns_rule};

/* The centre. */

static const struct shape shape_domain = {SHAPE_FORM, .what = "a domain", .form = FORM_DOMAIN};
static const struct shape shape_mailbox = {SHAPE_FORM, .what = "a mailbox", .form = FORM_MAILBOX};
static const struct shape shape_mailboxes = {SHAPE_LIST, .what = "an array of mailboxes",
                                             .least = 1, .most = LIST_MOST, .item = &shape_mailbox};
static const struct shape shape_keyword = {SHAPE_FORM, .what = "a keyword line of EHLO's reply",
                                           .form = FORM_KEYWORD};
static const struct shape shape_keywords = {SHAPE_LIST, .what = "an array of keyword lines",
                                            .most = 100, .item = &shape_keyword};
static const struct field fields_ehlo[] = {
    {"size", &shape_boolean, false, "SIZE (RFC 1870), with the message limit"},
    {"8bitmime", &shape_boolean, false, "8BITMIME (RFC 1652)"},
    {"dsn", &shape_boolean, false, "DSN (RFC 1891)"},
    {"pipelining", &shape_boolean, false, "PIPELINING (RFC 2920)"},
    {"chunking", &shape_boolean, false, "CHUNKING (RFC 3030): messages may come by BDAT"},
    {"others", &shape_keywords, false, "further keyword lines, sent as they are"},
};
static const struct shape shape_ehlo_record = {SHAPE_RECORD, .what = "an object of keywords",
                                               FIELDS(fields_ehlo)};
static const struct shape *const choices_ehlo[] = {&shape_boolean, &shape_ehlo_record,
                                                   &shape_keywords};
static const struct shape shape_ehlo = {SHAPE_EITHER, CHOICES(choices_ehlo)};

static const struct field fields_centre[] = {
    {"domain", &shape_domain, false, "its name in replies (MAIL.PROD.NACCS6)"},
    {"recipients", &shape_mailboxes, false,
     "the mailboxes that it takes (NACCS at its domain); others are refused with 550"},
    {"idle_limit", &shape_span, false, "a connection that is silent for so long is cut (120s)"},
    {"idle_margin", &shape_span, false, "on top of the idle limit (0s)"},
    {"idle_close", &shape_cut, false, "how it is cut (fin)"},
    {"idle_reply", &shape_boolean, false, "whether 421 is said first (false)"},
    {"ehlo", &shape_ehlo, false,
     "whether EHLO is known, and which keywords are offered; true: SIZE, 8BITMIME, DSN (false: "
     "EHLO is refused)"},
    {"command_limit", &shape_command_limit, false, "octets of a command line, CRLF included (512)"},
    {"line_limit", &shape_size, false,
     "octets of a line of the message, CRLF included; 0: none (1000)"},
    {"message_limit", &shape_size, false, "octets of a message behind its mail header (700000)"},
    {"header_limit", &shape_size, false, "octets of the mail header on top (65536)"},
    {"recipient_limit", &shape_number, false, "recipients of one transaction (100)"},
    {"error_limit", &shape_number_or_0, false,
     "faults of the sender on one connection before it is told 421; 0: none (100)"},
    {"bare", &shape_bare, false, "bare CR, bare LF and NUL in a message: kept, or refused (keep)"},
};
const struct shape shape_centre = {
    SHAPE_RECORD, .name = "centre", .what = "an object of settings", FIELDS(fields_centre),
    .text = "The centre apart from its rules; in brackets what holds where nothing is said."};

/* Expectations. */

static const struct shape shape_numbers = {SHAPE_LIST, .what = "an array of message numbers",
                                           .most = LIST_MOST, .item = &shape_number};
static const struct shape shape_outcome_list = {SHAPE_LIST, .what = "an array of outcomes",
                                                .least = 1, .most = 5, .item = &shape_outcome_word};
static const struct shape *const choices_outcomes[] = {&shape_outcome_word, &shape_outcome_list};
static const struct shape shape_outcomes = {SHAPE_EITHER, .name = "outcomes",
                                            .text = "An outcome, or any of several.",
                                            CHOICES(choices_outcomes)};
static const struct shape shape_outcome_map = {
    SHAPE_MAP, .what = "an object of message numbers and outcomes", .least = 1, .form = FORM_NUMBER,
    .item = &shape_outcomes};
static const struct shape *const choices_outcome[] = {&shape_outcome_word, &shape_outcome_list,
                                                      &shape_outcome_map};
static const struct shape shape_outcome = {SHAPE_EITHER, CHOICES(choices_outcome)};

static const struct field fields_gives_up[] = {
    {"at", &shape_stage, true, "the stage whose wait it ends"}};
static const struct shape shape_gives_up = {SHAPE_RECORD, .what = "an object with \"at\"",
                                            FIELDS(fields_gives_up)};

static const struct shape shape_commands = {SHAPE_LIST, .what = "an array of commands",
                                            .most = COMMAND_VERBS, .item = &shape_command};
static const struct field fields_next[] = {
    {"after", &shape_stage, true, "once a rule has replied at this stage, …"},
    {"allowed", &shape_commands, false, "… only these commands may come next"},
    {"close", &shape_boolean, false, "whether the sender may close instead (false)"},
};
static const struct shape shape_next_record = {
    SHAPE_RECORD, .name = "next", .what = "an object with \"after\"", FIELDS(fields_next)};
static const struct shape shape_next_list = {SHAPE_LIST, .what = "an array of such", .least = 1,
                                             .most = LIST_MOST, .item = &shape_next_record};
static const struct shape *const choices_next[] = {&shape_next_record, &shape_next_list};
static const struct shape shape_next = {SHAPE_EITHER, CHOICES(choices_next)};

static const struct field fields_connections[] = {
    {"min", &shape_number_or_0, false, "so many at least"},
    {"max", &shape_number_or_0, false, "so many at most"},
};
static const struct shape shape_connection_range = {
    SHAPE_RECORD, .what = "an object with \"min\", \"max\" or both", .least = 1,
    FIELDS(fields_connections)};
static const struct shape *const choices_connections[] = {&shape_number_or_0,
                                                          &shape_connection_range};
static const struct shape shape_connections = {SHAPE_EITHER, CHOICES(choices_connections)};
static const struct shape shape_requirements = {SHAPE_LIST, .what = "an array of requirement ids",
                                                .most = LIST_MOST, .item = &shape_requirement};

static const struct field fields_expect[] = {
    {"accepted", &shape_numbers, false,
     "the messages that the centre holds in the end, by number from 1, each exactly once"},
    {"outcome", &shape_outcome, false,
     "what the sender reports of the messages that are not accepted, or of each by number"},
    {"gives_up", &shape_gives_up, false,
     "the sender closes when its declared limit is over, neither much earlier nor later"},
    {"next", &shape_next, false, "what may follow a reply"},
    {"connections", &shape_connections, false, "how many the sender makes"},
    {"same_actions_as", &shape_some_text, false,
     "the sender does octet for octet what it does in another case, by id, or in this one with the "
     "well-behaved centre's texts (\"plain\")"},
    {"quit_within", &shape_span, false, "QUIT comes so soon after the last reply"},
    {"void", &shape_requirements, false,
     "requirements that are always checked, but that this deviation makes void"},
};
static const struct shape shape_expect = {
    SHAPE_RECORD, .name = "expect", .what = "an object of expectations", FIELDS(fields_expect),
    .text = "What is true at the end, beyond what always is."};

/* Families. */

static const struct shape shape_number_of_any_kind = {SHAPE_NUMBER, .what = "a number",
                                                      .least = INT64_MIN, .most = INT64_MAX};
static const struct shape *const choices_scalar[] = {&shape_some_text, &shape_number_of_any_kind,
                                                     &shape_boolean};
static const struct shape shape_scalar = {SHAPE_EITHER, CHOICES(choices_scalar)};
static const struct shape shape_scalars = {SHAPE_LIST,
                                           .what = "an array of texts, numbers, true or false",
                                           .least = 1, .most = LIST_MOST, .item = &shape_scalar};
static const struct shape shape_anything = {SHAPE_ANYTHING, .what = "anything"};
static const struct shape shape_named = {
    SHAPE_MAP, .what = "an object of names (printable ASCII without \"/\") and values", .least = 1,
    .form = FORM_PART, .item = &shape_anything};
static const struct shape *const choices_values[] = {&shape_scalars, &shape_named};
const struct shape shape_values = {SHAPE_EITHER, CHOICES(choices_values)};
static const struct shape shape_values_file = {SHAPE_TEXT, .what = "the name of a JSON file",
                                               .least = 1};
static const struct shape *const choices_parameter[] = {&shape_scalars, &shape_named,
                                                        &shape_values_file};
static const struct shape shape_parameter = {
    SHAPE_EITHER, .name = "values", CHOICES(choices_parameter),
    .text = "The values of a parameter: plain ones, named ones, or a JSON file that holds either."};
const struct shape shape_vary = {SHAPE_MAP, .what = "an object of parameters and values",
                                 .least = 1, .form = FORM_PARAMETER, .item = &shape_parameter};

/* The file. */

static const struct shape shape_version = {SHAPE_INTEGER, .what = "1", .least = 1, .most = 1};
static const struct shape shape_message_kind = {SHAPE_WORD, .what = "a kind of message",
                                                .word = message_kind_word};
static const struct shape shape_message_size = {
    SHAPE_INTEGER, .what = "a number from 1000 to 700000", .least = 1000, .most = 700000};
static const struct shape shape_block = {SHAPE_INTEGER, .what = "a number from 16 to 350000",
                                         .least = 16, .most = 350000};
static const struct field fields_recipe[] = {
    {"generate", &shape_message_kind, true,
     "dots: dots in every place, lines that begin with them among them; octets: every octet but "
     "NUL, CR and LF, in lines of up to 998"},
    {"octets", &shape_message_size, true, "the size of the whole message"},
    {"block", &shape_block, false,
     "of dots: dot lines begin at multiples of this many octets of the file, or of what is sent, "
     "or "
     "one or two off"},
    {"number", &shape_number, false, "another message of the same kind (1)"},
};
static const struct shape shape_recipe = {
    SHAPE_RECORD, .name = "generated", .what = "an object with \"generate\" and \"octets\"",
    FIELDS(fields_recipe),
    .text = "A message that is made anew for each run, the same for the same --seed."};
static const struct shape *const choices_message[] = {&shape_some_text, &shape_recipe};
static const struct shape shape_message = {SHAPE_EITHER, CHOICES(choices_message)};
static const struct shape shape_message_names = {SHAPE_LIST, .what = "an array of messages",
                                                 .most = 1000, .item = &shape_message};
static const struct field fields_scenario[] = {
    {"$schema", &shape_text, false, "for editors; ignored"},
    {"version", &shape_version, true, "which vocabulary this is: 1"},
    {"title", &shape_title, false, "what happens, in a line"},
    {"why", &shape_title, false, "why it matters"},
    {"requirements", &shape_requirements, false, "what the case is about"},
    {"messages", &shape_message_names, false,
     "the message files, in order: beside the scenario, or in messages/ there or at the suite's "
     "root, with or without .eml; [\"plain\"] where nothing is said. Or messages that are made"},
    {"recipients", &shape_mailboxes, false,
     "the envelope recipients handed to the sender, where not the centre's mailbox alone"},
    {"centre", &shape_centre, false, "its settings"},
    {"rules", &shape_rules, false, "how it deviates from the well-behaved one"},
    {"dns", &shape_dns_rules, false, "how NACCS's name server deviates"},
    {"expect", &shape_expect, false, "what a sound sender then does"},
    {"vary", &shape_vary, false,
     "a case for each combination of these parameters; elsewhere in the file \"$name\" or "
     "\"$name.member\" stands for the value, \"$name...\" in an array for the entries of an array, "
     "\"$$\" at the beginning of a string for \"$\""},
};
const struct shape shape_scenario = {
    SHAPE_RECORD, .what = "a scenario", FIELDS(fields_scenario),
    .text = "How this centre deviates from the well-behaved one, and what a sound sender then "
            "does."};
