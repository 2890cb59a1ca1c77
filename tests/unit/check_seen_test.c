/* Captures, judged: what is in them is found; what is not in them is held against nobody. */
#include <stdio.h>
#include <stdlib.h>

#include "harness/check.h"
#include "harness/field_capture.h"
#include "harness/field_transcript.h"
#include "tests/unit/packets.h"
#include "tests/unit/unit.h"
#include "wire/random.h"

/* What the ends say, one after the other: "S HELO a" is the sender's; "C" the centre's; a line
 * each; "S." and "C." close, "Cx" resets, and "+500" lets milliseconds pass. In a line "|" stands
 * for CRLF; each has one at its end but where "_" is the last. */
struct session {
    const char *const *lines;
    size_t count;
};

static const char *const good_lines[] = {
    "C 220 c",   "S HELO a", "C 250 c",  "S MAIL FROM:<a@b>",       "C 250 ok",   "S RCPT TO:<c@d>",
    "C 250 ok",  "S DATA",   "C 354 go", "S Subject: x||one|two|.", "C 250 kept", "S QUIT",
    "C 221 bye", "C.",       "S."};
static const char *const two_lines[] = {"C 220-c|220 c",
                                        "S EHLO a",
                                        "C 502 no",
                                        "S HELO a",
                                        "C 250 c",
                                        "S MAIL FROM:<a@b>",
                                        "C 250 ok",
                                        "S RCPT TO:<c@d>",
                                        "C 550 no",
                                        "S RSET",
                                        "C 250 ok",
                                        "S MAIL FROM:<a@b>",
                                        "C 250 ok",
                                        "S RCPT TO:<c@d>",
                                        "C 250 ok",
                                        "S DATA",
                                        "C 354 go",
                                        "S Subject: 1||first_",
                                        "S |.",
                                        "C 250 1",
                                        "+300",
                                        "S MAIL FROM:<a@b>",
                                        "C 250 ok",
                                        "S RCPT TO:<c@d>",
                                        "C 250 ok",
                                        "S DATA",
                                        "C 354 go",
                                        "S Subject: 2||second|.",
                                        "C 452 2",
                                        "S RSET",
                                        "C 250 ok",
                                        "S QUIT",
                                        "C 221 bye",
                                        "S.",
                                        "C."};
static const char *const cut_lines[] = {
    "C 220 c",         "S HELO a", "C 250 c", "S MAIL FROM:<a@b>", "C 250 ok",
    "S RCPT TO:<c@d>", "C 250 ok", "S DATA",  "C 354 go",          "S Subject: x||one_",
    "C 421 bye",       "C.",       "S."};
static const char *const reset_lines[] = {
    "C 220 c", "S HELO a", "C 250 c", "S MAIL FROM:<a@b>", "C 250 ok", "S RCPT TO:<c@d>", "Cx"};

#define SESSION(lines)                                                                             \
    {                                                                                              \
        lines, sizeof(lines) / sizeof *(lines)                                                     \
    }

/* One packet of a session. */
struct packet_of {
    struct segment segment;
    char text[512];
};

enum { PACKETS_MOST = 256 };

struct built {
    struct packet_of packets[PACKETS_MOST];
    size_t count;
    uint32_t places[2]; /* next sequence number of each end */
    usec now;
    uint16_t port;
};

static void put(struct built *built, bool centre, const char *flags, const char *text, size_t more)
{
    struct packet_of *packet = &built->packets[built->count++];
    snprintf(packet->text, sizeof packet->text, "%s", text);
    packet->segment = (struct segment){.at = built->now,
                                       .centre = centre,
                                       .flags = flags,
                                       .sequence = built->places[centre],
                                       .acknowledged = built->places[!centre],
                                       .text = packet->text,
                                       .port = built->port};
    built->places[centre] += (uint32_t)(strlen(text) + more);
    built->now += USEC_PER_MSEC;
}

