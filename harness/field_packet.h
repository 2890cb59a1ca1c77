/* One packet of a capture: from the octets of the link layer to the TCP segment in it.
 *
 * Pure: it keeps nothing, and points into the octets that it was given. Link layers: Ethernet with
 * VLAN tags (IEEE 802.1Q, 802.1ad), Linux cooked captures of both versions, BSD loopback, IPv4 and
 * IPv6 as they are. Checksums are not looked at: where the network card computes them, those in a
 * capture are wrong. */
#ifndef HARNESS_FIELD_PACKET_H
#define HARNESS_FIELD_PACKET_H

#include "wire/octets.h"

/* What stands before IP. */
enum packet_link {
    PACKET_NULL,     /* family in the byte order of who wrote it, then IP */
    PACKET_ETHERNET, /* EN10MB */
    PACKET_RAW,      /* IPv4 or IPv6, as its first octet says */
    PACKET_COOKED,   /* LINUX_SLL */
    PACKET_COOKED_2, /* LINUX_SLL2 */
};

struct packet_address {
    uint8_t family;   /* 4 or 6 */
    uint8_t host[16]; /* of IPv4 the first four */
    uint16_t port;
};

struct packet {
    struct packet_address from, to;
    uint32_t sequence, acknowledged;
    bool syn, ack, fin, rst;
    uint16_t window;
    struct octets payload; /* as far as it is in the file */
    uint32_t length;       /* of the payload, as it was on the wire */
};

enum packet_status {
    PACKET_SEGMENT,  /* a TCP segment; its payload may be cut */
    PACKET_OTHER,    /* something else: ARP, UDP, … */
    PACKET_FRAGMENT, /* the second or a later part of an IP packet: what it holds is missing */
    PACKET_CUT,      /* cut before it came to anything, or nonsense */
};

/* `octets`: what of the packet is in the file. */
enum packet_status packet_read(enum packet_link link, struct octets octets, struct packet *packet);

#endif
