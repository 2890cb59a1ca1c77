#include "harness/field_dialogue_private.h"

#include <stdio.h>

#include "tests/unit/field_shown.h"
#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

static struct shown shown;

static bool read_text(const char *text, size_t count, struct problem *problem)
{
    struct fixture fixture = fixture_make();
    struct fixture_path path = fixture_path(&fixture, "d.txt");
    FILE *stream = fopen(path.text, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_EQUAL(fwrite(text, 1, count, stream), count);
    CU_ASSERT_EQUAL(fclose(stream), 0);
    struct field_sink sink = shown_sink(&shown);
    bool good = field_read_dialogue(path.text, &(struct field_choice){0}, &sink, problem);
    fixture_remove(&fixture);
    return good;
}

static void expect(const char *name, const char *text, const char *expected)
{
    struct problem problem = {""};
    CU_ASSERT_TRUE(read_text(text, strlen(text), &problem));
    bool same = strcmp(shown.text, expected) == 0;
    if (!same)
        fprintf(stderr, "%s: %s\nexpected:\n%sactual:\n%s", name, problem.text, expected,
                shown.text);
    CU_ASSERT_TRUE(same);
}

/* One session, in every form in which people have it. */

static const char session[] = "connection 1 answered, ended\n"
                              "0.000 < 220 mail.example ESMTP\\r\\n\n"
                              "0.000 > HELO client.example\\r\\n\n"
                              "0.000 < 250-mail.example\\r\\n250 SIZE\\r\\n\n"
                              "0.000 > MAIL FROM:<a@b.example>\\r\\n\n"
                              "0.000 < 250 ok\\r\\n\n"
                              "0.000 > RCPT TO:<c@d.example>\\r\\n\n"
                              "0.000 < 250 ok\\r\\n\n"
                              "0.000 > DATA\\r\\n\n"
                              "0.000 < 354 go\\r\\n\n"
                              "0.000 > Subject: x\\r\\n\\r\\n250 no reply\\r\\n..dot\\r\\n.\\r\\n\n"
                              "0.000 < 250 kept\\r\\n\n"
                              "0.000 > QUIT\\r\\n\n"
                              "0.000 < 221 bye\\r\\n\n"
                              "0.000 < fin\n"
                              "0.000 > fin\n";

/* Its lines, the sender's behind '>' and the centre's behind '<'. */
static const char *const lines[] = {
    "<220 mail.example ESMTP",
    ">HELO client.example",
    "<250-mail.example",
    "<250 SIZE",
    ">MAIL FROM:<a@b.example>",
    "<250 ok",
    ">RCPT TO:<c@d.example>",
    "<250 ok",
    ">DATA",
    "<354 go",
    ">Subject: x",
    ">",
    ">250 no reply",
    ">..dot",
    ">.",
    "<250 kept",
    ">QUIT",
    "<221 bye",
};

enum { BODY_FIRST = 10, BODY_LAST = 14 };

static void test_marks(void)
{
    static const struct {
        const char *name, *sender, *centre, *body, *before, *end;
    } forms[] = {
        {"C: S:", "C: ", "S: ", "C: ", "", "\n"},
        {"C: S: with CRLF", "C: ", "S: ", "C: ", "", "\r\n"},
        {"c: s:", "c: ", "s: ", "c: ", "", "\n"},
        {"Client: Server:", "Client: ", "Server: ", "Client: ", "", "\n"},
        {"body without marks", "Client: ", "Server: ", "", "", "\n"},
        {">>> <<<", ">>> ", "<<< ", ">>> ", "", "\n"},
        {"-> <-", "-> ", "<- ", "-> ", "", "\n"},
        {"--> <--", "--> ", "<-- ", "--> ", "", "\n"},
        {"> <", "> ", "< ", "> ", "", "\n"},
        {"swaks", " -> ", "<-  ", " -> ", "", "\n"},
        {"swaks under TLS", " ~> ", "<~  ", " ~> ", "", "\n"},
        {"no marks", "", "", "", "", "\n"},
        {"indented", "C: ", "S: ", "C: ", "    ", "\n"},
        {"quoted, no marks", "", "", "", "> ", "\n"},
        {"quoted twice", "C: ", "S: ", "C: ", "> > ", "\n"},
        {"quoted arrows", "> ", "< ", "> ", "> ", "\n"},
        {"in a table of a wiki", "C: ", "S: ", "C: ", "\t", "\r\n"},
        {"sent and received, in Japanese", "\xe9\x80\x81\xe4\xbf\xa1: ",
         "\xe5\x8f\x97\xe4\xbf\xa1: ", "\xe9\x80\x81\xe4\xbf\xa1: ", "", "\n"},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char text[4096] = "";
        for (size_t j = 0; j < sizeof lines / sizeof *lines; j++) {
            const char *mark = lines[j][0] == '<' ? forms[i].centre : forms[i].sender;
            if (j >= BODY_FIRST && j <= BODY_LAST)
                mark = forms[i].body;
            size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "%s%s%s%s", forms[i].before, mark,
                     lines[j] + 1, forms[i].end);
        }
        expect(forms[i].name, text, session);
    }
}

