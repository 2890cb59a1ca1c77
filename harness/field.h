/* Files from the field, read into connections (mockserver/field.h says what those are).
 *
 * The readers (field_capture for packet captures, field_journal for the mock server's journal,
 * field_dialogue for transcripts of swaks and dialogues as people paste them) know nothing of SMTP:
 * they tell a sink of one connection after the other, each whole, as soon as it has ended or the
 * file has. So memory is bounded by what is open at once, and everything behind the sink (the
 * scenario that behaves like it, the transcript that is judged) is the same whatever was read. */
#ifndef HARNESS_FIELD_H
#define HARNESS_FIELD_H

#include "mockserver/field.h"
#include "wire/problem.h"

/* Which of a file's connections are wanted; all zeros: all. What is not wanted costs no memory, but
 * keeps its number. */
struct field_choice {
    const uint32_t *connections; /* numbers */
    size_t connection_count;
    const char *host; /* one of the two ends has this address ("192.0.2.1", "2001:db8::1") */
    uint16_t port; /* the centre's port; 0: found out, by who asked for the connection, and by who
                      greets where that is not in the file */
    int64_t from, until; /* began in between; wall clock, microseconds since 1970; 0: open */
};

/* Midnight of a day (UTC), in microseconds since 1970. The month is 1 to 12. */
int64_t field_wall_clock(int year, int month, int day);

/* Is this connection wanted, by what is known of it? What the file does not say rules nothing out.
 */
bool field_chosen(const struct field_choice *choice, const struct field_connection *connection);

/* Reads a file of any of the kinds, told apart by their first octets. False where it is none of
 * them, can't be read, or is damaged beyond use (`problem` says where). Connections that were told
 * before stay told. */
bool field_read(const char *file, const struct field_choice *choice, const struct field_sink *sink,
                struct problem *problem);
bool field_read_capture(const char *file, const struct field_choice *choice,
                        const struct field_sink *sink, struct problem *problem);
bool field_read_journal(const char *file, const struct field_choice *choice,
                        const struct field_sink *sink, struct problem *problem);
bool field_read_dialogue(const char *file, const struct field_choice *choice,
                         const struct field_sink *sink, struct problem *problem);

#endif
