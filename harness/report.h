/* Reports: one result, many forms. Pure writers; everything from the peer is escaped, and passwords
 * are masked unless asked for. */
#ifndef HARNESS_REPORT_H
#define HARNESS_REPORT_H

#include <stdio.h>

#include "harness/language.h"
#include "harness/run.h"

struct report_context {
    const struct run_options *options;
    const struct run_results *results;
    const char *version;
    const char *client_name;    /* the command, or "naccs-client (reference, in process)" */
    const char *client_version; /* as told; null or "": nobody said */
    /* The words of the command that plays this run again, without what only concerns its reports;
     * null-terminated. Null: not known. */
    char *const *repeat;
    unsigned shard, shards; /* the results are the I-th of N parts; 0 of 0: they are all */
    size_t whole;           /* how many cases all parts have; 0: those of the results */
    enum language language; /* of text and markdown; html has both */
    bool colour;
    bool verbose; /* text: skipped and passed cases too */
    bool unmasked;
};

/* Each writes to a stream and returns false where that failed. */
bool report_text(FILE *stream, const struct report_context *context);
bool report_json(FILE *stream, const struct report_context *context);
bool report_junit(FILE *stream, const struct report_context *context);
bool report_tap(FILE *stream, const struct report_context *context);
bool report_html(FILE *stream, const struct report_context *context);
bool report_markdown(FILE *stream, const struct report_context *context);

/* True where "FORMAT:FILE" names a format that there is, and a file. */
bool report_check(const char *format_and_file, struct problem *problem);
/* Does it go to standard output? Is it of this format? */
bool report_is_standard_output(const char *format_and_file);
bool report_is_text(const char *format_and_file);

/* What writes to a stream, and returns false where that failed. */
struct report_writer {
    bool (*write)(FILE *stream, const void *owner);
    const void *owner;
};

/* Writes to a temporary file beside `file` and renames; "-" is standard output. The file is not for
 * the world (0660 without the umask) unless one is there already that is. */
bool report_deliver(const char *file, const struct report_writer *writer, struct problem *problem);

/* Opens FORMAT:FILE, writes to a temporary file beside it and renames; "-" is standard output. */
bool report_to_file(const char *format_and_file, const struct report_context *context,
                    struct problem *problem);

/* Did the run conform? No must failed but for those listed, nothing passed that was listed, and the
 * harness could do its work. */
bool report_conforms(const struct run_results *results);

#endif
