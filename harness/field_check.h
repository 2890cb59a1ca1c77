/* Judging what was seen in the field: files are read into connections, those of one sender to one
 * port of the centre's are a case, and each case is judged as a run's is (harness/check.h). What is
 * no SMTP is left out.
 *
 * A case is bounded: where there is more of it than that, what follows is another case. */
#ifndef HARNESS_FIELD_CHECK_H
#define HARNESS_FIELD_CHECK_H

#include "harness/field.h"
#include "harness/run.h"

struct field_check_options {
    const struct run_options *run; /* what is declared: timeout (0: it is not), helo, from, … */
    const struct suite *suite;     /* for the requirements' texts */
    struct field_choice choice;
    const struct check_message *messages; /* as they were to be sent */
    size_t message_count;
    const char *const *to;
    size_t to_count;
    /* What a person should know: one line. */
    void (*note)(void *owner, const char *text);
    void *owner;
};

struct field_check;

/* `options` must outlive it. Null: no memory. */
struct field_check *field_check_new(const struct field_check_options *options);
/* Reads one file and judges it. False where it can't be read, or memory ran out. */
bool field_check_file(struct field_check *check, const char *file, struct problem *problem);
/* How many connections were judged. */
size_t field_check_connections(const struct field_check *check);
/* What came of it; the results are the check's, and valid until it is freed. `suite` is what the
 * reports are to be given: the requirements, and these cases. */
struct run_results *field_check_results(struct field_check *check, struct suite *suite);
void field_check_free(struct field_check *check);

#endif
