/* The settings of an embedded centre: kept as they are given, judged at its start. */
#include <stdlib.h>
#include <string.h>

#include "mockserver/naccsmock_private.h"

static void set(naccsmock *centre, char **setting, const char *value)
{
    if (!centre)
        return;
    char *copy = value ? strdup(value) : NULL;
    if (value && !copy)
        centre->no_memory = true;
    free(*setting);
    *setting = copy;
}

void naccsmock_set_scenario(naccsmock *centre, const char *json)
{
    if (!centre)
        return;
    set(centre, &centre->scenario, json);
    set(centre, &centre->scenario_file, NULL);
}

void naccsmock_set_scenario_file(naccsmock *centre, const char *file)
{
    if (!centre)
        return;
    set(centre, &centre->scenario_file, file);
    set(centre, &centre->scenario, NULL);
}

void naccsmock_set_variant(naccsmock *centre, const char *variant)
{
    if (centre)
        set(centre, &centre->variant, variant);
}

void naccsmock_set_domain(naccsmock *centre, const char *domain)
{
    if (centre)
        set(centre, &centre->domain, domain);
}

void naccsmock_set_listen(naccsmock *centre, const char *address, uint16_t port)
{
    if (!centre)
        return;
    set(centre, &centre->address, address);
    centre->options.listen.port = port;
}

void naccsmock_set_pace(naccsmock *centre, double pace)
{
    if (centre)
        centre->options.pace = pace;
}

void naccsmock_set_sender_limit(naccsmock *centre, unsigned milliseconds)
{
    if (centre)
        centre->options.timeout = milliseconds * USEC_PER_MSEC;
}

void naccsmock_set_seed(naccsmock *centre, uint64_t seed)
{
    if (centre)
        centre->options.seed = seed;
}

void naccsmock_set_spool(naccsmock *centre, const char *folder)
{
    if (centre)
        set(centre, &centre->spool_folder, folder);
}

void naccsmock_set_journal(naccsmock *centre, const char *file)
{
    if (centre)
        set(centre, &centre->journal_file, file);
}
