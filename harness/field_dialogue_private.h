/* Private to harness/field_dialogue*.c: lines of a dialogue as people and programs write them. */
#ifndef HARNESS_FIELD_DIALOGUE_PRIVATE_H
#define HARNESS_FIELD_DIALOGUE_PRIVATE_H

#include "harness/field.h"
#include "wire/buf.h"

enum { DIALOGUE_MOST = 256 * 1024 * 1024 }; /* octets of a file */

/* Who says what a line tells. */
enum dialogue_side {
    DIALOGUE_NOTHING, /* a comment, or what is no part of it */
    DIALOGUE_SENDER,
    DIALOGUE_CENTRE,
    DIALOGUE_WORDS, /* of the program that wrote the dialogue: "=== Connected to …" */
};

/* How a file tells who says what. */
struct dialogue_family {
    const char *name;
    const char *sender[6], *centre[6], *words[6]; /* marks at the beginning of a line; null ends */
    bool any_case;
    bool bare;    /* replies have no mark: they are told by their three digits */
    bool literal; /* octets stand there as Python writes them */
    bool traced;  /* curl --trace-ascii: headings, and rows with offsets */
};

struct dialogue_stamp {
    int64_t at; /* since 1970 where it is dated, since midnight (or whatever) otherwise */
    bool dated;
    usec grain; /* its last digit */
};

struct dialogue_line {
    enum dialogue_side side;
    struct octets text; /* behind the mark */
    bool stamped;
    struct dialogue_stamp stamp;
};

/* The whole file; what Windows writes as UTF-16 becomes UTF-8, marks of either are taken away. */
bool dialogue_read_file(const char *file, struct buf *text, struct problem *problem);

/* The next line of `rest`, without its end; `rest` is moved behind it. False: none is left. */
bool dialogue_next(struct octets *rest, struct octets *line);

/* Takes a time stamp, and the punctuation around it, from the beginning of the line. False where
 * there is none (the line is as it was). */
bool dialogue_stamp_take(struct octets *line, struct dialogue_stamp *stamp);

/* The family that this text is told in, with so many quotation marks of mail programs before each
 * line; null where it is no dialogue. */
const struct dialogue_family *dialogue_family_of(struct octets text, unsigned *quoted);
/* Takes quotation marks, stamp and mark from a line. */
struct dialogue_line dialogue_read_line(const struct dialogue_family *family, unsigned quoted,
                                        struct octets line);

/* "250-text", "250"; "EHLO x". */
bool dialogue_is_reply(struct octets text);
bool dialogue_is_command(struct octets text);
/* Does it hold these words, in any case? */
bool dialogue_holds(struct octets text, const char *words);

/* 'ehlo x\r\n' or b'250-x\r\n', as Python writes it: appends what it stands for. False where it is
 * none, or there is no memory. */
bool dialogue_literal(struct octets text, struct buf *buf);

/* A heading or a row of curl --trace-ascii. */
struct dialogue_trace {
    enum dialogue_side side; /* of the heading that was seen last */
    size_t announced;        /* octets that it promises */
    struct buf octets;       /* those of the rows so far */
};
/* True: the line begins another piece, so that the one before it is whole. */
bool dialogue_trace_heading(struct octets text, enum dialogue_side *side, size_t *announced);
bool dialogue_trace_row(struct dialogue_trace *trace, struct octets text);

#endif
