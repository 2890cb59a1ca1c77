#include "tests/unit/unit.h"
#include "wire/command.h"

#include <stdio.h>

static void test_names(void)
{
    CU_ASSERT_STRING_EQUAL(command_name(COMMAND_HELO), "HELO");
    CU_ASSERT_STRING_EQUAL(command_name(COMMAND_UNKNOWN), "unknown");
    for (int verb = 0; verb < COMMAND_UNKNOWN; verb++) {
        struct command command;
        command_parse(octets_of(command_name((enum command_verb)verb)), &command);
        CU_ASSERT_EQUAL((int)command.verb, verb);
        CU_ASSERT_EQUAL(command.departures, 0);
        CU_ASSERT_EQUAL(command.argument.count, 0);
    }
}

static void test_parse(void)
{
    static const struct {
        struct octets line;
        enum command_verb verb;
        const char *word, *argument;
        unsigned departures;
    } cases[] = {
        {OCTETS_INIT("HELO example"), COMMAND_HELO, "HELO", "example", 0},
        {OCTETS_INIT("helo example"), COMMAND_HELO, "helo", "example", COMMAND_LOWER_CASE},
        {OCTETS_INIT("HELo example"), COMMAND_HELO, "HELo", "example", COMMAND_LOWER_CASE},
        {OCTETS_INIT("HELO   two  words"), COMMAND_HELO, "HELO", "two  words", 0},
        {OCTETS_INIT("DATA"), COMMAND_DATA, "DATA", "", 0},
        {OCTETS_INIT("DATA "), COMMAND_DATA, "DATA", "", COMMAND_TRAILING_SPACE},
        {OCTETS_INIT("Data \t "), COMMAND_DATA, "Data", "",
         COMMAND_TRAILING_SPACE | COMMAND_LOWER_CASE},
        {OCTETS_INIT("MAIL FROM:<a@b> "), COMMAND_MAIL, "MAIL", "FROM:<a@b>",
         COMMAND_TRAILING_SPACE},
        {OCTETS_INIT("MAIL FROM: a@b"), COMMAND_MAIL, "MAIL", "FROM: a@b", 0},
        {OCTETS_INIT(""), COMMAND_UNKNOWN, "", "", 0},
        {OCTETS_INIT("   "), COMMAND_UNKNOWN, "", "", COMMAND_TRAILING_SPACE},
        {OCTETS_INIT(" HELO x"), COMMAND_UNKNOWN, "", "HELO x", 0},
        {OCTETS_INIT("HELOx"), COMMAND_UNKNOWN, "HELOx", "", 0},
        {OCTETS_INIT("HEL"), COMMAND_UNKNOWN, "HEL", "", 0},
        {OCTETS_INIT("HELO\tx"), COMMAND_UNKNOWN, "HELO\tx", "", 0},
        {OCTETS_INIT("MAILFROM:<a@b>"), COMMAND_UNKNOWN, "MAILFROM:<a@b>", "", 0},
        {OCTETS_INIT("unknown x"), COMMAND_UNKNOWN, "unknown", "x", 0},
        {OCTETS_INIT("STARTTLS"), COMMAND_UNKNOWN, "STARTTLS", "", 0},
        {OCTETS_INIT("\xa4\xa2"), COMMAND_UNKNOWN, "\xa4\xa2", "", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct command command;
        command_parse(cases[i].line, &command);
        CU_ASSERT_EQUAL(command.verb, cases[i].verb);
        CU_ASSERT_TRUE(octets_equal(command.word, octets_of(cases[i].word)));
        CU_ASSERT_TRUE(octets_equal(command.argument, octets_of(cases[i].argument)));
        CU_ASSERT_EQUAL(command.departures, cases[i].departures);
    }
    struct command command;
    command_parse((struct octets){NULL, 0}, &command);
    CU_ASSERT_EQUAL(command.verb, COMMAND_UNKNOWN);
    command_parse(OCTETS("HELO\0x y"), &command);
    CU_ASSERT_EQUAL(command.verb, COMMAND_UNKNOWN);
    CU_ASSERT_TRUE(octets_equal(command.word, OCTETS("HELO\0x")));
}

static enum command_path_status read_path(struct octets line, struct command_path *path)
{
    struct command command;
    command_parse(line, &command);
    return command_path(&command, path);
}

static void test_path(void)
{
    enum { SPACE = COMMAND_SPACE_BEHIND_COLON, BARE = COMMAND_NO_BRACKETS };
    static const struct {
        const char *line, *local, *domain, *parameters;
        unsigned departures;
    } cases[] = {
        {"MAIL FROM:<a@b>", "a", "b", "", 0},
        {"mail from:<A@B>", "A", "B", "", 0},
        {"RCPT TO:<Proc.X@MAIL.PROD.NACCS6>", "Proc.X", "MAIL.PROD.NACCS6", "", 0},
        {"rcpt To:<a@b>", "a", "b", "", 0},
        {"SEND FROM:<a@b>", "a", "b", "", 0},
        {"MAIL FROM: <a@b>", "a", "b", "", SPACE},
        {"MAIL FROM:   a@b", "a", "b", "", SPACE | BARE},
        {"MAIL FROM:a@b", "a", "b", "", BARE},
        {"MAIL FROM:<>", "", "", "", 0},
        {"MAIL FROM: <> RET=HDRS", "", "", "RET=HDRS", SPACE},
        {"MAIL FROM:<a@b> SIZE=100 BODY=8BITMIME", "a", "b", "SIZE=100 BODY=8BITMIME", 0},
        {"MAIL FROM:a@b   SIZE=100", "a", "b", "SIZE=100", BARE},
        {"RCPT TO:<postmaster>", "postmaster", "", "", 0},
        {"RCPT TO:<@a:user@c>", "user", "c", "", 0},
        {"RCPT TO:<@a,@b.example,@[10.0.0.1]:user@c>", "user", "c", "", 0},
        {"RCPT TO:<\"a b\"@c>", "\"a b\"", "c", "", 0},
        {"RCPT TO:<\"a\\\"@>b\"@c>", "\"a\\\"@>b\"", "c", "", 0},
        {"RCPT TO:\"a b\"@c NOTIFY=NEVER", "\"a b\"", "c", "NOTIFY=NEVER", BARE},
        {"RCPT TO:<a\\@x@c>", "a\\@x", "c", "", 0},
        {"RCPT TO:<a\\ b@c>", "a\\ b", "c", "", 0},
        {"RCPT TO:<a@[127.0.0.1]>", "a", "[127.0.0.1]", "", 0},
        {"RCPT TO:<a@[IPv6:::1]>", "a", "[IPv6:::1]", "", 0},
        {"RCPT TO:<a@09AZaz.9>", "a", "09AZaz.9", "", 0},
        {"RCPT TO:<\\a@b>", "\\a", "b", "", 0},
        {"RCPT TO:<\\~@b>", "\\~", "b", "", 0},
        {"RCPT TO:<\"~ !\"@b>", "\"~ !\"", "b", "", 0},
        {"RCPT TO:<a@#123>", "a", "#123", "", 0},
        {"RCPT TO:<a@b_c-d>", "a", "b_c-d", "", 0},
        {"RCPT TO:<!#$%&'*+-/=?^_`{|}~@b>", "!#$%&'*+-/=?^_`{|}~", "b", "", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct command_path path;
        char mailbox[300];
        snprintf(mailbox, sizeof mailbox, "%s%s%s", cases[i].local, *cases[i].domain ? "@" : "",
                 cases[i].domain);
        CU_ASSERT_EQUAL_FATAL(read_path(octets_of(cases[i].line), &path), COMMAND_PATH_OK);
        CU_ASSERT_TRUE(octets_equal(path.mailbox, octets_of(mailbox)));
        CU_ASSERT_TRUE(octets_equal(path.local, octets_of(cases[i].local)));
        CU_ASSERT_TRUE(octets_equal(path.domain, octets_of(cases[i].domain)));
        CU_ASSERT_TRUE(octets_equal(path.parameters, octets_of(cases[i].parameters)));
        CU_ASSERT_EQUAL(path.departures, cases[i].departures);
    }
}

static void test_path_refused(void)
{
    static const struct {
        struct octets line;
        enum command_path_status status;
    } cases[] = {
        {OCTETS_INIT("MAIL"), COMMAND_PATH_NO_KEYWORD},
        {OCTETS_INIT("MAIL <a@b>"), COMMAND_PATH_NO_KEYWORD},
        {OCTETS_INIT("MAIL FROM"), COMMAND_PATH_NO_KEYWORD},
        {OCTETS_INIT("MAIL FROM :<a@b>"), COMMAND_PATH_NO_KEYWORD},
        {OCTETS_INIT("MAIL TO:<a@b>"), COMMAND_PATH_NO_KEYWORD},
        {OCTETS_INIT("RCPT FROM:<a@b>"), COMMAND_PATH_NO_KEYWORD},
        {OCTETS_INIT("MAIL FROM:"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM: "), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("RCPT TO:<>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a@b"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:a@b>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<<a@b>>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a@b>>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a@b>SIZE=1"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:< a@b>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a@b >"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a b@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a\tb@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:\t<a@b>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a\0b@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a\rb@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a\x7f@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<\xa4\xa2@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a@\xa4\xa2>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a@>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<@b>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a@b@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<.a@b>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a.@b>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a..b@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a@b.>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a@.b>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a(b)@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a,b@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<\"\"@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<\"a@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<\"a\\\"@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<\"a\\"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<\"a\x1f\"@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<\"a\x7f\"@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<\"a\\\x80\"@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a\\\x1f@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a\\\x7f@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a@b\\c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<\"a\"b@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a\\"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a@[]>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a@[1.2>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<a@[1 2]>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<@a>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<@a:>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<@a,b@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<@a,:b@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<@:b@c>"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:<@a,"), COMMAND_PATH_SYNTAX},
        {OCTETS_INIT("MAIL FROM:@a:b@c"), COMMAND_PATH_SYNTAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct command_path path = {.departures = 77};
        CU_ASSERT_EQUAL(read_path(cases[i].line, &path), cases[i].status);
        CU_ASSERT_EQUAL(path.departures, 77);
    }
}

/* "MAIL FROM:<" and a local part, "@" and a domain of so many octets. */
static enum command_path_status status_of_lengths(size_t local, size_t domain, bool brackets)
{
    struct buf line = BUF_INIT(0);
    buf_append_string(&line, brackets ? "MAIL FROM:<" : "MAIL FROM:");
    for (size_t i = 0; i < local; i++)
        buf_append_octet(&line, 'l');
    buf_append_octet(&line, '@');
    for (size_t i = 0; i < domain; i++)
        buf_append_octet(&line, 'd');
    buf_append_string(&line, brackets ? ">" : "");
    struct command_path path;
    enum command_path_status status = read_path(buf_octets(&line), &path);
    buf_free(&line);
    return status;
}

static void test_path_limits(void)
{
    for (int brackets = 0; brackets < 2; brackets++) {
        CU_ASSERT_EQUAL(status_of_lengths(64, 1, brackets), COMMAND_PATH_OK);
        CU_ASSERT_EQUAL(status_of_lengths(65, 1, brackets), COMMAND_PATH_TOO_LONG);
        CU_ASSERT_EQUAL(status_of_lengths(64, 189, brackets), COMMAND_PATH_OK);
        CU_ASSERT_EQUAL(status_of_lengths(64, 190, brackets), COMMAND_PATH_TOO_LONG);
        CU_ASSERT_EQUAL(status_of_lengths(1, 252, brackets), COMMAND_PATH_OK);
        CU_ASSERT_EQUAL(status_of_lengths(1, 253, brackets), COMMAND_PATH_TOO_LONG);
        CU_ASSERT_EQUAL(status_of_lengths(1, 256, brackets), COMMAND_PATH_TOO_LONG);
    }
}

static void test_parameters(void)
{
    struct octets parameters = OCTETS("SIZE=100  BODY=8BITMIME X Y= =Z A=B=C"), keyword, value;
    static const char *const expected[][2] = {
        {"SIZE", "100"}, {"BODY", "8BITMIME"}, {"X", ""}, {"Y", ""}, {"", "Z"}, {"A", "B=C"}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        CU_ASSERT_TRUE(command_parameter(&parameters, &keyword, &value));
        CU_ASSERT_TRUE(octets_equal(keyword, octets_of(expected[i][0])));
        CU_ASSERT_TRUE(octets_equal(value, octets_of(expected[i][1])));
    }
    CU_ASSERT_FALSE(command_parameter(&parameters, &keyword, &value));
    CU_ASSERT_FALSE(command_parameter(&parameters, &keyword, &value));
    parameters = (struct octets){NULL, 0};
    CU_ASSERT_FALSE(command_parameter(&parameters, &keyword, &value));
}

static void test_chunk(void)
{
    static const struct {
        const char *line;
        bool fine;
        uint64_t octets;
        bool last;
    } cases[] = {
        {"BDAT 0", true, 0, false},
        {"bdat 86 last", true, 86, true},
        {"BDAT  007  LAST  ", true, 7, true},
        {"BDAT 999999999999999999", true, 999999999999999999, false},
        {"BDAT 1000000000000000000", false, 0, false},
        {"BDAT", false, 0, false},
        {"BDAT LAST", false, 0, false},
        {"BDAT -1", false, 0, false},
        {"BDAT +1", false, 0, false},
        {"BDAT 1x", false, 0, false},
        {"BDAT 1 LASTS", false, 0, false},
        {"BDAT 1 LAS", false, 0, false},
        {"BDAT 1 LAST 2", false, 0, false},
        {"BDAT 1\tLAST", false, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct command command;
        uint64_t octets;
        bool last;
        command_parse(octets_of(cases[i].line), &command);
        CU_ASSERT_EQUAL(command.verb, COMMAND_BDAT);
        CU_ASSERT_EQUAL(command_chunk(&command, &octets, &last), cases[i].fine);
        if (cases[i].fine) {
            CU_ASSERT_EQUAL(octets, cases[i].octets);
            CU_ASSERT_EQUAL(last, cases[i].last);
        }
    }
}

static void test_format(void)
{
    static const struct {
        enum command_verb verb;
        const char *argument, *expected;
    } cases[] = {
        {COMMAND_HELO, "example", "HELO example\r\n"},
        {COMMAND_EHLO, "example", "EHLO example\r\n"},
        {COMMAND_MAIL, "a@b", "MAIL FROM:<a@b>\r\n"},
        {COMMAND_MAIL, "", "MAIL FROM:<>\r\n"},
        {COMMAND_SOML, "a@b", "SOML FROM:<a@b>\r\n"},
        {COMMAND_RCPT, "Aa@b", "RCPT TO:<Aa@b>\r\n"},
        {COMMAND_DATA, "", "DATA\r\n"},
        {COMMAND_RSET, "", "RSET\r\n"},
        {COMMAND_QUIT, "", "QUIT\r\n"},
        {COMMAND_VRFY, "name", "VRFY name\r\n"},
        {COMMAND_HELP, "", "HELP\r\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf buf = BUF_INIT(0);
        CU_ASSERT_TRUE(command_format(&buf, cases[i].verb, octets_of(cases[i].argument)));
        CU_ASSERT_TRUE(octets_equal(buf_octets(&buf), octets_of(cases[i].expected)));
        buf_free(&buf);
    }
}

static void test_format_refused(void)
{
    static const struct octets arguments[] = {OCTETS_INIT("a\rb"), OCTETS_INIT("a\nb"),
                                              OCTETS_INIT("a\0b"), OCTETS_INIT("\r\nDATA")};
    struct buf buf = BUF_INIT(18);
    buf_append_octet(&buf, '!');
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++)
        CU_ASSERT_FALSE(command_format(&buf, COMMAND_HELO, arguments[i]));
    CU_ASSERT_FALSE(command_format(&buf, COMMAND_UNKNOWN, OCTETS("")));
    CU_ASSERT_FALSE(command_format(&buf, COMMAND_MAIL, OCTETS("aa@b")));
    CU_ASSERT_TRUE(octets_equal(buf_octets(&buf), OCTETS("!")));
    CU_ASSERT_TRUE(command_format(&buf, COMMAND_MAIL, OCTETS("a@b")));
    CU_ASSERT_TRUE(octets_equal(buf_octets(&buf), OCTETS("!MAIL FROM:<a@b>\r\n")));
    buf_free(&buf);
}

/* What the sender writes, the centre reads. */
static void test_there_and_back(void)
{
    static const char *const mailboxes[] = {"a@b", "\"a b\"@c.example", "x", "a@[10.0.0.1]"};
    for (size_t i = 0; i < sizeof mailboxes / sizeof *mailboxes; i++) {
        struct buf buf = BUF_INIT(0);
        struct command_path path;
        CU_ASSERT_TRUE(command_format(&buf, COMMAND_RCPT, octets_of(mailboxes[i])));
        struct octets line = {buf.at, buf.count - 2};
        CU_ASSERT_EQUAL(read_path(line, &path), COMMAND_PATH_OK);
        CU_ASSERT_TRUE(octets_equal(path.mailbox, octets_of(mailboxes[i])));
        CU_ASSERT_EQUAL(path.departures, 0);
        buf_free(&buf);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"names", test_names},
        {"parse", test_parse},
        {"path", test_path},
        {"path refused", test_path_refused},
        {"path limits", test_path_limits},
        {"parameters", test_parameters},
        {"chunk", test_chunk},
        {"format", test_format},
        {"format refused", test_format_refused},
        {"there and back", test_there_and_back},
    };
    return unit_main("command", tests, sizeof tests / sizeof *tests, argc, argv);
}