static void say(struct built *built, bool centre, const char *line)
{
    char text[512];
    size_t count = 0;
    for (; *line && *line != '_'; line++) {
        if (*line == '|')
            text[count++] = '\r';
        text[count++] = *line == '|' ? '\n' : *line;
    }
    text[count] = '\0';
    put(built, centre, "A", strcat(text, *line ? "" : "\r\n"), 0);
}

static void build(struct built *built, struct session session, uint16_t port, usec at)
{
    built->places[0] = built->places[1] = 0;
    built->port = port;
    built->now = at;
    put(built, false, "S", "", 1);
    put(built, true, "SA", "", 1);
    put(built, false, "A", "", 0);
    for (size_t i = 0; i < session.count; i++) {
        const char *line = session.lines[i];
        bool centre = line[0] == 'C';
        if (line[0] == '+')
            built->now += (usec)atol(line + 1) * USEC_PER_MSEC;
        else if (line[1] == '.')
            put(built, centre, "FA", "", 1);
        else if (line[1] == 'x')
            put(built, centre, "RA", "", 0);
        else
            say(built, centre, line + 2);
    }
}

/* What was found, in words: "QUIT-1 fail", a line each; skips are left out unless asked for. */
struct judging {
    struct transcript *transcript;
    struct field_transcript *telling;
};

static bool take(void *owner, const struct field_connection *connection)
{
    return field_transcript_take(((struct judging *)owner)->telling, connection);
}

static struct findings judge_messages(const struct packets *packets,
                                      const struct check_message *messages, size_t count)
{
    struct judging judging = {.transcript = transcript_new(0x1000000)};
    const struct field_transcript_options options = {.sink = transcript_sink(judging.transcript)};
    judging.telling = field_transcript_new(&options);
    const struct field_sink sink = {.connection = take, .owner = &judging};
    FILE *stream = fmemopen(packets->octets, packets->count, "rb");
    CU_ASSERT_TRUE(
        field_read_capture_stream(stream, "test", &(struct field_choice){0}, &sink, NULL));
    CU_ASSERT_TRUE(field_transcript_order(judging.transcript, NULL));
    struct scenario *scenario = scenario_new(NULL);
    scenario->expect.has_accepted = true;
    struct check_claim *claims = calloc(count + 1, sizeof *claims);
    const struct check_input input = {.transcript = judging.transcript,
                                      .scenario = scenario,
                                      .messages = messages,
                                      .message_count = count,
                                      .claims = claims,
                                      .sends_ehlo = true,
                                      .tolerance = 0.25,
                                      .clock = {1},
                                      .attached = true,
                                      .field = true};
    struct findings findings;
    check_all(&input, &findings);
    free(claims);
    scenario_free(scenario);
    field_transcript_free(judging.telling);
    transcript_free(judging.transcript);
    return findings;
}

static struct findings judge(const struct packets *packets)
{
    return judge_messages(packets, NULL, 0);
}

static enum verdict verdict_of(const struct findings *findings, const char *id)
{
    enum verdict worst = VERDICT_ERROR;
    for (size_t i = 0; i < findings->count; i++)
        if (strcmp(findings->at[i].requirement, id) == 0)
            worst = findings->at[i].verdict;
    return worst;
}

static bool is_blamed(const struct findings *findings, const char *what)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->at[i];
        if (finding->verdict == VERDICT_PASS || finding->verdict == VERDICT_SKIP)
            continue;
        printf("\n%s: %s %s: %s\n", what, finding->requirement, verdict_name(finding->verdict),
               finding->actual);
        return true;
    }
    return false;
}

static struct packets write_packets(const struct built *built, bool (*leave_out)(void *, size_t),
                                    void *owner, unsigned snap)
{
    struct packets packets;
    packets_begin(&packets, PACKET_RAW, false);
    packets.snap = snap;
    for (size_t i = 0; i < built->count; i++)
        if (!leave_out || !leave_out(owner, i))
            packets_add(&packets, &built->packets[i].segment);
    packets_end(&packets);
    return packets;
}

