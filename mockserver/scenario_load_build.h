/* Private to the scenario loader: values that have the right shape to the scenario they describe.
 *
 * What a shape can't say is checked here: what contradicts what, what exists. Memory that is
 * missing sets `no_memory`; everything goes on with what there is, and the scenario is thrown away.
 */
#ifndef MOCKSERVER_SCENARIO_LOAD_BUILD_H
#define MOCKSERVER_SCENARIO_LOAD_BUILD_H

#include "mockserver/scenario_load_place.h"

struct builder {
    struct arena *arena; /* of the scenario */
    struct scenario *scenario;
    struct faults *faults;
    const struct place *place;
    const struct scenario_load_options *options;
    bool no_memory;
};

/* The scenario that a variant describes; null where anything is wrong, or memory ran out: it was
 * told. */
struct scenario *scenario_build(const struct value *value, const char *id,
                                const struct place *place,
                                const struct scenario_load_options *options, struct faults *faults);

/* The parts. */
void build_rules(struct builder *builder, const struct value *rules);
void build_dns(struct builder *builder, const struct value *rules);
void build_expectation(struct builder *builder, const struct value *expect);
/* `named`: the well-behaved centre replies there, so that a text alone will do. */
void build_reply(struct builder *builder, const struct value *value, bool named,
                 struct scenario_reply *reply);

/* What they have in common. Each takes null for a value that is not given. */
void *build_take(struct builder *builder, size_t count, size_t size);
const char *build_string(struct builder *builder, const struct value *value);
const char *const *build_strings(struct builder *builder, const struct value *list, size_t *count);
/* The same; each must be a requirement that is known. */
const char *const *build_requirements(struct builder *builder, const struct value *list,
                                      size_t *count);
/* A number, a text such as "2-5", or an array of these. */
void build_ranges(struct builder *builder, const struct value *value, struct ranges *ranges);
/* True where there is one. */
bool build_span(struct builder *builder, const struct value *value, struct span *span);

#endif
