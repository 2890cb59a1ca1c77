/* What the reports have in common: the matrix of requirement by case, and text made safe. */
#ifndef HARNESS_REPORT_COMMON_H
#define HARNESS_REPORT_COMMON_H

#include "harness/report.h"
#include "wire/buf.h"

/* One requirement, and what became of it over all cases. */
struct report_row {
    const char *id;
    enum level level;
    const char *text;     /* in words; "" where the suite has none */
    enum verdict verdict; /* the worst; skip where no case tested it */
    size_t *cases;        /* indices of results with a finding about it */
    size_t case_count;
    size_t warned; /* how many of them warn */
};

struct report_matrix {
    struct report_row *rows; /* in the suite's order */
    size_t count;
};

/* False where there is no memory. */
bool report_matrix_make(const struct report_context *context, struct report_matrix *matrix);
void report_matrix_free(struct report_matrix *matrix);

/* Worst of two: error, fail, warn, pass, skip. */
enum verdict report_worse(enum verdict a, enum verdict b);

/* Octets as printable ASCII: CR, LF, TAB and \ as \r \n \t \\, all others outside it as \xHH.
 * Behind `limit` octets it stops and says how many there are (0: no limit). False: no memory. */
bool report_octets(struct buf *buf, struct octets octets, size_t limit);

/* UTF-8 text with control characters as \xHH and what is no UTF-8 as "?". Line ends stay where
 * `lines`. */
bool report_words(struct buf *buf, const char *text, size_t count, bool lines);

/* The octets of an event, the password replaced by '*' unless asked for; into `masked`, which is
 * emptied first. False: no memory. */
bool report_masked(struct buf *masked, const struct transcript_event *event, bool unmasked);

/* There was no memory for what should stand here: the stream is marked as failed, as by a write
 * that failed, so that the report is refused and no half of it is taken for the whole. */
void report_spoil(FILE *stream);

/* One line of a transcript, without its end: "  0.120 s  >> RCPT TO:<…>". Times count from the
 * transcript's first event; the connection is named where there are several. */
bool report_event_line(struct buf *buf, const struct transcript *transcript, size_t index,
                       bool unmasked, size_t limit);

/* The same, without the first `from` octets of the event. */
bool report_event_part(struct buf *buf, const struct transcript *transcript, size_t index,
                       bool unmasked, size_t from, size_t limit);

/* The time of an event since the first one, in microseconds. */
usec report_event_time(const struct transcript *transcript, size_t index);

/* Where the case does not do as it is listed in --known-failing: what it does, as in "passes though
 * it is listed as known to fail"; null where it does, or is not listed. */
struct report_surprise {
    char text[160];
};
const char *report_surprise(const struct run_case *result, bool japanese,
                            struct report_surprise *surprise);

/* The case's title in English, "" where it has none. */
const char *report_title(const struct run_case *result);

/* Verdicts, levels and the run as a whole, for people. */
struct text_pair verdict_words(enum verdict verdict);
struct text_pair level_words(enum level level);
struct text_pair report_overall(const struct run_results *results);
struct text_pair report_mode_words(const struct run_options *options);

/* Did the sender's clocks pass faster than real ones? */
static inline bool report_is_accelerated(const struct run_options *options)
{
    return options->command && options->accelerate > 1;
}

#endif
