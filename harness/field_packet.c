#include "harness/field_packet.h"

enum {
    TYPE_IPV4 = 0x0800,
    TYPE_IPV6 = 0x86dd,
    TYPE_VLAN = 0x8100,       /* 802.1Q */
    TYPE_VLAN_OUTER = 0x88a8, /* 802.1ad */
    TYPE_VLAN_OLDER = 0x9100, /* the same, before there was a standard */
    PROTOCOL_TCP = 6,
    TAGS_MOST = 8, /* VLAN tags, and extension headers of IPv6, in a row */
};

/* Next headers of IPv6 that a segment may stand behind. RFC 8200 §4. */
enum {
    NEXT_HOP_BY_HOP = 0,
    NEXT_ROUTING = 43,
    NEXT_FRAGMENT = 44,
    NEXT_AUTHENTICATION = 51,
    NEXT_DESTINATION = 60,
    NEXT_MOBILITY = 135,
};

static uint16_t take_16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t take_32(const uint8_t *at)
{
    return (uint32_t)take_16(at) << 16 | take_16(at + 2);
}

/* RFC 9293 §3.1. `wire`: octets of the header and the payload as they were on the wire. */
static enum packet_status read_tcp(struct octets octets, size_t wire, struct packet *packet)
{
    if (octets.count < 20)
        return PACKET_CUT;
    const uint8_t *at = octets.at;
    size_t header = (size_t)(at[12] >> 4) * 4;
    if (header < 20 || header > wire)
        return PACKET_CUT;
    packet->from.port = take_16(at);
    packet->to.port = take_16(at + 2);
    packet->sequence = take_32(at + 4);
    packet->acknowledged = take_32(at + 8);
    packet->fin = at[13] & 0x01;
    packet->syn = at[13] & 0x02;
    packet->rst = at[13] & 0x04;
    packet->ack = at[13] & 0x10;
    packet->window = take_16(at + 14);
    packet->length = (uint32_t)(wire - header);
    packet->payload = (struct octets){0};
    if (octets.count > header)
        packet->payload = octets_from(octets, header);
    return PACKET_SEGMENT;
}

/* Cuts what the link layer padded; `wire` octets belong to the packet. */
static struct octets without_padding(struct octets octets, size_t wire)
{
    if (octets.count > wire)
        octets.count = wire;
    return octets;
}

/* RFC 791 §3.1. A length of 0 stands for a packet that the network card was to cut up (more than 64
 * KiB may be in it): what is in the file is all that is known of it. Of the parts of a fragmented
 * packet the first holds the segment's header, and tells of itself alone. */
static enum packet_status read_ipv4(struct octets octets, struct packet *packet)
{
    if (octets.count < 20 || octets.at[0] >> 4 != 4)
        return PACKET_CUT;
    size_t header = (size_t)(octets.at[0] & 15) * 4, wire = take_16(octets.at + 2);
    if (wire == 0)
        wire = octets.count;
    if (header < 20 || header > wire || header > octets.count)
        return PACKET_CUT;
    if (octets.at[9] != PROTOCOL_TCP)
        return PACKET_OTHER;
    if (take_16(octets.at + 6) & 0x1fff)
        return PACKET_FRAGMENT;
    packet->from.family = packet->to.family = 4;
    memcpy(packet->from.host, octets.at + 12, 4);
    memcpy(packet->to.host, octets.at + 16, 4);
    octets = without_padding(octets, wire);
    return read_tcp(octets_from(octets, header), wire - header, packet);
}

/* Steps over one extension header; false where `next` is none. `*size` is what it takes; a later
 * part of a fragmented packet is told in `*part`. */
static bool extension(struct octets octets, uint8_t next, size_t *size, bool *part)
{
    switch (next) {
    case NEXT_HOP_BY_HOP:
    case NEXT_ROUTING:
    case NEXT_DESTINATION:
    case NEXT_MOBILITY:
        *size = ((size_t)octets.at[1] + 1) * 8;
        return true;
    case NEXT_AUTHENTICATION:
        *size = ((size_t)octets.at[1] + 2) * 4;
        return true;
    case NEXT_FRAGMENT:
        *size = 8;
        *part = octets.count >= 4 && take_16(octets.at + 2) & 0xfff8;
        return true;
    }
    return false;
}

/* RFC 8200 §3; a length of 0 as with IPv4. */
static enum packet_status read_ipv6(struct octets octets, struct packet *packet)
{
    if (octets.count < 40 || octets.at[0] >> 4 != 6)
        return PACKET_CUT;
    size_t wire = take_16(octets.at + 4);
    uint8_t next = octets.at[6];
    packet->from.family = packet->to.family = 6;
    memcpy(packet->from.host, octets.at + 8, 16);
    memcpy(packet->to.host, octets.at + 24, 16);
    octets = octets_from(octets, 40);
    if (wire == 0)
        wire = octets.count;
    octets = without_padding(octets, wire);
    for (int i = 0; i < TAGS_MOST && next != PROTOCOL_TCP; i++) {
        size_t size = 0;
        bool part = false;
        if (octets.count < 2)
            return PACKET_CUT;
        if (!extension(octets, next, &size, &part))
            return PACKET_OTHER;
        if (part)
            return octets.at[0] == PROTOCOL_TCP ? PACKET_FRAGMENT : PACKET_OTHER;
        if (size > octets.count || size > wire)
            return PACKET_CUT;
        next = octets.at[0];
        octets = octets_from(octets, size);
        wire -= size;
    }
    return next == PROTOCOL_TCP ? read_tcp(octets, wire, packet) : PACKET_OTHER;
}

static enum packet_status read_ip(struct octets octets, struct packet *packet)
{
    if (octets.count == 0)
        return PACKET_CUT;
    switch (octets.at[0] >> 4) {
    case 4:
        return read_ipv4(octets, packet);
    case 6:
        return read_ipv6(octets, packet);
    }
    return PACKET_OTHER;
}

/* What an EtherType of `type` stands before. */
static enum packet_status read_type(struct octets octets, uint16_t type, struct packet *packet)
{
    for (int i = 0; i < TAGS_MOST; i++) {
        if (type == TYPE_IPV4)
            return read_ipv4(octets, packet);
        if (type == TYPE_IPV6)
            return read_ipv6(octets, packet);
        if (type != TYPE_VLAN && type != TYPE_VLAN_OUTER && type != TYPE_VLAN_OLDER)
            return PACKET_OTHER;
        if (octets.count < 4)
            return PACKET_CUT;
        type = take_16(octets.at + 2);
        octets = octets_from(octets, 4);
    }
    return PACKET_OTHER;
}

/* A header of `size` octets, with the EtherType at `type_at`. */
static enum packet_status read_typed(struct octets octets, size_t type_at, size_t size,
                                     struct packet *packet)
{
    if (octets.count < size)
        return PACKET_CUT;
    return read_type(octets_from(octets, size), take_16(octets.at + type_at), packet);
}

enum packet_status packet_read(enum packet_link link, struct octets octets, struct packet *packet)
{
    *packet = (struct packet){0};
    switch (link) {
    case PACKET_NULL:
        /* Which number stands for IPv6 differs between systems: the packet itself says it. */
        return octets.count < 4 ? PACKET_CUT : read_ip(octets_from(octets, 4), packet);
    case PACKET_ETHERNET:
        return read_typed(octets, 12, 14, packet);
    case PACKET_RAW:
        return read_ip(octets, packet);
    case PACKET_COOKED:
        return read_typed(octets, 14, 16, packet);
    case PACKET_COOKED_2:
        return read_typed(octets, 0, 20, packet);
    }
    return PACKET_OTHER;
}
