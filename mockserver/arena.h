/* Memory that is taken in small pieces and given back at once. */
#ifndef MOCKSERVER_ARENA_H
#define MOCKSERVER_ARENA_H

#include "wire/octets.h"

struct arena;

struct arena *arena_new(void);
/* Aligned for any type, zeroed. Null where there is no memory. */
void *arena_take(struct arena *arena, size_t size);
char *arena_string(struct arena *arena, const char *string);
struct octets arena_octets(struct arena *arena, struct octets octets);
void arena_free(struct arena *arena);

#endif
