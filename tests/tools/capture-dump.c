/* The streams of a capture as harness/field_capture reads them, for comparing with other tools.
 *
 *     capture-dump FILE          each connection: "N SENDER CENTRE", then for each end, if anything
 *                                was sent, "S " or "C " and its octets in hexadecimal, gaps as
 * "<N>" capture-dump --sum FILE    how many connections, octets and gaps there are */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/field.h"

struct sums {
    uint64_t connections, octets, gaps, missing;
};

static void dump_end(const struct field_connection *connection, enum field_end end)
{
    bool any = false;
    for (size_t i = 0; i < connection->event_count; i++) {
        const struct field_event *event = &connection->events[i];
        if (event->end != end || (event->kind != FIELD_OCTETS && event->kind != FIELD_GAP))
            continue;
        if (!any)
            fputs(end == FIELD_CENTRE ? "C " : "S ", stdout);
        any = true;
        if (event->kind == FIELD_GAP)
            printf("<%" PRIu64 ">", event->missing);
        for (size_t j = 0; j < event->octets.count; j++)
            printf("%02x", event->octets.at[j]);
    }
    if (any)
        putchar('\n');
}

static bool dump(void *owner, const struct field_connection *connection)
{
    (void)owner;
    printf("%u %s %s\n", connection->number, connection->sender, connection->centre);
    dump_end(connection, FIELD_SENDER);
    dump_end(connection, FIELD_CENTRE);
    return true;
}

static bool add(void *owner, const struct field_connection *connection)
{
    struct sums *sums = owner;
    sums->connections++;
    for (size_t i = 0; i < connection->event_count; i++) {
        const struct field_event *event = &connection->events[i];
        sums->octets += event->octets.count;
        sums->gaps += event->kind == FIELD_GAP;
        sums->missing += event->missing;
    }
    return true;
}

static void note(void *owner, const char *text)
{
    (void)owner;
    fprintf(stderr, "%s\n", text);
}

int main(int argc, char **argv)
{
    bool sum = argc > 1 && strcmp(argv[1], "--sum") == 0;
    struct sums sums = {0};
    const struct field_sink sink = {sum ? add : dump, note, &sums};
    struct problem problem;
    if (argc != 2 + sum) {
        fputs("capture-dump [--sum] FILE\n", stderr);
        return 2;
    }
    if (!field_read_capture(argv[1 + sum], &(struct field_choice){0}, &sink, &problem)) {
        fprintf(stderr, "%s\n", problem.text);
        return 1;
    }
    if (sum)
        printf("%" PRIu64 " connections, %" PRIu64 " octets, %" PRIu64 " gaps of %" PRIu64
               " octets\n",
               sums.connections, sums.octets, sums.gaps, sums.missing);
    return 0;
}
