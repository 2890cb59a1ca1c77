#include "harness/field.h"
#include "harness/field_capture.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/packets.h"
#include "tests/unit/unit.h"
#include "wire/random.h"

static void expect_text(char *found, const char *expected)
{
    if (found && strcmp(found, expected) != 0)
        printf("\nfound:\n%s\nexpected:\n%s\n", found, expected);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    CU_ASSERT_STRING_EQUAL(found, expected);
    free(found);
}

/* A session as it should be. */
static const struct segment session[] = {
    {.at = 0, .flags = "S"},
    {.at = 1000, .centre = true, .flags = "SA", .acknowledged = 1},
    {.at = 2000, .flags = "A", .sequence = 1, .acknowledged = 1},
    {.at = 3000,
     .centre = true,
     .flags = "A",
     .sequence = 1,
     .acknowledged = 1,
     .text = "220 x\r\n"},
    {.at = 4000, .flags = "A", .sequence = 1, .acknowledged = 8},
    {.at = 5000, .flags = "A", .sequence = 1, .acknowledged = 8, .text = "HELO a\r\n"},
    {.at = 6000,
     .centre = true,
     .flags = "A",
     .sequence = 8,
     .acknowledged = 9,
     .text = "250 y\r\n"},
    {.at = 7000, .flags = "A", .sequence = 9, .acknowledged = 15, .text = "QUIT\r\n"},
    {.at = 8000,
     .centre = true,
     .flags = "A",
     .sequence = 15,
     .acknowledged = 15,
     .text = "221 z\r\n"},
    {.at = 9000, .centre = true, .flags = "FA", .sequence = 22, .acknowledged = 15},
    {.at = 10000, .flags = "FA", .sequence = 15, .acknowledged = 23},
    {.at = 11000, .centre = true, .flags = "A", .sequence = 23, .acknowledged = 16},
};
enum { SESSION = sizeof session / sizeof *session };

static const char session_events[] = "3 C 220 x\\r\\n\n5 S HELO a\\r\\n\n6 C 250 y\\r\\n\n"
                                     "7 S QUIT\\r\\n\n8 C 221 z\\r\\n\n9 C fin\n10 S fin\n";

static void build(struct packets *packets, const struct segment *segments, size_t count)
{
    packets_begin(packets, PACKET_ETHERNET, false);
    for (size_t i = 0; i < count; i++)
        packets_add(packets, &segments[i]);
    packets_end(packets);
}

static void expect_told(const struct segment *segments, size_t count, const char *expected)
{
    struct packets packets;
    build(&packets, segments, count);
    expect_text(packets_told(&packets, NULL), expected);
    packets_free(&packets);
}

#define EXPECT_TOLD(segments, expected)                                                            \
    expect_told(segments, sizeof(segments) / sizeof *(segments), expected)

static void test_links(void)
{
    static const enum packet_link links[] = {PACKET_NULL, PACKET_ETHERNET, PACKET_RAW,
                                             PACKET_COOKED, PACKET_COOKED_2};
    char expected[1024];
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        for (unsigned tags = 0; tags < 3; tags++)
            for (int ipv6 = 0; ipv6 < 2; ipv6++) {
                struct packets packets;
                packets_begin(&packets, links[i], ipv6);
                packets.vlan_tags = tags;
                for (size_t j = 0; j < SESSION; j++)
                    packets_add(&packets, &session[j]);
                packets_end(&packets);
                snprintf(expected, sizeof expected, "1 answered after 1 %s ended\n%s",
                         ipv6 ? "[2001:db8::1]:40000 [2001:db8::2]:25"
                              : "192.0.2.1:40000 192.0.2.2:25",
                         session_events);
                expect_text(packets_told(&packets, NULL), expected);
                packets_free(&packets);
            }
}

/* Places in sequence numbers are the same wherever they begin, over the end of 32 bits too. */
static void test_wrap(void)
{
    static const uint32_t firsts[] = {0, 1, 0x7ffffff0, 0xfffffff0, 0xfffffffe, 0xffffffff};
    char expected[1024];
    snprintf(expected, sizeof expected, "1 answered after 1 192.0.2.1:40000 192.0.2.2:25 ended\n%s",
             session_events);
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
        for (size_t j = 0; j < sizeof firsts / sizeof *firsts; j++) {
            struct packets packets;
            packets_begin(&packets, PACKET_RAW, false);
            for (size_t k = 0; k < SESSION; k++)
                packets_add_based(&packets, &session[k], firsts[i], firsts[j]);
            packets_end(&packets);
            expect_text(packets_told(&packets, NULL), expected);
            packets_free(&packets);
        }
}

