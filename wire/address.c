#include "wire/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

bool address_of(const struct endpoint *endpoint, struct sockaddr_storage *address,
                socklen_t *length)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, endpoint->address, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(endpoint->port);
        *length = sizeof *v4;
        return true;
    }
    if (inet_pton(AF_INET6, endpoint->address, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(endpoint->port);
        *length = sizeof *v6;
        return true;
    }
    return false;
}

struct endpoint endpoint_of(const struct sockaddr_storage *address)
{
    struct endpoint endpoint = {0};
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    if (address->ss_family == AF_INET) {
        inet_ntop(AF_INET, &v4->sin_addr, endpoint.address, sizeof endpoint.address);
        endpoint.port = ntohs(v4->sin_port);
    } else if (address->ss_family == AF_INET6) {
        inet_ntop(AF_INET6, &v6->sin6_addr, endpoint.address, sizeof endpoint.address);
        endpoint.port = ntohs(v6->sin6_port);
    }
    return endpoint;
}

struct endpoint local_endpoint(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    getsockname(fd, (struct sockaddr *)&address, &length);
    return endpoint_of(&address);
}
