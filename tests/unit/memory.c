#include "tests/unit/memory.h"

#include <CUnit/CUnit.h>
#include <dlfcn.h>
#include <errno.h>
#include <ev.h>
#include <libxml/xmlmemory.h>
#include <malloc.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What stands behind the names that are taken here: the sanitizer's, or libc's own. */
extern void *__interceptor_malloc(size_t size) __attribute__((weak));
extern void *__interceptor_calloc(size_t count, size_t size) __attribute__((weak));
extern void *__interceptor_realloc(void *at, size_t size) __attribute__((weak));
extern void __interceptor_free(void *at) __attribute__((weak));
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *at, size_t size);
extern void __libc_free(void *at);

static struct {
    /* Allocations are numbered, and may fail. The compiler believes that malloc reads nothing. */
    volatile bool short_of;
    bool for_good, failed;
    unsigned long nth, number;
    struct memory_held held;
    size_t most; /* octets at once */
} memory;

static bool sanitized(void)
{
    return __interceptor_malloc != NULL;
}

static bool fails(void)
{
    if (!memory.short_of)
        return false;
    memory.number++;
    bool now = memory.for_good ? memory.number >= memory.nth : memory.number == memory.nth;
    memory.failed |= now;
    if (now)
        errno = ENOMEM;
    return now;
}

static void *take(void *at)
{
    if (at && !sanitized()) {
        memory.held.blocks++;
        memory.held.octets += malloc_usable_size(at);
        if (memory.held.octets > memory.most)
            memory.most = memory.held.octets;
    }
    return at;
}

static void give_back(void *at)
{
    if (at && !sanitized()) {
        memory.held.blocks--;
        memory.held.octets -= malloc_usable_size(at);
    }
}

void *malloc(size_t size)
{
    if (fails())
        return NULL;
    return take(sanitized() ? __interceptor_malloc(size) : __libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    if (fails())
        return NULL;
    return take(sanitized() ? __interceptor_calloc(count, size) : __libc_calloc(count, size));
}

void *realloc(void *at, size_t size)
{
    if (size > 0 && fails())
        return NULL;
    size_t before = at && !sanitized() ? malloc_usable_size(at) : 0;
    bool there_was = at != NULL;
    void *moved = sanitized() ? __interceptor_realloc(at, size) : __libc_realloc(at, size);
    if (!moved && size > 0)
        return NULL;
    if (there_was && !sanitized()) {
        memory.held.blocks--;
        memory.held.octets -= before;
    }
    return take(moved);
}

void free(void *at)
{
    give_back(at);
    if (sanitized())
        __interceptor_free(at);
    else
        __libc_free(at);
}

/* A sanitizer's would not come by here. */
char *strndup(const char *text, size_t most)
{
    size_t count = strnlen(text, most);
    char *copy = malloc(count + 1);
    if (copy) {
        memcpy(copy, text, count);
        copy[count] = '\0';
    }
    return copy;
}

char *strdup(const char *text)
{
    return strndup(text, strlen(text));
}

/* glibc frees twice where memory runs out within it (2.36), so it fails as a whole. */
int regcomp(regex_t *form, const char *pattern, int flags)
{
    int (*real)(regex_t *, const char *, int);
    bool short_of = memory.short_of;
    if (fails())
        return REG_ESPACE;
    memory.short_of = false;
    *(void **)&real = dlsym(RTLD_NEXT, "regcomp");
    int result = real(form, pattern, flags);
    memory.short_of = short_of;
    return result;
}

/* libev ends the process where it gets no memory, and libxml2 leaves things out without a word, and
 * memory behind: they always have some. */
static void *always(void *at, size_t size)
{
    bool short_of = memory.short_of;
    memory.short_of = false;
    void *taken = realloc(at, size);
    memory.short_of = short_of;
    return taken;
}

static void *take_for_libev(void *at, long size)
{
    if (size > 0)
        return always(at, (size_t)size);
    free(at);
    return NULL;
}

static void *take_for_libxml(size_t size)
{
    return always(NULL, size);
}

static char *copy_for_libxml(const char *text)
{
    char *copy = always(NULL, strlen(text) + 1);
    return copy ? strcpy(copy, text) : NULL;
}

__attribute__((constructor)) static void spare_libraries(void)
{
    ev_set_allocator(take_for_libev);
    xmlMemSetup(free, take_for_libxml, always, copy_for_libxml);
}

struct memory_held memory_held(void)
{
    return memory.held;
}

size_t memory_most(void)
{
    size_t most = memory.most;
    memory.most = memory.held.octets;
    return most;
}

void memory_fail(unsigned long nth, bool for_good)
{
    memory.nth = nth;
    memory.for_good = for_good;
    memory.number = 0;
    memory.failed = false;
    memory.short_of = true;
}

bool memory_restore(void)
{
    memory.short_of = false;
    return memory.failed;
}

/* Runs it with this allocation failing; false where it never came to that one. */
static bool try_one(const struct memory_trial *trial, unsigned long nth, bool for_good,
                    unsigned long *left_behind)
{
    enum { TOLD = 5 };
    struct memory_held before = memory.held;
    memory_fail(nth, for_good);
    trial->run(trial->owner);
    bool failed = memory_restore();
    if (memory.held.blocks != before.blocks && ++*left_behind <= TOLD)
        printf("\n%s: with allocation %lu failing%s, %ld blocks are left\n", trial->name, nth,
               for_good ? " and all that follow" : "", (long)(memory.held.blocks - before.blocks));
    return failed;
}

unsigned long memory_try(const struct memory_trial *trial)
{
    unsigned long count = 0, none = ~0UL, left_behind = 0;
    memory_fail(none, false);
    trial->run(trial->owner); /* what libraries keep for good is taken now */
    memory_restore();
    for (int for_good = 0; for_good < 2; for_good++) {
        unsigned long step = for_good ? trial->step_for_good : trial->step;
        for (unsigned long nth = 1; try_one(trial, nth, for_good, &left_behind);
             nth += step ? step : 1)
            count++;
    }
    CU_ASSERT_EQUAL(left_behind, 0);
    return count;
}
