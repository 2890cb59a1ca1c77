#include "tests/unit/packets.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/field_capture.h"

static int link_type(enum packet_link link)
{
    switch (link) {
    case PACKET_NULL:
        return DLT_NULL;
    case PACKET_ETHERNET:
        return DLT_EN10MB;
    case PACKET_RAW:
        return DLT_RAW;
    case PACKET_COOKED:
        return DLT_LINUX_SLL;
    case PACKET_COOKED_2:
        return DLT_LINUX_SLL2;
    }
    return -1;
}

void packets_begin(struct packets *packets, enum packet_link link, bool ipv6)
{
    *packets = (struct packets){.link = link, .ipv6 = ipv6};
    packets->pcap = pcap_open_dead(link_type(link), 262144);
    packets->stream = open_memstream(&packets->octets, &packets->count);
    packets->dumper = pcap_dump_fopen(packets->pcap, packets->stream);
}

void packets_end(struct packets *packets)
{
    pcap_dump_close(packets->dumper);
    pcap_close(packets->pcap);
    packets->dumper = packets->pcap = NULL;
}

void packets_free(struct packets *packets)
{
    free(packets->octets);
    *packets = (struct packets){0};
}

static void put_16(struct buf *buf, unsigned value)
{
    buf_append_octet(buf, (uint8_t)(value >> 8));
    buf_append_octet(buf, (uint8_t)value);
}

static void put_32(struct buf *buf, uint32_t value)
{
    put_16(buf, value >> 16);
    put_16(buf, value & 0xffff);
}

static void put_zeros(struct buf *buf, size_t count)
{
    while (count-- > 0)
        buf_append_octet(buf, 0);
}

static void put_link(struct buf *buf, const struct packets *packets)
{
    unsigned type = packets->ipv6 ? 0x86dd : 0x0800;
    switch (packets->link) {
    case PACKET_NULL:
        buf_append(buf, OCTETS("\x02\0\0\0"));
        return;
    case PACKET_RAW:
        return;
    case PACKET_ETHERNET:
        put_zeros(buf, 12);
        for (unsigned tag = packets->vlan_tags; tag > 0; tag--) {
            put_16(buf, tag > 1 ? 0x88a8 : 0x8100);
            put_16(buf, 100 + tag);
        }
        put_16(buf, type);
        return;
    case PACKET_COOKED:
        put_zeros(buf, 14);
        put_16(buf, type);
        return;
    case PACKET_COOKED_2:
        put_16(buf, type);
        put_zeros(buf, 18);
        return;
    }
}

static void put_ip(struct buf *buf, bool ipv6, bool centre, size_t length)
{
    if (ipv6) {
        put_32(buf, 0x60000000);
        put_16(buf, (unsigned)length + 8);
        put_16(buf, 0x0040); /* hop-by-hop options come first */
        for (int i = 0; i < 2; i++) {
            buf_append(buf, OCTETS("\x20\x01\x0d\xb8"));
            put_zeros(buf, 11);
            buf_append_octet(buf, centre == (i == 0) ? 2 : 1);
        }
        buf_append(buf, OCTETS("\x06\0\x01\x04\0\0\0\0"));
        return;
    }
    put_16(buf, 0x4500);
    put_16(buf, (unsigned)length + 20);
    put_32(buf, 0);
    put_16(buf, 0x4006);
    put_16(buf, 0); /* checksum: nobody looks */
    for (int i = 0; i < 2; i++) {
        buf_append(buf, OCTETS("\xc0\x00\x02"));
        buf_append_octet(buf, centre == (i == 0) ? 2 : 1);
    }
}

void packets_add_raw(struct packets *packets, usec at, struct octets octets, size_t length)
{
    static const int64_t day = 1700000000;
    struct pcap_pkthdr header = {.caplen = (uint32_t)octets.count, .len = (uint32_t)length};
    header.ts.tv_sec = day + at / USEC_PER_SEC;
    header.ts.tv_usec = at % USEC_PER_SEC;
    pcap_dump(packets->dumper, &header, octets.at);
}

void packets_add_based(struct packets *packets, const struct segment *segment,
                       uint32_t sender_first, uint32_t centre_first)
{
    struct buf buf = BUF_INIT(0);
    size_t count = segment->text ? strlen(segment->text) : 0;
    unsigned port = segment->port ? segment->port : 40000, flags = 0;
    for (const char *flag = segment->flags; flag && *flag; flag++)
        flags |= *flag == 'F' ? 1 : *flag == 'S' ? 2 : *flag == 'R' ? 4 : 16;
    put_link(&buf, packets);
    put_ip(&buf, packets->ipv6, segment->centre, 20 + count);
    put_16(&buf, segment->centre ? 25 : port);
    put_16(&buf, segment->centre ? port : 25);
    put_32(&buf, segment->sequence + (segment->centre ? centre_first : sender_first));
    put_32(&buf, segment->acknowledged + (segment->centre ? sender_first : centre_first));
    put_16(&buf, 0x5000 | flags);
    put_16(&buf, segment->closed ? 0 : 1000);
    put_32(&buf, 0);
    if (segment->text)
        buf_append_string(&buf, segment->text);
    struct octets octets = buf_octets(&buf);
    if (packets->snap > 0 && octets.count > packets->snap)
        octets.count = packets->snap;
    packets_add_raw(packets, segment->at, octets, buf.count);
    buf_free(&buf);
}

