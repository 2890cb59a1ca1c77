#include "harness/argument_value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool argument_whole_number(const char *text, uint64_t least, uint64_t most, uint64_t *number)
{
    char *end = NULL;
    errno = 0;
    if (*text < '0' || *text > '9')
        return false;
    unsigned long long read = strtoull(text, &end, 10);
    if (*end || errno != 0 || read < least || read > most)
        return false;
    *number = read;
    return true;
}

bool argument_number(const char *text, const char *suffix, double *number)
{
    char *end = NULL;
    errno = 0;
    double read = strtod(text, &end);
    bool whole = end != text && (!*end || (suffix && strcmp(end, suffix) == 0));
    if (!whole || errno != 0 || !(read > 0 && read <= 1e6))
        return false;
    *number = read;
    return true;
}

bool argument_shard(const char *text, unsigned *shard, unsigned *shards)
{
    enum { SHARDS_MOST = 100000 };
    uint64_t one = 0, all = 0;
    char first[16];
    size_t count = strcspn(text, "/");
    if (!text[count] || count >= sizeof first)
        return false;
    memcpy(first, text, count);
    first[count] = '\0';
    if (!argument_whole_number(text + count + 1, 1, SHARDS_MOST, &all) ||
        !argument_whole_number(first, 1, all, &one))
        return false;
    *shard = (unsigned)one;
    *shards = (unsigned)all;
    return true;
}
