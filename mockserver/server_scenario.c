#include "mockserver/server_scenario.h"

#include <string.h>

#include "mockserver/arena.h"
#include "mockserver/scenario_load.h"

/* A variant is named by its id, or by the end of it: "code-only/HELO/error-word",
 * "HELO/error-word".
 */
static bool is_named(const char *id, const char *name)
{
    size_t id_length = strlen(id), length = strlen(name);
    if (strcmp(id, name) == 0)
        return true;
    return length < id_length && id[id_length - length - 1] == '/' &&
           strcmp(id + id_length - length, name) == 0;
}

static struct scenario *choose(struct scenario_set *set, const struct server_options *options,
                               void (*fault)(void *owner, const char *text), void *owner)
{
    const char *file = options->scenario_text ? "scenario" : options->scenario;
    struct problem problem;
    size_t chosen = set->count, named = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (options->variant ? !is_named(set->at[i]->id, options->variant) : set->count > 1)
            continue;
        chosen = i;
        named++;
    }
    if (named == 1) {
        struct scenario *scenario = set->at[chosen];
        set->at[chosen] = set->at[--set->count];
        return scenario;
    }
    if (options->variant)
        problem_set(&problem, "%s: --variant %s names %zu of its cases, expected one of:", file,
                    options->variant, named);
    else
        problem_set(&problem, "%s: stands for %zu cases, choose one with --variant:", file,
                    set->count);
    fault(owner, problem.text);
    for (size_t i = 0; i < set->count; i++) {
        problem_set(&problem, "  %s", set->at[i]->id);
        fault(owner, problem.text);
    }
    return NULL;
}

/* The mailbox that a centre has by default goes with its domain. */
static bool set_domain(struct scenario *scenario, const char *domain)
{
    struct centre_settings *settings = &scenario->centre;
    static const char local[] = "NACCS@";
    size_t length = sizeof local - 1;
    bool has_default = settings->recipient_count == 1 &&
                       strncmp(settings->recipients[0], local, length) == 0 &&
                       strcmp(settings->recipients[0] + length, settings->domain) == 0;
    settings->domain = arena_string(scenario->arena, domain);
    if (!settings->domain || !has_default)
        return settings->domain;
    char *mailbox = arena_take(scenario->arena, length + strlen(domain) + 1);
    const char **recipients = arena_take(scenario->arena, sizeof *recipients);
    if (!mailbox || !recipients)
        return false;
    memcpy(mailbox, local, length);
    memcpy(mailbox + length, domain, strlen(domain) + 1);
    recipients[0] = mailbox;
    settings->recipients = recipients;
    return true;
}

static struct scenario *load_scenario(const struct server_options *options,
                                      const struct scenario_centre *centre,
                                      void (*fault)(void *owner, const char *text), void *owner)
{
    static const char well_behaved[] = "{\"version\": 1}";
    const struct scenario_load_options loading = {
        .without_messages = true, .centre = centre, .fault = fault, .owner = owner};
    const char *text = options->scenario_text;
    struct scenario_set set;
    bool good;
    if (text)
        good = scenario_load_text(octets_of(text), "scenario", &loading, &set);
    else if (options->scenario)
        good = scenario_load(options->scenario, &loading, &set);
    else
        good = scenario_load_text(OCTETS(well_behaved), "centre", &loading, &set);
    if (!good)
        return NULL;
    struct scenario *scenario = choose(&set, options, fault, owner);
    scenario_set_free(&set);
    if (scenario && !options->scenario && !text)
        scenario->id = "";
    return scenario;
}

struct scenario *server_scenario(const struct server_options *options,
                                 void (*fault)(void *owner, const char *text), void *owner)
{
    struct scenario_centre *centre = NULL;
    if (options->centre) {
        centre = scenario_centre_load(options->centre, NULL, fault, owner);
        if (!centre)
            return NULL;
    }
    bool plain = !options->scenario && !options->scenario_text && !centre;
    struct scenario *scenario =
        plain ? scenario_new(NULL) : load_scenario(options, centre, fault, owner);
    scenario_centre_free(centre);
    if (scenario && (!options->domain || set_domain(scenario, options->domain)))
        return scenario;
    if (scenario || plain)
        fault(owner, "no memory for the scenario");
    scenario_free(scenario);
    return NULL;
}