/* Each packet twice, and each once more at the end: as if nothing had been. */
static void test_duplicates(void)
{
    char expected[1024];
    struct packets packets;
    snprintf(expected, sizeof expected, "1 answered after 1 192.0.2.1:40000 192.0.2.2:25 ended\n%s",
             session_events);
    packets_begin(&packets, PACKET_COOKED_2, false);
    for (size_t i = 0; i < SESSION; i++) {
        packets_add(&packets, &session[i]);
        packets_add(&packets, &session[i]);
    }
    for (size_t i = 0; i < SESSION; i++) {
        struct segment late = session[i];
        late.at = 12000;
        packets_add(&packets, &late);
    }
    packets_end(&packets);
    expect_text(packets_told(&packets, NULL), expected);
    packets_free(&packets);
}

/* Segments of a stream: "abc", "def", … */
enum { PARTS = 6, PART = 3 };
static const char letters[] = "abcdefghijklmnopqr";

static void add_part(struct packets *packets, int part, usec at)
{
    char text[PART + 1] = "";
    memcpy(text, letters + PART * part, PART);
    packets_add(packets, &(struct segment){.at = at,
                                           .flags = "A",
                                           .sequence = (uint32_t)(1 + PART * part),
                                           .acknowledged = 1,
                                           .text = text});
}

static void begin_parts(struct packets *packets)
{
    packets_begin(packets, PACKET_RAW, false);
    for (int i = 0; i < 3; i++)
        packets_add(packets, &session[i]);
}

/* The next permutation in the order of dictionaries; false behind the last. */
static bool permute(int *order, int count)
{
    int i = count - 2, j = count - 1;
    while (i >= 0 && order[i] > order[i + 1])
        i--;
    if (i < 0)
        return false;
    while (order[j] < order[i])
        j--;
    int kept = order[i];
    order[i] = order[j];
    order[j] = kept;
    for (int low = i + 1, high = count - 1; low < high; low++, high--) {
        kept = order[low];
        order[low] = order[high];
        order[high] = kept;
    }
    return true;
}

/* Every order of all parts but `lost` (-1: none), each part `copies` times. */
static void try_orders(int lost, int copies, const char *expected)
{
    int order[PARTS] = {0, 1, 2, 3, 4, 5};
    do {
        struct packets packets;
        begin_parts(&packets);
        for (int copy = 0; copy < copies; copy++)
            for (int i = 0; i < PARTS; i++)
                if (order[i] != lost)
                    add_part(&packets, order[i], 10000 + i);
        /* The centre has it all: what is not in the file was on the wire. */
        packets_add(&packets, &(struct segment){.at = 20000,
                                                .centre = true,
                                                .flags = "A",
                                                .sequence = 1,
                                                .acknowledged = 1 + PARTS * PART});
        packets_end(&packets);
        char *found = packets_stream(&packets, false);
        CU_ASSERT_PTR_NOT_NULL_FATAL(found);
        if (strcmp(found, expected) != 0)
            printf("\n%s, expected %s\n", found, expected);
        CU_ASSERT_STRING_EQUAL(found, expected);
        free(found);
        packets_free(&packets);
    } while (permute(order, PARTS));
}

static void test_every_order(void)
{
    try_orders(-1, 1, letters);
    try_orders(-1, 2, letters);
}

static void test_every_loss(void)
{
    for (int lost = 0; lost < PARTS; lost++) {
        char expected[64];
        snprintf(expected, sizeof expected, "%.*s<3>%s", lost * PART, letters,
                 letters + (lost + 1) * PART);
        try_orders(lost, 1, expected);
        try_orders(lost, 2, expected);
    }
}

