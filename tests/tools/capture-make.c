/* Makes a large capture: SMTP sessions, many of them open at once.
 *
 *     capture-make FILE CONNECTIONS MEGABYTES [OPEN]
 *
 * Each connection sends one message; together the file comes to about so many megabytes. OPEN (200)
 * are open at the same time. One packet in 1000 is lost, one in 1000 stands in the file twice. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/random.h"

enum { PAYLOAD = 1448, FRAME = 14 + 20 + 20, WORDS = 64, ENDS = 60000 };

struct session {
    uint32_t number;
    unsigned step;
    size_t body_left;
    uint32_t sequence[2];
};

struct maker {
    pcap_dumper_t *dumper;
    struct random random;
    uint64_t now, packets;
    size_t body;
};

static void put_16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put_32(uint8_t *at, uint32_t value)
{
    put_16(at, value >> 16);
    put_16(at + 2, value & 0xffff);
}

/* One frame of Ethernet, IPv4 and TCP. */
static void put(struct maker *maker, struct session *session, int centre, unsigned flags,
                const void *octets, size_t count)
{
    uint8_t frame[FRAME + PAYLOAD] = {0};
    uint32_t host = 0x0a000000 + session->number / ENDS;
    unsigned port = 1024 + session->number % ENDS;
    put_16(frame + 12, 0x0800);
    frame[14] = 0x45;
    put_16(frame + 16, (unsigned)(40 + count));
    frame[22] = 64;
    frame[23] = 6;
    put_32(frame + 26, centre ? 0xc0000201 : host);
    put_32(frame + 30, centre ? host : 0xc0000201);
    put_16(frame + 34, centre ? 25 : port);
    put_16(frame + 36, centre ? port : 25);
    put_32(frame + 38, session->sequence[centre]);
    put_32(frame + 42, session->sequence[!centre]);
    frame[46] = 0x50;
    frame[47] = (uint8_t)flags;
    put_16(frame + 48, 0xffff);
    memcpy(frame + FRAME, octets, count);
    session->sequence[centre] += (uint32_t)count + ((flags & 3) != 0);
    maker->now += 10;
    maker->packets++;
    struct pcap_pkthdr header = {.caplen = (uint32_t)(FRAME + count),
                                 .len = (uint32_t)(FRAME + count)};
    header.ts.tv_sec = (time_t)(1700000000 + maker->now / 1000000);
    header.ts.tv_usec = (suseconds_t)(maker->now % 1000000);
    uint64_t fate = random_below(&maker->random, 1000);
    for (int copies = fate == 0 ? 0 : fate == 1 ? 2 : 1; copies > 0; copies--)
        pcap_dump((u_char *)maker->dumper, &header, frame);
}

static void say(struct maker *maker, struct session *session, int centre, const char *text)
{
    put(maker, session, centre, 0x18, text, strlen(text));
}

/* The next packet of a session; 0 when it is over. */
static int advance(struct maker *maker, struct session *session)
{
    static const char *const dialogue[] = {"220 c\r\n",           "HELO a\r\n", "250 c\r\n",
                                           "MAIL FROM:<a@b>\r\n", "250 ok\r\n", "RCPT TO:<c@d>\r\n",
                                           "250 ok\r\n",          "DATA\r\n",   "354 go\r\n"};
    static const char *const farewell[] = {"250 kept\r\n", "QUIT\r\n", "221 bye\r\n"};
    char line[PAYLOAD];
    unsigned step = session->step++;
    if (step == 0)
        put(maker, session, 0, 0x02, "", 0);
    else if (step == 1)
        put(maker, session, 1, 0x12, "", 0);
    else if (step < 11)
        say(maker, session, step % 2 == 0, dialogue[step - 2]);
    else if (session->body_left > 0) {
        size_t count = session->body_left < PAYLOAD ? session->body_left : PAYLOAD;
        for (size_t i = 0; i < count; i++)
            line[i] = (char)(i % WORDS == WORDS - 2   ? '\r'
                             : i % WORDS == WORDS - 1 ? '\n'
                                                      : 'a' + (int)(i % 26));
        put(maker, session, 0, 0x10, line, count);
        session->body_left -= count;
        session->step--;
    } else if (step == 11)
        say(maker, session, 0, "\r\n.\r\n");
    else if (step < 15)
        say(maker, session, step % 2 == 0, farewell[step - 12]);
    else
        put(maker, session, step == 15, 0x11, "", 0);
    return step < 16;
}

static void begin(const struct maker *maker, struct session *session, uint32_t number)
{
    *session = (struct session){
        .number = number, .body_left = maker->body, .sequence = {number * 7919u, number * 104729u}};
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("capture-make FILE CONNECTIONS MEGABYTES [OPEN]\n", stderr);
        return 2;
    }
    uint32_t connections = (uint32_t)strtoul(argv[2], NULL, 10), begun = 0;
    size_t megabytes = strtoul(argv[3], NULL, 10),
           open = argc > 4 ? strtoul(argv[4], NULL, 10) : 200;
    size_t each = megabytes * 1000000 / (connections ? connections : 1), overhead = 17 * 80;
    pcap_t *pcap = pcap_open_dead(DLT_EN10MB, 65535);
    struct maker maker = {.random = random_seeded(1, 0),
                          .body = each > overhead ? each - overhead : 0};
    struct session *sessions = calloc(open + 1, sizeof *sessions);
    maker.dumper = pcap && sessions ? pcap_dump_open(pcap, argv[1]) : NULL;
    if (!maker.dumper) {
        fprintf(stderr, "%s: %s\n", argv[1], pcap ? pcap_geterr(pcap) : "no memory");
        return 1;
    }
    size_t alive = 0;
    while (alive < open && begun < connections)
        begin(&maker, &sessions[alive++], begun++);
    while (alive > 0) {
        size_t at = random_below(&maker.random, alive);
        if (advance(&maker, &sessions[at]))
            continue;
        if (begun < connections)
            begin(&maker, &sessions[at], begun++);
        else
            sessions[at] = sessions[--alive];
    }
    pcap_dump_close(maker.dumper);
    pcap_close(pcap);
    free(sessions);
    printf("%u connections, %llu packets\n", begun, (unsigned long long)maker.packets);
    return 0;
}