static struct findings judge_session(struct session session)
{
    struct built built = {.count = 0};
    build(&built, session, 0, 0);
    struct packets packets = write_packets(&built, NULL, NULL, 0);
    struct findings findings = judge(&packets);
    packets_free(&packets);
    return findings;
}

static const struct session sessions[] = {
    SESSION(good_lines),
    SESSION(two_lines),
    SESSION(cut_lines),
    SESSION(reset_lines),
};
enum { SESSIONS = sizeof sessions / sizeof *sessions };

static void test_sound(void)
{
    static const char *const shown[] = {"CONN-1", "HELO-1", "MAIL-1", "RCPT-1", "DATA-1",
                                        "BODY-1", "BODY-2", "BODY-3", "BODY-5", "SEQ-2",
                                        "SEQ-3",  "CODE-2", "QUIT-1", "QUIT-2", "QUIT-5"};
    static const char *const hidden[] = {"CONN-2", "BODY-4", "TIME-1", "TIME-2", "LOSS-1",
                                         "LOSS-2", "LOSS-3", "CODE-1", "QUIT-3", "RCPT-2"};
    for (size_t i = 0; i < SESSIONS; i++) {
        struct findings findings = judge_session(sessions[i]);
        CU_ASSERT_FALSE(is_blamed(&findings, "sound"));
        for (size_t j = 0; i == 0 && j < sizeof shown / sizeof *shown; j++)
            CU_ASSERT_EQUAL(verdict_of(&findings, shown[j]), VERDICT_PASS);
        for (size_t j = 0; j < sizeof hidden / sizeof *hidden; j++)
            CU_ASSERT_EQUAL(verdict_of(&findings, hidden[j]), VERDICT_SKIP);
        findings_free(&findings);
    }
}

struct lost {
    size_t first, second;
};

static bool is_lost(void *owner, size_t packet)
{
    const struct lost *lost = owner;
    return packet == lost->first || packet == lost->second;
}

/* Any one packet, and any two: nothing is held against a sound sender. */
static void test_losses(void)
{
    char what[64];
    for (size_t i = 0; i < SESSIONS; i++) {
        struct built built = {.count = 0};
        build(&built, sessions[i], 0, 0);
        for (struct lost lost = {0, 0}; lost.first < built.count; lost.first++)
            for (lost.second = lost.first; lost.second < built.count; lost.second++) {
                struct packets packets = write_packets(&built, is_lost, &lost, 0);
                struct findings findings = judge(&packets);
                snprintf(what, sizeof what, "session %zu without %zu, %zu", i, lost.first,
                         lost.second);
                CU_ASSERT_FALSE(is_blamed(&findings, what));
                findings_free(&findings);
                packets_free(&packets);
            }
    }
}

static bool is_before(void *owner, size_t packet)
{
    return packet < *(const size_t *)owner;
}

static bool is_behind(void *owner, size_t packet)
{
    return packet >= *(const size_t *)owner;
}

static bool is_not_of(void *owner, size_t packet)
{
    const struct built *built = owner;
    return built->packets[packet].segment.centre;
}

/* The file begins and ends anywhere, its packets are cut anywhere, one direction is missing. */
static void test_parts(void)
{
    char what[64];
    for (size_t i = 0; i < SESSIONS; i++) {
        struct built built = {.count = 0};
        build(&built, sessions[i], 0, 0);
        for (size_t at = 0; at <= built.count + 60; at++) {
            struct packets variants[] = {
                at < built.count ? write_packets(&built, is_before, &at, 0) : (struct packets){0},
                at > 0 && at < built.count ? write_packets(&built, is_behind, &at, 0)
                                           : (struct packets){0},
                at == 0 ? write_packets(&built, is_not_of, &built, 0) : (struct packets){0},
                at > built.count
                    ? write_packets(&built, NULL, NULL, 40 + (unsigned)(at - built.count))
                    : (struct packets){0}};
            for (size_t j = 0; j < sizeof variants / sizeof *variants; j++) {
                if (variants[j].count == 0)
                    continue;
                struct findings findings = judge(&variants[j]);
                snprintf(what, sizeof what, "session %zu, variant %zu at %zu", i, j, at);
                CU_ASSERT_FALSE(is_blamed(&findings, what));
                findings_free(&findings);
                packets_free(&variants[j]);
            }
        }
    }
}