/* Lost before the file saw it, and sent again: it is there, and late. */
static void test_retransmitted(void)
{
    static const struct segment segments[] = {
        {.at = 0, .flags = "S"},
        {.at = 1000, .centre = true, .flags = "SA", .acknowledged = 1},
        {.at = 2000, .flags = "A", .sequence = 1, .acknowledged = 1, .text = "HELO"},
        {.at = 4000, .flags = "A", .sequence = 7, .acknowledged = 1, .text = "\r\n"},
        {.at = 300000, .flags = "A", .sequence = 5, .acknowledged = 1, .text = " x"},
        {.at = 300000, .flags = "A", .sequence = 1, .acknowledged = 1, .text = "HELO x\r\n"},
    };
    EXPECT_TOLD(segments, "1 answered after 1 192.0.2.1:40000 192.0.2.2:25\n"
                          "2 S HELO\n300 S  x\n300 S \\r\\n\n");
}

/* Of what differs, the first counts. */
static void test_overlap(void)
{
    static const struct segment segments[] = {
        {.at = 0, .flags = "S"},
        {.at = 1000, .centre = true, .flags = "SA", .acknowledged = 1},
        {.at = 2000, .flags = "A", .sequence = 5, .acknowledged = 1, .text = "5678"},
        {.at = 3000, .flags = "A", .sequence = 3, .acknowledged = 1, .text = "cdefgh"},
        {.at = 4000, .flags = "A", .sequence = 1, .acknowledged = 1, .text = "ABCDEFGHIJ"},
        {.at = 5000, .flags = "A", .sequence = 1, .acknowledged = 1, .text = "----------"},
    };
    EXPECT_TOLD(segments, "1 answered after 1 192.0.2.1:40000 192.0.2.2:25\n"
                          "4 S AB\n4 S cd\n4 S 5678\n4 S IJ\n");
}

static void test_snap_length(void)
{
    struct packets packets;
    packets_begin(&packets, PACKET_RAW, false);
    packets.snap = 44; /* four octets of payload */
    for (size_t i = 0; i < SESSION; i++)
        packets_add(&packets, &session[i]);
    packets_end(&packets);
    expect_text(packets_told(&packets, NULL),
                "1 answered after 1 192.0.2.1:40000 192.0.2.2:25 ended\n"
                "3 C 220 \n3 C gap 3\n5 S HELO\n5 S gap 4\n6 C 250 \n6 C gap 3\n7 S QUIT\n"
                "7 S gap 2\n8 C 221 \n8 C gap 3\n9 C fin\n10 S fin\n"
                "note: 5 packets were cut at the snap length (the shortest at 44 octets): what is "
                "missing is told as gaps\n");
    packets_free(&packets);
}

/* Probes of one old octet, and of none; the window. */
static void test_keep_alive_and_window(void)
{
    static const struct segment segments[] = {
        {.at = 0, .flags = "S"},
        {.at = 1000, .centre = true, .flags = "SA", .acknowledged = 1, .closed = true},
        {.at = 2000, .flags = "A", .sequence = 1, .acknowledged = 1, .text = "abc"},
        {.at = 3000,
         .centre = true,
         .flags = "A",
         .sequence = 1,
         .acknowledged = 4,
         .closed = true},
        {.at = 4000, .flags = "A", .sequence = 3, .acknowledged = 1, .text = "?"},
        {.at = 5000,
         .centre = true,
         .flags = "A",
         .sequence = 1,
         .acknowledged = 4,
         .closed = true},
        {.at = 6000, .flags = "A", .sequence = 3, .acknowledged = 1},
        {.at = 7000, .centre = true, .flags = "A", .sequence = 1, .acknowledged = 4},
        {.at = 8000, .flags = "A", .sequence = 4, .acknowledged = 1, .text = "d"},
    };
    EXPECT_TOLD(segments, "1 answered after 1 192.0.2.1:40000 192.0.2.2:25\n"
                          "2 S abc\n3 C closed\n7 C open\n8 S d\n");
}

static void test_connects(void)
{
    static const struct segment segments[] = {
        {.at = 0, .flags = "S", .port = 1},
        {.at = 1000, .centre = true, .flags = "RA", .acknowledged = 1, .port = 1},
        {.at = 2000, .flags = "S", .port = 2},
        {.at = 2001, .flags = "S", .port = 2}, /* the same packet, seen twice */
        {.at = 1002000, .flags = "S", .port = 2},
        {.at = 3002000, .flags = "S", .port = 2},
        {.at = 3003000, .flags = "S", .port = 3},
        {.at = 4003000, .flags = "S", .port = 3},
        {.at = 4005000, .centre = true, .flags = "SA", .acknowledged = 1, .port = 3},
        {.at = 80000000, .flags = "S", .port = 4},
    };
    EXPECT_TOLD(segments, "1 refused after 1 192.0.2.1:1 192.0.2.2:25 ended\n1 C rst\n"
                          "2 unanswered asked 3 times to 3000 192.0.2.1:2 192.0.2.2:25 ended\n"
                          "3 answered after 1002 asked 2 times to 1000 192.0.2.1:3 192.0.2.2:25\n"
                          "4 unanswered 192.0.2.1:4 192.0.2.2:25\n");
}

