/* Why something could not be done, in words for the person who must mend it.
 *
 * A function that can fail for reasons of the outside world takes a `struct problem *`, returns
 * false (or NULL, or a status of its own), and leaves its other outputs untouched. The text says
 * where (file, option, address), what was found, and what was expected; it has no newline and no
 * trailing full stop. Octets from outside are escaped by whoever writes the text. */
#ifndef WIRE_PROBLEM_H
#define WIRE_PROBLEM_H

struct problem {
    char text[1024];
};

/* Writes the text, printf fashion; what does not fit is cut. Keeps errno. A null `problem` is
 * allowed: the caller does not care. */
void problem_set(struct problem *problem, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
