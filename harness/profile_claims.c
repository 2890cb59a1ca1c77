#include "harness/profile_claims.h"

#include <jansson.h>

unsigned claims_outcome(const char *name)
{
    for (unsigned bit = OUTCOME_ACCEPTED; bit <= OUTCOME_UNSENT; bit <<= 1)
        if (strcmp(name, outcome_name((enum outcome_bit)bit)) == 0)
            return bit;
    return 0;
}

unsigned claims_of_status(const struct run_profile *profile, int status)
{
    if (status == 0)
        return OUTCOME_ACCEPTED;
    unsigned mapped = status > 0 && status < 256 ? profile->exit_outcomes[status] : 0;
    return mapped ? mapped : OUTCOME_REFUSED | OUTCOME_DEFERRED | OUTCOME_UNKNOWN | OUTCOME_UNSENT;
}

void claims_of_end(const struct run_profile *profile, int status, struct check_claim *claims,
                   size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (count == 1 || status == 0)
            claims[i].outcomes = claims_of_status(profile, status);
}

bool claims_of_file(const char *file, struct check_claim *claims, size_t count)
{
    json_t *root = json_load_file(file, JSON_REJECT_DUPLICATES, NULL);
    const json_t *messages = json_object_get(root, "messages");
    bool good = json_array_size(messages) == count && count > 0;
    for (size_t i = 0; good && i < count; i++) {
        const char *name =
            json_string_value(json_object_get(json_array_get(messages, i), "outcome"));
        good = name && claims_outcome(name) != 0;
    }
    for (size_t i = 0; good && i < count; i++)
        claims[i].outcomes = claims_outcome(
            json_string_value(json_object_get(json_array_get(messages, i), "outcome")));
    json_decref(root);
    return good;
}