static void test_ends(void)
{
    static const struct segment reset[] = {
        {.at = 0, .flags = "S"},
        {.at = 1000, .centre = true, .flags = "SA", .acknowledged = 1},
        {.at = 2000, .flags = "A", .sequence = 1, .acknowledged = 1},
        {.at = 3000, .centre = true, .flags = "RA", .sequence = 1, .acknowledged = 1},
    };
    static const struct segment half[] = {
        {.at = 0, .flags = "S"},
        {.at = 1000, .centre = true, .flags = "SA", .acknowledged = 1},
        {.at = 2000,
         .centre = true,
         .flags = "FA",
         .sequence = 1,
         .acknowledged = 1,
         .text = "220 x"},
        {.at = 9000000, .flags = "A", .sequence = 1, .acknowledged = 7, .text = "HELO"},
        {.at = 9001000, .centre = true, .flags = "A", .sequence = 7, .acknowledged = 5},
    };
    /* The sender's FIN is not in the file, but its acknowledgement is. */
    static const struct segment lost_fin[] = {
        {.at = 0, .flags = "S"},
        {.at = 1000, .centre = true, .flags = "SA", .acknowledged = 1},
        {.at = 2000, .flags = "A", .sequence = 1, .acknowledged = 1, .text = "QUIT"},
        {.at = 3000, .centre = true, .flags = "A", .sequence = 1, .acknowledged = 5},
        {.at = 4000, .centre = true, .flags = "FA", .sequence = 1, .acknowledged = 6},
    };
    EXPECT_TOLD(reset, "1 answered after 1 192.0.2.1:40000 192.0.2.2:25 ended\n3 C rst\n");
    EXPECT_TOLD(half, "1 answered after 1 192.0.2.1:40000 192.0.2.2:25\n"
                      "2 C 220 x\n2 C fin\n9000 S HELO\n");
    EXPECT_TOLD(lost_fin, "1 answered after 1 192.0.2.1:40000 192.0.2.2:25 ended\n"
                          "2 S QUIT\n4 S fin\n4 C fin\n");
}

/* The same ports anew, behind an end that is in the file and behind one that is not. */
static void test_port_reuse(void)
{
    struct packets packets;
    packets_begin(&packets, PACKET_RAW, false);
    for (size_t run = 0; run < 3; run++)
        for (size_t i = 0; i < (run == 1 ? 4 : SESSION); i++) {
            struct segment segment = session[i];
            segment.at += (usec)run * 100000;
            packets_add_based(&packets, &segment, 100 + (uint32_t)run, 7000 + (uint32_t)run);
        }
    packets_end(&packets);
    char expected[2048];
    snprintf(expected, sizeof expected,
             "1 answered after 1 192.0.2.1:40000 192.0.2.2:25 ended\n%s"
             "2 answered after 1 192.0.2.1:40000 192.0.2.2:25\n3 C 220 x\\r\\n\n"
             "3 answered after 1 192.0.2.1:40000 192.0.2.2:25 ended\n%s",
             session_events, session_events);
    expect_text(packets_told(&packets, NULL), expected);
    packets_free(&packets);
}

/* The file begins in the middle: who is the centre shows by the replies, even where its port is the
 * higher one. Of a connection of which nothing but its farewell is there, nothing is told. */