/* Every stamp says 21:00:00 and a quarter of a second more with each line. */
static void test_stamps(void)
{
    static const char *const forms[] = {
        "2026-11-25T12:34:%02d.%03d+09:00 ",
        "2026-11-25 12:34:%02d,%03d ",
        "[2026-11-25T12:34:%02d.%03dZ] ",
        "12:34:%02d.%03d ",
        "[12:34:%02d.%03d]: ",
        "(12:34:%02d.%03d) ",
        "2026/11/25 12:34:%02d.%03d | ",
        "17640378%02d.%03d ",
        "[%d.%03d] ",
        "+%d.%03ds ",
        "Nov 25 12:34:%02d.%03d gw01 smtp[4711]: ",
        "Wed, 25 Nov 2026 12:34:%02d.%03d +0900: ",
        "2026-11-25 12:34:%02d.%03d JST ",
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char text[4096] = "";
        static const char *const said[] = {"S: 220 x", "C: HELO a", "S: 250 x", "C: QUIT",
                                           "S: 221 bye"};
        for (int j = 0; j < 5; j++) {
            char stamp[128];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            snprintf(stamp, sizeof stamp, forms[i], 10 + j / 4, j % 4 * 250);
#pragma GCC diagnostic pop
            size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "%s%s\n", stamp, said[j]);
        }
        expect(forms[i], text,
               "connection 1 answered, ended, timed\n"
               "0.000 < 220 x\\r\\n\n"
               "0.250 > HELO a\\r\\n\n"
               "0.500 < 250 x\\r\\n\n"
               "0.750 > QUIT\\r\\n\n"
               "1.000 < 221 bye\\r\\n\n"
               "1.000 < fin\n"
               "1.000 > fin\n");
    }
}

static void test_midnight(void)
{
    expect("midnight", "23:59:59 S: 220 x\n00:00:01 C: QUIT\n00:00:02 S: 221 y\n",
           "connection 1 answered, ended, timed\n0.000 < 220 x\\r\\n\n2.000 > QUIT\\r\\n\n"
           "3.000 < 221 y\\r\\n\n3.000 < fin\n3.000 > fin\n");
}

static void test_swaks(void)
{
    expect("swaks",
           "=== Trying 192.0.2.1:25...\n"
           "=== Connected to 192.0.2.1.\n"
           "=== response in 0.250s\n"
           "<-  220 x\n"
           " -> EHLO me\n"
           "=== response in 0.500s\n"
           "<** 502 no\n"
           "*** Remote host closed connection unexpectedly.\n",
           "connection 1 192.0.2.1 answered, ended, timed\n"
           "0.250 < 220 x\\r\\n\n"
           "0.250 > EHLO me\\r\\n\n"
           "0.750 < 502 no\\r\\n\n"
           "0.750 < fin\n"
           "0.750 > fin\n");
    expect("swaks, refused",
           "=== Trying 127.0.0.1:1...\n"
           "*** Error connecting to 127.0.0.1:1:\n"
           "*** \tIO::Socket::INET6: connect: Connection refused\n"
           "=== Trying 127.0.0.1:2525...\n=== Connected to 127.0.0.1.\n<-  220 x\n -> QUIT\n",
           "connection 1 127.0.0.1:1 refused, ended\n"
           "connection 2 127.0.0.1 answered\n"
           "0.000 < 220 x\\r\\n\n0.000 > QUIT\\r\\n\n");
}

static void test_refused_alone(void)
{
    expect("swaks, refused alone",
           "=== Trying 127.0.0.1:1...\n"
           "*** Error connecting to 127.0.0.1:1:\n"
           "*** \tIO::Socket::INET6: connect: Connection refused\n",
           "connection 1 127.0.0.1:1 refused, ended\n");
    expect("telnet, unanswered",
           "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Connection timed out\n",
           "connection 1 192.0.2.1 unanswered, ended\n");
}

