#include <string.h>

#include "harness/report_parts.h"

/* Two columns of a terminal of 120. */
enum { COLUMN = 56 };

static void print_row(FILE *stream, const char *lead, const char *then, const char *now)
{
    char cell[2][COLUMN + 4];
    const char *const texts[] = {then, now};
    for (int i = 0; i < 2; i++) {
        size_t count = texts[i] ? strlen(texts[i]) : 0;
        snprintf(cell[i], sizeof cell[i], "%.*s%s", count > COLUMN ? COLUMN - 3 : COLUMN,
                 texts[i] ? texts[i] : "", count > COLUMN ? "..." : "");
    }
    fprintf(stream, "%s%-*s  %s\n", lead, COLUMN, cell[0], cell[1]);
}

static void print_trace(FILE *stream, const struct run_case *result)
{
    const struct sender_trace *trace = result->trace;
    fprintf(stream, "\nclient trace of ");
    text_words(stream, result->test->scenario->id, 0);
    if (trace->same) {
        fprintf(stream, ": the same path as then, %u connection%s, %zu steps of the sender's\n",
                trace->connections, trace->connections == 1 ? "" : "s", trace->steps);
        return;
    }
    fprintf(stream, ": the first %s on connection %u, behind %zu steps that are the same\n",
            trace->in_time ? "wait that differs is" : "step that differs is", trace->connection,
            trace->steps);
    print_row(stream, "     ", "then", "now");
    for (size_t i = 0; i < trace->row_count; i++)
        print_row(stream, trace->rows[i].differs ? "  => " : "     ", trace->rows[i].then,
                  trace->rows[i].now);
}

void report_traces(FILE *stream, const struct report_context *context)
{
    for (size_t i = 0; i < context->results->count; i++)
        if (context->results->cases[i].trace)
            print_trace(stream, &context->results->cases[i]);
}