void packets_add(struct packets *packets, const struct segment *segment)
{
    packets_add_based(packets, segment, SENDER_FIRST, CENTRE_FIRST);
}

/* What was told. */

static void put_escaped(struct buf *buf, struct octets octets)
{
    for (size_t i = 0; i < octets.count; i++) {
        uint8_t octet = octets.at[i];
        if (octet == '\r' || octet == '\n')
            buf_append_string(buf, octet == '\r' ? "\\r" : "\\n");
        else
            buf_append_octet(buf, octet);
    }
}

static void put_event(struct buf *buf, const struct field_event *event)
{
    buf_format(buf, "%lld %c ", (long long)(event->at / USEC_PER_MSEC),
               event->end == FIELD_CENTRE ? 'C' : 'S');
    switch (event->kind) {
    case FIELD_OCTETS:
        put_escaped(buf, event->octets);
        break;
    case FIELD_GAP:
        buf_format(buf, "gap %llu", (unsigned long long)event->missing);
        break;
    case FIELD_FIN:
        buf_append_string(buf, "fin");
        break;
    case FIELD_RST:
        buf_append_string(buf, "rst");
        break;
    case FIELD_CLOSED_WINDOW:
        buf_append_string(buf, "closed");
        break;
    case FIELD_OPEN_WINDOW:
        buf_append_string(buf, "open");
        break;
    }
    buf_append_octet(buf, '\n');
}

static bool put_connection(void *owner, const struct field_connection *connection)
{
    static const char *const beginnings[] = {[FIELD_ANSWERED] = "answered",
                                             [FIELD_UNDER_WAY] = "under way",
                                             [FIELD_REFUSED] = "refused",
                                             [FIELD_UNANSWERED] = "unanswered"};
    struct buf *buf = owner;
    buf_format(buf, "%u %s", connection->number, beginnings[connection->beginning]);
    if (connection->answered)
        buf_format(buf, " after %lld", (long long)(connection->answered / USEC_PER_MSEC));
    if (connection->asks > 1)
        buf_format(buf, " asked %u times to %lld", connection->asks,
                   (long long)(connection->asked_last / USEC_PER_MSEC));
    buf_format(buf, " %s %s%s\n", connection->sender, connection->centre,
               connection->ended ? " ended" : "");
    for (size_t i = 0; i < connection->event_count; i++)
        put_event(buf, &connection->events[i]);
    return true;
}

static void put_note(void *owner, const char *text)
{
    buf_format(owner, "note: %s\n", text);
}

static bool read_all(const struct packets *packets, const struct field_choice *choice,
                     const struct field_sink *sink)
{
    FILE *stream = fmemopen(packets->octets, packets->count, "rb");
    return stream && field_read_capture_stream(stream, "test", choice, sink, NULL);
}

char *packets_told(const struct packets *packets, const struct field_choice *choice)
{
    static const struct field_choice all = {0};
    struct buf buf = BUF_INIT(0);
    const struct field_sink sink = {put_connection, put_note, &buf};
    if (!read_all(packets, choice ? choice : &all, &sink)) {
        buf_free(&buf);
        return NULL;
    }
    buf_append_octet(&buf, '\0');
    return (char *)buf.at;
}

struct stream_of {
    struct buf buf;
    enum field_end end;
};

static bool put_stream(void *owner, const struct field_connection *connection)
{
    struct stream_of *stream = owner;
    for (size_t i = 0; i < connection->event_count; i++) {
        const struct field_event *event = &connection->events[i];
        if (event->end != stream->end)
            continue;
        if (event->kind == FIELD_OCTETS)
            buf_append(&stream->buf, event->octets);
        if (event->kind == FIELD_GAP)
            buf_format(&stream->buf, "<%llu>", (unsigned long long)event->missing);
    }
    return true;
}

char *packets_stream(const struct packets *packets, bool centre)
{
    struct stream_of stream = {BUF_INIT(0), centre ? FIELD_CENTRE : FIELD_SENDER};
    const struct field_sink sink = {.connection = put_stream, .owner = &stream};
    if (!read_all(packets, &(struct field_choice){0}, &sink)) {
        buf_free(&stream.buf);
        return NULL;
    }
    buf_append_octet(&stream.buf, '\0');
    return (char *)stream.buf.at;
}
