/* Inside of exploring: playing worlds, the processes that do it, and what becomes of a finding. */
#ifndef HARNESS_EXPLORE_PRIVATE_H
#define HARNESS_EXPLORE_PRIVATE_H

#include "harness/explore.h"
#include "harness/world.h"

/* Worlds that are played together; their sender declares one limit. */
enum { EXPLORE_BATCH = 100, EXPLORE_KEY_SIZE = 24, EXPLORE_TEXT_SIZE = 700 };

/* What was found in a world. Two findings with one key are the same. */
struct explore_finding {
    uint64_t number;            /* of the world */
    char key[EXPLORE_KEY_SIZE]; /* the requirement's id, or "harness", "crash", "hang", "memory" */
    char expected[EXPLORE_TEXT_SIZE], actual[EXPLORE_TEXT_SIZE];
};

/* Counts, and the findings of a batch: at most one for each world. */
struct explore_batch {
    uint64_t first; /* number of the first world */
    size_t count;
    uint64_t hash;
    struct explore_finding findings[EXPLORE_BATCH];
    size_t found;
    bool interrupted;
};

/* What the worlds of an exploration are drawn with. */
struct world_options explore_world_options(const struct explore_options *options);
/* The limit that the sender declares in the world of that number. */
usec explore_limit(const struct explore_options *options, uint64_t number);

/* Plays worlds that were drawn. Of what is found in one, `wanted` is taken where it is among it
 * (null: the worst). Told of a world as its playing begins; may be null. False where the harness
 * could not do it. */
bool explore_play(const struct explore_options *options, const struct world *worlds, size_t count,
                  uint64_t first, const char *wanted, void (*begun)(void *owner, uint64_t number),
                  void *owner, struct explore_batch *batch, struct problem *problem);
/* Draws and plays a batch; the memory is given back. */
bool explore_batch(const struct explore_options *options, uint64_t first, size_t count,
                   void (*begun)(void *owner, uint64_t number), void *owner,
                   struct explore_batch *batch, struct problem *problem);

/* All batches, by several processes. `found` is told of the findings, in the order of the worlds'
 * numbers, at the end. */
bool explore_by_workers(const struct explore_options *options, struct explore_results *results,
                        void (*found)(void *owner, const struct explore_finding *finding),
                        void *owner, struct problem *problem);
/* Plays one world in a process of its own: it may crash, or never end. True where something was
 * found. */
bool explore_apart(const struct explore_options *options, const struct world *world,
                   uint64_t number, const char *wanted, struct explore_finding *finding);

/* Writes a file. */
bool explore_write(const char *file, struct octets octets, struct problem *problem);

enum explore_told {
    EXPLORE_TOLD,
    EXPLORE_NOT_AGAIN,        /* its world, played again, did not show it; nothing was told */
    EXPLORE_FAILED,           /* the harness could not do it */
    EXPLORE_INTERRUPTED,      /* before it was known whether it shows again; nothing was told */
    EXPLORE_TOLD_INTERRUPTED, /* as small as it was by then */
};

enum explore_how {
    EXPLORE_TRY,            /* its world is played again, and made smaller where it shows it */
    EXPLORE_NOT_SEEN_AGAIN, /* it is told as it was drawn, and that it was not seen again */
    EXPLORE_AS_DRAWN,       /* … and no more */
};

/* Makes the world of a finding smaller, writes it down, and tells. */
enum explore_told explore_tell(const struct explore_options *options,
                               const struct explore_finding *finding, enum explore_how how,
                               struct problem *problem);

#endif
