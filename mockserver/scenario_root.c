/* Where the suite is that comes with the programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mockserver/scenario_load.h"

/* The folder, absolute, where requirements.json stands in it. */
static char *root_at(const char *folder)
{
    char *file = NULL;
    if (asprintf(&file, "%s/requirements.json", folder) < 0)
        return NULL;
    bool there = access(file, R_OK) == 0;
    free(file);
    return there ? realpath(folder, NULL) : NULL;
}

char *scenario_find_root(const char *program)
{
    const char *asked = getenv("NACCS_SCENARIOS");
    if (asked && *asked)
        return root_at(asked);
    char *own = realpath(program && strchr(program, '/') ? program : "/proc/self/exe", NULL);
    char *slash = own ? strrchr(own, '/') : NULL;
    char *root = NULL;
    if (slash) {
        static const char *const places[] = {"scenarios", "../scenarios", "../../scenarios",
                                             "../share/naccs/scenarios"};
        *slash = '\0';
        for (size_t i = 0; !root && i < sizeof places / sizeof *places; i++) {
            char *folder = NULL;
            if (asprintf(&folder, "%s/%s", own, places[i]) >= 0)
                root = root_at(folder);
            free(folder);
        }
    }
    free(own);
#ifdef NACCS_DATA
    if (!root)
        root = root_at(NACCS_DATA);
#endif
    return root;
}
