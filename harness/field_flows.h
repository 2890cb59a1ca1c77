/* The TCP connections of a capture: takes its segments in the order of the file, tells a sink of
 * each connection as soon as it has ended.
 *
 * Ended is what both ends have closed, or one has reset, and what has been quiet for a little while
 * since; a connect that nobody answers, when it is not repeated any more; and, whatever there is,
 * when the same addresses and ports begin anew or the file ends. Memory is bounded by what is open
 * at once, and for each connection by a limit, past which its octets are a gap. */
#ifndef HARNESS_FIELD_FLOWS_H
#define HARNESS_FIELD_FLOWS_H

#include "harness/field.h"
#include "harness/field_packet.h"

struct field_flows;

struct field_flows_count {
    uint64_t connections; /* in the file; not all may be wanted */
    uint64_t open_most;   /* at once */
    uint64_t shortened;   /* past the limit */
};

/* `limit`: octets of memory for a connection; 0: 64 MiB. Null where there is no memory. */
struct field_flows *field_flows_new(const struct field_choice *choice,
                                    const struct field_sink *sink, size_t limit);
/* `at`: wall clock. False: no memory, or the sink takes no more; which of them,
 * field_flows_no_memory says. */
bool field_flows_take(struct field_flows *flows, const struct packet *packet, int64_t at);
/* The file has ended: tells of what is still open. */
bool field_flows_finish(struct field_flows *flows);
bool field_flows_no_memory(const struct field_flows *flows);
struct field_flows_count field_flows_count(const struct field_flows *flows);
void field_flows_free(struct field_flows *flows);

#endif
