#include "harness/repeat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Options that only concern reports, parts and the terminal. */
struct left_out {
    const char *name;
    bool argument;
};

static const struct left_out left_out[] = {
    {"--report", true}, {"--shard", true},    {"--language", true},        {"--resume", true},
    {"--quiet", false}, {"--verbose", false}, {"--mask-addresses", false}, {"--unmasked", false},
    {"-q", false},      {"-v", false},
};

/* How many words are left out here: 0, or the option's and its argument's. */
static int skip(char *const *word)
{
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++) {
        size_t count = strlen(left_out[i].name);
        if (strncmp(*word, left_out[i].name, count) != 0)
            continue;
        if (left_out[i].argument && (*word)[count] == '=')
            return 1;
        if (!(*word)[count])
            return left_out[i].argument && word[1] ? 2 : 1;
    }
    return 0;
}

bool repeat_make(int argc, char *const *argv, uint64_t seed, struct repeat *repeat)
{
    char **words = calloc((size_t)argc + 5, sizeof *words);
    size_t count = 0;
    bool has_seed = false;
    int i = 1;
    if (!words)
        return false;
    words[count++] = (char *)"naccs-harness";
    words[count++] = (char *)"run";
    while (i < argc && strcmp(argv[i], "--") != 0) {
        int skipped = skip(argv + i);
        if (skipped == 0) {
            has_seed = has_seed || strncmp(argv[i], "--seed", 6) == 0;
            words[count++] = argv[i++];
        }
        i += skipped;
    }
    *repeat = (struct repeat){.words = words};
    snprintf(repeat->seed, sizeof repeat->seed, "%llu", (unsigned long long)seed);
    if (!has_seed) {
        words[count++] = (char *)"--seed";
        words[count++] = repeat->seed;
    }
    while (i < argc)
        words[count++] = argv[i++];
    return true;
}

void repeat_free(struct repeat *repeat)
{
    free(repeat->words);
    *repeat = (struct repeat){0};
}
