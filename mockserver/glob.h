/* Globs, as fnmatch(3) reads them without flags, prepared for being asked often.
 *
 * Nearly all of them are words with '*' between: these are compared word by word, the others are
 * left to fnmatch. Private to mockserver/. */
#ifndef MOCKSERVER_GLOB_H
#define MOCKSERVER_GLOB_H

#include "wire/octets.h"

struct glob {
    const char *pattern;
    bool simple;           /* words and '*' alone: */
    struct octets first;   /* before the first '*'; all of it where there is none */
    struct octets between; /* from the first '*' on up to the last one, without them */
    struct octets last;    /* behind the last '*' */
    bool whole;            /* there is no '*' */
};

/* Octets of a text that are looked at. */
enum { GLOB_TEXT_LIMIT = 4096 };

/* The pattern must outlive it. */
struct glob glob_of(const char *pattern);
/* A NUL in the text is read as a '?'. */
bool glob_fits(const struct glob *glob, struct octets text);

#endif
