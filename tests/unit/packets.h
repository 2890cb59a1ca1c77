/* Builds packet captures in memory, packet by packet, with libpcap's own writer. */
#ifndef TESTS_UNIT_PACKETS_H
#define TESTS_UNIT_PACKETS_H

#include "harness/field_packet.h"
#include "wire/buf.h"
#include "wire/time.h"

struct packets {
    char *octets; /* the file */
    size_t count;
    void *pcap, *dumper, *stream;
    enum packet_link link;
    bool ipv6;
    unsigned vlan_tags;
    unsigned snap; /* cuts packets to so many octets; 0: whole */
};

/* The sender is 192.0.2.1:40000 (2001:db8::1), the centre 192.0.2.2:25 (2001:db8::2). */
void packets_begin(struct packets *packets, enum packet_link link, bool ipv6);
/* Ends the file: octets and count are then what stands in it. */
void packets_end(struct packets *packets);
void packets_free(struct packets *packets);

/* One segment. Sequence numbers count from each end's SYN (0 is the SYN, 1 the first octet); the
 * real ones begin at `sender_first` and `centre_first`. */
struct segment {
    usec at;
    bool centre;       /* sent by it */
    const char *flags; /* of "SAFR" */
    uint32_t sequence, acknowledged;
    const char *text; /* null: none */
    bool closed;      /* its window */
    uint16_t port;    /* the sender's; 0: 40000 */
};
enum { SENDER_FIRST = 1000, CENTRE_FIRST = 5000 };
void packets_add(struct packets *packets, const struct segment *segment);
void packets_add_based(struct packets *packets, const struct segment *segment,
                       uint32_t sender_first, uint32_t centre_first);
/* Octets as they are, as one packet that was `length` octets long. */
void packets_add_raw(struct packets *packets, usec at, struct octets octets, size_t length);

/* What a file holds, in words: "1 answered 192.0.2.1:40000 192.0.2.2:25 ended\n" and a line for
 * each event: "0 S hello\\r\\n", "10 C gap 5", "20 S fin". Times in milliseconds. Null: it could
 * not be read. */
struct field_choice;
char *packets_told(const struct packets *packets, const struct field_choice *choice);
/* The octets of one end of the file's only connection, each gap as "<N>". */
char *packets_stream(const struct packets *packets, bool centre);

#endif