static void test_under_way(void)
{
    static const struct segment farewell[] = {
        {.at = 0, .flags = "FA", .sequence = 15, .acknowledged = 23},
        {.at = 1000, .centre = true, .flags = "A", .sequence = 23, .acknowledged = 16},
        {.at = 2000, .flags = "A", .sequence = 15, .acknowledged = 23, .text = "?"},
    };
    struct packets packets;
    packets_begin(&packets, PACKET_RAW, false);
    for (size_t i = 5; i < SESSION; i++) {
        struct segment segment = session[i];
        segment.port = 3;
        packets_add(&packets, &segment);
    }
    packets_end(&packets);
    expect_text(packets_told(&packets, NULL),
                "1 under way 192.0.2.1:3 192.0.2.2:25 ended\n0 S HELO a\\r\\n\n1 C 250 y\\r\\n\n"
                "2 S QUIT\\r\\n\n3 C 221 z\\r\\n\n4 C fin\n5 S fin\n");
    packets_free(&packets);
    EXPECT_TOLD(farewell, "note: no TCP connection is in it (of 3 packets)\n");
}

/* Only one end's packets are in the file: of the other one it is known how much it said, and when
 * at the latest. */
static void test_one_direction(void)
{
    static const char *const expected[] = {
        "1 answered 192.0.2.1:40000 192.0.2.2:25\n0 C gap 0\n4 C gap 7\n5 S HELO a\\r\\n\n7 C gap 7\n"
        "7 S QUIT\\r\\n\n10 C gap 8\n10 S fin\n",
        "1 answered 192.0.2.1:40000 192.0.2.2:25 ended\n2 C 220 x\\r\\n\n5 S gap 8\n"
        "5 C 250 y\\r\\n\n7 S gap 6\n7 C 221 z\\r\\n\n8 C fin\n10 S fin\n"};
    for (int centre = 0; centre < 2; centre++) {
        struct packets packets;
        packets_begin(&packets, PACKET_RAW, false);
        for (size_t i = 0; i < SESSION; i++)
            if (session[i].centre == centre)
                packets_add(&packets, &session[i]);
        packets_end(&packets);
        expect_text(packets_told(&packets, NULL), expected[centre]);
        packets_free(&packets);
    }
}

