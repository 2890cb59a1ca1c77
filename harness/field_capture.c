/* Packet captures: pcap and pcapng, read by libpcap; TCP put together by harness/field_flows.
 *
 * Why by code of our own: of what Debian 12 has, libnids knows IPv4 alone, has been without a
 * release since 2010, drops what it can't place, and tells no times; libtins is a C++ library whose
 * stream follower stops at the first lost segment; tshark and tcpflow are programs that tell the
 * octets of a stream without the time of each, and neither windows, nor resets, nor what is
 * missing. Scenarios and judging live on times, ends and gaps. */
#include "harness/field.h"

#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdio.h>

#include "harness/field_capture.h"
#include "harness/field_flows.h"

/* Where pcap has no name of its own for the number. */
static bool link_of(int type, enum packet_link *link)
{
    switch (type) {
    case DLT_NULL:
    case DLT_LOOP:
        *link = PACKET_NULL;
        return true;
    case DLT_EN10MB:
        *link = PACKET_ETHERNET;
        return true;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
        *link = PACKET_RAW;
        return true;
    case DLT_LINUX_SLL:
        *link = PACKET_COOKED;
        return true;
    case DLT_LINUX_SLL2:
        *link = PACKET_COOKED_2;
        return true;
    }
    return false;
}

struct capture {
    pcap_t *pcap;
    enum packet_link link;
    struct field_flows *flows;
    const struct field_sink *sink;
    uint64_t packets, cut, fragments, nonsense;
    uint32_t least; /* octets of the shortest packet that was cut */
};

/* What is beyond a person's reckoning of time is no time. */
static int64_t wall_clock(const struct timeval *stamp)
{
    static const int64_t most = (int64_t)1 << 40; /* seconds */
    if (stamp->tv_sec < 0 || stamp->tv_sec > most || stamp->tv_usec < 0 ||
        stamp->tv_usec >= USEC_PER_SEC)
        return 0;
    return stamp->tv_sec * USEC_PER_SEC + stamp->tv_usec;
}

static bool take_packet(struct capture *capture, const struct pcap_pkthdr *header,
                        const uint8_t *octets)
{
    struct packet packet;
    capture->packets++;
    if (header->caplen < header->len) {
        capture->cut++;
        if (capture->least == 0 || header->caplen < capture->least)
            capture->least = header->caplen;
    }
    switch (packet_read(capture->link, (struct octets){octets, header->caplen}, &packet)) {
    case PACKET_SEGMENT:
        return field_flows_take(capture->flows, &packet, wall_clock(&header->ts));
    case PACKET_OTHER:
        return true;
    case PACKET_FRAGMENT:
        capture->fragments++;
        return true;
    case PACKET_CUT:
        capture->nonsense++;
        return true;
    }
    return true;
}

__attribute__((format(printf, 2, 3))) static void note(const struct capture *capture,
                                                       const char *format, ...)
{
    char text[512], safe[512];
    size_t count = 0;
    va_list arguments;
    if (!capture->sink->note)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (const char *at = text; *at; at++)
        safe[count++] = *at < 0x20 || *at == 0x7f ? '?' : *at;
    safe[count] = '\0';
    capture->sink->note(capture->sink->owner, safe);
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void tell_notes(const struct capture *capture)
{
    struct field_flows_count count = field_flows_count(capture->flows);
    if (capture->cut > 0)
        note(capture,
             "%" PRIu64 " packet%s cut at the snap length (the shortest at %" PRIu32
             " octets): what is missing is told as gaps",
             capture->cut, capture->cut == 1 ? " was" : "s were", capture->least);
    if (capture->fragments > 0)
        note(capture, "%" PRIu64 " part%s of fragmented IP packets left out: a gap each",
             capture->fragments, plural(capture->fragments));
    if (capture->nonsense > 0)
        note(capture, "%" PRIu64 " packet%s could not be read", capture->nonsense,
             plural(capture->nonsense));
    if (count.shortened > 0)
        note(capture, "%" PRIu64 " connection%s longer than what is kept of one: the rest is a gap",
             count.shortened, count.shortened == 1 ? " is" : "s are");
    if (count.connections == 0)
        note(capture, "no TCP connection is in it (of %" PRIu64 " packet%s)", capture->packets,
             plural(capture->packets));
}

/* A capture whose writer was stopped ends in the middle of a packet: what is before that counts. */
static bool read_packets(struct capture *capture, const char *name, struct problem *problem)
{
    struct pcap_pkthdr *header;
    const uint8_t *octets;
    bool goes_on = true;
    int status;
    while (goes_on && (status = pcap_next_ex(capture->pcap, &header, &octets)) == 1)
        goes_on = take_packet(capture, header, octets);
    if (goes_on && status == PCAP_ERROR && capture->packets == 0) {
        problem_set(problem, "%s: no packet of it can be read: %s", name,
                    pcap_geterr(capture->pcap));
        return false;
    }
    if (goes_on && status == PCAP_ERROR)
        note(capture, "the file breaks off behind packet %" PRIu64 ": %s", capture->packets,
             pcap_geterr(capture->pcap));
    if (goes_on && field_flows_finish(capture->flows)) {
        tell_notes(capture);
        return true;
    }
    if (field_flows_no_memory(capture->flows))
        problem_set(problem, "%s: no memory behind packet %" PRIu64, name, capture->packets);
    else
        problem_set(problem, "%s: given up at packet %" PRIu64, name, capture->packets);
    return false;
}

bool field_read_capture_stream(FILE *stream, const char *name, const struct field_choice *choice,
                               const struct field_sink *sink, struct problem *problem)
{
    char words[PCAP_ERRBUF_SIZE] = "";
    struct capture capture = {.sink = sink};
    capture.pcap =
        pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_MICRO, words);
    if (!capture.pcap) {
        problem_set(problem, "%s: no capture that can be read: %s", name, words);
        fclose(stream);
        return false;
    }
    int type = pcap_datalink(capture.pcap);
    const char *type_name = pcap_datalink_val_to_name(type);
    bool good = link_of(type, &capture.link);
    if (!good)
        problem_set(problem,
                    "%s: a capture of link type %d (%s), expected EN10MB, LINUX_SLL, LINUX_SLL2, "
                    "RAW, IPV4, IPV6, NULL or LOOP",
                    name, type, type_name ? type_name : "unknown");
    if (good) {
        capture.flows = field_flows_new(choice, sink, 0);
        good = capture.flows != NULL;
        if (!good)
            problem_set(problem, "%s: no memory", name);
    }
    good = good && read_packets(&capture, name, problem);
    field_flows_free(capture.flows);
    pcap_close(capture.pcap);
    return good;
}

bool field_read_capture(const char *file, const struct field_choice *choice,
                        const struct field_sink *sink, struct problem *problem)
{
    FILE *stream = fopen(file, "rbe");
    if (!stream) {
        problem_set(problem, "%s: cannot be opened: %s", file, strerror(errno));
        return false;
    }
    return field_read_capture_stream(stream, file, choice, sink, problem);
}
