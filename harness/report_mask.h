/* Mail addresses made unreadable in all that reports show, for a dossier that leaves the house. */
#ifndef HARNESS_REPORT_MASK_H
#define HARNESS_REPORT_MASK_H

#include "harness/report.h"

/* The octets of each address but its '@' become '*', however the segments cut it, so that every
 * offset stays. */
void mask_addresses(uint8_t *at, size_t count);

/* In all that the results hold: transcripts, findings, reasons, what commands wrote. False: no
 * memory; some of it may then be masked already. */
bool report_mask_results(struct run_results *results);

/* In the name, the command and what else was told of the sender: `masked` is the context with them,
 * and `options` what it then refers to. The arena owns the copies. False: no memory. */
bool report_mask_context(const struct report_context *context, struct arena *arena,
                         struct run_options *options, struct report_context *masked);

#endif
