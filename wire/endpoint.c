#include "wire/endpoint.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* One to five digits and nothing else. */
static bool read_port(const char *text, uint16_t *port)
{
    size_t count = strspn(text, "0123456789");
    if (count == 0 || count > 5 || text[count] != '\0')
        return false;
    unsigned value = 0;
    for (size_t i = 0; i < count; i++)
        value = value * 10 + (unsigned)(text[i] - '0');
    if (value > UINT16_MAX)
        return false;
    *port = (uint16_t)value;
    return true;
}

/* Writes the address as inet_ntop does, so that the same address is always the same text. */
static bool read_address(const char *text, size_t count, char address[ENDPOINT_ADDRESS_SIZE])
{
    char numeric[ENDPOINT_ADDRESS_SIZE];
    if (count >= sizeof numeric)
        return false;
    memcpy(numeric, text, count);
    numeric[count] = '\0';
    int family = memchr(text, ':', count) ? AF_INET6 : AF_INET;
    struct in6_addr octets; /* room for either family */
    return inet_pton(family, numeric, &octets) == 1 &&
           inet_ntop(family, &octets, address, ENDPOINT_ADDRESS_SIZE) != NULL;
}

bool endpoint_parse(const char *text, struct endpoint *endpoint)
{
    struct endpoint found = *endpoint;
    const char *address = text, *address_end, *port = NULL;
    const char *colon = strchr(text, ':');
    if (*text == '[') {
        address++;
        address_end = strchr(text, ']');
        if (!address_end || (address_end[1] != '\0' && address_end[1] != ':'))
            return false;
        if (address_end[1] == ':')
            port = address_end + 2;
    } else if (colon && !strchr(colon + 1, ':')) {
        address_end = colon;
        port = colon + 1;
    } else if (!colon && !strchr(text, '.')) {
        address_end = text;
        port = text;
    } else {
        address_end = text + strlen(text);
    }
    /* Only outside of brackets may the address be missing. */
    if ((address_end > address || *text == '[') &&
        !read_address(address, (size_t)(address_end - address), found.address))
        return false;
    if (port && !read_port(port, &found.port))
        return false;
    *endpoint = found;
    return true;
}

const char *endpoint_format(const struct endpoint *endpoint, char text[ENDPOINT_TEXT_SIZE])
{
    bool brackets = strchr(endpoint->address, ':') != NULL;
    snprintf(text, ENDPOINT_TEXT_SIZE, "%s%s%s:%u", brackets ? "[" : "", endpoint->address,
             brackets ? "]" : "", (unsigned)endpoint->port);
    return text;
}
