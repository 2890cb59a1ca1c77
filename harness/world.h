/* A world to explore: a random centre, random messages, and a random network between it and the
 * sender, all from one seed.
 *
 * A world is kept as the parts of its scenario's text, so that it can be written down as a file
 * that everything else understands, and so that a world in which something went wrong can be made
 * smaller by leaving parts out. */
#ifndef HARNESS_WORLD_H
#define HARNESS_WORLD_H

#include "harness/run.h"
#include "mockserver/arena.h"
#include "wire/buf.h"

enum { WORLD_RULES = 6, WORLD_NAME_SERVER_RULES = 3, WORLD_PARTS = 10, WORLD_MESSAGES = 5 };

/* A JSON object, by its members: "\"at\": \"MAIL\"", … The first one is not left out. */
struct world_object {
    const char *parts[WORLD_PARTS];
    size_t count;
};

struct world_message {
    struct octets octets;
    char name[32]; /* "message-1" */
};

struct world {
    uint64_t seed; /* of the centre and of the network in it */
    struct run_network network;
    struct world_object centre;
    struct world_object rules[WORLD_RULES];
    size_t rule_count;
    struct world_object name_server[WORLD_NAME_SERVER_RULES];
    size_t name_server_count;
    bool two_recipients;
    struct world_message messages[WORLD_MESSAGES];
    size_t message_count;
};

/* What worlds may hold. */
struct world_options {
    bool slow; /* in real time: no delay beyond a few seconds, no name server, small messages, and
                  nothing of the network's and of the clocks', which are what they are */
};

/* The `number`-th world of a seed; the same on every machine. Its texts and messages are taken from
 * the arena. False where there is no memory. */
bool world_draw(uint64_t seed, uint64_t number, const struct world_options *options,
                struct arena *arena, struct world *world);

/* Its scenario, as a file would have it. False: no memory. */
bool world_write(const struct world *world, const char *title, struct buf *text);

/* Smaller worlds, one step at a time. `step` counts from 0: true, and `smaller` is the world with
 * that one thing left out or made plain; false where there is no such step. It uses the texts and
 * messages of the larger one. */
bool world_shrink(const struct world *world, size_t step, struct world *smaller);

#endif
