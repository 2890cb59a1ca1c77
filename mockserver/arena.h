/* Memory that is taken in small pieces and given back at once. */
#ifndef MOCKSERVER_ARENA_H
#define MOCKSERVER_ARENA_H

#include "wire/octets.h"

struct arena;

/* Null where there is no memory. */
struct arena *arena_new(void);
/* Aligned for any type, zeroed; a piece of size 0 has an address too. Null where there is no
 * memory, or for more than 1 GiB; pieces taken before stay good. */
void *arena_take(struct arena *arena, size_t size);
/* Copies. Null, or octets at null, where there is no memory. */
char *arena_string(struct arena *arena, const char *string);
struct octets arena_octets(struct arena *arena, struct octets octets);
/* Gives every piece back. Null is allowed. */
void arena_free(struct arena *arena);

#endif