static void test_choice(void)
{
    static const uint32_t second = 2;
    static const int64_t day = 1700000000 * (int64_t)USEC_PER_SEC;
    const struct {
        struct field_choice choice;
        const char *numbers;
    } cases[] = {
        {{0}, "123"},
        {{.connections = &second, .connection_count = 1}, "2"},
        {{.host = "192.0.2.1"}, "123"},
        {{.host = "192.0.2.3"}, ""},
        {{.port = 25}, "123"},
        {{.port = 1}, ""}, /* the sender's, not the centre's */
        {{.from = day + 1000}, "23"},
        {{.until = day + 1000}, "12"},
        {{.from = day + 1000, .until = day + 1000}, "2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct packets packets;
        packets_begin(&packets, PACKET_RAW, false);
        for (uint16_t port = 1; port <= 3; port++)
            packets_add(&packets,
                        &(struct segment){.at = 1000 * (port - 1), .flags = "S", .port = port});
        packets_end(&packets);
        char *found = packets_told(&packets, &cases[i].choice), numbers[4] = "";
        size_t count = 0;
        for (char *line = strtok(found, "\n"); line && count < 3; line = strtok(NULL, "\n"))
            numbers[count++] = line[0];
        CU_ASSERT_STRING_EQUAL(numbers, cases[i].numbers);
        free(found);
        packets_free(&packets);
    }
}

/* A later part of a packet is no segment: what it holds is missing, and that is told. */
static void test_fragments(void)
{
    struct packets packets;
    struct buf packet = BUF_INIT(0);
    packets_begin(&packets, PACKET_RAW, false);
    for (size_t i = 0; i < 4; i++)
        packets_add(&packets, &session[i]);
    buf_append(&packet, OCTETS("\x45\0\0\x20\0\0\0\x03\x40\x06\0\0\xc0\0\x02\x01\xc0\0\x02\x02"));
    buf_append(&packet, OCTETS("HELO no port"));
    packets_add_raw(&packets, 4000, buf_octets(&packet), packet.count);
    packets_add(&packets, &session[6]);
    packets_end(&packets);
    buf_free(&packet);
    expect_text(packets_told(&packets, NULL),
                "1 answered after 1 192.0.2.1:40000 192.0.2.2:25\n3 C 220 x\\r\\n\n6 S gap 8\n"
                "6 C 250 y\\r\\n\nnote: 1 part of fragmented IP packets left out: a gap each\n");
    packets_free(&packets);
}

/* Cut anywhere, what is before still counts; without one packet it is refused. */
static void test_broken_off(void)
{
    struct packets packets;
    build(&packets, session, SESSION);
    size_t whole = packets.count, refused = 0, noted = 0;
    for (packets.count = 0; packets.count < whole; packets.count++) {
        struct packets cut = packets;
        char *found = packets.count > 0 ? packets_told(&cut, NULL) : NULL;
        refused += !found;
        noted += found && strstr(found, "breaks off");
        CU_ASSERT(!found || !strstr(found, "ended") || packets.count > whole - 200);
        free(found);
    }
    /* 24 octets of header; then a packet is cut, but for those places where none is. */
    CU_ASSERT_EQUAL(refused, 24 + 16 + 54 - 1);
    CU_ASSERT_EQUAL(noted, whole - 24 - 16 - 54 - (SESSION - 1));
    packets.count = whole;
    packets_free(&packets);
}

static void test_refused(void)
{
    struct packets packets;
    struct problem problem = {""};
    const struct field_choice all = {0};
    const struct field_sink sink = {0};
    build(&packets, session, SESSION);
    packets.octets[20] = 105; /* IEEE802_11 */
    FILE *stream = fmemopen(packets.octets, packets.count, "rb");
    CU_ASSERT_FALSE(field_read_capture_stream(stream, "radio.pcap", &all, &sink, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "radio.pcap: a capture of link type 105"));
    packets_free(&packets);
    CU_ASSERT_FALSE(field_read_capture("/nowhere/x.pcap", &all, &sink, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/nowhere/x.pcap"));
}

/* The octets told are those that were sent, wherever they are told, and gaps stand for the rest. */
static bool is_stream(const char *found, const char *sent)
{
    while (*found) {
        unsigned long missing;
        int count = 0;
        if (sscanf(found, "<%lu>%n", &missing, &count) == 1 && count > 0) {
            if (missing > strlen(sent))
                return false;
            sent += missing;
            found += count;
        } else if (*found++ != *sent++) {
            return false;
        }
    }
    return true; /* what is behind its last packet nobody knows of */
}

/* One packet in ten lost, moved, doubled or cut. */
static void test_damage(void)
{
    enum { LENGTH = 2000 };
    char sent[LENGTH + 1] = "";
    for (int i = 0; i < LENGTH; i++)
        sent[i] = (char)('a' + i * 7 % 26);
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct random random = random_seeded(seed, 0);
        struct packets packets;
        char part[64], *found;
        begin_parts(&packets);
        for (uint32_t at = 0, count; at < LENGTH; at += count) {
            count = 1 + (uint32_t)random_below(&random, 40);
            if (count > LENGTH - at)
                count = LENGTH - at;
            uint64_t fate = random_below(&random, 40);
            /* Moved: an earlier or later place in the file, by its own length. */
            uint32_t place = fate == 1 && at >= count ? at - count : at;
            memcpy(part, sent + place, count);
            part[count] = '\0';
            const struct segment segment = {.at = 10000 + at,
                                            .flags = "A",
                                            .sequence = 1 + place,
                                            .acknowledged = 1,
                                            .text = part};
            packets.snap = fate == 3 ? 40 + (unsigned)random_below(&random, count) : 0;
            for (int copies = fate == 0 ? 0 : fate == 2 ? 2 : 1; copies > 0; copies--)
                packets_add(&packets, &segment);
        }
        packets_end(&packets);
        found = packets_stream(&packets, false);
        CU_ASSERT_PTR_NOT_NULL_FATAL(found);
        CU_ASSERT(is_stream(found, sent));
        free(found);
        packets_free(&packets);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"link layers", test_links},
        {"sequence numbers wrap around", test_wrap},
        {"duplicates", test_duplicates},
        {"every order", test_every_order},
        {"every loss", test_every_loss},
        {"sent again", test_retransmitted},
        {"overlap", test_overlap},
        {"snap length", test_snap_length},
        {"keep-alive and window", test_keep_alive_and_window},
        {"connects", test_connects},
        {"ends", test_ends},
        {"port reuse", test_port_reuse},
        {"under way", test_under_way},
        {"one direction", test_one_direction},
        {"choice", test_choice},
        {"fragments", test_fragments},
        {"broken off", test_broken_off},
        {"refused", test_refused},
        {"damage", test_damage},
    };
    return unit_main("field_capture", tests, sizeof tests / sizeof *tests, argc, argv);
}