static void test_python(void)
{
    expect("smtplib",
           "send: 'ehlo [127.0.1.1]\\r\\n'\n"
           "reply: b'250-x\\r\\n'\n"
           "reply: b'250 HELP\\r\\n'\n"
           "reply: retcode (250); Msg: b'x\\nHELP'\n"
           "send: 'data\\r\\n'\n"
           "reply: b'354 go\\r\\n'\n"
           "reply: retcode (354); Msg: b'go'\n"
           "data: (354, b'go')\n"
           "send: b'A: \\xe6\\'b\\r\\n\\r\\n..\\r\\n.\\r\\n'\n"
           "reply: b'250 ok\\r\\n'\n",
           "connection 1 answered, exact\n"
           "0.000 > ehlo [127.0.1.1]\\r\\n\n"
           "0.000 < 250-x\\r\\n250 HELP\\r\\n\n"
           "0.000 > data\\r\\n\n"
           "0.000 < 354 go\\r\\n\n"
           "0.000 > A: \\xe6'b\\r\\n\\r\\n..\\r\\n.\\r\\n\n"
           "0.000 < 250 ok\\r\\n\n");
}

static void test_sendmail_and_java(void)
{
    expect("sendmail -v",
           "naccs@... Connecting to mail.example. via esmtp...\n"
           "220 x\n>>> EHLO me\n250-x\n250 HELP\n>>> MAIL From:<a@b> SIZE=3\n250 ok\n"
           ">>> DATA\n354 go\n>>> .\n250 kept\nnaccs@... Sent (kept)\n"
           "Closing connection to mail.example.\n>>> QUIT\n221 bye\n",
           "connection 1 answered, ended\n"
           "0.000 < 220 x\\r\\n\n0.000 > EHLO me\\r\\n\n0.000 < 250-x\\r\\n250 HELP\\r\\n\n"
           "0.000 > MAIL From:<a@b> SIZE=3\\r\\n\n0.000 < 250 ok\\r\\n\n0.000 > DATA\\r\\n\n"
           "0.000 < 354 go\\r\\n\n0.000 > .\\r\\n\n0.000 < 250 kept\\r\\n\n"
           "0.000 > QUIT\\r\\n\n0.000 < 221 bye\\r\\n\n0.000 < fin\n0.000 > fin\n");
    expect("JavaMail",
           "DEBUG SMTP: trying to connect to host \"mail.example\", port 25, isSSL false\n"
           "220 x\n"
           "DEBUG SMTP: connected to host \"mail.example\", port: 25\n"
           "EHLO me\n250-x\n250 HELP\n"
           "DEBUG SMTP: Found extension \"HELP\", arg \"\"\n"
           "MAIL FROM:<a@b>\n550 no\n"
           "DEBUG SMTP: got response code 550, with response: 550 no\n"
           "QUIT\n221 bye\n",
           "connection 1 answered, ended\n"
           "0.000 < 220 x\\r\\n\n0.000 > EHLO me\\r\\n\n0.000 < 250-x\\r\\n250 HELP\\r\\n\n"
           "0.000 > MAIL FROM:<a@b>\\r\\n\n0.000 < 550 no\\r\\n\n0.000 > QUIT\\r\\n\n"
           "0.000 < 221 bye\\r\\n\n0.000 < fin\n0.000 > fin\n");
}

static void test_curl(void)
{
    expect("curl -v",
           "*   Trying 192.0.2.1:25...\n* Connected to mail.example (192.0.2.1) port 25 (#0)\n"
           "< 220 x\n> EHLO me\n< 250-x\n< 250 SIZE 10\n> DATA\n< 354 go\n} [42 bytes data]\n"
           "< 250 kept\n> QUIT\n< 221 bye\n* Closing connection 0\n",
           "connection 1 mail.example answered, ended\n"
           "0.000 < 220 x\\r\\n\n0.000 > EHLO me\\r\\n\n0.000 < 250-x\\r\\n250 SIZE 10\\r\\n\n"
           "0.000 > DATA\\r\\n\n0.000 < 354 go\\r\\n\n0.000 > .\\r\\n\n0.000 < 250 kept\\r\\n\n"
           "0.000 > QUIT\\r\\n\n0.000 < 221 bye\\r\\n\n0.000 < fin\n0.000 > fin\n");
    expect("curl --trace-ascii --trace-time",
           "12:00:00.000000 == Info:   Trying 127.0.0.1:2525...\n"
           "12:00:00.250000 <= Recv header, 7 bytes (0x7)\n"
           "0000: 220 x\n"
           "12:00:00.250000 => Send header, 6 bytes (0x6)\n"
           "0000: DATA\n"
           "12:00:00.500000 <= Recv header, 8 bytes (0x8)\n"
           "0000: 354 go\n"
           "12:00:00.500000 => Send data, 16 bytes (0x10)\n"
           "0000: A: b\n"
           "0006: \n"
           "0008: text\n"
           "000e: \n"
           "12:00:00.500000 => Send data, 5 bytes (0x5)\n"
           "0000: .\n"
           "12:00:00.750000 <= Recv header, 10 bytes (0xa)\n"
           "0000: 250 kept\n",
           "connection 1 127.0.0.1:2525 answered, timed\n"
           "0.000 < 220 x\\r\\n\n0.000 > DATA\\r\\n\n0.250 < 354 go\\r\\n\n"
           "0.250 > A: b\\r\\n\\r\\ntext\\r\\n\\r\\n.\\r\\n\n0.500 < 250 kept\\r\\n\n");
}