static bool is_drawn(void *owner, size_t packet)
{
    (void)packet;
    return random_below(owner, 8) == 0;
}

/* One packet in eight, of all sessions in one file. */
static void test_many_losses(void)
{
    char what[64];
    struct built built = {.count = 0};
    for (uint16_t i = 0; i < SESSIONS; i++)
        build(&built, sessions[i], (uint16_t)(1000 + i), built.now + USEC_PER_SEC);
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        struct random random = random_seeded(seed, 0);
        struct packets packets = write_packets(&built, is_drawn, &random, 0);
        struct findings findings = judge(&packets);
        snprintf(what, sizeof what, "seed %llu", (unsigned long long)seed);
        CU_ASSERT_FALSE(is_blamed(&findings, what));
        findings_free(&findings);
        packets_free(&packets);
    }
}

/* Each is found. */
static void test_unsound(void)
{
    static const char *const no_quit[] = {"C 220 c",           "S HELO a", "C 250 c",
                                          "S MAIL FROM:<a@b>", "C 250 ok", "S."};
    static const char *const early[] = {"S HELO a", "C 220 c", "C 250 c", "S QUIT", "C 221 b"};
    static const char *const no_helo[] = {"C 220 c", "S MAIL FROM:<a@b>", "C 250 ok", "S QUIT"};
    static const char *const one_dot[] = {
        "C 220 c",  "S HELO a", "C 250 c",  "S MAIL FROM:<a@b>", "C 250 ok", "S RCPT TO:<a@b>",
        "C 250 ok", "S DATA",   "C 354 go", "S x||.one|.",       "C 250 ok"};
    static const char *const lone_dot[] = {
        "C 220 c",  "S HELO a", "C 250 c",  "S MAIL FROM:<a@b>", "C 250 ok", "S RCPT TO:<a@b>",
        "C 250 ok", "S DATA",   "C 354 go", "S x||.|one more|.", "C 250 ok"};
    static const char *const no_354[] = {
        "C 220 c",  "S HELO a", "C 250 c",  "S MAIL FROM:<a@b>", "C 250 ok",  "S RCPT TO:<a@b>",
        "C 250 ok", "S DATA",   "C 550 no", "S Subject: x||y|.", "C 500 what"};
    static const char *const twice[] = {"C 220 c",  "S HELO a",
                                        "C 250 c",  "S MAIL FROM:<a@b>",
                                        "C 250 ok", "S RCPT TO:<c@d>",
                                        "C 250 ok", "S DATA",
                                        "C 354 go", "S Subject: x||one|.",
                                        "C 250 ok", "S MAIL FROM:<a@b>",
                                        "C 250 ok", "S RCPT TO:<c@d>",
                                        "C 250 ok", "S DATA",
                                        "C 354 go", "S Subject: x||one|.",
                                        "C 250 ok", "S QUIT",
                                        "C 221 ok", "S.",
                                        "C."};
    static const char *const idle[] = {"C 220 c", "S HELO a", "C 250 c", "+120000", "C.", "S."};
    static const struct {
        struct session session;
        const char *requirement;
    } cases[] = {
        {SESSION(no_quit), "QUIT-1"}, {SESSION(early), "CONN-1"},    {SESSION(no_helo), "HELO-1"},
        {SESSION(one_dot), "BODY-3"}, {SESSION(lone_dot), "BODY-3"}, {SESSION(no_354), "DATA-1"},
        {SESSION(twice), "LOSS-2"},   {SESSION(idle), "QUIT-2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct findings findings = judge_session(cases[i].session);
        if (verdict_of(&findings, cases[i].requirement) != VERDICT_FAIL)
            printf("\n%s was not found\n", cases[i].requirement);
        CU_ASSERT_EQUAL(verdict_of(&findings, cases[i].requirement), VERDICT_FAIL);
        findings_free(&findings);
    }
}

/* Behind a gap the connection is read on, from where it can be: its end is judged again, and places
 * are those of the whole connection. */
static void test_read_on(void)
{
    static const char *const lines[] = {
        "C 220 c",  "S HELO a",     "C 250 c",  "S MAIL FROM:<a@b>", "C 250 ok", "S RSET",
        "C 250 ok", "S NOOP x\x01", "C 250 ok", "S MAIL FROM:<a@b>", "C 250 ok", "S."};
    struct built built = {.count = 0};
    static const struct session whole = SESSION(lines);
    build(&built, whole, 0, 0);
    struct lost lost = {6, 6}; /* MAIL */
    struct packets packets = write_packets(&built, is_lost, &lost, 0);
    struct findings findings = judge(&packets);
    CU_ASSERT_EQUAL(verdict_of(&findings, "QUIT-1"), VERDICT_FAIL);
    CU_ASSERT_EQUAL(verdict_of(&findings, "SEQ-3"), VERDICT_FAIL);
    for (size_t i = 0; i < findings.count; i++)
        if (strcmp(findings.at[i].requirement, "SEQ-3") == 0)
            CU_ASSERT_EQUAL(findings.at[i].offset, 14); /* "HELO a", "RSET", their CRLFs */
    findings_free(&findings);
    packets_free(&packets);
}

/* With the message at hand it is compared, unless it is another one; dots are clear then. */
static void test_messages(void)
{
    static const char *const lines[] = {"C 220 c",  "S HELO a",
                                        "C 250 c",  "S MAIL FROM:<a@b>",
                                        "C 250 ok", "S RCPT TO:<c@d>",
                                        "C 250 ok", "S DATA",
                                        "C 354 go", "S Subject: x||line one|..dotted|lime two|.",
                                        "C 250 ok", "S QUIT",
                                        "C 221 ok", "S.",
                                        "C."};
    static const struct {
        const char *message;
        enum verdict dots, octets;
    } cases[] = {
        {"Subject: x\r\n\r\nline one\r\n.dotted\r\nlime two\r\n", VERDICT_PASS, VERDICT_PASS},
        {"Subject: x\r\n\r\nline one\r\n..dotted\r\nlime two\r\n", VERDICT_FAIL, VERDICT_PASS},
        {"Subject: x\r\n\r\nline one\r\n.dotted\r\nline two\r\n", VERDICT_PASS, VERDICT_FAIL},
        {"Subject: x\r\n\r\nquite\r\nanother\r\nmessage\r\n", VERDICT_SKIP, VERDICT_SKIP},
    };
    struct built built = {.count = 0};
    static const struct session whole = SESSION(lines);
    build(&built, whole, 0, 0);
    struct packets packets = write_packets(&built, NULL, NULL, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct check_message message = {"message", octets_of(cases[i].message)};
        struct findings findings = judge_messages(&packets, &message, 1);
        CU_ASSERT_EQUAL(verdict_of(&findings, "BODY-3"), cases[i].dots);
        CU_ASSERT_EQUAL(verdict_of(&findings, "BODY-4"), cases[i].octets);
        findings_free(&findings);
    }
    packets_free(&packets);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"sound", test_sound},       {"losses", test_losses},
        {"parts", test_parts},       {"many losses", test_many_losses},
        {"unsound", test_unsound},   {"read on", test_read_on},
        {"messages", test_messages},
    };
    return unit_main("check_seen", tests, sizeof tests / sizeof *tests, argc, argv);
}