static void test_telnet(void)
{
    expect("telnet",
           "$ telnet mail.example 25\nTrying 192.0.2.1...\nConnected to mail.example.\n"
           "Escape character is '^]'.\n220 x\nFOO bar\n500 what\nQUIT\n221 bye\n"
           "Connection closed by foreign host.\n",
           "connection 1 mail.example answered, ended\n"
           "0.000 < 220 x\\r\\n\n0.000 > FOO bar\\r\\n\n0.000 < 500 what\\r\\n\n"
           "0.000 > QUIT\\r\\n\n0.000 < 221 bye\\r\\n\n0.000 < fin\n0.000 > fin\n");
}

static void test_comments_and_sessions(void)
{
    expect("comments in Shift_JIS, two sessions",
           "\x8f\xe1\x8aQ\x82\xcc\x83\x8d\x83O\n"
           "S: 220 x\nC: HELO a\n\n# \x82\xb1\x82\xb1\x82\xc5\n... \nS: 421 gone\n\n"
           "\x8d\xc4\x91\x97\nS: 220 y\nC: QUIT\nS: 221 z\n",
           "connection 1 answered, ended\n"
           "0.000 < 220 x\\r\\n\n0.000 > HELO a\\r\\n\n0.000 < 421 gone\\r\\n\n0.000 < fin\n"
           "0.000 > fin\n"
           "connection 2 answered, ended\n"
           "0.000 < 220 y\\r\\n\n0.000 > QUIT\\r\\n\n0.000 < 221 z\\r\\n\n0.000 < fin\n"
           "0.000 > fin\n");
    expect("BOM",
           "\xef\xbb\xbf"
           "S: 220 x\nC: QUIT\n",
           "connection 1 answered\n0.000 < 220 x\\r\\n\n0.000 > QUIT\\r\\n\n");
    static const char wide[] = "\xff\xfe"
                               "S\0:\0 \0"
                               "2\0"
                               "2\0"
                               "0\0 \0x\0\r\0\n\0C\0:\0 \0Q\0U\0I\0T\0";
    struct problem problem = {""};
    CU_ASSERT_TRUE(read_text(wide, sizeof wide - 1, &problem));
    CU_ASSERT_STRING_EQUAL(shown.text,
                           "connection 1 answered\n0.000 < 220 x\\r\\n\n0.000 > QUIT\\r\\n\n");
}

static void test_no_dialogue(void)
{
    static const char *const texts[] = {"",
                                        "Dear all,\nthe gateway failed at 12:30.\n",
                                        "220\n",
                                        "\177ELF\1\2",
                                        "500 yen\n300 yen\n220 V\n",
                                        "{\"at\":1}\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct problem problem = {""};
        CU_ASSERT_FALSE(read_text(texts[i], strlen(texts[i]), &problem));
        CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "d.txt:1: found no SMTP dialogue"));
        CU_ASSERT_EQUAL(shown.connections, 0);
    }
    struct field_sink sink = shown_sink(&shown);
    struct problem problem = {""};
    CU_ASSERT_FALSE(
        field_read_dialogue("/nowhere/d.txt", &(struct field_choice){0}, &sink, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/nowhere/d.txt: can't be opened"));
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"marks", test_marks},
        {"stamps", test_stamps},
        {"midnight", test_midnight},
        {"swaks", test_swaks},
        {"refused alone", test_refused_alone},
        {"smtplib", test_python},
        {"sendmail and JavaMail", test_sendmail_and_java},
        {"curl", test_curl},
        {"telnet", test_telnet},
        {"comments and sessions", test_comments_and_sessions},
        {"no dialogue", test_no_dialogue},
    };
    return unit_main("field_dialogue", tests, sizeof tests / sizeof *tests, argc, argv);
}
